"""Whether what looks like a name is meant as one: case, words around it, longer names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import rjieba

from corpus.records import Policy, Resource
from retrieval.englishforms import CONNECTIVES, PREFIXES, stem
from retrieval.folding import Token, english_key, fold, has_cjk, word_set
from retrieval.surfaces import Surface

_PRONOUNCEABLE = re.compile(
    r"(?:[bcdfghjklmnpqrstvwxyz]|[bcdfgpst][lrhw]|s[cklmnpqtw]|str|thr|shr|spr)?[aeiou]{1,2}"
    r"(?:[bcdfghklmnprstvwxyz]{1,2}|[rnl]st|ght)?(?:e|er|y)?"
)
_RESEARCH = frozenset(
    stem(english_key(w))
    for w in word_set("telescope proprietary beamtime tokamak neutrino neutron beamline pulsar")
)
_PREFIX = re.compile("(?:国家|中国|全国)")
_OWN_UNIT = tuple("院校所局部省市县区会司厅系组")
_NOMINAL = ("n", "b", "j", "l", "s", "z", "f", "an", "vn", "x", "g", "t", "eng")
_ACTS = re.compile(
    "支持|建设|建立|规定|要求|发布|批准|允许|设立|成立|组织|进行|提供|出台|制定|加强|推进|申请|查询|使用|下载|访问|获取|介绍|想要|想找|寻找|依据"
    "|根据|按照|违反|遵守|适用|参照|执行|颁布|废止|修订|修改|需要|请问|知道|告诉|推荐|有没有|没有|属于|依托|归属|联系|打开|登录|注册|关于"
)
LEADS = word_set(
    "which what where who how when why is are does do can may should the a an please tell i we under in at"
    " from and or for with of to give show find"
)
_LOOK_BACK = 14


class Context:
    """What the records say, for telling a name from a word."""

    def __init__(self, records: Iterable[Resource | Policy]) -> None:
        self._topics: dict[str, frozenset[str]] = {}
        texts: list[str] = []
        for record in records:
            texts.append(_all_text(record))
            if isinstance(record, Resource):
                said = [record.name.zh, record.name.en]
                english = re.findall("[A-Za-z]{4,}", " ".join(said))
                chinese = [w for part in said if has_cjk(part) for w in rjieba.cut(part, False) if len(w) > 1]
                self._topics[record.id] = frozenset([*(stem(english_key(w)) for w in english), *chinese])
        # Line by line: most lines of a foreign catalogue are plain ASCII and need no folding.
        lines = "\n".join(texts).split("\n")
        self.text = "\n".join(line if line.isascii() else fold(line).text for line in lines).lower()

    def sureness(
        self, surface: Surface, tokens: Sequence[Token], first: int, last: int, plain: bool
    ) -> float:
        """0 to 1 for an exact match of the surface at tokens first..last-1; `plain`: it has no rare word."""
        if tokens[first].cjk:
            whole = surface.text.startswith(("国家", "中国", "中华"))
            if not whole and belongs_to_longer_name(tokens, first):
                return 0.0
            following = "".join(t.raw for t in tokens[last : last + 4] if t.cjk and not t.hard)
            if plain and re.match("(科学|数据|资源)*(中心|库|平台|网|馆|管理|办法|条例)", following):
                return 0.0
            return 1.0
        if surface.how == "abbreviation" or last - first == 1:
            return self._abbreviation(surface, tokens, first, last)
        raw = [t.raw for t in tokens[first:last] if t.key not in CONNECTIVES]
        if (plain or (last - first <= 2 and surface.kind == "resource")) and not any(
            w[:1].isupper() for w in raw
        ):
            if surface.kind == "policy" and last - first >= 3:
                return (
                    0.9  # a document's title in lower case: nobody says "scientific data measures" by chance
                )
            return 0.0 if len(tokens) > last - first else 0.8
        if surface.derived and belongs_to_longer_name(tokens, first):
            return 0.0
        return 1.0

    def _abbreviation(self, surface: Surface, tokens: Sequence[Token], first: int, last: int) -> float:
        raw = "".join(t.raw for t in tokens[first:last])
        if len(raw) > 6 or not _PRONOUNCEABLE.fullmatch(raw.lower()):
            return 1.0
        others = [t for i, t in enumerate(tokens) if not first <= i < last]
        latin = [t for t in others if not t.cjk and t.raw.isalpha()]
        shouting = len(latin) >= 3 and all(t.raw.isupper() for t in latin)
        if (raw.isupper() or raw == surface.text) and not shouting:
            return 1.0
        if len(latin) <= 1 and not (latin and any(t.key in CONNECTIVES for t in latin)):
            # Alone, or the only foreign word of a Chinese question.
            return 0.9
        topics = self._topics.get(surface.record_id, frozenset())
        said = {stem(t.key) for t in latin if len(t.key) > 3}
        spoken = "".join(t.raw if t.cjk else " " for t in others)
        if said & (topics | _RESEARCH) or any(t in spoken for t in topics if has_cjk(t)):
            return 0.75
        return 0.0


def belongs_to_longer_name(tokens: Sequence[Token], first: int) -> bool:
    """Whether the match is the tail of another institution's name: 国家深海热液|微生物科学数据中心."""
    if first == 0 or tokens[first].hard:
        return False
    if not tokens[first].cjk:
        return _english_tail(tokens, first)
    before: list[str] = []
    at = first - 1
    while at >= 0 and len(before) < _LOOK_BACK and tokens[at].cjk:
        before.append(tokens[at].raw)
        if tokens[at].hard:
            break
        at -= 1
    text = "".join(reversed(before))
    found = list(_PREFIX.finditer(text))
    if not found:
        return False
    gap = text[found[-1].end() :]
    if not gap or gap.startswith("级") or gap.endswith(_OWN_UNIT) or gap.endswith(("大学", "中心")):
        return False
    return all(fits_in_name(word, tag) for word, tag in rjieba.tag(gap, False))


def fits_in_name(word: str, tag: str) -> bool:
    """Whether the tagger's word can stand inside a name; modifiers such as 探测 are tagged as verbs too."""
    if tag.startswith("v") and tag != "vn":
        return len(word) > 1 and not _ACTS.fullmatch(word)
    return tag.startswith(_NOMINAL)


def follows_a_name(tokens: Sequence[Token], first: int) -> bool:
    """Whether a capital word stands right before: Shanghai | Light Source."""
    if first == 0 or tokens[first].hard or tokens[first].cjk:
        return False
    before = tokens[first - 1]
    known = before.key in CONNECTIVES or before.key in PREFIXES or before.raw.lower() in LEADS
    return not before.cjk and before.raw[:1].isupper() and not known


def _english_tail(tokens: Sequence[Token], first: int) -> bool:
    at = first - 1
    gap = 0
    while at >= 0 and gap < 6:
        token = tokens[at]
        if token.key in PREFIXES and token.raw[:1].isupper():
            return gap > 0
        if token.cjk or not token.raw[:1].isupper() or tokens[at + 1].hard:
            return False
        gap += 1
        at -= 1
    return False


def _all_text(record: Resource | Policy) -> str:
    parts: list[str] = []

    def walk(value: object) -> None:
        if isinstance(value, str):
            parts.append(value)
        elif isinstance(value, dict):
            for item in value.values():
                walk(item)
        elif isinstance(value, (list, tuple)):
            for item in value:
                walk(item)

    walk(record.model_dump(exclude={"questions", "sources"}))
    return "\n".join(parts)
