"""The text of an old Word file (.doc), by its piece table ([MS-DOC] 2.4.1).

Numbers that Word makes for lists and styles of headings are not read here: LibreOffice, where there is
one, keeps them; see office.py.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator

import olefile

from corpus.documents.errors import Unreadable
from corpus.documents.radicals import settled
from corpus.documents.records import Extracted, Paragraph

_WORD_97 = 0xC1
_CHINESE = (0x804, 0x1004)
_MAGICS = (0xA5EC, 0xA5DC)


def read_doc(data: bytes) -> Extracted:
    """Paragraphs and rows of tables, without pages. Raises Unreadable."""
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as file:
            if file.exists("EncryptedPackage"):
                raise Unreadable("is locked with a password; save a copy without one")
            if not file.exists("WordDocument"):
                raise Unreadable("holds no Word document")
            main = file.openstream("WordDocument").read()
            tables = {
                name: file.openstream(name).read() for name in ("0Table", "1Table") if file.exists(name)
            }
        text = _text(main, tables)
    except (OSError, struct.error, IndexError, ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("is damaged: its text cannot be found") from error
    paragraphs = tuple(Paragraph(line) for line in _lines(text))
    notes = ("numbers that Word itself makes for lists are not in it: compare with the printed form",)
    return Extracted("doc", paragraphs, (), None, notes if paragraphs else ())


def _text(main: bytes, tables: dict[str, bytes]) -> str:
    magic, version, _, language = struct.unpack_from("<HHHH", main, 0)
    (flags,) = struct.unpack_from("<H", main, 0x0A)
    if magic not in _MAGICS:
        raise Unreadable("is no Word file of a known kind")
    if flags & 0x0100:
        raise Unreadable("is locked with a password; save a copy without one")
    if version < _WORD_97:
        start, end = struct.unpack_from("<II", main, 0x18)
        return main[start:end].decode("gb18030" if language in _CHINESE else "cp1252", "replace")
    (length,) = struct.unpack_from("<I", main, 0x4C)
    at, size = struct.unpack_from("<II", main, 0x01A2)
    table = tables["1Table" if flags & 0x0200 else "0Table"]
    return "".join(_pieces(main, table[at : at + size]))[:length]


def _pieces(main: bytes, clx: bytes) -> Iterator[str]:
    at = 0
    while clx[at] == 1:  # changes of formatting, which come before the table
        at += 3 + struct.unpack_from("<H", clx, at + 1)[0]
    if clx[at] != 2:
        raise Unreadable("is damaged: its text cannot be found")
    (size,) = struct.unpack_from("<I", clx, at + 1)
    pieces = clx[at + 5 : at + 5 + size]
    count = (len(pieces) - 4) // 12
    ends = struct.unpack_from(f"<{count + 1}I", pieces, 0)
    for number in range(count):
        (place,) = struct.unpack_from("<I", pieces, 4 * (count + 1) + 8 * number + 2)
        length = ends[number + 1] - ends[number]
        if length < 0 or length > len(main):
            raise Unreadable("is damaged: a piece of its text is longer than the file")
        if place & 0x40000000:
            start = (place & 0x3FFFFFFF) // 2
            yield main[start : start + length].decode("cp1252", "replace")
        else:
            yield main[place : place + 2 * length].decode("utf-16-le", "replace")


def _lines(text: str) -> Iterator[str]:
    """Paragraphs; the cells of a row stand in one line."""
    # 13 … 14 is the instruction of a field, 14 … 15 what it shows.
    text = re.sub(r"\x13[^\x13-\x15]*\x14|\x13[^\x13-\x15]*\x15|[\x13-\x15]", "", text)
    text = text.replace("\x1e", "-").replace("\x0b", "\r").replace("\x0c", "\r").replace("\n", "\r")
    row: list[str] = []
    for paragraph in re.split(r"\r|(?<=\x07)", text):
        marks = paragraph.count("\x07")
        words = re.sub(r"\s+", " ", settled(paragraph.replace("\x07", "").replace("\t", " "))).strip()
        if not marks:
            if row:  # a second paragraph of a cell
                row[-1] = f"{row[-1]} {words}".strip()
            elif words:
                yield words
        elif words or not row or row[-1]:
            row.append(words)
        if marks and not words and row:  # the mark at the end of a row stands alone
            cells = [cell for cell in row if cell]
            if cells:
                yield cells[0] if len(cells) == 1 else "| " + " | ".join(cells) + " |"
            row = []
    yield from (cell for cell in row if cell)
