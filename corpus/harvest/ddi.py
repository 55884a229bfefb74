"""DDI Codebook 1.2 to 2.5: studies of the social sciences."""

from __future__ import annotations

from typing import Any

from corpus.harvest.bodies import find_all, first_text, prose_of, text_of, xml_language
from corpus.harvest.drafts import Draft, File, Funding, Person, Said, Tie
from corpus.harvest.extents import add_place
from corpus.harvest.xmlreading import XmlDocumentReader


class Reader(XmlDocumentReader):
    name = "ddi"
    roots = frozenset({"codebook"})

    def draw(self, element: Any) -> Draft:
        return draft_of(element)


def draft_of(element: Any) -> Draft:
    """Of the study; the document's own citation stands in where the study has none."""
    study = next(iter(find_all(element, "stdyDscr")), element)
    citation = next(iter(find_all(study, "citation") + find_all(element, "docDscr/citation")), study)
    titles = find_all(citation, "titlStmt/titl") or find_all(element, "docDscr/citation/titlStmt/titl")
    numbers = [
        (text_of(one), one.get("agency", "")) for one in find_all(citation, "titlStmt/IDNo") if text_of(one)
    ]
    contact = next(iter(find_all(citation, "distStmt/contact")), None)
    access = find_all(study, "dataAccs/useStmt") + find_all(study, "dataAccs/setAvail")
    draft = Draft(
        identifier=_best(numbers),
        titles=[Said(text_of(one), xml_language(one)) for one in titles]
        + [Said(text_of(one), xml_language(one)) for one in find_all(citation, "titlStmt/parTitl")],
        alternatives=[
            text_of(one) for name in ("subTitl", "altTitl") for one in find_all(citation, f"titlStmt/{name}")
        ],
        descriptions=[Said(prose_of(one), xml_language(one)) for one in find_all(study, "stdyInfo/abstract")],
        keywords=[
            Said(text_of(one), xml_language(one))
            for name in ("keyword", "topcClas")
            for one in find_all(study, f"stdyInfo/subject/{name}")
        ],
        hosts=_hosts(citation),
        creators=list(
            {  # the same are told again in each language
                text_of(one): Person(text_of(one), affiliation=one.get("affiliation", ""))
                for one in reversed(find_all(citation, "rspStmt/AuthEnty"))
            }.values()
        )[::-1],
        contact_name=text_of(contact),
        contact_email=contact.get("email", "") if contact is not None else "",
        urls=[one.get("URI", "") for one in find_all(citation, "holdings") if one.get("URI")]
        + [one.get("URI", "") for one in find_all(study, "dataAccs/setAvail/accsPlac") if one.get("URI")],
        identifiers=numbers,
        issued=[one.get("date") or text_of(one) for one in find_all(citation, "distStmt/distDate")]
        + [one.get("date") or text_of(one) for one in find_all(citation, "prodStmt/prodDate")],
        modified=[one.get("date") for one in find_all(citation, "verStmt/version") if one.get("date")],
        version=first_text(citation, "verStmt/version"),
        formats=[text_of(one) for one in find_all(element, "fileDscr/fileTxt/fileType")],
        variables=[_variable(one) for one in find_all(element, "dataDscr/var")],
        frequency=first_text(study, "method/dataColl/frequenc"),
        kinds=["dataset"],
        language=xml_language(element),
    )
    production = next(iter(find_all(citation, "prodStmt")), citation)
    funders = [text_of(one) for one in find_all(production, "fundAg")]
    numbers_of = [(text_of(one), one.get("agency", "")) for one in find_all(production, "grantNo")]
    draft.funding = [
        Funding(agency or (funders[0] if len(funders) == 1 else ""), number) for number, agency in numbers_of
    ] + [Funding(one) for one in funders]
    draft.ties = [
        Tie("isPartOf", one.get("URI", ""), title=first_text(one, "serName"))
        for one in find_all(citation, "serStmt")
    ] + [_tie(kind, one) for name, kind in _OTHERS for one in find_all(study, f"othrStdyMat/{name}")]
    for note in find_all(study, "dataAccs/notes") + find_all(study, "dataAccs/useStmt/notes"):
        href = note.get("level", "") == "dv" or "LICENSE" in note.get("type", "").upper()
        if href or "TERMS_OF_USE" in note.get("type", "").upper() or "creativecommons" in text_of(note):
            draft.licences.append(_licence_in(note))
    for group in access:
        for name in ("restrctn", "conditions", "avlStatus", "confDec", "specPerm", "citReq"):
            draft.conditions += [
                Said(text_of(one), xml_language(one)) for one in find_all(group, name) if text_of(one)
            ]
    draft.files = [
        File(
            one.get("URI", ""), first_text(one, "labl") or text_of(one)[:100], format=first_text(one, "notes")
        )
        for one in find_all(element, "otherMat")
        if one.get("URI")
    ]
    draft.files += [
        File(one.get("URI", ""), first_text(one, "fileTxt/fileName"))
        for one in find_all(element, "fileDscr")
        if one.get("URI")
    ]
    _add_extent(draft, study)
    return draft


_OTHERS = (("relPubl", "isReferencedBy"), ("relStdy", "relation"), ("relMat", "relation"))
"""Publications that used the study, and other studies and material."""


def _tie(kind: str, element: Any) -> Tie:
    """Of a whole citation, or of the words."""
    number = next(iter(find_all(element, "citation/titlStmt/IDNo")), None)
    scheme = number.get("agency", "") if number is not None else ""
    title = first_text(element, "citation/titlStmt/titl") or first_text(element, "citation/biblCit")
    words = "" if title else " ".join(text_of(element).split())
    return Tie(kind, text_of(number) or words, scheme, title)


def _hosts(citation: Any) -> list[Said]:
    """The first distributor, else the first producer, and the same in the other languages of the study."""
    found = find_all(citation, "distStmt/distrbtr") or find_all(citation, "prodStmt/producer")
    by_language = {xml_language(one): text_of(one) for one in reversed(found) if text_of(one)}
    return [Said(text, language) for language, text in reversed(by_language.items())]


def _variable(element: Any) -> str:
    """The name of a column, and in brackets what it stands for."""
    name, label = element.get("name", ""), first_text(element, "labl")
    return f"{name} ({label})" if name and label and name != label else name or label


def _best(numbers: list[tuple[str, str]]) -> str:
    """A DOI or Handle before numbers of agencies."""
    lasting = [one for one, agency in numbers if agency.upper() in ("DOI", "HANDLE", "HDL", "ARK", "PERMA")]
    return next(iter(lasting), numbers[0][0] if numbers else "")


def _licence_in(note: Any) -> str:
    """The address of a link in the note, else its words."""
    links = [one.get("href", "") for one in note.iter() if one.get("href")]
    text = text_of(note)
    if not links and 'href="' in text:
        links = [text.partition('href="')[2].partition('"')[0]]
    return links[0] if links else text


def _add_extent(draft: Draft, study: Any) -> None:
    start = end = ""
    # Where the period that the answers are about is not told, that of asking is.
    periods = find_all(study, "stdyInfo/sumDscr/timePrd") or find_all(study, "stdyInfo/sumDscr/collDate")
    for one in periods:
        date, event = one.get("date") or text_of(one), one.get("event", "single")
        if event == "start":
            start = start or date
        elif event == "end":
            end = end or date
        else:
            draft.periods.append((date, date))
    if start or end:
        draft.periods.append((start, end))
    for name in ("nation", "geogCover"):
        for one in find_all(study, f"stdyInfo/sumDscr/{name}"):
            add_place(draft, text_of(one))
    for box in find_all(study, "stdyInfo/sumDscr/geoBndBox"):
        sides = [first_text(box, name) for name in ("westBL", "southBL", "eastBL", "northBL")]
        if all(sides):
            draft.boxes.append((sides[0], sides[1], sides[2], sides[3]))
    draft.kinds += [text_of(one) for one in find_all(study, "stdyInfo/sumDscr/dataKind")]
