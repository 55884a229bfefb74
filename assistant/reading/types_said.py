"""The types that a question calls the things of a set by, and the part of the catalogue that it counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from assistant.numerals import numbers_in
from assistant.reading.negation import joined
from assistant.reading.query import Condition
from assistant.reading.roles import Marked, Span
from assistant.reading.spans import bare_gap, joins, overlap
from assistant.reading.values import Values
from assistant.reading.wording import MEANT, PAUSES, Wording
from retrieval.fields import NAME

PART = 0.7
"""Share of a word for a kind that a type must explain to be meant by it."""
_LEAD = 24
"""Characters before a word for a kind in which the asker may tell how many there are."""


class Types:
    """Reads types against the values of one corpus."""

    def __init__(self, values: Values, wording: Wording) -> None:
        self._values, self._wording = values, wording

    def said(
        self, named: Sequence[Condition], marked: Marked, mentions: Sequence[tuple[int, int]]
    ) -> list[Condition]:
        """The types that things of the set are called by, where the heads heard none."""
        if types := [one for one in named if one.field == "type"]:
            return self._joined(types, marked.text)
        known = [(one.start, one.end) for one in named if one.field in ("rank", "status")]
        known += mentions
        return [
            Condition(
                "type",
                one.value,
                self._wording.out(one.start, one.end, marked),
                one.surface,
                one.start,
                one.end,
            )
            for one in self._values.find(marked.text)
            if one.field == "type" and not any(overlap(one, place) for place in known)
            if not self._values.is_general(one.surface)
            if marked.role(one.start, one.end)["kind"] > MEANT
        ]

    def _joined(self, types: Sequence[Condition], text: str) -> list[Condition]:
        """The types that a text joins to one that is meant: 「种质、生物材料、数据各几条」."""
        chain, made = list(types), list[Condition]()
        for one in self._values.find(text):
            if one.field != "type" or any(one.value == type_.value for type_ in chain):
                continue
            gaps = ((type_, text[min(one.end, type_.end) : max(one.start, type_.start)]) for type_ in chain)
            beside = [type_ for type_, gap in gaps if type_.start >= 0 and gap.strip() and joined(gap)]
            if beside:
                made.append(
                    replace(beside[0], value=one.value, surface=one.surface, start=one.start, end=one.end)
                )
                chain.append(made[-1])
        return made

    def meant(self, found: list[Condition], spans: Sequence[Span], text: str) -> list[Condition]:
        """Without types that are alternatives to a word for all there is, or that no word for a kind says."""
        kinds = [one for one in spans if one.role == "kind"]
        groups: list[list[Span]] = []
        for one in kinds:
            near = groups and joins(text[groups[-1][-1].end : one.start])
            if near:
                groups[-1].append(one)
            else:
                groups.append([one])
        types = [one for one in found if one.field == "type"]
        loose: list[Condition] = []
        meant = any(one.start < 0 for one in types)
        open_kinds = False
        for group in groups:
            start, end = group[0].start, group[-1].end
            inside = [one for one in types if one.start >= 0 and start <= one.start and one.end <= end]
            explained = [one for one in group if any(overlap(one, (t.start, t.end)) for t in found)]
            general = [one for one in group if one not in explained and self._values.is_general(one.text)]
            gaps = [text[a.end : b.start].strip() for a, b in pairwise(group)]
            # 「仪器类资源」 are instruments; 「库啊装置啊」 and 「装置、平台」 are all there is.
            apart = group[0] in general or any(gap and joined(bare_gap(gap)) for gap in gaps)
            if general and len(group) > 1 and apart:
                loose += inside
            if inside and meant and sum(one.end - one.start for one in inside) < PART * (end - start):
                loose += inside  # "big machines" are no instruments
                open_kinds = True
            open_kinds |= any(one not in explained and one not in general for one in group)
        open_kinds |= any(one.role == "topic" and not one.out for one in spans)
        return [
            one
            for one in found
            if one.field != "type" or (one not in loose and (one.start >= 0 or open_kinds))
        ]

    def part(self, spans: Sequence[Span], text: str) -> tuple[Condition | None, int]:
        """The part of the catalogue that the asker counts, and how many that are: "the 20 national data
        centres"."""
        runs: list[tuple[int, int]] = []
        for one in spans:
            if one.role not in ("kind", "topic") or one.out:
                continue
            joined_to = runs and joins(text[runs[-1][1] : one.start])
            runs[-1:] = [(runs[-1][0], one.end)] if joined_to else [*runs[-1:], (one.start, one.end)]
        for start, end in runs:
            lead = PAUSES.split(text[max(0, start - _LEAD) : start])[-1]
            totals = [int(n.value) for n in numbers_in(lead) if n.value.isdigit() and not n.unit]
            for total in totals:
                if (value := self._values.class_of(lead + text[start:end], total)) is not None:
                    return Condition(NAME, value, False, text[start:end], start, end), total
        return None, 0
