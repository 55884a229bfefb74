"""`kewen harvest` and `kewen sources` as an operator uses them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from corpus.harvest.errors import HarvestError
from harvesting.errors import FetchRefused, SourceInvalid, SyncStopped
from operations.errors import HarvestFailed
from tests.corpus.rulebook_texts import FIRST, SECOND, TITLE
from tests.harvesting.http_server import Site, serving
from tests.harvesting.samples import catalogue, dataset
from tests.operations.conftest import Run


@pytest.fixture
def ice(tmp_path: Path) -> Path:
    path = tmp_path / "ice.json"
    path.write_bytes(catalogue(dataset(1), dataset(2), dataset(3, description="short")))
    return path


def test_a_dry_run_shows_the_difference_and_a_run_keeps_it(run: Run, ice: Path) -> None:
    told = run("harvest", str(ice), "--dry-run")
    assert "+ ice:glacier-1" in told and "nothing was written" in told
    assert "No sources yet" in run("sources", "list")

    told = run("harvest", str(ice))
    assert "3 new" in told and "kewen index" in told

    assert "3 unchanged" in run("harvest", "ice")
    assert "ice" in run("sources", "list")


def test_the_report_of_a_run_is_json_too(run: Run, ice: Path) -> None:
    output = run("harvest", str(ice), "--json")

    told: list[dict[str, Any]] = json.loads(output[output.index("[") :])
    assert told[0]["counts"]["new"] == 3 and told[0]["state"] == "done"


def test_original_withdrawal_and_return_of_one_record(run: Run, ice: Path) -> None:
    run("harvest", str(ice))

    assert json.loads(run("sources", "record", "ice:glacier-1", "--original"))["identifier"] == "glacier-1"
    run("sources", "withdraw", "ice:glacier-1", "--reason", "数据有误", "--successor", "ice:glacier-2")
    assert "ice:glacier-1" in run("sources", "tombstones") and "ice:glacier-2" in run("sources", "tombstones")
    assert "3 unchanged" in run("harvest", str(ice))
    run("sources", "restore", "ice:glacier-1")
    assert "ice:glacier-1" not in run("sources", "tombstones")
    assert "no record" in run(
        "sources", "withdraw", "ice:glacier-2", "--reason", "x", "--successor", "y", status=1
    )


def test_quality_as_table_json_and_page(run: Run, ice: Path, tmp_path: Path) -> None:
    run("harvest", str(ice))

    assert "description.short" in run("sources", "report", "ice")
    output = run("sources", "report", "ice", "--json")
    assert len(json.loads(output[output.index("{") :])["records"]) == 3
    run("sources", "report", "--html", str(tmp_path / "q.html"))
    assert "<svg" in (tmp_path / "q.html").read_text(encoding="utf-8")


def test_runs_tell_who_when_and_what_was_refused(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "ice.json"
    path.write_bytes(catalogue(dataset(1), dataset(2, title="")))
    run("harvest", str(path))

    listed = run("sources", "runs")
    assert "1 refused" in listed and "command line" in listed
    assert "glacier-2" in run("sources", "run", listed.split()[0])


def test_a_source_over_the_web_needs_leave_for_private_addresses(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving() as site:
        _serve(site)
        with pytest.raises(FetchRefused, match="KEWEN_HARVEST_PRIVATE"):
            run("harvest", f"{site.url}/data.json", "--name", "web")
        monkeypatch.setenv("KEWEN_HARVEST_PRIVATE", "127.0.0.1")
        assert "2 new" in run("harvest", f"{site.url}/data.json", "--name", "web")
        monkeypatch.setenv("KEWEN_HARVEST_HOSTS", "example.org")
        with pytest.raises(FetchRefused, match="KEWEN_HARVEST_HOSTS"):
            run("harvest", "web")


def test_all_sources_are_harvested_and_a_broken_one_is_told(run: Run, ice: Path, tmp_path: Path) -> None:
    snow = tmp_path / "snow.json"
    snow.write_bytes(catalogue(dataset(9)))
    run("harvest", str(ice))
    run("harvest", str(snow))
    snow.write_bytes(catalogue())

    with pytest.raises((SyncStopped, HarvestError, Exception), match="snow"):
        run("harvest", "all")
    run("sources", "schedule", "snow", "--off")
    assert "3 unchanged" in run("harvest", "all")


def _lines_of_laws() -> str:
    return "".join(
        json.dumps(
            {
                "id": f"toy-{n}",
                "title": f"玩具样品管理办法（{n}）",
                "text": "\n\n".join(f"第{one}条　保藏单位应当登记第{n}批样品。" for one in "一二三四"),
                "meta": {"date": "2024-05-20"},
            },
            ensure_ascii=False,
        )
        + "\n"
        for n in (1, 2)
    )


def test_lines_that_two_readers_fit_are_named_and_the_operator_wins(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "laws.jsonl"
    path.write_text(_lines_of_laws(), encoding="utf-8")
    mapping = tmp_path / "m.yaml"
    mapping.write_text("name: m\nfields: {identifier: id, title: title, description: text}\n")

    told = run("harvest", str(path), "--dry-run")
    assert "is read as rule books" in told and "--format registry" in told
    assert "玩具样品管理办法" in run("harvest", str(path), "--format", "rules", "--dry-run")

    run("harvest", str(path), "--format", "registry")
    assert "form        registry" in run("sources", "record", "laws:toy-1")
    run("harvest", str(path), "--mapping", str(mapping))
    assert "form        json:m" in run("sources", "record", "laws:toy-1")
    assert "--mapping is for" in run(
        "harvest", str(path), "--mapping", str(mapping), "--format", "ckan", status=2
    )


def test_official_texts_come_from_a_folder_and_from_an_address(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "laws"
    folder.mkdir()
    (folder / "old.md").write_text(FIRST, encoding="utf-8")
    (folder / "new.md").write_text(SECOND, encoding="utf-8")
    (folder / "new.md.yaml").write_text("official_url: https://example.org/new\n", encoding="utf-8")
    assert "2 read, 2 would change" in run("harvest", str(folder), "--dry-run")

    page = "".join(f"<p>{line}</p>" for line in FIRST.splitlines()[2:] if line.strip())
    with serving() as site:
        site.on(
            "/laws/1",
            f"<html><head><meta charset=utf-8></head><body><h1>{TITLE}</h1>{page}</body></html>".encode(),
        )
        with pytest.raises(FetchRefused, match="KEWEN_HARVEST_PRIVATE"):
            run("harvest", f"{site.url}/laws/1", "--format", "rules")
        monkeypatch.setenv("KEWEN_HARVEST_PRIVATE", "127.0.0.1")
        assert "1 read, 1 written" in run("harvest", f"{site.url}/laws/1", "--format", "rules")
        [record] = (tmp_path / "data" / "rulebooks").rglob("2015-05-01.json")
        kept = json.loads(record.read_text(encoding="utf-8"))
        assert kept["text"]["given"]["official_url"] == f"{site.url}/laws/1"


def test_a_page_of_rules_whose_json_ld_only_tells_of_the_page_is_read_as_rules(
    run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "rules.html"
    articles = "".join(f"<p>第{one}条　保藏单位应当登记样品。</p>" for one in "一二三")

    def page(described: dict[str, str]) -> str:
        told = json.dumps({"@context": "https://schema.org", **described}, ensure_ascii=False)
        script = f'<script type="application/ld+json">{told}</script>'
        return f"<html><head>{script}</head><body><h1>玩具样品管理办法</h1>{articles}</body></html>"

    path.write_text(page({"@type": "WebPage", "name": "玩具样品管理办法"}), encoding="utf-8")
    told = run("harvest", str(path), "--dry-run")
    assert "--format schema_org" in told and "3 articles" in told
    path.write_text(page({"@type": "Dataset", "name": "玩具样品"}), encoding="utf-8")
    told = run("harvest", str(path), "--dry-run")
    assert "--format rules" in told and "1 new" in told


def test_lines_that_no_reader_fits_are_told_the_flags(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text('{"id": "1", "title": "Peat", "description": "Cores."}\n', encoding="utf-8")
    with pytest.raises(HarvestError, match=r"--format, or give a mapping"):
        run("harvest", str(path))


def test_a_source_that_did_not_come_whole_ends_with_a_sentence(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_bytes(catalogue(dataset(1), dataset(2))[:-40])

    with pytest.raises(HarvestFailed, match=r"broken: .*not read whole"):
        run("harvest", str(path))
    assert "1 " in run("sources", "list")


def test_what_is_neither_address_nor_file_nor_name_is_said_so(run: Run) -> None:
    with pytest.raises(SourceInvalid, match="nowhere"):
        run("harvest", "nowhere")


def test_a_table_is_previewed_with_a_mapping_to_begin_with(run: Run, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        "标题,简介,网址\n冰川数据,逐年观测,https://ice.example.org/1\n", encoding="utf-8"
    )

    told = run("sources", "preview", "t.csv")

    assert "title" in told and "标题" in told


def test_what_preview_prints_is_a_mapping_as_it_stands(run: Run, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        '某市数据清单\n资源名称,摘要,提供单位\n河流水位,"两行\n说明",水务局\n', encoding="gb18030"
    )
    (tmp_path / "m.yaml").write_text(run("sources", "preview", "t.csv"), encoding="utf-8")

    run("harvest", "t.csv", "--mapping", "m.yaml", "--name", "list")
    assert "1 unchanged" in run("harvest", "list")


def test_a_source_is_forgotten_only_when_one_means_it(run: Run, ice: Path) -> None:
    run("harvest", str(ice))

    assert "--yes" in run("sources", "remove", "ice", status=1)
    run("sources", "remove", "ice", "--yes")
    assert "No sources yet" in run("sources", "list")


def _serve(site: Site) -> None:
    site.on("/data.json", catalogue(dataset(1), dataset(2)))
