"""Text of scanned pages by a tesseract that is installed; without one, or without a language, there is none.

The page is drawn in the process that reads files, the engine is a process of its own with a time limit. Its
output is TSV (tesseract(1)): a word a line, with a confidence from 0 to 100.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import median

from corpus.documents.joining import Row, joined
from corpus.documents.radicals import settled
from corpus.documents.records import Extracted, Paragraph, Quarantined

SCANNED = "scanned"
"""How the reason of a page begins that is a picture of one."""
DPI = 300
SURE = 75.0
"""Mean confidence from which a page is taken: what a reader of clean prints at 300 dpi gets is above 85."""
SECONDS = 60
MOST_PAGES = 200
"""Of one file."""
_TITLE = 1.4
Draw = Callable[[int], bytes | None]
"""Number of a page, from 1 -> its picture as PGM; None where it cannot be drawn."""


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    sure: float
    left: float
    top: float
    width: float
    height: float
    line: tuple[int, int, int]


def engine() -> str | None:
    """Path of the program; None where none is installed."""
    return shutil.which("tesseract")


def recognised(document: Extracted, draw: Draw, languages: str) -> Extracted:
    """The document with the text of its scanned pages; a page that is hardly legible stays left out, and
    says how sure the engine was."""
    program = engine()
    scans = [one for one in document.quarantined if one.page and one.reason.startswith(SCANNED)]
    if program is None or not scans:
        return document
    found: dict[int, list[Paragraph]] = {}
    left: dict[int, str] = {}
    for one in scans[:MOST_PAGES]:
        number = one.page or 0
        picture = draw(number)
        words = _words(program, picture, languages) if picture else []
        letters = sum(len(word.text) for word in words)
        sure = sum(word.sure * len(word.text) for word in words) / letters if letters else 0.0
        if sure < SURE:
            left[number] = f"{SCANNED}, and recognised with a confidence of {sure:.0f} of 100 only"
        else:
            found[number] = [replace(each, page=number) for each in joined(_rows(words, number))]
    if not (found or left):
        return document
    kept = [*document.paragraphs, *(each for some in found.values() for each in some)]
    quarantined = (
        Quarantined(one.page, left.get(one.page or 0, one.reason))
        for one in document.quarantined
        if one.page not in found
    )
    pages = ", ".join(map(str, sorted(found)))
    note = f"page {pages}: recognised text ({languages}); compare it with the file"
    return replace(
        document,
        paragraphs=tuple(sorted(kept, key=lambda each: each.page or 0)),
        quarantined=tuple(quarantined),
        recognised=tuple(sorted(found)),
        notes=(*document.notes, *([note] if found else [])),
    )


def _words(program: str, picture: bytes, languages: str) -> list[_Word]:
    """In reading order; none where the engine fails."""
    command = [program, "stdin", "stdout", "-l", languages, "--dpi", str(DPI), "--psm", "3", "tsv"]
    try:
        done = subprocess.run(
            command,
            input=picture,
            capture_output=True,
            cwd=tempfile.gettempdir(),
            env={"LANG": "C.UTF-8", "OMP_THREAD_LIMIT": "1", "PATH": "/usr/bin:/bin"},
            timeout=SECONDS,
            check=False,
        )
    except (subprocess.TimeoutExpired, OSError):
        return []
    lines = done.stdout.decode("utf-8", "replace").splitlines()
    if done.returncode or not lines:
        return []
    words = []
    for line in lines[1:]:
        cells = line.split("\t")
        if len(cells) == 12 and cells[0] == "5" and cells[11].strip():
            block, paragraph, number, _, left, top, width, height = map(int, cells[2:4] + cells[4:10])
            place = (block, paragraph, number)
            text = settled(cells[11].strip())
            words.append(_Word(text, float(cells[10]), left, top, width, height, place))
    return words


def _rows(words: list[_Word], page: int) -> list[Row]:
    """Lines of the page in points, the height turned up as in a PDF."""
    lines: dict[tuple[int, int, int], list[_Word]] = {}
    for word in words:
        lines.setdefault(word.line, []).append(word)
    scale = 72 / DPI
    # The boxes of single characters differ: 一 is flat. Only a title is larger than its page.
    usual = median(max(one.height for one in some) for some in lines.values()) if lines else 1.0
    rows = []
    for some in lines.values():
        height = max(one.height for one in some)
        rows.append(
            Row(
                text=_together(some),
                left=min(one.left for one in some) * scale,
                right=max(one.left + one.width for one in some) * scale,
                bottom=-max(one.top + one.height for one in some) * scale,
                size=max(1.0, (height if height > _TITLE * usual else usual) * scale),
                page=page,
                hyphen=False,
            )
        )
    return rows


def _together(words: list[_Word]) -> str:
    """Blanks between words of letters; Chinese characters are recognised one by one and stand together."""
    text = ""
    for one in words:
        apart = text and text[-1].isascii() and one.text[0].isascii()
        text += f" {one.text}" if apart else one.text
    return text
