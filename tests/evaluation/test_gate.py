"""The project's own golden set, asked of the really built index: figures may not fall below the baseline."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from evaluation.asking import ask_in_process
from evaluation.records import Ask
from evaluation.run import evaluate
from wiring import Kewen

GOLDEN = Path(__file__).parents[2] / "evals" / "golden.jsonl"


@pytest.mark.timeout(240)
async def test_no_guarded_figure_falls_below_the_baseline(bundled_kewen: Kewen):
    @asynccontextmanager
    async def open_ask() -> AsyncIterator[Ask]:
        yield ask_in_process(lambda question, of: bundled_kewen.assistant.ask(question, conversation_id=of))

    reports = await evaluate(
        GOLDEN, open_ask=open_ask, open_embedder=lambda: bundled_kewen.embedder, gate=True
    )

    assert reports[0].figures["integrity violations"].value == 0
