"""What a document says of itself, and each article of it clause by clause."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from corpus.records import Article, Policy, Succession
from corpus.statements.cutting import cut
from corpus.statements.records import Field, Statement
from corpus.statements.words import LABELS, Words
from corpus.texts import Language

SUMMARY = "summary"
_LANGUAGES: tuple[Language, ...] = ("zh", "en")
_HAN = re.compile(r"[\u3400-\u9fff]")


def statements_of_policy(record: Policy, words: Words) -> Iterator[Statement]:
    """The statements of a document: about itself, then of its articles of today in their order."""
    for language in _LANGUAGES:
        yield from _about(record, words, language)
    for article in record.articles:
        yield from statements_of_article(record, article)


def statements_of_article(record: Policy, article: Article) -> Iterator[Statement]:
    """Clauses of a digest where it was annotated, else its pieces; then the stored words, piece by piece."""
    heading = {language: record.title.in_(language) for language in _LANGUAGES}
    if article.digest is not None:
        for language in _LANGUAGES:
            stem = f"{record.id}#{article.key}:{language}:s"
            if article.clauses:
                for number, clause in enumerate(article.clauses, 1):
                    said = clause.in_(language)
                    yield _statement(
                        f"{stem}{number}", record, article, language, heading[language], said.quote, number,
                        aspects=clause.aspects, operator=clause.operator, clause=said, checked=True,
                    )  # fmt: skip
            else:
                for number, piece in enumerate(cut(article.digest.in_(language)), 1):
                    yield _statement(
                        f"{stem}{number}", record, article, language, heading[language], piece, number
                    )
    elif article.text is not None:
        yield from _verbatim(record, article)


def _verbatim(record: Policy, article: Article) -> Iterator[Statement]:
    text = article.text or ""
    language: Language = "zh" if _HAN.search(text) else "en"
    for number, piece in enumerate(cut(text), 1):
        id_ = f"{record.id}#{article.key}:{language}:s{number}"
        yield _statement(id_, record, article, language, record.title.in_(language), piece, number)


def _statement(
    id_: str,
    record: Policy,
    article: Article,
    language: Language,
    title: str,
    quote: str,
    number: int,
    **rest: object,
) -> Statement:
    return Statement(
        id=id_,
        record_id=record.id,
        kind="policy",
        part=article.key,
        locator=article.no,
        field="article",
        language=language,
        title=title,
        label=article.no,
        quote=quote,
        number=number,
        **rest,  # type: ignore[arg-type]
    )


def _about(record: Policy, words: Words, language: Language) -> Iterator[Statement]:
    counts: dict[str, int] = {}

    def one(field: Field, label: str, quote: str, *aspects: str) -> Statement:
        number = counts[field] = counts.get(field, 0) + 1
        return Statement(
            id=f"{record.id}#{SUMMARY}:{language}:s:{field}{number}",
            record_id=record.id,
            kind="policy",
            part=SUMMARY,
            locator="document",
            field=field,
            language=language,
            title=record.title.in_(language),
            label=label,
            quote=quote,
            aspects=aspects,
            checked=True,
            number=number,
        )

    zh = language == "zh"
    issued = [record.issuing_body.in_(language), record.doc_number, record.issued]
    yield one("document", "发布" if zh else "Issued", _joined(issued, language), "issuer")
    status = [words.label("statuses", record.status, language)]
    status += [("施行 " if zh else "in force from ") + record.effective] if record.effective else []
    status += [("失效 " if zh else "until ") + record.expires] if record.expires else []
    if record.status_note:
        status.append(record.status_note.in_(language))
    yield one("document", "效力" if zh else "Status", _joined(status, language), "validity")
    yield one("document", "位阶" if zh else "Rank", words.label("ranks", record.rank, language), "issuer")
    yield one("scope", LABELS["scope"].in_(language), record.scope.in_(language), "scope")
    for amendment in record.amendments:
        told = [amendment.by, amendment.date, amendment.effective]
        told.append(amendment.change.in_(language) if amendment.change else None)
        yield one("amendment", LABELS["amendment"].in_(language), _joined(told, language), "validity")
    before, after = ("代替", "被代替") if zh else ("Replaces", "Replaced by")
    for label, successions in ((before, record.replaces), (after, record.replaced_by)):
        for succession in successions:
            yield one("succession", label, _succession(succession, language), "validity")
    if record.last_article:
        told_count = f"全文共 {record.last_article} 条" if zh else f"{record.last_article} articles in all"
        yield one("document", "篇幅" if zh else "Length", told_count, "wording")
    for note in record.notes:
        if note.kind in ("caution", "contradiction"):
            yield one("note", LABELS["note"].in_(language), note.text.in_(language))


def _succession(one: Succession, language: Language) -> str:
    return _joined([one.title.in_(language), one.doc_number, one.date], language)


def _joined(parts: Sequence[str | None], language: Language) -> str:
    return ("，" if language == "zh" else ", ").join(part for part in parts if part)
