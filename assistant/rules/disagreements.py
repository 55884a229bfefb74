"""Where sources differ: both sides with date and rank, which of them governs, and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from assistant import replies
from assistant.evidence import Describer
from assistant.finding.candidates import Records
from assistant.records import Language
from assistant.rules import replies as rule_replies
from assistant.rules.places import Place
from assistant.rules.ranks import contest
from corpus.disagreements import Disagreement, Statement
from corpus.records import Note, Policy, Rank
from corpus.versions import first_day

Cite = Callable[[Statement], str]
"""The marker of the evidence that holds a statement."""


class DisagreementWriter:
    """Writes contradictions statement by statement, and the order of rank of rules on one act."""

    def __init__(self, describer: Describer) -> None:
        self._describer = describer

    def lines(
        self, note: Note, language: Language, mark: str, cite: Cite, day: date | None = None
    ) -> list[str]:
        """A heading, one line a statement, and which governs. On a past day only what was said by then.

        Empty where not two of them had been said by that day.
        """
        point = note.disagreement
        if point is None:
            return [f"{replies.DISAGREE.in_(language)}{note.text.in_(language)}{mark}"]
        said = [one for one in point.statements if day is None or self._by(one, day)]
        if len(said) < 2:
            return []
        lines = [f"{replies.DISAGREE.in_(language)}{point.subject.in_(language)}{mark}"]
        whole = len(said) == len(point.statements)
        for number, one in enumerate(point.statements, 1):
            if one in said:
                governs = rule_replies.GOVERNING.in_(language) if whole and number in point.governs else ""
                marks = "".join(dict.fromkeys((cite(one), mark)))
                lines.append(f"- {self._statement(one, language)}{governs}{marks}")
        if whole:
            lines.append(f"{self._heading(point, language)}{point.why.in_(language)}{mark}")
        return lines

    @staticmethod
    def _by(statement: Statement, day: date) -> bool:
        return statement.since is None or first_day(statement.since) <= day.isoformat()

    @staticmethod
    def _heading(point: Disagreement, language: Language) -> str:
        return (rule_replies.GOVERNS if point.governs else rule_replies.UNDECIDED).in_(language)

    def _statement(self, one: Statement, language: Language) -> str:
        told = [self._weight(one, language), one.since or rule_replies.UNDATED.in_(language)]
        source = one.source.in_(language) + replies.bracket(replies.COMMA.in_(language).join(told), language)
        return f"{source}{'：' if language == 'zh' else ': '}{one.says.in_(language)}"

    def _weight(self, one: Statement, language: Language) -> str:
        if one.weight in ("register", "announcement", "website", "paper"):
            return rule_replies.WEIGHT[one.weight].in_(language)
        rank: Rank = one.weight  # type: ignore[assignment]
        return self._describer.label("ranks", rank, language)

    def ranked(self, places: Sequence[Place], language: Language, mark: Callable[[str], str]) -> list[str]:
        """Which of the cited rules on one act stands higher; empty where none does. `mark` by policy id."""
        policies = contest(places)
        if not policies:
            return []
        named = [
            replies.title(policy.title.in_(language), language)
            + replies.bracket(self._describer.label("ranks", policy.rank, language), language)
            for policy in policies
        ]
        marks = "".join(dict.fromkeys(mark(policy.id) for policy in policies))
        order = " > ".join(named)
        lines = [rule_replies.RANKED.in_(language).format(order=order).strip() + marks]
        for rank, text in (("local", rule_replies.LOCAL), ("institution", rule_replies.INSTITUTION)):
            if own := [policy for policy in policies if policy.rank == rank]:
                lines.append(text.in_(language).strip() + mark(own[0].id))
        return lines


def contradicts(one: Policy, other: Policy) -> bool:
    """True where a note of a document says that it and another contradict each other."""
    return one is not other and any(
        note.kind == "contradiction" and other.title.zh in note.text.zh for note in one.notes
    )


def differing_articles(records: Records) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """For each article, (record id, no), the others that the corpus records as saying otherwise."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for record in records.values():
        for note in record.notes if isinstance(record, Policy) else ():
            told = note.disagreement.statements if note.disagreement else ()
            sides = [(one.record, one.article) for one in told if one.record and one.article]
            for side in sides:
                found.setdefault(side, []).extend(other for other in sides if other != side)
    return found


def overruled_articles(records: Records) -> frozenset[tuple[str, str]]:
    """Articles, (record id, no), that the corpus records as not the ones to follow, or where that is open."""
    found = set()
    for record in records.values():
        for note in record.notes if isinstance(record, Policy) else ():
            point = note.disagreement
            for number, one in enumerate(point.statements if point else (), 1):
                if point and one.record and one.article and number not in point.governs:
                    found.add((one.record, one.article))
    return frozenset(found)
