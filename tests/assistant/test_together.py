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


def test_articles_keep_the_line_that_names_their_document():
    first = Draft("answered", "《甲》第一条：x", shown=("a",), places=(("a", "art-1"),))
    second = Draft(
        "answered", "《乙》第三条：z\n《甲》第一条：x\n第二条：y", shown=("b", "a"), places=(("b", "art-3"),)
    )

    lines = together(["一", "二"], [first, second], "zh").text.split("\n")

    assert lines[-3:] == ["《乙》第三条：z", "《甲》第一条：x", "第二条：y"]


def test_a_comparison_keeps_its_headings_and_every_row():
    compared = (
        "A, B, side by side:\nFee:\n  - A: paid\n  - B: not recorded\nSite:\n  - A: x\n  - B: not recorded"
    )
    told = together(["a", "b"], [draft(compared, "A"), draft("Host: y", "C")], "en")

    assert compared in told.text


def test_steps_listed_before_are_not_told_again_in_one_line():
    steps = draft("馆，怎么申请：\n1. 注册账号\n2. 网上填表", "馆")
    line = draft("怎么申请：注册账号；网上填表\n电话：010-1", "馆")

    told = together(["怎么申请", "截止哪天，电话"], [steps, line], "zh")

    assert told.text.split("\n")[-2:] == ["2. 网上填表", "电话：010-1"]
