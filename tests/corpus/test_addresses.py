"""Addresses in every form: found, shown only where they are the record's own, the words around them kept."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from corpus.addresses.finding import addresses_in
from corpus.addresses.names import top_level
from corpus.addresses.spaces import is_global, leads_outside
from corpus.details import DataDetails, Download
from corpus.disarming import NO_ADDRESS, disarmed
from corpus.records import Contact, Resource, Source, Text

OWN = ("https://own.example.org/data", "https://中心.example.org/")
HAN_NAMES = ("科问认证", "数据申请", "测试站点")
HAN_ZONES = ("中国", "公司", "网址")
LETTERS = "abcdefghijklmnopqrstuvwxyz"

names = st.text(LETTERS + "0123456789-", min_size=2, max_size=12).filter(
    lambda name: name[0].isalpha() and name[-1] != "-" and name != "www"
)
zones = st.sampled_from(["net", "com", "cn", "org", "info", "top", "xyz", "ac.cn", "co.uk"])
hosts = st.one_of(
    st.builds(lambda *parts: ".".join(parts), names, names, zones),
    st.builds(lambda *parts: ".".join(parts), names, zones),
)
han_hosts = st.builds(
    lambda name, zone: f"{name}.{zone}", st.sampled_from(HAN_NAMES), st.sampled_from(HAN_ZONES)
)
fours = st.builds(lambda *n: ".".join(map(str, n)), *(st.integers(32, 255) for _ in range(4)))
paths = st.sampled_from(["", "/", "/apply", "/go?q=1", "/a/b.html#c"])
ports = st.sampled_from(["", ":8080", ":443"])


def full_width(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


def with_nothing_seen(text: str) -> str:
    return "\u200b".join(text)


schemes = st.sampled_from(
    ["https://", "HTTP://", "ftp://", "hxxps://", "tg://", "weixin://", "wss://", "s3://", "abc+d://", "//"]
)
plain = st.one_of(
    st.builds(lambda s, h, p, q: f"{s}{h}{p}{q}", schemes, hosts, ports, paths),
    st.builds(lambda s, h, p: f"{s}{h}{p}", st.sampled_from(["https://", "http://"]), han_hosts, paths),
    st.builds(lambda h, p, q: f"{h}{p}{q}", hosts, ports, paths),
    st.builds(lambda h, p, q: f"{h}{p}{q}", fours, ports, paths),
    st.builds(lambda n, h: f"{n}@{h}", names, hosts),
    st.builds(lambda n: f"@{n.replace('-', '_')}", names),
    st.builds(lambda n: f"tg://resolve?domain={n}", names),
    st.builds(lambda n: f"weixin://dl/business/?t={n}", names),
    st.builds(lambda h, q: f"[2001:db8::{h}]:8080{q}", st.integers(1, 9), paths),
)
forms = st.builds(
    lambda text, form: form(text),
    plain,
    st.sampled_from([str, str.upper, full_width, with_nothing_seen]),
)
surroundings = st.sampled_from(
    [
        ("申请前先到", "缴费，逾期不候"),
        ("详见（", "），共3.5万条"),
        ("见 ", " 。数据每年更新"),
        ("Apply at ", ", then wait for 5 days"),
        ("Write to (", ") first"),
        ("地址：", "；电话另询"),
    ]
)


def record(text: str) -> Resource:
    return Resource(
        id="toy-a",
        type="scientific_data",
        name=Text(zh="冰川数据", en="Ice data"),
        url=OWN[0],
        other_urls=OWN[1:],
        contact=Contact(email="desk@own.example.org"),
        holdings=Text(zh=text, en=text),
    )


def shown(text: str) -> str:
    safe = disarmed(record(text))[0]
    assert safe.holdings is not None
    assert disarmed(safe)[0] == safe, "what was made safe stays as it is"
    return safe.holdings.zh


@settings(max_examples=500, deadline=None)
@given(forms, surroundings)
def test_a_foreign_address_goes_and_every_word_around_it_stays(address: str, around: tuple[str, str]) -> None:
    before, after = around
    assume("own.example.org" not in address.lower())

    said = shown(f"{before}{address}{after}")

    middle = said.removeprefix(before.strip()).removesuffix(after).strip()
    assert said.startswith(before.strip()) and said.endswith(after)
    assert middle in NO_ADDRESS["zh"].values()


@settings(max_examples=300, deadline=None)
@given(han_hosts, paths, surroundings)
def test_a_host_in_characters_loses_its_form_where_its_beginning_cannot_be_told(
    host: str, path: str, around: tuple[str, str]
) -> None:
    before, after = around

    said = shown(f"{before}{host}{path}{after}")

    assert host not in said and said.startswith(before.strip()) and said.endswith(after)
    assert [one for one in addresses_in(said) if one.kind != "loose"] == []


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(
        [
            *OWN,
            "own.example.org",
            "www.own.example.org",
            "own.example.org/data/a.html",
            "中心.example.org/help",
            "desk@own.example.org",
        ]
    ),
    surroundings,
)
def test_an_own_address_stays(address: str, around: tuple[str, str]) -> None:
    text = f"{around[0]}{address}{around[1]}"

    assert shown(text) == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "own.example.org/other",
        "https://own.example.org/data?next=1",
        "own.example.org:8080/data",
        "notown.example.org",
        "https://own.example.org/data,evil.example.net/x",
        "https://own.example.org@evil.example.net/",
    ],
)
def test_what_only_resembles_an_own_address_is_foreign(text: str) -> None:
    assert "（网址略）" in shown(f"见 {text} 。")


@pytest.mark.parametrize("saying", ["请到{}办理", "网址是{}，电话见下", "Apply at {} now", "（{}）"])
@pytest.mark.parametrize(
    "form",
    [
        *("evil-portal.рф", "портал-доступ.рф", "evil.भारत", "evil.இந்தியா", "evil.한국", "بوابة.السعودية"),
        *("evil.ไทย", "evil.ελ", "evil.қаз", "2606:4700::1111", "localhost:8080/x", "0177.0.0.1"),
        *("127.1:8080/x", "tg：resolve?domain=evilbot", "mailto：a@evil.com"),
    ],
)
def test_an_address_in_any_script_is_found_wherever_words_go_on(form: str, saying: str) -> None:
    assert form not in shown(saying.format(form))


@settings(max_examples=400, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "数据共 3.5 万条", "第3.1.2.4条", "版本 v1.2.3.4", "DOI 10.12072/ncdc.westdc.db0001.2020",
                "CSTR:16666.11.nbsdc.xxx", "EPSG:4326/WGS84", "1.中国科学数据", "一.信息", "A.网络",
                "12:30:45", "std::vector", "recall@5", "e.g. ice", "Ph.D. U.S.", "E.coli", "data.csv",
                "资源类型代码.内部标识", "km/h", "n/a", "2019.03.01", "oai:x:1", "p<0.05", "“甲”。乙",
            ]
        ),
        min_size=1,
        max_size=6,
    )
)  # fmt: skip
def test_words_that_are_no_address_are_left_alone(words: list[str]) -> None:
    text = "，".join(words)

    assert addresses_in(text) == []


def test_the_end_of_a_sentence_and_the_name_of_a_file_keep_their_words() -> None:
    assert shown("Runs since 1997.At each orbit, see fort.63.nc") == (
        "Runs since 1997. At each orbit, see fort.63 .nc"
    )


@given(st.text(st.sampled_from("ab1中国。.．:：/／@＠ \n[]()-_?#net\u200bＡ"), max_size=40))
@settings(max_examples=500, deadline=None)
def test_any_text_is_read_and_what_was_left_out_of_it_is_no_address_again(text: str) -> None:
    found = addresses_in(text)

    assert all(0 <= one.start <= one.end <= len(text) for one in found)
    assert all(first.end <= second.start for first, second in pairwise(found))


def test_the_root_zone_has_its_names_in_both_spellings() -> None:
    assert {"cn", "中国", "xn--fiqs8s", "net"} <= top_level()


@given(st.integers(0, 2**32 - 1))
def test_a_spelling_of_an_ip_address_leads_where_the_address_lies(value: int) -> None:
    address = IPv4Address(value)
    last = value & 0xFFFF
    spellings = [
        str(address),
        str(value),
        hex(value),
        f"0{value:o}",
        f"{value >> 24}.{value >> 16 & 255}.{last}",
        full_width(str(address)),
        f"[::ffff:{address}]",
        f"[64:ff9b::{value:x}]" if value < 0x10000 else f"[64:ff9b::{value >> 16:x}:{last:x}]",
    ]

    assert {leads_outside(f"http://{one}/x") for one in spellings} == {is_global(address)}


@pytest.mark.parametrize(
    ("address", "reachable"),
    [
        *[(one, False) for one in ("127.0.0.1", "10.1.2.3", "100.64.0.1", "192.0.0.8", "224.0.0.1", "::1")],
        *[(one, False) for one in ("fe80::1", "fc00::1", "2001:db8::1", "3fff::1", "5f00::1", "4000::1")],
        *[(one, False) for one in ("2002:7f00:1::1", "2001:0:1:1::80ff:fffe", "64:ff9b:1::1", "ff02::1")],
        *[(one, True) for one in ("192.0.0.9", "192.0.0.10", "93.184.216.34", "2001:20::1", "2001:3::1")],
        *[(one, True) for one in ("2606:4700::1", "2001:4:112::1", "64:ff9b::808:808", "2002:808:808::1")],
    ],
)
def test_the_registries_say_what_is_reachable(address: str, reachable: bool) -> None:
    one: IPv4Address | IPv6Address = ip_address(address)

    assert is_global(one) is reachable


INSIDE = (
    *("http://127.0.0.1/x", "http://localhost:8080/", "https://a.localhost/", "http://10.0.0.9/x"),
    *("http://0x7f.1/", "http://[::1]/", "http://１２７．０．０．１/", "http://intranet/x"),
    *("http://nas.lan/", "http://wiki.corp/x", "http://portal.intranet/", "http://localhost.localdomain/"),
    *("http://files.internal/", "http://127.0.0.1./", "http://user@192.168.1.1/", "http://printer.local/"),
)


@pytest.mark.parametrize("address", INSIDE)
def test_a_harvested_record_has_no_address_inside_a_network(address: str) -> None:
    told = record(f"见 {address} 。").model_copy(
        update={
            "url": address,
            "other_urls": (address, "https://own.example.org/"),
            "sources": (Source(title=Text(zh="甲", en="A"), url=address),),
            "details": DataDetails(files=(Download(url=address),), documentation=address),
        }
    )

    safe, _ = disarmed(told, outside=True)

    assert safe.url is None and safe.other_urls == ("https://own.example.org/",)
    assert safe.sources[0].url is None
    assert safe.details == DataDetails()
    assert safe.holdings is not None and "（网址略）" in safe.holdings.zh
    assert disarmed(told)[0].url == address, "a record that was written by hand may have one"
