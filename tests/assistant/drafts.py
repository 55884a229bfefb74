"""Drafts over statements that a test chooses: no search decides what is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from assistant.finding.candidates import Candidate, Candidates
from assistant.judging.support import Judgement
from assistant.reading.heads import learned_heads
from assistant.reading.query import Query
from assistant.records import Answer, Language
from assistant.writing.draft import Draft
from corpus.statements import Statement
from evaluation.integrity import broken_promises, ungrounded
from retrieval.analysis import content_words

DIMENSIONS = 4
HELD = {"yes": 1.0, "not_recorded": 0.0, "no_such_thing": 0.0, "not_ours": 0.0}


def query_of(text: str, language: Language, operation: str = "fact", **fields: Any) -> Query:
    """A reading made by hand."""
    given: dict[str, Any] = {
        "operations": {operation: 1.0},
        "kinds": {"resource": 1.0, "policy": 0.0},
        "aspects": {},
        "verdicts": dict.fromkeys(learned_heads().verdict.labels, 0.0),
        "content": tuple(content_words(text)),
        **fields,
    }
    vector = np.zeros(DIMENSIONS, np.float32)
    return Query(text, text, language, vector, operation, **given)  # type: ignore[arg-type]


def found_of(
    statements: Sequence[Statement], *first: Statement, referred: bool = False
) -> tuple[Candidates, Judgement]:
    """All statements as candidates, those of `first` well ahead of the others, in their order."""
    items = [Candidate(one, 0.0, 1, 0.0, 1, 0.0, 1.0, referred and one in first) for one in statements]
    scores = [9.0 - 0.5 * first.index(one) if one in first else -9.0 for one in statements]
    vectors = np.zeros((len(items), DIMENSIONS), np.float32)
    return Candidates((), tuple(items), vectors), Judgement(HELD, np.array(scores, np.float32))


def answer_of(draft: Draft, language: Language) -> Answer:
    return Answer(
        id="a_x",
        conversation_id="c_x",
        language=language,
        status=draft.status,
        text=draft.text,
        citations=draft.citations,
        resources=draft.resources,
        follow_ups=draft.follow_ups,
        filters=dict(draft.filters),
        set=draft.set,
        generated_by="composer",
    )


def unsound(answer: Answer | Draft, *asked: str, language: Language = "zh") -> dict[str, str]:
    """What an answer promises and does not keep: markers, numbers, addresses; empty when all is well."""
    whole = answer if isinstance(answer, Answer) else answer_of(answer, language)
    told = whole.model_dump(mode="json")
    return {**broken_promises(told), **ungrounded(told, asked)}
