"""Questions one word away from what the corpus holds: `python -m evaluation.near_misses > FILE`.

Made by rule from the bundled records: names, articles, documents, numbers, places and attributes are
swapped for ones that are not there. Beside each kind stand questions in the same words about what is
there, so that saying no to everything does not score. Of places it asks for sets, with their size: a set
of none is an answer. The same corpus gives the same lines.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from corpus.loaders import load_corpus, load_vocabulary
from corpus.records import Corpus, Policy, Resource

_ABSENT = ["not_found", "declined", "clarify"]
_PER_KIND = 24

_SUBJECTS = (
    ("火山", "Volcano"), ("茶叶", "Tea"), ("丝绸", "Silk"), ("溶洞", "Cave"), ("潮汐能", "Tidal Energy"),
    ("蜜蜂", "Honeybee"), ("陶瓷", "Ceramics"), ("雷电", "Lightning"), ("乐器", "Musical Instrument"),
    ("风筝", "Kite"), ("竹编", "Bamboo Weaving"), ("地下水", "Groundwater"),
)  # fmt: skip
"""Subjects that no record bears in its name."""
_ASKS = (
    ("{name}在哪里？", "Where is the {name}?"),
    ("{name}怎么申请？", "How do I apply to the {name}?"),
    ("{name}的网址是什么？", "What is the website of the {name}?"),
    ("请问{name}由哪个单位负责？", "Which institution runs the {name}?"),
)
_ATTRIBUTES = (
    ("{name}的传真号码是多少？", "What is the fax number of the {name}?", "传真"),
    ("{name}有多少名员工？", "How many employees does the {name} have?", "员工"),
    ("{name}去年的预算是多少？", "What was last year's budget of the {name}?", "预算"),
    ("{name}的负责人是谁？", "Who is the director of the {name}?", "负责人"),
    ("{name}的微信公众号叫什么？", "What is the WeChat account of the {name}?", "微信"),
    ("{name}周六几点开门？", "At what time does the {name} open on Saturdays?", "开门"),
)
_PHONE = ("{name}的电话是多少？", "What is the phone number of the {name}?")
_ARTICLE = ("{title}第{number}条规定了什么？", "What does article {number} of the {title} say?")
_DOCUMENT = ("{number}是什么文件？", "Which document is {number}?")
_ZH_NAME = re.compile(r"^国家([\u4e00-\u9fff]{1,12}?)(科学数据中心|种质资源库|标本资源库|实验动物资源库)$")
_EN_NAME = re.compile(
    r"^National (.+?) ((?:Science )?Data Cent(?:er|re)|(?:Germplasm |Specimen )?Resource Bank)$"
)
_YEAR_NUMBER = re.compile(r"^(\D+〔\d{4}〕)(\d+)(号)$")
_LISTS = {
    "germplasm": ("{place}有哪些种质资源库？", "Which germplasm banks are in {place}?"),
    "facility": ("{place}有哪些大科学装置？", "Which large research facilities are in {place}?"),
    "specimen": ("{place}有哪些标本资源库？", "Which specimen banks are in {place}?"),
}

Item = dict[str, Any]
Pair = TypeVar("Pair")


def near_misses(corpus: Corpus) -> list[Item]:
    """Golden items: near-misses of every kind, then their counterparts that are there."""
    kinds = {
        "name": _names(corpus.resources),
        "article": _articles(corpus.policies),
        "attribute": _attributes(corpus.resources),
        "document": _documents(corpus.policies),
        "number": _numbers(corpus.policies),
    }
    found: list[Item] = []
    for kind, pairs in kinds.items():
        chosen = _spread(list(dict.fromkeys(pairs)), _PER_KIND)
        found += [
            _item(f"near-{kind}-{n:02}", question, lang, _ABSENT, f"{kind} swapped")
            for n, (question, lang) in enumerate(chosen, 1)
        ]
    for kind, pairs in {
        "name": _true_names(corpus.resources),
        "article": _true_articles(corpus.policies),
        "number": _true_numbers(corpus.policies),
    }.items():
        chosen = _spread(list(dict.fromkeys(pairs)), _PER_KIND)
        found += [
            _item(f"true-{kind}-{n:02}", question, lang, ["answered"], f"{kind} as in the corpus")
            for n, (question, lang) in enumerate(chosen, 1)
        ]
    sets = list(_sets(corpus.resources))
    for name, some in (
        ("none", [one for one in sets if not one[2]]),
        ("set", [one for one in sets if one[2]]),
    ):
        for n, (question, lang, size) in enumerate(_spread(some, _PER_KIND), 1):
            item = _item(f"{name}-place-{n:02}", question, lang, ["answered"], "type and province")
            item["expect"]["set_total"] = size
            found.append(item)
    return found


Asked = Iterator[tuple[str, str]]


def _item(id_: str, question: str, lang: str, status: list[str], why: str) -> Item:
    kind = "unanswerable" if status == _ABSENT else "where"
    return {
        "id": id_, "kind": kind, "lang": lang, "turns": [question],
        "expect": {"status": status, "lang": lang}, "why": why,
    }  # fmt: skip


def _spread(pairs: Sequence[Pair], count: int) -> list[Pair]:
    """At most `count`, evenly from the whole, both languages as they come."""
    if len(pairs) <= count:
        return list(pairs)
    return [pairs[round(place * (len(pairs) - 1) / (count - 1))] for place in range(count)]


def _names(resources: Iterable[Resource]) -> Asked:
    tails: dict[str, str] = {}
    for one in resources:
        chinese, english = _ZH_NAME.match(one.name.zh), _EN_NAME.match(_plain(one.name.en))
        if chinese and english:
            tails[chinese[2]] = english[2]
    place = 0
    for zh_tail, en_tail in tails.items():
        for zh, en in _SUBJECTS:
            ask = _ASKS[place % len(_ASKS)]
            place += 1
            yield ask[0].format(name=f"国家{zh}{zh_tail}"), "zh"
            yield ask[1].format(name=f"National {en} {en_tail}"), "en"


def _true_names(resources: Iterable[Resource]) -> Asked:
    for place, one in enumerate(resources):
        if one.host is None or one.visibility != "public":
            continue
        ask = _ASKS[0 if one.province and place % 2 else 3]
        yield ask[0].format(name=one.name.zh), "zh"
        yield ask[1].format(name=_plain(one.name.en)), "en"


def _articles(policies: Iterable[Policy]) -> Asked:
    for place, one in enumerate(policies):
        if one.last_article is None:
            continue
        beyond = one.last_article + 9 + 4 * (place % 5)
        yield _ARTICLE[0].format(title=_short(one), number=numeral(beyond)), "zh"
        yield _ARTICLE[1].format(title=one.title.en, number=beyond), "en"


def _true_articles(policies: Iterable[Policy]) -> Asked:
    for one in policies:
        if one.status not in ("in_force", "amended"):
            continue
        numbered = [article.number for article in one.articles if article.number and "之" not in article.no]
        for number in numbered[:1]:
            yield _ARTICLE[0].format(title=_short(one), number=numeral(number)), "zh"
            yield _ARTICLE[1].format(title=one.title.en, number=number), "en"


def _attributes(resources: Iterable[Resource]) -> Asked:
    for place, one in enumerate(resources):
        said = one.model_dump_json()
        zh, en, word = _ATTRIBUTES[place % len(_ATTRIBUTES)]
        if word not in said:
            yield zh.format(name=one.name.zh), "zh"
            yield en.format(name=_plain(one.name.en)), "en"
        if one.contact is None and not re.search(r"\d{7,}|电话|phone", said):
            yield _PHONE[0].format(name=one.name.zh), "zh"
            yield _PHONE[1].format(name=_plain(one.name.en)), "en"


def _documents(policies: Iterable[Policy]) -> Asked:
    for place, (zh, en) in enumerate(_SUBJECTS):
        number = 3 + place
        yield f"《{zh}数据管理办法》第{numeral(number)}条怎么规定？", "zh"
        yield f"What does article {number} of the Regulation on {en} Resources say?", "en"
        yield f"《{zh}资源保护条例》对外国人采集有什么要求？", "zh"
        yield f"Is the Measures for the Management of {en} Data still in force?", "en"


def _numbers(policies: Iterable[Policy]) -> Asked:
    for one in policies:
        if number := _YEAR_NUMBER.match(one.doc_number or ""):
            swapped = f"{number[1]}{int(number[2]) + 613}{number[3]}"
            yield _DOCUMENT[0].format(number=swapped), "zh"
            yield _DOCUMENT[1].format(number=swapped), "en"


def _true_numbers(policies: Iterable[Policy]) -> Asked:
    for one in policies:
        if _YEAR_NUMBER.match(one.doc_number or ""):
            yield _DOCUMENT[0].format(number=one.doc_number), "zh"
            yield _DOCUMENT[1].format(number=one.doc_number), "en"


def _sets(resources: Sequence[Resource]) -> Iterator[tuple[str, str, int]]:
    """(question, language, size) of every province and type, those of which there is none among them."""
    sizes: Counter[tuple[str, str | None]] = Counter((one.type, one.province) for one in resources)
    for place in load_vocabulary().provinces:
        if place.kind != "province":
            continue
        for kind, (zh, en) in _LISTS.items():
            size = sizes[kind, place.name.zh]
            yield zh.format(place=place.name.zh), "zh", size
            yield en.format(place=place.name.en), "en", size


def _short(policy: Policy) -> str:
    return f"《{policy.title.zh.removeprefix('中华人民共和国')}》"


def _plain(name: str) -> str:
    """The English name without the abbreviation behind it and without its article."""
    return re.sub(r"\s*\([^)]*\)$", "", name).removeprefix("The ")


def numeral(number: int) -> str:
    """Chinese numeral of 1 to 999: 十二, 一百零三."""
    digits = "零一二三四五六七八九"
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    told = f"{digits[hundreds]}百" if hundreds else ""
    if tens:
        told += ("" if tens == 1 and not hundreds else digits[tens]) + "十"
    elif hundreds and ones:
        told += "零"
    return told + (digits[ones] if ones else "")


def main() -> None:
    """Print the items, one JSON object a line."""
    for item in near_misses(load_corpus()):
        print(json.dumps(item, ensure_ascii=False))


if __name__ == "__main__":
    main()
