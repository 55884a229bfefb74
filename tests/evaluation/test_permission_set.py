"""Questions of permission, asked of the really built index: verdicts, their articles, nothing made up."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.loaders import load_corpus
from evaluation.asking import ask_in_process
from evaluation.golden import load_golden, run_golden
from wiring import Kewen

ITEMS = load_golden(Path(__file__).parents[2] / "evals" / "development" / "permission.jsonl")
AT_LEAST = 0.95
LONGEST = 4_000
"""Characters; a chat message of the narrowest channel holds 4,096."""


def test_every_article_that_the_set_expects_is_in_the_corpus():
    records = load_corpus().by_id
    for item in ITEMS:
        for policy_id, no in item.expect.articles_any:
            assert records[policy_id].article(no) is not None, (item.id, policy_id, no)


@pytest.mark.timeout(240)
async def test_verdicts_and_their_articles_are_right_and_nothing_is_made_up(bundled_kewen: Kewen):
    ask = ask_in_process(lambda question, of: bundled_kewen.assistant.ask(question, conversation_id=of))
    verdicts = await run_golden(ITEMS, ask)

    failed = [one.item.id for one in verdicts if not one.passed]
    assert len(failed) <= len(verdicts) * (1 - AT_LEAST), failed


@pytest.mark.timeout(240)
async def test_an_answer_fits_a_message_and_asks_for_what_it_hangs_on(bundled_kewen: Kewen):
    for question, asked_back in (
        ("我们的科研数据可以传到国外服务器上吗？", "个人信息"),
        ("化石可以带出国参加展览吗？", "未命名"),
        ("May we post samples to our partner in Norway?", "What is it"),
        ("能采集人类遗传资源吗？", "由谁来做"),
    ):
        answer = await bundled_kewen.assistant.ask(question)
        assert len(answer.text) <= LONGEST, len(answer.text)
        assert any(asked_back in chip for chip in answer.follow_ups), answer.follow_ups
        assert answer.status == "answered"
