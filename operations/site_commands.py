"""`kewen sites`: which web sites may show the widget."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from operations.opening import fail, open_own_database

if TYPE_CHECKING:
    from storage.database import Database
    from storage.sites import Sites


def site_commands() -> typer.Typer:
    """`kewen sites …`"""
    sites = typer.Typer(help="Web sites that may show the widget.", no_args_is_help=True)
    sites.command("add")(add_site)
    sites.command("allow")(allow_origins)
    sites.command("list")(list_sites)
    sites.command("snippet")(show_snippet)
    sites.command("remove")(remove_site)
    return sites


def add_site(
    site_id: Annotated[str, typer.Argument(metavar="ID", help="Lower-case letters, digits and -.")],
    origin: Annotated[
        list[str],
        typer.Option(help="https://www.example.org or https://*.example.org; may be repeated."),
    ],
    name: Annotated[str, typer.Option(help="What people call the site.")] = "",
    language: Annotated[
        list[str] | None, typer.Option(help="zh or en; may be repeated; without it both.")
    ] = None,
    accent: Annotated[str | None, typer.Option(metavar="#RRGGBB", help="Its colour.")] = None,
    theme: Annotated[Literal["auto", "light", "dark"], typer.Option()] = "auto",
    position: Annotated[Literal["right", "left"], typer.Option(help="Corner of the button.")] = "right",
    title: Annotated[str | None, typer.Option(help="Above the conversation, instead of 科问.")] = None,
    question: Annotated[
        list[str] | None, typer.Option(help="To begin with; may be repeated, at most 6.")
    ] = None,
    per_day: Annotated[int, typer.Option(help="Questions of the whole site in 24 hours.")] = 5000,
    per_visit: Annotated[int, typer.Option(help="Questions of one visit in an hour.")] = 120,
    per_address: Annotated[int, typer.Option(help="Questions of one address in a minute.")] = 60,
    replace: Annotated[bool, typer.Option("--replace", help="Change a site that is there.")] = False,
) -> None:
    """Register a site and print the line to paste into its pages."""
    from storage.sites_records import site_of

    site = site_of(
        {
            "id": site_id,
            "origins": origin,
            "name": name,
            "languages": language or ["zh", "en"],
            "look": {
                "accent": accent,
                "theme": theme,
                "position": position,
                "title": title,
                "questions": question or [],
            },
            "quotas": {
                "site_per_day": per_day,
                "session_per_hour": per_visit,
                "address_per_minute": per_address,
            },
        },
        where="The site",
    )
    database = open_own_database()
    try:
        _registry(database).put(site, replace=replace)
    finally:
        database.close()
    print(f"Site {site.id} may show the widget on {', '.join(site.origins)}.", file=sys.stderr)
    _print_snippet(site.id)


def allow_origins(
    site_id: Annotated[str, typer.Argument(metavar="ID", help="As `kewen sites list` shows it.")],
    origins: Annotated[
        list[str], typer.Argument(metavar="ORIGIN…", help="https://www.example.org or https://*.example.org")
    ],
) -> None:
    """Add origins to a site; everything else about it stays."""
    from storage.sites_records import site_of

    database = open_own_database()
    try:
        registry = _registry(database)
        site = registry.find(site_id)
        if site is None:
            fail(f"There is no site {site_id!r}. `kewen sites list` shows those there are.")
        more = {**site.model_dump(), "origins": [*site.origins, *origins]}
        changed = site_of(more, where=f"Site {site_id}")
        registry.put(changed, replace=True)
    finally:
        database.close()
    print(f"Site {site_id} may show the widget on {', '.join(changed.origins)}.")


def list_sites() -> None:
    """List the sites: id, origins, languages, questions a day, where they are kept."""
    database = open_own_database()
    try:
        registry = _registry(database)
        found = registry.all()
    finally:
        database.close()
    for site in found:
        where = "file" if site.id in registry.fixed else f"{site.created:%Y-%m-%d}"
        languages = "+".join(site.languages)
        quota = f"{site.quotas.site_per_day}/day"
        print(f"{site.id:<24}  {languages:<5}  {quota:>12}  {where:<10}  {' '.join(site.origins)}")
    if not found:
        print("No sites yet. Add one with `kewen sites add ID --origin https://…`.", file=sys.stderr)


def show_snippet(
    site_id: Annotated[str, typer.Argument(metavar="ID", help="As `kewen sites list` shows it.")],
) -> None:
    """Print the line to paste into the pages of a site."""
    _print_snippet(site_id)


def remove_site(
    site_id: Annotated[str, typer.Argument(metavar="ID", help="As `kewen sites list` shows it.")],
) -> None:
    """Let a site ask no more, from now on; its open pages too."""
    from storage.errors import RecordUnknown

    database = open_own_database()
    try:
        _registry(database).remove(site_id)
    except RecordUnknown as error:
        fail(f"{error} `kewen sites list` shows those there are.")
    finally:
        database.close()
    print(f"Site {site_id} is removed.")


def _registry(database: Database) -> Sites:
    from settings import load_settings
    from storage.sites import Sites, load_sites

    file = load_settings().sites_file
    return Sites(database, load_sites(file) if file else ())


def _print_snippet(site_id: str) -> None:
    from api.widget_snippet import policy_words, snippet
    from operations.remote import address
    from settings import load_settings

    settings = load_settings()
    base = settings.public_url or address(settings.host, settings.port)
    database = open_own_database()
    try:
        site = _registry(database).find(site_id)
    finally:
        database.close()
    if site is None:
        fail(f"There is no site {site_id!r}. `kewen sites list` shows those there are.")
    print(snippet(site, base))
    print(f"Its Content-Security-Policy, if it has one, must allow: {policy_words(base)}", file=sys.stderr)
    print(f"What is wrong, if anything: {base}/widget/check?site={site.id}", file=sys.stderr)
    if settings.public_url is None:
        print("KEWEN_PUBLIC_URL is not set: others reach this server by another address.", file=sys.stderr)
