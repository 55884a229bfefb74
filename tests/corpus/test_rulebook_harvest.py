"""`kewen harvest` keeps whole rule books, all of a file or none, and says what it did."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import app
from corpus.documents.errors import DocumentRefused
from corpus.records import Corpus
from corpus.rulebooks.errors import RulebookConflict, RulebookInvalid
from corpus.rulebooks.shelf import load_rulebooks
from operations.errors import VersionUnknown
from operations.harvest import harvest, report
from operations.policies import compare
from operations.policies import report as changes_report
from tests.corpus.rulebook_texts import FIRST, SECOND
from tests.corpus.test_rulebook_joining import RULES, TODAY

CORPUS = Corpus(policies=(RULES,), digest="0")


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_is_kept_byte_for_byte_with_its_record(tmp_path: Path) -> None:
    source = write(tmp_path / "rules.txt", FIRST)

    [done] = harvest(source, tmp_path / "data", CORPUS)

    folder = tmp_path / "data" / "rulebooks" / "toy-sample-measures"
    assert sorted(file.name for file in folder.iterdir()) == ["2015-05-01.json", "2015-05-01.md"]
    assert (folder / "2015-05-01.md").read_bytes() == source.read_bytes()
    assert done.outcome == "stored"
    assert "a version of 中华人民共和国玩具样本管理办法" in next(report([done]))


def test_a_folder_is_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    folder = tmp_path / "laws"
    (folder / "older").mkdir(parents=True)
    write(folder / "older" / "old.txt", FIRST)
    write(folder / "older" / "old.txt.yaml", "official_url: https://example.org/old\nhistory:\n")
    write(folder / "new.md", SECOND)
    write(folder / ".hidden.md", "三点开会。")
    write(folder / "README.md", "# Whole texts\n\n## Origin\n\nA gazette.\n\n## Licence\n\nNone.")
    minutes = write(folder / "minutes.md", "三点开会。")
    write(folder / "scan.pdf", "no PDF")

    with pytest.raises(DocumentRefused, match=r"scan\.pdf"):
        harvest(folder, tmp_path / "data", CORPUS)
    (folder / "scan.pdf").unlink()
    with pytest.raises(RulebookInvalid, match=r"minutes\.md, line 1: no line begins with"):
        harvest(folder, tmp_path / "data", CORPUS)
    assert not list((tmp_path / "data").rglob("*.md"))
    minutes.unlink()

    done = harvest(folder, tmp_path / "data", CORPUS)

    assert [one.outcome for one in done] == ["stored", "stored"]
    assert len({one.text.version for one in done}) == 2
    [record] = (tmp_path / "data").rglob("2015-05-01.json")
    assert json.loads(record.read_text(encoding="utf-8"))["text"]["given"]["official_url"] == (
        "https://example.org/old"
    )


def test_the_same_again_changes_nothing(tmp_path: Path) -> None:
    source = write(tmp_path / "rules.md", FIRST)
    harvest(source, tmp_path / "data", CORPUS)
    before = {file: file.stat().st_mtime_ns for file in (tmp_path / "data").rglob("*")}

    [done] = harvest(source, tmp_path / "data", CORPUS)

    assert done.outcome == "unchanged"
    assert {file: file.stat().st_mtime_ns for file in (tmp_path / "data").rglob("*")} == before


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    done = harvest(write(tmp_path / "rules.md", FIRST), tmp_path / "data", CORPUS, dry_run=True)

    assert list(report(done, dry_run=True))[-1] == "1 read, 1 would change. Nothing was written."
    assert not (tmp_path / "data").exists()


def test_another_text_of_the_same_version_is_refused_until_it_may_replace(tmp_path: Path) -> None:
    harvest(write(tmp_path / "rules.md", FIRST), tmp_path / "data", CORPUS)
    other = write(tmp_path / "other.md", FIRST.replace("二十日", "三十日"))

    with pytest.raises(RulebookConflict, match="another text is stored as version 2015-05-01"):
        harvest(other, tmp_path / "data", CORPUS)
    [done] = harvest(other, tmp_path / "data", CORPUS, replace=True)

    assert done.outcome == "replaced"
    assert "三十日" in load_rulebooks(tmp_path / "data")[0].text.articles[3].text


def test_front_matter_gives_what_the_text_does_not_say(tmp_path: Path) -> None:
    head = "---\ntitle: 玩具样本管理办法\nversion: draft-2\nissued: 2022-01-05\nstatus: draft\n---\n"

    [done] = harvest(write(tmp_path / "rules.md", head + SECOND), tmp_path / "data", CORPUS)

    assert (done.text.version, done.text.issued, done.text.given.status) == ("draft-2", "2022-01-05", "draft")
    [book] = load_rulebooks(tmp_path / "data")
    assert book.text.articles[0].line == 13


@pytest.mark.parametrize(
    ("head", "told"),
    [
        ("---\ntitel: 玩具\n---\n", "line 2, titel: is not known; known are id, title"),
        ("---\ntitle: 玩具\nissued: gestern\n---\n", "line 3, issued: 'gestern' cannot be taken"),
        ("---\ntitle: [玩具\n---\n", "front matter is no YAML"),
        ("---\ntitle: 玩具\n", "front matter has no end"),
    ],
)
def test_wrong_front_matter_is_told_by_line_and_field(tmp_path: Path, head: str, told: str) -> None:
    source = write(tmp_path / "rules.md", head + FIRST)

    with pytest.raises(RulebookInvalid) as refused:
        harvest(source, tmp_path / "data", CORPUS)

    assert told in refused.value.complaints[0]
    assert refused.value.complaints[0].startswith(str(source))


def test_one_bad_document_keeps_a_whole_file_out(tmp_path: Path) -> None:
    documents = [
        {
            "id": "玩具@1",
            "title": "玩具样本管理办法",
            "text": FIRST,
            "meta": {"date": "2015-03-02", "versions": 1},
        },
        {"title": "会议记录", "text": "三点开会。"},
        {"title": "玩具样本管理办法"},
    ]
    lines = [json.dumps(one, ensure_ascii=False) for one in documents] + ["{"]
    source = write(tmp_path / "all.jsonl", "\n".join(lines))

    with pytest.raises(RulebookInvalid) as refused:
        harvest(source, tmp_path / "data", CORPUS)

    assert [one.split(": ")[0] for one in refused.value.complaints] == [
        f"{source}, line 3, text",
        f"{source}, line 4",
    ]
    source.write_text("\n".join(lines[:2]), encoding="utf-8")
    with pytest.raises(RulebookInvalid, match=r"line 2 \(会议记录\), line 1: no line begins with"):
        harvest(source, tmp_path / "data", CORPUS)
    assert not (tmp_path / "data").exists()


def test_a_collection_is_kept_with_what_stands_beside_each_text(tmp_path: Path) -> None:
    documents = [
        {"title": "玩具样本管理办法", "text": FIRST, "meta": {"date": "2015-03-02", "level": "部门规章"}},
        {"title": "玩具样本管理办法", "text": SECOND, "effective": "2022-02-01"},
    ]
    source = write(tmp_path / "all.jsonl", "\n".join(json.dumps(one) for one in documents))

    done = harvest(source, tmp_path / "data", CORPUS)

    assert [one.text.version for one in done] == ["2015-05-01", "2022-02-01"]
    assert done[0].text.rank == "departmental_rule"


def test_a_copy_under_another_date_is_noted(tmp_path: Path) -> None:
    harvest(write(tmp_path / "rules.md", FIRST), tmp_path / "data", CORPUS)
    head = "---\nversion: copy\n---\n"

    [done] = harvest(write(tmp_path / "copy.md", head + FIRST), tmp_path / "data", CORPUS)

    assert "word for word those of version 2015-05-01" in done.notes[-1]


def test_versions_and_files_are_compared(tmp_path: Path) -> None:
    from corpus.rulebooks.joining import join

    old, new = write(tmp_path / "old.md", FIRST), write(tmp_path / "new.md", SECOND)
    harvest(old, tmp_path / "data", CORPUS)
    one = join(CORPUS, load_rulebooks(tmp_path / "data"), TODAY)
    with pytest.raises(VersionUnknown, match="Only one version of toy-sample-measures is stored"):
        compare("toy-sample-measures", "toy-sample-measures", one)
    harvest(new, tmp_path / "data", CORPUS)
    both = join(CORPUS, load_rulebooks(tmp_path / "data"), TODAY)

    told = list(changes_report(*compare("toy-sample-measures", "toy-sample-measures", both)))

    assert told[0].endswith("3 added, 4 renumbered, 2 unchanged")
    assert "  玩具馆应当自收到材料之日起[-二-]十日内答复。" in told
    assert (
        compare(str(old), str(new), both)[2]
        == compare("toy-sample-measures@2015-05-01", "toy-sample-measures", both)[2]
    )
    with pytest.raises(VersionUnknown, match="Stored: toy-sample-measures@2015-05-01, "):
        compare("toy-sample-measures@1999", str(new), both)
    with pytest.raises(VersionUnknown, match="There is no policy 'nothing'"):
        compare("nothing", str(new), both)


def test_commands_print_what_was_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEWEN_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    old, new = write(tmp_path / "old.md", FIRST), write(tmp_path / "new.md", SECOND)

    kept = CliRunner().invoke(app, ["harvest", str(old)])
    shown = CliRunner().invoke(app, ["policies", "diff", str(old), str(new), "--json"])

    assert kept.exit_code == 0, kept.output
    assert "rulebook:wan-ju-yang-ben-guan-li-ban-fa@2015-05-01" in kept.output
    assert [one["kind"] for one in json.loads(shown.output)["changes"]].count("renumbered") == 4
