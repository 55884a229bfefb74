"""What can go wrong with a file."""

from __future__ import annotations

from corpus.errors import CorpusError


class DocumentRefused(CorpusError):
    """Nothing of a file can be read, or nothing of it can be trusted. `complaints` name file and reason."""

    code = "document_refused"


class Unreadable(ValueError):
    """Raised by a reader in its process; says what is wrong and what to do, not with which file."""
