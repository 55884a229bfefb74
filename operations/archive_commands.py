"""`kewen backup` and `kewen restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from operations.opening import own_version


def backup(
    file: Annotated[Path, typer.Argument(help="Where the archive goes, such as kewen.tar.gz.")],
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Copy conversations, answers, keys, the index and the rule books into one file.

    A server may go on running. Settings, logs and the bundled corpus are not in it. With PostgreSQL
    (KEWEN_DATABASE_URL) it holds the rule books alone: use pg_dump for the rest.
    """
    from operations.archive import elsewhere, held
    from operations.backup import write_backup
    from settings import load_settings

    settings = load_settings()
    manifest = write_backup(
        file,
        data_dir=settings.data_dir,
        database_url=settings.database_url,
        version=own_version(),
        force=force,
    )
    for entry in manifest.files:
        print(f"{entry.name}  {entry.bytes} bytes  sha256 {entry.sha256}")
    print(f"Backed up to {file}: {held(manifest)}.")
    if missing := elsewhere(settings.database_url):
        print(f"Not in it: {missing}")
    else:
        print("It holds conversations and key hashes: keep it private.")


def restore(
    file: Annotated[Path, typer.Argument(help="An archive made by `kewen backup`.")],
) -> None:
    """Bring the data folder to the state of a backup; stop the server first.

    Databases and rule books that are there are replaced, rule books harvested since are gone: they are kept
    in a folder of their own in the data folder, before-restore-TIME, until you delete it. An archive
    of an older Kewen knows of no rule books and leaves them. With PostgreSQL only rule books can be
    restored: use pg_restore for the rest.
    """
    from operations.archive import elsewhere, held
    from operations.restore import restore_backup
    from settings import load_settings

    settings = load_settings()
    restored = restore_backup(file, data_dir=settings.data_dir, database_url=settings.database_url)
    manifest = restored.manifest
    print(f"Restored {held(manifest)} of {manifest.created} into {settings.data_dir}.")
    if manifest.rulebooks is None:
        print("The archive is older than rule books: those in the data folder are as they were.")
    if not manifest.files:
        where = elsewhere(settings.database_url) or f"the databases in {settings.data_dir} are as they were."
        print(f"Not restored: {where}")
    if restored.kept:
        print(f"What was there before is kept in {restored.kept}; delete it when you no longer want it.")
    print("Start with `kewen serve`.")
