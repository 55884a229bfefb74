"""Fixed texts of verdicts, in Chinese and English."""

from __future__ import annotations

from assistant.verdicts import Outcome
from corpus.records import Text
from corpus.texts import fixed_text as _t

LEAD = _t("结论：", "Verdict: ")
OUTCOME: dict[Outcome, Text] = {
    "yes": _t("可以", "You may"),
    "no": _t("不可以", "You may not"),
    "approval": _t("需审批或备案", "Approval or filing is needed"),
    "depends": _t("看情况", "It depends"),
    "must": _t("需要，这是应当做的", "Yes, it is required"),
    "optional": _t("不是必须", "It is not required"),
    "fee": _t("对方有权收费", "A charge may be made"),
    "spared": _t("不需要", "No, it is not needed"),
}
HANGS_ON = _t("，取决于{what}", " on {what}")
HANGS_ON_KIND = _t("，取决于具体是什么", " on what it is")
HANGS_ON_CONDITIONS = _t(
    "，收录的条款没有写明许可或禁止，只规定了下列条件",
    ": the articles held neither permit nor forbid it, but set these conditions",
)
WITH_DUTIES = _t("，但要符合下列条件", ", under the conditions below")
CONDITIONS = _t("条件：", "Conditions:")
RULES = _t("依据：", "What carries it:")
BRANCHES = _t("分情况：", "Case by case:")
EXCEPTION = _t("例外：", "Exception: ")
DECIDES = _t("谁决定：", "Who decides: ")
TERM = _t("时限与程序：", "Time and procedure:")
PREPARE = _t("要准备：", "To prepare: ")
CORPUS_STOPS = _t("库中没有写明：", "The corpus does not say: ")
NO_TERM = _t("办理时限", "how long the decision takes")
NO_PAPERS = _t("要交哪些材料", "which papers to hand in")
NO_DECIDER = _t("由谁决定", "who decides")
KEY_ARTICLES = _t("只收录了要点条款，其余条文未收录：", "Only key articles are held of: ")
OR = _t("、", " and ")
WHICH_KIND = _t("具体是哪一类：{kinds}？", "What is it: {kinds}?")
IS_KIND = _t("是{kind}", "It is about {kind}")
RELATED = _t("相关条款：", "Related articles:")
CAUTION = _t("注意：", "Note: ")
SEMICOLON = _t("；", "; ")
