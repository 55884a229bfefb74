"""The model path against a real server that misbehaves; each call ends within its budget."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import aclosing

import pytest

from assistant.chat import Call, FallbackChat, Message, OpenAIChat, Reply, load_client
from assistant.errors import ModelUnavailable
from tests.fakes import ScriptedChat, words
from tests.openai_server import Behaviour, OpenAIServer, refused_url, running_server

BUDGET_S = 60.0
SHORT_S = 0.5
"""For what must run into its budget; the rest gets time enough on a busy machine."""
ASK = [Message("system", "Be brief."), Message("user", "Hello?")]


@pytest.fixture(scope="module")
def server() -> Iterator[OpenAIServer]:
    with running_server() as server:
        yield server


@pytest.fixture
def calls() -> list[Call]:
    return []


@pytest.fixture
def chat(server: OpenAIServer, calls: list[Call]) -> OpenAIChat:
    load_client()  # which Kewen does when it opens: it is not what the budgets are for
    return OpenAIChat(server.base_url, "key", "toy", BUDGET_S, max_characters=2000, on_call=calls.append)


async def collected(chat: OpenAIChat | FallbackChat | ScriptedChat) -> str:
    return await words(chat.stream(ASK))


async def test_reply_streams_in_pieces_and_tokens_are_counted(
    server: OpenAIServer, chat: OpenAIChat, calls: list[Call]
) -> None:
    server.will(Behaviour("冰川数据在测试中心[1]。"))

    *pieces, reply = [piece async for piece in chat.stream(ASK)]

    assert "".join(map(str, pieces)) == "冰川数据在测试中心[1]。"
    assert len(pieces) > 1
    assert reply == Reply("冰川数据在测试中心[1]。", "toy", (), "stop", 11, 7)
    assert [(call.outcome, call.prompt_tokens, call.completion_tokens) for call in calls] == [("ok", 11, 7)]
    assert calls[0].first_piece_s is not None
    assert server.requests[0]["temperature"] == 0
    assert [turn["role"] for turn in server.requests[0]["messages"]] == ["system", "user"]


async def test_first_questions_at_once_share_one_pool(server: OpenAIServer, chat: OpenAIChat) -> None:
    server.will(Behaviour("Hello."))

    assert await asyncio.gather(*(collected(chat) for _ in range(5))) == ["Hello."] * 5


FAULTS = {
    "slow first byte": (Behaviour(first_delay_s=3), "timeout"),
    "slow drip": (Behaviour("a drip of words " * 20, piece_delay_s=0.05), "timeout"),
    "429": (Behaviour(status=429), "quota"),
    "429 with a long wait": (Behaviour(status=429, headers={"Retry-After": "40"}), "quota"),
    "429 until a date": (
        Behaviour(status=429, headers={"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}),
        "quota",
    ),
    "500": (Behaviour(status=500), "server_error"),
    "503 page": (Behaviour(status=503, body="<html>busy</html>", content_type="text/html"), "server_error"),
    "401": (Behaviour(status=401), "refused"),
    "404": (Behaviour(status=404), "refused"),
    "a web page": (Behaviour(body="<html>Welcome</html>", content_type="text/html"), "garbage"),
    "broken JSON": (Behaviour(body='data: {"choices": [{"delta"\n\n'), "garbage"),
    "JSON of another kind": (Behaviour(body="data: [1, 2, 3]\n\ndata: [DONE]\n\n"), "garbage"),
    "no choices": (Behaviour(body='data: {"id": "1", "choices": null}\n\ndata: [DONE]\n\n'), "empty"),
    "error in the stream": (Behaviour(body='data: {"error": {"message": "overloaded"}}\n\n'), "server_error"),
    "binary": (Behaviour(body="\x00\x01\x02" * 50, content_type="application/octet-stream"), "garbage"),
    "no body": (Behaviour(body=""), "garbage"),
    "an error with 200": (Behaviour(body='{"error": {"message": "no"}}'), "server_error"),
    "no finish": (Behaviour("All is well [1]. And", finish=None, ends=False), "cut"),
    "filtered": (Behaviour("All", finish="content_filter"), "declined"),
    "connection cut in a word": (Behaviour("All is well with the gla", cut_after=14), "cut"),
    "endless": (Behaviour("on and on ", piece_size=400, endless=True), "too_long"),
    "empty": (Behaviour(""), "empty"),
    "blank": (Behaviour(" \n \n"), "empty"),
    "only thoughts": (Behaviour("<think>hm</think>"), "empty"),
    "thoughts without end": (Behaviour("<think>hm, hm"), "empty"),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_fault_ends_in_one_reason_within_the_budget(
    fault: str, server: OpenAIServer, chat: OpenAIChat, calls: list[Call]
) -> None:
    behaviour, reason = FAULTS[fault]
    server.will(behaviour)
    if reason == "timeout":
        chat = OpenAIChat(server.base_url, None, "toy", SHORT_S, on_call=calls.append)

    with pytest.raises(ModelUnavailable) as raised:
        await collected(chat)

    assert raised.value.reason == reason
    assert [call.outcome for call in calls] == [reason]


async def test_reply_that_ran_out_of_tokens_says_so(server: OpenAIServer, chat: OpenAIChat) -> None:
    server.will(Behaviour("All is well [1]. And", finish="length"))

    *_, reply = [piece async for piece in chat.stream(ASK)]

    assert isinstance(reply, Reply) and (reply.finish, reply.text) == ("length", "All is well [1]. And")


async def test_nobody_listens(chat: OpenAIChat) -> None:
    with pytest.raises(ModelUnavailable, match="cannot be reached") as raised:
        await collected(OpenAIChat(refused_url(), None, "toy", BUDGET_S))
    assert raised.value.reason == "unreachable"


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_short_wait_is_waited_out_once(status: int, server: OpenAIServer, chat: OpenAIChat) -> None:
    server.will(Behaviour(status=status, headers={"Retry-After": "0.05"}), Behaviour("Back again."))

    assert await collected(chat) == "Back again."
    assert len(server.requests) == 2


async def test_thoughts_in_front_are_left_out(server: OpenAIServer, chat: OpenAIChat) -> None:
    server.will(Behaviour("<think>\nlet me see <b>\n</think>\n\nIn the centre [1]. 2 <think> 3"))

    assert await collected(chat) == "In the centre [1]. 2 <think> 3"


async def test_abandoned_reply_closes_its_connection(
    server: OpenAIServer, chat: OpenAIChat, calls: list[Call]
) -> None:
    server.will(Behaviour("on and on ", endless=True, piece_delay_s=0.001))

    async with aclosing(chat.stream(ASK)) as pieces:
        await anext(pieces)

    assert [call.outcome for call in calls] == ["cancelled"]


async def test_fallback_answers_when_the_first_model_says_nothing(
    server: OpenAIServer, chat: OpenAIChat
) -> None:
    server.will(Behaviour(status=500))
    stream = FallbackChat(chat, ScriptedChat("From the second.", name="second")).stream(ASK)

    *pieces, reply = [piece async for piece in stream]

    assert isinstance(reply, Reply) and (reply.text, reply.model) == ("From the second.", "second")
    assert "".join(map(str, pieces)) == reply.text


async def test_fallback_is_not_tried_once_a_piece_was_given() -> None:
    first, second = ScriptedChat(name="first"), ScriptedChat("Second.", name="second")
    first.will_fail_after("Half a")
    given: list[str | Reply] = []

    with pytest.raises(ModelUnavailable):
        async for piece in FallbackChat(first, second).stream(ASK):
            given.append(piece)

    assert "".join(map(str, given)) == "Half a"
    assert second.asked == []


async def test_both_models_share_one_budget(server: OpenAIServer, chat: OpenAIChat) -> None:
    server.will(Behaviour(first_delay_s=3))

    with pytest.raises(ModelUnavailable) as raised:
        await collected(FallbackChat(chat, chat, timeout_s=0.4))

    assert raised.value.reason == "timeout"
