"""Closed things of a question, identifiers and long numbers, and the statements that bear them."""

from __future__ import annotations

import re
from functools import lru_cache

from assistant.finding.candidates import Candidate, Candidates
from assistant.numerals import numbers_in
from assistant.reading.query import Query
from retrieval.identifiers import identifiers

LONG = 4
"""Digits, the zeros at its end left out, from which a number is not borne by chance."""
_KINDS = ("doi", "cstr", "orcid", "accession")


@lru_cache(maxsize=20_000)
def literals_of(text: str) -> frozenset[str]:
    """Identifiers in lower case, and long numbers but years, in plain digits."""
    refs = [one for one in identifiers(text) if one.kind in _KINDS]
    plain = list(text)
    for one in refs:
        plain[one.start : one.end] = " " * (one.end - one.start)
    said = {one.value.lower().rstrip("/") for one in refs}
    numbers = (one.value for one in numbers_in("".join(plain)) if one.kind == "number")
    return frozenset(said | {one for one in numbers if len(one.rstrip("0")) >= LONG and not _a_year(one)})


def borne_by(query: Query, found: Candidates) -> list[Candidate]:
    """Candidates of resources that bear the literals of a question, in its order; empty where one of these is
    borne by none."""
    said = re.sub(r"(?<=\d)[,，](?=\d)", "", query.text.lower())
    asked = sorted(literals_of(query.text), key=said.find)
    named = [one for one in found.items if one.statement.kind == "resource"]
    bearers: list[Candidate] = []
    for literal in asked:
        some = [one for one in named if any(_same(literal, own) for own in literals_of(one.statement.quote))]
        if not some:
            return []
        bearers += [one for one in some if one not in bearers]
    return bearers


def _a_year(number: str) -> bool:
    return len(number) == 4 and number.isdigit() and 1800 <= int(number) <= 2199


def _same(asked: str, own: str) -> bool:
    """Equal, or the one is a prefix of the other, up to a joint."""
    short, long = sorted((asked, own), key=len)
    return long == short or ("." in short and long.startswith((f"{short}/", f"{short}.")))
