"""What is left of a corpus for who sees only some of it."""

from __future__ import annotations

import pytest

from corpus.loaders import load_corpus
from corpus.records import Corpus
from corpus.rights import LEVELS, Level, Sight, label_of, strictest
from corpus.seen import labels_of, seen_by, version_labels
from corpus.versions import formerly
from tests.conftest import TOY_CORPUS
from tests.rights.hidden import ARTICLE_SECRETS, ASKERS, lantern_rules, secrets_for, with_secrets


@pytest.fixture(scope="module")
def whole() -> Corpus:
    return with_secrets(load_corpus(TOY_CORPUS))


def test_each_level_sees_its_own_and_those_below():
    for place, level in enumerate(LEVELS):
        sight = Sight(level, "alpha")
        seen = [one for one in LEVELS if label_of(one, "alpha") in sight]
        assert seen == list(LEVELS[: place + 1])


def test_a_unit_sees_its_own_and_staff_sees_every_unit():
    assert "unit:alpha" in Sight("unit", "alpha") and "unit:beta" not in Sight("unit", "alpha")
    assert "unit:alpha" not in Sight("unit") and "unit:alpha" not in Sight("member", "alpha")
    assert "unit:alpha" in Sight("staff") and "member" in Sight("unit", "alpha")


def test_what_names_no_unit_and_what_two_units_share_is_for_staff():
    assert label_of("unit") == label_of("unit", "") == label_of("nonsense") == "staff"
    assert strictest("unit:alpha", "unit:beta") == "staff"
    assert strictest("member", "unit:alpha", "public") == "unit:alpha"
    assert "unit" not in Sight("unit", "alpha")


@pytest.mark.parametrize(("level", "unit"), ASKERS)
def test_no_secret_is_left_and_nothing_else_is_lost(whole: Corpus, level: Level, unit: str | None):
    cut = seen_by(whole, Sight(level, unit)).model_dump_json()

    seen, hidden = secrets_for(level, unit)
    assert [one for one in hidden if one in cut] == []
    assert [one for one in seen if one not in cut] == []


def test_a_corpus_without_secrets_is_itself_for_everyone():
    plain = load_corpus(TOY_CORPUS)
    open_ = seen_by(plain, Sight())

    assert seen_by(open_, Sight()) is open_
    assert seen_by(plain, Sight("staff")) is plain


def test_cutting_twice_cuts_no_more(whole: Corpus):
    once = seen_by(whole, Sight("unit", "alpha"))

    assert seen_by(once, Sight("unit", "alpha")) == once
    assert seen_by(once, Sight()) == seen_by(whole, Sight())


def test_an_old_article_keeps_what_it_became_under_every_number():
    rules = lantern_rules()

    assert version_labels(rules) == {
        ("2015-03-01", "art-12"): "staff",  # the record says that it was 12
        ("2015-03-01", "art-8"): "unit:alpha",  # its words say that it was 8
        ("2021-06-01", "art-5"): "staff",
        ("2021-06-01", "art-6"): "unit:alpha",
    }
    old = rules.article("12@2015-03-01")
    assert old is not None and old.label == "staff"
    assert ARTICLE_SECRETS["old"] in (old.text or "")


def test_without_a_record_of_numbers_the_words_are_followed():
    rules = lantern_rules()
    articles = tuple(one.model_copy(update={"former": ()}) for one in rules.articles)

    labels = version_labels(rules.model_copy(update={"articles": articles}))

    assert labels["2015-03-01", "art-12"] == "staff"


def test_former_numbers_of_hidden_articles_are_not_told(whole: Corpus):
    rules = seen_by(whole, Sight()).by_id["lantern-rules-2021"]

    assert formerly(rules, "第十二条") == []  # type: ignore[arg-type]
    assert rules.article("12@2015-03-01") is None  # type: ignore[union-attr]
    assert [one.article.no for one in formerly(rules, "第九条")] == ["第四条"]  # type: ignore[arg-type]


def test_an_article_of_one_unit_in_a_document_of_another_is_for_staff():
    rules = lantern_rules().model_copy(update={"visibility": "unit", "unit": "beta"})
    corpus = Corpus(policies=(rules,), digest="-")

    assert labels_of(corpus) == {"unit:beta", "staff"}
