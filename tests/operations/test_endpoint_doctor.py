"""`kewen doctor` on endpoints of models: the real cause, in the language of the terminal."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from assistant.model.causes import CAUSES
from operations.endpoint_doctor import Standing, stands
from tests.openai_server import loopback, refused_url

NAMES = ("qwen2.5:7b", "qwen2.5:14b", "bge-m3")


class Products:
    """Servers as they are met, each below a path of its own."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def app(self) -> FastAPI:
        app = FastAPI()
        listed = {"object": "list", "data": [{"id": name} for name in NAMES]}

        @app.get("/page/{path:path}")
        async def page(path: str) -> Response:
            return HTMLResponse("<html>Welcome</html>")

        @app.get("/{product}/v1/models")
        async def models(product: str, request: Request) -> Response:
            self.asked.append(f"{product} models")
            if product == "strict" and request.headers.get("authorization") != "Bearer right":
                return JSONResponse({"error": {"message": "Incorrect API key provided"}}, 401)
            if product in ("bare", "poor"):
                return JSONResponse({"detail": "Not Found"}, 404)
            return JSONResponse(listed)

        @app.post("/{product}/v1/chat/completions")
        async def complete(product: str, request: Request) -> Response:
            self.asked.append(f"{product} chat")
            model = (await request.json())["model"]
            if product == "poor":
                return JSONResponse({"error": {"message": "Insufficient Balance"}}, 402)
            if product == "page":
                return HTMLResponse("<html>Welcome</html>")
            if model not in NAMES:
                told = f"The model `{model}` does not exist."
                return JSONResponse({"object": "error", "message": told, "code": 404}, 404)
            return JSONResponse({"choices": [{"message": {"role": "assistant", "content": "OK"}}]})

        @app.post("/{product}/v1/rerank")
        async def rerank() -> Response:
            return Response("missing field `texts`", 422)

        return app


@pytest.fixture(scope="module")
def products() -> Iterator[tuple[Products, str]]:
    made = Products()
    with loopback(made.app()) as address:
        yield made, address


def at(products: tuple[Products, str], name: str, model: str = "qwen2.5:7b", **more: Any) -> Standing:
    products[0].asked.clear()
    return stands("llm", f"{products[1]}/{name}", model, more.pop("key", None), **more)


def test_a_listed_model_costs_no_token(products: tuple[Products, str]) -> None:
    assert at(products, "good/v1").cause is None
    assert products[0].asked == ["good models"]


def test_a_server_without_a_list_is_asked_for_the_least(products: tuple[Products, str]) -> None:
    assert at(products, "bare/v1").cause is None
    assert products[0].asked == ["bare models", "bare chat"]


def test_an_unknown_model_is_told_with_those_that_are_offered(products: tuple[Products, str]) -> None:
    standing = at(products, "good/v1", "qwen2.5:72b")

    assert standing.cause == "model" and set(standing.names) == set(NAMES)
    assert standing.names[0].startswith("qwen2.5")
    assert "；可用的有：qwen2.5" in standing.told("llm", "http://x/v1", "qwen2.5:72b", "zh")


def test_an_address_without_v1_is_told_with_the_one_that_answers(products: tuple[Products, str]) -> None:
    standing = at(products, "good")

    assert (standing.cause, standing.better) == ("path", f"{products[1]}/good/v1")
    assert standing.told("llm", "x", "m", "en").endswith(f"; try {products[1]}/good/v1")


def test_keys_balance_and_pages_are_told_apart(products: tuple[Products, str]) -> None:
    assert at(products, "strict/v1").cause == at(products, "strict/v1", key="wrong").cause == "key"
    assert at(products, "strict/v1", key="right").cause is None
    assert at(products, "poor/v1").cause == "balance"
    assert at(products, "page/v1").cause == "foreign"
    assert "KEWEN_LLM_API_KEY" in at(products, "strict/v1").told("llm", "x", "m", "en")


def test_a_reranker_of_another_form_answers(products: tuple[Products, str]) -> None:
    assert stands("rerank", f"{products[1]}/bare/v1", "bge-reranker-v2-m3", None).cause is None


def test_what_keeps_a_connection_from_coming_about_is_told() -> None:
    assert stands("llm", refused_url(), "m", None).cause == "closed"
    assert stands("llm", "http://nowhere.invalid/v1", "m", None).cause == "dns"


def test_a_proxy_that_is_away_is_told_from_the_server_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", refused_url().removesuffix("/v1"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    assert stands("llm", "http://model.example/v1", "m", None).cause == "proxy"
    assert stands("llm", refused_url(), "m", None).cause == "closed"


@pytest.fixture
def silent() -> Iterator[str]:
    """An address where somebody listens who never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"127.0.0.1:{listening.getsockname()[1]}"


def test_silence_and_plain_speech_where_tls_is_expected(silent: str, products: tuple[Products, str]) -> None:
    assert stands("llm", f"http://{silent}/v1", "m", None, timeout_s=0.2).cause == "slow"
    secure = products[1].replace("http://", "https://")
    assert stands("llm", f"{secure}/good/v1", "m", None).cause == "tls"


def test_every_cause_has_words_in_both_languages() -> None:
    for cause in CAUSES:
        zh, en = (Standing(cause).told("llm", "http://x/v1", "m", one) for one in ("zh", "en"))
        assert zh != en and "http://x/v1" in zh
