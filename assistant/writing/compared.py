"""Several records side by side: what is asked of each first, then what a choice between them needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from assistant import replies
from assistant.evidence import Describer, EvidenceBook
from assistant.finding.candidates import Records
from assistant.reading.query import Query
from assistant.records import AnswerSet, Language
from assistant.writing.choice import tells_amount
from assistant.writing.draft import Draft, shown_filters
from assistant.writing.marks import Marker, joined
from assistant.writing.sets import BY_ASPECT
from assistant.writing.texts import SETS
from assistant.writing.together import echoed
from corpus.records import Resource
from corpus.statements import Statement, Words, in_language, statements_of
from corpus.statements.words import LABELS

_CHOICE = (
    "holdings", "access_level", "access", "how_to_apply", "place", "host", "governing_body", "url",
)  # fmt: skip
"""What whoever must choose needs to know of each."""
ROOM = 2800
"""Characters within which a field is told that nobody asked for: a chat message holds 4,096."""
_CLOSED = ("host", "governing_body", "place", "access_level")
"""Fields of which it is said whether they are the same."""
_TERMS = ("access", "how_to_apply")
_FACTS = ("host", "governing_body", "place", "url", "contact", "since", "identifiers", "licence", "formats")
"""Fields that answer by themselves: who asks for nothing else does not choose."""


class CompareWriter:
    """Writes comparisons of resources."""

    def __init__(self, records: Records, describer: Describer, words: Words) -> None:
        self._records, self._describer, self._words = records, describer, words

    def answer(
        self,
        query: Query,
        ids: Sequence[str],
        fields: Sequence[str],
        *,
        chooses: bool = True,
        missing: Sequence[str] = (),
        priced: bool = False,
        free: Sequence[str] = (),
    ) -> Draft:
        """The records of `ids`, and what is to be set beside them that no record is of, as the asker calls
        it: two at least; `fields` tell what is asked of each, the foremost first.

        Where facts are all that is asked, and the asker does not choose, nothing else is told. `priced`: what
        they cost is asked. `free` is what else is asked, of which records have no field.
        """
        language = query.language
        resources = [one for id_ in ids if isinstance(one := self._records.get(id_), Resource)]
        marker = Marker(self._describer, self._words, EvidenceBook(), language)
        pause = replies.PAUSE.in_(language)
        names = pause.join(one.name.in_(language) for one in resources)
        what = pause.join(LABELS[field].in_(language) for field in fields)
        heading = SETS["compare_by" if fields else "compare"].in_(language)
        lines = [SETS["not_held"].in_(language).format(names=echoed(missing, language))] if missing else []
        if len(resources) > 1:
            lines.append(heading.format(names=names, what=what))
        for field in fields:
            lines += self._row(field, resources, marker, asked=True)
        terms = (s for one in resources for field in _TERMS for s in self._of(one, field, language))
        if priced and not tells_amount(terms):
            lines.append(SETS["no_price"].in_(language))
        if free and fields:
            words = echoed(free, language)
            lines.append(SETS["no_field"].in_(language).format(words=words))
        if chooses or not fields or any(field not in _FACTS for field in fields):
            differs = partial(self._same, resources, language=language)
            for field in sorted((one for one in _CHOICE if one not in fields), key=differs):
                tried = Marker(self._describer, self._words, EvidenceBook(), language)
                row = self._row(field, resources, tried, asked=False)
                if sum(map(len, (*lines, *row))) <= ROOM:  # what is not told is not cited
                    lines += self._row(field, resources, marker, asked=False)
        lines += self._cautions(resources, marker)
        lines.append(SETS["no_ranking"].in_(language))
        return Draft(
            "answered",
            "\n".join(lines),
            marker.book.citations(),
            tuple(self._describer.card(one, language) for one in resources),
            tuple(
                replies.NEXT_STEPS.in_(language).format(name=one.name.in_(language)) for one in resources[:3]
            ),
            shown_filters(query.filters),
            shown=tuple(one.id for one in resources),
            offered=tuple(one.id for one in resources),
            set=AnswerSet(total=len(resources), ids=tuple(one.id for one in resources)),
        )

    def _row(self, field: str, resources: Sequence[Resource], marker: Marker, *, asked: bool) -> list[str]:
        """What each record tells in a field; nothing where nobody asked and no record tells it."""
        language: Language = marker.language
        told = [self._of(one, field, language) for one in resources]
        if not asked and not any(told):
            return []
        colon = "：" if language == "zh" else ": "
        title = LABELS[field].in_(language)
        if field in _CLOSED and all(told):
            quotes = {tuple(s.quote for s in own) for own in told}
            title += SETS["same" if len(quotes) == 1 else "different"].in_(language)
        lines = [f"{title}{colon}".rstrip()]
        for one, own in zip(resources, told, strict=True):
            if own:
                quoted = joined([s.quote_in(language) for s in own], language)
                if field == "how_to_apply" and one.how_to_apply and one.how_to_apply.common_route:
                    quoted += SETS["common_route"].in_(language)
                space = " " if "://" in quoted else ""
                lines.append(f"  - {one.name.in_(language)}{colon}{quoted}{space}{marker.cite(one, own[0])}")
            else:
                lines.append(f"  - {one.name.in_(language)}{colon}{SETS['not_recorded'].in_(language)}")
        return lines

    def _same(self, resources: Sequence[Resource], field: str, *, language: Language) -> bool:
        """True where each record tells the same in a field."""
        told = [tuple(s.quote for s in self._of(one, field, language)) for one in resources]
        return len(set(told)) < 2

    def _of(self, record: Resource, field: str, language: Language) -> Sequence[Statement]:
        told = (one for one in statements_of(record, self._words) if one.field == field)
        return list(in_language(told, language))

    def _cautions(self, resources: Sequence[Resource], marker: Marker) -> list[str]:
        """How far records that were not checked are known, and why one is doubtful."""
        language: Language = marker.language
        colon = "：" if language == "zh" else ": "
        lines: list[str] = []
        alike: dict[str, list[str]] = {}
        for one in resources:
            if one.verification == "unsure":
                for note in self._of(one, "note", language):
                    lines.append(f"{one.name.in_(language)}{colon}{note.quote}{marker.cite(one, note)}")
            if one.verification != "verified" or one.origin:
                said = statements_of(one, self._words)
                mark = marker.cite(one, said[0])
                alike.setdefault(self._describer.verification(one, language), []).append(mark)
        return [*lines, *(text + "".join(dict.fromkeys(marks)) for text, marks in alike.items())]


def fields_of(aspects: Iterable[str]) -> tuple[str, ...]:
    """The fields that tell these aspects."""
    terms = ("access_level", "access")
    more = {
        "access": terms,
        "use_terms": terms,
        "cost": (*terms, "how_to_apply"),
        "time": ("how_to_apply",),
        "eligibility": (*terms, "how_to_apply"),
    }
    found = [field for one in aspects if one in BY_ASPECT for field in more.get(one, (BY_ASPECT[one],))]
    return tuple(dict.fromkeys(found))
