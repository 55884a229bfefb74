"""Real statutes, tried where KEWEN_BENCH_DIR names the folder of test collections."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from corpus.rulebooks.parser import parse
from corpus.rulebooks.sources import read_submitted

BENCH = os.environ.get("KEWEN_BENCH_DIR")
FILE = Path(BENCH or ".") / "cn-science-law" / "documents.jsonl"

pytestmark = pytest.mark.skipif(not (BENCH and FILE.is_file()), reason="KEWEN_BENCH_DIR is not set")

_LABEL = re.compile(r"^(第[一二三四五六七八九十百零〇]+条(?:之[一二三四五六七八九十]+)?)[ \u3000]", re.M)


def documents() -> list[dict[str, Any]]:
    return [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines() if line.strip()]


def test_every_article_is_found_once_in_order_and_byte_for_byte() -> None:
    for one, document in zip(read_submitted(FILE), documents(), strict=True):
        text = parse(one.data, one.given, origin=one.origin, where=one.where)

        labels = [article.no for article in text.articles if article.anchor.startswith("art-")]
        assert labels == _LABEL.findall(document["text"]), document["id"]
        for article in text.articles:
            assert one.data[article.start : article.end].decode() == article.text


def test_no_word_is_lost_between_articles() -> None:
    for one, document in zip(read_submitted(FILE), documents(), strict=True):
        text = parse(one.data, one.given, origin=one.origin, where=one.where)

        body = re.sub(r"^#.*$", "", document["text"], flags=re.M)
        held = "".join(article.text for article in text.articles)
        labels = sum(len(article.no) for article in text.articles if article.no != "序言")
        left = len(re.sub(r"\s", "", body)) - len(re.sub(r"\s", "", held)) - labels
        # A colon behind 附, a comma behind 一: no more than one character a label.
        assert 0 <= left <= len(text.articles), document["id"]
