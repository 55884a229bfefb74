"""Answer, Citation, Event: what the assistant gives to every channel."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Language = Literal["zh", "en"]
QUESTION_LIMIT = 2000
"""Characters of a question as it is searched: compatibility form, no control characters or outer blanks."""
Status = Literal["answered", "clarify", "not_found", "declined"]


class _Out(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AskFilters(_Out):
    """Restrictions, from the caller or read from the question; empty lists mean none."""

    types: tuple[str, ...] = ()
    provinces: tuple[str, ...] = ()
    access: tuple[str, ...] = ()
    as_of: str | None = Field(default=None, description="A date, YYYY-MM-DD.")


class Citation(_Out):
    """What one [n] in the text rests on."""

    number: int = Field(ge=1)
    kind: Literal["resource", "policy"]
    id: str
    title: str
    locator: str = Field(description="A resource's field, or an article's `no` verbatim.")
    quote: str
    quote_kind: Literal["verbatim", "digest"]
    url: str = Field(description="Kewen's own page, as a path.")
    source_url: str | None = None


class ResourceCard(_Out):
    """A record as channels show it beside the text."""

    id: str
    name: str
    type: str
    host: str | None
    province: str | None
    access: str | None
    url: str | None
    how_to_apply: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    contact: str | None = None
    verification: str
    link: str | None = Field(default=None, description="Since when its address is dead, and whom to ask.")


class ReadCondition(_Out):
    """One restriction as it was read; a reader may take it away."""

    field: str = Field(description="type, province, city, country, host, authority, subject, access, year …")
    value: str
    negated: bool = False


class ReadQuery(_Out):
    """How the question was read."""

    operation: str = Field(
        description="find, fact, steps, list, count, compare, rule, may, version, about, chat or other."
    )
    conditions: tuple[ReadCondition, ...] = ()
    as_of: str | None = None
    uncovered: tuple[str, ...] = Field(
        default=(), description="Words that nothing in the answer accounts for."
    )


class AnswerSet(_Out):
    """The whole set that a list, a count or a comparison is about; the text may show a page of it."""

    total: int = Field(ge=0)
    offset: int = Field(default=0, ge=0, description="Place of the first one shown.")
    ids: tuple[str, ...] = Field(default=(), description="All of them, in the order shown.")


class Answer(_Out):
    """The whole answer; its JSON form is what is stored and replayed."""

    id: str
    conversation_id: str
    language: Language
    status: Status
    text: str = Field(min_length=1)
    citations: tuple[Citation, ...] = ()
    resources: tuple[ResourceCard, ...] = ()
    follow_ups: tuple[str, ...] = ()
    filters: dict[str, Any] = Field(default_factory=dict)
    query: ReadQuery | None = Field(
        default=None, description="None for what was answered before any reading."
    )
    set: AnswerSet | None = None
    generated_by: str = Field(description="composer, llm:<model> or curated.")
    notices: tuple[str, ...] = ()


class StatusEvent(_Out):
    type: Literal["status"] = "status"
    stage: Literal["understanding", "searching", "writing", "checking"]
    text: str


class SourcesEvent(_Out):
    type: Literal["sources"] = "sources"
    citations: tuple[Citation, ...]


class DeltaEvent(_Out):
    type: Literal["delta"] = "delta"
    text: str


class DoneEvent(_Out):
    type: Literal["done"] = "done"
    answer: Answer


class ErrorEvent(_Out):
    """The stream could not end in an answer; `code` is an error's stable code."""

    type: Literal["error"] = "error"
    code: str
    message: str


Event = Annotated[
    StatusEvent | SourcesEvent | DeltaEvent | DoneEvent | ErrorEvent, Field(discriminator="type")
]
