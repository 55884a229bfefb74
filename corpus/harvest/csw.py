"""CSW 2.0.2 and 3.0: answers to GetRecords and GetRecordById, paged by startPosition."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from corpus.harvest.bodies import find_all, local_name, original_of, parsed_xml, text_of
from corpus.harvest.entries import refused_entry
from corpus.harvest.errors import Malformed, ProtocolFault
from corpus.harvest.paging import window, window_of
from corpus.harvest.records import Entry, HarvestSource, Page, Request
from corpus.harvest.xmlforms import form_of, refusal_of
from corpus.harvest.xmlreading import XML, element_entry, encoding_remarks, root_of

_ANSWERS = ("GetRecordsResponse", "GetRecordByIdResponse", "SearchResults")


class Reader:
    name = "csw"

    def detects(self, head: bytes, media_type: str, url: str) -> bool:
        name, space = root_of(head)
        return name in _ANSWERS or (name == "ExceptionReport" and "ows" in space)

    def first(self, source: HarvestSource) -> Request:
        """GetRecords by address, in ISO 19139; `metadata_prefix` may name another output schema."""
        if "request=" in source.url.lower() or not source.url.startswith(("http://", "https://")):
            return Request(source=source, url=source.url)
        schema = source.metadata_prefix or "http://www.isotc211.org/2005/gmd"
        params = [
            ("service", "CSW"), ("version", "2.0.2"), ("request", "GetRecords"), ("resultType", "results"),
            ("typeNames", "gmd:MD_Metadata" if schema.endswith("gmd") else "csw:Record"),
            ("outputSchema", schema), ("elementSetName", "full"), ("startPosition", "1"),
            ("maxRecords", str(source.page_size)),
        ]  # fmt: skip
        if source.since:
            params += [
                ("constraintLanguage", "CQL_TEXT"), ("constraint_language_version", "1.1.0"),
                ("constraint", f"Modified >= '{source.since}'"),
            ]  # fmt: skip
        return Request(source=source, url=source.url, params=tuple(params))

    def read(self, body: bytes, request: Request, *, media_type: str = "") -> Page:
        root, other = parsed_xml(body, request.url, media_type)
        if local_name(root) == "ExceptionReport":
            fault = next(iter(find_all(root, "Exception")), root)
            code = fault.get("exceptionCode", "unknown")
            raise ProtocolFault(
                request.url,
                f"CSW says {code}: {text_of(fault)[:300]}",
                rule=f"csw.{code}",
                line=fault.sourceline,
            )
        results = (
            root if local_name(root) == "SearchResults" else next(iter(find_all(root, "SearchResults")), None)
        )
        if results is None and local_name(root) != "GetRecordByIdResponse":
            raise Malformed(
                request.url, f"<{local_name(root)}> is no answer of CSW", rule="csw.no_answer", line=1
            )
        holder = root if results is None else results
        records = [one for one in holder if local_name(one)]
        matched = _number(holder, "numberOfRecordsMatched")
        return Page(
            _entries(records, request), _following(holder, len(records), matched or 0, request),
            remarks=encoding_remarks(other, request), total=matched, full=not request.source.since,
        )  # fmt: skip


def _following(results: Any, came: int, matched: int, request: Request) -> tuple[Request, ...]:
    """From where the server says; else from what came on, as many servers leave nextRecord out."""
    at = window_of(request)
    if at is None:
        return ()
    told = _number(results, "nextRecord") or 0
    start = told if told > at[0] else at[0] + came
    return (window(request, start),) if at[0] < start <= matched else ()


def _number(element: Any, name: str) -> int | None:
    value = element.get(name, "")
    return int(value) if value.isdigit() else None


def _entries(records: list[Any], request: Request) -> Iterator[Entry]:
    for one in records:
        form = form_of(one)
        if form is None:
            rule, message = refusal_of(one)
            yield refused_entry(
                request, rule, message, original=original_of(one), media_type=XML, format=local_name(one),
                line=one.sourceline,
            )  # fmt: skip
        else:
            yield element_entry(one, form[1], request, format=form[0])
