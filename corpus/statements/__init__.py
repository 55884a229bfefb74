"""Records and articles as statements: what can be asked, quoted and cited one by one."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from corpus.records import Policy, Resource
from corpus.statements.policies import statements_of_article as statements_of_article
from corpus.statements.policies import statements_of_policy
from corpus.statements.records import Statement as Statement
from corpus.statements.resources import statements_of_resource
from corpus.statements.words import Words as Words


def statements_of(record: Resource | Policy, words: Words) -> tuple[Statement, ...]:
    """Every statement of a record as it stands today, in both of its languages.

    Those of the records told last are kept: an answer asks for them again with each field it cites.
    """
    return _told(_Same(record), words)


class _Same:
    """A record as itself: two of the same content are two, and neither is looked through to tell."""

    __slots__ = ("record",)

    def __init__(self, record: Resource | Policy) -> None:
        self.record = record

    def __hash__(self) -> int:
        return id(self.record)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.record is other.record


@lru_cache(maxsize=64)
def _told(same: _Same, words: Words) -> tuple[Statement, ...]:
    record = same.record
    if isinstance(record, Resource):
        return tuple(statements_of_resource(record, words))
    return tuple(statements_of_policy(record, words))


def in_language(told: Iterable[Statement], language: str) -> tuple[Statement, ...]:
    """Those in a language; all of them where none is."""
    every = tuple(told)
    return tuple(one for one in every if one.language == language) or every
