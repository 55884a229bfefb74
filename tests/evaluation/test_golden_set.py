"""The project's own golden set against the bundled corpus: what it expects must be there."""

from collections import Counter
from pathlib import Path

import pytest

from corpus.loaders import load_corpus
from evaluation.golden import load_golden
from evaluation.text import leads_to, normal_address, says, strings_in

GOLDEN = Path(__file__).parents[2] / "evals" / "golden.jsonl"
ITEMS = load_golden(GOLDEN)
# Sums: the alternatives are results of arithmetic on cited numbers, so the corpus does not hold them.
COMPUTED = {"k-trap-01", "k-trap-07"}


@pytest.fixture(scope="module")
def records():
    corpus = load_corpus()
    return {record.id: record for record in (*corpus.resources, *corpus.policies)}


def wanted_ids(item):
    expect = item.expect
    articles = tuple(policy for policy, _ in expect.articles_any)
    return {*expect.cite_any, *expect.cite_all, *expect.top_resource_any, *articles}


def test_the_set_has_every_kind_and_language():
    kinds = Counter(item.kind for item in ITEMS)
    languages = Counter(item.lang for item in ITEMS)

    assert len(ITEMS) >= 90
    assert {"where", "how", "policy", "multiturn", "unanswerable", "smalltalk", "trap"} <= kinds.keys()
    assert 0.5 < languages["zh"] / len(ITEMS) < 0.7
    assert languages["en"] > languages["mixed"] > 0
    assert all(item.why for item in ITEMS)


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_what_an_item_expects_is_in_the_corpus(item, records):
    expect, ids = item.expect, wanted_ids(item)
    assert ids <= records.keys()
    for policy, article in expect.articles_any:
        assert article in {entry.no for entry in records[policy].articles}

    words = list(strings_in([records[id_].model_dump(mode="json", exclude={"questions"}) for id_ in ids]))
    addresses = [normal_address(word) for word in words if word.startswith("http")]
    for url in expect.url_any:
        assert any(leads_to(address, normal_address(url)) for address in addresses), url
    if ids and expect.status == ("answered",) and item.id not in COMPUTED:
        text = "\n".join(words)
        for alternatives in expect.text_all:
            assert any(says(text, alternative) for alternative in alternatives), alternatives
        assert not [wrong for wrong in expect.text_none if says(text, wrong)]
