"""The resources that a question sets side by side: named, told by what they are, or of the talk."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from assistant.finding.candidates import Records
from assistant.reading.query import Query
from assistant.reading.roles import Marked, Span
from corpus.records import Resource
from retrieval.analysis import content_words
from retrieval.mentions import Mention

MOST = 5
NAMED = 0.15
"""Likelihood from which the wording sets what it names beside others."""
PLAINLY = 0.6
"""Likelihood from which what nothing is found for is a thing that is named, and not held."""
CERTAIN = 0.9
"""Confidence of a name that is said as its record is called."""
_NAME = re.compile(r"[A-Z]|[\u3400-\u9fff]{3}")
"""What a name that nothing bears has: a capital letter, or three characters of Chinese in a row."""
_LINKS = re.compile(r"\s*(?:那[个家边台座所]?的?|里?的)\s*|\s+(?:in|at|of|from)(?:\s+the)?\s+")
"""What stands between a thing and where or whose it is."""
Search = Callable[[str, str, str], Sequence[str]]
"""Ids of the resources that a phrase may mean in a question about something beside others, best first."""


def things_of(
    query: Query,
    marked: Marked,
    records: Records,
    search: Search,
    placed: Callable[[str], frozenset[str] | None],
    talked: Sequence[str] = (),
) -> tuple[list[str], list[str]]:
    """Ids in the order of the question, and what is named beside them that is not held, as it is called;
    `placed` gives the resources that are where a phrase says; `talked` are those of the talk, best first,
    whose first is meant beside the only one that is named."""
    spans = sides(marked)
    about = " ".join(one.text for one in spans if one.role in ("topic", "kind") and not one.out)
    found: dict[int, str] = {}
    missing: list[str] = []
    beside: dict[str, float] = {}
    named = named_resources(query, records)
    typed = {one.record_id for one in query.mentions if one.surface in query.question}
    if len(typed.intersection(named)) > 1:  # what the talk brought is not set beside them
        named = [id_ for id_ in named if id_ in typed]
    for id_ in named:
        said = [one for one in query.mentions if one.record_id == id_]
        found.setdefault(min((one.start for one in said), default=-1), id_)
        beside[id_] = max((marked.role(one.start, one.end)["named"] for one in said), default=1.0)
    if sum(chance >= NAMED for chance in beside.values()) > 1:  # else the wording tells nothing
        found = {place: id_ for place, id_ in found.items() if beside[id_] >= NAMED}
    things = [one for one in spans if one.role == "named" and not one.out]
    surfaces = {one.surface for one in query.mentions}
    bearing: dict[int, set[str]] = {}
    for one in query.mentions:
        bearing.setdefault(one.start, set()).add(one.record_id)
    sure = [one for one in query.mentions if one.confidence >= CERTAIN]
    own = {one.start for one in sure if len(bearing[one.start]) < 2}  # names that no other record bears
    for span in things:  # what is elsewhere only bears the same kind of name
        inside = placed(span.text) if span.text.strip() not in surfaces else None
        held = [at for at in found if inside is not None and span.start <= at < span.end if at not in own]
        found = {at: i for at, i in found.items() if at not in held or (inside and i in inside)}
    for span in things:
        names = [one for one in query.mentions if one.start < span.end and span.start < one.end]
        known = {one.record_id for one in names} & set(found.values())
        if known or not content_words(span.text):
            more = _others(names, found.values(), records)
            if more and not any(span.start <= at < span.end for at in found):  # others bear the name as well
                found[span.start] = more[0]
            continue
        others = " ".join(one.text for one in spans if one.role == "named" and one != span)
        meant = search(span.text, about, others)
        if (new := next((id_ for id_ in meant if id_ not in found.values()), None)) is not None:
            found[span.start] = new
        elif not meant and _NAME.search(span.text) and marked.role(span.start, span.end)["named"] > PLAINLY:
            missing.append(span.text.strip())
    ordered = [found[place] for place in sorted(found)]
    if len(ordered) == 1 and not missing:  # "the two brain banks"
        ordered += _others([one for one in query.mentions if one.start in found], ordered, records)
    if len(ordered) == 1 and not missing:
        ordered += [i for i in talked if i not in ordered and isinstance(records.get(i), Resource)][:1]
    return ordered[:MOST], missing


def sides(marked: Marked) -> tuple[Span, ...]:
    """The spans of a question; a thing and where or whose it is are one: 「武大那个CCTCC」, "the lab in
    Hefei"."""
    made: list[Span] = []
    for one in marked.spans():
        before = made[-1] if made else None
        named = before is not None and before.role == one.role == "named" and before.out == one.out
        if before is not None and named and _LINKS.fullmatch(marked.text[before.end : one.start]):
            made[-1] = replace(one, text=marked.text[before.start : one.end], start=before.start)
        else:
            made.append(one)
    return tuple(made)


def _others(mentions: Sequence[Mention], found: Collection[str], records: Records) -> list[str]:
    """The resources that bear the names of some mentions as well, the likeliest first, without those that
    are found."""
    likely = sorted(mentions, key=lambda one: -one.confidence)
    ids = dict.fromkeys(one.record_id for one in likely if isinstance(records.get(one.record_id), Resource))
    return [one for one in ids if one not in found]


def count_of(query: Query, marked: Marked, records: Records) -> int:
    """How many resources a question sets beside others, by their names or told by what they are."""
    ids = named_resources(query, records)
    ends = [(one.start, one.end) for one in query.mentions if one.record_id in ids]
    told = [one for one in marked.spans() if one.role == "named" and not one.out]
    return len(ids) + sum(not any(a < one.end and one.start < b for a, b in ends) for one in told)


def plainly_named(marked: Marked) -> int:
    """How many things the wording plainly sets beside each other."""
    named = (one for one in sides(marked) if one.role == "named" and not one.out)
    return sum(marked.role(one.start, one.end)["named"] > PLAINLY for one in named)


def named_resources(query: Query, records: Records) -> list[str]:
    """Records of the catalogue that a question names, surely or perhaps, in its order; one a place."""
    spans: dict[tuple[int, int], str] = {}
    for one in sorted(query.mentions, key=lambda m: -m.confidence):
        if isinstance(records.get(one.record_id), Resource):
            spans.setdefault((one.start, one.end), one.record_id)
    ordered = [spans[span] for span in sorted(spans)]
    kept = [i for i in query.subjects if isinstance(records.get(i), Resource) and i not in ordered]
    return list(dict.fromkeys([*kept, *ordered]))
