"""Which language a question is in, and a question cleaned of what nobody can see."""

from __future__ import annotations

import re
import unicodedata

from assistant.records import Language
from retrieval.phonetic import syllables

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_WORD = re.compile(r"[A-Za-z]{2,}")
_LATIN = re.compile(r"[A-Za-z]+")
_URL = re.compile(r"https?://\S+")
LEAST_SPELT, SPELT = 4, 0.8
"""Words of a text, and the share of them made of syllables, from which it is pinyin. Of 15,000 written
questions none in English has .7."""
_ENDS = r"(?=\s*(?:[^\w\s]|$|please\b|pls\b|again\b|now\b|instead\b|thanks?\b))"
"""Behind "in Chinese": where a noun follows, it is waters or markets that are Chinese."""
_IN_ENGLISH = re.compile(
    rf"用英[文语]|英[文语](再|版|回答|说)|翻译?成英|in english{_ENDS}|english,? please|english version", re.I
)
_IN_CHINESE = re.compile(
    rf"用(中文|汉语|普通话)|中文(再|版|回答|说)|翻译?成中文|in chinese{_ENDS}|chinese(?:,? please| version)",
    re.I,
)


def clean(text: str) -> str:
    """The question without control, zero-width and bidirectional characters; spaces are joined."""
    kept = []
    for char in unicodedata.normalize("NFC", text):
        category = unicodedata.category(char)
        if category == "Cf":  # zero-width and bidirectional: they stand inside words
            continue
        kept.append(" " if category in {"Cc", "Cs", "Co", "Cn"} else char)
    return " ".join("".join(kept).split())


def has_words(text: str) -> bool:
    """True when there is a letter, a Chinese character or a digit to work with."""
    return any(unicodedata.category(char)[0] in "LN" for char in text)


def detect_language(text: str, default: Language | None = None) -> Language:
    """zh or en by weight: names in Latin letters do not make a Chinese question English.

    Without letters of either script, `default` (or zh).
    """
    text = _URL.sub(" ", text)
    han, words = len(_HAN.findall(text)), len(_WORD.findall(text))
    if not han and not words:
        return default or "zh"
    if han and words:
        # One Chinese verb or particle governs a sentence full of borrowed nouns.
        return "zh" if han >= 2 and han * 1.5 >= words else "en"
    return "zh" if han or spelt(text) else "en"


def spelt(text: str) -> bool:
    """True for Chinese typed in pinyin: nearly every word is made of its syllables."""
    words = _LATIN.findall(text)
    made = sum(word.islower() and bool(syllables(word)) for word in words)
    return len(words) >= LEAST_SPELT and made >= SPELT * len(words)


def requested_language(text: str) -> Language | None:
    """The language the asker asks to be answered in, when the question says so."""
    if _IN_ENGLISH.search(text):
        return "en"
    if _IN_CHINESE.search(text):
        return "zh"
    return None


def only_requests_language(text: str) -> bool:
    """True for 「用英文再说一遍」 and "in English please": nothing else is asked."""
    rest = _IN_ENGLISH.sub("", _IN_CHINESE.sub("", text))
    rest = re.sub(
        r"再?(说|讲|答|回答|解释)(一[遍下次])?|重复|话|一遍|请|吧|呢|可以|能|吗|麻烦|回答|and|please|again|say|that|it|can|could|you|the|"
        r"same|repeat|now|answer|translate|[\W_]",
        "",
        rest,
        flags=re.I,
    )
    return requested_language(text) is not None and not rest
