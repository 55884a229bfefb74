"""The text of a workbook (.xlsx): its sheets as tables."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from corpus.documents.errors import Unreadable
from corpus.documents.packages import Package, child, children, local, value
from corpus.documents.radicals import settled
from corpus.documents.records import Extracted, Paragraph

MOST_ROWS = 100_000
MOST_COLUMNS = 1_000


def read_xlsx(data: bytes) -> Extracted:
    """Each sheet as a heading and its rows. Raises Unreadable."""
    package = Package(data)
    book = package.part("xl/workbook.xml")
    if book is None:
        raise Unreadable("is an office file without a workbook in it")
    shared = [_text(one) for one in _of(package.part("xl/sharedStrings.xml"), "si")]
    targets = {
        value(one, "Id"): str(value(one, "Target") or "")
        for one in _of(package.part("xl/_rels/workbook.xml.rels"), "Relationship")
    }
    paragraphs: list[Paragraph] = []
    sheets = child(book, "sheets")
    for sheet in _of(sheets, "sheet"):
        target = targets.get(value(sheet, "id"), "")
        name = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
        root = package.part(name) if target else None
        rows = list(_rows(root, shared)) if root is not None else []
        if rows:
            paragraphs.append(Paragraph(settled(value(sheet, "name") or "") or "Sheet", None, 2))
            paragraphs += rows
        if len(paragraphs) > MOST_ROWS:
            raise Unreadable(f"has more than {MOST_ROWS} rows; split it")
    return Extracted("xlsx", tuple(paragraphs))


def _of(element: etree._Element | None, name: str) -> Iterator[etree._Element]:
    return children(element, name) if element is not None else iter(())


def _rows(root: etree._Element, shared: list[str]) -> Iterator[Paragraph]:
    for row in _of(child(root, "sheetData"), "row"):
        cells = [_cell(one, shared) for one in children(row, "c")]
        if len(cells) > MOST_COLUMNS:
            raise Unreadable(f"has a row of {len(cells)} cells; at most {MOST_COLUMNS} are read")
        shown = [settled(re.sub(r"\s+", " ", cell)).replace("|", "/").strip() for cell in cells]
        if any(shown):
            yield Paragraph("| " + " | ".join(shown) + " |")


def _cell(cell: etree._Element, shared: list[str]) -> str:
    kind = value(cell, "t")
    if kind == "inlineStr":
        inline = child(cell, "is")
        return _text(inline) if inline is not None else ""
    held = child(cell, "v")
    text = (held.text or "") if held is not None else ""
    if kind == "s":
        return shared[int(text)] if text.isdigit() and int(text) < len(shared) else ""
    if kind == "b":
        return "TRUE" if text == "1" else "FALSE"
    return text


def _text(element: etree._Element) -> str:
    """Of a string, without the readings printed above it."""
    return "".join(
        one.text or ""
        for one in element.iter()
        if local(one) == "t" and not any(local(up) == "rPh" for up in one.iterancestors())
    )
