"""What kind of statement would answer a question on rules: a penalty, a deadline, a number, an authority."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Expectation:
    """Questions of one kind, and what an article must hold to answer them."""

    name: str
    asked: re.Pattern[str]
    held: re.Pattern[str]


def _expectation(name: str, asked: str, held: str) -> Expectation:
    return Expectation(name, re.compile(asked, re.I), re.compile(held, re.I))


EXPECTATIONS: tuple[Expectation, ...] = (
    _expectation(
        "penalty",
        r"罚|处分|追究|追责|后果|法律责任|怎么处理|会怎么样|会怎样|怎么办(?!理)|拿.{0,4}怎么办|管不管|\bfine[sd]?\b|penal|punish|sanction|consequence|what happens if",
        r"罚|没收|警告|责令|通报|处分|撤销|吊销|追究|\bfine[sd]?\b|confiscat|warning|penal|sanction|rectif|discipl|order(ed)? to",
    ),
    _expectation(
        "duration",
        r"几(个)?(工作)?(天|日|月|年|小时)|多少(个)?(工作日|天|日|月|年|小时)|多久|多长时间|期限|有效期|最晚|最迟|最少要?(留|保存|存)|什么时候(前|要|必须)?(交|报|提交)|提前多(久|长)|"
        r"\bhow long|\bhow many (working |calendar )?(days|months|years|hours)|\bdeadline|\bby when|\bwithin (how|what)|\bhow soon|\bhow early|\bminimum (time|period)|\bwhen must|\bhow quickly|\bvalid for",
        r"\d\s*(个)?(工作日|日|天|个月|月|年|小时)|[一二三四五六七八九十]+(个)?(工作日|日|天|个月|年|小时)|\b(\d+|one|two|three|four|five|six|ten|twelve|twenty|thirty|sixty)[\s-]+(working |calendar )?(days?|months?|years?|hours?)",
    ),
    _expectation(
        "quantity",
        r"\d+\s*(个|家|条|种|万|元|例).{0,8}(对吧|对吗|对不对|吗|吧|还是|该信)|多少(例|人|万|元|钱|个|家|份|比例|张)|几(成|例|人|倍|家|个单位|份|个人|名)|比例|百分之|最少(能|要)?(拿|有|要)|门槛|\bhow many\b(?! (working |calendar )?(days|months|years|hours))|\bhow much\b|\bthreshold|\bpercent|\bshare of|\bminimum number|\bhow large",
        r"\d[\d,.]*\s*(万|亿|例|人|元|个|家|份|%|％|倍|名)|百分之|[一二三四五六七八九十]+(个|名|家|倍)|\b\d[\d,.]*\s*(%|percent|million|cases|people|persons|individuals|members|yuan|times)|≥|≤",
    ),
    _expectation(
        "authority",
        r"过(哪|什么|几)(道|些)?关|(走|办|履行)(什么|哪些|啥)(程序|流程|手续)|(什么|哪些)(手续|程序)|(向|报|找)(谁|哪|什么部门)|哪(个|一?级)(部门|机构|单位)?(批|管|审|申请)?|谁(批|审批|管|来管|主管|负责审批|处罚|罚)|报批|归谁(管|批)|\b(which|what) (authority|department|ministry|body|agency)|\bwho (approves?|grants?|decides?|punish\w*|issues?|do (i|we) (ask|apply))|\bwhom\b|\bto whom",
        r"主管部门|国务院|省级|部门(批准|审批|申请|主管)|海关|批准|报批|审批|\bauthorit|\bdepartment|\bministry|\bState Council|\bcustoms|\bprovincial|\bapprov",
    ),
    _expectation(
        "permission",
        r"能不能|可不可以|可以.{0,24}(吗|么|嘛|？)|能.{0,24}(吗|么|嘛)|允许|要不要|用不用|需不需要|是否(需要|可以|必须)|必须.{0,16}(吗|么)|非得|\b(may|can|must|should|do|does|am|are|is) (i|we|a|an|they|it|foreign\w*|our|the|this)\b",
        r"不得|禁止|不能|可以|可(免|不)|须|应当|应|必须|免(予|于|除)?|无需|不需要|批准|备案|\bmay not|\bmust\b|\bmay\b|\bprohibit|\bforbid|\bapprov|\bexempt|\bneed not|\brequire|\ballowed|\bno need",
    ),
    _expectation(
        "definition",
        r"算不算|属于.{0,16}(吗|么)|是不是.{0,12}(算|属于)|指(的)?(是)?什么|什么(是|叫|算)|定义|包括(哪些|什么|不包括)|\bwhat (counts|qualifies|is meant|is defined)|\bdefin|\bcount as|\bconsidered\b|\bis .{0,40} (personal information|a state secret)",
        r"指|是指|包括|不包括|不属于|定义|属于|=|\bmeans\b|\bdefin|\binclud|\bexclud|\bnot (include|count)",
    ),
)


def expectations(question: str) -> tuple[Expectation, ...]:
    """The kinds of statement that a question asks for; none when it asks for no particular one."""
    return tuple(one for one in EXPECTATIONS if one.asked.search(question))


def met(asked: tuple[Expectation, ...], statement: str) -> float:
    """Share, 0 to 1, of what is asked for that a statement holds; 0 when nothing particular is asked."""
    if not asked:
        return 0.0
    return sum(1 for one in asked if one.held.search(statement)) / len(asked)
