"""What can go wrong with a rule book."""

from __future__ import annotations

from corpus.errors import CorpusError


class RulebookInvalid(CorpusError):
    """A text is no rule book, or not a whole one. `complaints` name file, line and reason."""

    code = "rulebook_invalid"


class RulebookConflict(CorpusError):
    """Another text is stored as this version, or what is stored is not what was harvested."""

    code = "rulebook_conflict"
