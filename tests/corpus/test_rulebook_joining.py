"""Stored texts join the corpus as dated versions; days, articles and passages follow from them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from corpus.loaders import corpus_digest
from corpus.records import Amendment, Article, Corpus, Policy, Text
from corpus.rulebooks.errors import RulebookConflict
from corpus.rulebooks.joining import join
from corpus.rulebooks.matching import match, own_id
from corpus.rulebooks.parser import parse
from corpus.rulebooks.records import Given
from corpus.rulebooks.shelf import Shelf, load_rulebooks
from corpus.versions import article_on, renumbered, version_on
from retrieval.passages import passages_of
from retrieval.places import Places, in_force
from retrieval.records import Filters
from tests.corpus.rulebook_texts import FIRST, ITEMS, REPEALING, SECOND

TODAY = date(2023, 6, 1)


def both(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


RULES = Policy(
    id="toy-sample-measures",
    title=both("中华人民共和国玩具样本管理办法", "Toy Sample Measures"),
    rank="departmental_rule",
    issuing_body=both("玩具部", "Ministry of Toys"),
    doc_number="玩具部令第3号",
    issued="2015-03-02",
    effective="2015-05-01",
    status="in_force",
    amendments=(Amendment(date="2021-12-10", effective="2022-02-01", by="玩具部令第9号"),),
    scope=both("玩具样本。", "Toy samples."),
    coverage="key",
    read="partial",
    articles=(
        Article(no="第五条", digest=both("十日内答复。", "An answer within ten days.")),
        Article(no="名录", slug="x-1", digest=both("另有名录。", "There is a list.")),
    ),
)


@pytest.fixture
def corpus() -> Corpus:
    return Corpus(policies=(RULES,), digest=corpus_digest([RULES]))


def keep(data_dir: Path, corpus: Corpus, *texts: str) -> None:
    for text in texts:
        read = parse(text.encode(), Given(), origin="toy.md")
        found = match(read, corpus.policies).policy
        Shelf(data_dir).keep(found.id if found else own_id(read.title), read, text.encode())


def joined(data_dir: Path, corpus: Corpus, *texts: str, today: date = TODAY) -> Corpus:
    keep(data_dir, corpus, *texts)
    return join(corpus, load_rulebooks(data_dir), today)


def the_rules(corpus: Corpus) -> Policy:
    record = corpus.by_id["toy-sample-measures"]
    assert isinstance(record, Policy)
    return record


def test_without_texts_the_corpus_stays_the_same(corpus: Corpus, tmp_path: Path) -> None:
    assert join(corpus, load_rulebooks(tmp_path), TODAY) is corpus


def test_two_texts_become_two_versions_that_follow_each_other(corpus: Corpus, tmp_path: Path) -> None:
    rules = the_rules(joined(tmp_path, corpus, SECOND, FIRST))

    assert [(one.effective, one.until, one.status) for one in rules.versions] == [
        ("2015-05-01", "2022-02-01", "superseded"),
        ("2022-02-01", None, "in_force"),
    ]
    assert rules.current == "2022-02-01"


@pytest.mark.parametrize(
    ("day", "version"),
    [
        (date(2015, 4, 30), None),
        (date(2015, 5, 1), "2015-05-01"),
        (date(2022, 1, 31), "2015-05-01"),
        (date(2022, 2, 1), "2022-02-01"),
    ],
)
def test_a_day_has_the_version_then_in_force(
    corpus: Corpus, tmp_path: Path, day: date, version: str | None
) -> None:
    found = version_on(the_rules(joined(tmp_path, corpus, FIRST, SECOND)), day)

    assert (found.version if found else None) == version


def test_an_old_text_alone_ends_where_the_record_knows_of_a_change(corpus: Corpus, tmp_path: Path) -> None:
    rules = the_rules(joined(tmp_path, corpus, FIRST))

    assert rules.versions[0].until == "2022-02-01"
    assert (rules.current, version_on(rules, TODAY)) == (None, None)
    assert [one.text for one in rules.articles] == [None, None]


def test_words_in_force_stand_beside_the_digest_and_new_articles_join(corpus: Corpus, tmp_path: Path) -> None:
    rules = the_rules(joined(tmp_path, corpus, FIRST, SECOND))

    answer = rules.article("第五条")
    assert answer and answer.digest and answer.text == "玩具馆应当自收到材料之日起十日内答复。"
    inserted = rules.article("第四条之一")
    assert inserted and inserted.digest is None and inserted.says.zh.startswith("借用甲级")
    assert rules.article("x-1") is not None
    assert (rules.coverage, rules.last_article) == ("all", 7)


def test_an_article_of_an_older_version_is_found_by_version_and_by_day(
    corpus: Corpus, tmp_path: Path
) -> None:
    rules = the_rules(joined(tmp_path, corpus, FIRST, SECOND))

    old = rules.article("4@2015-05-01")
    assert old and old.text == "玩具馆应当自收到材料之日起二十日内答复。"
    found = article_on(rules, "第四条", date(2018, 1, 1))
    assert found and found[1].text == old.text
    assert rules.article("4@1999-01-01") is None


def test_numbers_are_followed_from_one_version_to_the_next(corpus: Corpus, tmp_path: Path) -> None:
    rules = the_rules(joined(tmp_path, corpus, FIRST, SECOND))

    assert renumbered(rules, "2015-05-01", "2022-02-01") == {
        "第一条": "第一条",
        "第二条": "第二条",
        "第三条": "第四条",
        "第四条": "第五条",
        "第五条": "第六条",
        "第六条": "第七条",
    }


def test_a_text_that_matches_nothing_becomes_a_document_of_its_own(corpus: Corpus, tmp_path: Path) -> None:
    whole = joined(tmp_path, corpus, ITEMS)

    own = whole.by_id["rulebook:wan-ju-shou-fei-de-gui-ding"]
    assert isinstance(own, Policy)
    assert (own.status, own.title.zh) == ("unknown", "玩具收费的规定")
    assert own.article("item-2")
    assert whole.digest != corpus.digest


def test_what_a_newer_document_repeals_is_over_from_then_on(corpus: Corpus, tmp_path: Path) -> None:
    rules = the_rules(joined(tmp_path, corpus, SECOND, REPEALING, today=date(2025, 1, 1)))

    assert (rules.versions[0].until, rules.versions[0].status) == ("2024-06-01", "superseded")
    assert rules.current is None


def test_old_words_are_passages_of_their_own_places_with_their_days(corpus: Corpus, tmp_path: Path) -> None:
    passages = passages_of(the_rules(joined(tmp_path, corpus, FIRST, SECOND)))

    old = next(one for one in passages if one.part == "art-4@2015-05-01")
    assert (old.lang, old.effective, old.expires) == ("zh", "2015-05-01", "2022-01-31")
    new = next(one for one in passages if one.part == "art-5" and one.id.endswith(":v"))
    assert "十日内答复" in new.text
    day = date(2018, 1, 1)
    assert in_force(old, day)
    assert not any(in_force(one, day) for one in passages if one.part == "art-5")
    assert len({one.id for one in passages}) == len(passages)


def test_old_words_are_only_searched_for_a_day(corpus: Corpus, tmp_path: Path) -> None:
    passages = passages_of(the_rules(joined(tmp_path, corpus, FIRST, SECOND)))
    places = Places(passages, {one.id: np.ones(1, np.float32) for one in passages})

    def parts(filters: Filters) -> set[str]:
        rows = places.allowed(filters).rows
        return {one.part for one, kept in zip(places.passages, rows, strict=True) if kept}

    assert "art-4@2015-05-01" not in parts(Filters())
    assert {"art-4-1", "summary"} <= parts(Filters())
    past = parts(Filters(as_of=date(2018, 1, 1)))
    assert "art-4@2015-05-01" in past
    assert "art-4-1" not in past


def test_a_changed_file_is_told_and_not_quoted(corpus: Corpus, tmp_path: Path) -> None:
    keep(tmp_path, corpus, FIRST)
    file = tmp_path / load_rulebooks(tmp_path)[0].source
    file.write_text(FIRST.replace("二十日", "三十日"), encoding="utf-8")

    with pytest.raises(RulebookConflict, match="is not what was harvested"):
        load_rulebooks(tmp_path)


def test_a_text_without_its_record_is_not_there_yet(corpus: Corpus, tmp_path: Path) -> None:
    keep(tmp_path, corpus, FIRST)
    next(tmp_path.rglob("*.json")).unlink()

    assert load_rulebooks(tmp_path) == ()


def test_a_number_alone_does_not_match_another_title(corpus: Corpus) -> None:
    text = parse(FIRST.replace("玩具样本管理办法", "飞船登记规则").encode())

    assert text.doc_number == RULES.doc_number
    assert match(text, corpus.policies).policy is None
    assert match(text.model_copy(update={"title": "玩具样本管理暂行办法"}), corpus.policies).how == "number"
