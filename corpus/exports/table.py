"""Records as a table for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from corpus.exports.citable import page_of
from corpus.records import Resource
from corpus.texts import Language

MEDIA_TYPE = "text/csv"
COLUMNS = (
    "id", "name", "type", "host", "province", "access", "terms", "how_to_apply", "website", "subjects",
    "holdings", "verification", "page",
)  # fmt: skip
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def table(records: Iterable[Resource], base_url: str, language: Language) -> str:
    """One row a record under COLUMNS, with the mark by which spreadsheets know UTF-8."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(COLUMNS)
    for one in records:
        said = [
            text.in_(language) if text else "" for text in (one.name, one.host, one.access.text, one.holdings)
        ]
        name, host, terms, holdings = said
        steps = "; ".join(one.how_to_apply.steps.in_(language)) if one.how_to_apply else ""
        cells = (
            one.id, name, one.type, host, one.province or "", one.access.level or "", terms, steps,
            one.url or "", "; ".join(one.subjects.in_(language)), holdings, one.verification,
            page_of(one, base_url),
        )  # fmt: skip
        # What a spreadsheet would work out stays text: records come from many hands.
        rows.writerow(f"'{cell}" if cell.startswith(_FORMULAS) else cell for cell in cells)
    return f"\ufeff{out.getvalue()}"
