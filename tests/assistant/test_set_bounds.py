"""What bounds a set is read for what it is: days, statuses, bodies, levels, names; a talk keeps all of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from assistant.access import PUBLIC
from assistant.reading.dated import days_in
from assistant.reading.history import History
from assistant.reading.negation import negated, twice
from assistant.writing.texts import SETS
from corpus.loaders import load_vocabulary
from corpus.records import Policy, Resource
from wiring import Kewen

Told = Callable[..., "list[str] | None"]


@pytest.fixture(scope="module")
def ids_of(bundled_kewen: Kewen) -> Told:
    """The ids of the set that the last of some questions of one talk is answered with; None for no set."""
    answerer = bundled_kewen.seen_by(PUBLIC).assistant._answerer

    def told(*questions: str) -> list[str] | None:
        history, ids = History(), None
        for question in questions:
            language = answerer.language_of(question, history, "auto")
            answered = answerer.answer(question, history, language)
            history = history.with_turn(answered.turn)
            draft = answered.draft
            ids = sorted(draft.set.ids) if draft.set is not None else None
        return ids

    return told


def resources(kewen: Kewen, meets: Callable[[Resource], bool]) -> list[str]:
    return sorted(one.id for one in kewen.corpus.resources if meets(one))


def policies(kewen: Kewen, meets: Callable[[Policy], bool]) -> list[str]:
    return sorted(one.id for one in kewen.corpus.policies if meets(one))


@pytest.mark.parametrize("year", ["2019", "2021", "2023"])
@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("{}年施行的文件有哪些", lambda one: [one.effective]),
        ("{}年发布的文件有哪些", lambda one: [one.issued]),
        ("{}年修改过的文件有哪些", lambda one: [change.date for change in one.amendments]),
        ("List the rules that took effect in {}", lambda one: [one.effective]),
        ("List the rules issued in {}", lambda one: [one.issued]),
    ],
)
def test_a_year_is_that_of_the_event_that_stands_beside_it(
    bundled_kewen: Kewen,
    ids_of: Told,
    year: str,
    question: str,
    told: Callable[[Policy], Sequence[str | None]],
):
    there = policies(bundled_kewen, lambda one: any((day or "").startswith(year) for day in told(one)))

    assert ids_of(question.format(year)) == there


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-01-01 施行的", "2025-01-01"),
        ("2025年1月1日起", "2025-01-01"),
        ("in force from 1 January 2025", "2025-01-01"),
        ("issued in March 2019", "2019-03"),
        ("2019年3月发布", "2019-03"),
    ],
)
def test_a_day_is_read_however_it_is_written(text: str, day: str):
    assert [one[0] for one in days_in(text)] == [day]


@pytest.mark.parametrize("code", ["draft", "repealed", "unknown"])
def test_a_status_that_no_document_has_is_an_empty_set(bundled_kewen: Kewen, ids_of: Told, code: str):
    label = next(one.label for one in load_vocabulary().statuses if one.code == code)
    there = policies(bundled_kewen, lambda one: one.status == code)

    assert ids_of(f"状态是“{label.zh}”的文件有哪些") == there


def test_how_far_records_are_known_bounds_a_set(bundled_kewen: Kewen, ids_of: Told):
    there = resources(bundled_kewen, lambda one: one.verification == "unsure")

    assert ids_of("核实状态标“存疑”的资源有哪些") == there


@pytest.mark.parametrize("level", [one.label.zh for one in load_vocabulary().access])
def test_a_level_is_told_by_its_label(bundled_kewen: Kewen, ids_of: Told, level: str):
    code = next(one.code for one in load_vocabulary().access if one.label.zh == level)
    there = resources(bundled_kewen, lambda one: one.access.level == code)

    assert ids_of(f"资源目录里访问级别标“{level}”的总共几条，分别是谁") == there


@pytest.mark.parametrize("pair", [("科技部", "财政部"), ("财政部", "科技部")])
def test_two_bodies_alone_are_no_third(bundled_kewen: Kewen, ids_of: Told, pair: tuple[str, str]):
    both = {"科学技术部、财政部", "财政部、科学技术部"}
    there = policies(bundled_kewen, lambda one: one.issuing_body.zh in both)

    assert ids_of(f"只由{pair[0]}、{pair[1]}两家联合发文的文件有哪些") == there


@pytest.mark.parametrize("body", ["科学技术部", "教育部"])
def test_one_body_alone_shares_with_none(bundled_kewen: Kewen, ids_of: Told, body: str):
    unit = next(one for one in load_vocabulary().units if one.name.zh == body)
    there = resources(
        bundled_kewen, lambda one: one.governing_body is not None and one.governing_body.zh == body
    )

    assert ids_of(f"Entries whose governing body is the {unit.name.en} alone") == there


@pytest.mark.parametrize(("short", "name"), [("NIM", "中国计量院"), ("CAMS", "医科院")])
def test_a_name_given_twice_is_one_side(ids_of: Told, short: str, name: str):
    plain = ids_of(f"{name}做依托单位的一共几条")

    assert plain and ids_of(f"{short}（{name}）做依托单位的一共几条") == plain


@pytest.mark.parametrize("country", ["英国", "美国"])
def test_a_country_is_told_by_what_its_people_are_called(bundled_kewen: Kewen, ids_of: Told, country: str):
    there = resources(bundled_kewen, lambda one: one.province == country)
    place = next(one for one in load_vocabulary().provinces if one.name.zh == country)

    for word in (
        place.name.en,
        *(one for one in place.short.en if one.isupper() or one.endswith(("ish", "can"))),
    ):
        assert ids_of(f"just the {word} entries please") == there, word


@pytest.mark.parametrize("row", ["云贵川", "云、贵、川", "江浙沪", "京、津、冀"])
def test_places_are_told_by_their_letters_in_a_row(bundled_kewen: Kewen, ids_of: Told, row: str):
    letters = {letter: one.name.zh for one in load_vocabulary().provinces for letter in one.abbreviations}
    places = {letters[one] for one in row if one in letters}

    assert ids_of(f"{row}都有哪些资源") == resources(bundled_kewen, lambda one: one.province in places)


@pytest.mark.parametrize("said", ["试行", "仪器"])
def test_what_a_title_says_bounds_a_set(bundled_kewen: Kewen, ids_of: Told, said: str):
    assert ids_of(f"题目里有“{said}”二字的文件有哪些") == policies(
        bundled_kewen, lambda one: said in one.title.zh
    )


@pytest.mark.parametrize(
    ("first", "then", "alone"),
    [
        ("上海有哪些大科学装置", "北京也照样列一下", "北京有哪些大科学装置"),
        ("武汉有哪些资源", "只要收费的", "武汉收费的资源有哪些"),
        ("国外的资源有哪些", "把英国的去掉还剩哪些", "国外的资源有哪些，英国的不要"),
        ("anything in Guangdong province?", "only the paid ones", "paid entries in Guangdong province"),
        (
            "anything in Guangdong province?",
            "drop whatever is not paid",
            "paid entries in Guangdong province",
        ),
    ],
)
def test_a_further_question_keeps_what_it_does_not_change(ids_of: Told, first: str, then: str, alone: str):
    wanted = ids_of(alone)

    assert wanted and ids_of(first, then) == wanted


@pytest.mark.parametrize("place", ["上海", "北京", "安徽"])
def test_the_rest_is_what_a_set_left_out(bundled_kewen: Kewen, ids_of: Told, place: str):
    there = ids_of(f"{place}有哪些大科学装置") or []
    rest = ids_of(f"{place}有哪些大科学装置", "剩下的那几个呢")

    assert rest is not None and not {*there} & {*rest}
    assert sorted((*there, *rest)) == ids_of("大科学装置有哪些")


def test_a_third_turn_keeps_the_bounds_of_both_before(bundled_kewen: Kewen, ids_of: Told):
    there = resources(bundled_kewen, lambda one: one.province == "上海市" and one.access.level == "paid")

    assert ids_of("北京有哪些资源", "只要收费的", "上海呢，也列一下") == there


@pytest.mark.parametrize("kind", ["数据中心", "野外台站"])
def test_what_is_left_open_bounds_nothing(ids_of: Told, kind: str):
    assert ids_of(f"依托单位是浙江大学的都列出来，不管是{kind}还是别的") == ids_of(
        "依托单位是浙江大学的都列出来"
    )


@pytest.mark.parametrize(
    ("text", "value", "out"),
    [
        ("drop whatever is not paid", "paid", False),
        ("把不是北京的都去掉", "北京", False),
        ("把北京的去掉", "北京", True),
        ("访问级别标“受限”的", "受限", False),
        ("分别在北京的哪里", "北京", False),
    ],
)
def test_what_is_ruled_out_twice_is_asked_for(text: str, value: str, out: bool):
    start = text.index(value)

    assert negated(text, start, start + len(value)) is out
    assert twice(text, start, start + len(value)) is (not out and ("drop" in text or "去掉" in text))


@pytest.mark.parametrize(
    ("question", "sides"),
    [
        ("上海光源跟怀柔那个HEPS到底差在哪，能不能申请", {"ssrf", "heps"}),
        ("CGMCC 和武大那个CCTCC 怎么选？", {"cgmcc", "cctcc"}),
        (
            "Compare the steady field lab in Hefei with the pulsed one in Wuhan: host, access.",
            {"shmff", "whmfc"},
        ),
    ],
)
def test_only_what_is_named_is_compared(bundled_kewen: Kewen, question: str, sides: set[str]):
    answerer = bundled_kewen.seen_by(PUBLIC).assistant._answerer
    draft = answerer.answer(question, History(), answerer.language_of(question, History(), "auto")).draft

    assert set(draft.shown) == sides


def test_how_many_of_each_kind_are_told(bundled_kewen: Kewen):
    answerer = bundled_kewen.seen_by(PUBLIC).assistant._answerer
    question = "归农业农村部管的一共收了多少条，种质、生物材料、数据各几条？"
    draft = answerer.answer(question, History(), "zh").draft
    of = [one for one in bundled_kewen.corpus.resources if one.governing_body is not None]
    of = [one for one in of if "农业农村部" in one.governing_body.zh]  # type: ignore[union-attr]
    germplasm = sum(one.type == "germplasm" for one in of)

    assert draft.set is not None and draft.set.total == len(of)
    assert f"种质资源 {germplasm} 个" in draft.text
    assert draft.text.splitlines()[1].startswith(SETS["shares"].zh[:3])


def test_most_of_the_catalogue_is_not_listed_for_words_that_could_not_be_applied(bundled_kewen: Kewen):
    answerer = bundled_kewen.seen_by(PUBLIC).assistant._answerer
    several = answerer._several
    query = answerer.read("国内的资源有哪些", "zh")
    found = replace(several._sets.find(query), uncovered=("蓝光",))

    assert several._sets.holds_most(found)
    draft = several._listed.unapplied(query, found)
    assert draft.status == "not_found" and draft.set is None and "蓝光" in draft.text


@pytest.mark.parametrize("place", ["上海", "北京"])
def test_a_page_further_on_tells_of_each_what_was_asked(bundled_kewen: Kewen, place: str):
    answerer = bundled_kewen.seen_by(PUBLIC).assistant._answerer
    before = answerer.answer(f"{place}以外的资源有哪些，网址分别是什么", History(), "zh")
    after = answerer.answer(SETS["more_chip"].zh, History().with_turn(before.turn), "zh")

    assert before.draft.set is not None and after.draft.set is not None
    assert after.draft.set.ids == before.draft.set.ids and after.draft.set.offset == len(before.draft.shown)
    assert after.draft.text.count("网址") >= len(after.draft.shown)


@pytest.mark.parametrize("place", ["成都", "石家庄", "贵阳"])
@pytest.mark.parametrize("form", ["{}有哪些科技资源？", "是不是有在{}的平台，都列出来"])
async def test_a_place_that_no_record_is_in_never_leaves_all_records(
    bundled_kewen: Kewen, place: str, form: str
) -> None:
    answer = await bundled_kewen.assistant.ask(form.format(place))

    assert answer.set is None or not answer.set.ids


@pytest.mark.parametrize("body", ["医院", "图书馆", "寺庙"])
@pytest.mark.parametrize("form", ["有没有依托单位是{}的资源库？", "是不是有依托在{}的平台？列出来"])
async def test_asking_whether_there_is_one_rules_nothing_out(
    bundled_kewen: Kewen, body: str, form: str
) -> None:
    answer = await bundled_kewen.assistant.ask(form.format(body))

    assert answer.query is not None
    assert not any(one.negated for one in answer.query.conditions)
    assert answer.set is None or len(answer.set.ids) < 20
