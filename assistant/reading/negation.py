"""Whether a value is asked for or ruled out, or a field left open: the closed words that say so."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

_REACH = 8
"""Characters of Chinese that a word of exception may stand before its value; words of English: 3, and 1 for a
bare 不 or "no"."""
_HAN = re.compile(r"[\u3400-\u9fff]")
_JOINS = re.compile(r"[\0、,，\s]|和|与|及|在|\b(?:and|or|nor|the|in|those|of|ones|from|by|a|an)\b")
_STOPS = re.compile(
    r"[。！？!?；;：:]|[，,](?!\s*(?:and|or|和|与|、))|但|而是|只|还|剩|\bonly\b|\bbut\b(?! not)"
)


def _either(words: Iterable[str]) -> str:
    """Alternatives, the longest first; those of scripts with spaces as whole words."""
    ordered = sorted(words, key=len, reverse=True)
    return "|".join(re.escape(one) if _HAN.search(one) else rf"\b{re.escape(one)}\b" for one in ordered)


@cache
def _words() -> tuple[re.Pattern[str], re.Pattern[str], frozenset[str]]:
    said = json.loads(files("assistant.reading").joinpath("negation.json").read_text("utf-8"))
    before, after = (_either((*said[place]["zh"], *said[place]["en"])) for place in ("before", "after"))
    return (
        re.compile(before, re.I),
        re.compile(
            rf"^\s*[的先就都也全]*\s*({after})(?!\s*from\b)(?=\s*(?:$|[\s，,。？?！!、;；的呢吗还剩有，])|\w*\b)",
            re.I,
        ),
        frozenset((*said["sure"]["zh"], *said["sure"]["en"])),
    )


def joined(between: str) -> bool:
    """True for what only joins two values: 、, and, 和."""
    return not _JOINS.sub("", between)


def negated(text: str, start: int, end: int, between: tuple[tuple[int, int], ...] = ()) -> bool:
    """True where the value at start..end is ruled out.

    `between` are spans of other values: what stands between a negation and this value and is one of them,
    or joins them, does not weaken it (「除了北京、上海」); 「别的装置」 are other ones.
    """
    return _ruling(text, start, end, between) is not None


def surely_negated(text: str, start: int, end: int, between: tuple[tuple[int, int], ...] = ()) -> bool:
    """True where a word that does nothing else rules the value out: 「北京的除外」, "leave out those in"."""
    return _ruling(text, start, end, between) in _words()[2]


def _ruling(text: str, start: int, end: int, between: tuple[tuple[int, int], ...]) -> str | None:
    """The word that rules out the value at start..end, as in `negated`."""
    before, after, _ = _words()
    if behind := after.match(text[end:]):
        return behind[1].lower()
    lead = list(text[:start])
    for one_start, one_end in between:
        if one_end <= start:
            lead[one_start:one_end] = "\0" * (one_end - one_start)
    masked = "".join(lead)
    last = None
    for match in before.finditer(masked):
        last = match
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
    before, *_ = _words()
    ends = [one for one in before.finditer(text[:start]) if not text[one.end() : start].strip()]
    if not ends or len(ends[-1][0]) < 2:
        return False
    last = ends[-1]
    return text[max(0, last.start() - 1) : last.start()] != last[0][-1]


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


def fields_in(text: str) -> frozenset[str]:
    """The fields that a text names."""
    _, fields = _release()
    return frozenset(field for field, names in fields.items() if names.search(text))
