"""A reranker on loopback: its order counts, and where it is away search goes on without."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from retrieval.circuit import Circuit
from retrieval.errors import RerankFailed
from retrieval.records import Hit, Passage
from retrieval.reranking import RERANKED, Reranker
from tests.openai_server import refused_url
from tests.retrieval.rerank_server import UNREADABLE, Product, RerankServer, running_reranker

Make = Callable[..., Reranker]
TEXTS = ["a rose", "the ice core", "an ice core of the plateau, cold"]


@pytest.fixture(scope="module")
def running() -> Iterator[RerankServer]:
    with running_reranker() as server:
        yield server


@pytest.fixture
def server(running: RerankServer) -> RerankServer:
    running.product, running.trouble = "cohere", ""
    running.requests.clear()
    return running


def hits(count: int = 3) -> list[Hit]:
    """Of each text one, best first."""
    texts = [TEXTS[place % len(TEXTS)] + " " * (place // len(TEXTS)) for place in range(count)]
    return [
        Hit(Passage(str(place), f"r{place}", "resource", "card", "en", text=text), score=100.0 - place)
        for place, text in enumerate(texts)
    ]


@pytest.fixture
def reranker(server: RerankServer) -> Iterator[Make]:
    made: list[Reranker] = []

    def make(base_url: str = server.base_url, **more: Any) -> Reranker:
        made.append(Reranker(base_url, "key", "toy", **more))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.mark.parametrize("product", ["cohere", "tei", "voyage"])
def test_both_orders_count_and_scores_stay_those_of_the_ranks(
    product: Product, server: RerankServer, reranker: Make
) -> None:
    server.product = product
    one = reranker()

    found = one.reordered("ice core", hits())
    again = one.reordered("ice cores", hits())

    assert [hit.record_id for hit in found] == ["r1", "r0", "r2"]
    assert [hit.score for hit in found] == [100.0, 99.0, 98.0]
    assert len(again) == 3
    # The form that the server takes is found out once.
    assert len(server.requests) == (3 if product == "tei" else 2)


def test_only_the_best_are_ordered_anew_and_the_same_is_not_asked_twice(
    server: RerankServer, reranker: Make
) -> None:
    one, many = reranker(), hits(RERANKED + 5)

    found = one.reordered("ice core", many)

    assert found[RERANKED:] == many[RERANKED:]
    assert {hit.record_id for hit in found[:RERANKED]} == {hit.record_id for hit in many[:RERANKED]}
    assert one.reordered("ice core", many) == found and len(server.requests) == 1
    assert len(server.requests[0]["documents"]) == RERANKED


@pytest.mark.parametrize("trouble", ["500", "401", "404", *UNREADABLE])
def test_an_answer_that_is_none_leaves_the_order(trouble: str, server: RerankServer, reranker: Make) -> None:
    server.trouble = trouble
    one = reranker()

    assert one.reordered("ice core", hits()) == hits()
    with pytest.raises(RerankFailed):
        one.scores("ice core", TEXTS)


def test_nobody_there_and_too_slow_leave_the_order(server: RerankServer, reranker: Make) -> None:
    assert reranker(refused_url()).reordered("ice core", hits()) == hits()
    server.trouble = "slow"
    began = time.monotonic()

    assert reranker(timeout_s=0.1).reordered("ice core", hits()) == hits()
    assert time.monotonic() - began < 3


def test_a_failing_reranker_is_left_alone_until_its_rest_is_over(
    server: RerankServer, reranker: Make
) -> None:
    clock = [0.0]
    one = reranker(circuit=Circuit(failures=2, rest_s=10, clock=lambda: clock[0]))
    server.trouble = "500"
    for _ in range(4):
        assert one.reordered("ice core", hits()) == hits()
    assert len(server.requests) == 2 and one.circuit.state == "open"

    clock[0], server.trouble = 10.0, ""

    assert one.reordered("ice core", hits()) != hits()
    assert one.circuit.state == "closed"


def test_the_question_is_hidden_before_it_is_sent(server: RerankServer, reranker: Make) -> None:
    reranker(hide=lambda text: text.replace("13812345678", "…")).scores("13812345678 ice", TEXTS)

    assert server.requests[0]["query"] == "… ice"
