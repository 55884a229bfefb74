"""`kewen accounts`: who may sign in, what they may do and what they may see."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from operations.opening import fail, open_own_database

if TYPE_CHECKING:
    from storage.accounts import Accounts

Role = Literal["supplier", "seeker", "staff", "manager"]
Level = Literal["public", "registered", "member", "unit", "staff"]
Name = Annotated[str, typer.Argument(metavar="NAME", help="What they sign in with.")]
RoleGiven = Annotated[Role, typer.Option(help="What they may do.")]
LevelGiven = Annotated[
    Level | None,
    typer.Option(help="What they may see; without it staff for staff and managers, registered for others."),
]
Unit = Annotated[str | None, typer.Option(metavar="ID", help="The member unit they belong to.")]
Generate = Annotated[bool, typer.Option("--generate", help="Make a password and print it, once.")]

_BY_ROLE: dict[Role, Level] = {
    "supplier": "registered",
    "seeker": "registered",
    "staff": "staff",
    "manager": "staff",
}
_FIRST = "No accounts yet. Make the first with `kewen accounts add NAME --role manager`."


def account_commands() -> typer.Typer:
    """`kewen accounts …`"""
    accounts = typer.Typer(help="People who sign in: roles, levels, passwords.", no_args_is_help=True)
    accounts.command("add")(add_account)
    accounts.command("list")(list_accounts)
    accounts.command("role")(change_account)
    accounts.command("password")(set_password)
    accounts.command("disable")(disable_account)
    accounts.command("enable")(enable_account)
    return accounts


def add_account(
    name: Name,
    role: RoleGiven,
    level: LevelGiven = None,
    unit: Unit = None,
    shown: Annotated[
        str | None, typer.Option(metavar="TEXT", help="What others read, as 李老师; without it NAME.")
    ] = None,
    generate: Generate = False,
) -> None:
    """Make an account. Its password is asked for, or read from standard input where that is no terminal."""
    seen = _level(role, level, unit)
    password = _password(generate)
    with _open() as accounts:
        account = accounts.add(name, password, role=role, level=seen, unit=unit, shown=shown)
    _say_password(password, generate)
    print(f"Account {account.name}, role {account.role}, level {account.level}.", file=sys.stderr)


def list_accounts() -> None:
    """List the accounts: name, role, level, unit, when made, whether they may sign in, what others read."""
    with _open() as accounts:
        known = accounts.all()
    for one in known:
        state = f"disabled {one.disabled:%Y-%m-%d %H:%M}Z" if one.disabled else "may sign in"
        told = f"{one.name:<20}  {one.role:<8}  {one.level:<10}  {one.unit or '-':<16}"
        print(f"{told}  {one.created:%Y-%m-%d %H:%M}Z  {state}  {one.shown}")
    if not known:
        print(_FIRST, file=sys.stderr)


def change_account(name: Name, role: RoleGiven, level: LevelGiven = None, unit: Unit = None) -> None:
    """Change role, level and unit together; who is signed in to it is signed out."""
    seen = _level(role, level, unit)
    with _open() as accounts:
        account = accounts.change(name, role=role, level=seen, unit=unit)
    print(f"Account {account.name} has role {account.role} and level {account.level} now.")


def set_password(name: Name, generate: Generate = False) -> None:
    """Give an account another password; who is signed in to it is signed out."""
    password = _password(generate)
    with _open() as accounts:
        account = accounts.set_password(name, password)
    _say_password(password, generate)
    print(f"Account {account.name} has a new password.", file=sys.stderr)


def disable_account(name: Name) -> None:
    """Let nobody sign in to an account any more; what it did stays in the records."""
    with _open() as accounts:
        account = accounts.disable(name)
    print(f"Account {account.name} is disabled.")


def enable_account(name: Name) -> None:
    """Let a disabled account sign in again, with its old password."""
    with _open() as accounts:
        account = accounts.enable(name)
    print(f"Account {account.name} may sign in.")


def _level(role: Role, level: Level | None, unit: str | None) -> Level:
    seen = level or _BY_ROLE[role]
    if seen == "unit" and not unit:
        raise typer.BadParameter("level unit needs --unit ID, the member unit that the account belongs to.")
    return seen


def _password(generate: bool) -> str:
    if generate:
        return secrets.token_urlsafe(12)
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    return sys.stdin.readline().rstrip("\r\n")


def _say_password(password: str, generate: bool) -> None:
    if generate:
        print("The password, which cannot be shown again; its owner changes it at /me:", file=sys.stderr)
        print(password)


@contextmanager
def _open() -> Iterator[Accounts]:
    from storage.accounts import Accounts
    from storage.errors import RecordUnknown
    from storage.records import Actor

    database = open_own_database()
    try:
        yield Accounts(database, Actor(None, "kewen accounts"))
    except RecordUnknown as error:
        fail(f"{error} `kewen accounts list` shows those there are.")
    finally:
        database.close()
