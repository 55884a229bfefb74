"""A corpus folder of our own and a data folder built from it by `kewen index`, for tests from outside."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests import processes
from tests.patience import PATIENCE_S
from tests.processes import ROOT, Forked

XSS = "<img src=x onerror=\"document.title='hacked'\">"

_RECORDS: dict[str, dict[str, Any]] = {
    "resources/toy-snow": {
        "id": "toy-snow",
        "type": "scientific_data",
        "name": {"zh": "玩具雪山科学数据中心", "en": "Toy Snow Mountain Data Centre"},
        "host": {"zh": "玩具冰川研究所", "en": "Toy Glacier Institute"},
        "province": "甘肃省",
        "url": "https://snow.example.org/",
        "url_checked": True,
        "holdings": {
            "zh": f"雪坑观测数据和冰川样品 {XSS}",
            "en": "Snow-pit observations and glacier samples",
        },
        "access": {"level": "registered", "text": {"zh": "注册后下载", "en": "Download after registration"}},
        "how_to_apply": {
            "steps": {"zh": ["注册账号", "提交用途说明"], "en": ["Register", "State the purpose"]}
        },
        "verification": "verified",
        "sources": [{"title": {"zh": "玩具来源", "en": "A toy source"}}],
    },
    "resources/toy-wheat": {
        "id": "toy-wheat",
        "type": "germplasm",
        "name": {"zh": "玩具小麦种质库", "en": "Toy Wheat Germplasm Bank"},
        "host": {"zh": "玩具农业研究所", "en": "Toy Farm Institute"},
        "province": "河南省",
        "url": "https://wheat.example.org/",
        "holdings": {"zh": "小麦种子", "en": "Wheat seeds"},
        "access": {"level": "application"},
    },
    "policies/toy-sharing-rules": {
        "id": "toy-sharing-rules",
        "title": {"zh": "玩具样品共享办法", "en": "Toy Sample Sharing Measures"},
        "rank": "departmental_rule",
        "issuing_body": {"zh": "玩具部", "en": "Ministry of Toys"},
        "doc_number": "玩发〔2021〕7号",
        "effective": "2021-05-01",
        "status": "in_force",
        "scope": {"zh": "管理玩具样品的共享", "en": "Governs the sharing of toy samples"},
        "coverage": "key",
        "read": "no",
        "articles": [
            {
                "no": "第三条",
                "digest": {"zh": "共享样品应当登记。", "en": "Shared samples must be registered."},
            },
            {
                "no": "第九条",
                "digest": {"zh": "出境样品须经批准。", "en": "Samples that leave need approval."},
            },
        ],
    },
}


def write_corpus(folder: Path) -> Path:
    """The folder, with one file a record."""
    for name, record in _RECORDS.items():
        path = folder / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(record, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return folder


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Of a process that works on `folder`: nothing of the caller's own settings gets in."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("KEWEN_", "LC_"))}
    own = {
        "KEWEN_CORPUS_DIR": str(folder / "corpus"),
        "KEWEN_DATA_DIR": str(folder / "data"),
        "LANG": "zh_CN.UTF-8",
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
    }
    return inherited | own | more


def kewen(
    *arguments: str, env: dict[str, str], cwd: Path, cold: bool = False
) -> subprocess.CompletedProcess[str]:
    """`kewen …` in a process of its own; `cold`: one that has nothing loaded when it begins."""
    out, err = (cwd / f"{time.monotonic_ns()}.{name}" for name in ("out", "err"))
    process = start_kewen(*arguments, env=env, cwd=cwd, stdout=out, stderr=err, cold=cold)
    try:
        status = process.wait(PATIENCE_S)
    finally:
        process.kill()
    return subprocess.CompletedProcess(arguments, status, out.read_text("utf-8"), err.read_text("utf-8"))


def start_kewen(
    *arguments: str,
    env: dict[str, str],
    cwd: Path,
    stdout: Path,
    stderr: Path | None = None,
    cold: bool = False,
) -> Forked:
    """`kewen …` in a process of its own, its outputs in files; `stderr` None: with `stdout`."""
    if cold:
        words = (sys.executable, "-m", "cli", *arguments)
        return Forked(processes.program, *words, env=env, cwd=cwd, stdout=stdout, stderr=stderr)
    return Forked(processes.kewen, *arguments, env=env, cwd=cwd, stdout=stdout, stderr=stderr)


def build_home(folder: Path) -> Path:
    """`folder` with corpus/ and data/, its index built."""
    write_corpus(folder / "corpus")
    done = kewen("index", env=environment(folder), cwd=folder, cold=True)
    assert done.returncode == 0, done.stderr
    return folder


def built_once(factory: pytest.TempPathFactory) -> Path:
    """A home that all workers of one run share, built by the first that asks; copy it to change it."""
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "toy-home"
    folder.mkdir(exist_ok=True)
    with (folder / "building").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "built").exists():
            build_home(folder)
            (folder / "built").touch()
    return folder


def copy_home(built: Path, folder: Path) -> Path:
    """A home to change; the embedder's cache, which is large, is shared."""
    shutil.copytree(built / "corpus", folder / "corpus")
    shutil.copytree(built / "data", folder / "data", ignore=shutil.ignore_patterns("cache", "lock"))
    (folder / "data" / "cache").symlink_to(built / "data" / "cache")
    return folder


class Served:
    """`kewen serve` in a process of its own; `env` makes other commands work on the same data."""

    def __init__(self, home: Path, port: int, *, cold: bool = False) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.env = {"KEWEN_PORT": str(port), "KEWEN_DATA_DIR": str(home / "data")}
        self.log = home / "serve.log"
        env = environment(home, **self.env)
        self.process = start_kewen("serve", env=env, cwd=home, stdout=self.log, cold=cold)

    def wait_until_ready(self) -> None:
        deadline, pause = time.monotonic() + PATIENCE_S, threading.Event()
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log.read_text()
            try:
                if httpx.get(f"{self.url}/readyz", timeout=5).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            pause.wait(0.05)
        raise AssertionError(f"not ready: {self.log.read_text()}")

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(PATIENCE_S)
        finally:
            self.process.kill()
            self.process.wait(PATIENCE_S)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
