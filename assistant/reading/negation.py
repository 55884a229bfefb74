"""Whether a value is asked for or ruled out, or a field left open: the closed words that say so."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from importlib.resources import files

from retrieval.analysis import words as cut_words

_REACH = 8
"""Characters of Chinese that a word of exception may stand before its value; words of English: 3, and 1 for a
bare 不 or "no"."""
_NEAR, _FAR = 24, 12
"""Characters before bodies, and behind them, in which it may stand whether they are all, or the only ones."""
_MARKS = " \t\n'\"‘“「『"
_HAN = re.compile(r"[\u3400-\u9fff]")
_JOINS = re.compile(r"[\0、,，\s]|和|与|及|在|\b(?:and|or|nor|the|in|those|of|ones|from|by|a|an)\b")
_CLAUSE = re.compile(r"[，,。；;：:？?！!（(）)]")
_STOPS = re.compile(
    r"[。！？!?；;：:]|[，,](?!\s*(?:and|or|和|与|、))|但|而是|只|还|剩|\bonly\b|\bbut\b(?! not)"
)


def _either(words: Iterable[str]) -> str:
    """Alternatives, the longest first; those of scripts with spaces as whole words."""
    ordered = sorted(words, key=len, reverse=True)
    return "|".join(re.escape(one) if _HAN.search(one) else rf"\b{re.escape(one)}\b" for one in ordered)


@cache
def _said() -> dict[str, dict[str, list[str]]]:
    """The words of negation.json by what they do."""
    found: dict[str, dict[str, list[str]]] = json.loads(
        files("assistant.reading").joinpath("negation.json").read_text("utf-8")
    )
    return found


@cache
def _saying(name: str) -> re.Pattern[str]:
    """Finds the words of negation.json that do one thing."""
    return re.compile(_either((*_said()[name]["zh"], *_said()[name]["en"])), re.I)


@lru_cache(maxsize=256)
def _starts(text: str) -> frozenset[int]:
    """Where the words of a text begin."""
    at, found = 0, set()
    for word in cut_words(text):
        found.add(at)
        at += len(word)
    return frozenset(found)


@cache
def _words() -> tuple[re.Pattern[str], re.Pattern[str], frozenset[str]]:
    said = _said()
    before, after = (_either((*said[place]["zh"], *said[place]["en"])) for place in ("before", "after"))
    return (
        re.compile(before, re.I),
        re.compile(
            rf"^\s*[的先就都也全]*\s*({after})(?!\s*from\b)(?=\s*(?:$|[\s，,。？?！!、;；的呢吗还剩有，])|\w*\b)",
            re.I,
        ),
        frozenset((*said["sure"]["zh"], *said["sure"]["en"])),
    )


def _signs(text: str) -> Iterator[re.Match[str]]:
    """Words of negation in a text; 「有没有」 and 「是不是」 only ask."""
    for one in _words()[0].finditer(text):
        at = one.start()
        if not (text[at] in "没不" and text[at - 1 : at] == text[at + 1 : at + 2] != ""):
            yield one


def joined(between: str) -> bool:
    """True for what only joins two values: 、, and, 和."""
    return not _JOINS.sub("", between)


def negated(text: str, start: int, end: int, between: tuple[tuple[int, int], ...] = ()) -> bool:
    """True where the value at start..end is ruled out.

    `between` are spans of other values: what stands between a negation and this value and is one of them,
    or joins them, does not weaken it (「除了北京、上海」); 「别的装置」 are other ones.
    """
    return _ruling(text, start, end, between) is not None and not twice(text, start, end)


def surely_negated(text: str, start: int, end: int, between: tuple[tuple[int, int], ...] = ()) -> bool:
    """True where a word that does nothing else rules the value out: 「北京的除外」, "leave out those in"."""
    found = _ruling(text, start, end, between)
    return found in _words()[2] and not twice(text, start, end)


def twice(text: str, start: int, end: int) -> bool:
    """True where what is left out are those that are not of the value: "drop whatever is not paid"."""
    lead = _CLAUSE.split(text[:start])[-1]
    inner = _inner(text, start, lead)
    if inner is None:
        return False
    behind = _words()[1].match(text[end:])
    if behind is not None and _saying("drops").fullmatch(behind[1]):
        return True
    return any(one.end() <= inner for one in _saying("drops").finditer(lead))


def _inner(text: str, start: int, lead: str) -> int | None:
    """Where in the clause before a value the word of negation stands that is nearest to it, and no more than
    a word between."""
    offset = start - len(lead)
    found = None
    for one in _signs(lead):
        whole = len(one[0]) > 1 or offset + one.start() in _starts(text) or not _HAN.match(one[0])
        if whole and not _saying("drops").fullmatch(one[0]):
            found = one
    if (
        found is None
        or len(re.findall(r"[\u3400-\u9fff]|[A-Za-z]+", _JOINS.sub("", lead[found.end() :]))) > 1
    ):
        return None
    return found.start()


def negation_near(text: str, start: int, end: int) -> bool:
    """True where the clause of a value has a word of negation, of whatever it is."""
    lead, rest = _CLAUSE.split(text[:start])[-1], _CLAUSE.split(text[end:])[0]
    clause, offset = lead + text[start:end] + rest, start - len(lead)
    before = _signs(clause)
    if any(
        len(one[0]) > 1 or not _HAN.match(one[0]) or offset + one.start() in _starts(text) for one in before
    ):
        return True
    return any(len(one) > 1 and one in clause.lower() for words in _said()["after"].values() for one in words)


def left_open(text: str, start: int, end: int, general: Callable[[str], bool]) -> bool:
    """True where it is said that the value does not matter: 「不管是数据中心还是台站」, and with a `general`
    word beside 「菌种、装置、什么库都算」."""
    lead, rest = _CLAUSE.split(text[:start])[-1], _CLAUSE.split(text[end:])[0]
    if _saying("whatever").search(lead):
        return True
    return bool(_saying("counts").search(rest)) and general(lead + text[start:end] + rest)


def says(name: str, text: str) -> bool:
    """True where a text has a word of negation.json that does one thing."""
    return bool(_saying(name).search(text))


def only_says(text: str) -> bool:
    """True for no more than a word that bodies are the only ones, or all of them."""
    return any(_saying(name).fullmatch(text.strip()) for name in ("alone", "together"))


def beside_word(name: str, text: str, start: int, end: int) -> bool:
    """True where a word of negation.json that does one thing (alone, together) stands right before or behind
    start..end, or before the name of a field there."""
    lead, rest = _CLAUSE.split(text[:start])[-1][-_NEAR:], _CLAUSE.split(text[end:])[0][:_FAR]
    return bool(_saying(name).search(lead) or _saying(name).search(rest))


def _ruling(text: str, start: int, end: int, between: tuple[tuple[int, int], ...]) -> str | None:
    """The word that rules out the value at start..end, as in `negated`."""
    _, after, _ = _words()
    if behind := after.match(text[end:]):
        return behind[1].lower()
    lead = list(text[:start])
    for one_start, one_end in between:
        if one_end <= start:
            lead[one_start:one_end] = "\0" * (one_end - one_start)
    masked = "".join(lead)
    last = None
    for match in _signs(masked):
        if len(match[0]) > 1 or not _HAN.match(match[0]) or match.start() in _starts(text):
            last = match  # 「级别」 and 「分别」 rule nothing out
    if last is None:
        return None
    gap = masked[last.end() :]
    if gap.startswith("的") or "\0的" in gap or _STOPS.search(gap.replace("\0", "")):
        return None
    words = re.findall(r"[\u3400-\u9fff]|[A-Za-z]+", _JOINS.sub("", gap))
    strong = len(last[0]) > (1 if _HAN.match(last[0]) else 3)
    near = len(words) <= (_REACH if strong and _HAN.match(last[0]) else 3 if strong else 1)
    return last[0].lower() if near else None


def touches(text: str, start: int) -> bool:
    """True where a word of more than one character that rules out stands right before `start`; in
    「有没有」 and 「是不是」 none does."""
    ends = [one for one in _signs(text[:start]) if not text[one.end() : start].strip(_MARKS)]
    return bool(ends) and len(ends[-1][0]) > 1


@cache
def _release() -> tuple[re.Pattern[str], dict[str, re.Pattern[str]]]:
    said = json.loads(files("assistant.reading").joinpath("release.json").read_text("utf-8"))
    words = re.compile(_either((*said["words"]["zh"], *said["words"]["en"])), re.I)
    return words, {field: re.compile(_either(names), re.I) for field, names in said["fields"].items()}


def released(text: str) -> frozenset[str]:
    """The fields that are named to be left open: 「不限地区」, "without the type limit"."""
    words, _ = _release()
    return fields_in(text) if words.search(text) else frozenset()


def without_fields(text: str) -> str:
    """A text without the names of fields."""
    _, fields = _release()
    for names in fields.values():
        text = names.sub(" ", text)
    return text


def field_places(text: str, names: Iterable[str]) -> list[tuple[str, int, int]]:
    """Where a text names some fields: (field, start, end)."""
    _, fields = _release()
    return [
        (name, *found.span()) for name in names if name in fields for found in fields[name].finditer(text)
    ]


def fields_in(text: str) -> frozenset[str]:
    """The fields that a text names."""
    _, fields = _release()
    return frozenset(field for field, names in fields.items() if names.search(text))
