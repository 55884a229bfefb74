"""What platforms do to bots: floods, refusals, silence, blocks, restarts; and what people send to them."""

from __future__ import annotations

import itertools
import logging

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from bot.errors import Rejected
from bot.http import bot_router
from storage.chats import Chats
from storage.database import Database
from storage.mailbox import Mailbox
from tests.bot.backends import FailingBackend, GatedBackend, down
from tests.bot.conftest import Answered, Start, until
from tests.bot.telegram_peer import Fault, TelegramPeer
from wiring import Kewen

RULE = "青岚科学数据共享办法第二十条说了什么？"


def counted(registry: CollectorRegistry, name: str, **labels: str) -> float:
    return registry.get_sample_value(name, {"channel": "telegram", **labels}) or 0.0


@pytest.mark.parametrize("faults", [["429"], ["500", "500"], ["429", "500", "429"]])
async def test_what_was_not_taken_is_sent_again_and_shown_once(
    telegram: Start, peer: TelegramPeer, answered: Answered, faults: list[Fault]
) -> None:
    peer.fail("sendMessage", *faults)
    async with telegram() as runner:
        peer.says(42, RULE)
        await answered(42)
        await runner.idle()

    assert len(peer.of(42)) == 1


async def test_a_flood_limit_is_waited_for(telegram: Start, peer: TelegramPeer, answered: Answered) -> None:
    peer.fail("sendMessage", "429")
    async with telegram():
        peer.says(42, RULE)
        await answered(42)
    sends = [at for method, at in peer.calls if method == "sendMessage"]

    assert sends[1] - sends[0] >= 1.0


async def test_a_lost_acknowledgement_doubles_the_message_and_is_counted(
    telegram: Start, peer: TelegramPeer, answered: Answered, registry: CollectorRegistry
) -> None:
    peer.fail("sendMessage", "lost")
    async with telegram() as runner:
        peer.says(42, RULE)
        await answered(42, 2)
        await runner.idle()

    first, second = peer.of(42)
    assert first.lost and not second.lost and first.text == second.text
    assert counted(registry, "kewen_bot_sends_total", outcome="unsure") == 1


async def test_a_send_that_hangs_is_given_up_and_tried_again(
    telegram: Start, peer: TelegramPeer, answered: Answered
) -> None:
    peer.fail("sendMessage", "hang")
    async with telegram(timeout_s=1.0):
        peer.says(42, RULE)
        await answered(42)

    assert len(peer.of(42)) == 1


async def test_a_form_that_is_refused_goes_out_plain_with_its_sources(
    telegram: Start, peer: TelegramPeer, answered: Answered
) -> None:
    peer.fail("sendMessage", "400")
    async with telegram():
        peer.says(42, RULE)
        (sent,) = await answered(42)

    assert sent.links == [] and "https://kewen.example.org/policies/" in sent.text and sent.keyboard


async def test_a_bot_that_was_blocked_cleans_up_and_goes_on_with_others(
    telegram: Start, peer: TelegramPeer, answered: Answered, database: Database
) -> None:
    async with telegram() as runner:
        peer.says(42, RULE)
        await answered(42)
        peer.blocked.add(42)
        peer.says(42, RULE)
        peer.says(43, RULE)
        await answered(43)
        await runner.idle()
        assert Chats(database).get("telegram", "42", "").conversation_id is None
        assert Mailbox(database).waiting("telegram") == []
        peer.blocked.clear()
        peer.says(42, RULE)
        await answered(42, 2)


async def test_leaving_is_heard_too(
    telegram: Start, peer: TelegramPeer, answered: Answered, database: Database
) -> None:
    async with telegram() as runner:
        peer.says(42, RULE)
        await answered(42)
        someone = {"id": 42, "is_bot": False, "first_name": "某"}
        bot = {"id": 7000000001, "is_bot": True, "first_name": "科问"}
        peer.update(
            my_chat_member={
                "chat": {"id": 42, "type": "private", "first_name": "某"},
                "from": someone,
                "date": 1_795_000_000,
                "old_chat_member": {"status": "member", "user": bot},
                "new_chat_member": {"status": "kicked", "user": bot, "until_date": 0},
            }
        )
        await until(lambda: peer.pending() == 0 or peer.acknowledged)
        await until(lambda: Chats(database).get("telegram", "42", "").conversation_id is None)
        await runner.idle()


async def test_messages_of_one_chat_are_answered_in_order_and_others_do_not_wait(
    telegram: Start, peer: TelegramPeer, answered: Answered, toy_kewen: Kewen
) -> None:
    backend = GatedBackend(toy_kewen)
    async with telegram(backend=backend):
        peer.says(42, "等一下，青岚科学数据共享办法第九条说了什么？")
        peer.says(42, RULE)
        peer.says(43, RULE)
        await answered(43)
        assert peer.of(42) == []
        backend.gate.set()
        first, second = await answered(42, 2)

    assert "第九条" in first.text and "第二十条" in second.text


async def test_what_was_taken_and_not_answered_is_answered_after_a_restart(
    telegram: Start, peer: TelegramPeer, answered: Answered, toy_kewen: Kewen
) -> None:
    backend = GatedBackend(toy_kewen)
    async with telegram(backend=backend):
        peer.says(42, "等一下，青岚科学数据共享办法第九条说了什么？")
        peer.says(42, RULE)
        await until(lambda: backend.asked)
        await until(lambda: peer.pending() == 0)
    assert peer.of(42) == []

    async with telegram() as runner:
        first, second = await answered(42, 2)
        await runner.idle()

    assert "第九条" in first.text and "第二十条" in second.text and len(peer.of(42)) == 2


async def test_updates_that_come_again_are_not_answered_again(
    telegram: Start, peer: TelegramPeer, answered: Answered, database: Database
) -> None:
    async with telegram() as runner:
        peer.says(42, RULE)
        await answered(42)
        await runner.idle()
        (row,) = [one for one in [Mailbox(database).take("telegram", "1000", "42", {})] if one] or [None]
    assert row is None
    assert len(peer.of(42)) == 1


async def test_an_outage_is_told_as_one_and_never_as_nothing_found(
    telegram: Start, peer: TelegramPeer, answered: Answered, toy_kewen: Kewen
) -> None:
    async with telegram(backend=FailingBackend(toy_kewen, *down(4))):
        peer.says(42, RULE)
        (told,) = await answered(42)
        peer.says(42, RULE)
        _, answer = await answered(42, 2)

    assert "不代表没有收录" in told.text and "第二十条" in answer.text


async def test_a_short_outage_is_not_noticed(
    telegram: Start, peer: TelegramPeer, answered: Answered, toy_kewen: Kewen
) -> None:
    async with telegram(backend=FailingBackend(toy_kewen, *down(2)), house={"daily": 1}):
        peer.says(42, RULE)
        (answer,) = await answered(42)

    assert "第二十条" in answer.text


async def test_a_fault_of_ours_shows_a_number_and_logs_no_question(
    telegram: Start,
    peer: TelegramPeer,
    answered: Answered,
    toy_kewen: Kewen,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    async with telegram(backend=FailingBackend(toy_kewen, KeyError(f"secret in {RULE}"))):
        peer.says(42, RULE)
        (told,) = await answered(42)

    assert "没有处理成功" in told.text
    assert not any(word in told.text for word in ("Traceback", "KeyError", "secret"))
    assert RULE not in "".join(record.getMessage() for record in caplog.records)


LONG = "冰芯数据在哪里？" * 1250


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (LONG[:10_000], "最多 2000 个"),
        ("\u202e\u200b\u200f\u2066", "没有可以回答的文字"),
        ("😀" * 50, "没有可以回答的文字"),
        ("!!!???", "没有可以回答的文字"),
        ("<b>青岚</b><script>alert(1)</script>科学数据共享办法第二十条", "青岚科学数据共享办法"),
        ("<a href='https://evil.example/'>青岚科学数据共享办法</a>第二十条说了什么", "第二十条"),
        ("/find <i>&amp;冰川</b>", "<i>&amp;冰川</b>"),
        ("‮青岚科学数据共享办法‬第二十条说了什么", "第二十条"),
        ("/" + "a" * 40, "没有"),
        ("/start a_ffffffffffffffffffffffffffffffff", "不在了"),
        ("/lang 火星文", "什么语言"),
        ("a\u0000b", ""),
        ("1", ""),
    ],
)
async def test_bad_input_gets_a_fitting_reply(
    telegram: Start, peer: TelegramPeer, answered: Answered, written: str, expected: str
) -> None:
    async with telegram() as runner:
        peer.says(42, written)
        sent = await answered(42)
        await runner.idle()

    assert expected in sent[0].text
    assert not any("evil.example" in link for one in peer.of(42) for link in one.links)
    assert not any(word in one.text for one in peer.of(42) for word in ("Traceback", "Error"))


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "x",
        "AAAAAAAAAAAAAAAAAAAAAA:0",
        "a" * 64,
        "ask:rm -rf",
        "{message}:99",
        "{message}:-1",
        "{other}:0",
    ],
)
async def test_forged_buttons_are_refused(
    telegram: Start, peer: TelegramPeer, answered: Answered, forged: str, registry: CollectorRegistry
) -> None:
    async with telegram():
        peer.says(42, RULE)
        peer.says(43, RULE)
        (sent,), (other,) = await answered(42), await answered(43)
        token = sent.keyboard[0][0]["callback_data"].partition(":")[0]
        others = other.keyboard[0][0]["callback_data"].partition(":")[0]
        data = forged.replace("{message}", token).replace("{other}", others)
        peer.presses(42, data, sent.message_id)
        await until(lambda: peer.toasts)

    assert "失效" in peer.toasts[0] and len(peer.of(42)) == 1
    assert counted(registry, "kewen_bot_refusals_total", reason="button_unknown") == 1


async def test_unknown_and_broken_updates_hold_nothing_back(
    telegram: Start, peer: TelegramPeer, answered: Answered
) -> None:
    async with telegram():
        peer.update(brand_new_kind={"id": 1})
        peer.update(message={"message_id": "?"})
        peer.update(message=peer.message(42, "x") | {"chat": {"id": 42, "type": "martian"}})
        peer.update(poll_answer={"poll_id": "1"}, message=None)
        peer.update(channel_post=peer.message(-5, RULE))
        peer.says(42, RULE)
        (sent,) = await answered(42)

    assert "第二十条" in sent.text and len(peer.sent) == 1


async def test_getting_updates_survives_errors(
    telegram: Start, peer: TelegramPeer, answered: Answered
) -> None:
    peer.fail("getUpdates", "500", "lost", "429")
    async with telegram():
        peer.says(42, RULE)
        await answered(42)

    assert len(peer.of(42)) == 1


async def test_a_start_while_telegram_is_out_of_reach_succeeds_later(
    telegram: Start, peer: TelegramPeer, answered: Answered
) -> None:
    peer.fail("getMe", "500", "500")
    peer.fail("setMyCommands", "500")
    async with telegram():
        peer.says(42, RULE)
        await answered(42)


async def test_a_wrong_token_is_said(telegram: Start, peer: TelegramPeer) -> None:
    peer.token = "1:another"
    async with telegram() as runner:
        await until(lambda: "KEWEN_TELEGRAM_TOKEN" in runner.state)


async def test_who_is_not_on_the_list_is_told_so(
    telegram: Start, peer: TelegramPeer, answered: Answered
) -> None:
    async with telegram(house={"allow": frozenset({"telegram:43"})}):
        peer.says(42, RULE)
        peer.says(43, RULE)
        (refused,), (sent,) = await answered(42), await answered(43)

    assert "telegram:42" in refused.text and "第二十条" not in refused.text
    assert "第二十条" in sent.text


async def test_questions_are_counted_by_day(
    telegram: Start, peer: TelegramPeer, answered: Answered, registry: CollectorRegistry
) -> None:
    async with telegram(house={"daily": 2}):
        for count in range(1, 4):
            peer.says(42, RULE)
            *_, last = await answered(42, count)
        peer.says(42, "/human")
        *_, handed = await answered(42, 4)

    assert "2 个" in last.text and "工单" in handed.text
    assert counted(registry, "kewen_bot_refusals_total", reason="quota") == 1


async def test_updates_latencies_and_sends_are_measured(
    telegram: Start, peer: TelegramPeer, answered: Answered, registry: CollectorRegistry
) -> None:
    async with telegram() as runner:
        peer.says(42, RULE)
        await answered(42)
        await runner.idle()

    assert counted(registry, "kewen_bot_updates_total", kind="text") == 1
    assert counted(registry, "kewen_bot_sends_total", outcome="sent") == 1
    assert counted(registry, "kewen_bot_seconds_count") == 1


class _Here:
    """Stands for all bots of a process: this one."""

    def __init__(self, runner: object) -> None:
        self.names = ("telegram", "feishu")
        self.runners = {"telegram": runner}


async def test_pushed_updates_need_the_secret_and_are_taken_once(
    telegram: Start, peer: TelegramPeer, answered: Answered, registry: CollectorRegistry
) -> None:
    async with telegram(webhook_url="http://kewen.test/bots/telegram", webhook_secret="s3cret_-") as runner:
        await until(lambda: peer.webhook)
        app = FastAPI()
        app.include_router(bot_router(_Here(runner)))  # type: ignore[arg-type]
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://kewen.test"
        ) as client:
            first = peer.says(42, RULE)
            wrong = await peer.push(first, client, secret="guess")
            body = {"update_id": first, "message": peer.message(42, RULE)}
            none = await client.post("/bots/telegram", json=body)
            good = await peer.push(first, client)
            await answered(42)
            headers = {"X-Telegram-Bot-Api-Secret-Token": "s3cret_-"}
            again = await client.post("/bots/telegram", json=body, headers=headers)
            broken = await client.post("/bots/telegram", content=b"{", headers=headers)
            absent = await client.post("/bots/feishu", content=b"{}")
            unknown = await client.post("/bots/nobody", content=b"{}")
            await runner.idle()
            how = (await client.get("/bots")).json()
        await runner.idle()

    assert [one.status_code for one in (wrong, none, good, again, broken)] == [403, 403, 200, 200, 400]
    assert (absent.status_code, unknown.status_code) == (503, 404)
    assert len(peer.of(42)) == 1 and wrong.text == ""
    assert how["bots"]["telegram"] == {"state": "listening", "waiting": 0}
    assert counted(registry, "kewen_bot_updates_total", kind="again") == 1
    assert counted(registry, "kewen_bot_refusals_total", reason="rejected") == 3
    assert peer.webhook and str(peer.webhook["max_connections"]) == "1"


async def test_the_chat_is_paced_and_edits_are_too(
    telegram: Start, peer: TelegramPeer, answered: Answered
) -> None:
    async with telegram(quick=False):
        for _ in range(3):
            peer.says(42, "/privacy")
        await answered(42, 3)

    times = [one.at for one in peer.of(42)]
    assert all(later - earlier >= 1.0 for earlier, later in itertools.pairwise(times))
    assert peer.floods == []


def test_rejections_have_a_status() -> None:
    assert Rejected("x").status == 401


async def test_stopping_does_not_wait_for_an_answer_that_is_made(
    telegram: Start, peer: TelegramPeer, toy_kewen: Kewen
) -> None:
    backend = GatedBackend(toy_kewen)
    async with telegram(backend=backend):
        peer.says(42, "等一下，冰川数据在哪里？")
        await until(lambda: backend.asked)
    # Nothing let the answer go on, and the bot has stopped.
    assert peer.of(42) == []
