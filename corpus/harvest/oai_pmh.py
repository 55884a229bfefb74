"""OAI-PMH 2.0: pages by resumption token, deleted records, sets, `from`; the server's own errors."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from corpus.harvest.bodies import (
    children,
    decoded,
    find_all,
    first_text,
    local_name,
    original_of,
    parsed_xml,
    text_of,
)
from corpus.harvest.drafts import complaint_of
from corpus.harvest.entries import refused_entry
from corpus.harvest.errors import Malformed, ProtocolFault
from corpus.harvest.records import Complaint, Entry, HarvestSource, Page, Request
from corpus.harvest.xmlforms import form_of, refusal_of
from corpus.harvest.xmlreading import XML, element_entry, encoding_remarks, root_of

_ANSWERS = ("ListRecords", "GetRecord", "ListIdentifiers")
_CHUNK = re.compile(r"<(?:\w+:)?record[\s>].*?</(?:\w+:)?record\s*>", re.S)
_DECLARED = re.compile(r"xmlns(?::[\w.-]+)?\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_TOKEN = re.compile(r"<(?:\w+:)?resumptionToken[^>]*>([^<]*)</")


class Reader:
    name = "oai_pmh"

    def detects(self, head: bytes, media_type: str, url: str) -> bool:
        return root_of(head)[0] == "OAI-PMH"

    def first(self, source: HarvestSource) -> Request:
        """ListRecords of the first set, further ones follow; an address with a verb stays as it is."""
        if "verb=" in source.url or not source.url.startswith(("http://", "https://")):
            return Request(source=source, url=source.url)
        return self._listing(source, source.sets[0] if source.sets else None)

    def _listing(self, source: HarvestSource, wanted: str | None) -> Request:
        params = [("verb", "ListRecords"), ("metadataPrefix", source.metadata_prefix or "oai_dc")]
        if wanted:
            params.append(("set", wanted))
        if source.since:
            params.append(("from", source.since))
        if source.until:
            params.append(("until", source.until))
        return Request(source=source, url=source.url, params=tuple(params), listing=wanted or "")

    def read(self, body: bytes, request: Request, *, media_type: str = "") -> Page:
        """Raises ProtocolFault with the server's code; noRecordsMatch is an empty page."""
        try:
            root, other = parsed_xml(body, request.url, media_type)
        except Malformed as fault:
            salvaged = self._salvaged(body, request, media_type, fault)
            if salvaged is None:
                raise
            return salvaged
        remarks = encoding_remarks(other, request)
        if local_name(root) != "OAI-PMH":
            message = f"answers with <{local_name(root)}> and not with OAI-PMH"
            raise Malformed(request.url, message, rule="oai.no_answer", line=1)
        full = not request.source.since
        errors = list(children(root, "error"))
        for error in errors:
            code = error.get("code", "") or "unknown"
            if code == "noRecordsMatch":
                return Page(iter(()), self._other_sets(request), remarks=remarks, full=full)
            words = text_of(error) or "the server gives no words"
            raise ProtocolFault(
                request.url, f"OAI-PMH says {code}: {words}", rule=f"oai.{code}", line=error.sourceline
            )
        answer = next(children(root, *_ANSWERS), None)
        if answer is None:
            kind = next(
                (local_name(one) for one in root if local_name(one) not in ("responseDate", "request")),
                "nothing",
            )
            message = f"is an answer to {kind}, which holds no records"
            complaint = complaint_of(request, "oai.no_records", message)
            return Page(iter(()), complaints=(complaint,), remarks=remarks)
        token = next(children(answer, "resumptionToken"), None)
        count = token.get("completeListSize") if token is not None else None
        if local_name(answer) == "ListIdentifiers":
            entries = (_header_only(one, request) for one in children(answer, "header"))
        else:
            entries = (_record(one, request) for one in children(answer, "record"))
        nexts, incomplete = self._following(text_of(token), request)
        return Page(
            entries, nexts, tuple(incomplete), remarks, full=full,
            total=int(count) if count and count.isdigit() else None,
        )  # fmt: skip

    def _following(self, token: str, request: Request) -> tuple[tuple[Request, ...], list[Complaint]]:
        if not token:
            return self._other_sets(request), []
        if not request.url.startswith(("http://", "https://")):
            message = "goes on at the server, with a resumptionToken; a file has its first page only"
            return (), [complaint_of(request, "oai.incomplete", message)]
        if ("resumptionToken", token) in request.params:
            message = f"gives the same resumptionToken again: {token[:60]!r}"
            return (), [complaint_of(request, "oai.token_repeats", message)]
        url = re.split(r"\?", request.url)[0] if "verb=" in request.url else request.url
        params = (("verb", "ListRecords"), ("resumptionToken", token), *(
            (key, one) for key, one in request.params if key == _SET
        ))  # fmt: skip
        following = request.model_copy(update={"url": url, "params": params, "page": request.page + 1})
        return (following,), []

    def _other_sets(self, request: Request) -> tuple[Request, ...]:
        """The listing of the next set, once one is at its end."""
        source = request.source
        if len(source.sets) < 2 or "verb=" in source.url or not source.url.startswith("http"):
            return ()
        current = next((one for key, one in request.params if key in ("set", _SET)), source.sets[0])
        at = source.sets.index(current) + 1 if current in source.sets else len(source.sets)
        return (
            (self._listing(source, source.sets[at]).model_copy(update={"page": request.page + 1}),)
            if at < len(source.sets)
            else ()
        )

    def _salvaged(self, body: bytes, request: Request, media_type: str, fault: Malformed) -> Page | None:
        """The records of a page that is not well-formed, each read alone; None where there are none."""
        text, _ = decoded(body, request.url, media_type)
        if "<OAI-PMH" not in text[:2000]:
            return None
        chunks = list(_CHUNK.finditer(text))
        if not chunks:
            return None
        opening = text[: chunks[0].start()]
        spaces = " ".join(dict.fromkeys(_DECLARED.findall(opening)))
        token = _TOKEN.search(text, chunks[-1].end())
        nexts, incomplete = self._following(token[1].strip() if token else "", request)
        complaint = complaint_of(
            request, fault.rule, f"{fault.message}; its records are read one by one", line=fault.line
        )
        entries = (_chunk(one, text, spaces, request) for one in chunks)
        return Page(entries, nexts, (complaint, *incomplete), full=not request.source.since)


_SET = "set"
_ILLEGAL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f]"
    r"|&#(?:x0*(?:[0-8bcef]|1[0-9a-f])|0*(?:[0-8]|1[124-9]|2\d|3[01]));",
    re.I,
)
"""Characters that no XML may hold, written or as a number; many servers send them."""


def _record(element: Any, request: Request) -> Entry:
    header = next(children(element, "header"), None)
    identifier = first_text(header, "identifier") if header is not None else ""
    stamp = first_text(header, "datestamp") or None if header is not None else None
    sets = tuple(text_of(one) for one in children(header, "setSpec")) if header is not None else ()
    if header is not None and header.get("status") == "deleted":
        return Entry(
            identifier=identifier, datestamp=stamp, deleted=True, sets=sets, original=original_of(element),
            media_type=XML, format="oai_header", line=element.sourceline,
        )  # fmt: skip
    inner = next((one for part in find_all(element, "metadata") for one in part if local_name(one)), None)
    if not identifier or inner is None:
        rule = "oai.header" if not identifier else "oai.metadata"
        message = "the header has no identifier" if not identifier else "has no metadata and is not deleted"
        return refused_entry(
            request, rule, message, original=original_of(element), media_type=XML, format="oai_pmh",
            identifier=identifier, line=element.sourceline,
        )  # fmt: skip
    form = form_of(inner)
    if form is None:
        rule, message = refusal_of(inner)
        return refused_entry(
            request, rule, message, original=original_of(inner), media_type=XML, format=local_name(inner),
            identifier=identifier, line=inner.sourceline,
        )  # fmt: skip
    name, draw = form
    return element_entry(inner, draw, request, format=name, identifier=identifier, datestamp=stamp, sets=sets)


def _header_only(header: Any, request: Request) -> Entry:
    identifier = first_text(header, "identifier")
    stamp = first_text(header, "datestamp") or None
    if header.get("status") == "deleted":
        return Entry(
            identifier=identifier, datestamp=stamp, deleted=True, original=original_of(header),
            media_type=XML, format="oai_header", line=header.sourceline,
        )  # fmt: skip
    return refused_entry(
        request, "oai.header_only", "ListIdentifiers has headers only; harvest ListRecords",
        original=original_of(header), media_type=XML, format="oai_header", identifier=identifier,
        line=header.sourceline,
    )  # fmt: skip


def _chunk(found: re.Match[str], text: str, spaces: str, request: Request) -> Entry:
    """One record of a broken page."""
    line = text.count("\n", 0, found.start()) + 1
    chunk = _ILLEGAL.sub("", found[0])
    body = f"<OAI-PMH {spaces}>{chunk}</OAI-PMH>".encode()
    try:
        root, _ = parsed_xml(body, request.url)
    except (Malformed, etree.XMLSyntaxError) as error:
        named = re.search(r"<identifier>([^<]*)</identifier>", chunk)
        message = error.message if isinstance(error, Malformed) else str(error)
        inside = error.line - 1 if isinstance(error, Malformed) and error.line else 0
        return refused_entry(
            request, "xml.syntax", message, original=found[0].encode(), media_type=XML, format="oai_pmh",
            identifier=named[1].strip() if named else "", line=line + inside,
        )  # fmt: skip
    entry = _record(root[0], request)
    return entry.model_copy(update={"line": line})
