"""What must hold for every answer over every record and article of the bundled corpus, in both languages.

What the answers rest on is chosen by hand, so that no search decides which records are looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

import pytest

from assistant.evidence import Describer, EvidenceBook
from assistant.finding.sets import SetFound
from assistant.judging.support import Texts
from assistant.reading.query import Condition
from assistant.records import Answer, Language
from assistant.rules.writer import RuleWriter
from assistant.writing.absent import AbsentWriter
from assistant.writing.compared import CompareWriter
from assistant.writing.draft import Draft
from assistant.writing.facts import FactWriter
from assistant.writing.sets import SetWriter
from corpus.loaders import load_corpus, load_vocabulary
from corpus.records import Corpus, Resource
from corpus.statements import Statement, Words, statements_of
from evaluation.text import ADDRESS, language_of
from retrieval.names import NameIndex
from retrieval.references import resolve
from tests.assistant.drafts import answer_of, found_of, query_of, unsound

LONGEST = 4_096
"""Characters that a chat message of the narrowest channel holds."""
LANGUAGES: tuple[Language, ...] = ("zh", "en")
Told = tuple[str, Language, Draft]
"""What was asked for, in which language, and what was written."""

_EMPTY = re.compile(
    r"\bNone\b(?! of|:)|\[\]|[{}]|([，、；;：,])\1|。[。.；;，]|(?<!\.)\.[。；;，](?!\.)|(?<!\.)\.\.(?!\.)"
    r"|（[，）]|\([,)]|[：:] ?\[|\S  +\S|^[，。；、,;:]",
    re.M,
)
_HAN = re.compile(r"[\u3400-\u9fff]+")


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load_corpus()


@pytest.fixture(scope="module")
def words() -> Words:
    return Words(load_vocabulary())


@pytest.fixture(scope="module")
def describer() -> Describer:
    return Describer(load_vocabulary())


@pytest.fixture(scope="module")
def facts(corpus: Corpus, describer: Describer, words: Words) -> FactWriter:
    return FactWriter(corpus.by_id, describer, words, Texts(corpus.by_id))


@pytest.fixture(scope="module")
def rules(corpus: Corpus, describer: Describer) -> RuleWriter:
    return RuleWriter(corpus.by_id, describer)


@pytest.fixture(scope="module")
def sets(corpus: Corpus, describer: Describer, words: Words) -> SetWriter:
    return SetWriter(corpus.by_id, describer, words)


def faults_of(answer: Answer, *asked: str) -> Iterator[str]:
    """What is wrong with an answer, one line each."""
    yield from (f"{name}: {fault}" for name, fault in unsound(answer, *asked).items())
    plain = ADDRESS.sub("address", answer.text)
    for found in _EMPTY.finditer(plain):
        yield f"empty part: {plain[max(0, found.start() - 30) : found.end() + 10]!r}"
    if len(answer.text) > LONGEST:
        yield f"length: {len(answer.text)}"
    for follow_up in answer.follow_ups:
        if not follow_up.strip() or "{" in follow_up or "None" in follow_up:
            yield f"follow-up: {follow_up!r}"


def faults(draft: Draft, language: Language, *asked: str) -> list[str]:
    return list(faults_of(answer_of(draft, language), *asked))


def told_of(resource: Resource, words: Words) -> Iterator[tuple[Language, list[Statement]]]:
    """The statements of a record by language."""
    for language, some in groupby(statements_of(resource, words), key=lambda one: one.language):
        yield language, list(some)


def on_records(corpus: Corpus, facts: FactWriter, words: Words) -> Iterator[Told]:
    """Every field of every record as what answers, and the record as what is needed."""
    for resource in corpus.resources:
        for language, told in told_of(resource, words):
            name = resource.name.in_(language)
            for field, own in groupby(told, key=lambda one: (one.field, one.label)):
                query = query_of(name, language, aspects={"none": 1.0})
                yield f"{name}: {field}", language, facts.answer(query, *found_of(told, next(own)))
            for operation in ("find", "steps"):
                query = query_of(name, language, operation)
                yield f"{name}: {operation}", language, facts.answer(query, *found_of(told, told[0]))


def on_articles(corpus: Corpus, rules: RuleWriter, words: Words) -> Iterator[Told]:
    """Every article by its first statement, as a rule and as a matter of leave."""
    for policy in corpus.policies:
        told = statements_of(policy, words)
        for language in LANGUAGES:
            for article in policy.articles:
                own = [
                    one for one in told
                    if one.field == "article" and one.part == article.key and one.language == language
                ]  # fmt: skip
                for operation in ("rule", "may") if own else ():
                    query = query_of("-", language, operation, kinds={"policy": 1.0})
                    yield f"{policy.id} {article.no}", language, rules.answer(query, *found_of(told, own[0]))


@pytest.fixture(scope="module")
def of_records(corpus: Corpus, facts: FactWriter, words: Words) -> list[Told]:
    return list(on_records(corpus, facts, words))


@pytest.fixture(scope="module")
def of_articles(corpus: Corpus, rules: RuleWriter, words: Words) -> list[Told]:
    return list(on_articles(corpus, rules, words))


def test_every_field_of_every_record_is_told_truly(of_records: list[Told]):
    wrong = []
    for what, language, draft in of_records:
        wrong += [f"{what}: {fault}" for fault in faults(draft, language)]

    assert wrong == []


def test_the_statement_that_answers_is_in_the_answer_word_for_word(
    corpus: Corpus, facts: FactWriter, words: Words
):
    lost = []
    for resource in corpus.resources:
        for language, told in told_of(resource, words):
            for one in told:
                draft = facts.answer(query_of("-", language), *found_of(told, one))
                if one.quote.rstrip("。.；;") not in draft.text:
                    lost.append(one.id)

    assert lost == []


def test_every_article_is_told_truly_in_both_languages(of_articles: list[Told]):
    wrong = []
    for what, language, draft in of_articles:
        wrong += [f"{what}: {fault}" for fault in faults(draft, language)]

    assert wrong == []


def test_every_clause_leads_to_its_article(corpus: Corpus, rules: RuleWriter, words: Words):
    lost = []
    for policy in corpus.policies:
        told = statements_of(policy, words)
        for one in told:
            if one.field == "article":
                draft = rules.answer(query_of("-", one.language, "rule"), *found_of(told, one))
                cited = {(cited.id, cited.locator) for cited in draft.citations}
                if (policy.id, one.locator) not in cited or one.quote.rstrip("。.；;") not in draft.text:
                    lost.append(one.id)

    assert lost == []


def test_every_document_is_told_truly_as_a_whole(corpus: Corpus, rules: RuleWriter, words: Words):
    wrong = []
    for policy in corpus.policies:
        told = statements_of(policy, words)
        for one in told:
            if one.field != "article":
                draft = rules.answer(query_of("-", one.language, "version"), *found_of(told, one))
                wrong += [f"{one.id}: {fault}" for fault in faults(draft, one.language)]

    assert wrong == []


def test_what_is_missing_is_told_truly_in_both_languages(corpus: Corpus, describer: Describer):
    absent, wrong = AbsentWriter(describer), []
    near = [
        *corpus.resources[:2],
        (corpus.policies[0], None),
        (corpus.policies[0], corpus.policies[0].articles[0]),
    ]
    for resource in corpus.resources:
        for language in LANGUAGES:
            book = EvidenceBook()
            lines = absent.answer(["-"], near, language, book, subject=resource)
            draft = Draft("not_found", "\n".join(lines), book.citations())
            wrong += [f"{resource.id}: {fault}" for fault in faults(draft, language)]

    assert wrong == []


def test_an_article_that_a_document_has_not_is_told_truly(corpus: Corpus, rules: RuleWriter):
    names, wrong = NameIndex(list(corpus)), []
    for policy in corpus.policies:
        for text, language in (
            (f"《{policy.title.zh}》第九百九十九条", "zh"),
            (f"article 999 of the {policy.title.en}", "en"),
        ):
            references = tuple(resolve(text, names.mentions(text), corpus.by_id))
            reasons = rules.absent_article(query_of(text, language, "rule", references=references))
            assert reasons is not None, text
            assert "999" in reasons[0]
            assert policy.last_article is None or str(policy.last_article) in reasons[0]

    assert wrong == []


def test_records_side_by_side_are_told_truly(
    corpus: Corpus, describer: Describer, sets: SetWriter, words: Words
):
    comparing = CompareWriter(corpus.by_id, describer, words)
    wrong = []
    for at in range(0, len(corpus.resources) - 1, 4):
        chosen = corpus.resources[at : at + 4]
        for language in LANGUAGES:
            query = query_of("-", language, "compare", subjects=tuple(one.id for one in chosen))
            compared = comparing.answer(query, query.subjects, ("url", "since") if at % 8 else ())
            listed = sets.answer(
                query_of("-", language, "list"), SetFound("resource", tuple(one.id for one in chosen), ())
            )
            for draft in (compared, listed):
                wrong += [f"{[one.id for one in chosen]}: {fault}" for fault in faults(draft, language)]

    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["resource", "policy"])
def test_a_set_is_told_page_by_page_with_its_number_first(
    corpus: Corpus, sets: SetWriter, kind: str, language: Language
):
    records = corpus.resources if kind == "resource" else corpus.policies
    whole = SetFound(kind, tuple(one.id for one in records), (Condition("year", "2018", negated=True),))
    query = query_of("-", language, "list")

    seen: list[str] = []
    while len(seen) < len(records):
        draft = sets.answer(query, whole, len(seen))
        assert draft.set is not None
        assert (draft.set.total, draft.set.offset) == (len(records), len(seen))
        assert sorted(draft.set.ids) == sorted(whole.ids)
        assert str(len(records)) in draft.text.splitlines()[0]
        assert faults(draft, language, "2018") == []
        assert draft.shown and list(draft.set.ids[len(seen) : len(seen) + len(draft.shown)]) == list(
            draft.shown
        )
        assert bool(draft.follow_ups) == (len(seen) + len(draft.shown) < len(records))
        seen += draft.shown
    assert sorted(seen) == sorted(whole.ids)


@pytest.mark.parametrize("operation", ["list", "count"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_set_is_an_answer(sets: SetWriter, language: Language, operation: str):
    draft = sets.answer(query_of("-", language, operation), SetFound("resource", (), ()))

    assert (draft.status, draft.set and draft.set.total, draft.citations) == ("answered", 0, ())
    assert "0" in draft.text


def test_answers_are_in_the_language_of_the_question(of_records: list[Told]):
    other = [
        what
        for what, language, draft in of_records
        if what.endswith((": find", ": steps")) and language_of(draft.text) != language
    ]

    assert other == []


def official_chinese(corpus: Corpus) -> str:
    """Document numbers, amending instruments, article numbers and names: they have no English form."""
    held: list[str] = []
    for policy in corpus.policies:
        held += [policy.doc_number or ""]
        held += [one.by or "" for one in policy.amendments]
        held += [one.doc_number or "" for one in (*policy.replaces, *policy.replaced_by)]
        held += [article.no for article in policy.articles]
    for resource in corpus.resources:
        held += [resource.name.zh, *resource.aliases, *resource.former_names]
        held += [f"{one.scheme} {one.value}" for one in resource.identifiers]
    return "\n".join(held)


def test_chinese_in_english_answers_is_official_or_a_term_in_brackets(
    corpus: Corpus,
    of_records: list[Told],
    of_articles: list[Told],
):
    allowed = official_chinese(corpus)
    wrong = set()
    for what, language, draft in (*of_records, *of_articles):
        if language == "en":
            plain = re.sub(r"\([\u3400-\u9fff]{2,8}\)", "", draft.text)  # prior report (事先报告)
            wrong |= {(what, word) for word in _HAN.findall(plain) if word not in allowed}

    assert wrong == set()
