"""Official words in one line: all of a short article, the part of a long one that the question is about."""

from __future__ import annotations

import re

from assistant import rule_replies
from assistant.records import Language
from retrieval.analysis import content_terms

BESIDE = {"zh": 240, "en": 120}
"""Characters of official words shown beside a digest; all of them stand in the citation."""
ALONE = {"zh": 500, "en": 360}
"""The same where nothing else is known of an article."""
_SENTENCES = re.compile(r"[^。；;\n]*[。；;\n]+|[^。；;\n]+")


def one_line(text: str) -> str:
    """Without line breaks, so that the marker behind it stands for all of it."""
    return re.sub(r"\s*\n\s*", " ", text).strip()


def excerpt(text: str, query: str, language: Language, *, whole: bool = False, alone: bool = False) -> str:
    """Between quotation marks: all of a text, or whole sentences of it in a row that fit best.

    A part is said to be one. `whole` takes all of it whatever its length.
    """
    opening, closing = ("“", "”")
    limit = (ALONE if alone else BESIDE)[language]
    if whole or len(text) <= limit:
        return f"{opening}{one_line(text)}{closing}"
    start, end = _window(text, query, limit)
    told = rule_replies.EXCERPT.in_(language).rstrip()
    return f"{opening}{one_line(text[start:end])}{closing}{told}"


def _window(text: str, query: str, limit: int) -> tuple[int, int]:
    """The run of sentences of at most `limit` characters, or one sentence, with most terms of the query."""
    spans = [found.span() for found in _SENTENCES.finditer(text) if found[0].strip()]
    asked = set(content_terms(query))
    held = [asked & set(content_terms(text[a:b])) for a, b in spans]
    best, chosen = -1.0, spans[0]
    for first in range(len(spans)):
        found: set[str] = set()
        for last in range(first, len(spans)):
            if last > first and spans[last][1] - spans[first][0] > limit:
                break
            found |= held[last]
            # Of equals the longest, then the first.
            value = len(found) + (spans[last][1] - spans[first][0]) / (10 * limit)
            if value > best:
                best, chosen = value, (spans[first][0], spans[last][1])
    return chosen
