"""Sitemaps: which pages to ask, those of other hosts and unchanged ones left out."""

from __future__ import annotations

import re
import zlib
from urllib.parse import urlsplit

from corpus.harvest.bodies import children, first_text, local_name, parsed_xml
from corpus.harvest.dates import date_of
from corpus.harvest.drafts import complaint_of
from corpus.harvest.errors import Malformed, OverLimit
from corpus.harvest.records import Complaint, Request
from corpus.harvest.xmlreading import root_of

LARGEST = 64 * 1024 * 1024
"""Bytes of a packed sitemap when unpacked; the protocol allows 50 MB and 50,000 addresses."""
_MOST = 50_000


def is_sitemap(head: bytes) -> bool:
    return root_of(head)[0] in ("urlset", "sitemapindex")


def unpacked(body: bytes, source: str) -> bytes:
    """The body, out of gzip where it is in it. Raises OverLimit, Malformed."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    packed = zlib.decompressobj(wbits=31)
    try:
        found = packed.decompress(body, LARGEST)
    except zlib.error as error:
        raise Malformed(source, f"is not gzip: {error}", rule="body.gzip") from error
    if packed.unconsumed_tail:
        raise OverLimit(source, f"unpacks to more than {LARGEST:,} bytes", rule="body.unpacked")
    return found


def sitemap_requests(
    body: bytes, request: Request, media_type: str
) -> tuple[tuple[Request, ...], list[Complaint]]:
    """A request for each page or further sitemap of the same host, each address once."""
    root, _ = parsed_xml(body, request.url, media_type)
    complaints: list[Complaint] = []
    own = (urlsplit(request.url).hostname or "").removeprefix("www.")
    since = date_of(request.source.since)[0] if request.source.since else None
    found: dict[str, Request] = {}
    elsewhere = old = 0
    for one in children(root, "url", "sitemap"):
        address = first_text(one, "loc")
        if not re.match(r"https?://[^\s]+$", address):
            message = f"{address[:120]!r} is no address"
            complaints.append(complaint_of(request, "sitemap.address", message, line=one.sourceline))
            continue
        host = (urlsplit(address).hostname or "").removeprefix("www.")
        stamp = date_of(first_text(one, "lastmod"))[0]
        if own and host != own:
            elsewhere += 1
        elif since and stamp and stamp < since and local_name(one) == "url":
            old += 1
        elif len(found) < _MOST:
            found.setdefault(
                address,
                request.model_copy(
                    update={"url": address, "params": (), "page": request.page + len(found) + 1}
                ),
            )
        else:
            complaints.append(complaint_of(request, "sitemap.long", f"has more than {_MOST:,} addresses"))
            break
    if elsewhere:
        message = f"{elsewhere:,} addresses of other hosts are left out"
        complaints.append(complaint_of(request, "sitemap.other_host", message))
    return tuple(found.values()), complaints
