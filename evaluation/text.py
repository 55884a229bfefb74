"""How the words of an answer are compared: normal form, literal facts, language, addresses, articles.

The rules are those of the golden format (evals/README.md), so that any runner of it gives the same verdict.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any, Literal

MARKER = re.compile(r"\[(\d{1,3}(?:\s*[,、]\s*\d{1,3})*)\]")
# An address ends at white space, quotes, brackets and the punctuation of either language.
ADDRESS = re.compile(r"https?://[^\s<>\"'`|\\^{}\[\]()（）【】《》「」，。；、！？“”’]+", re.IGNORECASE)
_ENDINGS = "cn|com|org|net|edu|gov|eu|io|uk|de|int|info"
_BARE_HOST = re.compile(
    rf"(?<![@\w./-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:{_ENDINGS})(?![\w-])", re.IGNORECASE
)
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_PLAIN = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣－", "-") | {"’": "'", "‘": "'", "*": None, "`": None})
_ARTICLE_ZH = re.compile(r"第\s*([0-9零〇一二两三四五六七八九十百]+)\s*[条條]")
_ARTICLE_EN = re.compile(r"\bart(?:icle|\.)?s?[\s.-]*(\d+)", re.IGNORECASE)
_UNNUMBERED = re.compile(r"\(条号待核\)|[\s()、,.:;—–-]")
_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}


def without_thousands(text: str) -> str:
    """1,599 as 1599; commas of lists stay."""
    return _THOUSANDS.sub("", text)


def normal_text(text: str) -> str:
    """Lower case, half width, plain dashes, single spaces; no bold marks, markers or thousands commas."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_PLAIN)
    return " ".join(without_thousands(MARKER.sub("", folded)).split())


def says(text: str, alternative: str) -> bool:
    """Whether the literal alternative occurs, spaces aside.

    One that starts or ends with a digit is not found inside a longer number (20 is not in 2022, 27 not in
    5.27); one that starts with a Latin letter starts at the start of a word.
    """
    whole, part = normal_text(text), normal_text(alternative)
    return _stands_in(whole, part) or _stands_in(whole.replace(" ", ""), part.replace(" ", ""))


def _stands_in(text: str, part: str) -> bool:
    if not part:
        return True
    starts = part[0].isdigit(), part[0].isascii() and part[0].isalpha()
    for found in re.finditer(f"(?={re.escape(part)})", text):
        before, after = text[: found.start()], text[found.start() + len(part) :]
        if starts[0] and re.search(r"\d$|\d\.$", before):
            continue
        if starts[1] and before[-1:].isascii() and before[-1:].isalpha():
            continue
        if part[-1].isdigit() and re.match(r"\d|\.\d", after):
            continue
        return True
    return False


def language_of(text: str) -> Literal["zh", "en"]:
    """The language most of the text is in; a Chinese character weighs 0.6 of a Latin word."""
    plain = ADDRESS.sub(" ", text)
    characters = len(re.findall(r"[\u3400-\u9fff]", plain))
    words = len(re.findall(r"[A-Za-z]{2,}", plain))
    return "zh" if 0.6 * characters > words else "en"


def addresses_in(text: str) -> list[str]:
    """Addresses with a scheme, as written."""
    return ADDRESS.findall(text)


def bare_hosts_in(text: str) -> list[str]:
    """Host names that stand without a scheme, such as `www.cstr.cn`; mail addresses do not count."""
    return _BARE_HOST.findall(ADDRESS.sub(" ", text))


def normal_address(url: str) -> str:
    """An address without scheme, `www.` and last slash, its host in lower case."""
    plain = unicodedata.normalize("NFKC", url).strip().rstrip(".,;:!?*_~")
    host, _, path = re.sub(r"^[a-z]+://", "", plain, flags=re.IGNORECASE).partition("/")
    return f"{host.lower().removeprefix('www.')}/{path}".rstrip("/")


def leads_to(shown: str, wanted: str) -> bool:
    """Whether a normal address is the wanted one or deeper inside it."""
    return shown == wanted or shown.startswith(wanted + "/")


def numeral(written: str) -> int | None:
    """A number up to 999 in Chinese or Arabic digits; None where it is neither."""
    if written.isdigit():
        return int(written)
    total = pending = 0
    for character in written:
        if character in "十百":
            total += (pending or 1) * (10 if character == "十" else 100)
            pending = 0
        elif character in _DIGITS:
            pending = _DIGITS[character] or pending
        else:
            return None
    return total + pending


def article_key(place: str) -> frozenset[int] | str:
    """The article numbers a locator or anchor names; where it names none, its wording without punctuation."""
    plain = unicodedata.normalize("NFKC", place)
    numbers = [numeral(written) for written in _ARTICLE_ZH.findall(plain)]
    numbers += [int(written) for written in _ARTICLE_EN.findall(plain)]
    if known := frozenset(number for number in numbers if number is not None):
        return known
    return _UNNUMBERED.sub("", plain).casefold()


def same_article(wanted: str, locator: str | None, url: str | None) -> bool:
    """Whether a citation's locator or the anchor of its address names the wanted article."""
    key = article_key(wanted)
    for place in (locator, (url or "").partition("#")[2]):
        shown = article_key(str(place)) if place else ""
        if isinstance(key, str) and isinstance(shown, str):
            if key and shown and (key in shown or shown in key):
                return True
        elif not isinstance(key, str) and not isinstance(shown, str) and key & shown:
            return True
    return False


def strings_in(value: Any) -> Iterator[str]:
    """Every string inside a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings_in(inner)
