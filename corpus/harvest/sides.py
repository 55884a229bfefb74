"""What a source says in one field, in whatever languages, as our texts with their two sides."""

from __future__ import annotations

from corpus.harvest.drafts import Said
from corpus.harvest.languages import side_of
from corpus.texts import Language, Text, shortened


def said_text(said: list[Said]) -> Text:
    """The first in Chinese and the first in English, or in any other language where there is no English."""
    zh = next((one.text for one in said if one.language == "zh"), None)
    others = [one for one in said if one.language != "zh"]
    en = next((one.text for one in others if one.language == "en"), others[0].text if others else None)
    known = zh or en or said[0].text
    return Text(zh=zh or known, en=en or known)


def text_or_none(said: list[Said]) -> Text | None:
    return said_text(said) if said else None


def paragraphs(said: list[Said]) -> list[Said]:
    """Several texts of one language as the paragraphs of one."""
    found: dict[str | None, list[str]] = {}
    for one in said:
        found.setdefault(one.language, []).append(one.text)
    return [Said("\n".join(texts), language) for language, texts in found.items()]


def joined(said: list[Said]) -> list[Said]:
    """All texts of one language in one."""
    sides: dict[Language, list[str]] = {}
    for one in said:
        sides.setdefault(side_of(one.language or "en"), []).append(one.text)
    return [Said(shortened("\n".join(texts), 2000), side) for side, texts in sides.items()]


def sides(said: list[Said]) -> tuple[Language, ...]:
    sides = {side_of(one.language or "en") for one in said}
    order: tuple[Language, ...] = ("zh", "en")
    return tuple(side for side in order if side in sides)
