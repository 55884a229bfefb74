"""An answer on the terminal: streamed where someone watches, plain where it goes into a file."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from typing import TextIO

from assistant.records import Answer, DeltaEvent, DoneEvent, ErrorEvent, Event, StatusEvent
from operations.errors import AskFailed
from operations.texts import Language, t

_CLEAR_LINE = "\r\x1b[K"


async def print_events(
    events: AsyncIterator[Event], *, as_json: bool, out: TextIO | None = None, err: TextIO | None = None
) -> Answer:
    """Print the answer as it comes, with what it rests on beneath; the answer.

    `as_json` prints the answer object and nothing else. Raises AskFailed for an error event and for
    a stream that ends without an answer.
    """
    out, err = out or sys.stdout, err or sys.stderr
    watched = out.isatty() and not as_json
    status = _Status(err if err.isatty() and not as_json else None)
    streamed = ""
    try:
        async for event in events:
            if isinstance(event, StatusEvent):
                if not streamed:
                    status.show(event.text)
            elif isinstance(event, DeltaEvent):
                if watched:
                    status.clear()
                    out.write(printable(event.text))
                    out.flush()
                    streamed += event.text
            elif isinstance(event, ErrorEvent):
                raise AskFailed(printable(event.message))
            elif isinstance(event, DoneEvent):
                status.clear()
                _finish(event.answer, streamed, as_json, out)
                return event.answer
    finally:
        status.clear()
    raise AskFailed("The connection ended before the answer was complete. Ask again.")


def _finish(answer: Answer, streamed: str, as_json: bool, out: TextIO) -> None:
    if as_json:
        out.write(answer.model_dump_json() + "\n")
    else:
        if streamed and streamed.strip() != answer.text.strip():
            # What was streamed stands already; the checked text is the one that counts.
            out.write(f"\n\n{t('checked', answer.language)}\n")
            streamed = ""
        if not streamed:
            out.write(printable(answer.text))
        out.write("\n")
        for line in beneath(answer):
            out.write(printable(line) + "\n")
    out.flush()


def beneath(answer: Answer) -> list[str]:
    """Sources, resources, notices and what to ask next, as lines."""
    language: Language = answer.language
    lines: list[str] = []
    if answer.filters:
        told = [str(one) for value in answer.filters.values() for one in _listed(value)]
        lines += ["", t("filters", language) + ", ".join(told)]
    if answer.citations:
        lines += ["", t("sources", language)]
        for citation in answer.citations:
            where = t(citation.locator, language)
            kind = t(citation.quote_kind, language)
            lines.append(f"  [{citation.number}] {citation.title} · {where} ({kind})")
            lines.append(f"      {citation.source_url or citation.url}")
    if answer.resources:
        lines += ["", t("resources", language)]
        for card in answer.resources:
            parts = (card.name, card.host, card.province, card.url, t(card.verification, language))
            lines.append("  - " + " · ".join(part for part in parts if part))
    if answer.follow_ups:
        lines += ["", t("follow_ups", language)]
        lines += [f"  > {question}" for question in answer.follow_ups]
    if answer.notices:
        lines.append("")
        lines += [f"{t('note', language)}{notice}" for notice in answer.notices]
    lines += ["", t("conversation", language, id=answer.conversation_id)]
    return lines


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else [value]


def printable(text: str) -> str:
    """Without control characters: a record must not move the cursor or change the title bar."""

    def shown(char: str) -> str:
        if char in "\n\u3000" or char.isprintable():
            return char
        return " " if char.isspace() else ""

    return "".join(map(shown, text))


class _Status:
    """One line that is replaced by the next and leaves nothing behind."""

    def __init__(self, out: TextIO | None) -> None:
        self._out = out
        self._shown = False

    def show(self, text: str) -> None:
        if self._out is not None:
            self._out.write(_CLEAR_LINE + printable(text).replace("\n", " "))
            self._out.flush()
            self._shown = True

    def clear(self) -> None:
        if self._shown and self._out is not None:
            self._out.write(_CLEAR_LINE)
            self._out.flush()
            self._shown = False
