"""Sources that differ on one point: what each says, its date and rank, and which of them governs.

A file of `disagreements/` in a corpus folder holds one; every record that it is about carries it as a note.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from corpus.texts import DATE_PATTERN, Language, Lines, Rank, Record, Text

Weight = Literal[Rank, "register", "announcement", "website", "paper"]


class Statement(Record):
    """What one source says."""

    says: Text
    source: Text = Field(description="The source as a reader knows it, with its number.")
    weight: Weight = Field(description="Its rank, or what else it is.")
    since: str | None = Field(
        default=None, pattern=DATE_PATTERN, description="First day on which it holds, or its date."
    )
    record: str | None = Field(default=None, description="Id of the record that is the source.")
    article: str | None = Field(default=None, description="`no` of the article of that record.")


class Disagreement(Record):
    """One point on which sources differ."""

    about: tuple[str, ...] = Field(min_length=1, description="Ids of the records whose answers tell it.")
    subject: Text
    cues: Lines = Field(description="Words of questions on this point: search keys, never shown.")
    statements: tuple[Statement, ...] = Field(min_length=2)
    governs: tuple[int, ...] = Field(
        default=(), description="Numbers, from 1, of the statements to follow; empty: undecided."
    )
    why: Text

    @model_validator(mode="after")
    def _governs_is_there(self) -> Disagreement:
        for number in self.governs:
            if not 1 <= number <= len(self.statements):
                raise ValueError(f"governs: statement {number} is not there; it has {len(self.statements)}")
        return self

    @property
    def told(self) -> Text:
        """All of it in one line."""
        return Text(zh=self._told("zh", "：", "；", "。"), en=self._told("en", ": ", "; ", ". "))

    def _told(self, language: Language, colon: str, joint: str, stop: str) -> str:
        both = [f"{one.source.in_(language)}{colon}{one.says.in_(language)}" for one in self.statements]
        return f"{self.subject.in_(language)}{colon}{joint.join(both)}{stop}{self.why.in_(language)}"
