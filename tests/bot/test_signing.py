"""Envelopes and signatures, against the examples that the platforms publish."""

from __future__ import annotations

import json
import time

import pytest

from bot.channel import Pushed
from bot.errors import Rejected
from bot.feishu import FeishuChannel
from bot.signing import feishu_decrypt, wecom_decrypt, wecom_signature
from bot.webhook import WebhookChannel
from bot.wecom import WeComChannel, aes_key_of
from tests.bot.platform_peers import WebhookPeer, WeComPeer
from tests.bot.sealing import feishu_encrypt, wecom_encrypt
from tests.bot.worlds import FeishuWorld, WebhookWorld, WeComWorld


def test_feishus_own_example_opens() -> None:
    assert feishu_decrypt("test key", "P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk=") == b"hello world"


def test_wecoms_own_example_opens() -> None:
    echo = "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="
    key = aes_key_of("jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C")

    signature = wecom_signature("QDG6eK", "1409659589", "263014780", echo)

    assert signature == "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3"
    assert wecom_decrypt(key, echo, "wx5823bf96d3bd56c7") == b"1616140317555161061"
    with pytest.raises(Rejected):
        wecom_decrypt(key, echo, "wx_another")


@pytest.mark.parametrize(
    "sealed", ["", "AAAA", "not base64!", "A" * 64, "P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk="]
)
def test_what_does_not_open_is_refused(sealed: str) -> None:
    with pytest.raises(Rejected):
        feishu_decrypt("another key", sealed)
    with pytest.raises(Rejected):
        wecom_decrypt(b"k" * 32, sealed, "ww")


def feishu(**given: object) -> FeishuChannel:
    keys = {"encrypt_key": FeishuWorld.key, "verification_token": FeishuWorld.token, **given}
    return FeishuChannel("cli", "secret", api_url="http://127.0.0.1:9", **keys)  # type: ignore[arg-type]


async def test_feishus_first_request_is_answered_with_its_challenge() -> None:
    event = {"type": "url_verification", "challenge": "ajls384kdjx98XX", "token": FeishuWorld.token}
    sealed = json.dumps({"encrypt": feishu_encrypt(FeishuWorld.key, json.dumps(event).encode())}).encode()

    receipt = feishu().receive(Pushed("POST", {}, {}, sealed))

    assert json.loads(receipt.body) == {"challenge": "ajls384kdjx98XX"} and receipt.incoming == ()
    wrong = json.dumps({"encrypt": feishu_encrypt(FeishuWorld.key, b'{"type": "url_verification"}')}).encode()
    with pytest.raises(Rejected):
        feishu().receive(Pushed("POST", {}, {}, wrong))


async def test_feishu_without_encryption_goes_by_the_token_alone() -> None:
    event = FeishuWorld().event("anna", "冰芯")
    plain = json.dumps(event).encode()

    assert feishu(encrypt_key=None).receive(Pushed("POST", {}, {}, plain)).incoming
    with pytest.raises(Rejected):
        feishu().receive(Pushed("POST", {}, {}, plain))  # unencrypted, though a key is set
    event["header"]["token"] = "guess"
    with pytest.raises(Rejected):
        feishu(encrypt_key=None).receive(Pushed("POST", {}, {}, json.dumps(event).encode()))


async def test_an_old_request_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    world = FeishuWorld()
    _, headers, body = world.request(world.event("anna", "冰芯"))
    lower = {name.lower(): value for name, value in headers.items()}
    hook = WebhookWorld()
    _, signed, sent = hook.request(hook.event("anna", "冰芯"))
    later = time.time() + 3600
    monkeypatch.setattr(time, "time", lambda: later)

    with pytest.raises(Rejected, match="old"):
        feishu().receive(Pushed("POST", lower, {}, body))
    with pytest.raises(Rejected, match="five minutes"):
        WebhookChannel(WebhookPeer.key, "http://127.0.0.1:9/").receive(Pushed("POST", signed, {}, sent))


def wecom() -> WeComChannel:
    key = aes_key_of(WeComWorld.key_text)
    return WeComChannel(
        WeComPeer.corp_id, 1, "s", token=WeComWorld.token, aes_key=key, api_url="http://127.0.0.1:9"
    )


async def test_wecoms_address_check_is_answered_with_what_is_inside() -> None:
    echo = wecom_encrypt(aes_key_of(WeComWorld.key_text), b"1616140317555161061", WeComPeer.corp_id)
    query = {"timestamp": "1", "nonce": "2", "echostr": echo}
    query["msg_signature"] = wecom_signature(WeComWorld.token, "1", "2", echo)

    assert wecom().receive(Pushed("GET", {}, query, b"")).body == "1616140317555161061"
    with pytest.raises(Rejected):
        wecom().receive(Pushed("GET", {}, {**query, "nonce": "3"}, b""))


async def test_xml_that_declares_entities_is_refused() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "b">]><xml><Encrypt>&a;</Encrypt></xml>'

    with pytest.raises(Rejected, match="entities"):
        wecom().receive(Pushed("POST", {}, {"timestamp": "1", "nonce": "2", "msg_signature": "x"}, bomb))


@pytest.mark.parametrize(
    "body",
    [
        {"chat": "a", "user": "u"},
        {"chat": "a", "user": "u", "text": "x", "button": "y"},
        {"chat": 7, "user": "u", "text": "x"},
        {"chat": "a", "user": "u", "text": "x", "private": "yes"},
        {"chat": "a" * 300, "user": "u", "text": "x"},
        {"user": "u", "text": "x"},
        [],
    ],
)
async def test_a_webhook_says_422_or_400_to_what_it_cannot_use(body: object) -> None:
    world = WebhookWorld()
    _, headers, content = world.request({"id": "evt_1", "body": body})

    with pytest.raises(Rejected) as refusal:
        WebhookChannel(WebhookPeer.key, "http://127.0.0.1:9/").receive(Pushed("POST", headers, {}, content))
    assert refusal.value.status in (400, 422)
