"""The layers hold, importing does nothing, files stay readable, and nothing of one machine is in the tree."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

LAYERS: tuple[frozenset[str], ...] = (
    frozenset({"settings"}),
    frozenset({"corpus"}),
    frozenset({"retrieval", "storage", "prompts", "widget"}),
    frozenset({"assistant", "harvesting"}),
    frozenset({"endpoints"}),
    frozenset({"wiring"}),
    frozenset({"api"}),
    frozenset({"evaluation", "operations", "training"}),
    frozenset({"bot"}),
    frozenset({"server"}),
    frozenset({"cli"}),
)
"""From the lowest up: a file imports from its own folder and from lower layers, never from a neighbour."""

LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}

READ_SETTINGS = {"endpoints", "wiring", "server", "cli", "bot", "evaluation", "operations"}
"""Wiring and the entry points with the modules of their commands; all others get plain values."""

ONE_FILE = {
    "httpcore": {"harvesting/fetching.py"},
    "langchain_core": {"assistant/model/heard.py", "assistant/model/client.py"},
    "langchain_openai": {"assistant/model/client.py"},
    "chromadb": {"retrieval/chroma.py"},
    "tantivy": {"retrieval/lexical.py"},
    "onnxruntime": {"retrieval/embedding.py"},
    "mcp": {"api/mcp.py", "api/mcp_mount.py"},
}
"""Libraries whose types stay in the file that calls them; our records travel instead."""

LONGEST = 500

DOES = re.compile(
    r"^(open|print|input|connect|create_engine|Settings|load_settings|load_corpus|load_vocabulary|urlopen|run"
    r"|Popen|PersistentClient|HttpClient|InferenceSession|getenv|build_\w+|open_\w+|fetch_\w+)$"
)
DOES_METHOD = re.compile(
    r"^(read_text|read_bytes|write_text|write_bytes|mkdir|connect|execute|get_secret_value|is_file|exists|iterdir"
    r"|glob|rglob|unlink)$"
)
"""Calls that touch files, processes, the network or the environment."""


def sources() -> list[Path]:
    """Every Python file of the product."""
    found = [path for name in LEVEL for path in [ROOT / f"{name}.py", *(ROOT / name).rglob("*.py")]]
    return sorted(path for path in found if path.is_file())


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imported(path: Path) -> list[tuple[str, int]]:
    """(module, line) of every import, also of those inside functions."""
    found: list[tuple[str, int]] = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, (
                f"{shown(path)}:{node.lineno}: write the whole name, not a relative import"
            )
            found.append((node.module or "", node.lineno))
    return found


def part_of(path: Path) -> str:
    """`assistant` for assistant/gate.py, `cli` for cli.py."""
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def test_every_folder_and_module_has_its_layer():
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    modules = {path.stem for path in ROOT.glob("*.py")} - {"conftest"}

    assert packages | modules <= LEVEL.keys()


def test_files_import_from_their_own_folder_and_from_below():
    against = []
    for path in sources():
        own = part_of(path)
        for module, line in imported(path):
            other = module.partition(".")[0]
            if other != own and LEVEL.get(other, -1) >= LEVEL[own]:
                against.append(f"{shown(path)}:{line} imports {module}")
            if other == "tests":
                against.append(f"{shown(path)}:{line} imports {module}")

    assert against == []


def test_settings_are_read_by_wiring_and_entry_points_only():
    against = [
        f"{shown(path)}:{line}"
        for path in sources()
        if part_of(path) not in READ_SETTINGS | {"settings"}
        for module, line in imported(path)
        if module == "settings"
    ]

    assert against == []


@pytest.mark.parametrize("library", ONE_FILE)
def test_types_of_a_library_stay_in_the_file_that_calls_it(library: str):
    users = {
        shown(path)
        for path in sources()
        for module, _ in imported(path)
        if module.partition(".")[0] == library
    }

    assert users <= ONE_FILE[library]


def _run_on_import(body: list[ast.stmt]) -> Iterator[ast.Call]:
    """Calls that are carried out when a module is imported."""
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            for once in (*statement.decorator_list, *statement.args.defaults):
                yield from _calls(once)
        elif isinstance(statement, ast.ClassDef):
            yield from _run_on_import(statement.body)
        elif isinstance(statement, ast.If) and "__main__" in ast.dump(statement.test):
            continue
        else:
            yield from _calls(statement)


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    """Calls in a statement, without the insides of lambdas."""
    if isinstance(node, ast.Lambda):
        return
    if isinstance(node, ast.Call):
        yield node
    for child in ast.iter_child_nodes(node):
        yield from _calls(child)


def test_nothing_happens_on_import():
    done = []
    for path in sources():
        if "migrations" in path.parts:
            continue
        for call in _run_on_import(tree(path).body):
            called = call.func
            if (isinstance(called, ast.Name) and DOES.match(called.id)) or (
                isinstance(called, ast.Attribute)
                and (DOES_METHOD.match(called.attr) or DOES.match(called.attr))
            ):
                done.append(f"{shown(path)}:{call.lineno} {ast.unparse(call)[:60]}")

    assert done == []


def test_importing_everything_opens_no_file_of_ours_and_no_socket():
    modules = sorted(
        shown(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for path in sources()
        if "migrations" not in path.parts and path.stem != "__main__"
    )
    # An audit hook sees what every line does, also inside libraries.
    program = f"""
import gc, sys
gc.disable()
data = ("corpus/data/", "/data/", ".env", "kewen.db")
seen = []
def audit(event, arguments):
    if event in ("socket.connect", "subprocess.Popen", "sqlite3.connect"):
        seen.append((event, str(arguments)))
    if event == "open" and str(arguments[0]).startswith({str(ROOT)!r}):
        name = str(arguments[0])[len({str(ROOT)!r}) + 1 :]
        if not name.startswith(".venv/") and not name.endswith((".py", ".pyc")) and "__pycache__" not in name:
            seen.append((event, name))
sys.addaudithook(audit)
for name in {modules!r}:
    __import__(name)
print(seen)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


def test_no_file_is_too_long():
    python = [
        path for path in [*sources(), *(ROOT / "tests").rglob("*.py")] if "migrations" not in path.parts
    ]
    lengths = {shown(path): len(path.read_text(encoding="utf-8").splitlines()) for path in python}

    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_every_module_says_what_it_is():
    silent = [
        shown(path)
        for path in sources()
        if path.read_text(encoding="utf-8").strip() and not ast.get_docstring(tree(path))
    ]

    assert silent == []


def tracked_text() -> Iterator[tuple[str, str]]:
    """(path, text) of every file that git keeps; of every source file where there is no git."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    names = [name for name in listed.stdout.decode().split("\0") if name]
    for path in [ROOT / name for name in names] or sources():
        if path.is_file():
            try:
                yield shown(path), path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue  # pictures and other binaries


# Written in pieces, or this file would name what it forbids.
FORBIDDEN = re.compile(
    r"(?<![\w./-])/(?:home/\w+|root|Users/\w+|work/(?:main|shared|\.))/"
    r"|\b(?:pypi|files|registry|index)\.(?:pythonhosted|npm" + r"js)\.org|\bpypi\.(?:org|" + r"python\.org)"
    r"|--(?:extra-)?index-" + r"url[ =]http|\bproxy\.golang\.org"
)


def test_no_tracked_file_names_a_folder_of_this_machine_or_a_registry():
    named = [
        f"{name}: {found.group(0)}"
        for name, text in tracked_text()
        if name != "tests/test_architecture.py"
        for found in FORBIDDEN.finditer(text)
    ]

    assert named == []
