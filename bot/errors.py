"""What can go wrong between a chat app and the desk."""

from __future__ import annotations


class BotError(Exception):
    """Base of this package's errors; `code` is stable."""

    code = "bot_failed"


class BotMisconfigured(BotError):
    """A setting that the bot needs is missing or cannot be used."""

    code = "bot_misconfigured"


class BotTaken(BotError):
    """Another process runs this bot on the same data folder."""

    code = "bot_taken"


class Rejected(BotError):
    """A request that does not come from the platform: wrong secret, signature, time or form."""

    code = "bot_rejected"

    def __init__(self, reason: str, status: int = 401) -> None:
        self.status = status
        super().__init__(reason)


class BackendDown(BotError):
    """There is no answer now; `retry_after_s` is when to ask again, where that is known."""

    code = "backend_down"

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(message)


class AnswerRefused(BotError):
    """The question was not answered; `reason` is the stable code of why."""

    code = "answer_refused"

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"The question was not answered: {reason}.")


class SendFailed(BotError):
    """Base of what can happen to a message on its way to the platform."""

    code = "send_failed"


class SendLater(SendFailed):
    """The platform did not take it and says when, or we think when: `after_s`; None: back off."""

    code = "send_later"

    def __init__(self, message: str, after_s: float | None = None) -> None:
        self.after_s = after_s
        super().__init__(message)


class SendUnsure(SendFailed):
    """No acknowledgement came: the platform may have taken it."""

    code = "send_unsure"


class FormRefused(SendFailed):
    """The platform cannot read the form of the message; plain text may pass."""

    code = "form_refused"


class SendRefused(SendFailed):
    """The platform will never take this message."""

    code = "send_refused"


class ButtonsRefused(FormRefused):
    """The platform does not take the address of a button; the rest may pass."""

    code = "buttons_refused"


class SetUpWrong(SendFailed):
    """The platform refuses for what its administrator can change: the message waits until it is changed.

    `told` is what to do, without anything of the server's own; it is shown in /bots.
    """

    code = "set_up_wrong"

    def __init__(self, message: str, told: str) -> None:
        self.told = told
        super().__init__(message)


class OriginalGone(SendFailed):
    """The message that was to be changed is not there, or can no longer be changed."""

    code = "original_gone"


class ChatGone(SendFailed):
    """Nobody is there: the bot was blocked or removed, or the account is gone."""

    code = "chat_gone"
