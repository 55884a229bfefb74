"""The day that a question about rules speaks of: 「2023年申请时适用哪条」, "in 2020, which rule applied"."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from corpus.numerals import chinese_number
from retrieval.mentions import Mention

_NUM = r"\d{1,2}|[一二三四五六七八九十]{1,3}"
_ZH = re.compile(
    rf"(?P<y>(?:19|20)\d\d|[一二〇零三四五六七八九]{{4}})\s*年(?:\s*(?P<m>{_NUM})\s*月份?(?:\s*(?P<d>{_NUM})\s*[日号])?)?"
    r"(?P<part>年?[初底末])?"
)
_ISO = re.compile(r"(?<![\d-])(?P<y>(?:19|20)\d\d)[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?![\d-])")
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTH = "|".join(f"{name[:3]}(?:{name[3:]})?" if len(name) > 3 else name for name in MONTHS)
_EN = re.compile(
    r"\b(?P<lead>as of|as at|as on|on|in|during|back in|by|until|till|at the end of|by the end of|end of"
    r"|before|prior to)\s+"
    rf"(?:(?:the year|early|late|mid|year)[\s-]+)?"
    rf"(?:(?:(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\s+)?(?P<m>{_MONTH})\.?(?:\s+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?,?)?\s+)?"
    r"(?P<y>(?:19|20)\d\d)\b(?![-/]\d)",
    re.I,
)
# What follows makes the year a property of a document, of data or of an event, not a day to stand on.
_PROPERTY = re.compile(
    r"\s*(?:版|年?度|新修|发布|颁布|公布|印发|出台|通过|施行|实施|生效|起|开始|以来|至今|新|的?[《〈“]|第?\s*\d+\s*号|"
    r"的?(?:通知|名单|标准|办法|条例|规定|细则|规则|考核|评价|新闻|报道|数据|资料|样品|样本|影像|论文|记录|观测|文件|文本|项目|成果|那[个份部])|到|至|[-–—~]\s*\d)"
)
_AMENDED = re.compile(r"\s*(?:年)?(?:修正|修订|修改|改)(?P<before>(?:之|以)?前)?")
_BEFORE = re.compile(r"\s*(?:以前|之前|前(?!后))")
_CHANGE = re.compile(
    r"修改|修订|修正|改了|变了|变化|调整|改动|\bamend|\bchang|\brevis|\bupdat|哪(?:一)?年|什么时候|何时|\bwhen\b",
    re.I,
)
_EN_PROPERTY = re.compile(
    r"(?:issued|adopted|published|released|amended|revised|changed|passed|promulgated|effective|force|dated|"
    r"established|founded|launched|collected|recorded|measured|standard|version|edition)\s*$",
    re.I,
)
_OPENS = "（([〔【《〈-"
_STANDING = re.compile(
    r"适用|当时|那时|那年|当年|那会儿|还有效|有效的?吗|时候|申请时|时[，,。？?的]|截至|截止|"
    r"\bappl(?:y|ied|icable)\b|\bat (?:that|the) time\b|\bthen\b|\bas of\b|\bwas\b|\bwere\b|\bdid\b|\bhad\b",
    re.I,
)
_BESIDE = re.compile(
    r"\s*(?:年?[初底末])?\s*(?:的?时候?|的?那(?:时|年|会儿|天|日)|期间|间|当[天日时年]|[，,]|呢|"
    r"[^，,。？?]{0,8}?(?:申请|提交|办理|采集|保藏|出境|立项|签|购置|买|报送|汇交|报批|投稿|发表|写|做|用|开始|归|由谁|应|须|该|要不要|有没有|可以|能))"
)
_LED = re.compile(r"(?:在|于|截至|截止|截止到|到|按|按照|依|依照|早在|回到)\s*$")
# 「2021年发布数据集时」: something done then, not a document issued then.
_ACT = re.compile(
    r"\s*(?:发布|公布|出台|通过|实施|开始|新)[^，,。？?《]{1,12}?(?:的时候|时(?!间|限)|之前|以前)"
)
_BY = re.compile(r"(?:按照?|依照?|根据)\s*$")
_RULES = re.compile(r"\s*的?(?:规定|规则|法律|标准|要求|办法)(?!》)")
_NOW = re.compile(
    r"现在|如今|目前|今天|今日|现行|眼下|还作数|\btoday\b|\bnow\b|\bcurrent|\bstill\b|\bnowadays\b", re.I
)


@dataclass(frozen=True, slots=True)
class AskedDay:
    """From `first` to `last`: one day, or the month or year that was named."""

    first: date
    last: date
    surface: str


def asked_day(
    question: str,
    mentions: Sequence[Mention] = (),
    today: date | None = None,
    *,
    owned: Collection[int] = (),
    numbered: bool = False,
) -> AskedDay | None:
    """The past or future day or period whose rules are asked for.

    None where no date is named, where it belongs to a document (2018年印发的…) or to data, where several
    are named, where the question is about the change itself or about today too, and where the period
    holds today. `owned` are years in which a document that is named was issued or changed: 「2018年的《…》」
    names it then, and a day otherwise. `numbered`: the question refers to an article by number.
    """
    if speaks_of_now(question):
        return None
    now = today or date.today()
    taken = [(one.start, one.end) for one in mentions]
    found: list[AskedDay] = []
    for pattern in (_ZH, _ISO, _EN):
        for match in pattern.finditer(question):
            start, end = match.span("y")[0], match.end()
            if any(a < end and start < b for a, b in taken):
                continue
            if pattern is _EN:
                asked = _english(question, match)
            else:
                asked = _chinese(question, match, taken, owned, numbered=numbered)
            if asked is not None:
                found.append(asked)
    days = {(one.first, one.last) for one in found}
    if len(days) != 1 or found[0].first <= now <= found[0].last:
        return None
    return found[0]


def asked_now(question: str, today: date | None = None) -> AskedDay | None:
    """Today, where it is named; None else."""
    found = _NOW.search(question)
    now = today or date.today()
    return AskedDay(now, now, found.group()) if found else None


def speaks_of_now(question: str) -> bool:
    """True where today is spoken of: 现在, 还作数, "still"."""
    return bool(_NOW.search(question))


def stands_on_a_day(question: str) -> bool:
    """True where the wording says that a rule is asked for as it stood: 适用, 当时, "applied", "was"."""
    return bool(_STANDING.search(question))


def _chinese(
    question: str,
    match: re.Match[str],
    names: Sequence[tuple[int, int]],
    owned: Collection[int],
    *,
    numbered: bool,
) -> AskedDay | None:
    before, after = question[: match.start()], question[match.end() :]
    if before.rstrip()[-1:] in _OPENS and before:
        return None
    parts = match.groupdict()
    part = parts.get("part") or ""
    year = int(parts["y"]) if parts["y"].isascii() else chinese_number(parts["y"])
    loose = numbered and year not in owned
    first, last = _period(parts["y"], parts["m"], parts["d"], part)
    if first is None or last is None:
        return None
    if part and _BEFORE.match(after):
        return AskedDay(last, last, match.group().strip())
    amended = _AMENDED.match(after)
    if (amended and amended["before"]) or _BEFORE.match(after):
        # 「2025年修正前」: the amendment may have come into force later, but not before that year.
        day = first - timedelta(days=1)
        return AskedDay(day, day, match.group().strip())
    by_rule = _BY.search(before) and _RULES.match(after)
    gap = re.match(r"\s*的?\s*[《“]?", after)
    beside = gap is not None and any(start == match.end() + gap.end() for start, _ in names)
    own = (beside and loose) or _ACT.match(after) or (by_rule and year not in owned)
    if amended or (_PROPERTY.match(after) and not own):
        return None
    if _CHANGE.search(question) and not stands_on_a_day(question):
        return None
    if not (loose or part or stands_on_a_day(question) or _BESIDE.match(after) or _LED.search(before)):
        return None
    return AskedDay(first, last, match.group().strip())


def _english(question: str, match: re.Match[str]) -> AskedDay | None:
    if _EN_PROPERTY.search(question[: match.start()]):
        return None
    parts = match.groupdict()
    first, last = _period(parts["y"], parts["m"], parts["d1"] or parts["d2"], "")
    if first is None or last is None:
        return None
    lead = parts["lead"].lower()
    if lead in ("before", "prior to"):
        day = first - timedelta(days=1)
        return AskedDay(day, day, match.group())
    if _CHANGE.search(question) and not re.search(r"\bappl|\bas of\b", question, re.I):
        return None
    if "end of" in lead:
        first = last
    return AskedDay(first, last, match.group())


def _period(year: str, month: str | None, day: str | None, part: str) -> tuple[date | None, date | None]:
    try:
        y = int(year) if year.isascii() else chinese_number(year) or 0
        if month is None:
            if "初" in part:
                return date(y, 1, 1), date(y, 1, 31)
            last = date(y, 12, 31)
            return (last if part else date(y, 1, 1)), last
        m = _month(month)
        if day is None:
            following = date(y + m // 12, m % 12 + 1, 1)
            return date(y, m, 1), following - timedelta(days=1)
        d = int(day) if day.isascii() else chinese_number(day) or 0
        return date(y, m, d), date(y, m, d)
    except ValueError:
        return None, None


def _month(month: str) -> int:
    if month.isascii() and month.isalpha():
        return next(n for n, name in enumerate(MONTHS, 1) if name.startswith(month.lower()[:3]))
    return int(month) if month.isascii() else chinese_number(month) or 0


def moved(day: date, count: int, unit: str) -> date:
    """A day so many days, weeks, months or years on, or back; of a shorter month its last day.

    Raises ValueError, OverflowError beyond the calendar.
    """
    if unit in ("day", "week"):
        return day + timedelta(days=count * (7 if unit == "week" else 1))
    months = day.year * 12 + day.month - 1 + count * (12 if unit == "year" else 1)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
