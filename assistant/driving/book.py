"""What one question gathered: evidence numbered through, sets by name, all within the tokens of a prompt."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.driving.quoting import CountTokens, framed, within_budget
from assistant.evidence import DOCUMENT, Evidence, EvidenceBook
from assistant.records import Citation
from assistant.tools.records import Findings, Shown

DRAFT = "draft"
"""The name of the set that the deterministic answer lists."""
SHARE = 3
"""One result of a tool may take this part of what room there is in all."""
CUT = "  (cut at …; {call} tells the rest)"
LEAST_ROOM = 150
"""Tokens below which no more evidence is told."""


class Book:
    """Evidence in the order it was found; a place keeps its number, what was told of it is not repeated."""

    def __init__(self, tokens: int, count_tokens: CountTokens) -> None:
        self._room = tokens
        self._most = max(LEAST_ROOM, tokens // SHARE)
        self._count = count_tokens
        self._book = EvidenceBook()
        self._told: dict[int, dict[str, str]] = {}
        """Of each place, by its lines, what of them was not told yet."""
        self._asked: dict[int, tuple[str, ...]] = {}
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
        told = within_budget(quotes, budget, self._count)
        for (number, one), whole, quote in zip(entries, quotes, told, strict=True):
            self._room -= self._count(quote) if quote else 0
            lines.append(_entry(number, one.evidence, quote))
            if quote != whole:
                self._keep(number, whole.splitlines(), quote.splitlines())
                lines.append(CUT.format(call=_rest_of(one.evidence)))
        return "\n".join(lines) or "Nothing was found."

    def _number(self, evidence: Evidence) -> int:
        return int(self._book.cite(evidence).strip("[]"))

    def _new(self, number: int, one: Shown) -> Sequence[str]:
        told = self._told.setdefault(number, {})
        new = [left for line in one.lines if (left := told.get(line, line))]
        told.update((line, "") for line in one.lines)
        self._asked[number] = one.lines
        return new

    def _keep(self, number: int, lines: Sequence[str], told: Sequence[str]) -> None:
        """What of these lines was cut, to be told when the place is asked for again."""
        for at, line in enumerate(lines):
            shown = told[at].removesuffix(" …") if at < len(told) else ""
            left = line[len(shown) :].strip() if line.startswith(shown) else line
            whole = next((one for one in self._asked[number] if one.endswith(line)), line)
            self._told[number][whole] = left


def _rest_of(evidence: Evidence) -> str:
    """The call that tells all of a place."""
    if evidence.kind == "resource" or evidence.locator == DOCUMENT:
        return f"get_record {evidence.id} alone"
    return f"get_article_as_of {evidence.id} with this article alone"


def _entry(number: int, evidence: Evidence, quote: str) -> str:
    head = " · ".join(part for part in (evidence.title, evidence.locator, f"id {evidence.id}") if part)
    lines = [f"[{number}] {framed(' '.join(head.split()))}"]
    if not quote:
        return f"{lines[0]} (told above)"
    if evidence.source_url and evidence.source_url not in quote:
        lines.append(f"  address: {framed(evidence.source_url)}")
    lines += [f"  | {framed(line)}" for line in quote.splitlines()]
    return "\n".join(lines)
