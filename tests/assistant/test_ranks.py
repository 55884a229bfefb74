"""Which of several rules on one act stands higher."""

from __future__ import annotations

import pytest

from assistant.rules.places import Place
from assistant.rules.ranks import by_rank, contest, same_act
from corpus.loaders import load_corpus
from corpus.records import Corpus, Policy


@pytest.fixture(scope="module")
def bundled() -> Corpus:
    return load_corpus()


def place(corpus: Corpus, policy_id: str, no: str) -> Place:
    policy = corpus.by_id[policy_id]
    assert isinstance(policy, Policy)
    article = policy.article(no)
    assert article is not None
    return policy, article


LAW, REGULATION = ("surveying-law-2017", "第三十三条"), ("mapping-results-regulation-2006", "第七条")


def test_the_higher_rank_comes_first(bundled: Corpus) -> None:
    law, regulation = place(bundled, *LAW), place(bundled, *REGULATION)

    assert same_act(law, regulation)
    assert [policy.id for policy, _ in by_rank([regulation, law])] == [LAW[0], REGULATION[0]]
    assert [policy.id for policy in contest([regulation, law])] == [LAW[0], REGULATION[0]]


def test_rules_on_other_acts_keep_their_place(bundled: Corpus) -> None:
    regulation = place(bundled, *REGULATION)
    other = place(bundled, "biosafety-law-2024", "第八十条")

    assert not same_act(regulation, other)
    assert by_rank([regulation, other]) == [regulation, other]
    assert contest([regulation, other]) == []


def test_articles_that_a_file_says_differ_regulate_one_act(bundled: Corpus) -> None:
    national = place(bundled, "facility-sharing-measures-2017", "管理单位职责（条号待核）")
    local = place(bundled, "shanghai-instrument-sharing-2007", "第五条")

    assert same_act(local, national)
    # Between a departmental and a local rule there is no order.
    assert contest([local, national]) == []


def test_articles_of_one_document_do_not_contest(bundled: Corpus) -> None:
    fine = place(bundled, "hgr-regulation-2019", "第四十一条")

    assert not same_act(fine, place(bundled, "hgr-regulation-2019", "第四十二条"))
