"""Web pages and texts in their encodings; menus and scripts are no text."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.documents.errors import DocumentRefused
from corpus.documents.plausibility import fault
from corpus.documents.radicals import settled
from corpus.documents.reading import read_document
from corpus.documents.records import Extracted

PAGE = """<!DOCTYPE html><html><head><meta charset="{charset}"><title>玩具样本管理办法_玩具局</title>
<meta name="ArticleTitle" content="玩具样本管理办法"><script>var x = "第九条";</script></head><body>
<div class="nav"><a href="/">首页</a><a href="/a">政策</a></div>
<div id="content"><div class="TRS_Editor"><p style="text-align:center">第一章 总则</p>
<p>第一条　为了管好<b>玩具</b>样本，
制定本办法。<br>　　第二款在此。</p><ul><li>（一）甲；</li><li>（二）乙。</li></ul>
<table><tr><th>项目</th><th>元</th></tr><tr><td>借用</td><td>20</td></tr></table></div></div>
<div class="footer">版权所有 玩具局 <a href="/b">联系我们</a></div></body></html>"""


def read(tmp_path: Path, data: bytes) -> Extracted:
    file = tmp_path / "page.html"
    file.write_bytes(data)
    return read_document(file)


@pytest.mark.parametrize("charset", ["utf-8", "gb2312", "utf-16"])
def test_the_main_part_of_a_page_is_its_text(tmp_path: Path, charset: str) -> None:
    encoding = {"gb2312": "gb18030"}.get(charset, charset)

    document = read(tmp_path, PAGE.format(charset=charset).encode(encoding))

    assert document.text().splitlines() == [
        "# 玩具样本管理办法",
        "第一章 总则",
        "第一条 为了管好玩具样本，制定本办法。",
        "第二款在此。",
        "（一）甲；",
        "（二）乙。",
        "| 项目 | 元 |",
        "| 借用 | 20 |",
    ]


def test_headings_keep_their_depth_and_the_page_its_title(tmp_path: Path) -> None:
    html = "<main><h1>玩具借用指南</h1><h2>一步</h2><p>先登记。</p><h3>两步</h3><p>再领取。</p></main>"

    assert read(tmp_path, html.encode()).text() == "# 玩具借用指南\n## 一步\n先登记。\n### 两步\n再领取。\n"


def test_a_page_in_a_wrong_encoding_is_refused(tmp_path: Path) -> None:
    words = "玩具样本的收藏和借用应当遵守本办法的各项规定并且接受监督检查" * 3

    with pytest.raises(DocumentRefused, match="garbled"):
        read(tmp_path, f"<p>{words}</p>".encode().decode("latin-1").encode())


def test_bytes_of_no_encoding_are_told_so(tmp_path: Path) -> None:
    with pytest.raises(DocumentRefused, match="is neither UTF-8, UTF-16 nor GB 18030"):
        read(tmp_path, "<p>第一条 甲</p>".encode() + b"\xff\xff")


def test_deep_nesting_is_read_or_refused_but_does_not_break_anything(tmp_path: Path) -> None:
    data = b"<div>" * 50_000 + "第一条 甲。".encode() + b"</div>" * 50_000
    try:
        assert "第一条 甲。" in read(tmp_path, data).text()
    except DocumentRefused as refused:
        assert len(refused.complaints) == 1


def test_sound_texts_are_plausible_and_mixed_up_ones_are_not() -> None:
    rule = (
        "为了规范玩具样本的收藏和借用，保障社会各方的合法权益，根据有关法律，结合本市实际情况，制定本办法。"
    )
    english = "The applicant shall submit the form within thirty days of the decision of the museum."

    assert fault(rule) is None
    assert fault(english) is None
    assert (
        fault("これは日本語の文章です。標本の利用には申請が必要であり、博物館の許可を受けなければならない。")
        is None
    )
    assert fault("مرحبا بكم في المتحف الوطني للألعاب حيث يمكنكم استعارة العينات") is None
    assert fault("".join(chr(0x8000 + number * 61) for number in range(60))) is not None
    assert fault(rule.encode().decode("cp1252", "ignore")) is not None
    assert fault("\ue001" * 3 + "".join(chr(0xE000 + number) for number in range(60))) is not None


def test_full_width_marks_stay_and_ligatures_go() -> None:
    assert settled("（一）\ufb01nal：⼈⺠\ufeff；\u00ad") == "（一）final：人民；"
