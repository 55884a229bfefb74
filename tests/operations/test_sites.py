"""kewen sites: what a web master gets, and what is refused in one sentence."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Command
from tests.toy_home import environment, kewen

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, command: Command, migrated: Path) -> Run:
    """`kewen sites …` in this process: (exit status, stdout, stderr)."""
    (tmp_path / "data").mkdir()
    shutil.copyfile(migrated, tmp_path / "data" / "kewen.db")

    def call(*arguments: str, **env: str) -> tuple[int, str, str]:
        return command("sites", *arguments, env=environment(tmp_path, **env), cwd=tmp_path)

    return call


def test_a_site_is_added_listed_and_removed(run: Run, tmp_path: Path) -> None:
    status, out, err = run(
        "add",
        "toy",
        "--origin",
        "https://WWW.example.org/",
        "--origin",
        "https://*.example.ac.cn",
        "--accent",
        "#0b5394",
        "--position",
        "left",
        KEWEN_PUBLIC_URL="https://kewen.example.cn",
    )
    assert status == 0, err
    assert out == (
        '<script src="https://kewen.example.cn/widget.js" data-site="toy" data-accent="#0b5394" '
        'data-position="left" async></script>\n'
    )
    assert "script-src https://kewen.example.cn; connect-src https://kewen.example.cn" in err
    assert "/widget/check?site=toy" in err

    listed = kewen("sites", "list", env=environment(tmp_path), cwd=tmp_path, cold=True)
    assert "toy" in listed.stdout and "https://www.example.org https://*.example.ac.cn" in listed.stdout
    status, _, err = run("add", "toy", "--origin", "https://a.example")
    assert status == 1 and "already" in err and "Traceback" not in err
    assert run("allow", "toy", "https://b.example/", "https://www.example.org")[1] == (
        "Site toy may show the widget on https://www.example.org, https://*.example.ac.cn, https://b.example.\n"
    )
    assert "#0b5394" in run("snippet", "toy")[1]
    assert run("allow", "nix", "https://b.example")[0] == 1
    assert run("add", "toy", "--origin", "https://a.example", "--replace")[0] == 0
    assert run("remove", "toy")[1] == "Site toy is removed.\n"
    status, _, err = run("remove", "toy")
    assert status == 1 and "kewen sites list" in err
    assert "No sites yet" in run("list")[2]


def test_what_cannot_be_used_is_told_in_a_sentence(run: Run, tmp_path: Path) -> None:
    status, _, err = run("add", "toy", "--origin", "www.example.org")
    assert status == 1 and "https://www.example.org" in err
    assert run("add", "toy")[0] == 2
    broken = tmp_path / "sites.yaml"
    broken.write_text("sites: 3")
    status, _, err = run("list", KEWEN_SITES_FILE=str(broken))
    assert status == 1 and "no list `sites`" in err


def test_sites_of_the_file_are_listed_and_left_alone(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "sites.json"
    file.write_text(json.dumps({"sites": [{"id": "filed", "origins": ["https://www.example.org"]}]}))

    assert "filed" in run("list", KEWEN_SITES_FILE=str(file))[1]
    status, _, err = run("remove", "filed", KEWEN_SITES_FILE=str(file))
    assert status == 1 and "KEWEN_SITES_FILE" in err
