"""What is said where nothing answers: why, what is near, who may know, a way on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant import replies
from assistant.evidence import OVERVIEW, Describer, EvidenceBook
from assistant.finding.candidates import Candidates
from assistant.judging.support import Judgement
from assistant.reading.query import Query
from assistant.writing.absent import AbsentWriter
from assistant.writing.choice import Best, best_records
from assistant.writing.draft import Draft, shown_filters
from assistant.writing.facts import FactWriter
from corpus.records import Article, Policy, Resource


class NotFoundWriter:
    """Tells apart what is held without the asked fact, what no record is called, and what is not held."""

    def __init__(
        self, records: Mapping[str, Resource | Policy], describer: Describer, facts: FactWriter
    ) -> None:
        self._records, self._describer, self._facts = records, describer, facts
        self._absent = AbsentWriter(describer)

    def answer(
        self, query: Query, found: Candidates, judged: Judgement, reasons: list[str] | None = None
    ) -> Draft:
        """Why nothing answers, what is near, who may know, a way on."""
        language, book = query.language, EvidenceBook()
        subject: Resource | None = None
        told: list[str] = []
        near: list[Resource | tuple[Policy, Article | None]] = []
        resources = [self._records[one.record_id] for one in best_records(found, judged, "resource")[:3]]
        policies = [self._records[one.record_id] for one in best_records(found, judged, "policy")[:2]]
        if reasons is None:
            best = [
                one.record_id for kind in ("resource", "policy") for one in best_records(found, judged, kind)
            ]
            named = [self._records[i] for i in query.subjects if i in self._records]
            named.sort(key=lambda one: [*best, one.id].index(one.id))
            if judged.held == "not_recorded" and named and isinstance(named[0], Resource):
                subject = named[0]
                mark = book.cite(self._describer.resource_evidence(subject, OVERVIEW, language))
                name = subject.name.in_(language)
                what = self._facts.lacking(subject, _what(query), language)
                told = self._facts.asked_of(subject, query, book)
                text = replies.NOT_DIRECTLY if told and what == "detail" else replies.ATTRIBUTE_ABSENT
                what = replies.WHAT[what].in_(language)
                reasons = [text.in_(language).format(name=name, what=what) + mark]
            elif query.unknown and (judged.held == "no_such_thing" or not named):
                surface = query.unknown[0].surface.strip("《》 ")
                reasons = [replies.NAME_UNKNOWN.in_(language).format(name=surface)]
            elif named and isinstance(named[0], Policy):
                policies = [named[0], *(one for one in policies if one is not named[0])]
                title = replies.title(named[0].title.in_(language), language)
                reasons = [
                    replies.ATTRIBUTE_ABSENT.in_(language).format(
                        name=title, what=replies.WHAT["detail"].in_(language)
                    )
                ]
                reasons[0] += book.cite(self._describer.document_evidence(named[0], language))
            else:
                reasons = [replies.NOT_FOUND_LEAD.in_(language)]
            if query.kinds.get("policy", 0) > query.kinds.get("resource", 0):
                articles = _articles(best_records(found, judged, "policy"))
                near = [
                    (one, one.article(articles[one.id]) if one.id in articles else None)
                    for one in policies
                    if isinstance(one, Policy)
                ]
            else:
                near = [one for one in resources if isinstance(one, Resource) and one is not subject]
        else:
            policy = self._records[query.references[0].policy_id]
            assert isinstance(policy, Policy)
            book.cite(self._describer.document_evidence(policy, language))
        lines = self._absent.answer(reasons, near, language, book, subject=subject, told=told)
        shown = [subject.id] if subject else [i for i in query.subjects if i in self._records]
        nearest = [one.id if isinstance(one, Resource) else one[0].id for one in near]
        shown += nearest
        chips = [
            replies.NEXT_ABOUT.in_(language).format(name=one.name.in_(language))
            for one in near
            if isinstance(one, Resource)
        ]
        return Draft(
            "not_found",
            "\n".join(lines),
            book.citations(),
            (),
            tuple(chips[:3]),
            shown_filters(query.filters),
            shown=tuple(dict.fromkeys(shown)),
            offered=tuple(dict.fromkeys(nearest)) if len(nearest) > 1 and subject is None else (),
            lead=1 + len(told),
        )


def _articles(ranked: Sequence[Best]) -> dict[str, str]:
    """The article of each document that comes nearest, by its key."""
    told = [
        (one.record_id, part.part) for one in ranked for part in one.statements if part.field == "article"
    ]
    return dict(reversed(told))


def _what(query: Query) -> str:
    """The attribute asked for, in the words of replies.WHAT."""
    names = {
        "url": "url", "host": "host", "authority": "governing_body", "place": "place", "contact": "contact",
        "since": "since", "holdings": "holdings", "access": "access", "steps": "steps", "cost": "amount",
    }  # fmt: skip
    best = max(query.aspects, key=lambda one: query.aspects[one], default="")
    return names.get(best, "detail")
