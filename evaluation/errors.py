"""What can go wrong while measuring."""

from __future__ import annotations


class EvaluationError(Exception):
    """A set, a baseline or a report cannot be used; the message says what, which value, what next."""

    code = "evaluation_failed"


class SetInvalid(EvaluationError):
    """The files of a set do not hold what they should; `complaints` has one sentence for each fault."""

    code = "set_invalid"

    def __init__(self, complaints: list[str]) -> None:
        self.complaints = complaints
        more = f"\n… and {len(complaints) - 20} more" if len(complaints) > 20 else ""
        super().__init__("\n".join(complaints[:20]) + more)


class AskFailed(EvaluationError):
    """The assistant gave no answer to one question; the item counts as failed."""

    code = "ask_failed"


class GateClosed(EvaluationError):
    """The figures are below the committed baseline."""

    code = "gate_closed"
