"""Forms of a single XML record, wherever it stands: alone, in an OAI-PMH answer or in one of CSW."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from corpus.harvest import datacite_xml, ddi, dif, dublin_core, fgdc, iso19139
from corpus.harvest.bodies import children, local_name
from corpus.harvest.drafts import Draft
from corpus.harvest.unsupported import unsupported_schema


def form_of(element: Any) -> tuple[str, Callable[[Any], Draft]] | None:
    """(name of the format, its reader) of a record's element; None for a form that nobody reads."""
    name = local_name(element).lower()
    if name in ("md_metadata", "mi_metadata"):
        return "iso19139", iso19139.draft_of
    if name in ("resource", "oai_datacite") and "datacite" in str(element.tag) + " ".join(
        str(space) for space in element.nsmap.values()
    ):
        return "oai_datacite" if name == "oai_datacite" else "datacite_xml", datacite_xml.draft_of
    if name == "dif":
        return "dif", dif.draft_of
    if name == "codebook":
        return "ddi", ddi.draft_of
    if name == "metadata" and next(children(element, "idinfo"), None) is not None:
        return "fgdc", fgdc.draft_of
    if dublin_core.is_dublin_core(element):
        kinds = {"dc": "oai_dc", "record": "csw_record"}
        return kinds.get(name, "dublin_core"), dublin_core.draft_of
    return None


def refusal_of(element: Any) -> tuple[str, str]:
    """(rule, message) for a record of a form that nobody reads."""
    space = " ".join(str(one) for one in (element.tag, *element.nsmap.values()))
    if known := unsupported_schema(space, local_name(element)):
        rule, name = known
        return f"format.{rule}", f"{name} is not read; ask for oai_dc, oai_datacite or ISO 19139"
    return "format.unknown", f"<{local_name(element)}> is no form of a record that is read"
