"""Whether it is so that something is not recorded: what is said to be missing, held against all the record.

Such a claim has no words to rest on, so it is proven for what it is. Each of its parts is a denial, of whose
items no statement says any, or a clause that is proven as any other; a part that is neither is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from assistant.judging.alignment import align, softened
from assistant.judging.grounds import Ground, Piece
from assistant.judging.operators import closed
from assistant.judging.proof import Proof, Prover, address_fault
from assistant.judging.units import Unit, units_of
from assistant.numerals import Stated, numbers_in
from assistant.reading.reader import frame_words
from retrieval.analysis import content_words, normalise, tagged_words

SAID = 0.75
"""Share of the terms of an item that one statement must say to say it."""
NEAR = 0.8
"""Likeness of token vectors from which a term that is not said by letters is said by other words."""
FEW = 2
"""Terms of an item, at most, that may ask for a field as such."""
Asks = Callable[[str], frozenset[str]]
"""The fields of a record that a phrase asks for."""

_IN_BRACKETS = re.compile(r"[（(][^（）()]*[）)]")
_PART = re.compile(r"[，；。：！？]|[,;:.!?](?=\s|$)")
_ITEM = re.compile(r"[、/]|(?<=[\u3400-\u9fff])[和与及或](?=[\u3400-\u9fff])|\s(?:and|or|nor)\s")
_QUOTED = re.compile(r"[“「《\"]([^”」》\"]{2,60})[”」》\"]")
_RUN = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]+(?:[-_.'’][a-z0-9]+)*", re.I)


@dataclass(frozen=True, slots=True)
class Speaking:
    """What a claim of this kind may speak of: `cited`, all that is recorded of what it cites; `met`, all that
    was found for the question; `question`, the asker's words; `urls`, addresses that may stand in it."""

    cited: Sequence[Ground]
    met: Sequence[Ground]
    question: str = ""
    urls: Sequence[str] = ()
    asks: Asks | None = None


@dataclass(frozen=True, slots=True)
class _Part:
    text: str
    denies: bool
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Silence:
    """What of a claim stands: `text`, empty for nothing; `faults` are the parts that do not, each with the
    reason, and with the statement that says what they deny."""

    text: str
    faults: tuple[tuple[str, Proof], ...] = ()


def absence(claim: str, prover: Prover, speaking: Speaking) -> Silence | None:
    """A claim that something is not recorded, as far as it stands; None for one that denies nothing.

    Raises EmbeddingFailed.
    """
    parts = list(_parts(claim, speaking))
    if not any(one.denies for one in parts):
        return None
    kept: list[str] = []
    faults: list[tuple[str, Proof]] = []
    stood = False
    open_ = True
    for group in _groups(parts):
        text = "".join(one.text for one in group)
        if not group[-1].denies:
            open_ = open_ or not kept or kept[-1].rstrip()[-1:] in _STRONG
            pointed = not any(one.terms for one in group) and not any(
                unit.operator for unit in units_of(text)
            )
            if not pointed:
                open_ = open_ and prover.prove(text, speaking.cited, urls=speaking.urls).outcome == "proven"
            kept += [text] if open_ else []
            open_ = open_ or text.rstrip()[-1:] in _STRONG
            continue
        fault = _fault(group, text, prover, speaking, after=stood)
        if fault is None:
            kept.append(text)
            stood = open_ = True
        else:
            faults.append((text.strip().rstrip(_ENDS), fault))
            open_ = False
    text = "".join(kept).strip().rstrip(_ENDS) if stood else ""
    if text and text[-1] not in "。.!！":
        text += "。" if _HAN.search(text) else "."
    return Silence(text[:1].upper() + text[1:], tuple(faults))


_STRONG = ("；", ";", "。", ".")
_ENDS = "，,；;：:。. "


def _fault(
    group: Sequence[_Part], text: str, prover: Prover, speaking: Speaking, *, after: bool
) -> Proof | None:
    """Why a denial does not stand; None where it does. `after` another that stands: it may be of that."""
    if fault := _foreign(text, speaking):
        return Proof("undecided", 0.0, fault, typed=True)
    folded = normalise(text)
    wide = any(word in folded for word in closed().holding) or not speaking.cited
    grounds = speaking.met if wide else speaking.cited
    named = any(_names(unit, speaking.cited) for unit in units_of(text))
    some = False
    for item, terms in _items(group, grounds):
        phrase = _phrase(item, grounds) if len(terms) <= FEW and (named or not after) else ""
        fields = speaking.asks(phrase) if phrase and speaking.asks else frozenset[str]()
        if not terms and not fields:
            continue
        some = True
        if said := _said(item, terms, fields, grounds, prover):
            return Proof("contradicted", 0.0, "it is recorded", (said,))
    return None if some or after else Proof("undecided", 0.0, "what is missing is not named", typed=True)


_HAN = re.compile(r"[\u3400-\u9fff]")


def _parts(claim: str, speaking: Speaking) -> Iterator[_Part]:
    at, recorded, before = 0, False, False
    hidden = _IN_BRACKETS.sub(lambda found: "_" * len(found[0]), claim)
    for joint in [*_PART.finditer(hidden), None]:
        end = joint.end() if joint else len(claim)
        while end < len(claim) and claim[end].isspace():
            end += 1
        text, at = claim[at:end], end
        if not text.strip():
            continue
        kinds = _kinds(text)
        recorded = recorded or "R" in kinds
        denies = _denies(kinds, recorded, before)
        yield _Part(text, denies, tuple(_terms(text, speaking.cited)))
        before = denies


def _groups(parts: Sequence[_Part]) -> Iterator[list[_Part]]:
    """Parts that stand or fall together: a denial that names nothing denies what stands before it."""
    waiting: list[_Part] = []
    for part in parts:
        if part.denies and not part.terms:
            yield [*waiting, part]
            waiting = []
            continue
        if part.denies or (waiting and waiting[-1].text.rstrip()[-1:] in "；;。.：:"):
            yield from ([one] for one in waiting)
            waiting = []
        if part.denies:
            yield [part]
        else:
            waiting.append(part)
    yield from ([one] for one in waiting)


def _kinds(text: str) -> str:
    """A letter a word: N negation, L one of lacking, T telling, W telling of many a thing, R a record,
    C content, - grammar."""
    told = ""
    for run in _RUN.finditer(normalise(text)):
        if run[0].isascii():
            told += _kind(run[0], "")
        else:
            told += "".join(_kind(word, tag) for word, tag in tagged_words(run[0]))
    return told


def _kind(word: str, tag: str) -> str:
    known = closed()
    lacking = next((one for one in sorted(known.lacking, key=len, reverse=True) if word == one), None)
    if lacking:
        return "L"
    if known.words.get(word) == "not" or re.fullmatch(r"\w+n['’]t", word):
        return "N"
    if word in known.records:
        return "R"
    if word in known.telling or (word[:-1] in known.telling and not word.isascii()):
        return "T" if word in known.stating or word[:-1] in known.stating else "W"
    for start in (1, 2):  # 没写, 未写明: one word to the segmenter
        if not word.isascii() and known.words.get(word[:start]) == "not" and word[start:] in known.telling:
            return "NT" if word[start:] in known.stating else "NW"
    if word in known.light or word in known.words or word in frame_words():
        return "-"
    return "-" if tag in ("u", "uj", "ul", "p", "c", "r", "q", "d", "m", "f") else "C"


def _denies(kinds: str, recorded: bool, before: bool) -> bool:
    """Whether a record's silence is told: a negation right at a word of telling, or at the record."""
    told = "[TWR]" if recorded else "T"
    return bool(
        re.search(rf"[NL][-R]*{told}|{told}[NL]|R[-]*L|^-*[NL].*{told}$", kinds)
        or (recorded and re.search(r"L-*$", kinds))
        or (before and re.match(r"-?[NL]", kinds))
    )


def _terms(text: str, grounds: Sequence[Ground]) -> Iterator[str]:
    """What a part names besides the record and the words of asking and telling."""
    rest = normalise(text)
    for name in _QUOTED.findall(rest):
        if not any(name in one.names for one in grounds):
            yield name
        rest = rest.replace(name, " ")
    known = closed()
    for unit in units_of(rest):
        if unit.kind == "operator":
            continue
        raw = rest[unit.start : unit.end]
        words = {unit.text, raw}
        if (
            words & (known.telling | known.records | known.holding | known.light | frame_words())
            or raw[:-1] in known.telling
        ):
            continue
        if unit.kind == "word" and _names(unit, grounds):
            continue
        if not any(word not in frame_words() for word in content_words(raw)):
            continue
        yield unit.text if unit.kind == "word" else raw


def _names(unit: Unit, grounds: Sequence[Ground]) -> bool:
    """True for a word of a record's name."""
    return any(
        unit.text in one.names or any(unit.text == other.text for other in units_of(one.names))
        for one in grounds
    )


def _items(group: Sequence[_Part], grounds: Sequence[Ground]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each thing that is denied with its terms; one named by a single word is of what the first is of."""
    for part in group:
        first: tuple[str, ...] = ()
        for text in _ITEM.split(part.text):
            terms = tuple(dict.fromkeys(_terms(text, grounds)))
            if terms or "C" in _kinds(text) or any(word in frame_words() for word in content_words(text)):
                yield text, (*first[:-1], *terms) if len(terms) == 1 else terms
            first = first or terms


def _said(
    item: str, terms: Sequence[str], fields: frozenset[str], grounds: Sequence[Ground], prover: Prover
) -> tuple[int, Piece] | None:
    """The statement that says an item, if one does: how much of a thing, only one that has a number."""
    words = {word for run in _RUN.findall(normalise(item)) for word in _cut(run)}
    counted = bool(words & closed().amounts)
    for ground in grounds:
        for piece in ground.pieces:
            if counted and not any(unit.number for unit in piece.units):
                continue
            if piece.field in fields or (terms and _share(terms, piece, ground, prover) >= SAID):
                return ground.number, piece
    return None


def _phrase(item: str, grounds: Sequence[Ground]) -> str:
    """What an item asks for, without the words of the record and of its silence."""
    names = {word for one in grounds for run in _RUN.findall(one.names) for word in _cut(run)}
    words = [word for run in _RUN.findall(normalise(item)) for word in _cut(run)]
    kinds = ["" if word in names else _kind(word, "") for word in words]
    told = max((at for at, kind in enumerate(kinds) if kind[-1:] in ("N", "T", "W", "R", "L")), default=-1)
    some = list(zip(words, kinds, strict=True))
    some = some[told + 1 :] or some[:told]
    found = [word for word, kind in some if kind in ("C", "-")]
    return "".join(f" {one} " if one.isascii() else one for one in found).strip()


def _cut(run: str) -> list[str]:
    return [run] if run.isascii() else [word for word, _ in tagged_words(run)]


def _share(terms: Sequence[str], piece: Piece, ground: Ground, prover: Prover) -> float:
    text = normalise(piece.text)
    held = [one in text or any(unit.text == one for unit in piece.units) for one in terms]
    if all(held) or prover.vectors is None:
        return sum(held) / len(held)
    missing = [one for one, there in zip(terms, held, strict=True) if not there]
    if (sum(held) + 1) / len(held) < SAID and len(missing) > 2:
        return sum(held) / len(held)
    soft = softened(align(" ".join(missing), piece, ground), prover.vectors)
    near = sum(one.share >= 1 or one.soft >= NEAR for one in soft.bound)
    return (sum(held) + min(near, len(missing))) / len(held)


def _foreign(text: str, speaking: Speaking) -> str | None:
    """The first number, name or address that neither the asker nor anything found says."""
    if fault := address_fault(text, speaking.met, speaking.urls):
        return fault
    told = [speaking.question, *(one.text for one in (*speaking.cited, *speaking.met))]
    stated = Stated(told)
    for number in numbers_in(text):
        if not stated.holds(number):
            return f"{number.kind} {number.value}, which nobody said"
    folded = normalise("\n".join(told))
    stems = {unit.text for one in told for unit in units_of(one)}
    for place, unit in enumerate(units_of(text)):
        if unit.text in closed().holding | closed().records:
            continue
        if unit.named and unit.text not in folded and unit.text not in stems and _is_name(text, place, unit):
            return f"name {unit.text}, which nobody said"
    return None


def _is_name(text: str, place: int, unit: Unit) -> bool:
    """A capital at the beginning of a sentence makes no name."""
    return bool(_HAN.search(text)) or bool(normalise(text)[: unit.start].strip())
