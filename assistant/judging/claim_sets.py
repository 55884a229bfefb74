"""Sets of claims over evidence, as they are written for training and for evaluation."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from assistant.evidence import DOCUMENT, HOW_TO_APPLY, OVERVIEW, Describer
from assistant.records import Citation, Language
from corpus.loaders import load_corpus, load_vocabulary
from corpus.records import Resource

_HEAD = re.compile(
    r"(?P<title>[^：\n]{2,160}?) (?P<locator>overview|how_to_apply|document|[^\s：]{1,16}（条号待核）"
    r"|第[^\s：]{1,9}条|[^\s：]{1,30})：(?=\S)"
)


@dataclass(frozen=True, slots=True)
class ClaimItem:
    """A sentence, what it cites, and whether that supports it."""

    claim: str
    citations: tuple[Citation, ...]
    supported: bool
    kind: str


def is_claims(path: Path) -> bool:
    """Whether a file holds claims: by its first line."""
    if not path.is_file() or path.suffix != ".jsonl":
        return False
    with path.open(encoding="utf-8") as lines:
        first = lines.readline()
    try:
        return bool({"claim", "supported"} <= json.loads(first).keys())
    except (ValueError, AttributeError):
        return False


def load_claims(path: Path) -> list[ClaimItem]:
    """Claims of a file, a line each: `claim`, `evidence` or `source`, `supported`, `kind`.

    Raises ValueError, naming file and line.
    """
    items = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row: dict[str, Any] = json.loads(line)
            citations = bundled(row["source"]) if "source" in row else tuple(quoted(row["evidence"]))
            items.append(ClaimItem(row["claim"], citations, bool(row["supported"]), row["kind"]))
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(
                f"{path}:{number}: {error!r}; a claim has claim, evidence or source, supported, kind."
            ) from error
    return items


@cache
def _world() -> tuple[dict[str, Any], Describer]:
    corpus = load_corpus()
    records: dict[str, Any] = {one.id: one for one in corpus.resources}
    records |= {one.id: one for one in corpus.policies}
    return records, Describer(load_vocabulary())


def bundled(source: str) -> tuple[Citation, ...]:
    """The citation of `id#place:language` as an answer over the bundled corpus has it. Raises KeyError."""
    place, _, language = source.rpartition(":")
    record_id, _, locator = place.partition("#")
    records, describer = _world()
    record = records[record_id]
    spoken: Language = "en" if language == "en" else "zh"
    if isinstance(record, Resource):
        evidence = describer.resource_evidence(record, locator, spoken)
    elif locator == DOCUMENT:
        evidence = describer.document_evidence(record, spoken)
    else:
        article = next((one for one in record.articles if one.no == locator), None)
        if article is None:
            raise KeyError(source)
        evidence = describer.article_evidence(record, article, spoken)
    return (evidence.citation(1),)


def quoted(evidence: str) -> list[Citation]:
    """Citations of a text of evidence: "title locator：quote", several behind one another."""
    heads: list[re.Match[str]] = []
    for found in _HEAD.finditer(evidence):
        if (
            not heads
            or found.start() == 0
            or found["locator"] in (OVERVIEW, HOW_TO_APPLY, DOCUMENT)
            or re.match(r"第.+条$|.+（条号待核）$", found["locator"])
        ):
            heads.append(found)
    citations = []
    for place, head in enumerate(heads):
        end = heads[place + 1].start() if place + 1 < len(heads) else len(evidence)
        citations.append(
            Citation(
                number=place + 1,
                kind="resource" if head["locator"] in (OVERVIEW, HOW_TO_APPLY) else "policy",
                id=str(place + 1),
                title=head["title"].strip(),
                locator=head["locator"],
                quote=evidence[head.end() : end].strip(),
                quote_kind="digest",
                url="/",
            )
        )
    if not citations:
        raise ValueError("the evidence has no head: title locator：quote")
    return citations
