"""Verdicts from rulings: what holds in every case, what hangs on a fact, and how it is told."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from assistant.composer import Composer
from assistant.permission import Matter, Modality
from assistant.records import Language
from assistant.selection import Selection
from assistant.understanding import Understanding
from assistant.verdicts import Rulings, Verdict
from corpus.loaders import load_vocabulary
from corpus.records import Article, Policy, PolicyStatus, Text
from corpus.rulings import Act, Effect, Fact, Ruling, Thing


def text(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


def ruling(effect: Effect, said: str, **more: object) -> Ruling:
    given = {
        "acts": ("export",),
        "things": ("fossil",),
        "effect": effect,
        "text": text(said, f"[{said}]"),
        **more,
    }
    return Ruling.model_validate(given)


def law(*articles: tuple[Ruling, ...], status: PolicyStatus = "in_force", id_: str = "moss-law") -> Policy:
    return Policy(
        id=id_,
        title=text("苔藓化石法", "Moss Fossil Law"),
        rank="law",
        issuing_body=text("苔藓会", "Moss Assembly"),
        issued="2020-01-01",
        effective="2020-02-01",
        status=status,
        scope=text("苔藓化石。", "Moss fossils."),
        coverage="key",
        read="full",
        verification="verified",
        articles=tuple(
            Article(
                no=f"第{number}条",
                digest=text("；".join(r.text.zh for r in rulings), "; ".join(r.text.en for r in rulings)),
                rulings=rulings,
                verification="verified",
            )
            for number, rulings in enumerate(articles, 1)
        ),
    )


def judge(
    policy: Policy, modality: Modality = "may", act: Act = "export", thing: Thing = "fossil", **facts: str
) -> Verdict | None:
    told: Mapping[Fact, str] = facts  # type: ignore[assignment]
    asked = Matter(
        modality, (frozenset(), frozenset((act,)), frozenset(), frozenset()), frozenset((thing,)), told
    )
    return Rulings({policy.id: policy}).judge(asked, text="")


NAMED = (
    ruling("forbidden", "未命名的不得出境", when={"unnamed": "yes"}),
    ruling(
        "approval", "已命名的经苔藓会批准出境", when={"unnamed": "no"}, decides=text("苔藓会", "the assembly")
    ),
)
PAPERS = (ruling("procedure", "苔藓会30日内决定", prepare={"zh": ("申请表",), "en": ("form",)}),)


@pytest.mark.parametrize(
    ("facts", "outcome", "asks"),
    [
        ({}, "depends", ("unnamed",)),
        ({"unnamed": "yes"}, "no", ()),
        ({"unnamed": "no"}, "approval", ()),
    ],
)
def test_a_verdict_hangs_on_facts_that_turn_it(
    facts: dict[str, str], outcome: str, asks: tuple[str, ...]
) -> None:
    verdict = judge(law(NAMED, PAPERS), **facts)

    assert verdict is not None
    assert (verdict.outcome, verdict.asks) == (outcome, asks)


def test_what_is_over_or_a_draft_carries_no_verdict() -> None:
    for status in ("repealed", "superseded", "draft", "not_yet_in_force"):
        assert judge(law(NAMED, status=status)) is None  # type: ignore[arg-type]


def test_no_ruling_on_the_act_or_the_thing_is_no_verdict() -> None:
    assert judge(law(NAMED), act="sell") is None
    assert judge(law(NAMED), thing="instrument") is None


def test_conditions_alone_neither_permit_nor_forbid() -> None:
    verdict = judge(law((ruling("duty", "出境要装箱"),)))

    assert verdict is not None
    assert (verdict.outcome, verdict.branches) == ("depends", ())
    assert [one.ruling.text.zh for one in verdict.duties] == ["出境要装箱"]


def test_the_unusual_is_an_exception_and_no_doubt() -> None:
    policy = law(
        (ruling("approval", "出境须批准"), ruling("exempt", "为履行合同的免批准", when={"contract": "yes"}))
    )
    plain, told = judge(policy), judge(policy, contract="yes")

    assert plain is not None and told is not None
    assert (plain.outcome, plain.asks) == ("approval", ())
    assert [one.ruling.effect for one in plain.exceptions] == ["exempt"]
    assert told.outcome == "yes"


def test_what_must_be_done_may_not_be_left() -> None:
    policy = law(
        (ruling("required", "化石须公布"), ruling("forbidden", "涉密的不得公布", when={"secret": "yes"}))
    )

    assert [judge(policy, modality).outcome for modality in ("must", "may_not")] == ["depends", "depends"]  # type: ignore[union-attr]
    assert judge(policy, "must", secret="no").outcome == "must"  # type: ignore[union-attr]
    assert judge(policy, "may_not", secret="no").outcome == "no"  # type: ignore[union-attr]
    assert judge(policy, "may_not", secret="yes").outcome == "yes"  # type: ignore[union-attr]


def test_a_general_rule_decides_only_where_no_particular_one_does() -> None:
    general = ruling("forbidden", "一律不得出境", side=True)
    particular = judge(law((general,), (ruling("approval", "出境须批准"),)))

    assert judge(law((general,))).outcome == "no"  # type: ignore[union-attr]
    assert particular is not None and particular.outcome == "approval"


def test_documents_that_are_named_bind_the_verdict() -> None:
    one, other = law(NAMED), law((ruling("allowed", "可以出境"),), id_="fern-law")
    asked = Matter(
        "may", (frozenset(), frozenset(("export",)), frozenset(), frozenset()), frozenset(("fossil",))
    )
    rulings = Rulings({one.id: one, other.id: other})

    within = rulings.judge(asked, text="", within=frozenset(("fern-law",)))
    assert within is not None and within.outcome == "yes"


def test_rulings_of_articles_that_are_hidden_do_not_count() -> None:
    policy = law(NAMED).model_copy(update={"visibility": "staff"})
    asked = Matter(
        "may", (frozenset(), frozenset(("export",)), frozenset(), frozenset()), frozenset(("fossil",))
    )
    rulings = Rulings({policy.id: policy})

    assert rulings.judge(asked, text="") is None
    assert rulings.judge(asked, text="", visible=frozenset(("public", "staff"))) is not None


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        (
            "zh",
            [
                "结论：看情况，取决于是否未命名或新发现。[1]",
                "分情况：",
                "- 不可以：未命名的不得出境[1]",
                "- 需审批或备案：已命名的经苔藓会批准出境[1]",
                "谁决定：苔藓会[1]",
                "- 苔藓会30日内决定[2]",
                "要准备：申请表[2]",
                "本回答不构成法律意见。",
            ],
        ),
        (
            "en",
            [
                "Verdict: It depends on whether it is unnamed or newly found.[1]",
                "- You may not: [未命名的不得出境][1]",
                "Who decides: the assembly[1]",
                "To prepare: form[2]",
                "This is not legal advice.",
            ],
        ),
    ],
)
def test_a_verdict_is_written_case_by_case(language: Language, wanted: list[str]) -> None:
    policy = law(NAMED, PAPERS)
    verdict = judge(policy)
    assert verdict is not None
    reading = Understanding("?", "?", "?", language, "find")
    selection = Selection("policy", places=verdict.places, verdict=verdict)
    draft = Composer({policy.id: policy}, load_vocabulary()).compose(reading, selection)

    lines = draft.text.split("\n")
    assert lines[0] == wanted[0]
    assert lines[-1] == wanted[-1]
    assert [line for line in lines if line in wanted] == wanted
    assert lines.count(wanted[-1]) == 1
    assert draft.status == "answered"
    assert not draft.rewritable  # a language model does not word it anew
    assert {one.locator for one in draft.citations} >= {"第1条", "第2条"}
    question = (
        "是未命名或新发现、未鉴定的吗？"
        if language == "zh"
        else "Is it unnamed or newly found and unidentified?"
    )
    assert draft.follow_ups[0] == question


def test_the_answer_says_where_the_corpus_stops() -> None:
    policy = law((ruling("approval", "出境须批准"),))
    verdict = judge(policy)
    assert verdict is not None
    reading = Understanding("?", "?", "?", "zh", "find")
    selection = Selection("policy", places=verdict.places, verdict=verdict)
    text_ = Composer({policy.id: policy}, load_vocabulary()).compose(reading, selection).text

    assert "库中没有写明：由谁决定、办理时限、要交哪些材料。" in text_
    assert "只收录了要点条款，其余条文未收录：《苔藓化石法》。" in text_
