"""Mapping: which column, path or element of a source stands for which field of ours."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field, ValidationError, field_validator

from corpus.harvest.errors import MappingInvalid
from corpus.texts import Record

FIELDS: dict[str, str] = {
    "identifier": "Of the record in its source; without one a DOI, the address or a digest stands for it.",
    "title": "Name. title_zh and title_en where a source has both.",
    "title_zh": "Name in Chinese.",
    "title_en": "Name in English.",
    "alternative": "Other names.",
    "description": "What it is and holds; description_zh and description_en likewise.",
    "description_zh": "In Chinese.",
    "description_en": "In English.",
    "keywords": "Several, parted by the separator; keywords_zh and keywords_en likewise.",
    "keywords_zh": "In Chinese.",
    "keywords_en": "In English.",
    "host": "The body that keeps it; host_zh and host_en likewise.",
    "host_zh": "In Chinese.",
    "host_en": "In English.",
    "governing_body": "The body above the host.",
    "creators": "Makers, several.",
    "contact_name": "Whom to ask.",
    "contact_email": "E-mail address.",
    "contact_phone": "Telephone number.",
    "contact_url": "Page for questions.",
    "url": "Page about it.",
    "doi": "DOI.",
    "cstr": "CSTR.",
    "other_identifier": "Any other identifier.",
    "licence": "SPDX id, address or words.",
    "access_rights": "Code or words: open access, restricted …",
    "access_level": "open, registered, application, paid, restricted, or a word of the national catalogues.",
    "access_text": "Access and use conditions in words.",
    "issued": "Date of publication.",
    "modified": "Date of the last change.",
    "temporal": "Period that the content is about: start/end.",
    "temporal_start": "Its first day.",
    "temporal_end": "Its last day.",
    "place": "Places that the content is about.",
    "longitude": "Of a point, degrees.",
    "latitude": "Of a point, degrees.",
    "west": "Bound of a box, degrees; with south, east, north.",
    "south": "Bound of a box, degrees.",
    "east": "Bound of a box, degrees.",
    "north": "Bound of a box, degrees.",
    "province": "Name, or code of GB/T 2260, of where it is kept.",
    "city": "City where it is kept.",
    "format": "File formats.",
    "download_url": "Address of a file.",
    "documentation": "Page of its documentation.",
    "version": "Version.",
    "size": "Size in words.",
    "frequency": "How often it is updated.",
    "variables": "What it measures or has columns for, several.",
    "funder": "Who paid for it, several.",
    "grant_number": "Number of the award, several.",
    "part_of": "Series or collection that it belongs to: title, identifier or address.",
    "related": "Other things it has to do with, likewise, several.",
    "type": "Code or name of a resource type, or a word of DataCite or schema.org.",
    "language": "Language of its texts.",
    "steps": "How to apply, one step each.",
}
"""Our fields that a mapping may fill, besides `details.<field of the type's details>`."""

DETAILS = (
    "accession_numbers", "agreement", "approvals", "biosafety_level", "booking_url", "catalogue_url",
    "certificate", "deadline", "delivery", "ethics", "fees", "full_text_url", "joining", "lodging", "maker",
    "members", "model", "number", "numbers", "opening", "proposal_url", "registration_url", "request_url",
    "taxon",
)  # fmt: skip
"""What a mapping may fill of details.<…>; one that the record's type does not have is a complaint."""

_FOLDER = Path(__file__).parent / "mappings"


class Paging(Record):
    """How a JSON API is paged; without it the first answer is all there is."""

    style: Literal["page", "offset", "next", "cursor"] = Field(
        description="page: number of the page; offset: records to pass over; next: address in the answer; "
        "cursor: value in the answer that the parameter has next."
    )
    parameter: str = Field(default="page", description="Name of the number in the address.")
    first: int | str = Field(default=1, description="First page, 0 for offset, * for most cursors.")
    size_parameter: str | None = None
    size: int = Field(default=100, ge=1, le=1000)
    next_path: str | None = Field(default=None, description="Path of the next address or cursor.")
    total_path: str | None = Field(default=None, description="Path of the number of all records, or pages.")
    total_counts: Literal["records", "pages"] = "records"


class Mapping(Record):
    """Our field -> where its value stands in a record of the source; the first that has one is taken.

    A place is a column name for tables and a path for JSON: `title`, `host.name`, `keywords[]`,
    `@id`, `links.link[rel=PI].href`.
    """

    name: str = Field(min_length=1)
    records: str = Field(default="", description="Path of the list of records in a JSON answer.")
    recognise: tuple[str, ...] = Field(
        default=(), description="Words that a body of this form has, all of them: it then needs no mapping."
    )
    fields: dict[str, tuple[str, ...]]
    constants: dict[str, str] = Field(default_factory=dict, description="Our field -> a fixed value.")
    values: dict[str, dict[str, str]] = Field(
        default_factory=dict, description="Our field -> word of the source -> our value."
    )
    separator: str | None = Field(
        default=None,
        description="Characters that part the values of one cell; where None ; ； | and, for words, ， 、.",
    )
    sheet: str | None = Field(default=None, description="Of an XLSX file; each that fits where None.")
    header_row: int | None = Field(default=None, ge=1, description="Of a table; looked for where None.")
    address: str | None = Field(default=None, description="Template of the record's page: https://…/{id}.")
    headers: dict[str, str] = Field(default_factory=dict, description="Sent with each request: Accept …")
    paging: Paging | None = None

    @field_validator("fields", mode="before")
    @classmethod
    def _one_or_several(cls, value: object) -> object:
        if isinstance(value, dict):
            return {key: (one,) if isinstance(one, str) else one for key, one in value.items()}
        return value

    @field_validator("fields", "constants", "values")
    @classmethod
    def _known(cls, value: dict[str, object]) -> dict[str, object]:
        for field in value:
            group, _, detail = field.partition(".")
            if field not in FIELDS and not (group == "details" and detail in DETAILS):
                raise ValueError(f"{field!r} is no field of ours; see docs/harvest-formats.md for the list")
        return value

    @field_validator("address")
    @classmethod
    def _template(cls, value: str | None) -> str | None:
        if value is not None and "{id}" not in value:
            raise ValueError("address has no {id} in it")
        return value


def load_mapping(path: Path) -> Mapping:
    """The mapping of a YAML file. Raises MappingInvalid with the field."""
    try:
        return read_mapping(path.read_text(encoding="utf-8"), path.name)
    except OSError as error:
        raise MappingInvalid(str(path), f"cannot be read: {error.strerror}", rule="mapping.file") from error


def read_mapping(text: str, source: str) -> Mapping:
    """The mapping that a YAML text holds. Raises MappingInvalid with the field."""
    try:
        content = yaml.safe_load(text)
        return Mapping.model_validate(content)
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        raise MappingInvalid(
            source, f"is not YAML: {getattr(error, 'problem', error)}", rule="mapping.yaml",
            line=None if line is None else line + 1,
        ) from error  # fmt: skip
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}" for fault in error.errors()
        )
        raise MappingInvalid(source, faults, rule="mapping.field") from error


@cache
def bundled_mappings() -> dict[str, Mapping]:
    """The mappings that come with Kewen, by name."""
    found = (load_mapping(path) for path in sorted(_FOLDER.glob("*.yaml")))
    return {one.name: one for one in found}
