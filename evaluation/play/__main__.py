"""python -m evaluation.play: be the language model of a list of conversations."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="Where prompts, replies and talks are kept.")]


@app.command()
def ask(
    conversations: Annotated[Path, typer.Argument(metavar="SET", help='JSON lines: {"id", "turns"}.')],
    folder: Folder,
    at_once: Annotated[int, typer.Option(min=1, help="Conversations that are had side by side.")] = 1,
) -> None:
    """Ask every conversation that has not ended yet, and wait for the player's replies."""
    from evaluation.errors import EvaluationError
    from evaluation.play.asking import load_talks, play
    from settings import load_settings

    try:
        talks = load_talks(conversations)
        asyncio.run(play(talks, folder, load_settings(), at_once=at_once, say=typer.echo))
    except EvaluationError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


@app.command("next")
def next_(
    folder: Folder,
    whole: Annotated[bool, typer.Option("--whole", help="The rules once in front, and every turn.")] = False,
    timeout_s: Annotated[float, typer.Option(help="Seconds to wait for a prompt.")] = 120.0,
) -> None:
    """Lay the replies that standard input holds (`=== KEY` before each), then show what waits next."""
    from evaluation.play.desk import Desk

    desk = Desk(folder / "desk")
    if not sys.stdin.isatty() and (text := sys.stdin.read()).strip():
        laid = desk.answer(text)
        typer.echo(f"answered: {', '.join(one[:8] for one in laid) or 'none of these waits'}")
    keys, done = desk.next(timeout_s)
    if keys and whole:
        typer.echo(desk.rules(keys[0]))
    for key in keys:
        typer.echo(desk.shown(key, whole=whole))
    if not keys:
        typer.echo("all conversations have ended" if done else "no prompt waits yet; ask again")


if __name__ == "__main__":
    app()
