"""What callers send, and the shapes of what they get."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from corpus.records import AccessLevel, ResourceType, Text

COMMENT_LIMIT = 4000
CONTACT_LIMIT = 200


class Body(BaseModel):
    """A request body: an unknown field is refused by name, since a slip must not change the meaning."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _known_fields(cls, given: Any) -> Any:
        if isinstance(given, dict):
            for name in given:
                if name not in cls.model_fields:
                    raise PydanticCustomError(
                        "kewen_field_unknown",
                        "unknown field",
                        {"field": str(name), "allowed": ", ".join(cls.model_fields)},
                    )
        return given


def _or_null(kind: Any, meant: Any) -> BeforeValidator:
    """Lets null by, which means `meant`, and says so in the schema."""
    return BeforeValidator(
        lambda value: meant if value is None else value, json_schema_input_type=kind | None
    )


def _real_date(value: str | None) -> str | None:
    if value is None:
        return None
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            raise ValueError
        date.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError("kewen_invalid", "not a date", {"say": "date_expected"}) from None
    return value


class FiltersIn(Body):
    """Restrictions on what is searched; empty lists mean none."""

    types: Annotated[tuple[ResourceType, ...], _or_null(tuple[ResourceType, ...], ())] = ()
    provinces: Annotated[tuple[str, ...], _or_null(tuple[str, ...], ())] = Field(
        default=(), description="北京市 …, 全国; the country for foreign records."
    )
    access: Annotated[tuple[AccessLevel, ...], _or_null(tuple[AccessLevel, ...], ())] = ()
    as_of: Annotated[str | None, AfterValidator(_real_date)] = Field(
        default=None, description="YYYY-MM-DD: rules in force on that day."
    )


_Spoken = Literal["auto", "zh", "en"]


class AskIn(Body):
    """A question."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"question": "南极冰芯数据在哪里？怎么申请？", "language": "auto"}]}
    )

    question: str = Field(description="1 to 2,000 characters.", json_schema_extra={"minLength": 1})
    conversation_id: str | None = Field(default=None, description="null starts one.")
    language: Annotated[_Spoken, _or_null(_Spoken, "auto")] = Field(
        default="auto", description="Of the answer; auto, or null, follows the question."
    )
    filters: FiltersIn | None = None


class FeedbackIn(Body):
    """What a reader thinks of an answer."""

    answer_id: str
    verdict: Literal["up", "down"]
    comment: str | None = Field(default=None, max_length=COMMENT_LIMIT)


class FeedbackOut(BaseModel):
    id: str
    answer_id: str
    verdict: Literal["up", "down"]


class HandoffIn(Body):
    """A question for the staff."""

    answer_id: str = Field(description="The answer that did not help.")
    message: str | None = Field(
        default=None, max_length=COMMENT_LIMIT, description="What the staff should know."
    )
    contact: str | None = Field(
        default=None,
        max_length=CONTACT_LIMIT,
        description="For the staff alone; removed 30 days after the ticket is answered or closed.",
    )


class TicketOut(BaseModel):
    """What an asker sees of a ticket."""

    id: str
    answer_id: str
    state: Literal["open", "answered", "closed"]
    created: str


class HandoffOut(TicketOut):
    conversation_id: str = Field(description="Where the reply will be.")
    message: str = Field(description="A sentence for the asker.")


class AuthorOut(BaseModel):
    kind: Literal["staff"] = "staff"
    name: str | None


class StaffReplyOut(BaseModel):
    """What a person answered; no program wrote it."""

    id: str
    ticket_id: str
    answer_id: str = Field(description="The answer that was handed over.")
    author: AuthorOut
    text: str
    citations: list[dict[str, Any]] = Field(description="As in answers; empty when it cites nothing.")
    created: str


class SearchHit(BaseModel):
    """One record. `title` and `snippet` are in the language of the query."""

    kind: Literal["resource", "policy"]
    id: str
    title: str
    score: float = Field(description="Higher is better, within one list; 0 when q is empty.")
    snippet: str
    url: str = Field(description="Kewen's own page, as a path.")


class SearchOut(BaseModel):
    """Hits, best first, and how many records found have each value."""

    hits: list[SearchHit]
    facets: dict[str, dict[str, int]]


class TurnOut(BaseModel):
    ordinal: int
    question: str
    created: str
    answer: dict[str, Any]
    feedback: Literal["up", "down"] | None = Field(
        default=None, description="What its reader last thought of it."
    )


class ConversationOut(BaseModel):
    id: str
    created: str
    language: str
    channel: str
    turns: list[TurnOut]
    replies: list[StaffReplyOut]
    tickets: list[TicketOut]


class EndpointOut(BaseModel):
    """A language model's endpoint, as its last call left it."""

    name: str
    state: Literal["answers", "fails", "rests"]
    cause: str | None = Field(default=None, description="Why the last call failed: dns, tls, key, model …")
    message: Text | None = Field(default=None, description="The cause in words.")


class ReadyOut(BaseModel):
    """The index that answers now, and the models beside it; without them it answers too."""

    status: Literal["ready"]
    records: int
    passages: int
    generation: str
    embedder: str
    models: tuple[EndpointOut, ...] = ()


class ErrorBody(BaseModel):
    code: str
    message: str = Field(description="What, which value, what next.")
    request_id: str


class ErrorOut(BaseModel):
    """Every error looks like this."""

    error: ErrorBody


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI entries for the errors that a route may answer with."""
    return {status: {"model": ErrorOut} for status in statuses}
