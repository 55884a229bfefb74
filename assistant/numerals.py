"""Every number a text states, in one form: 三十, 30 and ３０ are equal, and so are 50万 and 500,000."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Literal, NamedTuple

Kind = Literal["number", "percent", "fraction", "date", "article", "phone", "time"]


class Number(NamedTuple):
    """A stated value. `unit` is set for spans of time and money, where another unit is another statement."""

    kind: Kind
    value: str
    unit: str = ""


_CN = "〇零一二两三四五六七八九十百千万亿"
_CN_DIGIT = {char: digit for digit, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
# fmt: off
_WORDS = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen",
    "seventeen", "eighteen", "nineteen",
]
# fmt: on
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ENGLISH = {word: value for value, word in enumerate(_WORDS)} | {
    word: value * 10 for value, word in enumerate(_TENS, 2)
}
_MONTH_NAMES = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
_SCALE = {
    "百": 100, "千": 1000, "万": 10**4, "亿": 10**8, "百万": 10**6, "千万": 10**7,
    "万亿": 10**12, "k": 1000, "hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9,
}  # fmt: skip
_UNITS: tuple[tuple[str, str], ...] = (
    ("workday", r"个?工作日|(?:working|business|work)[ -]days?\b"),
    ("day", r"[日天]|个?自然日|(?:calendar )?days?\b"),
    ("week", r"个?(?:周|星期|礼拜)|weeks?\b"),
    ("month", r"个月|months?\b"),
    ("hour", r"个?(?:小时|钟头)|hours?\b"),
    ("minute", r"分钟|minutes?\b"),
    ("year", r"周?年(?!代)|years?\b"),
    ("yuan", r"元|块钱|yuan\b|rmb\b|cny\b"),
    ("dollar", r"美元|(?:us )?dollars?\b|usd\b"),
    ("percent", r"%|percent\b|per cent\b"),
    ("times", r"倍|times\b(?! a)"),
)
_UNIT = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _UNITS))
# What follows a Chinese numeral that counts something. 第三方, 四川, 十分 and the like count nothing.
_COUNTER = re.compile(
    r"余?多?(?:个|[年月日天周岁级类章款项份条种次家人元号期台套件名位页颗株头只处座所省市县部倍批轮层编节目]|"
    r"小时|分钟|工作日|以[上下内]|[%])"
)

_MONTH_NAME = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_N = r"[0-9]{1,2}"
_ARTICLE_NUMERAL = rf"(?:[0-9]{{1,4}}|[{_CN}]{{1,8}})"
_TOKEN = re.compile(
    # dates
    rf"(?P<ymd>(?<![0-9])(?P<y1>[12][0-9]{{3}})(?:[-/.](?P<m1>{_N})[-/.](?P<d1>{_N})(?![0-9])"
    rf"| ?年 ?(?P<m2>{_N}) ?月(?: ?(?P<d2>{_N}) ?[日号])?))"
    rf"|(?P<ym>(?<![0-9])(?P<y3>[12][0-9]{{3}})-(?P<m3>0[1-9]|1[0-2])(?![0-9-]))"
    rf"|(?P<md>(?<![0-9])(?P<m4>{_N}) ?月 ?(?P<d4>{_N}) ?[日号])"
    rf"|(?P<dmy>\b(?P<d5>{_N})(?:st|nd|rd|th)? (?:of )?(?P<m5>{_MONTH_NAME}),? (?P<y5>[12][0-9]{{3}})\b)"
    rf"|(?P<dm>\b(?P<d9>{_N})(?:st|nd|rd|th)? (?:of )?(?P<m9>{_MONTH_NAME})(?![a-z])(?<!may(?= [a-su-z])))"
    rf"|(?P<mdy>\b(?P<m6>{_MONTH_NAME}) (?P<d6>{_N})(?:st|nd|rd|th)?,? (?P<y6>[12][0-9]{{3}})\b)"
    rf"|(?P<my>\b(?P<m7>{_MONTH_NAME}),? (?P<y7>[12][0-9]{{3}})\b)"
    rf"|(?P<cnymd>(?P<y8>[〇零一二三四五六七八九]{{4}})年(?:(?P<m8>[{_CN}]{{1,3}})月(?:(?P<d8>[{_CN}]{{1,3}})[日号])?)?)"
    # articles: 第十四条, 第14-16条, 第十四、二十条, article 14, arts. 14 and 16
    rf"|(?P<article>第 ?(?P<a1>{_ARTICLE_NUMERAL}(?: ?(?:[、,和至到~-]|以及|"
    rf"及) ?第?{_ARTICLE_NUMERAL})*) ?条)"
    rf"|(?P<enarticle>\b(?:articles?|arts?\.?) ?(?P<a2>[0-9]{{1,4}}(?:(?: ?(?:,|-|&|\band\b|\bto\b|"
    rf"\bor\b) ?)+(?:articles? |arts?\.? )?[0-9]{{1,4}})*)(?![0-9]))"
    # telephone: groups joined by dashes or spaces, seven digits and more
    r"|(?P<phone>(?<![0-9.])(?:\+?[0-9]{1,3}[- ])?(?:\([0-9]{2,4}\)|"
    r"[0-9]{2,4})[- ]?(?:(?<=[-) ])[0-9]{6,8})(?:-[0-9]{1,5})?(?![0-9]))"
    r"|(?P<time>(?<![0-9:])[0-2]?[0-9]:[0-5][0-9](?![0-9:]))"
    rf"|(?P<tenths>(?<![{_CN}0-9])[一二三四五六七八九1-9]成(?!立|果|员|功|本|为|年|熟|绩|分|就|长|交|效|型|套|都))"
    r"|(?P<half>(?<![\u4e00-\u9fff])?一半|半数|\bhalf\b)"
    rf"|(?P<cnpercent>百分之(?P<pc>[0-9]+(?:\.[0-9]+)?|[{_CN}点]+))"
    rf"|(?P<cnfraction>(?P<den>[{_CN}]+)分之(?P<nom>[{_CN}]+))"
    r"|(?P<dotted>[0-9]+(?:\.[0-9]+){2,})"
    r"|(?P<digits>(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?)"
    r"|(?P<chinese>(?<![0-9])(?<![0-9][ 余多])(?<![0-9] [余多])"
    rf"(?:第(?=[{_CN}]+[章款项编节届次]))?[{_CN}]+(?:[余多][万亿])?)"
    rf"|(?P<english>\b(?:(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(_WORDS[1:10])}))?|"
    rf"{'|'.join(_WORDS[2:])})\b)",
)
_RANGE_END = re.compile(r" ?(?:[-~至到]|to\b) ?[0-9][0-9,.]*")
_SCALE_AFTER = re.compile(r" ?[余多]?(万亿|百万|千万|[万亿]|k\b|hundred\b|thousand\b|million\b|billion\b)")
_ORDINAL = re.compile(
    r"(?m)^[ \t>*-]*(?:[(（]?(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})[)）]|[0-9]{1,2}[.、．](?![0-9])|"
    r"[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十0-9]{1,3}[，,:])|"
    r"第[一二三四五六七八九十0-9]{1,3}步|步骤 ?[一二三四五六七八九十0-9]{1,3}|\bstep [0-9]{1,2}\b",
    re.I,
)


def _plain(value: Decimal) -> str:
    text = format(value.normalize(), "f")
    return text if value else "0"


def chinese_value(numeral: str) -> int | None:
    """三十 → 30, 二〇一八 → 2018, 五十万 → 500000; None when it is not a numeral."""
    if not numeral or any(char not in _CN for char in numeral):
        return None
    if len(numeral) > 1 and all(char in _CN_DIGIT for char in numeral):
        return int("".join(str(_CN_DIGIT[char]) for char in numeral))
    total = section = 0
    digit: int | None = None
    for char in numeral:
        if char in _CN_DIGIT:
            if digit:  # 十三五 is a plan, not a number
                return None
            digit = _CN_DIGIT[char]
        elif char in "十百千":
            section += (1 if digit is None else digit) * {"十": 10, "百": 100, "千": 1000}[char]
            digit = None
        else:
            scale = 10**4 if char == "万" else 10**8
            part = section + (digit or 0)
            if char == "亿":
                total, section = (total + (part or 1)) * scale, 0
            else:
                total, section = total + (part or 1) * scale, 0
            digit = None
    return total + section + (digit or 0)


def _date(year: str | int | None, month: str | int | None, day: str | int | None) -> Number:
    def two(part: str | int | None) -> str:
        return f"{int(part):02d}" if part else ""

    if not month:
        return Number("number", str(year))
    head = str(year) if year else "-"
    return Number("date", "-".join(part for part in (head, two(month), two(day)) if part))


def _month(name: str) -> int:
    return _MONTHS[name[:3]]


def _articles(listed: str) -> Iterator[Number]:
    span = re.search(r"[至到~-]|\bto\b", listed)
    values = []
    for numeral in re.findall(rf"[0-9]+|[{_CN}]+", listed):
        value = int(numeral) if numeral.isascii() else chinese_value(numeral)
        if value is not None:
            values.append(value)
    if span and len(values) == 2 and values[0] < values[1] <= values[0] + 40:
        values = list(range(values[0], values[1] + 1))
    return (Number("article", str(value)) for value in values)


def fold(text: str) -> str:
    """Half width, lower case, one kind of dash and blank: the form numbers are read in."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return re.sub(r"[‐-―−]", "-", folded).replace("〜", "~")


def _counted(value: Decimal, text: str, end: int) -> tuple[Decimal, str]:
    """The value scaled by 万 or million, and the unit that stands behind it."""
    scaled = _SCALE_AFTER.match(text, end)
    if scaled:
        value *= _SCALE[scaled[1]]
        end = scaled.end()
    after = text[end : end + 24].lstrip(" 余多-")
    unit = _UNIT.match(after)
    return value, str(unit.lastgroup) if unit else ""


def _read(found: re.Match[str], text: str) -> Iterator[Number]:
    get = found.group
    kind = found.lastgroup  # the outermost group closes last
    if kind == "ymd":
        yield _date(get("y1"), get("m1") or get("m2"), get("d1") or get("d2"))
    elif kind == "ym":
        yield _date(get("y3"), get("m3"), None)
    elif kind == "md":
        yield _date(None, get("m4"), get("d4"))
    elif kind == "dmy":
        yield _date(get("y5"), _month(get("m5")), get("d5"))
    elif kind == "dm":
        yield _date(None, _month(get("m9")), get("d9"))
    elif kind == "mdy":
        yield _date(get("y6"), _month(get("m6")), get("d6"))
    elif kind == "my":
        yield _date(get("y7"), _month(get("m7")), None)
    elif kind == "cnymd":
        month = chinese_value(get("m8")) if get("m8") else None
        yield _date(chinese_value(get("y8")), month, chinese_value(get("d8")) if get("d8") else None)
    elif kind in ("article", "enarticle"):
        yield from _articles(get("a1") or get("a2"))
    elif kind == "phone":
        yield Number("phone", re.sub(r"\D", "", get()))
    elif kind == "time":
        yield Number("time", get().zfill(5))
    elif kind == "tenths":
        value = chinese_value(get()[0]) if not get()[0].isascii() else int(get()[0])
        yield Number("percent", str((value or 0) * 10))
    elif kind == "half":
        yield Number("percent", "50")
    elif kind == "cnpercent":
        yield from _percent(get("pc"))
    elif kind == "cnfraction":
        yield Number("fraction", f"{chinese_value(get('nom'))}/{chinese_value(get('den'))}")
    elif kind == "dotted":
        yield Number("number", get())
    elif kind == "digits":
        yield from _digits(found, text)
    elif kind == "chinese":
        yield from _chinese(found, text)
    elif kind == "english":
        yield from _english(found, text)


def _percent(numeral: str) -> Iterator[Number]:
    if numeral.isascii():
        yield Number("percent", _plain(Decimal(numeral)))
        return
    whole, _, rest = numeral.partition("点")
    value = chinese_value(whole)
    if value is not None:
        decimals = "".join(str(_CN_DIGIT.get(char, "")) for char in rest)
        yield Number("percent", _plain(Decimal(f"{value}.{decimals or 0}")))


def _numbered(value: Decimal, unit: str) -> Number:
    if unit == "percent":
        return Number("percent", _plain(value))
    if unit == "year" and 1000 <= value <= 2999:  # 2018年 is a date, 5年 a span
        unit = ""
    return Number("number", _plain(value), unit)


def _digits(found: re.Match[str], text: str) -> Iterator[Number]:
    try:
        value = Decimal(found.group().replace(",", ""))
    except InvalidOperation:  # pragma: no cover - the pattern gives decimals only
        return
    later = _RANGE_END.match(text, found.end())
    if later:  # "5-10 working days": the unit stands once, behind the second
        scaled, unit = _counted(value, text, later.end())
        # "0.5–2 million" scales both ends, "100,000–1 million" only the second
        yield _numbered(value if value >= 1000 else scaled, unit)
        return
    yield _numbered(*_counted(value, text, found.end()))


def _chinese(found: re.Match[str], text: str) -> Iterator[Number]:
    numeral = re.sub("[第余多]", "", found.group())
    value = chinese_value(numeral)
    counter = _COUNTER.match(text, found.end())
    if value is None or not (counter or (len(numeral) > 1 and numeral[0] not in "百千万亿")):
        return
    if not counter and not set(numeral) & set("十百千万亿"):
        return
    number, unit = _counted(Decimal(value), text, found.end())
    if number == 1 and unit not in ("workday", "day", "week", "month", "year", "hour", "percent"):
        return  # 一个, 一项: an article, not a count
    yield _numbered(number, unit)


def _english(found: re.Match[str], text: str) -> Iterator[Number]:
    value = sum(_ENGLISH[word] for word in re.split("[- ]", found.group()))
    number, unit = _counted(Decimal(value), text, found.end())
    yield _numbered(number, unit)


def without_ordinals(text: str) -> str:
    """The text without the numbers of its list lines and steps."""
    return _ORDINAL.sub(" ", text)


def numbers_in(text: str) -> set[Number]:
    """All numbers, dates, article numbers and telephone numbers of the text; list ordinals are not numbers.

    A plain 一 or "one" is no number unless it measures time. Take addresses and markers out first.
    """
    folded = fold(without_ordinals(text))
    return {number for found in _TOKEN.finditer(folded) for number in _read(found, folded)}


def number_spans(folded: str) -> list[tuple[Number, int, int]]:
    """Numbers of a folded text with where each stands, its unit included; those of list lines left out."""
    hidden = _ORDINAL.sub(lambda found: " " * len(found[0]), folded)
    return [
        (number, found.start(), max(found.end(), _unit_end(folded, found.end())))
        for found in _TOKEN.finditer(hidden)
        for number in _read(found, hidden)
    ]


def _unit_end(text: str, end: int) -> int:
    """Where the scale and the unit behind a number end."""
    if scaled := _SCALE_AFTER.match(text, end):
        end = scaled.end()
    start = end + len(text[end : end + 8]) - len(text[end : end + 8].lstrip(" 余多-"))
    unit = _UNIT.match(text, start)
    return unit.end() if unit else end


def _implied(number: Number) -> Iterator[Number]:
    """What a stated number also states: a date its month and year."""
    yield number
    if number.kind == "date":
        year, _, rest = (
            number.value.rpartition("-") if number.value.startswith("--") else number.value.partition("-")
        )
        parts = rest.split("-")
        if year and not year.startswith("-"):
            yield Number("number", year)
            yield Number("date", f"{year}-{parts[0]}")
            if len(parts) == 2:
                yield Number("date", f"--{parts[0]}-{parts[1]}")
    elif number.kind == "number" and number.unit:
        yield Number("number", number.value)


class Stated:
    """The numbers of some texts, to look others up in."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._numbers = {
            implied for text in texts for number in numbers_in(text) for implied in _implied(number)
        }
        self._bare = {n.value for n in self._numbers if n.kind == "number" and not n.unit}
        self._measured = {n.value for n in self._numbers if n.kind == "number" and n.unit}

    def add(self, numbers: Iterable[Number]) -> None:
        """Let these count as stated too."""
        self._numbers |= {implied for number in numbers for implied in _implied(number)}
        self._bare |= {n.value for n in self._numbers if n.kind == "number" and not n.unit}

    def holds(self, number: Number) -> bool:
        """True when the number is stated, in the same unit where both name one."""
        if number in self._numbers:
            return True
        # A value that always stands with a unit does not support the value in another unit.
        return bool(number.kind == "number" and number.unit and number.value in self._bare - self._measured)


_SCALE_REACH = 12
"""Characters behind the digits of a result in which its scale and unit stand."""
_OPERATION = re.compile(
    r"(?P<left>[0-9][0-9,.]*(?:[^0-9=+×*/÷\n]{0,16}[-+−–×*/÷][^0-9=\n]{0,16}[0-9][0-9,.]*)+)[^0-9=\n]{0,16}=[^0-9=\n]{0,8}(?P<right>[0-9][0-9,.]*)"
)


def shown_results(text: str, stated: Stated) -> set[Number]:
    """Results of sums shown in the text ("18 + 49 = 67") whose terms are stated and which come out right."""
    results: set[Number] = set()
    folded = fold(text)
    for found in _OPERATION.finditer(folded):
        terms = [number for number, _, _ in number_spans(found[0].partition("=")[0])]
        right = number_spans(folded[found.start("right") : found.end() + _SCALE_REACH])
        signs = re.findall(r"[-+×*/÷]", found["left"])
        if not right or any(one.kind not in ("number", "percent") for one in (*terms, right[0][0])):
            continue
        if len(signs) != len(terms) - 1 or not all(stated.holds(term) for term in terms):
            continue
        values = [Decimal(term.value) for term in terms]
        for at, sign in enumerate(signs, 1):
            if terms[at].kind == "percent" and sign in "×*":  # 800万 × 50%
                values[at] /= 100
        if _calculate(values, signs) == Decimal(right[0][0].value):
            results.add(right[0][0])
    return results


def _calculate(terms: list[Decimal], signs: list[str]) -> Decimal | None:
    sums: list[Decimal] = [terms[0]]
    for sign, term in zip(signs, terms[1:], strict=True):
        if sign in "×*":
            sums[-1] *= term
        elif sign in "/÷":
            if not term:
                return None
            sums[-1] /= term
        else:
            sums.append(term if sign == "+" else -term)
    return sum(sums, Decimal(0))
