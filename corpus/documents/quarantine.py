"""What was left out of files, on record: one line of JSON a page in `rulebooks/quarantine.jsonl`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

FILE = "quarantine.jsonl"


def keep_record(folder: Path, file: str, data: bytes, reasons: Sequence[str]) -> int:
    """How many lines were added: one for each reason not on record for these bytes. Raises OSError.

    A line has when (UTC), file, sha256 of its bytes, and the sentence with page and reason.
    """
    digest = hashlib.sha256(data).hexdigest()
    path = folder / FILE
    known = {(one["sha256"], one["reason"]) for one in records(folder)}
    now = datetime.now(UTC).isoformat(timespec="seconds")
    fresh = [
        {"when": now, "file": file, "sha256": digest, "reason": reason}
        for reason in dict.fromkeys(reasons)
        if (digest, reason) not in known
    ]
    if fresh:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as out:
            out.write("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in fresh))
    return len(fresh)


def records(folder: Path) -> list[dict[str, str]]:
    """All of them, oldest first; a line cut short by a crash is passed over."""
    path = folder / FILE
    found: list[dict[str, str]] = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
        try:
            one = json.loads(line)
        except ValueError:
            continue
        if isinstance(one, dict) and {"sha256", "reason"} <= one.keys():
            found.append(one)
    return found
