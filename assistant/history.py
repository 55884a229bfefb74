"""What a conversation has been about: the state that follow-up questions are read against."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from assistant.cues import Attribute
from assistant.records import Language
from retrieval.analysis import content_words

KEPT_TURNS = 8


@dataclass(frozen=True, slots=True)
class PastTurn:
    """One answered question.

    `named` are records in the order the question named them, `shown` those the answer was about, best
    first; `places` are (record id, part) of the cited articles. `query` is the standalone form.
    """

    question: str
    query: str
    language: Language
    status: str
    named: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    places: tuple[tuple[str, str], ...] = ()
    intent: str = "find"
    attributes: tuple[Attribute, ...] = ()
    core: str = ""
    offered: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    provinces: tuple[str, ...] = ()
    access: tuple[str, ...] = ()
    as_of: str | None = None
    """The day that its wording named: questions that lean on it stay on that day."""

    @property
    def asked(self) -> frozenset[Attribute]:
        """The attributes that were asked for."""
        return frozenset(self.attributes)


@dataclass(frozen=True, slots=True)
class History:
    """Past turns, oldest first."""

    turns: tuple[PastTurn, ...] = field(default=())

    @property
    def last(self) -> PastTurn | None:
        return self.turns[-1] if self.turns else None

    @property
    def last_topical(self) -> PastTurn | None:
        """The last turn that was about some record: thanks and refusals in between do not count."""
        return next((t for t in reversed(self.turns) if t.shown or t.named or t.intent == "list"), None)

    def with_turn(self, turn: PastTurn) -> History:
        return History((*self.turns, turn)[-KEPT_TURNS:])

    def to_state(self) -> dict[str, Any]:
        """JSON for the conversation's row."""
        return {"turns": [asdict(turn) for turn in self.turns]}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> History:
        turns = []
        for one in state.get("turns", []):
            told: dict[str, Any] = {
                name: tuple(value) if isinstance(value, list) else value for name, value in one.items()
            }
            told["places"] = tuple((a, b) for a, b in one["places"])
            turns.append(PastTurn(**told))
        return cls(tuple(turns))


_NEW_TOPIC = re.compile(
    r"换个?(话题|问题)|另(外)?(问|一个问题)|再问(一)?个(别的|另外)|不说这个|别的问题|顺便问|"
    r"\b(new|different|another|other) (topic|question|subject)|\bby the way\b|\bunrelated\b|\bchange of topic|\bswitching topic",
    re.I,
)
_POINTS_BACK = re.compile(
    r"^(那|那么|那它|它|这|该|其|此|还有|另外|然后|接着|以后|之后|如果|要是|后面|前面|前者|后者|上面|刚才|同样)|"
    r"(它|这个|那个|这些|那些|该(中心|库|平台|站|装置|办法|条例|法|机构|单位)|这(家|里|儿|条|部|份|项|种|两)|那(家|里|儿|条|部|份|项|种|边)|上述|前面(说|提)|刚才|前者|后者|拿到以后|拿到后|做完|用完|交完|受控的话|这样的话)|呢[?？]?$|"
    r"^(and|so|then|what about|how about|also|but|ok|okay|or)\b|\b(it|its|they|them|their|that|this|these|those|(?<!\bare )(?<!\bis )there(?! (?:is|are)\b)|he|she|the same|the former|the latter|such)\b|\bthe (first|second|third|last|other) (one|two)?|"
    r"^(when|who|where|how|why|how much|how long|which article|in which)\b.{0,18}$",
    re.I,
)
_ORDINALS: tuple[tuple[re.Pattern[str], int], ...] = (
    (
        re.compile(
            r"第一(个|家|种|所)|前者|前(面)?(这|那)?(个|家|种|座|一个|一家)|\bthe (first|former)\b", re.I
        ),
        0,
    ),
    (re.compile(r"第二(个|家|种|所)|\bthe second\b", re.I), 1),
    (re.compile(r"第三(个|家|种|所)|\bthe third\b", re.I), 2),
    (
        re.compile(
            r"后者|后(面)?(这|那)?(个|家|种|座|一个|一家)|最后(这|那)?(个|一个)|\bthe (last|latter)\b", re.I
        ),
        -1,
    ),
)
_OF_TWO = re.compile(r"前者|后者|\bthe (former|latter)\b", re.I)
_PRONOUN = re.compile(
    r"它|这个|那个|该(?=中心|库|平台|站|装置|办法|条例|法)|\b(it|its|they|their|this|that)\b", re.I
)

_CORRECTS = re.compile(
    r"^(不是|不对|错了|说错|弄错|搞错|我(是)?(说|问|指)的是|我要(问|找|说)的是)|(说|弄|搞)错了|我(要)?(问|说|指|找)的是|不是(这|那)个|"
    r"^(no|not that|sorry|wrong|i mean)\b|\bi (meant|mean)\b|\bnot that one\b",
    re.I,
)
_RETURNS = re.compile(
    r"^(那|好的?[，,]?|还是)?(回到|说回|回头说)|(回到|回头|说回|再说|再问).{0,6}(刚才|之前|前面|最开始|第一个问题|那个)|(刚才|之前|前面|最开始)(那|说|问|提)|"
    r"\b(back to|returning to|going back)\b|\bearlier\b|\bthe first (thing|topic|one) (i|we)\b",
    re.I,
)

_MEANT = re.compile(
    r"(?:要|问|说|指|找|应该|而|[，,。 ])(?:的)?是([^，。,;；?？]{2,24})|\b(?:i (?:meant|mean)|rather)\s+(?:the\s+)?([^,.;?]{3,48})",
    re.I,
)


def meant(text: str) -> str | None:
    """What a correction puts in place of the last subject: 「我要的是种质资源库」."""
    found = _MEANT.search(text)
    return (found[1] or found[2]).strip() if found else None


_REJECTED = re.compile(
    r"(?:不是|不要|并非|而非|别(?:看|要))([^，。,;；?？]{2,30})|\bnot (?:the )?([^,.;?]{3,48})", re.I
)


def rejected(text: str) -> str | None:
    """What a correction sets aside: 「不是数据中心」."""
    found = _REJECTED.search(text)
    return (found[1] or found[2]).strip() if found else None


_SIBLING = re.compile(
    r"有没有(同类|类似|相似|别的|其他)|(同类|类似)的|\b(anything|something|one) similar\b|\bsimilar (one|bank|cent|facilit)|^(那|那么)?[^，。？?它这该]{1,10}的(那|这)?(个|家|种|边|一个)?(库|中心|装置|平台|站)?(呢|怎么样|有吗)[?？]?$|[^，。？?]{1,10}的那(个|家|座|种)[^，。？?]{0,4}呢|^(那|那么)?(?!刚才|前面|后面|上面|下面|之前|还是|最|第)[^，。？?它这该]{1,8}的?那(个|家|座|种)(?![^，。？?]{12})"
    r"|^(and |so )?(what|how) about (the |a )?[^?]{2,40}\bones?\b|^(and )?the [^?]{2,30} one\?*$",
    re.I,
)


def asks_sibling(text: str) -> bool:
    """True for 「上海的呢」 and "what about the freshwater one": the same question of another of its kind."""
    return bool(_SIBLING.search(text)) and not re.search(r"\b(second|first|third|last|other)\b", text, re.I)


_RELATIVE: tuple[tuple[re.Pattern[str], int], ...] = (
    (re.compile(r"下一?条|后一条|\b(next|following) (article|one)\b", re.I), 1),
    (re.compile(r"上一条|前一条|\b(previous|preceding) (article|one)\b", re.I), -1),
    (
        re.compile(
            r"(这|那)?(是|在)?第几条|哪一?条(说|规定|写)|(which|what) article (is|was|says) (that|this)|\bwhich article\??$",
            re.I,
        ),
        0,
    ),
)


def relative_article(text: str) -> int | None:
    """How far from the article talked about: 1 for 「下一条」, 0 for 「这是第几条说的」; None otherwise."""
    if len(text) > 40:
        return None
    return next((step for pattern, step in _RELATIVE if pattern.search(text)), None)


def corrects(text: str) -> bool:
    """True for 「不是这个，是海洋的」: the last subject was wrong, its question stands."""
    return bool(_CORRECTS.search(text))


def returns(text: str) -> bool:
    """True for 「回到刚才那个中心」 and "back to the first topic"."""
    return bool(_RETURNS.search(text))


def back_to(text: str, history: History, describe: Callable[[str], str]) -> PastTurn | None:
    """The earlier turn that is meant: the last one that fits its words, else the last with another subject.

    `describe` gives the names of a record.
    """
    topical = [turn for turn in history.turns if turn.shown or turn.named or turn.intent == "list"]
    if not topical:
        return None
    words = [word for word in content_words(_RETURNS.sub(" ", text)) if len(word) > 1]
    current = (topical[-1].shown or topical[-1].named)[:1]
    fits = [
        (sum(word in _said(turn, describe) for word in words), place) for place, turn in enumerate(topical)
    ]
    if _FIRST_TOPIC.search(text):
        return topical[0]
    best = max(fits)
    if best[0] > 0:
        return topical[best[1]]
    others = [turn for turn in topical if (turn.shown or turn.named)[:1] != current]
    return others[-1] if others else None


def _said(turn: PastTurn, describe: Callable[[str], str]) -> str:
    subject = (turn.named or turn.shown)[:1]
    return " ".join([turn.question, *turn.provinces, *map(describe, subject)]).lower()


_FIRST_TOPIC = re.compile(r"最(开始|初|早)|第一个(问题|话题)|\bfirst (question|topic|thing)\b", re.I)

_TWO = re.compile(
    r"(这|那|它们?|前面|刚才|上面|以上)?(两|二)(个|家|者|种|份|部|座)|两者|二者|它们|这些|\b(the two|both|them|these two|those two|each other)\b",
    re.I,
)


_INSTEAD = re.compile(
    r"^(?:那|那么|要是|如果是|换成|换)([^，。,;；?？它这该]{1,12}?)的?(?:呢|又如何|怎么样|也一样吗|也要吗|也是吗)[?？]?$"
    r"|^(?:and |so )?(?:what|how) about (?:the |a |an )?([^,.;?]{2,40})\??$"
    r"|^and (?!(?:the|its?|they|their|this|that|these|those|what|which|who|whom|whose|how|when|where|why|if|is|are|was|does|do|did"
    r"|can|could|may|must|should|will|would|in|at|for|from|on|with|without|by|after|before|then|to|my|we|i)\b)([^,.;?]{3,40})\?$",
    re.I,
)


def instead(text: str) -> str | None:
    """What 「那数据呢」, "what about cell lines" or "and sea ice?" puts in the place of the last subject."""
    found = _INSTEAD.search(text)
    return next(group for group in found.groups() if group).strip() if found else None


def points_at_two(text: str) -> bool:
    """True for 「这两个」, 「两者」, "the two": subjects of the talk, not of the question."""
    return bool(_TWO.search(text))


def pair(history: History) -> tuple[str, ...]:
    """The two subjects talked about last: those of one comparison or list, else of the last two topics."""
    last = history.last_topical
    if last is None:
        return ()
    if len(last.named) > 1:
        return last.named[:4]
    if last.intent == "list" and len(last.offered) > 1:
        return last.offered[:4]
    subjects: list[str] = []
    for turn in reversed(history.turns):
        for one in (turn.named or turn.shown)[:1]:
            if one not in subjects:
                subjects.append(one)
    if len(subjects) > 1:
        return subjects[1], subjects[0]
    return last.offered[:2] if len(last.offered) > 1 else ()


_OTHER = re.compile(
    r"另外?(?:一|那)?(?:个|家|座|所|种)(?!问题|话题|事|方面)|\bthe other(?: one)?\b(?! (?:topic|question|day|way|hand|side|part))",
    re.I,
)


def other_one(text: str, history: History) -> str | None:
    """The record that 「另一个」 or "the other one" means: of the last two, the one not talked about now."""
    last = history.last_topical
    if last is None or not _OTHER.search(text):
        return None
    current = (last.shown or last.named)[:1]
    pairs = [
        two
        for turn in reversed(history.turns)
        for two in (turn.named, turn.offered)
        if len(two) > 1 and set(current) <= set(two)
    ]
    return next((one for one in (pairs[0] if pairs else pair(history)) if one not in current), None)


_WHICH_OF = re.compile(
    r"(?:这|那|它们|其|上面|前面|两|几)[^，。？?]{0,6}(?:里|中|间|当中)?[^，。？?]{0,4}哪一?(?:个|家|座|所)|^(?:那)?哪一?(?:个|家|座|所)(?:是|在|位于)"
    r"|\bwhich (?:one )?(?:of (?:the |these |those )?(?:two|three|both|them|these|those|ones)|one)\b",
    re.I,
)


def picks_among(text: str) -> bool:
    """True for 「这两个哪个在湖北」 and "which of them is in Shanghai": one of those talked about is meant."""
    return bool(_WHICH_OF.search(text))


_REFINES = re.compile(
    r"^(?:那|那就|我)?(?:只|仅|就)(?:想)?(?:要|看|找|限于?|列)([^，。？?吗]{2,20})$"
    r"|^(?:please )?(?:show (?:me )?)?(?:only|just) (?:the |those |show |from |by )*([^,.?]{3,40}?)(?:,? please)?\.?$",
    re.I,
)


def refines(text: str) -> str | None:
    """What 「只要国家级的」 or "only the national ones" asks of those just shown."""
    found = _REFINES.search(text)
    return (found[1] or found[2]).strip() if found else None


_SEVERAL = re.compile(
    r"^(?:那|那就|我)?(?:只|仅|就)(?:想)?(?:要|看|找|限)|(?:哪|那)些|\b(?:only|just) (?:the ones|those|ones)\b|\bthose (?:in|from)\b",
    re.I,
)


def keeps_several(text: str) -> bool:
    """True for 「只看上海的」 and "only those in Anhui": some of many, not the one beside the last."""
    return bool(_SEVERAL.search(text))


_BARE = re.compile(r"^and (?:for )?(?:the |an? )[^,.;?]{2,40}\??$", re.I)


def only_varies(text: str) -> bool:
    """True for "and the lowest one?": the same question, of another case of the same thing."""
    return bool(_BARE.search(text)) or asks_sibling(text)


def starts_afresh(text: str) -> bool:
    """True when the asker says that the topic changes."""
    return bool(_NEW_TOPIC.search(text))


def points_back(text: str) -> bool:
    """True when the wording leans on what was said before: pronouns, 那…, …呢, "and …"."""
    return bool(_POINTS_BACK.search(text))


def has_pronoun(text: str) -> bool:
    return bool(_PRONOUN.search(text))


def chosen(text: str, history: History) -> str | None:
    """The record that 「第二个」, 「后者」 or "the latter" picks out of what was offered, or None."""
    for pattern, place in _ORDINALS:
        if not pattern.search(text):
            continue
        if _OF_TWO.search(text) and len(two := pair(history)) > 1:
            return two[place]
        for turn in reversed(history.turns):
            offered: Sequence[str] = turn.named if len(turn.named) > 1 else turn.offered or turn.shown
            if len(offered) > max(place, 0):
                return offered[place] if len(offered) > 1 or place == 0 else None
    return None
