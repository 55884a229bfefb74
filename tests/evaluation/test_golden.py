import json

import pytest

from evaluation.errors import SetInvalid
from evaluation.figures import abstention, golden_report, percentile
from evaluation.golden import load_golden, run_golden, run_item
from evaluation.records import Item
from tests.evaluation.answers import Recorded, answer, citation, resource, silence


def item(**changes):
    return Item.model_validate(
        {
            "id": "fox-1",
            "kind": "how",
            "lang": "zh",
            "turns": ["狐类资源库怎么申请？"],
            "expect": {"status": ["answered"]},
        }
        | changes
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 2: is not JSON"),
        ('{"id": "x"}', "line 2, field turns: Field required"),
        (
            '{"id":"x","kind":"how","lang":"fr","turns":["?"],"expect":{"status":["answered"]}}',
            "line 2, field lang",
        ),
        (
            '{"id":"x","kind":"how","lang":"zh","turns":["?"],"expect":{"status":["answered"],"cites":[]}}',
            "line 2, field expect.cites",
        ),
        (
            '{"id":"a","kind":"how","lang":"zh","turns":["?"],"expect":{"status":["answered"]}}',
            "line 2, field id: 'a' stands in line 1 already",
        ),
    ],
)
def test_a_complaint_names_file_line_and_field(tmp_path, line, said):
    path = tmp_path / "set.jsonl"
    good = item(id="a").model_dump_json(exclude_defaults=True)
    path.write_text(f"{good}\n{line}\n", encoding="utf-8")

    with pytest.raises(SetInvalid) as caught:
        load_golden(path)

    assert str(path) in str(caught.value)
    assert said in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00"])
def test_an_empty_or_binary_file_is_one_sentence(tmp_path, content):
    path = tmp_path / "set.jsonl"
    path.write_bytes(content)

    with pytest.raises(SetInvalid) as caught:
        load_golden(path)

    assert len(caught.value.complaints) == 1


async def test_turns_share_one_conversation_and_the_last_is_scored():
    ask = Recorded(answer("你好。", citations=[], resources=[]), answer())
    verdict = await run_item(item(turns=["你好", "怎么申请？"]), ask)

    assert ask.asked == [("你好", None), ("怎么申请？", "c_1")]
    assert verdict.passed
    assert len(verdict.seconds) == 2


async def test_a_broken_promise_in_an_earlier_turn_fails_the_item():
    ask = Recorded(answer("交2份。[9]"), answer())
    verdict = await run_item(item(turns=["？", "怎么申请？"]), ask)

    assert not verdict.passed
    assert verdict.why["markers"].startswith("in turn 1: ")


async def test_a_number_from_an_earlier_question_is_grounded_later():
    ask = Recorded(silence(), answer("2019年的规则。[1]"))
    verdict = await run_item(item(turns=["2019年的呢？", "怎么申请？"]), ask)

    assert verdict.ungrounded == {}


async def test_a_call_that_fails_fails_every_check_and_not_the_run():
    asks = Recorded(None, answer())
    first, second = await run_golden([item(expect=FULL), item(id="fox-2")], asks)

    assert not first.passed
    assert set(first.checks.values()) == {False}
    assert "503" in first.why["error"]
    assert second.passed


async def test_an_assistant_that_raises_fails_the_item_only():
    async def ask(question, conversation_id):
        raise ZeroDivisionError("index is empty")

    verdict = await run_item(item(), ask)

    assert verdict.why["error"] == "ZeroDivisionError: index is empty"


FULL = {
    "status": ["answered"],
    "cite_any": ["fox-bank", "wolf-bank"],
    "cite_all": ["fox-bank"],
    "text_all": [["2份", "两份"], ["20个工作日"]],
    "text_none": ["30个工作日"],
    "url_any": ["http://fox.example.org"],
    "lang": "zh",
    "top_resource_any": ["fox-bank"],
}


async def test_every_check_of_a_right_answer_passes():
    verdict = await run_item(item(expect=FULL), Recorded(answer()))

    assert set(verdict.checks) == {"status", "cite", "facts", "wrong", "url", "lang", "top"}
    assert all(verdict.checks.values())
    assert verdict.facts == (2, 2)


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ({"status": "clarify"}, "status"),
        ({"citations": [citation(id="wolf-bank")]}, "cite"),
        ({"text": "申请表交2份。[1]"}, "facts"),
        ({"text": "交2份，20个工作日或30个工作日。[1]"}, "wrong"),
        ({"citations": [citation(source_url=None)], "resources": [resource(url=None)]}, "url"),
        (
            {"text": "Hand in 2份 within 20个工作日 of the day of acceptance, as the bank says so. [1]"},
            "lang",
        ),
        ({"resources": [resource(id="wolf-bank"), resource()]}, "top"),
    ],
)
async def test_each_wrong_answer_fails_its_own_check(change, check):
    verdict = await run_item(item(expect=FULL), Recorded(answer(**change)))

    assert [name for name, ok in verdict.checks.items() if not ok] == [check]
    assert check in verdict.why


async def test_an_article_counts_by_locator_or_anchor():
    expect = {"status": ["answered"], "articles_any": [["fox-rules", "第二十条"]]}
    cited = citation(kind="policy", id="fox-rules", locator="第20条", url="/policies/fox-rules#art-20")

    right = await run_item(item(expect=expect), Recorded(answer("交2份[1]", citations=[cited])))
    wrong = await run_item(
        item(expect=expect),
        Recorded(answer("交2份[1]", citations=[cited | {"locator": "第二条", "url": "/p#art-2"}])),
    )

    assert right.checks["article"]
    assert not wrong.checks["article"]


async def test_abstention_counts_only_items_that_leave_no_choice():
    expects = [["not_found"], ["not_found", "declined"], ["answered"], ["answered"], ["answered", "clarify"]]
    items = [item(id=f"f{n}", expect={"status": status}) for n, status in enumerate(expects)]
    ask = Recorded(silence(), answer(), answer(), silence(), silence())

    measured = abstention(await run_golden(items, ask))

    assert (measured.rightly, measured.groundless, measured.wrongly) == (1, 1, 1)
    assert (measured.precision, measured.recall, measured.f1) == (0.5, 0.5, 0.5)


def test_percentiles_are_nearest_rank():
    values = [float(n) for n in range(1, 101)]
    assert [percentile(values, p) for p in (50, 95, 100)] == [50.0, 95.0, 100.0]
    assert percentile([], 50) == 0.0


async def test_a_report_has_figures_by_kind_and_language_and_shows_what_failed():
    items = [item(), item(id="fox-2", lang="en", kind="where"), item(id="fox-3")]
    ask = Recorded(answer(), silence("不知道。"), answer("要交40份。[1]"))

    report = golden_report("evals/fox", await run_golden(items, ask))

    assert report.figures["pass"].value == pytest.approx(2 / 3)
    assert report.figures["pass, how"].value == 1.0
    assert report.figures["pass, en"].value == 0.0
    assert report.figures["ungrounded answers"].value == 1
    assert [failure.id for failure in report.failures] == ["fox-2 [en]", "fox-3 [zh] passes, but"]
    assert json.loads(json.dumps(report.results))[1]["answer"]["text"] == "不知道。"
