"""Records become passages of both languages, with questions that point to the same place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.records import Access, Application, Article, Lines, Policy, Resource, Text
from retrieval.passages import LIMIT, estimate_tokens, passages_of, split_text

ICE = Resource(
    id="toy-ice",
    type="specimen",
    visibility="member",
    name=Text(zh="测试冰芯库", en="Toy Ice Core Store"),
    aliases=("TICS",),
    former_names=("旧冰库",),
    host=Text(zh="测试研究所", en="Toy Institute"),
    province="北京市",
    subjects=Lines(zh=("冰川学",), en=("glaciology",)),
    holdings=Text(zh="冰芯样品三百支", en="Three hundred ice cores"),
    access=Access(level="application", text=Text(zh="单位盖章后申请", en="Apply with a stamp")),
    how_to_apply=Application(
        steps=Lines(zh=("填表", "等审核"), en=("Fill the form", "Wait")), common_route=True
    ),
    questions=Lines(zh=("哪里有冰芯？", "冰芯怎么借？"), en=("where are ice cores",)),
)
RULE = Policy(
    id="toy-rule",
    title=Text(zh="测试数据办法", en="Toy Data Rule"),
    rank="departmental_rule",
    issuing_body=Text(zh="测试部", en="Toy Ministry"),
    doc_number="测发〔2020〕1号",
    effective="2020-02-01",
    status="in_force",
    scope=Text(zh="管数据", en="Governs data"),
    coverage="key",
    read="full",
    questions=Lines(zh=("数据归谁管？",)),
    articles=(
        Article(
            no="第三条",
            chapter=Text(zh="第一章 总则", en="Chapter 1 General"),
            digest=Text(zh="数据应当共享。", en="Data shall be shared."),
            questions=Lines(en=("must data be shared",)),
        ),
        Article(
            no="第四章（条号待核）",
            slug="x-1",
            visibility="staff",
            digest=Text(zh="内部规定。", en="An internal rule."),
        ),
    ),
)


def test_a_resource_has_card_and_route_in_both_languages_and_its_questions():
    ids = [passage.id for passage in passages_of(ICE)]

    assert ids == [
        "toy-ice#card:zh", "toy-ice#card:zh:q1", "toy-ice#card:zh:q2",
        "toy-ice#card:en", "toy-ice#card:en:q1",
        "toy-ice#how_to_apply:zh", "toy-ice#how_to_apply:en",
    ]  # fmt: skip


def test_a_policy_has_a_summary_and_each_article_under_its_anchor():
    places = {(p.part, p.lang, p.role) for p in passages_of(RULE)}

    assert places == {
        ("summary", "zh", "text"), ("summary", "en", "text"), ("summary", "zh", "question"),
        ("art-3", "zh", "text"), ("art-3", "en", "text"), ("art-3", "en", "question"),
        ("x-1", "zh", "text"), ("x-1", "en", "text"),
    }  # fmt: skip


def test_fields_are_in_the_language_of_the_passage_and_aliases_hold_the_other_name():
    by_id = {passage.id: passage for passage in passages_of(ICE)}
    zh, en = by_id["toy-ice#card:zh"], by_id["toy-ice#card:en"]

    assert (zh.title, en.title) == ("测试冰芯库", "Toy Ice Core Store")
    assert zh.aliases.split("\n") == ["TICS", "旧冰库", "Toy Ice Core Store"]
    assert en.aliases.split("\n") == ["TICS", "旧冰库", "测试冰芯库"]
    assert "冰芯样品三百支" in zh.text and "Three hundred ice cores" in en.text
    assert "北京市" in zh.text and "Beijing" in en.text
    assert zh.keywords.split("\n")[0] == "冰川学"


def test_facets_are_copied_to_every_passage_questions_included():
    for passage in passages_of(ICE):
        assert (passage.visibility, passage.type, passage.province, passage.access) == (
            "member", "specimen", "北京市", "application",
        )  # fmt: skip
    for passage in passages_of(RULE):
        assert (passage.status, passage.effective) == ("in_force", "2020-02-01")


def test_an_article_is_as_visible_as_the_stricter_of_document_and_article():
    seen = {p.part: p.visibility for p in passages_of(RULE)}

    assert seen == {"summary": "public", "art-3": "public", "x-1": "staff"}


def test_an_article_keeps_its_number_verbatim_in_both_languages():
    by_id = {passage.id: passage for passage in passages_of(RULE)}

    assert by_id["toy-rule#art-3:zh"].text == "第三条 · 第一章 总则\n数据应当共享。"
    assert by_id["toy-rule#art-3:en"].text.startswith("Article 3 · 第三条 · Chapter 1 General\n")
    assert "Article" not in by_id["toy-rule#x-1:en"].text.split("\n")[0]


def test_a_route_common_to_its_kind_says_so():
    by_id = {passage.id: passage for passage in passages_of(ICE)}

    assert "同类平台通用做法" in by_id["toy-ice#how_to_apply:zh"].text
    assert "usual route" in by_id["toy-ice#how_to_apply:en"].text


def test_a_question_is_embedded_alone():
    question = next(p for p in passages_of(ICE) if p.role == "question")

    assert question.to_embed == "哪里有冰芯？"


def test_a_long_text_is_cut_into_further_passages_of_the_same_part():
    long = ICE.model_copy(update={"holdings": Text(zh="样品若干，逐一登记在册。" * 120, en="core " * 900)})
    card = [p for p in passages_of(long) if p.part == "card" and p.lang == "zh" and p.role == "text"]

    assert [p.id for p in card] == ["toy-ice#card:zh"] + [
        f"toy-ice#card:zh:{n}" for n in range(2, len(card) + 1)
    ]
    assert len(card) > 2
    assert {p.title for p in card} == {"测试冰芯库"}


@given(st.text(alphabet=st.sampled_from("数据。！ a b.\n，é😀"), max_size=3000))
def test_pieces_fit_and_lose_no_character_but_spaces(text):
    pieces = split_text(text, 60)

    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert all(estimate_tokens(piece) <= 60 for piece in pieces)


@pytest.mark.parametrize("text", ["数" * 5000, "x" * 5000, "word " * 1000])
def test_a_text_without_sentences_is_cut_all_the_same(text):
    assert all(estimate_tokens(piece) <= LIMIT for piece in split_text(text))
