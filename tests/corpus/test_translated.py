"""A harvested record of one language has search keys in the other, which nobody is shown."""

from __future__ import annotations

from corpus.details import Origin
from corpus.exports.jsonld import record_jsonld
from corpus.loaders import load_vocabulary
from corpus.records import Lines, Resource
from corpus.statements import Words, statements_of
from corpus.statements.resources import in_asked_language
from corpus.texts import Language, Text
from corpus.translated import keyed, terms
from retrieval.passages import passages_of
from retrieval.statements import to_embed


def record(name: str, language: Language, **more: object) -> Resource:
    return Resource(
        id="toy:1", type="scientific_data", name=Text(zh=name, en=name), languages=(language,),
        origin=Origin(source="toy", identifier="1", format="dcat_us"), **more,  # type: ignore[arg-type]
    )  # fmt: skip


def test_an_english_title_has_a_chinese_key_with_its_abbreviations():
    found = keyed(record("Nighttime Lights of the VIIRS satellite", "en")).questions

    assert found.en == () and "夜间灯光" in found.zh[0]
    assert "VIIRS" in found.zh[0] and "卫星" in found.zh[0]


def test_a_chinese_title_has_an_english_key():
    found = keyed(record("全球小时级地面气象站观测", "zh")).questions

    assert found.zh == () and {"global", "surface weather"} <= {
        word for word in ("global", "surface weather") if word in found.en[0]
    }


def test_subjects_and_the_first_words_of_a_description_add_a_second_key():
    given = record(
        "Set 7", "en", subjects=Lines(zh=("glaciers",), en=("glaciers",)),
        holdings=Text(zh="Sea ice of the Arctic.", en="Sea ice of the Arctic."),
    )  # fmt: skip

    assert keyed(given).questions.zh == ("冰川海冰北极",)


def test_what_is_known_in_both_languages_or_was_not_harvested_has_none():
    both = record("Glaciers", "en").model_copy(update={"languages": ("zh", "en")})
    own = record("Glaciers", "en").model_copy(update={"origin": None})

    assert keyed(both) == both and keyed(own) == own
    assert keyed(record("Xyzzy", "en")).questions == Lines()


def test_a_key_is_searched_and_never_told():
    one = keyed(record("Sea ice thickness", "en"))

    searched = [each for each in passages_of(one) if each.role == "question"]
    assert [(each.lang, each.text) for each in searched] == [("zh", "海冰")]
    told = [each.quote for each in statements_of(one, Words(load_vocabulary()))]
    assert not any("海冰" in each for each in told)
    assert "海冰" not in str(record_jsonld(one, "https://kewen.example"))


def test_every_term_is_one_of_each_language():
    known = terms()

    assert len(known.chinese) > 400
    for word, others in known.chinese.items():
        assert word == word.lower().strip() and others and all(other.strip() == other for other in others)


def test_a_question_is_compared_with_the_key_and_with_labels_in_its_language():
    one = keyed(
        record("Set 7", "en", holdings=Text(zh="Sea ice of the Arctic.", en="Sea ice of the Arctic."))
    )
    told = statements_of(one, Words(load_vocabulary()))

    asked = {each.field: each for each in in_asked_language(told, one, "zh")}

    assert (asked["holdings"].label, asked["holdings"].read_as) == ("内容", "海冰北极")
    assert (
        asked["holdings"].quote == "Sea ice of the Arctic."
        and to_embed(asked["holdings"]) == "内容\n海冰北极"
    )
    assert in_asked_language(told, one, "en") == told
