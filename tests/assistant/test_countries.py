"""Countries that no rule names say no more than "abroad"; those that rules or places name are left alone."""

from __future__ import annotations

import pytest

from assistant.reading.countries import Countries
from corpus.loaders import load_corpus, load_vocabulary

ZH = ["牙买加", "德国", "秘鲁", "挪威", "约旦"]
EN = ["Jamaica", "the Netherlands", "Peru"]
OWN = ["中国的样本", "台湾的大学", "香港和澳门的学者", "samples in China", "Hong Kong"]


@pytest.fixture(scope="module")
def countries() -> Countries:
    return Countries(load_corpus(), load_vocabulary())


def test_every_foreign_country_reads_the_same(countries: Countries):
    chinese = {
        countries.neutral(f"把血样寄到{one}的实验室") for one in ("牙买加", "德国", "秘鲁", "挪威", "约旦")
    }
    english = {
        countries.neutral(f"May we send it to {one}?") for one in ("Jamaica", "the Netherlands", "Peru")
    }

    assert len(chinese) == 1 and "外国" in chinese.pop()
    assert len(english) == 1 and "a foreign country" in english.pop()


@pytest.mark.parametrize(
    "text", ["中国的样本", "台湾的大学", "香港和澳门的学者", "samples in China", "Hong Kong"]
)
def test_what_the_rules_or_the_places_of_home_name_is_left_alone(countries: Countries, text: str):
    assert countries.neutral(text) == text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("from a Netherlands lab", "from a foreign lab"),
        ("a Jamaica-based team", "a foreign-based team"),
        ("partners in Peru, Norway and Jordan", "partners in foreign countries"),
        ("to the Netherlands?", "to a foreign country?"),
        ("送到秘鲁、挪威和约旦", "送到外国"),
    ],
)
def test_what_stands_for_a_country_reads_as_language(countries: Countries, text: str, told: str):
    assert countries.neutral(text) == told
