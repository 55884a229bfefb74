"""What a golden item asks for, how an answer to it did, and what a run of any set gives to the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

Status = Literal["answered", "clarify", "not_found", "declined"]
AnswerObject = dict[str, Any]


class Ask(Protocol):
    """An assistant as a questioner sees it, in process or over HTTP."""

    async def __call__(self, question: str, conversation_id: str | None) -> AnswerObject:
        """The whole answer object of the contract; AskFailed when there is none."""
        ...


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Expect(_Strict):
    """What the answer to the last turn must hold; an empty field asks for nothing."""

    status: tuple[Status, ...] = Field(min_length=1)
    cite_any: tuple[str, ...] = ()
    cite_all: tuple[str, ...] = ()
    articles_any: tuple[tuple[str, str], ...] = ()
    text_all: tuple[tuple[str, ...], ...] = ()
    text_none: tuple[str, ...] = ()
    url_any: tuple[str, ...] = ()
    lang: Literal["zh", "en"] | None = None
    top_resource_any: tuple[str, ...] = ()
    set_total: int | None = Field(default=None, description="Size of the `set` of the answer.")


class Item(_Strict):
    """One question of a golden set: its turns, asked in one conversation, and what must come of the last."""

    id: str = Field(min_length=1)
    kind: str = Field(min_length=1, description="Groups the figures: where, how, policy, …")
    lang: Literal["zh", "en", "mixed"]
    turns: tuple[str, ...] = Field(min_length=1)
    expect: Expect
    why: str = ""


@dataclass(frozen=True)
class Verdict:
    """How one item did.

    `checks` has the checks the item asks for; `broken` the promises of the golden format that any turn broke;
    `ungrounded` what only we ask of an answer (integrity.py). `passed` rests on the first two.
    """

    item: Item
    checks: Mapping[str, bool]
    facts: tuple[int, int]
    broken: Mapping[str, str]
    ungrounded: Mapping[str, str]
    why: Mapping[str, str]
    seconds: tuple[float, ...]
    answer: AnswerObject | None

    @property
    def passed(self) -> bool:
        return all(self.checks.values()) and not self.broken


@dataclass(frozen=True)
class Figure:
    """One number that is compared with the baseline."""

    value: float
    better: Literal["higher", "lower"] = "higher"
    unit: Literal["share", "count", "ms", "score"] = "share"
    total: int | None = None

    def shown(self) -> str:
        """The number as people read it."""
        if self.unit == "share":
            return f"{100 * self.value:.1f} %"
        if self.unit == "ms":
            return f"{self.value:.0f} ms"
        return f"{self.value:.3f}" if self.unit == "score" else f"{self.value:g}"


@dataclass(frozen=True)
class Table:
    """Rows of cells under a header; the first column is on the left, the others on the right."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Chart:
    """Values by label. A bar chart runs from 0 to `top` (None: the largest value)."""

    title: str
    bars: tuple[tuple[str, float], ...]
    top: float | None = 1.0
    unit: Literal["share", "count", "ms", "score"] = "share"


@dataclass(frozen=True)
class Curves:
    """Lines of (x, y) by label, both from 0 to 1."""

    title: str
    across: str
    up: str
    lines: tuple[tuple[str, tuple[tuple[float, float], ...]], ...]


@dataclass(frozen=True)
class Failure:
    """One failing item, for people to read."""

    id: str
    question: str
    reasons: tuple[str, ...]
    answer: str


@dataclass(frozen=True)
class SetReport:
    """What came of one set; `name` is its key in the baseline, `results` goes into results.jsonl."""

    name: str
    kind: Literal["golden", "bench"]
    headline: str
    figures: Mapping[str, Figure]
    tables: tuple[Table, ...]
    charts: tuple[Chart | Curves, ...] = ()
    failures: tuple[Failure, ...] = ()
    results: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
