"""Sets out of SQL are those that going through all records gives, and hidden records are in none."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from itertools import combinations

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool

from corpus.loaders import load_corpus, load_vocabulary
from corpus.records import Corpus, Policy, Resource
from corpus.rights import PUBLIC
from corpus.seen import labels_of
from retrieval.fields import WORDS, Fields, Wanted
from tests.conftest import TOY_CORPUS
from tests.rights.hidden import with_secrets
from tests.sampling import sample

Values = Callable[[Resource | Policy], set[str]]
RESOURCE: dict[str, Values] = {
    "type": lambda one: {one.type},
    "province": lambda one: {one.province} - {None},
    "city": lambda one: {one.city.zh} if one.city else set(),
    "access": lambda one: {one.access.level} - {None},
    "subject": lambda one: {said.lower() for said in (*one.subjects.zh, *one.subjects.en)},
    "licence": lambda one: {one.licence} - {None},
}
POLICY: dict[str, Values] = {"status": lambda one: {one.status}, "rank": lambda one: {one.rank}}
"""Fields whose values stand in records as they are asked for."""


@pytest.fixture
def engine() -> Iterator[Engine]:
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def bundled() -> Corpus:
    return load_corpus()


def opened(corpus: Corpus, engine: Engine, digest: str | None = None) -> Fields:
    return Fields.open(corpus, digest or corpus.digest, engine, load_vocabulary())


def meets(record: Resource | Policy, wanted: Wanted, values: dict[str, Values]) -> bool:
    """What a record does not tell is neither so nor otherwise."""
    told = values[wanted.field](record)
    return bool(told) and bool(told & set(wanted.values)) is not wanted.negated


def chosen(corpus: Corpus, kind: str, values: dict[str, Values], seed: int) -> Iterator[list[Wanted]]:
    """A sample of single conditions, and one of two and three together."""
    records = corpus.resources if kind == "resource" else corpus.policies
    singles = [
        Wanted(field, (value,), negated)
        for field, of in values.items()
        for value in sorted({value for one in records for value in of(one)})
        for negated in (False, True)
    ]
    yield []
    yield from ([one] for one in sample(singles, 3))
    dice = random.Random(seed)
    for size in (2, 3):
        for _ in range(150):
            some = dice.sample(singles, size)
            yield some
    for one, other in combinations(singles[:40], 2):
        if one.field == other.field and one.negated == other.negated:
            yield [Wanted(one.field, one.values + other.values, one.negated)]


@pytest.mark.parametrize(("kind", "values"), [("resource", RESOURCE), ("policy", POLICY)])
def test_sets_are_exact(engine: Engine, bundled: Corpus, kind: str, values: dict[str, Values]):
    fields = opened(bundled, engine)
    records = bundled.resources if kind == "resource" else bundled.policies

    asked = 0
    for wanted in chosen(bundled, kind, values, seed=7):
        expected = sorted(one.id for one in records if all(meets(one, each, values) for each in wanted))
        assert fields.ids(kind, wanted) == expected, wanted
        asked += 1
    assert asked > 100


def test_a_condition_and_its_negation_share_the_records_that_tell_of_the_field(
    engine: Engine, bundled: Corpus
):
    fields = opened(bundled, engine)

    provinces = {one.province for one in bundled.resources if one.province}
    for value in provinces:
        inside = fields.ids("resource", [Wanted("province", (value,))])
        outside = fields.ids("resource", [Wanted("province", (value,), negated=True)])
        assert not set(inside) & set(outside)
        assert len(inside) + len(outside) == sum(one.province is not None for one in bundled.resources)


def test_words_are_found_wherever_a_record_says_them(engine: Engine, bundled: Corpus):
    fields = opened(bundled, engine)
    for word in ("冰川", "水稻", "显微镜", "glacier"):
        found = set(fields.ids("resource", [Wanted(WORDS, (word,))]))
        said = {
            one.id
            for one in bundled.resources
            if any(word in text.lower() for text in (one.name.zh, one.name.en, *one.subjects.zh))
            or (one.holdings and (word in one.holdings.zh or word in one.holdings.en.lower()))
        }
        assert said <= found
        rest = fields.ids("resource", [Wanted(WORDS, (word,), negated=True)])
        assert sorted([*found, *rest]) == sorted(one.id for one in bundled.resources)


def test_signs_of_patterns_are_letters_like_others(engine: Engine, bundled: Corpus):
    fields = opened(bundled, engine)

    assert fields.ids("resource", [Wanted(WORDS, ("%_%",))]) == []


def test_what_may_not_be_seen_is_in_no_set(engine: Engine):
    corpus = with_secrets(load_corpus(TOY_CORPUS))
    fields = opened(corpus, engine)

    for label in labels_of(corpus):
        seen = {PUBLIC, label}
        view = fields.seen_by(seen)
        own = {one.id for one in corpus.resources if one.label in seen}
        assert set(view.ids("resource", [])) == own
        for field in RESOURCE:
            for value in {value for one in corpus.resources for value in RESOURCE[field](one)}:
                for negated in (False, True):
                    wanted = Wanted(field, (value,), negated)
                    assert set(view.ids("resource", [wanted])) <= own


def test_words_of_a_hidden_article_find_its_document_only_for_who_sees_it(engine: Engine):
    corpus = load_corpus(TOY_CORPUS)
    fields = opened(corpus, engine)
    wanted = [Wanted(WORDS, ("联络员",))]

    assert fields.seen_by({PUBLIC}).ids("policy", wanted) == []
    assert fields.seen_by({PUBLIC, "member"}).ids("policy", wanted) == ["qinglan-data-rules-2021"]


def test_a_catalogue_that_is_known_is_not_written_again(engine: Engine):
    corpus = load_corpus(TOY_CORPUS)
    first = opened(corpus, engine)

    again = opened(Corpus(digest=corpus.digest), engine)

    assert again.ids("resource", []) == first.ids("resource", []) != []


def test_another_catalogue_has_its_own_records(engine: Engine, bundled: Corpus):
    opened(load_corpus(TOY_CORPUS), engine)

    fields = opened(bundled, engine)

    assert fields.ids("resource", []) == sorted(one.id for one in bundled.resources)


def test_who_answers_from_the_catalogue_before_still_finds_it(engine: Engine, bundled: Corpus):
    toy = load_corpus(TOY_CORPUS)
    before = opened(toy, engine)

    opened(bundled, engine)

    assert before.ids("resource", []) == sorted(one.id for one in toy.resources)
    opened(bundled, engine)
    assert before.ids("resource", []) == []


def test_rows_of_another_form_or_vocabulary_are_made_anew(engine: Engine, monkeypatch: pytest.MonkeyPatch):
    corpus, vocabulary = load_corpus(TOY_CORPUS), load_vocabulary()
    opened(corpus, engine)

    fewer = vocabulary.model_copy(update={"provinces": vocabulary.provinces[:-1]})
    assert Fields.open([], corpus.digest, engine, fewer).ids("resource", []) == []
    monkeypatch.setattr("retrieval.fields.FORM", "another")
    assert Fields.open([], corpus.digest, engine, vocabulary).ids("resource", []) == []
