"""The channels that the settings name, checked before anything is started."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from typing import Literal, get_args

from pydantic import SecretStr

from bot.backend import Backend
from bot.channel import Channel
from bot.desk import House
from bot.errors import BotMisconfigured
from settings import Settings
from storage.chats import Chats
from storage.database import Database

Name = Literal["telegram", "feishu", "wecom", "dingtalk", "webhook"]
NAMES: tuple[Name, ...] = get_args(Name)

Build = Callable[[Backend], Channel]

_NEEDED: dict[Name, tuple[str, ...]] = {
    "telegram": ("telegram_token",),
    "feishu": ("feishu_app_id", "feishu_app_secret"),
    "wecom": ("wecom_corp_id", "wecom_agent_id", "wecom_secret", "wecom_token", "wecom_aes_key"),
    "dingtalk": ("dingtalk_client_id", "dingtalk_client_secret"),
    "webhook": ("webhook_secret", "webhook_reply_url"),
}
"""The first one of each says that the bot is wanted; the others are then needed."""


def channels_of(settings: Settings, wanted: Name | None = None) -> dict[Name, Build]:
    """What makes each channel whose settings are set, or the one wanted. Raises BotMisconfigured."""
    made: dict[Name, Build] = {}
    for name in NAMES:
        if wanted not in (None, name):
            continue
        missing = [one for one in _NEEDED[name] if getattr(settings, one) is None]
        if missing and (wanted or _NEEDED[name][0] not in missing):
            shown = ", ".join(f"KEWEN_{one.upper()}" for one in missing)
            raise BotMisconfigured(
                f"The {name} bot needs {shown}, which is not set. docs/bot.md says where to find it."
            )
        if not missing:
            made[name] = _BUILDERS[name](settings)
    return made


def house_of(settings: Settings, database: Database) -> House:
    """Who may ask, how much, and where people see Kewen's pages. Raises BotMisconfigured."""
    allow, daily = allowed(settings), settings.bot_daily_questions
    return House(allow, daily, settings.public_url, Chats(database).count)


def allowed(settings: Settings) -> frozenset[str]:
    """Who may ask, as `telegram:123`; empty: everybody. Raises BotMisconfigured."""
    allow = frozenset(one.strip() for one in (settings.bot_allow or "").split(",") if one.strip())
    for one in allow:
        channel, colon, number = one.partition(":")
        if channel not in NAMES or not colon or not number:
            raise BotMisconfigured(
                f"KEWEN_BOT_ALLOW holds {one!r}: each entry is an app, a colon and a user's number, such as "
                f"telegram:123; apps are {', '.join(NAMES)}."
            )
    return allow


def _telegram(settings: Settings) -> Build:
    from bot.telegram import TelegramChannel

    webhook_secret, webhook_url = settings.telegram_webhook_secret, None
    if webhook_secret is not None:
        secret = webhook_secret.get_secret_value()
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
            raise BotMisconfigured(
                "KEWEN_TELEGRAM_WEBHOOK_SECRET is (hidden): Telegram takes 1 to 256 of A-Z, a-z, 0-9, _, -."
            )
        if not settings.public_url:
            raise BotMisconfigured(
                "KEWEN_TELEGRAM_WEBHOOK_SECRET is set but KEWEN_PUBLIC_URL is not: Telegram pushes to "
                "KEWEN_PUBLIC_URL/bots/telegram. Set it, or unset the secret to poll."
            )
        webhook_url = f"{settings.public_url}/bots/telegram"
    allow = allowed(settings)
    return lambda backend: TelegramChannel(
        _secret(settings.telegram_token),
        api_url=settings.telegram_api_url,
        webhook_url=webhook_url,
        webhook_secret=_secret(webhook_secret) or None,
        lookup=lambda words, language: backend.search(words, None, 8, language),
        base_url=settings.public_url,
        may_ask=(lambda user: f"telegram:{user}" in allow) if allow else None,
    )


def _feishu(settings: Settings) -> Build:
    from bot.feishu import FeishuChannel

    verifiable = settings.feishu_encrypt_key or settings.feishu_verification_token
    if verifiable is None and not settings.feishu_long_connection:
        raise BotMisconfigured(
            "The feishu bot needs KEWEN_FEISHU_ENCRYPT_KEY (or KEWEN_FEISHU_VERIFICATION_TOKEN) to know "
            "Feishu's requests from others, or KEWEN_FEISHU_LONG_CONNECTION=1 to need no address."
        )
    return lambda _backend: FeishuChannel(
        settings.feishu_app_id or "",
        _secret(settings.feishu_app_secret),
        encrypt_key=_secret(settings.feishu_encrypt_key) or None,
        verification_token=_secret(settings.feishu_verification_token) or None,
        api_url=settings.feishu_api_url,
        long_connection=settings.feishu_long_connection,
    )


def _wecom(settings: Settings) -> Build:
    from bot.wecom import WeComChannel, aes_key_of

    try:
        aes_key = aes_key_of(_secret(settings.wecom_aes_key))
    except ValueError as error:
        raise BotMisconfigured(
            "KEWEN_WECOM_AES_KEY is (hidden): it has 43 letters and digits, as the console shows them."
        ) from error
    return lambda _backend: WeComChannel(
        settings.wecom_corp_id or "",
        settings.wecom_agent_id or 0,
        _secret(settings.wecom_secret),
        token=_secret(settings.wecom_token),
        aes_key=aes_key,
        api_url=settings.wecom_api_url,
    )


def _dingtalk(settings: Settings) -> Build:
    from bot.dingtalk import DingTalkChannel

    return lambda _backend: DingTalkChannel(
        settings.dingtalk_client_id or "",
        _secret(settings.dingtalk_client_secret),
        robot_code=settings.dingtalk_robot_code,
        api_url=settings.dingtalk_api_url,
        push=settings.dingtalk_push,
    )


def _webhook(settings: Settings) -> Build:
    from bot.webhook import WebhookChannel

    secret = _secret(settings.webhook_secret)
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        key = b""
    if not secret.startswith("whsec_") or not 24 <= len(key) <= 64:
        raise BotMisconfigured(
            "KEWEN_WEBHOOK_SECRET is (hidden): it begins with whsec_, followed by 24 to 64 bytes in base64."
        )
    return lambda _backend: WebhookChannel(key, settings.webhook_reply_url or "")


def _secret(value: SecretStr | None) -> str:
    return value.get_secret_value() if value else ""


_BUILDERS: dict[Name, Callable[[Settings], Build]] = {
    "telegram": _telegram,
    "feishu": _feishu,
    "wecom": _wecom,
    "dingtalk": _dingtalk,
    "webhook": _webhook,
}
