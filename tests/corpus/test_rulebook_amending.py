"""A decision that amends is told on the articles it changes; texts as recognition and web pages have them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from corpus.documents.html import read_html
from corpus.documents.margins import without_feet
from corpus.documents.plausibility import fault
from corpus.loaders import corpus_digest
from corpus.records import Article, Corpus, Policy, Text
from corpus.rights import PUBLIC
from corpus.rulebooks.joining import join
from corpus.rulebooks.parser import parse
from corpus.rulebooks.records import FullText, Given
from corpus.rulebooks.shelf import Rulebook
from corpus.rulebooks.sources import read_submitted
from corpus.seen import seen_by
from corpus.versions import version_on

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


def words_of(policy: Policy) -> dict[str, str | None]:
    return {one.no: one.text for one in policy.articles}


def test_a_decision_makes_a_dated_version_and_is_told_on_each_article_that_it_changes():
    measures = joined(text_of(MEASURES), text_of(DECISION))["某市积木样品管理办法"]

    assert words_of(measures) == {
        "第一条": "采集积木样品应当取得书面同意，依照第二条登记。",
        "第二条": "保藏单位应当登记。",
        "第二条之一": "不予登记的，可以投诉。",
        "第三条": "（本条已删去）",
        "第四条": "本办法自2024年7月1日起施行，有效期10年。",
    }
    old, new = measures.versions
    assert (old.until, old.status, old.composed) == ("2025-09-01", "superseded", ())
    assert (new.version, new.effective, measures.current) == ("2025-09-01",) * 3
    assert len(new.composed) == 4 and version_on(measures, date(2025, 8, 31)) is old
    notes = {one.no: one.changes[0].told.zh for one in measures.articles if one.changes}
    assert set(notes) == {"第一条", "第二条之一", "第三条", "第四条"}
    for told in notes.values():
        assert "关于修改《某市积木样品管理办法》的决定》（2025-08-01）" in told
        assert "自2025-09-01起修改，所示为修改后的文本" in told
    assert any("合成" in one.text.zh for one in measures.notes)


def test_before_the_day_of_the_decision_the_words_stay_and_the_change_is_announced():
    corpus = corpus_of(text_of(MEASURES), text_of(DECISION), today=date(2025, 8, 20))
    measures = next(one for one in corpus.policies if "决定" not in one.title.zh)

    assert measures.current == "2024-07-01" and measures.versions[-1:] == measures.versions
    assert measures.articles[0].text == "采集积木样品应当取得所有者同意。"
    assert "自2025-09-01起修改本条" in measures.articles[0].changes[0].told.zh


def test_an_item_in_no_known_form_stays_a_note_and_the_others_are_worked_in():
    words = DECISION.replace("三、删去第三条。", "三、第三条所称积木局，应理解为玩具局。")
    measures = joined(text_of(MEASURES), text_of(words))["某市积木样品管理办法"]

    assert words_of(measures)["第三条"] == "本办法由市积木局解释。"
    assert "起修改本条：第三条所称积木局" in measures.article("第三条").changes[0].told.zh  # type: ignore[union-attr]
    assert "有效期10年" in (words_of(measures)["第四条"] or "")
    assert any("未能合入" in one.text.zh for one in measures.notes)


LAST = "\n\n二、本决定自公布之日起施行。\n"
LONGER = """某市积木样品管理办法

（2024年5月20日某市积木局公布　自2024年7月1日起施行）

第一章　总则

第一条　采集积木样品应当取得所有者同意。

保藏单位应当说明用途：

（一）研究；

（二）展览。

第二条　保藏单位应当登记。

第二章　附则

第三条　本办法由市积木局解释。

第四条　本办法自2024年7月1日起施行。
"""


@pytest.mark.parametrize(
    ("items", "wanted"),
    [
        (  # one goes, one comes, all are counted anew
            "一、删去第二条。\n\n二、增加一条，作为第三条：“第三条　可以投诉。”\n\n"
            "三、对条文序号作相应调整。",
            [
                ("第一条", None),
                ("第二条", "本办法由市积木局解释。"),
                ("第三条", "可以投诉。"),
                ("第四条", None),
            ],
        ),
        (
            "一、将第三条改为第四条，第四条改为第五条。\n\n二、增加一条，作为第三条：“第三条　可以投诉。”",
            [("第三条", "可以投诉。"), ("第四条", "本办法由市积木局解释。"), ("第五条", None)],
        ),
        (
            "一、第一条第二款修改为：“说明用途和期限。”\n\n二、第二条增加一款，作为第二款：“登记应当公开。”",
            [
                ("第一条", "采集积木样品应当取得所有者同意。\n说明用途和期限。"),
                ("第二条", "保藏单位应当登记。\n登记应当公开。"),
            ],
        ),
        (
            "一、将第一条第二款第（二）项修改为：“（二）教学。”\n\n二、删去第一条第一款中的“所有者”。",
            [],  # the paragraphs of a changed article are not those that are held: a note
        ),
        (
            "一、将“积木局”统一修改为“玩具局”，将第二条中的“登记”修改为“备案”。\n\n二、本决定自公布之日起施行。",
            [("第二条", "保藏单位应当备案。"), ("第三条", "本办法由市玩具局解释。")],
        ),
    ],
)
def test_the_forms_of_drafting_are_worked_in(items: str, wanted: list[tuple[str, str | None]]):
    head = DECISION.split("一、")[0]
    measures = joined(text_of(LONGER), text_of(head + items + "\n"))["某市积木样品管理办法"]
    words = words_of(measures)

    assert len(measures.versions) == 2
    for no, text in wanted:
        assert no in words and text in (None, words[no])
    before = {one.no: one.text for one in measures.versions[0].articles}
    moved = len(before) != len(words) or "序号" in items
    assert moved or all(one.changes for one in measures.articles if one.text != before[one.no])
    if not wanted:
        assert "（二）教学。" in (words["第一条"] or "") and "未能合入" in measures.notes[-1].text.zh


@pytest.mark.parametrize(
    "items",
    [
        "一、删去第九条。",  # it has none
        "一、增加一条，作为第二条：“第二条　可以投诉。”",  # two would be 第二条
        "一、将第二条中的“备案”修改为“登记”。",  # it has no such words
        "一、删去第二条，第三条另作规定，条文序号作相应调整。",  # not all of it is read
        "一、增加一条，作为第七条：“第七条　可以投诉。”",  # behind a gap
    ],
)
def test_what_does_not_fit_the_text_makes_no_version(items: str):
    head = DECISION.split("一、")[0]
    measures = joined(text_of(LONGER), text_of(head + items + LAST))["某市积木样品管理办法"]

    assert len(measures.versions) == 1
    assert words_of(measures)["第二条"] == "保藏单位应当登记。"


def test_a_second_decision_starts_from_what_the_first_made():
    head = DECISION.split("一、")[0]
    first = text_of(head + "一、将第二条中的“登记”修改为“备案”。" + LAST)
    later = head.replace("2025", "2026").replace("第12号", "第15号")
    second = text_of(later + "一、将第二条中的“备案”修改为“公示”。" + LAST)
    measures = joined(text_of(LONGER), second, first)["某市积木样品管理办法"]

    assert [one.version for one in measures.versions] == ["2024-07-01", "2025-09-01", "2026-09-01"]
    assert words_of(measures)["第二条"] == "保藏单位应当公示。"


def test_an_english_text_is_amended_likewise():
    rules = (
        "Toy Samples Regulations\n\n"
        "Article 1 Samples are taken with consent.\n\nArticle 2 Keepers register them.\n\n"
        "Article 3 The Office explains these Regulations.\n"
    )
    decision = (
        "Decision amending the Toy Samples Regulations\n\n"
        "Article 1\nArticle 1 is amended to read as follows: “Samples are taken with written consent.”\n\n"
        "Article 2\nAfter Article 2 insert “Article 2-1 Who is refused may complain.”\n\n"
        "Article 3\nIn Article 3, the words “The Office” are replaced by “The Ministry”; "
        "Article 2 is repealed.\n"
    )
    given = {"issued": "2024-05-20", "effective": "2024-07-01"}
    base = parse(rules.encode(), Given(title="Toy Samples Regulations", **given), origin="a.md")
    changed = parse(
        decision.encode(),
        Given(
            title="Decision amending the Toy Samples Regulations", issued="2025-08-01", effective="2025-09-01"
        ),
        origin="b.md",
    )
    found = joined(base, changed)["Toy Samples Regulations"]

    assert words_of(found) == {
        "Article 1": "Samples are taken with written consent.",
        "Article 2": "(This article was deleted.)",
        "Article 2-1": "Who is refused may complain.",
        "Article 3": "The Ministry explains these Regulations.",
    }


def test_no_version_is_made_by_a_decision_that_not_everyone_sees():
    decision = text_of(DECISION)
    known = Policy(
        id="toy-1", title=Text(zh=decision.title, en=decision.title), rank="institution", visibility="staff",
        issuing_body=Text(zh="某市积木局", en="Office"), status="in_force", coverage="key", read="full",
        issued="2025-08-01", effective="2025-09-01", scope=Text(zh="积木", en="Toys"),
        articles=(Article(no="第九条", digest=Text(zh="摘要", en="digest")),),
    )  # fmt: skip
    books = [
        Rulebook(policy_id=f"toy-{number}", source=f"toy-{number}.md", text=text)
        for number, text in enumerate((text_of(MEASURES), decision))
    ]
    corpus = join(Corpus(policies=(known,), digest=corpus_digest([known])), books, date(2026, 11, 30))
    target = next(one for one in corpus.policies if one.id == "toy-0")
    seen = seen_by(corpus, {PUBLIC})

    assert len(target.versions) == 1 and any(one.changes for one in target.articles)
    assert [one.id for one in seen.policies] == ["toy-0"]
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
    assert target.articles[2].text == "本办法由市玩具局解释。"


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
