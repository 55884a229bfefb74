"""How far a build of the index is: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Self, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from retrieval.indexing import Progress

_STAGES = {
    "embedding": "Computing vectors",
    "vectors": "Filling the vector index",
    "lexical": "Filling the lexical index",
    "checking": "Checking",
    "statements": "Reading statements",
}
_STEP = 10
"""Percent between two plain lines."""


class IndexProgress:
    """Call it with each Progress, in any thread. Shows nothing when there is nothing to build."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stderr
        self._bar: Bar | None = None
        self._task: TaskID | None = None
        self._stage = ""
        self._next = 0
        self.built = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def __call__(self, progress: Progress) -> None:
        self.built = True
        if self._out.isatty():
            self._draw(progress)
        else:
            self._say(progress)

    def _draw(self, progress: Progress) -> None:
        if self._bar is None:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
            from rich.progress import Progress as Bar

            self._bar = Bar(
                TextColumn("{task.description:<26}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
                console=Console(file=self._out),
            )
            self._bar.start()
        if progress.stage != self._stage or self._task is None:
            self._stage = progress.stage
            self._task = self._bar.add_task(_STAGES[progress.stage], total=progress.total)
        self._bar.update(self._task, completed=progress.done, total=progress.total)
        if progress.stage == "checking" and progress.done == progress.total:
            self.__exit__()

    def _say(self, progress: Progress) -> None:
        if progress.stage != self._stage:
            self._stage, self._next = progress.stage, 0
        percent = 100 * progress.done // max(1, progress.total)
        if percent >= self._next or progress.done == progress.total:
            print(
                f"{_STAGES[progress.stage]}: {progress.done} of {progress.total}", file=self._out, flush=True
            )
            self._next = (percent // _STEP + 1) * _STEP
