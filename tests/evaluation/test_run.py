import json
import threading
from contextlib import asynccontextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import typer
from typer.testing import CliRunner

from evaluation.asking import ask_over_http
from evaluation.command import evaluate_command
from evaluation.errors import AskFailed, EvaluationError, GateClosed, SetInvalid
from evaluation.run import evaluate, find_sets, set_name
from tests.evaluation.answers import Recorded, answer, silence
from tests.retrieval.toy import HashEmbedder

ITEM = {
    "id": "fox-1",
    "kind": "how",
    "lang": "zh",
    "turns": ["怎么申请？"],
    "expect": {"status": ["answered"]},
}


@pytest.fixture
def golden(tmp_path):
    path = tmp_path / "evals" / "fox.jsonl"
    path.parent.mkdir()
    lines = [ITEM, ITEM | {"id": "fox-2"}]
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return path


def opening(*answers):
    @asynccontextmanager
    async def open_ask():
        yield Recorded(*answers)

    return open_ask


async def run(golden, *answers, **options):
    said = []
    baseline = golden.parent / "baseline.json"
    reports = await evaluate(
        golden,
        open_ask=opening(*answers),
        open_embedder=HashEmbedder,
        baseline_path=baseline,
        say=said.append,
        **options,
    )
    return reports, "\n".join(said)


async def test_a_golden_file_is_run_printed_and_written(golden, tmp_path):
    reports, said = await run(golden, answer(), silence(), report_dir=tmp_path / "out")

    assert [report.name for report in reports] == ["evals/fox"]
    assert "1 of 2 pass" in said
    assert (tmp_path / "out" / "report.html").is_file()


async def test_the_gate_stands_on_the_baseline_of_the_last_update(golden):
    await run(golden, answer(), silence(), update=True)
    await run(golden, answer(), silence(), gate=True)
    await run(golden, answer(), answer(), gate=True)
    with pytest.raises(GateClosed, match=r"pass is 0\.0 %, baseline 50\.0 %"):
        await run(golden, silence(), silence(), gate=True)


async def test_a_broken_set_is_told_before_anything_is_asked(golden):
    golden.write_text("{", encoding="utf-8")
    with pytest.raises(SetInvalid):
        await run(golden)


async def test_a_limit_cannot_become_the_baseline(golden):
    with pytest.raises(EvaluationError, match="--limit"):
        await run(golden, answer(), limit=1, update=True)


@pytest.fixture
def collection(tmp_path):
    """Three passages about animals and two questions, one with a word no passage has."""
    folder = tmp_path / "animals"
    folder.mkdir()
    texts = {
        "fox": "狐狸在夜里捕食田鼠",
        "owl": "The owl hunts at night",
        "elk": "The elk eats bark in winter",
    }
    corpus = [{"id": id_, "title": "", "text": text, "meta": {}} for id_, text in texts.items()]
    queries = [
        {"id": "q1", "text": "狐狸夜里吃什么", "lang": "zh", "meta": {}},
        {"id": "q2", "text": "what does the elk eat in winter", "lang": "en", "meta": {}},
    ]
    for name, lines in (("corpus", corpus), ("queries", queries)):
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")
    qrels = "query_id\tdoc_id\trelevance\nq1\tfox\t1\nq2\telk\t1\n"
    (folder / "qrels.tsv").write_text(qrels, encoding="utf-8")
    return folder


async def test_a_collection_is_indexed_searched_and_reported(collection, tmp_path):
    reports, said = await run(collection, report_dir=tmp_path / "out", update=True)

    figures = reports[0].figures
    assert reports[0].name == "bench/animals, whole pool"
    assert figures["all: R@10"].value == 1.0
    assert "R@10" in said
    lines = (tmp_path / "out" / "results.jsonl").read_text(encoding="utf-8").splitlines()
    assert {json.loads(line)["query"] for line in lines} == {"q1", "q2"}
    await run(collection, gate=True)


async def test_a_collection_with_a_broken_line_is_told_by_file_and_line(collection):
    (collection / "qrels.tsv").write_text("query_id\tdoc_id\trelevance\nq1 fox 1\n", encoding="utf-8")
    with pytest.raises(EvaluationError, match=r"qrels\.tsv, line 2"):
        await run(collection)


def test_a_path_is_a_golden_file_a_folder_of_them_or_collections(golden, tmp_path):
    collection = tmp_path / "wolf"
    collection.mkdir()
    for name in ("corpus.jsonl", "queries.jsonl", "qrels.tsv"):
        (collection / name).write_text("", encoding="utf-8")

    assert find_sets(golden) == ([golden], [])
    assert find_sets(golden.parent) == ([golden], [])
    assert find_sets(collection) == ([], [collection])
    assert find_sets(tmp_path) == ([], [collection])
    assert set_name(golden) == "evals/fox"


@pytest.mark.parametrize("name", ["missing", "notes.txt", "empty"])
def test_a_path_without_a_set_is_one_sentence(tmp_path, name):
    (tmp_path / "notes.txt").write_text("", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    with pytest.raises(EvaluationError, match=name):
        find_sets(tmp_path / name)


def command(*answers):
    app = typer.Typer()
    app.command()(evaluate_command(opening(*answers), HashEmbedder, lambda: None))
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_the_command_exits_0_1_and_2(golden, tmp_path):
    baseline = ("--baseline", tmp_path / "baseline.json")

    written = command(answer(), answer())(golden, "--update-baseline", *baseline)
    fallen = command(answer(), silence())(golden, "--gate", *baseline)
    wrong = command()(golden, "--gate", "--update-baseline", *baseline)
    missing = command()(tmp_path / "nothing.jsonl", *baseline)

    assert [result.exit_code for result in (written, fallen, wrong, missing)] == [0, 1, 2, 1]
    assert "evals/fox: pass is 50.0 %, baseline 100.0 %" in fallen.stderr
    assert "does not exist" in missing.stderr


@pytest.fixture
def kewen():
    """A real HTTP server on loopback that answers with the queued (status, body) pairs."""
    replies, bodies = [], []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            status, body = replies.pop(0)
            self.send_response(status)
            self.send_header("Retry-After", "0")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", replies, bodies
    server.shutdown()
    thread.join()
    server.server_close()


async def test_over_http_a_question_goes_to_the_api_and_a_429_is_waited_out(kewen):
    address, replies, bodies = kewen
    replies += [(429, "{}"), (200, json.dumps(answer(), ensure_ascii=False))]

    async with ask_over_http(address) as ask:
        given = await ask("怎么申请？", "c_7")

    assert given == answer()
    assert bodies[1] == {"question": "怎么申请？", "conversation_id": "c_7", "language": "auto"}


@pytest.mark.parametrize("reply", [(503, '{"error": {}}'), (200, "[]"), (200, "not JSON")])
async def test_over_http_anything_but_an_answer_fails_the_question(kewen, reply):
    address, replies, _ = kewen
    replies.append(reply)
    async with ask_over_http(address) as ask:
        with pytest.raises(AskFailed, match=str(reply[0])):
            await ask("怎么申请？", None)


async def test_nobody_listening_fails_the_question():
    async with ask_over_http("http://127.0.0.1:1") as ask:
        with pytest.raises(AskFailed, match="ConnectError"):
            await ask("怎么申请？", None)
