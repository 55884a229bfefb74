"""Which reading of a follow-up is answered: features of each, and a model that sees all of them."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.access import PUBLIC
from assistant.judging.readings import Tried, learned_readings, reading_features
from assistant.reading.history import History
from assistant.reading.query import NO_FILTERS
from wiring import Kewen

NAMED = {"上海光源": "ssrf", "国家天文科学数据中心": "nsdc-astronomy", "中国散裂中子源": "csns"}


def _history(kewen: Kewen, *questions: str) -> History:
    answerer = kewen.seen_by(PUBLIC).assistant._answerer
    history = History()
    for question in questions:
        history = history.with_turn(answerer.answer(question, history, "zh").turn)
    return history


def test_every_reading_gets_every_feature(bundled_kewen: Kewen):
    answerer = bundled_kewen.seen_by(PUBLIC).assistant._answerer
    history = _history(bundled_kewen, "上海光源在哪里")
    readings = answerer._talk.readings("怎么申请", history, "zh", NO_FILTERS)

    tried: list[Tried] = [answerer.tried(one) for one in readings.items]
    values = reading_features(tried, readings, answerer.texts)

    assert len(tried) > 1 and readings.focus == "ssrf"
    assert set(learned_readings().inputs) <= set(values)
    assert all(len(one) == len(tried) and np.isfinite(one).all() for one in values.values())


def test_an_attribute_stays_with_its_subject_and_a_new_subject_does_not(bundled_kewen: Kewen):
    answerer = bundled_kewen.seen_by(PUBLIC).assistant._answerer
    for name, record in (
        ("上海光源", "ssrf"),
        ("国家天文科学数据中心", "nsdc-astronomy"),
        ("中国散裂中子源", "csns"),
    ):
        history = _history(bundled_kewen, f"{name}在哪里")
        same = answerer.answer("谁主管", history, "zh")
        other = answerer.answer("国家菌种资源库收费吗", history, "zh")

        assert same.draft.shown[0] == record
        assert other.draft.shown[0] == "nbr-strains"


@pytest.mark.parametrize("remark", ["我是外校的博士后", "我们是一家小公司", "课题下个月才立项"])
def test_a_side_remark_does_not_lead_away_from_what_the_talk_is_about(bundled_kewen: Kewen, remark: str):
    answerer = bundled_kewen.seen_by(PUBLIC).assistant._answerer
    for name, record in NAMED.items():
        history = _history(bundled_kewen, f"{name}怎么申请")
        answered = answerer.answer(f"{remark}，要多久批下来", history, "zh")

        assert record in answered.draft.shown


def test_the_question_is_also_asked_of_what_the_talk_leads_to(bundled_kewen: Kewen):
    answerer = bundled_kewen.seen_by(PUBLIC).assistant._answerer
    history = _history(bundled_kewen, "合肥那个同步辐射光源怎么申请机时")
    readings = answerer._talk.readings("怀柔那个呢", history, "zh", NO_FILTERS)

    assert "heps" in {id_ for id_, _ in readings.led}
    assert any("heps" in (one.subject, *one.query.subjects) for one in readings.items)
