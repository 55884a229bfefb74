"""What answers say of a harvested record: its licence, its dates, and whose word it is."""

from __future__ import annotations

import pytest

from assistant.composer import Composer
from assistant.evidence import OVERVIEW, Describer
from assistant.selection import Selection
from assistant.understanding import Understander
from corpus.details import Origin
from corpus.loaders import load_vocabulary
from corpus.records import Resource
from corpus.texts import Text

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


@pytest.mark.parametrize(("language", "label"), [("en", "Licence: "), ("zh", "许可：")])
def test_a_harvested_record_tells_its_licence_and_whose_word_it_is(
    understander: Understander, language: str, label: str
):
    composer = Composer({SNOW.id: SNOW}, load_vocabulary())
    reading = understander.read("May I use Snow depth?", language=language)  # type: ignore[arg-type]
    draft = composer.compose(reading, Selection("resource", resources=(SNOW,)))

    assert f"{label}https://data.example.org/terms" in draft.text
    assert "snow-desk" in draft.text
    assert draft.text.count(SENTENCE.strip()) < 20, "a description of pages is cut"
    assert "https://data.example.org/terms" in {one.source_url for one in draft.citations}


def test_the_overview_has_dates_and_formats():
    quote = Describer(load_vocabulary()).resource_evidence(SNOW, OVERVIEW, "en").quote

    assert "Published: 2020-01-02" in quote
    assert "Formats: CSV" in quote
    assert (SENTENCE * 40).strip() in quote, "the quote has all of it"
