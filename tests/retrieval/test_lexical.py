"""The lexical index finds words in their fields, and nothing that is not allowed."""

from __future__ import annotations

import pytest

from retrieval.errors import IndexDamaged
from retrieval.lexical import LexicalIndex
from retrieval.records import Passage
from retrieval.terms import TermTable


def passage(id_: str, **fields: str) -> Passage:
    return Passage(id=id_, record_id=id_, kind="resource", part="card", lang="zh", **fields)


PASSAGES = [
    passage(
        "ice",
        title="国家极地库",
        aliases="极地所样品库",
        host="极地研究中心",
        text="保存南极冰芯与北极海冰样品",
    ),
    passage("seed", title="作物种子库", keywords="种质 小麦", text="保存小麦、水稻的种子"),
    passage("beam", title="Neutron source", text='Beam time for scattering experiments (SQL: "quoted")'),
]


@pytest.fixture
def index(tmp_path):
    LexicalIndex.build(tmp_path / "lexical", PASSAGES)
    return LexicalIndex(tmp_path / "lexical")


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("冰芯", "ice"),
        ("冰芯樣品在哪裡", "ice"),
        ("极地所", "ice"),
        ("小麦", "seed"),
        ("beams for an experiment", "beam"),
        ('"quoted" AND (title:* OR', "beam"),
    ],
)
def test_words_of_any_field_find_the_passage(index, question, found):
    assert index.search(question, 3)[0][0] == found


def test_nothing_in_common_finds_nothing(index):
    assert index.search("量子计算", 3) == []


def test_a_question_without_content_finds_nothing(index):
    assert index.search("在哪里？", 3) == []


def test_only_allowed_passages_are_found(index):
    assert [id_ for id_, _ in index.search("保存", 3)] == ["seed", "ice"]
    assert [id_ for id_, _ in index.search("保存", 1, frozenset({"ice", "beam"}))] == ["ice"]
    assert index.search("保存", 3, frozenset()) == []


def test_a_rare_term_weighs_more_than_a_common_one(index):
    assert index.idf("冰芯") > index.idf("保存")
    assert index.idf("unheard") >= index.idf("冰芯")


def test_building_again_replaces_the_index(tmp_path):
    LexicalIndex.build(tmp_path / "lexical", PASSAGES)
    LexicalIndex.build(tmp_path / "lexical", PASSAGES[:1])

    assert LexicalIndex(tmp_path / "lexical").ids() == {"ice"}
    assert [path.name for path in tmp_path.iterdir()] == ["lexical"]


def test_a_build_that_fails_leaves_the_old_index(tmp_path):
    LexicalIndex.build(tmp_path / "lexical", PASSAGES)

    def broken():
        yield PASSAGES[0]
        raise RuntimeError("the store went away")

    with pytest.raises(RuntimeError):
        LexicalIndex.build(tmp_path / "lexical", broken())

    assert LexicalIndex(tmp_path / "lexical").count() == 3
    assert [path.name for path in tmp_path.iterdir()] == ["lexical"]


def test_an_index_of_nothing_finds_nothing(tmp_path):
    LexicalIndex.build(tmp_path / "lexical", [])

    assert LexicalIndex(tmp_path / "lexical").search("冰芯", 3) == []


@pytest.mark.parametrize("file", ["meta.json", "terms.npz"])
def test_a_damaged_index_says_so(tmp_path, file):
    LexicalIndex.build(tmp_path / "lexical", PASSAGES)
    (tmp_path / "lexical" / file).write_bytes(b"not what was written")

    with pytest.raises(IndexDamaged, match="cannot be read"):
        LexicalIndex(tmp_path / "lexical")


def test_the_table_says_how_much_of_a_question_a_passage_covers(index):
    table = index.terms
    match = table.match(["冰芯", "unheard"])
    row = table.ids.index("ice")

    assert 0 < match.coverage[row] < 1
    assert match.coverage[table.ids.index("seed")] == 0
    assert match.held[:, row].tolist() == [True, False]


def test_the_table_can_be_put_in_another_order(index):
    turned = index.terms.ordered(["beam", "ice", "seed"])

    assert turned.match(["冰芯"]).whole.argmax() == 1
    with pytest.raises(IndexDamaged):
        index.terms.ordered(["beam", "ice", "other"])


def test_a_table_keeps_what_it_knows_on_disk(index, tmp_path):
    index.terms.save(tmp_path)
    again = TermTable.load(tmp_path)

    assert again.ids == index.terms.ids
    assert again.match(["冰芯"], ["冰"]).whole.tolist() == index.terms.match(["冰芯"], ["冰"]).whole.tolist()
