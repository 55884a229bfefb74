"""What Prometheus is told of the bots: updates, refusals, times, and how sending went."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram

_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)


class BotMetrics:
    """Counters of every channel of one process, in the registry given."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._updates = Counter(
            "kewen_bot_updates",
            "Updates taken; `again` are those that were known.",
            ("channel", "kind"),
            registry=registry,
        )
        self._refusals = Counter(
            "kewen_bot_refusals",
            "What was not answered, and requests that were not the platform's.",
            ("channel", "reason"),
            registry=registry,
        )
        self._sends = Counter(
            "kewen_bot_sends",
            "Messages: sent, edited, later (told to wait), unsure (no acknowledgement came, sent again), "
            "plain (form refused), set_up (waits until the set-up is changed), refused, gone.",
            ("channel", "outcome"),
            registry=registry,
        )
        self._seconds = Histogram(
            "kewen_bot_seconds",
            "From taking an update to the acknowledgement of the last message that answers it.",
            ("channel",),
            buckets=_SECONDS,
            registry=registry,
        )

    def update(self, channel: str, kind: str) -> None:
        self._updates.labels(channel, kind).inc()

    def refusal(self, channel: str, reason: str) -> None:
        self._refusals.labels(channel, reason).inc()

    def send(self, channel: str, outcome: str) -> None:
        self._sends.labels(channel, outcome).inc()

    def answered(self, channel: str, seconds: float) -> None:
        self._seconds.labels(channel).observe(seconds)
