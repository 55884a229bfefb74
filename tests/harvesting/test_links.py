"""What addresses answer, and what readers are told of those that do not."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from corpus.records import Contact, Resource, Text
from harvesting.fetching import Fetcher, Limits
from harvesting.guarding import Guard
from harvesting.linknotes import link_note
from harvesting.links import NetworkDown, check_links, judged
from storage.database import Database, open_database
from storage.harvest_records import LinkState
from storage.harvest_sides import Links
from tests.harvesting.conftest import Clock
from tests.harvesting.http_server import Asked, Said, Site

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def links(tmp_path: Path, migrated: Path) -> Iterator[Links]:
    shutil.copyfile(migrated, tmp_path / "kewen.db")
    database: Database = open_database(f"sqlite:///{tmp_path / 'kewen.db'}")
    yield Links(database)
    database.close()


def fetchers(clock: Clock, hosts: tuple[str, ...] = ("*",)) -> Any:
    guard = Guard(hosts, ["127.0.0.1"])
    return lambda: Fetcher(guard, Limits(delay_s=0.0, timeout_s=5, silence_s=5), wait=clock.wait, clock=clock)


def test_addresses_are_asked_and_remembered(links: Links, site: Site, clock: Clock) -> None:
    site.on("/here", b"yes")
    site.on("/login", Said(status=403))
    site.on("/moved", Said(status=301, headers={"Location": "/here"}))
    site.on("/get-only", lambda asked: Said(b"yes") if asked.method == "GET" else Said(status=405))
    urls = [f"{site.url}/{name}" for name in ("here", "login", "moved", "get-only", "nowhere")]

    counts = check_links([*urls, "http://10.0.0.9/x"], links, fetchers(clock), clock=lambda: NOW)

    assert counts == {"alive": 3, "dead": 1, "unsure": 1, "refused": 1}
    states = links.all()
    assert states[f"{site.url}/nowhere"].status == 404
    assert "private" in (states["http://10.0.0.9/x"].detail or "")
    assert not any(asked.body for asked in site.asked)


def test_what_was_asked_not_long_ago_is_left_in_peace(links: Links, site: Site, clock: Clock) -> None:
    site.on("/a", b"a")
    check_links([f"{site.url}/a"], links, fetchers(clock), clock=lambda: NOW)

    later = NOW + timedelta(hours=2)
    check_links([f"{site.url}/a"], links, fetchers(clock), older_than=timedelta(days=1), clock=lambda: later)

    assert len(site.asked) == 1


def test_a_machine_without_network_marks_nothing_dead(links: Links, clock: Clock) -> None:
    urls = [f"http://host{number}.invalid/" for number in range(6)]

    def nowhere(_host: str, _port: int) -> list[str]:
        raise OSError("no route")

    guard = Guard(["*"], resolver=nowhere)

    with pytest.raises(NetworkDown):
        check_links(urls, links, lambda: Fetcher(guard, wait=clock.wait, clock=clock), clock=lambda: NOW)
    assert links.all() == {}


def test_silence_is_dead_only_when_it_lasts() -> None:
    first = judged("https://x.example/", "no answer", None, NOW)
    soon = judged("https://x.example/", 503, first, NOW + timedelta(hours=1))
    next_day = judged("https://x.example/", "no answer", soon, NOW + timedelta(days=1))
    back = judged("https://x.example/", 200, next_day, NOW + timedelta(days=2))

    assert [one.health for one in (first, soon, next_day, back)] == ["unsure", "unsure", "dead", "alive"]
    assert next_day.since == NOW
    assert back.since == NOW + timedelta(days=2)


def test_a_page_that_wants_a_login_never_dies_of_it() -> None:
    state = judged("https://x.example/", 403, None, NOW)

    assert judged("https://x.example/", 403, state, NOW + timedelta(days=9)).health == "unsure"


def record(id_: str, **more: Any) -> Resource:
    host = Text(zh="冰川研究所", en="Institute of Ice")
    values: dict[str, Any] = {"id": id_, "type": "scientific_data", "host": host}
    return Resource(**{**values, "name": Text(zh=f"数据{id_}", en=f"Data {id_}"), **more})


def test_a_reader_is_told_how_long_and_whom_to_ask() -> None:
    state = LinkState("https://x.example/", "dead", NOW, NOW - timedelta(days=3), 404)
    today = date(2026, 11, 22)
    desk = Contact(phone="010-12345678", email="desk@ice.example.org")

    own = link_note(record("a", contact=desk), state, today, None)
    other = link_note(record("a"), state, today, record("b", contact=desk))
    neither = link_note(record("a"), state, today, None)

    assert own.text.zh.startswith("链接3天前失效（最近一次检查：2026-11-22，HTTP 404）")
    assert "010-12345678" in own.text.zh and "desk@ice.example.org" in own.text.en
    assert "The link has been dead for 3 days" in own.text.en
    assert "依托单位" in other.text.zh and "数据b" in other.text.zh and "010-12345678" in other.text.zh
    assert "冰川研究所" in neither.text.zh


def test_hosts_off_the_list_are_not_asked(links: Links, site: Site, clock: Clock) -> None:
    asked: list[Asked] = site.asked

    counts = check_links([f"{site.url}/a"], links, fetchers(clock, ("example.org",)), clock=lambda: NOW)

    assert counts["refused"] == 1 and asked == []
