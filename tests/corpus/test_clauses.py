"""Files of clauses: what they may say, and how a fault in one is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.errors import CorpusError
from corpus.loaders import load_corpus
from corpus.records import Policy
from tests.corpus.test_loaders import RULES

CLAUSES = """\
articles:
  第二条:
    - operator: must
      aspects: [duty, procedure]
      zh:
        quote: 先申请，后使用。
        act: 先申请
        conditions: []
        exceptions: []
      en:
        quote: Apply first, then use.
        act: Apply first
        conditions: []
        exceptions: []
"""
FILE = "clauses/rules.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("policies/rules.yaml", RULES), (FILE, CLAUSES)):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def complaints(folder: Path) -> list[str]:
    with pytest.raises(CorpusError) as caught:
        load_corpus(folder)
    return [complaint.removeprefix(f"{folder}/") for complaint in caught.value.complaints]


def change(folder: Path, old: str, new: str) -> int:
    """Replaces it in the file of clauses; the line where it stood."""
    path = folder / FILE
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_clauses_join_their_articles(folder: Path):
    [rules] = load_corpus(folder).policies

    assert isinstance(rules, Policy)
    [clause] = rules.articles[0].clauses
    assert (clause.operator, clause.aspects) == ("must", ("duty", "procedure"))
    assert clause.in_("en").act == "Apply first"
    assert rules.articles[1].clauses == ()


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("quote: 先申请，后使用。", "quote: 先使用，后申请。", "'先使用，后申请。'"),
        ("act: Apply first", "act: apply first", "'apply first'"),
        ("第二条:", "第三条:", "'第三条'"),
        ("operator: must", "operator: ought", "ought"),
        ("aspects: [duty, procedure]", "aspects: [duty, colour]", "colour"),
        ("aspects: [duty, procedure]", "aspects: []", "aspects"),
        ("        act: 先申请\n", "        verb: 先申请\n", "verb"),
    ],
)
def test_a_fault_is_told_with_file_line_and_value(folder: Path, old: str, new: str, named: str):
    line = change(folder, old, new)

    [complaint] = complaints(folder)
    place, _, told = complaint.partition(": ")
    assert place.startswith(FILE) and str(line) in place, complaint
    assert named in complaint and told


def test_an_article_without_a_digest_cannot_have_clauses(folder: Path):
    path = folder / "policies/rules.yaml"
    digest = "    digest:\n      zh: 先申请，后使用。\n      en: Apply first, then use.\n"
    assert digest in path.read_text(encoding="utf-8")
    path.write_text(path.read_text(encoding="utf-8").replace(digest, "    text: 先申请，后使用。\n"), "utf-8")

    assert any("第二条" in one and one.startswith(FILE) for one in complaints(folder))


def test_a_file_of_no_policy_is_named(folder: Path):
    (folder / FILE).rename(folder / "clauses/nothing.yaml")

    [complaint] = complaints(folder)
    assert complaint.startswith("clauses/nothing.yaml") and "'nothing'" in complaint


def test_every_fault_is_told_at_once(folder: Path):
    change(folder, "quote: 先申请，后使用。", "quote: 无")
    change(folder, "act: Apply first", "act: none")

    assert len(complaints(folder)) == 2
