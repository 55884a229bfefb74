"""A file -> its text, read in a process of its own with limits."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from corpus.documents.errors import DocumentRefused
from corpus.documents.office import converted
from corpus.documents.recognising import DPI, recognised
from corpus.documents.records import Extracted

SUFFIXES = (".pdf", ".docx", ".doc", ".html", ".htm", ".xhtml", ".xlsx")
"""Of the files that are read here; .md, .txt and .jsonl are rule books as they are."""


@dataclass(frozen=True, slots=True)
class Limits:
    """For one file."""

    bytes: int = 100_000_000
    seconds: int = 10
    cpu_s: int = 9
    memory: int = 512 * 1024 * 1024
    """Address space of the child, in bytes."""


LIMITS = Limits()


def read_document(path: Path, limits: Limits = LIMITS, *, recognise: str | None = None) -> Extracted:
    """The text of a file, with the pages that were left out.

    `recognise` names languages of tesseract (chi_sim+eng) by which scanned pages of a PDF are read where
    it is installed; None leaves them out.

    Raises DocumentRefused with file and reason where there is none; OSError as it comes.
    """
    size = path.stat().st_size
    if size > limits.bytes:
        raise _refused(path, f"is {size} bytes long; at most {limits.bytes} are read, so split it")
    data = path.read_bytes()
    suffix = path.suffix.lower()
    if suffix == ".doc" and (modern := converted(data)) is not None:
        # LibreOffice restores the numbers of lists, which the text of an old file does not hold.
        data, suffix = modern, ".docx"
    document = _document(path, _parsed(path, _run(path, data, suffix, limits), limits))
    if recognise and document.format == "pdf":
        document = recognised(document, partial(_drawn, path, data, limits), recognise)
    if not any(one.text for one in document.paragraphs):
        reasons = [_page_reason(path, one.page, one.reason) for one in document.quarantined]
        raise DocumentRefused(reasons or [f"{path}: holds no text."])
    return document


def left_out(path: Path, document: Extracted) -> list[str]:
    """One sentence for each page whose text is not there."""
    return [_page_reason(path, one.page, one.reason) for one in document.quarantined]


def _drawn(path: Path, data: bytes, limits: Limits, page: int) -> bytes | None:
    """The picture of a page; None where it cannot be drawn within the limits."""
    try:
        return _run(path, data, ".pdf", limits, str(page), str(DPI)) or None
    except DocumentRefused:
        return None


def _run(path: Path, data: bytes, suffix: str, limits: Limits, *more: str) -> bytes:
    """What the child prints."""
    here = Path(__file__).resolve()
    arguments = [str(here.parents[2]), suffix, str(limits.cpu_s), str(limits.memory), *more]
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as answer:
        source.write(data)
        source.seek(0)
        try:
            done = subprocess.run(
                [sys.executable, "-I", str(here.with_name("worker.py")), *arguments],
                stdin=source,
                stdout=answer,
                stderr=subprocess.DEVNULL,
                cwd=tempfile.gettempdir(),
                env={"LANG": "C.UTF-8", "PYTHONHASHSEED": "0"},
                timeout=limits.seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            raise _refused(path, f"takes longer than {limits.seconds} s to read") from late
        answer.seek(0)
        content = answer.read()
    if -done.returncode in (signal.SIGXCPU, signal.SIGKILL):
        raise _refused(path, f"takes longer than {limits.cpu_s} s to read")
    return content


def _parsed(path: Path, content: bytes, limits: Limits) -> dict[str, Any]:
    try:
        result: dict[str, Any] = json.loads(content)
    except ValueError as error:
        megabytes = limits.memory // (1024 * 1024)
        raise _refused(path, f"broke its reader: it is damaged, or needs more than {megabytes} MB") from error
    if "memory" in result:
        raise _refused(path, f"needs more than {limits.memory // (1024 * 1024)} MB to read")
    return result


def _document(path: Path, result: dict[str, Any]) -> Extracted:
    if "refused" in result:
        raise _refused(path, str(result["refused"]))
    try:
        return Extracted.from_json(result["document"])
    except (KeyError, TypeError) as error:
        raise _refused(path, "broke its reader: it is damaged") from error


def _refused(path: Path, reason: str) -> DocumentRefused:
    return DocumentRefused([f"{path}: {reason}."])


def _page_reason(path: Path, page: int | None, reason: str) -> str:
    return f"{path}, page {page}: {reason}." if page else f"{path}: {reason}."
