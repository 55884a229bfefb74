"""`kewen harvest FILE` of offices and the web: the same rule book as from text, with pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.documents.errors import DocumentRefused
from corpus.documents.quarantine import records
from corpus.records import Corpus
from corpus.rulebooks.errors import RulebookInvalid
from corpus.rulebooks.joining import join
from corpus.rulebooks.shelf import load_rulebooks
from operations.harvest import harvest, report
from tests.corpus.documents.samples import docx, p, page, pdf
from tests.corpus.rulebook_texts import FIRST
from tests.corpus.test_rulebook_joining import RULES, TODAY

CORPUS = Corpus(policies=(RULES,), digest="0")
LINES = [line.replace("　", " ") for line in FIRST.splitlines() if line.strip()]
GUIDE = """<main><h1>玩具借用指南</h1><p>本指南供借用人使用。</p>
<h2>一、谁可以借</h2><p>凡登记者可以借用。</p>
<h2>二、怎样归还</h2><h3>时间</h3><p>三十日内归还。</p><h3>地点</h3><p>送回原馆。</p></main>"""


def write(path: Path, data: bytes | str) -> Path:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def paged(*, scans: tuple[int, ...] = ()) -> bytes:
    """The first version on three pages; of those in `scans` only a picture."""
    body = [line.removeprefix("## ") for line in LINES if not line.startswith("# ")]
    title = "#" + LINES[0].removeprefix("# ")
    parts = [[title, *body[:7]], body[7:14], body[14:]]
    pages = [[line if line.startswith("#") else f">{line}" for line in part] for part in parts]
    return pdf([[] if n in scans else page(part) for n, part in enumerate(pages, 1)], scans=scans)


def test_an_annex_on_a_page_of_its_own_stands_whole_and_in_no_article(tmp_path: Path) -> None:
    articles = [f">{line.removeprefix('## ')}" for line in LINES if not line.startswith("# ")]
    rows = [("样本类别", "单位", "收费"), ("木制类", "每件", "20元"), ("电动类", "每件", "120元")]
    table = [
        (cell, left, 660 - 20 * at, 12)
        for at, row in enumerate(rows)
        for cell, left in zip(row, (60, 150, 240), strict=True)
    ]
    annex = [("附表一", 60, 740, 12), ("玩具样本借用收费标准", 180, 700, 14), *table]
    title = "#" + LINES[0].removeprefix("# ")
    source = write(tmp_path / "rules.pdf", pdf([page([title, *articles], top=800), annex]))

    [done] = harvest(source, tmp_path / "data", CORPUS)

    *kept, last = done.text.articles
    plain = harvest(write(tmp_path / "rules.md", FIRST), tmp_path / "one", CORPUS)[0].text.articles
    assert ["".join(one.text.split()) for one in kept] == ["".join(one.text.split()) for one in plain]
    assert (last.anchor, last.page) == ("annex-1", 2)
    for row in rows:
        assert " ".join(row) in last.text


def test_a_pdf_gives_the_articles_of_the_text_with_their_pages(tmp_path: Path) -> None:
    from_text = harvest(write(tmp_path / "rules.md", FIRST), tmp_path / "one", CORPUS)[0].text
    source = write(tmp_path / "rules.pdf", paged())

    [done] = harvest(source, tmp_path / "data", CORPUS)

    read = done.text
    assert (read.title, read.issued, read.effective) == (
        from_text.title,
        from_text.issued,
        from_text.effective,
    )
    assert [(a.no, "".join(a.text.split())) for a in read.articles] == [
        (a.no, "".join(a.text.split())) for a in from_text.articles
    ]
    assert [article.page for article in read.articles] == [1, 1, 2, 3, 3, 3]
    folder = tmp_path / "data" / "rulebooks" / "toy-sample-measures"
    assert (folder / "2015-05-01.pdf").read_bytes() == source.read_bytes()
    [book] = load_rulebooks(tmp_path / "data")
    joined = join(CORPUS, [book], TODAY).policies[0].article("第三条@2015-05-01")
    assert joined is not None
    assert joined.text_page == 2
    assert book.original == "rulebooks/toy-sample-measures/2015-05-01.pdf"
    assert harvest(source, tmp_path / "data", CORPUS)[0].outcome == "unchanged"


def test_a_scanned_page_is_on_record_and_what_may_go_on_there_is_left_out(tmp_path: Path) -> None:
    source = write(tmp_path / "rules.pdf", paged(scans=(2,)))

    [done] = harvest(source, tmp_path / "data", CORPUS)

    assert [article.no for article in done.text.articles] == [
        "第一条",
        "第二条",
        "第四条",
        "第五条",
        "第六条",
    ]
    assert any("page 2: scanned" in line for line in report([done]))
    [line] = records(tmp_path / "data" / "rulebooks")
    assert (line["file"], "page 2: scanned" in line["reason"]) == ("rules.pdf", True)
    joined = join(CORPUS, load_rulebooks(tmp_path / "data"), TODAY).policies[0]
    assert (joined.coverage, joined.last_article) == ("key", None)


def test_a_refused_file_leaves_a_record_and_no_rule_book(tmp_path: Path) -> None:
    with pytest.raises(DocumentRefused, match="page 1: scanned"):
        harvest(write(tmp_path / "rules.pdf", pdf([[]], scans=(1,))), tmp_path / "data", CORPUS)

    assert [path.name for path in (tmp_path / "data" / "rulebooks").iterdir()] == ["quarantine.jsonl"]
    with pytest.raises(DocumentRefused):
        harvest(tmp_path / "rules.pdf", tmp_path / "dry", CORPUS, dry_run=True)
    assert not (tmp_path / "dry").exists()


def test_a_word_file_takes_what_its_text_does_not_say_from_a_file_beside_it(tmp_path: Path) -> None:
    body = "".join(p(line) for line in ["第一条 甲。", "第二条 乙。"])
    source = write(tmp_path / "rules.docx", docx(body))
    with pytest.raises(RulebookInvalid, match="is a title"):
        harvest(source, tmp_path / "data", CORPUS)
    write(tmp_path / "rules.docx.yaml", "title: 玩具借用规则\nissued: 2020-01-01\n")

    [done] = harvest(source, tmp_path / "data", CORPUS)

    assert (done.policy_id, done.text.issued) == ("rulebook:wan-ju-jie-yong-gui-ze", "2020-01-01")


def test_a_side_file_with_a_wrong_field_is_named_with_its_line(tmp_path: Path) -> None:
    source = write(tmp_path / "rules.html", "<h1>玩具借用规则</h1><p>第一条 甲。</p>")
    write(tmp_path / "rules.html.yaml", "title: 玩具借用规则\nissued: yesterday\n")

    with pytest.raises(
        RulebookInvalid, match=r"rules\.html\.yaml, line 2, issued: 'yesterday' cannot be taken"
    ):
        harvest(source, tmp_path / "data", CORPUS)


def test_a_guide_becomes_a_document_of_sections(tmp_path: Path) -> None:
    [done] = harvest(write(tmp_path / "guide.html", GUIDE), tmp_path / "data", CORPUS)

    assert [(a.no, a.anchor, a.chapter, a.text) for a in done.text.articles] == [
        ("序言", "preamble-1", None, "本指南供借用人使用。"),
        ("一、谁可以借", "section-1", None, "凡登记者可以借用。"),
        ("时间", "section-2", "二、怎样归还", "三十日内归还。"),
        ("地点", "section-3", "二、怎样归还", "送回原馆。"),
    ]
    assert "玩具借用指南: 3 sections" in next(report([done]))
    [policy] = [
        one for one in join(CORPUS, load_rulebooks(tmp_path / "data"), TODAY).policies if one.id != RULES.id
    ]
    assert [article.anchor for article in policy.articles] == [
        "preamble-1",
        "section-1",
        "section-2",
        "section-3",
    ]
    found = policy.article("section-2")
    assert found is not None
    assert found.text == "三十日内归还。"


def test_a_notice_in_front_gives_number_issuer_and_day_but_not_the_title(tmp_path: Path) -> None:
    lines = [
        "#玩具部文件",
        ">玩具发〔2024〕12号",
        "#玩具部关于印发《玩具共享办法》的通知",
        "各有关单位：",
        ">现将《玩具共享办法》印发给你们。",
    ]
    signed = [("玩具部", 500.0, 560.0, 12.0), ("2024年3月5日", 440.0, 540.0, 12.0)]
    rules = ["#玩具共享办法", ">第一条 甲。", ">第二条 本办法自2024年5月1日起施行。"]
    source = write(tmp_path / "rules.pdf", pdf([[*page(lines), *signed], page(rules)]))

    [done] = harvest(source, tmp_path / "data", CORPUS)

    text = done.text
    assert (text.title, text.doc_number, text.issuing_body) == (
        "玩具共享办法",
        "玩具发〔2024〕12号",
        "玩具部",
    )
    assert (text.issued, text.effective) == ("2024-03-05", "2024-05-01")
    assert [article.page for article in text.articles] == [2, 2]


def test_a_page_without_articles_or_headings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RulebookInvalid, match="this is no statute, regulation or guide"):
        harvest(
            write(tmp_path / "news.html", "<h1>新闻</h1><p>玩具馆今天开放。</p>"), tmp_path / "data", CORPUS
        )


@pytest.mark.parametrize("encoding", ["utf-16", "gb18030", "utf-8-sig"])
def test_text_in_any_encoding_of_the_country_is_read(tmp_path: Path, encoding: str) -> None:
    [done] = harvest(write(tmp_path / "rules.txt", FIRST.encode(encoding)), tmp_path / "data", CORPUS)

    assert len(done.text.articles) == 6
