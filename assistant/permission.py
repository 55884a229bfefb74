"""What a question of permission is about: act, thing, who acts, the facts that were told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from assistant import permission_cues as cues
from assistant.numerals import chinese_value
from assistant.understanding import Understanding
from corpus.rulings import Act, Fact, Thing
from retrieval.analysis import normalise

Modality = Literal["may", "must", "may_not", "how", "figure", "penalty"]
"""May I; must I; may I leave it; who approves it, on which papers; how long; what a breach costs."""

_SCALE = {"万": 10_000, "亿": 100_000_000, "千": 1_000, "k": 1_000, "thousand": 1_000, "million": 1_000_000}
_DATA: frozenset[Thing] = frozenset(
    [
        "hgr_information",
        "map_data",
        "weather_data",
        "marine_data",
        "station_data",
        "web_data",
        "user_data",
        "controlled_data",
        "data_for_foreign_court",
        "public_data",
        "livestock_germplasm",
    ]
)
_ORGANISMS: frozenset[Thing] = frozenset(
    [
        "crop_germplasm",
        "livestock_germplasm",
        "wild_plant",
        "wild_animal",
        "wild_animal_genetics",
        "pathogen",
        "lab_animal",
        "fossil",
        "endangered_species",
        "alien_species",
        "biological_resource",
        "marine_data",
    ]
)
_RULED_ALIKE: frozenset[Act] = frozenset(("apply_ip", "export", "sell", "license", "keep"))
_SAMPLES: tuple[Thing, ...] = ("hgr_material", "wild_animal", "wild_plant", "pathogen", "crop_germplasm")
_KINDS: dict[Act, tuple[Thing, ...]] = {
    "export": ("hgr_material", "fossil", "crop_germplasm", "livestock_germplasm", "wild_animal", "map_data"),
    "collect": ("hgr_material", "wild_plant", "wild_animal", "fossil", "crop_germplasm"),
    "sell": ("hgr_material", "fossil", "wild_animal", "wild_plant", "map_data", "achievement"),
    "charge": ("scientific_data", "instrument", "platform_resource", "map_data", "crop_germplasm"),
    "import": ("quarantine_item", "livestock_germplasm", "crop_germplasm", "alien_species", "lab_animal"),
    "preserve": ("hgr_material", "pathogen"),
    "publish": ("scientific_data", "personal_information", "map_data"),
    "share": ("scientific_data", "instrument", "personal_information"),
}
"""What a bare 「能不能带出国」 may be about."""
BARE_ZH, BARE_EN = 2, 1
"""Characters, words, that may be left of a question that names no thing."""


@dataclass(frozen=True, slots=True)
class Matter:
    """The reading. `acts` come in tiers, the most telling first; `facts` are only those told.

    `domestic` when somebody of China acts; `kinds` are what it may be about, the likeliest first, where the
    question does not tell.
    """

    modality: Modality
    acts: tuple[frozenset[Act], ...] = ()
    things: frozenset[Thing] = frozenset()
    facts: Mapping[Fact, str] = field(default_factory=dict)
    domestic: bool = False
    kinds: tuple[Thing, ...] = ()
    requirements: tuple[re.Pattern[str], ...] = ()
    """What is asked to be required by name: a contract, consent, a report."""

    @property
    def acts_on(self) -> frozenset[Act]:
        """All acts, whatever their tier."""
        return frozenset().union(*self.acts)

    @property
    def concerns_all(self) -> bool:
        """True where the act is ruled alike whatever single resource the thing comes from."""
        return "buy" not in self.acts_on and bool(self.acts_on & _RULED_ALIKE)


def asks_whereabouts(text: str) -> bool:
    """True where a place to get the thing is asked for."""
    return bool(cues.WHERE.search(text))


def names_abroad(name: str) -> bool:
    """True for the name of a country or of something known to be abroad: what it is matters no further."""
    return bool(cues.FOREIGN.search(name))


def matter(reading: Understanding) -> Matter | None:
    """What permission is asked for; None where no permission is asked, or of nothing that can be read.

    A follow-up takes over from the question before it what it does not say itself.
    """
    now = _read(reading.text)
    if cues.OTHER_RULES.search(reading.text) and "service_income" not in now.things:
        return None
    if reading.follow_up:
        before = _read(normalise(reading.query))
        facts = {**before.facts, **now.facts}
        if "actor" in now.facts or not now.domestic:
            pass
        elif before.facts.get("actor") == "foreign_party":
            facts.pop("actor", None)
        acts = now.acts if _told(now.acts) else before.acts
        told = now if now.things and not now.kinds else before if before.things else now
        modality = now.modality
        if modality is None and not cues.QUESTION.search(reading.text):
            modality = before.modality  # a fact told, or another case of the question before
        now = replace(
            now,
            modality=modality,
            acts=acts,
            things=told.things,
            kinds=told.kinds,
            facts=facts,
            domestic=now.domestic or (before.domestic and "actor" not in now.facts),
        )
    if now.modality is None or not now.things or not any(now.acts):
        return None
    named = tuple(one for one in cues.REQUIREMENTS if one.search(reading.text))
    return Matter(now.modality, now.acts, now.things, now.facts, now.domestic, now.kinds, named)


@dataclass(frozen=True, slots=True)
class _Reading:
    modality: Modality | None
    acts: tuple[frozenset[Act], ...]
    things: frozenset[Thing]
    facts: dict[Fact, str]
    domestic: bool
    kinds: tuple[Thing, ...]


def _told(acts: tuple[frozenset[Act], ...]) -> bool:
    """True where more than 「用」 names the act."""
    return any(acts[:-1])


def _read(text: str) -> _Reading:
    # Latin letters beside Chinese ones make no word boundary.
    text = re.sub(r"(?<=[a-z])(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])(?=[a-z])", " ", text)
    text = cues.ALIEN_KIND.sub(lambda one: "alien " if one[0].isascii() else "外来物种的", text)
    facts = _facts(text)
    things, acts = _things(text, facts), _acts(text, facts)
    if "service_income" in things:  # handed in or not, whatever it was earned by
        acts = tuple(frozenset[Act](("submit",)) & tier for tier in cues.TIERS)
    if "personal_information" in things and cues.NAMES.search(text):
        facts.setdefault("personal", "yes")
    kinds: tuple[Thing, ...] = ()
    if not things and cues.SAMPLE.search(text):
        kinds = _SAMPLES
    elif not things and _bare(text, acts):
        kinds = next((_KINDS[act] for tier in acts for act in sorted(tier) if act in _KINDS), ())
    foreign = facts.get("actor") == "foreign_party"
    # Where a foreign party is a partner, a recipient or a place, it is somebody of China who asks.
    domestic = not foreign and (facts.get("foreign") is not None or bool(cues.DOMESTIC.search(text)))
    modality = _modality(text)
    if "service_income" in things and modality == "may" and cues.OFF_BOOKS.search(text):
        modality = "may_not"  # to keep it is to leave out what is to be done with it
    return _Reading(modality, acts, things or frozenset(kinds), facts, domestic, kinds)


def _bare(text: str, acts: tuple[frozenset[Act], ...]) -> bool:
    """True where nothing but an act, a place and words of asking is left of the question."""
    rest = cues.FOREIGN.sub(" ", text)
    for act in frozenset[Act]().union(*acts):
        rest = cues.ACTS[act].sub(" ", rest)
    rest = cues.FILLERS.sub(" ", rest)
    return (
        len(re.findall(r"[\u4e00-\u9fff]", rest)) <= BARE_ZH and len(re.findall(r"[a-z]+", rest)) <= BARE_EN
    )


def _modality(text: str) -> Modality | None:
    if cues.PENALTY.search(text):
        return "penalty"
    may, must = cues.MAY.search(text), cues.MUST.search(text)
    if cues.MAY_AT_LAST.search(text):
        may, must = may or cues.MAY_AT_LAST.search(text), None
    refused = bool(cues.NEGATED.search(cues.WITHOUT_LEAVE.sub(" ", text)))
    free = bool(cues.FREE.search(text) and cues.ACTS["charge"].search(text))
    if refused != free and (may or must):
        return "may_not"
    lookup = cues.LOOKUP.search(text)
    if cues.HOW.search(text) and not (may and lookup):
        return "figure" if lookup and not cues.WHO.search(text) else "how"
    if lookup and not may:
        return "figure"
    if must and not (may and may.start() < must.start()):
        return "must"
    return "may" if may else None


def _acts(text: str, facts: Mapping[Fact, str]) -> tuple[frozenset[Act], ...]:
    found = {act for act, pattern in cues.ACTS.items() if pattern.search(text)}
    if "buy" in found:
        found.add("sell")
    if "export" in found and facts.get("foreign") == "no":
        found.discard("export")
    if cues.ASKED_BY.search(text) and cues.SENDS.search(text):
        found.add("export")  # what a foreign party asks for goes abroad
    if (
        "import" in found
        and "export" in found
        and not re.search(r"出境|出口|出国|export|send|ship|寄给|寄到", text)
    ):
        found.discard("export")
    if "publish" in found and cues.NEGATED.search(text):
        found.add("share")
    if "use" in found and facts.get("actor") == "foreign_party":
        found.add("cooperate")  # research with what is China's is cooperation, where it is allowed at all
    if "share" in found and facts.get("foreign") == "yes":
        found.add("export")
    return tuple(frozenset(found & tier) for tier in cues.TIERS)


def _things(text: str, facts: Mapping[Fact, str]) -> frozenset[Thing]:
    found = {thing for thing, pattern in cues.THINGS.items() if pattern.search(text)}
    if not cues.THINGS["scientific_data"].search(cues.KIND_OF_DATA.sub(" ", text)):
        found.discard("scientific_data")
    for fact, thing in (("personal", "personal_information"), ("important", "important_data")):
        if facts.get(fact) == "no":  # type: ignore[call-overload]
            found.discard(thing)
    if facts.get("secret") == "no":
        found.discard("state_secret")
    if {"hgr_material", "hgr_information"} <= found:
        # 人遗 alone may be either; a sample is no information, and data are no sample.
        sample, told = cues.HUMAN_SAMPLE.search(text), cues.HUMAN_DATA.search(text)
        if bool(sample) != bool(told):
            found.discard("hgr_information" if sample else "hgr_material")
    if found & (_ORGANISMS | {"quarantine_item"}):
        found -= {"hgr_information"}
        if not re.search(r"人(?!员|工|参)|患者|病人|血样|\bhuman|\bpatient|\bpeople", text):
            found -= {"hgr_material", "human_research"}
    if "lab_animal" in found:
        found -= {"wild_animal", "wild_animal_genetics", "quarantine_item"}
    if found & (_ORGANISMS - {"marine_data"}):
        found -= (
            {"quarantine_item"} if found & {"crop_germplasm", "livestock_germplasm", "lab_animal"} else set()
        )
    if "reserve" in found and not re.search(r"\breserves?\b|核心区|缓冲区|保护区", text):
        found.discard("reserve")
    if "germplasm_bank" in found and cues.ACTS["apply_ip"].search(text):
        found = (found - {"plant_variety"}) | {"crop_germplasm"}  # of what the bank holds
    elif "plant_variety" in found:
        found -= {"crop_germplasm"}
    if "classified_system" in found:
        found -= {"instrument", "state_secret"}
    if cues.ETHICS.search(text):
        return frozenset(("lab_animal",) if "lab_animal" in found else ("human_research",))
    if "data_for_foreign_court" in found:
        return frozenset(("data_for_foreign_court",))
    if "user_data" in found and not cues.FACILITY.search(text):
        found.discard("user_data")
    if found & _DATA and "livestock_germplasm" not in found:
        found -= {"scientific_data"}
    if "marine_data" in found and "wild_animal" in found:
        found.discard("wild_animal")
    if "service_income" in found:
        if "transfer_income" not in found and cues.BOOKS.search(text) and not found & _ORGANISMS:
            return frozenset(("service_income",))
        found.discard("service_income")
    if "transfer_income" in found:
        found.discard("achievement")
    if facts.get("unlawful") == "yes" and "achievement" in found and cues.GENES.search(text):
        found.add("invention")
    if "programme_report" in found:
        found -= {"paper", "achievement"}
    return frozenset(found)


def _facts(text: str) -> dict[Fact, str]:
    found: dict[Fact, str] = {}
    for fact, value, pattern in cues.FACTS:
        if fact not in found and pattern.search(text):
            found[fact] = value
    from_there = cues.PARTY_FROM.search(text)
    if from_there and not cues.RECEIVES.search(text[: from_there.start()]):
        found |= {"foreign": "yes", "actor": "foreign_party"}
    elif cues.NOT_FOREIGN.search(text):
        found["foreign"] = "no"
    elif cues.FOREIGN.search(text):
        found["foreign"] = "yes"
        if _foreign_acts(text):
            found["actor"] = "foreign_party"
    if "actor" not in found and cues.INDIVIDUAL.search(text):
        found["actor"] = "individual"
    _amounts(text, found)
    return found


def _foreign_acts(text: str) -> bool:
    """True when the foreign party is the one that acts, and not only a partner, a recipient or a place."""
    if re.match(r"\W*(?:我们|我)是", text) or re.match(
        r"\W*(?:we are|i am|i'm|we're|our company is)\b", text
    ):
        return True
    taken = [
        (one.start(), one.end()) for cue in (cues.TO_FOREIGN, cues.ASKED_BY) for one in cue.finditer(text)
    ]
    for one in cues.FOREIGN.finditer(text):
        if one.group(0) in ("国际合作", "对外合作", "对外提供", "中外", "涉外", "international"):
            continue
        if any(start <= one.start() < end for start, end in taken):
            continue
        if one.group(0) in ("国外", "境外", "海外", "abroad", "overseas") and not cues.PARTY.match(
            text[one.end() :]
        ):
            continue
        return True
    return False


def _amounts(text: str, found: dict[Fact, str]) -> None:
    people = [_amount(one) for one in cues.PEOPLE.finditer(text)]
    people += [value for one in cues.PEOPLE_ZH.finditer(text) if (value := chinese_value(one[1])) is not None]
    if people:
        most = max(people)
        found["volume"] = "under_100k" if most < 100_000 else "100k_to_1m" if most <= 1_000_000 else "over_1m"
        found["sensitive_volume"] = "under_10k" if most < 10_000 else "over_10k"
        if most > 3000:
            found.setdefault("hgr_kind", "special")
    if not cues.THINGS["instrument"].search(text):
        return
    values = [_amount(one) for one in cues.VALUE.finditer(text)]
    values += [value for one in cues.VALUE_ZH.finditer(text) if (value := chinese_value(one[1])) is not None]
    if values:
        found["price"] = "over_500k" if max(values) >= 500_000 else "under_500k"
        found["large"] = "yes" if max(values) >= 2_000_000 else "no"


def _amount(found: re.Match[str]) -> float:
    digits = (found[1] or found[3]).replace(",", "").rstrip(".")
    return float(digits or 0) * _SCALE.get((found[2] or "").lower(), 1)
