"""The tools as a model is told of them, and a call carried out whatever its arguments are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from assistant.tools.box import MOST_COMPARED, MOST_FOUND, Scope, Toolbox
from assistant.tools.conditions import HAS, OF_RESOURCES, OF_RULES
from assistant.tools.records import Findings, ToolRefused

Kind = Literal["resource", "policy"]
Many = Annotated[list[str], BeforeValidator(lambda said: [said] if isinstance(said, str | int) else said)]


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)


class SearchStatements(_Arguments):
    """Find what the corpus says: records and articles of rules whose statements fit, the best first. Ask for
    one thing in plain words, Chinese or English; search again in other words or in the other language."""

    query: str = Field(description="One need or one rule, in plain words.")
    kind: Kind | None = None
    types: Many = Field(default=[], description="Of resources: type codes.")
    provinces: Many = []
    as_of: str = Field(default="", description="A day, YYYY-MM-DD, whose rules are meant.")
    k: int = Field(default=6, description=f"Places, at most {MOST_FOUND}.")


class Where(_Arguments):
    field: str = Field(description=f"resource: {' '.join(OF_RESOURCES)}; policy: {' '.join(OF_RULES)}")
    values: Many = Field(
        description="Alternatives. words (anywhere in a record), whose and name hold a text; year >=2019; "
        f"has, of a resource: {' '.join(HAS['resource'])}, of rules: {' '.join(HAS['policy'])}."
    )
    not_: bool = Field(default=False, alias="not")


class ListRecords(_Arguments):
    """The exact set of records that meet every condition: for how many, which, all, none."""

    kind: Kind = "resource"
    where: list[Where]


class GetRecord(_Arguments):
    """All that is recorded of one resource, or of one document with the numbers of its articles."""

    id: str


class GetArticleAsOf(_Arguments):
    """Articles of one document as they are today or stood on a day, with its dates and what replaced it."""

    policy_id: str
    articles: Many = Field(description="20, 第二十条 or x-1.")
    as_of: str = Field(default="", description="YYYY-MM-DD; empty: today.")


class CompareRecords(_Arguments):
    """Two to five resources side by side, all that is recorded of each; where that is cut, get_record tells
    the rest of one."""

    ids: Many = Field(description=f"At most {MOST_COMPARED}.")


@dataclass(frozen=True, slots=True)
class Offered:
    """A tool as it is offered: `parameters` is a JSON schema of an object."""

    name: str
    description: str
    parameters: Mapping[str, Any]


_ARGUMENTS: dict[str, type[_Arguments]] = {
    "search_statements": SearchStatements,
    "list_records": ListRecords,
    "get_record": GetRecord,
    "get_article_as_of": GetArticleAsOf,
    "compare_records": CompareRecords,
}


def offered() -> tuple[Offered, ...]:
    """Every tool, in an order that never changes."""
    return tuple(
        Offered(name, " ".join((form.__doc__ or "").split()), _compact(form.model_json_schema(by_alias=True)))
        for name, form in _ARGUMENTS.items()
    )


def call(box: Toolbox, scope: Scope, name: str, arguments: Mapping[str, Any]) -> Findings:
    """What the tool found. Raises ToolRefused for an unknown tool or bad arguments, SearchFailed,
    EmbeddingFailed."""
    form = _ARGUMENTS.get(name)
    if form is None:
        raise ToolRefused(f"There is no tool {name[:40]!r}; use {', '.join(_ARGUMENTS)}.")
    try:
        told = form.model_validate({key: one for key, one in arguments.items() if one is not None})
    except ValidationError as error:
        faults = (
            f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors(include_url=False)[:3]
        )
        raise ToolRefused(f"{name} was not called: {'; '.join(faults)}.") from error
    match told:
        case SearchStatements():
            return box.search_statements(
                scope, told.query, kind=told.kind, types=told.types, provinces=told.provinces,
                as_of=told.as_of, k=told.k,
            )  # fmt: skip
        case ListRecords():
            where = [one.model_dump(by_alias=True) for one in told.where]
            return box.list_records(scope, told.kind, where)
        case GetRecord():
            return box.get_record(scope, told.id)
        case GetArticleAsOf():
            return box.get_article_as_of(scope, told.policy_id, told.articles, told.as_of)
        case CompareRecords():
            return box.compare_records(scope, told.ids)
    raise AssertionError(name)


def _compact(schema: Any) -> Any:
    """A schema without what a model need not read: titles, defaults, references, alternatives to null."""
    return _plain(schema, schema.get("$defs", {}))


def _plain(part: Any, known: Mapping[str, Any]) -> Any:
    if isinstance(part, list):
        return [_plain(one, known) for one in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        return _plain(known[part["$ref"].rsplit("/", 1)[-1]], known)
    if "anyOf" in part:
        some = [one for one in part["anyOf"] if one.get("type") != "null"]
        part = {**{key: value for key, value in part.items() if key != "anyOf"}, **some[0]}
    plain = {}
    for key, value in part.items():
        if key in ("$defs", "default") or (key == "title" and isinstance(value, str)):
            continue
        if key == "properties":  # whose keys are names of our own
            plain[key] = {name: _plain(one, known) for name, one in value.items()}
        elif key != "description" or "properties" not in part:
            plain[key] = _plain(value, known)
    return plain
