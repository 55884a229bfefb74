"""Every sentence of the desk of the staff, in Chinese and English."""

from __future__ import annotations

from assistant.records import Language

_TEXTS: dict[str, tuple[str, str]] = {
    # name: Chinese, English
    "title": ("工作台", "Staff desk"),
    "lead": (
        "别人转来的问题。先认领再答复；答复会回到提问人的对话里。",
        "Questions that were handed over. Take one in hand, then answer: that goes to its asker.",
    ),
    "views": ("看哪些", "Which ones"),
    "view_open": ("待处理 {n}", "Open {n}"),
    "view_mine": ("我手上的 {n}", "In my hands {n}"),
    "view_answered": ("已答复 {n}", "Answered {n}"),
    "view_closed": ("已关闭 {n}", "Closed {n}"),
    "to_audit": ("操作记录", "Audit log"),
    "none": ("没有这样的工单。", "There are none."),
    "state_open": ("待处理", "open"),
    "state_answered": ("已答复", "answered"),
    "state_closed": ("已关闭", "closed"),
    "in_hand_mine": ("我已认领", "in my hands"),
    "in_hand": ("{name} 已认领", "in the hands of {name}"),
    "free": ("无人认领", "in nobody's hands"),
    "notes_n": ("提问人留言 {n} 条", "{n} notes by the asker"),
    "live_on": ("自动刷新，最近 {time}", "Refreshed by itself, last at {time}"),
    "live_off": ("没有刷新成功，以下停在 {time}", "Not refreshed: this is of {time}"),
    "live_out": ("您已退出登录，以下停在 {time}", "You are signed out: this is of {time}"),
    "live_changed": ("这张工单有了变化：", "This ticket has changed: "),
    "reload": ("重新载入", "load it again"),
    "loaded_at": ("载入于 {time}", "Loaded at {time}"),
    "ticket": ("工单", "Ticket"),
    "back": ("返回队列", "Back to the queue"),
    "question": ("问题", "Question"),
    "asked_on": ("转来时间", "Handed over"),
    "channel": ("来自", "From"),
    "state": ("状态", "State"),
    "hand": ("认领人", "In hand"),
    "number": ("编号", "Number"),
    "notes": ("提问人的留言", "Notes by the asker"),
    "contact": ("联系方式", "Contact"),
    "contact_kept": (
        "只供答复用；工单答复或关闭 30 天后自动删除。",
        "For the reply only; forgotten 30 days after the ticket is answered or closed.",
    ),
    "talk": ("对话", "Conversation"),
    "asked": ("提问", "Asked"),
    "answered_by_machine": ("科问（程序）的回答", "Answer by Kewen, a program"),
    "handed": ("转来的是这一条", "This one was handed over"),
    "sources": ("出处 {n} 条", "{n} sources"),
    "replies": ("已发出的答复", "Replies sent"),
    "reply_by": ("{name}，{time}", "{name}, {time}"),
    "nobody": ("（未署名）", "(no name)"),
    "claim": ("认领", "Take in hand"),
    "claim_what": (
        "认领后由您答复，别人会看到在您手上。",
        "You answer then, and the others see that it is yours.",
    ),
    "hand_back": ("交回", "Hand back"),
    "hand_back_of": ("替 {name} 交回", "Hand back for {name}"),
    "close": ("关闭工单", "Close the ticket"),
    "close_what": ("关闭后提问人会看到不会再有答复。", "The asker then sees that nothing more will come."),
    "answer_title": ("答复", "Reply"),
    "answer_what": (
        "以您的姓名（{name}）发出，标明由人撰写。发出后不能改，可以再补一条。",
        "It bears your name ({name}) and is marked as a person's. Once sent it stays; another may follow.",
    ),
    "text": ("答复内容", "Text"),
    "cite_title": ("附上出处（可在文中写 [编号]）", "Sources to go with it (write [number] in the text)"),
    "use_draft": ("用科问的回答作草稿", "Begin with Kewen's answer as a draft"),
    "send": ("发出答复", "Send the reply"),
    "done_claimed": ("已认领。", "It is in your hands."),
    "done_back": ("已交回，别人可以认领。", "Handed back: others may take it."),
    "done_answered": ("答复已发出，已在提问人的对话里。", "Sent: it stands in the asker's conversation."),
    "done_closed": ("已关闭。", "Closed."),
    "taken": (
        "没有做：{name} 已经认领了这张工单。",
        "Not done: {name} has this ticket in hand.",
    ),
    "not_in_hand": (
        "没有做：这张工单不在您手上，请先认领。",
        "Not done: this ticket is not in your hands. Take it first.",
    ),
    "was_closed": ("没有做：这张工单已经关闭。", "Not done: this ticket is closed."),
    "kept_text": ("您写的内容还在下面，没有发出。", "What you wrote stands below and was not sent."),
    "your_text": ("您写的内容", "What you wrote"),
    "empty": ("没有发出：请写 1 至 {limit} 个字符。", "Not sent: write 1 to {limit} characters."),
    "uncited": (
        "没有发出：文中的 [{n}] 没有勾选对应的出处。",
        "Not sent: no source is ticked for [{n}] in the text.",
    ),
    "audit_title": ("操作记录", "Audit log"),
    "audit_lead": (
        "服务人员和管理者做过的每一件事，从新到旧；记录只增不改。",
        "Whatever staff and managers did, the newest first; entries are added and never changed.",
    ),
    "when": ("时间", "When"),
    "who": ("谁", "Who"),
    "what": ("做了什么", "What"),
    "about": ("对象", "About"),
    "older": ("更早的", "Older"),
    "action_view": ("查看", "looked at"),
    "action_claim": ("认领", "took in hand"),
    "action_hand_back": ("交回", "handed back"),
    "action_answer": ("答复", "answered"),
    "action_close": ("关闭", "closed"),
    "action_sign_in": ("登录", "signed in"),
    "action_sign_out": ("退出", "signed out"),
    "action_password": ("改自己的密码", "changed their password"),
    "action_account_add": ("开通账户", "made an account"),
    "action_account_role": ("改账户的角色和级别", "changed an account's role and level"),
    "action_account_password": ("重设账户密码", "set an account's password"),
    "action_account_disable": ("停用账户", "disabled an account"),
    "action_account_enable": ("恢复账户", "enabled an account"),
}


def say(key: str, language: Language, **values: object) -> str:
    """The sentence of that name."""
    chinese, english = _TEXTS[key]
    return (chinese if language == "zh" else english).format(**values)


def known(key: str) -> bool:
    return key in _TEXTS
