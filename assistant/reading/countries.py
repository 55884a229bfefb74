"""Names of countries that no rule names: of a question about rules, they say no more than "abroad".

The names are those of CLDR (countries.json, made by training/countries.py).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from assistant.records import Language
from corpus.records import Policy, Resource
from corpus.vocabulary import Vocabulary

_ABROAD: dict[Language, str] = {"zh": "外国", "en": "a foreign country"}


@cache
def country_names() -> dict[str, list[str]]:
    """By language."""
    found: dict[str, list[str]] = json.loads(
        files("assistant.reading").joinpath("countries.json").read_text("utf-8")
    )
    return found


class Countries:
    """Replaces countries that neither the rules nor the places of the catalogue's home name."""

    def __init__(self, records: Iterable[Resource | Policy], vocabulary: Vocabulary) -> None:
        ruled = "\n".join(
            f"{text.zh}\n{text.en}"
            for one in records
            if isinstance(one, Policy)
            for text in (one.title, one.scope, *(article.says for article in one.articles))
        )
        home = {vocabulary.home.zh, vocabulary.home.en}
        for place in vocabulary.provinces:
            if place.kind != "country":
                home |= {place.name.zh, place.name.en, *place.short.zh, *place.short.en}
        kept = {
            language: [
                name
                for name in names
                if name not in ruled and not any(own in name or name in own for own in home if len(own) > 1)
            ]
            for language, names in country_names().items()
        }
        chinese = "|".join(map(re.escape, sorted(kept["zh"], key=len, reverse=True)))
        english = "|".join(map(re.escape, sorted(kept["en"], key=len, reverse=True)))
        self._zh = re.compile(rf"(?:{chinese})(?:[、和与及或]+(?:{chinese}))*" if chinese else r"(?!)")
        one = rf"(?:[Tt]he )?(?:{english})"
        more = rf"(?P<more>(?:(?:, (?:and |or )?| and | or ){one}\b)*)"
        written = rf"\b(?P<article>[Aa]n? )?{one}\b{more}(?P<joined>-)?"
        self._en = re.compile(written if english else r"(?!)")

    def neutral(self, text: str) -> str:
        """The text with every such country told as one abroad; several beside each other as one place."""
        return self._en.sub(_abroad, self._zh.sub(_ABROAD["zh"], text))


def _abroad(found: re.Match[str]) -> str:
    """As the words around a country have it: "a Chilean one" needs no second article, nor "Chile-based"."""
    if found["article"] or found["joined"]:
        return f"{'a ' if found['article'] else ''}foreign{found['joined'] or ''}"
    return "foreign countries" if found["more"] else _ABROAD["en"]
