"""What is known of a document on a day, and where an article of an old text went."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from corpus.diffs import nearest
from corpus.records import Amendment, Corpus, Policy, VersionArticle
from corpus.versions import as_it_stood, days_of, formerly, last_article, standing, successor
from tests.corpus.rulebook_texts import FIRST, SECOND
from tests.corpus.test_rulebook_joining import RULES, corpus, joined, the_rules

__all__ = ["corpus"]

REVISED = RULES.model_copy(
    update={
        "issued": "2021-12-10",
        "effective": "2022-02-01",
        "amendments": (Amendment(date="2021-12-10", effective="2022-02-01"), Amendment(date="2024")),
    }
)


@pytest.mark.parametrize(
    ("policy", "day", "how"),
    [
        (RULES, date(2014, 1, 1), "not_yet"),
        (RULES, date(2018, 1, 1), "not_held"),
        (RULES, date(2022, 2, 1), "digest"),
        (RULES.model_copy(update={"expires": "2024-06-30"}), date(2024, 7, 1), "over"),
        # Dates of a revision say nothing of when the document began.
        (REVISED, date(2010, 1, 1), "not_held"),
        # Known to the year, the change may have come on its last day.
        (REVISED, date(2024, 7, 1), "not_held"),
        (REVISED, date(2025, 1, 1), "digest"),
    ],
)
def test_without_texts_the_dates_of_the_record_decide(policy: Policy, day: date, how: str) -> None:
    assert standing(policy, day) == how


def test_stored_texts_hold_on_their_days(corpus: Corpus, tmp_path: Path) -> None:
    rules = the_rules(joined(tmp_path, corpus, FIRST, SECOND))

    assert standing(rules, date(2018, 1, 1)) == "stored"
    assert standing(rules, date(2023, 1, 1)) == "stored"
    assert standing(rules, date(2014, 1, 1)) == "not_yet"
    assert last_article(rules, date(2018, 1, 1)) == 6
    assert {"2015-05-01", "2022-02-01"} <= days_of(rules)


def test_an_old_number_leads_to_the_article_of_today(corpus: Corpus, tmp_path: Path) -> None:
    rules = the_rules(joined(tmp_path, corpus, FIRST, SECOND))

    [old] = formerly(rules, "第四条")

    assert (old.article.no, old.until, old.version, old.near) == ("第五条", "2022-02-01", "2015-05-01", False)
    assert formerly(rules, "第四条", date(2023, 1, 1)) == []
    article = rules.article("art-5@2015-05-01")
    assert article is not None
    now, near = successor(rules, article)
    assert now is not None
    assert (now.no, near) == ("第六条", False)


def test_an_article_is_taken_as_it_stood(corpus: Corpus, tmp_path: Path) -> None:
    rules = the_rules(joined(tmp_path, corpus, FIRST, SECOND))
    today, inserted = rules.article("5"), rules.article("art-4-1")
    assert today is not None
    assert inserted is not None

    then = as_it_stood(rules, today, date(2018, 1, 1))

    assert then is not None
    assert (then.version, then.digest) == ("2015-05-01", None)
    assert as_it_stood(rules, inserted, date(2018, 1, 1)) is None
    assert as_it_stood(rules, today, date(2023, 1, 1)) is today


def article(no: str, text: str) -> VersionArticle:
    return VersionArticle(no=no, anchor=f"art-{no}", text=text)


def test_an_article_that_grew_is_found_by_the_words_it_keeps() -> None:
    short = article("3", "借出的风筝应当在三日内归还。")
    grown = article(
        "9",
        "借出的风筝应当在三日内归还；逾期的，风筝馆可以催告，并停止借用人一年的借用资格，同时通知其单位。",
    )
    other = article("4", "雷雨天气禁止放飞任何种类的风筝。")

    assert nearest(short, [other, grown]) is grown
    assert nearest(short, [other]) is None
    assert nearest(short, [grown, grown.model_copy(update={"no": "10"})]) is None  # in doubt
