"""The text of a Word file (.docx): paragraphs, tables in their place, numbers of lists, notes, pages.

Read from the XML itself: numbers that Word makes (第一条 by a list) must be restored, strict files have
other namespaces, and tracked deletions must not come back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lxml import etree

from corpus.documents.errors import Unreadable
from corpus.documents.numbering import Numbering
from corpus.documents.packages import Package, child, children, local, value
from corpus.documents.radicals import settled
from corpus.documents.records import Extracted, Paragraph

_SKIPPED = {
    "del",
    "moveFrom",
    "instrText",
    "delText",
    "Fallback",
    "pPr",
    "rPr",
    "sectPr",
    "tblPr",
    "trPr",
    "tcPr",
}
_ARTICLE = re.compile(r"^第\s*[零〇一二三四五六七八九十百千\d]+\s*条")
_DEEPEST = 200


@dataclass(frozen=True, slots=True)
class _Style:
    based_on: str | None
    level: int
    num_id: str | None
    num_level: int


def read_docx(data: bytes) -> Extracted:
    """Paragraphs; pages where Word left its page breaks in the file. Raises Unreadable."""
    return _Reading(Package(data)).result()


class _Reading:
    def __init__(self, package: Package) -> None:
        main = next((n for n in package.names() if re.fullmatch(r"word/document\d*\.xml", n)), None)
        root = package.part(main) if main else None
        body = child(root, "body")
        if body is None:
            raise Unreadable("is an office file without a text document in it")
        self._body = body
        styles = _optional(package, "word/styles.xml")
        self._styles = (
            {value(one, "styleId") or "": _style(one) for one in children(styles, "style")}
            if styles is not None
            else {}
        )
        self._numbering = Numbering(_optional(package, "word/numbering.xml"))
        self._notes = {
            f"{kind}{value(note, 'id')}": note
            for kind in ("footnote", "endnote")
            if (notes := _optional(package, f"word/{kind}s.xml")) is not None
            for note in children(notes, kind)
            if value(note, "type") is None
        }
        self._page = 1
        # Where Word left the breaks it drew, the ones it was told to make are among them.
        self._drawn = any(local(one) == "lastRenderedPageBreak" for one in body.iter())
        self._paged = self._drawn or any(
            local(one) == "br" and value(one, "type") == "page" for one in body.iter()
        )
        self._note_count = 0

    def result(self) -> Extracted:
        paragraphs = list(self._blocks(self._body, 0))
        paragraphs = _titled(paragraphs)
        notes = []
        if self._numbering.unknown:
            notes.append(
                f"{self._numbering.unknown} paragraphs are numbered by a list that the file does not define: "
                "their numbers are missing"
            )
        if not self._paged:
            paragraphs = [Paragraph(p.text, None, p.level) for p in paragraphs]
        return Extracted("docx", tuple(paragraphs), (), self._page if self._paged else None, tuple(notes))

    def _blocks(self, parent: etree._Element, depth: int) -> Iterator[Paragraph]:
        if depth > _DEEPEST:
            raise Unreadable("is nested too deeply to be a document")
        for block in parent:
            name = local(block)
            if name == "p":
                yield from self._paragraph(block, depth)
            elif name == "tbl":
                yield from self._table(block, depth)
            elif name not in _SKIPPED:  # content controls, custom XML, tracked insertions
                yield from self._blocks(block, depth + 1)

    def _paragraph(self, block: etree._Element, depth: int) -> Iterator[Paragraph]:
        before = self._page
        pieces: list[str] = []
        boxes: list[etree._Element] = []
        notes: list[str] = []
        self._runs(block, pieces, boxes, notes, depth)
        text = settled("".join(pieces)).strip()
        # A break that stands before the first word puts the whole paragraph on the new page.
        page = self._page if not text or "".join(pieces).lstrip(" \t\n").startswith("\f") else before
        text = re.sub(r"[ \t]*\f[ \t]*", "", "".join(pieces))
        label, level = self._properties(child(block, "pPr"), bool(text.strip()))
        for number, line in enumerate(re.split(r"\n+", settled(text))):
            line = re.sub(r"\t+| {2,}", " ", line).strip()
            shown = f"{label}{line}" if number == 0 else line
            if line:
                yield Paragraph(shown, page, level if number == 0 and len(line) < 120 else 0)
        for box in boxes:
            yield from self._blocks(box, depth + 1)
        for key in notes:
            note = self._notes.get(key)
            words = " ".join(one.text for one in self._blocks(note, depth + 1)) if note is not None else ""
            if words:
                self._note_count += 1
                yield Paragraph(f"注{self._note_count}：{words}", page)

    def _runs(
        self,
        element: etree._Element,
        pieces: list[str],
        boxes: list[etree._Element],
        notes: list[str],
        depth: int,
    ) -> None:
        if depth > _DEEPEST:
            raise Unreadable("is nested too deeply to be a document")
        for one in element:
            name = local(one)
            if name in _SKIPPED and not (name == "Fallback" and child(element, "Choice") is None):
                continue
            if name == "t":
                pieces.append(one.text or "")
            elif name in ("tab", "ptab"):
                pieces.append("\t")
            elif name in ("br", "cr"):
                told = value(one, "type") == "page"
                pieces.append(self._broken() if told and not self._drawn else "" if told else "\n")
            elif name == "lastRenderedPageBreak":
                pieces.append(self._broken())
            elif name == "noBreakHyphen":
                pieces.append("-")
            elif name == "sym":
                pieces.append(_symbol(one))
            elif name in ("footnoteReference", "endnoteReference"):
                notes.append(f"{name.removesuffix('Reference')}{value(one, 'id')}")
            elif name == "txbxContent":
                boxes.append(one)
            else:
                self._runs(one, pieces, boxes, notes, depth + 1)

    def _broken(self) -> str:
        self._page += 1
        return "\f"

    def _properties(self, properties: etree._Element | None, has_text: bool) -> tuple[str, int]:
        """(label of the list, level of heading)."""
        style = self._styles.get(value(child(properties, "pStyle")) or "")
        num_id, num_level, level = None, 0, 0
        seen = 0
        while style is not None and seen < 20:
            level = level or style.level
            if num_id is None and style.num_id is not None:
                num_id, num_level = style.num_id, style.num_level
            style, seen = self._styles.get(style.based_on or ""), seen + 1
        own = child(properties, "numPr")
        if own is not None:
            num_id = value(child(own, "numId")) or num_id
            num_level = _whole(value(child(own, "ilvl")), num_level)
        outline = value(child(properties, "outlineLvl"))
        if outline is not None and outline.isdigit():
            level = int(outline) + 2 if int(outline) < 9 else 0
        # Word numbers empty paragraphs too, but no reader sees them as entries.
        label = self._numbering.label(num_id, num_level) if num_id is not None and has_text else ""
        return label, level

    def _table(self, table: etree._Element, depth: int) -> Iterator[Paragraph]:
        rows: list[tuple[int, list[list[str]]]] = []
        for row in _within(table, "tr"):
            cells = [[one.text for one in self._blocks(cell, depth + 1)] for cell in _within(row, "tc")]
            rows.append((self._page, cells))
        flat = [text for _, cells in rows for cell in cells for text in cell]
        columns = max((len(cells) for _, cells in rows), default=0)
        # A table of one column, or with articles in it, only sets text on the page.
        if columns <= 1 or any(_ARTICLE.match(text) for text in flat):
            yield from (Paragraph(t, page) for page, cells in rows for cell in cells for t in cell)
            return
        for page, cells in rows:
            if any(cells):
                yield Paragraph("| " + " | ".join(" ".join(cell) for cell in cells) + " |", page)


def _titled(paragraphs: list[Paragraph]) -> list[Paragraph]:
    """With a single heading of the first level, at the top, as the title."""
    first = [at for at, one in enumerate(paragraphs) if one.level == 2]
    if any(one.level == 1 for one in paragraphs) or first != [0]:
        return paragraphs
    return [replace(paragraphs[0], level=1), *paragraphs[1:]]


def _within(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """Rows of a table or cells of a row, also those inside content controls."""
    for one in element:
        if local(one) == name:
            yield one
        elif local(one) in ("sdt", "sdtContent", "customXml", "ins"):
            yield from _within(one, name)


def _optional(package: Package, name: str) -> etree._Element | None:
    """A part that only helps; where it is damaged the text is read without it."""
    try:
        return package.part(name)
    except Unreadable:
        return None


def _style(element: etree._Element) -> _Style:
    properties = child(element, "pPr")
    name = (value(child(element, "name")) or "").lower()
    level = 0
    if found := re.fullmatch(r"(?:heading|标题)\s*([1-9])", name):
        level = int(found[1]) + 1
    elif name in ("title", "标题"):
        level = 1
    outline = value(child(properties, "outlineLvl"))
    if not level and outline is not None and outline.isdigit() and int(outline) < 9:
        level = int(outline) + 2
    numbered = child(properties, "numPr")
    return _Style(
        based_on=value(child(element, "basedOn")),
        level=level,
        num_id=value(child(numbered, "numId")),
        num_level=_whole(value(child(numbered, "ilvl")), 0),
    )


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdigit() else otherwise


def _symbol(element: etree._Element) -> str:
    code = value(element, "char") or ""
    try:
        char = chr(int(code, 16))
    except (ValueError, OverflowError):
        return ""
    return "" if "\ue000" <= char <= "\uf8ff" else char
