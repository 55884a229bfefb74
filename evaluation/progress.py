"""A bar on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

_LINE_EVERY_S = 10.0


@contextmanager
def progress(title: str, total: int) -> Iterator[Callable[[str], None]]:
    """Call what this yields once for each finished step, with the step's name. Writes to stderr."""
    if sys.stderr.isatty():
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(title, total=total)
            yield lambda name: bar.update(task, advance=1, description=f"{title} {name}")
        return
    done, said = 0, time.monotonic()

    def step(_name: str) -> None:
        nonlocal done, said
        done += 1
        if done == total or time.monotonic() - said >= _LINE_EVERY_S:
            said = time.monotonic()
            print(f"{title}: {done} of {total}", file=sys.stderr, flush=True)

    yield step
