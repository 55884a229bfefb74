"""Two whole Kewens over HTTP: one that holds secrets, and one that has never heard of them."""

from __future__ import annotations

import shutil
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
from tests.rights.cells import Headers
from tests.rights.hidden import with_secrets
from wiring import Kewen, build_kewen


@pytest.fixture(scope="session")
def whole() -> Corpus:
    return with_secrets(load_corpus(TOY_CORPUS))


def opened(corpus: Corpus, folder: Path, cache: Path, like: Path | None = None, **more: Any) -> Kewen:
    """A Kewen of this corpus, with `more` settings; texts that the one in `like` has embedded are not
    embedded again."""
    settings = _settings(folder, TOY_CORPUS, cache).model_copy(update=more)
    if like is not None:
        # Vectors are kept by their text: the live generation, which is of another corpus, is replaced.
        leave = shutil.ignore_patterns("cache", "lock", "kewen.db*")
        shutil.copytree(like, folder, ignore=leave, dirs_exist_ok=True)
    return build_kewen(settings, corpus=corpus)


@pytest.fixture(scope="session")
def keeping(whole: Corpus, embedder_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kewen]:
    """It holds secrets."""
    kewen = opened(whole, tmp_path_factory.mktemp("keeping"), embedder_cache)
    yield kewen
    kewen.close()


@pytest.fixture(scope="session")
def innocent(
    whole: Corpus, keeping: Kewen, embedder_cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Kewen]:
    """It holds what everyone sees of the other, and nothing else."""
    folder = tmp_path_factory.mktemp("innocent")
    kewen = opened(seen_by(whole, Sight()), folder, embedder_cache, like=keeping.home.data_dir)
    yield kewen
    kewen.close()


def application(kewen: Kewen) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield

    state = ApiState(limiter=RateLimiter(1_000_000), provinces=load_vocabulary().province_names, kewen=kewen)
    return build_app(state, version="1.2.3", lifespan=lifespan)


def client_of(kewen: Kewen) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(application(kewen)), base_url="http://kewen.test")


@pytest.fixture
async def keeper(keeping: Kewen) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(keeping) as client:
        yield client


@pytest.fixture
async def fool(innocent: Kewen) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(innocent) as client:
        yield client


def headers_of(kewen: Kewen) -> Callable[[str, str | None], Headers]:
    """Of a key of that level and unit; none for the public."""
    made: dict[tuple[str, str | None], Headers] = {("public", None): {}}

    def of(level: str, unit: str | None = None) -> Headers:
        if (level, unit) not in made:
            secret = Keys(kewen.database).add(level, unit)[1]
            made[level, unit] = {"Authorization": f"Bearer {secret}"}
        return made[level, unit]

    return of


@pytest.fixture(scope="session")
def headers(keeping: Kewen) -> Callable[[str, str | None], Headers]:
    return headers_of(keeping)


async def ask(client: httpx.AsyncClient, question: str, **given: Any) -> httpx.Response:
    body = {"question": question, **given.pop("body", {})}
    return await client.post("/api/ask", json=body, **given)
