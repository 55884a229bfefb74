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
from corpus.harvest.mapping import Mapping, read_mapping
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


def government_catalogue(*, full_header: bool = False) -> bytes:
    """Title, form line, header of two rows with merged cells, a host for two records, foot, second sheet.

    With `full_header` the second row of the header has a name above each column, and nothing is merged down.
    """
    book = openpyxl.Workbook()
    page = book.active
    page.title = "目录"
    for row in (
        ["某市政务信息资源目录（2025年版）"],
        ["填报单位：某市数据局", None, None, None, None, None, None, "填报日期：2025年3月"],
        ["序号", "信息资源基本信息", None, None, None, "共享属性", None, "更新周期", "发布日期"],
        [None, "信息资源名称*", "信息资源代码", "信息资源提供方", "信息项信息", "共享类型", "共享条件"],
        [
            1,
            "河流水位",
            "307/000123",
            "某市水务局",
            "站名、水位",
            "无条件共享",
            None,
            "实时",
            date(2025, 3, 1),
        ],
        [2, "水库蓄水", "307/000124", None, "库名，蓄水量", "有条件共享", "依申请", "每月", "2025年3月2日"],
        [3, "取水许可", "307/000125", "某市发改委", None, "不予共享", None, "每年", "二〇二五年三月三日"],
        ["注：“不予共享”的须注明依据。"],
        ["填表人：", "赵某", None, None, "联系电话：", "010-00000000"],
    ):
        page.append(row)
    for merged in ("A1:I1", "B3:E3", "F3:G3", "D5:D6", "A8:I8"):
        page.merge_cells(merged)
    for column in "AHI":
        if full_header:
            page[f"{column}4"] = page[f"{column}3"].value
        else:
            page.merge_cells(f"{column}3:{column}4")
    other = book.create_sheet("编码")
    other.append(["行业", "码"])
    other.append(["水利", 7])
    found = io.BytesIO()
    book.save(found)
    return found.getvalue()


def test_a_government_catalogue_is_read_as_it_comes():
    page = read(government_catalogue(), "table", url="c.xlsx")
    found = [entry.resource for entry in page.entries]

    assert all(found)
    records = [one for one in found if one]
    assert [one.name.zh for one in records] == ["河流水位", "水库蓄水", "取水许可"]
    assert [one.host.zh for one in records if one.host] == ["某市水务局", "某市水务局", "某市发改委"]
    assert [one.access.level for one in records] == ["open", "application", "restricted"]
    assert [one.issued for one in records] == ["2025-03-01", "2025-03-02", "2025-03-03"]
    details = records[1].details
    assert isinstance(details, DataDetails)
    assert (details.variables, details.frequency) == (("库名", "蓄水量"), "每月")
    told = {one.rule: one.message for one in page.remarks}
    assert "8, 9" in told["table.notes"] and "'编码' is not read" in told["table.sheet"]


def test_a_mapping_of_one_s_own_reads_it_too_and_its_foot_is_no_record():
    mapping = read_mapping(
        "name: own\nheader_row: 4\n"
        "fields: {title: 信息资源名称*, identifier: 信息资源代码, host: 信息资源提供方, "
        "access_level: 共享类型}\n"
        "values: {access_level: {无条件共享: open, 有条件共享: application, 不予共享: restricted}}",
        "own.yaml",
    )
    body = government_catalogue(full_header=True)

    records = [one.resource for one in read(body, "table", url="c.xlsx", mapping=mapping).entries]

    assert [one and one.name.zh for one in records] == ["河流水位", "水库蓄水", "取水许可"]
    assert [one and one.host and one.host.zh for one in records] == ["某市水务局", "某市水务局", "某市发改委"]
    assert [one and one.access.level for one in records] == ["open", "application", "restricted"]
    assert preview(body, "c.xlsx").header_row == 4


def test_a_preview_finds_the_header_of_a_government_catalogue():
    found = preview(government_catalogue(), "c.xlsx")

    assert (found.header_row, found.rows[0][1]) == (4, "河流水位")
    assert found.proposed.items() >= {
        "identifier": "信息资源代码", "title": "信息资源名称", "host": "信息资源提供方",
        "access_level": "共享类型", "frequency": "更新周期", "issued": "发布日期",
    }.items()  # fmt: skip
    assert found.others == (("编码", ("行业", "码")),)


def test_strict_workbooks_are_read_too():
    from corpus.harvest.grids import _STRICT

    strict = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(government_catalogue())) as given, zipfile.ZipFile(strict, "w") as made:
        for part in given.infolist():
            data = given.read(part)
            for name, known in _STRICT:
                data = data.replace(known, name)
            made.writestr(part.filename, data)

    assert len(list(read(strict.getvalue(), "table", url="c.xlsx").entries)) == 3


PORTAL = (
    "目录名称,数据提供部门,更新频率,开放类型,首次发布时间,最近更新时间,摘要,数据格式,联系方式\n"
    '"=""000002""",某区卫健委,每年,有条件开放,2020/1/2,2024.12.31,"名录，\n分两表",XLSX、CSV,无\n'
    "\t古树名录,某区绿化局,/,依申请,20200315,—,暂无,CSV,/\n"
)


def test_a_portal_list_in_gbk_is_proposed_and_read():
    body = PORTAL.encode("gbk")
    proposed = preview(body, "p.csv").proposed

    assert proposed.items() >= {
        "title": "目录名称", "host": "数据提供部门", "issued": "首次发布时间", "modified": "最近更新时间",
        "access_level": "开放类型", "frequency": "更新频率",
    }.items()  # fmt: skip
    mapping = Mapping.model_validate({"name": "p", "fields": proposed})
    first, second = (one.resource for one in read(body, "table", mapping=mapping).entries)
    assert first is not None and second is not None
    assert (first.name.zh, first.modified, first.formats) == ("000002", "2024-12-31", ("XLSX", "CSV"))
    assert (second.name.zh, second.access.level, second.issued) == ("古树名录", "application", "2020-03-15")
    assert not (second.holdings or second.contact or second.details or second.modified)


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
