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
    "name": ("名称", "name"),
    "alias": ("又称", "also called"),
    "former_name": ("曾用名", "former name"),
    "type": ("类型", "type"),
    "host": ("依托单位", "host"),
    "governing_body": ("主管部门", "governing body"),
    "place": ("所在地", "place"),
    "subjects": ("学科", "subjects"),
    "access_level": ("开放方式", "access"),
    "url": ("网址", "website"),
    "identifiers": ("标识", "identifier"),
    "contact": ("联系方式", "contact"),
    "since": ("建立时间", "since"),
    "licence": ("许可", "licence"),
    "creators": ("作者", "creators"),
    "issued": ("发布日期", "published"),
    "modified": ("更新日期", "updated"),
    "temporal": ("时间范围", "period covered"),
    "spatial": ("空间范围", "area covered"),
    "formats": ("格式", "formats"),
    "frequency": ("更新频率", "update frequency"),
    "funding": ("资助", "funded by"),
    "relations": ("与其他资源的关系", "relations"),
    "holdings": ("收录内容", "holdings"),
    "access": ("开放说明", "terms of access"),
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
