"""What each call of the API does, in Chinese; its English is the description in the OpenAPI document."""

from __future__ import annotations

WHAT: dict[str, str] = {
    "POST /api/ask": "用中文或英文提问；回答注明所依据的出处。",
    "GET /api/search": "检索资源和政策；type、province、access 可以各给多个。",
    "GET /api/resources/{resource_id}": "一条完整记录，有 JSON、schema.org、DCAT 等多种形式。",
    "GET /api/policies/{policy_id}": "一份文件和它的条款：摘要、现行原文，或两者都有。",
    "GET /api/policies/{policy_id}/articles/{no}": "一条：写 20、第二十条或 art-20；条号未知的写 x-1。",
    "GET /api/policies/{policy_id}/diff": "两个收录版本之间逐条改了什么。",
    "GET /api/answers/{answer_id}": "当时给出的回答，一字不差。",
    "GET /api/conversations/{conversation_id}": "一段对话：各轮问答、工作人员的答复、工单的状态。",
    "DELETE /api/conversations/{conversation_id}": "删除对话和其中的问题、回答、反馈、工单，不能恢复。",
    "POST /api/feedback": "有用或没用，可以附一句话。",
    "POST /api/handoff": "把问题转给工作人员；答复回到这段对话里。",
    "GET /v1/models": "OpenAI 协议：唯一的模型。",
    "GET /v1/models/{model}": "OpenAI 协议：一个模型。",
    "POST /v1/chat/completions": "OpenAI 协议：回答最后一条用户消息，前面的作为对话；不听从系统消息。",
    "GET /healthz": "进程还在，别的不查。",
    "GET /readyz": "索引已打开：多少条记录、哪一代；没打开时是 503。",
    "GET /metrics": "Prometheus 文本格式的计数。",
    "POST /api/widget/session": "给显示小窗的网页一个短时会话。",
    "GET /api/sites": "可以显示小窗的网站。",
    "PUT /api/sites/{site_id}": "添加或替换一个网站。",
    "DELETE /api/sites/{site_id}": "从此该网站的网页得不到回答，已打开的也一样。",
}
