"""A text cut into sentences, each with the markers that stand behind it."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from assistant.records import Language
from corpus.addresses.finding import urls_in

MARKER = re.compile(r"\[(\d{1,3})\]")

_LABEL = (
    r"(?:\^|#|来源|证据|引用|参考|文献|资料|文档|注|sources?|evidence|references?|refs?\.?|cite|citations?|"
    r"doc(?:ument)?s?)?\s*[:：]?\s*"
)
_MARKER_LIKE = re.compile(
    rf"(?:\\?[\[【［〔]){{1,2}}\s*{_LABEL}"
    r"([0-9０-９]{1,3}(?:\s*(?:[,，、;；&]|and|和|[-–—~～至])\s*[0-9０-９]{1,3})*)"
    r"\s*(?:†[^\]】］\n]{0,40}|[,.，、])?(?:\\?[\]】］〕]){1,2}(?:\(https?://[^)\s]*\))?",
    re.I,
)
_SPAN = re.compile(r"(\d{1,3})\s*[-–—~～至]\s*(\d{1,3})")
_ENDS = "。！？!?"
_CLOSERS = "”’\"'」』）)*_"
_ABBREVIATION = re.compile(
    r"(?:\b(?:art|arts|no|nos|vol|fig|sec|para|pp|ch|ed|eds|e\.g|i\.e|cf|vs|etc|approx|dr|prof|mr|ms|mrs|st|inc|ltd|co|corp|"
    r"dept|univ|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|u\.s|u\.k|p\.r|a\.m|p\.m)|\b(?-i:[A-Z])|(?<![0-9])\d{1,2})$",
    re.I,
)
_LIST_ORDINAL = re.compile(r"^\s*(?:[-*•]\s*)?\d{1,2}$")


class Sentence(NamedTuple):
    """One sentence as written: blanks before it, its words, and the markers behind it."""

    text: str

    @property
    def markers(self) -> tuple[int, ...]:
        return tuple(int(number) for number in MARKER.findall(self.text))

    @property
    def words(self) -> str:
        """The sentence without markers and without blanks at its ends."""
        return MARKER.sub("", self.text).strip()


def normalise_markers(text: str) -> str:
    """Every form of marker a model writes as [n]: 【1】, ［1］, [[1]], [1, 2], [1-3], [^1], [来源1].

    〔2018〕 in a document number is a year and stays, as does anything in round brackets.
    """

    def plain(found: re.Match[str]) -> str:
        listed = unicodedata.normalize("NFKC", found[1])
        if found[0].startswith("〔") and len(listed) > 2:
            return found[0]
        span = _SPAN.fullmatch(listed)
        if span and 0 < int(span[2]) - int(span[1]) <= 12:
            numbers = range(int(span[1]), int(span[2]) + 1)
        else:
            numbers = [int(number) for number in re.findall(r"\d+", listed)]  # type: ignore[assignment]
        return "".join(f"[{number}]" for number in dict.fromkeys(numbers))

    return _MARKER_LIKE.sub(plain, text)


def _ends_at(text: str, index: int) -> bool:
    """True when the full stop at `index` ends a sentence; needs the character behind it."""
    char = text[index]
    if char in _ENDS:
        # "?" inside an address is part of it
        return char in "。！？" or not text[index + 1 : index + 2].isalnum()
    if char != ".":
        return False
    after = text[index + 1 : index + 2]
    if after and not (after.isspace() or after in _CLOSERS or after in "[【［" or _is_han(after)):
        return False
    start = text.rfind("\n", 0, index) + 1
    before = text[start:index]
    if _LIST_ORDINAL.match(before):
        return False
    abbreviation = _ABBREVIATION.search(before)
    if abbreviation is None:
        return True
    word = abbreviation[0]
    following = text[index + 1 :].lstrip(" ")[:1]
    if word.isdigit() or len(word) == 1:
        # "in 12." and "plan B." end where a capital letter or nothing follows; "J. Smith" does not
        return word.isdigit() and (not following or following.isupper() or following in "[【［\n")
    return (not following or following in "[【［\n") and word.lower() in {
        "etc",
        "inc",
        "ltd",
        "co",
        "corp",
        "univ",
    }


def _is_han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff"


_END_RUN = rf"[{re.escape(_ENDS)}.{re.escape(_CLOSERS)}]*"
_TAIL = re.compile(
    _END_RUN + rf"(?:[ \t]*(?:\\?[\[【［]){{1,2}}\s*{_LABEL}"
    r"[0-9０-９][^\[\]【】［］\n]{0,44}[\]】］]{1,2}(?:\(https?://[^)\s]*\))?)*[。.！？!?；;]?",
    re.I,
)
_OPEN_TAIL = re.compile(_END_RUN + r"(?:[ \t]*\\?[\[【［][^\n]{0,56})?[ \t]*$")


def split_sentences(text: str, *, final: bool = True) -> tuple[list[Sentence], str]:
    """(sentences, rest): joined they are the text again, character by character.

    A line ends a sentence. Addresses, decimals, "art. 14", initials and list ordinals do not. Without
    `final`, more text may come: what could still grow a marker or a letter stays in the rest.
    """
    sentences: list[Sentence] = []
    start = index = 0
    while index < len(text):
        char = text[index]
        if char == "\n":
            end = index + 1
        elif _ends_at(text, index):
            tail = _TAIL.match(text, index)
            end = tail.end() if tail else index + 1
            if not final and (end >= len(text) or _OPEN_TAIL.match(text, index)):
                break
        else:
            index += 1
            continue
        sentences.append(Sentence(text[start:end]))
        start = index = end
    rest = text[start:]
    if final and rest:
        sentences.append(Sentence(rest))
        rest = ""
    return _joined(sentences), rest


def _joined(sentences: list[Sentence]) -> list[Sentence]:
    """Line ends and lone markers go with the sentence before them."""
    joined: list[Sentence] = []
    for sentence in sentences:
        lone = not sentence.words or all(not char.isalnum() for char in sentence.words)
        if lone and joined and (not sentence.markers or not joined[-1].text.endswith("\n")):
            joined[-1] = Sentence(joined[-1].text + sentence.text)
        else:
            joined.append(sentence)
    return joined


_ITEM = re.compile(r"(\s*)(\d{1,2})([.、)]\s*\D.*)")


def in_language(words: str, language: Language) -> bool:
    """False for a sentence in the other language; names may stay in theirs."""
    bare = re.sub(r"https?://\S+|《[^》]*》|[（(][^（）()]*[）)]", " ", words)
    han = len(re.findall(r"[\u3400-\u9fff]", bare))
    latin = len(re.findall(r"[A-Za-z]{2,}", bare))
    if language == "zh":
        return bool(han) or latin <= 3
    return han <= 3 * latin


def weight(text: str) -> int:
    """How much is said: a Chinese character counts one, a word in letters or digits two."""
    return len(re.findall(r"[\u3400-\u9fff]", text)) + 2 * len(re.findall(r"[A-Za-z0-9]+", text))


def spaced(text: str) -> str:
    """A blank behind each address that touches what follows: readers and clients take it in otherwise."""
    for url in dict.fromkeys(urls_in(text)):
        text = re.sub(rf"({re.escape(url)})(?=[\[，。；、！？（）\u3400-\u9fff])", r"\1 ", text)
    return text


def tidy(text: str) -> str:
    """No blanks at line ends, at most one empty line, list lines without the gaps that dropping left."""
    lines = re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", text)).strip().split("\n")
    written = count = 0
    for index, line in enumerate(lines):
        item = _ITEM.match(line)
        if item is None:
            continue
        if int(item[2]) <= written:  # another list begins
            count = 0
        written, count = int(item[2]), count + 1
        lines[index] = f"{item[1]}{count}{item[3]}"
    return "\n".join(lines)
