"""`kewen harvest FILE`: whole rule books into the data folder, each as a version of its document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.documents.errors import DocumentRefused
from corpus.documents.quarantine import keep_record
from corpus.records import Corpus, Policy
from corpus.rulebooks.errors import RulebookConflict, RulebookInvalid
from corpus.rulebooks.matching import Match, match, own_id, plain_title
from corpus.rulebooks.parser import parse
from corpus.rulebooks.records import FullText
from corpus.rulebooks.shelf import FOLDER, Outcome, Rulebook, Shelf
from corpus.rulebooks.sources import Submitted, files_of, read_submitted


@dataclass(frozen=True, slots=True)
class Harvested:
    """One document of the file: what was read, where it belongs, what was or would be done."""

    text: FullText
    policy_id: str
    match: Match
    outcome: Outcome
    notes: tuple[str, ...]


def harvest(
    path: Path,
    data_dir: Path,
    corpus: Corpus,
    *,
    dry_run: bool = False,
    replace: bool = False,
    recognise: str | None = None,
) -> list[Harvested]:
    """Read every document of a file, or of all files of a folder, and keep all of them, or none.

    `recognise` names the languages by which scanned pages are read where tesseract is installed.

    Raises RulebookInvalid for what is no whole rule book, DocumentRefused for a file without a text that
    can be trusted, RulebookConflict for another text of a version that is stored, with every complaint;
    then nothing was written. `dry_run` writes nothing either.
    """
    shelf = Shelf(data_dir)
    stored = shelf.books()
    submitted: list[Submitted] = []
    bad: list[DocumentRefused | RulebookInvalid] = []
    for file in files_of(path):
        try:
            submitted += read_submitted(file, recognise=recognise)
        except DocumentRefused as refused:
            if not dry_run:
                keep_record(data_dir / FOLDER, file.name, file.read_bytes(), refused.complaints)
            bad.append(refused)
        except RulebookInvalid as invalid:
            bad.append(invalid)
    if bad:
        raise type(bad[0])([one for fault in bad for one in fault.complaints])
    texts = _parsed(submitted)
    taken = [(book.policy_id, book.text.title) for book in stored]
    found: list[Harvested] = []
    complaints: list[str] = []
    places: set[tuple[str, str]] = set()
    for one, text in zip(submitted, texts, strict=True):
        matched = match(text, corpus.policies)
        policy_id = matched.policy.id if matched.policy else text.given.id or own_id(text.title, taken)
        taken.append((policy_id, text.title))
        try:
            if (policy_id, text.version) in places:
                same = f"{one.where}: version {text.version} of {policy_id} is given twice; "
                fault = f"{same}keep one, or say `version:` or the dates of each."
                raise RulebookConflict([fault])
            outcome = shelf.outcome(policy_id, text, replace=replace)
        except RulebookConflict as conflict:
            complaints += conflict.complaints
            continue
        places.add((policy_id, text.version))
        notes = (*one.notes, *_notes(text, policy_id, matched, stored))
        found.append(Harvested(text, policy_id, matched, outcome, notes))
    if complaints:
        raise RulebookConflict(complaints)
    if not dry_run:
        for one, kept in zip(submitted, found, strict=True):
            original = (one.suffix, one.original) if one.original is not None else None
            if one.original is not None:
                keep_record(data_dir / FOLDER, one.origin, one.original, one.left_out)
            shelf.keep(kept.policy_id, kept.text, one.data, skip=one.skip, replace=replace, original=original)
    return found


def _parsed(submitted: Sequence[Submitted]) -> list[FullText]:
    texts: list[FullText] = []
    complaints: list[str] = []
    for one in submitted:
        try:
            texts.append(parse(one.data, one.given, origin=one.origin, skip=one.skip, where=one.where))
        except RulebookInvalid as invalid:
            # A page that could not be read explains what is missing.
            complaints += [*one.left_out, *invalid.complaints]
    if complaints:
        raise RulebookInvalid(complaints)
    return texts


def _notes(text: FullText, policy_id: str, matched: Match, stored: Sequence[Rulebook]) -> Iterator[str]:
    """What the operator should know: what was guessed, and what does not fit."""
    yield from text.warnings
    if text.version == "undated":
        yield "no date is stated, so it is in force on no day: give `issued:` or `effective:`"
    elif text.effective is None:
        yield f"the first day in force is not stated; it counts from its publication, {text.issued}"
    if text.rank is None and matched.policy is None:
        yield "its rank is not known and counts as that of an institution: give `rank:`"
    if matched.rivals:
        yield f"several documents fit ({', '.join(matched.rivals)}), so it stays alone: give `id:`"
    for book in stored:
        same = book.policy_id == policy_id and book.text.version != text.version
        if same and [one.text for one in book.text.articles] == [one.text for one in text.articles]:
            yield f"its articles are word for word those of version {book.text.version}: check the dates"


def report(found: Sequence[Harvested], *, dry_run: bool = False) -> Iterator[str]:
    """One line a document, its notes beneath, and what to do next."""
    for one in found:
        text = one.text
        outcome = f"would be {one.outcome}" if dry_run and one.outcome != "unchanged" else one.outcome
        count = len(text.numbered)
        extra = len(text.articles) - count
        more = f" and {extra} preamble or annex" if extra else ""
        guide = any(article.anchor.startswith("section") for article in text.articles)
        held = f"{text.title}: {count} {'sections' if guide else 'articles'}{more}"
        yield f"{outcome}  {one.policy_id}@{text.version}  {held}; {_place(one)}"
        for note in one.notes:
            yield f"    note: {note}"
    changed = sum(one.outcome != "unchanged" for one in found)
    if dry_run:
        yield f"{len(found)} read, {changed} would change. Nothing was written."
    elif changed:
        yield f"{len(found)} read, {changed} written. Run `kewen index` or restart the server to search them."
    else:
        yield f"{len(found)} read, nothing to do."


def _place(one: Harvested) -> str:
    policy: Policy | None = one.match.policy
    if policy is None:
        return "a document of its own"
    renamed = plain_title(policy.title.zh) != plain_title(one.text.title)
    return f"a version of {policy.title.zh}" + (f" (by {one.match.how})" if renamed else "")
