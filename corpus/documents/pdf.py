"""The text of a PDF, by pypdfium2; the only file that calls it."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator

import pypdfium2
import pypdfium2.raw as pdfium

from corpus.documents.errors import Unreadable
from corpus.documents.joining import Row, joined, mended
from corpus.documents.margins import without_margins
from corpus.documents.plausibility import fault
from corpus.documents.radicals import settled
from corpus.documents.records import Extracted, Quarantined

MOST_PAGES = 2000
MOST_PIXELS = 8000
"""Of one side of a page that is drawn."""
_FEW = 20
"""Characters; a page with fewer and a picture over half of it is a scan."""
_PATHS = 300
"""Drawn outlines on a page without text from which it is lettering turned into curves."""
_BREAKS = (0x0A, 0x0D)
_HYPHENS = (0x02, 0xFFFE)


def read_pdf(data: bytes) -> Extracted:
    """Paragraphs with pages. Raises Unreadable for what is encrypted or broken."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise Unreadable("is locked with a password; save a copy without one") from error
        raise Unreadable("is damaged, or no PDF at all; get a sound copy") from error
    count = len(document)
    if count > MOST_PAGES:
        raise Unreadable(f"has {count} pages; at most {MOST_PAGES} are read, so split it")
    pages: list[list[Row]] = []
    heights: list[float] = []
    quarantined: list[Quarantined] = []
    for number in range(1, count + 1):
        rows: list[Row] = []
        height = 0.0
        try:
            page = document[number - 1]
            height = page.get_height()
            rows = mended(_rows(page, number))
            reason = fault("".join(row.text for row in rows)) or _scan(page, rows)
            page.close()
        except pypdfium2.PdfiumError:
            reason = "damaged: it cannot be opened"
        if reason:
            quarantined.append(Quarantined(number, reason))
            rows = []
        pages.append(rows)
        heights.append(height)
    rows = [row for kept in without_margins(pages, heights) for row in kept]
    return Extracted("pdf", tuple(joined(rows)), tuple(quarantined), count)


def drawn(data: bytes, number: int, dpi: int) -> bytes:
    """A page, counted from 1, in shades of grey as PGM (netpbm). Raises Unreadable where there is none."""
    try:
        document = pypdfium2.PdfDocument(data)
        page = document[number - 1]
        if max(page.get_width(), page.get_height()) * dpi / 72 > MOST_PIXELS:
            raise Unreadable("has a page that is too large to be drawn")
        bitmap = page.render(scale=dpi / 72, grayscale=True)
    except pypdfium2.PdfiumError as error:
        raise Unreadable("has a page that cannot be drawn") from error
    width, height, stride = bitmap.width, bitmap.height, bitmap.stride
    pixels = bytes(bitmap.buffer)
    rows = (pixels[at * stride : at * stride + width] for at in range(height))
    return b"P5 %d %d 255\n" % (width, height) + b"".join(rows)


def _rows(page: pypdfium2.PdfPage, number: int) -> Iterator[Row]:
    """Its lines in the order of the file, without stamps that stand askew."""
    text_page = page.get_textpage()
    try:
        line: list[tuple[int, int]] = []
        hyphen = False
        for at in range(pdfium.FPDFText_CountChars(text_page)):
            code = pdfium.FPDFText_GetUnicode(text_page, at)
            if code in _BREAKS:
                if row := _row(text_page, line, number, hyphen):
                    yield row
                line, hyphen = [], False
            elif code in _HYPHENS:
                hyphen = True
            elif code:
                line.append((at, code))
        if row := _row(text_page, line, number, hyphen):
            yield row
    finally:
        text_page.close()


def _row(
    text_page: pypdfium2.PdfTextPage, line: list[tuple[int, int]], page: int, hyphen: bool
) -> Row | None:
    codes = b"".join(_utf16(code) for _, code in line)
    text = settled(codes.decode("utf-16-le", "replace")).strip()
    inked = [at for at, code in line if not chr(min(code, 0x10FFFF)).isspace()]
    if not text or not inked:
        return None
    angle = math.degrees(pdfium.FPDFText_GetCharAngle(text_page, inked[0])) % 90
    if 5 < angle < 85:
        return None
    first, last = _box(text_page, inked[0]), _box(text_page, inked[-1])
    # Fonts that stand in for others, and marks, have boxes of another height.
    boxes = [_box(text_page, at) for at in inked[:: max(1, len(inked) // 6)]]
    return Row(
        text=text,
        left=min(first.left, last.left),
        right=max(first.right, last.right),
        bottom=min(first.bottom, last.bottom),
        size=max(1.0, *(box.top - box.bottom for box in boxes)),
        page=page,
        hyphen=hyphen,
    )


def _utf16(code: int) -> bytes:
    if code > 0xFFFF:
        return chr(min(code, 0x10FFFF)).encode("utf-16-le")
    return code.to_bytes(2, "little")


def _box(text_page: pypdfium2.PdfTextPage, at: int) -> pdfium.FS_RECTF:
    """The box of a character with the height of its font, so that 一 and 国 have the same size."""
    box = pdfium.FS_RECTF()
    pdfium.FPDFText_GetLooseCharBox(text_page, at, ctypes.byref(box))
    return box


def _scan(page: pypdfium2.PdfPage, rows: list[Row]) -> str | None:
    """Why a page with hardly any text is not simply empty."""
    if sum(len(row.text) for row in rows) >= _FEW:
        return None
    area = max(page.get_width() * page.get_height(), 1.0)
    covered, paths = 0.0, 0
    for one in page.get_objects(max_depth=3):
        if one.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = one.get_bounds()
            covered += max(0.0, right - left) * max(0.0, top - bottom)
        elif one.type == pdfium.FPDF_PAGEOBJ_PATH:
            paths += 1
    if covered > area / 2:
        return "scanned: a picture of a page, without text; take a copy with text or recognise it first"
    if paths > _PATHS and not rows:
        return "its letters are drawn outlines, not text"
    return None
