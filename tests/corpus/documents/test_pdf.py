"""A PDF becomes the paragraphs it was written as, with their pages; what cannot be read is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.documents.errors import DocumentRefused
from corpus.documents.joining import Row, mended
from corpus.documents.reading import left_out, read_document
from corpus.documents.records import Extracted
from tests.corpus.documents.samples import Line, page, pdf

FULL = "玩具样本的收藏和借用应当遵守本办法的各项规定并且接受玩具馆的监督检查以及社会各方"
"""A line that reaches the right edge: 40 characters from 60 to 540 points."""


def read(tmp_path: Path, data: bytes, name: str = "rules.pdf") -> Extracted:
    file = tmp_path / name
    file.write_bytes(data)
    return read_document(file)


def texts(document: Extracted) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs]


def test_lines_are_joined_and_labels_begin_a_paragraph(tmp_path: Path) -> None:
    lines = [
        "#玩具样本管理办法",
        f">{FULL[:38]}",
        "面的监督。",
        ">第二条 借用玩具样本，应当提交：",
        ">（一）申请；",
        ">（二）说明。",
    ]

    document = read(tmp_path, pdf([page(lines)]))

    assert texts(document) == [
        "玩具样本管理办法", f"{FULL[:38]}面的监督。", "第二条 借用玩具样本，应当提交：",
        "（一）申请；", "（二）说明。",
    ]  # fmt: skip
    assert document.paragraphs[0].level == 1


def test_a_reference_at_the_start_of_a_line_does_not_begin_an_article(tmp_path: Path) -> None:
    lines = [f">第一条 {FULL[:32]}依照", "第三条办理的除外。", f">第二条 {FULL[:30]}"]

    document = read(tmp_path, pdf([page(lines)]))

    assert texts(document)[0].endswith("依照第三条办理的除外。")
    assert len(document.paragraphs) == 2


def test_lines_of_two_columns_are_joined_within_their_column(tmp_path: Path) -> None:
    text = "为了管好本市各类玩具样本的采集保藏和共享使用并且方便公众依照规则查阅和借用"
    rules = [f"第{number}条 {text[at:]}{text[:at]}。" for at, number in enumerate("一二三四五六")]

    def column(left: float, articles: list[str]) -> list[Line]:
        rows = [(row, at) for one in articles for at, row in enumerate([one[:16], one[16:34], one[34:]])]
        return [(row, left + (0 if at else 24), 700 - 20 * place, 12) for place, (row, at) in enumerate(rows)]

    lines = [("玩具样本管理办法", 200, 760, 20), *column(40, rules[:3]), *column(310, rules[3:])]

    assert texts(read(tmp_path, pdf([lines]))) == ["玩具样本管理办法", *rules]


def test_words_that_a_file_gives_letter_by_letter_are_whole():
    def piece(text: str, left: float, bottom: float, size: float) -> Row:
        return Row(text, left, left + 11 * len(text), bottom, size, page=1)

    # A dash of a letter has a box of its own height; a new cell or line begins elsewhere.
    pieces = [piece("附", 60, 700, 11), piece("表", 71, 700, 11), piece("一", 82.5, 705.7, 1.3)]
    pieces += [piece("木", 60, 660, 11), piece("制", 71, 660.5, 10), piece("十元", 300, 660, 11)]
    pieces += [piece("plain", 60, 640, 11), piece("wood", 118, 640, 11)]

    assert [row.text for row in mended(pieces)] == ["附表一", "木制", "十元", "plain wood"]
    assert mended(pieces)[0].size == 11


def test_radicals_become_the_characters_meant(tmp_path: Path) -> None:
    lines = [">第一条 人民的日子长，风见门，马走了。"]
    radicals = {
        "人": "\u2f08",
        "民": "\u2ea0",
        "长": "\u2ed3",
        "风": "\u2edb",
        "见": "\u2ec5",
        "门": "\u2ed4",
        "马": "\u2ee2",
    }

    document = read(tmp_path, pdf([page(lines)], shown_as=radicals))

    assert texts(document) == ["第一条 人民的日子长，风见门，马走了。"]


def test_heads_feet_and_page_numbers_are_dropped_and_a_paragraph_goes_on_over_the_page(
    tmp_path: Path,
) -> None:
    def framed(number: int, lines: list[str]) -> list[Line]:
        return [("玩具法规汇编", 200, 805, 9), *page(lines), (f"第 {number} 页", 280, 30, 9)]

    pages = [
        framed(1, [">第一条 为了管好玩具样本。", f">第二条 {FULL[:34]}"]),
        framed(2, ["并照价赔偿。", ">第三条 完。"]),
    ]

    document = read(tmp_path, pdf(pages))

    assert texts(document) == ["第一条 为了管好玩具样本。", f"第二条 {FULL[:34]}并照价赔偿。", "第三条 完。"]
    assert [one.page for one in document.paragraphs] == [1, 1, 2]
    assert document.text().splitlines()[-1].endswith("第三条 完。")
    assert document.text().count("\f") == 1


def test_a_scanned_page_is_left_out_and_named(tmp_path: Path) -> None:
    data = pdf([page([">第一条 甲。"]), [], page([">第二条 乙。"])], scans=[2])

    document = read(tmp_path, data)

    assert texts(document) == ["第一条 甲。", "第二条 乙。"]
    assert [one.page for one in document.quarantined] == [2]
    [sentence] = left_out(tmp_path / "rules.pdf", document)
    assert sentence.startswith(f"{tmp_path}/rules.pdf, page 2: scanned")
    assert "<!-- page 2 is not here" in document.text()


@pytest.mark.parametrize("code", [0xE000, 0x9F00])
def test_a_page_of_another_font_s_characters_is_left_out(tmp_path: Path, code: int) -> None:
    lines = [FULL[:40], FULL[::-1]]
    garbled = {char: chr(code + number) for number, char in enumerate(sorted(set(FULL)))}
    sound = pdf([page([">第一条 甲。"])])
    assert texts(read(tmp_path, sound)) == ["第一条 甲。"]

    with pytest.raises(DocumentRefused, match=r"page 1: garbled"):
        read(tmp_path, pdf([page(lines)], shown_as=garbled))


def test_an_empty_page_is_no_fault(tmp_path: Path) -> None:
    document = read(tmp_path, pdf([page([">第一条 甲。"]), [], page([">第二条 乙。"])]))

    assert document.quarantined == ()
    assert [one.page for one in document.paragraphs] == [1, 3]


@pytest.mark.parametrize("cut", [20, 400])
def test_a_file_cut_short_is_refused_with_one_sentence(tmp_path: Path, cut: int) -> None:
    data = pdf([page([">第一条 甲。"])])[:cut]

    with pytest.raises(DocumentRefused) as refused:
        read(tmp_path, data)

    assert len(refused.value.complaints) == 1
    assert str(tmp_path) in refused.value.complaints[0]
