"""Encodings, mojibake, tags, dates, places, licences and languages as sources write them."""

from __future__ import annotations

import pytest

from corpus.harvest.bodies import decoded, parsed_xml
from corpus.harvest.cleaning import plain, reflowed, repaired
from corpus.harvest.dates import date_of
from corpus.harvest.drafts import record_id
from corpus.harvest.errors import Malformed, OverLimit
from corpus.harvest.kinds import proposed_type
from corpus.harvest.languages import language_code, language_of
from corpus.harvest.licences import licence_of, rights_of
from corpus.harvest.places import box_of, province_of
from corpus.texts import shortened


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_chinese_is_read_in_any_of_its_encodings(encoding: str):
    text = "编号,名称\n1,青藏高原冰川观测数据集"

    assert decoded(text.encode(encoding), "a.csv")[0] == text


def test_windows_1252_is_not_taken_for_chinese():
    assert decoded("Café à la crème, déjà vu".encode("cp1252"), "a.csv") == (
        "Café à la crème, déjà vu",
        "cp1252",
    )


def test_a_declared_encoding_that_does_not_hold_names_the_line():
    with pytest.raises(Malformed) as refused:
        decoded(b"a\nb\xff\xff", "a.csv", "text/csv; charset=big5")

    assert (refused.value.rule, refused.value.line) == ("text.encoding", 2)


def test_utf8_read_as_latin_or_gbk_is_undone():
    assert repaired("中国科学院".encode().decode("latin-1")) == "中国科学院"
    assert repaired("测试数据".encode().decode("gb18030")) == "测试数据"
    assert repaired("Garcés à Paris") is None
    assert repaired("联通数据与中华人民共和国") is None


def test_markup_leaves_no_tag_and_no_script():
    text = plain("&lt;p&gt;Ice&amp;nbsp;cover <b>2020</b>, a < b<script>alert(1)</script>&lt;/p&gt;<br>next")

    assert text == "Ice cover 2020, a < b\nnext"


def test_hard_wrapped_lines_flow_and_lists_stay():
    wrapped = (
        "A long line that was broken at the seventieth column of the file\nand goes on here.\n- one\n- two"
    )

    assert reflowed(wrapped).split("\n")[1:] == ["- one", "- two"]


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("2016-12-20T00:00:00Z", "2016-12-20"),
        ("20161220", "2016-12-20"),
        ("2016年12月20日", "2016-12-20"),
        ("Tue, 15 Nov 1994 08:12:31 GMT", "1994-11-15"),
        ("25/12/2011", "2011-12-25"),
        ("Sep 24, 2015", "2015-09-24"),
        (1354000000000, "2012-11-27"),
        ("2011-07", "2011-07"),
        ("R/P1W", None),
        ("", None),
    ],
)
def test_dates_of_many_spellings(written: object, date: str | None):
    assert date_of(written) == (date, None)


@pytest.mark.parametrize("written", ["2015-13-45", "2009-02-30", "Production Date", "0023"])
def test_an_impossible_date_has_a_fault(written: str):
    found, fault = date_of(written)

    assert found is None
    assert fault


def test_an_ambiguous_date_gives_its_year_and_says_so():
    found, fault = date_of("03/04/2011")

    assert found == "2011"
    assert fault


@pytest.mark.parametrize(
    ("place", "province"),
    [
        ("110108", "北京市"), ("320000", "江苏省"), ("CN-SN", "陕西省"), ("内蒙古呼和浩特", "内蒙古自治区"),
        ("Nanjing, Jiangsu, China", "江苏省"), ("United Kingdom", "英国"), ("999999", None), ("global", None),
    ],
)  # fmt: skip
def test_provinces_by_code_and_name(place: str, province: str | None):
    assert province_of(place) == province


def test_boxes_are_on_the_globe():
    box, _ = box_of(200, 40, 220, 30)

    assert box is not None
    assert (box.west, box.south, box.east, box.north) == (-160, 30, -140, 40)
    assert box_of(0, 91, 1, 95)[0] is None


@pytest.mark.parametrize(
    ("stated", "licence"),
    [
        ("http://creativecommons.org/licenses/by/4.0/legalcode", "CC-BY-4.0"),
        ("Creative Commons Attribution-NonCommercial 4.0 International License", "CC-BY-NC-4.0"),
        ("http://publications.europa.eu/resource/authority/licence/CC_BYSA_4_0", "CC-BY-SA-4.0"),
        ("https://spdx.org/licenses/MIT.html", "MIT"),
        ("CC0 1.0", "CC0-1.0"),
        ("CC-BY", "CC-BY"),
        ("Creative Commons Attribution 4.0 except photos", "Creative Commons Attribution 4.0 except photos"),
        ("notspecified", None),
        ("CC0-1.0; CC-BY-NC-4.0", "CC0-1.0; CC-BY-NC-4.0"),
        ("CC BY 4.0 (was CC BY 3.0)", "CC BY 4.0 (was CC BY 3.0)"),
    ],
)
def test_licences_are_spdx_where_they_are_known_and_never_invented(stated: str, licence: str | None):
    assert licence_of(stated) == licence


@pytest.mark.parametrize(
    ("stated", "rights"),
    [
        ("info:eu-repo/semantics/embargoedAccess", "embargoed"),
        ("http://purl.org/coar/access_right/c_16ec", "restricted"),
        ("non-public", "restricted"),
        ("http://publications.europa.eu/resource/authority/access-right/PUBLIC", "open"),
        ("closed", "metadata_only"),
        ("ask the desk", None),
    ],
)
def test_access_rights_are_those_of_coar(stated: str, rights: str | None):
    assert rights_of(stated) == rights


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        ("青藏高原冰川 GLACIER 数据", "en", "zh"),
        ("日本の氷河データ", None, "ja"),
        ("Données sur les glaciers des Alpes pour la France", None, "fr"),
        ("Glacier data of the Alps", "zh", "en"),
        ("S3 Bucket：s3://a，区域 eu", "zh", "zh"),
        ("Koronare Störungen", "de", "de"),
    ],
)
def test_scripts_speak_for_themselves(text: str, declared: str | None, language: str):
    assert language_of(text, declared) == language


def test_language_codes_of_all_kinds():
    codes = ["eng", "en-US", "English", "zh_Hans", "中文", "http://x.eu/language/FRA", "eng; CAN"]

    assert [language_code(one) for one in codes] == ["en", "en", "en", "zh", "zh", "fr", "en"]


def test_types_are_proposed_from_words_of_many_vocabularies():
    words = [
        "dcmitype/PhysicalObject",
        "JournalArticle",
        "仪器设备",
        "http://x/DataService",
        "种质资源",
        "Dataset",
    ]

    assert [proposed_type([one]) for one in words] == [
        "specimen", "literature", "instrument", "service_platform", "germplasm", "scientific_data",
    ]  # fmt: skip


def test_ids_keep_what_they_can_and_tell_apart_what_they_cannot():
    assert record_id("toy", "10.1234/abc.1") == "toy:10.1234/abc.1"
    assert record_id("toy", "数据 1") != record_id("toy", "数据 2")
    assert record_id("toy", "aB") != record_id("toy", "Ab")
    assert len(record_id("toy", "x" * 500)) < 200


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "xml.entity"),
        ('<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>', "xml.entity"),
        ("<a>" * 150 + "</a>" * 150, "xml.depth"),
        ("<a>" * 5000 + "</a>" * 5000, "xml.depth"),
    ],
)
def test_entities_and_depth_are_refused(body: str, rule: str):
    with pytest.raises(OverLimit) as refused:
        parsed_xml(body.encode(), "a.xml")

    assert refused.value.rule == rule


def test_broken_xml_names_file_and_line():
    with pytest.raises(Malformed) as refused:
        parsed_xml(b"<a>\n<b></a>", "a.xml")

    assert str(refused.value).startswith("a.xml:2: ")


def test_xml_in_another_encoding_than_declared_is_still_read():
    body = "<?xml version='1.0' encoding='UTF-8'?><a>青藏高原冰川观测数据集，积雪与冻土</a>".encode("gb18030")

    root, other = parsed_xml(body, "a.xml")

    assert (root.text, other) == ("青藏高原冰川观测数据集，积雪与冻土", "gb18030")


def test_a_text_is_cut_between_sentences_or_words_and_never_within_a_number():
    assert shortened("One. Two and three.", 40) == "One. Two and three."
    assert shortened("Snow was measured daily. Then 12345678", 32) == "Snow was measured daily.…"
    assert shortened("about 17 thousand plots", 9) == "about…"
    assert shortened("雪深一七1234567890", 9) == "雪深一七…"
