"""Listings: whether a run saw all that its source says it has; one contract for every format.

A listing is a chain of pages. It is whole when each page was read, each brought what it should, the last one
led nowhere, and as many records came as the source says there are.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from harvesting.errors import SyncFailed
from storage.harvest_records import PageRow, Refusal

_MOST_PAGES = 200_000
_MOST_BARREN = 3
"""Pages in a row that may bring no new record: servers leave out what one may not see, and go on."""


def place_of(request: dict[str, Any]) -> str:
    """What tells two requests of a run apart for the server; the number of the page does not."""
    return json.dumps([request.get(name) for name in ("method", "url", "params", "body")])


@dataclass
class _Listing:
    total: int | None = None
    identifiers: set[str] = field(default_factory=set)
    others: int = 0
    """Records that no identifier tells apart."""


class Listings:
    """The listings of one run, by the name that their requests have."""

    def __init__(self, source: str, asked: Iterable[dict[str, Any]]) -> None:
        self._source = source
        self._asked = {place_of(request) for request in asked}
        self._found: dict[str, _Listing] = {}

    def take(
        self, page: PageRow, following: Iterable[dict[str, Any]]
    ) -> tuple[PageRow, list[dict[str, Any]], list[Refusal]]:
        """The page, what is to be asked after it, and what must be said.

        A page whose way on is cut is not whole. Raises SyncFailed beyond all measure.
        """
        following = list(following)
        barren = self._barren(page, self.add(page), len(following))
        total = page.request.get("total")
        fresh: list[dict[str, Any]] = []
        refusals: list[Refusal] = []
        for request in following:
            if (place := place_of(request)) in self._asked:
                fault = "page.loop", "the source leads back to a page it came from"
            elif barren >= _MOST_BARREN:
                fault = "page.barren", f"goes on, but its last {barren} pages brought no new record"
            elif len(self._asked) >= _MOST_PAGES:
                raise SyncFailed(f"Source {self._source} leads on to more than {_MOST_PAGES} pages.")
            else:
                self._asked.add(place)
                same = request.get("listing") == page.request.get("listing")
                fresh.append({**request, "barren": barren, "total": total if same else None})
                continue
            refusals.append(Refusal(self._source, *fault))
            page = replace(page, whole=False)
        return page, fresh, refusals

    def add(self, page: PageRow) -> bool:
        """Count the records of a page that is done; True where it has one that did not come before."""
        listing = self._found.setdefault(str(page.request.get("listing") or ""), _Listing())
        if (total := page.request.get("total")) is not None:
            listing.total = int(total)
        before = len(listing.identifiers) + listing.others
        listing.identifiers.update(page.identifiers, page.deleted)
        listing.others += len(
            {
                (one.get("line"), one.get("record"))
                for one in page.refused
                if one.get("record") not in listing.identifiers
            }
        )
        return len(listing.identifiers) + listing.others > before

    @staticmethod
    def _barren(page: PageRow, brought: bool, following: int) -> int:
        """Pages in a row up to this one that brought nothing; one that was asked for again counts not."""
        asked_again = page.sha256 is None and page.whole
        so_far = int(page.request.get("barren") or 0)
        return so_far if asked_again else 0 if brought or following > 1 else so_far + 1

    def shortfalls(self) -> Iterator[Refusal]:
        """Listings with fewer records than the source says."""
        for name, one in self._found.items():
            came = len(one.identifiers) + one.others
            if one.total is not None and came < one.total:
                what = f"its listing {name!r}" if name else "it"
                message = f"says {what} has {one.total:,} and ends after {came:,}"
                yield Refusal(self._source, "listing.incomplete", message)
