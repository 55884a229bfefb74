"""Commands run on a data folder of their own, and a site that they may fetch from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import app
from tests.harvesting.http_server import Site, serving

Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command on a data folder of its own; its output. Errors of ours are raised."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KEWEN_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("KEWEN_CORPUS_DIR", str(Path(__file__).parent.parent / "toy_corpus"))
    monkeypatch.setenv("KEWEN_HARVEST_DELAY_S", "0")

    def invoke(*arguments: str, status: int = 0) -> str:
        done = CliRunner().invoke(app, list(arguments))
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == status, done.output
        return done.output

    return invoke


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as one:
        yield one
