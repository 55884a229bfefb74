"""The files that pages need, from memory: compressed, with an address that changes when they do."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"
_TEXT = {".css", ".js", ".svg", ".html", ".txt"}
_TYPES = {".js": "text/javascript", ".ico": "image/x-icon"}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file: its bytes, compressed ones where that saves something, and a digest of them."""

    body: bytes
    compressed: bytes | None
    digest: str
    media_type: str


def static_file(name: str) -> StaticFile | None:
    """A file of static/ and of nowhere else; None where there is none of that name."""
    if "\x00" in name:
        return None
    try:
        path = (STATIC / name).resolve()
        if not path.is_relative_to(STATIC.resolve()) or not path.is_file():
            return None
    except OSError:  # longer than a name may be
        return None
    stat = path.stat()
    return _read(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=128)
def _read(path: Path, _modified: int, _size: int) -> StaticFile:
    body = path.read_bytes()
    media_type = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    text = path.suffix in _TEXT
    return StaticFile(
        body,
        gzip.compress(body, 9, mtime=0) if text and len(body) > 512 else None,
        hashlib.blake2b(body, digest_size=8).hexdigest(),
        f"{media_type}; charset=utf-8" if text else media_type,
    )


def asset(name: str) -> str:
    """The address of a file of static/, which may be kept for ever: another content has another one."""
    found = static_file(name)
    return f"/static/{name}?v={found.digest}" if found else f"/static/{name}"
