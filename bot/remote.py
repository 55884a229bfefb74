"""A running Kewen's HTTP API as a bot's backend."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from datetime import datetime
from typing import Any, Literal

import httpx
from pydantic import ValidationError

from api.limits import BOT_KEY_HEADER, CHANNEL_HEADER, CONVERSATION_HEADER
from assistant.records import Answer, AskFilters, Event, Language
from bot.backend import Found, Handed, Kind, PersonReply, Spoken
from bot.errors import AnswerRefused, BackendDown
from operations.errors import AskFailed
from operations.remote import events_of

_SILENCE_S = 45.0
"""The server says something at least every 15 s."""


class RemoteBackend:
    """The API at `base_url`. One connection pool for all chats."""

    def __init__(self, base_url: str, key: str | None = None) -> None:
        """`key` is KEWEN_BOT_KEY, as the server has it too: it then counts each conversation as a client of
        its own, where without it all chats share the limits of one address."""
        self.base_url = base_url
        self._client = httpx.AsyncClient(
            base_url=base_url,
            headers={BOT_KEY_HEADER: key} if key else None,
            timeout=httpx.Timeout(_SILENCE_S, connect=5, pool=60),
            limits=httpx.Limits(max_connections=32),
            trust_env=False,
        )

    async def stream(
        self,
        question: str,
        *,
        conversation_id: str | None,
        language: Spoken,
        hint: Language,
        filters: AskFilters,
        channel: str,
    ) -> AsyncIterator[Event]:
        body = {
            "question": question,
            "conversation_id": conversation_id,
            "language": language,
            "filters": filters.model_dump(mode="json"),
        }
        headers = {"Accept": "text/event-stream", "Accept-Language": hint, CHANNEL_HEADER: channel}
        if conversation_id:
            headers[CONVERSATION_HEADER] = conversation_id
        try:
            async with self._client.stream("POST", "/api/ask", json=body, headers=headers) as response:
                if response.status_code != 200:
                    await response.aread()
                    self._refuse(response)
                async for event in events_of(response):
                    yield event
        except (httpx.HTTPError, AskFailed) as error:
            raise self._down(error) from error

    async def answer(self, answer_id: str) -> Answer | None:
        body = await self._call("GET", f"/api/answers/{answer_id}")
        try:
            return None if body is None else Answer.model_validate(body)
        except ValidationError as error:
            raise self._down(error) from error

    async def search(
        self, query: str, kind: Kind | None, k: int, language: Language, types: Collection[str] = ()
    ) -> list[Found]:
        asked = {"q": query, "kind": kind or "", "k": k, "type": list(types)}
        body = await self._call("GET", "/api/search", params=asked, headers={"Accept-Language": language})
        try:
            return [
                Found(hit["kind"], hit["id"], hit["title"], hit["snippet"], hit["url"])
                for hit in (body or {})["hits"]
            ]
        except (KeyError, TypeError) as error:
            raise self._down(error) from error

    async def counts(self) -> Mapping[str, Mapping[str, int]]:
        body = await self._call("GET", "/api/search", params={"kind": "resource", "k": 1})
        facets: Mapping[str, Mapping[str, int]] = (body or {}).get("facets", {})
        return facets

    async def feedback(self, answer_id: str, verdict: Literal["up", "down"]) -> bool:
        body = {"answer_id": answer_id, "verdict": verdict}
        return await self._call("POST", "/api/feedback", json=body) is not None

    async def hand_over(self, answer_id: str, message: str | None) -> Handed | None:
        body = {"answer_id": answer_id, "message": message}
        response = await self._send("POST", "/api/handoff", json=body)
        if response.status_code == 404:
            return None
        told = self._read(response)
        return Handed(told["id"], told["conversation_id"], response.status_code == 201)

    async def replies(self, conversation_ids: Collection[str]) -> tuple[list[PersonReply], set[str]]:
        found, gone = [], set()
        for conversation_id in conversation_ids:
            body = await self._call("GET", f"/api/conversations/{conversation_id}")
            if body is None:
                gone.add(conversation_id)
                continue
            for one in body["replies"]:
                author = (one.get("author") or {}).get("name")
                citations = tuple(one.get("citations", ()))
                created = datetime.fromisoformat(one["created"])
                found.append(PersonReply(one["id"], conversation_id, author, one["text"], citations, created))
        return found, gone

    async def forget(self, conversation_ids: Collection[str]) -> None:
        for conversation_id in conversation_ids:
            await self._call("DELETE", f"/api/conversations/{conversation_id}")

    async def close(self) -> None:
        await self._client.aclose()

    async def _call(self, method: str, path: str, **given: Any) -> dict[str, Any] | None:
        """The JSON of the response, {} when it has none; None for 404."""
        response = await self._send(method, path, **given)
        return None if response.status_code == 404 else self._read(response)

    async def _send(self, method: str, path: str, **given: Any) -> httpx.Response:
        try:
            return await self._client.request(method, path, **given)
        except httpx.HTTPError as error:
            raise self._down(error) from error

    def _read(self, response: httpx.Response) -> dict[str, Any]:
        if response.status_code >= 400:
            self._refuse(response)
        if response.status_code == 204:
            return {}
        try:
            body: dict[str, Any] = response.json()
        except ValueError as error:
            raise self._down(error) from error
        return body

    def _refuse(self, response: httpx.Response) -> None:
        """Raises BackendDown for what may pass later, AnswerRefused for what will not."""
        try:
            code = str(response.json()["error"]["code"])
        except (ValueError, KeyError, TypeError):
            code = f"http_{response.status_code}"
        if response.status_code == 429 or response.status_code >= 500:
            after = response.headers.get("retry-after", "")
            raise BackendDown(
                f"Kewen at {self.base_url} refused: {code}.", float(after) if after.isdigit() else None
            )
        raise AnswerRefused(code)

    def _down(self, error: Exception) -> BackendDown:
        return BackendDown(
            f"Kewen at {self.base_url} (KEWEN_API_URL) does not answer ({type(error).__name__}). "
            "Is it running?"
        )
