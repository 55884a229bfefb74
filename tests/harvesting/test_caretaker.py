"""A running Kewen takes up what was harvested, while it goes on answering."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from corpus.harvest.records import HarvestSource
from operations.caretaker import Caretaker, Stopped
from operations.catalogues import How, harvest_catalogue, settle
from settings import Settings
from storage.harvest_records import LinkState
from storage.harvest_sides import Links
from storage.harvested import HarvestedRecords
from storage.harvests import Harvests
from tests.conftest import OpenCopy
from tests.harvesting.http_server import Site
from tests.harvesting.samples import catalogue, dataset
from tests.patience import PATIENCE_S
from wiring import Kewen, build_kewen

ASKED = "How do I get the Glacier mass balance of basin 7?"


class Home:
    """A Kewen over the toy corpus with the caretaker's hands on it, and a site to harvest."""

    def __init__(self, kewen: Kewen, settings: Settings, site: Site) -> None:
        self.kewen, self.settings, self.site = kewen, settings, site
        self.caretaker = Caretaker(settings, kewen)
        self.records = HarvestedRecords(kewen.database)

    def harvest(self, *numbers: int) -> None:
        self.site.on("/data.json", catalogue(*(dataset(number) for number in numbers)))
        source = HarvestSource(name="ice", url=f"{self.site.url}/data.json")
        harvest_catalogue(self.settings, self.kewen.database, source, how=How(accept_loss=True))
        settle(self.kewen.database, self.kewen.corpus)


@pytest.fixture
def home(open_toy: OpenCopy, tmp_path: Path, site: Site, embedder_cache: Path) -> Iterator[Home]:
    open_toy(tmp_path / "data").close()
    settings = Settings(
        _env_file=None,
        data_dir=tmp_path / "data",
        corpus_dir=Path(__file__).parent.parent / "toy_corpus",
        harvest_private="127.0.0.1",
        harvest_delay_s=0.0,
        llm_base_url=None,
        llm_model=None,
        embedding_base_url=None,
        embedding_model=None,
        database_url=None,
        chroma_url=None,
    )
    kewen = build_kewen(settings)
    made = Home(kewen, settings, site)
    yield made
    made.caretaker.stop()
    kewen.close()


async def test_what_is_harvested_answers_after_the_next_look(home: Home) -> None:
    before = home.kewen.generation
    home.harvest(7, 8)

    assert home.caretaker.refresh()

    assert home.kewen.generation != before
    answer = await home.kewen.assistant.ask(ASKED)
    assert answer.status == "answered", answer.text
    assert "ice:glacier-7" in [cited.id for cited in answer.citations]
    assert "https://ice.example.org/basins/7" in answer.text
    assert not home.caretaker.refresh()


async def test_what_is_withdrawn_answers_no_more_and_is_told(home: Home) -> None:
    home.harvest(7, 8, 9)
    home.caretaker.refresh()
    home.harvest(8, 9)

    home.caretaker.refresh()

    named = await home.kewen.assistant.ask("ice:glacier-7 怎么申请？")
    assert "撤回" in named.text and "ice:glacier-7" in named.text
    about = await home.kewen.assistant.ask("Which data sets are about glaciers?")
    assert "ice:glacier-7" not in [cited.id for cited in about.citations]
    assert home.kewen.corpus.gone["ice:glacier-7"].successor is None


async def test_a_dead_link_is_told_with_its_age_and_another_contact(home: Home) -> None:
    home.harvest(7)
    now = datetime.now(UTC)
    url = "https://ice.example.org/basins/7"
    Links(home.kewen.database).save([LinkState(url, "dead", now, now - timedelta(days=3), 404)])
    before = home.kewen.generation
    home.caretaker.refresh()
    built = home.kewen.generation

    answer = await home.kewen.assistant.ask(
        "glacier-7 的冰川物质平衡（Glacier mass balance of basin 7）怎么获取？"
    )

    assert "链接3天前失效" in answer.text and "desk@ice.example.org" in answer.text
    Links(home.kewen.database).save([LinkState(url, "alive", now, now, 200)])
    assert home.caretaker.refresh()
    again = await home.kewen.assistant.ask("Glacier mass balance of basin 7 怎么获取？")
    assert "失效" not in again.text
    assert before != built == home.kewen.generation  # the state of a link makes no new generation


async def test_the_old_generation_answers_while_the_new_one_is_built(home: Home) -> None:
    home.harvest(7)
    answered = threading.Event()
    held: list[str] = []

    def step(_progress: object) -> None:
        held.append(home.kewen.generation)
        answered.wait(PATIENCE_S)

    home.caretaker._step = step  # type: ignore[method-assign]
    old = home.kewen.generation
    thread = threading.Thread(target=home.caretaker.refresh)
    thread.start()

    answer = await home.kewen.assistant.ask("玩具雪山在哪里？")

    answered.set()
    thread.join()
    assert answer.text and held[0] == old
    assert home.kewen.generation != old


def test_a_stop_throws_a_half_built_generation_away(home: Home) -> None:
    home.harvest(7)
    old = home.kewen.generation
    home.caretaker.stop()

    with pytest.raises(Stopped):
        home.caretaker.refresh()

    assert home.kewen.generation == old


def test_only_sources_that_are_due_are_harvested(home: Home) -> None:
    home.harvest(7)

    assert home.caretaker.harvest_due(timedelta(hours=1)) == 0
    home.site.on("/data.json", catalogue(dataset(7), dataset(8)))
    assert home.caretaker.harvest_due(timedelta(0)) == 1

    assert next(one.who for one in Harvests(home.kewen.database).runs("ice")) == "schedule"
    assert {one.id for one in home.records.live()} == {"ice:glacier-7", "ice:glacier-8"}
    Harvests(home.kewen.database).set_scheduled("ice", False)
    assert home.caretaker.harvest_due(timedelta(0)) == 0


def test_a_source_that_fails_does_not_stop_the_schedule(home: Home) -> None:
    home.harvest(7)
    home.site.routes.clear()

    assert home.caretaker.harvest_due(timedelta(0)) == 1

    assert {one.id for one in home.records.live()} == {"ice:glacier-7"}
