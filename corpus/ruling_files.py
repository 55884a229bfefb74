"""`rulings/<policy-id>.yaml` joined to the articles it annotates."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import Field

from corpus.located_yaml import LocatedFile
from corpus.records import Policy, Resource
from corpus.rulings import Ruling
from corpus.texts import Record


class RulingFile(Record):
    """One file: article as the document names it -> its rulings."""

    articles: dict[str, tuple[Ruling, ...]] = Field(default={})


def with_rulings(
    record: Resource | Policy, rulings: RulingFile, file: LocatedFile, complain: Callable[[str], None]
) -> Resource | Policy:
    """The document with its annotations; complains about articles it has not, or has no digest of."""
    if not isinstance(record, Policy):
        complain(file.complaint((), f"{record.id!r} is a resource and has no articles; remove the file."))
        return record
    known = {article.no: article for article in record.articles}
    for no in rulings.articles:
        if no not in known:
            shown = f"it has {'、'.join(list(known)[:3])} …" if known else "it has none"
            complain(file.complaint(("articles", no), f"{record.id!r} has no article {no!r}; {shown}."))
        elif known[no].digest is None:
            fault = f"{no!r} of {record.id!r} has no digest for a ruling to rest on; write the digest first."
            complain(file.complaint(("articles", no), fault))
    articles = tuple(
        article.model_copy(update={"rulings": rulings.articles[article.no]})
        if article.no in rulings.articles
        else article
        for article in record.articles
    )
    return record.model_copy(update={"articles": articles})
