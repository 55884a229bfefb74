"""What the model is told of a question before it begins: the talk, the filters, and what rules made of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from assistant.driving.book import Book
from assistant.driving.quoting import framed
from assistant.evidence import Evidence
from assistant.reading.query import Query
from assistant.records import Citation, Language
from assistant.sentences import MARKER
from assistant.tools.box import Scope, Toolbox
from assistant.tools.calling import Offered
from assistant.tools.records import Findings, Shown, whole
from assistant.writing.draft import Draft

TURNS = 4
"""Earlier turns that are told."""
OF_A_TURN = 500
"""Characters of an earlier answer that are told."""
OF_DRAFT = 1200
"""Characters of the deterministic answer that are told."""
RECORDS = 4
"""Records of the deterministic answer that are told whole."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """An earlier question and the text of its answer; `ids` are the records that were shown, in order."""

    question: str
    text: str
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """A question with what the deterministic driver made of it."""

    question: str
    language: Language
    query: Query
    draft: Draft
    talk: tuple[Exchange, ...] = ()
    today: date | None = None

    @property
    def said(self) -> str:
        """All that the asker said, the question last."""
        return "\n".join([*(one.question for one in self.talk), self.question])


def signatures(tools: Sequence[Offered]) -> str:
    """The tools, one a line: for models that call them by text, and for all the same words."""
    lines = []
    for one in tools:
        properties: Mapping[str, Any] = one.parameters["properties"]
        told = {name: _sort(form) for name, form in properties.items()}
        lines.append(f"- {one.name} {json.dumps(told, ensure_ascii=False)}: {one.description}")
    return "\n".join(lines)


def _sort(form: Mapping[str, Any]) -> Any:
    if "enum" in form:
        return " | ".join(form["enum"])
    if form["type"] == "array":
        return [_sort(form["items"])]
    if form["type"] == "object":
        return {name: _sort(one) for name, one in form["properties"].items()}
    return form.get("description") or form["type"]


def opening(task: Task, box: Toolbox, scope: Scope, book: Book) -> dict[str, str]:
    """The inputs of the prompt that tell of this question; its first evidence goes into the book."""
    first = Findings(tuple(_evidence(task, box, scope)))
    evidence = book.tell(first, share=1.4) if first.shown else "None."
    return {
        "talk": "\n".join(_talk(task, box)) or "None.",
        "reading": json.dumps(_reading(task, box), ensure_ascii=False),
        "draft": framed(_without_markers(task.draft.text)[:OF_DRAFT]),
        "evidence": evidence,
        "question": framed(task.question),
    }


def _talk(task: Task, box: Toolbox) -> Iterator[str]:
    for one in task.talk[-TURNS:]:
        yield f"asker: {framed(one.question)}"
        yield f"Kewen: {framed(_without_markers(one.text)[:OF_A_TURN])}"
        if one.ids:
            yield f"  (about: {', '.join(one.ids[:12])})"


def _reading(task: Task, box: Toolbox) -> dict[str, Any]:
    """How rules read the question: a hint, which may be wrong."""
    query = task.query
    told: dict[str, Any] = {
        "today": str(task.today or date.today()),
        "operation": query.operation,
        "relation_to_talk": query.relation,
        "stands_alone_as": query.text if query.text != query.question else "",
        "names": [f"{framed(box.name(i, task.language))} ({i})" for i in query.subjects],
        "not_held_names": [one.surface for one in query.unknown],
        "conditions": [f"{'not ' if one.negated else ''}{one.field}={one.value}" for one in query.conditions],
        "as_of": query.filters.as_of,
        "filters_of_the_asker": {k: v for k, v in query.given.model_dump(mode="json").items() if v},
        "draft_status": task.draft.status,
    }
    if task.draft.set is not None:
        told["draft_set"] = f"{task.draft.set.total} records"
    return {name: value for name, value in told.items() if value}


def _evidence(task: Task, box: Toolbox, scope: Scope) -> Iterator[Shown]:
    """The evidence of the deterministic answer: its records whole, its articles and documents."""
    draft, records = task.draft, dict[str, None]()
    several = draft.set is not None and task.query.operation != "compare"
    for one in draft.citations:
        if one.kind != "resource":
            yield whole(_as_evidence(one))
        elif one.id not in records and (len(records) < RECORDS or several):
            records[one.id] = None
            if several or (len(records) > 1 and draft.status == "not_found"):
                yield from box.briefly(scope, one.id)
            else:
                yield from box.get_record(scope, one.id).shown


def _as_evidence(one: Citation) -> Evidence:
    return Evidence(
        one.kind, one.id, one.title, one.locator, one.quote, one.url, one.source_url, one.quote_kind
    )


def _without_markers(text: str) -> str:
    return MARKER.sub("", text)
