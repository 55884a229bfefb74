"""DingTalk (钉钉): a company's robot; by its stream, or pushed and signed.

Not tried against the live service.
"""

from __future__ import annotations

import json
import re
import time
from typing import Any

from bot.calling import AccessToken, Caller, json_of
from bot.channel import Limits, Pushed, QuietChannel, Receipt, Take
from bot.dingtalk_stream import DingTalkStream
from bot.errors import (
    BotMisconfigured,
    ChatGone,
    FormRefused,
    Rejected,
    SendLater,
    SendRefused,
    SetUpWrong,
)
from bot.markup import to_markdown
from bot.records import Incoming, Kind, Outgoing, Rich, plain
from bot.signing import hmac_sha256, same

FRESH_S = 3600.0
"""DingTalk's own rule for its timestamps."""
_GROUP, _PRIVATE = "2", "1"


def markdown_bytes(rich: Rich) -> int:
    return len(_markdown(rich).encode("utf-8", "replace"))


def _markdown(rich: Rich) -> str:
    # DingTalk joins single lines; two blanks at the end of one keep it.
    return to_markdown(rich, entities=False).replace("\n", "  \n")


class DingTalkChannel(QuietChannel):
    """One robot. Without `push` we connect to DingTalk, with it DingTalk calls us. Choices are numbered."""

    name = "dingtalk"
    # A robot may send 20 messages a minute to a group; what is refused then is sent later.
    limits = Limits(text=4500, measure=markdown_bytes, every_s=1.0)

    def __init__(
        self,
        client_id: str,
        client_secret: str,
        *,
        robot_code: str | None = None,
        api_url: str = "https://api.dingtalk.com",
        push: bool = False,
        timeout_s: float = 10.0,
    ) -> None:
        self._client_id, self._client_secret = client_id, client_secret
        self._robot_code = robot_code or client_id
        self._caller = Caller(api_url, timeout_s)
        self._token = AccessToken(self._new_token)
        self._stream = None if push else DingTalkStream(self._caller, client_id, client_secret)

    async def open(self) -> None:
        await self._token.get()

    async def close(self) -> None:
        await self._caller.close()

    def receive(self, pushed: Pushed) -> Receipt:
        if pushed.method != "POST":
            raise Rejected("only POST is known here", 405)
        timestamp, signature = pushed.headers.get("timestamp", ""), pushed.headers.get("sign", "")
        ours = hmac_sha256(self._client_secret.encode(), f"{timestamp}\n{self._client_secret}".encode())
        if not same(signature, ours):
            raise Rejected("the signature is wrong or missing")
        if not re.fullmatch(r"[0-9]{1,15}", timestamp) or abs(int(timestamp) / 1000 - time.time()) > FRESH_S:
            raise Rejected("the timestamp is more than an hour from now")
        try:
            body = json.loads(pushed.body)
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise Rejected("the body is not a JSON object", 400)
        incoming = read_message(body)
        return Receipt((incoming,) if incoming else (), body="{}", media_type="application/json")

    async def listen(self, take: Take) -> None:
        if self._stream is not None:
            await self._stream.run(read_message, take)

    async def send(self, message: Outgoing) -> str:
        title = plain(message.rich).strip()[:30].replace("\n", " ")
        content = {"title": title, "text": _markdown(message.rich)}
        body: dict[str, Any] = {
            "robotCode": self._robot_code,
            "msgKey": "sampleMarkdown",
            "msgParam": json.dumps(content, ensure_ascii=False),
        }
        kind, _, number = message.to.chat.partition(":")
        if kind == "group":
            path = "/v1.0/robot/groupMessages/send"
            body["openConversationId"] = number
        else:
            path = "/v1.0/robot/oToMessages/batchSend"
            body["userIds"] = [number]
        told = await self._call(path, body)
        if told.get("invalidStaffIdList"):
            raise ChatGone("DingTalk knows no such user")
        if told.get("flowControlledStaffIdList"):
            raise SendLater("DingTalk holds back messages to this user", 30.0)
        return str(told.get("processQueryKey", ""))

    async def update(self, sent_id: str, message: Outgoing) -> str:
        return await self.send(message)

    async def _new_token(self) -> tuple[str, float]:
        given = {"appKey": self._client_id, "appSecret": self._client_secret}
        response = await self._caller.call("POST", "/v1.0/oauth2/accessToken", json=given)
        body = json_of(response)
        if response.status_code in (400, 401, 403):
            raise BotMisconfigured(
                "DingTalk does not know KEWEN_DINGTALK_CLIENT_ID with this KEWEN_DINGTALK_CLIENT_SECRET. "
                "Copy both again from the app's credentials."
            )
        if "accessToken" not in body:
            raise SendLater(f"DingTalk gave no token: {body.get('code')}")
        return str(body["accessToken"]), float(body["expireIn"])

    async def _call(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        for _ in range(2):
            token = await self._token.get()
            headers = {"x-acs-dingtalk-access-token": token}
            response = await self._caller.call("POST", path, json=body, headers=headers)
            if response.status_code != 401:
                break
            self._token.reject(token)
        told = json_of(response)
        if response.status_code < 300:
            return told
        code = str(told.get("code", ""))
        sentence = f"DingTalk {response.status_code} {code}: {str(told.get('message', ''))[:200]}"
        if response.status_code == 401 or "Throttling" in code or "QpsLimit" in code:
            raise SendLater(sentence)
        if "robot.notExist" in code or "conversation.notExist" in code or "invalidParameter.user" in code:
            raise ChatGone(sentence)
        if "msgParam" in code:
            raise FormRefused(sentence)
        if response.status_code == 403 or "robotcode" in code.lower():
            raise SetUpWrong(
                sentence,
                f"DingTalk {response.status_code} {code[:80]}: see the app's permissions, its allowed IP "
                "addresses and KEWEN_DINGTALK_ROBOT_CODE.",
            )
        raise SendRefused(sentence)


def read_message(body: dict[str, Any]) -> Incoming | None:
    """A message to the robot; in a group DingTalk brings only those that mention it."""
    kind, message_id = body.get("msgtype"), body.get("msgId")
    private = body.get("conversationType") == _PRIVATE
    user = body.get("senderStaffId") or body.get("senderId")
    chat = f"user:{user}" if private else f"group:{body.get('conversationId')}"
    if not message_id or not user or body.get("conversationType") not in (_PRIVATE, _GROUP):
        return None
    text = ""
    lines: list[dict[str, Any]] = []
    if kind == "text":
        text = str((body.get("text") or {}).get("content", "")).strip()
    elif kind == "richText":
        lines = (body.get("content") or {}).get("richText") or []
        text = "".join(str(one.get("text", "")) for one in lines).strip()
    written: Kind = "text" if kind == "text" or text else "media"
    # A photograph in a rich text cannot be read; the words beside it are what was asked.
    unseen = kind == "richText" and any("downloadCode" in one for one in lines)
    return Incoming(
        "dingtalk",
        str(message_id),
        chat,
        str(user),
        written,
        text,
        private,
        quoted=_answered(body),
        unseen=bool(text) and unseen,
    )


def _answered(body: dict[str, Any]) -> str:
    """The words of the message that this one answers; empty where it answers ours, or none."""
    answered = (body.get("text") or {}).get("repliedMsg") or {}
    if not answered or answered.get("senderId") == body.get("chatbotUserId"):
        return ""
    content = answered.get("content") or {}
    lines = content.get("richText") or [content]
    return "".join(str(one.get("text") or one.get("content") or "") for one in lines).strip()
