"""A language model at the wheel, over real HTTP: tools, rounds, budget, rights, what may be shown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from assistant import replies
from assistant.access import PUBLIC, Asker
from assistant.chat import load_client
from assistant.driving.driver import ANSWER_NOW, ROUNDS
from assistant.tools.calling import offered
from tests.assistant.model_kewen import Told, told, use_model
from tests.assistant.test_faults import endpoint
from tests.conftest import OpenCopy
from tests.openai_server import Behaviour, OpenAIServer, running_server
from wiring import Kewen

SNOW = "青岚冰雪科学数据中心怎么申请数据？"
RULES = "qinglan-data-rules-2021"
BUDGET_S = 90.0
Messages = list[dict[str, Any]]


@pytest.fixture(scope="module")
def server() -> Iterator[OpenAIServer]:
    load_client()
    with running_server() as server:
        yield server


@pytest.fixture(scope="module")
def kewen(open_toy: OpenCopy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kewen]:
    opened = open_toy(tmp_path_factory.mktemp("driving"))
    yield opened
    opened.close()


def calls(*wanted: tuple[str, dict[str, Any] | str]) -> Behaviour:
    """A reply that calls tools by the protocol."""
    told = [
        {
            "index": at,
            "id": f"call{at}",
            "type": "function",
            "function": {
                "name": name,
                "arguments": said if isinstance(said, str) else json.dumps(said, ensure_ascii=False),
            },
        }
        for at, (name, said) in enumerate(wanted)
    ]
    return Behaviour(deltas=({"tool_calls": told},), finish="tool_calls")


def claim(text: str, cites: int, quote: str, kind: str = "fact", **more: Any) -> dict[str, Any]:
    return {"text": text, "cites": [cites], "quote": quote, "kind": kind, "on": [], **more}


def answer(*claims: dict[str, Any], status: str = "answered", **more: Any) -> Behaviour:
    return Behaviour(json.dumps({"status": status, **more, "claims": claims}, ensure_ascii=False))


def number_of(messages: Messages, title: str, locator: str) -> int:
    """The number that a place of evidence got, wherever it was told."""
    whole = "\n".join(one.get("content") or "" for one in messages)
    found = re.search(rf"^\[(\d+)\] {re.escape(title)} · {locator}", whole, re.M)
    assert found, f"{title} is not told:\n{whole[-1500:]}"
    return int(found[1])


def answering(title: str, locator: str, text: str, quote: str) -> Behaviour:
    """A reply that cites a place by the number it got on the way."""

    def say(messages: Messages) -> str:
        said = answer(claim(text, number_of(messages, title, locator), quote)).text
        assert isinstance(said, str)
        return said

    return Behaviour(say)


async def asked(
    kewen: Kewen,
    server: OpenAIServer,
    question: str,
    *behaviours: Behaviour,
    budget_s: float = BUDGET_S,
    **more: Any,
) -> Told:
    """The question asked of a Kewen whose model behaves so."""
    server.will(*behaviours)
    asker = more.get("asker", PUBLIC)
    use_model(kewen, endpoint(server.base_url, budget_s), budget_s, asker)
    return await told(kewen, question, **more)


def results(server: OpenAIServer, call: int) -> list[str]:
    """What the tools gave to the n-th call of the model."""
    return [one["content"] for one in server.requests[call]["messages"] if one["role"] == "tool"]


async def test_what_the_rules_missed_is_searched_for_and_answered_with_its_own_evidence(
    kewen: Kewen, server: OpenAIServer
) -> None:
    one = await asked(
        kewen,
        server,
        SNOW,
        calls(("search_statements", {"query": "水稻种子"}), ("get_record", {"id": "ruomu-rice-bank"})),
        answering(
            kewen.corpus.by_id["ruomu-rice-bank"].name.zh,
            "overview",
            "这个库的类型是种质资源。",
            "类型：种质资源",
        ),
    )

    assert one.answer.generated_by == "llm:toy" and one.answer.status == "answered"
    assert [c.id for c in one.answer.citations] == ["ruomu-rice-bank"]
    assert [c.id for c in one.answer.resources] == ["ruomu-rice-bank"]
    assert one.answer.text.startswith("这个库的类型是种质资源[1]")
    assert len(results(server, 1)) == 2, "independent calls are answered in one round"
    for text in (replies.USING["search_statements"].zh, "若木"):
        assert any(text in status for status in one.statuses)
    names = [tool["function"]["name"] for tool in server.requests[0]["tools"]]
    assert names == [tool.name for tool in offered()]


async def test_rules_in_front_are_the_same_for_every_question_and_language(
    kewen: Kewen, server: OpenAIServer
) -> None:
    fronts = []
    for question in (SNOW, "How do I apply for data of the Qinglan Snow and Ice Data Center?"):
        await asked(kewen, server, question, answer(status="draft"))
        fronts.append((server.requests[0]["messages"][0], server.requests[0]["tools"]))

    assert fronts[0] == fronts[1]
    assert fronts[0][0]["role"] == "system" and len(fronts[0][0]["content"]) > 5000


async def test_draft_stands_where_the_model_says_so(kewen: Kewen, server: OpenAIServer) -> None:
    one = await asked(kewen, server, SNOW, answer(status="draft"))

    assert one.answer.generated_by == "composer" and one.answer.notices == ()
    assert one.shown == one.answer.text and one.answer.citations


@pytest.mark.parametrize(
    ("wanted", "fault"),
    [
        (("find_everything", {}), "There is no tool 'find_everything'"),
        (("get_record", {}), "id: Field required"),
        (("get_record", '{"id": "ruomu'), "id: Field required"),
        (("get_record", {"id": "no-such"}), "There is no record 'no-such'"),
        (("list_records", {"where": [{"field": "colour", "values": ["red"]}]}), "There is no field 'colour'"),
        (("list_records", {"where": [{"field": "type", "values": ["star"]}]}), "use scientific_data"),
        (("get_article_as_of", {"policy_id": "ruomu-rice-bank", "articles": ["1"]}), "is no document"),
        (
            ("get_article_as_of", {"policy_id": "qinglan-data-rules-2021", "articles": ["1"], "as_of": "x"}),
            "is no day",
        ),
        (("compare_records", {"ids": ["ruomu-rice-bank"]}), "compare 2 to 5"),
    ],
)
async def test_bad_call_is_told_what_is_wrong_and_the_answer_goes_on(
    wanted: tuple[str, Any], fault: str, kewen: Kewen, server: OpenAIServer
) -> None:
    one = await asked(kewen, server, SNOW, calls(wanted), answer(status="draft"))

    assert fault in results(server, 1)[0]
    assert one.answer.status == "answered" and one.answer.notices == ()


async def test_calls_written_as_text_are_carried_out(kewen: Kewen, server: OpenAIServer) -> None:
    written = {"calls": [{"tool": "get_record", "arguments": {"id": "ruomu-wheat-bank"}}]}
    name = kewen.corpus.by_id["ruomu-wheat-bank"].name.zh  # type: ignore[union-attr]
    one = await asked(
        kewen,
        server,
        SNOW,
        Behaviour(json.dumps(written)),
        answering(name, "overview", "这个库的类型是种质资源。", "类型：种质资源"),
    )

    assert one.answer.generated_by == "llm:toy"
    assert [c.id for c in one.answer.citations] == ["ruomu-wheat-bank"]


async def test_rounds_end_and_the_deterministic_answer_stands(kewen: Kewen, server: OpenAIServer) -> None:
    one = await asked(kewen, server, SNOW, calls(("search_statements", {"query": "冰川"})))

    assert one.answer.generated_by == "composer"
    assert one.answer.notices == (replies.model_failed("unsupported", "zh"),)
    assert len(server.requests) == ROUNDS + 2
    assert results(server, ROUNDS + 1)[-1] == ANSWER_NOW


async def test_budget_holds_over_all_rounds(kewen: Kewen, server: OpenAIServer) -> None:
    one = await asked(
        kewen,
        server,
        SNOW,
        calls(("search_statements", {"query": "冰川"})),
        Behaviour(first_delay_s=5),
        budget_s=1.5,
    )

    assert one.answer.generated_by == "composer" and one.answer.status == "answered"
    assert one.answer.notices == (replies.model_failed("timeout", "zh"),)


async def test_tools_show_what_the_asker_may_see_and_no_more(kewen: Kewen, server: OpenAIServer) -> None:
    wanted = calls(
        ("get_record", {"id": "xingcha-member-archive"}),
        ("search_statements", {"query": "陨石薄片扫描图像"}),
        ("list_records", {"where": [{"field": "words", "values": ["陨石"]}]}),
    )
    await asked(kewen, server, SNOW, wanted, answer(status="draft"))
    public = results(server, 1)
    await asked(kewen, server, SNOW, wanted, answer(status="draft"), asker=Asker("member"))
    member = results(server, 1)

    assert "There is no record" in public[0] and "0 records" in public[2]
    assert "星槎" not in "".join(public) and "xingcha" not in "".join(public[1:])
    assert all("星槎陨石归档平台" in one for one in member)


async def test_list_is_the_exact_set_of_the_tool(kewen: Kewen, server: OpenAIServer) -> None:
    where = [{"field": "type", "values": ["germplasm"]}]
    one = await asked(
        kewen, server, "有哪些种子库？", calls(("list_records", {"where": where})), answer(set="s1")
    )
    ids = [one.id for one in kewen.corpus.resources if one.type == "germplasm" and one.visibility == "public"]

    assert one.answer.set is not None and sorted(one.answer.set.ids) == sorted(ids)
    assert one.answer.query is not None
    assert [(c.field, c.value) for c in one.answer.query.conditions] == [("type", "germplasm")]
    assert str(len(ids)) in one.answer.text.splitlines()[0]
    assert one.answer.generated_by == "llm:toy"


async def test_set_that_no_tool_gave_is_no_answer(kewen: Kewen, server: OpenAIServer) -> None:
    one = await asked(kewen, server, SNOW, answer(set="s7"))

    assert one.answer.generated_by == "composer"
    assert one.answer.notices == (replies.model_failed("unsupported", "zh"),)


async def test_words_of_the_models_own_bound_no_shown_set(kewen: Kewen, server: OpenAIServer) -> None:
    where = [{"field": "words", "values": ["请转账到某账户"]}]
    one = await asked(kewen, server, SNOW, calls(("list_records", {"where": where})), answer(set="s1"))

    assert "转账" not in one.answer.model_dump_json() + one.shown


async def test_comparison_sets_the_fields_side_by_side(kewen: Kewen, server: OpenAIServer) -> None:
    ids = ["ruomu-rice-bank", "ruomu-wheat-bank"]
    one = await asked(
        kewen,
        server,
        "水稻库和小麦库在哪里？",
        calls(("compare_records", {"ids": ids})),
        answer(set="s1", fields=["host", "place"]),
    )

    assert one.answer.set is not None and list(one.answer.set.ids) == ids
    assert one.answer.query is not None and one.answer.query.operation == "compare"
    assert all(kewen.corpus.by_id[i].name.zh in one.answer.text for i in ids)  # type: ignore[union-attr]


async def test_verdict_tells_each_condition_with_the_askers_words(kewen: Kewen, server: OpenAIServer) -> None:
    rules = kewen.corpus.by_id[RULES]
    article = rules.articles[0]  # type: ignore[union-attr]
    quote = article.says.zh.split("。")[0]
    first = quote.split("，")[0]

    def say(messages: Messages) -> str:
        number = number_of(messages, rules.title.zh, article.no)  # type: ignore[union-attr]
        conditions = [
            {"text": quote, "quote": first, "state": "met", "asker": "要数据"},
            {"text": quote, "quote": first, "state": "met", "asker": "我是院士"},
        ]
        verdict = claim(quote, number, quote, "verdict", conditions=conditions)
        said = answer(verdict).text
        assert isinstance(said, str)
        return said

    one = await asked(
        kewen,
        server,
        "我要数据，要办什么？",
        calls(("get_article_as_of", {"policy_id": rules.id, "articles": [article.no]})),
        Behaviour(say),
    )

    assert one.answer.generated_by == "llm:toy"
    lines = [line for line in one.answer.text.splitlines() if line.startswith("- ")]
    assert replies.STANDING["met"].zh.format(words="要数据") in lines[0]
    assert lines[1].endswith(replies.STANDING["unknown"].zh) and "院士" not in one.answer.text
    assert replies.NOT_LEGAL_ADVICE.zh in one.answer.text


async def test_not_found_clarify_and_declined(kewen: Kewen, server: OpenAIServer) -> None:
    absent = await asked(kewen, server, SNOW, answer(status="not_found"))
    clarify = await asked(
        kewen,
        server,
        SNOW,
        answer(status="clarify", ask="您要冰川数据还是积雪数据？", follow_ups=["冰川数据怎么申请？"]),
    )
    bad = await asked(
        kewen,
        server,
        SNOW,
        answer(status="clarify", ask="请到 https://evil.example.net 登录？", follow_ups=["打 13800138000"]),
    )
    declined = await asked(kewen, server, SNOW, answer(status="declined"))

    assert absent.answer.status == "not_found" and replies.WAY_ON.zh in absent.answer.text
    assert (clarify.answer.status, clarify.answer.text) == ("clarify", "您要冰川数据还是积雪数据？")
    assert clarify.answer.follow_ups == ("冰川数据怎么申请？",)
    assert bad.answer.text == replies.CLARIFY_SUBJECT.zh and bad.answer.follow_ups == ()
    assert declined.answer.status == "declined"


async def test_the_model_is_told_the_talk_and_the_filters(kewen: Kewen, server: OpenAIServer) -> None:
    first = await asked(kewen, server, SNOW, answer(status="draft"))
    await asked(
        kewen, server, "它在哪里？", answer(status="draft"), conversation_id=first.answer.conversation_id
    )
    prompt = server.requests[0]["messages"][1]["content"]

    assert f"asker: {SNOW}" in prompt and "用单位邮箱注册账号" in prompt and "qinglan-snow-data" in prompt


@pytest.mark.parametrize("pieces", [1, 7, 4000])
async def test_claims_are_shown_as_they_come_whatever_the_pieces(
    pieces: int, kewen: Kewen, server: OpenAIServer
) -> None:
    said = answer(
        claim("申请前先用单位邮箱注册账号。", 2, "用单位邮箱注册账号"),
        claim("青岚冰雪科学数据中心的记录没有写到冰芯。", 1, "", "not_recorded"),
        claim("步骤：", 0, "", "connective"),
        claim("1. 检索数据集并填写用途说明", 2, "检索数据集并填写用途说明"),
        set="", fields=[], ask="", follow_ups=[],
    ).text  # fmt: skip
    one = await asked(kewen, server, f"{SNOW}有冰芯吗？", Behaviour(said, piece_size=pieces))

    assert one.answer.text == (
        "申请前先用单位邮箱注册账号[1]。在科问收录的青岚冰雪科学数据中心中没有找到：冰芯[2]。\n"
        "步骤：\n1. 检索数据集并填写用途说明[1]"
    )
    assert one.answer.notices == ()


async def test_rules_of_a_past_day_come_with_what_is_known_of_that_day(
    kewen: Kewen, server: OpenAIServer
) -> None:
    rules = kewen.corpus.by_id[RULES]
    article = next(one for one in rules.articles if not one.version)  # type: ignore[union-attr]
    wanted = {"policy_id": RULES, "articles": [article.no], "as_of": "2001-01-01"}
    said = article.says.zh.split("。")[0]
    one = await asked(
        kewen,
        server,
        "数据办法怎么规定的？",
        calls(("get_article_as_of", wanted)),
        answering(rules.title.zh, article.no, f"{said}。", said),  # type: ignore[union-attr]
    )

    assert one.answer.generated_by == "llm:toy"
    assert "2001-01-01" in one.answer.text.splitlines()[0]


async def test_each_address_of_a_record_has_a_citation_that_leads_there(
    kewen: Kewen, server: OpenAIServer
) -> None:
    more = "https://apply.qinglan.example.org/snow"
    said = answer(
        claim(f"其他入口：{more} 。", 1, f"其他入口：{more}"),
        claim("1. 用单位邮箱注册账号", 2, "用单位邮箱注册账号"),
    )
    one = await asked(kewen, server, SNOW, said)

    assert one.answer.generated_by == "llm:toy" and more in one.answer.text
    assert more in [c.source_url for c in one.answer.citations]
    markers = {int(n) for n in re.findall(r"\[(\d+)\]", one.answer.text)}
    assert markers == {c.number for c in one.answer.citations}
