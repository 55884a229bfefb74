"""The resource type that a record's own words propose."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import cast

from corpus.loaders import load_vocabulary
from corpus.records import ResourceType

_WORDS: tuple[tuple[str, ResourceType], ...] = (
    (r"human[\s_-]?genetic|人类遗传", "human_genetic"),
    (r"reference[\s_-]?material|standard sample|标准物质|标准样品", "reference_material"),
    (r"germplasm|gene[\s_-]?bank|seed collection|种质", "germplasm"),
    (r"specimen|physical[\s_-]?object|herbarium|fossil|标本|岩矿|化石", "specimen"),
    (
        r"biological[\s_-]?(?:material|sample)|culture collection|cell line"
        r"|菌种|菌株|细胞系|毒株|实验动物",
        "biological_material",
    ),
    (r"field[\s_-]?station|observatory|野外站|观测站|台站", "field_station"),
    (r"^instrument|equipment|仪器|设备", "instrument"),
    (r"^facility|research infrastructure|大型装置|科学装置|重大科技基础设施", "facility"),
    (r"alliance|consortium|联盟", "alliance"),
    (
        r"^(?:\w*article|text|book|book ?chapter|report|thesis|dissertation|preprint|publication\w*"
        r"|journal\w*|conference\w*|presentation|poster|peer ?review|blog ?posting|literature|document"
        r"|standard|patent|data ?paper|working ?paper|lecture)$|论文|文献|图书|期刊",
        "literature",
    ),
    (
        r"^(?:service|data ?service|web ?api|api|data ?catalog(?:ue)?|organization|research ?project"
        r"|repository|website|web ?application|interactive ?resource)$|webmap service|服务平台",
        "service_platform",
    ),
    (
        r"^(?:data ?set|dataset ?series|series|data|collection|image|video|audiovisual|sound|model|software"
        r"|computational ?notebook)$|数据",
        "scientific_data",
    ),
)


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], ResourceType], ...]:
    return tuple((re.compile(words, re.I), kind) for words, kind in _WORDS)


@cache
def _codes() -> dict[str, ResourceType]:
    """Our own codes and their labels in both languages."""
    found: dict[str, ResourceType] = {}
    for term in load_vocabulary().types:
        for word in (term.code, term.label.zh, term.label.en):
            found[word.lower()] = cast(ResourceType, term.code)
    return found


@cache
def _of_word(word: str) -> ResourceType | None:
    if word in _codes():
        return _codes()[word]
    return next((kind for pattern, kind in _patterns() if pattern.search(word)), None)


def proposed_type(words: Iterable[str]) -> ResourceType | None:
    """The type of the first word that says one: our codes and labels, DataCite, DCMI, schema.org, ISO scopes.

    None where none does; data catalogues then mean scientific_data.
    """
    for word in words:
        last = (
            re.split(r"[#/]", word.strip().lower())[-1].partition(":")[2]
            or re.split(r"[#/]", word.strip().lower())[-1]
        )
        if last and (found := _of_word(last[:80])):
            return found
    return None
