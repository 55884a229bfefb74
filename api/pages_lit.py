"""The words of a search, marked where a text holds them."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from api.pages_shell import marked
from assistant.language import has_words
from assistant.reading.reader import frame_words
from assistant.records import Language
from corpus.records import Text
from retrieval.analysis import content_words

_MOST = 32
"""Words of a search that are marked."""


class Lit:
    """Marks the whole search, and its words; without a search texts are as they are."""

    def __init__(self, query: str, language: Language) -> None:
        words = [word for word in content_words(query) if word not in frame_words()]
        said = sorted({query.casefold().strip(), *words}, key=len, reverse=True)[:_MOST]
        # An English word is marked with its ending: content words are stems.
        pieces = [
            rf"\b{re.escape(one)}\w*" if one.isascii() else re.escape(one) for one in said if has_words(one)
        ]
        self._words = re.compile("|".join(pieces), re.I) if pieces else None
        self._language = language

    def __call__(self, text: Text | str) -> Markup:
        """The text in the language of the page, in a span of its own language where that is another."""
        said = text.in_(self._language) if isinstance(text, Text) else text
        if self._words is None or not self._words.search(said):
            return marked(said, self._language)
        shown, at = Markup(), 0
        for found in self._words.finditer(said):
            shown += escape(said[at : found.start()]) + Markup("<mark>{}</mark>").format(found[0])
            at = found.end()
        shown += escape(said[at:])
        tag = marked(said, self._language)
        # What the shell puts around a text of the other language stands around the marks too.
        return tag.replace(escape(said), shown) if tag != escape(said) else shown
