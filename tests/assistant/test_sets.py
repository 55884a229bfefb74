"""Sets are exact: what a question names bounds them, what it does not mean bounds nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.access import PUBLIC
from assistant.reading.history import History
from assistant.reading.roles import learned_roles
from assistant.writing.texts import SETS
from corpus.loaders import load_vocabulary
from corpus.records import Resource
from corpus.statements.words import LABELS
from retrieval.embedding import BuiltInEmbedder
from retrieval.fields import bare_name, scheme_of
from wiring import Kewen

Told = Callable[[str], "list[str] | None"]
PLACES = {"北京": "北京市", "上海": "上海市", "湖北": "湖北省"}


@pytest.fixture(scope="module")
def ids_of(bundled_kewen: Kewen) -> Told:
    """The ids of the set that a question is answered with; None for an answer that is no set."""
    answerer = bundled_kewen.seen_by(PUBLIC).assistant._answerer

    def told(question: str) -> list[str] | None:
        language = answerer.language_of(question, History(), "auto")
        draft = answerer.answer(question, History(), language).draft
        return sorted(draft.set.ids) if draft.set is not None else None

    return told


def where(kewen: Kewen, meets: Callable[[Resource], bool]) -> list[str]:
    return sorted(one.id for one in kewen.corpus.resources if meets(one))


UNREAD = pytest.mark.xfail(reason="two of three places are bound by more than the place")
UNHEARD = pytest.mark.xfail(reason="the role encoder does not hear what is ruled out, or what bounds, here")


@pytest.mark.parametrize(
    "place", ["北京", pytest.param("湖北", marks=UNREAD), pytest.param("上海", marks=UNREAD)]
)
def test_words_for_all_there_is_bound_nothing(bundled_kewen: Kewen, ids_of: Told, place: str):
    there = where(bundled_kewen, lambda one: one.province == PLACES[place])

    assert ids_of(f"{place}有哪些资源，全部列出来") == there
    assert ids_of(f"在{place}的库啊装置啊都有哪些") == there


@pytest.mark.parametrize(
    ("question", "dated"),
    [
        ("上海的科学数据中心有哪些", "上海最新的科学数据中心有哪些"),
        ("list the data centres in Beijing", "list the newest data centres in Beijing"),
        ("list the data centres in Beijing", "list the most recent data centres in Beijing"),
    ],
)
def test_who_asks_for_the_newest_gets_the_same_set(ids_of: Told, question: str, dated: str):
    assert ids_of(dated) == ids_of(question) != []


@pytest.mark.parametrize("place", ["湖北", "上海", "北京"])
@pytest.mark.parametrize(
    "question", ["{}的这些资源平台除了要付钱买的还剩哪些", "{}的资源里，收费的不算，还有哪几个"]
)
def test_an_access_that_is_ruled_out_leaves_the_others(
    bundled_kewen: Kewen, ids_of: Told, place: str, question: str
):
    told = ids_of(question.format(place))

    assert told == where(
        bundled_kewen,
        lambda one: one.province == PLACES[place] and one.access.level not in (None, "paid"),
    )


@pytest.mark.parametrize("place", ["上海", "湖北", "云南"])
@pytest.mark.parametrize(
    "question",
    ["30个国家生物种质与实验材料资源库里，在{}的有哪些", "{}都有哪几个国家资源库（30个里的）"],
)
def test_a_part_of_the_catalogue_that_the_asker_counts_bounds_the_set(
    bundled_kewen: Kewen, ids_of: Told, place: str, question: str
):
    told = ids_of(question.format(place))

    assert told == where(
        bundled_kewen,
        lambda one: (
            bare_name(one.name.zh).startswith("国家")
            and bare_name(one.name.zh).endswith("资源库")
            and (one.province or "").startswith(place)
        ),
    )


def test_the_number_that_the_asker_gives_tells_which_part_is_meant(bundled_kewen: Kewen, ids_of: Told):
    told = ids_of("那30个国家资源库都叫什么，列出来")

    assert told is not None and len(told) == 30
    assert told == where(
        bundled_kewen,
        lambda one: (
            bare_name(one.name.zh).startswith("国家")
            and bare_name(one.name.zh).endswith("资源库")
            and one.since is not None
            and "2019" in one.since.zh
        ),
    )


@pytest.mark.parametrize(
    "question",
    [
        "How many entries aren't Chinese at all (run from abroad)? count and names",
        "How many entries are run from abroad? count and names",
    ],
)
def test_a_negation_and_what_says_it_again_are_one(bundled_kewen: Kewen, ids_of: Told, question: str):
    countries = {one.name.zh for one in load_vocabulary().provinces if one.kind == "country"}

    assert ids_of(question) == where(bundled_kewen, lambda one: one.province in countries)


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("依托在大学的一共几条", "大学"),
        ("依托在公司的一共几条", "公司"),
        ("依托在医院的一共几条", "医院"),
    ],
)
def test_the_kind_of_body_that_hosts_is_a_condition(
    bundled_kewen: Kewen, ids_of: Told, question: str, word: str
):
    told = ids_of(question)

    assert told is not None
    assert set(told) >= set(where(bundled_kewen, lambda one: one.host is not None and word in one.host.zh))


@pytest.mark.parametrize("scheme", ["doi", "cstr"])
def test_what_a_counted_part_must_record_is_a_condition(bundled_kewen: Kewen, ids_of: Told, scheme: str):
    told = ids_of(f"20家国家科学数据中心里你们登记了{scheme.upper()}前缀的有哪些？前缀一块给我")

    assert told == where(
        bundled_kewen,
        lambda one: (
            bare_name(one.name.zh).startswith("国家")
            and bare_name(one.name.zh).endswith("科学数据中心")
            and any(scheme_of(own.scheme) == scheme for own in one.identifiers)
        ),
    )


@pytest.mark.parametrize("names", [("上海光源", "合肥光源"), ("国家病毒资源库", "国家菌种资源库")])
def test_a_comparison_tells_whoever_must_choose_how_each_is_got(bundled_kewen: Kewen, names: tuple[str, str]):
    answerer = bundled_kewen.seen_by(PUBLIC).assistant._answerer
    draft = answerer.answer("{}和{}，外单位学生选哪个合适".format(*names), History(), "zh").draft

    for field in ("access", "how_to_apply", "place", "url"):
        assert f"\n{LABELS[field].zh}" in draft.text
    assert len(draft.shown) == 2


def test_what_must_or_must_not_be_recorded_is_a_condition(bundled_kewen: Kewen, ids_of: Told):
    facilities = [one for one in bundled_kewen.corpus.resources if one.type == "facility"]

    assert ids_of("大科学装置里没有网址的有哪些") == sorted(one.id for one in facilities if one.url is None)
    assert ids_of("Which entries have a phone or email on file?") == where(
        bundled_kewen, lambda one: one.contact is not None
    )


def test_a_further_question_about_the_set_bounds_it_further(bundled_kewen: Kewen, ids_of: Told):
    told = ids_of("人类遗传资源那一类总共几个？不归中科院管的是哪几个")

    assert told == where(
        bundled_kewen,
        lambda one: (
            one.type == "human_genetic"
            and one.governing_body is not None
            and "中国科学院" not in one.governing_body.zh
        ),
    )


@pytest.mark.parametrize(
    "value",
    [
        "武汉",
        "成都",
        pytest.param("某某市", marks=pytest.mark.xfail(reason="no place is seen in a made-up name")),
        "廊坊",
    ],
)
def test_the_role_of_a_word_does_not_hang_on_its_value(bundled_kewen: Kewen, value: str):
    words, _ = learned_roles()
    embedder = bundled_kewen.embedder
    assert isinstance(embedder, BuiltInEmbedder)

    inside = words.mark(f"{value}有哪些平台", embedder.embed_roles).spans()
    outside = words.mark(f"除了{value}还有哪些平台", embedder.embed_roles).spans()

    assert [(one.role, one.text, one.out) for one in inside] == [
        ("value", value, False), ("kind", "平台", False)
    ]  # fmt: skip
    assert [(one.role, one.text, one.out) for one in outside] == [
        ("value", value, True), ("kind", "平台", False)
    ]  # fmt: skip


@pytest.mark.parametrize("home", ["长春", "廊坊", "南宁", "青岛"])
def test_where_the_asker_is_bounds_nothing(ids_of: Told, home: str):
    assert ids_of(f"我是{home}一家小公司的，国内野外台站都有哪些，列一下") == ids_of(
        "国内野外台站都有哪些，列一下"
    )
    assert ids_of(f"I'm based in {home}. List the germplasm banks in Beijing, please") == ids_of(
        "List the germplasm banks in Beijing, please"
    )


@pytest.mark.parametrize(
    "wording",
    [
        "除了{place}，还有哪些种质资源库",
        "种质资源库有哪些？{place}的就别给我了",
        "不在{place}的种质资源库有哪些",
        "列出种质资源库，不要{place}的",
    ],
)
@pytest.mark.parametrize("place", ["北京", "云南"])
def test_what_is_ruled_out_is_the_rest_whatever_the_wording(
    bundled_kewen: Kewen, ids_of: Told, wording: str, place: str
):
    others = where(
        bundled_kewen,
        lambda one: (
            one.type == "germplasm" and one.province not in (None, "全国", f"{place}市", f"{place}省")
        ),
    )

    assert ids_of(wording.format(place=place)) == others


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("武汉有哪些资源", "其中收费的有哪些"),
        ("教育部管的有哪些", "不在北京的有几个"),
        ("你们有哪些科学数据中心", "那里头不在北京的"),
        ("list the germplasm banks", "which of them are outside Beijing"),
    ],
)
def test_what_is_asked_of_a_list_stays_within_it(bundled_kewen: Kewen, ids_of: Told, first: str, then: str):
    answerer = bundled_kewen.seen_by(PUBLIC).assistant._answerer
    language = answerer.language_of(first, History(), "auto")
    before = answerer.answer(first, History(), language)
    after = answerer.answer(then, History().with_turn(before.turn), language)

    assert before.draft.set is not None and after.draft.set is not None
    assert set(after.draft.set.ids) == set(before.draft.set.ids) & set(ids_of(then) or [])
    assert 0 < after.draft.set.total < before.draft.set.total


@pytest.mark.parametrize("place", ["上海", "湖北", "江苏"])
def test_another_place_is_another_list(bundled_kewen: Kewen, ids_of: Told, place: str):
    answerer = bundled_kewen.seen_by(PUBLIC).assistant._answerer
    before = answerer.answer("广东有哪些平台", History(), "zh")
    after = answerer.answer(f"{place}有哪些资源", History().with_turn(before.turn), "zh")

    assert after.draft.set is not None
    assert sorted(after.draft.set.ids) == ids_of(f"{place}有哪些资源")


@pytest.mark.parametrize(
    ("first", "then"),
    [
        pytest.param("武汉的都有哪些", "其中不归中科院管的是哪几个", marks=UNHEARD),
        ("which entries are outside China", "and which of those are free"),
        ("长三角的大科学装置有哪些", "安徽有几个"),
    ],
)
def test_a_message_that_narrows_its_own_list_gets_both(
    bundled_kewen: Kewen, ids_of: Told, first: str, then: str
):
    answerer = bundled_kewen.seen_by(PUBLIC).assistant._answerer
    question = f"{first}？{then}？" if not first.isascii() else f"{first}? {then}?"
    draft = answerer.answer(question, History(), answerer.language_of(question, History(), "auto")).draft
    wider = ids_of(first) or []

    assert draft.set is not None
    assert set(draft.set.ids) < set(wider)
    listed = [line for line in draft.text.splitlines() if line[:1].isdigit() and ". " in line[:5]]
    assert len(listed) == len(wider) + draft.set.total


@pytest.mark.parametrize(
    "names", [("Zenodo", "Figshare", "ScienceDB"), ("FAST", "LAMOST", "HEPS"), ("CGMCC", "CCTCC", "GSA")]
)
def test_what_is_compared_is_not_parted(bundled_kewen: Kewen, names: tuple[str, str, str]):
    answerer = bundled_kewen.seen_by(PUBLIC).assistant._answerer
    question = "{}, {}, or {} for our group? the board decides in May. tell me which and why not the others"
    draft = answerer.answer(question.format(*names), History(), "en").draft

    assert len(draft.shown) == 3


def test_a_code_that_no_record_says_is_no_side_of_a_comparison(bundled_kewen: Kewen):
    answerer = bundled_kewen.seen_by(PUBLIC).assistant._answerer
    plain = answerer.answer("国家实验细胞资源库和中科院细胞库有啥不一样，哪家便宜", History(), "zh").draft
    coded = answerer.answer(
        "买xj77，国家实验细胞资源库和中科院细胞库有啥不一样，哪家便宜", History(), "zh"
    ).draft

    assert coded.shown == plain.shown
    assert SETS["no_price"].zh in plain.text


@pytest.mark.parametrize(
    ("place", "kind"), [("重庆", "大科学装置"), ("青海", "野外台站"), ("Hainan", "data centres")]
)
def test_an_empty_set_says_what_there_is_without_one_bound(bundled_kewen: Kewen, place: str, kind: str):
    answerer = bundled_kewen.seen_by(PUBLIC).assistant._answerer
    question = f"Which {kind} are in {place}?" if place.isascii() else f"{place}有哪些{kind}"
    language = "en" if place.isascii() else "zh"
    draft = answerer.answer(question, History(), language).draft

    told = SETS["wider"].in_(language).split("“")[0]
    assert draft.set is not None and draft.set.total == 0
    assert any(line.startswith(told) for line in draft.text.splitlines()[1:])


@pytest.mark.parametrize("name", ["国家病毒资源库", "天马望远镜", "淡水藻种库"])
def test_what_is_asked_of_one_record_besides_is_no_list(bundled_kewen: Kewen, name: str):
    answerer = bundled_kewen.seen_by(PUBLIC).assistant._answerer
    draft = answerer.answer(f"{name}怎么申请？有网址或者邮箱吗？", History(), "zh").draft

    assert draft.set is None


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("你们收录了多少政策", marks=UNHEARD),
        "how many policies do you hold?",
        "把收录的规定都列出来",
    ],
)
def test_all_that_is_held_is_listed_for_who_names_it(bundled_kewen: Kewen, ids_of: Told, question: str):
    assert ids_of(question) == sorted(one.id for one in bundled_kewen.corpus.policies)


@pytest.mark.parametrize(("units", "people"), [(28, 25), (31, 4), (12, 60)])
def test_a_threshold_that_is_asked_for_is_no_list(ids_of: Told, units: int, people: int):
    assert (
        ids_of(f"想把我们几家平台凑的联盟注册成社团，目前{units}个单位、{people}个个人愿意入会，够数没")
        is None
    )


@pytest.mark.parametrize("name", ["天马望远镜", "国家病毒资源库", "上海光源"])
def test_how_open_one_record_is_is_no_list(bundled_kewen: Kewen, name: str):
    answerer = bundled_kewen.seen_by(PUBLIC).assistant._answerer
    draft = answerer.answer(f"{name}在哪，其中有没有收费的部分", History(), "zh").draft

    assert draft.set is None and draft.shown[0] in {
        one.id
        for one in bundled_kewen.corpus.resources
        if name in (one.name.zh, *one.aliases) or name in one.name.zh
    }


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("list the big facilities in Shanghai", "which of them charge?"),
        ("武汉有哪些资源", "这里面记了网址的是哪几个"),
        ("野外台站、观测网络总共收了几个", "里面哪些注册了就能拿数据"),
    ],
)
def test_part_of_what_was_listed_is_asked_of_it(bundled_kewen: Kewen, first: str, then: str):
    answerer = bundled_kewen.seen_by(PUBLIC).assistant._answerer
    language = answerer.language_of(first, History(), "auto")
    before = answerer.answer(first, History(), language)
    after = answerer.answer(then, History().with_turn(before.turn), language)

    assert before.draft.set is not None and after.draft.set is not None
    assert after.draft.set.ids and set(after.draft.set.ids) <= set(before.draft.set.ids)
