"""`kewen harvest`: rule books into the data folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def harvest(
    source: Annotated[
        Path, typer.Argument(metavar="FILE", help="A statute as .md or .txt, or .jsonl with one a line.")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done; do nothing.")] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Take this text for one stored as the same version.")
    ] = False,
) -> None:
    """Keep whole rule books word for word: a version of a known document, or a document of its own."""
    from corpus.loaders import load_corpus
    from operations.harvest import harvest as harvest_file
    from operations.harvest import report
    from settings import load_settings

    settings = load_settings()
    corpus = load_corpus(settings.corpus_dir)
    found = harvest_file(source, settings.data_dir, corpus, dry_run=dry_run, replace=replace)
    for line in report(found, dry_run=dry_run):
        print(line)
