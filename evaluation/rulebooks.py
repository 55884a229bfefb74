"""Questions over whole statutes: is the right article cited first, of the right version, word for word?

A folder with documents.jsonl holds the statutes; `evals/science-law.jsonl` has questions of our own on those
of cn-science-law, each with the document, version and article that answer it. The texts are kept as
`kewen harvest` keeps them, joined to the bundled corpus, indexed, and asked of the answerer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.answering import Answerer
from assistant.reading.history import History
from assistant.records import AskFilters, Citation
from corpus.loaders import load_corpus
from corpus.records import Corpus, Policy
from corpus.rulebooks.joining import join
from corpus.rulebooks.matching import match, own_id
from corpus.rulebooks.parser import parse
from corpus.rulebooks.shelf import Shelf, load_rulebooks
from corpus.rulebooks.sources import read_submitted
from corpus.versions import standing, version_on
from evaluation.errors import EvaluationError, SetInvalid
from evaluation.progress import progress
from evaluation.records import Failure, Figure, SetReport, Table
from retrieval.embedding import Embedder
from retrieval.indexing import IndexHome
from wiring import open_answerer

QUESTIONS = Path(__file__).resolve().parent.parent / "evals" / "science-law.jsonl"
DOCUMENTS = "documents.jsonl"
DEPTH = 3
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Expected(BaseModel):
    """An article that answers; `version` None: of a document of which only digests hold today."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    document: str
    version: str | None
    article: str


class Question(BaseModel):
    """One question; any of `expect` answers it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    kind: Literal["number", "named", "lay", "asof"]
    lang: Literal["zh", "en"]
    question: str = Field(min_length=1)
    as_of: str | None = None
    expect: tuple[Expected, ...] = Field(min_length=1)


@dataclass(frozen=True)
class Asked:
    """How one question did: rank of the first right article among the cited, from 1; None for none."""

    question: Question
    rank: int | None
    version_errors: tuple[str, ...]
    byte_errors: tuple[str, ...]
    cited: tuple[str, ...]
    text: str


def is_rulebooks(folder: Path) -> bool:
    """Whether a folder holds statutes to ask about."""
    return (folder / DOCUMENTS).is_file()


def load_questions(path: Path = QUESTIONS) -> list[Question]:
    """Raises SetInvalid with every complaint."""
    found: list[Question] = []
    complaints: list[str] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            found.append(Question.model_validate_json(line))
        except ValidationError as error:
            complaints += [f"{path}, line {number}: {one['msg']}." for one in error.errors()]
    if complaints:
        raise SetInvalid(complaints)
    return found


async def run_rulebooks(folder: Path, embedder: Embedder, work_dir: Path) -> SetReport:
    """Harvest, index and ask. Raises EvaluationError where documents that are asked for are not there."""
    data_dir = work_dir / "rulebooks"
    base = load_corpus()
    _keep(folder / DOCUMENTS, data_dir, base)
    corpus = join(base, load_rulebooks(data_dir))
    questions = load_questions()
    missing = sorted({one.document for each in questions for one in each.expect} - set(corpus.by_id))
    if missing:
        raise EvaluationError(
            f"{folder} does not hold what {QUESTIONS.name} asks about: {', '.join(missing[:5])}. "
            "Name the folder of cn-science-law."
        )
    results: list[Asked] = []
    with _open(corpus, embedder, data_dir) as asking, progress(QUESTIONS.name, len(questions)) as step:
        for question in questions:
            results.append(asking.ask(question))
            step(question.id)
    return _report(results)


def _keep(documents: Path, data_dir: Path, corpus: Corpus) -> None:
    """Every document as `kewen harvest` keeps it; what is there already stays."""
    shelf = Shelf(data_dir)
    taken: list[tuple[str, str]] = []
    for one in read_submitted(documents):
        text = parse(one.data, one.given, origin=one.origin, skip=one.skip, where=one.where)
        found = match(text, corpus.policies).policy
        policy_id = found.id if found else text.given.id or own_id(text.title, taken)
        taken.append((policy_id, text.title))
        shelf.keep(policy_id, text, one.data, skip=one.skip)


@contextmanager
def _open(corpus: Corpus, embedder: Embedder, data_dir: Path) -> Iterator[_Asking]:
    with IndexHome(data_dir) as home:
        yield _Asking(corpus, open_answerer(corpus, home, embedder), data_dir)


class _Asking:
    """The assistant without a language model and without a memory."""

    def __init__(self, corpus: Corpus, answerer: Answerer, data_dir: Path) -> None:
        self._records, self._answerer, self._data_dir = corpus.by_id, answerer, data_dir

    def ask(self, question: Question) -> Asked:
        """The answer to one question, judged by what it cites."""
        given = AskFilters(as_of=question.as_of)
        answered = self._answerer.answer(question.question, History(), question.lang, given)
        draft, reading = answered.draft, answered.query
        day = date.fromisoformat(reading.filters.as_of) if reading.filters.as_of else date.today()
        articles = [one for one in draft.citations if one.kind == "policy" and one.locator != "document"]
        places = list(dict.fromkeys((one.id, one.locator) for one in articles))
        right = [
            places.index((one.id, one.locator)) + 1
            for one in articles
            if any(self._meets(one, expected) for expected in question.expect)
        ]
        return Asked(
            question=question,
            rank=min(right, default=None),
            version_errors=tuple(
                filter(None, (self._version_error(one, day, draft.text) for one in articles))
            ),
            byte_errors=tuple(filter(None, (self._byte_error(one) for one in articles))),
            cited=tuple(f"{one.id}@{one.locator} ({one.quote_kind})" for one in articles),
            text=draft.text,
        )

    def _policy(self, citation: Citation) -> Policy:
        record = self._records[citation.id]
        assert isinstance(record, Policy)
        return record

    def _meets(self, citation: Citation, expected: Expected) -> bool:
        """The right article, and the right wording of it: a digest stands for today's alone."""
        if (citation.id, citation.locator) != (expected.document, expected.article):
            return False
        policy = self._policy(citation)
        if citation.quote_kind == "digest":
            return expected.version in (None, policy.current)
        version = policy.version(expected.version) if expected.version else None
        article = version.article(expected.article) if version else None
        return article is not None and article.text == citation.quote

    def _version_error(self, citation: Citation, day: date, text: str) -> str | None:
        """Words that did not hold on the day, without the days on which they did; today's digest for them."""
        policy = self._policy(citation)
        version = version_on(policy, day)
        if citation.quote_kind == "digest":
            fault = f"{citation.id} {citation.locator}: today's digest"
            if version is not None and version.version != policy.current:
                return fault
            past = day != date.today() and standing(policy, day) == "not_held"
            return fault if past and day.isoformat() not in text else None
        article = version.article(citation.locator) if version else None
        if article is not None and article.text == citation.quote:
            return None
        if _DAY.search(citation.title):
            return None
        return f"{citation.id} {citation.locator}: words of another version"

    def _byte_error(self, citation: Citation) -> str | None:
        """A verbatim quote that is not, byte for byte, in a stored file."""
        if citation.quote_kind == "digest":
            return None
        for version in self._policy(citation).versions:
            article = version.article(citation.locator)
            if article is None:
                continue
            stored = (self._data_dir / version.source).read_bytes()[article.start : article.end]
            if stored == citation.quote.encode():
                return None
        return f"{citation.id} {citation.locator}: is in no stored file"


def _report(results: Sequence[Asked]) -> SetReport:
    hits = {k: sum(one.rank is not None and one.rank <= k for one in results) for k in (1, DEPTH)}
    count = len(results)
    wrong = [error for one in results for error in one.version_errors]
    changed = [error for one in results for error in one.byte_errors]
    figures = {
        "article hit@1": Figure(hits[1] / count, total=count),
        f"article hit@{DEPTH}": Figure(hits[DEPTH] / count, total=count),
        "version errors": Figure(float(len(wrong)), better="lower", unit="count"),
        "quotes not byte for byte": Figure(float(len(changed)), better="lower", unit="count"),
    }
    rows = []
    for kind in dict.fromkeys(one.question.kind for one in results):
        own = [one for one in results if one.question.kind == kind]
        within = [sum(one.rank is not None and one.rank <= k for one in own) / len(own) for k in (1, DEPTH)]
        rows.append((kind, str(len(own)), *(f"{share:.2f}" for share in within)))
    failures = tuple(
        Failure(
            id=one.question.id,
            question=one.question.question,
            reasons=(
                *(
                    []
                    if one.rank and one.rank <= DEPTH
                    else [f"cited {', '.join(one.cited) or 'no article'}"]
                ),
                *one.version_errors,
                *one.byte_errors,
            ),
            answer=one.text,
        )
        for one in results
        if one.rank is None or one.rank > DEPTH or one.version_errors or one.byte_errors
    )
    return SetReport(
        name="evals/science-law",
        kind="golden",
        headline=f"article hit@{DEPTH} {hits[DEPTH]}/{count}, hit@1 {hits[1]}/{count}, "
        f"version errors {len(wrong)}, quotes not byte for byte {len(changed)}",
        figures=figures,
        tables=(Table("By kind", ("kind", "questions", "hit@1", f"hit@{DEPTH}"), tuple(rows)),),
        failures=failures,
        results=tuple(
            {
                "id": one.question.id,
                "kind": one.question.kind,
                "question": one.question.question,
                "rank": one.rank,
                "cited": list(one.cited),
                "version_errors": list(one.version_errors),
            }
            for one in results
        ),
    )


def is_questions(path: Path) -> bool:
    """Whether a .jsonl file holds questions over statutes and no golden set."""
    try:
        with path.open(encoding="utf-8") as file:
            item = json.loads(file.readline())
        return isinstance(item, dict) and isinstance(item.get("expect"), list)
    except (OSError, ValueError):
        return False
