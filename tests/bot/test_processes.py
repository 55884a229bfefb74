"""Bots as processes: started by the server or alone, killed at the worst moment, refused where one runs."""

from __future__ import annotations

import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.errors import BotMisconfigured
from server import create_app
from settings import Settings
from tests.bot.telegram_peer import TOKEN, TelegramPeer, serving
from tests.openai_server import Behaviour, running_server
from tests.patience import PATIENCE_S
from tests.toy_home import built_once, copy_home, environment, free_port, kewen, start_kewen

QUESTION = "玩具样品共享办法第九条说了什么？"


def wait(condition: Callable[[], Any], timeout_s: float = PATIENCE_S) -> Any:
    deadline, pause = time.monotonic() + timeout_s, threading.Event()
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not come about"
        pause.wait(0.03)
    return found


def is_ready(url: str) -> Callable[[], bool]:
    def ask() -> bool:
        try:
            return httpx.get(f"{url}/readyz", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    return ask


class Process:
    """`kewen …` in a process of its own, with its output in a file."""

    def __init__(self, home: Path, *arguments: str, cold: bool = False, **env: str) -> None:
        self.log = home / f"{arguments[0]}-{time.monotonic_ns()}.log"
        self._process = start_kewen(
            *arguments, env=environment(home, **env), cwd=home, stdout=self.log, cold=cold
        )

    def kill(self) -> None:
        """As `kill -9` does: nothing is said, nothing is finished."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(PATIENCE_S)

    def stop(self) -> int:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(PATIENCE_S)
        finally:
            self._process.kill()
            self._process.wait(PATIENCE_S)

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    return copy_home(built_once(tmp_path_factory), tmp_path / "home")


@pytest.fixture
def peer() -> TelegramPeer:
    return TelegramPeer()


@pytest.fixture
def telegram_url(peer: TelegramPeer) -> Iterator[str]:
    with serving(peer) as url:
        yield url


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Kewen that serves, without a bot."""
    folder = copy_home(built_once(tmp_path_factory), tmp_path_factory.mktemp("api") / "home")
    port = free_port()
    process = Process(folder, "serve", KEWEN_PORT=str(port))
    url = f"http://127.0.0.1:{port}"
    wait(is_ready(url))
    yield url
    process.stop()


def test_killed_in_the_middle_of_an_answer_it_answers_after_a_restart(
    home: Path, peer: TelegramPeer, telegram_url: str
) -> None:
    port = free_port()
    bot = {
        "KEWEN_PORT": str(port),
        "KEWEN_TELEGRAM_TOKEN": TOKEN,
        "KEWEN_TELEGRAM_API_URL": telegram_url,
    }
    with running_server() as model:
        model.will(Behaviour(first_delay_s=60))
        slow = {"KEWEN_LLM_BASE_URL": model.base_url, "KEWEN_LLM_MODEL": "toy"}
        first = Process(home, "serve", **bot, **slow)
        try:
            peer.says(42, QUESTION)
            wait(lambda: model.requests)  # taken, acknowledged to Telegram or not, and being answered
        finally:
            first.kill()
    assert peer.of(42) == []

    peer.says(43, QUESTION)  # while nobody is there
    second = Process(home, "serve", **bot)
    try:
        wait(lambda: peer.of(42) and peer.of(43))
        quiet = {"bots": {"telegram": {"state": "listening", "waiting": 0}}}
        wait(lambda: httpx.get(f"http://127.0.0.1:{port}/bots").json() == quiet)
        metrics = httpx.get(f"http://127.0.0.1:{port}/metrics").text
    finally:
        status = second.stop()

    assert "第九条" in peer.of(42)[0].text and len(peer.of(42)) == len(peer.of(43)) == 1
    assert 'kewen_bot_sends_total{channel="telegram",outcome="sent"}' in metrics
    assert 'kewen_answers_total{channel="telegram"' in metrics
    assert status in (0, -signal.SIGTERM)
    for log in (first.said(), second.said()):
        assert TOKEN not in log and QUESTION not in log and "Traceback" not in log


def test_alone_it_asks_the_api_and_loses_nothing_when_killed_while_sending(
    home: Path, api: str, peer: TelegramPeer, telegram_url: str
) -> None:
    env = {
        "KEWEN_API_URL": api,
        "KEWEN_TELEGRAM_TOKEN": TOKEN,
        "KEWEN_TELEGRAM_API_URL": telegram_url,
        "KEWEN_BOT_PORT": str(free_port()),
    }
    peer.fail("sendMessage", "hang")
    first = Process(home, "bot", "telegram", **env)
    try:
        peer.says(42, QUESTION)
        wait(lambda: peer.faults_done["hang"])
    finally:
        first.kill()
    assert peer.of(42) == []

    second = Process(home, "bot", "telegram", cold=True, **env)
    try:
        wait(lambda: peer.of(42))
        peer.says(42, "/human")
        handed = wait(lambda: peer.of(42)[1:])
        base = f"http://127.0.0.1:{env['KEWEN_BOT_PORT']}"
        assert httpx.get(f"{base}/bots").json()["bots"]["telegram"]["state"] == "listening"
        assert httpx.get(f"{base}/healthz").status_code == 200
        assert "kewen_bot_updates_total" in httpx.get(f"{base}/metrics").text
        third = kewen("bot", "telegram", env=environment(home, **env | {"KEWEN_BOT_PORT": "0"}), cwd=home)
    finally:
        status = second.stop()

    assert "第九条" in peer.of(42)[0].text and re.search(r"t_[0-9a-f]{32}", handed[0].text)
    assert status in (0, -signal.SIGTERM)
    assert third.returncode == 1 and "Another process runs the telegram bot" in third.stderr
    assert len(third.stderr.strip().splitlines()[-1].split(". ")) <= 3


def test_a_setting_that_is_missing_is_named_in_one_sentence(tmp_path: Path) -> None:
    alone = kewen("bot", "feishu", env=environment(tmp_path, KEWEN_FEISHU_APP_ID="cli"), cwd=tmp_path)

    assert alone.returncode == 1 and "KEWEN_FEISHU_APP_SECRET" in alone.stderr
    assert len(alone.stderr.strip().splitlines()) == 1 and "docs/bot.md" in alone.stderr


def test_the_server_does_not_start_with_half_a_bot(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path, webhook_secret="abc")  # type: ignore[call-arg]

    with pytest.raises(BotMisconfigured, match="KEWEN_WEBHOOK_REPLY_URL"):
        create_app(settings)
