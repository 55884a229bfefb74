"""Official words in one line: all of a short article, the part of a long one that the question is about."""

from __future__ import annotations

import re

from assistant.records import Language
from assistant.rules import replies as rule_replies
from corpus.records import VersionArticle
from retrieval.analysis import content_terms
from retrieval.references import article_references

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


def part_asked(article: VersionArticle, question: str) -> tuple[str, str] | None:
    """(第二款第三项 as it was asked for, its words): the paragraph or item of an article that is asked for.

    None where no part is asked for, several articles are, or the article has no such part. An item without
    its paragraph is the first of that number.
    """
    refs = article_references(question)
    if sum(ref.unit == "article" for ref in refs) != 1:
        return None
    numbers = {ref.unit: ref for ref in reversed(refs) if ref.unit in ("paragraph", "item")}
    paragraph, item = numbers.get("paragraph"), numbers.get("item")
    if paragraph is None and item is None:
        return None
    wanted = f"p{paragraph.number}" if paragraph else r"p\d+"
    wanted += rf"\.i{item.number}" if item else ""
    found = next((one for one in article.parts if re.fullmatch(wanted, one.id)), None)
    if found is None:
        return None
    # A paragraph ends before its first item; asked for as a whole, its items belong to it.
    end = max(one.end for one in article.parts if f"{one.id}.".startswith(f"{found.id}."))
    asked = "".join(ref.surface for ref in (paragraph, item) if ref)
    return asked, article.text[found.start : end]


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
