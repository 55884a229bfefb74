"""Answers of our own writing, as POST /api/ask gives them, and an assistant that gives them back."""

from __future__ import annotations

from typing import Any

from evaluation.errors import AskFailed


def citation(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A citation of the fox bank's application steps."""
    return {
        "number": number,
        "kind": "resource",
        "id": "fox-bank",
        "title": "国家狐类资源库",
        "locator": "how_to_apply",
        "quote": "每年3月31日前提交申请表2份，受理后20个工作日答复。",
        "quote_kind": "digest",
        "url": "/resources/fox-bank",
        "source_url": "https://fox.example.org/",
    } | changes


def resource(**changes: Any) -> dict[str, Any]:
    """The card of the fox bank."""
    return {
        "id": "fox-bank",
        "name": "国家狐类资源库",
        "type": "germplasm",
        "host": "狐类研究所",
        "province": "北京市",
        "access": "application",
        "url": "https://fox.example.org/",
        "how_to_apply": ["提交申请表"],
        "identifiers": [],
        "contact": None,
        "verification": "known",
    } | changes


def answer(text: str = "申请表交2份，20个工作日内答复。[1]", **changes: Any) -> dict[str, Any]:
    """A good answer about the fox bank, with what a test changes."""
    return {
        "id": "a_1",
        "conversation_id": "c_1",
        "language": "zh",
        "status": "answered",
        "text": text,
        "citations": [citation()],
        "resources": [resource()],
        "follow_ups": [],
        "filters": {},
        "generated_by": "composer",
        "notices": [],
    } | changes


def silence(text: str = "没有找到依据。", status: str = "not_found") -> dict[str, Any]:
    """An answer that rests on nothing and says so."""
    return answer(text, status=status, citations=[], resources=[])


class Recorded:
    """An Ask that plays answers back in order and remembers what it was asked; None fails the call."""

    def __init__(self, *answers: dict[str, Any] | None) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, str | None]] = []

    async def __call__(self, question: str, conversation_id: str | None) -> dict[str, Any]:
        self.asked.append((question, conversation_id))
        given = self.answers.pop(0)
        if given is None:
            raise AskFailed("HTTP 503: 服务忙")
        return given
