"""Fixed texts that users see, in Chinese and English, for every channel."""

from __future__ import annotations

from assistant.records import Language
from corpus.records import Text
from corpus.texts import fixed_text as _t

COMMA = _t("，", ", ")
PAUSE = _t("、", ", ")
PHONE = _t("电话 ", "phone ")
EMAIL = _t("邮箱 ", "e-mail ")

FIELD: dict[str, Text] = {
    "aliases": _t("又称：", "Also known as: "),
    "type": _t("类型：", "Type: "),
    "host": _t("依托单位：", "Host: "),
    "governing_body": _t("主管部门：", "Governing body: "),
    "place": _t("所在地：", "Place: "),
    "subjects": _t("学科：", "Subjects: "),
    "holdings": _t("收录：", "Holds: "),
    "access_level": _t("开放方式：", "Access: "),
    "access": _t("谁能用：", "Who may use it: "),
    "url": _t("网址：", "Address: "),
    "other_urls": _t("其他入口：", "Other entries: "),
    "identifiers": _t("标识：", "Identifiers: "),
    "contact": _t("联系方式：", "Contact: "),
    "since": _t("起始：", "Since: "),
    "issued": _t("发布 ", "issued "),
    "effective": _t("施行 ", "in force from "),
    "status": _t("状态：", "status: "),
    "status_note": _t("状态说明：", "On its status: "),
    "rank": _t("层级：", "Rank: "),
    "scope": _t("适用范围：", "Scope: "),
    "articles": _t("全文条数：", "Articles in all: "),
    "amendment": _t("修改：", "Amended: "),
    "replaces": _t("代替：", "Replaces: "),
    "replaced_by": _t("被代替：", "Replaced by: "),
    "licence": _t("许可：", "Licence: "),
    "published": _t("发布日期：", "Published: "),
    "changed": _t("更新日期：", "Updated: "),
    "formats": _t("格式：", "Formats: "),
    "funding": _t("资助：", "Funded by: "),
}

COMMON_ROUTE = _t(
    "以上为同类平台的通用做法，不是该站自己的表单，具体以官网为准。",
    "These are the usual steps for this kind of platform, not the site's own form; follow the official site.",
)
REST = _t("{label}（其余）：", "{label} (the rest): ")
NO_URL = _t("库中没有收录它的网址。", "The corpus holds no web address for it.")

VERIFICATION: dict[str, Text] = {
    "verified": _t("核实状态：已核对到实质内容。", "Verification: checked against a source of substance."),
    "known": _t(
        "核实状态：据已掌握内容整理，未逐项核对，办理前请以官网为准。",
        "Verification: from established knowledge, not checked item by item; confirm on the official site first.",
    ),
    "unsure": _t(
        "核实状态：存疑，使用前请向依托单位核对。",
        "Verification: doubtful; please check with the host before relying on it.",
    ),
}
HARVESTED = _t(
    "核实状态：按来源目录“{source}”所载，未逐项核对。",
    "Verification: as the source catalogue {source!r} states it, not checked item by item.",
)
ARTICLE_UNSURE = _t("（此条存疑，待核）", " (doubtful, to be checked)")
ARTICLE_KNOWN = _t(
    "（据已掌握内容，未对照原文）", " (from established knowledge, not checked against the text)"
)
DIGEST_ONLY = _t(
    "以上是本库对条文的摘要，不是原文；引用时请核对官方文本。",
    "These are digests in our own words, not the official text; check it before quoting.",
)
OFFICIAL_TEXT = _t("官方文本：", "Official text: ")
NOT_LEGAL_ADVICE = _t("本回答不构成法律意见。", "This is not legal advice.")

STEPS = _t("怎么申请：", "How to apply:")
STEPS_OPEN = _t("怎么获取：", "How to get it:")
STEPS_COMMON = _t(
    "怎么申请（同类平台的通用做法，具体表单以官网为准）：",
    "How to apply (the usual route for this kind; follow the site's own form):",
)
ALSO = _t("也可以看：", "See also:")
LISTED = _t("符合条件的收录如下：", "The catalogue holds these:")
NOTE = _t("注意：", "Note: ")
DISAGREE = _t("来源不一致：", "Sources disagree: ")

STATUS_STAGE: dict[str, Text] = {
    "understanding": _t("正在理解问题…", "Reading the question…"),
    "searching": _t("正在查找资源与条款…", "Searching resources and articles…"),
    "writing": _t("正在写回答…", "Writing the answer…"),
    "checking": _t("正在核对引用…", "Checking the citations…"),
}

STATUS_REPLACED = _t(
    "语言模型的回答不能用，改由内置撰写器作答…",
    "The language model's text cannot be used; the built-in composer answers…",
)

NOT_FOUND_IN = _t(
    "在科问收录的{name}中没有找到：{topic}", "In what Kewen holds of {name}, this was not found: {topic}"
)
"""What a model says is missing, where code cannot tell that it is."""
WHAT_WAS_ASKED = _t("问到的这一点", "what was asked here")

STANDING: dict[str, Text] = {
    "met": _t("（你说“{words}”：符合）", " (you said “{words}”: met)"),
    "not_met": _t("（你说“{words}”：不符合）", " (you said “{words}”: not met)"),
    "met_ban": _t("（你说“{words}”：适用）", " (you said “{words}”: it applies)"),
    "not_met_ban": _t("（你说“{words}”：不适用）", " (you said “{words}”: it does not apply)"),
    "unknown": _t("（你没有说明，取决于此）", " (you did not say: it hangs on this)"),
}
"""How a condition of a verdict stands for the asker; a ban is not met by whom it hits, it applies to them."""

USING: dict[str, Text] = {
    "search_statements": _t("正在查找相关的记录和条款…", "Looking for records and articles that fit…"),
    "list_records": _t("正在按条件列出全部记录…", "Listing every record that meets the conditions…"),
    "get_record": _t("正在查看：{name}…", "Reading: {name}…"),
    "get_article_as_of": _t("正在核对：{name}…", "Checking: {name}…"),
    "compare_records": _t("正在逐项对比…", "Setting records side by side…"),
}
"""What a language model does to answer, step by step."""

SMALL_TALK: dict[str, Text] = {
    "greeting": _t(
        "你好，我是科问（Kewen）。可以问我科技资源在哪里、谁能用、怎么申请，以及哪条政策规定是怎么说的。",
        "Hello, I am Kewen (科问). Ask me where a science resource lives, who may use it, how to apply, "
        "and which article of which rule says so.",
    ),
    "thanks": _t(
        "不客气。还有别的资源或规定要查，随时问我。",
        "You're welcome. Ask again whenever you need another resource or rule.",
    ),
    "goodbye": _t("再见，需要时再来问。", "Goodbye, and come back whenever you need."),
    "mood": _t(
        "好的。还想查哪个资源或哪条规定？",
        "All right. Which resource or rule would you like to look up next?",
    ),
    "identity": _t(
        "我是科问（Kewen），科技资源共享联盟的问答助手，是程序，不是真人，也不是 ChatGPT。我只根据库里收录的资源目录和政策条款回答，每句话都标出来源。",
        "I am Kewen (科问), the question-answering assistant of a science and technology resource-sharing alliance: "
        "a software program, not a person and not ChatGPT. I answer only from the catalogue of resources and the policy articles I hold, and cite a source for each sentence.",
    ),
    "trust": _t(
        "我是科问（Kewen）。我只说库里收录的资源和条款能支持的话，每句都标出处，可以点开核对；库里没有的，我会直说没有找到。记录有误的可能还在，办理前请以官网为准。",
        "I am Kewen (科问). I only say what the records and articles I hold support; every sentence carries its source for you to check, and what is not there I say is not there. "
        "Records can still be out of date, so confirm on the official site before acting.",
    ),
    "scope": _t(
        "我是科问（Kewen），能回答四类问题：\n1. 科技资源在哪里：科学数据、仪器设施、野外台站、种质、生物材料、标本、标准物质、文献与服务平台；\n"
        "2. 谁能用、要不要注册或付费；\n3. 怎么申请、要哪些步骤和材料；\n4. 政策法规怎么规定，是哪个文件的哪一条。\n中文、英文都可以问。",
        "I am Kewen (科问) and answer four kinds of question:\n1. where a science resource lives: scientific data, instruments and facilities, field stations, germplasm, "
        "biological materials, specimens, reference materials, literature and service platforms;\n2. who may use it, and whether it needs registration or payment;\n"
        "3. how to apply, with steps and papers;\n4. what a policy, law or regulation says, and in which article.\nAsk in Chinese or English.",
    ),
}
OPENERS: tuple[Text, ...] = (
    _t("南极冰芯数据在哪里？怎么申请？", "Where is Antarctic ice-core data, and how do I apply?"),
    _t(
        "科学数据管理办法第二十条说了什么？",
        "What does article 20 of the Measures for the Management of Scientific Data say?",
    ),
    _t("上海光源怎么申请机时？", "How do I apply for beam time at the Shanghai Synchrotron?"),
)


CLARIFY_SUBJECT = _t(
    "你想问哪个资源或哪件事？请说出名称，或说明需要什么数据、样品、仪器或规定。",
    "Which resource or matter do you mean? Please name it, or say which data, samples, instrument or rule you need.",
)

SEARCHED = _t(
    "已在收录的资源目录和政策条款中查找", "I searched the catalogue of resources and the policy articles"
)
NOT_FOUND_LEAD = _t(
    "没有找到能回答这个问题的收录内容。", "The corpus holds nothing that answers this question."
)
NAME_UNKNOWN = _t("库中没有收录“{name}”。", "The corpus holds nothing called “{name}”.")
ATTRIBUTE_ABSENT = _t("库中收录了{name}，但没有它的{what}。", "The corpus holds {name}, but not its {what}.")
NOT_DIRECTLY = _t(
    "{name}的记录没有直接回答这一问，最接近的是：",
    "The record of {name} does not answer this directly; nearest to it stands:",
)
PART_ABSENT = _t("库中没有收录它的{what}。", "The corpus does not hold its {what}.")
NOT_NAMED = _t(
    "记录里没有直接写到“{terms}”，下面是最接近的收录，具体请向该单位确认。",
    "No record names “{terms}” itself; the holding below is the nearest, please confirm with the unit.",
)
UNSAID = _t("它的记录没有写到“{terms}”。", "Its record does not mention “{terms}”.")
ARTICLE_BEYOND = _t(
    "{title}没有第{asked}条：全文共{last}条。",
    "{title} has no article {asked}: it has {last} articles in all.",
)
ARTICLE_NOT_HELD = _t(
    "库中只收录了{title}的要点，没有第{asked}条的内容。",
    "The corpus holds only key points of {title}; article {asked} is not among them.",
)
WORDING_NOT_HELD = _t(
    "库中只有{title}的摘要，没有逐字原文。", "The corpus holds only digests of {title}, not its wording."
)
NEAREST = _t("最接近的收录（不确定是否相关）：", "Nearest entries (not certain to be relevant):")
WHO_MAY_KNOW = _t("可能知道的单位：", "Who may know: ")
WHO_MAY_KNOW_GENERAL = _t(
    "可能知道的单位：资源的依托单位或其主管部门。",
    "Who may know: the unit that hosts the resource, or its governing body.",
)
WAY_ON = _t(
    "还可以：换一个说法（写出学科、样品、仪器或文件名）再问，或转给联盟工作人员。",
    "A way on: ask again in other words (name the field, sample, instrument or document), or hand the question to the alliance's staff.",
)

WHAT: dict[str, Text] = {
    "penalty": _t("处罚规定", "penalty"),
    "url": _t("网址", "web address"),
    "host": _t("依托单位", "host"),
    "governing_body": _t("主管部门", "governing body"),
    "authority": _t("主管部门", "governing body"),
    "place": _t("所在地", "location"),
    "former": _t("曾用名", "former names"),
    "number": _t("文号", "document number"),
    "amended": _t("修订记录", "amendments"),
    "phone": _t("电话", "phone number"),
    "email": _t("邮箱", "e-mail address"),
    "contact": _t("联系方式", "contact details"),
    "since": _t("成立或启用时间", "founding or opening date"),
    "identifier": _t("标识符或前缀", "identifiers or prefixes"),
    "licence": _t("许可", "licence"),
    "holdings": _t("收录内容", "holdings"),
    "access": _t("开放条件", "terms of access"),
    "steps": _t("申请办法", "application procedure"),
    "amount": _t("具体价格", "price"),
    "stock": _t("库存或现货情况", "stock"),
    "schedule": _t("实时安排或排期", "live schedule"),
    "own_case": _t("个人申请的办理进度", "progress of a personal application"),
    "person": _t("负责人等人员信息", "people in charge"),
    "rating": _t("排名、评价或影响因子", "ranking, rating or impact factor"),
    "detail": _t("这一项信息", "detail asked for"),
}

NOTICE_MODEL_FAILED = _t(
    "语言模型没有给出可用的回答（{reason}），已由内置撰写器作答。",
    "The language model gave no usable answer ({reason}), so the built-in composer answered.",
)
MODEL_FAILED: dict[str, Text] = {
    "timeout": _t("超时", "it took too long"),
    "unreachable": _t("连接不上", "it cannot be reached"),
    "quota": _t("超出配额", "it is over its quota"),
    "refused": _t("拒绝了请求", "its server refused the request"),
    "declined": _t("它拒绝回答", "it declined to answer"),
    "server_error": _t("服务出错", "its server failed"),
    "cut": _t("回答中断", "its reply broke off"),
    "empty": _t("回答为空", "its reply was empty"),
    "garbage": _t("返回内容无法识别", "its reply could not be read"),
    "too_long": _t("回答没有止境", "its reply did not end"),
    "allowance": _t("今日用量已用完", "its tokens for today are used up"),
    "resting": _t("连续失败，暂停使用", "it failed several times and rests"),
    "unsupported": _t("回答缺少依据", "its reply was not supported by the sources"),
    "failed": _t("调用失败", "the call failed"),
}
NOTICE_UNSUPPORTED = _t(
    "语言模型的部分说法与依据不符或没有依据，未予显示。",
    "Claims of the language model that the sources contradict or do not carry were withheld.",
)
READ_AS_PINYIN = _t("按拼音读作：{text}", "Read as pinyin: {text}")
SEARCH_DOWN = _t(
    "检索暂时不可用，这不代表没有收录，请稍后再试。",
    "Search is not available right now; this does not mean nothing is held. Please try again later.",
)

HANDOFF_HOW = _t(
    "可以把您的问题转给联盟工作人员：说出下面这句话，上一个问题、我的回答和查找过程就会一起交给他们。答复会回到这个对话里，并注明来自工作人员。",
    "I can hand your question to the alliance's staff: say the line below, and your last question, my answer and what I "
    "searched go to them together. The reply comes back into this conversation, marked as a person's.",
)
HANDOFF_NOTHING = _t(
    "可以转给联盟工作人员，不过现在还没有可以转交的问题。请先说出要问什么，我先查一遍；不满意时再说“转人工”，我会把问题、回答和查找过程一起交给他们。",
    "I can hand a question to the alliance's staff, but there is none yet. Please ask it first and let me search; "
    "if that does not help, ask for a person again, and I pass on the question, my answer and what I searched.",
)
HANDOFF_DONE = _t(
    "已转给联盟工作人员：您的问题、我的回答和查找过程都交给了他们，答复会回到这个对话里。",
    "Handed to the alliance's staff: they have your question, my answer and what I searched. "
    "The reply comes back into this conversation.",
)
HANDOFF_WAITING = _t(
    "这个问题已经转给联盟工作人员，正在等候答复，答复会回到这个对话里。",
    "This question is with the alliance's staff already and waits for their reply, which comes back into this conversation.",
)
HANDOFF_SUGGESTION = _t("转给工作人员：{question}", "Hand to the staff: {question}")
NOTICE_TICKET = _t("工单编号：{id}", "Ticket: {id}")
NOTICE_STAFF_REPLY = _t("工作人员{author}答复：{text}", "A member of staff{author} replied: {text}")
NOTICE_CURATED = _t(
    "本回答由工作人员撰写，并逐句核对了来源；负责人：{owner}，有效期至 {until}。",
    "Written by staff and checked sentence by sentence against its sources; owner: {owner}, valid until {until}.",
)

NEXT_ON_RESOURCE: dict[str, Text] = {
    "steps": _t("怎么申请{name}？", "How do I apply to {name}?"),
    "access": _t("谁能用{name}？要收费吗？", "Who may use {name}, and is it free?"),
    "host": _t("{name}由哪个单位负责？", "Who runs {name}?"),
    "holdings": _t("{name}里有什么？", "What does {name} hold?"),
}
NEXT_ABOUT = _t("{name}是什么？", "What is {name}?")
NEXT_STEPS = _t("怎么申请{name}？", "How do I apply to {name}?")
NEXT_ARTICLE: dict[Language, str] = {
    "zh": "{title}{no}说了什么？",
    "en": "What does article {number} of {title} say?",
}
NEXT_IN_FORCE = _t("{title}现行有效吗？什么时候施行的？", "Is {title} in force, and since when?")


def model_failed(reason: str, language: Language) -> str:
    """The notice that the composer stepped in; `reason` as in ModelUnavailable, or unsupported."""
    told = MODEL_FAILED.get(reason, MODEL_FAILED["failed"]).in_(language)
    return NOTICE_MODEL_FAILED.in_(language).format(reason=told)


def bracket(text: str, language: Language) -> str:
    """In brackets of the language."""
    return f"（{text}）" if language == "zh" else f" ({text})"


def quoted(text: str) -> str:
    """In quotation marks."""
    return f"“{text}”"


def title(text: str, language: Language) -> str:
    """A document's title as the language writes it."""
    return f"《{text}》" if language == "zh" and not text.startswith("《") else text


WITHDRAWN = _t("“{name}”（{id}）已于{day}撤回，不再提供。", "“{name}” ({id}) was withdrawn on {day}.")
WITHDRAWN_WHY = _t("原因：{reason}", "Reason: {reason}.")
WITHDRAWN_NEXT = _t("现在请用：{name}", "In its place: {name}")
WITHDRAWN_NONE = _t("没有登记后继记录。", "No successor is recorded.")
ABOUT_SUCCESSOR = _t("{name}怎么申请？", "How do I get access to {name}?")
