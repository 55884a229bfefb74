"""Records and articles as statements: what can be asked, quoted and cited one by one."""

from __future__ import annotations

from collections.abc import Iterable

from corpus.records import Policy, Resource
from corpus.statements.policies import statements_of_article as statements_of_article
from corpus.statements.policies import statements_of_policy
from corpus.statements.records import Statement as Statement
from corpus.statements.resources import statements_of_resource
from corpus.statements.words import Words as Words


def statements_of(record: Resource | Policy, words: Words) -> tuple[Statement, ...]:
    """Every statement of a record as it stands today, in both of its languages."""
    if isinstance(record, Resource):
        return tuple(statements_of_resource(record, words))
    return tuple(statements_of_policy(record, words))


def in_language(told: Iterable[Statement], language: str) -> tuple[Statement, ...]:
    """Those in a language; all of them where none is."""
    every = tuple(told)
    return tuple(one for one in every if one.language == language) or every
