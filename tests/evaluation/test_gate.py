"""The project's own golden set, asked of the really built index: figures may not fall below the baseline."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from evaluation.asking import ask_in_process
from evaluation.records import Ask
from evaluation.run import evaluate
from settings import Settings
from wiring import Kewen, build_kewen

GOLDEN = Path(__file__).parents[2] / "evals" / "golden.jsonl"


@pytest.fixture(scope="session")
def kewen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kewen]:
    """The whole of Kewen over the bundled corpus, without a language model; built once a session."""
    settings = Settings(_env_file=None, data_dir=tmp_path_factory.mktemp("kewen"))
    opened = build_kewen(settings)
    yield opened
    opened.close()


@pytest.mark.timeout(240)
async def test_no_guarded_figure_falls_below_the_baseline(kewen: Kewen):
    @asynccontextmanager
    async def open_ask() -> AsyncIterator[Ask]:
        yield ask_in_process(lambda question, of: kewen.assistant.ask(question, conversation_id=of))

    reports = await evaluate(GOLDEN, open_ask=open_ask, open_embedder=lambda: kewen.embedder, gate=True)

    assert reports[0].figures["integrity violations"].value == 0
