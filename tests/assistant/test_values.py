"""Values that a question names: the same form whichever value it is, asked for or ruled out."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from assistant.reading.negation import negated, surely_negated, touches
from assistant.reading.query import Condition
from assistant.reading.values import Values, merged
from corpus.loaders import load_corpus, load_vocabulary
from corpus.records import Resource, Text
from corpus.vocabulary import Area
from retrieval.fields import Fields, Wanted

VOCABULARY = load_vocabulary()
PROVINCES = [one for one in VOCABULARY.provinces if one.kind == "province"]
COUNTRIES = [one for one in VOCABULARY.provinces if one.kind == "country"]


@pytest.fixture(scope="module")
def values() -> Values:
    return Values(list(load_corpus()), VOCABULARY)


def told(values: Values, question: str) -> list[tuple[str, str, bool]]:
    return [one.key for one in values.conditions(question, values.find(question))]


IN = [
    "{}有哪些数据中心？",
    "位于{}的野外台站",
    "在{}能预约的仪器平台有哪些",
    "Which platforms are in {}?",
    "labs in {} please",
]
OUT = [
    "不在{}的数据中心有哪些？",
    "除了{}，还有哪些平台？",
    "{}以外的野外台站",
    "Which platforms are not in {}?",
    "platforms outside {}",
    "all platforms except those in {}",
]


def name_in(form: str, place: object) -> str:
    name = place.name  # type: ignore[attr-defined]
    return form.format(name.en if form.isascii() else name.zh)


@pytest.mark.parametrize("form", IN)
def test_every_province_is_read_the_same_way(values: Values, form: str):
    wrong = [
        one.name.zh
        for one in PROVINCES
        if ("province", one.name.zh, False) not in told(values, name_in(form, one))
    ]

    assert wrong == []


@pytest.mark.parametrize("form", OUT)
def test_every_province_is_ruled_out_the_same_way(values: Values, form: str):
    wrong = [
        one.name.zh
        for one in PROVINCES
        if ("province", one.name.zh, True) not in told(values, name_in(form, one))
    ]

    assert wrong == []


@pytest.mark.parametrize("form", ["{}有哪些平台？", "Which platforms are in {}?"])
def test_every_country_is_read_the_same_way(values: Values, form: str):
    wrong = [
        one.name.zh
        for one in COUNTRIES
        if ("country", one.name.zh, False) not in told(values, name_in(form, one))
    ]

    assert wrong == []


def test_every_city_of_the_catalogue_is_found(values: Values):
    """A city that is a province too is read as the province."""
    cities = {one.city.zh for one in load_corpus().resources if one.city}

    def places(question: str, city: str) -> set[bool]:
        found = told(values, question)
        return {out for field, value, out in found if field in ("city", "province") and city in value}

    lost = [
        city
        for city in sorted(cities)
        if places(f"{city}有哪些平台？", city) != {False}
        or places(f"不在{city}的平台有哪些？", city) != {True}
    ]

    assert len(cities) > 10
    assert lost == []


def test_every_governing_body_is_found_as_one(values: Values):
    bodies = {one.governing_body.zh for one in load_corpus().resources if one.governing_body}
    single = sorted(one for one in bodies if len(one) > 2 and not set(one) & set("、；，（(/"))

    def authorities(question: str) -> list[str]:
        return [value for field, value, out in told(values, question) if field == "authority" and not out]

    assert len(single) > 5
    assert [body for body in single if not authorities(f"{body}主管的平台有哪些？")] == []


def test_several_values_of_one_field_are_alternatives(values: Values):
    found = told(values, "北京市和上海市有哪些平台？")

    conditions = [Condition(field, value, out) for field, value, out in found]
    assert merged(conditions)["province", False] == ("北京市", "上海市")


def test_a_list_after_a_word_of_exception_is_ruled_out_as_a_whole(values: Values):
    found = set(told(values, "除了北京市、上海市和甘肃省，哪里还有平台？"))

    assert {("province", name, True) for name in ("北京市", "上海市", "甘肃省")} <= found


def test_one_value_is_asked_for_while_another_is_ruled_out(values: Values):
    found = set(told(values, "不在北京市，而是在上海市的平台"))

    assert {("province", "北京市", True), ("province", "上海市", False)} <= found


def test_what_is_found_stands_where_it_says(values: Values):
    question = "甘肃省 的 野外台站，2018年以后建的，platforms in Beijing"
    for one in values.find(question):
        assert question[one.start : one.end] == one.surface


@pytest.mark.parametrize("question", ["", "？", "怎么申请", "a" * 500, "\u0000\u202e"])
def test_what_names_nothing_has_no_values(values: Values, question: str):
    assert values.find(question) == []


@pytest.mark.parametrize(
    ("text", "value", "out"),
    [
        ("平台不在甲地", "甲地", True),
        ("甲地以外", "甲地", True),
        ("不要付费的，在甲地", "甲地", False),
        ("not in Alpha", "Alpha", True),
        ("in Alpha, not free", "Alpha", False),
        ("Alpha excluded", "Alpha", True),
    ],
)
def test_a_negation_reaches_its_value_and_no_other(text: str, value: str, out: bool):
    start = text.index(value)

    assert negated(text, start, start + len(value)) is out


def named(stem: str, number: int) -> Resource:
    zh, en = f"国家{stem}科学数据中心", f"National {stem} Science Data Center (NSDC)"
    return Resource(id=f"centre-{number}", type="scientific_data", name=Text(zh=f"{zh}（试）", en=en))


STEMS = ["天文", "气象", "海洋", "农业", "生态", "空间"]


@pytest.mark.parametrize(("count", "found"), [(6, True), (4, False)])
def test_what_several_names_share_is_a_class(count: int, found: bool):
    records = [named(stem, number) for number, stem in enumerate(STEMS[:count])]
    values = Values(records, VOCABULARY)
    keys = told(values, "除了北京，国家科学数据中心还有哪些")

    assert (("name", "国家…科学数据中心", False) in keys) is found
    assert ("province", "北京市", True) in keys


def test_a_class_is_the_records_whose_names_begin_and_end_so():
    records = [*(named(stem, number) for number, stem in enumerate(STEMS)), *load_corpus().resources]
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    fields = Fields.open(records, "toy", engine, VOCABULARY)
    ids = fields.ids("resource", [Wanted("name", ("国家…科学数据中心",))])

    by_id = {one.id: one for one in records}
    assert {f"centre-{number}" for number in range(6)} <= set(ids)
    for id_ in ids:
        bare = by_id[id_].name.zh.split("（")[0]
        assert bare.startswith("国家") and bare.endswith("科学数据中心")
    engine.dispose()


@pytest.mark.parametrize(
    ("text", "said", "out"),
    [
        ("不用{}就能看的", "审批", True),
        ("没有{}的装置", "网址", True),
        ("有没有{}", "网址", False),
        ("是不是{}的", "收费", False),
        ("sites without {}", "fees", True),
        ("sites with {}", "fees", False),
    ],
)
def test_a_negation_right_before_a_word_rules_it_out(text: str, said: str, out: bool):
    assert touches(text.format(said), text.index("{")) is out


@pytest.mark.parametrize("thing", ["装置", "种质库", "平台"])
def test_other_things_are_not_ruled_out(thing: str):
    text = f"安徽还有别的{thing}吗"
    start = text.index(thing)

    assert not negated(text, start, start + len(thing))
    assert negated(f"别列{thing}", 2, 2 + len(thing))


@pytest.mark.parametrize("licence", ["MIT", "CC-BY-4.0", "CC BY 4.0", "CC-BY", "cc by"])
def test_a_licence_and_a_format_of_the_records_are_read_however_they_are_written(licence: str):
    def data(number: int, terms: str, form: str) -> Resource:
        name = Text(zh=f"数据{number}", en=f"Data {number}")
        return Resource(id=f"toy-{number}", type="scientific_data", name=name, licence=terms, formats=(form,))

    own = Values(
        [data(1, "MIT", "NetCDF"), data(2, "CC-BY-4.0", "CSV"), data(3, "See the page.", "CSV")], VOCABULARY
    )
    wanted = "MIT" if licence == "MIT" else "CC-BY-4.0"

    assert ("licence", wanted, False) in told(own, f"{licence} 许可的 netcdf 数据有哪些")
    assert ("format", "netcdf", False) in told(own, f"{licence} 许可的 netcdf 数据有哪些")


@pytest.mark.parametrize("area", VOCABULARY.areas, ids=lambda one: one.name.en)
def test_an_area_is_each_of_its_places(values: Values, area: Area):
    for form, out in ((IN[0], False), (OUT[2], True), (IN[3], False), (OUT[4], True)):
        name = area.name.en if form.isascii() else area.name.zh
        places = [one for one in told(values, form.format(name)) if one[0] in ("province", "country")]
        assert places == [("province", one, out) for one in area.holds]


def test_letters_for_places_are_places_three_or_more_in_a_row(values: Values):
    letters = {one.abbreviations[0]: one.name.zh for one in PROVINCES if one.abbreviations}
    names = list(letters)

    for start in range(0, len(names) - 3, 3):
        row = names[start : start + 3]
        found = {one[1] for one in told(values, f"{''.join(row)}有哪些平台") if one[0] == "province"}
        assert found == {letters[one] for one in row}
    assert [one for one in told(values, "宁要新书") if one[0] == "province"] == []


@pytest.mark.parametrize(
    "form", ["{}的先不考虑，有哪些平台", "{}的先剔掉，剩下有哪些平台", "{}的除外，有哪些平台"]
)
def test_a_word_that_only_rules_out_needs_no_other_sign(values: Values, form: str):
    for one in PROVINCES:
        place = next(found for found in values.find(form.format(one.name.zh)) if found.field == "province")
        assert surely_negated(form.format(one.name.zh), place.start, place.end)
        assert not surely_negated(f"{one.name.zh}的有哪些平台", 0, len(one.name.zh))
