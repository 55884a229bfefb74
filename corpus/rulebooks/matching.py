"""Which document of the corpus a stored text belongs to."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pypinyin import lazy_pinyin

from corpus.records import Policy
from corpus.rulebooks.records import FullText

_EDITION = re.compile(r"\((?:\d{4}年?[^()]*|[^()]*(?:修订|修正)[^()]*)\)$")
_LONGEST = 72
_ALIKE = 0.5


@dataclass(frozen=True, slots=True)
class Match:
    """`policy` None: it is a document of its own; `rivals` are several that fit equally well."""

    policy: Policy | None
    how: Literal["id", "title", "number", "none"]
    rivals: tuple[str, ...] = ()


def match(text: FullText, policies: Iterable[Policy]) -> Match:
    """By the id given, else by title or alias (中华人民共和国 and edition aside), else by number.

    A number alone is not enough: the title must resemble, since orders amend several documents at once.
    """
    policies = list(policies)
    if text.given.id:
        own = next((one for one in policies if one.id == text.given.id), None)
        return Match(own, "id" if own else "none")
    names = {plain_title(name) for name in (text.title, *text.given.aliases)}
    titled = [one for one in policies if names & _names(one)]
    if titled:
        exact = [one for one in titled if plain_title(one.title.zh) in names]
        chosen = exact or titled
        return Match(chosen[0], "title") if len(chosen) == 1 else _undecided(chosen)
    if text.doc_number:
        number = _plain_number(text.doc_number)
        numbered = [
            one
            for one in policies
            if one.doc_number
            and _plain_number(one.doc_number) == number
            and _alike(one.title.zh, text.title) >= _ALIKE
        ]
        if numbered:
            return Match(numbered[0], "number") if len(numbered) == 1 else _undecided(numbered)
    return Match(None, "none")


def _undecided(policies: list[Policy]) -> Match:
    return Match(None, "none", tuple(one.id for one in policies))


def own_id(title: str, taken: Iterable[tuple[str, str]] = ()) -> str:
    """`rulebook:` and the title in pinyin; with a piece of its hash where another title has that id.

    `taken` are (id, title) of documents that are there already.
    """
    words = lazy_pinyin(plain_title(title))
    slug = re.sub(r"[^a-z0-9]+", "-", " ".join(words).lower()).strip("-")
    mark = hashlib.sha256(plain_title(title).encode()).hexdigest()[:6]
    if len(slug) > _LONGEST or not slug:
        slug = f"{slug[:_LONGEST].rsplit('-', 1)[0]}-{mark}".strip("-")
    id_ = f"rulebook:{slug}"
    if any(id_ == other and plain_title(title) != plain_title(name) for other, name in taken):
        return f"{id_}-{mark}"
    return id_


def plain_title(title: str) -> str:
    """Without 中华人民共和国, book marks, blanks and the edition in brackets; case and width folded."""
    folded = re.sub(r"[\s《》〈〉<>]", "", unicodedata.normalize("NFKC", title)).lower()
    return _EDITION.sub("", folded).removeprefix("中华人民共和国")


def _names(policy: Policy) -> set[str]:
    names = (policy.title.zh, policy.title.en, *policy.aliases, *policy.former_names)
    return {plain_title(name) for name in names}


def _plain_number(number: str) -> str:
    folded = re.sub(r"\s", "", unicodedata.normalize("NFKC", number))
    return re.sub(r"[〔〕\[\]()第号]", "", folded).removeprefix("中华人民共和国")


def _alike(one: str, other: str) -> float:
    """Dice coefficient of character pairs."""
    left, right = (_pairs(plain_title(title)) for title in (one, other))
    return 2 * len(left & right) / max(1, len(left) + len(right))


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}
