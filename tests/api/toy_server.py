"""Run server.serve() around the small Kewen: python -m tests.api.toy_server FOLDER PORT."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import server
from settings import Settings
from tests.api.toy import build_toy


def _build(settings: Settings, **_given: Any) -> Any:
    kewen = build_toy(settings.data_dir)
    kewen.assistant.gate = asyncio.Event()  # every answer waits until the server stops it
    return kewen


if __name__ == "__main__":
    server.build_kewen = _build
    server.STREAM_GRACE_S = 0.5
    server.serve(Settings(data_dir=Path(sys.argv[1]), port=int(sys.argv[2]), _env_file=None))
