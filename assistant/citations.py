"""Every sentence of an answer checked against the evidence it cites; what cannot be shown is removed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.claims import Claims, urls_in
from assistant.language import detect_language
from assistant.leaks import Leaks
from assistant.polarity import takes_sides
from assistant.records import Citation, Language
from assistant.sentences import MARKER, Sentence, normalise_markers, split_sentences
from corpus.suspicion import inert, visible

Verdict = Literal["good", "trimmed", "use_composer"]
MIN_KEPT = 0.5
"""Least share of the written text that must survive for the rest to be an answer."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A text whose every sentence was found in its evidence, with the citations it uses, from 1.

    `removed` has the dropped sentences, each as "reason: sentence". With the verdict `use_composer`
    the rest is too little, or in the wrong language, to be shown. `prompt_digest` and `model` are set
    by the writer that had the text written.
    """

    text: str
    citations: tuple[Citation, ...]
    removed: tuple[str, ...]
    verdict: Verdict
    prompt_digest: str = ""
    model: str = ""


class Checker:
    """Takes sentences one after the other; keeps the good ones and says what it dropped."""

    def __init__(
        self,
        citations: Sequence[Citation],
        *,
        language: Language | None = None,
        urls: Iterable[str] = (),
        fixed: Collection[str] = (),
        question: str = "",
        by_line: bool = False,
        private: str = "",
    ) -> None:
        self._citations = {citation.number: citation for citation in citations}
        self._claims = Claims(citations, urls=urls, question=question, language=language)
        said = [f"{one.title}\n{one.locator}\n{one.quote}" for one in citations]
        self._leaks = Leaks(private, [*said, question])
        self._language = language
        self._fixed = {_bare(text) for text in fixed}
        self._by_line = by_line
        self._heading: str | None = None
        self._kept: list[str] = []
        self._written = 0
        self._removed: list[str] = []

    def pieces(self, text: str, *, final: bool) -> tuple[list[str], str]:
        """(units to take, rest): sentences, or whole lines with `by_line`."""
        if self._by_line:
            lines = text.splitlines(keepends=True)
            rest = "" if final or not lines or lines[-1].endswith("\n") else lines.pop()
            return lines, rest
        sentences, rest = split_sentences(text, final=final)
        return [sentence.text for sentence in sentences], rest

    def take(self, unit: str) -> str:
        """The unit as it may be shown; "" when it is dropped or, a heading, waits for its text."""
        if not unit.strip():
            if self._kept and self._heading is None:
                self._kept.append(unit)
                return unit
            return ""
        sentence = Sentence(_spaced(inert(normalise_markers(visible(unit)), markers=True)))
        words = sentence.words
        self._written += _weight(words)
        if _bare(words) in self._fixed:
            return self._keep(sentence.text)
        known = [number for number in sentence.markers if self._claims.known(number)]
        if not known:
            if self._is_heading(words):
                self._drop_heading()
                self._heading = MARKER.sub("", sentence.text)
                return ""
            return self._drop("no evidence is cited", unit)
        if self._language and not in_language(words, self._language):
            return self._drop("another language", unit)
        if leak := self._leaks.fault(words):
            return self._drop(leak, unit)
        fault = self._claims.fault(_label_free(words), known)
        if fault:
            return self._drop(fault, unit)
        return self._keep(MARKER.sub(lambda found: found[0] if int(found[1]) in known else "", sentence.text))

    def checked(self) -> Checked:
        """The text that was kept, its markers renumbered in order of first use."""
        self._drop_heading()
        text = _tidy("".join(self._kept))
        order = list(dict.fromkeys(int(number) for number in MARKER.findall(text)))
        new = {old: position for position, old in enumerate(order, 1)}
        text = MARKER.sub(lambda found: f"[{new[int(found[1])]}]", text)
        citations = tuple(self._citations[old].model_copy(update={"number": new[old]}) for old in order)
        return Checked(text, citations, tuple(self._removed), self._verdict(text, bool(order)))

    def _verdict(self, text: str, cited: bool) -> Verdict:
        kept = sum(_weight(MARKER.sub("", part)) for part in self._kept)
        if not cited or kept < MIN_KEPT * self._written:
            return "use_composer"
        if self._language and detect_language(MARKER.sub("", text)) != self._language:
            return "use_composer"
        return "trimmed" if self._removed else "good"

    def _is_heading(self, words: str) -> bool:
        bare = re.sub(r"^[#>*\s-]+|[*_]+", "", words)
        markdown = words.lstrip().startswith("#")
        length = len(bare) if detect_language(bare) == "zh" else len(bare.split()) * 3
        return (
            (markdown or bare.endswith((":", "：")))
            and length <= 36
            and not takes_sides(bare)
            and self._leaks.fault(bare) is None
            and self._claims.heading_fault(bare) is None
        )

    def _keep(self, text: str) -> str:
        if self._heading is not None:
            text, self._heading = self._heading + text, None
        if not self._kept:
            text = text.lstrip()
        elif not self._kept[-1].endswith("\n") and _starts_line(text):
            text = "\n" + text
        elif self._kept[-1].endswith("]") and text.startswith("("):
            text = " " + text  # together they would be a link
        self._kept.append(text)
        return text

    def _drop(self, reason: str, unit: str) -> str:
        self._removed.append(f"{reason}: {unit.strip()}")
        if unit.endswith("\n") and self._kept and not self._kept[-1].endswith("\n"):
            self._kept.append("\n")
            return "\n"
        return ""

    def _drop_heading(self) -> None:
        if self._heading is not None:
            self._removed.append(f"nothing under it: {self._heading.strip()}")
            self._heading = None


def check(
    text: str,
    citations: Sequence[Citation],
    *,
    language: Language | None = None,
    urls: Iterable[str] = (),
    fixed: Collection[str] = (),
    question: str = "",
    by_line: bool = False,
) -> Checked:
    """The text without what its evidence does not hold.

    `urls` are further addresses that may stand in it (those of the answer's resources); `fixed` are
    sentences that need no evidence (replies.py); `by_line` lets the markers of a line stand for all its
    sentences, as the composer writes them; `question` may be named in a sentence that says what is
    missing. `language` None: any.
    """
    checker = Checker(
        citations, language=language, urls=urls, fixed=fixed, question=question, by_line=by_line
    )
    units, _ = checker.pieces(text, final=True)
    for unit in units:
        checker.take(unit)
    return checker.checked()


class SentenceGate:
    """Lets a stream through sentence by sentence, each checked before anyone sees it.

    Pieces keep the numbers of the evidence as given; only `checked()` renumbers.
    """

    def __init__(self, checker: Checker) -> None:
        self._checker = checker
        self._waiting = ""

    def feed(self, piece: str) -> str:
        """What may be shown now; often ""."""
        units, self._waiting = self._checker.pieces(self._waiting + visible(piece), final=False)
        return "".join(self._checker.take(unit) for unit in units)

    def finish(self) -> str:
        """What may be shown of the last sentence."""
        units, self._waiting = self._checker.pieces(self._waiting, final=True)
        return "".join(self._checker.take(unit) for unit in units)

    def checked(self) -> Checked:
        return self._checker.checked()


def in_language(words: str, language: Language) -> bool:
    """False for a sentence in the other language; names may stay in theirs."""
    bare = re.sub(r"https?://\S+|《[^》]*》|[（(][^（）()]*[）)]", " ", words)
    han = len(re.findall(r"[\u3400-\u9fff]", bare))
    latin = len(re.findall(r"[A-Za-z]{2,}", bare))
    if language == "zh":
        return bool(han) or latin <= 3
    return han <= 3 * latin


def _weight(text: str) -> int:
    """How much is said: a Chinese character counts one, a word in letters or digits two."""
    return len(re.findall(r"[\u3400-\u9fff]", text)) + 2 * len(re.findall(r"[A-Za-z0-9]+", text))


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", MARKER.sub("", text))


def _label_free(words: str) -> str:
    return re.sub(r"^[#>*\s•-]+|\*\*|__", "", words)


def _spaced(text: str) -> str:
    """A blank behind each address that touches what follows: readers and clients take it in otherwise."""
    for url in dict.fromkeys(urls_in(text)):
        text = re.sub(rf"({re.escape(url)})(?=[\[，。；、！？（）\u3400-\u9fff])", r"\1 ", text)
    return text


_ITEM = re.compile(r"(\s*)(\d{1,2})([.、)]\s*\D.*)")
_LIST_LINE = re.compile(r"\s*(?:\d{1,2}[.、)]|[-*•#])\s")


def _starts_line(text: str) -> bool:
    return bool(_LIST_LINE.match(text))


def _tidy(text: str) -> str:
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
