"""Every sentence that the HTTP layer says of its own, in English and Chinese."""

from __future__ import annotations

from typing import Literal

Locale = Literal["en", "zh"]

_MESSAGES: dict[str, tuple[str, str]] = {
    # code or part: English, Chinese
    "route_unknown": (
        "There is nothing at {path}. See /docs for what is there.",
        "{path} 不存在。可用的地址见 /docs。",
    ),
    "method_not_allowed": (
        "{path} does not take {method}. Allowed: {allowed}.",
        "{path} 不接受 {method}，可用的方法：{allowed}。",
    ),
    "json_malformed": (
        "The body is not valid JSON: {reason}. Send a JSON object as application/json.",
        "请求体不是合法的 JSON：{reason}。请以 application/json 发送一个 JSON 对象。",
    ),
    "body_too_large": (
        "The body is larger than {limit} bytes. Send less.",
        "请求体超过 {limit} 字节，请缩短后再发。",
    ),
    "passwords_too_many": (
        "More than {limit} tries to sign in within a minute. Try again in {seconds} s.",
        "一分钟内尝试登录超过 {limit} 次，请 {seconds} 秒后再试。",
    ),
    "rate_limited": (
        "More than {limit} requests in a minute came from your address; a long question counts as several. "
        "Try again in {seconds} s.",
        "您的地址一分钟内的请求超过 {limit} 次（长问题按多次计），请 {seconds} 秒后再试。",
    ),
    "busy": (
        "Kewen is answering as many questions as it can. Try again in {seconds} s.",
        "正在回答的问题已满，请 {seconds} 秒后再试。",
    ),
    "sent_too_slowly": (
        "The request was not complete after {seconds} s. Send it again in one go.",
        "请求在 {seconds} 秒内没有传完，请重新发送。",
    ),
    "head_too_large": (
        "The header of the request is larger than {limit} bytes. Send less.",
        "请求头超过 {limit} 字节，请缩短后再发。",
    ),
    "connections_too_many": (
        "More than {limit} connections from your address are open. Close some.",
        "来自您地址的连接超过 {limit} 个，请先关闭一些。",
    ),
    "host_missing": (
        "The request has {count} Host headers. Send exactly one.",
        "请求带有 {count} 个 Host 头，须恰好一个。",
    ),
    "host_unknown": (
        "This server does not go by the name {value}. Use the address that its operator gave; the operator "
        "lists names in KEWEN_HOSTS and KEWEN_PUBLIC_URL.",
        "本服务器不使用名称 {value}。请改用管理员给出的地址；名称由管理员在 KEWEN_HOSTS 和 "
        "KEWEN_PUBLIC_URL 中登记。",
    ),
    "origin_foreign": (
        "A page of {origin} may not call /mcp. Call it from a program, which sends no Origin header.",
        "{origin} 的页面不能调用 /mcp。请用程序调用，且不带 Origin 头。",
    ),
    "key_invalid": (
        "The key in the Authorization header is not valid. Send 'Authorization: Bearer KEY' with a key from "
        "`kewen keys add`, or no such header to ask as the public.",
        "Authorization 头里的密钥无效。请用 `kewen keys add` 得到的密钥，写成 Authorization: Bearer KEY；"
        "不带此头即以公众身份提问。",
    ),
    "question_empty": (
        "Field 'question' has nothing to read. Ask in 1 to {limit} characters.",
        "question 里没有可读的内容，请用 1 至 {limit} 个字符提问。",
    ),
    "question_wordless": (
        "Field 'question' has no word, character or number in it. Ask in words, in 1 to {limit} characters.",
        "question 里没有文字或数字，请用文字提问（1 至 {limit} 个字符）。",
    ),
    "question_too_long": (
        "Field 'question' has {length} characters; at most {limit} are allowed. Shorten it.",
        "question 有 {length} 个字符，最多 {limit} 个，请缩短后再问。",
    ),
    "query_too_long": (
        "Field 'q' has {length} characters; at most {limit} are allowed. Shorten it.",
        "q 有 {length} 个字符，最多 {limit} 个，请缩短。",
    ),
    "conversation_unknown": (
        "There is no conversation {value}. Leave conversation_id null to start one.",
        "没有会话 {value}。conversation_id 留空即可开始新的会话。",
    ),
    "answer_unknown": (
        "There is no answer {value}. Use the id that /api/ask gave.",
        "没有答案 {value}。请用 /api/ask 返回的 id。",
    ),
    "handoff_taken": (
        "The alliance's staff have your question as ticket {value}. Their reply comes back into this "
        "conversation.",
        "已转给联盟工作人员，工单编号 {value}。答复会回到这个对话里。",
    ),
    "handoff_waiting": (
        "The alliance's staff have this question already, as ticket {value}; it waits for their reply. "
        "Anything you added is kept with it.",
        "这个问题已在联盟工作人员处，工单编号 {value}，正在等候答复；补充的内容会一并保存。",
    ),
    "ticket_full": (
        "Ticket {value} holds {limit} messages already, so this one was not kept. Please wait for the reply.",
        "工单 {value} 已有 {limit} 条留言，这一条没有保存，请等候答复。",
    ),
    "resource_unknown": (
        "There is no resource {value}. Look it up with /api/search?q=…",
        "没有资源 {value}。可以用 /api/search?q=… 查找。",
    ),
    "resource_withdrawn": (
        "Resource {value} was withdrawn on {day}: {reason}. There is no successor; see /api/search?q=…",
        "资源 {value} 已于 {day} 撤回：{reason}。没有后继记录，可以用 /api/search?q=… 查找。",
    ),
    "resource_succeeded": (
        "Resource {value} was withdrawn on {day}: {reason}. Its successor is {successor}; see "
        "/resources/{successor}",
        "资源 {value} 已于 {day} 撤回：{reason}。后继记录是 {successor}：/resources/{successor}",
    ),
    "policy_unknown": (
        "There is no policy {value}. Look it up with /api/search?kind=policy&q=…",
        "没有政策文件 {value}。可以用 /api/search?kind=policy&q=… 查找。",
    ),
    "article_unknown": (
        "{policy} has no stored article {value}. Stored are: {allowed}.",
        "{policy} 没有收录 {value}。已收录：{allowed}。",
    ),
    "version_unknown": (
        "Only one version of {value} is stored, so there is nothing to compare it with.",
        "{value} 只收录了一个版本，无从比较。",
    ),
    "version_none": (
        "No text of {value} is stored, only digests, so there is nothing to compare.",
        "{value} 只有摘要，没有收录全文，无从比较。",
    ),
    "version_absent": (
        "No stored text of {policy} is known to be in force on {value}. Stored are: {allowed}.",
        "{policy} 在 {value} 没有可确认有效的收录文本。已收录：{allowed}。",
    ),
    "site_unknown": (
        "There is no site {value}. `kewen sites list` shows those there are.",
        "没有站点 {value}。`kewen sites list` 可列出已登记的站点。",
    ),
    "origin_unlisted": (
        "No site lists the origin {origin}. Its web master adds it with `kewen sites add`; /widget/check "
        "tells what is wrong.",
        "来源 {origin} 不属于任何已登记的站点。请用 `kewen sites add` 登记；/widget/check 可以诊断。",
    ),
    "origin_not_allowed": (
        "Site '{site}' does not list the origin {origin}. Add it to the site's origins; /widget/check tells "
        "what is wrong.",
        "站点 {site} 没有登记来源 {origin}。请把它加入该站点的来源；/widget/check 可以诊断。",
    ),
    "session_missing": (
        "A page of {origin} may not ask without a session. Get one with POST /api/widget/session.",
        "{origin} 的页面须先取得会话才能提问：POST /api/widget/session。",
    ),
    "session_invalid": (
        "The session token is not one of ours. Get another with POST /api/widget/session.",
        "会话令牌无效，请重新取得：POST /api/widget/session。",
    ),
    "session_expired": (
        "The session token has expired. Get another with POST /api/widget/session.",
        "会话令牌已过期，请重新取得：POST /api/widget/session。",
    ),
    "session_elsewhere": (
        "The session token was given to another origin than {value}. Each page gets its own.",
        "会话令牌不是发给 {value} 的，每个页面须自己取得。",
    ),
    "quota_site": (
        "This site has asked its {limit} questions of the day. Try again in {seconds} s.",
        "本站今天的 {limit} 次提问已用完，请 {seconds} 秒后再试。",
    ),
    "quota_session": (
        "More than {limit} questions were asked in this visit within an hour. Try again in {seconds} s.",
        "本次访问一小时内的提问超过 {limit} 次，请 {seconds} 秒后再试。",
    ),
    "quota_address": (
        "More than {limit} questions in a minute came from your address. Try again in {seconds} s.",
        "您的地址一分钟内的提问超过 {limit} 次，请 {seconds} 秒后再试。",
    ),
    "form_stale": (
        "This form is out of date: it is too old, or you have signed in or out since. Open the page again, "
        "then send it once more.",
        "这份表单已失效：打开的时间太久，或者其间您已登录、退出。请重新打开页面再提交一次。",
    ),
    "role_needed": (
        "This page is for staff, and your account has another role. A manager can change that.",
        "此页供服务人员使用，您的账户是其他角色，可请管理者调整。",
    ),
    "manager_needed": (
        "This page is for managers, and your account has another role.",
        "此页供管理者使用，您的账户是其他角色。",
    ),
    "sign_in_needed": (
        "You are not signed in. Sign in at /login.",
        "您没有登录，请在 /login 登录。",
    ),
    "ticket_unknown": (
        "There is no ticket {value} that you may see. /staff lists those there are.",
        "没有您可见的工单 {value}，现有工单见 /staff。",
    ),
    "staff_only": (
        "This is for staff. Send 'Authorization: Bearer KEY' with a key of level staff.",
        "仅供工作人员使用，请用 staff 级密钥，写成 Authorization: Bearer KEY。",
    ),
    "model_unknown": (
        "There is no model {value}. The only one is 'kewen'.",
        "没有模型 {value}，只有 'kewen'。",
    ),
    "index_not_ready": (
        "The index is being opened or built. Try again in {seconds} s; /readyz tells when it is open.",
        "索引正在打开或构建，请 {seconds} 秒后再试；/readyz 会说明何时可用。",
    ),
    "index_building": (
        "The index is being built: {stage}, {done} of {total}. Try again in {seconds} s; /readyz tells when "
        "it is open.",
        "正在构建索引：{stage}，{done} / {total}。请 {seconds} 秒后再试；/readyz 会说明何时可用。",
    ),
    "stage_embedding": ("computing vectors", "计算向量"),
    "stage_vectors": ("storing vectors", "写入向量"),
    "stage_lexical": ("indexing words", "建立词索引"),
    "stage_checking": ("checking", "核对"),
    "stage_statements": ("reading statements", "读取条目"),
    "start_failed": (
        "Kewen could not start: {reason}",
        "科问未能启动：{reason}",
    ),
    "shutting_down": (
        "The server is stopping before this answer was ready. Ask again in {seconds} s.",
        "服务正在停止，答案未能完成，请 {seconds} 秒后再问。",
    ),
    "storage_unavailable": (
        "The answer store did not do its work, so nothing was kept. Try again; if it lasts, tell the "
        "operator the request id.",
        "答案库暂时不可用，未保存任何内容。请稍后再试；若一直如此，请把请求编号告诉管理员。",
    ),
    "search_failed": (
        "The search could not be carried out. Try again; if it lasts, tell the operator the request id.",
        "检索未能完成，请稍后再试；若一直如此，请把请求编号告诉管理员。",
    ),
    "mcp_request_invalid": (
        "/mcp takes one JSON-RPC 2.0 message a POST, as application/json and with 'Accept: application/json, "
        "text/event-stream'. This one was refused: {reason}.",
        "/mcp 每次 POST 接受一条 JSON-RPC 2.0 消息，类型为 application/json，并带 Accept: application/json, "
        "text/event-stream。这一条未被接受：{reason}。",
    ),
    "tool_unknown": (
        "There is no tool {value}. There are: {allowed}.",
        "没有工具 {value}。可用的工具：{allowed}。",
    ),
    "internal_error": (
        "Something went wrong on our side. Try again; if it lasts, tell the operator the request id.",
        "服务内部出错，请稍后再试；若一直如此，请把请求编号告诉管理员。",
    ),
    "http_error": ("The request was refused: {reason}.", "请求被拒绝：{reason}。"),
    # parts of a validation message
    "field_missing": (
        "Field '{field}' is missing. Send it.",
        "缺少字段 {field}，请补上。",
    ),
    "field_unknown": (
        "Field '{field}' is not known. Allowed here: {allowed}.",
        "不认识字段 {field}，此处可用：{allowed}。",
    ),
    "value_not_allowed": (
        "Field '{field}' is {value}. Allowed: {allowed}.",
        "字段 {field} 的值是 {value}，可用的值：{allowed}。",
    ),
    "value_invalid": (
        "Field '{field}' is {value}. {reason}.",
        "字段 {field} 的值是 {value}，不符合要求：{reason}。",
    ),
    "date_expected": (
        "It must be a real date in the form YYYY-MM-DD, such as 2024-05-31",
        "须是真实存在的日期，写成 YYYY-MM-DD，如 2024-05-31",
    ),
    "nul_in_text": (
        "It holds the character NUL (U+0000), which is no text; take it out",
        "含有空字符（U+0000），不是文字，请去掉",
    ),
    "surrogate_in_text": (
        "It holds half of a character (a lone surrogate), which is no text; take it out",
        "含有半个字符（单独的代理码），不是文字，请去掉",
    ),
    "user_turn_missing": (
        "The last message must come from the user: it is the question",
        "最后一条消息须来自用户，它就是问题",
    ),
    "one_choice_only": ("Only one choice is given", "只给出一个回答"),
    "text_only": (
        'Answers are text with their sources: leave it out, or send {{"type": "text"}}',
        '回答是带来源的文本：请去掉此字段，或发送 {{"type": "text"}}',
    ),
    "sources": ("Sources", "来源"),
}


def say(code: str, locale: Locale, **values: object) -> str:
    """The sentence for `code` with its values filled in."""
    english, chinese = _MESSAGES[code]
    return (english if locale == "en" else chinese).format(**values)


def locale_of(accept_language: str | None) -> Locale:
    """zh when the header likes Chinese best, else en. Nothing readable in it means en."""
    best: tuple[float, Locale] = (0.0, "en")
    for part in (accept_language or "").split(","):
        tag, _, weight = part.partition(";q=")
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            continue
        primary = tag.strip().lower().split("-")[0]
        if primary in ("zh", "en") and quality > best[0]:
            best = (quality, "zh" if primary == "zh" else "en")
    return best[1]
