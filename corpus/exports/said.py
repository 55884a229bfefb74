"""The words of a record by language: once where it is known in one language only."""

from __future__ import annotations

from corpus.records import Policy, Resource
from corpus.texts import Language, Lines, Text

_BOTH: tuple[Language, ...] = ("zh", "en")


def tongues(record: Resource | Policy) -> tuple[Language, ...]:
    """The languages its texts are known in."""
    return record.languages if isinstance(record, Resource) else _BOTH


def written(record: Resource | Policy, text: Text | None) -> list[tuple[str, str | None]]:
    """(words, language tag) of each; tag None where the one language is not told."""
    if text is None:
        return []
    if text.zh == text.en:
        return [(text.zh, _only(record))]
    return [(text.in_(language), language) for language in tongues(record)]


def listed(record: Resource | Policy, lines: Lines) -> list[tuple[str, str | None]]:
    """Likewise of lists, each word once."""
    found: dict[str, str | None] = {}
    for language in tongues(record):
        for word in lines.in_(language):
            found[word] = _only(record) if word in found else language
    return list(found.items())


def _only(record: Resource | Policy) -> str | None:
    if not isinstance(record, Resource):
        return None
    if record.written_in:
        return record.written_in[0] if len(record.written_in) == 1 else None
    return record.languages[0] if len(record.languages) == 1 else None


def tagged(words: str, language: str | None) -> dict[str, str] | str:
    """Words as JSON-LD has them: with their language where it is told."""
    return {"@value": words, "@language": language} if language else words
