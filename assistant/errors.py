"""What can go wrong while answering."""

from __future__ import annotations

from collections.abc import Sequence


class AssistantError(Exception):
    """Base of this package's errors; `code` is stable."""

    code = "assistant_failed"


class QuestionInvalid(AssistantError):
    """The question cannot be answered as it stands: empty, too long or without a word."""

    code = "question_invalid"


class FilterInvalid(AssistantError):
    """A filter has a value that the catalogue does not know."""

    code = "filter_invalid"


class UnknownConversation(AssistantError):
    """There is no conversation with that id."""

    code = "conversation_unknown"


class ModelUnavailable(AssistantError):
    """The language model did not give a usable answer.

    `reason` is timeout, unreachable, quota, refused, declined (by its own filter), server_error, cut, empty,
    garbage, too_long, resting (left alone after failures) or allowance (its tokens of the day are spent);
    `retry_after_s` is set where the server would take the request again; `cause` is the closer one, for who
    keeps the endpoint (assistant/model/causes.py).
    """

    code = "model_unavailable"

    def __init__(
        self,
        message: str = "",
        *,
        reason: str = "failed",
        retry_after_s: float | None = None,
        cause: str | None = None,
    ) -> None:
        super().__init__(message)
        self.reason, self.cause = reason, cause
        self.retry_after_s = retry_after_s


class CuratedRefused(AssistantError):
    """A curated answer cannot be published as it stands; `reasons` says all that is wrong."""

    code = "curated_refused"

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("Not published. " + " ".join(reasons))
