"""What can go wrong while reading a corpus."""

from __future__ import annotations


class CorpusError(Exception):
    """The files of a corpus do not hold what they should.

    `complaints` has one sentence for each fault, in reading order; each names file, line and field.
    """

    code = "corpus_invalid"

    def __init__(self, complaints: list[str]) -> None:
        self.complaints = complaints
        shown = "\n".join(complaints[:20])
        more = f"\n… and {len(complaints) - 20} more" if len(complaints) > 20 else ""
        super().__init__(f"{shown}{more}")
