"""Embeddings over HTTP, against a real server on loopback that misbehaves on command."""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import Any

import numpy as np
import pytest
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from retrieval.errors import EmbeddingFailed
from retrieval.openai_embedding import OpenAIEmbedder


class Endpoint:
    """Answers as OpenAI does; `behaviour` is used up from the left, one item a request."""

    def __init__(self) -> None:
        self.behaviour: list[str] = []
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.app = FastAPI()
        self.app.post("/v1/embeddings")(self.embeddings)

    async def embeddings(self, request: Request) -> Response:
        body = await request.json()
        self.requests.append(body)
        self.keys.append(request.headers["authorization"])
        what = self.behaviour.pop(0) if self.behaviour else ""
        if what.isdigit():
            headers = {"retry-after-ms": "1"}
            return JSONResponse({"error": {"message": "no"}}, int(what), headers)
        if what == "garbage":
            return PlainTextResponse("<html>hello</html>")
        if what == "hang":
            await asyncio.sleep(20)
        size = 5 if what == "other size" else 4
        data = [
            {"object": "embedding", "index": place, "embedding": self.row(text, size)}
            for place, text in enumerate(body["input"])
        ]
        if what == "reversed":
            data.reverse()
        if what == "one short":
            data.pop()
        if what == "zero":
            data[0]["embedding"] = [0.0] * size
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        return JSONResponse({"object": "list", "data": data, "model": body["model"], "usage": usage})

    @staticmethod
    def row(text: str, size: int = 4) -> list[float]:
        return [float(len(text)), *[1.0] * (size - 1)]


@pytest.fixture(scope="module")
def running():
    endpoint = Endpoint()
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(endpoint.app, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield endpoint, f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
    server.should_exit = server.force_exit = True
    thread.join(20)
    listener.close()


@pytest.fixture
def endpoint(running):
    running[0].behaviour, running[0].requests, running[0].keys = [], [], []
    return running[0]


@pytest.fixture
def embedder(running, endpoint):
    made = OpenAIEmbedder(running[1], "secret-key", "text-embedding-x", timeout_s=0.5, retries=2)
    yield made
    made.close()


def unit(text: str) -> np.ndarray:
    row = np.array(Endpoint.row(text), np.float32)
    return row / np.linalg.norm(row)


def test_strings_go_out_and_unit_rows_come_back_in_order(embedder, endpoint):
    endpoint.behaviour = ["reversed"]

    rows = embedder.embed_passages(["一", "two", "three"])

    np.testing.assert_allclose(rows, [unit("一"), unit("two"), unit("three")], atol=1e-6)
    assert rows.dtype == np.float32
    assert endpoint.requests[0]["input"] == ["一", "two", "three"]
    assert endpoint.requests[0]["encoding_format"] == "float"
    assert endpoint.keys == ["Bearer secret-key"]


def test_many_texts_go_in_batches(embedder, endpoint):
    texts = [f"text {number}" for number in range(150)]

    rows = embedder.embed_passages(texts)

    assert [len(request["input"]) for request in endpoint.requests] == [64, 64, 22]
    np.testing.assert_allclose(rows[149], unit("text 149"), atol=1e-6)


def test_the_size_is_learnt_from_the_server(embedder):
    assert embedder.dimensions == 4
    assert embedder.embed_passages([]).shape == (0, 4)


def test_the_name_tells_models_and_servers_apart(running, embedder):
    assert embedder.name == f"text-embedding-x at {running[1]}"
    assert "secret" not in embedder.name


def test_models_of_the_e5_family_get_their_prefixes(running, endpoint):
    made = OpenAIEmbedder(running[1] + "/", None, "intfloat/multilingual-e5-large")
    made.embed_query("q")
    made.embed_passages(["p"])
    made.close()

    assert [request["input"] for request in endpoint.requests] == [["query: q"], ["passage: p"]]
    assert endpoint.keys[0] != "Bearer "


@pytest.mark.parametrize("fault", ["429", "500", "503"])
def test_a_passing_fault_is_tried_again(embedder, endpoint, fault):
    endpoint.behaviour = [fault, fault]

    np.testing.assert_allclose(embedder.embed_query("abc"), unit("abc"), atol=1e-6)
    assert len(endpoint.requests) == 3


@pytest.mark.parametrize(
    ("behaviour", "message"),
    [
        (["401"], r"refused the key \(401\)\. Check KEWEN_EMBEDDING_API_KEY"),
        (["404"], r"does not know the address or the model \(404\)\. Check KEWEN_EMBEDDING_BASE_URL"),
        (["429"] * 3, "answered 429"),
        (["500"] * 3, "answered 500"),
        (["400"], "answered 400"),
        (["garbage"], "no usable vectors|no readable answer"),
        (["one short"], "1 of 1 vectors are missing"),
        (["zero"], "without direction"),
    ],
)
def test_a_lasting_fault_is_one_sentence_with_a_next_step(embedder, endpoint, behaviour, message):
    endpoint.behaviour = list(behaviour)

    with pytest.raises(EmbeddingFailed, match=message) as failed:
        embedder.embed_query("abc")

    assert "secret-key" not in str(failed.value)


def test_a_server_that_hangs_is_given_up(running, endpoint):
    endpoint.behaviour = ["hang"]
    made = OpenAIEmbedder(running[1], None, "m", timeout_s=0.2, retries=0)

    with pytest.raises(EmbeddingFailed, match=r"did not answer in 0\.2 s"):
        made.embed_query("abc")
    made.close()


def test_a_server_that_is_not_there_is_named():
    made = OpenAIEmbedder("http://127.0.0.1:1/v1", None, "m", retries=0)

    with pytest.raises(EmbeddingFailed, match=r"http://127\.0\.0\.1:1/v1 \(model 'm'\) cannot be reached"):
        made.embed_query("abc")
    made.close()


def test_a_change_of_size_is_noticed(embedder, endpoint):
    embedder.embed_query("abc")
    endpoint.behaviour = ["other size"]

    with pytest.raises(EmbeddingFailed, match=r"5 dimensions where it gave 4 before.*kewen index --rebuild"):
        embedder.embed_passages(["abc"])


@pytest.mark.parametrize("text", ["", "\ud800", "\0"])
def test_odd_texts_are_sent_all_the_same(embedder, text):
    assert embedder.embed_query(text).shape == (4,)


def test_a_larger_model_gets_its_instruction_and_shorter_vectors(running, endpoint):
    url = running[1]
    told = {"query_prefix": "Instruct: find it\nQuery:", "dimensions": 4}
    embedder = OpenAIEmbedder(url, None, "Qwen3-Embedding-8B", **told)

    embedder.embed_query("冰芯")
    embedder.embed_passages(["样品"])

    query, passage = endpoint.requests[-2:]
    assert query["input"] == ["Instruct: find it\nQuery:冰芯"] and passage["input"] == ["样品"]
    assert query["dimensions"] == passage["dimensions"] == 4
    assert embedder.name.endswith("4 dimensions")
    embedder.close()
