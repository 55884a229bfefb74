"""Near-misses are made by rule, are really not there, and the stored set is what the rules make."""

from __future__ import annotations

import json
from pathlib import Path

from corpus.loaders import load_corpus
from evaluation.golden import load_golden
from evaluation.near_misses import near_misses, numeral

STORED = Path(__file__).parents[2] / "evals" / "near_misses.jsonl"


def test_the_stored_set_is_what_the_rules_make():
    made = near_misses(load_corpus())

    assert [json.loads(line) for line in STORED.read_text("utf-8").splitlines()] == made


def test_there_are_enough_of_both_and_they_load():
    items = load_golden(STORED)
    absent = [one for one in items if "answered" not in one.expect.status]

    assert len(absent) >= 100
    assert len(items) - len(absent) >= 80
    assert {one.lang for one in absent} == {"zh", "en"}


def test_swapped_articles_are_beyond_the_last():
    corpus = load_corpus()
    last = {policy.title.en: policy.last_article for policy in corpus.policies if policy.last_article}
    asked = [
        one["turns"][0]
        for one in near_misses(corpus)
        if one["id"].startswith("near-article") and one["lang"] == "en"
    ]

    for question in asked:
        number, title = question.removeprefix("What does article ").removesuffix(" say?").split(" of the ", 1)
        assert int(number) > last[title]


def test_numerals():
    told = [numeral(n) for n in (3, 10, 12, 40, 41, 100, 103, 120)]
    assert told == ["三", "十", "十二", "四十", "四十一", "一百", "一百零三", "一百二十"]
