"""Endpoints as products have them, on loopback: whatever their form, the same reply comes out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from assistant.chat import Call, Reply, load_client
from assistant.errors import ModelUnavailable
from tests.assistant.endpoints import ASK, FORM, SAID, TOOLS, endpoint, heard
from tests.openai_server import Asked, Behaviour, OpenAIServer, Refusal, running_server


@pytest.fixture(scope="module")
def server() -> Iterator[OpenAIServer]:
    load_client()
    with running_server() as server:
        yield server


def no(param: str, message: str, status: int = 400) -> Refusal:
    return status, {
        "error": {"message": message, "type": "invalid_request_error", "param": param, "code": None}
    }


def reasoning_model(asked: Asked) -> Refusal:
    """OpenAI's o-series and after."""
    if "max_tokens" in asked:
        return no(
            "max_tokens",
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
            "'max_completion_tokens' instead.",
        )
    if asked.get("temperature", 1) != 1:
        return no(
            "temperature",
            "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value "
            "is supported.",
        )
    if asked["messages"][0]["role"] == "system":
        return no(
            "messages[0].role",
            "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
        )
    return None


def strict_schema(*unknown: str) -> Any:
    """Servers that check requests with pydantic (vLLM, Mistral) send back what they were sent."""

    def refuse(asked: Asked) -> Refusal:
        extra = [name for name in unknown if name in asked]
        detail = [
            {
                "type": "extra_forbidden",
                "loc": ["body", name],
                "msg": "Extra inputs are not permitted",
                "input": asked[name],
            }
            for name in extra
        ]
        return (422, {"detail": detail}) if detail else None

    return refuse


def gemma_template(asked: Asked) -> Refusal:
    """A chat template that knows user and model only, in vLLM."""
    roles = [turn["role"] for turn in asked["messages"]]
    if "system" in roles:
        return 400, {"object": "error", "message": "System role not supported", "type": "BadRequestError"}
    if any(one == other for one, other in pairwise(roles)) or "tool" in roles:
        return 400, {"message": "Conversation roles must alternate user/assistant/user/assistant/..."}
    return None


def without_tools(asked: Asked) -> Refusal:
    """vLLM that was started without a parser of calls."""
    if "tools" not in asked:
        return None
    return 400, {
        "object": "error",
        "message": '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
    }


def ollama_without_tools(asked: Asked) -> Refusal:
    return (
        no("", "registry.ollama.ai/library/toy:latest does not support tools") if "tools" in asked else None
    )


def llama_cpp_without_jinja(asked: Asked) -> Refusal:
    told = {"error": {"code": 500, "message": "tools param requires --jinja flag", "type": "server_error"}}
    return (500, told) if "tools" in asked else None


def deepseek(asked: Asked) -> Refusal:
    """JSON, and only where the prompt says so, but no schema."""
    form = asked.get("response_format", {}).get("type")
    if form == "json_schema":
        return no("", "This response_format type is unavailable now")
    if form == "json_object" and "json" not in json.dumps(asked["messages"]).lower():
        return no(
            "",
            "Prompt must contain the word 'json' in some form to use 'response_format'.",
        )
    return None


def no_json_at_all(asked: Asked) -> Refusal:
    return no("response_format", "'response_format' is not supported") if "response_format" in asked else None


def too_large(asked: Asked) -> Refusal:
    """vLLM with a short context."""
    limit = asked.get("max_tokens", asked.get("max_completion_tokens", 0))
    if limit <= 512:
        return None
    return no("max_tokens", f"'max_tokens' or 'max_completion_tokens' is too large: {limit}.")


def no_stream(asked: Asked) -> Refusal:
    return (
        no("stream", "Unsupported value: 'stream' does not support true with this model.")
        if asked["stream"]
        else None
    )


PRODUCTS: dict[str, tuple[Any, dict[str, Any], dict[str, Any]]] = {
    "no temperature, another name of the limit, no system role": (
        reasoning_model,
        {},
        {"max_completion_tokens": 2000},
    ),
    "no stream_options": (strict_schema("stream_options"), {}, {"max_tokens": 2000, "temperature": 0}),
    "no temperature and no stream_options at once": (strict_schema("stream_options", "temperature"), {}, {}),
    "no system role, turns that alternate": (gemma_template, {}, {"temperature": 0}),
    "no tools (vLLM)": (without_tools, {"tools": TOOLS}, {"temperature": 0}),
    "no tools (Ollama)": (ollama_without_tools, {"tools": TOOLS}, {"temperature": 0}),
    "no tools (llama.cpp)": (llama_cpp_without_jinja, {"tools": TOOLS}, {"temperature": 0}),
    "no schema": (deepseek, {"form": FORM}, {"response_format": {"type": "json_object"}}),
    "no JSON mode": (no_json_at_all, {"form": FORM}, {"temperature": 0}),
    "a limit that is too large": (too_large, {}, {"temperature": 0}),
    "no streaming": (no_stream, {}, {"stream": False}),
    "an own parameter that is refused": (strict_schema("enable_thinking"), {}, {"temperature": 0}),
}


@pytest.mark.parametrize("product", PRODUCTS)
async def test_refused_parameter_is_left_out_and_remembered(product: str, server: OpenAIServer) -> None:
    refuses, asked, left = PRODUCTS[product]
    server.will(Behaviour(SAID, refuses=refuses, whole=product == "no streaming"))
    own = {"enable_thinking": False} if product.startswith("an own") else None
    chat = endpoint(server, extra_body=own)

    first = await heard(chat, **asked)
    tries = len(server.requests)
    second = await heard(chat, **asked)

    assert first.text == second.text == SAID
    assert tries > 1 and len(server.requests) == tries + 1
    last = server.requests[-1]
    assert last.items() >= left.items() and refuses(last) is None
    assert "Where is the ice?" in last["messages"][-1]["content"]
    assert "Be brief." in "".join(turn["content"] for turn in last["messages"])


async def test_refusal_that_names_nothing_is_told_at_once(server: OpenAIServer) -> None:
    server.will(Behaviour(refuses=lambda _: no("", "Bad Request")))

    with pytest.raises(ModelUnavailable) as raised:
        await heard(endpoint(server))

    assert raised.value.reason == "refused" and len(server.requests) == 1


THOUGHTS = {
    "reasoning_content": Behaviour(
        deltas=({"reasoning_content": "hm, "}, {"reasoning_content": "ice"}, {"content": SAID})
    ),
    "reasoning": Behaviour(deltas=({"reasoning": "hm", "content": None}, {"content": SAID})),
    "both fields": Behaviour(deltas=({"reasoning": "hm", "reasoning_content": "hm"}, {"content": SAID})),
    "parts": Behaviour(
        deltas=(
            {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}]},
            {"content": [{"type": "text", "text": SAID}]},
        )
    ),
    "think": Behaviour(f"<think>\nhm <b> [1]\n</think>\n\n{SAID}", piece_size=3),
    "thought": Behaviour(f"<thought>hm</thought>{SAID}", piece_size=1),
    "Magistral": Behaviour(f"[THINK]hm[/THINK]\n{SAID}"),
    "harmony": Behaviour(
        "<|channel|>analysis<|message|>hm [1]<|end|><|start|>assistant<|channel|>final<|message|>"
        f"{SAID}<|return|>",
        piece_size=5,
    ),
    "harmony without its marks": Behaviour(f"analysisWe need it.assistantfinal{SAID}", piece_size=4),
}


@pytest.mark.parametrize("form", THOUGHTS)
async def test_thoughts_are_not_part_of_the_reply(form: str, server: OpenAIServer) -> None:
    server.will(THOUGHTS[form])

    assert (await heard(endpoint(server))).text == SAID


async def test_thoughts_that_nothing_begins_are_known_the_second_time(server: OpenAIServer) -> None:
    server.will(Behaviour(f"hm, so\n</think>\n\n{SAID}", piece_size=4))
    chat = endpoint(server)

    *_, first = [piece async for piece in chat.stream(ASK)]
    second = await heard(chat)
    server.will(Behaviour(SAID))
    third = await heard(chat)

    assert isinstance(first, Reply) and first.text == second.text == third.text == SAID


async def test_limit_makes_room_for_thoughts(server: OpenAIServer) -> None:
    spent = Behaviour(deltas=({"reasoning_content": "hm"},), finish="length")
    server.will(spent, Behaviour(SAID))
    chat = endpoint(server, max_tokens=500)

    assert (await heard(chat)).text == SAID
    assert [asked["max_tokens"] for asked in server.requests] == [500, 8500]
    server.will(Behaviour(SAID))
    await heard(chat)
    assert server.requests[0]["max_tokens"] == 8500


async def test_hidden_thoughts_are_known_by_their_tokens(server: OpenAIServer) -> None:
    usage = {
        "prompt_tokens": 11, "completion_tokens": 500, "completion_tokens_details": {"reasoning_tokens": 500},
    }  # fmt: skip
    server.will(Behaviour("", finish="length", usage=usage), Behaviour(SAID))

    assert (await heard(endpoint(server, max_tokens=500))).text == SAID
    assert server.requests[1]["max_tokens"] == 8500


FORMS = {
    "one JSON object": Behaviour(SAID, whole=True),
    "comments and empty lines": Behaviour(SAID, noise=": OPENROUTER PROCESSING\n\n"),
    "events with names": Behaviour(SAID, noise="event: message\nid: 7\n"),
    "carriage returns": Behaviour(SAID, feed="\r\n"),
    "no [DONE]": Behaviour(SAID, ends=False),
    "no finish_reason": Behaviour(SAID, finish=None),
    "a finish_reason of its own": Behaviour(SAID, finish="eos"),
    "messages for deltas": Behaviour(
        body='data: {"choices": [{"message": {"role": "assistant", "content": "In the centre [1]."}, '
        '"finish_reason": "stop"}]}\n\ndata: [DONE]\n\n'
    ),
    "JSON under another type": Behaviour(
        body=json.dumps({"choices": [{"message": {"content": SAID}, "finish_reason": "stop"}]})
    ),
}


@pytest.mark.parametrize("form", FORMS)
async def test_other_forms_of_an_answer_give_the_same_reply(form: str, server: OpenAIServer) -> None:
    server.will(FORMS[form])

    reply = await heard(endpoint(server))

    assert (reply.text, reply.finish, reply.calls) == (SAID, "stop", ())


async def test_refusal_field_is_a_declined_question(server: OpenAIServer) -> None:
    server.will(Behaviour(deltas=({"refusal": "I can't "}, {"refusal": "help with that."})))

    with pytest.raises(ModelUnavailable) as raised:
        await heard(endpoint(server))
    assert raised.value.reason == "declined"


async def test_settings_of_a_request(server: OpenAIServer) -> None:
    server.will(Behaviour(SAID))
    body = {"chat_template_kwargs": {"enable_thinking": False}, "stream_options": None, "temperature": 0.7}
    calls: list[Call] = []

    reply = await heard(endpoint(server, max_tokens=300, extra_body=body, on_call=calls.append))

    sent = server.requests[0]
    assert sent["max_tokens"] == 300 and sent["temperature"] == 0.7 and "stream_options" not in sent
    assert sent["chat_template_kwargs"] == {"enable_thinking": False}
    assert reply.prompt_tokens is None and calls[0].outcome == "ok"


async def test_replies_share_one_connection(server: OpenAIServer) -> None:
    server.will(Behaviour(SAID))
    before = len(server.connections)
    chat = endpoint(server)

    for _ in range(4):
        await heard(chat)

    assert len(server.connections) == before + 1
