"""`kewen harvest`: catalogues into the database, rule books into the data folder."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from corpus.harvest.records import HarvestSource
    from settings import Settings
    from storage.database import Database
    from storage.harvest_records import StoredSource


def harvest(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="An http(s) address, a file or folder of records, the name of a source harvested before, "
            "`all` of them, or a file or folder of rule books (.md .txt .pdf .docx .doc .html .jsonl); "
            "with --format rules the address of one.",
        ),
    ],
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            help="Of the catalogue, or `rules` for rule books; without it, found from the content.",
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="First part of the records' ids; from the address.")
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option(help="YAML: which column or path is which field (docs/harvest.md).")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the difference; write nothing.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Ask for everything, not only for changes.")] = False,
    afresh: Annotated[bool, typer.Option("--afresh", help="Do not go on with a run that broke off.")] = False,
    accept_loss: Annotated[
        bool, typer.Option("--accept-loss", help="Withdraw also more than the threshold.")
    ] = False,
    visibility: Annotated[
        Literal["public", "registered", "member", "unit", "staff"] | None,
        typer.Option(help="Lowest level that sees the source's records."),
    ] = None,
    unit: Annotated[
        str | None, typer.Option(metavar="ID", help="Whose they are, with --visibility unit.")
    ] = None,
    kind: Annotated[
        str | None, typer.Option("--type", help="Resource type of records that state none.")
    ] = None,
    language: Annotated[str | None, typer.Option(help="zh or en, where the texts do not show it.")] = None,
    province: Annotated[str | None, typer.Option(help="Of records that state no place.")] = None,
    licence: Annotated[str | None, typer.Option(help="Of records that state none.")] = None,
    sets: Annotated[
        list[str] | None, typer.Option("--set", help="OAI-PMH set, CKAN organisation …; may be repeated.")
    ] = None,
    metadata_prefix: Annotated[str | None, typer.Option(help="OAI-PMH metadataPrefix.")] = None,
    since: Annotated[str | None, typer.Option(help="Only what changed from this day on.")] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Take this rule book for one stored as the same version.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Gather a catalogue, or whole rule books word for word.

    A catalogue is compared with what is stored: unchanged records cost nothing, those that are gone become
    tombstones. Records are searched after `kewen index`; a running server takes them up by itself.
    """
    from corpus.harvest import MAPPED
    from operations.catalogues import RULES, How, is_catalogue, other_reading
    from settings import load_settings

    if (visibility == "unit") != (unit is not None):
        raise typer.BadParameter("--visibility unit and --unit ID go together: a unit sees its own.")
    settings = load_settings()
    if mapping is not None and form not in (None, *MAPPED):
        kinds = " and ".join(MAPPED)
        raise typer.BadParameter(f"--mapping is for {kinds}; --format {form} reads without one.")
    # What the operator names is never overruled by what the file looks like.
    guessed = form is None and name is None and mapping is None and Path(source).exists()
    rules = form == RULES or (guessed and not is_catalogue(source))
    if guessed and (told := other_reading(source, catalogue=not rules)):
        print(told, file=sys.stderr)
    if rules:
        _rule_books(settings, source, dry_run=dry_run, replace=replace)
        return
    said: dict[str, Any] = {
        "format": form,
        "metadata_prefix": metadata_prefix,
        "sets": tuple(sets) if sets else None,
        "since": since,
        "type": kind,
        "language": language,
        "province": province,
        "licence": licence,
    }
    if mapping is not None:
        from corpus.harvest.mapping import load_mapping

        said["mapping"] = load_mapping(mapping)
    how = How(full=full, afresh=afresh, accept_loss=accept_loss, dry=dry_run)
    _catalogues(settings, source, name, said, (visibility, unit), how, as_json=as_json)


def _rule_books(settings: Settings, given: str, *, dry_run: bool, replace: bool) -> None:
    from corpus.documents.errors import DocumentRefused
    from corpus.loaders import load_corpus
    from corpus.rulebooks.errors import RulebookConflict, RulebookInvalid
    from harvesting.bodies import is_web
    from operations.catalogues import fetch_rule_book
    from operations.harvest import harvest as harvest_file
    from operations.harvest import report

    corpus = load_corpus(settings.corpus_dir)
    with tempfile.TemporaryDirectory() as folder:
        path = fetch_rule_book(settings, given, Path(folder)) if is_web(given) else Path(given)
        try:
            found = harvest_file(
                path, settings.data_dir, corpus, dry_run=dry_run, replace=replace, recognise=settings.ocr
            )
        except (DocumentRefused, RulebookInvalid, RulebookConflict) as fault:
            raise type(fault)([one.replace(str(path), given) for one in fault.complaints]) from fault
    for line in report(found, dry_run=dry_run):
        print(line)


def _catalogues(
    settings: Settings,
    given: str,
    name: str | None,
    said: dict[str, Any],
    seen: tuple[str | None, str | None],
    how: Any,
    *,
    as_json: bool,
) -> None:
    from corpus.loaders import load_corpus
    from harvesting.errors import HarvestingError
    from harvesting.reporting import SyncReport, lines_of
    from harvesting.run_state import SyncProgress
    from harvesting.turns import harvest_turn
    from operations.catalogues import harvest_catalogue, is_unsettled, settle
    from operations.errors import HarvestFailed
    from operations.harvest_progress import CountProgress
    from operations.opening import open_own_database
    from operations.printing import printable

    database = open_own_database()
    reports: list[SyncReport] = []
    failures: list[str] = []
    try:
        meant = _meant(database, given, name, said)
        with harvest_turn(settings.data_dir), CountProgress() as progress:

            def show(step: SyncProgress) -> None:
                progress.show(f"Harvesting {step.source}", step.records, step.total)

            for stored, source in meant:
                level, unit = seen if seen[0] or stored is None else (stored.visibility, stored.unit)
                try:
                    reports.append(
                        harvest_catalogue(
                            settings,
                            database,
                            source,
                            how=how,
                            visibility=level or "public",
                            unit=unit,
                            progress=show,
                        )
                    )
                except HarvestingError as error:
                    if len(meant) == 1:
                        raise
                    failures.append(f"{source.name}: {error}")
            proposals = 0
            if not how.dry and (any(one.changed_answers for one in reports) or is_unsettled(database)):
                corpus = load_corpus(settings.corpus_dir)
                checking = "Checking what came"
                proposals = settle(
                    database, corpus, progress=lambda done, total: progress.show(checking, done, total)
                )
    finally:
        database.close()
    if as_json:
        print(json.dumps([one.as_json() for one in reports], ensure_ascii=False, indent=1))
    else:
        for report in reports:
            for line in lines_of(report):
                print(printable(line))
        if proposals:
            print(f"{proposals} new pairs seem to be one resource each: see `kewen sources merges`.")
        if any(one.changed_answers for one in reports):
            print(_next_step(settings))
    failures += [one.loss for one in reports if one.loss]
    if failures:
        raise HarvestFailed(" ".join(failures))


def _meant(
    database: Database, given: str, name: str | None, said: dict[str, Any]
) -> list[tuple[StoredSource | None, HarvestSource]]:
    """The sources that are meant, as stored, with what the options say."""
    from corpus.harvest.records import HarvestSource
    from harvesting.bodies import is_web
    from harvesting.errors import SourceInvalid
    from operations.catalogues import known_source, source_name
    from storage.harvests import Harvests

    if given == "all" and name is None:
        stored = [one for one in Harvests(database).sources() if one.scheduled]
        if not stored:
            raise SourceInvalid("There is no source yet: harvest one by its address or file first.")
        return [(one, HarvestSource.model_validate(one.settings)) for one in stored]
    known = known_source(database, given, name)
    changes = {field: value for field, value in said.items() if value is not None}
    if known is not None:
        settings = dict(known.settings)
        if "mapping" in changes:
            settings["format"] = None  # what was found before the mapping was there
        if given != known.name:
            address = given if is_web(given) else str(Path(given).absolute())
            settings["url"] = address
        return [(known, HarvestSource.model_validate({**settings, **changes}))]
    if not is_web(given) and not Path(given).exists():
        raise SourceInvalid(
            f"{given!r} is no http(s) address, no file and no name of a source harvested before."
        )
    address = given if is_web(given) else str(Path(given).absolute())
    return [(None, HarvestSource(name=name or source_name(address), url=address, **changes))]


def _next_step(settings: Settings) -> str:
    """What makes the records searchable: a running server does it, else a command."""
    from retrieval.errors import IndexLocked
    from retrieval.lock import WriterLock

    try:
        with WriterLock(settings.data_dir):
            return "Run `kewen index`, or start the server, to search them."
    except IndexLocked:
        if settings.refresh_s:
            return (
                f"A server works on {settings.data_dir}: it looks for changes every {settings.refresh_s:g} s "
                "and builds the next generation while the old one answers."
            )
        return f"A server works on {settings.data_dir}: restart it to search them (KEWEN_REFRESH_S is 0)."
