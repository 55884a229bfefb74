"""re3data.org: descriptions of research data repositories (schema 2.2 – 4.0), and the list of its API."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin

from corpus.harvest.bodies import children, find_all, first_text, parsed_xml, prose_of, text_of, xml_language
from corpus.harvest.drafts import Draft, File, Funding, Said
from corpus.harvest.records import Page, Request
from corpus.harvest.xmlreading import XmlDocumentReader, root_of

_LEVELS = {"open": "open", "restricted": "restricted", "closed": "restricted"}
"""Data access type -> ours, where a repository has one type alone."""


class Reader(XmlDocumentReader):
    name = "re3data"
    roots = frozenset({"repository"})

    def detects(self, head: bytes, media_type: str, url: str) -> bool:
        name, space = root_of(head)
        listed = name == "list" and re.search(rb"<repository>\s*<id>", head) is not None
        return listed or ("re3data.org" in space and name in ("re3data", "repository"))

    def read(self, body: bytes, request: Request, *, media_type: str = "") -> Page:
        """The list gives a request for each repository, as only its own page describes it."""
        if root_of(body[:65536])[0] != "list":
            return super().read(body, request, media_type=media_type)
        root, _ = parsed_xml(body, request.url, media_type)
        found = [
            one.get("href", "")
            for repository in children(root, "repository")
            for one in list(children(repository, "link"))[:1]
        ]
        web = request.url.startswith(("http://", "https://"))
        nexts = tuple(
            request.model_copy(update={"url": urljoin(request.url, one), "page": request.page + number})
            for number, one in enumerate(found if web else [], 1)
        )
        return Page(iter(()), nexts, total=len(found))

    def draw(self, element: Any) -> Draft:
        return draft_of(element)


def draft_of(element: Any) -> Draft:
    """A platform: its names, the institutions behind it, how its data are reached and under which terms."""

    def said(*names: str) -> list[Said]:
        return [
            Said(prose_of(one), one.get("language") or xml_language(one)) for one in children(element, *names)
        ]

    def texts(path: str) -> list[str]:
        return [text for one in find_all(element, path) if (text := text_of(one))]

    contacts = texts("repositoryContact")
    types = {text.lower() for text in texts("dataAccess/dataAccessType")}
    return Draft(
        identifier=next(iter(texts("re3data.orgIdentifier")), ""),
        required=True,
        titles=said("repositoryName", "additionalName"),
        descriptions=said("description"),
        keywords=said("subject", "keyword"),
        hosts=[
            Said(text_of(one), one.get("language"))
            for each in find_all(element, "institution")
            if {text_of(kind).lower() for kind in children(each, "responsibilityType")} != {"funding"}
            for one in children(each, "institutionName")
        ],
        contact_email=next((one for one in contacts if "@" in one), ""),
        contact_url=next((one for one in contacts if "://" in one), ""),
        urls=texts("repositoryURL"),
        identifiers=[(text, "") for text in texts("repositoryIdentifier")],
        licences=texts("dataLicense/dataLicenseName") + texts("dataLicense/dataLicenseURL"),
        level=next((level for one, level in _LEVELS.items() if types == {one}), ""),
        rights=["restricted"] if types == {"restricted"} else [],
        conditions=[Said(text, "en") for text in texts("dataAccess/dataAccessRestriction")],
        files=[
            File(text_of(one), format=one.get("apiType", ""), service=True)
            for one in find_all(element, "api")
            if text_of(one)
        ],
        funding=[
            Funding(first_text(one, "institutionName"))
            for one in find_all(element, "institution")
            if "funding" in {text_of(kind).lower() for kind in children(one, "responsibilityType")}
        ],
        issued=texts("startDate"),
        modified=texts("lastUpdate"),
        kinds=["service_platform"],
        default_type="service_platform",
    )
