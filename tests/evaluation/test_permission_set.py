"""Questions of permission, asked of the really built index: their articles, nothing made up."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.loaders import load_corpus
from evaluation.asking import ask_in_process
from evaluation.golden import load_golden, run_golden
from evaluation.records import Verdict
from wiring import Kewen

ITEMS = load_golden(Path(__file__).parents[2] / "evals" / "development" / "permission.jsonl")
AT_LEAST = 0.8
LONGEST = 4_096
"""Characters that a chat message of the narrowest channel holds."""


@pytest.fixture(scope="module")
def verdicts() -> list[Verdict]:
    """Those of the one run that all tests here look at."""
    return []


def test_every_article_that_the_set_expects_is_in_the_corpus():
    records = load_corpus().by_id
    for item in ITEMS:
        for policy_id, no in item.expect.articles_any:
            assert records[policy_id].article(no) is not None, (item.id, policy_id, no)


async def test_nothing_is_made_up_and_an_answer_fits_a_message(bundled_kewen: Kewen, verdicts: list[Verdict]):
    ask = ask_in_process(lambda question, of: bundled_kewen.assistant.ask(question, conversation_id=of))
    verdicts += await run_golden(ITEMS, ask)

    assert [one.item.id for one in verdicts if one.broken or one.ungrounded] == []
    assert max(len(str((one.answer or {}).get("text"))) for one in verdicts) <= LONGEST


def test_the_article_that_decides_is_cited(verdicts: list[Verdict]):
    asked = [one for one in verdicts if "article" in one.checks]
    missed = [one.item.id for one in asked if not one.checks["article"]]

    assert len(missed) <= len(asked) * (1 - AT_LEAST), missed
