"""Mapping: which column, path or element of a source stands for which field of ours."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from corpus.texts import Record


class Paging(Record):
    """How a JSON API is paged; without it the first answer is all there is."""

    style: Literal["page", "offset", "next"] = Field(
        description="page: number of the page; offset: records to pass over; next: address in the answer."
    )
    parameter: str = Field(default="page", description="Name of the number in the address.")
    first: int = Field(default=1, description="Number of the first page, or 0 for offset.")
    size_parameter: str | None = None
    size: int = Field(default=100, ge=1, le=1000)
    next_path: str | None = Field(default=None, description="Path of the next address in the answer.")
    total_path: str | None = Field(default=None, description="Path of the number of all records, or pages.")
    total_counts: Literal["records", "pages"] = "records"


class Mapping(Record):
    """Our field -> where its value stands in a record of the source; the first that has one is taken.

    A place is a column name for tables and a path for JSON: `title`, `host.name`, `keywords[]`,
    `@id`, `links.link[].href`.
    """

    name: str = Field(min_length=1)
    records: str = Field(default="", description="Path of the list of records in a JSON answer.")
    fields: dict[str, tuple[str, ...]]
    constants: dict[str, str] = Field(default_factory=dict, description="Our field -> a fixed value.")
    values: dict[str, dict[str, str]] = Field(
        default_factory=dict, description="Our field -> word of the source -> our value."
    )
    separator: str = Field(default=";；|", description="Characters that part several values of one cell.")
    sheet: str | None = Field(default=None, description="Of an XLSX file; the first where None.")
    header_row: int = Field(default=1, ge=1)
    address: str | None = Field(default=None, description="Template of the record's page: https://…/{id}.")
    paging: Paging | None = None
