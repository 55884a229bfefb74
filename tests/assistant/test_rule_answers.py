"""Answers about rules: by article, by document, by what they say."""

from __future__ import annotations

import pytest

from assistant import replies
from assistant.records import AskFilters
from tests.assistant.conftest import Ask, cited_articles
from tests.assistant.drafts import unsound

RULES, OLD_RULES = "qinglan-data-rules-2021", "qinglan-records-rules-2012"
SAMPLES, CODE = "sample-export-rules-2019", "qinglan-security-code-2022"


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("青岚科学数据共享办法第九条说了什么", "30 个工作日"),
        ("《青岚科学数据共享办法》第9条", "30 个工作日"),
        ("青科发〔2021〕16号第九条", "30 个工作日"),
        ("What does article 9 of the Qinglan Measures for Scientific Data Sharing say?", "30 working days"),
    ],
)
async def test_an_article_is_given_by_its_number(ask: Ask, question: str, told: str):
    answer = await ask(question)

    assert cited_articles(answer) == [(RULES, "第九条")]
    assert answer.citations[0].url == f"/policies/{RULES}#art-9"
    assert told in answer.text
    assert unsound(answer, question) == {}


async def test_a_rule_comes_with_document_number_dates_and_status(ask: Ask):
    answer = await ask("青岚科学数据共享办法第九条说了什么")

    for told in ("青科发〔2021〕16号", "2021-05-01", "现行有效", replies.DIGEST_ONLY.zh):
        assert told in answer.text


@pytest.mark.parametrize("number", [9, 30, 77])
async def test_an_article_beyond_the_last_does_not_exist(ask: Ask, number: int):
    answer = await ask(f"青岚人体样本管理条例第{number}条说了什么")

    assert answer.status == "not_found"
    assert str(number) in answer.text
    assert "8" in answer.text
    assert cited_articles(answer) == []


async def test_an_article_that_is_not_held_is_said_to_be(ask: Ask):
    answer = await ask("What does article 5 of the Qinglan Measures for Scientific Data Sharing say?")

    assert answer.status == "not_found"
    assert {one.locator for one in answer.citations} == {"document"}


async def test_the_old_number_of_a_renumbered_article_leads_to_it(ask: Ask):
    answer = await ask("青岚科学数据共享办法第十二条")

    assert cited_articles(answer) == [(RULES, "第十四条")]
    assert "2023-01-01" in answer.text


async def test_an_article_without_number_is_quoted_by_its_heading(ask: Ask):
    answer = await ask("青岚科研数据安全规范对备份怎么要求")

    assert cited_articles(answer)[0] == (CODE, "备份要求（条号待核）")
    assert f"/policies/{CODE}#x-2" in {one.url for one in answer.citations}
    assert replies.ARTICLE_UNSURE.zh in answer.text


async def test_a_replaced_document_names_the_one_in_force(ask: Ask):
    answer = await ask("青岚科学资料汇交暂行办法还有效吗")

    assert {one.id for one in answer.citations} == {OLD_RULES}
    assert "青科发〔2021〕16号" in answer.text


@pytest.mark.parametrize(
    ("question", "article"),
    [
        ("外国公司可以在国内采集血液样本吗？", (SAMPLES, "第三条")),
        ("May a foreign company collect blood samples here?", (SAMPLES, "第三条")),
        pytest.param(
            *("伪造科学数据罚多少钱", (RULES, "第二十三条")),
            marks=pytest.mark.xfail(
                reason="the article is shown, but the sum taken for one that is not told"
            ),
        ),
        ("What is the fine for altering research data?", (RULES, "第二十三条")),
        ("采集样本要不要知情同意", (SAMPLES, "第四条")),
    ],
)
async def test_a_question_in_own_words_finds_its_article(ask: Ask, question: str, article: tuple[str, str]):
    answer = await ask(question)

    assert answer.status == "answered"
    assert article in cited_articles(answer)
    assert unsound(answer, question) == {}


@pytest.mark.parametrize("country", ["美国", "日本", "挪威", "巴西"])
async def test_whose_company_it_is_does_not_change_the_rule(ask: Ask, country: str):
    answer = await ask(f"{country}公司可以在国内采集血液样本吗？")

    assert (answer.status, cited_articles(answer)[:1]) == ("answered", [(SAMPLES, "第三条")])


async def test_what_is_permitted_is_told_without_legal_advice(ask: Ask):
    assert replies.NOT_LEGAL_ADVICE.zh in (await ask("外国公司可以在国内采集血液样本吗？")).text


@pytest.mark.parametrize(
    "question", ["发现数据泄密多久要报告", "How soon must a leak of classified data be reported?"]
)
async def test_rules_that_contradict_each_other_are_both_shown(ask: Ask, question: str):
    answer = await ask(question)

    assert {(RULES, "第二十条"), (CODE, "泄密报告（条号待核）")} <= set(cited_articles(answer))
    assert "24" in answer.text
    assert "48" in answer.text


async def test_a_day_decides_which_rules_count(ask: Ask):
    question = "项目承担单位应当多久内汇交科学资料"

    then = await ask(question, filters=AskFilters(as_of="2015-01-01"))
    now = await ask(question, filters=AskFilters(as_of="2024-01-01"))

    assert {policy for policy, _ in cited_articles(then)} <= {OLD_RULES}
    assert OLD_RULES not in {policy for policy, _ in cited_articles(now)}
    assert now.filters == {"as_of": "2024-01-01"}


async def test_the_official_wording_is_not_made_up(ask: Ask):
    answer = await ask("青岚科学数据共享办法第九条的原文是什么")

    assert "verbatim" not in {one.quote_kind for one in answer.citations}
    assert replies.WORDING_NOT_HELD.zh.partition("{title}")[2] in answer.text
