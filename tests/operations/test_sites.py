"""kewen sites: what a web master gets, and what is refused in one sentence."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.toy_home import environment, kewen


def run(folder: Path, *arguments: str, cold: bool = False, **env: str) -> subprocess.CompletedProcess[str]:
    return kewen("sites", *arguments, env=environment(folder, **env), cwd=folder, cold=cold)


def test_a_site_is_added_listed_and_removed(tmp_path: Path) -> None:
    added = run(
        tmp_path,
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
    assert added.returncode == 0, added.stderr
    assert added.stdout == (
        '<script src="https://kewen.example.cn/widget.js" data-site="toy" data-accent="#0b5394" '
        'data-position="left" async></script>\n'
    )
    assert "script-src https://kewen.example.cn; connect-src https://kewen.example.cn" in added.stderr
    assert "/widget/check?site=toy" in added.stderr

    listed = run(tmp_path, "list", cold=True)
    assert "toy" in listed.stdout and "https://www.example.org https://*.example.ac.cn" in listed.stdout
    again = run(tmp_path, "add", "toy", "--origin", "https://a.example")
    assert again.returncode == 1 and "already" in again.stderr and "Traceback" not in again.stderr
    allowed = run(tmp_path, "allow", "toy", "https://b.example/", "https://www.example.org")
    assert allowed.stdout == (
        "Site toy may show the widget on https://www.example.org, https://*.example.ac.cn, https://b.example.\n"
    )
    assert "#0b5394" in run(tmp_path, "snippet", "toy").stdout
    assert run(tmp_path, "allow", "nix", "https://b.example").returncode == 1
    assert run(tmp_path, "add", "toy", "--origin", "https://a.example", "--replace").returncode == 0
    assert run(tmp_path, "remove", "toy").stdout == "Site toy is removed.\n"
    gone = run(tmp_path, "remove", "toy")
    assert gone.returncode == 1 and "kewen sites list" in gone.stderr
    assert "No sites yet" in run(tmp_path, "list").stderr


def test_what_cannot_be_used_is_told_in_a_sentence(tmp_path: Path) -> None:
    wrong = run(tmp_path, "add", "toy", "--origin", "www.example.org")
    assert wrong.returncode == 1 and "https://www.example.org" in wrong.stderr
    assert run(tmp_path, "add", "toy").returncode == 2
    broken = tmp_path / "sites.yaml"
    broken.write_text("sites: 3")
    told = run(tmp_path, "list", KEWEN_SITES_FILE=str(broken))
    assert told.returncode == 1 and "no list `sites`" in told.stderr


def test_sites_of_the_file_are_listed_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "sites.json"
    file.write_text(json.dumps({"sites": [{"id": "filed", "origins": ["https://www.example.org"]}]}))

    assert "filed" in run(tmp_path, "list", KEWEN_SITES_FILE=str(file)).stdout
    kept = run(tmp_path, "remove", "filed", KEWEN_SITES_FILE=str(file))
    assert kept.returncode == 1 and "KEWEN_SITES_FILE" in kept.stderr
