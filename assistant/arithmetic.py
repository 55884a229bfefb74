"""Sums over numbers that one cited statement gives, with the working shown."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.records import Language

_LABELLED = re.compile(
    r"([\u4e00-\u9fff]{2,12}?)\s*(\d{1,6})(?![\d.%‰])(?:\s*([家个条所种株份台座位名])(?![级期]))?"
)
_NAMED_EN = re.compile(r"\b([A-Z]{3,})\s+(?:held |holds |had |has |with )?(\d{1,6})(?![\d.,%]\d)")
_LABELLED_EN = re.compile(r"(?<![\d.,])(\d{1,6})(?![\d.%])\s+((?:[a-z&]+[ -]){0,3}[a-z]{3,})", re.I)
_APART = re.compile(
    r"多多少|少多少|多几|差多少|相差|差几|\bby how (many|much)\b|\bdifference\b|\bhow many more\b", re.I
)
_REST = re.compile(r"剩下|其余|剩余|余下|\bthe rest\b|\bremain|\bother\b", re.I)


_COMMON = frozenset({"and", "the", "for", "other", "with", "from", "over", "more"})


@dataclass(frozen=True, slots=True)
class Term:
    label: str
    value: int


def terms_of(statement: str, language: Language) -> list[Term]:
    """Numbers of a statement with the noun that each counts, in order."""
    if language == "zh":
        return [Term(found[1], int(found[2])) for found in _LABELLED.finditer(statement)]
    joined = re.sub(r"(?<=\d),(?=\d{3}\b)", "", statement)
    named = [Term(found[1].lower(), int(found[2])) for found in _NAMED_EN.finditer(joined)]
    return named + [Term(found[2].lower(), int(found[1])) for found in _LABELLED_EN.finditer(joined)]


def _named(term: Term, question: str, language: Language) -> bool:
    if language == "zh":
        label = term.label.lower()
        if label.isascii():
            return label in question
        return any(label[i : i + 2] in question for i in range(len(label) - 1))
    return any(
        word.rstrip("s") in question for word in re.findall(r"[a-z]{3,}", term.label) if word not in _COMMON
    )


def working(question: str, statement: str, language: Language) -> str | None:
    """The sum that a question asks for, as 「18 + 49 = 67」; None when the statement does not carry it.

    「剩下」/"the rest" subtracts the named ones from the total when the statement gives the total, the
    largest number; otherwise the named ones are added. Both need at least two of them to be named.
    """
    terms = terms_of(statement, language)
    lowered = question.lower()
    asked = [term for term in terms if _named(term, lowered, language)]
    if len(terms) < 2 or len(asked) < 2:
        return None
    if _APART.search(question):
        if len(asked) != 2 or asked[0].value == asked[1].value:
            return None
        more, less = sorted((term.value for term in asked), reverse=True)
        return f"{more} − {less} = {more - less}"
    total = max(terms, key=lambda term: term.value)
    parts = [term for term in asked if term is not total]
    if _REST.search(question):
        rest = total.value - sum(term.value for term in parts)
        if rest <= 0 or len(parts) < 2:
            return None
        return f"{total.value} − {' − '.join(str(t.value) for t in parts)} = {rest}"
    if len(parts) < 2:
        return None
    return f"{' + '.join(str(t.value) for t in parts)} = {sum(t.value for t in parts)}"
