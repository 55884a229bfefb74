"""Whatever a language model's server does, the whole assistant ends in a good answer within the budget."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial

import pytest

from assistant import replies
from assistant.access import PUBLIC
from assistant.breaker import Breaker
from assistant.chat import Call, FallbackChat, Message, OpenAIChat, load_client
from assistant.citations import check
from assistant.errors import ModelUnavailable
from assistant.records import Language
from endpoints import published_text
from settings import Settings
from storage.model_tokens import ModelTokens
from tests.assistant.model_kewen import Told, told, use_model
from tests.conftest import OpenCopy
from tests.fakes import ScriptedChat, words
from tests.openai_server import Asked, Behaviour, OpenAIServer, Refusal, refused_url, running_server
from wiring import Kewen, build_driver

BUDGET_S = 8.0
SHORT_S = 0.6
"""For what runs into its budget; the rest gets time enough on a busy machine."""
QUESTION: dict[Language, str] = {
    "zh": "青岚冰雪科学数据中心怎么申请数据？",
    "en": "How do I apply for data of the Qinglan Snow and Ice Data Center?",
}
GOOD: dict[Language, str] = {
    "zh": "申请前先用单位邮箱注册账号[2]。检索数据集并填写用途说明[2]。"
    "审核通过后下载，论文中标注数据来源[2]。\n",
    "en": "Register with an institutional e-mail address [2]. Find the dataset and state the purpose of use "
    "[2]. Download after review and cite the data in papers [2].\n",
}


@dataclass(frozen=True)
class Fault:
    """What the server does, which model's or composer's text comes of it, and the reason told."""

    behaviours: tuple[Behaviour, ...]
    reason: str | None
    short: bool = False


def _always(behaviour: Behaviour, reason: str | None, *, short: bool = False) -> Fault:
    return Fault((behaviour,), reason, short)


def _refuses(*names: str) -> Callable[[Asked], Refusal]:
    """A server that refuses these parameters, one after the other, by name."""

    def refuse(asked: Asked) -> Refusal:
        name = next((one for one in names if one in asked), None)
        return (
            (400, {"error": {"message": f"Unsupported parameter: '{name}'", "param": name}}) if name else None
        )

    return refuse


FAULTS = {
    "slow first byte": _always(Behaviour(first_delay_s=3), "timeout", short=True),
    "slow drip": _always(Behaviour(GOOD["zh"] * 9, piece_size=2, piece_delay_s=0.05), "timeout", short=True),
    "429": _always(Behaviour(status=429), "quota"),
    "429, Retry-After 40 s": _always(Behaviour(status=429, headers={"Retry-After": "40"}), "quota"),
    "429, Retry-After 0.05 s": Fault(
        (Behaviour(status=429, headers={"Retry-After": "0.05"}), Behaviour(GOOD["zh"])), None
    ),
    "500": _always(Behaviour(status=500), "server_error"),
    "401": _always(Behaviour(status=401), "refused"),
    "invalid JSON": _always(Behaviour(body='data: {"choices": [{"delta"\n\n'), "garbage"),
    "wrong content type": _always(Behaviour(body="<html>Hi</html>", content_type="text/html"), "garbage"),
    "cut in mid-word": _always(Behaviour(GOOD["zh"], cut_after=31), "cut"),
    "out of tokens": _always(Behaviour(GOOD["zh"] + "下载后须", finish="length"), None),
    "endless stream": _always(Behaviour(GOOD["zh"], piece_size=400, endless=True), "too_long"),
    "no finish_reason": _always(Behaviour(GOOD["zh"], finish=None), None),
    "one JSON object to a stream": _always(Behaviour(GOOD["zh"], whole=True), None),
    "comments, carriage returns, no [DONE]": _always(
        Behaviour(GOOD["zh"], noise=": busy\n\n", feed="\r\n", ends=False), None
    ),
    "error with status 200": _always(Behaviour(body='{"error": {"message": "busy"}}'), "server_error"),
    "refusal field": _always(Behaviour(deltas=({"refusal": "I can't help with that."},)), "declined"),
    "thoughts in a field of their own": _always(
        Behaviour(deltas=({"reasoning_content": "样品每份收费300元[1]。"}, {"content": GOOD["zh"]})), None
    ),
    "thoughts in front": _always(Behaviour(f"<thought>样品每份收费300元[1]。</thought>{GOOD['zh']}"), None),
    "channels of harmony": _always(
        Behaviour(
            "<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>"
            + GOOD["zh"]
        ),
        None,
    ),
    "all tokens spent on thoughts, once": Fault(
        (Behaviour(deltas=({"reasoning_content": "hm"},), finish="length"), Behaviour(GOOD["zh"])), None
    ),
    "all tokens spent on thoughts": _always(
        Behaviour(deltas=({"reasoning_content": "hm"},), finish="length"), "empty"
    ),
    "a parameter that is refused": _always(
        Behaviour(GOOD["zh"], refuses=_refuses("temperature", "stream_options", "max_tokens")), None
    ),
    "a refusal that names nothing": _always(Behaviour(refuses=lambda _: (422, {"detail": "no"})), "refused"),
    "no such model": _always(
        Behaviour(refuses=lambda _: (404, {"error": {"message": "The model `toy` does not exist."}})),
        "refused",
    ),
    "an account without money": _always(
        Behaviour(refuses=lambda _: (402, {"error": {"message": "Insufficient Balance"}})), "quota"
    ),
    "a call of a tool that nobody offered": _always(
        Behaviour('<tool_call>{"name": "pay", "arguments": {}}</tool_call>'), "unsupported"
    ),
    "empty answer": _always(Behaviour(""), "empty"),
    "only thoughts": _always(Behaviour("<think>hm</think>"), "empty"),
    "other language": _always(Behaviour(GOOD["en"]), "unsupported"),
    "no markers": _always(Behaviour(GOOD["zh"].replace("[2]", "")), "unsupported"),
    "invented markers": _always(Behaviour(GOOD["zh"].replace("[2]", "[7]")), "unsupported"),
    "invented facts": _always(Behaviour("该中心有气象塔 99 座，电话 010-11112222[1]。"), "unsupported"),
    "no markers, then markers": Fault(
        (Behaviour(GOOD["zh"].replace("[2]", "")), Behaviour(GOOD["zh"])), None
    ),
}


@pytest.fixture(scope="module")
def server() -> Iterator[OpenAIServer]:
    with running_server() as server:
        yield server


@pytest.fixture(scope="module")
def kewen(open_toy: OpenCopy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kewen]:
    opened = open_toy(tmp_path_factory.mktemp("faults"))
    yield opened
    opened.close()


@pytest.fixture(scope="module", autouse=True)
def client_library() -> None:
    """Loaded when Kewen opens: it is not what the budgets are for."""
    load_client()


def endpoint(url: str, budget_s: float, calls: list[Call] | None = None, name: str = "toy") -> Breaker:
    on_call = calls.append if calls is not None else None
    chat = OpenAIChat(url, None, name, budget_s, max_characters=4000, on_call=on_call)
    return Breaker(chat, patience_s=budget_s / 3)


def assert_good(one: Told, language: Language = "zh") -> None:
    """An answer, checked and cited."""
    answer = one.answer
    assert answer.status == "answered" and answer.language == language and answer.citations
    by_composer = answer.generated_by == "composer"
    assert by_composer or answer.generated_by.startswith("llm:")
    fixed = [text.in_(language) for text in (replies.STEPS, replies.STEPS_COMMON)]
    urls = [card.url for card in answer.resources if card.url]
    checked = check(
        answer.text, answer.citations, language=language, urls=urls, fixed=fixed, by_line=by_composer
    )
    assert (checked.verdict, checked.removed) == ("good", ())


@pytest.mark.parametrize("fault", FAULTS)
async def test_fault_ends_in_a_good_answer(fault: str, server: OpenAIServer, kewen: Kewen) -> None:
    case = FAULTS[fault]
    budget_s = SHORT_S if case.short else BUDGET_S
    server.will(*case.behaviours)
    use_model(kewen, endpoint(server.base_url, budget_s), budget_s)

    one = await told(kewen, QUESTION["zh"])

    assert_good(one)
    if case.reason is None:
        assert one.answer.generated_by == "llm:toy" and one.answer.notices == ()
        assert one.shown.strip() == GOOD["zh"].strip()
    else:
        assert one.answer.generated_by == "composer"
        assert one.answer.notices == (replies.model_failed(case.reason, "zh"),)
        replaced = one.shown != one.answer.text
        assert (replies.STATUS_REPLACED.zh in one.statuses) == replaced


async def test_nobody_listens(kewen: Kewen) -> None:
    use_model(kewen, endpoint(refused_url(), BUDGET_S), BUDGET_S)

    one = await told(kewen, QUESTION["en"])

    assert_good(one, "en")
    assert one.answer.notices == (replies.model_failed("unreachable", "en"),)


async def test_invented_sentence_among_good_ones_gives_way_to_the_words_of_the_record(
    server: OpenAIServer, kewen: Kewen
) -> None:
    server.will(Behaviour(GOOD["zh"].strip() + "样品每份收费300元[2]。\n"))
    use_model(kewen, endpoint(server.base_url, BUDGET_S), BUDGET_S)

    one = await told(kewen, QUESTION["zh"])

    assert_good(one)
    assert one.answer.generated_by == "llm:toy" and "300" not in one.answer.text + one.shown
    assert one.answer.notices == ()


async def test_rejected_text_comes_back_to_the_model_with_the_reasons(
    server: OpenAIServer, kewen: Kewen
) -> None:
    server.will(Behaviour(GOOD["en"].replace(" [2]", "")), Behaviour(GOOD["en"]))
    use_model(kewen, endpoint(server.base_url, BUDGET_S), BUDGET_S)

    one = await told(kewen, QUESTION["en"])

    assert one.answer.generated_by == "llm:toy"
    again = server.requests[1]["messages"]
    assert [turn["role"] for turn in again] == ["system", "user", "assistant", "user"]
    assert "no evidence is cited" in again[-1]["content"]


async def test_second_try_is_left_out_where_it_would_break_the_budget(
    server: OpenAIServer, kewen: Kewen
) -> None:
    server.will(Behaviour(GOOD["zh"].replace("[2]", ""), first_delay_s=3.3))
    use_model(kewen, endpoint(server.base_url, 10.0), 6.0)

    one = await told(kewen, QUESTION["zh"])

    assert_good(one)
    assert len(server.requests) == 1


@pytest.mark.parametrize("first", ["slow first byte", "500", "empty answer"])
async def test_second_endpoint_answers_within_the_same_budget(
    first: str, server: OpenAIServer, kewen: Kewen
) -> None:
    budget_s = 4.0
    server.will(Behaviour(first_delay_s=9) if first == "slow first byte" else FAULTS[first].behaviours[0])
    second = ScriptedChat(GOOD["zh"], name="second")
    chat = FallbackChat(endpoint(server.base_url, budget_s), second, timeout_s=budget_s)
    use_model(kewen, chat, budget_s)

    one = await told(kewen, QUESTION["zh"])

    assert_good(one)
    assert one.answer.generated_by == "llm:second" and one.answer.notices == ()


async def test_both_endpoints_slow_end_within_one_budget(server: OpenAIServer, kewen: Kewen) -> None:
    server.will(Behaviour(first_delay_s=9))
    both = [endpoint(server.base_url, 1.0, name=name) for name in ("first", "second")]
    use_model(kewen, FallbackChat(both[0], both[1], timeout_s=1.0), 1.0)

    one = await told(kewen, QUESTION["zh"])

    assert_good(one)
    assert one.answer.notices == (replies.model_failed("timeout", "zh"),)


async def test_failing_endpoint_is_left_alone_and_the_composer_answers_at_once(
    server: OpenAIServer, kewen: Kewen
) -> None:
    server.will(Behaviour(status=500, headers={"Retry-After": "60"}))
    chat = endpoint(server.base_url, BUDGET_S)
    use_model(kewen, chat, BUDGET_S)

    answers = [await told(kewen, QUESTION["zh"]) for _ in range(4)]

    assert len(server.requests) == 3 and chat.state == "open"
    assert answers[3].answer.notices == (replies.model_failed("resting", "zh"),)
    assert answers[3].answer.text == answers[0].answer.text


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


async def said(chat: Breaker) -> str:
    try:
        return await words(chat.stream([Message("user", "?")]))
    except ModelUnavailable as error:
        return error.reason


async def test_probe_after_the_rest_closes_the_circuit_or_doubles_the_rest() -> None:
    clock, chat = Clock(), ScriptedChat(ModelUnavailable(reason="timeout"))
    breaker = Breaker(chat, failures=2, rest_s=10, clock=clock)

    assert [await said(breaker) for _ in range(3)] == ["timeout", "timeout", "resting"]
    clock.now = 10.0
    assert [await said(breaker) for _ in range(2)] == ["timeout", "resting"]
    clock.now = 20.0
    assert (await said(breaker), breaker.state) == ("resting", "open")
    clock.now = 30.0
    chat.will_say("Back.")
    assert (breaker.state, await said(breaker), breaker.state) == ("half_open", "Back.", "closed")
    assert len(chat.asked) == 4


async def test_only_one_probe_is_let_through_at_a_time() -> None:
    clock, chat = Clock(), ScriptedChat(ModelUnavailable(reason="timeout"))
    breaker = Breaker(chat, failures=1, rest_s=10, clock=clock)
    await said(breaker)
    clock.now = 10.0
    chat.will_say("Long words.")

    probe = breaker.stream([Message("user", "?")])
    first = await anext(probe)
    meanwhile = await said(breaker)
    await probe.aclose()

    assert (first, meanwhile, breaker.state) == ("Long ", "resting", "half_open")


async def test_longer_wait_that_the_server_asks_for_is_kept() -> None:
    clock = Clock()
    quota = ModelUnavailable(reason="quota", retry_after_s=120)
    breaker = Breaker(ScriptedChat(quota), failures=1, rest_s=10, clock=clock)
    await said(breaker)
    clock.now = 119.0

    assert breaker.state == "open"


async def test_a_question_the_model_declines_is_no_failure_of_its_endpoint() -> None:
    breaker = Breaker(ScriptedChat(ModelUnavailable(reason="declined")), failures=1)

    assert [await said(breaker) for _ in range(2)] == ["declined", "declined"]


async def test_wiring_joins_endpoints_budget_and_counts(server: OpenAIServer, kewen: Kewen) -> None:
    server.will(Behaviour(GOOD["zh"]))
    calls: list[Call] = []
    settings = Settings(
        _env_file=None,
        llm_base_url=refused_url(),
        llm_model="first",
        llm_fallback_base_url=server.base_url,
        llm_fallback_model="second",
        llm_timeout_s=BUDGET_S,
    )
    kewen.seen_by(PUBLIC).assistant._driver = build_driver(settings, kewen.embedder, calls.append)

    one = await told(kewen, QUESTION["zh"])

    assert_good(one)
    assert one.answer.generated_by == "llm:second"
    assert [(call.model, call.outcome, call.prompt_tokens, call.completion_tokens) for call in calls] == [
        ("first", "unreachable", None, None),
        ("second", "ok", 11, 7),
    ]


async def test_tokens_of_the_day_are_spent_and_the_composer_says_so(
    server: OpenAIServer, kewen: Kewen
) -> None:
    server.will(Behaviour(GOOD["zh"]))
    settings = Settings(_env_file=None, llm_base_url=server.base_url, llm_model="toy", llm_tokens_per_day=20)
    kewen.seen_by(PUBLIC).assistant._driver = build_driver(
        settings, kewen.embedder, ledger=ModelTokens(kewen.database)
    )

    before = [await told(kewen, QUESTION["zh"]) for _ in range(2)]
    after = await told(kewen, QUESTION["zh"])

    assert [one.answer.generated_by for one in before] == ["llm:toy"] * 2 and len(server.requests) == 2
    assert ModelTokens(kewen.database).spent(date.today()) == 36
    assert_good(after)
    assert after.answer.notices == (replies.model_failed("allowance", "zh"),)


async def test_numbers_of_the_asker_do_not_leave_the_house(server: OpenAIServer, kewen: Kewen) -> None:
    server.will(Behaviour(GOOD["zh"]))
    settings = Settings(_env_file=None, llm_base_url=server.base_url, llm_model="toy")
    kewen.seen_by(PUBLIC).assistant._driver = build_driver(
        settings, kewen.embedder, published=partial(published_text, kewen.corpus)
    )
    own = "我叫李雷，电话13812345678，邮箱li.lei@inst.example.cn，身份证11010519491231002X。"

    first = await told(kewen, own + QUESTION["zh"])
    await told(kewen, "那怎么收费？", conversation_id=first.answer.conversation_id)

    sent = json.dumps(server.requests, ensure_ascii=False)
    assert "青岚" in sent and "（电话已隐去）" in sent
    assert not any(one in sent for one in ("13812345678", "li.lei", "11010519491231002X"))
