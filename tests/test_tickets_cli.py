"""kewen tickets and kewen curated, beside a server that runs: from a question to an answer for everyone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import Command
from tests.patience import PATIENCE_S
from tests.toy_home import Served, built_once, copy_home, environment, free_port

Run = Callable[..., tuple[int, str, str]]
TOMORROW = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
QUESTION = "样品带出去之前要做什么？"
REPLY = "出境样品须经批准[1]。"
TOO_MUCH = f"{REPLY}罚款五百万元[1]。找张三就行。"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    server = Served(copy_home(built_once(tmp_path_factory), tmp_path_factory.mktemp("served")), free_port())
    try:
        server.wait_until_ready()
        yield server
    finally:
        server.stop()


@pytest.fixture
def run(served: Served, tmp_path: Path, command: Command) -> Run:
    """`kewen …` in this process, on the data of the server, which is another: (status, stdout, stderr)."""

    def call(*arguments: str, stdin: str = "") -> tuple[int, str, str]:
        env = environment(served.log.parent, **served.env)
        return command(*arguments, env=env, cwd=tmp_path, stdin=stdin)

    return call


@pytest.fixture
def http(served: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.url, timeout=PATIENCE_S, trust_env=False) as client:
        yield client


def handed_over(http: httpx.Client, question: str = QUESTION, **more: str) -> tuple[dict[str, Any], str]:
    """(the answer, the id of its ticket)."""
    answer = http.post("/api/ask", json={"question": question}).json()
    ticket = http.post("/api/handoff", json={"answer_id": answer["id"], **more})
    assert ticket.status_code == 201, ticket.text
    return answer, ticket.json()["id"]


def test_a_ticket_is_listed_shown_answered_and_seen_by_the_asker(run: Run, http: httpx.Client) -> None:
    answer, ticket = handed_over(http, message="下周\x1b[31m要用", contact="wang@example.org")

    code, listed, _ = run("tickets", "list", "--state", "open")
    assert code == 0 and ticket in listed and QUESTION in listed
    assert "wang@example.org" not in listed
    code, shown, _ = run("tickets", "show", ticket)
    assert code == 0
    for part in (QUESTION, answer["text"], "wang@example.org", "下周", answer["conversation_id"], "searched"):
        assert part in shown
    assert "\x1b" not in shown

    code, _, err = run("tickets", "answer", ticket, "-", "--by", "李老师", stdin="请先办出境批准。\n")
    assert (code, err) == (0, "")

    seen = http.get(f"/api/conversations/{answer['conversation_id']}").json()
    assert [(one["author"], one["text"]) for one in seen["replies"]] == [
        ({"kind": "staff", "name": "李老师"}, "请先办出境批准。")
    ]
    assert [one["state"] for one in seen["tickets"]] == ["answered"]
    assert ticket not in run("tickets", "list", "--state", "open")[1]
    assert "请先办出境批准。" in run("tickets", "show", ticket)[1]
    assert run("tickets", "close", ticket)[0] == 0
    seen = http.get(f"/api/conversations/{answer['conversation_id']}").json()
    assert [one["state"] for one in seen["tickets"]] == ["closed"]


def test_a_published_reply_answers_everyone_until_it_is_withdrawn(run: Run, http: httpx.Client) -> None:
    answer, ticket = handed_over(http)
    assert answer["generated_by"] == "composer"

    code, out, err = run(
        "tickets", "answer", ticket, REPLY, "--by", "李老师", "--publish", "--owner", "政策组",
        "--sources", "toy-sharing-rules#第九条", "--until", TOMORROW,
    )  # fmt: skip
    assert code == 0, err
    curated = out.split("published as ")[1].split()[0]

    given = http.post("/api/ask", json={"question": "样品带出去之前，要做什么"}).json()
    assert (given["generated_by"], given["status"], given["text"]) == ("curated", "answered", REPLY)
    [citation] = given["citations"]
    assert (citation["id"], citation["locator"]) == ("toy-sharing-rules", "第九条")
    assert citation["url"] == "/policies/toy-sharing-rules#art-9"
    assert "政策组" in given["notices"][0]
    reply = http.get(f"/api/conversations/{answer['conversation_id']}").json()["replies"][0]
    assert reply["citations"] == [citation]

    code, listed, _ = run("curated", "list")
    assert code == 0 and curated in listed and "valid" in listed
    code, shown, _ = run("curated", "show", curated)
    assert code == 0 and REPLY in shown and "toy-sharing-rules#art-9 (as it was)" in shown
    assert run("curated", "withdraw", curated)[0] == 0
    after = http.post("/api/ask", json={"question": QUESTION}).json()
    assert after["generated_by"] == "composer"
    assert "withdrawn" in run("curated", "list")[1]


def test_what_cannot_be_signed_is_refused_with_every_reason_and_keeps_nothing(
    run: Run, http: httpx.Client
) -> None:
    answer, ticket = handed_over(http)

    code, out, err = run(
        "tickets", "answer", ticket, TOO_MUCH, "--publish", "--owner", "政策组",
        "--sources", "toy-sharing-rules#art-9,toy-nothing", "--until", "2020-01-01",
    )  # fmt: skip

    assert code == 1 and out == "" and "Traceback" not in err
    assert "toy-nothing" in err and "2020-01-01" in err
    code, _, err = run(
        "tickets", "answer", ticket, TOO_MUCH, "--publish", "--owner", "政策组",
        "--sources", "toy-sharing-rules#art-9", "--until", TOMORROW,
    )  # fmt: skip
    assert code == 1 and "五百万" in err and "张三" in err
    seen = http.get(f"/api/conversations/{answer['conversation_id']}").json()
    assert seen["replies"] == [] and [one["state"] for one in seen["tickets"]] == ["open"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("tickets", "list", "--state", "lost"),
        ("tickets", "show"),
        ("tickets", "answer", "t_1"),
        ("tickets", "answer", "t_1", "  "),
        ("tickets", "answer", "t_1", "text", "--publish"),
        ("tickets", "answer", "t_1", "text", "--owner", "me"),
        (
            "tickets",
            "answer",
            "t_1",
            "text",
            "--publish",
            "--owner",
            "x",
            "--sources",
            "y",
            "--until",
            "soon",
        ),
    ],
)
def test_wrong_usage_is_2(run: Run, arguments: tuple[str, ...]) -> None:
    code, out, err = run(*arguments)

    assert code == 2 and out == "" and "Traceback" not in err


@pytest.mark.parametrize(
    "arguments",
    [
        ("tickets", "show", "t_none"),
        ("tickets", "answer", "t_none", "text"),
        ("tickets", "close", "t_none"),
        ("curated", "show", "u_none"),
        ("curated", "withdraw", "u_none"),
    ],
)
def test_an_unknown_id_is_one_sentence_that_says_where_the_known_ones_are(
    run: Run, arguments: tuple[str, ...]
) -> None:
    code, out, err = run(*arguments)

    assert code == 1 and out == ""
    assert len(err.strip().splitlines()) == 1 and arguments[2] in err and f"kewen {arguments[0]} list" in err
