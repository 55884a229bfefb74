"""How the wording of a question takes a value or a phrase: as a bound, as ruled out, or only as its frame."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.reading.negation import (
    field_places,
    left_open,
    negated,
    negation_near,
    surely_negated,
    touches,
    twice,
)
from assistant.reading.query import Condition
from assistant.reading.reader import frame_words
from assistant.reading.roles import Marked, Role, Span
from assistant.reading.values import Values
from retrieval.analysis import PLACE_NOUN, content_words, surface_of, tagged_words

MEANT, HINTED = 0.5, 0.15
"""Likelihoods of bounding roles from which a value bounds the set that is asked for, and from which another
role than the likeliest is thought of."""
OUT, OUT_ALONE, OUT_BESIDE = 0.5, 0.75, 0.02
"""Likelihoods from which the wording rules a value out: in a clause with a word of negation, in one without,
and where such a word is the value's own."""
PLAINLY = 0.75
"""Likelihood from which a span plainly means a level of access."""
PAUSES = re.compile(r"[，。；？！,;?!：:（(]")
NAMED_BY = {
    "authority": ("authority",), "issuer": ("issued", "authority"), "host": ("host",), "access": ("access",),
    "status": ("status",), "verification": ("verification",), "body": ("host",),
}  # fmt: skip
"""Fields whose names, right beside a value, show that it bounds the set."""
BESIDE = 8
"""Characters that may stand between a value and the name of its field."""
_QUOTES = "“”\"'「」‘’"
BOUNDING: tuple[Role, ...] = ("kind", "topic", "value", "access", "recorded", "named")
Chances = Callable[[str, str], dict[str, float]]
"""The probabilities of a head, by its name, for a text."""


class Wording:
    """Reads the wording around values of one corpus."""

    def __init__(self, values: Values, chances: Chances) -> None:
        self._values, self._chances = values, chances

    def left_open(self, one: Span | Condition, text: str, spans: Sequence[Span]) -> bool:
        """True where a text says that it does not matter, alone or beside a word for all there is."""
        names = [span.text for span in spans if span.role == "kind" and self._values.is_general(span.text)]
        return left_open(text, one.start, one.end, lambda clause: any(name in clause for name in names))

    def as_topic(self, start: int, end: int, marked: Marked) -> bool:
        roles = marked.role(start, end)
        return roles["topic"] + roles["kind"] > MEANT and roles["named"] < HINTED

    def meant(self, one: Condition, marked: Marked) -> bool:
        """False where the words of a value only frame the question; what the talk brings is meant."""
        if one.start < 0 or marked.text[one.start : one.end] != one.surface:
            return True
        roles = marked.role(one.start, one.end)
        return sum(roles[role] for role in BOUNDING) > MEANT or self.by_field(one, marked.text)

    @staticmethod
    def by_field(one: Condition, text: str) -> bool:
        """True where the name of its field stands right beside a value, or it stands in quotes."""
        quoted = text[max(0, one.start - 1) : one.start] in _QUOTES and text[one.end : one.end + 1] in _QUOTES
        places = field_places(text, NAMED_BY.get(one.field, ()))
        gaps = (
            text[end : one.start] if end <= one.start else text[one.end : start] for _, start, end in places
        )
        near = any(len(gap.strip()) <= BESIDE and not PAUSES.search(gap) for gap in gaps)
        return near or (quoted and one.start > 0 and one.field in NAMED_BY)

    def is_access(self, span: Span, marked: Marked) -> bool:
        """True where a span means a level of access, what looks like a topic surely: "the free archives"."""
        chances = self._chances("access", span.text)
        label = max(chances, key=lambda one: chances[one])
        if span.role == "access":
            return label != "none"
        level = any(one.field == "access" for one in self._values.find(span.text))
        likely = marked.role(span.start, span.end)["access"] > HINTED
        return (level or likely) and label != "none" and chances[label] > PLAINLY

    def is_topic(self, one: Condition, marked: Marked) -> bool:
        if one.start < 0 or marked.text[one.start : one.end] != one.surface:
            return True
        roles = marked.role(one.start, one.end)
        return roles["topic"] > MEANT and roles["topic"] + roles["kind"] > 0.5

    def out(self, start: int, end: int, marked: Marked) -> bool:
        values = self.values_in(marked.text)
        if twice(marked.text, start, end):
            return False
        sure = self._hears_out(start, end, marked) or touches(marked.text, start)
        if sure or surely_negated(marked.text, start, end, values):
            return True
        return marked.ruled_out(start, end) > OUT_BESIDE and negated(marked.text, start, end, values)

    def sided(self, one: Condition, marked: Marked) -> Condition:
        """With what the wording says of whether it is ruled out."""
        if one.start < 0 or marked.text[one.start : one.end] != one.surface:
            return one
        chance, hears = marked.ruled_out(one.start, one.end), self._hears_out(one.start, one.end, marked)
        abroad = self._values.is_abroad(one.surface)
        said = one.negated != abroad
        if twice(marked.text, one.start, one.end):
            return replace(one, negated=abroad)
        if self.by_field(one, marked.text):  # what a field is said to hold, only words of negation rule out
            return one
        sure = said and surely_negated(marked.text, one.start, one.end, self.values_in(marked.text))
        sure |= said and touches(marked.text, one.start)
        # "Abroad" rules out by itself: that it is ruled out must be said.
        out = sure or (hears and not abroad) or (chance > OUT_BESIDE and said)
        return replace(one, negated=out != abroad)

    @staticmethod
    def _hears_out(start: int, end: int, marked: Marked) -> bool:
        least = OUT if negation_near(marked.text, start, end) else OUT_ALONE
        return marked.ruled_out(start, end) > least

    def values_in(self, text: str) -> tuple[tuple[int, int], ...]:
        return tuple((one.start, one.end) for one in self._values.find(text))

    def says(self, text: str) -> bool:
        """True where a word stands in a text that neither a kind is called by nor a question framed by."""
        places = {word for word, tag in tagged_words(text) if tag == PLACE_NOUN}
        return any(
            not self._values.is_general(one)
            and (one not in frame_words() or one in places or (surface_of(one, text) or "")[:1].isupper())
            for one in content_words(text)
        )
