"""Settings: what may be set, and the sentence that stops a wrong start."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from settings import Settings, SettingsError, load_settings


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the caller's, and no .env file."""
    for name in os.environ:
        if name.startswith("KEWEN_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_nothing_set_means_built_in_everything():
    settings = load_settings()

    assert (settings.data_dir, settings.host, settings.port) == (Path("data"), "127.0.0.1", 8000)
    unset = ("llm_base_url", "embedding_base_url", "chroma_url", "database_url", "corpus_dir")
    assert [getattr(settings, name) for name in unset] == [None] * len(unset)


def test_the_environment_stands_above_the_env_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / ".env").write_text("KEWEN_PORT=9000\nKEWEN_HOST=0.0.0.0\nKEWEN_UNKNOWN=1\n")
    monkeypatch.setenv("KEWEN_PORT", "9100")

    settings = load_settings()

    assert (settings.port, settings.host) == (9100, "0.0.0.0")


def test_an_empty_value_counts_as_unset(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KEWEN_DATABASE_URL", "")
    monkeypatch.setenv("KEWEN_LLM_MODEL", "")

    assert load_settings().database_url is None


def test_a_slash_at_the_end_of_an_address_does_not_matter(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KEWEN_CHROMA_URL", "http://127.0.0.1:8001/")

    assert load_settings().chroma_url == "http://127.0.0.1:8001"


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("KEWEN_PORT", "eighty", "integer"),
        ("KEWEN_PORT", "70000", "65535"),
        ("KEWEN_LLM_TIMEOUT_S", "0", "greater than 0"),
        ("KEWEN_RATE_PER_MINUTE", "-1", "greater than or equal to 1"),
        ("KEWEN_ASKS_AT_ONCE", "1", "greater than or equal to 2"),
        ("KEWEN_CHROMA_URL", "localhost:8000", "http:// or https://"),
        ("KEWEN_LLM_BASE_URL", "ftp://models", "http:// or https://"),
        ("KEWEN_DATABASE_URL", "mysql://db", "postgresql://"),
    ],
)
def test_a_wrong_value_is_told_with_setting_value_and_what_is_allowed(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, allowed: str
):
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError) as told:
        load_settings()

    for said in (name, value, allowed):
        assert said in str(told.value)
    assert "\n" not in str(told.value)


def test_every_fault_is_told_at_once(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KEWEN_PORT", "eighty")
    monkeypatch.setenv("KEWEN_CHROMA_URL", "nowhere")

    with pytest.raises(SettingsError, match=r"KEWEN_PORT.*KEWEN_CHROMA_URL"):
        load_settings()


@pytest.mark.parametrize("prefix", ["LLM", "LLM_FALLBACK", "EMBEDDING"])
@pytest.mark.parametrize(("given", "missing"), [("BASE_URL", "MODEL"), ("MODEL", "BASE_URL")])
def test_address_and_model_go_together(
    monkeypatch: pytest.MonkeyPatch, prefix: str, given: str, missing: str
):
    monkeypatch.setenv(f"KEWEN_{prefix}_{given}", "http://127.0.0.1:9/v1")

    with pytest.raises(SettingsError, match=f"KEWEN_{prefix}_{missing} is not set"):
        load_settings()


def test_a_key_is_never_shown(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KEWEN_LLM_API_KEY", "sk-secret")

    assert "sk-secret" not in repr(load_settings())


def test_every_setting_is_documented():
    example = Path(__file__).parent.parent / ".env.example"
    named = {line.lstrip("# ").partition("=")[0] for line in example.read_text("utf-8").splitlines()}

    assert {f"KEWEN_{name.upper()}" for name in Settings.model_fields} <= named
