"""A text as an address bar reads it: full-width and look-alike forms undone, each character's place kept."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from corpus.suspicion import visible

_FORMS = {"∕": "/", "⁄": "/", "＼": "\\", "∶": ":", "꞉": ":", "：": ":", "。": ".", "｡": ".", "․": "."}
_KEPT = "，；！？（）【】《》「」［］｛｝、“”‘’…＂＇＜＞｜"
"""Punctuation of sentences ends an address; only letters, digits and marks of addresses are folded."""
_WIDE = r"\uff10-\uff19\uff21-\uff3a\uff41-\uff5a"
_CHANGED = re.compile(
    rf"(?<=[{_WIDE}／])？(?=[{_WIDE}])|(?<=[{_WIDE}：］])：(?=[{_WIDE}：])|"  # all of it is full-width
    rf"［(?=[{_WIDE}：]+：)|(?<=[{_WIDE}：])］|"
    r"(?<=[A-Za-z0-9\uff10-\uff5a])[。｡](?=[A-Za-z0-9\uff10-\uff5a])|"  # joins letters of a name
    rf"(?<=[A-Za-z {_WIDE}])[：∶꞉](?=\s?[/\\／＼∕⁄])|"  # of a scheme: slashes follow
    rf"[^\x00-\x7f\u3400-\u9fff。｡：∶꞉{_KEPT}]"
)


class Folded(NamedTuple):
    """`text`, and for each of its characters the place in the original; one place more for the end."""

    text: str
    places: list[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Places in the original, with what nobody sees between them."""
        return self.places[start], self.places[end - 1] + 1 if end > start else self.places[start]


def fold(text: str) -> Folded:
    """The text with what nobody sees left out."""
    if text.isascii():
        return Folded(text, list(range(len(text) + 1)))
    chars: list[str] = []
    places: list[int] = []
    at = 0
    for found in _CHANGED.finditer(text):
        place = found.start()
        plain = _FORMS.get(found[0]) or unicodedata.normalize("NFKC", visible(found[0]))
        chars += [text[at:place], plain]
        places += [*range(at, place), *[place] * len(plain)]
        at = found.end()
    return Folded("".join([*chars, text[at:]]), [*places, *range(at, len(text) + 1)])
