"""Which language a text is written in, from its script, its common words, or what the source declares."""

from __future__ import annotations

import re

from corpus.texts import Language

_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003134f]")
_KANA = re.compile(r"[\u3041-\u30ff]")
_HANGUL = re.compile(r"[\uac00-\ud7af\u1100-\u11ff]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_GREEK = re.compile(r"[\u0370-\u03ff]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_WORDS = re.compile(r"[a-z\u00df-\u024f]+")
_COMMON = {
    code: frozenset(words.split())
    for code, words in {
        "en": "the of and in to is for with from are by on this that was at as or data which be have",
        "fr": "le la les des du et une est dans pour par sur aux avec ce cette données qui au en",
        "de": "der die das und ist von mit für auf den dem ein eine im zu des nicht werden durch bei",
        "es": "el los las del y una es en por para con que se datos como su al más sobre",
        "it": "il di che della dei e per con sono nel una gli alla dati delle dal un",
        "pt": "o os da do das dos e uma para com em por dados na no não mais ao pela",
        "nl": "de het een van en voor met op zijn is te gegevens door deze bij naar wordt",
    }.items()
}
_CODES: dict[str, str] = {
    "eng": "en", "zho": "zh", "chi": "zh", "cmn": "zh", "fra": "fr", "fre": "fr", "deu": "de", "ger": "de",
    "spa": "es", "ita": "it", "por": "pt", "nld": "nl", "dut": "nl", "jpn": "ja", "kor": "ko", "rus": "ru",
    "ara": "ar", "pol": "pl", "ces": "cs", "cze": "cs", "swe": "sv", "nor": "no", "dan": "da", "fin": "fi",
    "hun": "hu", "ell": "el", "gre": "el", "tur": "tr", "ukr": "uk", "ron": "ro", "rum": "ro", "slv": "sl",
    "hrv": "hr", "cat": "ca", "eus": "eu", "isl": "is", "ice": "is", "lit": "lt", "lav": "lv", "est": "et",
    "english": "en", "chinese": "zh", "french": "fr", "german": "de", "spanish": "es", "italian": "it",
    "portuguese": "pt", "dutch": "nl", "japanese": "ja", "korean": "ko", "russian": "ru", "norwegian": "no",
    "中文": "zh", "汉语": "zh", "简体中文": "zh", "英文": "en", "英语": "en",
}  # fmt: skip

_OTHER_SCRIPTS = frozenset({"zh", "ja", "ko", "ru", "uk", "bg", "el", "ar", "fa", "he", "hi", "th"})
"""What is not written in Latin letters: it may be declared of a record, and never holds for a Latin title."""


def language_code(word: str | None) -> str | None:
    """ISO 639-1 of a declared language: eng, en-US, English, zh_Hans, 中文, …/language/ENG."""
    if not word:
        return None
    last = word.strip().rstrip("/").rpartition("/")[2].lower()
    last = re.split(r"[;,\s]", last, maxsplit=1)[0]
    first = re.split(r"[-_@.]", last, maxsplit=1)[0]
    if first in _CODES:
        return _CODES[first]
    return first if re.fullmatch(r"[a-z]{2}", first) else None


def language_of(text: str, declared: str | None = None) -> str:
    """ISO 639-1. Chinese characters, kana and hangul speak for themselves, whatever was declared;

    a Latin text is what was declared, else what its common words say, else English.
    """
    if text.isascii():
        return _latin(text, declared)
    han, latin = len(_HAN.findall(text)), len(_LATIN.findall(text))
    if kana := len(_KANA.findall(text)):
        if kana * 10 > han:
            return "ja"
    elif _HANGUL.search(text) and len(_HANGUL.findall(text)) > han:
        return "ko"
    # A Han character says about as much as three letters.
    if han and (han * 3 >= latin or declared == "zh"):
        return "zh"
    for pattern, code in ((_CYRILLIC, "ru"), (_ARABIC, "ar"), (_GREEK, "el")):
        if len(pattern.findall(text)) > latin:
            return declared if declared and declared not in ("en", "zh") else code
    return _latin(text, declared)


def _latin(text: str, declared: str | None) -> str:
    words = set(_WORDS.findall(text[:1500].lower()))
    counts = {code: len(words & common) for code, common in _COMMON.items()}
    best = max(counts, key=lambda code: counts[code])
    # Titles in English under language=zh are the rule in Chinese catalogues, and the reverse abroad.
    if (
        declared
        and declared not in _OTHER_SCRIPTS
        and (declared == best or counts[best] < 3 or declared not in _COMMON)
    ):
        return declared
    return best if counts[best] >= 2 and counts[best] > counts["en"] else "en"


def side_of(code: str) -> Language:
    """The field of Text where it stands: zh for Chinese, en for all others."""
    return "zh" if code == "zh" else "en"
