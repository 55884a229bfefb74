"""Harvested records are seen by those whom their source is for, also when they are withdrawn or merged."""

from __future__ import annotations

from typing import Any

import pytest

from corpus.records import Contact, Corpus, Resource, Text
from harvesting.bodies import WebBodies
from harvesting.catalogue import _contacts, with_harvested
from harvesting.checking import seen_as
from harvesting.sync import Sync
from storage.harvest_records import Merge
from storage.harvest_sides import Merges
from storage.records import now
from tests.harvesting.samples import dataset
from tests.harvesting.test_checking import in_text, resource
from tests.harvesting.test_sync import Web, web

__all__ = ["web"]

EMPTY = Corpus(digest="0" * 64)


def gather(web: Web, visibility: str, unit: str | None = None) -> Corpus:
    Sync(web.database, web.source, WebBodies(web.fetcher), who="test", visibility=visibility, unit=unit).run(
        accept_loss=True
    )
    return with_harvested(EMPTY, web.database)


@pytest.mark.parametrize(
    ("own", "floor", "expected"),
    [
        ({}, (None, None), ("public", None)),
        ({}, ("unit", "alpha"), ("unit", "alpha")),
        ({"visibility": "unit", "unit": "alpha"}, ("member", None), ("unit", "alpha")),
        ({"visibility": "unit", "unit": "alpha"}, ("unit", "alpha"), ("unit", "alpha")),
        ({"visibility": "unit", "unit": "alpha"}, ("unit", "beta"), ("staff", None)),
        ({"visibility": "unit"}, (None, None), ("staff", None)),
        ({}, ("unit", None), ("staff", None)),
    ],
)
def test_a_record_and_its_source_agree_on_who_sees_it(
    own: dict[str, Any], floor: tuple[str | None, str | None], expected: tuple[str, str | None]
) -> None:
    assert seen_as(resource(**own), *floor) == expected


def test_a_mark_of_secrecy_takes_it_from_the_unit_too() -> None:
    assert seen_as(in_text("【机密】"), "unit", "alpha") == ("staff", None)


def test_records_of_a_unit_and_their_tombstones_are_the_units(web: Web) -> None:
    web.holds(dataset(1), dataset(2))
    corpus = gather(web, "unit", "alpha")
    assert {one.label for one in corpus.resources} == {"unit:alpha"}

    web.holds(dataset(2))
    corpus = gather(web, "unit", "alpha")

    assert [one.label for one in (*corpus.resources, *corpus.tombstones)] == ["unit:alpha", "unit:alpha"]


def test_a_tombstone_is_for_those_who_saw_the_record(web: Web) -> None:
    web.holds(dataset(1, description="冰川物质平衡逐年数据。密级：内部"), dataset(2))
    assert gather(web, "public").by_id["ice:glacier-1"].label == "staff"

    web.holds(dataset(2))

    assert [one.label for one in gather(web, "public").tombstones] == ["staff"]


def test_a_source_that_is_for_others_from_now_on_is_checked_again(web: Web) -> None:
    web.holds(dataset(1))
    assert gather(web, "public").by_id["ice:glacier-1"].label == "public"

    assert gather(web, "unit", "beta").by_id["ice:glacier-1"].label == "unit:beta"
    assert gather(web, "public").by_id["ice:glacier-1"].label == "public"


def test_what_is_for_others_is_not_put_on_one_card(web: Web) -> None:
    web.holds(dataset(1, description="冰川物质平衡逐年数据。密级：内部"), dataset(2))
    gather(web, "public")
    merges = Merges(web.database)
    merges.propose([Merge("ice:glacier-2", "ice:glacier-1", (), "proposed", now())])
    merges.decide("ice:glacier-2", "ice:glacier-1", "accepted", who="test")

    corpus = with_harvested(EMPTY, web.database)

    assert {one.id: one.label for one in corpus.resources} == {
        "ice:glacier-1": "staff",
        "ice:glacier-2": "public",
    }


def test_whom_to_ask_about_a_dead_link_is_never_taken_from_a_hidden_record() -> None:
    host = Text(zh="冰川所", en="Glacier Institute")
    hidden = resource(id="ice:0", host=host, contact=Contact(phone="010-1"), visibility="staff")
    shown = resource(id="ice:2", host=host, contact=Contact(phone="010-2"))
    records: dict[str, Resource] = {one.id: one for one in (hidden, shown)}

    assert _contacts(records)["冰川所"] is shown
