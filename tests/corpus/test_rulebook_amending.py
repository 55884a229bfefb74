"""A decision that amends is told on the articles it changes; texts as recognition and web pages have them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from corpus.documents.html import read_html
from corpus.documents.margins import without_feet
from corpus.documents.plausibility import fault
from corpus.loaders import corpus_digest
from corpus.records import Corpus, Policy
from corpus.rights import PUBLIC
from corpus.rulebooks.joining import join
from corpus.rulebooks.parser import parse
from corpus.rulebooks.records import FullText
from corpus.rulebooks.shelf import Rulebook
from corpus.rulebooks.sources import read_submitted
from corpus.seen import seen_by

MEASURES = """某市积木样品管理办法

（2024年5月20日某市积木局公布）

第一条　采集积木样品应当取得所有者同意。

第二条　保藏单位应当登记。

第三条　本办法由市积木局解释。

第四条　本办法自2024年7月1日起施行，有效期5年。
"""
DECISION = """某市积木局关于修改《某市积木样品管理办法》的决定

（2025年8月1日某市积木局令第12号公布　自2025年9月1日起施行）

某市积木局决定对《某市积木样品管理办法》作如下修改：

一、将第一条修改为：“第一条　采集积木样品应当取得书面同意，依照第二条登记。”

二、增加一条，作为第二条之一：“第二条之一　不予登记的，可以投诉。”

三、删去第三条。

四、将第四条中的“有效期5年”修改为“有效期10年”。
"""


def text_of(words: str) -> FullText:
    return parse(words.encode(), origin="toy.md")


def corpus_of(*texts: FullText, today: date = date(2026, 11, 30)) -> Corpus:
    books = [
        Rulebook(policy_id=f"toy-{number}", source=f"toy-{number}.md", text=text)
        for number, text in enumerate(texts)
    ]
    return join(Corpus(digest=corpus_digest([])), books, today)


def joined(*texts: FullText) -> dict[str, Policy]:
    return {policy.title.zh: policy for policy in corpus_of(*texts).policies}


def test_each_item_of_a_decision_is_told_on_the_article_it_changes():
    measures = joined(text_of(MEASURES), text_of(DECISION))["某市积木样品管理办法"]
    notes = {one.no: one.changes[0].told.zh for one in measures.articles if one.changes}

    assert set(notes) == {"第一条", "第二条", "第三条", "第四条"}
    for no, words in (
        ("第一条", "应当取得书面同意"),
        ("第二条", "作为第二条之一"),
        ("第三条", "删去第三条"),
        ("第四条", "有效期10年"),
    ):
        assert words in notes[no]
        assert "关于修改《某市积木样品管理办法》的决定》（2025-08-01）" in notes[no]
        assert "自2025-09-01起" in notes[no]
    assert any("2025-09-01" in one.text.zh for one in measures.notes)
    assert measures.articles[0].text == "采集积木样品应当取得所有者同意。"  # as it is stored


def test_who_may_not_see_a_decision_sees_nothing_of_what_it_changes():
    corpus = corpus_of(text_of(MEASURES), text_of(DECISION))
    hidden = [
        one.model_copy(update={"visibility": "staff"}) if "决定" in one.title.zh else one
        for one in corpus.policies
    ]
    seen = seen_by(corpus.model_copy(update={"policies": tuple(hidden)}), {PUBLIC})

    assert [one.title.zh for one in seen.policies] == ["某市积木样品管理办法"]
    assert "决定" not in seen.policies[0].model_dump_json()


def test_a_text_that_is_newer_than_the_decision_has_it_in_its_words():
    newer = MEASURES.replace("有效期5年", "有效期10年").replace(
        "（2024年5月20日某市积木局公布）",
        "（2024年5月20日某市积木局公布　根据2025年8月1日某市积木局令第12号修正　自2025年9月1日起施行）",
    )
    measures = joined(text_of(newer), text_of(DECISION))["某市积木样品管理办法"]

    assert not any(one.changes for one in measures.articles)


def test_words_replaced_throughout_are_told_on_each_article_that_holds_them():
    words = (
        DECISION.split("一、")[0]
        + "一、将“积木局”统一修改为“玩具局”。\n\n二、第二条中的“登记”修改为“备案”。\n"
    )
    target = joined(text_of(MEASURES), text_of(words))["某市积木样品管理办法"]

    assert [one.anchor for one in target.articles if one.changes] == ["art-2", "art-3"]
    assert "统一修改为" in target.articles[2].changes[0].told.zh


def test_page_numbers_and_running_heads_among_the_lines_are_left_out(tmp_path: Path):
    lines = MEASURES.replace("\n\n", "\n").splitlines()
    torn = [*lines[:3], "第二条　保藏单位应", "— 1 —", lines[0], "当登记。", *lines[4:], "- 2 -"]
    path = tmp_path / "recognised.txt"
    path.write_text("\n".join(torn), encoding="utf-8")

    one = read_submitted(path)[0]

    found = parse(one.data, one.given, origin=one.origin)
    assert [article.text for article in found.articles] == [a.text for a in text_of(MEASURES).articles]
    assert one.original == path.read_bytes() and "pages" in one.notes[0]


def test_numbers_of_items_are_no_page_numbers():
    assert without_feet("第一条　分为：\n1\n2\n3") is None
    assert without_feet("一\n— 7 —\n二\n— 3 —") is None


def test_a_notice_by_several_offices_gives_all_of_them():
    notice = "积木局 玩具局关于印发《某市积木样品管理办法》的通知\n\n各单位：\n\n现印发给你们。\n\n"
    notice += "积木局　玩具局\n2024年5月20日\n\n"
    measures = MEASURES.replace("（2024年5月20日某市积木局公布）\n\n", "")

    assert text_of(notice + measures).issuing_body == "积木局、玩具局"


def test_labels_as_text_recognition_writes_them():
    words = MEASURES.replace("第一条", "第 一 条").replace("第二条", "第２条").replace("第三条", "第 ３ 条")

    assert [one.anchor for one in text_of(words).articles] == ["art-1", "art-2", "art-3", "art-4"]


def test_a_page_with_one_character_a_line_is_no_text():
    assert "one character" in (fault("\n".join("保藏单位应当登记样品并报送清单" * 4)) or "")


def test_questions_of_a_help_page_have_each_their_own_answer():
    page = (
        "<html><body><h1>积木样品平台常见问题</h1><p>发布时间：2025-02-03　浏览次数：10</p>"
        "<h3>1. 如何注册？</h3><div>填写工号。</div><h3>2. 收费吗？</h3><div>免费。</div>"
        "<dl><dt>问：忘记密码怎么办？</dt><dd>答：点“找回密码”。</dd></dl>"
        "<p><b>问：可以代办吗？</b></p><p>答：不可以。</p><p>Q5. 可以外借吗？</p><p>A5. 可以。</p>"
        "<p><strong>6. 周末</strong><strong>开放吗？</strong></p><p>不开放。</p></body></html>"
    )
    found = parse(read_html(page.encode()).text().encode(), origin="toy.html")

    assert [(one.no, one.text) for one in found.articles] == [
        ("1. 如何注册？", "填写工号。"),
        ("2. 收费吗？", "免费。"),
        ("忘记密码怎么办？", "点“找回密码”。"),
        ("可以代办吗？", "不可以。"),
        ("可以外借吗？", "可以。"),
        ("6. 周末开放吗？", "不开放。"),
    ]
    assert found.issued == "2025-02-03"
