"""The fields of records as rows, so that lists, counts and filters are SQL: exact, however many records."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    Column,
    Engine,
    Index,
    MetaData,
    String,
    Table,
    delete,
    distinct,
    func,
    insert,
    not_,
    or_,
    select,
)

from corpus.facets import FOLDED, facets_of, units_of
from corpus.records import Policy, Resource, Text
from corpus.seen import article_label
from corpus.vocabulary import Unit, Vocabulary
from retrieval.analysis import normalise

metadata = MetaData()
fields = Table(
    "catalogue_fields",
    metadata,
    Column("digest", String(64), nullable=False),
    Column("record", String(200), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("visibility", String(80), nullable=False),
    Column("field", String(24), nullable=False),
    Column("value", String, nullable=False),
    Index("catalogue_fields_by_value", "digest", "field", "value"),
    Index("catalogue_fields_by_record", "digest", "record"),
)
WORDS = "words"
"""Field that holds all searchable words of a record; a condition on it asks that they hold its value."""
SAID = "said"
"""Field that holds what a resource says besides: terms of access, contact, identifiers, notes, steps."""
NAME = "name"
"""Field that holds the name of a resource; a condition on it gives its two ends: 国家…科学数据中心."""
WHOSE = "whose"
"""Field that holds all that a record says of who runs and governs it and of where it is."""
BODY = "body"
"""Field that holds what kinds of bodies host a resource."""
ALONE = "alone"
"""Field that holds, of each field of bodies, what a record names of it where it names no others."""
GAP = "…"
AS_WRITTEN = ("host", "licence")
"""Facets whose values conditions name as the record has them."""
OPEN = (WORDS, SAID, WHOSE, ALONE, "has")
"""Fields that a record is without where it does not say a value; of others it may be silent."""
_REMARK = re.compile(r"（[^（）]*）|\([^()]*\)")
_ALIKE = re.compile(r"等(?:\d+[个家]?[部单]|$)")
_BATCH = 2000
FORM = "13"
"""Of the rows: count it up when they are made otherwise, so that kept ones are not taken for new."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One condition: alternatives of `values` on one field; `negated`: none of them. A value that begins with
    >= or <= bounds the values of the field, years above all."""

    field: str
    values: tuple[str, ...]
    negated: bool = False


class Fields:
    """Fields of one catalogue, by the digest of it, in the database of the index."""

    def __init__(self, engine: Engine, digest: str, labels: Collection[str] | None = None) -> None:
        """`labels` None: all rows there are."""
        self._engine, self._digest = engine, digest
        self._seen = fields.c.digest == digest
        if labels is not None:
            self._seen &= fields.c.visibility.in_(sorted(labels))

    def seen_by(self, labels: Collection[str]) -> Fields:
        """Those rows of it that have one of these labels: no other is looked at."""
        return Fields(self._engine, self._digest, labels)

    @classmethod
    def open(
        cls, records: Iterable[Resource | Policy], digest: str, engine: Engine, vocabulary: Vocabulary
    ) -> Fields:
        """Those of the catalogue with this digest, written down where they are not yet.

        Those of other catalogues stay while new ones are written, since someone may be answering from
        them; they go with the next opening. A changed vocabulary or FORM makes all of them anew.
        """
        metadata.create_all(engine)
        written = "\0".join([FORM, vocabulary.model_dump_json(), digest])
        digest = hashlib.sha256(written.encode()).hexdigest()
        with engine.begin() as db:
            there = db.scalar(select(func.count()).where(fields.c.digest == digest))
            if not there:
                batch: list[dict[str, str]] = []
                for row in rows_of(records, vocabulary):
                    batch.append({"digest": digest, **row})
                    if len(batch) >= _BATCH:
                        db.execute(insert(fields), batch)
                        batch = []
                if batch:
                    db.execute(insert(fields), batch)
            else:
                db.execute(delete(fields).where(fields.c.digest != digest))
        return cls(engine, digest)

    def ids(self, kind: str, wanted: Sequence[Wanted]) -> list[str]:
        """Ids of the records of a kind that meet every condition, in order of id."""
        seen = self._seen
        query = select(fields.c.record).distinct().where(seen, fields.c.kind == kind)
        for one in wanted:
            meets = select(fields.c.record).where(seen, fields.c.field == one.field, _says(one))
            inside = fields.c.record.in_(meets)
            query = query.where(not_(inside) if one.negated else inside)
            if one.negated and one.field not in OPEN:
                # What a record does not tell is not known to be otherwise.
                told = select(fields.c.record).where(seen, fields.c.field == one.field)
                query = query.where(fields.c.record.in_(told))
        with self._engine.connect() as db:
            return sorted(db.scalars(query))

    def of(self, record: str, field: str) -> list[str]:
        """The values that one record has of a field."""
        query = select(fields.c.value).where(self._seen, fields.c.record == record, fields.c.field == field)
        with self._engine.connect() as db:
            return sorted(db.scalars(query))

    def shared(self, ids: Collection[str], count: int, names: Collection[str]) -> list[tuple[str, str]]:
        """(field, value) that exactly `count` of these records have, of fields of these names."""
        query = (
            select(fields.c.field, fields.c.value)
            .where(self._seen, fields.c.record.in_(ids), fields.c.field.in_(names))
            .group_by(fields.c.field, fields.c.value)
            .having(func.count(distinct(fields.c.record)) == count)
        )
        with self._engine.connect() as db:
            return sorted((row[0], row[1]) for row in db.execute(query))


def _says(one: Wanted):  # type: ignore[no-untyped-def]
    if one.field in (WORDS, SAID, WHOSE):
        return or_(*(fields.c.value.contains(normalise(value), autoescape=True) for value in one.values))
    if one.field == NAME:
        likes = [value.replace("%", "").replace("_", "").replace(GAP, "%") for value in one.values]
        return or_(*(fields.c.value.like(like) for like in likes))
    bounds = [value for value in one.values if value[:2] in (">=", "<=")]
    plain = [value for value in one.values if value not in bounds]
    column = fields.c.value
    said = [column >= value[2:] if value[0] == ">" else column <= value[2:] for value in bounds]
    return or_(*said, column.in_(plain)) if plain else or_(*said)


def rows_of(records: Iterable[Resource | Policy], vocabulary: Vocabulary) -> Iterator[dict[str, str]]:
    """One row for each field and value of each record."""
    for record in records:
        kind = "resource" if isinstance(record, Resource) else "policy"
        told: Iterable[tuple[str, ...]] = (
            _of_resource(record, vocabulary)
            if isinstance(record, Resource)
            else _of_policy(record, vocabulary)
        )
        for field, value, label in dict.fromkeys((*one, record.label)[:3] for one in told):
            yield {"record": record.id, "kind": kind, "visibility": label, "field": field, "value": value}


def said_of(unit: Unit) -> tuple[str, ...]:
    """All that a unit is called, normalised."""
    return tuple(map(normalise, (unit.name.zh, unit.name.en, *unit.short.zh, *unit.short.en)))


def bare_name(name: str) -> str:
    """A name without remarks in brackets, normalised."""
    return normalise(_REMARK.sub("", name)).strip()


def country_of(province: str | None, vocabulary: Vocabulary) -> str | None:
    """The country of a record: its own name for a foreign one, else the home of the catalogue."""
    if province is None:
        return None
    return province if vocabulary.place_kinds.get(province) == "country" else vocabulary.home.zh


def only(field: str, values: Iterable[str]) -> str:
    """A value of ALONE: a record has these values of a field, and no others."""
    return f"{field}:{GAP.join(sorted(values))}"


def _of_bodies(field: str, text: Text) -> Iterator[tuple[str, str]]:
    """The bodies that a text names, and that it names no others: what stands in brackets may be one."""
    units = units_of(text.zh)
    yield from ((field, one) for one in units)
    if units and not _REMARK.search(text.zh) and _ALIKE.search(text.zh) is None:
        yield ALONE, only(field, units)


def _days(field: str, *days: str | None) -> Iterator[tuple[str, str]]:
    """Days, YYYY-MM-DD or less, with the months and years that they are in."""
    for day in filter(None, days):
        parts = day.split("-")
        yield from ((field, "-".join(parts[:size])) for size in range(1, len(parts) + 1))


def scheme_of(name: str) -> str:
    """The scheme of an identifier by what records call it: doi for doi_prefix."""
    return name.split("_")[0].lower()


def _of_resource(record: Resource, vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    facets = facets_of(record)
    if record.host:  # as conditions name them
        facets["host"] = tuple(units_of(record.host.zh))
    for facet, values in facets.items():
        folded = facet in FOLDED and facet not in AS_WRITTEN
        yield from ((facet, one.lower() if folded else one) for one in values)
    for name in (record.name.zh, record.name.en):
        yield from ((NAME, one) for one in (bare_name(name), normalise(name)))
    if country := country_of(record.province, vocabulary):
        yield "country", country
    if record.city:
        yield "city", record.city.zh
    yield from (("place", one) for one in (record.province, record.city.zh if record.city else None) if one)
    if record.host:
        host = normalise(f"{record.host.zh}\n{record.host.en}")
        kinds = [one.name.zh for one in vocabulary.bodies if any(word in host for word in said_of(one))]
        yield from ((BODY, kind) for kind in kinds or [""])
        # An institute of an academy is the academy's too, where people call that by a name of its own.
        above = (unit.name.zh for unit in vocabulary.units)
        yield from (("host", one) for one in above if one in record.host.zh)
        yield from ((field, one) for field, one in _of_bodies("host", record.host) if field == ALONE)
    if record.governing_body:
        yield from _of_bodies("authority", record.governing_body)
    yield "verification", record.verification
    told = {
        "contact": record.contact,
        "url": record.url,
        "since": record.since,
        "identifier": record.identifiers,
        "licence": record.licence,
        "steps": record.how_to_apply,
        "funding": record.funding,
        "relations": record.relations,
        "host": record.host,
        "authority": record.governing_body,
        "place": record.province,
        "former": record.former_names,
    }
    yield from (("has", name) for name, value in told.items() if value)
    yield from (("has", scheme_of(one.scheme)) for one in record.identifiers)
    whose = [record.host, record.governing_body, record.city]
    yield WHOSE, normalise("\n".join([record.province or "", *(f"{o.zh}\n{o.en}" for o in whose if o)]))
    said = [record.name.zh, record.name.en, *record.aliases, *record.subjects.zh, *record.subjects.en]
    said += [record.holdings.zh, record.holdings.en] if record.holdings else []
    said += facets.get("variable", ())
    said += [*record.questions.zh, *record.questions.en] if record.origin else []
    yield WORDS, normalise("\n".join(said))
    texts = [record.access.text, *(note.text for note in record.notes)]
    more = [text for one in texts if one for text in (one.zh, one.en)]
    more += [f"{one.scheme} {one.value}" for one in record.identifiers]
    if record.contact:
        more += [one for one in (record.contact.phone, record.contact.email, record.contact.url) if one]
    if record.how_to_apply:
        more += [*record.how_to_apply.steps.zh, *record.how_to_apply.steps.en]
    if more:
        yield SAID, normalise("\n".join(more))


def _of_policy(record: Policy, vocabulary: Vocabulary) -> Iterator[tuple[str, ...]]:
    """(field, value), with the label of who sees it where that is not the document's."""
    yield "status", record.status
    yield "rank", record.rank
    yield from _of_bodies("issuer", record.issuing_body)
    yield from _days("year", record.issued)
    yield from _days("issued", record.issued)
    yield from _days("effective", record.effective)
    yield from _days("amended", *(one.date or one.effective for one in record.amendments))
    where = f"{record.title.zh}\n{record.issuing_body.zh}"
    places = [one.name.zh for one in vocabulary.provinces if one.kind == "province"]
    yield from (("place", one) for one in places if one in where)
    told = {
        "number": record.doc_number,
        "url": record.official_url,
        "amended": record.amendments,
        "former": record.former_names,
    }
    yield from (("has", name) for name, value in told.items() if value)
    yield from ((NAME, normalise(title)) for title in (record.title.zh, record.title.en))
    said = [record.title.zh, record.title.en, *record.aliases, record.scope.zh, record.scope.en]
    yield WORDS, normalise("\n".join(said))
    for article in record.articles:
        label = article_label(record, article)
        yield WORDS, normalise(f"{article.says.zh}\n{article.says.en}"), label
