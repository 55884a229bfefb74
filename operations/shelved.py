"""The rule books of a data folder on their way into an archive and back."""

from __future__ import annotations

import shutil
from pathlib import Path

from corpus.rulebooks.errors import RulebookConflict
from corpus.rulebooks.shelf import FOLDER, load_rulebooks
from operations.errors import BackupFailed

_TRIES = 3


def copy_rulebooks(data_dir: Path, folder: Path) -> dict[str, Path]:
    """Copies under `folder`, by their path in the data folder, sorted; empty when there are none.

    A harvest may run meanwhile: what was copied is read as the server would, and copied again when the
    parts do not belong together. Raises BackupFailed for damaged rule books, OSError.
    """
    for attempt in range(1, _TRIES + 1):
        shutil.rmtree(folder / FOLDER, ignore_errors=True)
        try:
            copies = _copy(data_dir, folder)
            load_rulebooks(folder)
            return copies
        except FileNotFoundError:  # replaced while it was read
            if attempt == _TRIES:
                raise
        except RulebookConflict as conflict:
            if attempt == _TRIES:
                raise BackupFailed(
                    f"A stored rule book is damaged: {conflict.complaints[0]} Nothing was written."
                ) from conflict
    raise AssertionError


def _copy(data_dir: Path, folder: Path) -> dict[str, Path]:
    copies: dict[str, Path] = {}
    for path in sorted((data_dir / FOLDER).rglob("*")):
        name = path.relative_to(data_dir)
        if path.is_symlink() and path.is_dir():
            raise BackupFailed(
                f"{path} is a link to a folder, which is not followed. Put the folder itself there."
            )
        # A name with a dot before it is a file that is being written.
        if path.is_file() and not any(part.startswith(".") for part in name.parts):
            copy = folder / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
            copies[name.as_posix()] = copy
    return copies


def put_rulebooks(staged: Path | None, data_dir: Path, kept: Path) -> None:
    """The folder `staged`, which is beside, becomes the rule books; those that were there are at `kept` then.

    None: no rule books. Raises OSError, and then what was there is there again.
    """
    place = data_dir / FOLDER
    there = place.is_symlink() or place.exists()
    if there:
        place.rename(kept)
    try:
        if staged is not None:
            staged.rename(place)
    except OSError:
        if there:
            kept.rename(place)
        raise
