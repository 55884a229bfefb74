"""Windows of services that page by position: which records a request asks for, and the request for others."""

from __future__ import annotations

from corpus.harvest.records import Request

_WINDOWS = (("startPosition", "maxRecords"), ("start", "rows"), ("start", "per_page"))
"""(first record, number of records): CSW, CKAN, Dataverse."""


def window_of(request: Request) -> tuple[int, int] | None:
    """(position of its first record, how many it asks for), or None where it does not page by position."""
    if names := _names(request):
        given = dict(request.params)
        start, size = given[names[0]], given[names[1]]
        if start.isdigit() and size.isdigit():
            return int(start), int(size)
    return None


def window(request: Request, start: int, size: int | None = None) -> Request:
    """The same listing from position `start` on: `size` records, or as many as the source is asked for.

    After a window that had to be made small, twice as many at a time.
    """
    names, at = _names(request), window_of(request)
    assert names is not None and at is not None  # a reader asks for a window only where there was one
    new = {names[0]: str(start), names[1]: str(size or min(request.source.page_size, 2 * at[1]))}
    params = tuple((key, new.get(key, value)) for key, value in request.params)
    return request.model_copy(update={"params": params, "page": request.page + 1})


def halved(request: Request) -> tuple[Request | None, bool]:
    """(what to ask instead of a request that was answered with a fault, whether a record is lost by that).

    One record can break a page: half of it is asked for, in the end that record alone, and then what comes
    after it. Where nothing has come yet the fault may be one of the whole service: then only the first two
    records are tried. None where nothing is left to ask.
    """
    at = window_of(request)
    if at is None:
        return None, True
    start, size = at
    if size > 1:
        return window(request, start, size // 2 if request.total is not None else 1), False
    if request.total is None:
        return (None if request.barren else window(request, start + 1, 1)), True
    return (window(request, start + 1) if start < request.total else None), True


def _names(request: Request) -> tuple[str, str] | None:
    given = dict(request.params)
    return next((pair for pair in _WINDOWS if pair[0] in given and pair[1] in given), None)
