"""That something is not recorded is proven for what it is; a yes or no stays where its statement agrees."""

from __future__ import annotations

import json

import pytest

from assistant.citations import Checked, Checker, ClaimGate
from assistant.judging.asked import without_asked
from assistant.records import Citation, Language
from tests.assistant.model_samples import citation

BEAM = citation(
    1,
    "青岚光源\n收录：12条光束线\n谁能用：课题评审制，专有课题付费\n网址：https://qinglan.example.cn/",
    title="青岚光源",
)
PLACE = {"网址": frozenset({"url"})}


def checked(text: str, kind: str, question: str, quote: str = "", cites: tuple[int, ...] = (1,)) -> Checked:
    said = {"claims": [{"text": text, "cites": list(cites), "quote": quote, "kind": kind}]}
    language: Language = "zh"
    checker = Checker(
        [BEAM],
        strict=True,
        language=language,
        question=question,
        asks=lambda phrase: PLACE.get(phrase, frozenset()),
    )
    gate = ClaimGate(checker)
    gate.feed(json.dumps(said, ensure_ascii=False))
    gate.finish()
    return gate.checked()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("记录没有写哪条线站做吸收谱。", "记录没有写哪条线站做吸收谱[1]。"),
        ("记录没有写吸收谱，收费是三百元。", "记录没有写吸收谱[1]。"),
        ("专有课题收多少钱，记录没有写。", "专有课题收多少钱，记录没有写[1]。"),
    ],
)
def test_silence_of_a_record_is_told_in_the_models_words(text: str, shown: str) -> None:
    result = checked(text, "not_recorded", "做吸收谱去哪条线站，收多少钱？", "收录：12条光束线")

    assert (result.text, result.quoted) == (shown, 0)


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("记录没有写专有课题付费。", "专有课题付费"),
        ("青岚光源的记录没有写网址。", "https://qinglan.example.cn/"),
        ("记录没有写张三丰实验室的300条线站。", "which nobody said"),
    ],
)
def test_what_is_recorded_or_new_goes_back_and_is_not_shown(text: str, instead: str) -> None:
    result = checked(text, "not_recorded", "专有课题要付费吗？", "收录：12条光束线")

    assert result.text == "" and instead in result.refuted[0]


def test_thing_that_no_record_names_needs_no_citation_to_be_missing() -> None:
    result = checked("库里没有收录奋斗者号。", "not_recorded", "奋斗者号怎么预约？", cites=())

    assert (result.text, result.verdict) == ("库里没有收录奋斗者号。", "good")


@pytest.mark.parametrize(
    ("question", "text", "asked"),
    [
        ("DR6是四百万条吧", "DR6是1127万条，不是四百万条。", "DR6是1127万条，条。"),
        ("Can I have 100 hours?", "100 hours is within 50 to 150 hours.", " is within 50 to 150 hours."),
        (
            "Can I have 200 hours?",
            "200 hours is within 50 to 150 hours.",
            "200 hours is within 50 to 150 hours.",
        ),
    ],
)
def test_numbers_of_the_asker_are_the_askers_where_their_comparison_is_right(
    question: str, text: str, asked: str
) -> None:
    assert without_asked(text, ["1127万条", "50 to 150 hours"], question) == asked


def test_no_stays_before_the_statement_that_gives_another_number() -> None:
    result = checked("不是20条，这里目前有12条光束线。", "fact", "青岚光源是20条线吧？", "12条光束线")

    assert result.text.startswith("不是20条，") and "12条光束线" in result.text
    assert Citation.model_validate(result.citations[0]).id == BEAM.id
