"""Calls of tools as servers and models write them, on loopback: the same calls come out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from assistant.chat import Message, ToolCall, load_client
from tests.assistant.endpoints import ASK, SAID, TOOLS, endpoint, heard
from tests.openai_server import Behaviour, OpenAIServer, running_server


@pytest.fixture(scope="module")
def server() -> Iterator[OpenAIServer]:
    load_client()
    with running_server() as server:
        yield server


def _native(*calls: tuple[str, str, str]) -> list[dict[str, Any]]:
    return [
        {"index": place, "id": id_, "type": "function", "function": {"name": name, "arguments": arguments}}
        for place, (id_, name, arguments) in enumerate(calls)
    ]


_ICE, _BOTH = '{"q": "冰芯"}', (("search", {"q": "冰芯"}), ("get_record", {"id": "a"}))
_ONE = _BOTH[:1]
_WHOLE = _native(("c1", "search", _ICE), ("c2", "get_record", '{"id": "a"}'))
CALLS: dict[str, tuple[Behaviour, Any]] = {
    "in pieces": (
        Behaviour(
            deltas=(
                {"tool_calls": _native(("c1", "search", ""))},
                {"tool_calls": [{"index": 0, "function": {"arguments": '{"q": '}}]},
                {"tool_calls": [{"index": 0, "function": {"arguments": '"冰芯"}'}}]},
                {"tool_calls": [{**_WHOLE[1], "index": 1}]},
            ),
            finish="tool_calls",
        ),
        _BOTH,
    ),
    "whole": (Behaviour(deltas=({"tool_calls": _WHOLE},), finish="tool_calls"), _BOTH),
    "said to have stopped": (Behaviour(deltas=({"tool_calls": _WHOLE},), finish="stop"), _BOTH),
    "all counted 0": (
        Behaviour(deltas=tuple({"tool_calls": [{**one, "index": 0}]} for one in _WHOLE)),
        _BOTH,
    ),
    "without index": (
        Behaviour(deltas=({"tool_calls": [{**one, "index": None} for one in _WHOLE]},)),
        _BOTH,
    ),
    "arguments as an object": (
        Behaviour(
            deltas=(
                {"tool_calls": [{"id": "c1", "function": {"name": "search", "arguments": {"q": "冰芯"}}}]},
            )
        ),
        _ONE,
    ),
    "in one JSON object": (Behaviour(whole=True, deltas=({"content": None, "tool_calls": _WHOLE},)), _BOTH),
    "legacy function_call": (
        Behaviour(
            deltas=(
                {"function_call": {"name": "search", "arguments": ""}},
                {"function_call": {"arguments": _ICE}},
            ),
            finish="function_call",
        ),
        _ONE,
    ),
    "Hermes and Qwen": (
        Behaviour(
            '<tool_call>\n{"name": "search", "arguments": {"q": "冰芯"}}\n</tool_call>\n'
            '<tool_call>\n{"name": "get_record", "arguments": {"id": "a"}}\n</tool_call>'
        ),
        _BOTH,
    ),
    "Qwen coder": (
        Behaviour(
            "<tool_call>\n<function=search>\n<parameter=q>\n冰芯\n</parameter>\n</function>\n</tool_call>"
        ),
        _ONE,
    ),
    "Llama": (Behaviour('<|python_tag|>{"name": "search", "parameters": {"q": "冰芯"}}<|eom_id|>'), _ONE),
    "Llama, bare": (Behaviour('{"name": "search", "parameters": {"q": "冰芯"}}'), _ONE),
    "Llama, function": (Behaviour('<function=search>{"q": "冰芯"}</function>'), _ONE),
    "Mistral": (Behaviour('[TOOL_CALLS] [{"name": "search", "arguments": {"q": "冰芯"}}]'), _ONE),
    "Mistral, later": (
        Behaviour('[TOOL_CALLS]search[ARGS]{"q": "冰芯"}[TOOL_CALLS]get_record[ARGS]{"id": "a"}'),
        _BOTH,
    ),
    "DeepSeek": (
        Behaviour(
            "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>search\n```json\n"
            '{"q": "冰芯"}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>'
        ),
        _ONE,
    ),
    "DeepSeek, later": (
        Behaviour(
            '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>search<｜tool▁sep｜>{"q": "冰芯"}<｜tool▁call▁end｜>'
            '<｜tool▁call▁begin｜>get_record<｜tool▁sep｜>{"id": "a"}<｜tool▁call▁end｜><｜tool▁calls▁end｜>'
        ),
        _BOTH,
    ),
    "DeepSeek, markup": (
        Behaviour(
            '<｜DSML｜function_calls>\n<｜DSML｜invoke name="search">\n'
            '<｜DSML｜parameter name="q" string="true">冰芯'
            "</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜function_calls>"
        ),
        _ONE,
    ),
    "Kimi": (
        Behaviour(
            "<|tool_calls_section_begin|><|tool_call_begin|>functions.search:0<|tool_call_argument_begin|>"
            '{"q": "冰芯"}<|tool_call_end|><|tool_calls_section_end|>'
        ),
        _ONE,
    ),
    "GLM": (
        Behaviour("<tool_call>search\n<arg_key>q</arg_key>\n<arg_value>冰芯</arg_value>\n</tool_call>"),
        _ONE,
    ),
    "MiniMax": (
        Behaviour(
            '<minimax:tool_call>\n<invoke name="search">\n<parameter name="q">冰芯</parameter>\n</invoke>\n'
            "</minimax:tool_call>"
        ),
        _ONE,
    ),
    "JSON in a fence": (Behaviour('```json\n{"name": "search", "arguments": {"q": "冰芯"}}\n```'), _ONE),
    "the protocol's own JSON": (Behaviour(json.dumps({"tool_calls": _WHOLE})), _BOTH),
    "ReAct": (Behaviour('{"action": "search", "action_input": {"q": "冰芯"}}'), _ONE),
    "harmony": (
        Behaviour(
            "<|channel|>analysis<|message|>We search.<|end|><|start|>assistant<|channel|>commentary "
            'to=functions.search <|constrain|>json<|message|>{"q": "冰芯"}<|call|>'
        ),
        _ONE,
    ),
    "refused by the server (Groq)": (
        Behaviour(
            status=400,
            content_type="application/json",
            body=json.dumps(
                {
                    "error": {
                        "message": "Failed to call a function. Please adjust your prompt.",
                        "code": "tool_use_failed",
                        "failed_generation": '<function=search>{"q": "冰芯"}</function>',
                    }
                }
            ),
        ),
        _ONE,
    ),
}


@pytest.mark.parametrize("form", CALLS)
async def test_calls_come_out_whatever_their_form(form: str, server: OpenAIServer) -> None:
    behaviour, expected = CALLS[form]
    server.will(behaviour)

    reply = await heard(endpoint(server), tools=TOOLS)

    assert tuple((call.name, call.arguments) for call in reply.calls) == expected
    assert len({call.id for call in reply.calls}) == len(expected) and reply.text == ""


async def test_words_before_a_call_are_given_and_its_text_is_not(server: OpenAIServer) -> None:
    server.will(
        Behaviour('我先查。\n\n```json\n{"name": "search", "arguments": {"q": "冰芯"}}\n```', piece_size=1)
    )

    reply = await heard(endpoint(server), tools=TOOLS)

    assert reply.text.strip() == "我先查。" and [call.name for call in reply.calls] == ["search"]


@pytest.mark.parametrize(
    "text",
    [
        '{"claims": [\n {"text": "It is.", "cites": [1], "kind": "fact"}\n]}',
        '```json\n{"claims": []}\n```',
        '<tool_call>{"name": "rm_rf", "arguments": {}}</tool_call>',
        "A list:\n[2] {a} analysis of it\n\n- one",
    ],
)
async def test_text_that_is_no_call_stays_text(text: str, server: OpenAIServer) -> None:
    server.will(Behaviour(text, piece_size=2))

    reply = await heard(endpoint(server), tools=TOOLS)

    assert (reply.text, reply.calls) == (text, ())


async def test_arguments_that_are_no_object_are_kept_as_written(server: OpenAIServer) -> None:
    server.will(Behaviour(deltas=({"tool_calls": _native(("c1", "search", '{"q": "冰'))},)))

    reply = await heard(endpoint(server), tools=TOOLS)

    assert reply.calls == (ToolCall("c1", "search", {}, '{"q": "冰'),)


async def test_conversation_goes_on_with_calls_results_and_thoughts(server: OpenAIServer) -> None:
    call = {**_WHOLE[0], "extra_content": {"google": {"thought_signature": "s=="}}}
    server.will(Behaviour(deltas=({"reasoning_content": "hm"}, {"tool_calls": [call]})), Behaviour(SAID))
    chat = endpoint(server)
    reply = await heard(chat, tools=TOOLS)
    result = Message("tool", '{"hits": []}', answers=reply.calls[0].id)

    assert (await heard(chat, [*ASK, reply.turn(), result], tools=TOOLS)).text == SAID

    asked, answered = server.requests[1]["messages"][2:]
    assert asked["reasoning_content"] == "hm"
    assert asked["tool_calls"][0]["extra_content"] == call["extra_content"]
    assert json.loads(asked["tool_calls"][0]["function"]["arguments"]) == {"q": "冰芯"}
    assert answered == {"role": "tool", "tool_call_id": "c1", "content": '{"hits": []}'}


@pytest.mark.parametrize("mode", ["json", "off"])
async def test_tool_mode_of_the_settings(mode: Any, server: OpenAIServer) -> None:
    server.will(Behaviour('{"tool_calls": [{"name": "search", "arguments": {"q": "冰芯"}}]}'))
    call = ToolCall("c0", "search", {"q": "雪"})
    talk = [*ASK, Message("assistant", "", (call,)), Message("tool", "nothing", answers="c0")]

    reply = await heard(endpoint(server, tool_mode=mode), talk, tools=TOOLS)

    sent = server.requests[0]
    assert "tools" not in sent and {turn["role"] for turn in sent["messages"]} <= {
        "system",
        "user",
        "assistant",
    }
    assert sent["messages"][-1]["content"] == "Result of search:\nnothing"
    assert ("get_record" in sent["messages"][0]["content"]) == (mode == "json")
    assert [one.name for one in reply.calls] == (["search"] if mode == "json" else [])
