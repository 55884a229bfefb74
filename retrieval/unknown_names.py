"""Phrases that claim to be an institution, a rule or a data set and match no record."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import rjieba

from retrieval.docnumbers import doc_numbers
from retrieval.englishforms import stem
from retrieval.folding import CJK, Folded, Token, fold, is_cjk, tokenise, word_set
from retrieval.mentions import Mention
from retrieval.namecontext import LEADS, fits_in_name
from retrieval.names import NameIndex
from retrieval.shortforms import GENERIC, words_of

_ZH_HEAD = re.compile(
    "(?:科学数据中心|数据中心|数据银行|超算|资源中心|研究中心|超算中心|计算中心|保藏中心|共享平台|服务平台|管理平台|数据平台|实验室|标本馆|天文台|博物馆|观测站"
    "|资源库|种质库|基因库|菌种库|样本库|标本库|细胞库|种子库|脑库|生物库|样品库|数据库|知识库|望远镜|光源|对撞机|反应堆"
    "|管理办法|管理条例|管理规定|保护条例|保护法|促进法|安全法|暂行办法|实施细则|暂行规定|条例)"
)
_ZH_RULE_HEAD = re.compile("(?:办法|条例|规定|法|细则)$")
_ACT = "[的在和与是把被向从按据]|需要|可以|怎么|申请|查询|有没有|哪|什么|建设|建立|批准"
_PREFIX = re.compile("国家|中国|中华人民共和国|全国")
_STATED = re.compile(f"国家(?!级|的|哪|有关|规定|要求|项目)(?:(?!{_ACT})[{CJK}]){{2,14}}$")
_PLACED_HEADS = frozenset("光源 对撞机 反应堆 超算 超算中心 计算中心 望远镜 天文台 观测站 保藏中心".split())  # noqa: SIM905
_TITLE_HEAD = re.compile(
    "(?:法|法典|条例|办法|规定|细则|通知|意见|标准|规则|规程|规范|解释|决定|纲要|公约|议定书|指南|目录|准则|方案|政策|声明|年鉴|数据集"
    "|名录|图集|期刊|学报)(?:[（(].{1,8}[)）])?$|^[A-Za-z]"
)
_TITLE = re.compile("《([^《》]{2,60})》")
_NEVER = re.compile("哪|什么|有关|相关|某|该|本|此|这|那|其|各|级|类似|这种|一个|多少|几|以上|下列|的")
_EN_HEADS = word_set(
    "center bank biobank repository library institute museum facility observatory platform database"
    " archive network"
    " laboratory genebank biobank telescope law act regulation measure provision herbarium collection"
)
_EN_INNER = frozenset({"of", "the", "for", "and", "on"})
_EN_LOOSE = word_set("network platform database archive act measure provision collection")
_EN_RULES = word_set("law act regulation measure provision")
"""Heads that stand first in a title: Measures for the Management of …"""
_EN_CLAIMS = word_set("national china chinese state world international global european asian cas royal")
_DATA_WORDS = (
    r"(?:data\s?sets?|images?|corpus|corpora|benchmark|database|数据集|数据库|语料库?|图像|图片|影像集)"
)
_TOKEN = r"(?:[A-Z][A-Za-z]*[-_ ]?\d[\w-]*|[A-Z]{3,}[\w-]*|[A-Z][a-z]+(?:[A-Z][a-z]*)+\d*|[a-z]+[A-Z]{2,}\w*)"
_DATASET = re.compile(
    rf"\b(?P<a>{_TOKEN})(?:\s+(?:\w+\s+)?|\s*的?\s*){_DATA_WORDS}|{_DATA_WORDS}\s*[:：]?\s*(?P<b>{_TOKEN})\b",
    re.A,
)


@dataclass(frozen=True, slots=True)
class UnknownName:
    """`head` is the kind it claims: a Chinese or English head word, `title`, `dataset` or `doc_number`.

    `nearest` are ids of records whose names share most with it, best first.
    """

    surface: str
    start: int
    end: int
    head: str
    nearest: tuple[str, ...] = ()


class UnknownNames:
    """Bound to an index, because only it knows what is known."""

    def __init__(self, index: NameIndex) -> None:
        self._index = index
        self._text = index.record_text()
        self._squeezed = re.sub(r"\s+", "", self._text)
        self._tokens = set(re.findall(r"[a-z0-9]+(?:[-_][a-z0-9]+)*", self._text))
        self._tokens |= set(re.findall(r"[a-z0-9]+", self._text))
        self._by_word: dict[str, set[str]] = defaultdict(set)
        for record in index.records.values():
            name = record.name if hasattr(record, "name") else record.title
            for word in _name_words(name.zh) | _name_words(name.en):
                self._by_word[word].add(record.id)

    def find(self, text: str, mentions: Sequence[Mention]) -> list[UnknownName]:
        """Unknown names by place; none of them overlaps a mention."""
        folded = fold(text)
        found: list[tuple[int, int, str]] = []
        found += self._titles(folded)
        found += self._chinese(folded)
        found += self._english(tokenise(folded), text)
        found += self._datasets(folded)
        found += self._numbers(folded)
        kept: list[UnknownName] = []
        for start, end, head in sorted(found, key=lambda f: (f[0] - f[1], f[0])):
            if any(m.start < end and start < m.end for m in mentions):
                continue
            if any(u.start < end and start < u.end for u in kept):
                continue
            surface = text[start:end]
            kept.append(UnknownName(surface, start, end, head, self._nearest(surface)))
        return sorted(kept, key=lambda u: u.start)

    def _known(self, phrase: str) -> bool:
        return re.sub(r"\s+", "", phrase).lower() in self._squeezed

    def _titles(self, folded: Folded) -> list[tuple[int, int, str]]:
        return [
            (*folded.span(*match.span()), "title")
            for match in _TITLE.finditer(folded.text)
            if _TITLE_HEAD.search(match[1]) and not self._known(match[1])
        ]

    def _chinese(self, folded: Folded) -> list[tuple[int, int, str]]:
        found: list[tuple[int, int, str]] = []
        for block in re.finditer(f"[{CJK}]+", folded.text):
            tagged = rjieba.tag(block[0], False)
            starts, at = [], 0
            for word, _ in tagged:
                starts.append(at)
                at += len(word)
            for match in _ZH_HEAD.finditer(block[0]):
                first = self._first_word(tagged, starts, match.start())
                stated = _STATED.search(block[0][: match.start()])
                if stated and (first is None or stated.start() < first):
                    first = stated.start()
                if first is None:
                    continue
                begin, phrase = first, block[0][first : match.end()]
                rest = block[0][match.end() : match.end() + 1]
                if (rest and rest in "法院员所级") or self._known(phrase):
                    continue
                placed = any(at == first and tag == "ns" for (_, tag), at in zip(tagged, starts, strict=True))
                if not self._claims(phrase, match[0], placed=placed):
                    continue
                span = folded.span(block.start() + begin, block.start() + match.end())
                found.append((*span, match[0]))
        return found

    def _first_word(
        self, tagged: Sequence[tuple[str, str]], starts: Sequence[int], before: int
    ) -> int | None:
        """Where the noun phrase that ends at `before` begins; None when nothing stands there."""
        begin = None
        for (word, tag), start in reversed(list(zip(tagged, starts, strict=True))):
            if start >= before:
                continue
            if start + len(word) > before and begin is None and start != before:
                # The head's first character belongs to a longer dictionary word.
                tag = "n"
            if not fits_in_name(word, tag) or _NEVER.search(word):
                break
            begin = start
            if _PREFIX.fullmatch(word):
                break
        return begin

    def _claims(self, phrase: str, head: str, *, placed: bool) -> bool:
        """Whether the phrase is a proper name: begins with 国家, 中国 or a place, or is a rule's title."""
        body = phrase[: -len(head)]
        particular = [w for w in words_of(_PREFIX.sub("", body)) if w not in GENERIC and len(w) > 1]
        if _ZH_RULE_HEAD.search(head):
            return len(body) >= 4 and len(particular) >= 1
        if placed and not _PREFIX.match(phrase):
            return head in _PLACED_HEADS and len("".join(particular)) >= 2
        return bool(_PREFIX.match(phrase)) and len("".join(particular)) >= 2

    def _english(self, tokens: Sequence[Token], text: str) -> list[tuple[int, int, str]]:
        found: list[tuple[int, int, str]] = []
        at = 0
        while at < len(tokens):
            if not _capital(tokens[at]) or (tokens[at].raw.lower() in LEADS):
                at += 1
                continue
            last = at
            probe = at + 1
            while probe < len(tokens) and not tokens[probe].hard and not _bracket(text, tokens, probe):
                if _capital(tokens[probe]):
                    last = probe
                elif tokens[probe].key not in _EN_INNER or probe - last > 2:
                    break
                probe += 1
            words = [t.key for t in tokens[at : last + 1]]
            heads = [i for i, w in enumerate(words) if w in _EN_HEADS]
            if heads and last > at:
                # … Bank in Chengdu: the place is no part of the name.
                close = heads[-1] if words[heads[-1] + 1 : heads[-1] + 2] == ["in"] else last - at
                start, end = tokens[at].start, tokens[at + close].end
                words = words[: close + 1]
                particular = [
                    w
                    for w in words
                    if w not in _EN_HEADS and len(w) > 2 and self._index.is_particular_word(w)
                ]
                titled = words[0] in _EN_RULES and any(w not in self._by_word for w in particular)
                sure = not _EN_LOOSE.issuperset(words[i] for i in heads) or words[0] in _EN_CLAIMS or titled
                if sure and particular and not self._known(text[start:end]):
                    found.append((start, end, words[heads[0]]))
            at = last + 1
        return found

    def _datasets(self, folded: Folded) -> list[tuple[int, int, str]]:
        found = []
        for match in _DATASET.finditer(folded.text):
            group = "a" if match["a"] else "b"
            token = match[group].strip()
            if token.lower() not in self._tokens and token.lower().replace(" ", "") not in self._squeezed:
                start = match.start(group)
                found.append((*folded.span(start, start + len(token)), "dataset"))
        return found

    def _numbers(self, folded: Folded) -> list[tuple[int, int, str]]:
        return [
            (*folded.span(number.start + max(0, len(number.written_body) - 6), number.end), "doc_number")
            for number in doc_numbers(folded)
            if (number.series == "issued" and number.body and number.year)
            or (number.series == "order" and number.body)
            or number.series == "standard"
        ]

    def _nearest(self, phrase: str) -> tuple[str, ...]:
        scores: dict[str, float] = defaultdict(float)
        for word in _name_words(phrase):
            holders = self._by_word.get(word, set())
            for record_id in holders:
                scores[record_id] += 1 / len(holders) ** 0.5
        ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
        return tuple(record_id for record_id, score in ranked[:3] if score > 0.3)


def _bracket(text: str, tokens: Sequence[Token], at: int) -> bool:
    return "(" in text[tokens[at - 1].end : tokens[at].start]


def _capital(token: Token) -> bool:
    return not token.cjk and token.raw[:1].isupper()


def _name_words(name: str) -> set[str]:
    folded = fold(name).text
    words = {stem(t.key) for t in tokenise(fold(name)) if not t.cjk and len(t.key) > 2}
    chinese = "".join(c for c in folded if is_cjk(c))
    pairs = {chinese[i : i + 2] for i in range(len(chinese) - 1)}
    return words | pairs


def unknown_names(text: str, mentions: Sequence[Mention], index: NameIndex) -> list[UnknownName]:
    """As UnknownNames.find(), for one call."""
    return UnknownNames(index).find(text, mentions)
