"""The player as the model of an open Kewen: by HTTP, as any other endpoint."""

from __future__ import annotations

from assistant.access import PUBLIC
from assistant.assistant import Assistant
from assistant.chat import OpenAIChat
from evaluation.play.endpoint import MODEL, Player
from settings import Settings
from wiring import Kewen, build_driver

LONGEST_S = 24 * 3600.0
"""Seconds that one answer may take: a person thinks as long as they like."""


def played_by(player: Player, kewen: Kewen, settings: Settings) -> Assistant:
    """What everybody is answered by, with the player at the wheel; nothing else of Kewen changes."""
    own = settings.model_copy(update={"llm_timeout_s": LONGEST_S})
    chat = OpenAIChat(player.base_url, None, MODEL, LONGEST_S)
    return kewen.seen_by(PUBLIC).assistant.driven_by(build_driver(own, kewen.embedder, chat=chat))
