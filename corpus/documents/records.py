"""What reading a file gives: paragraphs in reading order, and the pages that gave none."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Format = Literal["pdf", "docx", "doc", "html", "text", "xlsx"]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph, heading or row of a table; `page` from 1, None where the file has no pages."""

    text: str
    page: int | None = None
    level: int = 0
    """1 for the title, 2 and more for headings, 0 for anything else."""


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A page whose text was left out, and why. `page` None: the whole file."""

    page: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Extracted:
    """The text of one file. Nothing of a quarantined page is in it."""

    format: Format
    paragraphs: tuple[Paragraph, ...]
    quarantined: tuple[Quarantined, ...] = ()
    pages: int | None = None
    notes: tuple[str, ...] = ()
    """What a reader of the text should know: numbers of a list that could not be told."""
    recognised: tuple[int, ...] = ()
    """Pages whose text an engine read off their pictures."""

    def text(self) -> str:
        """Lines for the rule book parser: `#` before headings, a form feed before each new page.

        A page that is missing leaves a comment line at its place, and so does one that was recognised.
        """
        lines: list[str] = []
        page = 1
        holes = [one for one in self.quarantined if one.page is not None]
        read = list(self.recognised)
        titled = False
        for paragraph in self.paragraphs:
            while holes and paragraph.page is not None and (holes[0].page or 0) < paragraph.page:
                lines.append(_hole(holes.pop(0)))
            feed = "\f" * max(0, (paragraph.page or page) - page)
            page = max(page, paragraph.page or page)
            if paragraph.page in read:
                read.remove(paragraph.page)
                lines.append(f"{feed}{RECOGNISED.format(page=paragraph.page)}")
                feed = ""
            level = min(paragraph.level, 6) if paragraph.level != 1 or not titled else 2
            titled = titled or level == 1
            sign = "#" * level + " " if level else ""
            lines.append(f"{feed}{sign}{paragraph.text}")
        lines += [_hole(one) for one in holes]
        return "".join(f"{line}\n" for line in lines)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def from_json(content: dict[str, Any]) -> Extracted:
        """Raises KeyError or TypeError for anything that to_json did not give."""
        return Extracted(
            format=content["format"],
            paragraphs=tuple(Paragraph(**one) for one in content["paragraphs"]),
            quarantined=tuple(Quarantined(**one) for one in content["quarantined"]),
            pages=content["pages"],
            notes=tuple(content["notes"]),
            recognised=tuple(content["recognised"]),
        )


RECOGNISED = "<!-- page {page} is recognised text -->"
HOLE = "<!-- page {page} is not here: {reason} -->"


def _hole(one: Quarantined) -> str:
    return HOLE.format(page=one.page, reason=one.reason.replace("--", "-"))
