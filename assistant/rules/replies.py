"""Fixed texts on rules: in time, in rank, in their own words; for every channel."""

from __future__ import annotations

from corpus.disagreements import Weight
from corpus.records import Text
from corpus.texts import fixed_text as _t

RECOGNISED = _t(
    "（文字由机器从扫描件识别，引用前请核对原件）", " (recognised from a scan by a machine: check the file) "
)
AS_STORED = _t(
    "按 {day} 有效的文本回答：{title}{span}的版本。",
    "As of {day}, from the text of {title} in force {span}. ",
)
AS_DIGEST = _t(
    "{title}自 {since} 起施行，{day} 有效。", "{title} is in force from {since}, and was on {day}. "
)
AS_KNOWN = _t("{title}在 {day} 有效。", "{title} was in force on {day}. ")
AS_FORECAST = _t(
    "{day} 还没有到，以下按今天已知的规定回答。",
    "{day} has not come yet; what follows is what is known today. ",
)
NOT_HELD = _t(
    "库中没有{title}在 {day} 的文本；以下是现行规定（{since} 起），不能当作当日的规定。",
    "The corpus does not hold {title} as it stood on {day}; what follows is the rule now in force "
    "(since {since}), not the rule of that day. ",
)
NOT_HELD_UNDATED = _t(
    "库中没有{title}在 {day} 的文本；以下是现行规定，不能当作当日的规定。",
    "The corpus does not hold {title} as it stood on {day}; what follows is the rule now in force, "
    "not the rule of that day. ",
)
NOT_YET = _t(
    "{title}在 {day} 还没有施行（{since} 起施行）。",
    "{title} was not yet in force on {day} (in force from {since}). ",
)
THEN_APPLIED = _t("在它之前的是{old}，其文本没有收录。", "Before it came {old}, whose text is not held. ")
OVER = _t(
    "{title}在 {day} 已不再有效（至 {until}）。", "{title} was no longer in force on {day} (until {until}). "
)
CHANGED_WITHIN = _t("期间有变：自 {since} 起{what}。", "It changed within that time: from {since}, {what}. ")
CAME_INTO_FORCE = _t("{title}施行", "{title} came into force")
WAS_AMENDED = _t("{title}修改后的规定施行", "{title} applied as amended")
AMENDED_SINCE = _t("此后的修改：", "Amended since: ")
REPLACED = _t(
    "{old}已由{title}（{number}）代替，自 {since} 起。",
    "{old} was replaced by {title} ({number}), from {since}. ",
)
REPLACED_UNDATED = _t("{old}已由{title}代替。", "{old} was replaced by {title}. ")
NO_LONGER = _t(
    "{title}已不再有效，以下内容不是现行规定。",
    "{title} is no longer in force; what follows is not a rule of today. ",
)
NOT_IN_FORCE_YET = _t("{title}尚未施行。", "{title} is not in force yet. ")
OLD_NUMBER = _t(
    "{title}{old}是 {until} 以前的条号，自该日起为{no}。",
    "In {title}, {old} is the number before {until}; since that day it is {no}. ",
)
BECAME = _t("自 {until} 起，对应的条文是{no}。", "Since {until} its counterpart is {no}. ")
OLD_NUMBER_NEAR = _t(
    "{title}{old}是 {until} 以前的条号；该日起的文本改动较大，文字最接近的是{no}。",
    "In {title}, {old} is the number before {until}; the text since then differs much, "
    "and nearest in words is {no}. ",
)
NEAREST_NOW = _t(
    "自 {until} 起的文本改动较大，文字最接近的是{no}。",
    "The text since {until} differs much; nearest in words is {no}. ",
)
IS_GONE = _t(
    "自 {until} 起的文本里没有文字相近的对应条文。",
    "The text since {until} has no counterpart of like words. ",
)
SPAN = _t("{since} 起施行", "since {since}")
SPAN_ENDED = _t("{since} 至 {last}", "from {since} to {last}")
SPAN_PUBLISHED = _t("{since} 公布", "published {since}")
TODAYS = _t("现行规定：", "Rule now in force: ")
HELD_TEXT = _t("收录全文：", "Text held: ")
WORDS = _t("原文：", "Official wording: ")
WORDS_CHINESE = _t("原文：", "Official wording (Chinese): ")
EXCERPT = _t("（节选，全条见引文）", " (excerpt; the whole article is in the citation)")
BESIDE = _t("相关的还有：", "Also related:")
GOVERNS = _t("以哪个为准：", "Which governs: ")
GOVERNING = _t("（以此为准）", " (governs)")
UNDECIDED = _t("不能判定：", "Undecided: ")
UNDATED = _t("日期未载", "undated")
RANKED = _t(
    "效力层级由高到低：{order}；规定不一致时，以层级高的为准。",
    "In order of rank: {order}; where they differ, the higher rank governs. ",
)
LOCAL = _t(
    "地方规定只在其行政区域内适用；在本地职权内比国家规定更严的，须同时遵守。",
    "A local rule applies in its own area only; where it is stricter within its competence, "
    "both must be met. ",
)
INSTITUTION = _t(
    "单位规定只在本单位范围内适用，不能放宽国家规定。",
    "An institution's rule applies within the institution only and cannot loosen a national one. ",
)

WEIGHT: dict[Weight, Text] = {
    "law": _t("法律", "law"),
    "administrative_regulation": _t("行政法规", "administrative regulation"),
    "departmental_rule": _t("部门规章", "departmental rule"),
    "local": _t("地方性法规规章", "local rule"),
    "standard": _t("标准", "standard"),
    "institution": _t("单位规定", "institution's rule"),
    "register": _t("官方名录", "official list"),
    "announcement": _t("官方发布", "official announcement"),
    "website": _t("官网", "official site"),
    "paper": _t("论文", "paper"),
}
