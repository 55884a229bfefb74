"""Run server.serve() around the small Kewen, in a process of its own."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import server
from settings import Settings
from tests.api.toy import build_toy


def _build(settings: Settings, **_given: Any) -> Any:
    kewen = build_toy(settings.data_dir)
    kewen.assistant.gate = asyncio.Event()  # every answer waits until the server stops it
    return kewen


def serve(folder: Path, port: int) -> None:
    server.build_kewen = _build
    server.STREAM_GRACE_S = 0.5
    server.serve(Settings(data_dir=folder, port=port, _env_file=None))  # type: ignore[call-arg]
