"""Which day a question about rules speaks of, and when it speaks of none."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.reading.days import asked_day
from retrieval.mentions import Mention

TODAY = date(2026, 6, 1)


def days(question: str, **given: object) -> tuple[str, str] | None:
    found = asked_day(question, today=TODAY, **given)  # type: ignore[arg-type]
    return (str(found.first), str(found.last)) if found else None


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("2023年申请时适用哪条？", "2023-01-01", "2023-12-31"),
        ("2018年的时候归谁管", "2018-01-01", "2018-12-31"),
        ("二〇二〇年的时候怎么规定", "2020-01-01", "2020-12-31"),
        ("在2020年3月要批准吗", "2020-03-01", "2020-03-31"),
        ("2022年底还有效吗", "2022-12-31", "2022-12-31"),
        ("2024年5月1日以前归谁批", "2024-04-30", "2024-04-30"),
        ("2025年修正前是第几条", "2024-12-31", "2024-12-31"),
        ("2021-09-01时有效的是哪条", "2021-09-01", "2021-09-01"),
        ("2021年发布数据集时适用哪一版", "2021-01-01", "2021-12-31"),
        ("按2017年的规定要批准吗", "2017-01-01", "2017-12-31"),
        ("in 2020, which rule applied?", "2020-01-01", "2020-12-31"),
        ("As of 1 May 2022, who approves?", "2022-05-01", "2022-05-01"),
        ("Who was in charge before May 2024?", "2024-04-30", "2024-04-30"),
        ("What was allowed at the end of 2021?", "2021-12-31", "2021-12-31"),
    ],
)
def test_a_day_or_period_is_read(question: str, first: str, last: str) -> None:
    assert days(question) == (first, last)


@pytest.mark.parametrize(
    "question",
    [
        "2018年印发的办法怎么说",
        "2023年版的标准",
        "按2019年的通知一共多少个",
        "办法（2019年）第三条",
        "国办发2018年17号文",
        "2020年的数据在哪里",
        "2024年修改了什么",
        "2023年批的，现在还算数吗",
        "2019年和2024年有什么不同",
        "2026年申请时适用哪条",
        "the measures issued in 2018",
        "Was it amended in 2024?",
        "Is the rule of 2018 still in force today?",
        "二月三十日的时候",
    ],
)
def test_a_year_of_a_document_of_data_or_of_a_change_is_no_day(question: str) -> None:
    assert days(question) is None


def test_a_year_beside_a_document_is_a_day_unless_it_is_the_documents_own() -> None:
    question = "2022年的玩具法第三条"
    toy = Mention("toy-law", "policy", "玩具法", 6, 9, "exact", 1.0)

    assert days(question, mentions=[toy], owned={2020}, numbered=True) == ("2022-01-01", "2022-12-31")
    assert days(question, mentions=[toy], owned={2022}, numbered=True) is None


def test_a_name_that_holds_a_year_names_no_day() -> None:
    name = Mention("list-2019", "policy", "2019年时名单", 0, 7, "alias", 1.0)

    assert days("2019年时名单里有谁", mentions=[name]) is None
