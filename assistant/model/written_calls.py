"""Calls of tools that a model wrote into its text, in the forms that chat templates teach."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from itertools import count
from typing import Any

from assistant.model.messages import ToolCall

MARKS = (
    "<tool_call>", "<tool_calls>", "<function=", "<function_call>", "<function_calls>", "<invoke ",
    "<｜DSML｜", "<minimax:tool_call>", "[TOOL_CALLS]", "<|python_tag|>", "<｜tool▁calls▁begin｜>",
    "<｜tool▁call▁begin｜>", "<|tool_calls_section_begin|>", "<|tool_call_begin|>",
)  # fmt: skip
"""How calls begin with Qwen and Hermes, Llama, Anthropic's form, DeepSeek, MiniMax, Mistral and Kimi."""
_WRAPPED = ("tool_calls", "function_call", "function")
_NAMES = ("name", "tool", "tool_name", "function", "action", "recipient_name")
_ARGUMENTS = ("arguments", "parameters", "args", "input", "action_input", "tool_input")
KEYS = frozenset((*_WRAPPED, *_NAMES, *_ARGUMENTS[:2]))
"""What an object that is a call can begin with."""
_DECODER = json.JSONDecoder()

_TOKENS = re.compile(  # DeepSeek and Kimi: one call between marks of its own
    r"<[｜|]tool[▁_]call[▁_]begin[｜|]>(.*?)<(?:[｜|]tool[▁_]sep[｜|]|\|tool_call_argument_begin\|)>"
    r"(.*?)(?:<[｜|]tool[▁_]call[▁_]end[｜|]>|$)",
    re.S,
)
_HARMONY = re.compile(
    r"(?:assistant\s*)?(?:<\|channel\|>\s*\w*\s*)?to=([\w.:-]+)[^{]*?<\|message\|>(.*?)(?:<\|call\|>|<\|end\|>|$)",
    re.S,
)
_BROKEN = re.compile(r"<tool_call>\s*(\{\s*\"name\"\s*:\s*\"([\w.-]+)\".*?)(?:</tool_call>|$)", re.S)
_INVOKE = re.compile(
    r"<(?:invoke name=\"([^\"]+)\"|function=([\w.-]+))\s*>(.*?)(?:</(?:invoke|function)>|$)", re.S
)
_PARAMETER = re.compile(
    r"<parameter(?: name=\"([^\"]+)\"|=([\w.-]+))[^>]*>(.*?)(?:</parameter>|(?=<parameter)|$)", re.S
)
_PAIR = re.compile(r"<arg_key>(.*?)</arg_key>\s*<arg_value>(.*?)(?:</arg_value>|$)", re.S)
_GLM = re.compile(r"<tool_call>\s*([\w.-]+)\s*(?=<arg_key>|</tool_call>)(.*?)(?:</tool_call>|$)", re.S)
_MISTRAL = re.compile(r"\[TOOL_CALLS\]\s*([\w.-]+)(?:\[CALL_ID\]\w+)?(?:\[ARGS\])?\s*(?=\{)")
_AROUND = re.compile(
    r"<\|eom_id\|>|</?(?:tool_calls?|function_calls?|minimax:tool_call|\w+:function_calls)>|<\|python_tag\|>|\[TOOL_CALLS\]"
    r"|<[｜|]tool[▁_]calls(?:[▁_]section)?[▁_](?:begin|end)[｜|]>|```\w*"
)

Found = tuple[int, int, str, Any]
"""Begin and end in the text, the name and the arguments."""


def calls_in(text: str, names: Collection[str]) -> tuple[tuple[ToolCall, ...], str]:
    """The calls of tools that exist which are written in a text, and what else stands there."""
    text = text.replace("｜DSML｜", "").replace("antml:", "")
    found: list[Found] = []
    for start, end, name, arguments in [*_marked(text), *_objects(text, names)]:
        bare = name.strip().removeprefix("functions.").partition(":")[0]
        free = all(
            end <= begun or start >= ended or (start, end) == (begun, ended) for begun, ended, *_ in found
        )
        if bare in names and free:
            found.append((start, end, bare, arguments))
    found.sort(key=lambda one: one[:2])
    rest, at = "", 0
    for start, end, *_ in found:
        rest, at = rest + text[at:start], max(at, end)
    numbers = count()
    calls = tuple(made(f"call_{next(numbers)}", name, told) for _, _, name, told in found)
    return calls, _AROUND.sub("", rest + text[at:]).strip() if calls else text


def made(id_: str, name: str, told: Any, extra: Mapping[str, Any] | None = None) -> ToolCall:
    """A call with its arguments, an object or one that is written; what is none of both is kept."""
    if isinstance(told, str):
        try:
            told, written = json.loads(told.strip() or "{}"), told
        except ValueError:
            return ToolCall(id_, name, {}, told, extra)
    else:
        written = json.dumps(told, ensure_ascii=False)
    if isinstance(told, str):  # encoded twice
        return made(id_, name, told, extra) if told != written else ToolCall(id_, name, {}, written, extra)
    if isinstance(told, dict):
        return ToolCall(id_, name, told, "", extra)
    return ToolCall(id_, name, {}, written, extra)


def _marked(text: str) -> Iterator[Found]:
    """Calls between marks."""
    for match in _TOKENS.finditer(text):
        head, body = match[1], match[2]
        if head.strip() == "function":  # DeepSeek R1: the name stands behind, the arguments in a fence
            head, _, body = body.partition("\n")
        yield match.start(), match.end(), head, _unfenced(body)
    for match in _HARMONY.finditer(text):
        yield match.start(), match.end(), match[1], match[2]
    for match in _INVOKE.finditer(text):
        pairs = {one[1] or one[2]: _value(one[3]) for one in _PARAMETER.finditer(match[3])}
        yield match.start(), match.end(), match[1] or match[2], pairs or _unfenced(match[3])
    for match in _GLM.finditer(text):
        pairs = {one[1].strip(): _value(one[2]) for one in _PAIR.finditer(match[2])}
        yield match.start(), match.end(), match[1], pairs
    for match in _MISTRAL.finditer(text):
        try:
            told, end = _DECODER.raw_decode(text, match.end())
        except ValueError:
            told, end = text[match.end() :], len(text)
        yield match.start(), end, match[1], told
    for match in _BROKEN.finditer(text):
        try:
            _DECODER.raw_decode(match[1])
        except ValueError:
            yield match.start(), match.end(), match[2], match[1]


def _objects(text: str, names: Collection[str]) -> Iterator[Found]:
    """Calls as JSON, bare, in a fence or between marks."""
    at = 0
    while match := re.compile(r"[\[{]").search(text, at):
        try:
            told, at = _DECODER.raw_decode(text, match.start())
        except ValueError:
            at = match.end()
            continue
        for name, arguments in _calls_of(told, names):
            yield match.start(), at, name, arguments


def _calls_of(told: Any, names: Collection[str]) -> Iterator[tuple[str, Any]]:
    if isinstance(told, list):
        for one in told:
            yield from _calls_of(one, names)
        return
    if not isinstance(told, dict):
        return
    inner = next((told[key] for key in _WRAPPED if told.get(key)), None)
    if isinstance(inner, dict | list):
        yield from _calls_of(inner, names)
        return
    name = next((told[key] for key in _NAMES if isinstance(told.get(key), str)), None)
    if name is not None:
        yield name, next((told[key] for key in _ARGUMENTS if key in told), {})
    elif len(told) == 1 and isinstance(only := next(iter(told)), str) and only in names:
        yield only, told[only]


def _unfenced(body: str) -> str:
    return re.sub(r"^\s*```\w*\s*|\s*```\s*$", "", body).strip()


def _value(written: str) -> Any:
    """A parameter: a number, list or object where it reads as one, else the words."""
    bare = written.strip("\n")
    try:
        return json.loads(bare)
    except ValueError:
        return bare
