"""Files of `disagreements/`: every record that one is about carries it; what is wrong names file and line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from corpus.errors import CorpusError
from corpus.loaders import load_corpus
from corpus.records import Policy

TOY = Path(__file__).parents[1] / "toy_corpus"
LEAK = """\
about: [qinglan-data-rules-2021, qinglan-security-code-2022]
subject: {zh: 泄密报告时限, en: Time for reporting a leak}
cues: {zh: [泄密], en: [leak]}
statements:
  - says: {zh: 24小时, en: 24 hours}
    source: {zh: 青岚科学数据共享办法, en: Qinglan Measures}
    weight: departmental_rule
    since: 2021-05-01
    record: qinglan-data-rules-2021
    article: 第二十条
  - says: {zh: 48小时, en: 48 hours}
    source: {zh: 一篇论文, en: a paper}
    weight: paper
governs: [1]
why: {zh: 规章高于论文。, en: A rule outweighs a paper.}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(TOY, tmp_path / "corpus")
    (tmp_path / "corpus" / "disagreements").mkdir()
    return tmp_path / "corpus"


def write(folder: Path, text: str) -> None:
    (folder / "disagreements" / "leak.yaml").write_text(text, encoding="utf-8")


def complaints(folder: Path, text: str) -> list[str]:
    write(folder, text)
    with pytest.raises(CorpusError) as error:
        load_corpus(folder)
    return error.value.complaints


def test_every_record_that_it_is_about_carries_it_first(folder: Path) -> None:
    write(folder, LEAK)

    records = load_corpus(folder).by_id

    for id_ in ("qinglan-data-rules-2021", "qinglan-security-code-2022"):
        policy = records[id_]
        assert isinstance(policy, Policy)
        note = policy.notes[0]
        assert note.disagreement is not None
        assert [one.says.zh for one in note.disagreement.statements] == ["24小时", "48小时"]
        assert note.text.zh == (
            "泄密报告时限：青岚科学数据共享办法：24小时；一篇论文：48小时。规章高于论文。"
        )


def test_a_corpus_without_any_has_the_digest_it_always_had(folder: Path) -> None:
    (folder / "disagreements").rmdir()

    assert load_corpus(folder).digest == load_corpus(TOY).digest


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("qinglan-security-code-2022]", "no-such-code]", "'no-such-code'"),
        ("article: 第二十条", "article: 第九十条", "has no article '第九十条'"),
        ("record: qinglan-data-rules-2021", "record: nobody", "'nobody'"),
        ("governs: [1]", "governs: [3]", "statement 3 is not there"),
        ("weight: paper", "weight: rumour", "'rumour' is not one of"),
        ("cues: {zh: [泄密], en: [leak]}\n", "", "cues is missing"),
    ],
)
def test_what_is_wrong_names_the_file(folder: Path, old: str, new: str, told: str) -> None:
    found = complaints(folder, LEAK.replace(old, new))

    assert any("disagreements/leak.yaml, line " in one and told in one for one in found), found
