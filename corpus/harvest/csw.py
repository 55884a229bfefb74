"""CSW 2.0.2 and 3.0: answers to GetRecords and GetRecordById, paged by startPosition."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from corpus.harvest.bodies import find_all, local_name, original_of, parsed_xml, text_of
from corpus.harvest.drafts import complaint_of
from corpus.harvest.entries import refused_entry
from corpus.harvest.errors import Malformed, ProtocolFault
from corpus.harvest.records import Entry, HarvestSource, Page, Request
from corpus.harvest.xmlforms import form_of, refusal_of
from corpus.harvest.xmlreading import XML, element_entry, encoding_complaints, root_of

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
        complaints = list(encoding_complaints(other, request))
        records = [one for one in holder if local_name(one)]
        matched, following = _number(holder, "numberOfRecordsMatched"), _number(holder, "nextRecord") or 0
        nexts: tuple[Request, ...] = ()
        current = next((int(one) for key, one in request.params if key == "startPosition"), 1)
        if records and current < following <= (matched or 0):
            if request.params:
                params = tuple(
                    (key, str(following) if key == "startPosition" else one) for key, one in request.params
                )
                update = {"params": params, "page": request.page + 1, "seen": request.seen + len(records)}
                nexts = (request.model_copy(update=update),)
            else:
                message = (
                    f"goes on at the server with record {following} of {matched}; a file has one page only"
                )
                complaints.append(complaint_of(request, "csw.incomplete", message))
        return Page(
            _entries(records, request), nexts, tuple(complaints), total=matched, full=not request.source.since
        )


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
