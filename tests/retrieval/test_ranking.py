"""Features say what they promise, and the learned weights fit them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from retrieval.ranking import Candidates, Model, features, learned_model


def candidates(**values) -> Candidates:
    zeros = np.zeros(3, np.float32)
    blank = Candidates(
        dense=np.array([3, 2, 1], np.float32), lead=zeros,
        whole=zeros, body=zeros, names=zeros, characters=zeros,
        likeness=zeros, coverage=zeros, name_coverage=zeros, named=zeros, foreign=np.zeros(3, np.bool_),
        similar=np.zeros((3, 3), np.float32), chinese=True, asks=True, terms=3,
    )  # fmt: skip
    return replace(blank, **values)


def test_every_learned_input_is_a_feature():
    assert set(learned_model().inputs) == set(features(candidates()))


def test_a_model_keeps_its_scores_when_it_is_stored():
    model, found = learned_model(), features(candidates())

    assert Model.from_json(model.to_json()).score(found).tolist() == model.score(found).tolist()


def test_a_nearer_place_scores_higher():
    scores = learned_model().score(features(candidates()))

    assert scores.tolist() == sorted(scores.tolist(), reverse=True)


def test_words_in_common_raise_a_place():
    share = np.array([0, 0, 0.5], np.float32)
    plain = learned_model().score(features(candidates()))
    held = learned_model().score(features(candidates(whole=share, body=share, coverage=share)))

    assert held[2] - held[0] > plain[2] - plain[0]


def test_a_place_like_the_best_one_gains_but_no_place_speaks_for_itself():
    similar = np.array([[9, 0, 2], [0, 9, 0], [2, 0, 9]], np.float32)
    found = features(candidates(similar=similar, dense=np.array([5, 0, 0], np.float32)))

    assert found["feedback_5"][2] > found["feedback_5"][1]
    alone = features(candidates(similar=np.diag([9, 9, 9]).astype(np.float32)))
    assert not alone["feedback_5"].any()


@pytest.mark.parametrize("size", [1, 2])
def test_few_candidates_are_ranked_too(size):
    few = {
        name: value[:size] if getattr(value, "ndim", 0) == 1 else value
        for name, value in vars_of(candidates()).items()
    }
    few["similar"] = np.zeros((size, size), np.float32)
    found = features(Candidates(**few))

    assert all(np.isfinite(values).all() and len(values) == size for values in found.values())


def vars_of(one: Candidates) -> dict:
    return {name: getattr(one, name) for name in one.__dataclass_fields__}
