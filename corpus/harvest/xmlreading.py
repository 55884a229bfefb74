"""What readers of XML forms share: the root's name from its first bytes, one document as one entry."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from corpus.harvest.bodies import local_name, original_of, parsed_xml
from corpus.harvest.drafts import Draft, complaint_of
from corpus.harvest.entries import draft_entry, refused_entry
from corpus.harvest.reading import SHAPE_FAULTS, DocumentReader
from corpus.harvest.records import Complaint, Entry, Page, Request

XML = "application/xml"

_ROOT = re.compile(rb"<(?![?!])(?:([\w.-]+):)?([\w.-]+)((?:\s[^<>]*)?)/?>")
_COMMENTS = re.compile(rb"<!--.*?-->|<\?.*?\?>", re.S)


def is_protocol_answer(body: bytes) -> bool:
    """True for an answer of OAI-PMH or an exception of CSW, under whatever HTTP status it came."""
    return root_of(body[:65536])[0] in ("OAI-PMH", "ExceptionReport")


def root_of(head: bytes) -> tuple[str, str]:
    """(local name, namespace) of the first element; empty where the body is no XML."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        head = head.decode("utf-16", "replace").encode()
    if not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return "", ""
    found = _ROOT.search(_COMMENTS.sub(b"", head))
    if found is None:
        return "", ""
    prefix = rb"xmlns:" + re.escape(found[1]) if found[1] else rb"xmlns"
    declared = re.search(prefix + rb"""\s*=\s*["']([^"']*)["']""", found[3])
    return found[2].decode("utf-8", "replace"), declared[1].decode("utf-8", "replace") if declared else ""


def element_entry(
    element: Any,
    draw: Callable[[Any], Draft],
    request: Request,
    *,
    format: str,
    identifier: str = "",
    datestamp: str | None = None,
    sets: tuple[str, ...] = (),
) -> Entry:
    """The entry of one element; one that cannot be read as its form is refused alone.

    `identifier` is what a protocol calls the record; the record's own then stands beside it.
    """
    original = original_of(element)
    line = element.sourceline
    try:
        draft = draw(element)
    except SHAPE_FAULTS as error:
        return refused_entry(
            request, "record.shape", f"cannot be read as {format}: {error}",
            original=original, media_type=XML, format=format, identifier=identifier, line=line,
        )  # fmt: skip
    if identifier and identifier != draft.identifier:
        draft.identifiers.insert(0, (draft.identifier, ""))
        draft.identifier = identifier
    return draft_entry(
        draft, request, original=original, media_type=XML, format=format, line=line, datestamp=datestamp,
        sets=sets,
    )  # fmt: skip


class XmlDocumentReader(DocumentReader, ABC):
    """One record a document."""

    roots: frozenset[str] = frozenset()
    """Local names of the document's element, in small letters."""

    @abstractmethod
    def draw(self, element: Any) -> Draft:
        """What one element says."""

    def detects(self, head: bytes, media_type: str, url: str) -> bool:
        return root_of(head)[0].lower() in self.roots

    def read(self, body: bytes, request: Request, *, media_type: str = "") -> Page:
        root, other = parsed_xml(body, request.url, media_type)
        found = [one for one in root.iter() if local_name(one).lower() in self.roots]
        outer = [one for one in found if not any(up in found for up in one.iterancestors())]
        entries = (element_entry(one, self.draw, request, format=self.name) for one in outer or [root])
        return Page(entries, remarks=encoding_remarks(other, request))


def encoding_remarks(other: str | None, request: Request) -> tuple[Complaint, ...]:
    if other is None:
        return ()
    message = f"is not in the encoding that it declares; read as {other}"
    return (complaint_of(request, "text.encoding", message),)
