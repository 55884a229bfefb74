"""A Telegram update as what someone did in a chat, or None: not for us."""

from __future__ import annotations

from telegram import CallbackQuery, ChatMemberUpdated, Message, Update
from telegram.constants import ChatMemberStatus, ChatType

from bot import texts
from bot.records import Incoming

CHANNEL = "telegram"
_GONE = (ChatMemberStatus.LEFT, ChatMemberStatus.BANNED)


def read_update(update: Update, bot_name: str, bot_id: int) -> Incoming | None:
    """What people say to us: private messages, and in groups what mentions, answers or commands us."""
    event_id = str(update.update_id)
    if update.message is not None:
        return _message(update.message, event_id, bot_name, bot_id, edited=False)
    if update.edited_message is not None:
        return _message(update.edited_message, event_id, bot_name, bot_id, edited=True)
    if update.callback_query is not None:
        return _press(update.callback_query, event_id)
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member, event_id)
    return None


def _message(message: Message, event_id: str, bot_name: str, bot_id: int, *, edited: bool) -> Incoming | None:
    sender = message.from_user
    if sender is None or sender.is_bot:
        return None
    private = message.chat.type == ChatType.PRIVATE
    if not private and message.chat.type not in (ChatType.GROUP, ChatType.SUPERGROUP):
        return None
    text = message.text if message.text is not None else message.caption
    addressed = private or _addressed(message, bot_name, bot_id)
    if not addressed or (message.text is None and not _is_media(message)):
        return None
    if _for_another(text or "", bot_name, private):
        return None
    if edited and text is None:
        return None
    return Incoming(
        CHANNEL,
        event_id,
        str(message.chat.id),
        str(sender.id),
        "text" if text else "media",
        _without_name(text or "", bot_name),
        private,
        edited,
        sender.language_code or "",
        _quoted(message, bot_id),
        message.text is None,
        {
            "message_id": message.message_id,
            "private": private,
            "thread_id": message.message_thread_id if message.is_topic_message else None,
        },
    )


def _is_media(message: Message) -> bool:
    """True for what a person sends; False for what the chat itself reports (joined, pinned, renamed)."""
    kinds = (
        message.voice,
        message.audio,
        message.photo,
        message.document,
        message.video,
        message.video_note,
        message.sticker,
        message.animation,
        message.location,
        message.contact,
        message.poll,
    )
    return any(kinds)


def _addressed(message: Message, bot_name: str, bot_id: int) -> bool:
    """In a group: mentioned, answered, or commanded."""
    answered = message.reply_to_message
    if answered is not None and answered.from_user is not None and answered.from_user.id == bot_id:
        return True
    found = message.parse_entities() if message.text is not None else message.parse_caption_entities()
    for entity, words in found.items():
        if entity.type == "mention" and words.lower() == f"@{bot_name.lower()}":
            return True
        if entity.type == "text_mention" and entity.user is not None and entity.user.id == bot_id:
            return True
        if entity.type == "bot_command" and entity.offset == 0:
            return True
    return False


def _quoted(message: Message, bot_id: int) -> str:
    """The part that is quoted, else the whole message of someone else that this one answers."""
    if message.quote is not None:
        return message.quote.text
    answered = message.reply_to_message
    if answered is None or (answered.from_user is not None and answered.from_user.id == bot_id):
        return ""
    return answered.text or answered.caption or ""


def _for_another(text: str, bot_name: str, private: bool) -> bool:
    """True for a command that names another bot, or in a group names none and is not one of ours."""
    first = text.split(maxsplit=1)[:1]
    if not first or not first[0].startswith("/"):
        return False
    name, at, bot = first[0][1:].partition("@")
    return bot.lower() != bot_name.lower() if at else not private and name.lower() not in texts.COMMANDS


def _without_name(text: str, bot_name: str) -> str:
    at = text.lower().find(f"@{bot_name.lower()}")
    while at >= 0:
        text = f"{text[:at]} {text[at + len(bot_name) + 1 :]}"
        at = text.lower().find(f"@{bot_name.lower()}")
    return text.strip()


def _press(query: CallbackQuery, event_id: str) -> Incoming | None:
    message = query.message
    if message is None:
        return None
    private = message.chat.type == ChatType.PRIVATE
    return Incoming(
        CHANNEL,
        event_id,
        str(message.chat.id),
        str(query.from_user.id),
        "button",
        query.data or "",
        private,
        False,
        query.from_user.language_code or "",
        handle={
            "message_id": message.message_id,
            "private": private,
            "query_id": query.id,
            "thread_id": getattr(message, "message_thread_id", None),
        },
    )


def _membership(change: ChatMemberUpdated, event_id: str) -> Incoming | None:
    if change.new_chat_member.status not in _GONE:
        return None
    private = change.chat.type == ChatType.PRIVATE
    return Incoming(CHANNEL, event_id, str(change.chat.id), str(change.from_user.id), "gone", private=private)
