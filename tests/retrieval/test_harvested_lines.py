"""A harvested record is embedded once, in what it is written in, with its licence and the ways in."""

from __future__ import annotations

from corpus.details import Coverage, DataDetails, Download, InstrumentDetails, Origin, Period
from corpus.records import Identifier, Resource
from corpus.texts import Text
from retrieval.passages import passages_of

ORIGIN = Origin(source="toy", identifier="1", format="dcat_us")
SNOW = Resource(
    id="toy:1",
    type="scientific_data",
    name=Text(zh="Snow depth", en="Snow depth"),
    holdings=Text(zh="Depth of snow.", en="Depth of snow."),
    languages=("en",),
    licence="CC-BY-4.0",
    access_rights="embargoed",
    issued="2020-01-02",
    temporal=Period(start="2001", end="2010"),
    spatial=Coverage(places=("Qinghai",)),
    identifiers=(Identifier(scheme="doi", value="10.12345/a"),),
    formats=("CSV",),
    details=DataDetails(files=(Download(url="s3://snow/a.csv", title="Plots", format="CSV"),)),
    origin=ORIGIN,
)


def test_a_text_in_one_language_is_embedded_once():
    passages = passages_of(SNOW)

    assert {one.lang for one in passages} == {"en"}
    assert [one.id for one in passages] == ["toy:1#card:en", "toy:1#how_to_apply:en"]


def test_the_card_tells_licence_dates_places_and_numbers():
    card = passages_of(SNOW)[0].text

    for line in (
        "Licence: CC-BY-4.0", "Access rights: embargoed access", "Issued: 2020-01-02", "Period: 2001/2010",
        "Coverage: Qinghai", "Identifiers: DOI 10.12345/a", "Formats: CSV",
    ):  # fmt: skip
        assert line in card.split("\n")


def test_the_ways_in_stand_with_how_to_apply_in_the_language_of_the_record():
    assert "File: Plots (CSV) s3://snow/a.csv" in passages_of(SNOW)[1].text

    microscope = Resource(
        id="toy:2",
        type="instrument",
        name=Text(zh="冷冻电镜", en="冷冻电镜"),
        languages=("zh",),
        details=InstrumentDetails(booking_url="https://b.example.org", fees=Text(zh="800元", en="800元")),
        origin=ORIGIN,
    )
    route = passages_of(microscope)[1]
    assert (route.lang, route.text) == ("zh", "预约网址：https://b.example.org\n费用：800元")
