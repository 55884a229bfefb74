"""Numbers of a Chinese or English text in one form, so that two languages can be compared."""

from __future__ import annotations

import re
import unicodedata

from corpus.numerals import chinese_number

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = re.compile(
    r"\b(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b",
    re.IGNORECASE,
)
_CARDINALS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven")
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_WORDS = (
    {word: number for number, word in enumerate(_CARDINALS)}
    | {word: number for number, word in enumerate(_ORDINALS, 1)}
    | {"twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "both": 2}
)
_SCALES = {"万": 10**4, "亿": 10**8, "k": 10**3, "thousand": 10**3, "million": 10**6, "billion": 10**9}
_SCALE = r"(万|亿|k\b|thousand\b|million\b|billion\b)"
_NUMBER = re.compile(rf"(\d+(?:\.\d+)*)\s*{_SCALE}?")
_RANGE = re.compile(rf"(?<![\d.])(\d{{1,3}}(?:\.\d+)?)([–-])(\d+(?:\.\d+)?\s*{_SCALE})")
_CHINESE = re.compile(r"[零〇一二两三四五六七八九十百千]+[万亿]?")


def _canonical(digits: str, scale: str) -> str:
    if digits.count(".") > 1:
        return digits  # a DOI, a version
    value = float(digits) * _SCALES.get(scale, 1)
    return f"{value:.10g}" if value < 10**12 else digits


def _found(text: str) -> set[str]:
    text = re.sub(r"(?<=\d),(?=\d{3})", "", unicodedata.normalize("NFKC", text))
    text = _RANGE.sub(r"\1 \4\2\3", text)  # 0.5–5 million: both ends are millions
    return {_canonical(digits, scale) for digits, scale in _NUMBER.findall(text)}


def written(text: str) -> set[str]:
    """Numbers written in digits; 53,000, 5.3万 and 5.3 thousand in one form each."""
    return _found(text)


def implied(text: str) -> set[str]:
    """Numbers written in any way: digits, Chinese numerals, English words, names of months."""
    numbers = _found(text)
    for numeral in _CHINESE.findall(text):
        if len(numeral) > 1 and not set(numeral) & set("十百千万亿"):
            numbers |= {
                str(chinese_number(digit)) for digit in numeral
            }  # 一二类: classes 1 and 2; 一〇五: 105 too
        scale = numeral[-1] if numeral[-1] in "万亿" else ""
        value = chinese_number(numeral.removesuffix(scale) if scale else numeral)
        if value is not None:
            numbers.add(f"{value * _SCALES.get(scale, 1):.10g}")
    for month in _MONTH.findall(text):
        numbers.add(str(1 + _MONTHS.index(month[:3].lower())))
    for word, hundred in re.findall(r"([a-z]+)([ -]hundred)?", text.lower()):
        if word in _WORDS:
            numbers.add(str(_WORDS[word] * (100 if hundred else 1)))
    return numbers
