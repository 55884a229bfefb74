"""What articles let people do: annotations say no more than their digest; faults are told where they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from corpus.errors import CorpusError
from corpus.loaders import corpus_digest, load_corpus, load_vocabulary
from corpus.records import Article, Corpus, Policy
from corpus.rulings import FACT_VALUES, Act, Fact, Ruling, Thing
from tests.corpus.numbers import implied, written

POLICY = """\
id: moss-rules
title: {zh: 苔藓规定, en: Moss rules}
rank: departmental_rule
issuing_body: {zh: 苔藓局, en: Moss office}
status: in_force
scope: {zh: 苔藓。, en: Moss.}
coverage: key
read: full
articles:
  - no: 第一条
    digest: {zh: 采集苔藓须经苔藓局批准，10日内决定。, en: 'Moss is collected with approval, in 10 days.'}
  - no: 第二条
    text: 苔藓不得出口。
"""
RULING = """\
articles:
  第一条:
    - acts: [collect]
      things: [wild_plant]
      effect: approval
      text: {zh: 采集苔藓须经批准。, en: Collecting moss needs approval.}
"""


def folder(tmp_path: Path, rulings: str, name: str = "moss-rules") -> Path:
    for sub in ("policies", "rulings"):
        (tmp_path / sub).mkdir(exist_ok=True)
    (tmp_path / "policies" / "moss-rules.yaml").write_text(POLICY, encoding="utf-8")
    (tmp_path / "rulings" / f"{name}.yaml").write_text(rulings, encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="module")
def bundled() -> Corpus:
    return load_corpus()


def annotated(corpus: Corpus) -> Iterator[tuple[str, Policy, Article, Ruling]]:
    for policy in corpus.policies:
        for article in policy.articles:
            for number, ruling in enumerate(article.rulings, 1):
                yield f"{policy.id} {article.no} [{number}]", policy, article, ruling


def statements(ruling: Ruling) -> Iterator[tuple[str, str]]:
    yield ruling.text.zh, ruling.text.en
    for text in (ruling.decides, ruling.term):
        if text is not None:
            yield text.zh, text.en
    yield from zip(ruling.prepare.zh, ruling.prepare.en, strict=True)


def test_a_ruling_joins_its_article(tmp_path: Path) -> None:
    corpus = load_corpus(folder(tmp_path, RULING))
    article = corpus.policies[0].articles[0]
    assert [ruling.effect for ruling in article.rulings] == ["approval"]
    assert len({article, article}) == 1
    bare = [
        policy.model_copy(
            update={"articles": tuple(a.model_copy(update={"rulings": ()}) for a in policy.articles)}
        )
        for policy in corpus.policies
    ]
    assert corpus_digest(bare) == corpus.digest  # an index need not be built again for them


@pytest.mark.parametrize(
    ("rulings", "name", "told"),
    [
        (
            RULING.replace("collect]", "gather]"),
            "moss-rules",
            "articles.第一条[1].acts[1]: 'gather' is not one of collect,",
        ),
        (
            RULING.replace("第一条", "第九条"),
            "moss-rules",
            "articles.第九条: 'moss-rules' has no article",
        ),
        (
            RULING.replace("第一条", "第二条"),
            "moss-rules",
            "'第二条' of 'moss-rules' has no digest",
        ),
        (
            RULING + "      when: {zone: middle}\n",
            "moss-rules",
            "'middle' is not one of core, buffer",
        ),
        (RULING + "      when: {actor: individual}\n", "moss-rules", "actor has a field of its own"),
        (RULING + "      verdict: yes\n", "moss-rules", "'verdict' is not a field"),
        (RULING, "fern-rules", "no policy has the id 'fern-rules'; rename the file."),
    ],
)
def test_a_fault_names_file_line_and_field(tmp_path: Path, rulings: str, name: str, told: str) -> None:
    with pytest.raises(CorpusError) as error:
        load_corpus(folder(tmp_path, rulings, name))
    assert f"rulings/{name}.yaml, line" in str(error.value)
    assert told in str(error.value)


def test_every_number_of_an_annotation_stands_in_its_digest(bundled: Corpus) -> None:
    strange = {}
    for place, _, article, ruling in annotated(bundled):
        assert article.digest is not None
        held = implied(article.digest.zh) | implied(article.digest.en)
        for pair in statements(ruling):
            if extra := (written(pair[0]) | written(pair[1])) - held:
                strange[place] = sorted(extra)
    assert strange == {}


def test_both_languages_carry_the_same_numbers(bundled: Corpus) -> None:
    differ = {
        place: (zh, en)
        for place, _, _, ruling in annotated(bundled)
        for zh, en in statements(ruling)
        if not (written(zh) <= implied(en) and written(en) <= implied(zh))
    }
    assert differ == {}


def test_chinese_annotations_use_the_words_of_their_digest(bundled: Corpus) -> None:
    """Most pairs of characters of an annotation stand in the digest, the article's heading or the title."""
    loose = {}
    for place, policy, article, ruling in annotated(bundled):
        assert article.digest is not None
        said = (
            article.digest.zh
            + (article.note.zh if article.note else "")
            + article.no
            + policy.title.zh
            + policy.scope.zh
        )
        for zh, _ in statements(ruling):
            runs = re.findall(r"[\u4e00-\u9fff]+", zh)
            pairs = [run[n : n + 2] for run in runs for n in range(len(run) - 1)]
            missing = [pair for pair in pairs if pair not in said]
            if pairs and len(missing) / len(pairs) > 0.5:
                loose[place] = (zh, round(len(missing) / len(pairs), 2))
    assert loose == {}


def test_the_vocabulary_asks_for_every_fact_and_every_code_is_used(bundled: Corpus) -> None:
    vocabulary = load_vocabulary()
    assert {one.code for one in vocabulary.facts} == set(get_args(Fact)) == set(FACT_VALUES)
    used = [ruling for _, _, _, ruling in annotated(bundled)]
    assert {act for ruling in used for act in ruling.acts} == set(get_args(Act))
    assert {thing for ruling in used for thing in ruling.things} == set(get_args(Thing))
    assert {fact for ruling in used for fact in ruling.conditions} == set(get_args(Fact))


def test_the_corpus_is_annotated_throughout(bundled: Corpus) -> None:
    rulings = list(annotated(bundled))
    assert len(rulings) >= 300
    assert len({policy.id for _, policy, _, _ in rulings}) >= 40
