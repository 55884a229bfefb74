"""Decisions that amend: what each of their items changes stands on the article that it changes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from corpus.records import Article, Change, Note, Policy, Text
from corpus.rulebooks import marks
from corpus.rulebooks.matching import plain_title
from corpus.texts import shortened
from corpus.versions import first_day

_DECISION = re.compile(
    r"关于(?:修改|修正|修订)《(?P<name>[^《》]+)》(?:[（(][^（）()]*[）)])?(?:的?(?:部分|有关)条款)?的(?:决定|通知|公告|令)$"
)
_QUOTED = re.compile(r"“[^“”]*(?:“[^“”]*”[^“”]*)*”|「[^「」]*」")
_LABEL = re.compile(r"第\s*[零〇一二两三四五六七八九十百千\d]+\s*条(?:\s*之\s*[一二三四五六七八九十\d]+)?")
_REPLACED = re.compile(r"“([^“”]{2,80})”[^“”]{0,10}(?:修改为|改为|替换为)“")
_LONGEST = 600
"""Characters of an item in a note; the decision has all of them."""


def amended(policies: Sequence[Policy]) -> list[Policy]:
    """The documents with the changes of each article that a stored decision makes after their own text.

    The words of the article stay as they are stored; a change quotes the decision. A text that began with the
    decision or later has it in its words already.
    """
    found = {policy.id: policy for policy in policies}
    for decision in policies:
        named = _DECISION.search(re.sub(r"\s", "", decision.title.zh))
        since = decision.effective or decision.issued
        if named is None or since is None or not decision.versions:
            continue
        wanted = plain_title(named["name"])
        for target in policies:
            meant = target.id != decision.id and wanted in {plain_title(one) for one in _names(target)}
            if meant and not _has(target, since):
                found[target.id] = _with_changes(found[target.id], decision, since)
    return [found[policy.id] for policy in policies]


def _names(policy: Policy) -> Iterable[str]:
    return policy.title.zh, *policy.aliases


def _has(target: Policy, since: str) -> bool:
    """True where what is held of the target is as new as the decision."""
    current = next((one for one in target.versions if one.version == target.current), None)
    days = [current.start] if current else [target.effective, target.issued]
    days += [one.effective or one.date for one in target.amendments]
    return any(first_day(day) >= first_day(since) for day in days if day)


def _with_changes(target: Policy, decision: Policy, since: str) -> Policy:
    changes: dict[str, list[Change]] = {}
    for item in decision.articles:
        words = " ".join((item.text or "").split())
        for anchor in _changed(words, target):
            told = _told(decision, item, since, shortened(words, _LONGEST))
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
    told = Text(
        zh=f"《{title}》（{day}）自{since}起修改本文件；所存文本为修改前的文本，有关条文下注明修改内容。",
        en=f"Amended from {since} by 《{title}》 ({day}); the text held is that before, and the articles "
        "concerned say what changes.",
    )
    caution = Note(kind="caution", text=told, record=decision.id)
    return target.model_copy(update={"articles": articles, "notes": (*target.notes, caution)})


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


def _told(decision: Policy, item: Article, since: str, words: str) -> Text:
    title, day = decision.title.zh, decision.issued or since
    return Text(
        zh=f"《{title}》（{day}）{item.no}自{since}起修改本条：{words}",
        en=f"Amended from {since} by 《{title}》 ({day}), {item.no}: {words}",
    )
