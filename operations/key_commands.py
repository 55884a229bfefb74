"""`kewen keys`: who may see more than the public."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

import typer

from operations.opening import fail, open_own_database


def key_commands() -> typer.Typer:
    """`kewen keys …`"""
    keys = typer.Typer(help="Keys for those who may see more than the public.", no_args_is_help=True)
    keys.command("add")(add_key)
    keys.command("list")(list_keys)
    keys.command("revoke")(revoke_key)
    return keys


def add_key(
    level: Annotated[
        Literal["registered", "member", "unit", "staff"], typer.Option(help="What its holder may see.")
    ],
    unit: Annotated[str | None, typer.Option(metavar="ID", help="The member unit it belongs to.")] = None,
) -> None:
    """Make a key and print it, once: only its hash is kept."""
    if level == "unit" and not unit:
        raise typer.BadParameter("level unit needs --unit ID, the member unit that the key belongs to.")
    from storage.keys import Keys

    database = open_own_database()
    try:
        key, secret = Keys(database).add(level, unit)
    finally:
        database.close()
    print(f"Key {key.id}, level {key.level}. Keep it: it cannot be shown again.", file=sys.stderr)
    print(secret)


def list_keys() -> None:
    """List the keys: id, level, unit, when made, when revoked."""
    from storage.keys import Keys

    database = open_own_database()
    try:
        known = Keys(database).all()
    finally:
        database.close()
    for key in known:
        state = f"revoked {key.revoked:%Y-%m-%d %H:%M}Z" if key.revoked else "valid"
        print(f"{key.id}  {key.level:<10}  {key.unit or '-':<16}  {key.created:%Y-%m-%d %H:%M}Z  {state}")
    if not known:
        print("No keys yet. Make one with `kewen keys add --level …`.", file=sys.stderr)


def revoke_key(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="As `kewen keys list` shows it.")],
) -> None:
    """Make a key open nothing from now on."""
    from storage.errors import RecordUnknown
    from storage.keys import Keys

    database = open_own_database()
    try:
        Keys(database).revoke(key_id)
    except RecordUnknown as error:
        fail(f"{error} `kewen keys list` shows those there are.")
    finally:
        database.close()
    print(f"Key {key_id} is revoked.")
