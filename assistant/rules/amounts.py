"""Amounts of a text: a number, what it counts, how it is bounded, and the words it stands among.

Closed rules only: numbers, units, words of comparison (quantities.yaml). What an amount is about is told by the
words of its part of the sentence alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache

from assistant.numerals import Number, number_spans
from assistant.reading.negation import negated
from assistant.rules.quantities import Sense, quantity_words
from retrieval.analysis import content_terms, content_words, has_han, normalise, tagged_words

BOUNDS: tuple[Sense, ...] = ("over", "least", "under", "most")
MONEY = frozenset({"yuan", "dollar", "euro"})
TIMES: Mapping[str, tuple[str, int]] = {
    "day": ("day", 1), "week": ("day", 7), "month": ("month", 1), "year": ("month", 12),
    "workday": ("workday", 1), "hour": ("hour", 1), "minute": ("minute", 1),
}  # fmt: skip
"""Units of time: those that have a fixed share of each other are compared."""
_NEAR = Decimal("0.1")
"""What "about" may be off by."""
_SCALED = re.compile(r"[万亿]|\b(?:million|billion)\b|\d[km]\b")
"""Scales after which money is meant where nothing else is counted: 「卖了180万」."""
_OPPOSITE: Mapping[str, Sense] = {"over": "most", "under": "least"}
_DELIMITERS = re.compile(r"[，；。！？!?、\n（）()\[\]【】+]|[,;:：](?!(?<=\d.)\d)|\.(?=\s|$)")
_CONJUNCTION = re.compile(r"\b(?:and|or|plus|while|but)\b")
_JOINED = re.compile(r"\s*(?:或者?|和|与|及|、|,|，|/|\b(?:and|or)\b)\s*")
_RANGE = re.compile(r"\s*(?:[-~至到]|to\b)\s*")
_PERSONS = "个人 people person individual"
"""What a number of persons counts, whichever word it stands with."""
_NEAREST = 3
"""Words beside a share that say what it is taken of."""
_LEADING = 16
"""Characters before a share in which its bound may stand: 「不超过直接费用的8%」."""
_YEARS = range(1900, 2101)


@dataclass(frozen=True, slots=True)
class Amount:
    """`value` to `upper` where it is a range; `surface` as it was written, `piece` the part of the sentence.

    `nouns` are the terms of the piece, `behind` its words behind the number in order; a term that a negation
    rules out stands with ¬ before it.
    """

    value: Decimal
    unit: str
    sense: Sense
    surface: str
    start: int
    end: int
    said: str = ""
    """With the words of its bound, as written."""
    upper: Decimal | None = None
    label: str = ""
    """The unit, or the counter, as it was written."""
    piece: str = ""
    nouns: frozenset[str] = frozenset()
    behind: tuple[str, ...] = ()
    led: str = ""
    """What stands directly before it in its piece: 绝密 of 「绝密≤30年」."""
    whole: frozenset[str] = frozenset()
    """Of a share or a multiple, the terms of what it is taken of."""
    joined: bool = False
    """The part before it is joined to it: 「50名或者30名」."""
    marks: frozenset[str] = frozenset()
    """What the piece says of `sum`, `more`, `yearly`, `ends` and `valid`, as quantities.yaml has them."""

    @property
    def measure(self) -> str:
        return TIMES[self.unit][0] if self.unit in TIMES else self.unit

    @property
    def size(self) -> Decimal:
        """The value in the measure of its unit: a year is twelve months."""
        return self.value * (TIMES[self.unit][1] if self.unit in TIMES else 1)

    def like(self, other: Amount) -> bool:
        """True where both count the same."""
        pair = {self.measure, other.measure}
        if pair == {"count", "person"}:
            counts = self if self.measure == "count" else other
            return not counts.nouns.isdisjoint(content_terms(_PERSONS))
        return len(pair) == 1 and (pair != {"count"} or bool(self.nouns & other.nouns))

    def side(self, bound: Amount) -> bool | None:
        """Whether it is what the bound says; None where that is not decided."""
        low, high, low_in, high_in = self._span()
        least, most, least_in, most_in = bound._span()
        if bound.sense == "range":  # whether its ends belong to it is not said
            inside = low > least and high is not None and most is not None and high < most
            outside = (most is not None and low > most) or (high is not None and high < least)
            return True if inside else False if outside else None
        above = low > least or (low == least and (least_in or not low_in))
        below = most is None or (
            high is not None and (high < most or (high == most and (most_in or not high_in)))
        )
        if above and below:
            return True
        under = high is not None and (high < least or (high == least and not (least_in and high_in)))
        over = most is not None and (low > most or (low == most and not (most_in and low_in)))
        return False if under or over else None

    def _span(self) -> tuple[Decimal, Decimal | None, bool, bool]:
        """From, to, and whether each end belongs to it."""
        size = self.size
        if self.sense in ("over", "least"):
            return size, None, self.sense == "least", False
        if self.sense in ("under", "most"):
            return Decimal(-1), size, True, self.sense == "most"
        if self.sense == "range":
            return size, self.upper, True, True
        off = size * _NEAR if self.sense == "about" else Decimal(0)
        return size - off, size + off, True, True


@lru_cache(maxsize=2048)
def amounts_in(text: str) -> tuple[Amount, ...]:
    """The amounts of a text in order; days, years of the calendar and bare numbers are none."""
    folded = normalise(text)
    raw = text if len(text) == len(folded) else folded
    spans = number_spans(folded)
    found: list[Amount] = []
    previous: tuple[Number, int, int] | None = None
    for number, start, end in spans:
        made = _amount(number, start, end, folded, raw)
        ranged = previous and _RANGE.fullmatch(folded[previous[2] : start])
        if made and previous and ranged and number.kind == previous[0].kind and previous[0].kind != "date":
            lower, first = Decimal(previous[0].value), previous[1]
            if found and found[-1].start <= first and found[-1].end >= previous[2]:
                found.pop()
            surface = raw[first : made.end]
            made = replace(
                made, value=lower, upper=made.value, sense="range", start=first,
                surface=surface.strip(), said=surface.strip(),
            )  # fmt: skip
        if made:
            found.append(made)
        previous = (number, start, end)
    return tuple(_among(found, folded, raw))


def _amount(number: Number, start: int, end: int, text: str, raw: str) -> Amount | None:
    """One number with its unit and its bound; None where it counts nothing."""
    words = quantity_words()
    if number.kind not in ("number", "percent", "fraction"):
        return None
    value = _value(number)
    unit, label, stop, first = _unit(number, start, end, text)
    if unit == "yuan" and re.match(r"m\b", text[end:]) and first < start:  # RMB 1.6m
        value, stop = value * 10**6, end + 1
    if unit == "year" and value > 200:
        return None
    surface = raw[first:stop].strip()
    if unit == "percent" and not any(char.isdigit() for char in surface):
        surface = f"{value.normalize():f}%"
    sense: Sense = "exact"
    noun = re.compile(rf"\s+{label}").match(text, stop) if unit == "count" and label.isascii() else None
    if behind := words.behind.match(text, end):
        sense, stop = words.after[behind["word"]], max(stop, behind.end())
    elif behind := words.behind.match(text, noun.end() if noun else stop):
        sense, stop = words.after[behind["word"]], behind.end()
    elif unit in TIMES and (inside := words.within.match(text, stop)):
        sense, stop = "most", inside.end()
    before = text[:first]
    if unit == "percent" and before.endswith("的"):
        before = before[
            : max((one.end() for one in words.said.finditer(before, len(before) - _LEADING)), default=0)
        ]
    if sense == "exact" and (far := words.adverb.search(before)):  # 至少保存3年
        sense = words.before[far["word"]]
    elif lead := words.lead.search(before):
        told, refused = words.before[lead["word"]], lead["no"] and lead["word"] not in words.below
        if not refused or told in _OPPOSITE:
            sense = _OPPOSITE[told] if refused else told
            first = lead.start() if before == text[:first] else first
    if sense == "exact" and re.search(r"[余多]", text[end:stop]):
        sense = "about"
    if not unit and sense not in BOUNDS:
        return None
    return Amount(
        value,
        unit,
        sense,
        surface,
        first,
        stop,
        raw[first:stop].strip() if sense != "exact" else surface,
        label=label,
    )


def _value(number: Number) -> Decimal:
    if number.kind == "fraction":
        top, _, bottom = number.value.partition("/")
        return Decimal(100) * int(top) / int(bottom) if bottom.isdigit() and int(bottom) else Decimal(0)
    return Decimal(number.value)


def _unit(number: Number, start: int, end: int, text: str) -> tuple[str, str, int, int]:
    """What a number counts, the word that says so, where that ends, and where a currency before begins."""
    words = quantity_words()
    if number.kind in ("percent", "fraction"):
        return "percent", "%", end, start
    if number.unit:
        return number.unit, "", end, start
    if currency := words.currencies.search(text[:start]):
        return words.currency_of[currency[0].strip()], "", end, currency.start()
    bound = words.behind.match(text, end)
    at = bound.end() if bound else end  # "12 or more plants"
    for pattern in (words.units, words.counter):
        if found := pattern.match(text, at):
            unit = words.unit_of.get(found["unit"], "count")
            return unit, found["unit"], found.end(), start
    if _SCALED.search(text[start:end]) and not re.match(r"\s+[a-z]", text[end:]):
        return "yuan", "", end, start
    counted = re.match(r"\s+(?P<unit>[a-z]{3,})", text[at:])
    if counted and content_terms(counted["unit"]) and not text[max(0, start - 1) : start].strip("( ,;:"):
        return "count", counted["unit"], end, start
    return "", "", end, start


def _among(found: Sequence[Amount], text: str, raw: str) -> list[Amount]:
    """The amounts with the parts of the sentence in which they stand."""
    taken = [(one.start, one.end) for one in found]
    cuts = [
        (start, end, text[start:end])
        for start, end in _parting(_cuts(text), taken, len(text))
        if not any(a < end and start < b for a, b in taken)
        # what a colon leads to directly, it names: "mixed: at least 50"
        and not (text[start:end] in ":：" and any(not text[end:a].strip() for a, _ in taken if a >= end))
    ]
    placed: list[Amount] = []
    for one in found:
        before = max((cut for cut in cuts if cut[1] <= one.start), key=lambda cut: cut[1], default=(0, 0, ""))
        low = before[1]
        high = min((start for start, _, _ in cuts if start >= one.end), default=len(text))
        inside = [place for place in taken if low <= place[0] and place[1] <= high]
        rest = _blanked(text, low, high, inside)
        led = text[max([low, *(b for _, b in inside if b <= one.start)]) : one.start].strip(" :：")
        joined = (
            bool(placed) and bool(_JOINED.fullmatch(before[2])) and placed[-1].end >= _start(cuts, before)
        )
        after = text[one.end : min([high, *(a for a, _ in inside if a >= one.end)])]
        behind = _marked(after)
        made = replace(
            one,
            piece=raw[low:high].strip(" :："),
            nouns=frozenset((*_terms(rest), *(_terms(one.label) if one.unit == "count" else ()))),
            behind=tuple(behind),
            led=led,
            whole=_whole(led, after) if one.unit in ("percent", "times") else frozenset(),
            joined=joined,
            marks=frozenset(_marks(rest, led)),
        )
        if joined and made.sense == "exact" and placed[-1].sense in BOUNDS:
            family = {made.measure, placed[-1].measure}
            if len(family) == 1 or family == {"count", "person"}:
                made = replace(made, sense=placed[-1].sense)
        if joined and placed[-1].measure == made.measure and placed[-1].behind:
            # 「累计10万人普通或1万人敏感信息」: both are 累计, and both are 信息
            shared = frozenset(_terms(" ".join(made.behind[len(placed[-1].behind) :])))
            placed[-1] = replace(placed[-1], nouns=placed[-1].nouns | shared)
            if not led:
                made = replace(made, nouns=made.nouns | frozenset(_terms(placed[-1].led)))
        # A bare bound of several together, "(mixed: at least 50)", counts what they count.
        if made.unit or made.sense == "exact" or "sum" in made.marks:
            placed.append(replace(made, unit="count") if made.sense in BOUNDS and not made.unit else made)
    return placed


def _whole(led: str, after: str) -> frozenset[str]:
    """The terms of what a share is taken of: the words beside it, on the side on which 的 or "of" stands."""
    of_after = re.match(r"\s*(?:的|of\b)", after) is not None
    bound = max((one.end() for one in quantity_words().said.finditer(led)), default=0)
    before = content_words(led[bound:])
    words = content_words(after)[:_NEAREST] if of_after or not before else before[-_NEAREST:]
    return frozenset(_terms(" ".join(words)))


def _parting(
    cuts: Sequence[tuple[int, int, bool]], taken: Sequence[tuple[int, int]], end: int
) -> Iterator[tuple[int, int]]:
    """The cuts without conjunctions that join no two amounts: 「自行或合作实施」."""
    for at, (start, stop, joins) in enumerate(cuts):
        low = next((cut[1] for cut in reversed(cuts[:at]) if not cut[2]), 0)
        high = next((cut[0] for cut in cuts[at + 1 :] if not cut[2]), end)
        both = any(low <= a < start for a, _ in taken) and any(stop <= a < high for a, _ in taken)
        if not joins or both:
            yield start, stop


def _start(cuts: Sequence[tuple[int, int, str]], cut: tuple[int, int, str]) -> int:
    """Where the part of the sentence before a cut begins."""
    return max((end for _, end, _ in cuts if end <= cut[0]), default=0)


def _cuts(text: str) -> list[tuple[int, int, bool]]:
    """Where parts of a sentence end: at its marks and, told apart, at its conjunctions."""
    found = [(*one.span(), False) for one in _DELIMITERS.finditer(text)]
    found += [(*one.span(), True) for one in _CONJUNCTION.finditer(text)]
    at = 0
    for word, _ in tagged_words(text) if has_han(text) else ():
        at = text.find(word, at)
        if word in ("或", "或者", "和", "与", "及", "以及", "加"):
            found.append((at, at + len(word), True))
        at += len(word)
    return sorted(found)


def _blanked(text: str, low: int, high: int, places: Iterable[tuple[int, int]]) -> str:
    kept = list(text[low:high])
    for start, end in places:
        kept[start - low : end - low] = " " * (end - start)
    return "".join(kept)


def _marks(text: str, led: str) -> Iterable[str]:
    words = {word for word, _ in tagged_words(text)} if has_han(text) else set()
    for name, pattern in quantity_words().marks.items():
        said = {one[0] for one in pattern.finditer(text)}
        # 共聚焦 is no sum, and 再生 nothing more: a word of one character stands at the number, or by itself.
        if any(len(one) > 1 or (led.endswith(one) if name == "sum" else one in words) for one in said):
            yield name


def _terms(text: str) -> list[str]:
    """The terms of a text that carry meaning; what it rules out with ¬ before it."""
    out = [word[1:] for word in _marked(text) if word.startswith("¬")]
    kept = text
    for word in out:
        kept = re.sub(re.escape(word) if has_han(word) else rf"\b{re.escape(word)}\w*", " ", kept)
    told = [one for one in content_terms(kept) if not one[0].isdigit() and len(one) > 1]
    return [*told, *(f"¬{word}" for word in out)]


def _marked(text: str) -> list[str]:
    """The content words of a text in order; what it rules out, as 非 and "non-" do, with ¬ before it."""
    found: list[str] = []
    bare = re.sub(r"\bnon-", "non ", text)
    others = re.sub(r"\bnon\b|非", lambda found: " " * len(found[0]), bare)  # these rule out one word each
    ruled = False
    for word in content_words(bare):
        if word in ("非", "non"):
            ruled = True
            continue
        at = bare.find(word)
        if ruled or (at >= 0 and ruled_out(others, at, at + len(word))):
            word = f"¬{word}"
        ruled = False
        found.append(word)
    return found


def ruled_out(text: str, start: int, end: int) -> bool:
    """Whether the words before those at start..end rule them out."""
    return negated(text[:end], start, end)


def terms_of(text: str) -> frozenset[str]:
    """What a text speaks of, as `Amount.nouns` has it."""
    return frozenset(_terms(text))


def bare_numbers(text: str) -> list[Amount]:
    """Numbers that say not what they count, and are no year: 「总共3300吧」."""
    folded = normalise(text)
    raw = text if len(text) == len(folded) else folded
    counted = [(one.start, one.end) for one in amounts_in(text)]
    found = [
        Amount(Decimal(number.value), "", "exact", raw[start:end], start, end, raw[start:end])
        for number, start, end in number_spans(folded)
        if number.kind == "number" and not number.unit
        if not any(a < end and start < b for a, b in counted)
        # GB/T 30523 and B-12 are names.
        if not re.search(r"(?:[A-Za-z/_-]|(?<![A-Za-z])[A-Z][A-Z/]+\s)$", raw[:start])
        and raw[end : end + 1] not in ("-", "_", "/")
        if not (Decimal(number.value) in _YEARS and "," not in folded[start:end])
    ]
    return _among(found, folded, raw)


@dataclass(frozen=True, slots=True)
class Day:
    """A day, or of a month all its days where `day` is None; `year` None where it is not said."""

    year: int | None
    month: int
    day: int | None
    start: int
    end: int
    ends: bool = False
    """Something runs out on it: 「12月31日到期」."""

    def on(self, today: date) -> date | None:
        """The day, its first where it is a month; None where the calendar has none."""
        try:
            return date(self.year or today.year, self.month, self.day or 1)
        except ValueError:
            return None


def days_in(text: str) -> list[Day]:
    """The days and months of a text in order."""
    found = []
    folded = normalise(text)
    cuts = [0, *(place for one in _DELIMITERS.finditer(folded) for place in one.span()), len(folded)]
    for number, start, end in number_spans(folded):
        if number.kind != "date":
            continue
        low, high = max(one for one in cuts if one <= start), min(one for one in cuts if one >= end)
        ends = quantity_words().marks["ends"].search(folded[low:high]) is not None
        parts = [int(one) for one in number.value.strip("-").split("-")]
        if number.value.startswith("--"):
            parts = [0, *parts]
        if len(parts) > 1:
            found.append(
                Day(parts[0] or None, parts[1], parts[2] if len(parts) > 2 else None, start, end, ends)
            )
    return found
