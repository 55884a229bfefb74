"""The rule books of a data folder: the bytes as given and the record read from them, kept together.

`<data_dir>/rulebooks/<policy>/<version>.md` is what was harvested, byte for byte, whatever its suffix
was; `<version>.json` is the record, which names the bytes by SHA-256. Where the text was read from a PDF
or an office file, that file stands beside as `<version>.pdf` or what its suffix is. The record is written
last: a text without one is not there yet, and the next harvest replaces it.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from corpus.rulebooks.errors import RulebookConflict, RulebookInvalid
from corpus.rulebooks.parser import parse
from corpus.rulebooks.records import FORMAT, FullText, Given

FOLDER = "rulebooks"
Outcome = Literal["stored", "replaced", "unchanged"]


class Rulebook(BaseModel):
    """A stored text. `source` is the path of its bytes within the data folder, `original` that of the file
    they were read from, where it is another."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    policy_id: str
    source: str
    original: str | None = None
    text: FullText
    skip: int = 0


class Shelf:
    """What is stored in one data folder."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._folder = data_dir / FOLDER

    def books(self) -> tuple[Rulebook, ...]:
        """All of them, by policy and version. Raises RulebookConflict naming each damaged file."""
        found: list[Rulebook] = []
        complaints: list[str] = []
        for path in sorted(self._folder.glob("*/*.json")) if self._folder.is_dir() else ():
            try:
                found.append(self._load(path))
            except RulebookConflict as fault:
                complaints += fault.complaints
        if complaints:
            raise RulebookConflict(complaints)
        return tuple(sorted(found, key=lambda book: (book.policy_id, book.text.version)))

    def outcome(self, policy_id: str, text: FullText, *, replace: bool = False) -> Outcome:
        """What keeping this text would do. Raises RulebookConflict where another text is this version."""
        record = self._paths(policy_id, text.version)[1]
        if not record.is_file():
            return "stored"
        known = self._load(record) if not replace else None
        if known and known.text.sha256 == text.sha256 and known.text.given == text.given:
            return "unchanged"
        if known and known.text.sha256 != text.sha256:
            raise RulebookConflict(
                [
                    f"{text.origin}: another text is stored as version {text.version} of {policy_id} "
                    f"(harvested from {known.text.origin}). Give this one `version:` or dates of its own, "
                    "or harvest with --replace."
                ]
            )
        return "replaced"

    def keep(
        self,
        policy_id: str,
        text: FullText,
        data: bytes,
        *,
        skip: int = 0,
        replace: bool = False,
        original: tuple[str, bytes] | None = None,
    ) -> Outcome:
        """Store bytes and record; the same again changes nothing. Raises RulebookConflict, OSError.

        `original` is the suffix and the bytes of the file that `data` was read from.
        """
        outcome = self.outcome(policy_id, text, replace=replace)
        if outcome == "unchanged":
            return outcome
        words, record = self._paths(policy_id, text.version)
        source = words.relative_to(self._data_dir).as_posix()
        beside = words.with_name(f"{text.version}{original[0]}") if original else None
        held = beside.relative_to(self._data_dir).as_posix() if beside else None
        book = Rulebook(policy_id=policy_id, source=source, original=held, text=text, skip=skip)
        words.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if outcome == "replaced" and self._sha256(words) != text.sha256:
            # Between the two writes there must be no record that names other bytes.
            record.unlink()
        _write(words, data)
        if beside and original:
            _write(beside, original[1])
        _write(record, book.model_dump_json(indent=1).encode())
        return outcome

    def _paths(self, policy_id: str, version: str) -> tuple[Path, Path]:
        folder = self._folder / policy_id.replace(":", "_").replace("/", "_")
        return folder / f"{version}.md", folder / f"{version}.json"

    @staticmethod
    def _sha256(path: Path) -> str | None:
        return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None

    def _load(self, path: Path) -> Rulebook:
        shown = path.relative_to(self._data_dir).as_posix()
        again = "harvest its text again with --replace, or delete the two files"
        try:
            content = json.loads(path.read_bytes())
            data = path.with_suffix(".md").read_bytes()
            stored = content["text"]
            if stored["format"] != FORMAT:
                # Written by another Kewen: the bytes are the truth, so they are read anew.
                given = Given.model_validate(stored["given"])
                text = parse(data, given, origin=stored["origin"], skip=content["skip"])
                content["text"] = text.model_copy(update={"version": stored["version"]}).model_dump()
            book = Rulebook.model_validate(content)
        except (OSError, ValueError, KeyError, TypeError, ValidationError, RulebookInvalid) as fault:
            raise RulebookConflict([f"{shown}, line 1: cannot be read; {again}."]) from fault
        if hashlib.sha256(data).hexdigest() != book.text.sha256:
            raise RulebookConflict([f"{shown[:-5]}.md, line 1: is not what was harvested; {again}."])
        for article in book.text.articles:
            if data[article.start : article.end] != article.text.encode(book.text.encoding):
                raise RulebookConflict([f"{shown}, {article.no}: does not match the text; {again}."])
        return book


def load_rulebooks(data_dir: Path) -> tuple[Rulebook, ...]:
    """Every stored text, checked against its bytes. Raises RulebookConflict."""
    return Shelf(data_dir).books()


def _write(path: Path, data: bytes) -> None:
    """All of it or nothing: a new file takes the place of the old one when it is on the disk."""
    handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
