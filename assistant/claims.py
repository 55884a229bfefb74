"""Whether what a sentence says stands in the evidence it cites.

Addresses, numbers, names, permissions and words are looked at.

Every check is one-sided: it may drop a true sentence that is worded far from its evidence; what it
lets pass is in the evidence as far as these five can see. Meaning beyond them is not judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property

from assistant.language import detect_language
from assistant.numerals import Number, Stated, fold, numbers_in, shown_results, without_numbers
from assistant.polarity import contradicted
from assistant.records import Citation, Language
from corpus.addresses.finding import addresses_in
from corpus.addresses.owning import Own
from retrieval.analysis import content_terms, normalise

MUCH_ENGLISH = 12
"""Words: fewer are the other name of a record, not text to compare with."""
MIN_OVERLAP = 0.25
"""Least share of a sentence's content terms that its evidence must hold; measured in tests."""

_ABSENCE = re.compile(
    r"(?:没有?|未|并未|尚未|不曾)(?:说明|写明|提到|提及|注明|载明|收录|列出|给出|包含|涉及|规定|标明|直接|找到|明确)|"
    r"\b(?:do(?:es)?|did|is|are) not (?:say|state|mention|name|specify|list|give|cover|include|describe|tell|"
    r"stated|mentioned|named|specified|given)|\bno (?:record|article|evidence|information|mention)\b",
    re.I,
)
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-'][A-Za-z0-9]+)*")
_KIND_OF_UNIT = (
    "大学|学院|研究所|研究院|研究中心|实验室|医院|公司|集团|委员会|"
    "科技部|教育部|科学院|基金会|协会|学会|管理局"
)
_ORGANISATION = re.compile(rf"[\u4e00-\u9fff]{{2,12}}?(?:{_KIND_OF_UNIT})")
_NAME_END = re.compile(rf"(..)({_KIND_OF_UNIT})$")
_NOT_A_NAME = re.compile(
    r"[该本此各某等的个家所些和与及或在是由向到按据为依托以对把被给其有所在任何原贵中方当同]$"
)
# Words any answer may use, whatever its evidence: they name no thing of the world.
_COMMON_LATIN = frozenset(
    """
    a an the i id url pdf doc docx excel word xml csv json api app e-mail email mail www http https vpn ip
    web online kewen article articles chapter chapters measures law regulation regulations rule rules
    chinese china english step note yes no if you your it they this that these those there
    to for in on at by of and or but as from with when
    where who what which how may must can please see first second third then next finally also however
    """.split()  # noqa: SIM905
)
_SCAFFOLD = re.compile(
    r"官方网站|官方网址|官方|官网|网址|网站|地址|网页|访问|详见|参见|查看|"
    r"进入|打开|登录|电话|联系方式|联系|邮箱|来源|文本|原文|依据|资料|记录|显示|"
    r"步骤如下|步骤|如下|具体|包括|说明|可以|根据|按照|规定|其|该|"
    r"\b(?:official|web ?sites?|web|address|homepage|urls?|links?|available|visit|phone|e-?mail|contact|"
    r"source|text|according|record|evidence|states?|says?|steps?|see)\b",
    re.I,
)


def urls_in(text: str) -> list[str]:
    """Addresses of the web in order of appearance, without the punctuation of the sentence around them."""
    found = (text[one.start : one.end] for one in addresses_in(text) if one.kind == "url")
    return [url for url in found if url.lower().startswith(("http://", "https://"))]


def without_addresses(text: str) -> str:
    """The text with addresses of every form taken out."""
    kept, at = [], 0
    for one in addresses_in(text):
        if one.kind != "loose" and one.start >= at:
            kept += [text[at : one.start], " "]
            at = one.end
    return "".join([*kept, text[at:]])


class Ground:
    """One citation made ready for looking things up in it."""

    def __init__(self, citation: Citation) -> None:
        self.citation = citation
        self.text = f"{citation.title}\n{citation.locator}\n{citation.quote}"

    @cached_property
    def folded(self) -> str:
        return normalise(self.text)

    @cached_property
    def languages(self) -> frozenset[Language]:
        """Languages that sentences can be compared in: that of the quote, and English where it has much."""
        words = re.findall(r"[A-Za-z]{2,}", without_addresses(self.citation.quote))
        found: set[Language] = {detect_language(self.citation.quote)}
        return frozenset(found | {"en"} if len(words) >= MUCH_ENGLISH else found)

    @cached_property
    def statements(self) -> str:
        return without_addresses(self.text)

    @cached_property
    def addresses(self) -> frozenset[str]:
        """Addresses that it holds: of a record, its own."""
        return frozenset(one.text.lower() for one in addresses_in(self.text))

    @cached_property
    def terms(self) -> frozenset[str]:
        return frozenset(content_terms(self.statements))


class Claims:
    """Judges sentences of one answer against its evidence."""

    def __init__(
        self,
        citations: Sequence[Citation],
        *,
        urls: Iterable[str] = (),
        question: str = "",
        language: Language | None = None,
    ) -> None:
        self._language = language
        self._grounds = {citation.number: Ground(citation) for citation in citations}
        self._urls = frozenset(urls)
        self._question = normalise(question)
        self._titles = normalise("\n".join(citation.title for citation in citations))
        self._stated: dict[tuple[int, ...], Stated] = {}
        self._results: set[Number] = set()

    def known(self, number: int) -> bool:
        """True when there is evidence of that number."""
        return number in self._grounds

    def fault(self, words: str, markers: Sequence[int]) -> str | None:
        """What of the sentence its evidence does not hold, in a few words; None when all of it stands.

        `words` is the sentence without markers; `markers` are numbers of existing evidence.
        """
        grounds = [self._grounds[number] for number in dict.fromkeys(markers)]
        if not grounds:
            return "no evidence is cited"
        bare = without_addresses(words)
        return (
            self._address_fault(words, grounds)
            or self._number_fault(bare, tuple(ground.citation.number for ground in grounds))
            or self._name_fault(bare, grounds)
            or self._polarity_fault(bare, grounds)
            or self._overlap_fault(words, bare, grounds)
        )

    def heading_fault(self, words: str) -> str | None:
        """As `fault` for a heading, which cites nothing and so may claim nothing."""
        grounds = list(self._grounds.values())
        bare = without_addresses(words)
        if bare != words:
            return "a heading with an address"
        return self._number_fault(bare, tuple(self._grounds)) or self._name_fault(bare, grounds)

    def _address_fault(self, words: str, grounds: Sequence[Ground]) -> str | None:
        own = {
            address
            for ground in grounds
            for address in (ground.citation.url, ground.citation.source_url)
            if address
        }
        allowed = Own({*own, *self._urls})
        told = frozenset().union(*(ground.addresses for ground in grounds))
        for one in addresses_in(words):
            if one.kind == "loose" or (one.kind != "url" and one.text.lower() in told):
                continue
            if one.kind in ("mail", "account") or allowed.part(one) < len(one.text):
                return f"address {one.text}"
        return None

    def _number_fault(self, bare: str, numbers: tuple[int, ...]) -> str | None:
        stated = self._stated.get(numbers)
        if stated is None:
            stated = self._stated[numbers] = Stated(self._grounds[number].statements for number in numbers)
        mentioned = numbers_in(bare, own_counts=False)
        missing = {number for number in mentioned if not stated.holds(number)} - self._results
        if missing:
            results = shown_results(bare, stated)
            self._results |= results
            missing = {one for one in missing if Number(one.kind, one.value) not in self._results}
        if missing:
            first = min(missing)
            return f"{first.kind} {first.value}{f' {first.unit}' if first.unit else ''}"
        return None

    def _name_fault(self, bare: str, grounds: Sequence[Ground]) -> str | None:
        known = "\n".join(ground.folded for ground in grounds) + "\n" + self._titles
        if _ABSENCE.search(bare):
            known += "\n" + self._question
        if self._spoken(bare) == "zh":
            for name in _LATIN.findall(bare):
                if len(name) > 1 and name.lower() not in _COMMON_LATIN and name.lower() not in known:
                    return f"name {name}"
            for organisation in _ORGANISATION.findall(normalise(bare)):
                core = _NAME_END.search(organisation)
                if core and not _NOT_A_NAME.search(core[1]) and core[1] + core[2] not in known:
                    return f"name {core[1]}{core[2]}"
            return None
        if any("en" not in ground.languages for ground in grounds):
            return None  # translated names cannot be compared
        starts = True
        for found in re.finditer(r"[A-Za-z][A-Za-z0-9]*(?:[-'’][A-Za-z0-9]+)*|[.:;!?\n“\"(]", bare):
            word = found[0]
            if not word[0].isalpha():
                starts = True
                continue
            acronym = len(word) > 1 and word.isupper()
            if (acronym or (word[0].isupper() and not starts)) and not self._knows_word(word, known):
                return f"name {word}"
            starts = False
        return None

    @staticmethod
    def _knows_word(word: str, known: str) -> bool:
        lowered = re.sub(r"['’]s$", "", word.lower())
        return lowered in _COMMON_LATIN or lowered in known or lowered.rstrip("s") in known

    def _spoken(self, bare: str) -> Language:
        """The language of a sentence; in a Chinese answer a line of names alone is Chinese too."""
        return "zh" if self._language == "zh" else detect_language(bare)

    def _across(self, bare: str, grounds: Sequence[Ground]) -> bool:
        """True when the words of some ground are of another language than the sentence."""
        return any(self._spoken(bare) not in ground.languages for ground in grounds)

    def _polarity_fault(self, bare: str, grounds: Sequence[Ground]) -> str | None:
        if _ABSENCE.search(bare) or self._across(bare, grounds):
            return None
        return contradicted(fold(bare), [fold(ground.statements) for ground in grounds])

    def _overlap_fault(self, words: str, bare: str, grounds: Sequence[Ground]) -> str | None:
        proven = bare != words or bool(numbers_in(bare, own_counts=False))
        terms = content_terms(_SCAFFOLD.sub(" ", without_numbers(bare)))
        if not terms:
            copied = normalise(bare).strip(" 。.!?;；,，-")
            lettered = any(char.isalpha() for char in copied)
            if proven or (lettered and any(copied in ground.folded for ground in grounds)):
                return None
            return "nothing that its evidence could show"
        if self._across(bare, grounds):
            return None
        known = set().union(*(ground.terms for ground in grounds))
        if _ABSENCE.search(bare):
            known |= set(content_terms(self._question))
        share = sum(term in known for term in terms) / len(terms)
        return None if share >= MIN_OVERLAP else f"only {share:.0%} of its words stand in what it cites"
