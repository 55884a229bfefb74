"""Updates are taken once and answered once; a restart finds what was not done."""

from __future__ import annotations

from datetime import timedelta

from storage.chats import WATCH_DAYS, Chats
from storage.database import Database, open_database
from storage.mailbox import KEPT_DAYS, Mailbox
from storage.records import BotMessage, Chat, Watch, now


def test_an_update_is_taken_once_for_each_channel(database: Database) -> None:
    mailbox = Mailbox(database)

    first = mailbox.take("telegram", "7", "42", {"text": "冰芯"})
    again = mailbox.take("telegram", "7", "42", {"text": "冰芯"})
    other = mailbox.take("feishu", "7", "oc_1", {"text": "冰芯"})

    assert first is not None and other is not None and again is None
    assert mailbox.waiting("telegram") == [first]
    assert mailbox.backlog("feishu") == 1


def test_what_was_not_done_is_there_after_a_restart_and_what_was_done_is_not(url: str) -> None:
    opened = open_database(url)
    mailbox = Mailbox(opened)
    done = mailbox.take("telegram", "1", "42", {"text": "一"})
    left = mailbox.take("telegram", "2", "42", {"text": "二"})
    assert done and left
    assert mailbox.begin(left.id) == 1
    mailbox.put_placeholder(left.id, "99")
    mailbox.done(done.id)
    opened.close()

    opened = open_database(url)
    waiting = Mailbox(opened).waiting("telegram")
    assert [(one.event_id, one.body, one.attempts, one.placeholder) for one in waiting] == [
        ("2", {"text": "二"}, 1, "99")
    ]
    assert Mailbox(opened).take("telegram", "1", "42", {"text": "一"}) is None
    opened.close()


def test_messages_are_owed_in_order_until_sent_and_then_forget_their_words(database: Database) -> None:
    mailbox = Mailbox(database)
    update = mailbox.take("telegram", "1", "42", {"text": "一"})
    assert update
    owed = [
        BotMessage("telegram", "42", "", {"text": name}, update_id=update.id, actions=({"do": name},))
        for name in ("first", "second")
    ]
    chat = Chat("telegram", "42", conversation_id="c_1", state={"pending": "find"})

    assert mailbox.owe(owed, chat)
    mailbox.sent(owed[0].id, "1001")

    one, two = mailbox.owed(update.id)
    assert (one.state, one.sent_id, one.body, one.actions) == ("sent", "1001", {}, ({"do": "first"},))
    assert (two.state, two.body) == ("waiting", {"text": "second"})
    kept = Chats(database).get("telegram", "42", "")
    assert (kept.conversation_id, kept.state) == ("c_1", {"pending": "find"})


def test_a_message_of_the_same_name_is_owed_once(database: Database) -> None:
    mailbox = Mailbox(database)
    message = BotMessage("telegram", "42", "", {"text": "reply"}, id="reply-s_1")

    assert mailbox.owe([message])
    assert not mailbox.owe([message])
    assert [one.id for one in mailbox.unprompted("telegram")] == ["reply-s_1"]


def test_forgetting_one_asker_of_a_group_leaves_the_others(database: Database) -> None:
    chats, mailbox = Chats(database), Mailbox(database)
    for asker in ("1", "2"):
        chats.keep(Chat("telegram", "-5", asker, conversation_id=f"c_{asker}"))
        mailbox.owe([BotMessage("telegram", "-5", asker, {}, id=f"m{asker}")])
    chats.watch(Watch("c_old", "telegram", "-5", "1"))

    chats.forget("telegram", "-5", "1")

    assert chats.get("telegram", "-5", "1").conversation_id is None
    assert chats.get("telegram", "-5", "2").conversation_id == "c_2"
    assert mailbox.get("m1") is None and mailbox.get("m2") is not None
    assert chats.watched("telegram") == []


def test_a_quota_counts_by_asker_and_day(database: Database) -> None:
    chats, today = Chats(database), now().date()

    assert [chats.count("telegram", "1", today, 2) for _ in range(3)] == [True, True, False]
    assert chats.count("telegram", "2", today, 2)
    assert chats.count("telegram", "1", today + timedelta(days=1), 2)


def test_old_watches_and_settled_rows_go(database: Database) -> None:
    chats, mailbox = Chats(database), Mailbox(database)
    chats.watch(Watch("c_old", "telegram", "42", "", now() - timedelta(days=WATCH_DAYS + 1)))
    chats.watch(Watch("c_new", "telegram", "42", ""))
    update = mailbox.take("telegram", "1", "42", {})
    assert update
    mailbox.done(update.id)

    assert [one.conversation_id for one in chats.watched("telegram")] == ["c_new"]
    assert mailbox.purge() == 0
    assert mailbox.purge(now() + timedelta(days=KEPT_DAYS + 1)) == 1


def test_nothing_is_owed_to_a_chat_that_is_gone(database: Database) -> None:
    mailbox = Mailbox(database)
    mailbox.take("telegram", "1", "42", {"text": "x"})
    mailbox.owe([BotMessage("telegram", "42", "", {})])

    mailbox.drop("telegram", "42")

    assert mailbox.waiting("telegram") == [] and mailbox.unprompted("telegram") == []
