"""Whether a claim holds over what it cites: proven, undecided, or contradicted.

Code compares what has one form: addresses, numbers, dates, articles, operators, negation, quantity. A small
model learned on written claims (`python -m training.claims`) weighs how the words of each clause lie over one
statement. A claim is as sure as its least sure clause; what is not proven may still be true, and is quoted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

from assistant.judging.alignment import (
    Alignment,
    Vectors,
    align,
    comparators,
    features,
    language_of,
    misplaced,
    same_number,
    softened,
    swapped,
)
from assistant.judging.grounds import Ground, Piece, clauses_of
from assistant.judging.operators import FEE, closed
from assistant.judging.small import Small
from assistant.judging.units import units_of
from assistant.numerals import Number, Stated, numbers_in, shown_results
from corpus.addresses.finding import addresses_in, without_addresses
from corpus.addresses.owning import Own
from retrieval.analysis import normalise

Outcome = Literal["proven", "undecided", "contradicted"]
HARDLY = 0.3
"""Share of its words below which a sentence is about something else than what it cites."""
LABELS = ("proven", "not")
UNSAID = 4
"""Words that a reason names, at most."""
SAID = 0.85
"""Share of a clause that a statement must say for another number in it to contradict it."""


class TokenEmbedder(Protocol):
    def embed_tokens(self, text: str) -> tuple[npt.NDArray[np.float32], list[tuple[int, int]]] | None: ...


@dataclass(frozen=True, slots=True)
class Proof:
    """`reason` says in a few English words what is not held; `pieces` are the statements that say it best."""

    outcome: Outcome
    chance: float = 1.0
    reason: str = ""
    pieces: tuple[tuple[int, Piece], ...] = ()
    typed: bool = False
    """The reason is a closed value that does not agree, not the wording."""
    said: float = 1.0
    """Share of its words that the statements say, of the clause of which they say least."""

    def in_doubt(self, reason: str) -> Proof:
        """Undecided for another reason; a contradiction stays one."""
        return self if self.outcome == "contradicted" else replace(self, outcome="undecided", reason=reason)


@dataclass(frozen=True)
class Learned:
    """What training.claims wrote."""

    model: Small
    plain: Small
    least: float
    least_across: float
    least_plain: float
    means: Mapping[str, npt.NDArray[np.float32]]

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Learned:
        return cls(
            Small.from_json(stored["model"]),
            Small.from_json(stored["plain"]),
            stored["least"],
            stored["least_across"],
            stored["least_plain"],
            {name: np.array(row, np.float32) for name, row in stored["means"].items()},
        )


@cache
def learned_proof() -> Learned:
    """As shipped."""
    return Learned.from_json(json.loads((files("assistant.judging") / "proof.json").read_text("utf-8")))


def centred(embedder: TokenEmbedder, means: Mapping[str, Any], most: int = 4000) -> Vectors:
    """Token vectors of a text less the mean of its language, each made once while it is remembered."""

    @lru_cache(maxsize=most)
    def vectors(text: str) -> tuple[npt.NDArray[np.float32], list[tuple[int, int]]] | None:
        made = embedder.embed_tokens(text)
        if made is None or not len(made[0]):
            return None
        rows = made[0] / np.linalg.norm(made[0], axis=1, keepdims=True)
        rows = rows - means[language_of(text)]
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32), made[1]

    return vectors


def best_piece(clause: str, grounds: Sequence[Ground], vectors: Vectors | None = None) -> Alignment | None:
    """The statement that says most of a clause; across languages by vectors, where there are any."""
    spoken = language_of(clause)
    near = [one for one in grounds if one.language == spoken]
    laid = [align(clause, piece, ground) for ground in near or grounds for piece in ground.pieces]
    if not laid:
        return None
    said = vectors(clause) if vectors and not near else None
    if vectors is None or said is None:
        return max(laid, key=lambda one: one.weight)

    def likeness(one: Alignment) -> float:
        told = vectors(one.piece.text)
        if told is None:
            return 0.0
        numbers = sum(bound.share > 0 for bound in one.bound if bound.unit.kind == "number")
        return float((said[0] @ told[0].T).max(1).mean()) + 0.1 * numbers - 0.004 * len(one.piece.units)

    return max(laid, key=likeness)


def laid_out(
    claim: str, grounds: Sequence[Ground], vectors: Vectors | None
) -> list[tuple[Alignment, dict[str, float]]]:
    """Each clause of a claim over the statement that says it best, with what tells whether it does."""
    found = []
    for clause in clauses_of(claim):
        best = best_piece(clause, grounds, vectors)
        if best is not None:
            best = softened(best, vectors) if vectors else best
            found.append((best, features(best, vectors)))
    return found


class Prover:
    """Proves claims; `embedder` None: by words and values alone."""

    def __init__(self, embedder: TokenEmbedder | None = None, learned: Learned | None = None) -> None:
        self.learned = learned or learned_proof()
        self.vectors = centred(embedder, self.learned.means) if embedder else None

    def prove(
        self, claim: str, grounds: Sequence[Ground], *, urls: Sequence[str] = (), question: str = ""
    ) -> Proof:
        """`urls` may stand in it beside those of the evidence; `question` is what was asked. Raises
        EmbeddingFailed."""
        if fault := address_fault(claim, grounds, urls):
            return Proof("contradicted", 0.0, fault)
        bare = without_addresses(claim)
        if not any(unit.kind != "operator" for unit in units_of(bare)):
            return (
                Proof("proven") if bare != claim else Proof("undecided", 0.0, "it says nothing", typed=True)
            )
        if self.absent(claim, grounds, question):
            return Proof("proven")
        letters = _letters(bare)
        if any(letters in (_letters(one.quote), _letters(one.text)) for g in grounds for one in g.pieces):
            return Proof("proven")
        laid = laid_out(bare, grounds, self.vectors)
        laid = [one for one in laid if not pointing(one[0])] or laid
        if not laid:
            return Proof(
                "proven" if claim.strip() != bare.strip() else "undecided", 0.5, "nothing to compare"
            )
        pieces = tuple(dict.fromkeys((one.ground.number, one.piece) for one, _ in laid))
        if fault := contradiction(bare, laid, grounds):
            return Proof("contradicted", 0.0, fault, pieces)
        if all(copied(one) for one, _ in laid):
            return Proof("proven", 1.0, "", pieces)
        least = min(self.chance(values) for _, values in laid)
        if reason := doubts_of(bare, laid, grounds):
            return Proof("undecided", least, reason, pieces, typed=True)
        across = any(values["across"] for _, values in laid)
        needed = self.learned.least_plain
        if self.vectors is not None:
            needed = self.learned.least_across if across else self.learned.least
        if least < needed or (across and self.vectors is None):
            said = 1.0 if across else min(values["part"] for _, values in laid)
            return Proof("undecided", least, f"not told in these words{_unsaid(laid)}", pieces, said=said)
        return Proof("proven", least, "", pieces)

    def settled(self, proof: Proof) -> bool:
        """True where a person may say it so: nothing closed is against it, and it is about what it cites."""
        return proof.outcome == "proven" or (
            proof.outcome == "undecided" and not proof.typed and proof.said >= HARDLY
        )

    def absent(self, claim: str, grounds: Sequence[Ground], question: str = "") -> bool:
        """True for a claim that something is not recorded, where it is so: what it names besides the record
        stands nowhere in the evidence; some of it may, where the rest is what was asked."""
        folded = normalise(claim)
        denials = [unit for unit in units_of(claim) if unit.operator == "not"]
        if not any(_tells(folded[unit.end :]) for unit in denials) or without_addresses(claim) != claim:
            return False
        words = [unit.text for unit in units_of(claim) if unit.kind != "operator"]
        words = [
            one
            for one in words
            if one not in closed().telling and not any(one in each.names for each in grounds)
        ]
        missing = [one for one in words if not any(one in each.folded for each in grounds)]
        asked = normalise(question)
        return bool(missing) and (len(missing) == len(words) or all(one in asked for one in missing))

    def chance(self, values: Mapping[str, float]) -> float:
        """That a statement carries a clause laid over it."""
        model = self.learned.model if self.vectors is not None and "recall" in values else self.learned.plain
        return model.chances(values)["proven"]


def address_fault(claim: str, grounds: Sequence[Ground], urls: Sequence[str] = ()) -> str | None:
    """The first address that no cited evidence gives, and that is no part of one it gives."""
    told = frozenset().union(*(one.addresses for one in grounds))
    allowed = Own({*urls, *(url for one in grounds for url in one.own)})
    for one in addresses_in(claim):
        if one.kind == "loose" or (one.kind != "url" and one.text.lower().rstrip("/") in told):
            continue
        if one.kind in ("mail", "account") or allowed.part(one) < len(one.text):
            return f"address {one.text}"
    return None


def pointing(one: Alignment) -> bool:
    """True for a clause that only names what is spoken of: a record, a document, its article."""
    return all(
        bound.unit.text in one.ground.names
        if bound.unit.number is None
        else bound.unit.number.kind == "article" and bound.unit.number.value in one.ground.article
        for bound in one.bound
    ) and not any(unit.operator for unit in units_of(one.clause))


def copied(one: Alignment) -> bool:
    """True for a clause that stands in its statement as it is, but for marks, its number in a list, and the
    name of what is spoken of; what it leaves out of the statement holds no operator."""
    told = _letters(one.piece.text)
    clause = _letters(one.clause)
    for rest in dict.fromkeys((clause, clause.removeprefix(_letters(one.ground.title)))):
        if len(rest) >= 4 and told.startswith(rest) | told.endswith(rest):
            left = told.removeprefix(rest) if told.startswith(rest) else told.removesuffix(rest)
            said = sum(unit.kind == "operator" for unit in units_of(one.clause))
            return not left or said == sum(unit.kind == "operator" for unit in one.piece.units)
    return False


def _letters(text: str) -> str:
    bare = re.sub(r"^\s*(?:[-*•]\s*|\d{1,2}[.、)]\s*)", "", normalise(text))
    return re.sub(r"[^\w%]+", "", bare)


def derived(claim: str, grounds: Sequence[Ground]) -> set[str]:
    """Values that are right wherever they stand: sums shown with their terms, steps and citations counted."""
    steps = [
        sum(line[:1].isdigit() for line in one.citation.quote.splitlines())
        for one in grounds
        if one.citation.locator == "how_to_apply"
    ]
    counted = {str(one) for one in (*steps, len(grounds)) if one > 1}
    stated = Stated(one.text for one in grounds)
    results = shown_results(claim, stated)
    terms = {one.value for one in numbers_in(claim) if stated.holds(one)} if results else set()
    return counted | terms | {one.value for one in results}


def contradiction(
    claim: str, laid: Sequence[tuple[Alignment, Mapping[str, float]]], grounds: Sequence[Ground]
) -> str | None:
    """What the evidence says otherwise, by typed values alone; None where it only says less."""
    named = {one for one in numbers_in(claim) if one.kind == "article"}
    for article in named:
        if not any(article.value in one.article or article in numbers_in(one.text) for one in grounds):
            return f"article {article.value} is not cited"
    free = derived(claim, grounds)
    for one, values in laid:
        told = [unit.number for unit in one.piece.units if unit.number]
        for bound in one.bound:
            number = bound.unit.number
            if (
                number is None
                or bound.share
                or number.kind == "article"
                or (number.value in free and not number.unit)
            ):
                continue
            if any(same_number(number, other) for ground in grounds for other in numbers_in(ground.text)):
                continue
            rivals = [other for other in told if _rival(number, other)]
            if values["part"] >= SAID and rivals:
                told_instead = f"{rivals[0].value} {rivals[0].unit}".strip()
                return f"{number.value} {number.unit} where the evidence says {told_instead}"
    return None


def _unsaid(laid: Sequence[tuple[Alignment, Mapping[str, float]]]) -> str:
    """The words that the statements say nothing of, as the end of a reason."""
    words = [bound.unit.text for one, _ in laid for bound in one.bound if bound.share < 0.5]
    return f" (no statement says: {', '.join(dict.fromkeys(words[:UNSAID]))})" if words else ""


def _tells(after: str) -> bool:
    return any(after.lstrip().startswith(word) for word in closed().telling)


def _rival(said: Number, told: Number) -> bool:
    return said.kind == told.kind and bool(said.unit) and said.unit == told.unit


def doubts_of(
    claim: str, laid: Sequence[tuple[Alignment, Mapping[str, float]]], grounds: Sequence[Ground]
) -> str | None:
    """The first closed thing that does not agree; None where all of them do."""
    each = (doubt(one, values, grounds, claim) for one, values in laid)
    return exchanged(claim, laid) or next(filter(None, each), None)


def exchanged(claim: str, laid: Sequence[tuple[Alignment, Mapping[str, float]]]) -> str | None:
    """Values that the claim gives to one another's holders, over the line that all its clauses rest on."""
    first = laid[0][0]
    if len(laid) == 1 or any(one.piece.whole != first.piece.whole for one, _ in laid):
        return next(filter(None, (swapped(one) for one, _ in laid)), None)
    whole = Piece(first.piece.whole, first.piece.label, first.piece.field, first.piece.whole)
    return swapped(align(claim, whole, first.ground))


def doubt(one: Alignment, values: Mapping[str, float], grounds: Sequence[Ground], claim: str) -> str | None:
    """What keeps a clause from being proven, whatever its words: closed things that do not agree."""
    free = derived(claim, grounds)
    for bound in one.bound:
        number = bound.unit.number
        if number and not bound.share and (number.unit or number.value not in free):
            known = number.kind == "article" and number.value in one.ground.article
            if not known:
                return f"{number.kind} {number.value}"
    if not values["across"]:
        for bound in one.bound:
            if bound.unit.named and bound.share < 0.5 and bound.unit.text not in one.ground.names:
                return f"name {bound.unit.text}"
    if values["said_free"] or (values["told_free"] and any(bound.unit.text == FEE for bound in one.bound)):
        return "fee"
    if values["negative_said"] or values["negative_told"]:
        return "negation"
    for name in ("all", "only"):
        if values[f"said_{name}"]:
            return f"“{name}”"
    if (values["said_least"] and values["told_most"]) or (values["said_most"] and values["told_least"]):
        return "at least or at most"
    if (values["said_before"] and values["told_after"]) or (values["said_after"] and values["told_before"]):
        return "before or after"
    said, told = units_of(one.clause), one.piece.units
    for bound in one.bound:
        other = next((unit for unit in told if unit.start == bound.place), None)
        if bound.unit.number and other is not None:
            here, there = comparators(bound.unit, said), comparators(other, told)
            if here and there and not here & there:
                return f"{' '.join(here)} where the evidence says {' '.join(there)}"
    if not values["across"] and misplaced(said, told):
        return "before or after"
    if values["leave_for_duty"]:
        return "may for must"
    return None
