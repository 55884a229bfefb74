"""A site on loopback, a clock that tests move, and databases of each kind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.harvesting.http_server import Site, serving
from tests.storage.conftest import database as database
from tests.storage.conftest import url as url


class Clock:
    """Seconds that pass only where somebody waits."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.waited: list[float] = []

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += seconds


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as one:
        yield one


@pytest.fixture
def clock() -> Clock:
    return Clock()
