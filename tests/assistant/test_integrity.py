"""What must hold for every answer over every record and article of the bundled corpus, in both languages.

Selections are made by hand, so that no search decides which records are looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from assistant.composer import Composer, Draft
from assistant.records import Answer, Language
from assistant.selection import Selection
from assistant.understanding import Understander, Understanding
from corpus.loaders import load_corpus, load_vocabulary
from corpus.records import Corpus, Resource
from evaluation.integrity import broken_promises, ungrounded
from evaluation.text import ADDRESS, language_of
from retrieval.names import NameIndex

LONGEST = 4_000
"""Characters; a chat message of the narrowest channel holds 4,096."""

_EMPTY = re.compile(
    r"\bNone\b(?! of)|\[\]|[{}]|([，、；;：,])\1|。[。.；;，]|(?<!\.)\.[。；;，](?!\.)|(?<!\.)\.\.(?!\.)"
    r"|（[，）]|\([,)]|[：:] ?\[|\S  +\S|^[，。；、,;:]",
    re.M,
)
_HAN = re.compile(r"[\u3400-\u9fff]+")


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load_corpus()


@pytest.fixture(scope="module")
def understander(corpus: Corpus) -> Understander:
    return Understander(corpus.by_id, NameIndex(list(corpus)), load_vocabulary())


@pytest.fixture(scope="module")
def composer(corpus: Corpus) -> Composer:
    return Composer(corpus.by_id, load_vocabulary())


def answer_of(draft: Draft, language: Language) -> Answer:
    return Answer(
        id="a_x",
        conversation_id="c_x",
        language=language,
        status=draft.status,
        text=draft.text,
        citations=draft.citations,
        resources=draft.resources,
        follow_ups=draft.follow_ups,
        filters=dict(draft.filters),
        generated_by="composer",
    )


def faults_of(answer: Answer, reading: Understanding) -> Iterator[str]:
    """What is wrong with an answer, one line each."""
    told = answer.model_dump(mode="json")
    yield from (f"{name}: {fault}" for name, fault in broken_promises(told).items())
    yield from (f"{name}: {fault}" for name, fault in ungrounded(told, [reading.question]).items())
    plain = ADDRESS.sub("address", answer.text)
    for found in _EMPTY.finditer(plain):
        yield f"empty part: {plain[max(0, found.start() - 30) : found.end() + 10]!r}"
    if len(answer.text) > LONGEST:
        yield f"length: {len(answer.text)}"
    if language_of(answer.text) != answer.language:
        yield f"language: not mostly {answer.language}"
    for follow_up in answer.follow_ups:
        if not follow_up.strip() or "{" in follow_up or "None" in follow_up:
            yield f"follow-up: {follow_up!r}"


def questions_on(resource: Resource) -> list[tuple[str, Language]]:
    zh, en = resource.name.zh, resource.name.en
    return [
        (f"{zh}是什么", "zh"),
        (f"怎么申请{zh}", "zh"),
        (f"{zh}的网址", "zh"),
        (f"What is {en}?", "en"),
        (f"How do I apply to {en}?", "en"),
        (f"What is the website of {en}?", "en"),
    ]


def test_every_record_is_told_truly_in_both_languages(
    corpus: Corpus, understander: Understander, composer: Composer
):
    wrong = []
    for resource in corpus.resources:
        for question, language in questions_on(resource):
            reading = understander.read(question, language=language)
            draft = composer.compose(reading, Selection("resource", resources=(resource,)))
            wrong += [f"{question}: {fault}" for fault in faults_of(answer_of(draft, language), reading)]

    assert wrong == []


def test_every_article_is_told_truly_in_both_languages(
    corpus: Corpus, understander: Understander, composer: Composer
):
    wrong = []
    for policy in corpus.policies:
        readings = {
            language: understander.read(f"{policy.title.in_(language)}?", language=language)
            for language in ("zh", "en")
        }
        for article in policy.articles:
            for language, reading in readings.items():
                draft = composer.compose(reading, Selection("policy", places=((policy, article),)))
                answer = answer_of(draft, language)
                assert article.digest.in_(language) in answer.text
                wrong += [f"{policy.id} {article.no}: {fault}" for fault in faults_of(answer, reading)]

    assert wrong == []


def test_every_document_is_told_truly_as_a_whole(
    corpus: Corpus, understander: Understander, composer: Composer
):
    wrong = []
    for policy in corpus.policies:
        for question, language in (
            (f"{policy.title.zh}现行有效吗？什么时候施行的？", "zh"),
            (f"Is {policy.title.en} still in force, and what does it replace?", "en"),
        ):
            reading = understander.read(question, language=language)
            draft = composer.compose(reading, Selection("policy", places=((policy, None),)))
            wrong += [f"{question}: {fault}" for fault in faults_of(answer_of(draft, language), reading)]

    assert wrong == []


def test_what_is_missing_is_told_truly_in_both_languages(
    corpus: Corpus, understander: Understander, composer: Composer
):
    wrong = []
    for resource in corpus.resources:
        for question, language in (
            (f"{resource.name.zh}下周停机吗，库存还有多少", "zh"),
            (f"Who is the director of {resource.name.en}?", "en"),
        ):
            reading = understander.read(question, language=language)
            selection = Selection("absent", reason="attribute", resources=(resource,), missing=("person",))
            draft = composer.compose(reading, selection)
            wrong += [f"{question}: {fault}" for fault in faults_of(answer_of(draft, language), reading)]
    for policy in corpus.policies:
        for language in ("zh", "en"):
            reading = understander.read(f"{policy.title.in_(language)} 999", language=language)
            for reason in ("article_beyond", "article_not_held", "wording"):
                if reason == "article_beyond" and policy.last_article is None:
                    continue
                selection = Selection("absent", reason=reason, near=((policy, None),), article=999)
                draft = composer.compose(reading, selection)
                wrong += [f"{policy.id}: {fault}" for fault in faults_of(answer_of(draft, language), reading)]

    assert wrong == []


def test_records_side_by_side_are_told_truly(corpus: Corpus, understander: Understander, composer: Composer):
    wrong = []
    for kind in ("compare", "list"):
        for at in range(0, len(corpus.resources), 4):
            chosen = corpus.resources[at : at + 4]
            for language in ("zh", "en"):
                question = "、".join(one.name.in_(language) for one in chosen)
                reading = understander.read(question, language=language)
                draft = composer.compose(reading, Selection(kind, resources=chosen))
                wrong += [f"{question}: {fault}" for fault in faults_of(answer_of(draft, language), reading)]

    assert wrong == []


def official_chinese(corpus: Corpus) -> str:
    """Document numbers, amending instruments and article numbers: they have no English form."""
    held: list[str] = []
    for policy in corpus.policies:
        held += [policy.doc_number or ""]
        held += [one.by or "" for one in policy.amendments]
        held += [one.doc_number or "" for one in (*policy.replaces, *policy.replaced_by)]
        held += [article.no for article in policy.articles]
    return "\n".join(held)


def test_chinese_in_english_answers_is_official_or_a_term_in_brackets(
    corpus: Corpus, understander: Understander, composer: Composer
):
    allowed = official_chinese(corpus)

    def stray(draft: Draft) -> list[str]:
        without_terms = re.sub(r"\([\u3400-\u9fff]{2,8}\)", "", draft.text)  # prior report (事先报告)
        return [word for word in _HAN.findall(without_terms) if word not in allowed]

    wrong = set()
    for resource in corpus.resources:
        for question, language in questions_on(resource)[3:]:
            reading = understander.read(question, language=language)
            draft = composer.compose(reading, Selection("resource", resources=(resource,)))
            wrong |= {(resource.id, word) for word in stray(draft)}
    for policy in corpus.policies:
        reading = understander.read(f"{policy.title.en}: in force?", language="en")
        for article in policy.articles:
            draft = composer.compose(reading, Selection("policy", places=((policy, article),)))
            wrong |= {(policy.id, word) for word in stray(draft)}

    assert wrong == set()
