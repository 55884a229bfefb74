"""One script out of the widget's modules, made by the server itself: nothing has to be built to run Kewen."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent
ENTRY = "boot.js"
STYLES = "styles.js"
"""Imported by the modules but no file: holds the style sheets as text."""
_IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([\w-]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?function|const|let|class)", re.MULTILINE)
_NAMED = re.compile(r"^(?:async )?(?:function\*?|const|let|class) (\w+)", re.MULTILINE)
_REM = re.compile(r"(?<![\w.-])(-?\d*\.?\d+)rem\b")
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


class BundleFailed(Exception):
    """The modules do not fit together; a fault of ours that a test finds."""

    code = "bundle_failed"


@dataclass(frozen=True, slots=True)
class Bundle:
    """The script: its bytes, the same compressed, and a digest of them; the style sheet that is in it."""

    body: bytes
    compressed: bytes
    digest: str
    css: str


def build_bundle(tokens: Path) -> Bundle:
    """The widget in one classic script; `tokens` is the style sheet with the colours of all pages.

    A changed file gives another script at the next call. Raises BundleFailed.
    """
    files = [*sorted(FOLDER.glob("*.js")), FOLDER / "widget.css", tokens]
    return _build(tokens, tuple((file.name, file.stat().st_mtime_ns, file.stat().st_size) for file in files))


@lru_cache(maxsize=4)
def _build(tokens: Path, _state: tuple[tuple[str, int, int], ...]) -> Bundle:
    sheets = tokens.read_text(encoding="utf-8") + (FOLDER / "widget.css").read_text(encoding="utf-8")
    css = scaled(sheets)
    virtual = {STYLES: f"export const SHEET = {json.dumps(css, ensure_ascii=False)};\n"}
    modules: dict[str, str] = {}
    _gather(ENTRY, virtual, modules, ())
    _check_names(modules)
    parts = [f"// {name}\n{text}" for name, text in modules.items()]
    script = '(() => {\n"use strict";\n' + "\n".join(parts) + "})();\n"
    body = script.encode("utf-8")
    digest = hashlib.blake2b(body, digest_size=8).hexdigest()
    return Bundle(body, gzip.compress(body, 9, mtime=0), digest, css)


def scaled(css: str) -> str:
    """The sheet with sizes of its own: 1rem would be whatever the page around the widget makes of it."""
    css = _CSS_COMMENT.sub("", css)
    kept = []
    for line in css.splitlines():
        # A condition cannot hold a variable; there rem is the browser's own size already.
        condition, brace, rules = line.partition("{") if line.lstrip().startswith("@") else ("", "", line)
        kept.append(condition + brace + _REM.sub(r"calc(var(--rem) * \1)", rules))
    return "\n".join(line.strip() for line in kept if line.strip())


def _gather(name: str, virtual: Mapping[str, str], modules: dict[str, str], above: tuple[str, ...]) -> None:
    """Adds the module after those that it needs."""
    if name in modules:
        return
    if name in above:
        raise BundleFailed(f"{' imports '.join((*above, name))}: a circle.")
    file = FOLDER / name
    text = virtual[name] if name in virtual else file.read_text(encoding="utf-8")
    for found in _IMPORT.finditer(text):
        if " as " in found[1]:
            raise BundleFailed(f"{name} renames an import: {found[0].strip()}")
        _gather(found[2], virtual, modules, (*above, name))
    plain = _EXPORT.sub("", _IMPORT.sub("", text))
    if left := re.search(r"^(?:import|export)\b.*", plain, re.MULTILINE):
        raise BundleFailed(f"{name} has a line that cannot be bundled: {left[0]}")
    modules[name] = plain


def _check_names(modules: Mapping[str, str]) -> None:
    """All modules share one scope, so no two may use one name."""
    owner: dict[str, str] = {}
    for name, text in modules.items():
        for found in _NAMED.findall(text):
            if owner.setdefault(found, name) != name:
                raise BundleFailed(f"{owner[found]} and {name} both name something {found!r}.")
