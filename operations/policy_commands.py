"""`kewen policies diff`: what changed between two texts."""

from __future__ import annotations

from typing import Annotated

import typer


def policy_commands() -> typer.Typer:
    """`kewen policies …`"""
    policies = typer.Typer(help="The rule books: what changed between two texts.", no_args_is_help=True)
    policies.command("diff")(diff_policies)
    return policies


def diff_policies(
    a: Annotated[str, typer.Argument(metavar="A", help="A policy's id, id@version, or a file.")],
    b: Annotated[str, typer.Argument(metavar="B", help="The same; A twice means its last two versions.")],
    as_json: Annotated[bool, typer.Option("--json", help="Every article with both texts, as JSON.")] = False,
) -> None:
    """Show article by article what changed from A to B."""
    import json

    from operations.policies import as_json as changes_json
    from operations.policies import compare, report
    from settings import load_settings
    from wiring import open_corpus

    old, new, changes = compare(a, b, open_corpus(load_settings()))
    if as_json:
        print(json.dumps(changes_json(old, new, changes), ensure_ascii=False))
        return
    for line in report(old, new, changes):
        print(line)
