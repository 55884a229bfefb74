"""How assistant/reading/heads.npz was learned: `python -m training.heads [--work DIR]`.

Logistic regression over the embedder's vector and hashed n-grams of the question with its names masked;
five folds by what the examples are about give the figures that are printed; the weights are learned on all.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import minimize

from assistant.reading.features import BITS, grams, tokens
from assistant.reading.heads import EXTRA, HEADS, Head, pack, relation_extra
from corpus.loaders import load_corpus
from corpus.records import Policy, Resource
from retrieval.embedding import BuiltInEmbedder
from retrieval.names import NameIndex
from training.examples import OF_ONE_RECORD, Example, Seen, as_typed, kinds_of, messages, read

TARGET = Path(__file__).parent.parent / "assistant" / "reading" / "heads.npz"
FOLDS = 5
DENSE = 4.0
"""What the vector, of length one and nearly alike for all texts, counts beside the n-grams."""
STRENGTH = {
    "operation": 8.0,
    "kind": 8.0,
    "aspects": 10.0,
    "access": 10.0,
    "type": 10.0,
    "relation": 6.0,
    "held": 4.0,
    "verdict": 4.0,
}
"""Inverse of the ridge, by head."""

LEAST = 2
"""Examples in which an n-gram must stand to count."""

Labels = Sequence[tuple[str, ...]]


def labels_of(name: str, example: Example) -> tuple[str, ...]:
    """The labels of an example under one head; exclusive heads have one."""
    if name == "operation":
        return (example.op,)
    if name == "kind":
        return (example.kind,)
    if name == "aspects":
        return example.aspects or ("none",)
    if name == "relation":
        return (example.relation,)
    if name == "verdict":
        return (example.verdict or "none",)
    if name == "held":
        return (example.held,)
    values = [
        ("not_" if one["negated"] else "") + str(one["value"])
        for one in example.conditions
        if one["field"] == name
    ]
    return tuple(values) or ("none",)


EXCLUSIVE = {
    "operation": True,
    "kind": True,
    "aspects": False,
    "access": False,
    "type": False,
    "relation": True,
    "held": True,
    "verdict": True,
}


def rows(examples: Sequence[Example], seen: Seen, name: str) -> tuple[Any, npt.NDArray[np.float64]]:
    """(n, features) sparse, and the extra numbers (n, EXTRA)."""
    columns: list[int] = []
    starts = [0]
    values: list[float] = []
    dense = np.zeros((len(examples), len(seen.vector(examples[0].q))), np.float64)
    extra = np.zeros((len(examples), EXTRA), np.float64)
    for place, one in enumerate(examples):
        text = one.q if name == "relation" else one.whole
        hashed = grams(seen.masked(text))
        columns += hashed.tolist()
        values += [1 / np.sqrt(max(1, len(hashed)))] * len(hashed)
        starts.append(len(columns))
        dense[place] = DENSE * seen.vector(text)
        if name == "relation":
            before = seen.vector(one.before[-1]) if one.before else None
            extra[place] = relation_extra(seen.vector(text), before, len(tokens(text)), len(seen.spans(text)))
    counted = sparse.csr_matrix((values, columns, starts), shape=(len(examples), 1 << BITS))
    return sparse.hstack([counted, dense, extra]).tocsr(), extra


def fit(matrix: Any, labels: Labels, name: str, known: Sequence[str]) -> tuple[Any, Any]:
    """Weights (features, labels) and bias (labels,): all labels at once, by L-BFGS with a ridge."""
    target = np.array([[label in one for label in known] for one in labels], np.float64)
    seen = np.asarray((matrix != 0).sum(axis=0)).ravel() >= LEAST
    used = matrix[:, seen].tocsr()
    width, count = used.shape[1], len(known)
    exclusive = EXCLUSIVE[name]
    ridge = 1 / STRENGTH[name]
    transposed = used.T.tocsr()

    def loss(flat: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        weights, bias = flat[:-count].reshape(width, count), flat[-count:]
        scores = used @ weights + bias
        if exclusive:
            scores -= scores.max(axis=1, keepdims=True)
            powers = np.exp(scores)
            likely = powers / powers.sum(axis=1, keepdims=True)
            value = -np.log(np.maximum((likely * target).sum(axis=1), 1e-12)).sum()
        else:
            likely = 1 / (1 + np.exp(-scores.clip(-30, 30)))
            value = -(target * np.log(likely + 1e-12) + (1 - target) * np.log(1 - likely + 1e-12)).sum()
        pull = likely - target
        slope = np.concatenate([(transposed @ pull + ridge * weights).ravel(), pull.sum(axis=0)])
        return float(value + ridge / 2 * (weights**2).sum()), slope

    found = minimize(
        loss, np.zeros((width + 1) * count), jac=True, method="L-BFGS-B", options={"maxiter": 45}
    )
    weights = np.zeros((matrix.shape[1], count))
    weights[seen] = found.x[:-count].reshape(width, count)
    return weights, found.x[-count:]


def head(weights: Any, bias: Any, name: str, known: Sequence[str]) -> Head:
    words = 1 << BITS
    return Head(
        labels=tuple(known),
        exclusive=EXCLUSIVE[name],
        sparse=weights[:words].astype(np.float32),
        dense=(DENSE * weights[words:-EXTRA]).astype(np.float32),
        extra=weights[-EXTRA:].astype(np.float32),
        bias=bias.astype(np.float32),
    )


def of_messages(given: Iterable[dict[str, Any]], policies: frozenset[str]) -> list[Example]:
    """The messages of training/cases as examples of what answers are made of, and of what is held; what is
    made of both stands once as each."""
    made: list[Example] = []
    for one in given:
        about = dict.fromkeys(place.partition("#")[0] for place in (*one["evidence"], *one["fine"]))
        for kind in kinds_of(one["evidence"], policies) or ("none",):
            told = one["q"], one["lang"], one["op"], kind, (), tuple(about), tuple(one["evidence"])
            made.append(Example(*told, one.get("held", "yes"), (), (), source="cases"))
    return made


def further_parts(given: Iterable[dict[str, Any]], policies: frozenset[str]) -> list[Example]:
    """Questions of a message after its first, about the one resource that this was about, as last turns."""
    made: list[Example] = []
    for one in given:
        (first, places), *others = one["parts"] or [["", []]]
        known = {place.partition("#")[0] for place in places} - policies
        for text, evidence in others:
            about = {place.partition("#")[0] for place in evidence}
            if len(about) == 1 and about <= known:
                told = text, one["lang"], "fact", "resource", (), tuple(about), tuple(evidence), "yes", (), ()
                made.append(Example(*told, before=(first,), relation="aspect", source="cases"))
    return made


def fold_of(example: Example) -> int:
    """Examples about the same records share a fold, so that no fold knows the names of another."""
    key = "|".join(sorted(example.about)[:1]) or example.whole
    return crc32(key.encode()) % FOLDS


def learn(
    name: str, examples: Sequence[Example], seen: Seen, told: Callable[[str], None], *, measured: bool
) -> list[Head]:
    """The head learned on all examples; with `measured` also those learned without each fold, and its
    figures over the folds are told."""
    labels = [labels_of(name, one) for one in examples]
    counts: dict[str, int] = {}
    for one in labels:
        for label in one:
            counts[label] = counts.get(label, 0) + 1
    known = sorted(label for label, count in counts.items() if count >= 3)
    kept = [place for place, one in enumerate(labels) if not EXCLUSIVE[name] or one[0] in known]
    examples = [examples[place] for place in kept]
    labels = [labels[place] for place in kept]
    matrix, _ = rows(examples, seen, name)
    folds = np.array([fold_of(one) for one in examples])
    right = total = hit = given = wanted = 0
    missed: dict[tuple[str, str], int] = {}
    made: list[Head] = []
    for fold in range(FOLDS if measured else 0):
        train, test = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        weights, bias = fit(matrix[train], [labels[i] for i in train], name, known)
        made.append(head(weights, bias, name, known))
        scores = matrix[test] @ weights + bias
        for row, place in enumerate(test):
            total += 1
            if EXCLUSIVE[name]:
                best = known[int(np.argmax(scores[row]))]
                right += best == labels[place][0]
                if best != labels[place][0]:
                    missed[labels[place][0], best] = missed.get((labels[place][0], best), 0) + 1
            else:
                said = {known[i] for i in np.flatnonzero(scores[row] > 0)} - {"none"}
                said = said or {known[int(np.argmax(scores[row]))]}
                truth = set(labels[place])
                right += bool(said & truth)
                hit, given, wanted = hit + len(said & truth), given + len(said), wanted + len(truth)
    if EXCLUSIVE[name]:
        most = sorted(missed.items(), key=lambda one: -one[1])[:6]
        told(
            f"{name}: {right} of {total} right ({right / max(1, total):.3f}); "
            + ", ".join(f"{a} as {b} {n}" for (a, b), n in most)
        )
    else:
        told(
            f"{name}: one right {right / max(1, total):.3f}, precision {hit / max(1, given):.3f}, "
            f"recall {hit / max(1, wanted):.3f}"
        )
    weights, bias = fit(matrix, labels, name, known)
    return [head(weights, bias, name, known), *made]


def kept_heads(work: Path) -> list[Path]:
    """Files of the heads that were learned without each fold, for what is learned on top of them."""
    return [work / f"heads-without-{fold}.npz" for fold in range(FOLDS)]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--work", type=Path, default=Path("data"), help="folder for the model and for vectors"
    )
    parser.add_argument("--quick", action="store_true", help="leave the figures out")
    given = parser.parse_args(arguments)
    embedder = BuiltInEmbedder(given.work / "cache")
    corpus = list(load_corpus())
    seen = Seen(NameIndex(corpus), embedder, given.work / "training-vectors.npz")
    everything = read()
    questions = [one for one in everything if one.relation not in ("chat", "nonsense")]
    typed = as_typed(questions)
    names = {one.id: one.name for one in corpus if isinstance(one, Resource)}
    carried = [
        replace(one, standalone=f"{names[one.about[0]].in_(one.lang)} {one.q}")  # type: ignore[arg-type]
        for one in typed
        if one.about and one.about[0] in names
    ]
    talks = [one for one in everything if one.relation and one.source not in OF_ONE_RECORD]
    cases = of_messages(messages(), frozenset(one.id for one in corpus if isinstance(one, Policy)))
    files = [TARGET, *kept_heads(given.work)] if not given.quick else [TARGET]
    stored: list[dict[str, Any]] = [{"embedder": np.array(embedder.name)} for _ in files]
    for name in HEADS:
        examples = talks if name == "relation" else questions
        if name == "operation":  # small talk is a hundredth of what is written, not of what is said
            examples = [*questions, *(one for one in everything if one.op in ("about", "chat"))]
        if name == "aspects":
            examples = [*questions, *typed]
        if name in ("kind", "held"):
            examples = [*questions, *carried, *cases]
        if name == "verdict":
            examples = [one for one in questions if one.verdict]
        learned = learn(name, examples, seen, lambda line: print(line, flush=True), measured=not given.quick)
        for arrays, one in zip(stored, learned, strict=True):
            arrays |= {f"{name}/{key}": value for key, value in pack(one).items()}
    seen.keep()
    for path, arrays in zip(files, stored, strict=True):
        np.savez_compressed(path, **arrays)
    print(f"{TARGET.name}: {TARGET.stat().st_size / 1e6:.1f} MB, {len(everything)} examples")
    return 0


if __name__ == "__main__":
    sys.exit(main())
