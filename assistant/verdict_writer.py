"""A verdict in words: the outcome first, then what carries it, who decides, what to prepare."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence

from assistant import replies
from assistant import verdict_replies as words
from assistant.evidence import Describer, EvidenceBook
from assistant.records import Language
from assistant.verdicts import ASKS_LEAVE, Outcome, Placed, Verdict
from corpus.records import Article, Policy, Text
from corpus.rulings import Fact
from corpus.vocabulary import Vocabulary

MOST_BRANCHES = 7
MOST_DUTIES = 4
MOST_STEPS = 4
MOST_SIDE = 2
_UNCHECKED_NUMBER = "规则已知，条号未核对。"
_OUTCOME_OF: dict[str, Outcome] = {
    "forbidden": "no",
    "free_of_charge": "no",
    "required": "must",
    **dict.fromkeys(ASKS_LEAVE, "approval"),
}
_SPARING: dict[str, Outcome] = {
    "allowed": "optional",
    "exempt": "spared",
    "free_of_charge": "spared",
    "fee_allowed": "fee",
}
"""Of what 「要不要」 asks for."""
_TIME = re.compile(r"日内|日(?:申请|决定|审)|工作日|个月|天内|\bdays?\b|\bmonths?\b")


class VerdictWriter:
    """Writes verdicts from cited rulings alone."""

    def __init__(self, describer: Describer, vocabulary: Vocabulary) -> None:
        self._describer = describer
        self._facts = {one.code: one for one in vocabulary.facts}
        self._things = {one.code: one.label for one in vocabulary.things}

    def answer(self, verdict: Verdict, language: Language, book: EvidenceBook) -> list[str]:
        """The lines of the answer up to the documents; each claim with its [n]."""
        branches = self._branches(verdict)
        duties = self._duties(verdict)
        lines = [self._first(verdict, branches or duties, bool(duties), language, book)]
        if verdict.outcome == "depends" and branches:
            lines.append(words.BRANCHES.in_(language))
            lines += [self._branch(one, verdict, language, book) for one in branches]
        elif branches:
            lines.append(words.RULES.in_(language))
            lines += [self._line(one, language, book) for one in branches]
        exception = words.EXCEPTION.in_(language)
        lines += [self._line(one, language, book, exception) for one in verdict.exceptions]
        if duties:
            lines.append(words.CONDITIONS.in_(language))
            lines += [self._line(one, language, book) for one in duties]
        told = (*branches, *verdict.exceptions, *duties)
        lines += self._procedure(verdict, branches, told, language, book)
        lines += self._cautions(
            (*told, *(one for one in verdict.procedure if one.ruling.decides)), language, book
        )
        return lines

    def limits(self, verdict: Verdict, language: Language) -> list[str]:
        """Where the corpus stops: what no article told says, and documents held in part."""
        told = (*self._branches(verdict), *verdict.procedure[:MOST_STEPS])
        lines = []
        if any(one.ruling.effect in ASKS_LEAVE for one in told):
            missing = []
            if not any(one.ruling.decides for one in told):
                missing.append(words.NO_DECIDER.in_(language))
            if not any(one.ruling.term or _TIME.search(one.ruling.text.zh) for one in told):
                missing.append(words.NO_TERM.in_(language))
            if not any(one.ruling.prepare.zh for one in told):
                missing.append(words.NO_PAPERS.in_(language))
            if missing:
                what = replies.PAUSE.in_(language).join(missing)
                lines.append(f"{words.CORPUS_STOPS.in_(language)}{what}{_stop(language)}")
        partly = {one.policy.id: one.policy for one in told if one.policy.coverage == "key"}
        if partly:
            titles = [replies.title(one.title.in_(language), language) for one in partly.values()][:3]
            lines.append(
                words.KEY_ARTICLES.in_(language) + replies.PAUSE.in_(language).join(titles) + _stop(language)
            )
        return lines

    def asks(self, verdict: Verdict, language: Language) -> tuple[str, ...]:
        """What was not told, as a question with its answers, and the question on a second fact."""
        if verdict.things:
            kinds = [self._things[one].in_(language) for one in verdict.things]
            listed = replies.PAUSE.in_(language).join(kinds)
            answers = [words.IS_KIND.in_(language).format(kind=kind) for kind in kinds]
            return (words.WHICH_KIND.in_(language).format(kinds=listed), *answers[:3])
        asked: list[str] = []
        for number, fact in enumerate(verdict.asks[:2]):
            term = self._facts[fact]
            asked.append(term.question.in_(language))
            if number == 0:
                asked += [value.label.in_(language) for value in term.values][:3]
        return tuple(asked)

    def _first(
        self,
        verdict: Verdict,
        carrying: Sequence[Placed],
        with_duties: bool,
        language: Language,
        book: EvidenceBook,
    ) -> str:
        outcome = words.OUTCOME[verdict.outcome].in_(language)
        if verdict.outcome == "depends":
            if verdict.things:
                outcome += words.HANGS_ON_KIND.in_(language)
            elif verdict.asks:
                what = words.OR.in_(language).join(
                    self._label(fact).in_(language) for fact in verdict.asks[:3]
                )
                outcome += words.HANGS_ON.in_(language).format(what=what)
            elif not verdict.branches:
                outcome += words.HANGS_ON_CONDITIONS.in_(language)
        elif verdict.outcome == "yes" and with_duties:
            outcome += words.WITH_DUTIES.in_(language)
        marks = "".join(dict.fromkeys(self._mark(one, language, book) for one in carrying[:2]))
        return f"{words.LEAD.in_(language)}{outcome}{_stop(language)}{marks}"

    def _branches(self, verdict: Verdict) -> list[Placed]:
        if not verdict.things:
            return list(verdict.branches[:MOST_BRANCHES])
        kept: list[Placed] = []
        for kind in verdict.things:
            kept += [one for one in verdict.branches if kind in one.ruling.things and one not in kept][:2]
        return kept

    @staticmethod
    def _duties(verdict: Verdict) -> list[Placed]:
        if verdict.things:
            return []
        own = [one for one in verdict.duties if not one.ruling.side][:MOST_DUTIES]
        side = [one for one in verdict.duties if one.ruling.side]
        return own + side[: max(0, min(MOST_SIDE, MOST_DUTIES - len(own)))]

    def _branch(self, one: Placed, verdict: Verdict, language: Language, book: EvidenceBook) -> str:
        """One case of several: its own outcome before its words."""
        outcome = _OUTCOME_OF.get(one.ruling.effect, "yes")
        if verdict.modality == "may_not" and outcome == "no":
            outcome = "yes"
        if outcome == "must" and verdict.modality != "must":
            outcome = "no" if verdict.modality == "may_not" else "yes"
        if verdict.modality == "must" and one.ruling.effect in _SPARING:
            outcome = _SPARING[one.ruling.effect]
        kind = next((t for t in verdict.things if t in one.ruling.things), None)
        head = words.OUTCOME[outcome].in_(language)
        if kind is not None:
            head = self._things[kind].in_(language) + replies.bracket(head, language)
        return self._line(one, language, book, f"{head}{_colon(language)}")

    def _line(self, one: Placed, language: Language, book: EvidenceBook, head: str = "") -> str:
        return f"- {head}{one.ruling.text.in_(language)}{self._mark(one, language, book)}"

    def _procedure(
        self,
        verdict: Verdict,
        branches: Sequence[Placed],
        told: Sequence[Placed],
        language: Language,
        book: EvidenceBook,
    ) -> list[str]:
        steps = sorted(verdict.procedure, key=lambda one: (not _TIME.search(one.ruling.text.zh), one.order))
        steps = [one for one in steps if not one.ruling.decides or _TIME.search(one.ruling.text.zh)][
            :MOST_STEPS
        ]
        lines = []
        deciders = [
            (one.ruling.decides, one) for one in (*branches, *verdict.procedure) if one.ruling.decides
        ]
        if deciders:
            lines.append(words.DECIDES.in_(language) + self._cited(deciders[:4], language, book))
        terms = [(one.ruling.term, one) for one in branches if one.ruling.term]
        if terms or steps:
            lines.append(words.TERM.in_(language))
            lines += [
                f"- {text.in_(language)}{self._mark(one, language, book)}" for text, one in terms if text
            ]
            lines += [self._line(one, language, book) for one in steps]
        papers = [
            (Text(zh="、".join(one.ruling.prepare.zh), en=", ".join(one.ruling.prepare.en)), one)
            for one in (*told, *verdict.procedure)
            if one.ruling.prepare.zh
        ]
        if papers:
            lines.append(words.PREPARE.in_(language) + self._cited(papers[:4], language, book))
        return lines

    def _cited(
        self, told: Iterable[tuple[Text | None, Placed]], language: Language, book: EvidenceBook
    ) -> str:
        """Statements in one line, equal ones once, each with its [n]."""
        parts: dict[str, str] = {}
        for text, one in told:
            if text is not None:
                said, mark = text.in_(language), self._mark(one, language, book)
                marks = parts.get(said, "")
                parts[said] = marks if mark in marks else marks + mark
        return words.SEMICOLON.in_(language).join(said + marks for said, marks in parts.items())

    def _cautions(self, told: Sequence[Placed], language: Language, book: EvidenceBook) -> list[str]:
        """Remarks on the articles told, as where two of them use different words."""
        lines: dict[str, str] = {}
        for one in told:
            note = one.article.note
            if note is None or note.zh == _UNCHECKED_NUMBER:
                continue
            lines.setdefault(
                note.zh, f"{words.CAUTION.in_(language)}{note.in_(language)}{self._mark(one, language, book)}"
            )
        return list(lines.values())[:2]

    def _mark(self, one: Placed, language: Language, book: EvidenceBook) -> str:
        return book.cite(self._describer.article_evidence(one.policy, one.article, language))

    def _label(self, fact: Fact) -> Text:
        return self._facts[fact].label


def _stop(language: Language) -> str:
    return "。" if language == "zh" else "."


def _colon(language: Language) -> str:
    return "：" if language == "zh" else ": "


def places_beside(
    chosen: Iterable[tuple[Policy, Article | None]], told: Container[tuple[str, str]], at_most: int
) -> list[tuple[Policy, Article]]:
    """The first articles chosen that are not told yet, by (policy id, article)."""
    return [
        (policy, article)
        for policy, article in chosen
        if article is not None and (policy.id, article.no) not in told
    ][:at_most]
