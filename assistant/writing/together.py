"""One answer of several: the questions of one message, answered in order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.records import Citation, Language
from assistant.replies import PAUSE
from assistant.writing.draft import Draft
from assistant.writing.texts import PART_OF_MESSAGE
from corpus.addresses.finding import without_addresses

_MARKER = re.compile(r"\[(\d+)\]")
_LISTED = re.compile(r"\d+\. ")
_UNSHOWN = re.compile(r"\b[a-z]+:(?=\S)|[A-Za-z0-9+/=_-]{25,}|[!\[\]<>{}|`*\\]", re.I)
_LABEL = re.compile(r"^(?:\d{1,2}[.、]\s*|[^：:；;]{1,40}(?:：|: ))")

_Book = dict[tuple[str, str, str, str | None], Citation]


def together(
    questions: Sequence[str], drafts: Sequence[Draft], language: Language, *, headed: bool | None = None
) -> Draft:
    """One draft, its citations numbered through; what two answers say of one record is told once.

    Each answer stands below its question, but where all are about one record, unless `headed` is given.
    """
    about = {draft.shown[:1] for draft in drafts}
    headed = len(about) > 1 or () in about if headed is None else headed
    some = any(draft.status == "answered" for draft in drafts)
    text: list[str] = []
    book: _Book = {}
    said: set[tuple[tuple[str, ...], str]] = set()  # phrases, of whom
    for place, (question, draft) in enumerate(zip(questions, drafts, strict=True), 1):
        lines = []
        by_number = {citation.number: citation for citation in draft.citations}
        told = draft.text.split("\n")
        if draft.status == "not_found" and some:
            told = told[: draft.lead]  # why; where else to look is said by none of several answers
        of = draft.shown[:1] if draft.resources else ()
        headings: list[str] = []
        own: set[tuple[tuple[str, ...], str]] = set()
        for line in told:
            short = line if headed else _without_name(line, draft, text)
            bare = _MARKER.sub("", _without_name(line, draft, [line]))
            if bare.endswith(("：", ":")):  # stands only with what follows it
                headings.append(short)
                continue
            phrases = {(of, one) for one in _phrases(bare)}
            own |= {(of, bare), *phrases}
            known = (of, bare) in said or (len(phrases) > 1 and phrases <= said)
            # Articles of one document follow the line that names it, and a list is whole: none is left out.
            if known and not draft.places and not (draft.set and _LISTED.match(bare)):
                continue
            if place > 1:
                line = short
            for one in (*headings, line):
                numbers = iter([_numbered(by_number[int(n)], book) for n in _MARKER.findall(one)])
                lines.append(_MARKER.sub(lambda _, numbers=numbers: next(numbers), one))  # type: ignore[misc]
            headings = []
        said |= own
        if lines and headed:
            lines.insert(0, PART_OF_MESSAGE.in_(language).format(n=place, question=shown_question(question)))
        if lines:
            text.append("\n".join(lines))
    statuses = [draft.status for draft in drafts]
    status = next((one for one in ("answered", "clarify", "not_found") if one in statuses), "declined")
    return replace(
        drafts[-1],
        status=status,  # type: ignore[arg-type]
        text=("\n\n" if headed else "\n").join(text),
        citations=tuple(book.values()),
        resources=tuple({card.id: card for draft in drafts for card in draft.resources}.values()),
        shown=tuple(dict.fromkeys(i for draft in drafts for i in draft.shown)),
        set=next((draft.set for draft in reversed(drafts) if draft.set is not None), None),
    )


def _phrases(line: str) -> list[str]:
    """What a line says, without its number or label: a list of steps says the same in one line."""
    return [one.strip(" 。.") for one in re.split("[；;]", _LABEL.sub("", line, count=1))]


def _without_name(line: str, draft: Draft, before: Sequence[str]) -> str:
    """A line without the name of the record, where the answers before it say it."""
    for card in (one for one in draft.resources[:1] if any(one.name in told for told in before)):
        for joint in ("，", " — "):
            if line.startswith(f"{card.name}{joint}"):
                return line[len(card.name) + len(joint) :]
    return line


def shown_question(question: str) -> str:
    """A question as an answer repeats it: no address of the asker's, no markup, no marker of a citation."""
    return " ".join(_UNSHOWN.sub(" ", without_addresses(question)).split())


def echoed(words: Sequence[str], language: Language) -> str:
    """Words of the asker's as an answer repeats them, side by side."""
    return PAUSE.in_(language).join(filter(None, map(shown_question, words)))


def _numbered(citation: Citation, book: _Book) -> str:
    """[n] of a citation among those of all answers."""
    key = (citation.id, citation.locator, citation.quote, citation.source_url)
    if key not in book:
        book[key] = citation.model_copy(update={"number": len(book) + 1})
    return f"[{book[key].number}]"
