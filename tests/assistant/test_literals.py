"""Identifiers and long numbers of a question lead to the statements that bear them, whatever the wording."""

from __future__ import annotations

import pytest

from assistant.judging.literals import borne_by, literals_of
from corpus.statements import Statement
from tests.assistant.drafts import found_of, query_of


def said(record: str, quote: str) -> Statement:
    return Statement(quote, record, "resource", "card", "holdings", "holdings", "en", record, "", quote)


SEEDS = said("seeds", "21,666 species by the end of 2017")
PLANTS = said("plants", "10,601 species (September 2021), 50,000 sheets")
PREFIX = said("ice", "doi_prefix 10.12072")
DATASET = said("ice", "example 10.12072/ncdc.11")


@pytest.mark.parametrize("form", ["{} or {}?", "两处写的是{}和{}，哪个对", "why {} here and {} there"])
@pytest.mark.parametrize("written", [("10,601", "21,666"), ("10601", "21666"), ("10601", "21，666")])
def test_numbers_are_found_however_they_are_written(form: str, written: tuple[str, str]):
    found, _ = found_of([SEEDS, PLANTS, PREFIX])

    borne = borne_by(query_of(form.format(*written), "en"), found)

    assert [one.statement for one in borne] == [PLANTS, SEEDS]


@pytest.mark.parametrize("asked", ["10.12072", "10.12072/ncdc.11"])
def test_a_prefix_is_the_whole_or_ends_at_a_joint(asked: str):
    found, _ = found_of([PREFIX, DATASET, said("other", "10.1207")])

    assert [one.statement for one in borne_by(query_of(f"{asked} 是谁的", "zh"), found)] == [PREFIX, DATASET]


@pytest.mark.parametrize("text", ["in 2017", "50,000 sheets", "50万元", "3 strains", "第十二条"])
def test_what_is_borne_by_chance_leads_nowhere(text: str):
    assert literals_of(text) == frozenset()


def test_one_that_nothing_bears_leaves_the_question_to_search():
    found, _ = found_of([SEEDS, PLANTS])

    assert borne_by(query_of("21,666 or 99,123?", "en"), found) == []
