"""What a language model and a reranker are told: nothing that not everybody may read, unless it is set so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.access import Asker
from corpus.records import Corpus
from tests.openai_server import Behaviour, OpenAIServer, running_server
from tests.rights.conftest import opened
from tests.rights.hidden import HAN, SECRETS
from wiring import Kewen

MEMBER = Asker("member")
SECRET = SECRETS["member", None]
ASKED = f"{HAN[SECRET]}怎么申请？"
Open = Callable[[bool], Kewen]


@pytest.fixture(scope="module")
def server() -> Iterator[OpenAIServer]:
    with running_server() as server:
        yield server


@pytest.fixture(scope="module")
def open_with_model(
    server: OpenAIServer,
    whole: Corpus,
    keeping: Kewen,
    embedder_cache: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Open]:
    kept: list[Kewen] = []

    def open_one(restricted: bool) -> Kewen:
        kewen = opened(
            whole,
            tmp_path_factory.mktemp("told"),
            embedder_cache,
            keeping.home.data_dir,
            llm_base_url=server.base_url,
            llm_model="toy",
            llm_restricted=restricted,
        )
        kept.append(kewen)
        return kewen

    yield open_one
    for kewen in kept:
        kewen.close()


@pytest.mark.parametrize("restricted", [False, True])
async def test_only_where_it_is_set_is_hidden_text_sent_to_the_model(
    restricted: bool, server: OpenAIServer, open_with_model: Open
) -> None:
    kewen = open_with_model(restricted)
    server.will(Behaviour("Nothing."))

    answer = await kewen.assistant.ask(ASKED, asker=MEMBER)

    assert answer.status == "answered" and answer.citations
    assert (len(server.requests) > 0) == restricted
    server.will(Behaviour("Nothing."))
    await kewen.assistant.ask("青岚冰雪科学数据中心怎么申请数据？")
    assert server.requests
