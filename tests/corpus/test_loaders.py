"""Good and broken corpus folders of our own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from corpus.errors import CorpusError
from corpus.loaders import load_corpus
from corpus.records import Policy, Resource

TELESCOPE = """\
id: telescope
type: facility
name:
  zh: 山顶望远镜
  en: Hilltop Telescope
province: 北京市
url: https://telescope.example
url_checked: no
access:
  level: open
since:
  zh: 2001年
  en: 2001
"""
RULES = """\
id: rules
title:
  zh: 望远镜使用办法
  en: Measures for Telescopes
rank: institution
issuing_body:
  zh: 某天文台
  en: An Observatory
issued: 2018-03-17
effective: 2018-04
status: in_force
scope:
  zh: 望远镜的使用
  en: Use of telescopes
coverage: key
last_article: 12
read: full
replaces:
  - title:
      zh: 旧办法
      en: Old Measures
    date: 2010
articles:
  - no: 第二条
    digest:
      zh: 先申请，后使用。
      en: Apply first, then use.
  - no: 附则（条号待核）
    slug: x-1
    digest:
      zh: 由天文台解释。
      en: The observatory interprets the rules.
"""

Write = Callable[[str, str | bytes], Path]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "resources").mkdir()
    (tmp_path / "policies").mkdir()
    (tmp_path / "questions").mkdir()
    (tmp_path / "resources/telescope.yaml").write_text(TELESCOPE, encoding="utf-8")
    (tmp_path / "policies/rules.yaml").write_text(RULES, encoding="utf-8")
    return tmp_path


def complaints(folder: Path) -> list[str]:
    """What is wrong, without the path of the folder."""
    with pytest.raises(CorpusError) as caught:
        load_corpus(folder)
    return [complaint.removeprefix(f"{folder}/") for complaint in caught.value.complaints]


def only(folder: Path) -> str:
    (complaint,) = complaints(folder)
    return complaint


def change(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_records_are_read_as_they_stand(folder: Path) -> None:
    corpus = load_corpus(folder)

    telescope, rules = corpus.by_id["telescope"], corpus.by_id["rules"]
    assert isinstance(telescope, Resource)
    assert isinstance(rules, Policy)
    assert telescope.name.zh == "山顶望远镜"
    assert telescope.url_checked is False
    assert telescope.since is not None
    assert telescope.since.en == "2001"
    assert (rules.issued, rules.effective, rules.replaces[0].date) == ("2018-03-17", "2018-04", "2010")
    assert rules.last_article == 12
    assert [article.anchor for article in rules.articles] == ["art-2", "x-1"]


def test_words_that_yaml_would_turn_into_values_stay_words(folder: Path) -> None:
    change(
        folder, "resources/telescope.yaml", "zh: 山顶望远镜\n  en: Hilltop Telescope", "zh: 1:30\n  en: no"
    )

    assert load_corpus(folder).resources[0].name.model_dump() == {"zh": "1:30", "en": "no"}


def test_an_empty_value_is_a_missing_one(folder: Path) -> None:
    change(folder, "resources/telescope.yaml", "province: 北京市", "province:\ncity: null\nhost: ~")

    assert load_corpus(folder).resources[0].province is None


def test_byte_order_mark_and_windows_lines_are_read(folder: Path) -> None:
    (folder / "resources/telescope.yaml").write_bytes(
        b"\xef\xbb\xbf" + TELESCOPE.replace("\n", "\r\n").encode()
    )

    assert load_corpus(folder).resources[0].id == "telescope"


def test_editor_files_are_passed_over(folder: Path) -> None:
    (folder / "resources/.telescope.yaml.swp").write_bytes(b"\x00")
    (folder / "resources/telescope.yaml~").write_text("old")

    assert len(load_corpus(folder).resources) == 1


def test_questions_join_their_record_and_article(folder: Path) -> None:
    change(
        folder,
        "resources/telescope.yaml",
        "province: 北京市",
        "province: 北京市\nquestions:\n  zh:\n    - 哪里看星星",
    )
    (folder / "questions/telescope.yaml").write_text(
        "record:\n  zh:\n    - 怎么用望远镜\n    - 哪里看星星\n  en:\n    - watch stars\n", encoding="utf-8"
    )
    (folder / "questions/rules.yaml").write_text(
        "articles:\n  附则（条号待核）:\n    zh:\n      - 谁解释\n", encoding="utf-8"
    )

    corpus = load_corpus(folder)

    assert corpus.resources[0].questions.zh == ("哪里看星星", "怎么用望远镜")
    assert corpus.resources[0].questions.en == ("watch stars",)
    assert corpus.policies[0].articles[1].questions.zh == ("谁解释",)
    assert corpus.policies[0].articles[0].questions.zh == ()


def test_digest_follows_content_and_nothing_else(folder: Path) -> None:
    first = load_corpus(folder).digest
    change(folder, "resources/telescope.yaml", "  zh: 山顶望远镜", "  # a comment\n  zh: '山顶望远镜'")
    assert load_corpus(folder).digest == first

    change(folder, "resources/telescope.yaml", "Hilltop", "Hillside")
    assert load_corpus(folder).digest != first
    assert len(first) == 64


def test_id_with_colon_and_slash_has_a_plain_file_name(folder: Path) -> None:
    harvested = TELESCOPE.replace("id: telescope", "id: oai:data/7")
    (folder / "resources/oai_data_7.yaml").write_text(harvested, encoding="utf-8")

    assert "oai:data/7" in load_corpus(folder).by_id


@pytest.mark.parametrize(
    ("name", "old", "new", "complaint"),
    [
        (
            "resources/telescope.yaml",
            "level: open",
            "level: free",
            "line 10, access.level: 'free' is not one of open, registered, application, paid, restricted.",
        ),
        (
            "resources/telescope.yaml",
            "level: open",
            "levle: open",
            "line 10, access.levle: 'levle' is not a field; the fields here are level, text.",
        ),
        (
            "resources/telescope.yaml",
            "  en: Hilltop Telescope\n",
            "",
            "line 3, name.en: en is missing; add it.",
        ),
        (
            "resources/telescope.yaml",
            "en: Hilltop Telescope",
            "en:",
            "line 5, name.en: is empty; write it or leave the field out.",
        ),
        (
            "resources/telescope.yaml",
            "en: Hilltop Telescope",
            "en: ' '",
            "line 5, name.en: is empty; write it or leave the field out.",
        ),
        (
            "resources/telescope.yaml",
            "since:\n  zh: 2001年\n  en: 2001",
            "since: 2001",
            "line 11, since: '2001' should be a mapping with the fields zh, en.",
        ),
        (
            "resources/telescope.yaml",
            "province: 北京市",
            "province: 北京市\naliases: HT",
            "line 7, aliases: 'HT' should be a list, one `- item` a line.",
        ),
        (
            "resources/telescope.yaml",
            "https://telescope",
            "telescope",
            "line 7, url: 'telescope.example' is not an address that begins with http:// or https://.",
        ),
        (
            "resources/telescope.yaml",
            "url_checked: no",
            "url_checked: perhaps",
            "line 8, url_checked: 'perhaps' is not one of true, false.",
        ),
        (
            "resources/telescope.yaml",
            "province: 北京市",
            "province: 火星",
            "line 6, province: '火星' is not in corpus/data/vocabulary.yaml; "
            "write a name from there, or add it.",
        ),
        (
            "resources/telescope.yaml",
            "id: telescope",
            "id: binoculars",
            "line 1, id: 'binoculars' does not match the file name; "
            "write 'telescope' or rename to binoculars.yaml.",
        ),
        (
            "resources/telescope.yaml",
            "province: 北京市",
            "province: 北京市\nprovince: 上海市",
            "line 7, province: is there twice, first in line 6; keep one.",
        ),
        (
            "resources/telescope.yaml",
            "province: 北京市",
            "related:\n  - rules\n  - nowhere",
            "line 8, related[2]: no resource or policy has the id 'nowhere'; correct the id or leave it out.",
        ),
        (
            "resources/telescope.yaml",
            "province: 北京市",
            "related:\n  - telescope",
            "line 7, related[1]: 'telescope' is the record itself; leave it out.",
        ),
        (
            "policies/rules.yaml",
            "    date: 2010",
            "    policy_id: older",
            "line 22, replaces[1].policy_id: no resource or policy has the id 'older'; "
            "correct the id or leave it out.",
        ),
        (
            "policies/rules.yaml",
            "2018-03-17",
            "2018-02-30",
            "line 9, issued: '2018-02-30' is no day of the calendar; write YYYY-MM-DD.",
        ),
        (
            "policies/rules.yaml",
            "    date: 2010",
            "    date: 2010-13",
            "line 22, replaces[1].date: '2010-13' is no day of the calendar; write YYYY-MM-DD.",
        ),
        (
            "policies/rules.yaml",
            "2018-03-17",
            "17 March 2018",
            "line 9, issued: '17 March 2018' is not a date: YYYY-MM-DD, YYYY-MM or YYYY.",
        ),
        (
            "policies/rules.yaml",
            "last_article: 12",
            "last_article: twelve",
            "line 16, last_article: 'twelve' is not a whole number.",
        ),
        (
            "policies/rules.yaml",
            "slug: x-1",
            "slug: appendix",
            "line 29, articles[2].slug: 'appendix' is not x-1, x-2 ….",
        ),
        (
            "policies/rules.yaml",
            "    slug: x-1\n",
            "",
            "line 28, articles[2]: no '附则（条号待核）': an article without a number needs slug x-<n>, "
            "one with a number has none.",
        ),
        (
            "policies/rules.yaml",
            "  - no: 附则（条号待核）\n    slug: x-1",
            "  - no: 第2条",
            "line 1: articles: art-2 is there twice.",
        ),
    ],
)
def test_complaint_names_file_line_field_value_and_way_out(
    folder: Path, name: str, old: str, new: str, complaint: str
) -> None:
    change(folder, name, old, new)

    assert only(folder) == f"{name}, {complaint}"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "line 1: the file is empty; write a record or delete the file."),
        (b"# nothing yet\n", "line 1: the file is empty; write a record or delete the file."),
        (b"- id: telescope\n", "line 1: the file must hold fields, as in `id: fast`."),
        (
            "id: telescope\nname: 望远镜\n".encode("gb18030"),
            "line 2: byte 0xcd is not UTF-8; save the file as UTF-8.",
        ),
        (b"id: a\x07b\n", "line 1: the file holds a character YAML does not allow; remove it."),
        (
            b"id: &x telescope\nname: *x\n",
            "line 1, name: anchors and aliases (&, *) are not read here; write the value out.",
        ),
        (
            b"id: &x [*x]\n",
            "line 1, id[1]: anchors and aliases (&, *) are not read here; write the value out.",
        ),
        (
            b"id: !!int 7\n",
            "line 1, id: the tag 'tag:yaml.org,2002:int' is not read here; write the plain value.",
        ),
        (b"? [a]\n: 1\n", "line 1: a field name must be plain text."),
    ],
)
def test_file_that_is_no_record_is_refused(folder: Path, content: bytes, complaint: str) -> None:
    (folder / "resources/telescope.yaml").write_bytes(content)

    assert only(folder) in (
        f"resources/telescope.yaml, {complaint}",
        f"resources/telescope.yaml: {complaint}",
    )


@pytest.mark.parametrize(
    "content", ["id: telescope\n  name: x\n", "id: 'telescope\n", "id: a\n---\nid: b\n", "a: [1\n"]
)
def test_broken_yaml_is_refused_with_its_line(folder: Path, content: str) -> None:
    (folder / "resources/telescope.yaml").write_text(content)

    complaint = only(folder)

    assert complaint.startswith("resources/telescope.yaml, line ")
    assert "not valid YAML" in complaint


def test_python_objects_in_yaml_are_never_made(folder: Path) -> None:
    change(folder, "resources/telescope.yaml", "北京市", "!!python/object/apply:os.getcwd []")

    assert "is not read here" in only(folder) or "should be" in only(folder)


def test_same_id_in_resources_and_policies_is_refused(folder: Path) -> None:
    (folder / "resources/rules.yaml").write_text(
        TELESCOPE.replace("id: telescope", "id: rules"), encoding="utf-8"
    )

    assert only(folder) == (
        f"policies/rules.yaml, line 1, id: 'rules' is the id in {folder}/resources/rules.yaml too; "
        "every record needs its own."
    )


def test_questions_for_what_does_not_exist_are_refused(folder: Path) -> None:
    (folder / "questions/nowhere.yaml").write_text("record:\n  zh:\n    - 问\n", encoding="utf-8")
    (folder / "questions/rules.yaml").write_text(
        "articles:\n  第九条:\n    zh:\n      - 问\n", encoding="utf-8"
    )
    (folder / "questions/telescope.yaml").write_text("recrod:\n  zh:\n    - 问\n", encoding="utf-8")

    assert complaints(folder) == [
        "questions/nowhere.yaml, line 1: no resource or policy has the id 'nowhere'; rename the file.",
        "questions/rules.yaml, line 2, articles.第九条: 'rules' has no article '第九条'; "
        "it has 第二条、附则（条号待核） ….",
        "questions/telescope.yaml, line 1, recrod: 'recrod' is not a field; "
        "the fields here are record, articles.",
    ]


def test_file_under_another_name_is_not_silently_left_out(folder: Path) -> None:
    (folder / "resources/other.yml").write_text(TELESCOPE, encoding="utf-8")

    assert only(folder) == (
        "resources/other.yml: is not read; only <id>.yaml files belong here. Rename or move it."
    )


def test_all_faults_over_all_files_come_at_once_in_reading_order(folder: Path) -> None:
    change(folder, "resources/telescope.yaml", "type: facility", "type: house\ncolour: red")
    change(folder, "resources/telescope.yaml", "北京市", "火星")
    change(folder, "policies/rules.yaml", "rank: institution", "rank: poem")
    (folder / "resources/empty.yaml").write_text("")

    found = complaints(folder)

    assert [complaint.split(": ")[0] for complaint in found] == [
        "policies/rules.yaml, line 5, rank",
        "resources/empty.yaml, line 1",
        "resources/telescope.yaml, line 2, type",
        "resources/telescope.yaml, line 3, colour",
        "resources/telescope.yaml, line 7, province",
    ]


def test_links_to_a_record_with_faults_are_not_another_fault(folder: Path) -> None:
    change(folder, "resources/telescope.yaml", "type: facility", "type: house\nrelated:\n  - rules")
    change(folder, "policies/rules.yaml", "read: full", "read: full\nrelated:\n  - telescope")

    assert only(folder).startswith("resources/telescope.yaml, line 2, type")


def test_missing_or_empty_folder_is_refused(tmp_path: Path) -> None:
    assert "there is no such folder" in only(tmp_path / "none")
    assert "holds no record" in only(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_unreadable_file_is_refused(folder: Path) -> None:
    (folder / "resources/telescope.yaml").chmod(0)

    assert "cannot be read (Permission denied)" in only(folder)


def test_message_shows_the_first_faults_and_counts_the_rest(folder: Path) -> None:
    for number in range(30):
        (folder / f"resources/r{number}.yaml").write_text("")

    with pytest.raises(CorpusError, match="and 10 more") as caught:
        load_corpus(folder)

    assert len(caught.value.complaints) == 30
    assert caught.value.code == "corpus_invalid"


def test_import_reads_no_file() -> None:
    program = dedent("""
        import sys
        opened = []
        import pydantic, yaml
        sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
        import corpus.loaders
        print([name for name in opened if name.endswith((".yaml", ".md", ".env"))])
    """)

    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == "[]"
