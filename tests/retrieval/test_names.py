"""Names, short forms, numbers and sounds, on a few records of our own and on the bundled corpus."""

from __future__ import annotations

import pytest

from corpus.loaders import load_corpus
from corpus.records import Identifier, Policy, Record, Resource, Succession, Text
from retrieval.names import Mention, NameIndex


def resource(id_: str, zh: str, en: str, type_: str = "scientific_data", **more: object) -> Resource:
    return Resource.model_validate({"id": id_, "type": type_, "name": {"zh": zh, "en": en}, **more})


def policy(id_: str, zh: str, en: str, number: str | None, **more: object) -> Policy:
    body = Text(zh="甲部", en="Ministry A")
    fields: dict[str, object] = {
        "id": id_,
        "title": {"zh": zh, "en": en},
        "rank": "administrative_regulation",
        "issuing_body": body,
        "doc_number": number,
        "status": "in_force",
        "scope": body,
        "coverage": "key",
        "read": "partial",
        "articles": (),
        **more,
    }
    return Policy.model_validate(fields)


RECORDS: list[Record] = [
    resource("loess", "国家黄土高原科学数据中心", "National Loess Plateau Data Center (LPDC)"),
    resource("tides", "国家潮汐观测科学数据中心", "National Tidal Observation Data Center"),
    resource(
        "camel",
        "国家骆驼类实验动物资源库",
        "National Camel Laboratory Animal Resource Center",
        "biological_material",
        aliases=("国家驼库",),
    ),
    resource("alpaca", "国家羊驼实验动物资源库", "National Alpaca Bank", aliases=("国家驼库",)),
    resource("ring", "东湖光源（国家曙光辐射实验室）", "Donghu Light Source (NSRL)", "facility"),
    resource(
        "swift",
        "百米毫米波望远镜（SWIFT）",
        "Hundred-metre Millimetre Telescope (SWIFT)",
        "facility",
        identifiers=(Identifier(scheme="doi_prefix", value="10.99999"),),
        url="https://www.swift-telescope.cn/",
    ),
    resource("wave", "毫米波标准物质库", "Millimetre Reference Materials Bank (NSRL)", "reference_material"),
    resource("plain", "中国科学数据", "China Scientific Data", "literature"),
    policy("snow-law", "中华人民共和国冰雪资源保护法", "Snow and Ice Protection Law", "主席令第二百零一号"),
    policy(
        "glacier-rules",
        "冰川样品管理办法",
        "Measures for the Management of Glacier Samples",
        "国冰发〔2031〕19号",
    ),
    policy("dune-regulation", "沙丘监测条例", "Regulation on the Monitoring of Dunes", "国务院令第9717号"),
    policy(
        "dune-standard",
        "沙丘核心元数据",
        "Core metadata for dunes",
        "GB/T 99912—2031",
        replaces=(
            Succession(title=Text(zh="沙丘元数据旧版", en="Old dune metadata"), doc_number="GB/T 99912—2024"),
        ),
    ),
]


@pytest.fixture(scope="module")
def index() -> NameIndex:
    return NameIndex(RECORDS)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def bundled() -> NameIndex:
    return NameIndex(load_corpus())


def ids(mentions: list[Mention]) -> list[str]:
    return [m.record_id for m in mentions]


@pytest.mark.parametrize(
    ("text", "record_id", "how", "surface"),
    [
        ("国家黄土高原科学数据中心在哪", "loess", "exact", "国家黄土高原科学数据中心"),
        ("國家黃土高原科學數據中心在哪", "loess", "exact", "國家黃土高原科學數據中心"),
        ("国家 黄土高原 科学数据中心", "loess", "exact", "国家 黄土高原 科学数据中心"),
        ("黄土高原科学数据中心网址", "loess", "alias", "黄土高原科学数据中心"),
        ("ＬＰＤＣ是什么", "loess", "abbreviation", "ＬＰＤＣ"),
        ("lpdc怎么用", "loess", "abbreviation", "lpdc"),
        ("the Loess Plateau Data Centre's site", "loess", "alias", "Loess Plateau Data Centre"),
        ("黄土高原数据中心收费吗", "loess", "short", "黄土高原数据中心"),
        ("想问骆驼类资源库", "camel", "short", "骆驼类资源库"),
        ("东湖的那个光源呢", "ring", "short", "东湖的那个光源"),
        ("国家曙光辐射实验室", "ring", "alias", "国家曙光辐射实验室"),
        ("冰雪资源保护法第三条", "snow-law", "exact", "冰雪资源保护法"),
        ("冰雪保护法", "snow-law", "short", "冰雪保护法"),
        (
            "glacier sample management measures",
            "glacier-rules",
            "short",
            "glacier sample management measures",
        ),
        ("a dune monitoring regulation?", "dune-regulation", "short", "dune monitoring regulation"),
        ("国家骆驼类实验动物资原库", "camel", "homophone", "国家骆驼类实验动物资原库"),
        ("National Tidal Observaton Data Center", "tides", "typo", "National Tidal Observaton Data Center"),
        ("guojia huangtu gaoyuan kexue shuju zhongxin", "loess", "pinyin", None),
        ("huangtugaoyuan shuju zhongxin zenme yong", "loess", "pinyin", "huangtugaoyuan shuju zhongxin"),
        ("gjhtgykxsjzx", "loess", "initials", "gjhtgykxsjzx"),
        ("请看国冰发〔2031〕19号", "glacier-rules", "doc_number", "国冰发〔2031〕19号"),
        ("国冰发【2031】１９号", "glacier-rules", "doc_number", "国冰发【2031】１９号"),
        ("document Guo Bing Fa (2031) No. 19", "glacier-rules", "doc_number", "Guo Bing Fa (2031) No. 19"),
        ("19号文", "glacier-rules", "doc_number", "19号文"),
        ("State Council Order No. 9717", "dune-regulation", "doc_number", None),
        ("Order 9717", "dune-regulation", "doc_number", "Order 9717"),
        ("9717号令", "dune-regulation", "doc_number", "9717号令"),
        ("主席令第201号", "snow-law", "doc_number", "主席令第201号"),
        ("ＧＢ／Ｔ　９９９１２—２０３１", "dune-standard", "doc_number", None),
        ("10.99999/abc.7", "swift", "identifier", "10.99999/abc.7"),
        ("swift-telescope.cn 打不开", "swift", "identifier", "swift-telescope.cn"),
    ],
)
def test_form_finds_its_record(
    index: NameIndex, text: str, record_id: str, how: str, surface: str | None
) -> None:
    first = index.mentions(text)[0]

    assert (first.record_id, first.how) == (record_id, how)
    assert first.surface == (surface or text)
    assert text[first.start : first.end] == first.surface


@pytest.mark.parametrize(
    "text",
    [
        "",
        "🙂🙂",
        "国家科学数据中心有哪些",
        "哪个资源库有骆驼的血",
        "a national data center for tides and waves",
        "How swift can I get an answer from the archive?",
        "黄土高原的水土流失数据在哪里",
        "科学数据怎么汇交",
        "中国科学数据中心有哪些",
        "GB/T 12345—2020",
        "国冰发〔2031〕91号",
        "国家深海黄土高原科学数据中心",
        "10.12345/abc",
    ],
)
def test_generic_or_unknown_text_names_nobody(index: NameIndex, text: str) -> None:
    assert index.mentions(text) == []


def test_word_like_abbreviation_needs_its_context(index: NameIndex) -> None:
    assert ids(index.mentions("swift")) == ["swift"]
    assert ids(index.mentions("SWIFT的观测时间")) == ["swift"]
    assert ids(index.mentions("can the swift telescope observe methanol")) == ["swift"]
    assert ids(index.mentions("What is SWIFT?")) == ["swift"]


def test_records_that_share_a_surface_all_come_out(index: NameIndex) -> None:
    assert set(ids(index.mentions("国家驼库"))) == {"camel", "alpaca"}
    assert set(ids(index.mentions("NSRL"))) == {"ring", "wave"}


def test_longest_match_wins(index: NameIndex) -> None:
    found = index.mentions("国家黄土高原科学数据中心和东湖光源")

    assert sorted(ids(found)) == ["loess", "ring"]


def test_replaced_number_is_marked(index: NameIndex) -> None:
    old, new = index.mentions("GB/T 99912-2024")[0], index.mentions("GB/T 99912-2031")[0]

    assert (old.record_id, old.superseded) == ("dune-standard", True)
    assert (new.record_id, new.superseded) == ("dune-standard", False)


def test_slips_are_put_right_in_words_and_never_in_numbers(index: NameIndex) -> None:
    assert index.corrected("买标准物植 9717 号") == "买标准物质 9717 号"
    assert index.corrected("这句话没有错") == "这句话没有错"


def test_every_bundled_name_finds_its_record(bundled: NameIndex) -> None:
    missed = []
    for record in bundled.records.values():
        name = record.name if isinstance(record, Resource) else record.title
        for surface in (name.zh, name.en, *record.aliases, *record.former_names):
            found = bundled.mentions(surface)
            near = [m.record_id for m in found if m.confidence >= found[0].confidence - 0.06]
            if record.id not in near:
                missed.append((record.id, surface))
    assert missed == []


@pytest.mark.parametrize(
    "text",
    [
        "借钱不还应该去哪个法院起诉",
        "公司拖欠工资三个月，可以解除合同吗",
        "We train a fast and secure model for image segmentation",
        "线上申请的流程是什么",
        "数据安全怎么保证",
        "the east coast of China",
    ],
)
def test_ordinary_questions_name_no_bundled_record(bundled: NameIndex, text: str) -> None:
    assert bundled.mentions(text) == []


def test_a_name_is_found_among_a_thousand_alike() -> None:
    places = [a + b for a in "赤橙黄绿青蓝紫金银铜" for b in "山河湖海江岭原洲湾岛"]
    things = ["沙鼠", "苔藓", "陨石", "珊瑚", "蜂蜜", "竹简", "云雀", "磷虾", "砂岩", "茶树"]
    records = [
        resource(f"r{i}-{j}", f"国家{place}{thing}科学数据中心", f"National Sample {i} {j} Data Center")
        for i, place in enumerate(places)
        for j, thing in enumerate(things)
    ]
    big = NameIndex(records)
    question = "请问国家青湖珊瑚科学数据中心的数据怎么申请？要单位盖章吗？收费多少？谁来审核？多久能拿到？"
    found = big.mentions(question)

    assert found[0].surface == "国家青湖珊瑚科学数据中心"
