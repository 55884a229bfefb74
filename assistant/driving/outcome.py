"""What the model decided, as a draft: the set it named told by code, its proven claims, duties once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from assistant import replies
from assistant.citations import Checked
from assistant.driving.driver import Driven
from assistant.driving.task import Task
from assistant.evidence import HOW_TO_APPLY
from assistant.numerals import Stated, numbers_in
from assistant.reading.query import Query
from assistant.records import Citation, Language
from assistant.sentences import MARKER, in_language
from assistant.tools.box import Toolbox
from assistant.writing.draft import Draft, shown_filters
from assistant.writing.texts import NOT_OURS
from assistant.writing.together import together
from corpus.addresses.finding import addresses_in, urls_in
from corpus.addresses.owning import address_key
from corpus.records import Policy, Resource
from corpus.suspicion import inert, visible
from retrieval.analysis import content_words, normalise

LONGEST_ASK = 160
LONGEST_CHIP = 80
_ENDS = ("?", "？")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer, how its question was taken, and whether the model's own words or choice stand in it."""

    draft: Draft
    query: Query
    by_model: bool
    withheld: bool = False


NotFound = Callable[[Query], Draft]


def outcome_of(driven: Driven, task: Task, box: Toolbox, not_found: NotFound) -> Outcome | None:
    """The answer that the model decided on; None where nothing of it can be shown.

    `not_found` writes what is told where nothing answers. Raises SearchFailed, EmbeddingFailed.
    """
    head, language = driven.head, task.language
    if head.status == "draft" and driven.checked is None:
        return Outcome(task.draft, task.query, False)
    if head.status == "declined":
        chips = tuple(one.in_(language) for one in replies.OPENERS)
        return Outcome(Draft("declined", NOT_OURS.in_(language), follow_ups=chips), task.query, True)
    section, query = _section(driven, task, box)
    checked = driven.checked
    if checked is not None and (checked.verdict == "use_composer" or _says_less(checked, task)):
        checked = None
    ask = _asked(head.ask, task, driven, box)
    chips = tuple(
        one for one in (_asked(chip, task, driven, box, chip=True) for chip in head.follow_ups) if one
    )
    withheld = driven.checked is not None and bool(driven.checked.removed)
    if checked is None and section is None:
        if head.status == "clarify":
            text = ask or replies.CLARIFY_SUBJECT.in_(language)
            draft = Draft("clarify", text, follow_ups=chips, filters=shown_filters(task.query.filters))
            return Outcome(replace(draft, shown=task.draft.shown, places=task.draft.places), query, True)
        if head.status == "not_found" and driven.checked is None:
            if task.draft.status == "not_found":
                return Outcome(task.draft, task.query, False)
            return Outcome(not_found(task.query), task.query, False)
        return None
    parts = [section] if section is not None else []
    if checked is not None:
        claimed = _claimed(checked, driven, task, box, head.status)
        query = replace(query, as_of=query.filters.as_of or _day(driven.as_of))
        in_time = box.in_time(query, claimed.places)
        parts += [in_time] if in_time.text else []
        parts.append(claimed)
    draft = together([task.question] * len(parts), parts, language, headed=False)
    lines = [draft.text]
    if ask and head.status == "clarify":
        lines.append(ask)
    if head.status == "not_found" and section is None:
        lines.append(replies.SEARCHED.in_(language) + ("。" if language == "zh" else "."))
        lines.append(replies.WAY_ON.in_(language))
    lines += _duties(draft.citations, draft.text, language) if checked is not None else []
    status = "not_found" if head.status == "not_found" and section is None else "answered"
    draft = replace(
        draft,
        status=status,  # type: ignore[arg-type]
        text="\n".join(lines),
        follow_ups=chips or (section.follow_ups if section is not None else ()),
        filters=shown_filters(query.filters),
        set=section.set if section is not None else None,
    )
    return Outcome(draft, query, True, withheld)


def _says_less(checked: Checked, task: Task) -> bool:
    """True for whole statements alone that the deterministic answer tells as well: it words them better."""
    told = {one.id for one in task.draft.citations}
    only = not (checked.own or checked.exact) and {one.id for one in checked.citations} <= told
    return only and task.draft.status == "answered"


def _section(driven: Driven, task: Task, box: Toolbox) -> tuple[Draft | None, Query]:
    """The set that the model named, told by code, and the question as one for that set."""
    name = driven.head.set
    if name == "draft" and task.draft.set is not None:
        return task.draft, task.query
    found = driven.book.sets.get(name)
    if found is None:
        return None, task.query
    if found.compared:
        query = replace(task.query, operation="compare")
        return box.side_by_side(query, found, driven.head.fields), query
    if found.set is None or not box.tells(found, task.said):
        return None, task.query
    wants = task.query.operations
    counts = wants.get("count", 0.0) > wants.get("list", 0.0) and len(found.set.ids) > 1
    query = replace(task.query, operation="count" if counts else "list", conditions=found.set.conditions)
    return box.listed(query, found), query


def _claimed(checked: Checked, driven: Driven, task: Task, box: Toolbox, status: str) -> Draft:
    """The proven claims as a draft, with the cards of the resources that they cite."""
    checked = _led(checked)
    ids = tuple(dict.fromkeys(one.id for one in checked.citations))
    records = [record for one in ids if (record := box.record(one)) is not None]
    resources = [one for one in records if isinstance(one, Resource)]
    places = tuple(
        dict.fromkeys((one.id, part) for one in checked.citations if (part := _part(one, box)) is not None)
    )
    return Draft(
        "not_found" if status == "not_found" else "answered",
        checked.text,
        checked.citations,
        tuple(box.card(one, task.language) for one in resources),
        shown=tuple(one.id for one in resources) or ids,
        offered=tuple(one.id for one in resources) if len(resources) > 1 else (),
        places=places,
    )


def _led(checked: Checked) -> Checked:
    """With a citation that leads there for each further address of a record that the text tells."""
    text, citations = checked.text, list(checked.citations)
    for url in dict.fromkeys(urls_in(text)):
        known = {address_key(one) for c in citations for one in (c.url, c.source_url) if one}
        of = next((one for one in citations if url in one.quote), None)
        if address_key(url) in known or of is None:
            continue
        number = len(citations) + 1
        at = text.find(f"[{of.number}]", text.find(url))
        at = text.find(url) + len(url) if at < 0 else at + len(f"[{of.number}]")
        blank = "" if text[at - 1] == "]" else " "
        text = f"{text[:at]}{blank}[{number}]{text[at:]}"
        citations.append(of.model_copy(update={"number": number, "source_url": url}))
    return replace(checked, text=text, citations=tuple(citations))


def _part(citation: Citation, box: Toolbox) -> str | None:
    """The key of the article that is cited; None for what is no article of today."""
    record = box.record(citation.id)
    article = record.article(citation.locator) if isinstance(record, Policy) else None
    return article.key if article is not None else None


def _duties(citations: tuple[Citation, ...], text: str, language: Language) -> Iterator[str]:
    """What must be told beside, in one line: not the site's own route, a digest, no legal advice."""
    told: list[str] = []
    common = replies.COMMON_ROUTE.in_(language)
    if any(one.locator == HOW_TO_APPLY and common in one.quote for one in citations):
        told.append(common)
    rules = [one for one in citations if one.kind == "policy"]
    if any(one.quote_kind == "digest" and one.locator != "document" for one in rules):
        told.append(replies.DIGEST_ONLY.in_(language))
    if rules:
        told.append(replies.NOT_LEGAL_ADVICE.in_(language))
    said = MARKER.sub("", text)
    told = [one for one in told if one.rstrip("。. ") not in said]
    if told:
        yield ("" if language == "zh" else " ").join(told)


def _day(said: str | None) -> str | None:
    try:
        return str(date.fromisoformat(said)) if said else None
    except ValueError:
        return None


def _asked(said: str, task: Task, driven: Driven, box: Toolbox, *, chip: bool = False) -> str:
    """A question of the model to the asker, or a chip; empty where it may not be shown: it must state nothing
    that is new, so it ends as a question does, and holds no address, number or word of its own."""
    text = " ".join(MARKER.sub("", inert(visible(said))).split())
    if not text or len(text) > (LONGEST_CHIP if chip else LONGEST_ASK):
        return ""
    if addresses_in(text) or not in_language(text, task.language):
        return ""
    if not chip and (not text.endswith(_ENDS) or any(stop in text[:-1] for stop in ("。", "！", "!", ". "))):
        return ""
    stated = Stated([task.said, task.draft.text, *(f"{one.title} {one.locator} {one.quote}"
                                                  for one in driven.book.citations())])  # fmt: skip
    if any(not stated.holds(one) for one in numbers_in(text)):
        return ""
    rest = " ".join(word for word in content_words(text) if word not in normalise(task.said))
    return text if box.says(rest) else ""
