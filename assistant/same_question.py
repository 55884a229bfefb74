"""Whether two wordings ask the same question; doubt counts as no."""

from __future__ import annotations

import re

from assistant.language import clean
from assistant.reading.features import tokens
from assistant.reading.heads import learned_heads, relation_extra
from assistant.reading.query import Query
from retrieval.analysis import content_words, normalise

ALONE = 0.35
"""Likelihood, by its words alone, from which a question stands on its own."""


def wording_key(question: str) -> str:
    """Two questions with the same key differ in case, width, script variant, spaces and punctuation only."""
    return re.sub(r"[\W_]+", "", normalise(clean(question)))


_ASKED = {
    "who": r"谁|\bwho(m|se)?\b",
    "where": r"哪里|哪儿|在哪|何处|什么地方|\bwhere\b",
    "when": r"什么时候|何时|多久|多长|几[天日月年]|\bwhen\b|\bhow (long|soon)\b",
    "how": r"怎么|如何|怎样|\bhow\b(?! (long|soon|many|much))",
    "how many": r"多少|几[个条份家]|\bhow (many|much)\b",
    "why": r"为什么|为何|\bwhy\b",
    "which": r"哪(?![里儿])|\bwhich\b",
    "what": r"什么(?!时候|地方)|\bwhat\b",
    "must": r"必须|应当|需要|(?<![重主次必需])要(?!求|点)|须|\b(must|should|need|have to|has to|required)\b",
    "may": r"可以|可否|可不可以|允许|(?<![功智性职技])能(?!力|源|量)|\b(may|can|could|allowed)\b",
    "not": r"不(?!同)|没有?|未|无(?!偿)|非|禁止|\b(not?|never|without|cannot|\w+n't)\b",
    "to": r"向|对|给",
    "by": r"被|由",
    "from": r"从|\bfrom\b",
}
_ASKED_COMPILED = {name: re.compile(pattern, re.I) for name, pattern in _ASKED.items()}


def agree(one: Query, other: Query) -> bool:
    """True when two wordings ask the same of the same things.

    They name the same records and hold the same content words in the same order, and the same kinds of
    small words (who, how, must, may, not, from …). An embedder cannot tell these cases apart: under the
    built-in one 出境 and 入境, or export and import, in otherwise equal questions have a cosine of 0.98,
    as much as two ways to say one thing.
    """
    asked = (set(one.subjects), one.operation, one.filters)
    if asked != (set(other.subjects), other.operation, other.filters):
        return False
    words = content_words(one.text)
    return bool(words) and words == content_words(other.text) and _asked(one.text) == _asked(other.text)


def _asked(text: str) -> set[str]:
    found = {name for name, pattern in _ASKED_COMPILED.items() if pattern.search(text)}
    # "How do I" and "how can I" are the same question, "must I" and "may I" are not.
    return found - {"must", "may"} if found & {"how", "where", "when"} else found


def leans(question: str) -> bool:
    """True for a question that only its conversation makes clear: it cannot be published as it stands."""
    length = len(tokens(question))
    return (
        learned_heads().of("relation", question, None, relation_extra(None, None, length, 0))["alone"] < ALONE
    )
