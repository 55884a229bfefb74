import json
import re

import pytest

from evaluation.baseline import check_gate, compare, load_baseline, update_baseline
from evaluation.errors import EvaluationError, GateClosed
from evaluation.records import Chart, Failure, Figure, SetReport, Table
from evaluation.report import html_report, text_report, text_table, width, write_report


def report(share=0.9, violations=0, p50=20.0, kind="golden"):
    return SetReport(
        name="evals/fox",
        kind=kind,
        headline="9 of 10 pass",
        figures={
            "pass": Figure(share),
            "integrity violations": Figure(violations, better="lower", unit="count"),
            "latency p50": Figure(p50, better="lower", unit="ms"),
        },
        tables=(Table("By kind", ("", "pass"), (("哪里 where", "90 %"), ("how", "8 %"))),),
        charts=(Chart("Items <that> pass", (("where", 0.9), ("how & why", 0.08))),),
        failures=(
            Failure("fox-2 [zh]", "狐狸在哪？", ("facts: does not say",), "<script>alert(1)</script>"),
        ),
        results=({"id": "fox-1", "passed": True},),
    )


def test_columns_line_up_for_wide_characters():
    lines = text_table(report().tables[0]).splitlines()[1:]
    assert {width(line) for line in lines} == {width("哪里 where  90 %")}


def test_better_and_worse_follow_the_figure_and_small_latency_changes_are_noise():
    before = {"pass": 0.95, "integrity violations": 1, "latency p50": 18.0}
    verdicts = {change.name: change.verdict for change in compare(report().figures, before)}
    assert verdicts == {"pass": "worse", "integrity violations": "better", "latency p50": "same"}
    assert {change.verdict for change in compare(report().figures, {})} == {"new"}


def test_a_baseline_keeps_the_sets_it_is_not_about(tmp_path):
    path = tmp_path / "evals" / "baseline.json"
    assert load_baseline(path) == {}
    path.parent.mkdir()
    path.write_text('{"sets": {"bench/wolf": {"R@10": 0.7}}}', encoding="utf-8")

    update_baseline([report()], path)

    assert load_baseline(path) == {
        "bench/wolf": {"R@10": 0.7},
        "evals/fox": {"pass": 0.9, "integrity violations": 0.0, "latency p50": 20.0},
    }
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("content", ["{", "[]", '{"sets": {"a": {"pass": "high"}}}'])
def test_a_broken_baseline_says_what_to_do(tmp_path, content):
    path = tmp_path / "baseline.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(EvaluationError, match="--update-baseline"):
        load_baseline(path)


def test_the_gate_opens_for_equal_figures_and_slower_runs():
    before = {"evals/fox": {"pass": 0.9, "integrity violations": 0.0, "latency p50": 2.0}}
    check_gate([report()], before)


@pytest.mark.parametrize("change", [{"share": 0.89}, {"violations": 1}])
def test_the_gate_closes_when_a_guarded_figure_falls(change):
    before = {"evals/fox": {"pass": 0.9, "integrity violations": 0.0}}
    with pytest.raises(GateClosed, match=r"evals/fox: .* baseline"):
        check_gate([report(**change)], before)


def test_a_set_without_baseline_does_not_pass_the_gate():
    with pytest.raises(GateClosed, match="has no baseline"):
        check_gate([report()], {})


def test_the_page_needs_nothing_else_and_escapes_answers():
    page = html_report([report()], {"evals/fox": {"pass": 0.95}})

    assert "&lt;script&gt;alert(1)" in page
    assert not re.search(r"(?:src|href)=|@import|url\(", page)
    assert 'class="worse">worse' in page
    assert page.count("<svg") == 1
    assert "how &amp; why" in page


def test_a_report_folder_holds_the_four_files(tmp_path):
    write_report([report()], tmp_path / "out", {})

    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"summary.json", "results.jsonl", "report.txt", "report.html"}
    summary = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert summary["sets"]["evals/fox"]["figures"]["pass"] == 0.9
    line = json.loads((tmp_path / "out" / "results.jsonl").read_text(encoding="utf-8"))
    assert line == {"set": "evals/fox", "id": "fox-1", "passed": True}


def test_a_report_folder_that_is_a_file_is_one_sentence(tmp_path):
    (tmp_path / "out").write_text("", encoding="utf-8")
    with pytest.raises(EvaluationError, match="--report"):
        write_report([report()], tmp_path / "out", {})


def test_the_terminal_shows_tables_changes_and_failing_items():
    shown = text_report(report(), {"pass": 0.95})
    assert "worse" in shown
    assert "- fox-2 [zh] 狐狸在哪？\n    facts: does not say" in shown
