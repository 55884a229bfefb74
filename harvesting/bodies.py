"""Bodies of requests: from the web through the fetcher, or from files on disk."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlencode, urlsplit, urlunsplit

from corpus.harvest.records import HarvestSource, Request
from corpus.harvest.xmlreading import is_protocol_answer
from harvesting.errors import FetchFailed, FetchRefused, SourceInvalid
from harvesting.fetching import Fetcher

_READ = (
    ".xml .json .jsonl .jsonld .json-ld .ndjson .ttl .turtle .nt .rdf .csv .tsv .tab .xlsx .yaml .yml"
    " .html .htm"
)
READ_SUFFIXES = frozenset(_READ.split())
_MEDIA_TYPES = {
    ".jsonl": "application/x-ndjson",
    ".ndjson": "application/x-ndjson",
    ".jsonld": "application/ld+json",
    ".ttl": "text/turtle",
    ".nt": "application/n-triples",
    ".rdf": "application/rdf+xml",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Body:
    """One answer; `unchanged` ones have no data."""

    data: bytes
    media_type: str
    where: str
    etag: str | None = None
    last_modified: str | None = None
    unchanged: bool = False


class Bodies(Protocol):
    """Where the answers of one source come from."""

    def read(self, request: Request, *, etag: str | None = None, last_modified: str | None = None) -> Body:
        """Raises FetchRefused, FetchFailed."""
        ...


def is_web(address: str) -> bool:
    return address.lower().startswith(("http://", "https://"))


class WebBodies:
    """Answers of servers."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher

    def read(self, request: Request, *, etag: str | None = None, last_modified: str | None = None) -> Body:
        try:
            found = self._fetcher.get(
                with_parameters(request.url, request.params),
                etag=etag,
                last_modified=last_modified,
                headers=dict(request.headers),
                body=(request.body or b"") if request.method == "POST" else None,
            )
        except FetchFailed as error:
            if not is_protocol_answer(error.body):
                raise
            return Body(error.body, "", error.url)
        return Body(
            found.body,
            found.content_type,
            found.url,
            found.headers.get("etag"),
            found.headers.get("last-modified"),
            found.unchanged,
        )


class FileBodies:
    """Files of this machine, at most `max_bytes` each."""

    def __init__(self, max_bytes: int) -> None:
        self._most = max_bytes

    def read(self, request: Request, *, etag: str | None = None, last_modified: str | None = None) -> Body:
        path = Path(request.url)
        try:
            size = path.stat().st_size
            if size > self._most:
                raise FetchRefused(str(path), "size", f"holds {size} bytes; {self._most} are allowed")
            data = path.read_bytes()
        except OSError as error:
            raise FetchFailed(str(path), f"cannot be read: {error.strerror or error}") from error
        suffix = path.suffix.lower()
        media_type = _MEDIA_TYPES.get(suffix) or mimetypes.guess_type(path.name)[0] or ""
        return Body(data, media_type, str(path))


def file_requests(source: HarvestSource) -> list[Request]:
    """One request a file: the file itself, or those of a folder in order of name. Raises SourceInvalid."""
    path = Path(source.url)
    if not path.exists():
        raise SourceInvalid(f"{path}: there is no such file or folder, and it is no http(s) address.")
    files = list(_files(path)) if path.is_dir() else [path]
    if not files:
        known = " ".join(sorted(READ_SUFFIXES))
        raise SourceInvalid(f"{path}: holds no file that is read ({known}).")
    return [Request(source=source, url=str(one), page=number) for number, one in enumerate(files, 1)]


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and path.suffix.lower() in READ_SUFFIXES and not hidden:
            yield path


def with_parameters(url: str, parameters: tuple[tuple[str, str], ...]) -> str:
    """The address with the parameters after those it has."""
    if not parameters:
        return url
    parts = urlsplit(url)
    query = "&".join(part for part in (parts.query, urlencode(parameters)) if part)
    return urlunsplit(parts._replace(query=query))
