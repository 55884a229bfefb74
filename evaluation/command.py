"""`kewen evaluate`, for the command line to register."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from evaluation.asking import ask_over_http
from evaluation.baseline import BASELINE
from evaluation.errors import EvaluationError
from evaluation.golden import load_golden
from evaluation.played import compare_played
from evaluation.run import OpenAsk, OpenEmbedder, OpenReranker, evaluate


def evaluate_command(
    open_ask: OpenAsk, open_embedder: OpenEmbedder, open_reranker: OpenReranker
) -> Callable[..., None]:
    """The function to register as `evaluate`.

    `open_ask` opens the assistant of this process, for a golden set where no address is given;
    `open_embedder` gives the embedder that collections are indexed with, `open_reranker` what orders them.
    """

    def command(
        target: Annotated[
            Path,
            typer.Argument(metavar="SET", help="A golden .jsonl file, a folder of them, or a collection."),
        ],
        report: Annotated[
            Path | None,
            typer.Option(metavar="DIR", help="Write report.html, report.txt, summary.json, results.jsonl."),
        ] = None,
        gate: Annotated[
            bool, typer.Option("--gate", help="Exit 1 when a guarded figure falls below the baseline.")
        ] = False,
        update_baseline: Annotated[
            bool, typer.Option("--update-baseline", help="Make these figures the baseline.")
        ] = False,
        base_url: Annotated[
            str | None, typer.Option(metavar="URL", help="Ask a running Kewen instead of this process.")
        ] = None,
        limit: Annotated[
            int | None, typer.Option(min=1, metavar="N", help="Only the first N items of a golden set.")
        ] = None,
        played: Annotated[
            Path | None,
            typer.Option(metavar="DIR", help="Compare with a model that people played: evals/played."),
        ] = None,
        work_dir: Annotated[
            Path | None,
            typer.Option(metavar="DIR", help="Keep the indexes of collections here for the next run."),
        ] = None,
        baseline: Annotated[
            Path,
            typer.Option(metavar="FILE", show_default=False, help="Baseline; unset: evals/baseline.json."),
        ] = BASELINE,
    ) -> None:
        """Score Kewen on a golden set or a test collection and compare with the baseline."""
        if gate and update_baseline:
            raise typer.BadParameter("--gate and --update-baseline exclude each other; take one.")
        opened = open_ask if base_url is None else lambda: ask_over_http(base_url)
        try:
            if played is not None:
                typer.echo(asyncio.run(compare_played(load_golden(target)[:limit], played)))
                return
            asyncio.run(
                evaluate(
                    target,
                    open_ask=opened,
                    open_embedder=open_embedder,
                    open_reranker=open_reranker,
                    work_dir=work_dir,
                    report_dir=report,
                    baseline_path=baseline,
                    update=update_baseline,
                    gate=gate,
                    limit=limit,
                    say=typer.echo,
                )
            )
        except EvaluationError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from error

    return command
