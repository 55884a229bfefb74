"""Every form in which a record's own fields name it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from corpus.records import Policy, Resource
from retrieval.folding import fold, has_cjk, is_cjk

How = Literal[
    "exact",
    "alias",
    "abbreviation",
    "short",
    "pinyin",
    "initials",
    "homophone",
    "typo",
    "doc_number",
    "identifier",
]
RecordKind = Literal["resource", "policy"]

_PAREN = re.compile(r"[（(]([^（）()]*)[）)]")
_MIDDLE = re.compile(r"\b([A-Za-z]+) \(([A-Za-z]{5,})\) ([A-Za-z]+)")
_ABBREVIATION = re.compile(r"(?=.*[A-Z].*[A-Z0-9])[A-Za-z0-9][A-Za-z0-9-]{1,11}")
_ZH_PREFIX = re.compile("^(中华人民共和国|国家级?|中国|全国)")
_EN_PREFIX = re.compile(
    r"^(?:the\s+)?(?:national|china's|china|chinese|people's republic of china|prc)\s+", re.I
)
_ZH_NAME_TAIL = re.compile(
    "(中心|平台|[库网台馆站所院社堂室星眼源]|装置|设施|工程|系统|门户|办法|条例|规定|法|条|通知|规则)$"
)
_ACADEMY = ("中国科学院", "中科院")
_EXPANDED = {"CAS": "Chinese Academy of Sciences", "WDC": "World Data Center"}


Form = tuple[str, How, float, bool]


@dataclass(frozen=True, slots=True)
class Surface:
    """One written form of a record's name."""

    record_id: str
    kind: RecordKind
    text: str
    how: How
    confidence: float
    superseded: bool = False
    derived: bool = False
    """Made by rule: it does not stand in the record as it is."""


def name_parts(name: str) -> list[tuple[str, bool]]:
    """The name without its brackets, then what stood in them; True marks bracket contents.

    `合肥光源（国家同步辐射实验室）` gives both names; `国家蛋白质科学研究（上海）设施` stays together.
    """
    plain = fold(name).text.strip()
    inner = [found[1].strip() for found in _PAREN.finditer(plain)]
    pieces = [piece.strip() for piece in _PAREN.split(plain)[::2]]
    parts: list[tuple[str, bool]] = []
    outer = [re.sub("^(?:与|和|and )", "", p).strip() for p in pieces if p]
    if len(outer) > 1:
        separate = all(len(p) >= 5 and _ZH_NAME_TAIL.search(p) for p in outer)
        if separate:
            parts.extend((p, False) for p in outer)
        parts.append(("".join(p if is_cjk(p) else f" {p} " for p in pieces).strip(), False))
    elif outer:
        parts.append((outer[0], False))
    swapped = _MIDDLE.search(plain)
    if swapped and not has_cjk(plain):
        # Biosecurity (Biosafety) Law: either word may stand there.
        parts.append((_MIDDLE.sub(r"\2 \3", plain), False))
    if inner:
        parts.append((" ".join(_PAREN.sub(r" \1 ", plain).split()), False))
    parts.extend((text, True) for text in inner if text)
    return parts


def is_abbreviation(text: str) -> bool:
    return bool(_ABBREVIATION.fullmatch(text)) and not has_cjk(text)


def _bracketed_is_a_name(text: str) -> bool:
    """Whether what stands in brackets is another name rather than a remark."""
    if is_abbreviation(text):
        return True
    if has_cjk(text):
        return len(text) >= 4 and bool(_ZH_PREFIX.match(text) or _ZH_NAME_TAIL.search(text))
    words = text.split()
    return len(words) >= 2 and sum(w[0].isupper() for w in words) >= len(words) - 1


def _forms(text: str, how: How, confidence: float) -> Iterator[Form]:
    """The text and what follows from it by rule: without prefix, with expanded abbreviations."""
    yield text, how, confidence, False
    if has_cjk(text):
        if _ACADEMY[0] in text:
            yield text.replace(*_ACADEMY), how, confidence, True
        bare = _ZH_PREFIX.sub("", text)
        if bare != text and (len(bare) >= 3 or (len(bare) == 2 and _ZH_NAME_TAIL.search(bare))):
            certain = text.startswith("中华人民共和国")
            yield bare, how if certain else "alias", confidence - (0.01 if certain else 0.05), True
        if bare == text and not text.startswith(("国", "中国", "关于")) and len(text) >= 5:
            yield "国家" + text, "alias", confidence - 0.08, True
            yield "中国" + text, "alias", confidence - 0.08, True
        return
    if "S&T" in text:
        text = text.replace("S&T", "Science and Technology")
        yield text, how, confidence, False
    for short, long in _EXPANDED.items():
        if re.search(rf"\b{short}\b", text):
            yield re.sub(rf"\b{short}\b", long, text), how, confidence, False
    bare = _EN_PREFIX.sub("", text)
    if bare != text and len(bare.split()) >= 2:
        yield bare, "alias", confidence - 0.05, True
        for prefix in ("National", "China National", "Chinese National"):
            yield f"{prefix} {bare}", "alias", confidence - 0.03, True


def _named(name: str, how: How, confidence: float) -> Iterator[Form]:
    for part, bracketed in name_parts(name):
        if not bracketed:
            if is_abbreviation(part) and how != "exact":
                yield part, "abbreviation", 0.95, False
            else:
                yield from _forms(part, how, confidence)
        else:
            for piece in re.split(r"[/／,，、]", part):
                text = piece.strip()
                if is_abbreviation(text):
                    yield text, "abbreviation", 0.95, False
                elif _bracketed_is_a_name(text):
                    yield from _forms(text, "alias", min(confidence, 0.96))
    if "《" in name:
        for inner in re.findall("《([^》]+)》", name):
            yield from _forms(inner, "alias", 0.9)


def surfaces_of(record: Resource | Policy) -> list[Surface]:
    """All forms of one record, best form first where two rules give the same text."""
    kind: RecordKind = "resource" if isinstance(record, Resource) else "policy"
    name = record.name if isinstance(record, Resource) else record.title
    found: list[tuple[Form, bool]] = []
    for text in (name.zh, name.en):
        found.extend((form, False) for form in _named(text, "exact", 1.0))
    for alias in record.aliases:
        found.extend((form, False) for form in _named(alias, "alias", 0.97))
    for former in record.former_names:
        found.extend((form, False) for form in _named(former, "alias", 0.93))
    if isinstance(record, Resource):
        for identifier in record.identifiers:
            if identifier.scheme == "abbr":
                for piece in re.split(r"[/,、\s]+", identifier.value):
                    if is_abbreviation(piece):
                        found.append(((piece, "abbreviation", 0.95, False), False))
    else:
        for old in record.replaces:
            for text in (old.title.zh, old.title.en):
                found.extend((form, True) for form in _named(text, "alias", 0.9))
    best: dict[str, Surface] = {}
    for (text, how, confidence, derived), superseded in found:
        known = best.get(text)
        if known is None or known.confidence < confidence:
            best[text] = Surface(record.id, kind, text, how, confidence, superseded, derived)
    return list(best.values())
