"""The evidence in a prompt keeps to its budget of tokens, counted with our own tokenizer."""

from __future__ import annotations

import pytest

from assistant.driving.quoting import within_budget
from assistant.sentences import normalise_markers
from retrieval.embedding import BuiltInEmbedder
from wiring import Kewen

ZH = "冰芯样品须经主管单位批准后方可取用，取用记录保存十年。"
EN = "Ice-core samples are handed out after approval and every use is recorded for ten years. "


@pytest.fixture
def embedder(toy_kewen: Kewen) -> BuiltInEmbedder:
    assert isinstance(toy_kewen.embedder, BuiltInEmbedder)
    return toy_kewen.embedder


@pytest.mark.parametrize("sentence", [ZH, EN])
def test_quotes_keep_to_the_budget_and_are_cut_behind_a_sentence(
    sentence: str, embedder: BuiltInEmbedder
) -> None:
    given = [sentence * 200, sentence * 3, sentence * 90]

    quotes = within_budget(given, 1000, embedder.count_tokens)

    assert 800 < sum(embedder.count_tokens(quote) for quote in quotes) <= 1010
    assert quotes[1] == given[1]
    assert [quote.endswith(f"{sentence.strip()} …") for quote in quotes] == [True, False, True]


def test_nothing_is_cut_within_the_budget(embedder: BuiltInEmbedder) -> None:
    given = [f"{ZH}{number}" for number in range(1, 9)]

    assert within_budget(given, 1000, embedder.count_tokens) == given


def test_one_endless_sentence_is_cut_within_it(embedder: BuiltInEmbedder) -> None:
    [quote] = within_budget(["冰" * 9000], 500, embedder.count_tokens)

    assert 100 < embedder.count_tokens(quote) < 540


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        *(
            (one, "[1]")
            for one in ("【1】", "［1］", "[[1]]", "[^1]", "[来源1]", "[citation:1]", "【1†source】")
        ),
        *(
            (one, "[1]")
            for one in ("[Source 1]", "[doc1]", "[#1]", "\\[1\\]", "[１]", "[1](https://a.example)")
        ),
        *(
            (one, "[1][2]")
            for one in ("[1,2]", "[1，2]", "[1、2]", "[1-2]", "[1 and 2]", "[引用：1、2]", "【1】【2】")
        ),
        *((one, one) for one in ("〔2018〕", "[2019]", "(1)", "[a1]")),
    ],
)
def test_every_form_of_marker_is_read(written: str, plain: str) -> None:
    assert normalise_markers(f"冰芯{written}。") == f"冰芯{plain}。"
