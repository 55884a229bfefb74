"""Values of fields that a question names: drawn from the records and the vocabulary of their corpus."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from assistant.reading.countries import country_names
from assistant.reading.negation import joined, negated
from assistant.reading.query import Condition
from corpus.facets import facets_of, units_of
from corpus.records import Lines, Policy, Resource, Text
from corpus.vocabulary import Vocabulary
from retrieval.analysis import content_words, tagged_words
from retrieval.fields import BODY, GAP, NAME, bare_name
from retrieval.folding import fold
from retrieval.names import KEPT, NameIndex

_HAN = re.compile(r"[\u3400-\u9fff]")
_REMARK = re.compile(r"\s*\([^()]*\)")
_UNIT = re.compile(r"[市县区州盟]$")
_YEAR = re.compile(r"(?<!\d)((?:1[89]|20)\d\d)(?:年|(?!\d))")
_BOUNDS: tuple[tuple[str, int, re.Pattern[str], re.Pattern[str]], ...] = (
    (
        ">=",
        0,
        re.compile(r"\b(?:since|from)\s+(?:the year\s+)?$", re.I),
        re.compile(r"\s*(?:以后|之后|以来|起|后|or later\b|onwards?\b)", re.I),
    ),
    (">=", 1, re.compile(r"\b(?:after|later than)\s+(?:the year\s+)?$", re.I), re.compile(r"(?!)")),
    (
        "<=",
        0,
        re.compile(r"\b(?:until|till|by)\s+(?:the year\s+)?$", re.I),
        re.compile(r"\s*(?:及以前|or earlier\b)", re.I),
    ),
    (
        "<=",
        -1,
        re.compile(r"\b(?:before|prior to|earlier than)\s+(?:the year\s+)?$", re.I),
        re.compile(r"\s*(?:以前|之前|前)", re.I),
    ),
)
"""Operator, years to add, and what stands before or after a year that is a bound."""
_SURE = 0.6
_SEVERAL = 5
"""Names from which what they share is a class of its own."""
_ABOUT = 0.05
"""Share by which a total that an asker knows may differ from how many there are."""
_OWN_NAME = 5
"""Characters from which what is left of a unit without its body names it."""
_LICENCE = 40
"""Characters up to which the words of a licence are its name."""
_VERSION = re.compile(r"[- ]v?\d+(?:\.\d+)*(?:-(?:only|or-later))?$", re.I)
_ROW = 3
"""Abbreviations of places in a row that are no part of another word."""
_LEAST = 2
"""Characters of a Chinese value that may be found inside a question."""


Surfaces = dict[str, list[tuple[str, str]]]
"""(field, value)s by what a question may say."""


@dataclass(frozen=True, slots=True)
class Found:
    """A value named at start..end of the question."""

    field: str
    value: str
    surface: str
    start: int
    end: int


class Values:
    """Finds values of closed and open fields in questions, longest first."""

    def __init__(self, records: Iterable[Resource | Policy], vocabulary: Vocabulary) -> None:
        self.home = vocabulary.home.zh
        self._surfaces: Surfaces = {}
        self._of_sets: Surfaces = {}
        self._found = lru_cache(maxsize=KEPT)(self._find)
        resources = [one for one in records if isinstance(one, Resource)]
        for term in vocabulary.types:
            for word in (term.label.zh, term.label.en, *term.synonyms.zh, *term.synonyms.en):
                self._add("type", term.code, word)
            for word in (*term.narrower.zh, *term.narrower.en):
                self._add("subject", word.lower(), word)
        for term in vocabulary.access:
            for word in (term.label.zh, term.label.en):
                self._add("access", term.code, word)
        for field, terms in (("status", vocabulary.statuses), ("verification", vocabulary.verifications)):
            for term in terms:
                for word in (term.label.zh, term.label.en, *term.synonyms.zh, *term.synonyms.en):
                    self._add(field, term.code, word, self._of_sets)
        for term in vocabulary.ranks:
            for word in (term.label.zh, term.label.en, *term.synonyms.zh, *term.synonyms.en):
                self._add("rank", term.code, word)
        kinds = vocabulary.place_kinds
        for place in vocabulary.provinces:
            if place.kind == "nation":  # everywhere bounds nothing
                continue
            name = "country" if place.kind == "country" else "province"
            for word in (place.name.zh, place.name.en, *place.short.zh, *place.short.en):
                self._add(name, place.name.zh, word)
        for area in vocabulary.areas:
            for word in (area.name.zh, area.name.en, *area.short.zh, *area.short.en):
                for held in area.holds:
                    self._add("country" if kinds[held] == "country" else "province", held, word)
        letters = {letter: one.name.zh for one in vocabulary.provinces for letter in one.abbreviations}
        self._letters = letters
        one = f"[{''.join(map(re.escape, letters))}]"
        self._in_a_row = re.compile(f"{one}(?:[、，和与及]?{one}){{{_ROW - 1},}}" if letters else "(?!)")
        for word in (vocabulary.home.zh, vocabulary.home.en):
            self._add("country", vocabulary.home.zh, word)
        for word in (*vocabulary.abroad.zh, *vocabulary.abroad.en):
            self._add("abroad", vocabulary.home.zh, word)
        provinces = {place.name.zh for place in vocabulary.provinces}
        for record in resources:
            if record.city and record.city.zh not in provinces:
                for word in (record.city.zh, _UNIT.sub("", record.city.zh), record.city.en):
                    self._add("city", record.city.zh, word)
            for zh in record.subjects.zh:
                self._add("subject", zh.lower(), zh)
            for en in record.subjects.en:
                self._add("subject", en.lower(), en)
            facets = facets_of(record)
            for value in facets.get("licence", ()):
                for word in _licence_words(value):
                    self._add("licence", value, word)
            for value in facets.get("format", ()):
                self._add("format", value.lower(), value)
        classes = _classes(resources)
        for surface, value in classes.items():
            if surface not in self._surfaces:
                self._add(NAME, value, surface)
        for word in (*vocabulary.inland.zh, *vocabulary.inland.en):
            self._add("country", vocabulary.home.zh, word, self._of_sets)
        for names in country_names().values():  # of those that no record is in, a set is empty
            for word in names:
                if fold(word).text.lower() not in self._surfaces:
                    self._add("country", word, word, self._of_sets)
        for body in vocabulary.bodies:
            for word in (body.name.zh, body.name.en, *body.short.zh, *body.short.en):
                self._add(BODY, body.name.zh, word, self._of_sets)
        self._classes = _sized(classes, resources)
        self.rule_words, self.resource_words = _words(vocabulary.rules), _words(vocabulary.resources)
        """Of a set of their kind each is one: they bound nothing."""
        self._units, self._unit_fields = _units(resources, vocabulary)
        governing = {value for field, value in self._unit_fields.values() if field == "authority"}
        known = {value for _, value in self._unit_fields.values()}
        hosts = "\n".join(value for field, value in self._unit_fields.values() if field == "host")
        for unit in vocabulary.units:
            if unit.name.zh in known or unit.name.zh in hosts:
                field = "authority" if unit.name.zh in governing else "host"
                for word in (unit.name.zh, unit.name.en, *unit.short.zh, *unit.short.en):
                    self._add(field, unit.name.zh, word)
        self._sizes, self._sizes_of_sets = _sizes(self._surfaces), _sizes(self._of_sets)

    def _add(self, field: str, value: str, word: str, to: Surfaces | None = None) -> None:
        key = fold(word).text.lower().strip()
        short = len(key) == _LEAST and word.isupper()  # UK, US: not "us"
        if len(key) < (_LEAST if _HAN.search(key) or short else 3):
            return
        entries = (self._surfaces if to is None else to).setdefault(key, [])
        if (field, value) not in entries:
            entries.append((field, value))

    def is_general(self, text: str) -> bool:
        """True for what all resources or all rules are called."""
        said = (text.lower(), *content_words(text))
        return any(one in self.resource_words or one in self.rule_words for one in said)

    def class_of(self, text: str, total: int) -> str | None:
        """The class of names, as a condition on NAME gives it, that has about so many members and shares a
        word, or in Chinese what it ends with, with a text: what an asker means who knows how many there
        are."""
        said = set(content_words(text))
        fits = [
            (abs(size - total), -len(said & words), value)
            for value, (size, words) in self._classes.items()
            if (said & words or (_HAN.match(text[-1:]) and text[-1:] == value[-1:]))
            and abs(size - total) <= max(1, _ABOUT * total)
        ]
        return min(fits)[2] if fits and total >= _SEVERAL else None

    def is_of_class(self, text: str, value: str) -> bool:
        """True where each word of a text is one that names of a class are called by."""
        said = content_words(text)
        return bool(said) and value in self._classes and set(said) <= self._classes[value][1]

    def subjects_of(self, text: str) -> tuple[str, ...]:
        """The subjects in a row that a text is made of, two at least: 菌种, 毒种, 细胞; else none."""
        found = [one for one in self.find(text) if one.field == "subject"]
        spans = sorted({(one.start, one.end) for one in found})
        whole = "".join(text[slice(*span)] for span in spans) == text
        return tuple(text[slice(*span)] for span in spans) if whole and len(spans) > 1 else ()

    def is_abroad(self, surface: str) -> bool:
        """True for a word for every country but that of the catalogue."""
        return any(field == "abroad" for field, _ in self._surfaces.get(fold(surface).text.lower(), []))

    def of_sets(self, question: str) -> list[Found]:
        """Values that bound nothing but sets: kinds of bodies, and words for what is of the home country."""
        known = [(one.start, one.end) for one in self.find(question)]
        return [
            Found(field, value, question[start:end], start, end)
            for start, end, named in _pieces(question, self._of_sets, self._sizes_of_sets)
            if not any(a <= start and end <= b and b - a > end - start for a, b in known)
            for field, value in named
        ]

    def find(self, question: str) -> list[Found]:
        """Values by place; a longer one hides a shorter one inside it, units hide places in their names."""
        return list(self._found(question))

    def _find(self, question: str) -> list[Found]:
        found: list[Found] = []
        for mention in self._units.mentions(question):
            if mention.confidence >= _SURE:
                field, value = self._unit_fields[mention.record_id]
                found.append(Found(field, value, mention.surface, mention.start, mention.end))
        for start, end, named in _pieces(question, self._surfaces, self._sizes):
            if any(
                one.start <= start and end <= one.end and one.end - one.start > end - start for one in found
            ):
                continue
            for strong, weak in (("province", "city"), ("host", "subject")):
                if any(field == strong for field, _ in named):
                    named = [one for one in named if one[0] != weak]
            found += [Found(field, value, question[start:end], start, end) for field, value in named]
        for row in self._in_a_row.finditer(question):
            if any(one.start <= row.start() and row.end() <= one.end for one in found):
                continue
            found = [one for one in found if one.end <= row.start() or row.end() <= one.start]
            values = dict.fromkeys(self._letters[letter] for letter in row[0] if letter in self._letters)
            found += [Found("province", one, row[0], *row.span()) for one in values]
        for year in _YEAR.finditer(question):
            found.append(Found("year", _bounded(question, year), year[0], *year.span()))
        return sorted(found, key=lambda one: (one.start, -one.end))

    def conditions(self, question: str, found: Iterable[Found]) -> list[Condition]:
        """The values as conditions, each with whether it is ruled out."""
        kept = list(found)
        spans = tuple({(one.start, one.end) for one in kept})
        conditions = []
        for one in kept:
            out = negated(question, one.start, one.end, spans)
            name, out = ("country", not out) if one.field == "abroad" else (one.field, out)
            conditions.append(Condition(name, one.value, out, one.surface, one.start, one.end))
        # "Beijing and Shanghai aside": what is joined to a value that is ruled out behind it, is too.
        for place in range(len(conditions) - 2, -1, -1):
            this, after = conditions[place], conditions[place + 1]
            between = question[this.end : after.start]
            follows = after.negated and not this.negated and after.start >= this.end and joined(between)
            if follows and negated(question, after.start, after.end):
                conditions[place] = replace(this, negated=True)
        return conditions


def _sizes(surfaces: Surfaces) -> dict[str, set[int]]:
    """By first character, how long surfaces are: a text is cut where one may begin, and nowhere else."""
    sizes: dict[str, set[int]] = {}
    for key in surfaces:
        sizes.setdefault(key[0], set()).add(len(key))
    return sizes


def _pieces(
    question: str, surfaces: Surfaces, sizes: Mapping[str, Collection[int]]
) -> list[tuple[int, int, list[tuple[str, str]]]]:
    """Start, end, and (field, value)s of what a text says of some surfaces; the longest first."""
    folded = fold(question)
    text = folded.text.lower()
    taken = [False] * (len(text) + 1)
    held = [
        (-size, at)
        for at, first in enumerate(text)
        for size in sizes.get(first, ())
        if at + size <= len(text) and text[at : at + size] in surfaces
    ]
    found: list[tuple[int, int, list[tuple[str, str]]]] = []
    for negative, at in sorted(held):
        size, piece = -negative, text[at : at - negative]
        if any(taken[at : at + size]) or (piece.isascii() and not _whole_word(text, at, at + size)):
            continue
        if size <= _LEAST and piece.isascii() and not folded.text[at : at + size].isupper():
            continue
        taken[at : at + size] = [True] * size
        found.append((*folded.span(at, at + size), surfaces[piece]))
    return found


def _licence_words(licence: str) -> list[str]:
    """How a licence may be said, without its version too; nothing for a sentence or an address."""
    if len(licence) > _LICENCE or "/" in licence:
        return []
    bare = _VERSION.sub("", licence)
    return [form for one in (licence, bare) for form in dict.fromkeys((one, one.replace("-", " ")))]


def _classes(resources: Iterable[Resource]) -> dict[str, str]:
    """What several names begin and end with: 国家科学数据中心 for 国家…科学数据中心, as people call them all.

    An English class stands for the least Chinese one that holds all of it, since translations vary.
    """
    ids: dict[str, dict[tuple[str, str, str], set[str]]] = {"": {}, " ": {}}
    for record in resources:
        for joint, name in (("", record.name.zh), (" ", record.name.en)):
            bare = bare_name(name)
            words = bare.split() if joint else [word for word, _ in tagged_words(bare)]
            for place in range(2, len(words)):
                ids[joint].setdefault((words[0], joint, joint.join(words[place:])), set()).add(record.id)
    chinese = {key: own for key, own in ids[""].items() if len(own) >= _SEVERAL}
    found = {f"{first}{rest}": f"{first}{GAP}{rest}" for first, _, rest in chinese}
    for (first, joint, rest), own in ids[" "].items():
        wider = [key for key, held in chinese.items() if own <= held]
        if len(own) >= _SEVERAL and wider:
            least = min(wider, key=lambda key: len(chinese[key]))
            found[f"{first}{joint}{rest}"] = f"{least[0]}{GAP}{least[2]}"
    return found


def _sized(
    classes: Mapping[str, str], resources: Iterable[Resource]
) -> dict[str, tuple[int, frozenset[str]]]:
    """How many names each class has, and the words it is called by."""
    names = [bare_name(record.name.zh) for record in resources]
    words: dict[str, set[str]] = {}
    for surface, value in classes.items():
        words.setdefault(value, set()).update(content_words(surface))
    ends = {value: value.split(GAP) for value in words}
    return {
        value: (sum(one.startswith(a) and one.endswith(b) for one in names), frozenset(words[value]))
        for value, (a, b) in ends.items()
    }


def _words(said: Lines) -> frozenset[str]:
    """What is said, whole and in content words."""
    texts = [text.lower() for text in (*said.zh, *said.en)]
    return frozenset((*texts, *(word for text in texts for word in content_words(text))))


def _bounded(question: str, year: re.Match[str]) -> str:
    """2012, or >=2012 and the like where the year is a bound."""
    before, after = question[: year.start()], question[year.end() :]
    for operator, more, leads, follows in _BOUNDS:
        if leads.search(before) or follows.match(after):
            return f"{operator}{int(year[1]) + more}"
    return year[1]


def _whole_word(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    plural = text[end : end + 2]
    return not (before.isalnum() and before.isascii()) and (
        not (after.isalnum() and after.isascii()) or (after == "s" and not plural[1:].isalnum())
    )


def _units(
    resources: Iterable[Resource], vocabulary: Vocabulary
) -> tuple[NameIndex, dict[str, tuple[str, str]]]:
    """Hosts and governing bodies as an index of names of its own, and (field, value) of each of its ids.

    A body that governs and hosts is read as governing.
    """
    places = {name for one in vocabulary.provinces for name in (one.name.zh, *one.short.zh)}
    short = {unit.name.zh: unit for unit in vocabulary.units}
    english: dict[str, str] = {unit.name.zh: unit.name.en for unit in vocabulary.units}
    fields: dict[str, str] = {}
    both = [("authority", one.governing_body) for one in resources] + [
        ("host", one.host) for one in resources
    ]
    for field, text in both:
        if text is None:
            continue
        zh, en = units_of(text.zh), units_of(text.en)
        if len(zh) == 1:  # "Institute of Physics, CAS" is one
            en = [_REMARK.sub("", text.en).strip()]
        for place, name in enumerate(zh):
            if (len(name) >= 3 or name in short) and name not in places:
                english.setdefault(name, en[place] if len(zh) == len(en) else name)
                fields.setdefault(name, field)
    english = {name: english[name] for name in fields}
    numbers = {name: f"unit:{number}" for number, name in enumerate(english)}
    units = [
        Resource(
            id=numbers[name],
            type="alliance",
            name=Text(zh=name, en=en),
            aliases=(
                *(short[name].short.zh + short[name].short.en if name in short else ()),
                *_bare_units(name, en, english),
            ),
        )
        for name, en in english.items()
    ]
    return NameIndex(units), {numbers[name]: (field, name) for name, field in fields.items()}


def _bare_units(name: str, en: str, known: Collection[str]) -> tuple[str, ...]:
    """A unit without the body that it belongs to: 高能物理研究所, Institute of High Energy Physics."""
    of = max((one for one in known if one != name and name.startswith(one)), key=len, default="")
    zh, plain = name[len(of) :], en.split(",")[0].strip()
    own = [zh] if of and len(zh) >= _OWN_NAME else []
    return (*own, plain) if plain != en and len(plain.split()) > 2 else tuple(own)


def merged(conditions: Iterable[Condition]) -> Mapping[tuple[str, bool], tuple[str, ...]]:
    """Values by field and negation: alternatives of one condition."""
    groups: dict[tuple[str, bool], list[str]] = {}
    for one in conditions:
        values = groups.setdefault((one.field, one.negated), [])
        if one.value not in values:
            values.append(one.value)
    return {key: tuple(values) for key, values in groups.items()}
