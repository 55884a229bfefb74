"""What a record of the catalogue says, field by field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import get_args

from corpus.details import Download, coverage_text, grant_text, period_text, relation_text
from corpus.records import Resource
from corpus.statements.cutting import cut
from corpus.statements.records import Field, Statement
from corpus.statements.words import DETAILS, LABELS, RELATIONS, Words
from corpus.texts import Language, Text

CARD = "card"
HOW_TO_APPLY = "how_to_apply"
MOST_FILES = 8
"""Of one record; the record itself has more."""
MOST_TIES = 12
_BEFORE_PLACE, _BEFORE_LEVEL = "governing_body", "holdings"
"""Fields after which those stand whose values have words in both languages."""

_ASPECTS: dict[str, tuple[str, ...]] = {
    "name": ("name",),
    "alias": ("name",),
    "former_name": ("name",),
    "type": ("holdings",),
    "host": ("host",),
    "governing_body": ("authority",),
    "place": ("place",),
    "subjects": ("holdings",),
    "access_level": ("access",),
    "how_to_apply": ("steps",),
    "url": ("url",),
    "other_urls": ("url",),
    "identifiers": ("identifier",),
    "contact": ("contact",),
    "since": ("since",),
    "licence": ("licence",),
    "issued": ("updated",),
    "modified": ("updated",),
    "temporal": ("period",),
    "formats": ("formats",),
    "frequency": ("updated",),
}


def in_asked_language(
    told: Iterable[Statement], record: Resource, language: Language
) -> tuple[Statement, ...]:
    """The statements of a record that is not written in the language of the question, as that compares with
    them: labels in its language, and the record's search key in place of its first words on what it holds."""
    if language in record.languages:
        return tuple(told)
    key = "；".join(record.questions.in_(language)[-1:])
    asked = []
    for one in told:
        first = key if (one.field, one.number) == ("holdings", 1) else ""
        asked.append(replace(one, label=one.label_in(language), read_as=first))
    return tuple(asked)


def is_open_data(record: Resource) -> bool:
    """True for a harvested data set that is fetched, and not applied for."""
    fetched = record.access.level in (None, "open") and record.type == "scientific_data"
    return record.origin is not None and fetched


def statements_of_resource(record: Resource, words: Words) -> Iterator[Statement]:
    """Every statement of a record, in the order of its card, once in each language it is written in."""
    for language in record.languages:
        yield from _Writer(record, words, language).statements()


class _Writer:
    """One record in one language."""

    def __init__(self, record: Resource, words: Words, language: Language) -> None:
        self._record, self._words, self._language = record, words, language
        self._counts: dict[str, int] = {}

    def statements(self) -> Iterator[Statement]:
        record, language = self._record, self._language
        yield self._one("type", *self._both(lambda to: self._words.label("types", record.type, to)))
        for name, texts in self._plain():
            for text in texts:
                yield self._one(name, text)
            if name == _BEFORE_PLACE and self._words.place(record.province, record.city, language):
                place = self._both(lambda to: self._words.place(record.province, record.city, to))
                yield self._one("place", *place)
            if name == _BEFORE_LEVEL and (level := record.access.level):
                yield self._one("access_level", *self._level(level))
        if record.how_to_apply:
            label = LABELS["how_to_get" if is_open_data(record) else "how_to_apply"]
            for step in record.how_to_apply.steps.in_(language):
                yield self._one("how_to_apply", step, part=HOW_TO_APPLY, label=label)
        yield from self._ties()
        yield from self._details()
        for note in record.notes:
            if note.kind in ("caution", "contradiction"):
                yield self._one("note", note.text.in_(language))

    def _plain(self) -> Iterator[tuple[Field, list[str]]]:
        record, language = self._record, self._language
        comma = "、" if language == "zh" else ", "

        def text(value: Text | None) -> list[str]:
            return [value.in_(language)] if value else []

        def pieces(value: Text | None) -> list[str]:
            return cut(value.in_(language)) if value else []

        other: Language = "en" if language == "zh" else "zh"
        named = [record.name.in_(language)]
        if record.name.in_(other) != named[0]:
            named.append(record.name.in_(other))
        yield "name", named
        yield "alias", [comma.join(record.aliases)] if record.aliases else []
        yield "former_name", [comma.join(record.former_names)] if record.former_names else []
        yield "host", text(record.host)
        yield "governing_body", text(record.governing_body)
        yield "subjects", [comma.join(record.subjects.in_(language))] if record.subjects.in_(language) else []
        yield "holdings", pieces(record.holdings)
        yield "access", pieces(record.access.text)
        yield "url", [record.url] if record.url else []
        yield "other_urls", list(record.other_urls)
        yield (
            "identifiers",
            [
                f"{one.scheme} {one.value}" + (f"（{one.note.in_(language)}）" if one.note else "")
                for one in record.identifiers
            ],
        )
        contact = record.contact
        told = [one for one in (contact.phone, contact.email, contact.url) if one] if contact else []
        yield "contact", told + (text(contact.note) if contact and contact.note else [])
        yield "since", text(record.since)
        yield "licence", [record.licence] if record.licence else []
        yield "creators", [comma.join(one.name for one in record.creators[:10])] if record.creators else []
        yield "issued", [record.issued] if record.issued else []
        yield "modified", [record.modified] if record.modified else []
        yield "temporal", [period] if (period := period_text(record.temporal)) else []
        yield "spatial", [covered] if (covered := coverage_text(record.spatial, comma)) else []
        yield "formats", [comma.join(record.formats)] if record.formats else []

    def _both(self, words: Callable[[Language], str]) -> tuple[str, Text]:
        """What a closed value is in the record's language, and in both."""
        both = Text(zh=words("zh"), en=words("en"))
        return both.in_(self._language), both

    def _level(self, level: str) -> tuple[str, Text]:
        return self._both(lambda to: self._words.label("access", level, to))

    def _ties(self) -> Iterator[Statement]:
        """Awards in one statement, then the first others by how it stands to them."""
        record, language = self._record, self._language
        if record.funding:
            told = ("；" if language == "zh" else "; ").join(grant_text(one) for one in record.funding[:10])
            yield self._one("funding", told)
        for one in sorted(record.relations, key=lambda one: one.kind == "related")[:MOST_TIES]:
            yield self._one("relations", relation_text(one), label=RELATIONS[one.kind])

    def _details(self) -> Iterator[Statement]:
        details, language = self._record.details, self._language
        if details is None:
            return
        if frequency := getattr(details, "frequency", None):
            yield self._one("frequency", frequency)
        for field, (label, aspects) in DETAILS.items():
            value = getattr(details, field, None)
            if isinstance(value, Text):
                value = value.in_(language)
            if isinstance(value, tuple):
                value = ("、" if language == "zh" else ", ").join(value[:20])
            if value:
                yield self._one("details", str(value), label=label, aspects=aspects)
        files: tuple[Download, ...] = getattr(details, "files", ()) or getattr(details, "endpoints", ())
        told = " ".join(self._record.how_to_apply.steps.in_(language)) if self._record.how_to_apply else ""
        for one in [file for file in files if file.url not in told][:MOST_FILES]:
            said = " ".join(filter(None, (one.title, f"({one.format})" if one.format else "", one.url)))
            label = LABELS["service" if one.service else "file"]
            yield self._one("details", said, label=label, aspects=("url", "formats"))

    def _one(
        self,
        field: Field,
        quote: str,
        quotes: Text | None = None,
        *,
        part: str = CARD,
        label: Text | None = None,
        aspects: tuple[str, ...] | None = None,
    ) -> Statement:
        number = self._counts[field] = self._counts.get(field, 0) + 1
        record, language = self._record, self._language
        labels = label or LABELS[field]
        return Statement(
            id=f"{record.id}#{part}:{language}:s:{field}{number}",
            record_id=record.id,
            kind="resource",
            part=part,
            locator=field,
            field=field,
            language=language,
            title=record.name.in_(language),
            label=labels.in_(language),
            quote=quote,
            aspects=_ASPECTS.get(field, ()) if aspects is None else aspects,
            checked=":" not in record.id,
            number=number,
            labels=labels,
            quotes=quotes,
        )


assert set(_ASPECTS) <= set(get_args(Field))
