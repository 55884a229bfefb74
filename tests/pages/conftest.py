"""The application in process and on loopback, around a catalogue with everything that pages must show."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.conftest import (  # fixtures of the same application
    app,
    client,
    keys,
    retriever,
    running,
    state,
)
from tests.api.conftest import kewen as kewen_of_the_api
from tests.api.toy import ToyKewen
from tests.page.conftest import browser
from tests.pages.catalogue import catalogue

__all__ = [
    "app",
    "browser",
    "client",
    "kewen_of_the_api",
    "keys",
    "retriever",
    "running",
    "state",
]


@pytest.fixture
def kewen(kewen_of_the_api: ToyKewen, tmp_path: Path) -> Iterator[ToyKewen]:
    """The toy with more records, among them withdrawn, hostile and versioned ones."""
    kewen_of_the_api.corpus = catalogue(tmp_path / "shelf")
    yield kewen_of_the_api
