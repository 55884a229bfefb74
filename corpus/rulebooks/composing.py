"""A stored text and the operations of a decision -> the text that it makes, or why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.documents.numbering import counted
from corpus.records import PolicyVersion, VersionArticle
from corpus.rulebooks.drafting import Key, Operation
from corpus.rulebooks.errors import RulebookInvalid
from corpus.rulebooks.parser import parse
from corpus.rulebooks.records import FullText, Given

GONE = {True: "（本条已删去）", False: "(This article was deleted.)"}
"""Ours, in Chinese or English, where the number of a deleted article is not given to another."""


@dataclass(slots=True)
class _Held:
    """One article while it is changed; `key` is its number before, None for one that is added."""

    key: Key | None
    now: Key
    text: str
    article: VersionArticle | None = None


class CannotApply(Exception):
    """An operation does not fit the text."""


class Composition:
    """The articles of a version, changed item by item."""

    def __init__(self, base: PolicyVersion, *, recount: bool) -> None:
        """`recount`: the decision has its articles numbered anew."""
        self._base, self._recounts = base, recount
        self._chinese = not any(one.no.startswith(("Article", "Section")) for one in base.articles)
        self._held = [_Held(key, key, one.text, one) for one in base.articles if (key := _key(one))]
        self.touched: dict[int, set[Key]] = {}
        """By number of an item: the articles that it changes, as they are numbered in the end."""
        self._changed: list[tuple[int, _Held]] = []

    def apply(self, item: int, operations: Sequence[Operation]) -> None:
        """All operations of an item or none. Raises CannotApply."""
        before = [replace(one) for one in self._held], list(self._changed)
        try:
            for one in operations:
                self._one(item, one)
        except CannotApply:
            self._held, self._changed = before
            raise

    def _place_of(self, key: Key) -> int:
        """Where an article of that number comes to stand: by its rank where all are counted anew."""
        if not self._recounts or key[1]:
            return next((at for at, held in enumerate(self._held) if held.now >= key), len(self._held))
        before = 0
        for at, held in enumerate(self._held):
            if held.text and not held.now[1]:
                before += 1
                if before == key[0]:
                    return at
        return len(self._held)

    def _find(self, key: Key | None) -> _Held:
        for one in self._held:
            if one.key == key and key is not None:
                return one
        raise CannotApply(f"there is no article {key}")

    def _one(self, item: int, one: Operation) -> None:
        if one.kind == "insert":
            assert one.key is not None
            made = _Held(None, one.key, one.new)
            self._held.insert(self._place_of(one.key), made)
            self._changed.append((item, made))
            return
        if one.kind == "words" and one.key is None:
            found = [held for held in self._held if one.old in held.text]
            if not found:
                raise CannotApply("the words stand nowhere")
            for held in found:
                held.text = held.text.replace(one.old, one.new)
                self._changed.append((item, held))
            return
        held = self._find(one.was if one.kind == "renumber" else one.key)
        self._changed.append((item, held))
        if one.kind == "renumber":
            assert one.key is not None
            held.now = one.key
        elif one.kind == "delete" and one.place is None:
            held.text = ""
        elif one.kind == "replace" and one.place is None:
            held.text = one.new
        else:
            self._inside(held, one)

    def _inside(self, held: _Held, one: Operation) -> None:
        """A change of a paragraph, an item or words within an article whose other words stay."""
        if one.kind == "words" and one.place is None:
            if one.old not in held.text:
                raise CannotApply("the article has no such words")
            held.text = held.text.replace(one.old, one.new)
            return
        if held.article is None or held.text != held.article.text:
            raise CannotApply("its paragraphs were changed before")
        parts = {part.id: part for part in held.article.parts}
        if one.kind == "paragraph":
            number = int((one.place or "p0")[1:])
            if number == sum("." not in id_ for id_ in parts) + 1:
                held.text = f"{held.text}\n{one.new}"
            elif part := parts.get(f"p{number}"):
                held.text = f"{held.text[: part.start]}{one.new}\n{held.text[part.start :]}"
            else:
                raise CannotApply("there is no place for that paragraph")
            return
        part = parts.get(one.place or "")
        if part is None:
            raise CannotApply("the article has no such paragraph")
        own = [other for id_, other in parts.items() if id_ == part.id or id_.startswith(f"{part.id}.")]
        start, end = part.start, max(other.end for other in own)
        words = held.text[start:end]
        if one.kind == "words":
            if one.old not in words:
                raise CannotApply("the paragraph has no such words")
            words = words.replace(one.old, one.new)
        elif one.kind == "replace":
            words = one.new
        else:
            if part.label:
                raise CannotApply("the items behind it would have to be counted anew")
            words = ""
        held.text = "\n".join(
            kept for kept in (held.text[:start].rstrip("\n"), words, held.text[end:].lstrip("\n")) if kept
        )

    @property
    def renumbers(self) -> bool:
        return self._recounts or any(one.key not in (None, one.now) for one in self._held)

    def result(self, given: Given) -> FullText:
        """The whole text. Raises CannotApply where its numbers do not fit together."""
        if self._recounts:
            self._held = [one for one in self._held if one.text]
            self._recount()
        numbers = [one.now for one in self._held]
        if len(set(numbers)) != len(numbers) or numbers != sorted(numbers):
            raise CannotApply("two articles would have one number, or stand in the wrong order")
        lines = [given.title or "", ""]
        blank = "\u3000" if self._chinese else " "
        lines += [f"{self._label(one.now)}{blank}{one.text or GONE[self._chinese]}\n" for one in self._held]
        try:
            text = parse("\n".join(lines).encode(), given, origin="composed")
        except RulebookInvalid as fault:
            raise CannotApply(str(fault)) from fault
        if [_key(one) for one in text.articles] != numbers:
            raise CannotApply("the changed words are read as articles of their own")
        for item, held in self._changed:
            self.touched.setdefault(item, set()).add(held.now)
        chapters: str | None = None
        made = []
        for held, one in zip(self._held, text.articles, strict=True):
            chapters = held.article.chapter if held.article else chapters
            made.append(one.model_copy(update={"chapter": chapters, "start": 0, "end": 0, "page": None}))
        front = [one for one in self._base.articles if one.anchor.startswith("preamble")]
        back = [one for one in self._base.articles if not (_key(one) or one in front)]
        return text.model_copy(update={"articles": (*front, *made, *back)})

    def _recount(self) -> None:
        """Numbers from one on, those with 之 behind their own; what the decision numbers must come out so."""
        number = inserted = 0
        for held in self._held:
            wanted = held.now if held.key is None or held.now != held.key else None
            if held.now[1]:
                inserted += 1
            else:
                number, inserted = number + 1, 0
            held.now = (number, inserted)
            if wanted is not None and wanted != held.now:
                raise CannotApply(f"the article that the decision calls {wanted} would be {held.now}")

    def _label(self, key: Key) -> str:
        number, inserted = key
        if not self._chinese:
            return f"Article {number}" + (f"-{inserted}" if inserted else "")
        return f"第{counted(number)}条" + (f"之{counted(inserted)}" if inserted else "")


def _key(article: VersionArticle) -> Key | None:
    parts = article.anchor.split("-")
    return (int(parts[1]), int(parts[2]) if len(parts) > 2 else 0) if parts[0] == "art" else None
