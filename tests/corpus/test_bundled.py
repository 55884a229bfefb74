"""The corpus that ships: complete, in two languages that say the same, fit to be shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

import corpus.loaders
from corpus.loaders import load_corpus, load_vocabulary
from corpus.records import Article, Corpus, Lines, Policy, Resource, Text
from tests.corpus.numbers import implied, written

RESOURCES, POLICIES, ARTICLES = 131, 50, 436

# The Chinese of these has no Chinese character, because the thing has no Chinese name.
NO_CHINESE = {("figshare", "name"), ("zenodo", "name")}
STANDARD_NUMBER = re.compile(r"GB/T \d+—\d{4}")
# (record, field): a number that only one language needs.
NUMBERS_DIFFER = {
    ("tianma", "name"): "65米 tells the telescope apart in Chinese; its English name has no size",
    ("ethics-review-2023", "issuing_body"): "10部门 counts the first; and nine other departments does not",
    ("fossil-regulation-2010", "articles.第十一条.digest"): "含1名 is with a … leader in English",
    ("instrument-sharing-evaluation-2022", "articles.2024年结果.digest"): "English repeats the year",
    ("instrument-sharing-evaluation-2022", "articles.2025年结果.digest"): "English repeats the year",
}
NOT_FOR_READERS = re.compile(
    r"github\.com|weglot|caiding5|iter01|8899ip|jumpstarthappiness|Larrtroffen|LawRefBook"
    r"|references/repos|助手应"
)
REMARK_IN_VALUE = re.compile(r"[（(](据已掌握|具体.*待核|时效未核实|据记忆)")


@pytest.fixture(scope="module")
def bundled() -> Corpus:
    return load_corpus()


def bilingual(value: object, place: str = "") -> Iterator[tuple[str, str, str]]:
    """(field, zh, en) of every statement of a record; search keys are not statements."""
    if isinstance(value, Text):
        yield place, value.zh, value.en
    elif isinstance(value, Lines):
        yield place, "；".join(value.zh), "; ".join(value.en)
    elif isinstance(value, BaseModel):
        for field in type(value).model_fields:
            if field not in ("questions", "cues"):
                yield from bilingual(getattr(value, field), f"{place}.{field}" if place else field)
    elif isinstance(value, tuple):
        for number, item in enumerate(value):
            key = item.no if isinstance(item, Article) else str(number + 1)
            yield from bilingual(item, f"{place}.{key}")


def statements(records: Corpus) -> Iterator[tuple[str, str, str, str]]:
    for record in records:
        for place, zh, en in bilingual(record):
            if zh or en:
                yield record.id, place, zh, en


def test_nothing_is_missing(bundled: Corpus) -> None:
    assert len(bundled.resources) == RESOURCES
    assert len(bundled.policies) == POLICIES
    assert sum(len(policy.articles) for policy in bundled.policies) == ARTICLES


def test_it_loads_the_same_twice(bundled: Corpus) -> None:
    assert load_corpus().digest == bundled.digest


def test_chinese_is_chinese(bundled: Corpus) -> None:
    wrong = [
        (id_, place, zh)
        for id_, place, zh, _ in statements(bundled)
        if not re.search(r"[\u4e00-\u9fff]", zh)
        and (id_, place) not in NO_CHINESE
        and not STANDARD_NUMBER.fullmatch(zh)
    ]
    assert not wrong


def test_english_is_english(bundled: Corpus) -> None:
    wrong = []
    for id_, place, _, en in statements(bundled):
        latin, han = len(re.findall(r"[A-Za-z]", en)), len(re.findall(r"[\u3400-\u9fff]", en))
        year_only = place == "since" and en.isdigit()
        if (latin == 0 and not year_only) or han > latin / 2:
            wrong.append((id_, place, en))
    assert not wrong


def test_both_languages_give_the_same_numbers(bundled: Corpus) -> None:
    differ = {}
    for id_, place, zh, en in statements(bundled):
        if missing := (written(zh) - implied(en)) | (written(en) - implied(zh)):
            differ[id_, place] = missing
    assert {key: value for key, value in differ.items() if key not in NUMBERS_DIFFER} == {}
    assert set(NUMBERS_DIFFER) <= set(differ), "an exception that is no longer needed"


@pytest.mark.parametrize(
    ("zh", "en", "same"),
    [
        ("仪器5.3万台", "53,000 instruments", True),
        ("仪器5.3万台", "5,300 instruments", False),
        ("341万余条", "over 3.41 million records", True),
        ("2021年9月", "September 2021", True),
        ("2021年9月", "August 2021", False),
        ("一、二类", "class 1 and 2", True),
        ("罚50万–500万元", "a fine of CNY 0.5–5 million", True),
        ("10万–100万人", "100,000–1 million people", True),
        ("6个共同体", "six communities", True),
        ("500米", "five-hundred-meter", True),
    ],
)
def test_numbers_are_compared_by_value(zh: str, en: str, same: bool) -> None:
    assert (not (written(zh) - implied(en)) and not (written(en) - implied(zh))) is same


def test_both_languages_have_the_same_steps(bundled: Corpus) -> None:
    for resource in bundled.resources:
        if resource.how_to_apply:
            steps = resource.how_to_apply.steps
            assert len(steps.zh) == len(steps.en) > 0, resource.id


def test_readers_see_no_working_notes(bundled: Corpus) -> None:
    for record in bundled:
        shown = record.model_dump_json(exclude={"questions"})
        assert not (found := NOT_FOR_READERS.search(shown)), f"{record.id}: {found}"
    for resource in bundled.resources:
        values = resource.model_dump_json(exclude={"questions", "notes", "sources"})
        assert not (found := REMARK_IN_VALUE.search(values)), f"{resource.id}: {found}"


def test_addresses_can_be_opened(bundled: Corpus) -> None:
    for record in bundled:
        addresses = [source.url for source in record.sources if source.url]
        addresses += (
            [record.url or "", *record.other_urls]
            if isinstance(record, Resource)
            else [record.official_url or ""]
        )
        for address in filter(None, addresses):
            assert re.fullmatch(r"https?://[\w.-]+\.[a-z]{2,}(:\d+)?(/[!-~]*)?", address), (
                record.id,
                address,
            )


def test_doubt_is_marked(bundled: Corpus) -> None:
    for resource in bundled.resources:
        texts = [note.text.zh for note in resource.notes]
        if resource.verification == "unsure":
            assert any(note.kind == "caution" for note in resource.notes), resource.id
        if resource.url and not resource.url_checked:
            assert any("记忆" in text for text in texts), resource.id
        if not resource.sources:
            assert any("据已掌握的内容" in text for text in texts), resource.id
        assert not (resource.url_checked and resource.url is None), resource.id


@pytest.mark.parametrize(
    ("id_", "kind", "said"),
    [
        ("easy-science", "contradiction", "自相矛盾"),
        ("eit-kics", "contradiction", "论文写6个"),
        ("hgr-online-system", "contradiction", "第777号"),
        ("metrology-standards-platform", "contradiction", "错位"),
        ("nbr-freshwater-fishery", "caution", "未能核实"),
        ("nbr-forest-grass", "caution", "前身"),
        ("nsdc-tibetan-plateau", "caution", "西部数据中心"),
        ("zgc-alliance", "caution", "仅见于论文"),
        ("national-instrument-centres", "caution", "不在20"),
    ],
)
def test_known_contradictions_survive(bundled: Corpus, id_: str, kind: str, said: str) -> None:
    record = bundled.by_id[id_]
    assert any(note.kind == kind and said in note.text.zh for note in record.notes)


def test_usual_steps_carry_their_mark(bundled: Corpus) -> None:
    """Steps that several records share word for word are nobody's own form."""
    shared: dict[tuple[str, ...], list[Resource]] = {}
    for resource in bundled.resources:
        if resource.how_to_apply:
            shared.setdefault(resource.how_to_apply.steps.zh, []).append(resource)
    for resources in shared.values():
        if len(resources) > 1:
            assert all(r.how_to_apply and r.how_to_apply.common_route for r in resources)


def test_names_people_use_lead_to_their_record(bundled: Corpus) -> None:
    for id_, alias in [
        ("fast", "天眼"),
        ("nsdc-tibetan-plateau", "TPDC"),
        ("nsdc-genomics", "NGDC"),
        ("csns", "散裂"),
        ("ssrf", "SSRF"),
        ("nsdc-polar", "极地中心"),
        ("czrc", "斑马鱼中心"),
        ("nbr-engineered-mice", "小鼠库"),
    ]:
        assert alias in bundled.by_id[id_].aliases


def test_articles_without_a_number_are_never_given_one(bundled: Corpus) -> None:
    without = [a for policy in bundled.policies for a in policy.articles if a.number is None]
    assert len(without) == 68
    assert all(re.fullmatch(r"x-\d+", article.anchor) for article in without)


def test_files_are_written_for_editing_by_hand() -> None:
    folder = Path(corpus.loaders.__file__).parent / "data"
    for path in folder.glob("resources/*.yaml"):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert not [line for line in lines if re.search(r":\s+[\[{]", line)], f"{path.name}: flow style"
        assert not [line for line in lines if line != line.rstrip() or "\t" in line], path.name
        english = [line for line in lines if line.isascii() and "http" not in line]
        assert max(map(len, english)) <= 110, path.name


def test_vocabulary_covers_the_country_and_every_record(bundled: Corpus) -> None:
    vocabulary = load_vocabulary()
    provinces = [place for place in vocabulary.provinces if place.kind == "province"]
    assert len(provinces) == 34
    assert len({place.code for place in provinces}) == 34
    assert all(place.short.zh and len(place.abbreviations) >= 1 for place in provinces)
    assert {r.province for r in bundled.resources if r.province} <= vocabulary.province_names


def test_vocabulary_has_no_word_for_two_meanings() -> None:
    vocabulary = load_vocabulary()
    for terms in (vocabulary.types, vocabulary.access, vocabulary.ranks, vocabulary.statuses):
        words = [w.lower() for t in terms for w in (t.label.zh, t.label.en, *t.synonyms.zh, *t.synonyms.en)]
        assert not {word for word in words if words.count(word) > 1}
    places = [
        w.lower() for p in vocabulary.provinces for w in (p.name.zh, p.name.en, *p.short.zh, *p.short.en)
    ]
    assert not {word for word in places if places.count(word) > 1}


def test_policies_name_their_state(bundled: Corpus) -> None:
    for policy in bundled.policies:
        assert isinstance(policy, Policy)
        if policy.status in ("superseded", "amended", "unknown"):
            assert policy.status_note or policy.replaced_by or policy.amendments or policy.notes, policy.id
