"""Lists, counts and comparisons in words: the number first, then all of the set, page by page."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant import replies
from assistant.evidence import OVERVIEW, Describer, EvidenceBook
from assistant.finding.candidates import Records
from assistant.finding.sets import SetFound
from assistant.reading.query import Condition, Query
from assistant.records import AnswerSet, Language
from assistant.writing.draft import Draft, shown_filters
from assistant.writing.marks import Marker, joined
from assistant.writing.texts import CONDITION, SETS
from assistant.writing.together import echoed
from corpus.facets import last_told
from corpus.records import Policy, Resource
from corpus.statements import Words, in_language, statements_of
from corpus.statements.words import LABELS

PAGE = 20
NAMED = 8
"""Records up to which those are named that would meet all conditions but one."""
DATED = 0.5
"""Likelihood that it is asked when things changed from which the newest come first."""
BY_ASPECT = {
    "type": "type", "holdings": "holdings", "size": "holdings", "place": "place", "host": "host",
    "authority": "governing_body",
    "eligibility": "access", "access": "access", "steps": "how_to_apply", "cost": "access",
    "time": "how_to_apply",
    "contact": "contact", "url": "url", "since": "since", "identifier": "identifiers", "licence": "licence",
    "formats": "formats", "period": "temporal", "updated": "modified", "use_terms": "access",
}  # fmt: skip

_CODED = {
    "type": "types", "access": "access", "status": "statuses", "rank": "ranks",
    "verification": "verifications",
}  # fmt: skip
"""Closed sets of the vocabulary by field."""
_SHARED: dict[str, Callable[[Resource], str | None]] = {
    "type": lambda one: one.type,
    "access": lambda one: one.access.level,
    "province": lambda one: one.province,
}
"""Fields of one value a record."""


class SetWriter:
    """Writes sets of records and of rules."""

    def __init__(self, records: Records, describer: Describer, words: Words) -> None:
        self._records, self._describer, self._words = records, describer, words

    def answer(self, query: Query, found: SetFound, offset: int = 0) -> Draft:
        """The count, the conditions as they were applied, and a page of the set."""
        language = query.language
        book = EvidenceBook()
        newest = found.kind == "resource" and (found.bounds.newest or query.asks("updated") > DATED)
        ids = self._ordered(found, query, newest)
        total = len(ids)
        told = self._conditions(found.conditions, language)
        lines: list[str] = []
        if found.apart:
            told += SETS["apart"].in_(language)
        key = "none" if not total else "count" if query.operation == "count" else "list"
        heading = SETS[f"{key}_{found.kind}"].in_(language)
        lines.append(heading.format(n=total, conditions=told or SETS["all"].in_(language)))
        if found.uncovered:
            words = echoed(found.uncovered, language)
            lines.append(SETS["uncovered"].in_(language).format(words=words))
        if found.given_up:
            words = echoed(found.given_up, language)
            lines.append(SETS["given_up"].in_(language).format(words=words))
        if found.meant:
            words = replies.PAUSE.in_(language).join(found.meant)
            lines.append(SETS["meant"].in_(language).format(words=words))
        if newest and total > 1:
            lines.append(SETS["newest"].in_(language))
        lines += self._shares(found, language)
        page = ids[offset : offset + PAGE]
        lines += [
            f"{offset + place}. {self._item(id_, language, book)}{self._beside(id_, found, language, book)}"
            for place, id_ in enumerate(page, 1)
        ]
        for conditions, others in found.wider:
            bound = self._conditions(conditions, language)
            few = len(others) <= NAMED
            lines.append(SETS["wider" if few else "wider_many"].in_(language).format(conditions=bound))
            if few:
                lines += [f"- {self._item(one, language, book)}" for one in self._by_name(others, language)]
        rest = total - offset - len(page)
        chips: tuple[str, ...] = ()
        if rest > 0:
            lines.append(SETS["more"].in_(language).format(n=rest))
            chips = (SETS["more_chip"].in_(language),)
        cards = [self._records[id_] for id_ in page]
        return Draft(
            "answered",
            "\n".join(lines),
            book.citations(),
            tuple(self._describer.card(one, language) for one in cards if isinstance(one, Resource)),
            chips,
            shown_filters(query.filters),
            shown=tuple(page) or query.subjects,
            offered=tuple(page),
            set=AnswerSet(total=total, offset=offset, ids=tuple(ids)),
            uncovered=found.uncovered,
        )

    def unapplied(self, query: Query, found: SetFound) -> Draft:
        """What is told in place of a set of most records, since words that bound it could not be applied."""
        language = query.language
        words = echoed(found.uncovered, language)
        told = self._conditions(found.conditions, language) or SETS["all"].in_(language)
        text = SETS["unapplied"].in_(language).format(words=words, n=len(found.ids), conditions=told)
        return Draft("not_found", text, filters=shown_filters(query.filters), uncovered=found.uncovered)

    def _shares(self, found: SetFound, language: Language) -> list[str]:
        """How many of a set have each of the types, levels or places that were asked for."""
        told: dict[str, dict[str, str]] = {}
        for one in found.conditions:
            if one.field in _SHARED and not one.negated:
                told.setdefault(one.field, {})[one.value] = self._value(one, language)
        lines = []
        for field, values in told.items():
            counts = dict.fromkeys(values, 0)
            for id_ in found.ids:
                record = self._records[id_]
                if isinstance(record, Resource) and (own := _SHARED[field](record)) in counts:
                    counts[own] += 1
            if len(values) > 1 and found.ids:
                share, pause = SETS["share"].in_(language), replies.PAUSE.in_(language)
                shares = (share.format(value=values[value], n=n) for value, n in counts.items())
                lines.append(SETS["shares"].in_(language).format(shares=pause.join(shares)))
        return lines

    def _by_name(self, ids: Sequence[str], language: Language) -> list[str]:
        """By name in the language of the answer."""

        def name(id_: str) -> str:
            record = self._records[id_]
            return (record.name if isinstance(record, Resource) else record.title).in_(language)

        return sorted(ids, key=name)

    def _ordered(self, found: SetFound, query: Query, newest: bool) -> list[str]:
        """By name; the newest first where `newest`."""
        ids = self._by_name(found.ids, query.language)
        if newest:
            days = {
                one: last_told(record) for one in ids if isinstance(record := self._records[one], Resource)
            }
            ids.sort(key=lambda one: days.get(one, ""), reverse=True)  # stable: by name within a day
        return ids

    def _item(self, record_id: str, language: Language, book: EvidenceBook) -> str:
        record = self._records[record_id]
        if isinstance(record, Policy):
            return self._describer.document_line(record, language) + book.cite(
                self._describer.document_evidence(record, language)
            )
        mark = book.cite(self._describer.resource_evidence(record, OVERVIEW, language))
        told = [self._describer.place(record, language)]
        told.append(
            self._describer.label("access", record.access.level, language) if record.access.level else None
        )
        beside = replies.COMMA.in_(language).join(one for one in told if one)
        return record.name.in_(language) + (replies.bracket(beside, language) if beside else "") + mark

    def _beside(self, record_id: str, found: SetFound, language: Language, book: EvidenceBook) -> str:
        """What was asked of each record, and that it tells nothing of it."""
        record = self._records[record_id]
        if not isinstance(record, Resource):
            return ""
        marker = Marker(self._describer, self._words, book, language)
        says = statements_of(record, self._words) if found.beside else ()
        told: list[str] = []
        for aspect in (one for one in found.beside if one in BY_ASPECT):
            own = in_language((one for one in says if one.field == BY_ASPECT[aspect]), language)
            if aspect == "updated" and not own:
                own = in_language((one for one in says if one.field in ("issued", "frequency")), language)[:1]
            what = (own[0].label_in(language) if own else "") or LABELS[BY_ASPECT[aspect]].in_(language)
            if own:
                mark = marker.cite(record, own[0])
                quotes = joined([one.quote_in(language) for one in own], language)
                told.append(f"{what}{'：' if language == 'zh' else ': '}{quotes} {mark}")
            else:
                told.append(replies.PART_ABSENT.in_(language).format(what=what).rstrip("。."))
        colon = "：" if language == "zh" else " — "
        return colon + ("；" if language == "zh" else "; ").join(told) if told else ""

    def _conditions(self, conditions: Sequence[Condition], language: Language) -> str:
        """The conditions in words."""
        grouped: dict[tuple[str, bool], list[str]] = {}
        for one in conditions:
            grouped.setdefault((one.field, one.negated), []).append(self._value(one, language))
        told = []
        for (field, out), values in grouped.items():
            label = CONDITION[field].in_(language)
            key = "is" if not out else f"not_{field}" if f"not_{field}" in SETS else "not"
            text = SETS[key].in_(language)
            told.append(
                text.format(label=label, values=replies.PAUSE.in_(language).join(dict.fromkeys(values)))
            )
        return ("；" if language == "zh" else "; ").join(told)

    def _value(self, one: Condition, language: Language) -> str:
        if one.field == "has":
            return replies.WHAT[one.value].in_(language) if one.value in replies.WHAT else one.surface
        if one.field in _CODED:
            return self._describer.label(_CODED[one.field], one.value, language)
        if one.field in ("province", "country"):
            return self._words.province(one.value, language)
        return one.surface or one.value
