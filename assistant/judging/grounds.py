"""Cited evidence made ready for proof: each statement of it with its label, as units."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from assistant import replies
from assistant.judging.units import Unit, units_of
from assistant.language import detect_language
from assistant.numerals import numbers_in
from assistant.records import Citation, Language
from corpus.addresses.finding import addresses_in, urls_in
from corpus.statements.cutting import cut
from retrieval.analysis import normalise


@lru_cache(maxsize=1)
def _labels() -> dict[str, str]:
    """Label of a line, as written -> the field it tells."""
    return {
        label: field
        for field, texts in replies.FIELD.items()
        for label in (texts.zh.strip(), texts.en.strip())
        if label.endswith((":", "："))
    }


def _labels_of(field: str) -> tuple[str, ...]:
    return tuple(label for label, name in _labels().items() if name == field)


def line_label(line: str) -> tuple[str, str]:
    """(label, field) that a line of a record begins with; empty where it has none."""
    return next(((label, name) for label, name in _labels().items() if line.startswith(label)), ("", ""))


@dataclass(frozen=True, slots=True)
class Piece:
    """One statement: `quote` stands letter for letter in the evidence; `whole` is its line or article."""

    quote: str
    label: str = ""
    field: str = ""
    whole: str = ""

    @property
    def text(self) -> str:
        blank = " " if self.label.isascii() and self.label else ""
        return f"{self.label}{blank}{self.quote}"

    @property
    def units(self) -> tuple[Unit, ...]:
        return units_of(self.text)


class Ground:
    """One citation: its title, its place, its pieces."""

    def __init__(self, citation: Citation) -> None:
        self.citation = citation
        self.number = citation.number
        self.title = citation.title
        self.text = f"{citation.title}\n{citation.locator}\n{citation.quote}"

    @cached_property
    def language(self) -> Language:
        return detect_language(self.citation.quote)

    @cached_property
    def names(self) -> str:
        """What may be said to be what is spoken of: title, other names, place in the document; folded."""
        lines = self.citation.quote.splitlines() if self.citation.locator == "overview" else []
        told = [self.title, self.citation.locator]
        head = _labels_of("aliases")
        told += [line for place, line in enumerate(lines) if place == 0 or line.startswith(head)]
        if len(lines) > 1 and not any(line_label(lines[1])):
            told.append(lines[1])
        return normalise("\n".join(told))

    @cached_property
    def folded(self) -> str:
        return normalise(self.text)

    @cached_property
    def article(self) -> set[str]:
        """Numbers of the article it is, as text."""
        return {one.value for one in numbers_in(self.citation.locator) if one.kind == "article"}

    @cached_property
    def addresses(self) -> frozenset[str]:
        """Addresses that its text holds, of any form."""
        return frozenset(one.text.lower().rstrip("/") for one in addresses_in(self.text))

    @cached_property
    def own(self) -> frozenset[str]:
        """Addresses of the web that are the record's own: where it is, and its fields of addresses."""
        fields = " ".join(one.quote for one in self.pieces if one.field in ("url", "other_urls"))
        own = (self.citation.url, self.citation.source_url, *urls_in(fields))
        return frozenset(form for one in own if one for form in (one, one.rstrip("/")))

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        return tuple(self._pieces())

    def head(self, before: str) -> str:
        """What must stand in front of its words so that a reader knows whose they are, after a text."""
        named = normalise(self.title) in normalise(before)
        if self.citation.kind == "resource":
            return "" if named else f"{self.title}，" if self.language == "zh" else f"{self.title} — "
        place = self.citation.locator if self.citation.locator != "document" else ""
        if self.language == "zh":
            title = "" if named else self.title if self.title.startswith("《") else f"《{self.title}》"
            return "" if named and (not place or place in before) else f"{title}{place}："
        number = next(iter(self.article), "")
        place = f"article {number}" if number else f"“{place}”" if place else ""
        if named and (not place or place in before.lower()):
            return ""
        return f"{', '.join(filter(None, ['' if named else self.title, place]))}: "

    @property
    def place(self) -> str:
        """What it is of, as a sentence names it: a record, a document, an article of it."""
        part = self.citation.locator
        if self.citation.kind == "resource":
            return self.title
        title = self.title if self.language == "en" or self.title.startswith("《") else f"《{self.title}》"
        if part == "document":
            return title
        number = next(iter(self.article), "")
        if self.language == "en":
            return f"{title}, {f'article {number}' if number else f'“{part}”'}"
        return f"{title}{part}"

    def resting_on(self, quote: str) -> Ground:
        """The same evidence, of which only the statements count that these words of it touch."""
        ground = Ground(self.citation)
        ground.__dict__["pieces"] = tuple(
            one for one in self.pieces if one.quote in quote or quote in one.quote or one.text in quote
        )
        return ground

    def _pieces(self) -> Iterable[Piece]:
        named = 2 if self.citation.locator == "overview" else 0
        for place, line in enumerate(self.citation.quote.splitlines()):
            line = line.strip()
            if not line or (place < named and normalise(line) in self.names):
                continue
            label, field = line_label(line)
            line = line[len(label) :].strip()
            line = _ORDINAL.sub("", line)
            said = [one for one in cut(line) if re.search(r"\w", one)] or [line]
            for one in said:
                yield Piece(one, label, field, line)
            if len(said) > 1:
                yield Piece(line, label, field, line)


def grounds_of(citations: Sequence[Citation]) -> dict[int, Ground]:
    return {one.number: Ground(one) for one in citations}


_ORDINAL = re.compile(r"^\d{1,2}[.、)]\s+")
_JOINT = re.compile(
    r"[，；。！？\n]|[!?;](?=\s|$)|(?<=[\u3400-\u9fff])[,：:]|(?<=[a-z0-9%])\.(?=\s|$)"
    r"|,? (?=while |whereas |but )|, (?=and )"
)


def clauses_of(text: str) -> list[str]:
    """A claim cut between its clauses; a piece without two units of weight goes with the next."""
    found: list[str] = []
    waiting = ""
    at = 0
    for joint in [*_JOINT.finditer(text), None]:
        end = joint.end() if joint else len(text)
        waiting += text[at:end]
        at = end
        weight = sum(unit.kind != "operator" for unit in units_of(waiting))
        if weight >= 2:
            found.append(waiting)
            waiting = ""
    if waiting.strip():
        if found:
            found[-1] += waiting
        else:
            found.append(waiting)
    return [one.strip() for one in found if one.strip()]
