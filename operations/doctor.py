"""How an installation stands: what is set, reachable, writable, and how old."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import httpx
from pydantic import SecretStr

from operations.endpoint_doctor import Kind, stands
from operations.opening import own_version
from operations.remote import address, is_ready
from operations.texts import terminal_language
from retrieval.errors import IndexLocked, RetrievalError
from retrieval.indexing import default_store_url, index_status
from retrieval.lock import WriterLock
from retrieval.store import PassageStore
from settings import Settings
from storage.database import open_database
from storage.errors import StorageError
from storage.harvests import Harvests
from storage.model_tokens import ModelTokens

State = Literal["ok", "unset", "bad"]
_LITTLE_ROOM_BYTES = 1 << 30
_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: `unset` is no fault, `bad` is one, and `said` tells what to do about it."""

    state: State
    name: str
    said: str


def examine(settings: Settings) -> Iterator[Finding]:
    """What there is to know, the quick before the slow."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    yield Finding("ok", "kewen", f"{own_version()}, Python {version}")
    yield from _given(settings)
    yield _folder(settings.data_dir)
    yield _index(settings)
    yield from _database(settings)
    yield _server(settings)
    yield from _endpoints(settings)


def _given(settings: Settings) -> Iterator[Finding]:
    names = sorted(settings.model_fields_set)
    if not names:
        yield Finding("unset", "settings", "none: everything has its default")
    for name in names:
        value = getattr(settings, name)
        shown = "(hidden)" if isinstance(value, SecretStr) else _without_password(str(value))
        yield Finding("ok", f"KEWEN_{name.upper()}", shown)


def _without_password(value: str) -> str:
    parts = urlsplit(value) if "://" in value else None
    if parts is None or "@" not in parts.netloc:
        return value
    return parts._replace(netloc="(hidden)@" + parts.netloc.rpartition("@")[2]).geturl()


def _folder(data_dir: Path) -> Finding:
    there = (
        data_dir if data_dir.exists() else next(one for one in data_dir.absolute().parents if one.exists())
    )
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        return Finding("bad", "data folder", f"{data_dir} cannot be written: give this user the right to")
    free = shutil.disk_usage(there).free
    room = f"{free / (1 << 30):.1f} GiB free"
    if free < _LITTLE_ROOM_BYTES:
        return Finding("bad", "data folder", f"{data_dir}: only {room}; make room")
    made = "writable" if data_dir.exists() else "not there yet, made at the first start"
    return Finding("ok", "data folder", f"{data_dir.absolute()}: {made}, {room}")


def _index(settings: Settings) -> Finding:
    if settings.database_url is None and not (settings.data_dir / "index.db").is_file():
        return Finding("unset", "index", "none yet; `kewen serve` or `kewen index` builds it")
    try:
        store = PassageStore(settings.database_url or default_store_url(settings.data_dir))
        try:
            status = index_status(store)
        finally:
            store.close()
    except RetrievalError as error:
        return Finding("bad", "index", str(error))
    if status.live is None or status.live.manifest is None:
        return Finding("unset", "index", "no generation is finished yet; run `kewen index`")
    manifest = status.live.manifest
    when = datetime.fromisoformat(str(status.live.created))
    return Finding(
        "ok", "index", f"{manifest.records} records, built {_ago(when)}; embedder {manifest.embedder}"
    )


def _database(settings: Settings) -> Iterator[Finding]:
    if settings.database_url is None and not (settings.data_dir / "kewen.db").is_file():
        yield Finding("unset", "database", "none yet; made at the first start")
        return
    try:
        database = open_database(settings.own_database)
    except StorageError as error:
        yield Finding("bad", "database", str(error))
        return
    try:
        yield Finding("ok", "database", f"{_without_password(settings.own_database)} opens")
        harvests = Harvests(database)
        for source in harvests.sources():
            run = harvests.last_run(source.name)
            state: State = "bad" if run is not None and run.state == "failed" else "ok"
            last = f"last harvested {_ago(run.started)}: {run.state}" if run else "not harvested yet"
            reason = f"; {run.sentence}" if run is not None and run.sentence and state == "bad" else ""
            yield Finding(state, f"source {source.name}", last + reason)
    except StorageError as error:
        yield Finding("bad", "database", str(error))
    finally:
        database.close()


def _server(settings: Settings) -> Finding:
    url = address(settings.host, settings.port)
    if is_ready(url):
        return Finding("ok", "server", f"ready at {url}")
    if not settings.data_dir.exists():
        return Finding("unset", "server", f"none at {url}; `kewen serve` starts it")
    try:
        with WriterLock(settings.data_dir):
            return Finding("unset", "server", f"none at {url}; `kewen serve` starts it")
    except IndexLocked as locked:
        return Finding("bad", "server", f"{locked} Nothing is ready at {url} (KEWEN_HOST, KEWEN_PORT).")
    except OSError as error:
        return Finding("bad", "server", f"{error.filename}: {error.strerror}")


_MODELS: tuple[tuple[str, Kind, str, str], ...] = (
    ("llm", "llm", "language model", "the composer answers"),
    ("llm_fallback", "llm", "second model", "none"),
    ("embedding", "embedding", "embeddings", "the built-in model"),
    ("rerank", "rerank", "reranker", "none"),
)


def _endpoints(settings: Settings) -> Iterator[Finding]:
    language = terminal_language()
    for prefix, kind, name, without in _MODELS:
        base, model = getattr(settings, f"{prefix}_base_url"), getattr(settings, f"{prefix}_model")
        if base is None:
            yield Finding("unset", name, without)
            continue
        key: SecretStr | None = getattr(settings, f"{prefix}_api_key")
        standing = stands(kind, base, model, key.get_secret_value() if key else None)
        state: State = "bad" if standing.cause else "ok"
        yield Finding(state, name, standing.told(prefix, _without_password(base), model, language))
    yield from _spent(settings)
    if settings.chroma_url:
        yield _reached("chroma", f"{settings.chroma_url}/api/v2/heartbeat", settings.chroma_url)
    if settings.api_url:
        yield _reached("KEWEN_API_URL", f"{settings.api_url}/readyz", settings.api_url)
    if settings.telegram_token:
        me = f"{settings.telegram_api_url}/bot{settings.telegram_token.get_secret_value()}/getMe"
        yield _reached("telegram", me, settings.telegram_api_url)
    for app, set_by in (("feishu", "app_id"), ("wecom", "corp_id"), ("dingtalk", "client_id")):
        if getattr(settings, f"{app}_{set_by}"):
            base = getattr(settings, f"{app}_api_url")
            yield _reached(app, base, base, refuses=False)


def _spent(settings: Settings) -> Iterator[Finding]:
    if settings.llm_tokens_per_day is None or not (
        settings.database_url or (settings.data_dir / "kewen.db").is_file()
    ):
        return
    try:
        database = open_database(settings.own_database)
    except StorageError:
        return  # told above
    try:
        spent = ModelTokens(database).spent(date.today())
        yield Finding("ok", "tokens today", f"{spent} of {settings.llm_tokens_per_day}")
    except StorageError as error:
        yield Finding("bad", "tokens today", str(error))
    finally:
        database.close()


def _reached(name: str, url: str, told: str, *, refuses: bool = True) -> Finding:
    """`refuses`: an answer that refuses us is a fault; else any answer will do."""
    try:
        status = httpx.get(url, timeout=_TIMEOUT_S, follow_redirects=True).status_code
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Finding("bad", name, f"{told} cannot be reached ({type(error).__name__})")
    if status in (401, 403) and refuses:
        return Finding("bad", name, f"{told} refuses the key or token (HTTP {status})")
    if status >= 500:
        return Finding("bad", name, f"{told} is ill (HTTP {status})")
    return Finding("ok", name, f"{told} can be reached")


def _ago(when: datetime) -> str:
    moment = when if when.tzinfo else when.replace(tzinfo=UTC)
    minutes = max(0, int((datetime.now(UTC) - moment).total_seconds() // 60))
    for unit, size in (("day", 1440), ("hour", 60)):
        if count := minutes // size:
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return f"{minutes} min ago"
