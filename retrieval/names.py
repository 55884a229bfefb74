"""Which records a text names, and how: the exact paths beside search."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

import rjieba

from corpus.records import Policy, Resource
from retrieval.chineseline import Line, bounds_of, line_of, on_bounds
from retrieval.docnumbers import DocNumber, agrees, doc_numbers, known_numbers
from retrieval.englishforms import EnglishForms
from retrieval.folding import CJK, Folded, Token, fold, has_cjk, is_cjk, key_of, tokenise
from retrieval.identifiers import IdentifierOwners, identifiers
from retrieval.mentions import Mention, best_of_span, rank, resolved
from retrieval.namecontext import Context, belongs_to_longer_name, follows_a_name
from retrieval.phonetic import (
    Homophones,
    initials_of,
    pinyin_runs,
    symbol_of,
    symbols_of,
)
from retrieval.shortforms import GENERIC, PREFIXES, ShortForms, words_of
from retrieval.surfaces import How, RecordKind, Surface, surfaces_of
from retrieval.typos import Spelling

__all__ = ["Mention", "NameIndex"]

_CJK_ONLY = re.compile(f"[^{CJK}]+")
_LATIN = re.compile("[A-Za-z0-9]")
_MIN_INITIALS = 5
KEPT = 128
"""Texts whose names are kept: those of one message are looked for again and again."""


class NameIndex:
    """Names, aliases, abbreviations, document numbers and identifiers of a set of records.

    Lookups are by dictionary and by inverted index over rare words: time grows with the text, not
    with the number of records.
    """

    def __init__(self, records: Iterable[Resource | Policy]) -> None:
        self.records = {record.id: record for record in records}
        surfaces = [s for record in self.records.values() for s in surfaces_of(record)]
        self._build_short(surfaces)
        self._build_english(surfaces)
        self._build_exact(surfaces)
        self._build_sounds()
        self._build_numbers()
        self.owners = IdentifierOwners(self.records.values())
        self._context = Context(self.records.values())
        self._hosts = {
            record.id: _host_names(record) for record in self.records.values() if isinstance(record, Resource)
        }
        self._named = lru_cache(maxsize=KEPT)(self._mentions)

    def _build_short(self, surfaces: Sequence[Surface]) -> None:
        chinese: dict[tuple[str, str], Surface] = {}
        for surface in surfaces:
            bare = _CJK_ONLY.sub("", surface.text)
            # A prefix that a rule put before a name adds nothing to its short forms.
            added = surface.derived and surface.text.startswith(PREFIXES)
            if len(bare) >= 4 and not added and not _LATIN.search(surface.text):
                chinese.setdefault((bare, surface.record_id), surface)
        self._chinese = [(bare, surface) for (bare, _), surface in chinese.items()]
        self._words = {bare: tuple(words_of(bare)) for bare, _ in self._chinese}
        owners = [surface.record_id for _, surface in self._chinese]
        self._short = ShortForms([(b, self._words[b]) for b, _ in self._chinese], owners)
        self._short.finish(GENERIC)

    def _build_english(self, surfaces: Sequence[Surface]) -> None:
        self._english = [
            s
            for s in surfaces
            if s.text.isascii() and not s.derived and s.how != "abbreviation" and len(s.text.split()) >= 2
        ]
        self._bags = EnglishForms([s.text for s in self._english], [s.record_id for s in self._english])

    def _is_particular(self, text: str) -> bool:
        """Whether a form says more than `national data center`."""
        if has_cjk(text):
            return self._short.has_rare_word(words_of(_CJK_ONLY.sub("", text)))
        return any(self._bags.weight(key) >= 0.5 for key in key_of(text))

    def _build_exact(self, surfaces: Sequence[Surface]) -> None:
        self._exact: dict[tuple[str, ...], list[Surface]] = defaultdict(list)
        sizes: dict[str, set[int]] = defaultdict(set)
        self._plain: set[str] = set()
        words: set[str] = set()
        for surface in surfaces:
            key = key_of(surface.text)
            particular = self._is_particular(surface.text)
            if not key or (surface.derived and not particular):
                continue
            if not particular:
                self._plain.add(surface.text)
            held = self._exact[key]
            if not any(h.record_id == surface.record_id for h in held):
                held.append(surface)
                sizes[key[0]].add(len(key))
            if surface.text.isascii() and surface.how != "abbreviation":
                words.update(key)
        for bare, surface in self._chinese:
            word = self._nickname(bare, surface)
            if word and not self._exact[tuple(word)]:
                self._exact[tuple(word)].append(
                    replace(surface, text=word, how="short", confidence=0.7, derived=True)
                )
                sizes[word[0]].add(len(word))
        self._sizes = {first: tuple(sorted(found, reverse=True)) for first, found in sizes.items()}
        self._spelling = Spelling(words)

    def _nickname(self, bare: str, surface: Surface) -> str | None:
        """The first word of a facility's name, if no dictionary has it and no other name: 散裂."""
        record = self.records[surface.record_id]
        if not isinstance(record, Resource) or record.type not in ("facility", "instrument"):
            return None
        word = next((w for w in self._words[bare] if w not in GENERIC), "")
        alone = len(word) >= 2 and not rjieba.has_word(word) and self._short.is_alone(word)
        return word if alone and bare.startswith(("国家" + word, "中国" + word, word)) else None

    def _build_sounds(self) -> None:
        self._by_sound: dict[str, list[Surface]] = defaultdict(list)
        self._by_initials: dict[str, list[Surface]] = defaultdict(list)
        names: list[tuple[str, list[str]]] = []
        for bare, surface in self._chinese:
            symbols = symbols_of(bare)
            cut, at = [], 0
            for word in self._words[bare]:
                cut.append(symbols[at : at + len(word)])
                at += len(word)
            names.append((symbols, cut))
            if self._short.has_rare_word(self._words[bare]) or (not surface.derived and len(bare) >= 6):
                self._by_sound[symbols].append(surface)
                for form in _initial_forms(bare, self._words[bare], self._short):
                    held = self._by_initials[form]
                    if not any(h.record_id == surface.record_id for h in held):
                        held.append(surface)
        owners = [surface.record_id for _, surface in self._chinese]
        self._sound_short = ShortForms(names, owners)
        self._sound_short.finish(
            [symbols_of(word) for word in GENERIC if is_cjk(word)], [symbols_of(p) for p in PREFIXES]
        )
        self._sound_sizes = sorted({len(symbols) for symbols in self._by_sound}, reverse=True)
        of, that, this, piece = (symbols_of(char) for char in "的那这个")
        self._sound_skip = re.compile(f"{of}|[{that}{this}]{piece}?")
        vocabulary: set[str] = set()
        for words in self._words.values():
            for count in (1, 2, 3):
                for i in range(len(words) - count + 1):
                    if self._short.has_rare_word(words[i : i + count]) or count > 1:
                        vocabulary.add("".join(words[i : i + count]))
        for record in self.records.values():
            if isinstance(record, Resource):
                vocabulary.update(record.subjects.zh)
        self._homophones = Homophones(vocabulary)

    def _build_numbers(self) -> None:
        self._numbers: dict[str, list[tuple[DocNumber, str, bool]]] = defaultdict(list)
        for record in self.records.values():
            if isinstance(record, Resource):
                continue
            written = [(record.doc_number, False), (record.title.zh, False)]
            written += [(amendment.by, False) for amendment in record.amendments]
            written += [(old.doc_number, True) for old in record.replaces]
            for text, superseded in written:
                for number in known_numbers(text or ""):
                    self._numbers[number.number].append((number, record.id, superseded))

    def mentions(self, text: str) -> list[Mention]:
        """Records named in the text, surest first; longest match wins where two overlap.

        Records that share a surface all come out, with lower confidence. Empty when none is named.
        """
        return list(self._named(text))

    def _mentions(self, text: str) -> list[Mention]:
        folded = fold(text)
        tokens = tokenise(folded)
        if not tokens:
            return []
        line = line_of(tokens)
        found = self._numbered(folded) + self._identified(text)
        found += self._exact_in(tokens, line) + self._short_in(tokens, line)
        found += self._bags_in(tokens)
        found += self._misheard(tokens, line) + self._misspelt(tokens, line)
        found += self._pinyin(tokens) + self._initials(tokens)
        return self._with_hosts(resolved(found, text), folded)

    def _with_hosts(self, mentions: list[Mention], folded: Folded) -> list[Mention]:
        """Of several records on one span, the one whose host is named too comes first."""
        shared = Counter((m.start, m.end) for m in mentions)
        if not mentions or max(shared.values()) < 2:
            return mentions
        said = folded.text.lower()
        raised = [
            replace(m, confidence=round(min(1.0, m.confidence + 0.2), 3))
            if shared[(m.start, m.end)] > 1 and any(h in said for h in self._hosts.get(m.record_id, ()))
            else m
            for m in mentions
        ]
        return sorted(raised, key=rank)

    def corrected(self, text: str) -> str:
        """The text with homophone slips in known words put right; the same text when there are none."""
        folded = fold(text)
        chars = list(folded.text)
        for slip in self._homophones.corrections(folded.text):
            chars[slip.start : slip.end] = slip.word
        return "".join(chars) if chars != list(folded.text) else text

    def sounding(self, sounds: Sequence[str]) -> Iterator[tuple[int, int, str, bool]]:
        """Names, and words of names, that sound like some of these syllables: first, last + 1, text, and
        whether it is a whole name."""
        symbols = "".join(map(symbol_of, sounds))
        for first in range(len(sounds)):
            for size in (one for one in self._sound_sizes if first + one <= len(sounds)):
                for text in {
                    _CJK_ONLY.sub("", one.text)
                    for one in self._by_sound.get(symbols[first : first + size], ())
                }:
                    yield first, first + size, text, True
            for last in range(first + 3, min(first + 6, len(sounds)) + 1):
                for word in self._homophones.words_of(sounds[first:last]):
                    yield first, last, word, False

    def is_particular_word(self, key: str) -> bool:
        """Whether an English word is rare among the names, or in none of them."""
        return self._bags.weight(key) >= 0.5

    def record_text(self) -> str:
        """All that the records say, folded and in lower case: to tell unknown names from known words."""
        return self._context.text

    def _exact_in(self, tokens: Sequence[Token], line: Line) -> list[Mention]:
        found: list[Mention] = []
        keys = [token.key for token in tokens]
        bounds: set[int] | None = None
        for first, key in enumerate(keys):
            for size in self._sizes.get(key, ()):
                last = first + size
                if last > len(keys):
                    continue
                held = self._exact.get(tuple(keys[first:last]))
                if not held:
                    continue
                if tokens[first].cjk and size <= 4:
                    bounds = bounds_of(line) if bounds is None else bounds
                    if not on_bounds(first, last, line, bounds):
                        continue
                for surface in held:
                    factor = self._context.sureness(surface, tokens, first, last, surface.text in self._plain)
                    if factor > 0:
                        found.append(_mention(surface, tokens, first, last, surface.how, factor))
        return found

    def _short_in(self, tokens: Sequence[Token], line: Line) -> list[Mention]:
        found: list[tuple[Mention, float]] = []
        bounds: set[int] | None = None
        for form in self._short.find(line.text):
            surface = self._chinese[form.index][1]
            bounds = bounds_of(line) if bounds is None else bounds
            if form.start not in bounds or form.end not in bounds:
                continue
            first, last = line.tokens[form.start], line.tokens[form.end - 1] + 1
            if belongs_to_longer_name(tokens, first):
                continue
            found.append(
                (_mention(surface, tokens, first, last, "short", 0.45 + 0.5 * form.strength), form.strength)
            )
        return best_of_span(found)

    def _bags_in(self, tokens: Sequence[Token]) -> list[Mention]:
        found: list[tuple[Mention, float]] = []
        for form in self._bags.find(tokens):
            surface = self._english[form.index]
            if belongs_to_longer_name(tokens, form.first) or follows_a_name(tokens, form.first):
                continue
            confidence = 0.4 + 0.5 * form.strength
            mention = _mention(surface, tokens, form.first, form.last + 1, "short", confidence)
            found.append((mention, form.strength))
        return best_of_span(found)

    def _misheard(self, tokens: Sequence[Token], line: Line) -> list[Mention]:
        slips = self._homophones.corrections(line.text)
        if not slips:
            return []
        chars = list(line.text)
        changed: set[int] = set()
        for slip in slips:
            wrong = (i for i in range(slip.start, slip.end) if chars[i] != slip.word[i - slip.start])
            changed.update(line.tokens[i] for i in wrong)
            chars[slip.start : slip.end] = slip.word
        repaired = list(tokens)
        for at in changed:
            char = chars[line.tokens.index(at)]
            repaired[at] = replace(tokens[at], key=char, raw=char)
        return self._again(repaired, changed, "homophone")

    def _misspelt(self, tokens: Sequence[Token], line: Line) -> list[Mention]:
        repaired, changed = list(tokens), set()
        for at, token in enumerate(tokens):
            word = None if token.cjk else self._spelling.correction(token.key)
            if word is not None:
                repaired[at] = replace(token, key=word)
                changed.add(at)
        return self._again(repaired, changed, "typo") if changed else []

    def _again(self, tokens: Sequence[Token], changed: set[int], how: How) -> list[Mention]:
        """Matches on repaired tokens that need at least one repair."""
        line = line_of(tokens)
        places = {(tokens[at].start, tokens[at].end) for at in changed}
        found = self._exact_in(tokens, line) + self._short_in(tokens, line) + self._bags_in(tokens)
        return [
            replace(m, how=how, confidence=round(m.confidence * 0.85, 3))
            for m in found
            if any(m.start <= start and end <= m.end for start, end in places)
        ]

    def _pinyin(self, tokens: Sequence[Token]) -> list[Mention]:
        found: list[tuple[Mention, float]] = []
        for run in pinyin_runs(tokens):
            size = len(run.symbols)
            for start in range(size):
                for length in self._sound_sizes:
                    for surface in self._by_sound.get(run.symbols[start : start + length], ()):
                        if start + length <= size and length >= 3:
                            span = run.spans[start][0], run.spans[start + length - 1][1]
                            found.append((_at(surface, span, "pinyin", 0.85), 1.0))
            for form in self._sound_short.find(run.symbols, self._sound_skip):
                if form.strength >= 0.5 and form.end - form.start >= 4:
                    surface = self._chinese[form.index][1]
                    span = run.spans[form.start][0], run.spans[form.end - 1][1]
                    found.append((_at(surface, span, "pinyin", 0.35 + 0.4 * form.strength), form.strength))
            for start, end, surface in self._sound_cores(run.symbols):
                span = run.spans[start][0], run.spans[end - 1][1]
                found.append((_at(surface, span, "pinyin", 0.5), 0.5))
        return best_of_span(found)

    def _sound_cores(self, symbols: str) -> list[tuple[int, int, Surface]]:
        """Names cut off before their last word, as people type them: qingzang gaoyuan kexue shuju."""
        skipped = {i for match in self._sound_skip.finditer(symbols) for i in range(*match.span())}
        squeezed = [i for i in range(len(symbols)) if i not in skipped]
        joined = "".join(symbols[i] for i in squeezed)
        found = []
        for index in self._sound_short.candidates(joined):
            surface = self._chinese[index][1]
            core = self._sound_short.core(index)
            at = joined.find(core) if len(core) >= 4 else -1
            if at >= 0:
                found.append((squeezed[at], squeezed[at + len(core) - 1] + 1, surface))
        return found

    def _initials(self, tokens: Sequence[Token]) -> list[Mention]:
        found: list[Mention] = []
        for token in tokens:
            if token.cjk or len(token.raw) < _MIN_INITIALS or not token.raw.isalpha():
                continue
            held = self._by_initials.get(token.raw.lower(), ())
            factor = 1.0 if len(held) == 1 else 0.7
            span = token.start, token.end
            found.extend(_at(replace(s, confidence=0.8), span, "initials", factor) for s in held)
        return found

    def _numbered(self, folded: Folded) -> list[Mention]:
        found: list[Mention] = []
        for said in doc_numbers(folded):
            fits: dict[str, tuple[float, DocNumber, bool]] = {}
            for known, record_id, superseded in self._numbers.get(said.number, ()):
                sure = agrees(said, known)
                if sure > fits.get(record_id, (0.0, known, False))[0]:
                    fits[record_id] = (sure, known, superseded)
            best = max((sure for sure, _, _ in fits.values()), default=0.0)
            chosen = {r: f for r, f in fits.items() if f[0] >= best - 0.05}
            for record_id, (sure, known, superseded) in chosen.items():
                head = len(said.written_body) - said.issuer_length(known)
                start, end = folded.span(said.start + head, said.end)
                surface = Surface(record_id, "policy", "", "doc_number", 1.0, superseded)
                share = 1.0 if len(chosen) == 1 else 0.8
                found.append(_at(surface, (start, end), "doc_number", sure * share))
        return found

    def _identified(self, text: str) -> list[Mention]:
        found: list[Mention] = []
        for ref in identifiers(text):
            owners = self.owners.of(ref)
            for record_id in owners:
                kind: RecordKind = "resource" if isinstance(self.records[record_id], Resource) else "policy"
                surface = Surface(record_id, kind, "", "identifier", 0.97)
                share = 1.0 if len(owners) == 1 else 0.75
                found.append(_at(surface, (ref.start, ref.end), "identifier", share))
        return found


def _host_names(record: Resource) -> tuple[str, ...]:
    if record.host is None:
        return ()
    pieces = re.split(r"[（）(),，、/；;]", f"{record.host.zh}、{record.host.en}")
    return tuple(p for piece in pieces if len(p := fold(piece).text.strip().lower()) >= 4)


def _initial_forms(bare: str, words: Sequence[str], short: ShortForms) -> set[str]:
    """First letters of the name, whole and without one or two of its common words."""
    droppable = [i for i, word in enumerate(words[:-1]) if short.weight(word) < 0.5][:4]
    letters = initials_of(bare)
    if len(letters) != len(bare):
        return set()
    pieces, at = [], 0
    for word in words:
        pieces.append(letters[at : at + len(word)])
        at += len(word)
    forms = {"".join(pieces)}
    for mask in range(1, 1 << len(droppable)):
        dropped = {droppable[i] for i in range(len(droppable)) if mask >> i & 1}
        forms.add("".join(p for i, p in enumerate(pieces) if i not in dropped))
    return {form for form in forms if len(form) >= _MIN_INITIALS}


def _at(surface: Surface, span: tuple[int, int], how: How, factor: float) -> Mention:
    confidence = round(min(1.0, surface.confidence * factor), 3)
    return Mention(surface.record_id, surface.kind, "", span[0], span[1], how, confidence, surface.superseded)


def _mention(
    surface: Surface, tokens: Sequence[Token], first: int, last: int, how: How, factor: float
) -> Mention:
    return _at(surface, (tokens[first].start, tokens[last - 1].end), how, factor)
