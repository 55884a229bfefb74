"""A whole Kewen for tests: over the toy corpus, and over the bundled one for the few tests that need it.

What takes time to make, the embedder's graph and the indexes, is kept under `.pytest_cache/kewen` for all
workers and for later runs. It is brought up to date under a lock; every worker then opens its own copy.
"""

from __future__ import annotations

import fcntl
import functools
import io
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

import cli
from settings import Settings
from storage.database import open_database
from tests.postgres import postgres_database
from wiring import Kewen, build_kewen

TOY_CORPUS = Path(__file__).parent / "toy_corpus"

LONGEST = (
    "evaluation/test_gate.py",
    "assistant/test_poison.py",
    "widget/test_visits.py",
    "widget/test_markup.py",
    "widget/test_access.py",
    "bot/test_processes.py",
    "pages/test_browser.py",
    "page/test_people.py",
    "widget/test_launcher.py",
    "widget/test_reading_on.py",
    "bot/test_parity.py",
    "retrieval/test_indexing_crashes.py",
    "retrieval/test_indexing.py",
    "rights/test_silence.py",
    "rights/test_channels.py",
    "assistant/test_integrity.py",
    "page/test_page.py",
    "page/test_handoff.py",
    "test_cli.py",
    "test_architecture.py",
    "api/test_no_text.py",
    "retrieval/test_embedding.py",
    "test_server.py",
    "assistant/test_tracing.py",
    "test_tickets_cli.py",
    "corpus/test_addresses.py",
    "evaluation/test_permission_set.py",
)
"""Files that take more than ten seconds of a processor, the longest first."""

OpenCopy = Callable[[Path], Kewen]
Command = Callable[..., tuple[int, str, str]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first: where files are given out to several, one that begins last is waited for."""
    place = {Path(__file__).parent / name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path, len(place)))


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """The only one, of all processes, between here and the end."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def kept(pytestconfig: pytest.Config) -> Path:
    """The folder that outlives a run; git does not see it."""
    folder = pytestconfig.rootpath / ".pytest_cache" / "kewen"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def embedder_cache(kept: Path) -> Path:
    """Where the built-in embedder keeps its graph; writing it is safe for several processes."""
    return kept / "embedder"


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with every table and nothing in them: to copy, a twentieth of the work of making it."""
    file = tmp_path_factory.mktemp("migrated") / "kewen.db"
    open_database(f"sqlite:///{file}").close()
    return file


@pytest.fixture(scope="session")
def migrated_postgres() -> Iterator[str]:
    """The name of a database with every table and nothing in them."""
    with postgres_database() as url:
        open_database(url).close()
        yield str(make_url(url).database)


def _settings(data_dir: Path, corpus_dir: Path | None, cache: Path) -> Settings:
    """Of a Kewen without a language model whose embedder has its graph already."""
    data_dir.mkdir(parents=True, exist_ok=True)
    cache.mkdir(exist_ok=True)
    if not (data_dir / "cache").exists():
        (data_dir / "cache").symlink_to(cache)
    optional = {name for name, field in Settings.model_fields.items() if field.default is None}
    unset = {name: None for name in optional if name.startswith(("llm_", "embedding_", "rerank_"))}
    return Settings(
        _env_file=None,
        **unset,  # the caller's own model must not answer
        chroma_url=None,
        database_url=None,
        data_dir=data_dir,
        corpus_dir=corpus_dir,
    )


def _opener(name: str, corpus_dir: Path | None, kept: Path, cache: Path, migrated: Path) -> OpenCopy:
    """Opens Kewen in a folder, which starts with a copy of the kept index and no conversations."""

    def bring_up_to_date(built: Path) -> None:
        try:
            build_kewen(_settings(built, corpus_dir, cache)).close()
        except Exception:
            # Of another version of the code, or cut off: what is kept is only there to save time.
            shutil.rmtree(built)
            build_kewen(_settings(built, corpus_dir, cache)).close()

    @functools.cache
    def master() -> Path:
        bring_up_to_date(kept / name)
        return kept / name

    def open_copy(folder: Path) -> Kewen:
        if not (folder / "index.db").exists():
            with _alone(kept / f"{name}.lock"):
                leave = shutil.ignore_patterns("cache", "lock", "kewen.db*")
                shutil.copytree(master(), folder, ignore=leave, dirs_exist_ok=True)
            if not (folder / "kewen.db").exists():
                shutil.copyfile(migrated, folder / "kewen.db")
        return build_kewen(_settings(folder, corpus_dir, cache))

    return open_copy


@pytest.fixture(scope="session")
def open_toy(kept: Path, embedder_cache: Path, migrated: Path) -> OpenCopy:
    """Opens a Kewen over the toy corpus in a folder of the test's own; the test closes it."""
    return _opener("toy", TOY_CORPUS, kept, embedder_cache, migrated)


@pytest.fixture(scope="session")
def toy_kewen(open_toy: OpenCopy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kewen]:
    """Kewen over the toy corpus: real embedder, index and SQLite, no language model."""
    kewen = open_toy(tmp_path_factory.mktemp("toy"))
    yield kewen
    kewen.close()


@pytest.fixture(scope="session")
def bundled_kewen(
    kept: Path, embedder_cache: Path, migrated: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Kewen]:
    """Kewen over the bundled corpus; the first run on a machine takes about a minute of one core."""
    open_bundled = _opener("bundled", None, kept, embedder_cache, migrated)
    kewen = open_bundled(tmp_path_factory.mktemp("bundled"))
    yield kewen
    kewen.close()


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """command(*words, env=…, cwd=…, stdin=…): `kewen …` in this process: (exit status, stdout, stderr)."""

    def run(*words: str, env: Mapping[str, str], cwd: Path, stdin: str = "") -> tuple[int, str, str]:
        with monkeypatch.context() as patch:
            for name in list(os.environ):
                if name.startswith(("KEWEN_", "LC_")):
                    patch.delenv(name)
            for name, value in env.items():
                patch.setenv(name, value)
            patch.chdir(cwd)
            patch.setattr(sys, "argv", ["kewen", *words])
            patch.setattr(sys, "stdin", io.StringIO(stdin))
            capsys.readouterr()
            with pytest.raises(SystemExit) as ended:
                cli.main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run
