"""`kewen sources presets`, `add` and `doctor`: open systems at hand, and what any other portal speaks."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from operations.opening import fail, open_own_database

if TYPE_CHECKING:
    from corpus.harvest.records import HarvestSource
    from harvesting.diagnosing import Spoken
    from harvesting.presets import Preset
    from settings import Settings


def list_presets(
    name: Annotated[
        str | None, typer.Argument(metavar="PRESET", help="One of them, with its limits.")
    ] = None,
) -> None:
    """List the open systems that `kewen sources add` knows, or tell all of one."""
    from harvesting.grading import table
    from harvesting.presets import bundled_presets
    from operations.texts import terminal_language

    language, found = terminal_language(), bundled_presets()
    if name is not None:
        one = found.get(name)
        print(f"{one.name}  {one.title.in_(language)}\n{one.about.in_(language)}")
        print(f"address     {one.url or '--url https://…'}  ({one.format})")
        if one.sets:
            needed = "needed" if one.sets.needed else "optional"
            print(f"--set       {one.sets.what.in_(language)}, {needed}; for example {one.sets.example}")
        print(f"politeness  {one.delay_s:g} s between two requests, {one.every_h:g} h between two runs")
        print(f"licence     {one.licence.in_(language)}")
        print(f"limits      {one.limits.in_(language)}")
        print(f"documents   {one.documentation}")
        return
    rows: list[tuple[object, ...]] = [("preset", "format", "")]
    rows += [(one.name, one.format, one.title.in_(language)) for one in found.presets]
    for line in table(rows):
        print(line)
    for other in found.without:
        print(f"--  {other.title.in_(language)}: {other.why.in_(language)}")


def add(
    preset: Annotated[str, typer.Argument(metavar="PRESET", help="As `kewen sources presets` lists them.")],
    url: Annotated[
        str | None, typer.Option(help="Address of the portal, where the preset is for a kind of them.")
    ] = None,
    sets: Annotated[
        list[str] | None, typer.Option("--set", help="Community, organisation, set …; may be repeated.")
    ] = None,
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="First part of the records' ids; that of the preset.")
    ] = None,
    metadata_prefix: Annotated[str | None, typer.Option(help="OAI-PMH metadataPrefix.")] = None,
    visibility: Annotated[
        Literal["public", "registered", "member", "unit", "staff"],
        typer.Option(help="Lowest level that sees its records."),
    ] = "public",
    unit: Annotated[
        str | None, typer.Option(metavar="ID", help="Whose they are, with --visibility unit.")
    ] = None,
    delay: Annotated[
        float | None, typer.Option(min=0, metavar="SECONDS", help="Between two requests; the preset's.")
    ] = None,
    every: Annotated[
        float | None, typer.Option(min=1, metavar="HOURS", help="Between two runs by schedule; the preset's.")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Change a source that is there.")] = False,
) -> None:
    """Set up a source with address, format, mapping, politeness and schedule; nothing is fetched yet."""
    from datetime import UTC, datetime

    from harvesting.guarding import Guard
    from harvesting.presets import bundled_presets, source_of
    from harvesting.run_state import settings_of
    from operations.catalogues import source_name
    from settings import load_settings
    from storage.harvest_records import StoredSource
    from storage.harvests import Harvests

    if (visibility == "unit") != (unit is not None):
        raise typer.BadParameter("--visibility unit and --unit ID go together: a unit sees its own.")
    found = bundled_presets().get(preset)
    own = found.name if found.url else source_name(url or found.name)
    source = source_of(
        found,
        name or own,
        url=url,
        sets=sets or (),
        metadata_prefix=metadata_prefix,
        delay_s=delay,
        every_h=every,
    )
    Guard(["*"]).place(source.url)  # what could never be fetched is refused now
    database = open_own_database()
    try:
        harvests = Harvests(database)
        before = harvests.source(source.name)
        if before is not None and not replace:
            fail(
                f"Source {source.name!r} is there already, {before.settings.get('url')}: harvest it with "
                f"`kewen harvest {source.name}`, change it with --replace, or give this one another --name."
            )
        if before is not None and before.settings.get("url") != source.url:
            kept = sum(harvests.record_counts().get(source.name, (0, 0)))
            if kept:
                fail(
                    f"Source {source.name!r} has {kept} records from {before.settings.get('url')}: give this "
                    f"one another --name, or forget that one first (`kewen sources remove {source.name}`)."
                )
        moment = datetime.now(UTC)
        harvests.save_source(StoredSource(source.name, settings_of(source), visibility, moment, unit=unit))
    finally:
        database.close()
    for line in _added(found, source, load_settings()):
        print(line)


def _added(preset: Preset, source: HarvestSource, settings: Settings) -> list[str]:
    """What was set up, and what is left to an operator to set."""
    from urllib.parse import urlsplit

    from operations.catalogues import split_list

    host = urlsplit(source.url).hostname or ""
    parts = f", {' and '.join(source.sets)}" if source.sets else ""
    lines = [
        f"{source.name} is set up: {preset.title.en}, {source.format} from {source.url}{parts}.",
        f"  licence of its metadata: {preset.licence.en}",
        f"  at least {source.delay_s:g} s between two requests, {source.every_h:g} h between two runs",
        f"  limits: {preset.limits.en}",
    ]
    listed = split_list(settings.harvest_hosts)
    if listed and not _is_listed(listed, source.url):
        lines.append(f"  set KEWEN_HARVEST_HOSTS={','.join([*listed, host])}: without {host} it is refused")
    if settings.harvest_every_h is None:
        lines.append("  set KEWEN_HARVEST_EVERY_H=24 where a server should harvest it by itself; it is unset")
    lines.append(
        f"Look first with `kewen harvest {source.name} --dry-run`, then `kewen harvest {source.name}`."
    )
    return lines


def _is_listed(listed: list[str], url: str) -> bool:
    from harvesting.errors import FetchRefused
    from harvesting.guarding import Guard

    try:
        Guard(listed).place(url)
    except FetchRefused:
        return False
    return True


def doctor(
    url: Annotated[str, typer.Argument(metavar="ADDRESS", help="Of a portal, any page of it.")],
) -> None:
    """Find out what a portal speaks and lists, and print the command that adds it."""
    from urllib.parse import urlsplit

    from harvesting.bodies import is_web
    from harvesting.diagnosing import Examination
    from harvesting.errors import FetchFailed, FetchRefused, SourceInvalid
    from harvesting.presets import bundled_presets
    from operations.catalogues import build_fetcher
    from operations.harvest_progress import CountProgress
    from operations.printing import printable
    from settings import load_settings

    if not is_web(url):
        raise SourceInvalid(f"{url!r} is no http(s) address: write it whole, for example https://{url}")
    presets = bundled_presets()
    for preset in presets.of_host(url):
        part = f" --set {preset.sets.example}" if preset.sets and preset.sets.needed else ""
        print(f"{preset.title.en} is at hand ({preset.about.en})\n  kewen sources add {preset.name}{part}")
    with build_fetcher(load_settings(), url, tries=1) as fetcher, CountProgress() as progress:
        asked = Examination(
            fetcher, presets, progress=lambda done, total: progress.show("Asking", done, total)
        )
        try:
            spoken = asked.examine(url)
        except FetchRefused as error:
            if error.rule != "host_not_listed" or urlsplit(error.url).hostname == urlsplit(url).hostname:
                raise
            fail(f"{url} leads on to another host: ask `kewen sources doctor {error.url}`.")
        except FetchFailed as error:
            fail(f"{error}. Nothing was found out: check the address, and that this machine reaches it.")
    for one in spoken:
        for line in _spoken(one):
            print(printable(line))
    for note in asked.notes:
        print(printable(note), file=sys.stderr)
    if not spoken:
        fail(
            f"{url}: nothing that is read was found at {asked.requests} addresses. If the portal gives a "
            "table or a file, `kewen sources preview FILE` begins a mapping; if its documentation names an "
            "interface, ask `kewen sources doctor` for that address."
        )


def _spoken(one: Spoken) -> list[str]:
    told = [f"{one.what}  {one.url}"]
    if one.called:
        told.append(f"  calls itself {one.called!r}")
    count = f"{one.total:,} records" if one.total is not None else "does not say how many records it has"
    told.append(f"  {count}; of the first {one.came + one.refused} looked at {one.came} can be read")
    told += [f"    {title}" for title in one.titles]
    told += [f"  {note}" for note in one.notes]
    told.append(f"  {shlex.join(one.command)}")
    return told
