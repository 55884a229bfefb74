"""Several answers in one: each thing is told once, and no heading stands over nothing."""

from __future__ import annotations

from assistant.records import ResourceCard
from assistant.writing.draft import Draft
from assistant.writing.together import together


def card(name: str) -> ResourceCard:
    return ResourceCard.model_construct(id=name, name=name)


def draft(text: str, *names: str) -> Draft:
    return Draft("answered", text, resources=tuple(map(card, names)), shown=names)


def test_of_one_record_a_line_is_told_once_with_its_name_or_without():
    told = together(
        ["a", "b"],
        [draft("Bank — Fee: paid\nSite: x", "Bank"), draft("Fee: paid\nHost: y", "Bank")],
        "en",
    )

    assert told.text.split("\n") == ["Bank — Fee: paid", "Site: x", "Host: y"]


def test_of_two_records_each_is_told_its_own():
    told = together(["a", "b"], [draft("Fee: paid", "Bank"), draft("Fee: paid", "House")], "en")

    assert told.text.count("Fee: paid") == 2


def test_a_heading_goes_with_what_stood_under_it():
    steps = "Bank — How to apply:\n1. Write\n2. Wait"
    told = together(
        ["a", "b"], [draft(steps, "Bank"), draft("How to apply:\n1. Write\n3. Fetch", "Bank")], "en"
    )

    assert told.text.split("\n")[-2:] == ["How to apply:", "3. Fetch"]
    assert together(["a", "b"], [draft(steps, "Bank"), draft(steps, "Bank")], "en").text == steps
