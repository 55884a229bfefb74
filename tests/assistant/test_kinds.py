"""What an answer is made of, rules or records, whatever things and countries it is about."""

from __future__ import annotations

import pytest

from assistant.access import PUBLIC
from assistant.judging.kinds import MADE_OF, made_of
from assistant.reading.history import History
from assistant.reading.query import NO_FILTERS
from tests.assistant.conftest import cited_articles
from wiring import Kewen


@pytest.mark.parametrize("abroad", ["Tokyo", "Berlin", "Geneva", "Nairobi"])
@pytest.mark.parametrize("piece", ["ornithopod skeleton", "dinosaur egg clutch"])
async def test_what_a_loan_abroad_needs_is_told_by_rules(bundled_kewen: Kewen, abroad: str, piece: str):
    answer = await bundled_kewen.assistant.ask(
        f"{abroad} museum wants our {piece} for a 10-month show. who signs off, how long may it stay"
    )

    assert any(policy == "fossil-regulation-2010" for policy, _ in cited_articles(answer))


async def test_who_approves_is_told_by_rules_though_a_record_tells_of_loans(bundled_kewen: Kewen):
    answer = await bundled_kewen.assistant.ask(
        "our herbarium wants to lend 14 sheets of CITES-listed cycads to Kew for study. who has to approve it"
    )

    assert cited_articles(answer)


@pytest.mark.parametrize("owner", ["我们公司", "我们学校", "个人"])
async def test_the_terms_of_a_record_are_told_by_the_record(bundled_kewen: Kewen, owner: str):
    answer = await bundled_kewen.assistant.ask(f"国家冰川冻土沙漠科学数据中心的数据，{owner}用要登记吗")

    assert answer.resources and answer.resources[0].id == "nsdc-cryosphere-desert"
    assert not cited_articles(answer)


@pytest.mark.parametrize(
    ("question", "language"),
    [("第二十七条怎么说，人类遗传资源管理条例", "zh"), ("where can I download ocean buoy records", "en")],
)
async def test_the_likelihoods_are_of_each_kind_and_sum_to_one(
    bundled_kewen: Kewen, question: str, language: str
):
    answerer = bundled_kewen.seen_by(PUBLIC).assistant._answerer
    readings = answerer._talk.readings(question, History(), language, NO_FILTERS)

    chances = made_of(answerer.best(readings), readings.alone, None)

    assert set(chances) == set(MADE_OF)
    assert sum(chances.values()) == pytest.approx(1, abs=1e-4)
