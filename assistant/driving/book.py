"""What one question gathered: evidence numbered through, sets by name, all within the tokens of a prompt."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.driving.quoting import CountTokens, framed, within_budget
from assistant.evidence import Evidence, EvidenceBook
from assistant.records import Citation
from assistant.tools.records import Findings, Shown

DRAFT = "draft"
"""The name of the set that the deterministic answer lists."""
SHARE = 3
"""One result of a tool may take this part of what room there is in all."""
LEAST_ROOM = 150
"""Tokens below which no more evidence is told."""


class Book:
    """Evidence in the order it was found; a place keeps its number, what was told of it is not repeated."""

    def __init__(self, tokens: int, count_tokens: CountTokens) -> None:
        self._room = tokens
        self._most = max(LEAST_ROOM, tokens // SHARE)
        self._count = count_tokens
        self._book = EvidenceBook()
        self._told: dict[int, set[str]] = {}
        self.sets: dict[str, Findings] = {}

    @property
    def full(self) -> bool:
        return self._room < LEAST_ROOM

    def citations(self) -> tuple[Citation, ...]:
        return self._book.citations()

    def tell(self, found: Findings, *, share: float = 1.0) -> str:
        """The findings as the model reads them; `share` of what one result may take."""
        lines = list(found.remarks)
        if found.set is not None or found.compared:
            name = f"s{len(self.sets) + 1}"
            self.sets[name] = found
            size = len(found.set.ids) if found.set is not None else len(found.compared)
            lines.insert(0, f"set {name}: {size} records")
        if self.full and found.shown:
            return "\n".join([*lines, "There is no room for more evidence: answer from what you have."])
        entries = [(self._number(one.evidence), one) for one in found.shown]
        quotes = ["\n".join(self._new(number, one)) for number, one in entries]
        budget = min(self._room, max(LEAST_ROOM, int(self._most * share)))
        for (number, one), quote in zip(entries, within_budget(quotes, budget, self._count), strict=True):
            self._room -= self._count(quote) if quote else 0
            lines.append(_entry(number, one.evidence, quote))
        return "\n".join(lines) or "Nothing was found."

    def _number(self, evidence: Evidence) -> int:
        return int(self._book.cite(evidence).strip("[]"))

    def _new(self, number: int, one: Shown) -> Sequence[str]:
        told = self._told.setdefault(number, set())
        new = [line for line in one.lines if line not in told]
        told.update(new)
        return new


def _entry(number: int, evidence: Evidence, quote: str) -> str:
    head = " · ".join(part for part in (evidence.title, evidence.locator, f"id {evidence.id}") if part)
    lines = [f"[{number}] {framed(' '.join(head.split()))}"]
    if not quote:
        return f"{lines[0]} (told above)"
    if evidence.source_url and evidence.source_url not in quote:
        lines.append(f"  address: {framed(evidence.source_url)}")
    lines += [f"  | {framed(line)}" for line in quote.splitlines()]
    return "\n".join(lines)
