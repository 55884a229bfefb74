"""What the bot itself says, in Chinese and English; what answers say is in assistant/replies.py."""

from __future__ import annotations

import re

from assistant.records import Language
from corpus.records import Text
from corpus.texts import fixed_text as _t

COMMANDS: dict[str, Text] = {
    "start": _t("开始", "Start"),
    "help": _t("能做什么、怎么用", "What I can do"),
    "new": _t("开始新的对话", "Start a new conversation"),
    "find": _t("在目录里找资源，如 /find 冰芯", "Search the catalogue, as in /find ice core"),
    "apply": _t("怎么申请，如 /apply 上海光源", "How to apply, as in /apply Shanghai Synchrotron"),
    "policy": _t("查政策文件，如 /policy 数据共享", "Search the rules, as in /policy data sharing"),
    "source": _t("看上一个回答的来源", "The sources of the last answer"),
    "list": _t("按类型看有哪些资源", "Browse the catalogue by type"),
    "filter": _t("只在某类资源里找", "Answer from one kind of resource only"),
    "lang": _t("回答用什么语言", "Language of the answers"),
    "human": _t("转给工作人员", "Hand over to the staff"),
    "forget": _t("删除我的对话记录", "Delete my conversations"),
    "privacy": _t("记录了什么、怎么删除", "What is kept, and how to delete it"),
}
"""In the order of the menu."""

LABELS: dict[str, Text] = {
    "help": _t("帮助", "Help"),
    "new": _t("新对话", "New"),
    "find": _t("找资源", "Find"),
    "apply": _t("怎么申请", "How to apply"),
    "policy": _t("查政策", "Rules"),
    "source": _t("来源", "Sources"),
    "list": _t("目录", "Catalogue"),
    "filter": _t("筛选", "Filter"),
    "more": _t("还有 ›", "More ›"),
    "clear": _t("全部取消", "Clear all"),
    "lang": _t("语言", "Language"),
    "human": _t("转人工", "A person"),
    "forget": _t("删除记录", "Forget me"),
    "privacy": _t("隐私", "Privacy"),
    "site": _t("官网", "Website"),
    "up": _t("有用", "Useful"),
    "down": _t("没用", "Not useful"),
    "whole": _t("看全文（私聊）", "Whole answer (private)"),
    "open": _t("打开原处", "Open the place"),
    "earlier": _t("‹ 上一条", "‹ Previous"),
    "later": _t("下一条 ›", "Next ›"),
    "delete": _t("删除", "Delete"),
    "keep": _t("不删", "Keep"),
    "zh": _t("中文", "中文"),
    "en": _t("English", "English"),
    "auto": _t("随提问", "As asked"),
}

WELCOME = _t(
    "我是科问（Kewen），科技资源共享联盟的问答助手，是程序，不是真人。\n"
    "可以直接用中文或英文提问：科技资源在哪里、谁能用、怎么申请，哪条政策规定怎么说。每句话都标出处，库里没有的会直说没有。",
    "I am Kewen (科问), the assistant of a science and technology resource-sharing alliance: a program, not a person.\n"
    "Ask in Chinese or English where a science resource lives, who may use it, how to apply, and which rule says so. "
    "Every sentence names its source; what is not there I say is not there.",
)
TRY = _t("可以这样问：", "You could ask:")
HELP = _t("直接提问，或用这些命令：", "Just ask, or use these commands:")
HELP_GROUP = _t(
    "在群里 @我、回复我或用命令，我才会回答。",
    "In groups I answer when mentioned, replied to, or given a command.",
)
COMMAND_UNKNOWN = _t("没有 /{name} 这个命令。可用的有：", "There is no command /{name}. There are:")
ASK_WHAT: dict[str, Text] = {
    "find": _t(
        "要找什么资源？请直接写出来，如：冰芯。", "What are you looking for? Write it, for example: ice core."
    ),
    "apply": _t(
        "要申请哪个资源？请写出名称，如：上海光源。",
        "Apply to which resource? Write its name, for example: Shanghai Synchrotron.",
    ),
    "policy": _t(
        "要查什么规定？请直接写出来，如：科学数据共享。",
        "Which rule? Write what it is about, for example: sharing scientific data.",
    ),
}
APPLY_TO = _t("怎么申请{name}？", "How do I apply to {name}?")
ABOUT_RESOURCE = _t("{name}是什么？怎么申请？", "What is {name}, and how do I apply?")
ABOUT_POLICY = _t("《{name}》主要规定了什么？", "What does {name} say?")
FOUND = _t(
    "目录检索“{query}”，按相关程度排列，未必都符合：",
    "Catalogue search for “{query}”, nearest first; not all may fit:",
)
FOUND_NOTHING = _t(
    "目录里没有检索到“{query}”。换个说法，或直接提问试试。",
    "The catalogue search for “{query}” gave nothing. Try other words, or just ask.",
)
LIST_WHICH = _t("目录里有 {n} 项资源。看哪一类？", "The catalogue has {n} resources. Which kind?")
LIST_HEAD = _t("{name}，第 {first} 到 {last} 项：", "{name}, {first} to {last}:")
FILTER_WHICH = _t(
    "现在不限类型和开放方式。点一下就只在其中找，再点一下取消。",
    "Nothing is filtered now. Tap one to answer from it only; tap again to let it go.",
)
FILTER_NOW = _t("现在只在这些里面找：{names}。", "Answers now come from these only: {names}.")
UNSEEN = _t(
    "图片和文件我看不了，只按文字回答。", "I cannot see pictures or files; this answers the words alone."
)
NEW_BEGUN = _t("好，从头开始。请提问。", "A new conversation. Please ask.")
NO_ANSWER_YET = _t("还没有回答过问题。请先提问。", "There is no answer yet. Please ask first.")
NO_SOURCES = _t("上一个回答没有引用来源。", "The last answer cites no source.")
SOURCE_HEAD = _t("来源 {n}/{total}", "Source {n}/{total}")
SOURCES = _t("来源", "Sources")
NOTE = _t("说明：", "Note: ")
MADE_BY_MACHINE = _t("AI 生成，请核对来源", "AI-generated, please check the sources")
DIGEST = _t("摘要", "digest")
VERBATIM = _t("原文", "verbatim")
FOLLOW_UPS = _t("可以接着问：", "You could ask next:")
MENU = _t("回复数字选择：", "Reply with a number to choose:")
LANGUAGE_WHICH = _t("回答用什么语言？", "Which language should I answer in?")
LANGUAGE_SET: dict[str, Text] = {
    "zh": _t("好，以后用中文回答。", "好，以后用中文回答。"),
    "en": _t("From now on I answer in English.", "From now on I answer in English."),
    "auto": _t("好，用提问的语言回答。", "I answer in the language of the question."),
}
THANKS_UP = _t("谢谢，已记下“有用”。", "Thank you, noted as useful.")
THANKS_DOWN = _t(
    "谢谢，已记下“没用”。可以换个说法再问，或者转人工。",
    "Thank you, noted as not useful. Ask in other words, or hand it to a person.",
)
HANDED = _t(
    "已转给联盟工作人员：问题、回答和查找过程都交给了他们，答复会回到这个聊天里。\n工单编号：{ticket}",
    "Handed to the alliance's staff with your question, my answer and what I searched. The reply comes back into this chat.\n"
    "Ticket: {ticket}",
)
HANDED_ALREADY = _t(
    "这个问题已经在工作人员手里，答复会回到这个聊天里。\n工单编号：{ticket}",
    "The staff have this question already; the reply comes back into this chat.\nTicket: {ticket}",
)
HANDED_FULL = _t(
    "这张工单已经不能再补充内容了，请等候答复。",
    "This ticket takes no more messages; please wait for the reply.",
)
HUMAN_NOTHING = _t(
    "可以转给联盟工作人员。请先提问，我先查一遍；不满意时再转人工，问题、回答和查找过程会一起交过去。",
    "I can hand a question to the staff. Please ask it first and let me search; then your question, my answer and what I searched go together.",
)
STAFF_REPLY = _t("工作人员答复", "Reply of the staff")
FORGET_SURE = _t(
    "要删除在这里的全部对话吗？问题、回答、反馈和转人工的记录都会删掉，不能恢复。",
    "Delete all your conversations here? Questions, answers, feedback and what was handed to the staff go, for good.",
)
FORGOTTEN = _t("已删除。下次提问就是新的开始。", "Deleted. Your next question starts afresh.")
FORGET_KEPT = _t("好，什么都没有删。", "Nothing was deleted.")
PRIVACY = _t(
    "我保存：您的提问和我的回答（为了能接着问、能转人工），您点的“有用/没用”，以及这个聊天的编号。\n"
    "我不保存：姓名、头像、电话，也不读群里没有叫我的消息。转人工时，问题和回答会给工作人员看。\n"
    "用 /forget 随时全部删除；平台自己保存的聊天记录由平台管理。请不要写个人隐私或涉密内容。",
    "I keep your questions and my answers (to follow up and to hand over), your verdicts, and the number of this chat.\n"
    "I do not keep names, pictures or phone numbers, nor read what is not addressed to me in groups. Handed over, question and answer are seen by the staff.\n"
    "/forget deletes it all at any time; what the platform keeps is the platform's. Please write nothing private or secret.",
)
MEDIA = _t(
    "抱歉，语音、图片和文件我还看不了。请把问题写成文字，写在图片说明里也行。",
    "Sorry, I cannot read voice, pictures or files yet. Please write your question as text, as a caption if you like.",
)
NO_WORDS = _t(
    "这条消息里没有可以回答的文字。请用中文或英文写出问题。",
    "There are no words to answer in this message. Please write your question in Chinese or English.",
)
TOO_LONG = _t(
    "这条消息有 {length} 个字符，一次最多 {limit} 个。请缩短后再发。",
    "This message has {length} characters; the limit is {limit}. Please shorten it.",
)
QUOTA = _t(
    "今天的提问已达上限（{limit} 个），明天再来。也可以用 /human 找工作人员。",
    "You have reached today's limit of {limit} questions. Come back tomorrow, or use /human.",
)
NOT_ALLOWED = _t(
    "这个机器人只对登记的用户开放。请把这个编号发给管理员登记：{id}",
    "This bot is open to registered users only. Send this number to its administrator: {id}",
)
DOWN = _t(
    "现在暂时答不了，这不代表没有收录。请稍后再问。（编号 {id}）",
    "I cannot answer right now; this does not mean nothing is held. Please ask again later. (number {id})",
)
FAILED = _t(
    "抱歉，这条消息没有处理成功，已经记下。请再发一次，或用 /human 找工作人员。（编号 {id}）",
    "Sorry, this message was not handled; it has been noted. Please send it again, or use /human. (number {id})",
)
BUTTON_OLD = _t("这个按钮已经失效，请重新提问。", "This button no longer works; please ask again.")
BUTTON_OTHERS = _t("这个按钮是给提问的人用的。", "This button is for the person who asked.")
ANSWER_GONE = _t("这个回答已经不在了。", "That answer is no longer there.")
RECEIVED = _t("收到", "Received")
INLINE_NONE = _t("没有检索到，点这里直接提问", "Nothing found; tap here to ask")
INLINE_ASK = _t("向科问提问", "Ask Kewen")


CHOOSING = re.compile(r"(?:选择?|第|no\.?|#)?\s*([0-9]{1,2})\s*[.、)。)号个项条]?", re.I)
"""A number that stands alone, as people send it for a line of a menu: 选2, 2., 第2个; full-width digits folded."""


def language_of(code: str) -> Language:
    """Of what the bot says, from the language of an app's user; zh where the app tells none."""
    return "en" if code and not code.lower().startswith("zh") else "zh"


def pair(text: Text) -> str:
    """Both languages, where it is not known which one is read."""
    return f"{text.zh}\n{text.en}"


def label(name: str, language: Language) -> str:
    return LABELS[name].in_(language)
