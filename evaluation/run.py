"""Decide what stands at a path, run it, and say how it compares with the baseline."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from assistant.judging.claim_sets import is_claims
from assistant.judging.proof import Prover
from evaluation.absence import is_absence_set, run_absence
from evaluation.absence_report import absence_report
from evaluation.baseline import BASELINE, check_gate, load_baseline, update_baseline
from evaluation.bench import run_collection
from evaluation.bench_report import bench_report
from evaluation.claims import run_claims
from evaluation.errors import EvaluationError
from evaluation.figures import golden_report
from evaluation.golden import load_golden, run_golden
from evaluation.progress import progress
from evaluation.records import Ask, Item, SetReport
from evaluation.report import text_report, write_report
from evaluation.rulebooks import DOCUMENTS, is_questions, is_rulebooks, run_rulebooks
from retrieval.embedding import BuiltInEmbedder, Embedder
from retrieval.reranking import Reranker

OpenAsk = Callable[[], AbstractAsyncContextManager[Ask]]
OpenEmbedder = Callable[[], Embedder]
OpenReranker = Callable[[], Reranker | None]
Say = Callable[[str], None]

_COLLECTION = ("corpus.jsonl", "queries.jsonl", "qrels.tsv")


async def evaluate(
    target: Path,
    *,
    open_ask: OpenAsk,
    open_embedder: OpenEmbedder,
    open_reranker: OpenReranker = lambda: None,
    work_dir: Path | None = None,
    report_dir: Path | None = None,
    baseline_path: Path = BASELINE,
    update: bool = False,
    gate: bool = False,
    limit: int | None = None,
    say: Say = print,
) -> list[SetReport]:
    """Run the set or sets at a path, print the tables, write the report, and compare with the baseline.

    A golden file, claims over evidence, a folder of golden files, a test collection, a folder of statutes
    (documents.jsonl, asked with evals/science-law.jsonl), or a folder of collections. The assistant is opened
    only for a golden set, the embedder and the reranker only for a collection. `work_dir` keeps the indexes
    of collections for the next run (None: a folder that goes afterwards). `limit` takes the first items of
    each golden set.
    Raises SetInvalid before anything runs, GateClosed after everything is printed and written.
    """
    if is_claims(target):
        embedder = open_embedder()
        prover = Prover(embedder if isinstance(embedder, BuiltInEmbedder) else None)
        say(await asyncio.to_thread(run_claims, target, prover))
        return []
    goldens, collections = find_sets(target)
    items = [(path, load_golden(path)[:limit]) for path in goldens]
    baseline = load_baseline(baseline_path)
    reports: list[SetReport] = []
    if items:
        async with open_ask() as ask:
            for path, chosen in items:
                reports.append(await _golden(path, chosen, ask))
    if collections:
        # Indexing and searching block; nothing else runs on this loop, but signals should get through.
        reports += await asyncio.to_thread(_benches, collections, open_embedder, open_reranker, work_dir)
    if is_rulebooks(target):
        with tempfile.TemporaryDirectory(prefix="kewen-law-") as passing:
            reports.append(await run_rulebooks(target, open_embedder(), work_dir or Path(passing)))
    for report in reports:
        say(text_report(report, baseline.get(report.name, {})))
    if report_dir is not None:
        write_report(reports, report_dir, baseline)
        say(f"report: {report_dir / 'report.html'}")
    if update:
        if limit is not None:
            raise EvaluationError("A baseline needs the whole set; leave --limit out.")
        update_baseline(reports, baseline_path)
        say(f"baseline: {baseline_path}")
    elif gate:
        check_gate(reports, baseline)
        say("gate: open, nothing fell below the baseline")
    return reports


def find_sets(target: Path) -> tuple[list[Path], list[Path]]:
    """Golden files and collection folders at a path. Raises EvaluationError where there is neither."""
    if target.is_file():
        if target.suffix != ".jsonl":
            raise EvaluationError(f"{target} is no golden file; those end in .jsonl.")
        if is_questions(target):
            raise EvaluationError(
                f"{target} asks about statutes that are not bundled; name the folder that holds their "
                f"{DOCUMENTS} instead: kewen evaluate FOLDER."
            )
        return [target], []
    if not target.is_dir():
        raise EvaluationError(
            f"{target} does not exist; name a golden file, a folder, a collection or a folder of statutes."
        )
    if is_collection(target):
        return [], [target]
    if is_rulebooks(target):
        return [], []
    inner = sorted(folder for folder in target.iterdir() if folder.is_dir() and is_collection(folder))
    goldens = sorted(
        path for path in target.glob("*.jsonl") if not is_questions(path) and not is_claims(path)
    )
    if not goldens and not inner:
        raise EvaluationError(
            f"{target} holds no set; a golden set ends in .jsonl, a collection has {', '.join(_COLLECTION)} "
            "or items.jsonl."
        )
    return goldens, inner


def is_collection(folder: Path) -> bool:
    """Whether a folder is a test collection, or a set of questions with judged passages."""
    return all((folder / name).is_file() for name in _COLLECTION) or is_absence_set(folder)


def set_name(path: Path) -> str:
    """The key of a golden file in the baseline: its folder and its name, wherever the checkout is."""
    whole = path.resolve()
    return f"{whole.parent.name}/{whole.stem}"


async def _golden(path: Path, items: list[Item], ask: Ask) -> SetReport:
    with progress(path.name, len(items)) as step:
        return golden_report(set_name(path), await run_golden(items, ask, step=step))


def _benches(
    folders: list[Path], open_embedder: OpenEmbedder, open_reranker: OpenReranker, work_dir: Path | None
) -> list[SetReport]:
    embedder, reranker = open_embedder(), open_reranker()
    with tempfile.TemporaryDirectory(prefix="kewen-bench-") as passing:
        kept = work_dir or Path(passing)
        return [
            absence_report(run_absence(folder, embedder, kept))
            if is_absence_set(folder)
            else bench_report(run_collection(folder, embedder, kept, reranker=reranker))
            for folder in folders
        ]
