"""Statements as cited lines: the quote, its marker, and the one plain mark of how far it was checked."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant import replies
from assistant.evidence import Describer, Evidence, EvidenceBook
from assistant.records import Language
from corpus.records import Policy, Resource
from corpus.statements import Statement, Words, statements_of

_ADDRESS = re.compile(r"https?://[^\s；，。、）)]+")


class Marker:
    """Cites statements of records and articles in one book."""

    def __init__(self, describer: Describer, words: Words, book: EvidenceBook, language: Language) -> None:
        self._describer, self._words, self.book, self.language = describer, words, book, language

    def cite(self, record: Resource | Policy, statement: Statement) -> str:
        """[n] of what the statement stands in: a field of a record, an article, a document."""
        if isinstance(record, Resource):
            return self.book.cite(self._field(record, statement))
        article = record.article(statement.part) if statement.field == "article" else None
        if article is not None:
            return self.book.cite(self._describer.article_evidence(record, article, self.language))
        return self.book.cite(self._describer.document_evidence(record, self.language))

    def _field(self, record: Resource, statement: Statement) -> Evidence:
        told = [
            one
            for one in statements_of(record, self._words)
            if one.field == statement.field and one.language == statement.language
        ]
        address = address_in(statement)
        if statement.field == "how_to_apply":
            quote = "\n".join(f"{one.number}. {one.quote}" for one in told)
            if record.how_to_apply and record.how_to_apply.common_route:
                quote += f"\n{replies.COMMON_ROUTE.in_(self.language)}"
        else:
            quote = statement.quote if address else "\n".join(one.quote_in(self.language) for one in told)
        locator = statement.field if statement.field != "details" else "overview"
        return Evidence(
            kind="resource",
            id=record.id,
            title=record.name.in_(self.language),
            locator=locator,
            quote=quote,
            url=f"/resources/{record.id}",
            source_url=address or record.url,
        )


def address_in(statement: Statement) -> str | None:
    """The address that a statement tells: what it cites must lead there."""
    found = _ADDRESS.search(statement.quote)
    return found[0] if found else None


def joined(quotes: Sequence[str], language: Language) -> str:
    """Several quotes of one field in one line."""
    return ("；" if language == "zh" else "; ").join(one.rstrip("。.；;") for one in quotes)
