"""Two whole Kewens over HTTP: one that holds secrets, and one that has never heard of them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api.app import build_app
from api.limits import RateLimiter
from api.state import ApiState
from corpus.loaders import load_corpus, load_vocabulary
from corpus.records import Corpus
from corpus.rights import Sight
from corpus.seen import seen_by
from storage.keys import Keys
from tests.conftest import TOY_CORPUS, _settings
from tests.rights.hidden import with_secrets
from wiring import Kewen, build_kewen

Headers = dict[str, str]


@pytest.fixture(scope="session")
def whole() -> Corpus:
    return with_secrets(load_corpus(TOY_CORPUS))


def _opened(corpus: Corpus, folder: Path, cache: Path) -> Iterator[Kewen]:
    kewen = build_kewen(_settings(folder, TOY_CORPUS, cache), corpus=corpus)
    yield kewen
    kewen.close()


@pytest.fixture(scope="session")
def keeping(whole: Corpus, embedder_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kewen]:
    """It holds secrets."""
    yield from _opened(whole, tmp_path_factory.mktemp("keeping"), embedder_cache)


@pytest.fixture(scope="session")
def innocent(
    whole: Corpus, embedder_cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Kewen]:
    """It holds what everyone sees of the other, and nothing else."""
    yield from _opened(seen_by(whole, Sight()), tmp_path_factory.mktemp("innocent"), embedder_cache)


def application(kewen: Kewen) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield

    state = ApiState(limiter=RateLimiter(1_000_000), provinces=load_vocabulary().province_names, kewen=kewen)
    return build_app(state, version="1.2.3", lifespan=lifespan)


@pytest.fixture
async def keeper(keeping: Kewen) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(application(keeping))
    async with httpx.AsyncClient(transport=transport, base_url="http://kewen.test") as client:
        yield client


@pytest.fixture
async def fool(innocent: Kewen) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(application(innocent))
    async with httpx.AsyncClient(transport=transport, base_url="http://kewen.test") as client:
        yield client


@pytest.fixture(scope="session")
def headers(keeping: Kewen) -> Callable[[str, str | None], Headers]:
    """Of a key of that level and unit; none for the public."""
    made: dict[tuple[str, str | None], Headers] = {("public", None): {}}

    def of(level: str, unit: str | None = None) -> Headers:
        if (level, unit) not in made:
            secret = Keys(keeping.database).add(level, unit)[1]
            made[level, unit] = {"Authorization": f"Bearer {secret}"}
        return made[level, unit]

    return of


def blanked(text: str, *asked: str) -> str:
    """Without ids, moments and what was asked."""
    text = re.sub(r"\b(chatcmpl-)?[acrt]_[0-9a-f]{16,32}\b", "ID", text)
    text = re.sub(r'"created":\s*\d+', '"created": 0', text)
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)?", "THEN", text)
    for one in asked:
        text = text.replace(one, "ASKED")
    return text


async def ask(client: httpx.AsyncClient, question: str, **given: Any) -> httpx.Response:
    body = {"question": question, **given.pop("body", {})}
    return await client.post("/api/ask", json=body, **given)
