"""What may go out as a reply: some text, and a ticked source for each [n] in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant.records import Citation
from assistant.sentences import MARKER
from storage.tickets import REPLY_LIMIT


class ReplyRefused(Exception):
    """Why a reply is not sent: `key` of api/staff_texts.py."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key, self.values = key, values


def checked_reply(text: str, chosen: Sequence[str], citations: Sequence[Citation]) -> list[dict[str, Any]]:
    """The sources of the reply as JSON, with the numbers that they have in Kewen's own answer.

    Only what that answer cites can be chosen: its asker sees it already. Raises ReplyRefused.
    """
    if not 1 <= len(text) <= REPLY_LIMIT:
        raise ReplyRefused("empty", limit=REPLY_LIMIT)
    taken = [one for one in citations if str(one.number) in chosen]
    numbers = {one.number for one in taken}
    for found in MARKER.findall(text):
        if int(found) not in numbers:
            raise ReplyRefused("uncited", n=int(found))
    return [one.model_dump(mode="json") for one in taken]
