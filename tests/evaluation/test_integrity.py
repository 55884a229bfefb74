import pytest

from evaluation.integrity import broken_promises, ungrounded
from tests.evaluation.answers import answer, citation, resource


def test_a_good_answer_breaks_nothing():
    assert broken_promises(answer()) == {}
    assert ungrounded(answer(), ["怎么申请？"]) == {}


@pytest.mark.parametrize(
    "change", [{"text": " "}, {"status": "ok"}, {"citations": None}, {"resources": ["fox-bank"]}]
)
def test_a_broken_shape_is_told(change):
    assert set(broken_promises(answer(**change))) == {"shape"}


@pytest.mark.parametrize(
    "change",
    [
        {"text": "交2份。[1][2]"},
        {"text": "交2份。"},
        {"text": "交2份。[1]", "citations": [citation(), citation()]},
    ],
)
def test_markers_and_citations_must_agree(change):
    assert set(broken_promises(answer(**change))) == {"markers"}


def test_markers_may_be_grouped_and_full_width():
    text = "交2份［1、2］。"
    assert broken_promises(answer(text, citations=[citation(1), citation(2)])) == {}


@pytest.mark.parametrize("text", ["看 https://den.example.com。[1]", "看 den.example.com。[1]"])
def test_an_address_nobody_gave_is_told(text):
    assert set(broken_promises(answer(text))) == {"urls"}


def test_an_address_from_a_quote_is_grounded_only_when_it_is_a_source():
    quoted = answer(
        "看 https://a.example.net/x。[1]", citations=[citation(quote="见 https://a.example.net/x")]
    )
    assert broken_promises(quoted) == {}
    assert set(ungrounded(quoted, [])) == {"addresses"}
    listed = answer("看 https://fox.example.org。[1]", citations=[citation(source_url=None)])
    assert ungrounded(listed, []) == {}


def test_a_missing_field_is_told_before_anything_else():
    assert "follow_ups" in ungrounded(answer(follow_ups=None), [])["fields"]
    faulty = {name: value for name, value in citation().items() if name != "quote"}
    assert "citation 1 has no quote" in ungrounded(answer(citations=[faulty]), [])["fields"]


@pytest.mark.parametrize(
    "text",
    [
        "要交40份。[1]",
        "21个工作日内答复。[1]",
        "第99条。[1]",
        "2 + 2 = 5，所以交5份。[1]",
        "17 + 3 = 20，另有37 = 17 + 20。[1]",
        "20 × 2% = 40。[1]",
        "20万 × 2 = 4万。[1]",
    ],
)
def test_a_number_without_ground_is_told(text):
    assert set(ungrounded(answer(text), [])) == {"numbers"}


@pytest.mark.parametrize(
    "text",
    [
        "1. 提交申请表[1]\n2. 等答复[1]\n3. 取材料[1]",
        "① 提交申请表 ② 等答复 ③ 取材料[1]",
        "截止日期：03-31[1]",
        "2 + 20 = 22，一共22。[1]",
        "20 − 2 = 18。[1]",
        "20家 + 2家 = 22家，够。[1]",
        "20万 × 20% = 4万。[1]",
        "CNY 20 million × 2% = CNY 400,000[1]",
        "20万 × 2–20倍 = 40万–400万。[1]",
    ],
)
def test_ordinals_dates_and_shown_arithmetic_are_grounded(text):
    assert ungrounded(answer(text), []) == {}


def test_a_number_of_the_question_or_a_filter_may_be_given_back():
    assert ungrounded(answer("2019年的申请。[1]"), ["2019年怎么申请？"]) == {}
    assert ungrounded(answer("2019年的申请。[1]", filters={"as_of": "2019-01-01"}), []) == {}


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("罚一百万元", "罚 100 万元[1]"),
        ("罚100万元", "fined CNY 1 million[1]"),
        ("罚 100 万元", "fined CNY 1,000,000[1]"),
        ("within six months", "6个月内[1]"),
        ("第二十条", "Article 20[1]"),
    ],
)
def test_a_number_is_the_same_in_words_numerals_and_scales(quote, text):
    assert ungrounded(answer(text, citations=[citation(quote=quote)]), []) == {}


@pytest.mark.parametrize("told", ["2020-02-20 + 2年 = 2022-02-20", "2020-02-20 − 20日 = 2020-01-31"])
def test_the_end_of_a_period_from_a_day_of_the_question_is_grounded(told):
    assert ungrounded(answer(f"期限推算：{told}。[1]"), ["2020年2月20日拿的"]) == {}
    assert set(ungrounded(answer(f"期限推算：{told}。[1]"), ["2019年2月20日拿的"])) == {"numbers"}


def test_the_count_of_listed_resources_is_shown_beside_the_text():
    cards = [resource(id=name) for name in ("a", "b", "c")]
    assert ungrounded(answer("有3个。[1]", resources=cards, citations=[citation(quote="狐")]), []) == {}
