"""Record, Text, Lines: the ground that all records of the catalogue stand on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

from corpus.rights import Level, label_of

Language = Literal["zh", "en"]
Rank = Literal["law", "administrative_regulation", "departmental_rule", "local", "standard", "institution"]

ID_PATTERN = r"^[a-z0-9][a-z0-9:._/-]*$"
DATE_PATTERN = r"^\d{4}(-\d{2}(-\d{2})?)?$"


class Record(BaseModel):
    """Frozen, and no field that is not named here."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Text(Record):
    """The same statement in Chinese and English."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def in_(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


def fixed_text(zh: str, en: str) -> Text:
    """A text as it stands, with the blanks at its ends: labels and separators end in one, which the
    record type would strip."""
    return Text.model_construct(zh=zh, en=en)


class Lines(Record):
    """Parallel lists; the two languages may differ in length."""

    zh: tuple[str, ...] = ()
    en: tuple[str, ...] = ()

    def in_(self, language: Language) -> tuple[str, ...]:
        return self.zh if language == "zh" else self.en


def shortened(text: str, limit: int) -> str:
    """At most `limit` characters, cut after a sentence where one ends in the second half, else between words.

    Never within a number: 17 must not become 1.
    """
    if len(text) <= limit:
        return text
    piece = text[: limit - 1]
    at = max(piece.rfind(mark) + len(mark.rstrip()) for mark in ("。", ". ", "；", "\n", "! ", "? "))
    if at <= limit * 0.5:
        at = max(piece.rfind(mark) for mark in (" ", "，", "、", "；", ","))
        at = at if at > limit * 0.5 else len(piece.rstrip("0123456789.,"))
    return piece[:at].rstrip() + "…"


class Guarded(Record):
    """A text that has a visibility and may be one unit's; not for everyone to see."""

    if TYPE_CHECKING:
        visibility: Level
        unit: str | None

    @property
    def label(self) -> str:
        """Who sees it; see corpus/rights.py. Of an article, its document's label comes on top."""
        return label_of(self.visibility, self.unit)
