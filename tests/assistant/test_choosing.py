"""Which articles stand in an answer, and how they are set out."""

from __future__ import annotations

import pytest

from assistant.rules.places import in_documents
from corpus.loaders import load_corpus
from corpus.records import Policy
from tests.assistant.conftest import cited_articles
from wiring import Kewen

BREEDS = "livestock-genetic-exit-2008"


@pytest.mark.parametrize("breed", ["黑猪", "山羊", "矮马", "麻鸭"])
async def test_all_that_a_case_asks_for_is_shown_whatever_the_breed(bundled_kewen: Kewen, breed: str):
    case = f"我们想把名录里的{breed}冻精送给法国伙伴做合作研究"
    question = f"{case}，审批表管多久，往后每年要不要报告，省里几天审完"

    answer = await bundled_kewen.assistant.ask(question)

    shown = cited_articles(answer)
    assert {(BREEDS, "第十一条"), (BREEDS, "第十四条")} <= set(shown)


async def test_a_case_with_several_questions_gets_one_answer_with_each_document_told_once(
    bundled_kewen: Kewen,
):
    question = "野外挖到恐龙骨头，要不要报批？向谁报？多少天批下来？"

    answer = await bundled_kewen.assistant.ask(question)

    lines = answer.text.splitlines()
    assert len(lines) == len(set(lines))
    assert not any(line.startswith(("1）", "2）")) for line in lines)
    assert len({one.id for one in answer.citations}) < len(cited_articles(answer))


async def test_a_question_about_one_article_is_answered_with_that_one(bundled_kewen: Kewen):
    answer = await bundled_kewen.assistant.ask("《古生物化石保护条例》第十六条怎么说")

    assert cited_articles(answer) == [("fossil-regulation-2010", "第十六条")]


@pytest.mark.parametrize("partner", ["美方", "德方", "日本公司"])
async def test_a_further_fact_of_a_case_of_rules_stays_with_the_rules(bundled_kewen: Kewen, partner: str):
    ask = bundled_kewen.assistant.ask
    first = await ask(f"我们医院想把400名病人的测序数据给{partner}做分析，要报批吗")

    then = await ask("补充一下，又加了外显子，一共620个病人", conversation_id=first.conversation_id)

    assert cited_articles(then)


def test_articles_of_one_document_stand_together_in_the_order_in_which_they_came():
    policies = [one for one in load_corpus() if isinstance(one, Policy) and len(one.articles) > 3][:2]
    one, other = policies
    places = [
        (one, one.articles[2]),
        (other, other.articles[1]),
        (one, one.articles[3]),
        (one, one.articles[0]),
        (other, other.articles[0]),
    ]

    ordered = [(policy.id, article.key if article else "") for policy, article in in_documents(places)]

    assert ordered == [
        (one.id, one.articles[2].key),
        (one.id, one.articles[3].key),
        (one.id, one.articles[0].key),
        (other.id, other.articles[1].key),
        (other.id, other.articles[0].key),
    ]


@pytest.mark.parametrize("partner", ["利马", "里斯本", "休斯顿"])
async def test_the_article_that_decides_stands_before_a_law_that_only_stands_beside_it(
    bundled_kewen: Kewen, partner: str
):
    answer = await bundled_kewen.assistant.ask(
        f"志愿者的尿液代谢谱和胸部CT想发给{partner}的合作组，要走人遗的事先报告么"
    )

    assert cited_articles(answer)[0] == ("hgr-implementing-rules-2023", "第二条")
    assert "biosafety-law-2024" in {id_ for id_, _ in cited_articles(answer)[1:]}


async def test_what_answers_of_a_long_field_stands_before_the_rest_of_it(bundled_kewen: Kewen):
    answer = await bundled_kewen.assistant.ask(
        "BSRF约的下周三机时，样品废了去不了，今天周五才打算说，会有什么后果"
    )

    first, rest = answer.text.splitlines()[:2]
    assert "提前一周" in first
    assert "联系线站人员" not in first
    assert "联系线站人员" in rest


@pytest.mark.parametrize("name", ["CHARLS", "KNHANES", "ELSA-Brasil"])
async def test_a_name_that_nothing_says_is_told_before_the_record_that_was_asked_about(
    bundled_kewen: Kewen, name: str
):
    answer = await bundled_kewen.assistant.ask(f"{name}养老追踪的数据，在国家人口健康科学数据中心能下到吧？")

    assert name.split("-")[0] in answer.text.splitlines()[0]
    assert "没有" in answer.text.splitlines()[0]


@pytest.mark.parametrize(
    ("about", "question", "first"),
    [
        ("散裂中子源怎么申请机时", "做完實驗報告幾時交，會唔會公開", "三个月内"),
        ("散裂中子源怎么申请机时", "還要考試㗎？", "考试"),
        (
            "Tell me about the Beijing synchrotron (BSRF)",
            "our postdoc broke an arm, we can't come on Tuesday",
            "week",
        ),
        ("上海光源怎么申请机时", "秋天那轮批下来，啥时候能上机", "次年1月"),
    ],
)
async def test_a_further_question_begins_with_the_statement_that_answers_it(
    bundled_kewen: Kewen, about: str, question: str, first: str
):
    ask = bundled_kewen.assistant.ask
    before = await ask(about)

    answer = await ask(question, conversation_id=before.conversation_id)

    assert first in answer.text.splitlines()[0]
