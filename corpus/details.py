"""What one needs to get a thing of each kind: Details by type, Period, Coverage, Grant, Relation, Origin."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from corpus.texts import Record, Text

AccessRights = Literal["open", "embargoed", "restricted", "metadata_only"]
"""COAR Access Rights 1.0; see COAR_ACCESS for their addresses."""

COAR_ACCESS: dict[AccessRights, str] = {
    "open": "http://purl.org/coar/access_right/c_abf2",
    "embargoed": "http://purl.org/coar/access_right/c_f1cf",
    "restricted": "http://purl.org/coar/access_right/c_16ec",
    "metadata_only": "http://purl.org/coar/access_right/c_14cb",
}

_DATE = r"^-?\d{4,6}(-\d{2}(-\d{2})?)?$"


class Period(Record):
    """From the first to the last day that the content is about; either end may be open or unknown."""

    start: str | None = Field(default=None, pattern=_DATE)
    end: str | None = Field(default=None, pattern=_DATE)
    text: str | None = Field(default=None, description="As the source says it, where that is no date.")


class Box(Record):
    """Degrees, WGS 84; west > east crosses the 180th meridian; a point has equal sides."""

    west: float = Field(ge=-180, le=180)
    south: float = Field(ge=-90, le=90)
    east: float = Field(ge=-180, le=180)
    north: float = Field(ge=-90, le=90)


class Coverage(Record):
    """The places that the content is about."""

    places: tuple[str, ...] = ()
    provinces: tuple[str, ...] = Field(default=(), description="Names as in vocabulary.yaml.")
    boxes: tuple[Box, ...] = ()


class Download(Record):
    """One file or service of a data set."""

    url: str = Field(pattern=r"^(https?|ftp|s3|gs)://")
    title: str | None = None
    format: str | None = None
    media_type: str | None = None
    bytes: int | None = Field(default=None, ge=0)
    service: bool = Field(default=False, description="True for an API and not a file.")


class Agent(Record):
    """A person or body that made the thing, for its citation."""

    name: str = Field(min_length=1)
    organisation: bool = False
    orcid: str | None = None
    ror: str | None = None
    affiliation: str | None = None


RelationKind = Literal[
    "part_of", "has_part", "previous_version", "next_version", "version", "derived_from", "source_of",
    "described_by", "describes", "supplement_to", "supplemented_by", "cites", "cited_by", "same_as",
    "related",
]  # fmt: skip
"""How a thing stands to another, after DataCite's relation types; `related`: more is not said."""


class Grant(Record):
    """Money that paid for the thing: who gave it, under which number and title."""

    funder: str | None = None
    number: str | None = Field(default=None, description="Of the award, as the funder writes it.")
    title: str | None = None
    ror: str | None = Field(default=None, description="Of the funder.")


class Relation(Record):
    """Another thing, of the catalogue or not, that this one is a part, a version, a source … of: by `title`,
    `value` or `url`, one of them at least.
    """

    kind: RelationKind
    title: str | None = None
    scheme: str | None = Field(default=None, description="Of `value`: doi, handle, issn …")
    value: str | None = Field(default=None, description="Identifier of the other.")
    url: str | None = Field(default=None, pattern=r"^https?://", description="Where it has no identifier.")


class Origin(Record):
    """Where a harvested record comes from."""

    source: str
    identifier: str = Field(description="In the source.")
    format: str = Field(description="Of the original: oai_dc, dcat_us …")
    datestamp: str | None = Field(default=None, description="Of the record in the source.")
    harvested: str | None = Field(default=None, description="UTC, when we read it.")
    address: str | None = Field(default=None, description="Of the original record, for a machine or reader.")


class DataDetails(Record):
    kind: Literal["scientific_data"] = "scientific_data"
    version: str | None = None
    size: str | None = None
    variables: tuple[str, ...] = Field(default=(), description="What it measures or has columns for.")
    frequency: str | None = Field(default=None, description="How often it is updated, as the source says it.")
    files: tuple[Download, ...] = ()
    documentation: str | None = None
    requester_pays: bool | None = None
    account_required: bool | None = None


class _Material(Record):
    """Things that are sent, lent or looked at."""

    accession_numbers: tuple[str, ...] = ()
    catalogue_url: str | None = None
    request_url: str | None = None
    fees: Text | None = None
    agreement: Text | None = Field(default=None, description="Material transfer or loan agreement.")
    approvals: Text | None = Field(default=None, description="Licences the recipient must hold.")


class GermplasmDetails(_Material):
    kind: Literal["germplasm"] = "germplasm"
    taxon: str | None = None


class BiologicalMaterialDetails(_Material):
    kind: Literal["biological_material"] = "biological_material"
    taxon: str | None = None
    biosafety_level: str | None = None


class HumanGeneticDetails(_Material):
    kind: Literal["human_genetic"] = "human_genetic"
    ethics: Text | None = None


class SpecimenDetails(_Material):
    kind: Literal["specimen"] = "specimen"
    taxon: str | None = None
    loan: bool | None = None


class ReferenceMaterialDetails(_Material):
    kind: Literal["reference_material"] = "reference_material"
    certificate: str | None = Field(default=None, description="Number: GBW …")


class _Bookable(Record):
    """Things that one uses on the spot."""

    booking_url: str | None = None
    fees: Text | None = None
    opening: Text | None = Field(default=None, description="Hours or calls when it may be booked.")
    deadline: Text | None = None
    remote: bool | None = Field(default=None, description="True where samples may be sent in.")


class InstrumentDetails(_Bookable):
    kind: Literal["instrument"] = "instrument"
    number: str | None = Field(default=None, description="Asset or registration number.")
    model: str | None = None
    maker: str | None = None


class FacilityDetails(_Bookable):
    kind: Literal["facility"] = "facility"
    proposal_url: str | None = None


class FieldStationDetails(_Bookable):
    kind: Literal["field_station"] = "field_station"
    lodging: Text | None = None


class LiteratureDetails(Record):
    kind: Literal["literature"] = "literature"
    numbers: tuple[str, ...] = Field(default=(), description="ISBN, ISSN, standard numbers.")
    full_text_url: str | None = None
    files: tuple[Download, ...] = ()
    delivery: Text | None = Field(default=None, description="Lending and document delivery.")


class ServicePlatformDetails(Record):
    kind: Literal["service_platform"] = "service_platform"
    endpoints: tuple[Download, ...] = ()
    documentation: str | None = None
    registration_url: str | None = None
    fees: Text | None = None


class AllianceDetails(Record):
    kind: Literal["alliance"] = "alliance"
    members: tuple[str, ...] = ()
    joining: Text | None = None


Details = Annotated[
    DataDetails
    | GermplasmDetails
    | BiologicalMaterialDetails
    | HumanGeneticDetails
    | SpecimenDetails
    | ReferenceMaterialDetails
    | InstrumentDetails
    | FacilityDetails
    | FieldStationDetails
    | LiteratureDetails
    | ServicePlatformDetails
    | AllianceDetails,
    Field(discriminator="kind"),
]


def period_text(period: Period | None) -> str:
    """A span of time as "start/end", one day, or in the source's words; empty without any."""
    if period is None:
        return ""
    if not (period.start or period.end):
        return period.text or ""
    return period.start or "" if period.start == period.end else f"{period.start or ''}/{period.end or ''}"


def grant_text(grant: Grant) -> str:
    """Funder, number and title of an award, as far as they are told."""
    told = f"{grant.funder or ''} {grant.number or ''}".strip()
    return f"{told}: {grant.title}" if told and grant.title else told or grant.title or ""


def relation_text(relation: Relation) -> str:
    """The title of the other, and its identifier or address."""
    named = f"{relation.scheme or ''} {relation.value}".strip() if relation.value else relation.url or ""
    return f"{relation.title} ({named})" if relation.title and named else relation.title or named


def coverage_text(coverage: Coverage | None, comma: str) -> str:
    """The first places and boxes (west south east north, degrees) of a coverage, joined by `comma`."""
    if coverage is None:
        return ""
    boxes = [f"{one.west:g} {one.south:g} {one.east:g} {one.north:g}" for one in coverage.boxes[:2]]
    return comma.join([*coverage.places[:10], *boxes])
