"""Bytes of a table -> grids of text: CSV and TSV, or the sheets of an XLSX workbook with its merged cells."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from corpus.harvest.bodies import decoded
from corpus.harvest.errors import Malformed, OverLimit

MOST_COLUMNS = 500
LONGEST_CELL = 200_000
MOST_ROWS = 2_000_000
LARGEST_SHEET = 512 * 1024 * 1024
"""Bytes of an XLSX file when unpacked."""

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_AS_TEXT = re.compile(r'="(.*)"', re.S)
_STRICT = (
    (b"http://purl.oclc.org/ooxml/officeDocument/", b"http://schemas.openxmlformats.org/officeDocument/2006/"),
    (b"http://purl.oclc.org/ooxml/spreadsheetml/main", b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"),
    (b"http://purl.oclc.org/ooxml/drawingml/", b"http://schemas.openxmlformats.org/drawingml/2006/"),
)  # fmt: skip
"""ISO 29500 strict -> transitional: the same sheets under other names."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a grid. A cell that was merged downward has its value in each of its rows; `spread` holds
    the columns where one was merged to the right.
    """

    line: int
    cells: list[str]
    spread: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet; `name` is empty for a text file. Its rows can be read once."""

    name: str
    rows: Iterator[Row]


def grids(body: bytes, source: str, media_type: str = "") -> tuple[list[Grid], str]:
    """(sheets, encoding of a text file). Raises Malformed, OverLimit, also while rows are read."""
    if body.startswith(_OLE):
        message = "is an old .xls or a protected workbook; save it as .xlsx without a password, or as CSV"
        raise Malformed(source, message, rule="table.xls")
    if body.startswith(_ZIP):
        return _sheets(body, source), ""
    text, encoding = decoded(body, source, media_type)
    return [Grid("", _text_rows(text, source))], encoding


def _text_rows(text: str, source: str) -> Iterator[Row]:
    separator = _separator(text[:20_000])
    previous = csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=False)
    try:
        csv.field_size_limit(max(previous, LONGEST_CELL))
        line = 1
        for number, cells in enumerate(reader, 1):
            _measured(number, cells, source, line)
            yield Row(line, [_plain(cell) for cell in cells])
            line = reader.line_num + 1
    except csv.Error as error:
        raise Malformed(
            source, f"cannot be read as a table: {error}", rule="table.csv", line=reader.line_num
        ) from error


def _measured(number: int, cells: list[str], source: str, line: int) -> None:
    if number > MOST_ROWS:
        raise OverLimit(source, f"has more than {MOST_ROWS:,} rows", rule="table.rows", line=line)
    if len(cells) > MOST_COLUMNS:
        message = f"has {len(cells):,} columns; at most {MOST_COLUMNS} are read"
        raise OverLimit(source, message, rule="table.columns", line=line)


def _separator(sample: str) -> str:
    """The one that parts the first lines most often, outside quotes."""
    lines = [re.sub(r'"[^"]*"', "", line) for line in sample.split("\n") if line.strip()][:5]
    return max(",\t;|", key=lambda mark: max((line.count(mark) for line in lines), default=0))


def _plain(cell: str) -> str:
    """`000002` for ="000002", which keeps a spreadsheet from making it a number."""
    found = _AS_TEXT.fullmatch(cell.strip())
    return found[1] if found else cell


def _sheets(body: bytes, source: str) -> list[Grid]:
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            _check(archive, source)
            if b"purl.oclc.org/ooxml" in archive.read("xl/workbook.xml"):
                body = _transitional(archive)
        book = openpyxl.load_workbook(io.BytesIO(body), read_only=True, data_only=True, keep_links=False)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, TypeError) as error:
        raise Malformed(source, f"is not a readable XLSX file: {error}", rule="table.xlsx") from error
    return [Grid(page.title, _sheet_rows(page, body, source)) for page in book.worksheets]


def _check(archive: zipfile.ZipFile, source: str) -> None:
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    if unpacked > LARGEST_SHEET or len(parts) > 5000:
        message = f"unpacks to {unpacked:,} bytes; at most {LARGEST_SHEET:,} are read"
        raise OverLimit(source, message, rule="table.unpacked")
    packed = max(1, sum(part.compress_size for part in parts))
    if unpacked > 50_000_000 and unpacked / packed > 200:
        raise OverLimit(source, "is a decompression bomb", rule="table.bomb")
    for part in parts:
        if part.filename.endswith((".xml", ".rels")):
            with archive.open(part) as opened:
                if b"<!ENTITY" in opened.read(4096):
                    raise OverLimit(source, f"{part.filename} declares entities", rule="xml.entity")


def _transitional(archive: zipfile.ZipFile) -> bytes:
    """The same workbook under the names that openpyxl knows."""
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as made:
        for part in archive.infolist():
            data = archive.read(part)
            if part.filename.endswith((".xml", ".rels")):
                for strict, known in _STRICT:
                    data = data.replace(strict, known)
            made.writestr(part.filename, data)
    return found.getvalue()


def _sheet_rows(page: Any, body: bytes, source: str) -> Iterator[Row]:
    if page.max_column and page.max_column > MOST_COLUMNS:
        # Sheets may claim 16,384 columns and fill three.
        page.reset_dimensions()
    down, right = _merges(body, page)
    held: dict[int, tuple[int, str]] = {}
    for number, values in enumerate(page.iter_rows(values_only=True), 1):
        cells = [_cell(value) for value in values]
        for column, last in down.get(number, ()):
            if column < len(cells):
                held[column] = last, cells[column]
        for column, (last, text) in held.items():
            if number <= last and column < len(cells):
                cells[column] = cells[column] or text
        while cells and not cells[-1]:
            cells.pop()
        _measured(number, cells, source, number)
        yield Row(number, cells, frozenset(right.get(number, ())))


def _merges(body: bytes, page: Any) -> tuple[dict[int, list[tuple[int, int]]], dict[int, list[int]]]:
    """({row: (column, last row)} of cells merged downward, {row: columns} of those merged to the right)."""
    from openpyxl.utils import column_index_from_string

    down: dict[int, list[tuple[int, int]]] = {}
    right: dict[int, list[int]] = {}
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        found = _MERGED.findall(archive.read(page._worksheet_path))
    for left, top, end, bottom in found[:100_000]:
        first, last = (column_index_from_string(one.decode()) - 1 for one in (left, end))
        if int(bottom) > int(top):
            down.setdefault(int(top), []).append((first, int(bottom)))
        if last > first:
            for row in range(int(top), min(int(bottom), int(top) + 20) + 1):
                right.setdefault(row, []).append(first)
    return down, right


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if hasattr(value, "isoformat"):
        return str(value.isoformat()).removesuffix("T00:00:00")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return _plain(str(value)[:LONGEST_CELL])
