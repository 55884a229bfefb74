"""The script that the server makes of the modules: small, whole, one scope, sizes of its own."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from api.widget import widget_bundle
from tests.toy_home import ROOT
from widget import bundle
from widget.bundle import BundleFailed, build_bundle, scaled

TOKENS = ROOT / "api" / "static" / "tokens.css"


def test_the_whole_widget_weighs_at_most_60_kb() -> None:
    assert len(widget_bundle().compressed) <= 60 * 1024


def test_the_script_is_kept_by_its_digest_and_can_be_loaded_from_anywhere(kewen: str) -> None:
    found = httpx.get(f"{kewen}/widget.js", headers={"Accept-Encoding": "gzip"})
    tag = found.headers["etag"]

    assert found.headers["content-encoding"] == "gzip"
    assert found.headers["access-control-allow-origin"] == "*"
    assert found.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "max-age=300" in found.headers["cache-control"]
    assert httpx.get(f"{kewen}/widget.js", headers={"If-None-Match": tag}).status_code == 304
    named = httpx.get(f"{kewen}/widget.js", params={"v": tag.strip('"')})
    assert "immutable" in named.headers["cache-control"]
    assert named.text == widget_bundle().body.decode()
    sheet = httpx.get(f"{kewen}/widget.css")
    assert sheet.headers["content-type"].startswith("text/css") and ".kw" in sheet.text


def test_nothing_secret_is_in_it(kewen: str) -> None:
    text = httpx.get(f"{kewen}/widget.js").text
    assert not re.search(r"\bkws1\.|\bkewen_\w{20}|Bearer |[0-9a-f]{32}|PRIVATE KEY", text)


def test_sizes_follow_the_reader_and_not_the_page_around() -> None:
    css = scaled(
        "a { padding: .5rem 1rem; }\n@media (min-width: 40rem) { b { margin: 2rem; } }\n/* 3rem */ .rem4 { }"
    )

    assert css == (
        "a { padding: calc(var(--rem) * .5) calc(var(--rem) * 1); }\n"
        "@media (min-width: 40rem) { b { margin: calc(var(--rem) * 2); } }\n"
        ".rem4 { }"
    )
    rules = "\n".join(line for line in widget_bundle().css.splitlines() if not line.startswith("@"))
    assert not re.search(r"\d+rem\b", rules)


@pytest.mark.parametrize(
    ("modules", "told"),
    [
        (
            {"boot.js": 'import { a } from "./a.js";\n', "a.js": "import { b } from './b.js';\n"},
            "cannot be bundled",
        ),
        ({"boot.js": 'import { a as b } from "./a.js";\n', "a.js": "export const a = 1;\n"}, "renames"),
        (
            {"boot.js": 'import { a } from "./a.js";\nconst a = 1;\n', "a.js": "export const a = 1;\n"},
            "both name",
        ),
        (
            {"boot.js": 'import { a } from "./a.js";\n', "a.js": 'import { a } from "./boot.js";\n'},
            "a circle",
        ),
    ],
)
def test_modules_that_do_not_fit_together_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, modules: dict[str, str], told: str
) -> None:
    for name, text in {**modules, "widget.css": ""}.items():
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(bundle, "FOLDER", tmp_path)

    with pytest.raises(BundleFailed, match=told):
        build_bundle(TOKENS)
