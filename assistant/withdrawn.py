"""Answers who asks for a record that was withdrawn: when, why, and what took its place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from assistant import replies
from assistant.access import Asker
from assistant.ahead import Ready
from assistant.evidence import OVERVIEW, Describer, Evidence, EvidenceBook
from assistant.reading.query import Query
from assistant.records import Language
from assistant.writing.draft import Draft
from corpus.records import Policy, Resource, Tombstone
from corpus.vocabulary import Vocabulary
from retrieval.analysis import normalise
from storage.records import Conversation

TOMBSTONE = "tombstone"
_SHORTEST = {True: 12, False: 6}
"""Letters of a name that is looked for in a question: ASCII, other."""


class WithdrawnDesk:
    """Knows tombstones by id, identifier and name; a name that a live record bears too is not looked for."""

    def __init__(
        self,
        tombstones: Sequence[Tombstone],
        records: Mapping[str, Resource | Policy],
        vocabulary: Vocabulary,
    ) -> None:
        self._records = records
        self._describer = Describer(vocabulary)
        living = {
            _plain(name) for one in records.values() if isinstance(one, Resource) for name in _names(one)
        }
        self._exact: dict[str, Tombstone] = {}
        self._names: dict[str, Tombstone] = {}
        for stone in tombstones:
            self._exact[stone.id.lower()] = stone
            for one in stone.identifiers:
                if one.scheme in ("doi", "cstr", "ark", "handle"):
                    self._exact.setdefault(one.value.lower(), stone)
            for name in (stone.name.zh, stone.name.en):
                plain = _plain(name)
                if len(plain) >= _SHORTEST[plain.isascii()] and plain not in living:
                    self._names.setdefault(plain, stone)

    async def answer(self, query: Query, conversation: Conversation, asker: Asker) -> Ready | None:
        """What became of the record that the question names; None when it names none that is gone."""
        stone = self._meant(query)
        if stone is None:
            return None
        language = query.language
        book = EvidenceBook()
        lines = [f"{line}{book.cite(_evidence(stone, language))}" for line in _told(stone, language)]
        successor = self._records.get(stone.successor or "")
        if not isinstance(successor, Resource):
            mark = book.cite(_evidence(stone, language))
            lines.append(f"{replies.WITHDRAWN_NONE.in_(language)}{mark}")
            return Ready(Draft("not_found", "\n".join(lines), book.citations()))
        mark = book.cite(self._describer.resource_evidence(successor, OVERVIEW, language))
        name = successor.name.in_(language)
        lines.append(f"{replies.WITHDRAWN_NEXT.in_(language).format(name=name)}{mark}")
        if successor.url:
            lines.append(f"{replies.FIELD['url'].in_(language)}{successor.url} {mark}")
        draft = Draft(
            "answered",
            "\n".join(lines),
            book.citations(),
            resources=(self._describer.card(successor, language),),
            follow_ups=(replies.ABOUT_SUCCESSOR.in_(language).format(name=name),),
        )
        return Ready(draft, shown=(successor.id,))

    def _meant(self, query: Query) -> Tombstone | None:
        if not self._exact:
            return None
        question = query.question.lower()
        for key, stone in self._exact.items():
            if key in question and re.search(rf"(?<![\w./:-]){re.escape(key)}(?![\w/-]|[.:]\w)", question):
                return stone
        plain = _plain(query.question)
        found = [name for name in self._names if name in plain]
        # The longest: one name may be the beginning of another.
        return self._names[max(found, key=len)] if found else None


def _told(stone: Tombstone, language: Language) -> list[str]:
    name = stone.name.in_(language)
    reason = stone.reason.in_(language).rstrip("。.")
    return [
        replies.WITHDRAWN.in_(language).format(name=name, id=stone.id, day=stone.withdrawn),
        replies.WITHDRAWN_WHY.in_(language).format(reason=reason),
    ]


def _evidence(stone: Tombstone, language: Language) -> Evidence:
    return Evidence(
        kind="resource",
        id=stone.id,
        title=stone.name.in_(language),
        locator=TOMBSTONE,
        quote="\n".join(_told(stone, language)),
        url=f"/resources/{stone.id}",
        source_url=None,
    )


def _names(record: Resource) -> tuple[str, ...]:
    return (record.name.zh, record.name.en, *record.aliases, *record.former_names)


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", normalise(text))
