"""From rulings to a verdict: what holds in every case the question leaves open, and what it hangs on."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import product
from typing import Literal

from assistant.permission import Matter, Modality
from corpus.records import Article, Policy, Resource
from corpus.rights import Sight
from corpus.rulings import FACT_VALUES, Act, Effect, Fact, Ruling, Thing
from corpus.versions import standing

Outcome = Literal["yes", "no", "approval", "depends", "must", "optional", "spared", "fee"]
"""You may; you may not; approval or filing is needed; it depends; it is required; it is encouraged, not
required; an article spares you it; they may charge you."""

IN_FORCE = frozenset(("in_force", "amended", "unknown"))
DECIDING: frozenset[Effect] = frozenset(
    (
        *("allowed", "forbidden", "approval", "filing", "report_ahead", "assessment", "exempt"),
        *("free_of_charge", "fee_allowed", "required"),
    )
)
ASKS_LEAVE: frozenset[Effect] = frozenset(("approval", "filing", "report_ahead", "assessment"))
OBLIGING: frozenset[Effect] = frozenset(("required", "free_of_charge", "fee_allowed"))
MAY_BE_LEFT: frozenset[Effect] = frozenset(
    ("required", "forbidden", "allowed", "exempt", "free_of_charge", "fee_allowed")
)
"""What says whether an act, or a charge, may be left out."""
MAY_BE_ASKED: frozenset[Act] = frozenset(("submit", "share", "keep"))
"""Acts of which 「要不要」 asks whether they are obligatory, not on what terms they are allowed."""
CONDITIONS: frozenset[Effect] = frozenset(("duty", "agreement"))
USUAL: dict[Fact, str] = {
    "anonymised": "no",
    "cii": "no",
    "contract": "no",
    "endemic": "no",
    "certificate": "yes",
    "clinical": "no",
    "ethics_exempt": "no",
    "from_abroad": "no",
    "vehicle": "other",
    "minor": "no",
    "trial": "no",
    "unlawful": "no",
}
"""Taken to be so unless told: what holds otherwise is an exception to name, not a doubt to raise."""
TIME = re.compile(r"\d+(?:个)?(?:工作)?[日天年月]|\d+个月|一年内")
FIRST_ASKED: frozenset[Fact] = frozenset(("actor", "foreign"))
"""Who takes part comes before what kind it is."""
VARIED = 5
"""Facts whose values are tried against each other."""
_RANKS = ("law", "administrative_regulation", "departmental_rule", "local", "standard", "institution")
_IMPLIED: tuple[tuple[Thing, Fact], ...] = (
    ("personal_information", "personal"),
    ("important_data", "important"),
    ("state_secret", "secret"),
)
"""Data may be these as well: their rules hold where the fact is so."""


_PLAIN = frozenset(("anonymised", "consent", "secret", "important", "personal", "foreign"))
"""Facts on which such rules may hang; how much and how sensitive is asked once it is known to be so."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A ruling with the place it stands in, and what it hangs on for the thing asked about."""

    policy: Policy
    article: Article
    ruling: Ruling
    conditions: Mapping[Fact, str]
    implied: bool = False
    """Of data that the thing asked about may be as well."""
    order: int = 0
    """Among the places that search found for the question; those it did not find come after."""

    @property
    def place(self) -> tuple[Policy, Article]:
        return self.policy, self.article


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome with what carries it.

    `branches` decide; `exceptions` decide where something unusual is so; `duties` are conditions;
    `procedure` says who decides, when, on which papers; `asks` are facts on which the outcome hangs.
    """

    outcome: Outcome
    modality: Modality
    branches: tuple[Placed, ...]
    exceptions: tuple[Placed, ...] = ()
    duties: tuple[Placed, ...] = ()
    procedure: tuple[Placed, ...] = ()
    asks: tuple[Fact, ...] = ()
    things: tuple[Thing, ...] = field(default=())
    """The kinds it may be about, where that was not told."""

    @property
    def places(self) -> tuple[tuple[Policy, Article], ...]:
        told = (*self.branches, *self.exceptions, *self.duties, *self.procedure)
        return tuple({one.policy.id + one.article.anchor: one.place for one in told}.values())


class Rulings:
    """All annotations of one corpus."""

    def __init__(self, records: Mapping[str, Resource | Policy]) -> None:
        self._all = [
            Placed(record, article, ruling, ruling.conditions)
            for record in records.values()
            if isinstance(record, Policy)
            for article in record.articles
            if article.digest is not None
            for ruling in article.rulings
        ]

    def __bool__(self) -> bool:
        return bool(self._all)

    def judge(
        self,
        matter: Matter,
        *,
        text: str,
        found: Sequence[tuple[str, str]] = (),
        within: frozenset[str] = frozenset(),
        visible: Container[str] = Sight(),
    ) -> Verdict | None:
        """The verdict that articles in force carry; None where they carry none.

        `text` is the question (a local rule counts where it names the place), `found` the (policy id,
        anchor) of search hits, best first, `within` the documents that the question names.
        """
        held = [
            one
            for one in self._held(visible)
            if (not within or one.policy.id in within)
            and (one.policy.rank != "local" or one.policy.title.zh[:2] in text or "shanghai" in text)
        ]
        for tier, acts in enumerate(matter.acts):
            pool = [placed for one in held if (placed := _bearing(one, acts, matter, found)) is not None]
            if acts and (verdict := _verdict(matter, pool, mere_use=tier == len(matter.acts) - 1)):
                return verdict
        return None

    def _held(self, visible: Container[str]) -> list[Placed]:
        """Those in force today that the asker may see."""
        today = date.today()
        return [
            one
            for one in self._all
            if one.policy.status in IN_FORCE
            and one.policy.label in visible
            and one.article.label in visible
            and standing(one.policy, today) in ("digest", "stored")
        ]

    def figures(
        self, matter: Matter, within: frozenset[str], *, visible: Container[str] = Sight()
    ) -> tuple[tuple[Policy, Article], ...]:
        """Articles of these documents that set a number of days, months or years for the act asked about."""
        acts = matter.acts_on
        told = [
            one.place
            for one in self._held(visible)
            if one.policy.id in within and TIME.search(one.ruling.text.zh) and _bearing(one, acts, matter, ())
        ]
        return tuple(dict.fromkeys(told))

    def penalties(
        self, matter: Matter, *, visible: Container[str] = Sight()
    ) -> tuple[tuple[Policy, Article], ...]:
        """Articles in force on what a breach costs, those on the act asked about."""
        for acts in matter.acts:
            pool = [
                placed
                for one in self._held(visible)
                if one.ruling.effect == "penalty" and (placed := _bearing(one, acts, matter, ())) is not None
            ]
            if pool:
                told = "actor" in matter.facts
                pool.sort(key=lambda one: told and one.ruling.actor is None)
                return tuple(dict.fromkeys(one.place for one in _distinct(pool)))[:3]
        return ()


def _bearing(
    one: Placed, acts: frozenset[Act], matter: Matter, found: Sequence[tuple[str, str]]
) -> Placed | None:
    """The ruling with its conditions where it bears on act and thing and contradicts nothing told."""
    ruling = one.ruling
    if not acts & set(ruling.acts):
        return None
    conditions = dict(one.conditions)
    if not matter.things & set(ruling.things):
        if "scientific_data" not in matter.things or not acts & {"export", "share", "publish"}:
            return None
        implied = next((fact for thing, fact in _IMPLIED if thing in ruling.things), None)
        if implied is None or ruling.side or set(ruling.when) - _PLAIN:
            return None
        conditions[implied] = "yes"
    if conditions.get("personal") == "yes":
        conditions.setdefault("anonymised", "no")  # what is anonymised is no personal information
    for fact, value in conditions.items():
        if matter.facts.get(fact, value) != value:
            return None
    if conditions.get("actor") == "foreign_party" and matter.domestic:
        return None
    key = (one.policy.id, one.article.anchor)
    order = found.index(key) if key in found else len(found) + _RANKS.index(one.policy.rank)
    implied_by = not matter.things & set(ruling.things)
    return Placed(one.policy, one.article, ruling, conditions, implied_by, order)


def _verdict(matter: Matter, pool: Sequence[Placed], *, mere_use: bool) -> Verdict | None:
    deciding = [one for one in pool if one.ruling.effect in DECIDING]
    duties = [one for one in pool if one.ruling.effect in CONDITIONS]
    if matter.modality == "may":
        # Who may hand in to a third party is not answered by what must be handed in.
        handed_in = [
            one for one in deciding if one.ruling.effect == "required" and "submit" in one.ruling.acts
        ]
        deciding = [one for one in deciding if one not in handed_in]
        duties = [*handed_in, *duties]
    if matter.modality == "may_not":
        deciding = [one for one in deciding if one.ruling.effect in MAY_BE_LEFT]
        if not any(one.ruling.effect in OBLIGING for one in deciding):
            named = _asked_by_name(matter, duties)
            return replace(named, outcome="no") if named is not None else None
        duties = []
    decided = any(one.ruling.effect in ASKS_LEAVE | {"exempt"} for one in deciding)
    named = _asked_by_name(matter, duties) if matter.modality == "must" and not decided else None
    if named is not None or (matter.modality == "must" and not deciding):
        return named
    if not deciding:
        if (
            mere_use
            or matter.kinds
            or matter.modality != "may"
            or not any(not one.ruling.side for one in duties)
        ):
            return None
        return _only_conditions(matter, duties, pool)
    usual = {fact: value for fact, value in USUAL.items() if fact not in matter.facts}
    if "export" in matter.acts_on and "actor" not in matter.facts:
        usual["actor"] = "legal_entity"
    if not any("fossil" in one.ruling.things for one in deciding):
        usual |= {} if "unnamed" in matter.facts else {"unnamed": "no"}
    exceptions = [one for one in deciding if _unusual(one, usual)]
    rest = [one for one in deciding if not _unusual(one, usual)]
    ordinary = [one for one in rest if not one.ruling.side] or rest
    if not ordinary:
        ordinary, exceptions, usual = exceptions, [], {}
    facts = _varied(ordinary, matter, usual)
    cases = _cases(facts, ordinary, matter)
    outcomes = [_outcome([o for o in ordinary if _holds(o, case)], matter) for case in cases]
    asks: tuple[Fact, ...] = ()
    if matter.kinds:
        outcome = _of_kinds(ordinary, matter)
    else:
        outcome = _common(outcomes)
        asks = _hung_on(facts, cases, outcomes) if outcome == "depends" else ()
    if outcome is None:
        return None
    ordinary = [one for one in ordinary if any(_holds(one, case) for case in cases)]
    alone = any(
        one.ruling.effect == "forbidden" and all(fact in matter.facts for fact in one.conditions)
        for one in ordinary
    )
    carrying = [one for one in ordinary if outcome != "depends" and _carries(one, outcome, matter, alone)]
    ordinary = carrying or ordinary
    leave = any(one.ruling.effect in ASKS_LEAVE for one in ordinary)
    if matter.modality == "how" and not leave:
        return None
    live = {id(one) for one in ordinary}
    told = [one for one in pool if one.ruling.effect in DECIDING and one.ruling.side and id(one) not in live]
    effects = {one.ruling.effect for one in ordinary}
    steps = [
        one
        for one in pool
        if one.ruling.effect == "procedure" and leave and one.ruling.follows in (None, *effects)
    ]
    duties = [one for one in duties if one.ruling.follows in (None, *effects)]
    return Verdict(
        outcome,
        matter.modality,
        branches=_distinct(_relevant(ordinary, matter)),
        exceptions=_distinct(_one_each(exceptions))[:2] if outcome != "no" else (),
        duties=_distinct(_in_turn([*duties, *told], matter)),
        procedure=_distinct(steps),
        asks=asks,
        things=_kinds(ordinary, matter),
    )


def _in_turn(duties: Sequence[Placed], matter: Matter) -> list[Placed]:
    """Conditions, those sure to hold first, general ones last."""

    def open_facts(one: Placed) -> int:
        return sum(fact not in matter.facts and fact not in USUAL for fact in one.conditions)

    return sorted(duties, key=lambda one: (one.ruling.side, open_facts(one), one.order))


def _asked_by_name(matter: Matter, duties: Sequence[Placed]) -> Verdict | None:
    """「要签合同吗」: a duty that names what is asked for."""
    naming = [
        one
        for one in duties
        if any(
            asked.search(one.ruling.text.zh) or asked.search(one.ruling.text.en)
            for asked in matter.requirements
        )
    ]
    naming = [one for one in naming if not one.ruling.side] or naming
    if not naming:
        return None
    return Verdict("must", matter.modality, branches=_distinct(_relevant(naming, matter)))


def _only_conditions(matter: Matter, duties: Sequence[Placed], pool: Sequence[Placed]) -> Verdict:
    """No article allows or forbids, but some say how it must be done."""
    steps = [one for one in pool if one.ruling.effect == "procedure" and one.ruling.follows is None]
    ordered = _in_turn(duties, matter)
    return Verdict(
        "depends", matter.modality, branches=(), duties=_distinct(ordered), procedure=_distinct(steps)
    )


def _unusual(one: Placed, usual: Mapping[Fact, str]) -> bool:
    return any(fact in usual and usual[fact] != value for fact, value in one.conditions.items())


def _varied(rulings: Sequence[Placed], matter: Matter, usual: Mapping[Fact, str]) -> list[Fact]:
    """Facts not told on which the rulings hang, those of most rulings first."""
    counts: dict[Fact, int] = {}
    for one in rulings:
        for fact in one.conditions:
            if fact not in matter.facts and fact not in usual:
                counts[fact] = counts.get(fact, 0) + 1
    return sorted(counts, key=lambda fact: -counts[fact])[:VARIED]


def _cases(facts: Sequence[Fact], rulings: Sequence[Placed], matter: Matter) -> list[dict[Fact, str]]:
    """Every way in which the facts left open may stand."""
    ranges = []
    for fact in facts:
        values = FACT_VALUES[fact]
        if fact == "actor":
            named = {one.conditions["actor"] for one in rulings if "actor" in one.conditions}
            values = tuple(v for v in values if v in named or v == "legal_entity")
            values = tuple(v for v in values if not (matter.domestic and v == "foreign_party"))
        ranges.append(values)
    return [dict(zip(facts, values, strict=True)) for values in product(*ranges)]


def _holds(one: Placed, case: Mapping[Fact, str]) -> bool:
    return all(case.get(fact, value) == value for fact, value in one.conditions.items())


def _outcome(rulings: Sequence[Placed], matter: Matter) -> Outcome | None:
    """What the rulings that hold in one case come to; the stricter prevails."""
    effects = {one.ruling.effect for one in rulings}
    if matter.modality == "may_not":
        if "forbidden" in effects:
            return "yes"
        if "fee_allowed" in effects:
            return "depends" if "free_of_charge" in effects else "no"
        return "no" if "required" in effects else "yes" if effects else None
    must = matter.modality == "must"
    if _spared(rulings, matter):
        return "spared" if must else "yes"
    if "forbidden" in effects:
        return None if must and effects == {"forbidden"} else "no"
    if "free_of_charge" in effects:
        return "depends" if "fee_allowed" in effects else "spared" if must else "no"
    if effects & ASKS_LEAVE:
        return "approval"
    if "required" in effects:
        return "must" if must else "yes"
    if must and effects & {"exempt", "fee_allowed"}:
        return "spared" if "exempt" in effects else "fee"
    if "allowed" in effects and must and not effects & {"exempt", "fee_allowed"}:
        return "optional" if matter.acts_on & MAY_BE_ASKED else None
    return "yes" if effects else None


def _spared(rulings: Sequence[Placed], matter: Matter) -> bool:
    """True where an exemption, as the exception to a rule the more particular of the two, holds."""

    def told(one: Placed) -> int:
        return sum(fact in matter.facts and fact not in ("foreign", "actor") for fact in one.conditions)

    exempt = [one for one in rulings if one.ruling.effect == "exempt" and one.conditions]
    against = [one for one in rulings if one.ruling.effect == "forbidden" or one.ruling.effect in ASKS_LEAVE]
    if any(told(one) == len(one.conditions) for one in exempt):
        return not any(map(told, against))
    if not exempt or not against or any(one.ruling.effect == "forbidden" for one in against):
        return False
    return max(len(one.conditions) for one in exempt) > min(len(one.conditions) for one in against)


def _carries(one: Placed, outcome: Outcome, matter: Matter, alone: bool) -> bool:
    """True where the ruling says what all cases came to; `alone` where some say so whatever the case."""
    if matter.modality == "may_not":
        return (one.ruling.effect in ("required", "fee_allowed")) == (outcome == "no")
    if outcome == "no":
        told = all(fact in matter.facts for fact in one.conditions)
        return one.ruling.effect in ("forbidden", "free_of_charge") and (told or not alone)
    if outcome == "approval":
        return one.ruling.effect in ASKS_LEAVE
    return one.ruling.effect not in ASKS_LEAVE


def _one_each(rulings: Sequence[Placed]) -> tuple[Placed, ...]:
    """The first ruling on each set of facts."""
    first: dict[tuple[tuple[Fact, str], ...], Placed] = {}
    for one in sorted(rulings, key=lambda one: one.order):
        first.setdefault(tuple(sorted(one.conditions.items())), one)
    return tuple(first.values())


def _common(outcomes: Iterable[Outcome | None]) -> Outcome | None:
    """The outcome of all cases; `depends` where they differ, None where there is none at all."""
    different = set(outcomes)
    if different == {None}:
        return None
    return different.pop() if len(different) == 1 else "depends"


def _hung_on(
    facts: Sequence[Fact], cases: Sequence[Mapping[Fact, str]], outcomes: Sequence[Outcome | None]
) -> tuple[Fact, ...]:
    """Facts that alone can turn the outcome."""
    found: list[Fact] = []
    for fact in facts:
        by_rest: dict[tuple[tuple[Fact, str], ...], set[Outcome | None]] = {}
        for case, outcome in zip(cases, outcomes, strict=True):
            rest = tuple((name, value) for name, value in case.items() if name != fact)
            by_rest.setdefault(rest, set()).add(outcome)
        if any(len(seen) > 1 for seen in by_rest.values()):
            found.append(fact)
    return tuple(sorted(found, key=lambda fact: fact not in FIRST_ASKED))


def _kinds(rulings: Sequence[Placed], matter: Matter) -> tuple[Thing, ...]:
    """Kinds of thing that the question may be about and that are ruled on."""
    return tuple(kind for kind in matter.kinds if any(kind in one.ruling.things for one in rulings))


def _of_kinds(rulings: Sequence[Placed], matter: Matter) -> Outcome | None:
    """The outcome where the kind of thing is open."""
    outcomes = []
    for kind in _kinds(rulings, matter):
        own = [one for one in rulings if kind in one.ruling.things]
        cases = _cases(_varied(own, matter, USUAL), own, matter)
        outcomes.append(_common(_outcome([o for o in own if _holds(o, case)], matter) for case in cases))
    if len(outcomes) < 2:
        return None
    # Of the kinds without a rule nothing is known.
    return _common(outcomes) if len(outcomes) == len(matter.kinds) else "depends"


def _relevant(rulings: Sequence[Placed], matter: Matter) -> list[Placed]:
    """Best first: what hangs on facts that were told, then in the order of search, then by rank."""

    def open_facts(one: Placed) -> int:
        return sum(fact not in matter.facts for fact in one.conditions)

    def told(one: Placed) -> int:
        return sum(fact in matter.facts for fact in one.conditions)

    return sorted(
        rulings, key=lambda one: (one.implied, -told(one), open_facts(one) > 1, one.order, open_facts(one))
    )


def _distinct(rulings: Sequence[Placed]) -> tuple[Placed, ...]:
    """Without the same sentence twice."""
    return tuple(
        {one.ruling.text.zh: one for one in reversed(rulings)}[t]
        for t in dict.fromkeys(one.ruling.text.zh for one in rulings)
    )
