"""What Prometheus is told: requests, latencies, answers, tokens."""

from __future__ import annotations

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest

from assistant.records import Answer

_SECONDS = (0.005, 0.01, 0.02, 0.04, 0.08, 0.12, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """Counters of one application, in a registry of their own."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "kewen_requests",
            "Requests answered.",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "kewen_request_seconds",
            "Time from request to the end of the response.",
            ("route",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._answers = Counter(
            "kewen_answers",
            "Answers given.",
            ("channel", "status", "generated_by"),
            registry=self._registry,
        )
        self._tokens = Counter(
            "kewen_llm_tokens",
            "Tokens that language models read and wrote.",
            ("model", "direction"),
            registry=self._registry,
        )

        self._calls = Counter(
            "kewen_llm_calls",
            "Calls of language models; outcome is ok, cancelled or why it failed.",
            ("model", "outcome"),
            registry=self._registry,
        )

    @property
    def registry(self) -> CollectorRegistry:
        """Where others of this process may count what they do."""
        return self._registry

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def answer(self, channel: str, answer: Answer) -> None:
        self._answers.labels(channel, answer.status, answer.generated_by).inc()

    def llm_call(self, model: str, outcome: str, read: int, written: int) -> None:
        """One call that has ended, with the tokens its server counted."""
        self._calls.labels(model, outcome).inc()
        self._tokens.labels(model, "read").inc(read)
        self._tokens.labels(model, "written").inc(written)

    def exposition(self) -> bytes:
        """The text that Prometheus reads."""
        return generate_latest(self._registry)
