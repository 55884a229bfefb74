"""What a model says, claim by claim, over evidence of our own: good text whole, spoilt claims never."""

from __future__ import annotations

import re

import pytest

from assistant.citations import Checked, Checker, ClaimGate
from assistant.records import Citation, Language
from tests.assistant.model_samples import GOOD, evidence

QUESTION = {"zh": "冰川数据怎么申请？", "en": "How do I apply for glacier data?"}


def let_through(
    text: str, language: Language = "zh", citations: tuple[Citation, ...] | None = None, piece: int = 7
) -> tuple[str, Checked]:
    """What is shown of a text as it comes in pieces, and the whole of it."""
    checker = Checker(
        citations or evidence(language), strict=True, language=language, question=QUESTION[language]
    )
    gate = ClaimGate(checker)
    shown = [gate.feed(text[at : at + piece]) for at in range(0, len(text), piece)]
    return "".join([*shown, gate.finish()]), gate.checked()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_good_answer_streams_and_ends_checked(language: Language) -> None:
    shown, result = let_through(GOOD[language], language)

    assert shown.strip() == result.text
    assert (result.verdict, result.removed) == ("good", ())


SPOILT = {
    "invented marker": "注册后可以免费下载冰川数据[8]。",
    "invented address": "请到 https://fake.example.com/apply 提交申请[2]。",
    "invented number": "申请冰川数据要交 300 元[2]。",
    "invented article": "依据第九十九条，涉密观测数据不得提供[3]。",
    "invented date": "冰川观测数据 2031-01-01 开放下载[1]。",
    "borrowed source": "涉密的观测数据不得对外提供，须经主管部门批准[2]。",
    "no marker": "冰川数据注册后免费下载。",
    "English": "Glacier data can be downloaded free of charge after registration [1].",
}


@pytest.mark.parametrize("kind", SPOILT)
@pytest.mark.parametrize("around", ["", GOOD["zh"]])
def test_spoilt_claim_is_never_shown(kind: str, around: str) -> None:
    shown, result = let_through(around + SPOILT[kind] * 2, piece=3)

    spoilt = re.sub(r"\s*\[\d\]", "", SPOILT[kind]).rstrip("。.")
    assert spoilt not in re.sub(r"\s*\[\d\]", "", shown + result.text)
    assert result.removed or result.quoted


def test_answer_without_a_sentence_end_is_checked_too() -> None:
    shown, result = let_through("冰川数据 https://evil.example.com/" + "很好" * 500)

    assert (shown, result.verdict) == ("", "use_composer")


def test_claim_that_cannot_be_shown_gives_way_to_the_words_it_rests_on_and_whose_they_are() -> None:
    said = (
        '{"claims": [{"text": "想要冰川数据的话，注册一下就都能免费拿走。", "cites": [1], "kind": "fact", '
        '"quote": "开放方式：注册后免费下载"}]}'
    )

    _, result = let_through(said)

    assert result.text == "测试冰川数据中心，开放方式：注册后免费下载[1]。"
    assert (result.quoted, result.removed) == (1, ())
