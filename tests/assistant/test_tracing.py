"""Prompts go to the model and nowhere else, whatever tracing variables the environment holds."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.assistant import traced_child
from tests.openai_server import OpenAIServer, refused_url, running_server
from tests.processes import forked, start

QUESTION = "a question that is private"


class Collector(ThreadingHTTPServer):
    """A tracing service on loopback that keeps what it is sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Collecting)
        self.told: list[bytes] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class Collecting(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Collector)
        self.server.told.append(self.rfile.read(int(self.headers.get("content-length") or 0)))
        self.send_response(202)
        self.end_headers()
        self.wfile.write(b"{}")

    do_PATCH = do_POST  # noqa: N815 - the name that http.server looks for

    def do_GET(self) -> None:
        self.send_response(404)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on stderr."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield made
        made.shutdown()


@pytest.fixture(scope="module")
def model() -> Iterator[OpenAIServer]:
    with running_server() as server:
        yield server


def ask(model: OpenAIServer, variables: dict[str, str], *, traced: bool = False) -> str:
    """What a process of its own is told: the library reads its variables once, when it is first used."""
    here, there = forked.Pipe(duplex=False)
    plain = {name: value for name, value in os.environ.items() if not name.startswith("LANG")}
    child = start(traced_child.tell, there, {**plain, **variables}, model.base_url, QUESTION, traced)
    there.close()
    assert here.poll(200)
    said: str = here.recv()
    child.join(200)
    assert child.exitcode == 0
    return said


def variables(collector: Collector) -> dict[str, str]:
    switches = ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING_V2")
    return {
        **dict.fromkeys(switches, "true"),
        "LANGSMITH_ENDPOINT": collector.url,
        "LANGSMITH_API_KEY": "key",
        "LANGSMITH_DISABLE_RUN_COMPRESSION": "true",
    }


def test_variables_alone_send_nothing(model: OpenAIServer, collector: Collector) -> None:
    assert ask(model, variables(collector)) == "Hello."
    assert collector.told == []


def test_with_our_own_setting_they_do(model: OpenAIServer, collector: Collector) -> None:
    assert ask(model, variables(collector), traced=True) == "Hello."
    assert any(QUESTION.encode() in body for body in collector.told)


@pytest.mark.parametrize("name", ["LANGCHAIN_TRACING", "LANGCHAIN_HANDLER"])
def test_what_the_library_gave_up_is_a_model_that_does_not_answer(model: OpenAIServer, name: str) -> None:
    assert ask(model, {name: "true"}).startswith("refused: Model 'toy' was not asked by the client library")


def test_a_proxy_of_other_programs_is_not_taken(model: OpenAIServer) -> None:
    assert ask(model, {"OPENAI_PROXY": refused_url()}) == "Hello."
