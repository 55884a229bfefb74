"""Harvested records as they may be shown."""

from __future__ import annotations

from typing import Any

import pytest

from corpus.details import DataDetails, Download
from corpus.disarming import disarmed
from corpus.records import Contact, Resource, Text
from harvesting.checking import level_of, private_data
from harvesting.routes import CONTACT_PAGE, tidied


def resource(**more: Any) -> Resource:
    values: dict[str, Any] = {
        "id": "ice:1",
        "type": "scientific_data",
        "name": Text(zh="冰川物质平衡数据集", en="Glacier mass balance"),
        "holdings": Text(zh="逐年物质平衡。", en="Yearly mass balance."),
    }
    return Resource(**{**values, **more})


def in_text(words: str) -> Resource:
    return resource(holdings=Text(zh=words, en="Yearly mass balance."))


def test_the_number_of_an_identity_card_is_for_staff_only() -> None:
    # A made-up number whose check character is right, and one where it is not.
    assert level_of(in_text("联系人身份证 11010519491231002X。")) == "staff"
    assert level_of(in_text("样品编号 110105194912310021。")) == "public"


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("请致电 13800138000 索取。", "privacy.mobile"),
        ("write to someone@gmail.com", "privacy.mail"),
        ("密级：内部", "secrecy.marked"),
    ],
)
def test_personal_data_in_a_text_is_named_by_rule_and_field(words: str, rule: str) -> None:
    assert list(private_data(in_text(words))) == [(rule, "holdings.zh")]


def test_a_contact_is_meant_to_be_read_and_numbers_of_data_are_no_phones() -> None:
    assert list(private_data(resource(contact=Contact(phone="13800138000", email="a@qq.com")))) == []
    assert list(private_data(in_text("共 13800138000.5 条，坐标 113.80013800。"))) == []


def test_a_record_is_seen_by_nobody_below_the_level_of_its_source() -> None:
    assert level_of(resource(), "member") == "member"
    assert level_of(resource(visibility="unit"), "registered") == "unit"
    assert level_of(in_text("【机密】"), "member") == "staff"


def test_files_keep_addresses_of_stores_and_lose_others() -> None:
    files = tuple(Download(url=url) for url in ("s3://bucket/a", "https://x.example.org/b"))
    told = resource(
        details=DataDetails(files=files, documentation="javascript:alert(1)"),
        holdings=Text(zh="<b>逐年</b>物质平衡。", en="Yearly <b>mass</b> balance."),
    )

    clean, _ = disarmed(told)

    assert isinstance(clean.details, DataDetails)
    assert [one.url for one in clean.details.files] == ["s3://bucket/a", "https://x.example.org/b"]
    assert clean.details.documentation is None


def test_addresses_in_brackets_leave_a_sentence_that_stands() -> None:
    told = resource(
        url="https://ice.example.org/",
        holdings=Text(
            zh="冰川观测（https://a.example.org/x）的逐年数据。",
            en="Yearly data (http://a.example.org/x) of glaciers.",
        ),
        contact=Contact(note=Text(zh="https://ice.example.org/desk", en="https://ice.example.org/desk")),
    )

    clean = tidied(told)

    assert clean.holdings == Text(zh="冰川观测的逐年数据。", en="Yearly data of glaciers.")
    assert clean.contact == Contact(note=CONTACT_PAGE)
    assert clean.other_urls == ("https://ice.example.org/desk",)
    assert tidied(clean) is clean
