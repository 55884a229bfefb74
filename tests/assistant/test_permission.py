"""What a question of permission is read to be about."""

from __future__ import annotations

import pytest

from assistant.history import History, PastTurn
from assistant.permission import Matter, matter
from assistant.understanding import Understander
from corpus.loaders import load_corpus, load_vocabulary
from retrieval.names import NameIndex


@pytest.fixture(scope="module")
def understander() -> Understander:
    corpus = load_corpus()
    return Understander(corpus.by_id, NameIndex(list(corpus)), load_vocabulary())


def read(understander: Understander, question: str, history: History | None = None) -> Matter | None:
    return matter(understander.read(question, history=history or History()))


@pytest.mark.parametrize(
    ("question", "modality", "act", "thing"),
    [
        ("血样能不能寄到德国？", "may", "export", "hgr_material"),
        ("May we mail blood samples to Munich?", "may", "export", "hgr_material"),
        ("人的肿瘤组织可否卖给企业", "may", "sell", "hgr_material"),
        ("发论文用了别人的数据，要署名吗", "must", "cite", "scientific_data"),
        ("Do I have to acknowledge the dataset I used?", "must", "cite", "scientific_data"),
        ("仪器对外开放收费合法吗", "may", "charge", "instrument"),
        ("财政项目的数据可以不共享吗", "may_not", "share", "scientific_data"),
        ("Can we refuse to share our microscope?", "may_not", "share", "instrument"),
        ("化石带出国要找谁批？", "how", "export", "fossil"),
        ("擅自把化石带出国怎么罚？", "penalty", "export", "fossil"),
        ("化石出境的批准几天能下来", "figure", "export", "fossil"),
        ("论文里不标数据出处行吗", "may_not", "cite", "scientific_data"),
        ("项目数据验收以后再交可以吗", "may_not", "submit", "scientific_data"),
        ("测试服务收的钱能不进单位的账吗", "may_not", "submit", "service_income"),
        ("不审批就放生外来鱼可以吗", "may", "release", "alien_species"),
        ("Can I release exotic beetles into a field?", "may", "release", "alien_species"),
        ("从种质库要来的稻种，拿去申请品种权行吗", "may", "apply_ip", "crop_germplasm"),
        ("Can I put my respondents' names on our website?", "may", "publish", "personal_information"),
        ("A court in Japan asks for our data. May we send them?", "may", "export", "data_for_foreign_court"),
        ("要ship一批human samples到Boston，需要什么certificate？", "how", "export", "hgr_material"),
    ],
)
def test_modality_act_and_thing_are_read(
    understander: Understander, question: str, modality: str, act: str, thing: str
) -> None:
    asked = read(understander, question)

    assert asked is not None
    assert asked.modality == modality
    assert act in next(tier for tier in asked.acts if tier)
    assert thing in asked.things


@pytest.mark.parametrize(
    ("question", "foreign", "acts_itself"),
    [
        ("外国公司能采集中国人的血样吗", "yes", True),
        ("我们能和外国公司一起采集血样吗", "yes", False),
        ("Can a Swiss firm keep Chinese tissue?", "yes", True),
        ("Can we give tissue to a Swiss firm?", "yes", False),
        ("Can a hospital from Japan keep Chinese tissue inside China?", "yes", True),
        ("Can we give tissue to a hospital from Japan?", "yes", False),
        ("德国的教授让我寄血样，我能寄吗", "yes", False),
        ("没有外方参与，我们能采集血样吗", "no", False),
        ("我们能采集血样吗", None, False),
    ],
)
def test_a_foreign_party_that_acts_is_told_from_one_that_receives(
    understander: Understander, question: str, foreign: str | None, acts_itself: bool
) -> None:
    asked = read(understander, question)

    assert asked is not None
    assert asked.facts.get("foreign") == foreign
    assert (asked.facts.get("actor") == "foreign_party") is acts_itself
    assert asked.domestic is not acts_itself


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        (
            "不含个人信息和重要数据，能出境吗，数据不涉密",
            {"personal": "no", "important": "no", "secret": "no"},
        ),
        ("三万个病人的健康信息能传到国外吗", {"sensitive": "yes", "sensitive_volume": "over_10k"}),
        ("买一台260万的电镜要报批吗", {"large": "yes"}),
        ("国家二级保护的鸟能抓吗", {"protection": "class_2"}),
        ("Can an undescribed fossil be taken abroad?", {"unnamed": "yes"}),
    ],
)
def test_facts_that_were_told_are_read(
    understander: Understander, question: str, facts: dict[str, str]
) -> None:
    asked = read(understander, question)

    assert asked is not None
    assert facts.items() <= dict(asked.facts).items()


@pytest.mark.parametrize(
    "question",
    [
        "国家生态科学数据中心是谁建的？",
        "哪里有水稻种质？",
        "Can you recommend a good book?",
        "自贸区可以自己定哪些数据出境不用办手续吗",
    ],
)
def test_other_questions_are_none_of_permission(understander: Understander, question: str) -> None:
    assert read(understander, question) is None


def test_a_bare_question_may_be_about_several_kinds(understander: Understander) -> None:
    asked = read(understander, "能不能带出国？")

    assert asked is not None
    assert {"hgr_material", "fossil"} <= set(asked.kinds)


def test_a_follow_up_keeps_what_it_does_not_say(understander: Understander) -> None:
    first = "能采集人类遗传资源吗？"
    history = History().with_turn(
        PastTurn(
            first, first, "zh", "answered", (), ("hgr-regulation-2019",), (("hgr-regulation-2019", "art-7"),)
        )
    )
    asked = read(understander, "我们是一家美国公司", history)

    assert asked is not None
    assert asked.modality == "may"
    assert "hgr_material" in asked.things
    assert asked.facts["actor"] == "foreign_party"
