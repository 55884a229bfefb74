"""Word files keep their tables, notes and the numbers that Word makes; bad ones end with a sentence."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest

from corpus.documents.doc import _text
from corpus.documents.errors import DocumentRefused
from corpus.documents.numbering import counted, numeral
from corpus.documents.reading import Limits, read_document
from corpus.documents.records import Extracted
from tests.corpus.documents.samples import STRICT, docx, p

LIST = (
    '<w:abstractNum w:abstractNumId="7">'
    '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/>'
    '<w:lvlText w:val="第%1条"/><w:suff w:val="space"/></w:lvl>'
    '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/>'
    '<w:lvlText w:val="（%2）"/><w:suff w:val="nothing"/></w:lvl></w:abstractNum>'
    '<w:num w:numId="3"><w:abstractNumId w:val="7"/></w:num>'
)
ARTICLE = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="3"/></w:numPr>'
ITEM = '<w:numPr><w:ilvl w:val="1"/><w:numId w:val="3"/></w:numPr>'


def read(tmp_path: Path, data: bytes, name: str = "rules.docx") -> Extracted:
    file = tmp_path / name
    file.write_bytes(data)
    return read_document(file)


def texts(document: Extracted) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs]


def test_numbers_of_word_lists_come_back_and_deeper_ones_start_anew(tmp_path: Path) -> None:
    body = (
        p("甲。", ARTICLE)
        + p("乙：", ARTICLE)
        + p("丙；", ITEM)
        + p("丁。", ITEM)
        + p("戊：", ARTICLE)
        + p("己。", ITEM)
    )

    document = read(tmp_path, docx(body, numbering=LIST))

    assert texts(document) == [
        "第一条 甲。",
        "第二条 乙：",
        "（一）丙；",
        "（二）丁。",
        "第三条 戊：",
        "（一）己。",
    ]


def test_a_style_can_carry_the_list_and_the_level_of_a_heading(tmp_path: Path) -> None:
    styles = (
        f'<w:style w:styleId="T"><w:pPr>{ARTICLE}</w:pPr></w:style>'
        '<w:style w:styleId="TT"><w:basedOn w:val="T"/></w:style>'
        '<w:style w:styleId="H"><w:name w:val="heading 1"/></w:style>'
    )
    body = p("玩具样本管理办法", '<w:pStyle w:val="H"/>') + p("甲。", '<w:pStyle w:val="TT"/>')

    document = read(tmp_path, docx(body, numbering=LIST, styles=styles))

    assert document.text() == "# 玩具样本管理办法\n第一条 甲。\n"


@pytest.mark.parametrize(
    ("number", "text"),
    [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (105, "一百零五"), (1010, "一千零一十")],
)
def test_chinese_numerals(number: int, text: str) -> None:
    assert counted(number) == text


def test_other_numerals() -> None:
    assert [numeral(4, "upperRoman"), numeral(28, "lowerLetter"), numeral(3, "decimalEnclosedCircle")] == [
        "IV",
        "bb",
        "③",
    ]
    assert numeral(7, "hebrew1") == "7"


def test_a_table_stays_in_its_place_and_a_table_of_articles_is_no_table(tmp_path: Path) -> None:
    def table(*rows: tuple[str, ...]) -> str:
        cells = ("".join(f"<w:tc>{p(cell)}</w:tc>" for cell in row) for row in rows)
        return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"

    body = (
        p("附件1：收费表")
        + table(("项目", "元"), ("借用", "20"))
        + p("完。")
        + table(("第一条 甲。", "第二条 乙。"))
    )

    document = read(tmp_path, docx(body))

    assert texts(document) == [
        "附件1：收费表",
        "| 项目 | 元 |",
        "| 借用 | 20 |",
        "完。",
        "第一条 甲。",
        "第二条 乙。",
    ]


def test_deleted_text_stays_deleted_and_notes_follow_their_paragraph(tmp_path: Path) -> None:
    body = (
        "<w:p><w:r><w:t>应当</w:t></w:r><w:del><w:r><w:delText>不</w:delText></w:r></w:del>"
        '<w:ins><w:r><w:t>归还</w:t></w:r></w:ins><w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
    )
    notes = f'<w:footnote w:id="2">{p("自借出之日起。")}</w:footnote>'

    assert texts(read(tmp_path, docx(body, footnotes=notes))) == ["应当归还", "注1：自借出之日起。"]


def test_strict_files_and_drawn_page_breaks_are_read(tmp_path: Path) -> None:
    body = p("甲。") + "<w:p><w:r><w:lastRenderedPageBreak/><w:t>乙。</w:t></w:r></w:p>"

    document = read(tmp_path, docx(body, namespace=STRICT))

    assert [(one.text, one.page) for one in document.paragraphs] == [("甲。", 1), ("乙。", 2)]


def test_a_text_box_is_read_once(tmp_path: Path) -> None:
    box = f"<w:txbxContent>{p('盒中字。')}</w:txbxContent>"
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    body = (
        f"<w:p><w:r><mc:AlternateContent {mc}><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>"
    )

    assert texts(read(tmp_path, docx(body))) == ["盒中字。"]


def test_entities_are_not_expanded_and_outer_files_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr(
            "word/document.xml",
            f'<!DOCTYPE d [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
            '<w:document xmlns:w="urn:x"><w:body><w:p><w:r><w:t>甲&x;</w:t></w:r></w:p></w:body>'
            "</w:document>",
        )

    assert "SECRET" not in read(tmp_path, out.getvalue()).text()


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("word/document.xml", b" " * 40_000_000)

    with pytest.raises(
        DocumentRefused, match=r"rules\.docx: holds a part \(word/document\.xml\) that unpacks to"
    ):
        read(tmp_path, out.getvalue())


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.docx", docx(p("甲"))[:200], "damaged or cut short"),
        ("a.pdf", b"\x89PNG\r\n", "is a picture"),
        ("a.docx", b"", "is empty"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "damaged"),
        ("a.doc", b"plain words", "is named .doc but is none"),
        ("a.html", b"<html><body></body></html>", "holds no text"),
    ],
)
def test_what_is_no_document_is_refused_in_one_sentence(
    tmp_path: Path, name: str, data: bytes, reason: str
) -> None:
    with pytest.raises(DocumentRefused, match=reason) as refused:
        read(tmp_path, data, name)

    [sentence] = refused.value.complaints
    assert sentence.startswith(f"{tmp_path / name}: ")
    assert sentence.endswith(".")


def test_a_file_that_takes_too_much_ends_its_own_process_only(tmp_path: Path) -> None:
    file = tmp_path / "large.html"
    file.write_bytes(b"<p>" + b"<b>x</b>" * 2_000_000)

    with pytest.raises(DocumentRefused, match=r"takes longer than|needs more than|broke its reader"):
        read_document(file, Limits(seconds=5, cpu_s=1, memory=200_000_000))


def test_pieces_of_an_old_word_file_come_in_order() -> None:
    main = bytearray(2048)
    struct.pack_into("<HH", main, 0, 0xA5EC, 0xC1)
    struct.pack_into("<H", main, 0x0A, 0x0200)
    first, second = "第一条 ".encode("utf-16-le"), b"toys.\r"
    main[1024 : 1024 + len(first)] = first
    main[1200 : 1200 + len(second)] = second
    pieces = struct.pack("<III", 0, 4, 10) + struct.pack("<HIH", 0, 1024, 0)
    pieces += struct.pack("<HIH", 0, 0x40000000 | 2400, 0)
    table = b"\x01" + struct.pack("<H", 3) + b"abc" + b"\x02" + struct.pack("<I", len(pieces)) + pieces
    struct.pack_into("<I", main, 0x4C, 10)
    struct.pack_into("<II", main, 0x01A2, 0, len(table))

    assert _text(bytes(main), {"1Table": table}) == "第一条 toys.\r"


def test_an_old_word_file_goes_through_libreoffice_where_there_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = tmp_path / "made.docx"
    made.write_bytes(docx(p("甲。", ARTICLE), numbering=LIST))
    programs = tmp_path / "bin"
    programs.mkdir()
    program = programs / "soffice"
    # Called as LibreOffice is: … --convert-to docx --outdir FOLDER FOLDER/in.doc
    program.write_text(f'#!/bin/sh\nfor last; do :; done\ncp {made} "${{last%.doc}}.docx"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(programs))
    file = tmp_path / "rules.doc"
    file.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)

    assert texts(read_document(file)) == ["第一条 甲。"]


def test_without_a_result_of_libreoffice_the_file_is_read_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "soffice"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(DocumentRefused, match=r"rules\.doc: is damaged"):
        read(tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "rules.doc")
