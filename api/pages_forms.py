"""GET /resources.csv, .ris, .bib and .atom: what a list of resources holds, in forms that programs read."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from xml.etree import ElementTree

from fastapi import APIRouter, Request, Response

from api.deps import KewenDep, StateDep
from api.errors import ApiError
from api.pages_asked import AskedDep
from api.pages_browse import chosen_words, find, shelf_of
from api.pages_errors import PageRoute
from api.pages_shell import READ, Shell, respond, shell_of
from corpus.exports.bibtex import bibtex
from corpus.exports.citable import citable
from corpus.exports.ris import MEDIA_TYPE as RIS
from corpus.exports.ris import ris
from corpus.exports.table import MEDIA_TYPE as CSV
from corpus.exports.table import table
from corpus.records import Resource

router = APIRouter(include_in_schema=False, route_class=PageRoute)

MOST = 2000
"""Records of one file."""
FED = 50
"""Records of a feed."""
FORMS = (("CSV", "csv"), ("RIS", "ris"), ("BibTeX", "bib"))
_ATOM = "http://www.w3.org/2005/Atom"


@router.api_route("/resources.{form}", methods=READ)
async def list_as(form: str, request: Request, state: StateDep, kewen: KewenDep, asked: AskedDep) -> Response:
    """The whole list that the same parameters show at /resources, page by page; 404 for another form."""
    shell = shell_of(request, asked.params + asked.order)
    newest = form == "atom" and not asked.sort and not asked.query
    shelf = shelf_of(state, kewen, "resource")
    found = await find(
        kewen, shelf, "resource", asked.query, asked.chosen, "date" if newest else asked.sort, shell.language
    )

    def file(text: str, media: str) -> Response:
        named = {"Content-Disposition": f'attachment; filename="kewen-resources.{form}"'}
        return respond(request, text, f"{media}; charset=utf-8", headers=None if form == "atom" else named)

    records: list[Resource] = [shelf.records[row] for row in found.rows[:MOST]]
    today = datetime.now(UTC).date()
    works = [citable(one, shell.base) for one in records] if form in ("ris", "bib") else []
    if form == "csv":
        return file(table(records, shell.base, shell.language), CSV)
    if form == "ris":
        return file("".join(ris(one, today, shell.language) for one in works), RIS)
    if form == "bib":
        return file("\n".join(bibtex(one, today, shell.language) for one in works), "application/x-bibtex")
    if form == "atom":
        words = list(chosen_words(shell, shelf, asked.chosen, asked.query))
        return file(_feed(shell, words, records[:FED]), "application/atom+xml")
    raise ApiError(404, "route_unknown", path=f"/resources.{form}"[:80])


def _feed(shell: Shell, words: list[str], records: list[Resource]) -> str:
    """An Atom feed (RFC 4287) that is called by what it follows, `words`.

    An entry is updated when its record says, else it carries no news and the day the catalogue began.
    """
    ElementTree.register_namespace("", _ATOM)
    feed = ElementTree.Element(f"{{{_ATOM}}}feed", {"xml:lang": "zh-CN" if shell.language == "zh" else "en"})
    page = f"{shell.base}{shell.url('/resources', shell.params)}"

    def told(parent: ElementTree.Element, name: str, text: str = "", **given: str) -> ElementTree.Element:
        element = ElementTree.SubElement(parent, f"{{{_ATOM}}}{name}", given)
        element.text = text or None
        return element

    told(feed, "title", " · ".join([*words, shell.t("resources_title"), shell.t("site")]))
    told(feed, "id", f"urn:kewen:{hashlib.blake2b(page.encode(), digest_size=12).hexdigest()}")
    told(feed, "link", rel="alternate", href=page)
    told(feed, "link", rel="self", href=f"{shell.base}{shell.url('/resources.atom', shell.params)}")
    told(feed, "updated", max((_moment(one) for one in records), default=_moment(None)))
    told(told(feed, "author"), "name", shell.t("site"))
    for one in records:
        entry = told(feed, "entry")
        told(entry, "title", one.name.in_(shell.language))
        told(entry, "id", f"{shell.base}/resources/{one.id}")
        told(entry, "link", rel="alternate", href=f"{shell.base}{shell.record(one)}")
        told(entry, "updated", _moment(one))
        said = one.holdings or one.access.text or one.host
        if said is not None:
            told(entry, "summary", said.in_(shell.language))
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(feed, encoding="unicode")


def _moment(record: Resource | None) -> str:
    day = (record.modified or record.issued or "") if record else ""
    parts = [*day[:10].split("-"), "01", "01"] if day else ["2026", "01", "01"]
    return f"{parts[0]}-{parts[1]}-{parts[2]}T00:00:00Z"
