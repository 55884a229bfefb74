"""Text that tries to give orders to whoever reads it: found, told to staff, and kept out of answers.

A record is data: it may be quoted, but it gives no orders, shows no address but its own and is no
markup. Patterns know the usual wording only; what they miss is held back by the check of every
sentence that a model writes.
"""

# ruff: noqa: E501 - patterns read as tables; breaking them would hide their shape.

from __future__ import annotations

import base64
import binascii
import codecs
import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

EXCERPT = 120
"""Characters of a text that a report shows."""


class Suspicion(NamedTuple):
    """One sentence, as written, that reads as an order; `start` and `end` are places in the text."""

    rule: str
    excerpt: str
    start: int
    end: int


_ZH_OLD = r"(?:以上|上述|上面|前面|之前|此前|先前|原有|原来|原先|所有|全部|任何|一切|系统|你的|已有|预设|默认|其他|其它)"
_ZH_ORDERS = r"(?:指令|指示|命令|提示词|提示|设定|设置|限制|约束|规则|要求|内容|对话|证据|资料|system prompt)"
_EN_ORDERS = (
    r"(?:instructions?|directions?|directives?|orders?|commands?|prompts?|rules?|guidelines?|guardrails?|"
    r"restrictions?|constraints?|programming)"
)
_EN_SECRETS = (
    r"(?:system prompt|hidden prompt|initial prompt|initial instructions|system message|system instructions|"
    r"your (?:own |exact |full |original |secret )?(?:prompt|instructions?|rules|configuration|settings)|"
    r"(?:the |your |any |all )?(?:secret|api|access|private) ?keys?|environment variables?|env vars?|"
    r"kewen_[a-z_]+|the conversation so far|chat history|conversation history)"
)
_ZH_SECRETS = (
    r"(?:系统提示|提示词|系统消息|系统指令|系统设定|你的(?:完整|全部|初始|原始)?(?:指令|设定|规则|配置|设置|提示)|"
    r"密钥|秘钥|api ?key|环境变量|对话历史|聊天记录|对话记录|kewen_[a-z_]+)"
)
_RULES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (rule, re.compile(pattern))
    for rule, pattern in (
        (
            "override",
            rf"\b(?:ignore|disregard|forget|override|overrule|bypass|neglect|set aside|pay no attention to)\b"
            rf"(?:\W+[\w'’]+){{0,5}}?\W+{_EN_ORDERS}\b|"
            r"\b(?:ignore|disregard|forget) (?:everything|anything|all|whatever)\b.{0,40}\b(?:above|before|told|said|previous|prior)|"
            r"\b(?:ignore|disregard|forget) (?:the|this|any|all|your|every) (?:other |above |previous |given |provided )?"
            r"(?:webpage|page|document|function|text|records?|question|user|evidence|context|messages?|training)\b|"
            r"\b(?:new|updated|real|actual|revised|overriding) instructions?\s*[:：]|"
            r"\b(?:security )?override mode\b|\binstructions? override\b",
        ),
        (
            "override",
            rf"(?:忽略|无视|忘记|忘掉|不要理会|不必理会|不用理会|抛开|跳过|绕过|取消|覆盖|违背|不再遵守|不要遵守|无需遵守).{{0,6}}?"
            rf"(?:{_ZH_OLD}.{{0,8}}?{_ZH_ORDERS}|{_ZH_ORDERS}(?:之?前|以上))|"
            r"(?:新的|最新|真正的|实际)(?:系统)?(?:指令|指示|命令)(?:如下|是)?\s*[:：]",
        ),
        (
            "role",
            r"<\|[a-z_]{2,24}\|>|\[/?inst\]|<</?sys>>|</?(?:system|assistant|user|evidence|question|instructions?|prompt)>|"
            r"(?:^|[\n。！？.!?;；\"'「“(（>*#\[])\s*(?:(?:system|developer|admin) (?:message|prompt|note|notice|instructions?|override)|assistant)\s*[\])）]?\s*[:：]|"
            r"[\[(（【]\s*(?:system|assistant|系统|助手)\s*[\]】)）]|"
            r"(?:^|[\n。！？.!?;；「“(（>*#【\[])\s*(?:(?:系统|开发者|管理员)(?:消息|提示|指令|通知|指示)|助手)\s*[\]】)）]?\s*[:：]|"
            r"(?:^|\n)\s*#{2,}\s*(?:system|instructions?|系统|指令)\b|"
            r"\b(?:begin|end|start)[ _](?:of[ _])?(?:the[ _])?(?:system|hidden|new)[ _](?:prompt|message|instructions?)\b|<system mode",
        ),
        (
            "persona",
            r"\byou are (?:now|no longer|about to (?:be|become|immerse))\b|\bfrom now on,? (?:you|your|always|act|answer|reply|respond)\b|"
            r"\b(?:pretend|imagine|act as if|act like|behave as if)\b.{0,12}\byou(?:'re| are| were| have)\b|"
            r"\bact as (?:a|an|my|the)\b.{0,30}\b(?:ai|assistant|chatbot|model|hacker|administrator|developer)\b|"
            r"\b(?:developer|debug|god|dan|jailbreak|admin(?:istrator)?) mode\b|\bdo anything now\b|\bjailbr(?:eak|oken)\b|"
            r"\byou must (?:listen to|obey|follow) (?:me|my|these|this|the following)\b",
        ),
        (
            "persona",
            r"你(?:现在|从现在起|今后|以后|已经?)(?:就)?(?:是|不再是|变成|扮演|成为)|从现在(?:开始|起).{0,4}你|(?:请|你)?(?:扮演|假装|假扮|假设你|想象你)(?:是|为|一|成|自己)|"
            r"(?:开发者|调试|越狱|管理员|上帝|无限制)模式|你即将(?:沉浸|扮演|成为)|你必须(?:服从|听从|遵从|执行)",
        ),
        (
            "reveal",
            rf"\b(?:reveal|print|show|repeat|output|display|leak|expose|disclose|share|send|tell|give|write out|dump|"
            rf"recite|append|include|quote|list|return|summari[sz]e)\b(?:\W+[\w'’]+){{0,6}}?\W+{_EN_SECRETS}",
        ),
        (
            "reveal",
            rf"(?:输出|显示|打印|展示|透露|泄露|泄漏|重复|复述|告诉|告知|列出|发送|附上|公开|说出|给出|写出|背诵|返回).{{0,14}}?{_ZH_SECRETS}|"
            rf"(?:把|将).{{0,10}}?{_ZH_SECRETS}.{{0,10}}?(?:输出|发|写|贴|附|告诉|打印|显示|公开|返回)",
        ),
        (
            "order",
            r"\b(?:ai|language|chat|large language) (?:assistants?|models?|bots?|agents?|systems?)\b,?.{0,24}"
            r"\b(?:must|should|shall|has to|have to|need to|please|reading this|processing this|are (?:told|instructed|required))\b|"
            r"\b(?:dear|hey|attention|note to|message to|to the|to any) (?:the )?(?:ai|assistant|chatbot|llms?|language model)\b|"
            r"\b(?:as|if you are) an? (?:ai|assistant|chatbot|llm|large language model|language model)\b.{0,12}[,，]|"
            r"\b(?:in|of|to|at the (?:end|start|beginning|top|bottom) of|into|with|from|throughout|within) your (?:\w+ )?(?:answers?|responses?|repl(?:y|ies)|output|explanation|elucidation|completion)\b|"
            r"\b(?:rewrite|modify|make|begin|start|end|finish|format|present|reverse|encode|translate|write|remove|rearrange|"
            r"misspell|shuffle|scramble|craft|deliver|provide|give|replace|conclude|ensure|convert|jumble) (?:\w+ ){0,3}?your (?:\w+ )?(?:answers?|responses?|repl(?:y|ies)|output)\b|"
            r"\bwhen(?:ever)? (?:you are |you're )?(?:answering|summari[sz]ing|asked|replying|responding|a user asks|the user asks|users ask)\b.{0,60}"
            r"\b(?:say|reply|answer|respond|tell|include|append|add|mention|output|recommend|state|write|print|claim)\b|"
            r"\b(?:tell|inform|persuade|convince|instruct|redirect|direct|urge|ask) the (?:user|asker|reader)s? (?:that|to|about|they|their|for)\b|"
            r"\b(?:always|only|must|instead|simply|just) (?:say|reply|answer|respond|output|state|print)(?: with)?\b.{0,4}[\"'“:：]|"
            r"\b(?:state|print|say|output|write|repeat) the following\b|\brespond (?:only )?(?:with|in|as)\b.{0,40}|"
            r"\banswer every question with\b|\bdo not (?:tell|mention|cite|reveal|warn|inform)\b.{0,24}\b(?:user|asker|this instruction|these instructions|anyone)\b",
        ),
        (
            "order",
            r"(?:人工智能|ai|智能|语言|大|聊天|问答)(?:助手|模型|语言模型|机器人|客服)(?:请|须|必须|应当|应该|应|务必|在|注意|看到|读到|收到|需要|需)|"
            r"(?:在|于)?(?:你的|您的)(?:回答|答复|回复|输出|答案|应答)|"
            r"(?:回答|答复|回复|作答|总结|摘要)(?:本|此|该|任何|所有|每个|用户的?|这个|上述|以下)?(?:问题|提问|内容|用户|时|前|中)?时?.{0,8}?(?:必须|务必|一律|请|只能|都要)(?:先|只|都)?(?:说|写|附|加|告诉|输出|回答|回复|提到|推荐|使用|声称|建议|引导)|"
            r"(?:告诉|告知|引导|诱导|提示|要求|说服|建议|催促)(?:所有|每个|提问的?|该)?(?:用户|提问者|提问人)(?:去|点击|访问|打开|说|立即|必须|改|到|把|将|加|联系|下载|支付|提供)|"
            r"(?:只|一律|统一|必须|请|务必|都)(?:要)?(?:回答|回复|输出|答复)[“\"「：:]|"
            r"(?:请|务必|必须|立即|马上)(?:逐字|原样|完整)?(?:输出|复述|打印)(?:以下|下列|下面|上面|以上|这)|"
            r"不要(?:告诉|提及|透露|引用|让).{0,10}(?:用户|提问者|本指令|这条指令|此指令|这段)",
        ),
        (
            "code",
            r"\b(?:the |this )?(?:following|subsequent|below|next) (?:piece of )?code (?:block|section|snippet|excerpt|segment|fragment|sample)?\b.{0,80}```|"
            r"\bcode (?:block|section|snippet|excerpt|segment|fragment)\b.{0,80}\byour (?:\w+ )?(?:code|codebase|implementation|solution|script|project|program|answer)\b|"
            r"\byour (?:\w+ )?(?:code|codebase|implementation|solution|script|project|program)\b.{0,80}\bcode (?:block|section|snippet|excerpt|segment|fragment)\b",
        ),
        (
            "task",
            r"(?:^|[.!?。！？;；\n\"'“]\s*)(?:please |kindly |now |then )?(?:write|draft|compose|create|craft|develop|provide|produce|generate)(?: me| us)? (?:a|an|some) "
            r"(?:[\w-]+ ){0,3}?(?:poem|essay|short story|story|haiku|song|speech|joke|letter|blog post|limerick|phishing|press release|introduction for an? essay)\b|"
            r"(?:^|[.!?。！？;；\n\"'“]\s*)translate the following\b|"
            r"(?:写|创作|编)(?:一|几)?(?:首诗|篇作文|个笑话|个故事|封钓鱼)",
        ),
        (
            "markup",
            r"!\[[^\]]{0,200}\]\s?\(|<\s*(?:(?:img|script|iframe)\b|(?:object|embed|svg|form|meta|link|style|video|audio|base)\b[^>]*[=/])|"
            r"\bon(?:error|load|click|mouseover|focus)\s*=|\bjavascript\s*:|\bdata:text/html|\bvbscript\s*:|"
            r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|opacity\s*:\s*0(?!\.)|<!--",
        ),
        (
            "exfiltration",
            r"(?:https?|hxxps?)://\S*[?&/=]\S*(?:\{\{?|<|\[|%7b|【|\$\{)\s*(?:data|question|query|secret|prompt|key|history|conversation|answer|user|chat|问题|对话|密钥|答案)|"
            r"\b(?:append|attach|encode|put|insert|add|send|post|forward|submit|exfiltrate)\b.{0,50}\b(?:conversation|chat history|user's question|user question|their question|secret|api key|prompt)\b.{0,50}\b(?:to|in|into|at|as)\b.{0,20}(?:url|link|https?:|address|parameter|query string|image)|"
            r"(?:把|将).{0,12}(?:对话|提问|用户的?问题|聊天|密钥|历史).{0,16}(?:发送|发到|发往|附在|拼接|拼到|放进|写入|加到|提交).{0,12}(?:网址|链接|地址|url|http|参数|图片)",
        ),
    )
)
_STEMS: dict[str, tuple[str, ...]] = {
    "override": (
        *("ignor", "disregard", "forget", "overrid", "overrul", "bypass", "neglect", "set aside"),
        *(
            "attention to",
            "instruction",
            "忽略",
            "无视",
            "忘",
            "理会",
            "抛开",
            "跳过",
            "绕过",
            "取消",
            "覆盖",
        ),
        *("违背", "遵守", "指令", "指示", "命令"),
    ),
    "role": (
        *("<|", "inst]", "sys>", "system>", "assistant>", "user>", "evidence>", "question>", "instruction"),
        *("prompt", "assistant", "message", "note", "override", "##", "<system", "system"),
        *("系统", "助手", "开发者", "管理员"),
    ),
    "persona": (
        *("you are ", "from now on", "pretend", "imagine", "act as", "act like", "behave as", " mode"),
        *("anything now", "jailbr", "you must", "你", "扮演", "假", "模式", "从现在"),
    ),
    "reveal": (
        *("prompt", "system message", "instruction", "your ", " key", "environment var", "env var", "kewen_"),
        *(
            "conversation",
            "chat history",
            "提示",
            "系统",
            "你的",
            "密钥",
            "秘钥",
            "api",
            "环境变量",
            "对话",
            "聊天",
        ),
    ),
    "order": (
        *("assistant", "model", "bot", "agent", "ai system", "llm", "attention", "your ", "when", "user"),
        *(
            "asker",
            "reader",
            " say",
            "reply",
            "answer",
            "respond",
            "output",
            "the following",
            "dear ",
            "print",
        ),
        *(
            "do not ",
            "state:",
            "模型",
            "助手",
            "机器人",
            "客服",
            "你的",
            "您的",
            "回答",
            "答复",
            "回复",
            "作答",
        ),
        *("总结", "摘要", "用户", "提问", "输出", "复述", "打印", "不要"),
    ),
    "code": (" code ",),
    "task": (
        *(
            "write ",
            "draft ",
            "compose ",
            "create ",
            "craft ",
            "develop ",
            "provide ",
            "produce ",
            "generate ",
        ),
        *("translate the", "写", "创作", "编"),
    ),
    "markup": (
        *("![", "<", "onerror", "onload", "onclick", "onmouse", "onfocus", "script", "data:", "display"),
        *("visibility", "font-size", "opacity"),
    ),
    "exfiltration": (
        *("://", "append", "attach", "encode", "exfiltrat", "conversation", "history", "secret", "api key"),
        *("prompt", "question", "对话", "提问", "问题", "聊天", "密钥", "历史"),
    ),
}
"""A rule is tried where one of these stands: a look for plain words is far faster."""
_RUNS = re.compile(
    r"[A-Za-z0-9+/_%-]{24}|(?:[01]{8} ?){4}|(?:[0-9a-fA-F]{2} ?){16}|(?:&#x?[0-9a-fA-F]{2,5};){6}"
)
_FORM = frozenset({"hidden", "markup"})
"""Told to staff; what they say may be data, and `inert` takes their form away."""
_STARTS = frozenset({"override", "role", "persona", "reveal"})
"""What stands behind these in the same paragraph is the order itself."""

_LOOKALIKES = str.maketrans(
    "аАеЕоОрРсСхХуУіІјЈѕЅԁԛԝɡһΑΒΕΗΙΚΜΝΟΡΤΥΧοαε’‘",
    "aaeeooppccxxyyiijjssdqwghabehikmnoptyxoae''",
)
_SPACED = re.compile(r"(?<![a-z0-9])(?:[a-z][ .\-_*]){4,}[a-z](?![a-z0-9])")
_SENTENCE = re.compile(r"(?:[^。！？!?；;\n]|!(?=\[))*?(?:[。！？?；;\n]+|!+(?!\[)|\.(?=\s|$)|$)")
_CLAUSE = re.compile(r"[，,（）()【】\[\]「」“”\"：:—|/]+")
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/_-]{24,}={0,2}(?![A-Za-z0-9+/])")
_HEX = re.compile(r"(?<![0-9a-fA-F])(?:[0-9a-fA-F]{2}[ ]?){16,}(?![0-9a-fA-F])")
_BITS = re.compile(r"(?<![01])(?:[01]{8}[ ]?){8,}(?![01])")
_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2}){8,}")
_ENTITIES = re.compile(r"(?:&#x?[0-9a-fA-F]{2,5};){6,}")
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_TAGS = range(0xE0000, 0xE0080)
_INVISIBLE = re.compile(
    # Controls but tab and line end; format, private, surrogate and selector characters of Unicode 16.
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    r"\u2060-\u206f\u3164\ud800-\udfff\ue000-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff"
    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U0010ffff]"
)
_INSIDE = re.compile(
    r"(?<=[A-Za-z\u3400-\u9fff])[\u200b\u200c\u2060\u2061-\u2064\ufeff](?=[A-Za-z\u3400-\u9fff])"
)


def suspicions(text: str) -> list[Suspicion]:
    """Every sentence of the text that reads as an order, in order; [] for what describes something."""
    found = [*_hidden(text)]
    rule = _rule_of(text)
    start = 0
    for sentence in _sentences(text) if rule else ():
        rule = _rule_of(sentence)
        if rule:
            found.append(Suspicion(rule, _clipped(sentence), start, start + len(sentence)))
        start += len(sentence)
    if not found:
        rule = _rule_across(text)
        if rule:
            found.append(Suspicion(rule, _clipped(text), 0, len(text)))
    return found


def visible(text: str) -> str:
    """The text without characters that nobody sees: zero-width, bidirectional, tags, controls."""
    return text if text.isascii() and text.isprintable() else _INVISIBLE.sub("", text)


def inert(text: str, *, markers: bool = False) -> str:
    """The text with nothing in it that a channel would load, follow by itself or take for markup.

    Markdown images and links lose their form, tags their brackets, and [3] is no marker unless
    `markers`.
    """
    text = visible(text)
    text = re.sub(r"!+(?=\[)", "", text)
    text = re.sub(r"\](?=\s?\()", "] ", text).replace("]  (", "] (")
    text = re.sub(r"<(?=[A-Za-z/!?|])([^<>\n]*)>?", lambda found: f"‹{found[1]}›", text)
    text = re.sub(r"(?i)\b(javascript|vbscript|data)(?=:[a-z(])", r"\1 ", text) if ":" in text else text
    return text if markers else re.sub(r"[\[【［](\s*\^?\d{1,3}\s*)[\]】］]", r"(\1)", text)


def without_orders(text: str) -> tuple[str, list[Suspicion]]:
    """(the text without the sentences that read as orders, what they were).

    Behind a call to ignore, to be or to reveal something the rest of its paragraph goes too. What
    stands before an order in the same sentence stays: a name keeps its own words.
    """
    found = suspicions(text)
    sentences = [one for one in found if one.rule not in _FORM]
    if not sentences:
        return text, found
    kept: list[str] = []
    at = 0
    for one in sentences:
        if one.start < at:
            continue
        kept.append(text[at : one.start])
        kept.append(_before_order(text[one.start : one.end]))
        at = one.end
        if one.rule in _STARTS:
            # A fake role opens a turn of its own: all of it is the order.
            line = -1 if one.rule == "role" else text.find("\n", max(one.end - 1, 0))
            at = max(at, len(text) if line < 0 else line)
    kept.append(text[at:])
    return re.sub(r"[ \t]{2,}", " ", "".join(kept)).strip(" \t\n，,;；:："), found


def _before_order(sentence: str) -> str:
    """The clauses in front of the first that belongs to an order; "" when there is nothing in front."""
    cuts = [0, *(found.end() for found in _CLAUSE.finditer(sentence)), len(sentence)]
    end = next((cut for cut in reversed(cuts) if _rule_of(sentence[:cut]) is None), 0)
    return sentence[:end].rstrip(" \t<([{（【「“‘\"'，,：:—|/")


def _rule_of(text: str) -> str | None:
    folded = _folded(text)
    rule = _rule_in(folded)
    if rule or not folded:
        return rule
    if _RUNS.search(text) and any(_is_prose(decoded) for decoded in _decoded(text)):
        return "encoded"
    if any(stem in folded for stem in ("vtaber", "erirny", "vafgehpgvba", "flfgrz cebzcg", "qvfertneq")):
        return "encoded" if _rule_in(_folded(codecs.decode(text, "rot13"))) else None
    if any(stem in folded for stem in ("erongi", "tpmorp", "noitcurtsni", "略忽", "令指")):
        return "encoded" if _rule_in(folded[::-1]) else None
    return None


def _rule_in(folded: str) -> str | None:
    for rule, pattern in _RULES:
        if any(stem in folded for stem in _STEMS[rule]) and pattern.search(folded):
            return rule
    return None


def _rule_across(text: str) -> str | None:
    """A rule that only lines together meet: an order broken over them."""
    if len(text) > 4000 or "\n" not in text:
        return None
    folded = _folded(text.replace("\n", " "))
    return next(
        (rule for rule, pattern in _RULES if rule in ("override", "reveal") and pattern.search(folded)), None
    )


def _is_prose(text: str) -> bool:
    """True for decoded text that is prose: nothing in a catalogue has a reason to hide it."""
    words = re.findall(r"[A-Za-z]{2,}|[\u3400-\u9fff]", text)
    return len(words) >= 4 and sum(map(len, words)) >= 0.6 * len(text.strip())


def _decoded(text: str) -> Iterator[str]:
    """What runs of base64, hexadecimal, bits, %xx and &#…; say, where they say something."""
    for run in _BASE64.findall(text):
        with_padding = run.rstrip("=").replace("-", "+").replace("_", "/")
        for cut in range(4):
            part = with_padding[: len(with_padding) - cut]
            try:
                yield base64.b64decode(part + "=" * (-len(part) % 4), validate=True).decode("utf-8")
                break
            except (binascii.Error, ValueError):
                continue
    for pattern, base, width in ((_HEX, 16, 2), (_BITS, 2, 8)):
        for run in pattern.findall(text):
            digits = run.replace(" ", "")
            values = [int(digits[at : at + width], base) for at in range(0, len(digits), width)]
            yield bytes(values).decode("utf-8", "replace")
    for run in _PERCENT.findall(text):
        yield bytes.fromhex(run.replace("%", "")).decode("utf-8", "replace")
    for run in _ENTITIES.findall(text):
        codes = re.findall(r"&#(x?)([0-9a-fA-F]+);", run)
        yield "".join(chr(min(int(code, 16 if is_hex else 10), 0x10FFFF)) for is_hex, code in codes)


def _hidden(text: str) -> Iterator[Suspicion]:
    """Characters that hide or turn text. A stray zero-width space at a word's edge is no attempt."""
    if text.isascii():
        return
    tags = "".join(chr(ord(char) - 0xE0000) for char in text if ord(char) in _TAGS)
    turned = sum(char in _BIDI for char in text)
    inside = len(_INSIDE.findall(text))
    if tags or turned or inside >= 3:
        told = f"hidden text: {tags}" if tags else f"{turned} bidirectional, {inside} zero-width characters"
        yield Suspicion("hidden", _clipped(f"{told} in: {visible(text)}"), 0, len(text))


def _sentences(text: str) -> Iterator[str]:
    for found in _SENTENCE.finditer(text):
        if found[0]:
            yield found[0]


def _folded(text: str) -> str:
    """As patterns read it: compatibility forms, look-alikes and s p a c e d letters undone."""
    plain = unicodedata.normalize("NFKC", visible(text)).translate(_LOOKALIKES).lower()
    plain = _SPACED.sub(lambda found: re.sub(r"[ .\-_*]", "", found[0]), plain)
    return re.sub(r"[ \t]+", " ", plain).strip(" \t")


def _clipped(text: str) -> str:
    line = " ".join(visible(text).split())
    return line if len(line) <= EXCERPT else line[: EXCERPT - 1] + "…"
