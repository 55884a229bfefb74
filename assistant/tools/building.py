"""The tools over what answers questions of a view."""

from __future__ import annotations

from assistant.answering import Answerer
from assistant.evidence import Describer
from assistant.tools.box import Toolbox
from assistant.tools.conditions import Conditions
from assistant.writing.compared import CompareWriter
from assistant.writing.sets import SetWriter
from corpus.statements import Words
from corpus.vocabulary import Vocabulary
from retrieval.fields import Fields


def build_toolbox(answerer: Answerer, fields: Fields, vocabulary: Vocabulary) -> Toolbox:
    """What a language model and clients of /mcp may use; all of its parts see the same view."""
    records, words, describer = answerer.records, Words(vocabulary), Describer(vocabulary)
    return Toolbox(
        answerer,
        describer,
        Conditions(fields, answerer.values, vocabulary),
        SetWriter(records, describer, words),
        CompareWriter(records, describer, words),
    )
