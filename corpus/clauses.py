"""A clause of an article: one rule; operator, actor, act, object, conditions and exceptions are spans.

Annotations of our own in `data/clauses/<policy-id>.yaml`, made and checked by hand from the digests: every
string is, letter for letter, a span of the digest in its language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

from pydantic import Field

from corpus.texts import Language, Record

Operator = Literal["must", "must_not", "may", "exempt", "penalty", "defines", "assigns", "sets", "purpose"]
"""`must`: a duty, or leave that must be had first; `exempt`: need not; `assigns`: who is in charge;
`sets`: a period, a number or a procedure that is neither duty nor leave."""

RuleAspect = Literal[
    "permission",
    "duty",
    "procedure",
    "decider",
    "deadline",
    "penalty",
    "definition",
    "scope",
    "validity",
    "issuer",
    "exception",
    "threshold",
    "materials",
    "consequence",
    "fee",
]


class ClauseText(Record):
    """The clause in one language; each string is a span of the digest in that language."""

    quote: str = Field(min_length=1)
    actor: str | None = None
    act: str | None = None
    object: str | None = None
    conditions: tuple[str, ...] = Field(default=(), description="Facts of a case on which it hangs.")
    exceptions: tuple[str, ...] = ()

    def spans(self) -> Iterator[tuple[str, str]]:
        """(field, span) of every string."""
        yield "quote", self.quote
        for name in ("actor", "act", "object"):
            if value := getattr(self, name):
                yield name, value
        for name in ("conditions", "exceptions"):
            yield from ((name, one) for one in getattr(self, name))


class Clause(Record):
    """One rule of an article."""

    operator: Operator
    aspects: tuple[RuleAspect, ...] = Field(min_length=1, description="What it answers, the first most.")
    zh: ClauseText
    en: ClauseText

    def in_(self, language: Language) -> ClauseText:
        return self.zh if language == "zh" else self.en


class ClauseFile(Record):
    """One file: article as the document names it -> its clauses in order."""

    articles: dict[str, tuple[Clause, ...]] = Field(default={})

    def faults(
        self, digests: dict[str, tuple[str, str] | None]
    ) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """(place, fault) of what does not stand in the digests (zh, en), by `no`."""
        for no, clauses in self.articles.items():
            if no not in digests:
                shown = f"it has {'、'.join(list(digests)[:3])} …" if digests else "it has none"
                yield ("articles", no), f"the document has no article {no!r}; {shown}."
                continue
            digest = digests[no]
            if digest is None:
                yield ("articles", no), f"{no!r} has no digest for a clause to quote; write the digest first."
                continue
            for number, clause in enumerate(clauses):
                for language, whole in zip(("zh", "en"), digest, strict=True):
                    for name, span in clause.in_(language).spans():  # type: ignore[arg-type]
                        if span not in whole:
                            fault = f"{span!r} does not stand in the digest; copy it from there."
                            yield ("articles", no, number, language, name), fault


Complain = Callable[[str], None]
