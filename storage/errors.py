"""What can go wrong while remembering."""

from __future__ import annotations


class StorageError(Exception):
    """Base of this package's errors; `code` is stable."""

    code = "storage_failed"


class SchemaNewer(StorageError):
    """The database was written by a newer Kewen."""

    code = "storage_newer"


class StorageUnavailable(StorageError):
    """The database cannot be reached, opened or written."""

    code = "storage_unavailable"


class RecordUnknown(StorageError):
    """There is no row with that id."""

    code = "record_unknown"

    def __init__(self, kind: str, record_id: str) -> None:
        self.kind = kind
        self.record_id = record_id
        super().__init__(f"There is no {kind} {record_id!r}.")


class TicketFull(StorageError):
    """So much was added to an open ticket that nothing more is taken."""

    code = "ticket_full"

    def __init__(self, ticket_id: str, limit: int) -> None:
        self.ticket_id = ticket_id
        self.limit = limit
        super().__init__(f"Ticket {ticket_id} has {limit} messages already, and no more are kept.")


class AccountInvalid(StorageError):
    """A name or password that no account may have, or a name that one has already."""

    code = "account_invalid"


class TicketTaken(StorageError):
    """Somebody else has the ticket in hand, nobody has, or it is closed."""

    code = "ticket_taken"

    def __init__(self, ticket_id: str, state: str, owner: str | None) -> None:
        self.ticket_id = ticket_id
        self.state = state
        self.owner = owner
        super().__init__(f"Ticket {ticket_id} is {state}, in the hands of {owner or 'nobody'}.")
