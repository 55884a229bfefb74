"""Catalogues of others, read into our records: one file a source format, none of them does any I/O.

reader = reader_of(source, body, media_type, url)
page = reader.read(body, reader.first(source), media_type=media_type)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corpus.harvest.records import Harvester, HarvestSource

HARVESTERS: tuple[str, ...] = (
    "oai_pmh",
    "csw",
    "kewen",
    "registry",
    "data_gov",
    "dcat_us",
    "ckan",
    "dataverse",
    "figshare",
    "invenio",
    "schema_org",
    "dcat_ap",
    "datacite_json",
    "json_api",
    "datacite_xml",
    "iso19139",
    "re3data",
    "dif",
    "ddi",
    "fgdc",
    "dublin_core",
    "table",
)
"""Names of all formats: each is the file of that name beside this one, with a class `Reader`.

In the order in which they are asked whether a body is theirs: the narrow ones first.
"""
MAPPED = ("table", "json_api")
"""Those that read by a mapping."""


def harvester(name: str) -> Harvester:
    """The one of that name. Raises UnknownFormat."""
    from corpus.harvest.errors import UnknownFormat

    if name not in HARVESTERS:
        known = ", ".join(HARVESTERS)
        raise UnknownFormat(name, f"format {name!r} is not known; use one of {known}", rule="format.unknown")
    # Only what is used is imported: RDF and XLSX readers are large.
    reader: Harvester = import_module(f"corpus.harvest.{name}").Reader()
    return reader


def reader_of(source: HarvestSource, body: bytes, media_type: str, url: str) -> Harvester:
    """The one that the operator named, one that reads by their mapping, else one that knows the body.

    Raises UnknownFormat, UnsupportedFormat.
    """
    if source.format is not None:
        return harvester(source.format)
    if source.mapping is not None:
        opening = body[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
        return harvester("json_api" if opening in (b"{", b"[") else "table")
    return detected(body, media_type, url)


def also_fitting(chosen: str, body: bytes, media_type: str, url: str) -> list[str]:
    """Names of the other forms that a body fits, beside the one that was found from its content."""
    head = body[:65536]
    return [name for name in HARVESTERS if name != chosen and harvester(name).detects(head, media_type, url)]


def detected(body: bytes, media_type: str, url: str) -> Harvester:
    """The one that recognises the body.

    Raises UnsupportedFormat for a schema known by name that nobody reads, UnknownFormat for any other.
    """
    from corpus.harvest.errors import UnknownFormat
    from corpus.harvest.unsupported import refuse_unsupported

    head = body[:65536]
    refuse_unsupported(head, url)
    for name in HARVESTERS:
        if (one := harvester(name)).detects(head, media_type, url):
            return one
    message = "no harvester recognises it; name one with --format, or give a mapping file"
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        from corpus.harvest.bodies import local_name, parsed_xml

        root, other = parsed_xml(body, url, media_type)  # one that is broken is told so
        message = f"<{local_name(root)}> is no form of a record that is read"
        if other:
            message += f", and its bytes are not the encoding that it declares but {other}"
    raise UnknownFormat(url, message, rule="format.unknown")
