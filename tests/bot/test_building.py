"""The settings of bots: which are wanted, what each needs, what cannot be used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.building import channels_of, house_of
from bot.errors import BotMisconfigured
from settings import Settings
from storage.database import Database

KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
WECOM = {
    "wecom_corp_id": "ww",
    "wecom_agent_id": 1,
    "wecom_secret": "s",
    "wecom_token": "t",
    "wecom_aes_key": KEY,
}
FEISHU = {"feishu_app_id": "cli", "feishu_app_secret": "s"}


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the caller's own."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"KEWEN_{name.upper()}", raising=False)


def made(**given: Any) -> Settings:
    return Settings(_env_file=None, data_dir=Path("data"), **given)  # type: ignore[call-arg]


def test_nothing_set_means_no_bot() -> None:
    assert channels_of(made()) == {}


def test_every_bot_whose_settings_are_set_is_wanted() -> None:
    settings = made(
        **WECOM,
        **FEISHU,
        feishu_encrypt_key="k",
        telegram_token="1:x",
        dingtalk_client_id="d",
        dingtalk_client_secret="s",
        webhook_secret="whsec_" + "QUJD" * 8,
        webhook_reply_url="http://127.0.0.1:9/",
    )

    assert list(channels_of(settings)) == ["telegram", "feishu", "wecom", "dingtalk", "webhook"]
    assert list(channels_of(settings, "wecom")) == ["wecom"]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"telegram_token": "1:x", "telegram_webhook_secret": "ü"}, "A-Z"),
        ({"telegram_token": "1:x", "telegram_webhook_secret": "abc"}, "KEWEN_PUBLIC_URL"),
        ({"webhook_secret": "abc", "webhook_reply_url": "http://127.0.0.1:9"}, "whsec_"),
        ({"webhook_secret": "whsec_QUJD", "webhook_reply_url": "http://127.0.0.1:9"}, "24 to 64 bytes"),
        (FEISHU, "KEWEN_FEISHU_ENCRYPT_KEY"),
        ({"feishu_app_id": "cli"}, "KEWEN_FEISHU_APP_SECRET"),
        (WECOM | {"wecom_aes_key": "short"}, "43"),
        (WECOM | {"wecom_token": None}, "KEWEN_WECOM_TOKEN"),
        ({"dingtalk_client_id": "d"}, "KEWEN_DINGTALK_CLIENT_SECRET"),
    ],
)
def test_what_cannot_be_used_is_said_with_the_settings_name(given: dict[str, Any], told: str) -> None:
    with pytest.raises(BotMisconfigured, match=told):
        channels_of(made(**given))


@pytest.mark.parametrize("name", ["telegram", "feishu", "wecom", "dingtalk", "webhook"])
def test_a_bot_that_is_asked_for_by_name_names_what_it_lacks(name: Any) -> None:
    with pytest.raises(BotMisconfigured, match=f"The {name} bot needs KEWEN_{name.upper()}"):
        channels_of(made(), name)


def test_the_list_of_those_who_may_ask(database: Database) -> None:
    house = house_of(made(bot_allow="telegram:1, feishu:ou_2 ,"), database)

    assert house.allow == {"telegram:1", "feishu:ou_2"}
    for wrong in ("123", "icq:1", "telegram:"):
        with pytest.raises(BotMisconfigured, match="telegram:123"):
            house_of(made(bot_allow=wrong), database)
