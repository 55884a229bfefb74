"""Decisions that amend: a dated version of the words, and on each article what changed or changes it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from corpus.records import Article, Change, Note, Policy, PolicyVersion, Text
from corpus.rights import strictest
from corpus.rulebooks import marks
from corpus.rulebooks.composing import CannotApply, Composition
from corpus.rulebooks.drafting import read_item
from corpus.rulebooks.matching import plain_title
from corpus.rulebooks.records import FullText, Given
from corpus.seen import article_label
from corpus.texts import shortened
from corpus.versions import first_day, in_order, version_on, with_words

_DECISION = re.compile(
    r"关于(?:修改|修正|修订)《(?P<name>[^《》]+)》(?:[（(][^（）()]*[）)])?(?:的?(?:部分|有关)条款)?的(?:决定|通知|公告|令)$"
)
_ENGLISH = re.compile(
    r"\b(?:amending|to amend|on (?:the )?amendments? (?:of|to)|amendments? to)\s+(?:the\s+)?"
    r"[“\"《]?(?P<name>[^“”\"《》]+?)[”\"》]?(?:\s*\((?:No\.?\s*)?\d+\))?$",
    re.I,
)
_QUOTED = re.compile(r"“[^“”]*(?:“[^“”]*”[^“”]*)*”|「[^「」]*」")
_LABEL = re.compile(r"第\s*[零〇一二两三四五六七八九十百千\d]+\s*条(?:\s*之\s*[一二三四五六七八九十\d]+)?")
_REPLACED = re.compile(r"“([^“”]{2,80})”[^“”]{0,10}(?:修改为|改为|替换为)“")
_LONGEST = 600
"""Characters of an item in a note; the decision has all of them."""


def amended(policies: Sequence[Policy], today: date) -> list[Policy]:
    """The documents as the stored decisions make them, the earliest decision first.

    Items in the closed forms of drafting make a dated version of the words; what another item changes is told
    on the article, whose words stay. A text that began with the decision or later has it in its words.
    """
    found = {policy.id: policy for policy in policies}
    decisions = [
        (since, decision, wanted)
        for decision in policies
        if (wanted := _amends(decision)) and (since := decision.effective or decision.issued)
    ]
    for since, decision, wanted in sorted(decisions, key=lambda one: (first_day(one[0]), one[1].id)):
        for id_, target in list(found.items()):
            meant = id_ != decision.id and wanted in {plain_title(one) for one in _names(target)}
            if meant and not _has(target, since):
                found[id_] = _amend(target, decision, since, today)
    return [found[policy.id] for policy in policies]


def _amends(decision: Policy) -> str | None:
    """The plain title of the document that a stored decision amends."""
    if not decision.versions:
        return None
    named = _DECISION.search(re.sub(r"\s", "", decision.title.zh)) or _ENGLISH.search(decision.title.en)
    return plain_title(named["name"]) if named else None


def _names(policy: Policy) -> Iterable[str]:
    return policy.title.zh, policy.title.en, *policy.aliases


def _has(target: Policy, since: str) -> bool:
    """True where what is held of the target is as new as the decision."""
    current = next((one for one in target.versions if one.version == target.current), None)
    days = [current.start] if current else [target.effective, target.issued]
    days += [one.effective or one.date for one in target.amendments]
    return any(first_day(day) >= first_day(since) for day in days if day)


@dataclass(frozen=True, slots=True)
class _Composed:
    text: FullText
    touched: dict[int, set[tuple[int, int]]]
    """By place of an item: the numbers of the articles that it changed."""
    base: PolicyVersion


def _amend(target: Policy, decision: Policy, since: str, today: date) -> Policy:
    composed = _compose(target, decision, since)
    if composed is None or first_day(since) > today.isoformat():
        return _with_changes(target, decision, since, {})
    base, text = composed.base, composed.text
    version = PolicyVersion(
        version=since,
        issued=decision.issued,
        effective=since,
        until=base.until,
        status=base.status,
        doc_number=base.doc_number,
        source=base.source,
        sha256=text.sha256,
        composed=(
            *base.composed,
            *(f"{decision.id}#{decision.articles[item].key}" for item in sorted(composed.touched)),
        ),
        articles=text.articles,
    )
    before = base.model_copy(update={"until": since, "status": "superseded"})
    versions = in_order([*(before if one is base else one for one in target.versions), version])
    numbers = [one.number or 0 for one in text.articles]
    # A digest tells the wording that it was written for; where that changed, the note on the article says so.
    digests = [one.model_copy(update={"text": None}) for one in target.articles if one.digest is not None]
    current = version_on(target.model_copy(update={"versions": versions}), today)
    update: dict[str, object] = {"versions": versions, "current": current.version if current else None}
    if current is version:
        update |= {"articles": with_words(digests, text.articles), "last_article": max(numbers) or None}
    done = composed.touched if current is version else {}
    return _with_changes(target.model_copy(update=update), decision, since, done)


def _compose(target: Policy, decision: Policy, since: str) -> _Composed | None:
    """The text that the decision makes of the newest one before it; None where that cannot be told.

    Only where whoever sees the document sees the decision too, so that no view has words of a hidden one.
    """
    labels = [decision.label, *(article_label(decision, one) for one in decision.articles)]
    if strictest(target.label, *labels) != target.label:
        return None
    known = [one for one in target.versions if one.start and first_day(one.start) < first_day(since)]
    if not known or known[-1].missing_pages or known[-1].status == "draft":
        return None
    items = [read_item(one.text or "") for one in decision.articles]
    recount = any(one.recount for one in items)
    composition = Composition(known[-1], recount=recount)
    failed = applied = False
    for place, one in enumerate(items):
        try:
            if one.operations is None:
                raise CannotApply("it is in no form that is known")
            composition.apply(place, one.operations)
            applied |= bool(one.operations)
        except CannotApply:
            failed = True
    # With an item left out the numbers would be others; a digest has no place under another number.
    if not applied or (composition.renumbers and (failed or any(one.digest for one in target.articles))):
        return None
    try:
        text = composition.result(Given(title=target.title.zh, effective=since))
    except CannotApply:
        return None
    return _Composed(text, composition.touched, known[-1])


def _with_changes(
    target: Policy, decision: Policy, since: str, done: Mapping[int, set[tuple[int, int]]]
) -> Policy:
    """With what each item changes told on its articles; `done`: by place, of items that the words hold."""
    changes: dict[str, list[Change]] = {}
    left = 0
    for place, item in enumerate(decision.articles):
        words = " ".join((item.text or "").split())
        told = _told(decision, item, since, shortened(words, _LONGEST), done=place in done)
        anchors = [_anchor(one) for one in sorted(done[place])] if place in done else _changed(words, target)
        left += bool(anchors) and place not in done
        for anchor in anchors:
            change = Change(policy=decision.id, part=item.key, since=since, told=told)
            if change not in changes.setdefault(anchor, []):
                changes[anchor].append(change)
    if not changes:
        return target
    articles = tuple(
        one.model_copy(update={"changes": (*one.changes, *changes[one.anchor])})
        if one.anchor in changes
        else one
        for one in target.articles
    )
    title, day = decision.title.zh, decision.issued or since
    text = (_MADE_IN_PART if left else _MADE) if done else _TOLD_ONLY
    told = Text(
        zh=text.zh.format(title=title, day=day, since=since),
        en=text.en.format(title=decision.title.en, day=day, since=since),
    )
    caution = Note(kind="caution", text=told, record=decision.id)
    return target.model_copy(update={"articles": articles, "notes": (*target.notes, caution)})


_TOLD_ONLY = Text(
    zh="《{title}》（{day}）自{since}起修改本文件；所存文本为修改前的文本，有关条文下注明修改内容。",
    en="Amended from {since} by 《{title}》 ({day}); the text held is that before, and the articles "
    "concerned say what changes.",
)
_MADE = Text(
    zh="《{title}》（{day}）自{since}起修改本文件；所示文本由本站按该决定合成，请以官方重新公布的文本为准。",
    en="Amended from {since} by 《{title}》 ({day}); the text shown was put together here as the decision "
    "says: check it against the one published anew.",
)
_MADE_IN_PART = Text(
    zh="《{title}》（{day}）自{since}起修改本文件；所示文本由本站按该决定合成，有的修改未能合入，见有关条文下的说明；"
    "请以官方重新公布的文本为准。",
    en="Amended from {since} by 《{title}》 ({day}); the text shown was put together here as the decision "
    "says. Some items could not be worked in and are told on their articles: check it against the one "
    "published anew.",
)


def _anchor(key: tuple[int, int]) -> str:
    return f"art-{key[0]}" + (f"-{key[1]}" if key[1] else "")


def _changed(words: str, target: Policy) -> list[str]:
    """Anchors of the articles that an item names, else of those that hold the words that it replaces."""
    anchors = {one.anchor for one in target.articles}
    bare = _QUOTED.sub("", words)
    found: list[str] = []
    for label in _LABEL.findall(bare):
        if (mark := marks.article(label)) is not None:
            own = f"art-{mark.number}"
            exact = f"{own}-{mark.inserted}" if mark.inserted else own
            # An article that is to be added stands behind the one whose number it takes.
            found.append(exact if exact in anchors else own)
    if not found and (replaced := _REPLACED.search(words)):
        old = replaced[1]
        found = [one.anchor for one in target.articles if old in (one.text or "")]
    return found


def _told(decision: Policy, item: Article, since: str, words: str, *, done: bool) -> Text:
    title, day = decision.title.zh, decision.issued or since
    zh = "起修改，所示为修改后的文本" if done else "起修改本条"
    en = "as shown" if done else "the words shown are those before"
    return Text(
        zh=f"《{title}》（{day}）{item.no}自{since}{zh}：{words}",
        en=f"Amended from {since} by 《{decision.title.en}》 ({day}), {item.no}, {en}: {words}",
    )
