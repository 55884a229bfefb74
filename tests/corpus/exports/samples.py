"""Records with everything in them that an export can say."""

from __future__ import annotations

from corpus.details import Agent, Box, Coverage, DataDetails, Download, Grant, Origin, Period, Relation
from corpus.records import (
    Access,
    Article,
    Contact,
    Identifier,
    Lines,
    Policy,
    Resource,
    Text,
)

BASE = "https://kewen.example"


def both(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


CENTRE = Resource(
    id="toy-centre",
    type="scientific_data",
    name=both("国家玩具数据中心", "National Toy Data Center"),
    aliases=("玩具中心",),
    host=both("玩具研究所", "Institute of Toys"),
    province="北京市",
    city=both("北京", "Beijing"),
    url="https://toys.example/",
    identifiers=(Identifier(scheme="doi_prefix", value="10.12345"),),
    subjects=Lines(zh=("玩具",), en=("toys",)),
    holdings=both("玩具的测量数据", "Measurements of toys"),
    access=Access(level="open", text=both("免费", "Free of charge")),
    contact=Contact(email="a@toys.example"),
    since=both("2011年成立", "Founded in 2011"),
)
DATASET = Resource(
    id="src:10.12345/toys.1",
    type="scientific_data",
    name=both("Spinning tops & balls <2020>", "Spinning tops & balls <2020>"),
    host=both("Toy Archive", "Toy Archive"),
    url="https://toys.example/d/1",
    other_urls=("https://mirror.example/d/1",),
    identifiers=(
        Identifier(scheme="doi", value="10.12345/toys.1"),
        Identifier(scheme="cstr", value="12345.11.toys.1"),
    ),
    subjects=Lines(zh=("tops", "balls"), en=("tops", "balls")),
    holdings=both("Speeds of 100 % of all {known} tops_\u0001", "Speeds of 100 % of all {known} tops_\u0001"),
    access=Access(level="open"),
    languages=("en",),
    written_in=("en",),
    creators=(
        Agent(name="Doe, Jane", orcid="0000-0002-1825-0097", affiliation="Toy University"),
        Agent(name="Toy Survey and Co", organisation=True),
        Agent(name="Li Si"),
        Agent(name="Zhang San"),
    ),
    licence="CC-BY-4.0",
    access_rights="open",
    issued="2020-05-01",
    modified="2021-06-02",
    temporal=Period(start="2019-01-01", end="2019-12-31"),
    spatial=Coverage(places=("Toyland",), boxes=(Box(west=100, south=20, east=110, north=30),)),
    formats=("CSV",),
    funding=(
        Grant(funder="Toy Council", number="TC-17", title="Tops that talk", ror="02nr0ka47"),
        Grant(funder="Ball Trust"),
    ),
    relations=(
        Relation(kind="part_of", scheme="doi", value="10.12345/toys"),
        Relation(kind="previous_version", url="https://toys.example/d/0"),
        Relation(kind="cited_by", title="Tops considered"),
    ),
    details=DataDetails(
        version="1.2", files=(Download(url="https://toys.example/d/1.csv", media_type="text/csv", bytes=10),)
    ),
    origin=Origin(source="src", identifier="10.12345/toys.1", format="datacite_xml"),
)
RULE = Policy(
    id="toy-rule",
    title=both("玩具样本管理办法", "Measures on Toy Samples"),
    rank="departmental_rule",
    issuing_body=both("玩具部", "Ministry of Toys"),
    doc_number="玩具部令第3号",
    issued="2015-03-02",
    effective="2015-05-01",
    status="in_force",
    scope=both("玩具样本的收藏和借用", "Keeping and lending toy samples"),
    official_url="https://toys.example/rule",
    coverage="key",
    read="full",
    articles=(Article(no="第一条", digest=both("目的", "Purpose")),),
)
