"""How assistant/judging/proof.json was learned: `python -m training.claims [--work DIR]`.

Written claims over the bundled corpus, true ones in free wording and false ones that differ little. A clause of a
false claim is false only where it is the least sure one, so the model is fitted three times, each time with the
clause that the one before doubted most. The likelihood from which a claim is proven is the lowest at which, in the
folds, no more false claims pass than `SHOWN`; records share a fold.
"""

from __future__ import annotations

import argparse
import json
import pickle
import sys
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from assistant.judging.claim_sets import ClaimItem, load_claims
from assistant.judging.grounds import Ground
from assistant.judging.proof import LABELS, address_fault, centred, contradiction, doubts_of, laid_out
from assistant.judging.small import Small
from retrieval.embedding import BuiltInEmbedder

HERE = Path(__file__).parent
DATA = HERE / "proofs" / "claims.jsonl"
TARGET = HERE.parent / "assistant" / "judging" / "proof.json"
FOLDS, ROUNDS, RIDGE = 5, 3, 0.05
SHOWN, SHOWN_ACROSS = 0.05, 0.05


class Kept:
    """Token vectors, each made once: a run after the first takes minutes less."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "claim-tokens.pickle"
        self._embedder = BuiltInEmbedder(folder / "models")
        self._made: dict[str, Any] = pickle.loads(self._path.read_bytes()) if self._path.is_file() else {}

    def embed_tokens(self, text: str) -> Any:
        if text not in self._made:
            self._made[text] = self._embedder.embed_tokens(text)
        return self._made[text]

    def keep(self) -> None:
        self._path.write_bytes(pickle.dumps(self._made))


Rows = npt.NDArray[np.float64]


def fit(
    rows: Rows, owners: npt.NDArray[np.int_], true: npt.NDArray[np.bool_], inputs: Sequence[str]
) -> Small:
    """A logistic model over standardised features, as a network whose two hidden units are its sum and the
    negative of it."""
    used = np.arange(len(rows))
    for _ in range(ROUNDS):
        mean, spread = rows[used].mean(0), rows[used].std(0) + 1e-3
        standard = ((rows[used] - mean) / spread).clip(-6, 6)
        made = LogisticRegression(C=RIDGE, max_iter=500).fit(standard, true[owners[used]])
        weights, start = made.coef_[0], made.intercept_[0]
        hidden = np.stack([weights, -weights], 1)
        layers = [hidden, np.zeros(2), np.array([[1.0, 0.0], [-1.0, 0.0]]), np.array([start, 0.0])]
        sure = ((rows - mean) / spread).clip(-6, 6) @ weights
        used = np.concatenate(
            [
                places if true[owner] else places[[int(np.argmin(sure[places]))]]
                for owner in range(len(true))
                if len(places := np.flatnonzero(owners == owner))
            ]
        )
    return Small.from_layers(LABELS, inputs, mean, spread, layers)


def chances(model: Small, rows: Rows) -> npt.NDArray[np.float64]:
    """Of each row, that it is carried."""
    return np.array([model.chances(dict(zip(model.inputs, row, strict=True)))["proven"] for row in rows])


def least_of(sure: Any, true: Any, shown: float) -> float:
    """The lowest likelihood at which no more than this share of the false ones pass."""
    false = np.sort(sure[~true])[::-1]
    return float(min(0.99, max(0.3, false[int(len(false) * shown)] + 1e-3)))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("data"))
    given = parser.parse_args(arguments)
    embedder = Kept(given.work)
    items = load_claims(DATA)
    means = means_of(items, embedder)
    stored: dict[str, Any] = {"means": {name: np.round(row, 4).tolist() for name, row in means.items()}}
    told: list[str] = []
    for name, vectors in (("model", centred(embedder, means)), ("plain", None)):
        rows: list[dict[str, float]] = []
        owners: list[int] = []
        true: list[bool] = []
        across: list[bool] = []
        closed: list[bool] = []
        for item in items:
            grounds = [Ground(one) for one in item.citations]
            laid = laid_out(item.claim, grounds, vectors)
            for _, values in laid:
                rows.append(values)
                owners.append(len(true))
            true.append(item.supported)
            across.append(any(values["across"] for _, values in laid))
            closed.append(
                bool(
                    address_fault(item.claim, grounds)
                    or contradiction(item.claim, laid, grounds)
                    or doubts_of(item.claim, laid, grounds)
                )
            )
        embedder.keep()
        inputs = list(rows[0])
        matrix = np.array([[one.get(key, 0.0) for key in inputs] for one in rows])
        owner, label = np.array(owners), np.array(true)
        folds = np.array([zlib.crc32(one.citations[0].title.encode()) % FOLDS for one in items])
        sure = np.zeros(len(items))
        for fold in range(FOLDS):
            inside = np.flatnonzero(folds != fold)
            place = {old: new for new, old in enumerate(inside)}
            some = np.isin(owner, inside)
            model = fit(matrix[some], np.array([place[one] for one in owner[some]]), label[inside], inputs)
            each = chances(model, matrix)
            for one in np.flatnonzero(folds == fold):
                sure[one] = min(each[owner == one], default=0.0)
        sure[np.array(closed)] = 0.0
        abroad = np.array(across)
        least = least_of(sure[~abroad], label[~abroad], SHOWN)
        other = least_of(sure[abroad], label[abroad], SHOWN_ACROSS)
        for which, some, level in (("same language", ~abroad, least), ("across", abroad, other)):
            passed = sure[some] >= level
            told.append(
                f"{name}, {which}: least {level:.2f}, true in own words {passed[label[some]].mean():.2f}, "
                f"false shown {passed[~label[some]].mean():.3f} of {(~label[some]).sum()}"
            )
        stored[name] = fit(matrix, owner, label, inputs).to_json()
        stored |= {"least": least, "least_across": other} if name == "model" else {"least_plain": least}
    stored["figures"] = told
    print("\n".join(told))
    TARGET.write_text(json.dumps(stored, ensure_ascii=False), "utf-8")
    return 0


def means_of(items: Sequence[ClaimItem], embedder: Kept) -> dict[str, Any]:
    """The mean token vector of each language, over statements and claims."""
    gathered: dict[str, list[Any]] = {"zh": [], "en": []}
    for item in items[::3]:
        ground = Ground(item.citations[0])
        for language, text in ((ground.language, ground.pieces[-1].text), (None, item.claim)):
            spoken = language or ("zh" if any("\u3400" <= char <= "\u9fff" for char in text) else "en")
            made = embedder.embed_tokens(text)
            if made is not None and len(made[0]):
                gathered[spoken].append(made[0] / np.linalg.norm(made[0], axis=1, keepdims=True))
    return {name: np.concatenate(rows).mean(0) for name, rows in gathered.items()}


if __name__ == "__main__":
    sys.exit(main())
