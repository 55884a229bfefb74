"""The commands, from outside: what they print, where, and their exit status."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from operations.remote import address
from operations.texts import terminal_language
from tests.conftest import Command
from tests.processes import ROOT
from tests.toy_home import Served, built_once, copy_home, environment, free_port

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built_once(tmp_path_factory)


@pytest.fixture
def home(built: Path, tmp_path: Path) -> Path:
    return copy_home(built, tmp_path)


@pytest.fixture
def run(home: Path, command: Command) -> Run:
    """`kewen …` in this process, working on `home`: (exit status, stdout, stderr)."""

    def call(*arguments: str, **env: str) -> tuple[int, str, str]:
        return command(*arguments, env=environment(home, **env), cwd=home)

    return call


@pytest.fixture(scope="module")
def served(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for all tests that need one; ending it is a test too."""
    server = Served(copy_home(built, tmp_path_factory.mktemp("served")), free_port(), cold=True)
    try:
        server.wait_until_ready()
        yield server
        assert server.stop() in (0, -signal.SIGTERM)
        assert "Traceback" not in server.log.read_text()
    finally:
        server.stop()


def one_sentence(text: str) -> bool:
    return len(text.strip().splitlines()) == 1 and "Traceback" not in text


# -- help and wrong usage --------------------------------------------------------------------------


def test_help_comes_at_once_and_names_every_command(tmp_path: Path) -> None:
    heavy = "numpy, chromadb, fastapi, pydantic, sqlalchemy, onnxruntime, rich.progress, corpus"
    script = f"""
import sys, cli
sys.argv = ["kewen", "--help"]
try:
    cli.main()
except SystemExit as ended:
    assert not ended.code
loaded = [name for name in "{heavy}".split(", ") if name in sys.modules]
assert not loaded, loaded
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment(tmp_path),
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    for name in ("ask", "serve", "index", "evaluate", "keys", "backup", "restore"):
        assert f" {name} " in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask",),
        ("ask", "冰川", "--language", "fr"),
        ("frobnicate",),
        ("index", "--rebuild", "--status"),
        ("keys", "add"),
        ("keys", "add", "--level", "boss"),
        ("keys", "add", "--level", "unit"),
        ("accounts", "add", "li"),
        ("accounts", "add", "li", "--role", "boss"),
        ("accounts", "add", "li", "--role", "seeker", "--level", "unit"),
        ("backup",),
        ("evaluate",),
        ("evaluate", "--no-such-option", "x"),
        ("ask", "   "),
        ("ask", "？！…"),
        ("ask", "字" * 2001),
        ("serve", "--port", "99999"),
    ],
)
def test_wrong_usage_is_2(run: Run, arguments: tuple[str, ...]) -> None:
    code, out, err = run(*arguments)

    assert code == 2
    assert out == "" and "Error" in err and "Traceback" not in err


def test_a_wrong_setting_is_one_sentence_that_names_it(run: Run) -> None:
    code, _, err = run("ask", "冰川", KEWEN_PORT="eighty")

    assert code == 1
    assert one_sentence(err) and "KEWEN_PORT is 'eighty'" in err


def test_a_broken_corpus_is_named_by_file_and_line(home: Path, run: Run) -> None:
    path = home / "corpus" / "resources" / "toy-wheat.yaml"
    path.write_text(path.read_text().replace("germplasm", "fruit"))

    code, out, err = run("index")

    assert code == 1 and out == ""
    assert "toy-wheat.yaml, line" in err and "fruit" in err and "Traceback" not in err


def test_a_data_folder_that_cannot_be_made_is_named(home: Path, run: Run) -> None:
    (home / "file").write_text("not a folder")

    code, _, err = run("ask", "冰川", KEWEN_DATA_DIR=str(home / "file" / "data"))

    assert code == 1
    assert one_sentence(err) and str(home / "file") in err


# -- ask -------------------------------------------------------------------------------------------


def test_an_answer_is_printed_with_its_sources_beneath(run: Run) -> None:
    code, out, _ = run("ask", "玩具雪山科学数据中心怎么申请？")

    assert code == 0
    text, _, beneath = out.partition("\n来源\n")
    assert "注册账号" in text and "[1]" in text
    assert "[1] 玩具雪山科学数据中心" in beneath
    assert "https://snow.example.org/" in beneath
    assert "kewen ask --conversation c_" in beneath


def test_json_is_the_answer_object_and_nothing_else(run: Run) -> None:
    code, out, _ = run("ask", "--json", "玩具样品共享办法第九条")

    answer = json.loads(out)
    assert code == 0 and len(out.splitlines()) == 1
    assert answer["status"] == "answered"
    assert {citation["locator"] for citation in answer["citations"]} >= {"第九条"}


def test_the_language_can_be_chosen_and_a_conversation_gone_on_with(run: Run) -> None:
    first = json.loads(run("ask", "--json", "玩具小麦种质库在哪里？")[1])
    code, out, _ = run(
        "ask", "--json", "--language", "en", "--conversation", first["conversation_id"], "那怎么申请？"
    )

    second = json.loads(out)
    assert code == 0
    assert second["conversation_id"] == first["conversation_id"]
    assert second["language"] == "en"
    assert "Wheat" in second["text"]


def test_an_unknown_conversation_is_refused_before_anything_is_loaded(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(*_: object, **__: object) -> None:
        raise AssertionError("the index was opened")

    monkeypatch.setattr("wiring.build_kewen", opened)
    code, out, err = run("ask", "--conversation", "c_nobody", "冰川")

    assert code == 1 and out == ""
    assert one_sentence(err) and "c_nobody" in err


def test_the_version_is_told_and_completion_offered(run: Run) -> None:
    code, out, _ = run("--version")
    assert code == 0 and re.fullmatch(r"kewen \d+(\.\d+)*\n", out)

    script = subprocess.run(
        [sys.executable, "-m", "cli"],
        env={**os.environ, "_KEWEN_COMPLETE": "complete_bash", "COMP_WORDS": "kewen b", "COMP_CWORD": "1"},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert script.stdout.split() == ["backup", "bot"]


def test_a_running_server_is_asked_instead(served: Served, run: Run) -> None:
    code, out, err = run("ask", "--json", "玩具小麦种质库在哪里？", **served.env)

    answer = json.loads(out)
    assert code == 0 and err == ""
    stored = httpx.get(f"{served.url}/api/answers/{answer['id']}")
    assert stored.text == out.rstrip("\n")

    code, out, err = run("ask", "--conversation", "c_nobody", "冰川", **served.env)
    assert code == 1 and out == ""
    assert one_sentence(err) and "c_nobody" in err and "conversation_id" not in err

    code, _, err = run("ask", "冰川", **served.env | {"KEWEN_PORT": str(free_port())})
    assert code == 1
    assert one_sentence(err) and f"process {served.process.pid}" in err and "KEWEN_PORT" in err


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),
        ("::", "http://[::1]:80"),
        ("kewen.example.org", "http://kewen.example.org:80"),
    ],
)
def test_where_a_server_with_these_settings_is_reached(host: str, url: str) -> None:
    assert address(host, 80) == url


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "zh"),
        ({"LANG": "C.UTF-8"}, "zh"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, "zh"),
    ],
)
def test_the_language_of_the_terminal(environment: dict[str, str], language: str) -> None:
    assert terminal_language(environment) == language


# -- serve -----------------------------------------------------------------------------------------


def test_serving_says_where_it_listens_and_when_it_is_ready(served: Served) -> None:
    page = httpx.get(served.url)
    said = served.log.read_text()

    assert page.status_code == 200 and "科问" in page.text
    assert f"Kewen listens on {served.url}" in said
    assert "Kewen is ready: 3 records" in said


def test_a_second_server_and_a_second_writer_are_refused(served: Served, run: Run) -> None:
    for arguments in (("serve",), ("index",), ("restore", "nothing.tar.gz")):
        code, _, err = run(*arguments, **served.env)
        assert code == 1
        assert one_sentence(err)
        assert arguments[0] == "restore" or f"in use by process {served.process.pid}" in err


def test_a_port_of_the_command_comes_before_that_of_the_environment(run: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        code, _, err = run("serve", "--host", "127.0.0.1", "--port", port, KEWEN_PORT=str(free_port()))

    assert code == 1 and port in err


def test_a_port_in_use_is_one_sentence(run: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        code, _, err = run("serve", KEWEN_PORT=port)

    assert code == 1
    assert one_sentence(err) and f"KEWEN_PORT {port}" in err


# -- doctor ----------------------------------------------------------------------------------------


def test_the_doctor_finds_a_sound_server_sound(served: Served, run: Run) -> None:
    code, out, err = run("doctor", **served.env)

    assert code == 0 and err == ""
    assert not [line for line in out.splitlines() if line.startswith("!!")]
    assert f"ready at {served.url}" in out and "3 records, built" in out
    assert "the composer answers" in out


def test_the_doctor_names_what_is_wrong_and_hides_secrets(home: Path, run: Run) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    code, out, _ = run(
        "doctor",
        KEWEN_LLM_BASE_URL=nowhere,
        KEWEN_LLM_MODEL="m",
        KEWEN_LLM_API_KEY="geheim",
        KEWEN_TELEGRAM_TOKEN="1:geheim",
        KEWEN_TELEGRAM_API_URL=nowhere,
    )

    wrong = [line.split()[1] for line in out.splitlines() if line.startswith("!!")]
    assert code == 1 and wrong == ["language", "telegram"]
    assert "geheim" not in out and nowhere in out

    (home / "file").write_text("not a folder")
    code, out, _ = run("doctor", KEWEN_DATA_DIR=str(home / "file" / "data"))
    assert code == 1 and "!!  data folder" in out


# -- index -----------------------------------------------------------------------------------------


def test_the_index_is_built_once_and_says_what_it_holds(home: Path, run: Run) -> None:
    code, out, _ = run("index", "--status")
    assert code == 0
    assert "3 records" in out and "as it is now" in out

    code, out, err = run("index")
    assert code == 0 and err == ""
    assert out.startswith("Nothing to do")

    path = home / "corpus" / "resources" / "toy-wheat.yaml"
    path.write_text(path.read_text().replace("小麦种子", "小麦和大麦种子"))
    assert "changed since" in run("index", "--status")[1]

    code, out, err = run("index")
    assert code == 0 and out.startswith("Built")
    assert "Computing vectors: " in err and "\x1b" not in err


def test_status_of_nothing_changes_nothing(home: Path, run: Run) -> None:
    code, out, _ = run("index", "--status", KEWEN_DATA_DIR=str(home / "empty"))

    assert code == 0 and "kewen index" in out
    assert not (home / "empty").exists()


# -- keys ------------------------------------------------------------------------------------------


def test_a_key_is_shown_once_opens_its_level_and_can_be_revoked(served: Served, run: Run) -> None:
    code, out, err = run("keys", "add", "--level", "unit", "--unit", "toy-institute", **served.env)
    secret = out.strip()
    assert code == 0 and secret.startswith("kewen_") and "cannot be shown again" in err

    code, out, _ = run("keys", "list", **served.env)
    key_id = out.split()[0]
    assert code == 0 and "toy-institute" in out and "valid" in out and secret not in out

    def status() -> int:
        headers = {"Authorization": f"Bearer {secret}"}
        return httpx.get(f"{served.url}/api/search?q=冰", headers=headers).status_code

    assert status() == 200
    assert run("keys", "revoke", key_id, **served.env)[0] == 0
    assert status() == 401
    assert "revoked" in run("keys", "list", **served.env)[1]


def test_revoking_what_is_not_there_says_so(run: Run) -> None:
    code, out, err = run("keys", "revoke", "k_nobody")

    assert code == 1 and out == ""
    assert one_sentence(err) and "k_nobody" in err


# -- accounts --------------------------------------------------------------------------------------


def test_the_first_account_is_made_by_command_and_signs_in_until_it_is_disabled(
    served: Served, run: Run
) -> None:
    assert "--role manager" in run("accounts", "list", **served.env)[2]
    code, out, err = run("accounts", "add", "Wang", "--role", "manager", "--generate", **served.env)
    password = out.strip()
    assert code == 0 and len(password) >= 12 and "role manager, level staff" in err

    def opens(password: str) -> bool:
        with httpx.Client(base_url=served.url, trust_env=False) as browser:
            token = browser.get("/login").text.partition('name="token" value="')[2].partition('"')[0]
            fields = {"token": token, "name": "wang", "password": password}
            return browser.post("/login", data=fields).status_code == 303

    assert opens(password) and not opens(password[:-1])
    code, _, err = run("accounts", "password", "wang", **served.env)  # nothing on standard input
    assert code == 1 and one_sentence(err) and "0 characters" in err
    assert (
        run("accounts", "role", "wang", "--role", "supplier", "--level", "unit", "--unit", "x", **served.env)[
            0
        ]
        == 0
    )
    listed = run("accounts", "list", **served.env)[1]
    assert "wang" in listed and "supplier" in listed and "unit" in listed and password not in listed
    assert run("accounts", "disable", "wang", **served.env)[0] == 0
    assert "disabled" in run("accounts", "list", **served.env)[1] and not opens(password)
    assert run("accounts", "enable", "wang", **served.env)[0] == 0 and opens(password)


def test_an_account_that_is_not_there_says_so(run: Run) -> None:
    for command in (("disable", "nobody"), ("enable", "nobody"), ("role", "nobody", "--role", "staff")):
        code, out, err = run("accounts", *command)

        assert code == 1 and out == ""
        assert one_sentence(err) and "nobody" in err and "kewen accounts list" in err


# -- backup and restore ----------------------------------------------------------------------------


def test_what_was_backed_up_under_a_running_server_is_there_after_restoring(
    served: Served, home: Path, run: Run
) -> None:
    before = json.loads(run("ask", "--json", "玩具雪山科学数据中心在哪里？", **served.env)[1])
    code, out, _ = run("backup", "kept.tar.gz", **served.env)
    assert code == 0 and "index.db" in out and "kewen.db" in out
    code, _, err = run("restore", "kept.tar.gz", **served.env)
    assert code == 1
    assert one_sentence(err) and f"in use by process {served.process.pid}" in err

    after = json.loads(run("ask", "--json", "玩具小麦种质库在哪里？")[1])
    code, out, _ = run("restore", "kept.tar.gz")
    assert code == 0 and "Restored kewen.db, index.db" in out
    (kept,) = (home / "data").glob("before-restore-*")
    assert str(kept) in out
    assert {path.name for path in kept.iterdir()} == {"kewen.db", "index.db"}
    assert not (home / "data" / "chroma").exists()

    code, out, _ = run("ask", "--json", "--conversation", before["conversation_id"], "怎么申请？")
    assert code == 0
    assert json.loads(out)["resources"][0]["id"] == "toy-snow"
    assert run("ask", "--conversation", after["conversation_id"], "怎么申请？")[0] == 1
    code, _, err = run("index")
    assert code == 0 and "Computing" not in err


# -- evaluate --------------------------------------------------------------------------------------


def test_evaluating_scores_a_set_and_keeps_none_of_its_conversations(home: Path, run: Run) -> None:
    item = {
        "id": "t1",
        "kind": "where",
        "lang": "zh",
        "turns": ["玩具小麦种质库在哪里？"],
        "expect": {"status": ["answered"], "cite_any": ["toy-wheat"]},
    }
    (home / "set.jsonl").write_text(json.dumps(item, ensure_ascii=False) + "\n")

    code, out, err = run("evaluate", "set.jsonl")

    assert code == 0, err
    assert "set" in out
    from storage.database import open_database
    from storage.tables import conversations

    database = open_database(f"sqlite:///{home / 'data' / 'kewen.db'}")
    with database.read() as connection:
        assert connection.execute(conversations.select()).all() == []
    database.close()


def test_a_set_that_is_not_there_is_one_sentence(run: Run) -> None:
    code, out, err = run("evaluate", "nowhere.jsonl")

    assert code == 1 and out == ""
    assert one_sentence(err) and "nowhere.jsonl" in err
