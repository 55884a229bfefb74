"""CSV, TSV and XLSX tables by a mapping, and a preview that proposes one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from itertools import chain, islice

from pydantic import BaseModel, ConfigDict

from corpus.harvest.columns import Table, column_name, proposals
from corpus.harvest.drafts import complaint_of
from corpus.harvest.entries import draft_entry, refused_entry
from corpus.harvest.errors import Malformed, MappingInvalid, SourceInvalid
from corpus.harvest.grids import Grid, grids
from corpus.harvest.mapped import mapped_draft
from corpus.harvest.mapping import Mapping, bundled_mappings
from corpus.harvest.reading import DocumentReader
from corpus.harvest.records import Complaint, Entry, Page, Request

_ZIP = b"PK\x03\x04"


class Reader(DocumentReader):
    name = "table"

    def detects(self, head: bytes, media_type: str, url: str) -> bool:
        if head.startswith(_ZIP):
            return b"[Content_Types].xml" in head or b"xl/" in head or url.lower().endswith(".xlsx")
        if url.lower().split("?")[0].endswith((".csv", ".tsv", ".tab", ".xlsx")):
            return True
        return re.match(r"text/(?:csv|tab-separated-values)", media_type) is not None

    def read(self, body: bytes, request: Request, *, media_type: str = "") -> Page:
        """An entry for each row of each sheet that the mapping fits; sheets that are not read are remarks.

        Raises SourceInvalid without a mapping that fits, MappingInvalid.
        """
        given = request.source.mapping
        found, encoding = grids(body, request.url, media_type)
        remarks: list[Complaint] = []
        if encoding == "cp1252":
            message = "is neither UTF-8 nor GB 18030; read as Windows-1252"
            remarks.append(complaint_of(request, "text.encoding", message))
        read: list[Iterator[Entry]] = []
        mapping, faults = given, []
        for grid in _meant(found, given, request):
            told = given.header_row if given else None
            if told is not None and read:  # it is said of one sheet
                remarks.append(_sheet(request, grid.name, "name it in the mapping's `sheet`"))
                continue
            table = Table(grid, _columns(given), told)
            if not table.found:
                continue
            try:
                mapping = given or _fitting(table.names)
                _check(table, mapping, request)
            except (SourceInvalid, MappingInvalid) as fault:
                faults.append(fault)
                if table.sheet:
                    remarks.append(_sheet(request, table.sheet, fault.message))
                continue
            assert mapping is not None  # _check() raises without one
            remarks += _remarks(table, mapping, request)
            read.append(_entries(table, mapping, request, remarks))
        if not read:
            raise faults[0] if faults else Malformed(request.url, "has no rows", rule="table.empty")
        return Page(chain.from_iterable(read), remarks=remarks)


def _sheet(request: Request, name: str, why: str) -> Complaint:
    return complaint_of(request, "table.sheet", f"sheet {name!r} is not read: {why}")


def _meant(found: list[Grid], mapping: Mapping | None, request: Request) -> list[Grid]:
    """The sheet that a mapping names, else all of them."""
    if mapping is None or mapping.sheet is None:
        return found
    named = [one for one in found if one.name == mapping.sheet]
    if not named:
        message = f"has no sheet {mapping.sheet!r}; it has {', '.join(one.name for one in found[:10])}"
        raise MappingInvalid(request.url, message, rule="mapping.sheet")
    return named


def _columns(mapping: Mapping | None) -> frozenset[str]:
    return (
        frozenset(column_name(place) for places in mapping.fields.values() for place in places)
        if mapping
        else frozenset()
    )


def _check(table: Table, mapping: Mapping | None, request: Request) -> None:
    """Raises SourceInvalid without a mapping, MappingInvalid for one of other columns."""
    shown = ", ".join(repr(one) for one in table.names[:12])
    if mapping is None:
        message = f"needs a mapping file for its columns {shown}; `kewen sources preview` proposes one"
        raise SourceInvalid(request.url, message, rule="mapping.missing", line=table.line)
    if not _columns(mapping) & set(table.names):
        message = f"none of its columns is in the mapping {mapping.name!r}: {shown}"
        raise MappingInvalid(request.url, message, rule="mapping.columns", line=table.line)


def _remarks(table: Table, mapping: Mapping, request: Request) -> Iterator[Complaint]:
    names = set(table.names)
    sheet = f"sheet {table.sheet!r}: " if table.sheet else ""
    if mapping is request.source.mapping and (
        absent := [
            field
            for field, places in mapping.fields.items()
            if not {column_name(place) for place in places} & names
        ]
    ):
        message = f"{sheet}has no column for {', '.join(absent)}"
        yield complaint_of(request, "mapping.columns", message, line=table.line)
    if twice := sorted({one for one in table.names if one and table.names.count(one) > 1}):
        message = f"{sheet}column {', '.join(twice)} stands twice; the first is taken"
        yield complaint_of(request, "table.duplicate_column", message, line=table.line)


def _entries(table: Table, mapping: Mapping, request: Request, remarks: list[Complaint]) -> Iterator[Entry]:
    """What is left out on the way is added to `remarks`."""
    width = len(table.names)
    for one in table.rows():
        row: dict[str, str] = {}
        for name, cell in zip(table.names, one.cells, strict=False):
            if name:
                row.setdefault(name, cell.strip())
        original = json.dumps(row, ensure_ascii=False).encode()
        shape = {"original": original, "media_type": "application/json", "format": f"table:{mapping.name}"}
        if any(cell.strip() for cell in one.cells[width:]):
            message = (
                f"has {len(one.cells)} cells and the header {width}; quote cells that hold the separator"
            )
            yield refused_entry(request, "table.cells", message, line=one.line, **shape)  # type: ignore[arg-type]
            continue
        draft = mapped_draft(mapping, _looker(row), request.source.type)
        yield draft_entry(draft, request, line=one.line, **shape)  # type: ignore[arg-type]
    if table.notes:
        message = (
            f"lines {', '.join(str(one) for one in table.notes[:10])} are notes of the table, no records"
        )
        remarks.append(complaint_of(request, "table.notes", message))


def _looker(row: dict[str, str]) -> Callable[[str], list[str]]:
    return lambda place: [found] if (found := row.get(column_name(place))) else []


def _fitting(names: list[str]) -> Mapping | None:
    """A bundled mapping whose words are all columns."""
    for mapping in bundled_mappings().values():
        if not mapping.records and mapping.recognise and set(mapping.recognise) <= set(names):
            return mapping
    return None


class Preview(BaseModel):
    """What a table holds, and a mapping to start from; the guesses are ours and want a look."""

    model_config = ConfigDict(frozen=True)

    sheet: str
    header_row: int
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    proposed: dict[str, str]
    """Our field -> column."""
    unused: tuple[str, ...]
    others: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """(sheet, columns) of the workbook's other sheets."""


def preview(
    body: bytes, source: str, *, media_type: str = "", header_row: int | None = None, rows: int = 5
) -> Preview:
    """Columns, first rows and a proposed mapping; the header is looked for unless its row is given.

    Raises Malformed, OverLimit.
    """
    found, _ = grids(body, source, media_type)
    tables = [Table(grid, frozenset(), None if number else header_row) for number, grid in enumerate(found)]
    tables = [one for one in tables if one.found]
    if not tables:
        raise Malformed(source, "has no rows", rule="table.empty")
    first = tables[0]
    proposed = proposals(first.names)
    return Preview(
        sheet=first.sheet,
        header_row=first.row,
        columns=tuple(first.names),
        rows=tuple(
            tuple(" ".join(cell.split())[:200] for cell in one.cells) for one in islice(first.rows(), rows)
        ),
        proposed=proposed,
        unused=tuple(name for name in first.names if name and name not in proposed.values()),
        others=tuple((one.sheet, tuple(one.names)) for one in tables[1:]),
    )
