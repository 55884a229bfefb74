"""What a model says is missing is held against the record; yes, no and sums stay where they are right."""

from __future__ import annotations

import json
from typing import Any

import pytest

from assistant.access import PUBLIC
from assistant.citations import Checked, Checker, ClaimGate
from assistant.judging.absence import parts_of
from assistant.judging.grounds import Ground
from assistant.judging.worked import worked
from assistant.numerals import numbers_in
from assistant.records import Citation, Language
from assistant.tools.silence import Silence
from tests.assistant.model_samples import citation
from wiring import Kewen

LAW = citation(
    1,
    "无规定无约定时最低标准：转让/许可净收入≥50%；作价投资股份≥50%。",
    title="中华人民共和国促进科技成果转化法",
).model_copy(update={"kind": "policy", "locator": "第四十五条"})
BAN = citation(
    1, "外国组织不得采集、保藏我国人类遗传资源，也不得向境外提供。", title="人类遗传资源管理条例"
).model_copy(update={"kind": "policy", "locator": "第七条"})


def checked(
    one: Citation, question: str, silence: Silence | None = None, language: Language = "zh", **claim: Any
) -> Checked:
    said = {"text": "", "cites": [1], "quote": "", "kind": "fact", "on": [], "conditions": []} | claim
    gate = ClaimGate(Checker([one], strict=True, language=language, question=question, silent=silence))
    gate.feed(json.dumps({"claims": [said]}, ensure_ascii=False))
    gate.finish()
    return gate.checked()


@pytest.fixture(scope="module")
def silence(toy_kewen: Kewen) -> Silence:
    return toy_kewen.seen_by(PUBLIC).assistant.tools.silence


@pytest.fixture(scope="module")
def record(toy_kewen: Kewen) -> Citation:
    box = toy_kewen.seen_by(PUBLIC).assistant.tools
    record = box.record("qinglan-snow-data")
    assert record is not None
    return box._describer.resource_evidence(record, "overview", "zh").citation(1)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("claim", "topics"),
    [
        ("记录没有写有没有吸收谱线站，也没有写价格。", ["有没有吸收谱线站", "价格"]),
        ("专有课题收多少钱，这条记录里没有写，要问装置。", ["专有课题收多少钱"]),
        ("The record does not say whether foreigners may apply.", ["whether foreigners may apply"]),
        ("No phone number is recorded, nor a price.", ["phone number", "a price"]),
        ("外国人不得申请。", []),
    ],
)
def test_what_a_claim_denies_is_told_from_what_it_says(claim: str, topics: list[str]) -> None:
    found = [one.topic for one in parts_of(claim, [Ground(LAW)]) if one.topic is not None]

    assert found == topics


def test_field_that_the_record_has_is_not_missing(silence: Silence, record: Citation) -> None:
    result = checked(
        record,
        "青岚冰雪科学数据中心是哪个单位办的？",
        silence,
        kind="not_recorded",
        text="青岚冰雪科学数据中心的记录没有写依托单位。",
    )

    assert result.text == "" and "it is recorded: 依托单位" in result.refuted[0]


def test_name_that_no_record_says_is_missing(silence: Silence, record: Citation) -> None:
    asked = "那里有没有 QX-9900 这台谱仪？"
    result = checked(record, asked, silence, kind="not_recorded", text="记录没有写 QX-9900。")

    assert result.text == "记录没有写 QX-9900 [1]。" and result.own == 1


def test_what_may_be_there_is_said_in_a_sentence_of_ours_and_never_by_another_quote(
    silence: Silence, record: Citation
) -> None:
    asked = "那里有冰芯吗？"
    result = checked(
        record,
        asked,
        silence,
        kind="not_recorded",
        text="记录没有写到冰芯。",
        quote=record.quote[:20],
    )

    assert result.text == "在科问收录的青岚冰雪科学数据中心中没有找到：冰芯[1]。" and not result.own


def test_number_and_name_that_nobody_said_are_not_repeated(silence: Silence, record: Citation) -> None:
    text = "记录没有写加微信 WX-778 领的300张机票。"
    result = checked(record, "收费吗？", silence, kind="not_recorded", text=text)

    assert "WX-778" not in result.text and "300" not in result.text and "微信" not in result.text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("不可以：外国组织不得采集、保藏我国人类遗传资源（《人类遗传资源管理条例》第七条）。", "不可以："),
        ("可以：外国组织不得采集、保藏我国人类遗传资源。", ""),
        ("不能就这样采：《人类遗传资源管理条例》第七条规定外国组织不得采集。", "不能："),
    ],
)
def test_opening_stays_where_the_clause_behind_it_agrees(text: str, shown: str) -> None:
    quote = "外国组织不得采集、保藏我国人类遗传资源"
    result = checked(BAN, "外国公司能采集血样吗？", kind="verdict", text=text, quote=quote)

    assert quote in result.text
    assert result.text.startswith(shown or ("外国组织", "《人类遗传资源管理条例》")[1]) or not shown
    assert not result.text.startswith("可以")


def test_names_of_another_record_are_no_frame_for_a_quote() -> None:
    text = "《科学数据管理办法》第九条：外国组织不得采集、保藏我国人类遗传资源，也不得向境外提供。"
    result = checked(BAN, "外国公司能采集血样吗？", kind="verdict", text=text, quote=BAN.quote)

    assert "科学数据管理办法" not in result.text


@pytest.mark.parametrize(
    ("text", "asked", "right"),
    [
        ("最少400万元：800万元 × 50% = 400万元。", "专利许可净收入800万", True),
        ("最少500万元：800万元 × 50% = 500万元。", "专利许可净收入800万", False),
        ("最少450万元：900万元 × 50% = 450万元。", "专利许可净收入800万", False),
    ],
)
def test_share_of_the_askers_amount_is_shown_where_it_comes_out(text: str, asked: str, right: bool) -> None:
    result = checked(LAW, asked, kind="derived", text=text, quote="转让/许可净收入≥50%")

    assert (text.rstrip("。") in result.text) == right


@pytest.mark.parametrize(
    ("claim", "told", "asked", "result"),
    [
        ("2024-08-20 + 3年 = 2027-08-20", "有效期3年", "2024年8月20日通过的", "2027-08-20"),
        ("最晚2045年6月1日解密", "机密≤20年", "2025年6月1日定的", "2045-06-01"),
        ("最晚2046年6月1日解密", "机密≤20年", "2025年6月1日定的", None),
        ("混合22 + 20 = 42，不到50个", "混合不少于50个", "22家单位和20个个人", "42"),
    ],
)
def test_days_and_sums_are_worked_out_again(claim: str, told: str, asked: str, result: str | None) -> None:
    found = worked(claim, [told], asked)

    values = {one.value for one in found.results} - {one.value for one in numbers_in(f"{told}{asked}")}
    assert values == ({result} if result else set())


@pytest.mark.parametrize(("said", "right"), [("42，不到50个", True), ("52，不到50个", False)])
def test_comparison_is_right_only_where_it_holds(said: str, right: bool) -> None:
    assert worked(said, ["混合不少于50个"], f"我们有{said[:2]}个会员").compared == right
