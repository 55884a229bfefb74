"""GET /answers/{id}: an answer that somebody shared, marked as made by a machine."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime

from fastapi import APIRouter, Request, Response

from api.deps import AskerDep, KewenDep
from api.errors import ApiError
from api.pages_errors import PageRoute
from api.pages_prose import blocks
from api.pages_shell import NOT_KEPT, READ, ZONE, Shell, article_label, label, render, shell_of
from api.pages_texts import TEXTS
from api.validation import quoted
from assistant.access import visible_to
from assistant.records import Answer
from storage.answers import Answers
from storage.errors import RecordUnknown

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.api_route("/answers/{answer_id}", methods=READ)
async def answer_page(answer_id: str, request: Request, kewen: KewenDep, asker: AskerDep) -> Response:
    """The answer as it was given, with its question. One given to a higher level than yours is 404."""
    store = Answers(kewen.database)
    try:
        stored = await asyncio.to_thread(store.get, answer_id)
        question = await asyncio.to_thread(store.question_of, answer_id)
    except RecordUnknown:
        stored = None
    if stored is None or stored.label not in visible_to(asker):
        raise ApiError(404, "answer_unknown", value=quoted(answer_id))
    answer = Answer.model_validate_json(stored.body)
    shell = shell_of(request)
    made = answer.generated_by.partition(":")
    by = {"llm": "by_llm", "curated": "by_curated"}.get(made[0], "by_composer")
    return render(
        shell,
        "answer.html",
        title=question or shell.t("answer_title"),
        description=answer.text,
        # A link that was given to somebody is not there for searchers.
        indexed=False,
        answer=answer,
        question=question,
        blocks=blocks(answer),
        date=_moment(stored.created, shell),
        iso=stored.created.isoformat(timespec="seconds"),
        by=shell.t(by, model=made[2]),
        curated=made[0] == "curated",
        aigc=_machine_label(answer),
        filters=_filters(answer, shell),
        statement=lambda citation: statement_path(citation.url, citation.locator),
        locator=lambda citation: _locator(citation.locator, shell),
        follow_ups=answer.follow_ups[:3],
        headers=NOT_KEPT,
    )


def statement_path(path: str, locator: str) -> str:
    """Our page of what was cited, at the statement itself: /resources/ID#at-holdings."""
    return f"{path}#at-{locator}" if path.startswith("/resources/") and "#" not in path else path


def _moment(when: datetime, shell: Shell) -> str:
    local = when.astimezone(ZONE)
    if shell.language == "zh":
        return f"{local.year} 年 {local.month} 月 {local.day} 日 {local:%H:%M}（北京时间）"
    return f"{local.day} {local:%B %Y, %H:%M} (UTC+8)"


def _machine_label(answer: Answer) -> str:
    """The mark that machines read, in the form of GB 45438-2025; none for what people wrote."""
    if answer.generated_by == "curated":
        return ""
    told = {"Label": "1", "ContentProducer": "Kewen", "ProduceID": answer.id}
    return json.dumps({"AIGC": told}, ensure_ascii=False)


def _locator(locator: str, shell: Shell) -> str:
    key = f"locator_{locator}"
    return shell.t(key) if key in TEXTS else article_label(locator, shell)


def _filters(answer: Answer, shell: Shell) -> list[str]:
    """What the answer was restricted to, in words."""
    words: list[str] = []
    for name, set_name in (("types", "types"), ("provinces", "provinces"), ("access", "access")):
        given = answer.filters.get(name) or ()
        words += [label(set_name, str(value), shell.language) for value in given]
    if as_of := answer.filters.get("as_of"):
        words.append(str(as_of))
    return words
