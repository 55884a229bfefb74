"""Documents in time, told: what held on the day asked for, what replaced what, and since when."""

from __future__ import annotations

from datetime import date

from assistant import replies
from assistant.evidence import Describer, EvidenceBook
from assistant.reading.query import Query
from assistant.records import Language
from assistant.rules import replies as rule_replies
from assistant.rules.places import Place
from corpus.records import Article, Policy, Succession
from corpus.versions import (
    Renumbered,
    boundaries,
    first_day,
    first_in_force,
    standing,
    states_since,
    successor,
    version_on,
)
from retrieval.analysis import normalise

SHOWN = 3
"""Documents of an answer whose standing is told."""


def asked_for(query: Query) -> date | None:
    """The day whose rules are asked for; None: today's."""
    return date.fromisoformat(query.filters.as_of) if query.filters.as_of else None


def is_todays(policy: Policy, article: Article | None, day: date | None) -> bool:
    """True where what is known of an article is only today's, and another day was asked for."""
    if day is None or (article is not None and article.version):
        return False
    return standing(policy, day) in ("not_held", "not_yet")


class Timeline:
    """Writes the lines on time that come before the articles of a document."""

    def __init__(self, describer: Describer) -> None:
        self._describer = describer

    def lines(
        self, places: list[Place], query: Query, book: EvidenceBook, today: date
    ) -> dict[str, list[str]]:
        """By id of the first few documents: old names and numbers, then what is known of it on the day."""
        language = query.language
        day = asked_for(query)
        policies = list({policy.id: policy for policy, _ in places}.values())[:SHOWN]
        told: list[tuple[Policy, str]] = []
        if day is not None and day > today and policies:
            told.append((policies[0], rule_replies.AS_FORECAST.in_(language).format(day=day)))
        for policy in policies:
            own = [*self._old_names(policy, query), *self._old_numbers(policy, query)]
            if day is None or day >= today:
                own += self._today(policy, language, today)
            else:
                own += self._on(policy, day, query)
            told += [(policy, line) for line in own]
        renamed = {ref.policy_id for ref in query.references if ref.formerly}
        for policy, article in places:
            if article is not None and article.version and policy.id not in renamed:
                told += [(policy, line) for line in self._became(policy, article, language)]
        lines: dict[str, list[str]] = {}
        for policy, line in told:
            own = lines.setdefault(policy.id, [])
            if said := line.strip():
                cited = said + book.cite(self._describer.document_evidence(policy, language))
                own += [cited] if cited not in own else []
        return lines

    def _title(self, policy: Policy, language: Language) -> str:
        return replies.title(policy.title.in_(language), language)

    def _succession(self, one: Succession, language: Language) -> str:
        told = [part for part in (one.doc_number, one.date) if part]
        name = replies.title(one.title.in_(language), language)
        comma = replies.COMMA.in_(language)
        return name + (replies.bracket(comma.join(told), language) if told else "")

    def _old_names(self, policy: Policy, query: Query) -> list[str]:
        """A document that was asked for by the name or number of one that it replaced."""
        language = query.language
        said = [normalise(m.surface) for m in query.superseded if m.record_id == policy.id]
        found = []
        for old in policy.replaces:
            names = [name for name in (old.title.zh, old.title.en, old.doc_number) if name]
            if any(normalise(name) in one or one in normalise(name) for name in names for one in said):
                found.append(old)
        since = policy.effective or policy.issued
        text = rule_replies.REPLACED if since and policy.doc_number else rule_replies.REPLACED_UNDATED
        return [
            text.in_(language)
            .format(
                old=self._succession(old, language),
                title=self._title(policy, language),
                number=policy.doc_number,
                since=since,
            )
            .strip()
            for old in found
        ]

    def _old_numbers(self, policy: Policy, query: Query) -> list[str]:
        lines = []
        for ref in query.references:
            for old in ref.formerly if ref.policy_id == policy.id else ():
                lines.append(self._old_number(policy, old, query.language))
        return lines

    def _old_number(self, policy: Policy, old: Renumbered, language: Language) -> str:
        title = self._title(policy, language)
        if old.until is None:
            return ""
        text = (rule_replies.OLD_NUMBER_NEAR if old.near else rule_replies.OLD_NUMBER).in_(language)
        return text.format(
            title=title,
            old=_place(old.old_no, language),
            until=first_day(old.until),
            no=_place(old.article.no, language),
        ).strip()

    def _today(self, policy: Policy, language: Language, today: date) -> list[str]:
        title = self._title(policy, language)
        iso = today.isoformat()
        over = policy.status in ("superseded", "repealed") or (
            policy.expires is not None and policy.expires < iso[: len(policy.expires)]
        )
        if over:
            lines = [rule_replies.NO_LONGER.in_(language).format(title=title).strip()]
            for one in policy.replaced_by:
                text = rule_replies.REPLACED_UNDATED.in_(language)
                lines.append(text.format(old=title, title=self._succession(one, language)).strip())
            return lines
        start = policy.effective
        if policy.status in ("not_yet_in_force", "draft") or (start and first_day(start) > iso):
            return [rule_replies.NOT_IN_FORCE_YET.in_(language).format(title=title).strip()]
        return []

    def _on(self, policy: Policy, day: date, query: Query) -> list[str]:
        language = query.language
        title, told = self._title(policy, language), day.isoformat()
        how = standing(policy, day)
        lines: list[str] = []
        if how == "stored":
            version = version_on(policy, day)
            assert version is not None
            span = self._describer.span(version, language)
            lines.append(rule_replies.AS_STORED.in_(language).format(day=told, title=title, span=span))
        elif how == "digest":
            since = first_in_force(policy)
            text = rule_replies.AS_DIGEST if since else rule_replies.AS_KNOWN
            lines.append(text.in_(language).format(title=title, day=told, since=since))
        elif how == "not_yet":
            since = policy.effective or policy.issued
            lines.append(rule_replies.NOT_YET.in_(language).format(title=title, day=told, since=since))
            for one in policy.replaces:
                old = self._succession(one, language)
                lines.append(rule_replies.THEN_APPLIED.in_(language).format(old=old))
        elif how == "over":
            lines.append(rule_replies.OVER.in_(language).format(title=title, day=told, until=policy.expires))
        else:
            since = states_since(policy)
            text = rule_replies.NOT_HELD if since else rule_replies.NOT_HELD_UNDATED
            lines.append(text.in_(language).format(title=title, day=told, since=since))
            lines += self._amendments(policy, day, language)
        if how != "not_held":
            lines += self._within(policy, query, day)
        return [line.strip() for line in lines]

    @staticmethod
    def _amendments(policy: Policy, day: date, language: Language) -> list[str]:
        """What is known to have changed since that day."""
        lines = []
        for one in policy.amendments:
            since = one.effective or one.date
            if since and first_day(since) < day.isoformat():
                continue
            change = one.change.in_(language) if one.change else None
            told = [part for part in (one.by, since, change) if part]
            lines.append(rule_replies.AMENDED_SINCE.in_(language) + replies.COMMA.in_(language).join(told))
        return lines

    def _within(self, policy: Policy, query: Query, day: date) -> list[str]:
        """Where a month or a year was named: from which day in it another rule applied."""
        asked = query.asked_day
        if asked is None or asked.first == asked.last or query.given.as_of:
            return []
        start = policy.effective or policy.issued
        lines = []
        starts = {first_day(one.start) for one in policy.versions if one.start}
        for since in sorted({*starts, *(one for one in boundaries(policy) if len(one) == 10)}):
            if asked.first.isoformat() < since <= asked.last.isoformat():
                text = rule_replies.CAME_INTO_FORCE if since == start else rule_replies.WAS_AMENDED
                what = text.in_(query.language).format(title=self._title(policy, query.language))
                lines.append(rule_replies.CHANGED_WITHIN.in_(query.language).format(since=since, what=what))
        return lines

    def _became(self, policy: Policy, article: Article, language: Language) -> list[str]:
        """Where an article of an old text went."""
        version = policy.version(article.version or "")
        if version is None or version.until is None or policy.current is None:
            return []
        now, near = successor(policy, article)
        until = first_day(version.until)
        if now is None:
            return [rule_replies.IS_GONE.in_(language).format(until=until).strip()]
        text = (rule_replies.NEAREST_NOW if near else rule_replies.BECAME).in_(language)
        return [text.format(until=until, no=_place(now.no, language)).strip()]


def _place(no: str, language: Language) -> str:
    """第三十七条 in Chinese, article 37 in English."""
    if language == "zh":
        return no
    article = Article(no=no, text="-") if no.startswith("第") or no.lower().startswith("art") else None
    return f"article {article.number}" if article and article.number is not None else f"“{no}”"
