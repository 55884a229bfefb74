"""What answers say of a harvested record: its licence, its dates, and whose word it is."""

from __future__ import annotations

import pytest

from assistant.evidence import OVERVIEW, Describer
from assistant.judging.support import Texts
from assistant.reading.query import Operation
from assistant.records import Language
from assistant.writing.facts import FactWriter
from corpus.details import DataDetails, Download, Grant, Origin, Relation
from corpus.disarming import disarmed
from corpus.loaders import load_vocabulary
from corpus.records import Application, Contact, Lines, Resource
from corpus.statements import Words, statements_of
from corpus.texts import Text
from tests.assistant.drafts import found_of, query_of, unsound

SENTENCE = "Snow was measured at 40 plots on 17 days. "
SNOW = Resource(
    id="toy:1",
    type="scientific_data",
    name=Text(zh="Snow depth", en="Snow depth"),
    holdings=Text(zh=SENTENCE * 40, en=SENTENCE * 40),
    languages=("en",),
    url="https://data.example.org/snow",
    url_checked=True,
    licence="https://data.example.org/terms",
    issued="2020-01-02",
    formats=("CSV",),
    origin=Origin(source="snow-desk", identifier="1", format="dcat_us"),
)


@pytest.fixture
def writer() -> FactWriter:
    vocabulary, records = load_vocabulary(), {SNOW.id: SNOW}
    return FactWriter(records, Describer(vocabulary), Words(vocabulary), Texts(records))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("field", ["licence", "holdings", "issued"])
def test_a_harvested_record_tells_what_is_asked_and_whose_word_it_is(
    writer: FactWriter, language: Language, field: str
):
    told = statements_of(SNOW, Words(load_vocabulary()))
    asked = next(one for one in told if one.field == field)

    draft = writer.answer(query_of("-", language), *found_of(told, asked))

    assert asked.quote.rstrip(".") in draft.text
    assert "snow-desk" in draft.text
    assert draft.text.count(SENTENCE.strip()) < 20, "a description of pages is cut"
    assert {one.id for one in draft.citations} == {SNOW.id}
    assert unsound(draft, language=language) == {}


def test_a_record_of_one_language_is_told_in_it_whatever_is_asked():
    told = statements_of(SNOW, Words(load_vocabulary()))

    assert {one.language for one in told} == {"en"}


def test_the_overview_has_dates_and_formats():
    quote = Describer(load_vocabulary()).resource_evidence(SNOW, OVERVIEW, "en").quote

    assert "Published: 2020-01-02" in quote
    assert "Formats: CSV" in quote
    assert (SENTENCE * 40).strip() in quote, "the quote has all of it"


def test_every_address_is_that_of_a_citation_of_its_own():
    record = SNOW.model_copy(
        update={
            "other_urls": ("https://one.example.org/a", "https://two.example.org/b"),
            "how_to_apply": Application(
                steps=Lines(
                    zh=("登录 https://log.example.org/in", "填表"),
                    en=("Log in at https://log.example.org/in", "Fill it in"),
                )
            ),
        }
    )
    vocabulary, records = load_vocabulary(), {record.id: record}
    told = statements_of(record, Words(vocabulary))
    addresses = [one for one in told if one.field == "other_urls"]
    writer = FactWriter(records, Describer(vocabulary), Words(vocabulary), Texts(records))

    draft = writer.answer(query_of("-", "en"), *found_of(told, *addresses))
    steps = writer.answer(query_of("-", "en", "steps"), *found_of(told, addresses[0]))

    assert {one.source_url for one in draft.citations} >= set(record.other_urls)
    assert all(one.quote in draft.text for one in addresses)
    assert unsound(draft, language="en") == unsound(steps, language="en") == {}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_who_brings_a_need_is_led_to_platforms_that_take_needs_and_to_the_staff(language: Language):
    vocabulary = load_vocabulary()
    assert vocabulary.demand is not None
    demand = Lines(zh=(vocabulary.demand.zh,), en=(vocabulary.demand.en,))

    def platform(number: int) -> Resource:
        name = Text(zh=f"积木难题征解{number}号", en=f"Brick challenges no. {number}")
        held = Text(zh="发布积木难题", en="Posts brick challenges")
        return Resource(
            id=f"toy-{number}", type="service_platform", name=name, holdings=held, subjects=demand
        )

    resources = (platform(1), SNOW, platform(2))
    told = [one for each in resources for one in statements_of(each, Words(vocabulary))]
    told = [one for one in told if one.language == language or one.record_id == SNOW.id]
    best = next(one for one in told if one.record_id == "toy-1" and one.field == "holdings")
    near = next(one for one in told if one.record_id == SNOW.id)
    writer_of_all = FactWriter(
        {one.id: one for one in resources},
        Describer(vocabulary),
        Words(vocabulary),
        Texts({one.id: one for one in resources}),
    )

    query = query_of("想请人解一道积木难题", language, "find")
    draft = writer_of_all.answer(query, *found_of(told, best, near))

    assert [one.id for one in draft.resources] == ["toy-1", "toy-2"]
    assert any(query.question in one for one in draft.follow_ups), "the need can be handed to the staff"
    assert unsound(draft, query.question, language=language) == {}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("field", ["funding", "relations"])
def test_who_paid_and_what_it_is_part_of_are_told_in_the_askers_labels(language: Language, field: str):
    record = SNOW.model_copy(
        update={
            "funding": (Grant(funder="Snow Fund", number="S-9"),),
            "relations": (Relation(kind="part_of", title="Atlas of Snow", url="https://data.example.org/a"),),
        }
    )
    vocabulary, records = load_vocabulary(), {record.id: record}
    told = statements_of(record, Words(vocabulary))
    asked = next(one for one in told if one.field == field)
    writer = FactWriter(records, Describer(vocabulary), Words(vocabulary), Texts(records))

    draft = writer.answer(query_of("-", language), *found_of(told, asked))

    words = {"funding": "Snow Fund S-9", "relations": "Atlas of Snow (https://data.example.org/a)"}
    labels = {"funding": ("资助：", "Funded by: "), "relations": ("属于：", "Part of: ")}
    assert labels[field][language == "en"] + words[field] in draft.text
    assert next(one.locator for one in draft.citations) == field
    assert unsound(draft, language=language) == {}


def test_how_to_get_open_data_says_the_bucket_and_how_often_it_is_updated():
    bucket = "s3://toy-snow"
    steps = Lines(
        zh=(f"S3 Bucket: {bucket}, region us-west-2.",), en=(f"S3 Bucket: {bucket}, region us-west-2.",)
    )
    given = SNOW.model_copy(
        update={
            "how_to_apply": Application(steps=steps),
            "contact": Contact(url="https://data.example.org/ask", note=Text(zh="甲", en="A")),
            "details": DataDetails(frequency="Hourly", files=(Download(url=bucket),)),
        }
    )
    record, _ = disarmed(given, outside=True)
    vocabulary, records = load_vocabulary(), {record.id: record}
    told = statements_of(record, Words(vocabulary))
    writer = FactWriter(records, Describer(vocabulary), Words(vocabulary), Texts(records))

    def answer(field: str, operation: Operation = "fact") -> str:
        asked = next(one for one in told if one.field == field)
        draft = writer.answer(query_of("-", "zh", operation), *found_of(told, asked))
        assert unsound(draft, language="zh") == {}
        return draft.text

    assert "怎么获取：" in answer("how_to_apply", "steps") and bucket in answer("how_to_apply", "steps")
    assert "更新频率：Hourly" in answer("frequency")
    assert "联系方式：https://data.example.org/ask" in answer("contact")


@pytest.mark.parametrize(("question", "language"), [("它的许可是什么", "zh"), ("Its licence?", "en")])
def test_a_field_that_is_asked_for_by_its_label_comes_first(
    writer: FactWriter, question: str, language: Language
):
    told = statements_of(SNOW, Words(load_vocabulary()))
    other = next(one for one in told if one.field == "holdings")
    query = query_of(question, language)

    draft = writer.answer(query, *found_of(told, other))

    assert writer.asked_by_label(SNOW.id, query)
    label = "许可：" if language == "zh" else "Licence: "
    assert f"{label}https://data.example.org/terms" in draft.text.splitlines()[0]
    assert not writer.asked_by_label(SNOW.id, query_of("-", language))
