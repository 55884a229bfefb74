"""Identifiers in talk are checked and looked up; nothing is said of what is not held."""

from __future__ import annotations

import pytest

from assistant.access import PUBLIC, Asker
from assistant.ahead import Ready
from assistant.identifier_desk import IdentifierDesk
from corpus.details import Agent
from corpus.loaders import load_corpus, load_vocabulary
from corpus.records import Corpus, Identifier, Resource, Text
from corpus.rights import Sight
from corpus.seen import seen_by
from storage.records import Conversation
from tests.assistant.conftest import Read
from tests.assistant.drafts import unsound

TOPS = Resource(
    id="src:tops",
    type="scientific_data",
    name=Text(zh="陀螺转速数据集", en="Speeds of spinning tops"),
    url="https://tops.example/1",
    identifiers=(
        Identifier(scheme="doi", value="10.12402/tops.1"),
        Identifier(scheme="cstr", value="17081.11.tops.1"),
    ),
    creators=(Agent(name="Doe, Jane", orcid="0000-0002-1825-0097"),),
)
SECRET = TOPS.model_copy(
    update={
        "id": "src:secret",
        "visibility": "staff",
        "identifiers": (Identifier(scheme="doi", value="10.99999/secret"),),
    }
)


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    bundled = load_corpus()
    return bundled.model_copy(update={"resources": (*bundled.resources, TOPS, SECRET)})


@pytest.fixture(scope="module")
def desk(corpus: Corpus) -> IdentifierDesk:
    return IdentifierDesk(corpus.by_id, load_vocabulary())


async def told(desk: IdentifierDesk, read: Read, question: str, asker: Asker = PUBLIC) -> Ready | None:
    """The answer, with every promise of an answer checked."""
    reading = read(question)
    ready = await desk.answer(reading, Conversation(), asker)
    if ready is not None:
        assert unsound(ready.draft, question, language=reading.language) == {}
    return ready


@pytest.mark.parametrize(
    "question",
    [
        "10.12402/tops.1 是什么",
        "https://doi.org/10.12402/TOPS.1 是哪个数据集？",
        "请问 CSTR:17081.11.tops.1 指的是什么",
        "ＤＯＩ：10.12402/tops.1是什么数据",
    ],
)
async def test_what_is_held_is_named_and_cited(desk: IdentifierDesk, read: Read, question: str) -> None:
    ready = await told(desk, read, question)

    assert ready is not None
    assert ready.draft.status == "answered"
    assert "陀螺转速数据集" in ready.draft.text
    assert "https://tops.example/1" in ready.draft.text
    assert ready.shown == ("src:tops",)


@pytest.mark.parametrize(
    ("question", "prefix", "owner"),
    [
        ("10.12402/hepsdata.2024.001 是什么", "10.12402", "nsdc-high-energy-physics"),
        ("CSTR:17081.11.hepdata.2024.001 是什么？", "17081", "nsdc-high-energy-physics"),
        ("What dataset is DOI 10.5281/zenodo.1234567?", "10.5281/zenodo", "zenodo"),
        ("31253.11.sciencedb.00001 是哪个数据集", "31253", "scidb"),
    ],
)
async def test_of_what_is_not_held_only_the_owner_of_the_prefix_is_told(
    desk: IdentifierDesk, read: Read, question: str, prefix: str, owner: str
) -> None:
    ready = await told(desk, read, question)

    assert ready is not None
    assert [card.id for card in ready.draft.resources] == [owner]
    assert prefix in ready.draft.text
    assert "收录里没有这一条本身" in ready.draft.text or "not held here" in ready.draft.text


async def test_an_unknown_prefix_is_not_guessed_at(desk: IdentifierDesk, read: Read) -> None:
    ready = await told(desk, read, "DOI 10.99999/xyz 指向什么数据集")

    assert ready is not None
    assert (ready.draft.status, ready.draft.citations, ready.draft.resources) == ("not_found", (), ())
    assert "不知道它指什么" in ready.draft.text


@pytest.mark.parametrize(
    ("question", "wrong"),
    [
        ("doi 1o.12402/abc 是什么", "DOI 由前缀、斜线和后缀组成"),
        ("CSTR:17081-11-abc 是什么", "用点隔开"),
        ("ORCID 0000-0002-1825-0098 是谁", "校验码不符"),
        ("ISSN 1234-5678 是什么期刊", "校验码不符"),
        ("ISSN 12345 是什么期刊", "两组、每组四位"),
        ("doi:10.1234 是什么", "只是 DOI 的前缀"),
        ("Is ISBN 9787111111111 valid?", "check digit"),
    ],
)
async def test_a_malformed_one_is_told_what_is_wrong(
    desk: IdentifierDesk, read: Read, question: str, wrong: str
) -> None:
    ready = await told(desk, read, question)

    assert ready is not None
    assert ready.draft.status == "not_found"
    assert wrong in ready.draft.text


@pytest.mark.parametrize(
    ("question", "told_only"), [("10.12402 是什么", True), ("DOI前缀10.12402属于哪个中心", False)]
)
async def test_a_prefix_alone_leads_to_its_owner(
    desk: IdentifierDesk, read: Read, question: str, told_only: bool
) -> None:
    ready = await told(desk, read, question)

    assert ready is not None
    assert ready.shown == ("nsdc-high-energy-physics",)
    assert ("只是 DOI 的前缀" in ready.draft.text) is told_only


async def test_an_author_leads_to_the_records_and_no_further(desk: IdentifierDesk, read: Read) -> None:
    ready = await told(desk, read, "ORCID 0000-0002-1825-0097 是谁")

    assert ready is not None
    assert "陀螺转速数据集" in ready.draft.text
    assert "Doe" not in ready.draft.text


async def test_what_the_asker_may_not_see_is_not_there(
    corpus: Corpus, desk: IdentifierDesk, read: Read
) -> None:
    public = IdentifierDesk(seen_by(corpus, Sight()).by_id, load_vocabulary())
    hidden = await told(public, read, "10.99999/secret 是什么")
    seen = await told(desk, read, "10.99999/secret 是什么", Asker("staff"))

    assert hidden is not None
    assert hidden.draft.status == "not_found"
    assert seen is not None
    assert seen.shown == ("src:secret",)


@pytest.mark.parametrize(
    "question",
    [
        "10.12402/abc.123 怎么申请下载？",
        "DOI 是什么",
        "什么是 CSTR 标识",
        "国家作物种质库里编号 ZM012345 的那份小麦还剩多少粒？",
        "查一下NSFC项目 42071234 的 PI 是谁 批了多少 money",
        "科学数据管理办法第20条是什么",
        "What is ISO 17025?",
    ],
)
async def test_other_questions_go_on_to_the_search(desk: IdentifierDesk, read: Read, question: str) -> None:
    assert await told(desk, read, question) is None
