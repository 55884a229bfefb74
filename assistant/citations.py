"""Every claim of an answer proven over what it cites: shown, put in its statement's words, or withheld."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant import replies
from assistant.claims import Claim, ClaimReader, marked
from assistant.judging.absence import Silent, judged
from assistant.judging.framing import Opening, agrees, framed, opening_of, told_by
from assistant.judging.grounds import Ground
from assistant.judging.proof import Proof, Prover, address_fault
from assistant.judging.units import units_of
from assistant.judging.worked import carried
from assistant.language import detect_language
from assistant.leaks import Leaks
from assistant.numerals import Number, numbers_in
from assistant.reading.reader import frame_words
from assistant.records import Citation, Language
from assistant.sentences import MARKER, Sentence, in_language, normalise_markers, spaced, tidy, weight
from assistant.writing.together import shown_question
from corpus.suspicion import inert, visible
from retrieval.analysis import normalise

Verdict = Literal["good", "trimmed", "use_composer"]
MIN_KEPT = 0.5
"""Least share of the written text that must survive for the rest to be an answer."""
LANGUAGES: tuple[Language, ...] = ("zh", "en")
ASKER = 60
"""Characters of the asker's words that a condition repeats."""
HEADING = 36
"""Characters of a heading, at most; an English word counts three."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A text whose every claim is proven or quoted, with the citations it uses, from 1.

    `removed` has the withheld claims, each as "reason: claim"; `refuted` those of them that the evidence
    contradicts, with what it says instead; `doubts` claims that are not told as they were written, with what
    is not held and what the statement says. `quoted` counts claims in the words of their statement, or of
    ours that something was not found; `exact` of these those in the very words that the model named; `own`
    those in the model's. With the verdict `use_composer` the rest is too little, without its lead, or in the
    wrong language, to be shown. `prompt_digest` and `model` are set by the driver that had the text written.
    """

    text: str
    citations: tuple[Citation, ...]
    removed: tuple[str, ...]
    verdict: Verdict
    prompt_digest: str = ""
    model: str = ""
    quoted: int = 0
    own: int = 0
    exact: int = 0
    refuted: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


class Checker:
    """Takes claims one after the other; keeps the proven ones and says what it withheld.

    `strict`: what is neither proven nor contradicted is put in the words of its statement, as a model's text
    demands; without it such a claim stays where every closed value of it agrees, as a person may word it.
    `silent` looks for what a model says is not recorded.
    """

    def __init__(
        self,
        citations: Sequence[Citation],
        *,
        prover: Prover | None = None,
        strict: bool = False,
        language: Language | None = None,
        urls: Iterable[str] = (),
        fixed: Collection[str] = (),
        question: str = "",
        private: str = "",
        silent: Silent | None = None,
    ) -> None:
        self._silent = silent
        self._citations = {citation.number: citation for citation in citations}
        self._grounds = {citation.number: Ground(citation) for citation in citations}
        self._prover = prover or Prover()
        self._strict = strict
        self._urls = tuple(urls)
        self._question = question
        said = [f"{one.title}\n{one.locator}\n{one.quote}" for one in citations]
        self._leaks = Leaks(private, [*said, question])
        labels = [
            text.in_(spoken)
            for text in (*replies.FIELD.values(), replies.STEPS, replies.STEPS_OPEN)
            for spoken in LANGUAGES
        ]
        self._known = {unit.text for text in (*said, question, *labels) for unit in units_of(text)}
        self._known |= frame_words()
        self._language = language
        self._fixed = {_bare(text) for text in fixed}
        self._heading: str | None = None
        self._kept: list[str] = []
        self._written = 0
        self._removed: list[str] = []
        self._refuted: list[str] = []
        self._doubts: list[str] = []
        self._stood: list[bool] = []
        self._lead: bool | None = None
        self._shown: set[tuple[int, str]] = set()
        self._rested: set[tuple[int, str]] = set()
        self._quoted = self._own = self._exact = 0
        self._bare = False
        self._worked: set[Number] = set()

    def take(self, claim: Claim) -> str:
        """The claim as it may be shown; "" when it is withheld or, a heading, waits for its text."""
        shown = self._take(claim)
        if claim.state is None:
            return shown
        self._stood.pop()  # other claims are leaned on by their place, and conditions are none of them
        if not shown.strip():
            return shown
        shown = f"{shown.rstrip().rstrip('。.')}{self._standing(claim)}\n"
        self._kept[-1] = shown
        return shown

    def _standing(self, claim: Claim) -> str:
        """How a condition stands, with the asker's own words for it, which the question must hold."""
        language = self._language or "zh"
        said = shown_question(claim.asker)[:ASKER]
        if claim.state == "unknown" or not said or normalise(said) not in normalise(self._question):
            return replies.STANDING["unknown"].in_(language)
        banned = any(unit.operator == "forbid" for unit in units_of(f"{claim.quote}\n{claim.unit}"))
        state = f"{claim.state}_ban" if banned else claim.state or "unknown"
        return replies.STANDING[state].in_(language).format(words=said)

    def _take(self, claim: Claim) -> str:
        unit = claim.unit
        if not unit.strip():
            if self._kept and self._heading is None:
                self._kept.append(unit)
                return unit
            return ""
        sentence = Sentence(spaced(inert(normalise_markers(visible(unit)), markers=True)))
        words = sentence.words
        self._written += weight(words)
        if _bare(words) in self._fixed:
            return self._keep(sentence.text)
        known = [number for number in sentence.markers if number in self._grounds]
        if self._strict and claim.kind == "not_recorded" and self._silent is not None:
            shown = self._absent(claim, _label_free(words), known, self._silent)
            if shown is not None:
                return shown
        if not known:
            if self._is_heading(words):
                self._drop_heading()
                self._heading = MARKER.sub("", sentence.text)
                self._stood.append(True)
                return ""
            if claim.kind == "connective":  # it says nothing, so nothing is lost with it
                self._stood.append(True)
                return ""
            return self._withhold("no evidence is cited", unit)
        if self._language and not in_language(words, self._language):
            return self._withhold("another language", unit)
        if leak := self._leaks.fault(words):
            return self._withhold(leak, unit)
        if any(not self._stood[one - 1] for one in claim.on if 0 < one <= len(self._stood)):
            return self._withhold("it leans on what was withheld", unit)
        grounds = [self._grounds[number] for number in dict.fromkeys(known)]
        proof = self._proof(claim, _label_free(words), grounds)
        if proof.outcome == "contradicted":
            self._refuted.append(f"{words} — {proof.reason}: {_told(proof)}")
            return self._withhold(proof.reason, unit)
        own = self._prover.settled(proof) if not self._strict else proof.outcome == "proven"
        opening = opening_of(_label_free(words)) if self._strict else None
        if own and opening is not None and not self._agrees(opening, claim, grounds):
            return self._opened(opening, proof, claim, known, grounds)
        if not own and self._strict:
            own = self._works_out(claim, _label_free(words), grounds)
            own = own or self._framed(claim, _label_free(words), opening, grounds)
            if not own:
                self._doubts.append(f"{words} — {proof.reason}: {_told(proof)}".rstrip(": "))
            if not own and opening is not None:
                return self._opened(opening, proof, claim, known, grounds)
        if not own and self._strict and proof.pieces:
            return self._quote(proof, claim, grounds)
        if not own:
            return self._withhold(proof.reason, unit)
        self._stood.append(True)
        self._lead = self._lead is not False
        self._own += 1
        self._rested.update((number, piece.text) for number, piece in proof.pieces)
        return self._keep(MARKER.sub(lambda found: found[0] if int(found[1]) in known else "", sentence.text))

    def checked(self) -> Checked:
        """The text that was kept, its markers renumbered in order of first use."""
        self._drop_heading()
        text = tidy("".join(self._kept))
        order = list(dict.fromkeys(int(number) for number in MARKER.findall(text)))
        new = {old: position for position, old in enumerate(order, 1)}
        text = MARKER.sub(lambda found: f"[{new[int(found[1])]}]", text)
        citations = tuple(self._citations[old].model_copy(update={"number": new[old]}) for old in order)
        return Checked(
            text,
            citations,
            tuple(self._removed),
            self._verdict(text, bool(order)),
            quoted=self._quoted,
            own=self._own,
            exact=self._exact,
            refuted=tuple(self._refuted),
            doubts=tuple(self._doubts),
        )

    def _proof(self, claim: Claim, words: str, grounds: Sequence[Ground]) -> Proof:
        if claim.quote:
            quote = claim.quote.strip()
            resting = [one for one in grounds if quote in one.citation.quote]
            if not resting:
                return self._prover.prove(words, grounds, urls=self._urls, question=self._question).in_doubt(
                    "its quote stands nowhere"
                )
            narrowed = [one for one in (ground.resting_on(quote) for ground in resting) if one.pieces]
            grounds = narrowed or resting
        return self._prover.prove(words, grounds, urls=self._urls, question=self._question)

    def _works_out(self, claim: Claim, words: str, grounds: Sequence[Ground]) -> bool:
        """Whether a claim works a value out rightly, of numbers of the evidence and of the asker's."""
        before = self._worked | numbers_in(MARKER.sub("", "".join(self._kept)))
        found = carried(words, grounds, self._question, self._known, before)
        if found is None:
            return False
        self._worked |= found.results
        return True

    def _framed(self, claim: Claim, words: str, opening: Opening | None, grounds: Sequence[Ground]) -> bool:
        """Whether a claim says words that it quotes, which hold by themselves, with no more around them than
        names, and before them a yes or no that agrees."""
        if opening is not None and not (opening.alone and self._agrees(opening, claim, grounds)):
            return False
        rest = opening.rest if opening is not None else words
        for one in grounds:
            texts = [claim.quote] if claim.quote and self._span(claim, [one]) else []
            if any(framed(rest, text, one) for text in [*texts, *(piece.text for piece in one.pieces)]):
                return True
        return False

    def _agrees(self, opening: Opening, claim: Claim, grounds: Sequence[Ground]) -> bool:
        asked = normalise(self._question)
        unmet = any(state == "not_met" and said and normalise(said) in asked for state, said in claim.told)
        told = told_by(claim.quote.strip(), grounds)
        return agrees(opening, told, unmet=unmet, conditions=bool(claim.told))

    def _opened(
        self, opening: Opening, proof: Proof, claim: Claim, known: Sequence[int], grounds: Sequence[Ground]
    ) -> str:
        """A claim without the yes or no that it opens with, which comes back where it agrees."""
        lead = opening.text if self._agrees(opening, claim, grounds) else ""
        rest = self._proof(claim, opening.rest, grounds)
        if rest.outcome != "proven":
            if not proof.pieces:
                return self._withhold(proof.reason, claim.unit)
            return self._quote(proof, claim, grounds, opening=lead)
        self._stood.append(True)
        self._lead = self._lead is not False
        self._own += 1
        self._rested.update((number, piece.text) for number, piece in rest.pieces)
        listed = _LIST_LINE.match(claim.unit)
        told = opening.rest if lead else opening.rest[:1].upper() + opening.rest[1:]
        marks = [str(number) for number in known]
        return self._keep(marked(f"{listed[0] if listed else ''}{lead}{told}", marks))

    def _absent(self, claim: Claim, words: str, known: Sequence[int], silent: Silent) -> str | None:
        """A claim that something is not recorded: its words as far as that is proven, a fixed sentence for
        what may be there all the same; None where it says no such thing."""
        language = self._language or "zh"
        if not in_language(words, language) or self._leaks.fault(words):
            return None
        grounds = [self._grounds[number] for number in dict.fromkeys(known)]
        found = judged(
            words,
            grounds,
            silent,
            lambda part: bool(grounds) and self._proof(claim, part, grounds).outcome == "proven",
            said=self._question,
            told=tuple(self._grounds.values()),
            language=language,
        )
        if found is None:
            return None
        self._refuted += [f"{part} — it is recorded: {one.label} {one.quote}" for part, one in found.faults]
        text = [found.own + ("。" if language == "zh" else ".")] if found.own else []
        text += [self._not_found(found.unsure, grounds)] if found.unsure and grounds else []
        if not text:
            return self._withhold("it is recorded" if found.faults else "nothing says so", claim.unit)
        self._stood.append(True)
        self._lead = self._lead is not False
        self._own += bool(found.own)
        self._quoted += not found.own
        self._bare = self._bare or not grounds
        listed = _LIST_LINE.match(claim.unit)
        marks = [str(number) for number in known]
        blank = "" if language == "zh" else " "
        return self._keep((listed[0] if listed else "") + blank.join(marked(one, marks) for one in text))

    def _not_found(self, topics: Sequence[str], grounds: Sequence[Ground]) -> str:
        """The fixed sentence for what is said to be missing and may be there."""
        language = self._language or "zh"
        names = replies.PAUSE.in_(language).join(dict.fromkeys(one.place for one in grounds))
        told = ("；" if language == "zh" else "; ").join(filter(None, dict.fromkeys(topics)))
        told = told or replies.WHAT_WAS_ASKED.in_(language)
        stop = "。" if language == "zh" else "."
        return replies.NOT_FOUND_IN.in_(language).format(topic=told, name=names) + stop

    def _quote(self, proof: Proof, claim: Claim, grounds: Sequence[Ground], *, opening: str = "") -> str:
        """The words that a claim rests on where they stand by themselves, else the statements that say most
        of it; each once in an answer but for conditions, and whose where nothing before it tells. `opening`
        is the yes or no that they are shown behind."""
        unit, condition = claim.unit, claim.state is not None
        self._stood.append(True)
        self._lead = self._lead is not False
        self._quoted += 1
        listed = _LIST_LINE.match(unit)
        said: dict[str, str] = {}
        exact = self._span(claim, grounds)
        self._exact += bool(exact)
        for number, words in exact or [(n, piece.text) for n, piece in proof.pieces]:
            told = any(number == n and words in text for n, text in self._shown)
            told = told or (claim.kind == "derived" and (number, words) in self._rested)
            if not condition and (told or any(words in one for one in self._kept)):
                continue
            self._shown.add((number, words))
            ground = self._grounds[number]
            whose = "" if listed else ground.head("".join((*self._kept, *said)))
            text = f"{whose}{words}".strip().rstrip("。.；;")
            said[text] = f"{said.get(text, '')}[{number}]"
        if not said:
            return ""
        lead = listed[0] if listed else unit[: len(unit) - len(unit.lstrip())]
        return self._keep(
            lead
            + opening
            + "".join(_quotation(text, marks) for text, marks in said.items()).strip()
            + ("\n" if unit.endswith("\n") else " " if self._language == "en" else "")
        )

    def _span(self, claim: Claim, grounds: Sequence[Ground]) -> list[tuple[int, str]]:
        """The exact words that a claim rests on, where they hold without what stands around them; those of a
        condition as a quotation, from the beginning of what is said there."""
        words = claim.quote.strip()
        said: list[tuple[int, str]] = []
        for one in grounds:
            at = one.citation.quote.find(words)
            if len(words) < 2 or at < 0 or "\n" in words:
                continue
            if claim.state is not None and _apart(one.citation.quote, at, at + len(words)):
                return [(one.number, replies.quoted(words))]
            proof = self._prover.prove(words, [one], urls=self._urls, question=self._question)
            said += [(one.number, words)] if proof.outcome == "proven" else []
        return said

    def _verdict(self, text: str, cited: bool) -> Verdict:
        kept = sum(weight(MARKER.sub("", part)) for part in self._kept)
        cited = cited or (self._bare and bool(text))
        if not cited or (not self._strict and kept < MIN_KEPT * self._written):
            return "use_composer"
        if self._language and detect_language(MARKER.sub("", text)) != self._language:
            return "use_composer"
        if self._strict and self._lead is False:
            return "use_composer"
        return "trimmed" if self._removed else "good"

    def _is_heading(self, words: str) -> bool:
        """True for a line that says nothing: no value, no operator, no word that is new."""
        bare = re.sub(r"^[#>*\s-]+|[*_]+", "", words)
        markdown = words.lstrip().startswith("#")
        length = len(bare) if detect_language(bare) == "zh" else len(bare.split()) * 3
        units = units_of(bare)
        return (
            (markdown or bare.endswith((":", "：")))
            and length <= HEADING
            and all(unit.kind == "word" and unit.text in self._known for unit in units)
            and self._leaks.fault(bare) is None
            and address_fault(bare, ()) is None
        )

    def _keep(self, text: str) -> str:
        if self._heading is not None:
            before = "" if not self._kept or self._kept[-1].endswith("\n") else "\n"
            text, self._heading = before + self._heading + text, None
        if not self._kept:
            text = text.lstrip()
        elif not self._kept[-1].endswith("\n") and _starts_line(text):
            text = "\n" + text
        elif self._kept[-1].endswith("]") and text.startswith("("):
            text = " " + text  # together they would be a link
        self._kept.append(text)
        return text

    def _withhold(self, reason: str, unit: str) -> str:
        self._stood.append(False)
        self._lead = bool(self._lead)
        self._removed.append(f"{reason}: {unit.strip()}")
        if unit.endswith("\n") and self._kept and not self._kept[-1].endswith("\n"):
            self._kept.append("\n")
            return "\n"
        return ""

    def _drop_heading(self) -> None:
        if self._heading is not None:
            self._removed.append(f"nothing under it: {self._heading.strip()}")
            self._heading = None


def _told(proof: Proof) -> str:
    return " / ".join(piece.text for _, piece in proof.pieces[:2])


def _quotation(words: str, marks: str) -> str:
    return f"{words}{marks}。" if detect_language(words) == "zh" else f"{words} {marks}. "


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
    """The text without what its evidence does not hold, as a person or the composer words it.

    `urls` are further addresses that may stand in it (those of the answer's resources); `fixed` are
    sentences that need no evidence (replies.py); `by_line` lets the markers of a line stand for all its
    sentences, as the composer writes them; `question` may be named in a sentence that says what is
    missing. `language` None: any.
    """
    checker = Checker(citations, language=language, urls=urls, fixed=fixed, question=question)
    reader = ClaimReader(by_line=by_line)
    for claim in [*reader.feed(text), *reader.finish()]:
        checker.take(claim)
    return checker.checked()


class ClaimGate:
    """Lets a stream through claim by claim, each proven before anyone sees it.

    Pieces keep the numbers of the evidence as given; only `checked()` renumbers.
    """

    def __init__(self, checker: Checker) -> None:
        self._checker = checker
        self._reader = ClaimReader()

    def feed(self, piece: str) -> str:
        """What may be shown now; often ""."""
        return "".join(self._checker.take(claim) for claim in self._reader.feed(piece))

    def finish(self) -> str:
        """What may be shown of the last claim; what is fed then is another reply."""
        shown = "".join(self._checker.take(claim) for claim in self._reader.finish())
        self._reader = ClaimReader()
        return shown

    def cut(self) -> str:
        """Leave out the last claim of a reply that broke off: nobody knows how it was to end."""
        self._reader = ClaimReader()
        return ""

    def checked(self) -> Checked:
        return self._checker.checked()


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", MARKER.sub("", text))


def _apart(text: str, start: int, end: int) -> bool:
    """True for a part of a text that begins where something new is said and ends with a whole word."""
    begins = start == 0 or text[start - 1] in _OPENS
    cut = text[end - 1 : end + 1]
    return begins and not (len(cut) == 2 and cut.isascii() and cut.isalnum())


def _label_free(words: str) -> str:
    return re.sub(r"^[#>*\s•-]+|\*\*|__", "", words)


_OPENS = "，。；：、:;,（(\n "
"""Characters behind which something new is said."""
_LIST_LINE = re.compile(r"\s*(?:\d{1,2}[.、)]|[-*•#])\s")


def _starts_line(text: str) -> bool:
    return bool(_LIST_LINE.match(text))
