"""Is the corpus about this question at all? A small logistic model over retrieval and coverage features.

It judges only questions that name no record: names, articles and attributes are decided by rule.
Fitted by evaluation/fit_gate.py on our own development questions, where an answerable question with
its answer taken out of the hits stands for one that the corpus does not answer.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from assistant.available import policy_text, resource_text
from assistant.understanding import Understanding
from corpus.records import Policy, Resource
from retrieval.analysis import content_words
from retrieval.records import Hit

FEATURES = (
    "dense",
    "cosine",
    "coverage",
    "margin",
    "lexical_share",
    "unknown_words",
    "unknown_proper",
    "chinese",
    "length",
)
RULED = 0.4
_FILE = Path(__file__).with_name("gate.json")
_PROPER = re.compile(
    r"(?<![A-Za-z])(?:[A-Z]{2,}[\w-]*|[A-Z][a-z]+(?:[A-Z]\w*)+|[A-Z][\w-]*\d[\w-]*)(?![a-z])"
    r"|(?<=[a-z,] )[A-Z][a-z]+"
)


@cache
def learned() -> Mapping[str, float]:
    """Weights by feature, `intercept` and `threshold`."""
    stored: dict[str, float] = json.loads(_FILE.read_text(encoding="utf-8"))
    return stored


class Gate:
    """Judges questions against what the records say."""

    def __init__(
        self, records: Iterable[Resource | Policy], weights: Mapping[str, float] | None = None
    ) -> None:
        self._weights = learned() if weights is None else weights
        known: set[str] = set()
        for record in records:
            text = resource_text(record) if isinstance(record, Resource) else policy_text(record)
            asked = [*record.questions.zh, *record.questions.en]
            if isinstance(record, Policy):
                for article in record.articles:
                    asked += [*article.questions.zh, *article.questions.en]
            known.update(content_words(text), content_words("\n".join(asked)))
        self._known = frozenset(known)

    def features(self, reading: Understanding, hits: Sequence[Hit]) -> dict[str, float]:
        """One value for each of FEATURES."""
        words = content_words(reading.rest)
        unknown = [word for word in words if word not in self._known]
        proper = [
            token
            for token in _PROPER.findall(reading.question)
            if not any(part in self._known for part in content_words(token.replace("-", " ")))
        ]
        best = hits[0]
        return {
            "dense": max((hit.dense for hit in hits if hit.dense is not None), default=0.0),
            "cosine": max((hit.cosine for hit in hits if hit.cosine is not None), default=0.0),
            "coverage": max(hit.coverage for hit in hits[:5]),
            "margin": best.score - hits[min(5, len(hits) - 1)].score,
            "lexical_share": best.features.get("lexical_share", 0.0),
            "unknown_words": len(unknown) / max(1, len(words)),
            "unknown_proper": float(min(len(proper), 2)),
            "chinese": float(reading.language == "zh"),
            "length": min(len(words), 12) / 12,
        }

    def probability(self, reading: Understanding, hits: Sequence[Hit]) -> float:
        """Probability, 0 to 1, that the hits hold what is asked."""
        values = self.features(reading, hits)
        weight = self._weights["intercept"] + sum(self._weights[name] * values[name] for name in FEATURES)
        return 1 / (1 + math.exp(-weight))

    def passes(self, reading: Understanding, hits: Sequence[Hit], *, ruled: bool = False) -> bool:
        """True when an answer may be given.

        `ruled`: a question on rules, with an article near the top that holds the kind of statement
        asked for; that is evidence of its own, so less is asked of the rest.
        """
        threshold = self._weights["threshold"] * (RULED if ruled else 1.0)
        return self.probability(reading, hits) >= threshold
