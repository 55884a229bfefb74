"""DCAT and DCAT-AP in Turtle, N-Triples, RDF/XML and JSON-LD: data sets, series and services."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, FOAF, OWL, PROV, RDF, SKOS, Namespace
from rdflib.term import Node

from corpus.harvest.drafts import Draft, File, Funding, Person, Said, Tie, complaint_of, only
from corpus.harvest.entries import draft_entry, refused_entry
from corpus.harvest.extents import add_place
from corpus.harvest.licences import licence_of
from corpus.harvest.rdfgraph import described, graph_of, rdf_format
from corpus.harvest.reading import SHAPE_FAULTS, DocumentReader
from corpus.harvest.records import Entry, HarvestSource, Page, Request

DCAT = Namespace("http://www.w3.org/ns/dcat#")
ADMS = Namespace("http://www.w3.org/ns/adms#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
LOCN = Namespace("http://www.w3.org/ns/locn#")
SCHEMA = Namespace("http://schema.org/")
TIME = Namespace("http://www.w3.org/2006/time#")
_INSTANTS = (
    TIME.inXSDDate,
    TIME.inXSDDateTimeStamp,
    TIME.inXSDDateTime,
    TIME.inXSDgYearMonth,
    TIME.inXSDgYear,
)
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")

_FORMS = "text/turtle, application/rdf+xml;q=0.9, application/ld+json;q=0.8, */*;q=0.5"
_KINDS = ((DCAT.Dataset, "dataset"), (DCAT.DatasetSeries, "dataset"), (DCAT.DataService, "service"))


class Reader(DocumentReader):
    name = "dcat_ap"

    def detects(self, head: bytes, media_type: str, url: str) -> bool:
        form = rdf_format(head, media_type, url)
        # Croissant is schema.org and names a DCMI term too.
        known = b"purl.org/dc/terms" in head and b"schema.org" not in head
        known = known or b"www.w3.org/ns/dcat#" in head
        return form is not None and (known or form in ("turtle", "nt", "xml"))

    def first(self, source: HarvestSource) -> Request:
        """The document; servers that have a page at the same address are asked for its RDF."""
        return Request(source=source, url=source.url, headers=(("Accept", _FORMS),))

    def read(self, body: bytes, request: Request, *, media_type: str = "") -> Page:
        """Paged catalogues (Hydra) give the address of the next page."""
        graph, complaints = graph_of(body, request, media_type)
        found: dict[Node, str] = {}
        for kind, name in _KINDS:
            for subject in graph.subjects(RDF.type, kind):
                # A service without a name of its own is a way to the data set that tells of it.
                if not isinstance(subject, BNode) or (None, DCAT.accessService, subject) not in graph:
                    found.setdefault(subject, name)
        named = [
            str(one)
            for predicate in (DCAT.dataset, DCAT.service)
            for one in graph.objects(None, predicate)
            if one not in found
        ]
        if not found:
            message = "describes no dcat:Dataset, DatasetSeries or DataService"
            complaints.append(complaint_of(request, "dcat.no_dataset", message))
        if named:
            message = f"names {len(named)} records and does not describe them: {', '.join(sorted(named)[:3])}"
            complaints.append(complaint_of(request, "dcat.not_described", message))
        following = next(
            (one for name in (HYDRA.next, HYDRA.nextPage) for one in graph.objects(None, name)), None
        )
        nexts: tuple[Request, ...] = ()
        if following is not None and re.match(r"https?://", str(following)) and str(following) != request.url:
            nexts = (
                request.model_copy(update={"url": str(following), "params": (), "page": request.page + 1}),
            )
        count = str(next(graph.objects(None, HYDRA.totalItems), ""))
        total = int(count) if count.isdigit() else None
        return Page(_entries(graph, found, request), nexts, tuple(complaints), total=total)


def _entries(graph: Graph, found: dict[Node, str], request: Request) -> Iterator[Entry]:
    for subject in sorted(found, key=str):
        original = described(graph, subject)
        try:
            draft = draft_of(graph, subject, found[subject])
        except SHAPE_FAULTS as error:
            yield refused_entry(
                request, "record.shape", f"cannot be read as dcat_ap: {error}", original=original,
                media_type="application/ld+json", format="dcat_ap", identifier=str(subject),
            )  # fmt: skip
            continue
        stamp = str(next(iter(draft.modified), "")) or None
        yield draft_entry(
            draft,
            request,
            original=original,
            media_type="application/ld+json",
            format="dcat_ap",
            datestamp=stamp,
        )


class _About:
    """What a graph says of one subject."""

    def __init__(self, graph: Graph, subject: Node) -> None:
        self._graph = graph
        self.subject = subject

    def nodes(self, *predicates: Node) -> list[Node]:
        """In an order that is the same each time."""
        return [
            one
            for predicate in predicates
            for one in sorted(self._graph.objects(self.subject, predicate), key=str)
        ]

    def of(self, *predicates: Node) -> list[_About]:
        return [_About(self._graph, one) for one in self.nodes(*predicates)]

    def said(self, *predicates: Node) -> list[Said]:
        return [Said(str(one), one.language) for one in self.nodes(*predicates) if isinstance(one, Literal)]

    def texts(self, *predicates: Node) -> list[str]:
        return [str(one) for one in self.nodes(*predicates) if not isinstance(one, BNode)]

    def text(self, *predicates: Node) -> str:
        return next(iter(self.texts(*predicates)), "")

    def named(self, *predicates: Node) -> list[Said]:
        """Literals, and the names of things that have one."""
        found = self.said(*predicates)
        for one in self.of(*predicates):
            found += one.said(SKOS.prefLabel, FOAF.name, VCARD.fn, DCTERMS.title, SCHEMA.name, *_LABELS)
        return found


_LABELS = (URIRef("http://www.w3.org/2000/01/rdf-schema#label"),)


def draft_of(graph: Graph, subject: Node, kind: str) -> Draft:
    about = _About(graph, subject)
    contact = next(iter(about.of(DCAT.contactPoint, ADMS.contactPoint)), _About(graph, BNode()))
    publishers = about.of(DCTERMS.publisher)
    own = str(subject) if isinstance(subject, URIRef) and not str(subject).startswith("urn:kewen:") else ""
    numbers = about.texts(DCTERMS.identifier)
    numbers += [text for one in about.of(ADMS.identifier) for text in one.texts(SKOS.notation)]
    distributions = about.of(DCAT.distribution)
    draft = Draft(
        identifier=own or next(iter(numbers), ""),
        titles=about.said(DCTERMS.title, SCHEMA.name),
        alternatives=about.texts(DCTERMS.alternative),
        descriptions=about.said(DCTERMS.description, SCHEMA.description),
        keywords=about.said(DCAT.keyword) + about.named(DCAT.theme, DCTERMS.subject),
        hosts=about.named(DCTERMS.publisher),
        governing=[said for one in publishers for said in one.named(URIRef("http://www.w3.org/ns/org#subOrganizationOf"))],
        creators=[
            Person(
                said.text, organisation=(one.subject, RDF.type, FOAF.Organization) in graph,
                identifier=str(one.subject) if re.search(r"orcid\.org|ror\.org", str(one.subject)) else "",
            )
            for one in about.of(DCTERMS.creator)
            for said in one.said(FOAF.name)[:1]
        ],
        contact_name=next((one.text for one in contact.said(VCARD.fn, VCARD["organization-name"])), ""),
        contact_email=_address(contact, VCARD.hasEmail, VCARD.email),
        contact_phone=_address(contact, VCARD.hasTelephone, VCARD.tel),
        contact_url=contact.text(VCARD.hasURL, VCARD.url),
        urls=about.texts(DCAT.landingPage, FOAF.page, FOAF.homepage),
        identifiers=[
            (one, "")
            for one in (
                *numbers,
                *about.texts(OWL.sameAs),
                *(page for page in about.texts(DCAT.landingPage) if "doi.org/10." in page),
            )
        ],
        rights=about.texts(DCTERMS.accessRights),
        conditions=about.named(DCTERMS.accessRights, DCTERMS.rights),
        issued=about.texts(DCTERMS.issued, DCTERMS.created),
        modified=about.texts(DCTERMS.modified),
        version=about.text(DCAT.version, OWL.versionInfo),
        frequency=about.text(DCTERMS.accrualPeriodicity)
        or next((one.text for one in about.named(DCTERMS.accrualPeriodicity)), ""),
        documentation=about.text(FOAF.page, DCAT.endpointDescription),
        funding=_funding(about),
        ties=_ties(about),
        kinds=[kind, *(one.text for one in about.named(DCTERMS.type))],
        language=only(about.texts(DCTERMS.language)),
    )  # fmt: skip
    draft.licences = _licences(graph, about)
    if not draft.licences:
        of_files = [licence for one in distributions if (licence := licence_of(*_licences(graph, one)))]
        # Files under different terms: none of them stands for all.
        draft.licences = ["; ".join(dict.fromkeys(of_files))]
    for one in distributions:
        _add_file(draft, one)
    draft.files += [File(url, service=True) for url in about.texts(DCAT.endpointURL)]
    for place in about.of(DCTERMS.spatial):
        _add_place(draft, place)
    for period in about.of(DCTERMS.temporal):
        start = period.text(DCAT.startDate, SCHEMA.startDate) or _instant(period, TIME.hasBeginning)
        end = period.text(DCAT.endDate, SCHEMA.endDate) or _instant(period, TIME.hasEnd)
        if start or end:
            draft.periods.append((start, end))
        elif isinstance(period.subject, Literal):
            draft.periods.append((str(period.subject), ""))
    return draft


_TIES = (
    DCTERMS.isPartOf, DCTERMS.hasPart, DCAT.inSeries, DCAT.prev, DCAT.previousVersion, ADMS.prev, ADMS.next,
    DCTERMS.replaces, DCTERMS.isReplacedBy, DCTERMS.isVersionOf, DCTERMS.hasVersion, DCAT.hasVersion,
    DCAT.isVersionOf, DCAT.hasCurrentVersion, DCTERMS.source, PROV.wasDerivedFrom, DCTERMS.references,
    DCTERMS.isReferencedBy, DCTERMS.relation,
)  # fmt: skip
_FUNDED = URIRef("http://xmlns.com/foaf/0.1/fundedBy")


def _ties(about: _About) -> list[Tie]:
    """Other things with their titles where the graph has them; then those of qualified relations."""
    found = [_tie(str(predicate), one) for predicate in _TIES for one in about.of(predicate)]
    for held in about.of(DCAT.qualifiedRelation):
        found += [_tie(held.text(DCAT.hadRole), one) for one in held.of(DCTERMS.relation)]
    return found


def _tie(kind: str, other: _About) -> Tie:
    title = next((one.text for one in other.said(DCTERMS.title, SCHEMA.name, *_LABELS)), "")
    number = next((text for text in other.texts(DCTERMS.identifier) if "10." in text), "")
    own = "" if isinstance(other.subject, BNode) else str(other.subject)
    return Tie(kind, number or own, title=title)


def _funding(about: _About) -> list[Funding]:
    """Of schema.org's funding and funder, foaf:fundedBy, and attributions with the role of a funder, of the
    thing and of the project that it came of."""
    found: list[Funding] = []
    for one in [about, *about.of(PROV.wasGeneratedBy)]:
        for grant in one.of(SCHEMA.funding):
            number = grant.text(SCHEMA.identifier, DCTERMS.identifier)
            title = next((said.text for said in grant.said(SCHEMA.name, DCTERMS.title)), "")
            funders = grant.of(SCHEMA.funder, SCHEMA.sponsor)
            found += [_funder(each, number, title) for each in funders] or [Funding("", number, title)]
        found += [_funder(each) for each in one.of(SCHEMA.funder, _FUNDED)]
        for held in one.of(PROV.qualifiedAttribution):
            if held.text(DCAT.hadRole).lower().endswith(("/funder", "#funder")):
                found += [_funder(each) for each in held.of(PROV.agent)]
    return found


def _funder(agent: _About, number: str = "", title: str = "") -> Funding:
    if isinstance(agent.subject, Literal):
        return Funding(str(agent.subject), number, title)
    name = next((one.text for one in agent.said(FOAF.name, SCHEMA.name, *_LABELS)), "")
    return Funding(name, number, title, str(agent.subject))


def _instant(period: _About, end: Node) -> str:
    return next((day for one in period.of(end) if (day := one.text(*_INSTANTS))), "")


def _address(contact: _About, *predicates: Node) -> str:
    """Of a mail or telephone: an address, or a node whose value is one."""
    for one in contact.of(*predicates):
        if inner := one.text(VCARD.hasValue, VCARD.value):
            return inner
    return contact.text(*predicates)


def _licences(graph: Graph, part: _About) -> list[str]:
    """A local licence is what it says it matches exactly."""
    found: list[str] = []
    for one in part.of(DCTERMS.license):
        found += one.texts(SKOS.exactMatch, OWL.sameAs, DCTERMS.source)
        if not isinstance(one.subject, BNode):
            found.append(str(one.subject))
        found += [said.text for said in one.said(DCTERMS.title, SKOS.prefLabel, FOAF.name, *_LABELS)]
    return list(dict.fromkeys(found))


def _add_file(draft: Draft, one: _About) -> None:
    form = one.texts(DCTERMS["format"]) + one.texts(DCAT.mediaType)
    labels = [said.text for said in one.named(DCTERMS["format"])]
    size = one.text(DCAT.byteSize)
    url = one.text(DCAT.downloadURL) or one.text(DCAT.accessURL)
    if url:
        draft.files.append(
            File(
                url=url,
                title=next((said.text for said in one.said(DCTERMS.title)), ""),
                format=next(iter([*labels, *form]), ""),
                media_type=one.text(DCAT.mediaType).rpartition("media-types/")[2],
                bytes=int(float(size)) if re.fullmatch(r"\d+(?:\.\d+)?", size) else None,
                service=bool(one.nodes(DCAT.accessService)),
            )
        )
    draft.formats += form[:1] if not url else []
    for service in one.of(DCAT.accessService):
        draft.files += [File(address, service=True) for address in service.texts(DCAT.endpointURL)]
    draft.rights += one.texts(DCTERMS.accessRights)
    draft.conditions += one.said(DCTERMS.rights)


def _add_place(draft: Draft, place: _About) -> None:
    if isinstance(place.subject, Literal):
        add_place(draft, str(place.subject))
        return
    before = len(draft.boxes)
    for shape in place.texts(DCAT.bbox, LOCN.geometry, DCAT.centroid):
        if len(draft.boxes) == before:
            add_place(draft, shape)
    names = [
        said.text
        for said in place.named() + place.said(SKOS.prefLabel, LOCN.geographicName, FOAF.name, *_LABELS)
    ]
    if names:
        draft.places.append(names[0])
    elif isinstance(place.subject, URIRef) and len(draft.boxes) == before:
        name = re.split(r"[#/]", str(place.subject).rstrip("/"))[-1]
        draft.places += [] if name.isdecimal() else [name]  # a number of GeoNames names nothing
