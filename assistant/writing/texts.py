"""Fixed texts of answers, in Chinese and English."""

from __future__ import annotations

from corpus.records import Text
from corpus.texts import fixed_text as _t

CONDITION: dict[str, Text] = {
    "type": _t("类型", "type"),
    "province": _t("所在地", "place"),
    "city": _t("城市", "city"),
    "country": _t("国家", "country"),
    "host": _t("依托单位", "host"),
    "authority": _t("主管部门", "governing body"),
    "body": _t("依托单位属于", "kind of host"),
    "subject": _t("学科", "subject"),
    "access": _t("开放方式", "access"),
    "year": _t("年份", "year"),
    "updated": _t("更新年份", "year of update"),
    "licence": _t("许可", "licence"),
    "format": _t("格式", "format"),
    "status": _t("状态", "status"),
    "rank": _t("层级", "rank"),
    "issuer": _t("发布机关", "issuer"),
    "issued": _t("发布", "issued"),
    "effective": _t("施行", "in force from"),
    "amended": _t("修改", "amended"),
    "verification": _t("核实状态", "verification"),
    "alone": _t("只有", "none but"),
    "words": _t("内容写到", "mentioning"),
    "said": _t("记录写到", "recorded with"),
    "has": _t("写有", "recording"),
    "whose": _t("单位或地方写到", "run, governed or placed by"),
    "name": _t("名称", "name"),
}

SETS: dict[str, Text] = {
    "list_resource": _t("共 {n} 个（{conditions}）：", "{n} records ({conditions}):"),
    "count_resource": _t("{n} 个（{conditions}）。", "{n} ({conditions})."),
    "none_resource": _t(
        "没有：收录的资源里 0 个符合（{conditions}）。",
        "None: 0 records of the catalogue meet this ({conditions}).",
    ),
    "list_policy": _t("共 {n} 件（{conditions}）：", "{n} documents ({conditions}):"),
    "count_policy": _t("{n} 件（{conditions}）。", "{n} documents ({conditions})."),
    "none_policy": _t(
        "没有：收录的文件里 0 件符合（{conditions}）。", "None: 0 documents held meet this ({conditions})."
    ),
    "all": _t("全部收录", "all that is held"),
    "is": _t("{label}：{values}", "{label}: {values}"),
    "not": _t("{label}不是：{values}", "{label} not: {values}"),
    "not_alone": _t("不只有：{values}", "others besides: {values}"),
    "not_words": _t("没有写到：{values}", "not mentioning: {values}"),
    "not_said": _t("记录没有写到：{values}", "not recorded with: {values}"),
    "not_whose": _t("单位或地方没有写到：{values}", "not run, governed or placed by: {values}"),
    "not_has": _t("没有写：{values}", "not recording: {values}"),
    "meant": _t(
        "“{words}”没有一条记录这样写，按意思取最接近的。",
        "No record says “{words}” in these words: those nearest in meaning are listed.",
    ),
    "newest": _t(
        "按更新或发布日期排列，新的在前；没有日期的在最后。",
        "In order of the day of update or publication, the newest first; those without one come last.",
    ),
    "shares": _t("其中：{shares}。", "Of these: {shares}."),
    "share": _t("{value} {n} 个", "{value} {n}"),
    "apart": _t("；前面列过的不再列", "; without those listed before"),
    "within": _t("{heading}其中：{text}", "{heading}Of these: {text}"),
    "wider": _t("不限“{conditions}”时有：", "Without “{conditions}” there are:"),
    "wider_many": _t(
        "不限“{conditions}”时有，可以这样再问。", "Without “{conditions}” there are some: ask so to see them."
    ),
    "more": _t("还有 {n} 个，说“更多”接着列。", "{n} more; say “more” to go on."),
    "more_chip": _t("更多", "more"),
    "uncovered": _t(
        "没有按“{words}”筛选：收录里没有这样的字段或写法。", "Not filtered by “{words}”: no record says so."
    ),
    "unapplied": _t(
        "没法按“{words}”筛选：收录里没有这样的字段或写法；别的条件（{conditions}）下有 {n} 个，不是要问的，就不列了。"
        "换一个说法，或按类型、地区、单位、开放方式来问。",
        "Not filtered by “{words}”: no record says so. The other conditions ({conditions}) leave {n} records, which is "
        "not what was asked: they are not listed. Ask in other words, or by type, place, host or access.",
    ),
    "given_up": _t(
        "其中没有一条写到“{words}”，所以没有按它筛选。", "None of these says “{words}”: not filtered by it."
    ),
    "compare": _t("{names}，并列如下：", "{names}, side by side:"),
    "compare_by": _t("{names}，并列如下（{what}）：", "{names}, side by side ({what}):"),
    "not_held": _t("库中没有收录：{names}。", "Not held: {names}."),
    "no_field": _t(
        "“{words}”没有单独的字段：记录写到的都列在这里，没写到的就是没有记录。",
        "“{words}” has no field of its own: what the records tell of it stands here, what they do not is not recorded.",
    ),
    "no_price": _t("记录里没有写具体价格。", "No record tells a price."),
    "common_route": _t("（同类平台的通用做法）", " (usual for such platforms, not its own form)"),
    "not_recorded": _t("记录没有写", "not recorded"),
    "same": _t("（相同）", " (the same)"),
    "different": _t("（不同）", " (different)"),
    "no_ranking": _t(
        "以上是各条记录的原话；记录没有排名。",
        "These are the words of each record; the records rank nothing.",
    ),
}

MAY: dict[str, Text] = {
    "yes": _t("可以。", "Yes, that is allowed."),
    "no": _t("不可以。", "No, that is not allowed."),
    "approval": _t(
        "可以办，但要先取得批准、备案或同意等手续。",
        "Not without leave: approval, filing, consent or the like must come first.",
    ),
    "required": _t("需要，这是必须做的。", "Yes, that is required."),
    "not_needed": _t("不需要。", "No, that is not required."),
    "hangs": _t("这取决于：", "This hangs on: "),
    "exceptions": _t("例外：", "Exceptions: "),
}

ABOUT: dict[str, Text] = {
    "counts": _t(
        "我收录了 {resources} 条资源、{policies} 件规定。",
        "I hold {resources} records of resources and {policies} documents of rules.",
    ),
    "today": _t("今天是 {day}。", "Today is {day}."),
}

NEED = _t(
    "这是需求侧平台：有需求要找人来解时用，本身不提供数据或仪器。也可以把需求转给联盟工作人员登记、对接。",
    "This is a demand-side platform: it finds who meets a need and offers no data or instruments itself. The "
    "need can also be handed to the alliance's staff, to be put on record and matched.",
)

PART_OF_MESSAGE = _t("{n}）{question}", "{n}) {question}")
"""The number is the asker's order of questions."""
NEAR_ONLY = _t(
    "这条消息问的事物，库中看来没有收录；下面是相近的收录，不能当作对它的回答。",
    "What this message asks about does not seem to be held; what follows is near it, and no answer about it.",
)
MISSING_PART = _t(
    "关于“{question}”：没有找到能回答的条文。", "On “{question}”: no article that is held answers it."
)
LEFT_OUT = _t(
    "一次最多回答 {n} 个问题；后面还有 {left} 个没有回答，请另发一条再问。",
    "I answer at most {n} questions at once; {left} more are not answered: send them in another message.",
)
NOT_OURS = _t(
    "这个问题不在我的范围内：我只回答收录的科技资源和有关规定。",
    "That is not mine to answer: I answer only about the science resources and the rules that I hold.",
)
