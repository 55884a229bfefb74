"""Buttons that do not belong to an answer: commands, languages, yes and no."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from assistant import replies
from assistant.records import Language
from bot import texts
from bot.records import Button
from corpus.loaders import load_vocabulary
from corpus.vocabulary import Term

Row = tuple[Button, ...]


def commands_menu(language: Language) -> tuple[Row, ...]:
    """Every command as a button."""
    rows = (
        ("find", "apply", "policy"),
        ("list", "filter", "lang"),
        ("source", "new", "human"),
        ("privacy", "forget", "help"),
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


def list_menu(counts: Mapping[str, int], language: Language) -> tuple[Row, ...]:
    """The types of the catalogue with their numbers, the largest first."""
    return _in_pairs(
        Button(f"{_word('types', code, language)} ({count})", {"do": "list", "t": code, "n": 0})
        for code, count in counts.items()
    )


def filter_menu(
    counts: Mapping[str, Mapping[str, int]], chosen: Mapping[str, Sequence[str]], language: Language
) -> tuple[Row, ...]:
    """Types, then levels of access; what is chosen bears a tick."""
    rows: tuple[Row, ...] = ()
    for field, words in (("types", "type"), ("access", "access")):
        rows += _in_pairs(
            Button(
                f"{'✓ ' if code in chosen.get(field, ()) else ''}{_word(field, code, language)}",
                {"do": "filter", "f": field, "v": code},
            )
            for code in counts.get(words, {})
        )
    if any(chosen.values()):
        rows += ((Button(texts.label("clear", language), {"do": "filter"}),),)
    return rows


def chosen_words(chosen: Mapping[str, Sequence[str]], language: Language) -> str:
    names = [_word(field, code, language) for field, codes in chosen.items() for code in codes]
    return ("、" if language == "zh" else ", ").join(names)


def _in_pairs(buttons: Iterable[Button]) -> tuple[Row, ...]:
    listed = list(buttons)
    return tuple(tuple(listed[at : at + 2]) for at in range(0, len(listed), 2))


def type_word(code: str, language: Language) -> str:
    return _word("types", code, language)


def _word(field: str, code: str, language: Language) -> str:
    """What people call a value of a closed set."""
    return next((one.label.in_(language) for one in _terms(field) if one.code == code), code)


@cache
def _terms(field: str) -> tuple[Term, ...]:
    words = load_vocabulary()
    return words.types if field == "types" else words.access


def sure_menu(language: Language) -> Row:
    """Delete, or keep."""
    return (
        Button(texts.label("delete", language), {"do": "forget"}),
        Button(texts.label("keep", language), {"do": "keep"}),
    )
