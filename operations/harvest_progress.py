"""How far a harvest is: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Self, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

_STEP = 10
"""Percent between two plain lines; without a total, every thousandth."""


class CountProgress:
    """Call `show(what, done, total)` as work goes on. Nothing is shown where there is nothing to do."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stderr
        self._bar: Bar | None = None
        self._tasks: dict[str, TaskID] = {}
        self._next: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def show(self, what: str, done: int, total: int | None) -> None:
        if self._out.isatty():
            self._draw(what, done, total)
        else:
            self._say(what, done, total)

    def _draw(self, what: str, done: int, total: int | None) -> None:
        if self._bar is None:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
            from rich.progress import Progress as Bar

            self._bar = Bar(
                TextColumn("{task.description:<26}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                console=Console(file=self._out),
            )
            self._bar.start()
        if what not in self._tasks:
            self._tasks[what] = self._bar.add_task(what, total=total)
        self._bar.update(self._tasks[what], completed=done, total=total)

    def _say(self, what: str, done: int, total: int | None) -> None:
        mark = 100 * done // total if total else done // 1000
        if mark >= self._next.get(what, 0) or done == total:
            told = f"{done} of {total}" if total else f"{done}"
            print(f"{what}: {told}", file=self._out, flush=True)
            self._next[what] = mark + (_STEP if total else 1)
