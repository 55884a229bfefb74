"""Corpus and stored texts -> the corpus that answers: each text a dated version of its document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import chain

from corpus.disarming import disarmed
from corpus.loaders import corpus_digest
from corpus.records import (
    Corpus,
    Note,
    Policy,
    PolicyStatus,
    PolicyVersion,
    Source,
    Succession,
    Text,
    VersionArticle,
)
from corpus.rulebooks.amending import amended
from corpus.rulebooks.matching import match, plain_title
from corpus.rulebooks.records import FullText
from corpus.rulebooks.shelf import Rulebook
from corpus.versions import boundaries, first_day, in_order, last_day, version_on, with_words

_REPEALED = re.compile(r"((?:《[^《》]+》(?:[（(][^（）()]*[）)])?[、和及]?)+)(?:自[^。]{0,20})?同时废止")
NO_ISSUER = Text(zh="（文中未载）", en="(not stated in the text)")
_SCOPE = re.compile(r"适用(?:于)?本|适用本|(?:法|条例|办法|规定|细则)适用于|\b(?:applies|apply) to\b")


def join(corpus: Corpus, rulebooks: Iterable[Rulebook], today: date | None = None) -> Corpus:
    """The corpus with every stored text in it; the same corpus where there is none.

    A text that matches a document becomes a version of it, `Policy.versions`, oldest first; the words of
    the version in force `today` stand beside the digests, `Article.text`. Other texts become documents of
    their own without digests. Nothing is read from files. `today` None: the day of the call.
    """
    books = sorted(rulebooks, key=lambda book: (book.policy_id, book.text.version))
    if not books:
        return corpus
    day = today or date.today()
    homes: dict[str, list[Rulebook]] = {}
    for book in books:
        homes.setdefault(_home(book, corpus), []).append(book)
    repeals = _repeals(books)
    policies = [
        _with_versions(policy, homes.pop(policy.id), day, repeals) if policy.id in homes else policy
        for policy in corpus.policies
    ]
    for policy_id, own in homes.items():
        policies.append(_with_versions(_own_policy(policy_id, own), own, day, repeals, own=True))
    policies = amended(sorted(policies, key=lambda policy: policy.id), day)
    # What people wrote into a text is no more to be obeyed than what stands in a record.
    looked = [disarmed(policy) if policy.versions else (policy, []) for policy in policies]
    safe = tuple(policy for policy, _ in looked)
    return Corpus(
        resources=corpus.resources,
        policies=safe,
        digest=corpus_digest([*corpus.resources, *safe]),
        flags=(*corpus.flags, *(flag for _, flags in looked for flag in flags)),
        tombstones=corpus.tombstones,
    )


def _home(book: Rulebook, corpus: Corpus) -> str:
    """Its document, also one that joined the corpus after the harvest."""
    if isinstance(corpus.by_id.get(book.policy_id), Policy):
        return book.policy_id
    found = match(book.text, corpus.policies).policy
    return found.id if found else book.policy_id


def _repeals(books: Iterable[Rulebook]) -> dict[str, list[Succession]]:
    """Plain title -> what repealed it, from the closing words 《…》同时废止 of the stored texts."""
    found: dict[str, list[Succession]] = {}
    for book in books:
        text = book.text
        day = text.effective or text.issued
        for article in text.numbered[-3:] if day else ():
            for words in _REPEALED.findall(article.text):
                for name in re.findall(r"《([^《》]+)》", words):
                    if plain_title(name) != plain_title(text.title):
                        title = Text(zh=text.title, en=text.title)
                        one = Succession(title=title, date=day, policy_id=book.policy_id)
                        found.setdefault(plain_title(name), []).append(one)
    return found


def _with_versions(
    policy: Policy,
    books: Sequence[Rulebook],
    today: date,
    repeals: Mapping[str, Sequence[Succession]],
    *,
    own: bool = False,
) -> Policy:
    by = [one for name in (policy.title.zh, *policy.aliases) for one in repeals.get(plain_title(name), ())]
    versions = _timed(policy, [_version(policy, book, own=own) for book in books], today, by)
    policy = policy.model_copy(update={"versions": versions})
    current = version_on(policy, today)
    shown = current or (versions[-1] if own else None)
    changes: dict[str, object] = {"current": current.version if current else None}
    if shown:
        changes["articles"] = with_words(policy.articles, shown.articles)
        whole = not shown.missing_pages
        changes["coverage"] = "all" if whole else "key"
        if shown.recognised_pages:
            changes["notes"] = (*policy.notes, _recognised(shown.recognised_pages))
        last = max((one.number or 0 for one in shown.articles), default=0) or None
        changes["last_article"] = last if whole else None
    if own:
        changes |= _own_dates(versions, shown or versions[-1])
        changes["replaced_by"] = tuple(dict.fromkeys(by))
    return policy.model_copy(update=changes)


def _version(policy: Policy, book: Rulebook, *, own: bool) -> PolicyVersion:
    """As read; what the document's own record knows of that publication fills the gaps."""
    text = book.text
    effective = text.effective
    if effective is None and text.issued and not own:
        for issued, started in [
            *((one.date, one.effective) for one in policy.amendments),
            (policy.issued, policy.effective),
        ]:
            if issued and started and text.issued.startswith(issued):
                effective = started
                break
    return PolicyVersion(
        version=text.version,
        issued=text.issued,
        effective=effective,
        until=text.given.until,
        status=text.given.status or "unknown",
        doc_number=text.doc_number,
        source=book.source,
        sha256=text.sha256,
        missing_pages=text.missing_pages,
        recognised_pages=text.recognised_pages,
        articles=text.articles,
    )


def _timed(
    policy: Policy, versions: Sequence[PolicyVersion], today: date, repealed_by: Sequence[Succession]
) -> tuple[PolicyVersion, ...]:
    """With the day on which each gave way, and its status today."""
    ordered = in_order(versions)
    days = [day for one in ordered if (day := one.start)] + [one.date for one in repealed_by if one.date]
    days += boundaries(policy)
    if policy.expires:
        end = date.fromisoformat(first_day(policy.expires))
        days.append((end + timedelta(days=1)).isoformat())
    timed: list[PolicyVersion] = []
    for one in ordered:
        start = first_day(one.start) if one.start else ""
        later = sorted(day for day in days if start and first_day(day) > start)
        until = one.until or (later[0] if later else None)
        status = _status(policy, one, until, today)
        timed.append(one.model_copy(update={"until": until, "status": status}))
    return tuple(timed)


def _status(policy: Policy, version: PolicyVersion, until: str | None, today: date) -> PolicyStatus:
    iso = today.isoformat()
    if version.status in ("superseded", "repealed", "draft"):
        return version.status
    if until and first_day(until) <= iso:
        return "superseded"
    if version.start and first_day(version.start) > iso:
        return "not_yet_in_force"
    if version.status not in ("unknown", "not_yet_in_force"):
        return version.status
    return policy.status


def _own_policy(policy_id: str, books: Sequence[Rulebook]) -> Policy:
    """A document that the corpus does not describe, from its newest text."""
    newest = max(
        books, key=lambda book: (first_day(book.text.effective or book.text.issued or ""), book.text.version)
    )
    text = newest.text
    issuer = text.issuing_body
    plain = plain_title(text.title)
    aliases = dict.fromkeys(
        chain.from_iterable((book.text.title, *book.text.given.aliases) for book in books)
    )
    names = [*aliases, plain] if plain != text.title else list(aliases)
    origins = ", ".join(dict.fromkeys(book.text.origin for book in books))
    return Policy(
        id=policy_id,
        title=Text(zh=text.title, en=text.title),
        aliases=tuple(dict.fromkeys(name for name in names if name != text.title)),
        rank=text.rank or "institution",
        issuing_body=Text(zh=issuer, en=issuer) if issuer else NO_ISSUER,
        doc_number=text.doc_number,
        status="unknown",
        scope=_scope(text.articles) or _held(text),
        official_url=text.given.official_url,
        coverage="key" if text.missing_pages else "all",
        read="partial" if text.missing_pages else "full",
        sources=(
            Source(
                title=Text(
                    zh=f"本站运行者收录的全文（{origins}）", en=f"Full text harvested here ({origins})"
                )
            ),
        ),
        articles=(),
    )


def _recognised(pages: Sequence[int]) -> Note:
    listed = [str(page) for page in pages]
    zh = f"原件第{'、'.join(listed)}页是扫描件，所存文字由机器识别，可能有错字，引用前请核对原件。"
    en = f"Page {', '.join(listed)} of the file is a scan; a machine recognised its words: check the file."
    return Note(kind="caution", text=Text(zh=zh, en=en))


def _held(text: FullText) -> Text:
    count = len(text.numbered)
    guide = any(one.anchor.startswith("section") for one in text.articles)
    if text.missing_pages:
        pages = [str(page) for page in text.missing_pages]
        zh, en = "、".join(pages), ", ".join(pages)
        return Text(
            zh=f"收录{count}{'节' if guide else '条'}；原件第{zh}页无法识别，未收录。",
            en=f"{count} {'sections' if guide else 'articles'}; page {en} of the file could not be read.",
        )
    if guide:
        return Text(zh=f"全文收录，共{count}节。", en=f"Held in full, {count} sections.")
    return Text(zh=f"全文收录，共{count}条。", en=f"Held in full, {count} articles.")


def _scope(articles: Sequence[VersionArticle]) -> Text | None:
    """The paragraph that says what the document applies to, in its own words."""
    for article in articles[:6]:
        for part in article.parts:
            words = article.text[part.start : part.end]
            if _SCOPE.search(words):
                return Text(zh=words, en=words)
    return None


def _own_dates(versions: Sequence[PolicyVersion], shown: PolicyVersion) -> dict[str, object]:
    """Of the document: since its first stored text, and over where no text of it holds any more."""
    last = versions[-1]
    over = shown is last and last.until is not None
    return {
        "issued": shown.issued,
        "effective": shown.effective,
        "expires": last_day(last.until) if over and last.until else None,
        "status": shown.status,
    }
