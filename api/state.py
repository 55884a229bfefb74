"""What the routes share: the open Kewen, or why there is none yet."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.requests import Request

from api.errors import ApiError, unavailable
from api.hosts import Hosts
from api.limits import RateLimiter
from api.metrics import Metrics
from api.turns import Turns
from api.widget_desk import WidgetDesk

if TYPE_CHECKING:
    from assistant.access import Asker
    from retrieval.indexing import Progress
    from wiring import Kewen, View


def base_url(request: Request, state: ApiState) -> str:
    """The address that people see, without a slash at its end."""
    return state.public_url or str(request.base_url).rstrip("/")


@dataclass
class ApiState:
    """One application's shared objects.

    `kewen` is None while the index is opened or built; `failure` says in one sentence why that
    did not succeed, `progress` how far a build is. `closing` is set when the server begins to stop:
    streams then have `grace_s` seconds to end.
    """

    limiter: RateLimiter
    provinces: frozenset[str]
    turns: Turns = field(default_factory=lambda: Turns(4))
    """At questions and searches, which work long or wait for a model."""
    reading: Turns = field(default_factory=lambda: Turns(4))
    """At everything else that is counted; the same line where no question waits for a model."""
    hosts: Hosts = field(default_factory=lambda: Hosts("*"))
    public_url: str | None = None
    admin_email: str | None = None
    stamped: str | None = None
    """The edition of the catalogue whose records have their datestamps; see api/oai.py."""
    kewen: Kewen | None = None
    failure: str | None = None
    progress: Progress | None = None
    metrics: Metrics = field(default_factory=Metrics)
    widget: WidgetDesk = field(default_factory=WidgetDesk)
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    grace_s: float = 5.0
    signed_in_s: float = 12 * 3600
    """How long a browser stays signed in."""
    ping_s: float = 10.0
    shelves: dict[Any, Any] = field(default_factory=dict)
    """Lists of the pages, ready to be counted; see api/pages_browse.py."""

    def opened(self) -> Kewen:
        """Raises ApiError 503 while there is no index to answer from."""
        if self.kewen is not None:
            return self.kewen
        raise self.not_open()

    async def seen_by(self, asker: Asker) -> View:
        """Kewen as this asker sees it. Raises ApiError 503."""
        views = self.opened().views
        if (view := views.made(asker)) is not None:
            return view
        return await asyncio.to_thread(views.of, asker)

    def not_open(self) -> ApiError:
        if self.failure is not None:
            return unavailable("start_failed", reason=self.failure)
        if self.progress is not None:
            stage, done, total = self.progress.stage, self.progress.done, self.progress.total
            return unavailable(
                "index_not_ready", say_as="index_building", stage=stage, done=done, total=total
            )
        return unavailable("index_not_ready")
