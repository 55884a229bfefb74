"""DIF 9 and 10, NASA's directory interchange format."""

from __future__ import annotations

from typing import Any

from corpus.harvest.bodies import find_all, first_text, prose_of, text_of
from corpus.harvest.drafts import Draft, File, Person, Said, Tie
from corpus.harvest.xmlreading import XmlDocumentReader


class Reader(XmlDocumentReader):
    name = "dif"
    roots = frozenset({"dif"})

    def draw(self, element: Any) -> Draft:
        return draft_of(element)


def draft_of(element: Any) -> Draft:
    citation = next(
        iter(find_all(element, "Data_Set_Citation") + find_all(element, "Dataset_Citation")), element
    )
    people = find_all(element, "Personnel") + [
        one for body in ("Data_Center", "Organization") for one in find_all(element, f"{body}/Personnel")
    ]
    person = next(iter(people), element)
    summary = next(iter(find_all(element, "Summary/Abstract") + find_all(element, "Summary")), None)
    science = find_all(element, "Parameters") + find_all(element, "Science_Keywords")
    words = [text_of(one) for group in science for one in group] + [
        text_of(one)
        for name in ("Keyword", "Ancillary_Keyword", "ISO_Topic_Category")
        for one in find_all(element, name)
    ]
    draft = Draft(
        identifier=first_text(element, "Entry_ID/Short_Name", "Entry_ID"),
        titles=_said(first_text(element, "Entry_Title", "Data_Set_Citation/Dataset_Title")),
        descriptions=[Said(prose_of(summary))] if summary is not None else [],
        keywords=[Said(word) for word in dict.fromkeys(words) if word],
        hosts=[
            Said(text)
            for text in [
                first_text(
                    element,
                    "Data_Center/Data_Center_Name/Long_Name", "Organization/Organization_Name/Long_Name",
                    "Data_Center/Data_Center_Name/Short_Name", "Organization/Organization_Name/Short_Name",
                    "Originating_Center", "Data_Set_Citation/Dataset_Publisher",
                )
            ]
            if text
        ],
        creators=[Person(text) for text in [first_text(citation, "Dataset_Creator")] if text],
        contact_name=" ".join(
            filter(None, (first_text(person, "First_Name", "Contact_Person/First_Name"),
                          first_text(person, "Last_Name", "Contact_Person/Last_Name", "Contact_Group/Name")))
        ),
        contact_email=first_text(person, "Email", "Contact_Person/Email", "Contact_Group/Email"),
        contact_phone=first_text(person, "Phone/Number", "Contact_Group/Phone/Number", "Phone"),
        identifiers=[
            (text, "DOI")
            for text in [first_text(citation, "Dataset_DOI", "Persistent_Identifier/Identifier")]
            if text
        ],
        urls=[text for text in [first_text(citation, "Online_Resource")] if text],
        licences=[text for text in [first_text(element, "Use_Constraints/License_URL/URL")] if text],
        conditions=[
            Said(text)
            for text in [
                first_text(element, "Access_Constraints/Description", "Access_Constraints"),
                first_text(
                    element, "Use_Constraints/Description", "Use_Constraints/License_Text", "Use_Constraints"
                ),
            ]
            if text
        ],
        issued=[
            first_text(citation, "Dataset_Release_Date"),
            first_text(element, "DIF_Creation_Date", "Metadata_Dates/Metadata_Creation"),
        ],
        modified=[
            first_text(element, "Metadata_Dates/Data_Last_Revision"),
            first_text(element, "Last_DIF_Revision_Date", "Metadata_Dates/Metadata_Last_Revision"),
        ],
        formats=[text_of(one) for one in find_all(element, "Distribution/Distribution_Format")],
        version=first_text(citation, "Version"),
        size=first_text(element, "Distribution/Distribution_Size"),
        kinds=["dataset"],
        language=first_text(element, "Data_Set_Language", "Dataset_Language") or None,
    )  # fmt: skip
    draft.ties = [
        Tie(
            "isPartOf" if first_text(one, "Type").lower() == "parent" else "relation",
            first_text(one, "Entry_ID/Short_Name", "Entry_ID"),
        )
        for one in find_all(element, "Associated_DIFs")
    ] + [Tie("isPartOf", text_of(one)) for one in find_all(element, "Parent_DIF")]
    fees = first_text(element, "Distribution/Fees")
    if fees and fees.lower() not in ("none", "free", "n/a"):
        draft.conditions.append(Said(f"Fees: {fees}"))
    _add_links(draft, element)
    _add_extent(draft, element)
    return draft


def _said(text: str) -> list[Said]:
    return [Said(text)] if text else []


def _add_links(draft: Draft, element: Any) -> None:
    for link in find_all(element, "Related_URL"):
        kind = first_text(link, "URL_Content_Type/Type").upper()
        for one in find_all(link, "URL"):
            if "GET DATA" in kind or "GET SERVICE" in kind or "USE SERVICE" in kind:
                title = first_text(link, "Description", "Title")
                draft.files.append(File(text_of(one), title, service="SERVICE" in kind))
            else:
                draft.urls.append(text_of(one))


def _add_extent(draft: Draft, element: Any) -> None:
    for one in find_all(element, "Temporal_Coverage"):
        start = first_text(one, "Start_Date", "Range_DateTime/Beginning_Date_Time", "Single_DateTime")
        end = first_text(one, "Stop_Date", "Range_DateTime/Ending_Date_Time", "Single_DateTime")
        if start or end:
            draft.periods.append((start, end))
    boxes = find_all(element, "Spatial_Coverage") + find_all(
        element, "Spatial_Coverage/Geometry/Bounding_Rectangle"
    )
    for one in boxes:
        sides = [
            first_text(one, f"{side}most_{axis}")
            for side, axis in (("Western", "Longitude"), ("Southern", "Latitude"), ("Eastern", "Longitude"),
                               ("Northern", "Latitude"))
        ]  # fmt: skip
        if all(sides):
            draft.boxes.append((sides[0], sides[1], sides[2], sides[3]))
    for one in find_all(element, "Location"):
        names = [text_of(part) for part in one] if len(one) else [text_of(one)]
        draft.places += [name for name in names if name][-1:]
