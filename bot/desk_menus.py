"""Buttons that do not belong to an answer: commands, languages, yes and no."""

from __future__ import annotations

from assistant import replies
from assistant.records import Language
from bot import texts
from bot.records import Button

Row = tuple[Button, ...]


def commands_menu(language: Language) -> tuple[Row, ...]:
    """Every command as a button."""
    rows = (
        ("find", "apply", "policy"),
        ("source", "new", "human"),
        ("lang", "privacy", "forget", "help"),
    )
    return tuple(
        tuple(Button(texts.label(name, language), {"do": "command", "c": name}) for name in row)
        for row in rows
    )


def openers(language: Language) -> tuple[Row, ...]:
    """Questions to begin with."""
    return tuple(
        (Button(one.in_(language), {"do": "ask", "q": one.in_(language)}),) for one in replies.OPENERS
    )


def language_menu() -> Row:
    return tuple(
        Button(texts.label(name, "zh"), {"do": "command", "c": "lang", "rest": name})
        for name in ("zh", "en", "auto")
    )


def sure_menu(language: Language) -> Row:
    """Delete, or keep."""
    return (
        Button(texts.label("delete", language), {"do": "forget"}),
        Button(texts.label("keep", language), {"do": "keep"}),
    )
