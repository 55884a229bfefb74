"""Statements are quotes: each stands, letter for letter, in the field that it names."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.loaders import load_corpus, load_vocabulary
from corpus.records import Corpus, Policy, Resource
from corpus.statements import Statement, Words, statements_of
from corpus.statements.cutting import cut
from corpus.statements.records import Field

JOINTS = "、, ，"
"""Between the values of one field that are told in one line."""


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load_corpus()


@pytest.fixture(scope="module")
def words() -> Words:
    return Words(load_vocabulary())


@pytest.fixture(scope="module")
def told(corpus: Corpus, words: Words) -> dict[str, tuple[Statement, ...]]:
    return {record.id: statements_of(record, words) for record in corpus}


def strings_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from strings_in(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from strings_in(one)


def field_of(record: Resource | Policy, field: Field) -> list[str]:
    """All strings of the field that a statement names."""
    whole = record.model_dump(mode="json")
    places = {
        "alias": ["aliases"],
        "former_name": ["former_names"],
        "place": ["province", "city"],
        "access_level": ["access"],
        "note": ["notes"],
        "document": ["issuing_body", "doc_number", "issued", "status_note", "effective", "expires"],
        "amendment": ["amendments"],
        "succession": ["replaces", "replaced_by"],
        "article": ["articles"],
    }
    return [one for name in places.get(field, [field]) for one in strings_in(whole.get(name))]


def stands(quote: str, strings: list[str]) -> bool:
    """In one of the strings, or joined of them."""
    if any(quote in one for one in strings):
        return True
    for one in sorted(strings, key=len, reverse=True):
        quote = quote.replace(one, "")
    return not quote.strip(JOINTS)


MADE_OF_WORDS = {
    "type", "access_level", "place", "document", "identifiers", "details", "amendment", "succession"
}  # fmt: skip
"""Fields whose codes are told in words of the vocabulary, or with such words beside them."""


def test_every_quote_stands_in_the_field_it_names(corpus: Corpus, told: dict[str, tuple[Statement, ...]]):
    lost = [
        one.id
        for record in corpus
        for one in told[record.id]
        if one.field not in MADE_OF_WORDS and not stands(one.quote, field_of(record, one.field))
    ]

    assert lost == []


def test_the_quote_of_an_article_stands_in_that_article(
    corpus: Corpus, told: dict[str, tuple[Statement, ...]]
):
    lost = []
    for policy in corpus.policies:
        for one in told[policy.id]:
            if one.field == "article":
                article = policy.article(one.part)
                assert article is not None and article.no == one.locator
                if one.quote not in article.says.in_(one.language):
                    lost.append(one.id)

    assert lost == []


def test_no_two_statements_have_one_id(told: dict[str, tuple[Statement, ...]]):
    ids = [one.id for some in told.values() for one in some]

    assert len(ids) == len(set(ids))


def test_statements_of_a_field_are_numbered_from_one(told: dict[str, tuple[Statement, ...]]):
    for some in told.values():
        key = lambda one: (one.language, one.field, one.part)  # noqa: E731
        for _, own in groupby(sorted(some, key=lambda one: (*key(one), one.number)), key=key):
            numbers = [one.number for one in own]
            assert numbers == list(range(1, len(numbers) + 1))


def test_both_languages_tell_of_the_same_fields(corpus: Corpus, told: dict[str, tuple[Statement, ...]]):
    for record in corpus:
        fields = {
            language: {(one.field, one.part) for one in told[record.id] if one.language == language}
            for language in ("zh", "en")
        }
        assert fields["zh"] == fields["en"], record.id


def test_every_article_of_a_document_has_a_statement(corpus: Corpus, told: dict[str, tuple[Statement, ...]]):
    for policy in corpus.policies:
        parts = {one.part for one in told[policy.id] if one.field == "article"}
        assert parts == {article.key for article in policy.articles}


def test_clauses_are_spans_of_their_digest_and_told_one_by_one(
    corpus: Corpus, told: dict[str, tuple[Statement, ...]]
):
    annotated = 0
    for policy in corpus.policies:
        for article in policy.articles:
            if not article.clauses:
                continue
            annotated += 1
            assert article.digest is not None
            for language in ("zh", "en"):
                own = [
                    one
                    for one in told[policy.id]
                    if one.field == "article" and one.part == article.key and one.language == language
                ]
                assert [one.clause for one in own] == [one.in_(language) for one in article.clauses]
                assert all(one.checked and one.operator and one.aspects for one in own)
                for one in article.clauses:
                    assert all(span in article.digest.in_(language) for _, span in one.in_(language).spans())

    assert annotated > 300


def test_what_was_not_annotated_carries_no_rule(told: dict[str, tuple[Statement, ...]]):
    for some in told.values():
        for one in some:
            if one.field == "article" and one.clause is None:
                assert (one.operator, one.checked, one.aspects) == (None, False, ())


def test_a_record_in_one_language_is_told_in_that_one(words: Words, corpus: Corpus):
    record = corpus.resources[0].model_copy(update={"languages": ("en",)})

    assert {one.language for one in statements_of(record, words)} == {"en"}


def letters(text: str) -> str:
    """Without blanks and without what may fall away at a cut."""
    return "".join(one for one in text if not one.isspace() and one not in "；;。.")


def test_cutting_loses_no_word_of_the_corpus(corpus: Corpus):
    texts = [one for record in corpus for one in strings_in(record.model_dump(mode="json")) if len(one) > 30]

    assert [text for text in texts if "".join(map(letters, cut(text))) != letters(text)] == []


@given(st.text(alphabet="甲乙a B1。；;.!？（）() \n", max_size=60))
def test_pieces_stand_in_the_text_one_after_the_other(text: str):
    at = 0
    for piece in cut(text):
        assert piece == piece.strip() != ""
        at = text.index(piece, at) + len(piece)


@pytest.mark.parametrize("text", ["甲（乙。丙）丁。", "See art. 3 (cf. No. 4). Then stop."])
def test_brackets_are_not_cut_open(text: str):
    for opening, closing in ("（）", "()"):
        assert all(piece.count(opening) == piece.count(closing) for piece in cut(text))


def test_abbreviations_end_no_piece():
    assert cut("See No. 3, e.g. this one. Then stop.") == ["See No. 3, e.g. this one.", "Then stop."]
