"""Several records side by side: what is asked of each first, then where they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant import replies
from assistant.evidence import Describer, EvidenceBook
from assistant.finding.candidates import Records
from assistant.reading.query import Query
from assistant.records import AnswerSet, Language
from assistant.writing.draft import Draft, shown_filters
from assistant.writing.marks import Marker, joined
from assistant.writing.sets import BY_ASPECT
from assistant.writing.texts import SETS
from corpus.records import Resource
from corpus.statements import Statement, Words, in_language, statements_of
from corpus.statements.words import LABELS

_DIFFERING = ("holdings", "subjects", "host", "governing_body", "place", "access_level", "access", "url")
"""Fields that are held side by side where nothing is asked of each."""
_ALWAYS = ("holdings", "host")
_CLOSED = ("host", "governing_body", "place", "access_level")
"""Fields of which it is said whether they are the same."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that is asked of each: `phrase` as it was said, the `fields` that tell it, none where its
    wording means no field, and then the statement of each record that is `nearest` to it, by record."""

    phrase: str
    fields: tuple[str, ...] = ()
    nearest: Mapping[str, Statement] | None = None


class CompareWriter:
    """Writes comparisons of resources."""

    def __init__(self, records: Records, describer: Describer, words: Words) -> None:
        self._records, self._describer, self._words = records, describer, words

    def answer(self, query: Query, ids: Sequence[str], asked: Sequence[Asked]) -> Draft:
        """The records of `ids`, two at least, by what is asked of each."""
        language = query.language
        resources = [one for id_ in ids if isinstance(one := self._records.get(id_), Resource)]
        marker = Marker(self._describer, self._words, EvidenceBook(), language)
        names = replies.PAUSE.in_(language).join(one.name.in_(language) for one in resources)
        lines = [SETS["compare"].in_(language).format(names=names)]
        done: set[str] = set()
        for need in asked:
            if need.nearest is not None:
                told = {i: (said,) for i, said in need.nearest.items() if said.field not in done}
                if told:
                    lines += self._row(
                        SETS["nearest"].in_(language).format(need=need.phrase), told, resources, marker
                    )
                continue
            for field in need.fields:
                if field not in done:
                    done.add(field)
                    lines += self._field(field, resources, marker, asked=True)
        for field in _ALWAYS if done or asked else _DIFFERING:
            if field not in done:
                lines += self._field(field, resources, marker, asked=False)
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
            rewritable=True,
            shown=tuple(one.id for one in resources),
            offered=tuple(one.id for one in resources),
            set=AnswerSet(total=len(resources), ids=tuple(one.id for one in resources)),
        )

    def _field(self, field: str, resources: Sequence[Resource], marker: Marker, *, asked: bool) -> list[str]:
        """A row of one field; one that nobody asked for only where some record tells it."""
        told = {
            one.id: in_language(
                (s for s in statements_of(one, self._words) if s.field == field), marker.language
            )
            for one in resources
        }
        quotes = [tuple(s.quote for s in own) for own in told.values()]
        if not asked and (not any(quotes) or len(set(quotes)) == 1):
            return []
        title = LABELS[field].in_(marker.language)
        if field in _CLOSED and all(quotes):
            title += SETS["same" if len(set(quotes)) == 1 else "different"].in_(marker.language)
        return self._row(title, told, resources, marker)

    def _row(
        self,
        title: str,
        told: Mapping[str, Sequence[Statement]],
        resources: Sequence[Resource],
        marker: Marker,
    ) -> list[str]:
        language: Language = marker.language
        colon = "：" if language == "zh" else ": "
        lines = [f"{title}{colon}".rstrip()]
        for one in resources:
            own = told.get(one.id, ())
            if own:
                quotes = joined([s.quote for s in own], language)
                space = " " if "://" in quotes else ""
                lines.append(f"  - {one.name.in_(language)}{colon}{quotes}{space}{marker.cite(one, own[0])}")
            else:
                lines.append(f"  - {one.name.in_(language)}{colon}{SETS['not_recorded'].in_(language)}")
        return lines


def fields_of(aspects: Sequence[str]) -> tuple[str, ...]:
    """The fields that tell these aspects."""
    more = {
        "cost": ("access", "how_to_apply"),
        "time": ("how_to_apply",),
        "eligibility": ("access", "how_to_apply"),
    }
    found = [field for one in aspects if one in BY_ASPECT for field in more.get(one, (BY_ASPECT[one],))]
    return tuple(dict.fromkeys(found))
