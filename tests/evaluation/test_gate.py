"""The project's own golden set, asked of the really built index."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from evaluation.asking import ask_in_process
from evaluation.baseline import check_gate, load_baseline
from evaluation.records import Ask, SetReport
from evaluation.run import evaluate
from wiring import Kewen

GOLDEN = Path(__file__).parents[2] / "evals" / "golden.jsonl"


@pytest.fixture(scope="module")
def reports() -> list[SetReport]:
    """Those of the one run that all tests here look at."""
    return []


async def test_no_answer_breaks_a_promise(bundled_kewen: Kewen, reports: list[SetReport]):
    @asynccontextmanager
    async def open_ask() -> AsyncIterator[Ask]:
        yield ask_in_process(lambda question, of: bundled_kewen.assistant.ask(question, conversation_id=of))

    reports += await evaluate(GOLDEN, open_ask=open_ask, open_embedder=lambda: bundled_kewen.embedder)

    assert reports[0].figures["integrity violations"].value == 0


def test_no_guarded_figure_falls_below_the_baseline(reports: list[SetReport]):
    assert reports
    check_gate(reports, load_baseline())
