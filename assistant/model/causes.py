"""Why an endpoint did not answer, from what its failure says, in words for who keeps it."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from typing import Any, Literal, get_args
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from assistant.records import Language
from corpus.records import Text
from corpus.texts import fixed_text as _t

Cause = Literal[
    "dns", "tls", "closed", "proxy", "dropped", "slow", "path", "key", "model", "context", "balance",
    "quota", "ill", "parameter", "foreign",
]  # fmt: skip
CAUSES: dict[Cause, Text] = {
    "dns": _t("主机名无法解析", "its host name has no address"),
    "tls": _t(
        "TLS 握手失败（证书不受信任，或对方不是 HTTPS）",
        "TLS fails: a certificate nobody vouches for, or no HTTPS",
    ),
    "closed": _t("端口无人监听，连接被拒绝", "nobody listens there: the connection is refused"),
    "proxy": _t("代理拒绝或无法连接（HTTPS_PROXY、NO_PROXY）", "the proxy fails (HTTPS_PROXY, NO_PROXY)"),
    "dropped": _t("连接被对方中断", "the connection is dropped"),
    "slow": _t("没有按时应答", "it does not answer in time"),
    "path": _t("地址路径不对（404）", "the path of the address is wrong (404)"),
    "key": _t("密钥被拒绝", "the key is refused"),
    "model": _t("没有这个模型", "it has no such model"),
    "context": _t(
        "提示超出模型上下文长度，请减小 KEWEN_LLM_EVIDENCE_TOKENS",
        "the prompt is longer than the model's context; lower KEWEN_LLM_EVIDENCE_TOKENS",
    ),
    "balance": _t("账户余额不足", "the account's balance is used up"),
    "quota": _t("超出配额或限流", "it is over its quota or rate"),
    "ill": _t("服务出错", "its server fails"),
    "parameter": _t("不接受请求中的参数", "it refuses a parameter of the request"),
    "foreign": _t(
        "返回的不是 OpenAI 协议，可能是网页", "what answers is not the OpenAI protocol, perhaps a page"
    ),
}
assert set(CAUSES) == set(get_args(Cause))


def told(cause: Cause, language: Language) -> str:
    """The cause in words."""
    return CAUSES[cause].in_(language)


def cause_of(error: BaseException, url: str) -> Cause:
    """Why a connection to `url` failed: what stands deepest in the chain of errors decides.

    Where a proxy stands between, whoever could not be found or reached is the proxy.
    """
    cause = _deepest(error)
    return "proxy" if cause in ("dns", "closed") and _by_proxy(url) else cause


def _by_proxy(url: str) -> bool:
    parts = urlsplit(url)
    proxies = getproxies()
    proxied = parts.scheme in proxies or "all" in proxies
    return proxied and not proxy_bypass(parts.hostname or "")


def _deepest(error: BaseException) -> Cause:
    for one in reversed(list(_chain(error))):
        if isinstance(one, ssl.SSLError):
            return "tls"
        if isinstance(one, socket.gaierror):
            return "dns"
        if isinstance(one, ConnectionRefusedError):
            return "closed"
        if isinstance(one, httpx.ProxyError):
            return "proxy"
        if isinstance(one, httpx.TimeoutException | TimeoutError):
            return "slow"
    return "dropped"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for one in error.exceptions:
                yield from _chain(one)
        error = error.__cause__ or error.__context__


def cause_of_status(status: int, told: str, model: str) -> Cause | None:
    """Why a server refused, by its status and its words (`told`); None where neither tells."""
    said = told.lower()
    if status in (401, 403):
        return "key"
    if status == 402 or "insufficient_quota" in said or "insufficient balance" in said:
        return "balance"
    if status == 429:
        return "quota"
    if status >= 500:
        return "ill"
    if "context_length" in said or "context length" in said or "context window" in said or status == 413:
        return "context"
    if status in (400, 404, 422) and ("model" in said or model.lower() in said) and _unknown(said):
        return "model"
    return "path" if status in (404, 405) else None


def _unknown(said: str) -> bool:
    return any(word in said for word in ("not exist", "not found", "not_found", "unknown", "invalid model"))


def words_of(body: Any, text: str) -> str:
    """What an error says, from its body as read (None: not JSON) or its text: message, code, parameter and
    places, not the request that some servers send back."""
    if body is None:
        return text[:2000]
    said: list[str] = []

    def take(told: Any, key: str = "") -> None:
        if isinstance(told, dict):
            for name, value in told.items():
                if name not in ("input", "ctx", "failed_generation"):
                    take(value, name)
        elif isinstance(told, list):
            for one in told:
                take(one, key)
        elif isinstance(told, str | int):
            said.append(str(told))

    take(body)
    return " ".join(said)[:2000]
