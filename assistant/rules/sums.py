"""The numbers of a case held against the bounds of a clause, and the share that it sets of a sum.

Nothing is worked out where it is not said which amount or bound is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from assistant.records import Language
from assistant.rules.amounts import BOUNDS, MONEY, TIMES, Amount, amounts_in, terms_of
from assistant.rules.cases import Case, Rule, added, plain, shown
from assistant.rules.quantities import Sense
from corpus.texts import Text
from corpus.texts import fixed_text as _t

ALONE: Text = _t("只看数字：", "By the number alone: ")
COMPARED: Text = _t(
    "{mine} {sign} {bound}，{side}（条款：“{piece}”{note}）",
    "{mine} {sign} {bound}, {side} (clause: “{piece}”{note})",
)
BETWEEN: Text = _t("{mine}，{side}（条款：“{piece}”）", "{mine}, {side} (clause: “{piece}”)")
SIDES: dict[Sense, tuple[Text, Text]] = {
    "least": (_t("达到", "reached"), _t("没有达到", "not reached")),
    "over": (_t("超过", "over"), _t("没有超过", "not over")),
    "most": (_t("没有超过", "not over"), _t("超过", "over")),
    "under": (_t("低于", "below"), _t("没有低于", "not below")),
}
"""What is said of an amount that is, and is not, what a bound says."""
PLACED = (
    _t("在两数之间", "between the two"),
    _t("比两数都小", "below both"),
    _t("比两数都大", "above both"),
)
TAKEN_IN: Text = _t("，含本数", ", the number itself included")
LEFT_OUT: Text = _t("，不含本数", ", the number itself not included")
BESIDES: Text = _t("；条款另有：“{other}”", "; the clause also has: “{other}”")
EXCEPTED: Text = _t("；例外：“{other}”", "; except: “{other}”")
SHARED: Text = _t("折算：{mine} × {share} = {result}", "Worked out: {mine} × {share} = {result}")
SO: Text = _t("，即{yearly}{sense}{sum}（条款：“{piece}”）", ", so {sense} {sum}{yearly} (clause: “{piece}”)")
AT_WHICH: dict[Sense, Text] = {
    "least": _t("不少于", "no less than"),
    "over": _t("超过", "more than"),
    "most": _t("不超过", "no more than"),
    "under": _t("少于", "less than"),
}
YEARLY: Text = _t("每年", " a year")
ABOUT: Text = _t("约{sum}", "about {sum}")
JOIN: Text = _t("；", "; ")
_OR = re.compile(r"[^。.；;]*?[，,；;]\s*((?:或|or\b)[^。；;）)]*)")
_LONG = {"zh": 40, "en": 140}
"""Characters of a clause up to which it is shown whole beside what was worked out by it."""


def worked(case: Case, rule: Rule, language: Language, *, named: bool = False) -> str:
    """What a clause makes of the amounts of a case, in one line; empty where nothing is decided.

    `named`: its bounds count only where the asker's words name what they bound.
    """
    parts = list(_compared(case, rule, language, named=named))
    if parts:
        parts[0] = ALONE.in_(language) + parts[0]
    parts += _shares(case, rule, language)
    return JOIN.in_(language).join(parts)


def _compared(case: Case, rule: Rule, language: Language, *, named: bool) -> Iterator[str]:
    """The amounts of a case held against the bounds of a clause."""
    bounds = amounts_in(rule.quote)
    around = amounts_in(rule.whole) or bounds
    held: dict[Amount, Amount] = {}
    for bound in bounds:
        mixed = "sum" in bound.marks and len(held) > 1
        mine = _mixed(held, bound) if mixed else _meant(case, bound, around, rule, named=named)
        side = mine.side(bound) if mine else None
        if mine is None or side is None:
            continue
        held[bound] = mine
        equal = mine.sense == "exact" and mine.size == bound.size
        if equal and _takes_in(bound, amounts_in(rule.twin)) is None:
            continue
        yield _told(mine, bound, rule, language, side=side, equal=equal)


def _told(mine: Amount, bound: Amount, rule: Rule, language: Language, *, side: bool, equal: bool) -> str:
    note = ((TAKEN_IN if bound.sense in ("least", "most") else LEFT_OUT).in_(language)) if equal else ""
    sign = "=" if equal else "<" if mine.size < bound.size else ">"
    own = mine.said
    if " + " in own:
        own = f"{own} = {shown(mine.value, mine) if mine.label else plain(mine.value)}"
    other = "" if side or bound.sense not in ("least", "over") else _other(bound, rule)
    if bound.sense == "range":
        text, where = BETWEEN, PLACED[0 if side else 1 if mine.size < bound.size else 2]
    else:
        text, where = COMPARED, SIDES[bound.sense][not side]
    told = text.in_(language).format(
        mine=own, sign=sign, bound=bound.surface, side=where.in_(language),
        piece=bound.piece if other and other in rule.quote else _piece(bound, rule, language), note=note,
    )  # fmt: skip
    if side and rule.exceptions:
        return told + EXCEPTED.in_(language).format(other=JOIN.in_(language).join(rule.exceptions))
    return told + BESIDES.in_(language).format(other=other) if other else told


def _piece(one: Amount, rule: Rule, language: Language) -> str:
    """The words of a clause that say a number: the clause itself where it is short and has no other one."""
    alone = len([two for two in amounts_in(rule.quote) if two.sense != "exact"]) == 1
    return rule.quote if alone and len(rule.quote) <= _LONG[language] else one.piece


def _other(bound: Amount, rule: Rule) -> str:
    """What else the sentence lets stand in place of a bound: 「…，或虽不足但能支配…」; else empty."""
    text = rule.whole if bound.piece in rule.whole else rule.quote
    at = text.find(bound.piece)
    found = _OR.match(text, at + len(bound.piece)) if at >= 0 else None
    if found is None or amounts_in(found[1]) or len(found[1]) > _LONG["en"]:
        return ""
    return found[1].strip(" .")


def _takes_in(bound: Amount, others: Iterable[Amount]) -> bool | None:
    """Whether a bound takes its number in; None where the article says otherwise in its other language."""
    inside = bound.sense in ("least", "most")
    same = [
        one
        for one in others
        if one.sense in BOUNDS and (one.measure, one.size) == (bound.measure, bound.size)
    ]
    return None if any((one.sense in ("least", "most")) != inside for one in same) else inside


def _meant(case: Case, bound: Amount, around: Sequence[Amount], rule: Rule, *, named: bool) -> Amount | None:
    """The amount of a case that a bound speaks of; None where there is none, or it is not said which."""
    if bound.sense == "exact" or bound.sense == "about" or bound.measure == "times":
        return None
    spans = bound.unit in TIMES
    if bound.sense == "range" and (spans or rule.operator == "penalty"):
        return None
    mine = [one for one in case.amounts if one.like(bound)]
    # A number told with the bound of the clause is the clause's own, asked about.
    mine = [one for one in mine if one.sense not in BOUNDS or one.size != bound.size]
    # What a bound leaves out, as 非敏感 does, must be told to be left out.
    left = {word for word in bound.behind if word.startswith("¬")}
    mine = [one for one in mine if left <= one.nouns | case.told and _named(one, bound, around, case)]
    if spans or (rule.operator == "penalty" and bound.unit in MONEY):
        mine = [one for one in mine if one.nouns & bound.nouns]
    elif named:
        mine = mine if bound.nouns & case.terms else []
    if len(mine) < 2:
        return mine[0] if mine else None
    shares = [len(one.nouns & bound.nouns) for one in mine]
    if shares.count(max(shares)) == 1:
        return mine[shares.index(max(shares))]
    return _together(mine, bound)


def _named(one: Amount, bound: Amount, around: Sequence[Amount], case: Case) -> bool:
    """Whether the words of an amount, or else of the case, name this bound and no other of its article."""
    rivals = [
        other
        for other in around
        if one.like(other) and "sum" not in other.marks and other.value > 1
        and (other.size, other.sense, other.upper) != (bound.size, bound.sense, bound.upper)
    ]  # fmt: skip
    if not rivals:
        return True
    theirs = frozenset[str]().union(*(other.nouns for other in rivals))
    own, others = bound.nouns - theirs, theirs - bound.nouns
    said = one.nouns if one.nouns & (own | others) else case.told
    return bool(own & said) and not others & said


def _together(mine: Sequence[Amount], bound: Amount) -> Amount | None:
    """Several amounts as one sum, where their words meet and none of them alone is what the bound says."""
    if any(one.sense != "exact" or one.unit != mine[0].unit or one.side(bound) for one in mine):
        return None
    total = mine[0]
    for one in mine[1:]:
        if not one.nouns & total.nouns:
            return None
        total = added(total, one)
    return total if bound.sense in ("over", "least") else None


def _mixed(held: dict[Amount, Amount], bound: Amount) -> Amount | None:
    """The sum of what several bounds of a clause were held against, for one on all of them together."""
    parts = list(dict.fromkeys(held.values()))
    if len(parts) < 2 or any(one.unit not in ("count", "person") or one.sense != "exact" for one in parts):
        return None
    ordered = sorted(parts, key=lambda one: one.start)
    total = ordered[0]
    for one in ordered[1:]:
        total = added(total, one)
    return replace(total, unit=bound.unit, label="")


def _shares(case: Case, rule: Rule, language: Language) -> Iterator[str]:
    """The share or the multiple that a clause sets, of the sum that its words name."""
    if not rule.allots:
        return
    own = [one for one in amounts_in(rule.quote) if one.unit in ("percent", "times")]
    around = amounts_in(rule.whole) or amounts_in(rule.quote)
    sums = [one for one in case.amounts if one.unit in MONEY and one.sense in ("exact", "about")]
    for share in own:
        named = [one for one in sums if _base(one, share, around, case)]
        if len(named) == 1 and _due(named[0], share, amounts_in(rule.quote)):
            yield _share(named[0], share, language, rule)


def _base(one: Amount, share: Amount, around: Sequence[Amount], case: Case) -> bool:
    """Whether a share is taken of an amount: their words meet, and those of no other share do as well."""

    def score(of: Amount) -> tuple[int, int]:
        others = frozenset[str]().union(*(two.nouns for two in around if two.nouns != of.nouns))
        return len(one.nouns & _whole(of, around)), len(case.terms & of.nouns - others)

    mine = score(share)
    rivals = [two for two in around if two.unit in ("percent", "times") and two.nouns != share.nouns]
    return mine[0] > 0 and all(score(two) < mine for two in rivals)


def _whole(share: Amount, around: Iterable[Amount]) -> frozenset[str]:
    """The terms of what a share is taken of, of a multiple also of the sum from which on it is due."""
    floors = [terms_of(one.led) for one in around if one.unit in MONEY and one.piece == share.piece]
    return share.whole.union(*floors) if share.unit == "times" else share.whole


def _due(one: Amount, share: Amount, clause: Sequence[Amount]) -> bool:
    """False where a multiple is due only from a sum on that is not reached, or not in the same money."""
    floors = [two for two in clause if two.piece == share.piece and two.unit in MONEY and two.sense in BOUNDS]
    return all(one.like(floor) and one.side(floor) for floor in floors)


def _share(one: Amount, share: Amount, language: Language, rule: Rule) -> str:
    rate = Decimal(1) if share.unit == "times" else Decimal("0.01")
    ends = [end for end in (share.value, share.upper) if end is not None]
    result = "–".join(shown(one.value * end * rate, one) for end in ends)
    mine = one.surface
    if one.sense == "about":
        mine, result = (ABOUT.in_(language).format(sum=told) for told in (mine, result))
    told = SHARED.in_(language).format(mine=mine, share=share.surface, result=result)
    if share.sense not in AT_WHICH:
        return told
    yearly = YEARLY.in_(language) if "yearly" in share.marks & one.marks else ""
    sense, piece = AT_WHICH[share.sense].in_(language), _piece(share, rule, language)
    return told + SO.in_(language).format(yearly=yearly, sense=sense, sum=result, piece=piece)
