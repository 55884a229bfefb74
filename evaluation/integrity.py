"""What must hold for every answer, whatever was asked.

`broken_promises` are the integrity checks of the golden format: the fields are there, markers and citations
agree, every address stands in a citation or resource. `ungrounded` goes further, as the contract does: every
number in the text stands in a cited quote, title or locator or in the question, or is arithmetic shown on
such numbers; every address is the `url` or `source_url` of a citation or resource; no field is missing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date

from evaluation.arithmetic import SCALES, shown_results
from evaluation.records import AnswerObject
from evaluation.text import (
    ADDRESS,
    MARKER,
    addresses_in,
    bare_hosts_in,
    normal_address,
    numeral,
    strings_in,
    without_thousands,
)

PAGE = 20
"""Records of a set that an answer shows at once."""
_STATUSES = {"answered", "clarify", "not_found", "declined"}
_FIELDS = {
    "id": str,
    "conversation_id": str,
    "language": str,
    "status": str,
    "text": str,
    "citations": list,
    "resources": list,
    "follow_ups": list,
    "filters": dict,
    "generated_by": str,
    "notices": list,
}
_CITATION_FIELDS = {"number", "kind", "id", "title", "locator", "quote", "quote_kind", "url", "source_url"}

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_CHINESE = re.compile(r"[零〇一二两三四五六七八九十百]+")
_SCALED = re.compile(r"(\d+(?:\.\d+)?)\s*(万|亿|千|thousand|million|billion)", re.IGNORECASE)
# A list ordinal opens its line, or is a circled digit, or a bracketed one such as (2) before a list entry.
_ORDINAL = re.compile(r"(?m)^\s*(?:[-*•]\s*)?[(（]?\d{1,3}[.、)）](?!\d)|[①-⑳]|[(（]\d{1,2}[)）]")
_WORDS = "one two three four five six seven eight nine ten eleven twelve"
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90, "hundred": 100}
_NUMBER_WORDS = {word: value for value, word in enumerate(_WORDS.split(), 1)} | _TENS


def broken_promises(answer: AnswerObject) -> dict[str, str]:
    """Check name (shape, markers, urls) -> what is wrong; empty when nothing is."""
    text, citations, resources = (answer.get(name) for name in ("text", "citations", "resources"))
    if not (isinstance(text, str) and text.strip() and answer.get("status") in _STATUSES):
        return {"shape": "text is empty or status is none of the four"}
    if not _objects(citations) or not _objects(resources):
        return {"shape": "citations and resources must be lists of objects"}
    assert isinstance(citations, list) and isinstance(resources, list)

    broken: dict[str, str] = {}
    used = _markers(text)
    numbers = [citation.get("number") for citation in citations]
    if used != set(numbers) or len(numbers) != len(set(numbers)):
        broken["markers"] = f"in the text {sorted(used)}, in citations {numbers}"

    sources = "\n".join(strings_in([citations, resources]))
    known = {normal_address(url) for url in addresses_in(sources)}
    stray = [url for url in addresses_in(text) if normal_address(url) not in known]
    stray += [
        host for host in bare_hosts_in(text) if host.lower().removeprefix("www.") not in sources.lower()
    ]
    if stray:
        broken["urls"] = "not in citations or resources: " + ", ".join(stray[:3])
    return broken


def ungrounded(answer: AnswerObject, questions: Iterable[str]) -> dict[str, str]:
    """Check name (fields, addresses, numbers) -> what has no ground; empty when everything has.

    `questions` are the turns of the conversation so far: a number people gave may be given back to them.
    """
    wrong: dict[str, str] = {}
    if faults := _field_faults(answer):
        return {"fields": "; ".join(faults)}
    text, citations, resources = answer["text"], answer["citations"], answer["resources"]
    allowed = {
        normal_address(url)
        for source in [*citations, *resources]
        for url in (source.get("url"), source.get("source_url"))
        if isinstance(url, str)
    }
    stray = [url for url in addresses_in(text) if normal_address(url) not in allowed]
    if stray:
        wrong["addresses"] = "neither url nor source_url of a citation or resource: " + ", ".join(stray[:3])

    ground = _numbers_of(questions) | _numbers_of(strings_in(answer["filters"]))
    for citation in citations:
        ground |= _numbers_of(str(citation[name]) for name in ("quote", "title", "locator"))
    ground |= _sizes(answer.get("set"), len(resources))
    if loose := [number for number in _stated_numbers(text, ground, len(resources)) if number not in ground]:
        wrong["numbers"] = "in no cited quote, title or locator: " + ", ".join(f"{n:g}" for n in loose[:6])
    return wrong


def _sizes(found: object, shown: int) -> set[float]:
    """How many records a set has, and how many of them are left to show."""
    if not isinstance(found, dict):
        return set()
    total, offset = float(found.get("total", 0)), float(found.get("offset", 0))
    page = float(shown or min(total - offset, PAGE))
    return {total, total - offset - page}


def _objects(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(entry, dict) for entry in value)


def _markers(text: str) -> set[int]:
    plain = unicodedata.normalize("NFKC", text)
    return {int(number) for group in MARKER.findall(plain) for number in re.findall(r"\d+", group)}


def _field_faults(answer: AnswerObject) -> list[str]:
    faults = [
        f"{name} is {type(answer.get(name)).__name__}, not {kind.__name__}"
        for name, kind in _FIELDS.items()
        if not isinstance(answer.get(name), kind)
    ]
    for entry in answer.get("citations") or []:
        if isinstance(entry, dict) and (missing := _CITATION_FIELDS - entry.keys()):
            faults.append(f"citation {entry.get('number')} has no {', '.join(sorted(missing))}")
    return faults


def _numbers_of(texts: Iterable[str]) -> set[float]:
    """Numbers the texts state in digits, Chinese numerals or English words, also scaled (3 万, 1 million)."""
    found: set[float] = set()
    for text in texts:
        plain = without_thousands(unicodedata.normalize("NFKC", text))
        found |= {float(number) for number in _NUMBER.findall(plain)}
        found |= {float(number) * SCALES[scale.lower()] for number, scale in _SCALED.findall(plain)}
        found |= {float(value) for word in _CHINESE.findall(plain) if (value := numeral(word)) is not None}
        words = re.findall(r"[a-z]+", plain.lower())
        found |= {float(_NUMBER_WORDS[word]) for word in words if word in _NUMBER_WORDS}
    return found


def _stated_numbers(text: str, ground: set[float], listed: int) -> list[float]:
    """Numbers the text claims: no addresses, markers or list ordinals, no results of shown arithmetic.

    The count of resources listed beside the text is shown as well as any sum.
    """
    plain = ADDRESS.sub(" ", text)
    plain = _ORDINAL.sub(" ", plain)
    plain = without_thousands(MARKER.sub(" ", unicodedata.normalize("NFKC", plain)))
    proven = {float(listed)} | shown_results(plain, ground)
    if (today := date.today()).isoformat() in plain:  # the day of asking, on which a period has ended
        proven |= {float(today.year), float(today.month), float(today.day)}
    scaled = {
        float(number): float(number) * SCALES[scale.lower()] for number, scale in _SCALED.findall(plain)
    }
    stated = [float(number) for number in _NUMBER.findall(plain)]
    # "1 million" rests on a quote that says 100 万: the number with its scale is what is claimed.
    return [n for n in stated if n not in proven and scaled.get(n) not in ground]
