"""Schemas that are recognised and not read, so that a refusal can name them."""

from __future__ import annotations

import re

from corpus.harvest.errors import UnsupportedFormat

_SCHEMAS: tuple[tuple[str, str, str, str], ...] = (
    # rule, name, in the namespace, local name of the root
    ("gm03", "GM03 (Swiss INTERLIS)", r"interlis\.ch/(?:INTERLIS2|xtf)", r"TRANSFER|GM03_\w+"),
    ("marc21", "MARC 21 (MARCXML)", r"loc\.gov/MARC21/slim", r"(?!)"),
    ("mods", "MODS", r"loc\.gov/mods", r"mods|modsCollection"),
    ("mets", "METS", r"loc\.gov/METS", r"mets"),
    ("ead", "EAD", r"urn:isbn:1-931666|ead3\.archivists", r"ead"),
    ("tei", "TEI", r"tei-c\.org", r"TEI"),
    ("eml", "EML (Ecological Metadata Language)", r"eml://ecoinformatics|ecoinformatics\.org/eml", r"eml"),
    ("ddi_lifecycle", "DDI Lifecycle (3.x)", r"ddi:instance:3", r"DDIInstance|FragmentInstance"),
    ("cmdi", "CMDI", r"clarin\.eu/cmd", r"CMD"),
    ("rif_cs", "RIF-CS", r"ands\.org\.au/standards/rif-cs", r"registryObjects"),
    ("lom", "IEEE LOM", r"ltsc\.ieee\.org/xsd/LOM", r"lom"),
    ("sdmx", "SDMX", r"sdmx\.org/", r"Structure"),
    ("thredds", "THREDDS catalog", r"unidata\.ucar\.edu/namespaces/thredds", r"(?!)"),
    ("wms", "WMS capabilities", r"opengis\.net/wms", r"WMS_Capabilities|WMT_MS_Capabilities"),
    ("atom", "Atom feed", r"w3\.org/2005/Atom", r"feed"),
    ("rss", "RSS feed", r"(?!)", r"rss"),
)
_ROOT = re.compile(r"<(?![?!])(?:[\w.-]+:)?([\w.-]+)((?:\s[^<>]*)?)>")


def unsupported_schema(namespaces: str, root: str) -> tuple[str, str] | None:
    """(rule, name) of a schema that is known and not read."""
    for rule, name, space, local in _SCHEMAS:
        if re.search(space, namespaces, re.I) or re.fullmatch(local, root, re.I):
            return rule, name
    return None


def refuse_unsupported(head: bytes, source: str) -> None:
    """Raises UnsupportedFormat, by name, where the body is of a schema that is known and not read.

    Only the root is looked at: an OAI-PMH or CSW answer may carry such a schema inside, and its records
    are judged one by one.
    """
    text = head[:16384].decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if not text.startswith("<"):
        return
    found = _ROOT.search(re.sub(r"<!--.*?-->|<\?.*?\?>", "", text, flags=re.S))
    if found is None or found[1] in (
        "OAI-PMH",
        "GetRecordsResponse",
        "GetRecordByIdResponse",
        "html",
        "RDF",
        "urlset",
    ):
        return
    spaces = " ".join(re.findall(r"""xmlns(?::[\w.-]+)?\s*=\s*["']([^"']*)""", found[2]))
    if found[1].lower() in ("md_metadata", "mi_metadata", "resource", "codebook", "dif"):
        return  # these often declare namespaces that they do not use
    if known := unsupported_schema(spaces, found[1]):
        rule, name = known
        message = f"{name} is not read; ask the supplier for DCAT, DataCite, ISO 19139 or oai_dc"
        raise UnsupportedFormat(source, message, rule=f"format.{rule}")
