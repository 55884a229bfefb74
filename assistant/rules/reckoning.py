"""What the clauses of an answer make of the numbers that an asker told."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from assistant.reading.query import Query
from assistant.records import Language
from assistant.rules.cases import Rule, case_of
from assistant.rules.periods import Counted, counted
from assistant.rules.sums import worked
from corpus.records import Article
from corpus.statements import Statement

LIKELY = 0.05
"""Share of the likelihood from which a clause is held against a number whose noun it does not name."""
ENDS = 0.3
"""Likelihood of the aspect from which the end of a period is told."""
MOST = 4


def reckoned(
    query: Query,
    clauses: Iterable[tuple[Statement, Article, float]],
    overruled: Collection[tuple[str, str]],
    today: date,
) -> dict[tuple[str, str], list[str]]:
    """Lines by article, (record id, its key), from clauses with their shares of the likelihood, best first.

    Of the first likely clause that bounds a number of the question, and of others where the asker's words
    name what they bound; then where a period ends, of those that run back to the day that is named all, else
    of the first. Nothing counts by an article that another overrules.
    """
    language = query.language
    carried = "" if query.relation == "alone" and query.text == query.question else query.text
    case = case_of(query.question, carried, query.before)
    told: list[tuple[str, Statement]] = []
    ends: list[tuple[Counted, Statement]] = []
    for clause, article, share in clauses:
        if (clause.record_id, article.no) in overruled:
            continue
        rule, likely = _rule(clause, article, language), share > LIKELY
        if likely or not told:
            line = worked(case, rule, language, named=bool(told) or not likely)
            told += [(line, clause)] if line else []
        if period := counted(case, rule, language, today):
            ends.append((period, clause))
    if query.asks("deadline", "validity") > ENDS:
        back = [one for one in ends if one[0].back]
        told += [(end.text, clause) for end, clause in back or ends[:1]]
    found: dict[tuple[str, str], list[str]] = {}
    for line, clause in dict(told[:MOST]).items():
        found.setdefault((clause.record_id, clause.part), []).append(line)
    return found


def _rule(clause: Statement, article: Article, language: Language) -> Rule:
    digest = article.digest
    return Rule(
        clause.quote,
        digest.in_(language) if digest else "",
        digest.in_("en" if language == "zh" else "zh") if digest else "",
        clause.operator,
        clause.aspects,
        clause.clause.exceptions if clause.clause else (),
    )
