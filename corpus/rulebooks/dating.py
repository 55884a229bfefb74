"""Dates, number, issuer and rank of a document, as far as its own words state them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from corpus.numerals import chinese_number
from corpus.records import Rank

_YEAR = r"\d{4}|[一二三四五六七八九〇零○]{4}"
_DAY = r"\d{1,2}|[一二三四五六七八九十]{1,3}"
_DATE = re.compile(rf"({_YEAR})\s*年\s*({_DAY})\s*月\s*({_DAY})\s*日")
_ENACTED = re.compile(r"公布|发布|颁布|印发|修订|修正|批准|通过")
_PUBLISHED = re.compile(r"公布|发布|颁布|印发")
_REVISED = re.compile(r"修订|修正")
_FROM = re.compile(r"^\s*起?\s*(?:施行|实施|执行|生效)")
_ON_PUBLICATION = re.compile(r"自?(?:公布|发布|颁布|印发)之日起?\s*(?:施行|实施|执行|生效)")
_CLOSING = re.compile(
    rf"本[\u4e00-\u9fff]{{1,12}}(?:自|于|从)\s*(?P<date>(?:{_YEAR})\s*年\s*(?:{_DAY})\s*月\s*(?:{_DAY})\s*日)"
    r"\s*起?\s*(?:施行|实施|执行|生效)"
)
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_MONTHS = _MONTH.split("|")
_EN_CLOSING = re.compile(
    r"(?:take effect|come into (?:force|effect)|enter into force|be effective)\s+(?:on|from|as of|as from)\s+"
    rf"(?:(?P<d1>\d{{1,2}})\s+(?P<m1>{_MONTH})|(?P<m2>{_MONTH})\s+(?P<d2>\d{{1,2}}),?)\s+(?P<y>\d{{4}})",
    re.I,
)
_ORDER = re.compile(
    r"(?P<body>[\u4e00-\u9fff、]{2,40}?)(?P<kind>令|公告)\s*(?:第\s*)?(?P<no>[\d一二三四五六七八九十百〇零○]+)\s*号"
)
_BRACKETED = re.compile(r"[\u4e00-\u9fff]{2,12}\s*[〔\[［（(]\d{4}[〕\]］）)]\s*第?\s*\d+\s*号")
_CONGRESS = re.compile(
    r"(?P<place>[\u4e00-\u9fff]{0,12}?)第[一二三四五六七八九十\d]+届(?P<body>(?:全国)?人民代表大会(?:常务委员会)?)"
)
_COUNTRY = "中华人民共和国"


@dataclass(frozen=True, slots=True)
class Facts:
    """`revised`: the text was changed after it was first published."""

    issued: str | None
    effective: str | None
    doc_number: str | None
    issuing_body: str | None
    revised: bool
    first: str | None


def read_facts(note: Sequence[str], closing: Iterable[str], issued: str | None) -> Facts:
    """From the lines under the title and the last articles; `issued` is the day that is given, if any."""
    text = "\n".join(note)
    enacted: list[tuple[str, str]] = []
    starts: list[str] = []
    found = list(_DATE.finditer(text))
    for place, match in enumerate(found):
        day = _iso(*match.groups())
        if day is None:
            continue
        rest = text[match.end() : found[place + 1].start() if place + 1 < len(found) else None]
        if _FROM.match(rest):
            starts.append(day)
        elif _ENACTED.search(rest):
            enacted.append((day, rest))
    days = sorted(day for day, what in enacted if not re.search("通过|批准", what) or _PUBLISHED.search(what))
    days = days or sorted(day for day, _ in enacted)
    last = issued or (days[-1] if days else None)
    revised = any(_REVISED.search(what) for _, what in enacted) or bool(last and days and days[-1] < last)
    closing = list(closing)
    return Facts(
        issued=last,
        effective=_effective(text, starts, closing, last, revised),
        doc_number=_number(text),
        issuing_body=_issuer([what for _, what in enacted]),
        revised=revised,
        first=min((day for day, _ in enacted), default=None),
    )


def _effective(
    text: str, starts: list[str], closing: list[str], issued: str | None, revised: bool
) -> str | None:
    """A day before this version's own publication belongs to an earlier version."""
    stated = list(starts)
    for words in closing:
        stated += [day for match in _CLOSING.finditer(words) if (day := _iso_of(match["date"]))]
        for match in _EN_CLOSING.finditer(words):
            month = _MONTHS.index((match["m1"] or match["m2"]).capitalize()) + 1
            if day := _iso(match["y"], str(month), match["d1"] or match["d2"]):
                stated.append(day)
    own = sorted(day for day in stated if issued is None or day >= issued)
    if own:
        return own[-1]
    if not revised and _ON_PUBLICATION.search("\n".join([text, *closing])):
        return issued
    return None


def _number(text: str) -> str | None:
    """The last order or number named: that of the newest publication."""
    text = _DATE.sub(" ", text)
    numbers: list[tuple[int, str]] = []
    for match in _ORDER.finditer(text):
        body = match["body"].replace(_COUNTRY, "")
        numbers.append((match.start(), f"{body}{match['kind']}第{match['no']}号"))
    numbers += [(m.start(), re.sub(r"\s", "", m[0])) for m in _BRACKETED.finditer(text)]
    return max(numbers)[1] if numbers else None


def _issuer(events: list[str]) -> str | None:
    """Who passed, published or issued it; the newest event that names someone wins."""
    passed = [what for what in events if not re.search("批准|通过", what) or "通过" in what]
    for event in reversed(passed or events):
        what = event.split("《", 1)[0]
        if found := _CONGRESS.search(what):
            return f"{found['place']}{found['body']}"
        if found := _ORDER.search(what):
            return found["body"].replace(_COUNTRY, "")
        if found := re.match(r"\s*([\u4e00-\u9fff、]{2,60}?)(?:公告)?(?:公布|发布|颁布|印发|批准)", what):
            return found[1].replace(_COUNTRY, "")
    return None


def rank_of(title: str, issuer: str | None) -> Rank | None:
    """From title and issuer; None where they do not tell."""
    body = issuer or ""
    if re.match(r"^(GB|DB|T/|HY|NY)[/ \d]|国家标准", title):
        return "standard"
    if body.startswith("全国人民代表大会"):
        return "law"
    if "人民代表大会" in body or re.search(r"(省|市|自治区|自治州)人民政府", body):
        return "local"
    if re.match(r"^[\u4e00-\u9fff]{2,7}(省|市|自治区)", title) and not title.startswith(_COUNTRY):
        return "local"
    if body.startswith("国务院"):
        return "administrative_regulation"
    if re.search(r"(部|委员会|局|总署|办公室|委)(、|$)", body):
        return "departmental_rule"
    return "institution" if body else _rank_by_name(title)


def _rank_by_name(title: str) -> Rank | None:
    """Only a law and a regulation have names of their own."""
    if re.search(r"(?<!办)法$", title):
        return "law"
    return "administrative_regulation" if re.search(r"条例(?:（[^）]*）)?$", title) else None


def _iso_of(text: str) -> str | None:
    match = _DATE.search(text)
    return _iso(*match.groups()) if match else None


def _iso(year: str, month: str, day: str) -> str | None:
    try:
        parts = [chinese_number(one.replace("○", "〇")) or 0 for one in (year, month, day)]
        return date(*parts).isoformat()
    except ValueError:
        return None
