"""A golden set: questions with what a good answer must hold, asked and scored."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from evaluation.errors import AskFailed, SetInvalid
from evaluation.integrity import broken_promises, ungrounded
from evaluation.records import AnswerObject, Ask, Item, Verdict
from evaluation.scoring import score, score_of_silence

Step = Callable[[str], None]


def load_golden(path: Path) -> list[Item]:
    """The items of a JSON-lines file, in order.

    Raises SetInvalid with every complaint: file, line, field, what is wrong.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SetInvalid([f"{path}: cannot be read ({error}); give a JSON-lines file in UTF-8."]) from error
    items: list[Item] = []
    complaints: list[str] = []
    first_line: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            item = Item.model_validate(json.loads(line))
        except json.JSONDecodeError as error:
            complaints.append(f"{path}, line {number}: is not JSON ({error}); write one object a line.")
            continue
        except ValidationError as error:
            complaints += [_complaint(path, number, fault) for fault in error.errors(include_url=False)]
            continue
        if item.id in first_line:
            complaints.append(
                f"{path}, line {number}, field id: {item.id!r} stands in line {first_line[item.id]} already; "
                "give every item its own."
            )
        first_line.setdefault(item.id, number)
        items.append(item)
    if not items and not complaints:
        complaints.append(f"{path}: holds no item; write one JSON object a line.")
    if complaints:
        raise SetInvalid(complaints)
    return items


async def run_golden(items: Sequence[Item], ask: Ask, *, step: Step = lambda _: None) -> list[Verdict]:
    """Ask every item, one at a time, and score it; `step` is called with each finished id."""
    verdicts = []
    for item in items:
        verdicts.append(await run_item(item, ask))
        step(item.id)
    return verdicts


async def run_item(item: Item, ask: Ask) -> Verdict:
    """Ask the turns of an item in one conversation; the last answer is scored, all must keep promises."""
    conversation: str | None = None
    answer: AnswerObject | None = None
    seconds: list[float] = []
    broken: dict[str, str] = {}
    loose: dict[str, str] = {}
    failure = ""
    for number, turn in enumerate(item.turns, 1):
        # Only the last turn's complaints carry no prefix, so that readers see which answer is meant.
        place = "" if number == len(item.turns) else f"in turn {number}: "
        start = time.perf_counter()
        try:
            answer = await ask(turn, conversation)
        except AskFailed as error:
            answer, failure = None, str(error)
            break
        except Exception as error:  # whatever the assistant raises is a failed item, not the end of the run
            answer, failure = None, f"{type(error).__name__}: {error}"
            break
        seconds.append(time.perf_counter() - start)
        conversation = answer.get("conversation_id") or conversation
        promises = broken_promises(answer)
        broken |= {name: place + reason for name, reason in promises.items()}
        if "shape" not in promises:
            grounds = ungrounded(answer, item.turns[:number])
            loose |= {name: place + reason for name, reason in grounds.items()}
    if answer is None:
        result = score_of_silence(item.expect)
        broken, result.why = {"shape": failure}, {"error": failure}
    else:
        result = score(item.expect, answer)
    return Verdict(
        item=item,
        checks=result.checks,
        facts=result.facts,
        broken=broken,
        ungrounded=loose,
        why=result.why | broken,
        seconds=tuple(seconds),
        answer=answer,
    )


def verdict_object(verdict: Verdict) -> dict[str, Any]:
    """A verdict as one line of results.jsonl."""
    item = verdict.item
    return {
        "id": item.id,
        "kind": item.kind,
        "lang": item.lang,
        "turns": list(item.turns),
        "passed": verdict.passed,
        "checks": dict(verdict.checks),
        "facts": list(verdict.facts),
        "integrity": dict(verdict.broken),
        "ungrounded": dict(verdict.ungrounded),
        "why": dict(verdict.why),
        "seconds": [round(second, 4) for second in verdict.seconds],
        "want": item.expect.model_dump(mode="json", exclude_defaults=True),
        "answer": verdict.answer,
    }


def _complaint(path: Path, line: int, fault: Any) -> str:
    place = ".".join(str(part) for part in fault["loc"]) or "the object"
    value = json.dumps(fault["input"], ensure_ascii=False, default=str)
    return f"{path}, line {line}, field {place}: {fault['msg']}; it is {value[:80]}."
