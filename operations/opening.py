"""The database of the settings, for commands that need nothing else, and how they fail."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NoReturn

import typer

if TYPE_CHECKING:
    from storage.database import Database


def open_own_database() -> Database:
    """The database that the settings name, with its tables as they are now. Raises StorageError."""
    from settings import load_settings
    from storage.database import open_database

    settings = load_settings()
    if settings.database_url is None:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    return open_database(settings.own_database)


def own_version() -> str:
    """Of this Kewen; 0 when it runs from a checkout that is not installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("kewen")
    except PackageNotFoundError:
        return "0"


def fail(sentence: str) -> NoReturn:
    """Say one sentence on stderr and end with status 1."""
    print(sentence, file=sys.stderr)
    raise typer.Exit(1)
