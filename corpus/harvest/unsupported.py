"""Schemas that are recognised and not read, so that a refusal can name them."""

from __future__ import annotations

import re

from corpus.harvest.errors import UnsupportedFormat

_SCHEMAS: tuple[tuple[str, str, re.Pattern[bytes]], ...] = (
    ("gm03", "GM03 (Swiss INTERLIS)", re.compile(rb"interlis\.ch/INTERLIS2|<GM03_", re.I)),
    ("marc21", "MARC 21 (MARCXML)", re.compile(rb"loc\.gov/MARC21/slim", re.I)),
    ("mods", "MODS", re.compile(rb"<(?:\w+:)?mods(?:Collection)?[\s>]")),
    ("mets", "METS", re.compile(rb"<(?:\w+:)?mets[\s>]", re.I)),
    ("ead", "EAD", re.compile(rb"<(?:\w+:)?ead[\s>]")),
    ("tei", "TEI", re.compile(rb"<(?:\w+:)?TEI[\s>]")),
    ("eml", "EML (Ecological Metadata Language)", re.compile(rb"eml://ecoinformatics\.org|<eml:eml")),
)


def refuse_unsupported(head: bytes, source: str) -> None:
    """Raises UnsupportedFormat, by name, where the body is of a schema that is known and not read.

    Only the opening is looked at: an OAI-PMH answer may carry such a schema inside and is judged there.
    """
    opening = head[:4096]
    if b"OAI-PMH" in opening or not opening.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return
    for rule, name, pattern in _SCHEMAS:
        if pattern.search(opening):
            raise UnsupportedFormat(
                source,
                f"{name} is not read; ask the supplier for DCAT, DataCite, ISO 19139 or oai_dc",
                rule=f"format.{rule}",
            )
