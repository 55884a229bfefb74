"""FGDC CSDGM, the content standard of United States agencies for geospatial metadata (1998)."""

from __future__ import annotations

from typing import Any

from corpus.harvest.bodies import find_all, first_text, prose_of, text_of
from corpus.harvest.drafts import Draft, File, Person, Said, Tie
from corpus.harvest.xmlreading import XmlDocumentReader, root_of


class Reader(XmlDocumentReader):
    name = "fgdc"
    roots = frozenset({"metadata"})

    def detects(self, head: bytes, media_type: str, url: str) -> bool:
        return root_of(head)[0] == "metadata" and b"<idinfo" in head

    def draw(self, element: Any) -> Draft:
        return draft_of(element)


def draft_of(element: Any) -> Draft:
    """The standard has no identifier of records: the citation's DOI or first address stands for one."""
    citation = next(iter(find_all(element, "idinfo/citation/citeinfo")), element)
    contact = next(
        iter(
            find_all(element, "idinfo/ptcontac/cntinfo")
            + find_all(element, "distinfo/distrib/cntinfo")
            + find_all(element, "metainfo/metc/cntinfo")
        ),
        element,
    )
    links = [text_of(one) for one in find_all(citation, "onlink")]
    abstract = next(iter(find_all(element, "idinfo/descript/abstract")), None)
    words = [text_of(one) for one in find_all(element, "idinfo/keywords/theme/themekey")]
    host = first_text(
        element, "distinfo/distrib/cntinfo/cntorgp/cntorg", "distinfo/distrib/cntinfo/cntperp/cntorg"
    )
    host = (
        host
        or first_text(citation, "pubinfo/publish")
        or first_text(contact, "cntorgp/cntorg", "cntperp/cntorg")
    )
    draft = Draft(
        identifier=first_text(element, "idinfo/datsetid", "idinfo/datasetid"),
        titles=[Said(first_text(citation, "title"))] if first_text(citation, "title") else [],
        descriptions=[Said(prose_of(abstract))] if abstract is not None else [],
        keywords=[Said(word) for word in words if word],
        hosts=[Said(host)] if host else [],
        creators=[Person(text_of(one)) for one in find_all(citation, "origin")],
        contact_name=first_text(contact, "cntperp/cntper", "cntorgp/cntper", "cntorgp/cntorg"),
        contact_email=first_text(contact, "cntemail"),
        contact_phone=first_text(contact, "cntvoice"),
        urls=links,
        identifiers=[(one, "") for one in links if "doi.org/" in one],
        conditions=[
            Said(text)
            for text in (first_text(element, "idinfo/accconst"), first_text(element, "idinfo/useconst"))
            if text and text.lower() not in ("none", "none.")
        ],
        issued=[first_text(citation, "pubdate")],
        modified=[first_text(element, "metainfo/metd")],
        formats=[text_of(one) for one in find_all(element, "distinfo/stdorder/digform/digtinfo/formname")],
        version=first_text(citation, "edition"),
        size=f"{size} MB"
        if (size := first_text(element, "distinfo/stdorder/digform/digtinfo/transize"))
        else "",
        frequency=first_text(element, "idinfo/status/update"),
        variables=[
            f"{name} ({about})" if (about := first_text(one, "attrdef")) else name
            for one in find_all(element, "eainfo/detailed/attr")
            if (name := first_text(one, "attrlabl"))
        ],
        kinds=["dataset"],
        places=[text_of(one) for one in find_all(element, "idinfo/keywords/place/placekey")],
    )
    draft.ties = [
        Tie("isPartOf", first_text(one, "onlink"), title=first_text(one, "title"))
        for one in find_all(citation, "lworkcit/citeinfo")
    ]
    if series := first_text(citation, "serinfo/sername"):
        draft.ties.append(Tie("isPartOf", title=f"{series} {first_text(citation, 'serinfo/issue')}".strip()))
    draft.ties += [
        Tie("relation", first_text(one, "onlink"), title=first_text(one, "title"))
        for one in find_all(element, "idinfo/crossref/citeinfo")
    ]
    for one in find_all(element, "//networkr"):
        draft.files.append(File(text_of(one)))
    fees = first_text(element, "distinfo/stdorder/fees")
    if fees and fees.lower().rstrip(".") not in ("none", "free"):
        draft.conditions.append(Said(f"Fees: {fees}"))
    for one in find_all(element, "idinfo/spdom/bounding"):
        west, south, east, north = (
            first_text(one, f"{side}bc") for side in ("west", "south", "east", "north")
        )
        draft.boxes.append((west, south, east, north))
    for one in find_all(element, "idinfo/timeperd/timeinfo"):
        if begins := first_text(one, "rngdates/begdate"):
            draft.periods.append((begins, first_text(one, "rngdates/enddate")))
        days = [
            text_of(day)
            for day in find_all(one, "sngdate/caldate") + find_all(one, "mdattim/sngdate/caldate")
        ]
        draft.periods += [(day, day) for day in days]
    return draft
