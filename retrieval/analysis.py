"""Text to terms: one analyser for building the lexical index and for asking it.

Chinese becomes dictionary words (search mode) and overlapping character bigrams; English becomes
Snowball stems; identifiers (Sentinel-2, GB/T 39912-2021, 10.12402) are kept whole and in parts.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import cache, lru_cache

import opencc
import rjieba
import snowballstemmer

ANALYSER_VERSION = "3"

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_HAN_CHAR = re.compile(f"[{_HAN}]")
_HAN_RUN = re.compile(f"[{_HAN}]+")
_DASHES = re.compile("[\u2010-\u2015\u2212\u2e3a\u2e3b]+")
_TOKEN = re.compile(
    # GB/T 39912-2021, ISO 19115-1:2014, YD/T 3956.2-2021: one token, spaces inside or not
    r"(?P<standard>\b[a-z]{1,5}(?:/[a-z]{1,2})?\s?\d{2,6}(?:\.\d+)*-(?:19|20)\d\d\b)"
    rf"|(?P<han>[{_HAN}]+)"
    rf"|(?P<word>[^\W_{_HAN}]+(?:[-_/.:'&+][^\W_{_HAN}]+)*)"
)
_PART = re.compile(r"[^\W\d_]+|\d+(?:\.\d+)*")

_ENGLISH_STOP = frozenset(
    """
    a about above after again all also am an and any are as at be because been before being below
    between both but by can cannot could did do does doing down during each few for from further had has
    have having he her here hers him his how i if in into is it its itself just me more most my no nor
    not now of off on once only or other our ours out over own s same she should so some such t than
    that the their theirs them then there these they this those through to too under until up very was
    we were what when where which while who whom whose why will with would you your yours may might must
    shall us m re ve ll d
    """.split()  # noqa: SIM905
)
# What people say around their need, whatever the need is.
_ENGLISH_REQUEST = frozenset(
    """
    want wants wanted need needs needed look looking find finding found search searching seek seeking
    get getting give please tell show help know like wish let hello hi thanks thank kindly propose
    proposed proposes present presents introduce build building model models train training use uses
    used using approach method methods paper dataset datasets system based new novel
    """.split()  # noqa: SIM905
)
_CHINESE_STOP = frozenset(
    """
    的 了 和 与 及 或 在 是 我 你 您 他 她 它 我们 你们 他们 有 吗 呢 吧 啊 么 把 被 对 从 到 向 由 于
    以 为 而 也 都 就 还 又 很 这 那 其 之 该 此 这个 那个 这些 那些 一个 一些 什么 哪 哪里 哪儿 哪个
    哪些 怎么 怎样 怎么样 如何 为什么 多少 几 谁 请 请问 想 我想 想要 要 需要 希望 能 能否 能不能 可以
    可不可以 可否 是否 是不是 有没有 麻烦 帮 帮我 帮忙 告诉 找 找到 查找 寻找 查 知道 问 问一下 一下 一
    个 给 让 会 并 等 中 上 下 里 得 地 着 过 去 来 没有 没 不 用 做 时 后 前 呀 哦 嘛
    """.split()  # noqa: SIM905
)


_ASKING = frozenset(
    """
    i we my our me us you your want wants need needs looking please what which who whom whose where how
    why can could should may must does do is are propose proposes 吗 呢 吧 我 我们 你 你们 您 请 请问 想
    我想 想要 要 需要 希望 什么 哪 哪里 哪儿 哪个 哪些 怎么 怎样 怎么样 如何 怎么办 为什么 多少 几 谁 能
    能否 能不能 可以 可不可以 可否 是否 是不是 有没有 应该 该
    """.split()  # noqa: SIM905
)


@cache
def _simplifier() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@cache
def _segmenter() -> rjieba.Jieba:
    return rjieba.Jieba()


_OF_THREAD = threading.local()


def _stemmer() -> snowballstemmer.stemmer:
    """One a thread: it keeps the word it works on in itself."""
    if not hasattr(_OF_THREAD, "stemmer"):
        _OF_THREAD.stemmer = snowballstemmer.stemmer("english")
    return _OF_THREAD.stemmer


@lru_cache(maxsize=100_000)
def _stem(word: str) -> str:
    return str(_stemmer().stemWord(word))


def stem_of(word: str) -> str:
    """The stem of an English word in lower case."""
    return _stem(word)


def normalise(text: str) -> str:
    """Half width, simplified, lower case, one kind of dash: the form in which texts are compared."""
    text = _DASHES.sub("-", unicodedata.normalize("NFKC", text)).lower()
    return str(_simplifier().convert(text)) if _HAN_CHAR.search(text) else text


_OPENING = "（《“‘【〔(["


def words(text: str) -> list[str]:
    """The text cut between its words, every character kept; a mark stays with the word before it."""
    kept: list[str] = []
    for word in _segmenter().cut(text):
        opens = word[0] in _OPENING
        if kept and (kept[-1][-1] in _OPENING or not (word[0].isalnum() or opens)):
            kept[-1] += word
        else:
            kept.append(word)
    return kept


def dictionary_words(text: str) -> list[str]:
    """The text cut into words of the dictionary and single characters: 做, 鱼 of 做鱼, which is no word."""
    return list(_segmenter().cut(text, hmm=False))


def has_han(text: str) -> bool:
    """True where the text holds a Chinese character."""
    return _HAN_CHAR.search(text) is not None


def _chinese_terms(run: str, *, query: bool) -> list[str]:
    """Words, then the bigrams and single characters no word covers."""
    if len(run) == 1:
        return [] if query and run in _CHINESE_STOP else [run]
    words = _segmenter().cut_for_search(run)
    if not query:
        seen = set(words)
        return words + [run[i : i + 2] for i in range(len(run) - 1) if run[i : i + 2] not in seen]
    # A bigram that reaches into a stop word ("请问", "在哪") says nothing: cut the run at those words.
    kept: list[str] = []
    stretch = ""
    for word in [*_segmenter().cut(run), ""]:
        if word and word not in _CHINESE_STOP:
            stretch += word
            continue
        if stretch:
            kept += _chinese_terms(stretch, query=False)
            stretch = ""
    return [term for term in kept if term not in _CHINESE_STOP]


def _latin_terms(token: str, *, query: bool) -> list[str]:
    """The stem; for a compound the whole of it, then its parts."""
    parts = _PART.findall(token)
    if len(parts) == 1 and parts[0] == token:
        if query and (token in _ENGLISH_STOP or token in _ENGLISH_REQUEST):
            return []
        return [_stem(token)]
    terms = [token]
    for part in parts:
        if not (query and part in _ENGLISH_STOP):
            terms.append(_stem(part))
    return terms


def analyse(text: str, *, query: bool = False) -> list[str]:
    """Terms in order of appearance, repeats kept; no term holds white space.

    With `query`, stop words and request words ("where can I find", 请问…在哪里) are left out; the list
    may then be empty.
    """
    terms: list[str] = []
    for found in _TOKEN.finditer(normalise(text)):
        token = found[0]
        if found["han"]:
            terms += _chinese_terms(token, query=query)
        elif found["standard"]:
            terms.append(re.sub(r"\s", "", token))
            terms += _PART.findall(token)
        else:
            terms += _latin_terms(token, query=query)
    return terms


def content_terms(query: str) -> list[str]:
    """The distinct terms of a question that carry its need, in order of appearance."""
    return list(dict.fromkeys(analyse(query, query=True)))


def characters(text: str, *, query: bool = False) -> list[str]:
    """Single Chinese characters in order, repeats kept; with `query` those of stop words are left out.

    They find what words miss: lay words and the statute's share characters more often than words.
    """
    found: list[str] = []
    for run in _HAN_RUN.findall(normalise(text)):
        words = _segmenter().cut(run) if query else [run]
        found += [char for word in words if not (query and word in _CHINESE_STOP) for char in word]
    return found


def asks(query: str) -> bool:
    """True for a question or a wish in a sentence, False for a title or key words."""
    text = normalise(query)
    if text.rstrip().endswith("?"):
        return True
    for found in _TOKEN.finditer(text):
        words = _segmenter().cut(found[0]) if found["han"] else [found[0]]
        if not _ASKING.isdisjoint(words):
            return True
    return False


def content_words(query: str) -> list[str]:
    """As `content_terms`, but each Chinese word once, without the bigrams inside and across words."""
    words: list[str] = []
    for found in _TOKEN.finditer(normalise(query)):
        token = found[0]
        if found["han"]:
            words += [word for word in _segmenter().cut(token) if word not in _CHINESE_STOP]
        elif found["standard"]:
            words.append(re.sub(r"\s", "", token))
        else:
            words += _latin_terms(token, query=True)[:1]
    return list(dict.fromkeys(words))


def surface_of(word: str, text: str) -> str | None:
    """The word of a text, as it stands there, that `content_words` turned into this one; None without any."""
    for found in _TOKEN.finditer(text):
        if found["han"] and word in found[0]:
            return word
        if not found["han"] and word in content_words(found[0]):
            return found[0]
    return word if word in text else None


PLACE_NOUN = "ns"
"""The part of speech of names of places, as `tagged_words` gives it."""


def tagged_words(text: str) -> list[tuple[str, str]]:
    """The words of a text in order with their part of speech, as the segmenter sees it."""
    return list(_segmenter().tag(text))


def nouns(text: str) -> list[str]:
    """The distinct Chinese nouns of two characters and more, in order of appearance, simplified."""
    tagged = _segmenter().tag(normalise(text))
    return list(
        dict.fromkeys(word for word, tag in tagged if tag in _NOUNS and len(word) > 1 and has_han(word))
    )


_NOUNS = frozenset({"n", "nz", "nrt"})
