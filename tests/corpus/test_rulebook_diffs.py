"""Two versions compared article by article."""

from __future__ import annotations

from corpus.diffs import diff_articles
from corpus.rulebooks.parser import parse
from tests.corpus.rulebook_texts import FIRST, SECOND


def test_each_article_is_told_once_in_the_order_of_the_newer_text() -> None:
    changes = diff_articles(parse(FIRST.encode()).articles, parse(SECOND.encode()).articles)

    assert [(one.kind, one.old_no, one.new_no) for one in changes] == [
        ("unchanged", "第一条", "第一条"),
        ("unchanged", "第二条", "第二条"),
        ("added", None, "第三条"),
        ("renumbered", "第三条", "第四条"),
        ("added", None, "第四条之一"),
        ("renumbered", "第四条", "第五条"),
        ("renumbered", "第五条", "第六条"),
        ("renumbered", "第六条", "第七条"),
        ("added", None, "附件"),
    ]


def test_spans_point_at_what_differs() -> None:
    changes = diff_articles(parse(FIRST.encode()).articles, parse(SECOND.encode()).articles)

    reply = changes[5]
    assert reply.old_text and reply.new_text
    [(op, old_start, old_end, new_start, new_end)] = reply.spans
    assert (op, reply.old_text[old_start:old_end], reply.new_text[new_start:new_end]) == ("delete", "二", "")
    assert changes[3].spans == ()


def test_blanks_and_width_are_no_change() -> None:
    wide = FIRST.replace("（一）借用申请；", "(一) 借用申请;")

    changes = diff_articles(parse(FIRST.encode()).articles, parse(wide.encode()).articles)

    assert {one.kind for one in changes} == {"unchanged"}


def test_a_rewritten_article_is_gone_and_another_came() -> None:
    other = FIRST.replace("玩具馆应当自收到材料之日起二十日内答复。", "样本的照片由档案室拍摄。")

    changes = diff_articles(parse(FIRST.encode()).articles, parse(other.encode()).articles)

    assert [(one.kind, one.old_no, one.new_no) for one in changes if one.kind != "unchanged"] == [
        ("added", None, "第四条"),
        ("removed", "第四条", None),
    ]
