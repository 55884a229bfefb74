"""`kewen sources`: what is harvested, how good it is, which links are dead, what was withdrawn."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from operations.opening import fail, open_own_database
from operations.preset_commands import add, doctor, list_presets

if TYPE_CHECKING:
    from storage.database import Database

_ID = typer.Argument(metavar="ID", help="Of a harvested record, as answers cite it.")


def source_commands() -> typer.Typer:
    """The commands; imports what each needs when it runs."""
    app = typer.Typer(help="Harvested catalogues: runs, quality, links, withdrawals.", no_args_is_help=True)
    for name, command in (
        ("list", list_sources),
        ("presets", list_presets),
        ("add", add),
        ("doctor", doctor),
        ("runs", list_runs),
        ("run", show_run),
        ("report", report),
        ("links", links),
        ("merges", list_merges),
        ("merge", merge),
        ("record", record),
        ("withdraw", withdraw),
        ("restore", restore),
        ("tombstones", tombstones),
        ("schedule", schedule),
        ("remove", remove),
        ("preview", preview),
    ):
        app.command(name)(command)
    return app


def list_sources() -> None:
    """List the sources: records, level, last run."""
    from corpus.rights import label_of
    from harvesting.grading import table
    from storage.harvests import Harvests

    with _Opened() as database:
        harvests = Harvests(database)
        counts = harvests.record_counts()
        rows: list[tuple[object, ...]] = [
            ("source", "format", "records", "withdrawn", "level", "last run", "")
        ]
        for one in harvests.sources():
            live, gone = counts.get(one.name, (0, 0))
            last = harvests.last_run(one.name)
            when = f"{last.started:%Y-%m-%d %H:%M}Z {last.state}" if last else "-"
            form, url = one.settings.get("format") or "?", one.settings.get("url")
            rows.append((one.name, form, live, gone, label_of(one.visibility, one.unit), when, url))
    if len(rows) == 1:
        print(
            "No sources yet. Add one with `kewen sources add PRESET` or `kewen harvest ADDRESS`.",
            file=sys.stderr,
        )
        return
    for line in table(rows):
        print(line)


def list_runs(
    source: Annotated[str | None, typer.Argument(metavar="NAME")] = None,
    most: Annotated[int, typer.Option("-n", min=1, max=500, help="How many, newest first.")] = 20,
) -> None:
    """List runs: who, when, what came, how it ended."""
    from storage.harvests import Harvests

    with _Opened() as database:
        runs = Harvests(database).runs(source, limit=most)
    for run in runs:
        counts = ", ".join(f"{number} {name}" for name, number in run.counts.items() if number)
        print(
            f"{run.id}  {run.started:%Y-%m-%d %H:%M}Z  {run.source}  "
            f"{run.state}  by {run.who}: {counts or '-'}"
        )
        if run.sentence:
            print(f"    {run.sentence}")


def show_run(
    run_id: Annotated[str, typer.Argument(metavar="RUN", help="As `kewen sources runs` shows.")],
) -> None:
    """Show what one run refused, record by record, and why."""
    from harvesting.reporting import said
    from operations.printing import printable
    from storage.errors import RecordUnknown
    from storage.harvests import Harvests

    with _Opened() as database:
        try:
            run = Harvests(database).run(run_id)
        except RecordUnknown as error:
            fail(f"{error} `kewen sources runs` shows those there are.")
        refusals = Harvests(database).refusals(run_id)
    print(f"{run.source}  {run.state}  {run.started:%Y-%m-%d %H:%M:%S}Z  by {run.who}")
    print(", ".join(f"{number} {name}" for name, number in run.counts.items()))
    if run.sentence:
        print(run.sentence)
    for one in refusals:
        print(printable(said(one)))


def report(
    source: Annotated[
        str | None, typer.Argument(metavar="NAME", help="One source; `kewen` for our own.")
    ] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a page with charts.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Grade every record by rules: completeness, freshness, what is wrong, what is proposed."""
    from harvesting.grading import as_json as report_json
    from harvesting.grading import lines_of, quality_report
    from harvesting.quality_page import page_of
    from operations.harvest_progress import CountProgress
    from operations.printing import printable
    from settings import load_settings
    from wiring import open_corpus

    with _Opened() as database, CountProgress() as progress:
        corpus = open_corpus(load_settings())
        found = quality_report(
            corpus,
            database,
            source=source,
            progress=lambda done, total: progress.show("Grading", done, total),
        )
    if html is not None:
        _write(html, page_of(found))
        print(f"Wrote {html}.", file=sys.stderr)
    if as_json:
        print(json.dumps(report_json(found), ensure_ascii=False))
    elif html is None:
        for line in lines_of(found):
            print(printable(line))


def links(
    check: Annotated[bool, typer.Option("--check", help="Ask the addresses of all records now.")] = False,
    older: Annotated[
        float, typer.Option("--older", metavar="HOURS", min=0, help="Only those not asked for that long.")
    ] = 24.0,
    everything: Annotated[bool, typer.Option("--all", help="List also those that answer.")] = False,
) -> None:
    """List addresses that do not answer, since when; --check asks them, politely."""
    from harvesting.links import addresses_of, check_links, shown
    from operations.catalogues import build_fetcher
    from operations.harvest_progress import CountProgress
    from settings import load_settings
    from storage.harvest_sides import Links
    from wiring import open_corpus

    with _Opened() as database:
        book = Links(database)
        if check:
            settings = load_settings()
            urls = addresses_of(open_corpus(settings).resources)
            with CountProgress() as progress:
                counts = check_links(
                    urls,
                    book,
                    lambda: build_fetcher(settings, any_host=True),
                    older_than=timedelta(hours=older),
                    progress=lambda done, total: progress.show("Asking addresses", done, total),
                )
            print(", ".join(f"{number} {name}" for name, number in counts.items()))
        states = shown(book.all())
    for one in states:
        if one.health == "alive" and not everything:
            continue
        why = f"HTTP {one.status}" if one.status else one.detail or ""
        print(f"{one.health:<7}  since {one.since:%Y-%m-%d}, asked {one.checked:%Y-%m-%d}  {one.url}  {why}")


def list_merges() -> None:
    """List pairs of records that seem to be one resource."""
    from storage.harvest_sides import Merges

    with _Opened() as database:
        for one in Merges(database).all():
            by = f" by {one.decided_by}" if one.decided_by else ""
            print(f"{one.state}{by}  {one.kept} + {one.other}  ({', '.join(one.why)})")


def merge(
    one: Annotated[str, typer.Argument(metavar="ID")],
    other: Annotated[str, typer.Argument(metavar="ID")],
    reject: Annotated[bool, typer.Option("--reject", help="They are two resources.")] = False,
) -> None:
    """Show a proposed pair on one card with both origins, or say that they are two."""
    from operations.catalogues import user
    from storage.errors import RecordUnknown
    from storage.harvest_sides import Merges

    with _Opened() as database:
        try:
            Merges(database).decide(one, other, "rejected" if reject else "accepted", user())
        except RecordUnknown as error:
            fail(f"{error} `kewen sources merges` shows the pairs there are.")
    print(
        f"{one} and {other} stay two records." if reject else f"{one} and {other} are one card from now on."
    )


def record(
    record_id: Annotated[str, _ID],
    original: Annotated[bool, typer.Option("--original", help="Print it byte for byte as it came.")] = False,
) -> None:
    """Show a harvested record as it came, or where it came from."""
    with _Opened() as database:
        from storage.errors import RecordUnknown
        from storage.harvested import HarvestedRecords

        try:
            found = HarvestedRecords(database).get(record_id)
        except RecordUnknown as error:
            fail(f"{error} Ids of harvested records are <source>:<identifier>.")
    if original:
        sys.stdout.buffer.write(found.original)
        sys.stdout.buffer.flush()
        return
    print(f"id          {found.id}")
    print(f"identifier  {found.identifier}, of {found.source}")
    dated = found.datestamp or "undated"
    print(f"form        {found.format}, {found.media_type}, {len(found.original)} bytes, {dated}")
    print(f"here since  {found.first_seen:%Y-%m-%d %H:%M}Z, changed {found.changed:%Y-%m-%d %H:%M}Z")
    if found.withdrawn is not None:
        reason = (found.reason or {}).get("en", "")
        print(f"withdrawn   {found.withdrawn:%Y-%m-%d}: {reason}; successor {found.successor or 'none'}")
    print(json.dumps(json.loads(found.resource), ensure_ascii=False, indent=1))


def withdraw(
    record_id: Annotated[str, _ID],
    reason: Annotated[str, typer.Option(help="Why, in Chinese.")],
    reason_en: Annotated[str | None, typer.Option(help="Why, in English.")] = None,
    successor: Annotated[str | None, typer.Option(metavar="ID", help="What took its place.")] = None,
) -> None:
    """Withdraw a harvested record: it answers no more, and says why; harvesting does not bring it back."""
    from settings import load_settings
    from storage.errors import RecordUnknown
    from storage.harvested import HarvestedRecords
    from wiring import open_corpus

    with _Opened() as database:
        if successor is not None and successor not in open_corpus(load_settings()).by_id:
            fail(f"There is no record {successor!r} to be the successor.")
        try:
            told = {"zh": reason, "en": reason_en or reason}
            HarvestedRecords(database).withdraw(record_id, reason=told, successor=successor)
        except RecordUnknown as error:
            fail(f"{error} Only harvested records are withdrawn; ours are edited in the corpus folder.")
    print(f"{record_id} is withdrawn from the next generation on.")


def restore(record_id: Annotated[str, _ID]) -> None:
    """Take back a withdrawal."""
    from storage.errors import RecordUnknown
    from storage.harvested import HarvestedRecords

    with _Opened() as database:
        try:
            HarvestedRecords(database).restore(record_id)
        except RecordUnknown as error:
            fail(str(error))
    print(f"{record_id} is back from the next generation on.")


def tombstones() -> None:
    """List what was withdrawn: when, why, what took its place."""
    from storage.harvested import HarvestedRecords

    with _Opened() as database:
        for one in HarvestedRecords(database).withdrawn():
            reason = (one.reason or {}).get("en", "")
            print(f"{one.id}  {one.withdrawn:%Y-%m-%d}  {reason}  -> {one.successor or '-'}")


def schedule(
    source: Annotated[str, typer.Argument(metavar="NAME")],
    off: Annotated[bool, typer.Option("--off", help="Leave it out of scheduled runs and of `all`.")] = False,
) -> None:
    """Harvest a source with the scheduled runs of the server (KEWEN_HARVEST_EVERY_H), or not."""
    from storage.errors import RecordUnknown
    from storage.harvests import Harvests

    with _Opened() as database:
        try:
            Harvests(database).set_scheduled(source, not off)
        except RecordUnknown as error:
            fail(f"{error} `kewen sources list` shows those there are.")
    print(f"{source} is {'left out of' if off else 'in'} scheduled runs.")


def remove(
    source: Annotated[str, typer.Argument(metavar="NAME")],
    yes: Annotated[bool, typer.Option("--yes", help="Really: its records go, with no tombstones.")] = False,
) -> None:
    """Forget a source with its records, runs and originals."""
    from storage.errors import RecordUnknown
    from storage.harvested import HarvestedRecords
    from storage.harvests import Harvests

    with _Opened() as database:
        live, gone = Harvests(database).record_counts().get(source, (0, 0))
        if live + gone and not yes:
            fail(f"{source} has {live} records and {gone} tombstones, which would go: say --yes.")
        try:
            Harvests(database).remove_source(source)
        except RecordUnknown as error:
            fail(f"{error} `kewen sources list` shows those there are.")
        HarvestedRecords(database).touch()
    print(f"{source} is forgotten, with {live + gone} records.")


def preview(
    file: Annotated[Path, typer.Argument(help="A .csv, .tsv or .xlsx file.")],
    header_row: Annotated[
        int | None, typer.Option(min=1, help="Row with the names of the columns; looked for without it.")
    ] = None,
) -> None:
    """Show the columns and first rows of a table, and a mapping file to begin with."""
    import yaml

    from corpus.harvest.records import HarvestSource, Request
    from corpus.harvest.table import preview as look
    from harvesting.bodies import FileBodies
    from operations.printing import printable
    from settings import load_settings

    most = load_settings().harvest_max_mb * 1024 * 1024
    source = HarvestSource(name="preview", url=str(file))
    body = FileBodies(most).read(Request(source=source, url=str(file)))
    found = look(body.data, str(file), media_type=body.media_type, header_row=header_row)
    for sheet, columns in found.others:
        print(f"# sheet {printable(sheet)} has {printable(', '.join(columns[:12]))}")
    for row in found.rows:
        print("# " + printable(" | ".join(row)))
    print("# not mapped: " + printable(", ".join(found.unused)))
    mapping = {"name": file.stem.lower(), "header_row": found.header_row, "fields": dict(found.proposed)}
    print(yaml.safe_dump(mapping, allow_unicode=True, sort_keys=False), end="")


def _write(path: Path, text: str) -> None:
    """The whole file or none of it."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)


class _Opened:
    """The database of the settings for the time of a `with`."""

    def __enter__(self) -> Database:
        self._database = open_own_database()
        return self._database

    def __exit__(self, *_: object) -> None:
        self._database.close()
