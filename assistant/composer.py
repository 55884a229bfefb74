"""Answers written from cited fields alone, without a language model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from assistant import replies, rule_replies
from assistant.absent_writer import AbsentWriter
from assistant.arithmetic import working
from assistant.available import asked_of
from assistant.evidence import OVERVIEW, Describer, EvidenceBook
from assistant.policy_writer import PolicyWriter
from assistant.records import AskFilters, Citation, ResourceCard, Status
from assistant.resource_writer import ResourceWriter
from assistant.selection import Selection
from assistant.support import asks_wording
from assistant.timeline import asked_for
from assistant.understanding import Understanding
from assistant.verdict_replies import RELATED
from assistant.verdict_writer import VerdictWriter, places_beside
from assistant.verdicts import Verdict
from corpus.records import Policy, Resource
from corpus.versions import last_article
from corpus.vocabulary import Vocabulary

RELATED_AT_MOST = 2
DOCUMENTS_AT_MOST = 2


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer before it has an id: what any writer must stay within."""

    status: Status
    text: str
    citations: tuple[Citation, ...] = ()
    resources: tuple[ResourceCard, ...] = ()
    follow_ups: tuple[str, ...] = ()
    filters: Mapping[str, Any] = field(default_factory=dict)
    rewritable: bool = False
    """A language model may write it anew from the same citations."""


def shown_filters(filters: AskFilters) -> dict[str, Any]:
    """Only the filters that restrict something, as the answer shows them."""
    told = filters.model_dump(mode="json")
    return {name: value for name, value in told.items() if value}


class Composer:
    """Writes every kind of answer."""

    def __init__(self, records: Mapping[str, Resource | Policy], vocabulary: Vocabulary) -> None:
        self._records = records
        self._describer = Describer(vocabulary)
        self._resources = ResourceWriter(self._describer)
        self._policies = PolicyWriter(self._describer)
        self._absent = AbsentWriter(self._describer)
        self._verdicts = VerdictWriter(self._describer, vocabulary)

    def fixed(self, reading: Understanding) -> Draft | None:
        """Small talk and what is not ours to answer: needs no search."""
        language = reading.language
        openers = tuple(opener.in_(language) for opener in replies.OPENERS)
        if reading.small_talk:
            text = replies.SMALL_TALK[reading.small_talk].in_(language)
            return Draft("answered", text, follow_ups=openers if reading.small_talk != "goodbye" else ())
        if reading.refusal:
            return Draft("declined", replies.DECLINED[reading.refusal].in_(language), follow_ups=openers)
        if reading.intent == "elsewhere":
            lines = self._absent.answer([replies.NOT_FOUND_LEAD.in_(language)], (), language, EvidenceBook())
            return Draft("not_found", "\n".join(lines), follow_ups=openers)
        return None

    def compose(self, reading: Understanding, selection: Selection) -> Draft:
        """The answer that a selection carries."""
        if selection.kind == "unclear":
            openers = tuple(opener.in_(reading.language) for opener in replies.OPENERS)
            return Draft("clarify", replies.CLARIFY_SUBJECT.in_(reading.language), follow_ups=openers)
        book = EvidenceBook()
        if selection.kind == "absent":
            lines = self._absent_lines(reading, selection, book)
            return self._draft("not_found", lines, book, (), reading, self._way_on(reading, selection))
        if selection.verdict is not None:
            return self._from_verdict(reading, selection, selection.verdict, book)
        if selection.kind == "policy":
            return self._from_policies(reading, selection, book)
        if selection.kind == "resource":
            return self._from_resources(reading, selection, book)
        lines = []
        heading = replies.SIDE_BY_SIDE if selection.kind == "compare" else replies.LISTED
        lines.append(heading.in_(reading.language))
        lines += [f"- {self._resources.brief(one, reading.language, book)}" for one in selection.resources]
        if selection.kind == "compare":
            for one in selection.resources:
                mark = book.cite(self._describer.resource_evidence(one, OVERVIEW, reading.language))
                lines += self._resources.cautions(one, reading.language, mark)[:1]
        return self._draft(
            "answered", lines, book, selection.resources, reading, self._next_for(selection, reading)
        )

    def _from_resources(self, reading: Understanding, selection: Selection, book: EvidenceBook) -> Draft:
        language = reading.language
        first = selection.resources[0]
        lines = []
        if selection.unnamed:
            terms = replies.PAUSE.in_(language).join(selection.unnamed)
            lines.append(replies.NOT_NAMED.in_(language).format(terms=terms))
        elif selection.loose:
            lines.append(replies.NEAREST_HOLDING.in_(language))
        if reading.asks_sum:
            lines += self._sum(reading, (first, *selection.also, *selection.beside), book)
        lines += self._resources.answer(first, reading, book)
        if selection.missing:
            what = replies.PAUSE.in_(language).join(
                replies.WHAT[name].in_(language) for name in selection.missing
            )
            lines.append(replies.PART_ABSENT.in_(language).format(what=what))
        if selection.also:
            lines.append(replies.ALSO.in_(language))
            lines += [f"- {self._resources.brief(one, language, book)}" for one in selection.also]
        if selection.places:
            lines.append(replies.RELATED_RULES.in_(language))
            for policy, article in selection.places:
                if article is not None:
                    lines.append(f"- {self._policies.related(policy, article, reading, book)}")
        shown = (first, *selection.also)
        return self._draft("answered", lines, book, shown, reading, self._next_for(selection, reading))

    def _from_verdict(
        self, reading: Understanding, selection: Selection, verdict: Verdict, book: EvidenceBook
    ) -> Draft:
        """Not given to a language model: the verdict and its citations stand as they were judged."""
        language = reading.language
        lines = self._verdicts.answer(verdict, language, book)
        known = {(entry.id, entry.locator) for entry in book.entries}
        known |= {(policy.id, article.no) for policy, article in verdict.places}
        beside = places_beside(selection.places, known, at_most=RELATED_AT_MOST)
        if beside:
            lines.append(RELATED.in_(language))
            lines += [f"- {self._policies.article(*place, language, book)}" for place in beside]
        if selection.resources:
            lines.append(replies.RELATED_RESOURCES.in_(language))
            lines += [f"- {self._resources.brief(one, language, book)}" for one in selection.resources]
        documents = {policy.id: policy for policy, article in selection.places if article is not None}
        for policy in list(documents.values())[:DOCUMENTS_AT_MOST]:
            mark = book.cite(self._describer.document_evidence(policy, language))
            lines.append(f"{self._describer.document_line(policy, language)}{mark}")
        lines += self._verdicts.limits(verdict, language)
        lines += [replies.DIGEST_ONLY.in_(language), replies.NOT_LEGAL_ADVICE.in_(language)]
        draft = self._draft("answered", lines, book, selection.resources, reading, ())
        asks = self._verdicts.asks(verdict, language)
        chips = (*asks, *self._next_for(selection, reading))[: max(3, len(asks))]
        return replace(draft, rewritable=False, follow_ups=chips)

    def _from_policies(self, reading: Understanding, selection: Selection, book: EvidenceBook) -> Draft:
        language = reading.language
        lines = []
        if reading.asks_sum:
            for policy, article in selection.places:
                if article is not None:
                    told = working(reading.text, article.says.in_(language), language)
                    if told:
                        mark = book.cite(self._describer.article_evidence(policy, article, language))
                        lines.append(f"{replies.COMPUTED.in_(language)}{told}{mark}")
                        break
        lines += self._policies.answer(list(selection.places), reading, book)
        if reading.asks_permission:
            lines.append(replies.NOT_LEGAL_ADVICE.in_(language))
        if selection.resources:
            lines.append(replies.RELATED_RESOURCES.in_(language))
            lines += [f"- {self._resources.brief(one, language, book)}" for one in selection.resources]
        return self._draft(
            "answered", lines, book, selection.resources, reading, self._next_for(selection, reading)
        )

    def _sum(self, reading: Understanding, candidates: Sequence[Resource], book: EvidenceBook) -> list[str]:
        """The sum that the first of the records can carry, with its working."""
        for one in candidates:
            told = working(reading.text, self._describer.overview(one, reading.language), reading.language)
            if told:
                mark = book.cite(self._describer.resource_evidence(one, OVERVIEW, reading.language))
                name = one.name.in_(reading.language)
                colon = "：" if reading.language == "zh" else ": "
                return [
                    f"{replies.COMPUTED.in_(reading.language)}{told}{mark}",
                    f"{name}{colon}{one.holdings.in_(reading.language) if one.holdings else ''}{mark}",
                ][: 1 if one is candidates[0] else 2]
        return []

    def _absent_lines(self, reading: Understanding, selection: Selection, book: EvidenceBook) -> list[str]:
        language = reading.language
        subject: Resource | None = None
        near = selection.near
        if selection.reason == "name":
            reasons = [
                replies.NAME_UNKNOWN.in_(language).format(name=one.surface.strip())
                for one in reading.unknown[:2]
            ]
        elif selection.reason == "attribute" and selection.resources:
            first = selection.resources[0]
            lacking = selection.missing or ("detail",)
            told = replies.PAUSE.in_(language).join(replies.WHAT[name].in_(language) for name in lacking)
            if selection.uncertain:
                reasons, near = [replies.NOT_FOUND_LEAD.in_(language)], (first, *near)[:3]
            else:
                subject = first
                mark = book.cite(self._describer.resource_evidence(first, OVERVIEW, language))
                reasons = [
                    replies.ATTRIBUTE_ABSENT.in_(language).format(name=first.name.in_(language), what=told)
                    + mark
                ]
                near = tuple(one for one in near if one is not first)
        elif selection.reason == "rule_detail":
            what = replies.PAUSE.in_(language).join(
                replies.WHAT[name].in_(language) for name in selection.missing
            )
            reasons = [replies.RULE_DETAIL_ABSENT.in_(language).format(what=what)]
        elif selection.reason == "filters":
            told = self._describer.filters(reading.filters, language)
            reasons = [replies.NOT_WITHIN.in_(language).format(filters=told)]
        elif selection.reason == "wording":
            policy = next(one[0] for one in near if not isinstance(one, Resource))
            title = replies.title(policy.title.in_(language), language)
            mark = book.cite(self._describer.document_evidence(policy, language))
            reasons = [replies.WORDING_NOT_HELD.in_(language).format(title=title) + mark]
            if policy.official_url:
                reasons.append(f"{replies.OFFICIAL_TEXT.in_(language)}{policy.official_url} {mark}")
            else:
                reasons.append(f"{self._describer.document_line(policy, language)}{mark}")
                reasons.append(rule_replies.NO_LINK.in_(language))
            near = near[1:]
        elif selection.reason in ("article_beyond", "article_not_held"):
            policy = next(one[0] for one in near if not isinstance(one, Resource))
            title = replies.title(policy.title.in_(language), language)
            mark = book.cite(self._describer.document_evidence(policy, language))
            day = asked_for(reading)
            text = (
                replies.ARTICLE_BEYOND if selection.reason == "article_beyond" else replies.ARTICLE_NOT_HELD
            )
            last = last_article(policy, day)
            reasons = [text.in_(language).format(title=title, asked=selection.article, last=last) + mark]
            reasons += self._policies.standing(policy, reading, book)
            reasons.append(f"{self._describer.document_line(policy, language)}{mark}")
            near = ()
        else:
            reasons = [replies.NOT_FOUND_LEAD.in_(language)]
        return self._absent.answer(reasons, near, language, book, subject=subject)

    def _draft(
        self,
        status: Status,
        lines: list[str],
        book: EvidenceBook,
        resources: tuple[Resource, ...],
        reading: Understanding,
        follow_ups: tuple[str, ...],
    ) -> Draft:
        return Draft(
            status,
            "\n".join([*self._understood(reading, resources), *lines]),
            book.citations(),
            tuple(self._describer.card(one, reading.language) for one in resources),
            follow_ups,
            shown_filters(reading.filters),
            rewritable=status == "answered" and not self._exact(reading, lines),
        )

    @staticmethod
    def _exact(reading: Understanding, lines: Sequence[str]) -> bool:
        """True for what no model may word anew: the official words, the rules of another day, both sides of a
        disagreement."""
        differ = replies.DISAGREE.in_(reading.language)
        return (
            asks_wording(reading)
            or reading.filters.as_of is not None
            or any(ref.formerly for ref in reading.references)
            or any(line.startswith(differ) for line in lines)
        )

    def _understood(self, reading: Understanding, resources: Sequence[Resource]) -> list[str]:
        """How a question was read whose tie to the talk is not obvious; nothing where it is."""
        language = reading.language
        told = ""
        if reading.assumed == "narrowed" or (reading.assumed == "returned" and reading.intent == "list"):
            told = self._describer.filters(reading.filters, language)
            if reading.intent != "list" and reading.wish:
                told = replies.PAUSE.in_(language).join(filter(None, [told, reading.wish]))
            told = told or replies.NO_FILTER.in_(language)
            if reading.intent != "list":
                told = replies.TOPIC_WITHIN.in_(language).format(topic=reading.core, filters=told)
        elif reading.assumed in ("replaced", "rewritten"):
            told = reading.core
        elif reading.assumed in ("corrected", "picked", "returned", "compared") and resources:
            names = [one.name.in_(language) for one in resources[: 4 if reading.intent == "compare" else 1]]
            told = replies.PAUSE.in_(language).join(names)
        return [replies.UNDERSTOOD.in_(language).format(reading=told)] if told else []

    def _next_for(self, selection: Selection, reading: Understanding) -> tuple[str, ...]:
        """Questions that this answer makes natural."""
        language = reading.language
        decided, touched = asked_of(reading.attributes, reading.text)
        asked = {*decided, *touched}
        chips: list[str] = []
        if selection.kind == "resource":
            name = selection.resources[0].name.in_(language)
            for attribute, text in replies.NEXT_ON_RESOURCE.items():
                if attribute not in asked:
                    chips.append(text.in_(language).format(name=name))
            chips += [
                replies.NEXT_ABOUT.in_(language).format(name=one.name.in_(language))
                for one in selection.also[:1]
            ]
        elif selection.kind == "policy" and selection.places:
            policy, article = selection.places[0]
            title = replies.title(policy.title.in_(language), language)
            if article is not None and article.number is not None:
                following = next((a for a in policy.articles if a.number == article.number + 1), None)
                if following is not None:
                    chips.append(
                        replies.NEXT_ARTICLE[language].format(
                            title=title, no=following.no, number=following.number
                        )
                    )
            chips.append(replies.NEXT_IN_FORCE.in_(language).format(title=title))
        else:
            chips += [
                replies.NEXT_STEPS.in_(language).format(name=one.name.in_(language))
                for one in selection.resources[:3]
            ]
        return tuple(chips[:3])

    def _way_on(self, reading: Understanding, selection: Selection) -> tuple[str, ...]:
        language = reading.language
        chips = []
        for one in (*selection.resources[:1], *selection.near[:3]):
            if isinstance(one, Resource):
                chips.append(replies.NEXT_ABOUT.in_(language).format(name=one.name.in_(language)))
            else:
                title = replies.title(one[0].title.in_(language), language)
                chips.append(replies.NEXT_IN_FORCE.in_(language).format(title=title))
        return tuple(dict.fromkeys(chips))[:3]
