"""CSV, TSV and XLSX by a mapping; registries in YAML; our own form."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

import openpyxl
import pytest

from corpus.details import DataDetails, InstrumentDetails
from corpus.harvest.errors import Malformed, MappingInvalid, OverLimit, SourceInvalid
from corpus.harvest.mapping import Mapping
from corpus.harvest.table import preview
from tests.corpus.harvest.reading import only, read, resource, rules

INSTRUMENTS = Mapping.model_validate(
    {
        "name": "instruments",
        "fields": {
            "identifier": "资产编号", "title": "仪器名称", "title_en": "英文名称", "description": "功能",
            "host": "单位",
            "province": "行政区划", "details.model": "型号", "details.fees": "收费",
            "details.booking_url": "预约网址",
            "access_level": "共享方式",
        },
        "constants": {"type": "instrument"},
        "values": {"access_level": {"申请使用": "application"}},
    }
)  # fmt: skip
HEADER = "资产编号,仪器名称,英文名称,功能,单位,行政区划,型号,收费,预约网址,共享方式"
ROW = 'I-1,冷冻电镜,Cryo-EM,"测定,蛋白质结构",某研究院,110108,K3,每小时800元,https://b.example.org/1,申请使用'


def workbook(rows: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    found = io.BytesIO()
    book.save(found)
    return found.getvalue()


def test_a_table_in_gb18030_becomes_typed_records():
    found = resource(read(f"{HEADER}\n{ROW}\n".encode("gb18030"), "table", mapping=INSTRUMENTS))

    assert (found.name.zh, found.name.en, found.type, found.province) == (
        "冷冻电镜", "Cryo-EM", "instrument", "北京市",
    )  # fmt: skip
    assert found.holdings is not None
    assert found.holdings.zh == "测定,蛋白质结构"
    assert found.access.level == "application"
    assert isinstance(found.details, InstrumentDetails)
    assert found.details.model == "K3"
    assert found.details.fees is not None
    assert found.details.fees.zh == "每小时800元"


def test_a_row_that_is_torn_is_refused_with_its_line():
    body = f"{HEADER}\n{ROW}\nI-2,甲,,,,,,,,,多,余\n,,,\nI-3,,,,,,,,,\nI-4,乙,,,,999999,,,,\n"
    entries = list(read(body, "table", mapping=INSTRUMENTS).entries)

    assert [(entry.line, entry.resource is not None) for entry in entries] == [
        (2, True), (3, False), (5, False), (6, True),
    ]  # fmt: skip
    assert [rules(entry) for entry in entries[1:]] == [
        {"table.cells"},
        {"title.missing"},
        {"province.unknown"},
    ]


def test_the_known_elements_of_core_metadata_need_no_mapping():
    header = "标识符\t资源名称\t描述\t关键词\t生成日期\t注册日期"
    body = f"{header}\nr-1\t水文数据\t逐日流量。\t水文；河流\t2020年1月2日\t2021-03-04"
    found = resource(read(body, "table"))

    assert (found.name.zh, found.issued, found.modified) == ("水文数据", "2020-01-02", "2021-03-04")
    assert found.subjects.zh == ("水文", "河流")


def test_xlsx_gives_the_same_as_csv():
    body = workbook(
        [["标识符", "资源名称", "生成日期"], ["r-1", "水文数据", date(2020, 1, 2)], [7, "流量", 2021]]
    )
    entries = list(read(body, "table").entries)

    assert [entry.identifier for entry in entries] == ["r-1", "7"]
    assert entries[0].resource is not None
    assert entries[0].resource.issued == "2020-01-02"


@pytest.mark.parametrize(
    ("body", "error", "rule"),
    [
        (",".join(f"c{one}" for one in range(10_000)).encode(), OverLimit, "table.columns"),
        (workbook([[f"c{one}" for one in range(600)]]), OverLimit, "table.columns"),
        (b"PK\x03\x04 no zip", Malformed, "table.xlsx"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 99, Malformed, "table.xls"),
        (b"", Malformed, "table.empty"),
        ("甲,乙\n1,2".encode(), SourceInvalid, "mapping.missing"),
    ],
)
def test_tables_that_cannot_be_read_are_refused(body: bytes, error: type[Exception], rule: str):
    with pytest.raises(error) as refused:
        list(read(body, "table").entries)

    assert refused.value.rule == rule  # type: ignore[attr-defined]


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 120_000_000)
    with pytest.raises(OverLimit) as refused:
        list(read(found.getvalue(), "table").entries)

    assert refused.value.rule == "table.bomb"


def test_a_mapping_of_other_columns_is_refused():
    with pytest.raises(MappingInvalid):
        read("甲,乙\n1,2", "table", mapping=INSTRUMENTS)


def test_a_preview_shows_columns_and_proposes_fields():
    found = preview(f"{HEADER},备注\n{ROW}\n".encode("gb18030"), "a.csv")

    assert found.columns[:2] == ("资产编号", "仪器名称")
    assert found.rows[0][1] == "冷冻电镜"
    assert found.proposed["title"] == "仪器名称"
    assert found.proposed["details.booking_url"] == "预约网址"
    assert "备注" in found.unused


REGISTRY = """Name: Snow pictures
Description: |
  Pictures of snow by [a satellite](https://s.example.org).
Documentation: https://d.example.org/snow
Contact: desk@example.org
ManagedBy: "[Snow Desk](https://desk.example.org/)"
UpdateFrequency: daily
Tags: [snow, satellite imagery]
License: CC-BY-4.0
Resources:
  - Description: Scenes
    ARN: arn:aws:s3:::snow-scenes/v1
    Region: eu-central-1
    Type: S3 Bucket
    RequesterPays: True
  - Description: Raw
    ARN: arn:aws:s3:::snow-raw
    Region: eu-central-1
    Type: S3 Bucket
    ControlledAccess: https://desk.example.org/apply
"""


def test_a_registry_record_tells_how_to_get_in():
    found = resource(read(REGISTRY, url="datasets/snow-pictures.yaml"))

    assert (found.id, found.name.en, found.licence) == ("toy:snow-pictures", "Snow pictures", "CC-BY-4.0")
    assert found.host is not None
    assert found.host.en == "Snow Desk"
    assert found.access.level == "application"
    assert found.how_to_apply is not None
    steps = found.how_to_apply.steps
    assert steps.en[0] == "S3 Bucket: s3://snow-scenes/v1, region eu-central-1 (requester pays). Scenes"
    assert "受控访问：https://desk.example.org/apply" in steps.zh[1]
    assert isinstance(found.details, DataDetails)
    assert found.details.requester_pays
    assert [one.url for one in found.details.files] == ["s3://snow-scenes/v1", "s3://snow-raw"]


def test_yaml_documents_stand_alone_and_aliases_are_refused():
    bomb = "Name: &a [x]\nDescription: *a\nManagedBy: z\n"
    entries = list(read(f"{REGISTRY}---\nName: [\n---\n{bomb}", "registry").entries)

    assert entries[0].resource is not None
    assert [rules(entry) for entry in entries[1:]] == [{"yaml.syntax"}, {"yaml.alias"}]
    assert entries[2].line == REGISTRY.count("\n") + 5


OWN = """id: cryo-1
type: instrument
name: {zh: 冷冻电镜, en: Cryo-EM}
province: 北京市
details: {kind: instrument, model: K3, booking_url: "https://b.example.org"}
"""


def test_our_own_form_comes_back_as_it_was():
    found = resource(read(OWN))

    assert (found.id, found.name.zh, found.type) == ("toy:cryo-1", "冷冻电镜", "instrument")
    assert isinstance(found.details, InstrumentDetails)
    again = resource(read(f"[{found.model_dump_json(exclude={'origin'})}]"))
    assert again.model_copy(update={"origin": found.origin}) == found


def test_our_own_form_names_the_field_that_is_wrong():
    entry = only(read(OWN.replace("kind: instrument", "kind: facility")))

    assert rules(entry) == {"record.invalid"}
    entry = only(read(OWN + "colour: red\n"))
    assert "colour" in entry.complaints[0].message
