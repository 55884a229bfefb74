"""What `kewen ask` says around an answer, in Chinese and English."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Literal

Language = Literal["zh", "en"]

_TEXTS: dict[str, tuple[str, str]] = {
    "not_found": ("没有找到依据", "Nothing found to rest on"),
    "clarify": ("需要补充一点", "One more fact is needed"),
    "declined": ("不在可回答的范围", "Not mine to answer"),
    "sources": ("来源", "Sources"),
    "resources": ("相关资源", "Resources"),
    "follow_ups": ("接着问", "Ask next"),
    "note": ("说明：", "Note: "),
    "filters": ("筛选条件：", "Restricted to: "),
    "checked": ("核对后的回答：", "The answer after its check:"),
    "conversation": (
        '继续这次对话：kewen ask --conversation {id} "…"',
        'To go on: kewen ask --conversation {id} "…"',
    ),
    "overview": ("资源概况", "overview"),
    "how_to_apply": ("怎么申请", "how to apply"),
    "other_urls": ("其他入口", "other entries"),
    "document": ("文件概况", "the document"),
    "verified": ("已核实", "checked"),
    "known": ("未逐项核对", "not checked item by item"),
    "unsure": ("存疑", "doubtful"),
    "digest": ("摘要", "digest"),
    "verbatim": ("原文", "verbatim"),
}


def t(key: str, language: Language, **values: object) -> str:
    """The text for `key`; a key that has none is its own text (an article's number)."""
    pair = _TEXTS.get(key)
    return key if pair is None else pair[0 if language == "zh" else 1].format(**values)


def terminal_language(environment: Mapping[str, str] = os.environ) -> Language:
    """en when the locale says so, else zh."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = environment.get(name)
        if value:
            return "en" if value.lower().startswith("en") else "zh"
    return "zh"
