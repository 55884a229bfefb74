"""Does the evidence carry the question? Gates and leanings, each a plain function of the reading and the hits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from assistant import cues
from assistant.available import MONEY, asked_of, resource_text
from assistant.cues import LIVE, Attribute
from assistant.expected import expectations, met
from assistant.understanding import Understanding
from corpus.records import Article, Note, Policy, Resource, chinese_number
from retrieval.analysis import analyse, content_terms, content_words, normalise, nouns
from retrieval.records import Hit

LEAN_PER_RULE_WORD = 0.8
LEAN_WHERE = 0.8
LEAVES_BY = 1.5
"""How far behind the best the talk so far may be."""
LEAVES_COVERAGE = 0.3
LEAVES_FAR = 8.0
"""So far behind that the words no longer matter."""

_GENERIC = re.compile(
    r"[a-z]|\d+|申请|怎么|多少|什么|哪个|哪些|网址|官网|网站|地址|电话|单位|依托|城市|数据|资源|平台|中心|收费|免费|费用|注册|登录|下载|使用|开放|"
    r"共享|介绍|情况|内容|规定|要求|条件|流程|步骤|手续|材料|提供|服务|查询|查找|获取|联系|方式|时候|时间|一年|几个|是否|可以|需要|能否|官方|"
    r"apply|applic|access|data|resourc|cost|free|charg|pay|fee|address|web|site|websit|url|link|host|run|oper|locat|citi|provinc|institut|contact|"
    r"phone|mail|regist|login|account|download|request|order|step|procedur|servic|use|user|offer|provid|hold|found|establish|open|inform|detail|much|mani|long"
)


def specific(text: str) -> list[str]:
    """Content words that say something beyond the usual words of asking."""
    return [word for word in content_words(text) if not _GENERIC.fullmatch(word)]


@lru_cache(maxsize=4096)
def _terms_of(resource: Resource) -> frozenset[str]:
    return frozenset(analyse(resource_text(resource)))


def supported(reading: Understanding, resource: Resource) -> bool:
    """True when a named record has something to say on what is asked of it.

    A number is asked of something that the record does not mention at all: not supported.
    """
    if reading.attributes & LIVE:
        return False
    if named := cues.details(reading.text):
        text = resource_text(resource).lower()
        if not any(detail.lower() in text for detail in named):
            return False
    if patterns := cues.counted(reading.text):
        text = resource_text(resource)
        if not any(re.search(pattern, text, re.I) for pattern in patterns):
            return False
    words = specific(reading.rest) if reading.language == "zh" else []
    if not words or not any(one.name == "quantity" for one in expectations(reading.text)):
        return True
    said = resource_text(resource).lower()
    held = _terms_of(resource)
    return any(word in said or word in held for word in words)


_LAY = (
    "地方 机器 老师 导师 读者 博士 博士论文 论文 课题 课题组 项目 关系 单位 电话 网站 网址 学生 硕士 "
    "本科 公司 企业 工厂 实验室 医院 学校 团队 全国性 国内 东西 资料 样品 样本 材料 数据 资源 平台 "
    "中心 机构 信息 问题 情况 方面 研究 科研 朋友 同事 单价 价格 费用 经费 时间 时候 目录 名单 办法 "
    "途径 渠道 人员 用户 需求 老家 老百姓 科研项目 家乡 外行 新手"
)
_LAY_NOUNS = frozenset(_LAY.split())


def unnamed(reading: Understanding, resource: Resource) -> tuple[str, ...]:
    """Nouns of a need, at most two, that the record chosen for it does not hold in so many words."""
    if reading.language != "zh":
        return ()
    said = resource_text(resource)
    return tuple(word for word in nouns(reading.rest) if word not in said and word not in _LAY_NOUNS)[:2]


def concerns(note: Note, reading: Understanding) -> bool:
    """True when a question is about the point on which sources differ: other contradictions would be noise.

    By the words of questions that the contradiction names, else by words that it shares with the question.
    """
    if note.disagreement is None:
        told = note.text.in_(reading.language)
        return len(set(content_terms(reading.query)) & set(content_terms(told))) >= 2
    asked = normalise(reading.query)
    cues = (*note.disagreement.cues.zh, *note.disagreement.cues.en)
    return any(normalise(cue) in asked for cue in cues)


def leaves_topic(reading: Understanding, best: Hit, own: Hit | None) -> bool:
    """True when a question without a subject of its own is about something other than the talk so far."""
    if reading.leans_back:
        return False
    if own is None:
        return best.coverage >= LEAVES_COVERAGE
    behind = best.score - own.score
    return behind > LEAVES_FAR or (behind > LEAVES_BY and best.coverage >= LEAVES_COVERAGE)


def never_held(reading: Understanding) -> bool:
    """True for what no catalogue or rule book holds: the asker's own case, what is in stock today."""
    return bool(reading.attributes & {"own_case", "stock"}) or reading.intent == "elsewhere"


_KINDS_OF_RULE = frozenset({"penalty", "duration", "authority"})
LEAN_EXPECTED = 0.8
LEAN_DAY = 2.5
"""A question about a past day is one about rules: the catalogue tells of today."""


def leans_to_rules(reading: Understanding) -> float:
    """Added to the best article's score: positive where the wording asks for a rule, not for a place."""
    expected = any(one.name in _KINDS_OF_RULE for one in expectations(reading.text))
    lean = LEAN_PER_RULE_WORD * min(reading.rule_words, 3) + LEAN_EXPECTED * expected
    lean += LEAN_DAY * (reading.asked_day is not None)
    return lean - (LEAN_WHERE if reading.asks_where else 0.0)


_NOT_IN_RULES: tuple[Attribute, ...] = (
    "phone",
    "email",
    "contact",
    "own_case",
    "stock",
    "person",
    "rating",
    "schedule",
    "amount",
    "url",
)
_VERBATIM = re.compile(
    r"原文|原话|原句|逐字|一字不(差|漏|改)|抄(出来|给我)|把.{0,20}(原文|全文).{0,10}(贴|发|给|抄|列)|表格?发给我|\bword[ -]for[ -]word|\bverbatim|\bfull text"
    r"|\b(exact|actual|original|official|precise|literal) (text|words|wording)|\bwording of\b|\bhow is .{0,40} worded\b",
    re.I,
)

_HOW_MUCH = re.compile(
    r"多少|几(毛|块|元)|什么价|贵不贵|how much|\b(what|which)\b.{0,20}\b(fee|price|cost|charge)|\bfee\b", re.I
)
_FORMER = re.compile(r"(?:原|旧|曾|修正前|修改前|修订前)(?:为|是)?第?([零〇一二三四五六七八九十百\d]+)条")


def asks_wording(reading: Understanding) -> bool:
    """True when the official words are asked for, not what they say."""
    return bool(_VERBATIM.search(reading.text))


def not_in_rules(reading: Understanding, articles: Sequence[Article]) -> tuple[Attribute, ...]:
    """Attributes decidedly asked for that rules never hold; a price only where no article names a sum."""
    decided, _ = asked_of(reading.attributes, reading.text)
    lacking = [name for name in _NOT_IN_RULES if name in decided]
    if "amount" in lacking and not _HOW_MUCH.search(reading.text):
        lacking.remove("amount")
    if "amount" in lacking and any(MONEY.search(f"{one.says.zh} {one.says.en}") for one in articles):
        lacking.remove("amount")
    if (
        "contact" in lacking
        and not {"phone", "email"} & set(decided)
        and not re.search(r"联系方式|contact", reading.text)
    ):
        lacking.remove("contact")
    return tuple(lacking)


def lacking(
    reading: Understanding, articles: Sequence[Article], policies: Sequence[Policy]
) -> tuple[Attribute, ...]:
    """What is asked of documents and is not there: what rules never hold, or a penalty."""
    return not_in_rules(reading, articles) or no_penalty(reading, policies)


def no_penalty(reading: Understanding, policies: Sequence[Policy]) -> tuple[Attribute, ...]:
    """A penalty asked of documents by name, of whose held articles none names one."""
    penalty = next((one for one in expectations(reading.text) if one.name == "penalty"), None)
    if penalty is None or not reading.named or reading.carried:
        return ()
    said = [f"{one.says.zh} {one.says.en}" for policy in policies for one in policy.articles]
    return () if any(met((penalty,), one) for one in said) else ("penalty",)


def formerly(policy: Policy, number: int) -> list[Article]:
    """Articles whose digest says that they bore this number before a renumbering."""
    found = []
    for article in policy.articles:
        said = article.says.zh + (article.note.zh if article.note else "")
        if number in {chinese_number(numeral) for numeral in _FORMER.findall(said)}:
            found.append(article)
    return found
