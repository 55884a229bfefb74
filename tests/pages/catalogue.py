"""Records for the pages: many, of one language, hostile, withdrawn, replaced, with stored versions."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from corpus.details import Box, Coverage, DataDetails, Download, FacilityDetails, Origin, Period
from corpus.records import (
    Access,
    Article,
    Contact,
    Corpus,
    Lines,
    Note,
    Policy,
    Resource,
    Source,
    Succession,
    Text,
    Tombstone,
)
from corpus.rulebooks.joining import join
from corpus.rulebooks.shelf import load_rulebooks
from tests.api.toy import CORPUS, both
from tests.corpus.rulebook_texts import FIRST, SECOND
from tests.corpus.test_rulebook_joining import RULES, keep

HOSTILE = (
    "<script>window.hit = 1</script>",
    "<img src=x onerror=window.hit=1>",
    "\"'><svg/onload=window.hit=1>",
    "</title><script>window.hit = 1</script>",
    "</script><script>window.hit = 1</script>",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:window.hit=1",
    "<!--<style>*{display:none}</style>",
    "&lt;b&gt; &amp;amp; \u202e\u0000\ufffe",
)
ALL_HOSTILE = " ".join(HOSTILE)


def one(text: str) -> Text:
    """A text that is known in one language only."""
    return Text(zh=text, en=text)


HARVESTED = Resource(
    id="harbour:10.99999/tides-2020",
    type="scientific_data",
    name=one("Tides of a Toy Harbour"),
    host=one("Toy Harbour Office"),
    province="上海市",
    url="https://harbour.example.org/tides",
    subjects=Lines(en=("tides",)),
    holdings=one("Hourly levels of the sea."),
    languages=("en",),
    licence="CC-BY-4.0",
    access_rights="open",
    issued="2021-03-04",
    modified="2022-05-06",
    temporal=Period(start="2020-01-01", end="2020-12-31"),
    spatial=Coverage(places=("Toy Bay",), boxes=(Box(west=-10, south=30, east=-9, north=31),)),
    formats=("CSV",),
    details=DataDetails(
        version="2",
        files=(Download(url="https://harbour.example.org/t.csv", title="Levels", bytes=2_400_000),),
        account_required=False,
    ),
    origin=Origin(
        source="harbour", identifier="tides-2020", format="dcat_us", harvested="2026-01-02T03:04:05Z"
    ),
)
HOSTILE_RECORD = Resource(
    id="toy-hostile",
    type="specimen",
    name=one(f"Hostile {ALL_HOSTILE}"),
    aliases=HOSTILE,
    host=one(ALL_HOSTILE),
    city=one(ALL_HOSTILE),
    province="北京市",
    url='https://evil.example.org/"><script>window.hit=1</script>',
    other_urls=("javascript:window.hit=1", "https://evil.example.org/?a=1&b='2"),
    subjects=Lines(zh=HOSTILE, en=HOSTILE),
    holdings=one(ALL_HOSTILE),
    access=Access(level="open", text=one(ALL_HOSTILE)),
    contact=Contact(phone=ALL_HOSTILE, email=ALL_HOSTILE),
    notes=(
        Note(kind="caution", text=one(ALL_HOSTILE)),
        Note(kind="provenance", text=one(ALL_HOSTILE)),
        Note(kind="link", text=one(ALL_HOSTILE)),
    ),
    sources=(Source(title=one(ALL_HOSTILE), url="javascript:window.hit=1"),),
    related=("toy-replaced",),
)
MANY = tuple(
    Resource(
        id=f"toy-station-{number:02}",
        type="field_station",
        name=both(f"玩具台站{number}号", f"Toy Station {number}"),
        province="甘肃省" if number % 2 else "全国",
        subjects=Lines(zh=("生态",), en=("ecology",)),
        access=Access(level="application"),
        related=("toy-rules",) if number == 1 else (),
    )
    for number in range(1, 46)
)
REPLACED = Policy(
    id="toy-replaced",
    title=both("玩具旧办法", "Old Toy Measures"),
    rank="departmental_rule",
    issuing_body=both("玩具部", "Ministry of Toys"),
    effective="2010-01-01",
    status="repealed",
    scope=one(ALL_HOSTILE),
    coverage="key",
    read="no",
    replaced_by=(Succession(title=both("玩具样品办法", "Toy Sample Measures"), policy_id="toy-rules"),),
    articles=(
        Article(no="第一条", digest=one(ALL_HOSTILE), note=one(ALL_HOSTILE)),
        Article(no=f"附 {HOSTILE[1]}", slug="x-1", digest=both("附则。", "The end.")),
    ),
)
GONE = Tombstone(
    id="toy-gone",
    name=both("玩具旧中心", "Old Toy Centre"),
    reason=both("来源已将其删除。", "Its source removed it."),
    withdrawn="2026-02-03",
    successor="toy-ice",
)


def _with_entry(record: Resource) -> Resource:
    """The toy telescope has no site, but a place to apply and a source."""
    if record.type != "facility":
        return record
    details = FacilityDetails(
        proposal_url="https://apply.example.org/", booking_url="javascript:window.hit=1"
    )
    sources = (
        Source(
            title=both("玩具天文年鉴（线索，待核）", "Toy Almanac (a lead, to be checked)"),
            url="https://almanac.example.org/",
        ),
    )
    return record.model_copy(update={"details": details, "sources": sources})


def catalogue(folder: Path) -> Corpus:
    """The whole of it; stored texts of one rule go through `folder`."""
    corpus = CORPUS.model_copy(
        update={
            "resources": (*(_with_entry(one) for one in CORPUS.resources), HARVESTED, HOSTILE_RECORD, *MANY),
            "policies": (*CORPUS.policies, REPLACED, RULES),
            "tombstones": (GONE,),
            "digest": "1" * 64,
        }
    )
    keep(folder, corpus, FIRST, SECOND)
    return join(corpus, load_rulebooks(folder), date(2023, 6, 1))
