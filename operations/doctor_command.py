"""`kewen doctor`: one line for each thing that has to be right."""

from __future__ import annotations

import typer

_MARKS = {"ok": "ok", "unset": "--", "bad": "!!"}


def doctor() -> None:
    """Say what is set, reachable, writable and how old; exit status 1 where something is wrong (!!)."""
    from operations.doctor import examine
    from operations.printing import printable
    from settings import load_settings

    wrong = 0
    for finding in examine(load_settings()):
        wrong += finding.state == "bad"
        print(f"{_MARKS[finding.state]}  {finding.name:<16}  {printable(finding.said)}")
    if wrong:
        raise typer.Exit(1)
