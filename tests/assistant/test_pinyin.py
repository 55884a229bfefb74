"""Questions typed in pinyin without tones: read as Chinese, and said to be; other writing is left alone."""

from __future__ import annotations

import pytest

from assistant.reading.pinyin import PinyinReader
from corpus.loaders import load_corpus
from retrieval.names import NameIndex
from tests.assistant.conftest import cited_articles, first_resource
from wiring import Kewen


@pytest.fixture(scope="module")
def reader() -> PinyinReader:
    return PinyinReader(NameIndex(list(load_corpus())))


@pytest.mark.parametrize(
    ("typed", "record"),
    [
        ("qing wen na li neng mai ban ma yu pin xi", "czrc"),
        ("qingwen nali neng mai banmayu pinxi", "czrc"),
        ("guojia chaoji jisuan guangzhou zhongxin de wangzhi", "nscc-guangzhou"),
    ],
)
async def test_a_question_in_pinyin_is_answered_in_chinese(bundled_kewen: Kewen, typed: str, record: str):
    answer = await bundled_kewen.assistant.ask(typed)

    assert (answer.status, answer.language) == ("answered", "zh")
    assert answer.text.startswith("按拼音读作：")
    assert first_resource(answer) == record


async def test_rules_are_asked_in_pinyin_too_with_words_of_other_languages_left_alone(bundled_kewen: Kewen):
    typed = (
        "women biobank 2025 niandu baogao wang le jiao le, hui fa duo shao? shi yichuan ziyuan baocang danwei"
    )

    answer = await bundled_kewen.assistant.ask(typed)

    assert "biobank 2025" in answer.text.splitlines()[0]
    assert ("hgr-regulation-2019", "第四十条") in cited_articles(answer)


async def test_a_further_question_in_a_talk_in_pinyin_is_pinyin_however_short(bundled_kewen: Kewen):
    ask = bundled_kewen.assistant.ask
    first = await ask("qing wen na li neng mai ban ma yu pin xi")

    then = await ask("gui bu gui", conversation_id=first.conversation_id)

    assert then.text.startswith("按拼音读作：贵不贵")
    assert then.language == "zh"


@pytest.mark.parametrize("change", [str.upper, str.title, lambda one: one.replace(" ", "  ")])
def test_case_and_blanks_change_nothing(reader: PinyinReader, change):
    typed = "shanghai guangyuan zenme shenqing jishi"
    plain, changed = reader.read(typed, within=False), reader.read(change(typed), within=False)

    assert plain is not None and changed is not None
    assert plain.text == changed.text == "上海光源怎么申请机时"


@pytest.mark.parametrize(
    "typed",
    [
        "Where can I buy zebrafish in China?",
        "who runs it",
        "Wo kann ich Zebrafische kaufen?",
        "Di mana saya boleh mendapatkan data iklim?",
        "Tôi có thể tải dữ liệu ở đâu",
        "doko de kaemasu ka",
        "import numpy as np",
        "10.12072/ncdc.casnw.db0001",
        "wang.li@example.org",
        "上海光源 SSRF 怎么申请",
    ],
)
def test_what_is_not_pinyin_is_left_alone(reader: PinyinReader, typed: str):
    assert reader.read(typed, within=False) is None
