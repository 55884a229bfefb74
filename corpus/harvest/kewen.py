"""Our own form: resources as YAML files, JSON or JSON lines with the fields of corpus.records.Resource."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from corpus.details import Origin
from corpus.harvest.bodies import decoded
from corpus.harvest.drafts import complaint_of, record_id
from corpus.harvest.errors import HarvestError
from corpus.harvest.json_api import json_lines
from corpus.harvest.jsontext import Located, read_json
from corpus.harvest.reading import JSON, DocumentReader
from corpus.harvest.records import Complaint, Entry, Page, Request
from corpus.harvest.yamltext import yaml_documents
from corpus.records import Resource
from corpus.schema_faults import faults_of

_TYPE = re.compile(
    r"[\"']?type[\"']?\s*:\s*[\"']?(?:scientific_data|germplasm|biological_material|human_genetic|specimen"
    r"|reference_material|instrument|facility|field_station|literature|service_platform|alliance)\b"
)
_NAME = re.compile(r"[\"']?name[\"']?\s*:\s*(?:\{\s*[\"']?(?:zh|en)\b|\n\s+(?:zh|en)\s*:)")


class Reader(DocumentReader):
    name = "kewen"

    def detects(self, head: bytes, media_type: str, url: str) -> bool:
        text = head.decode("utf-8", "replace")
        return _TYPE.search(text) is not None and _NAME.search(text) is not None

    def read(self, body: bytes, request: Request, *, media_type: str = "") -> Page:
        text, _ = decoded(body, request.url, media_type)
        opening = text.lstrip()[:1]
        complaints: tuple[Complaint, ...] = ()
        if opening == "[" or (opening == "{" and '"resources"' in text[:200]):
            document = read_json(text, request.url, ("", "resources"))
            elements: Iterator[Located] = iter(document.elements)
            if fault := document.fault:
                complaints = (complaint_of(request, fault.rule, fault.message, line=fault.line),)
        elif opening == "{":
            elements = _objects(text, request.url)
        else:
            elements = yaml_documents(text, request.url)
        yaml = opening not in ("{", "[")
        return Page((_entry(one, request, yaml=yaml) for one in elements), complaints=complaints)


def _objects(text: str, source: str) -> Iterator[Located]:
    try:
        whole = read_json(text, source)
    except HarvestError:
        yield from json_lines(text, source)
        return
    yield Located(whole.frame, text.strip(), 1, "", whole.doubled)


def _entry(one: Located, request: Request, *, yaml: bool) -> Entry:
    media_type = "application/yaml" if yaml else JSON
    shape: dict[str, Any] = {
        "original": one.original.encode(), "media_type": media_type, "format": "kewen", "line": one.line,
    }  # fmt: skip

    def complain(rule: str, message: str) -> Complaint:
        return complaint_of(request, rule, message, record=identifier, line=one.line)

    identifier = ""
    if isinstance(one.value, HarvestError):
        return Entry(identifier="", complaints=(complain(one.value.rule, one.value.message),), **shape)
    if not isinstance(one.value, dict):
        return Entry(identifier="", complaints=(complain("record.shape", "is no record"),), **shape)
    identifier = str(one.value.get("id") or "").strip()
    if one.doubled:
        keys = ", ".join(one.doubled)
        return Entry(
            identifier=identifier,
            complaints=(complain("json.duplicate_key", f"{keys} stands twice"),),
            **shape,
        )
    content = {key: value for key, value in one.value.items() if key not in ("kind", "page", "questions")}
    source = request.source.name
    content["id"] = (
        identifier if identifier.startswith(f"{source}:") else record_id(source, identifier or "record")
    )
    content["origin"] = Origin(
        source=source, identifier=identifier, format="kewen", address=request.url
    ).model_dump()
    try:
        # By way of JSON: YAML makes dates of dates, and tuples are strict about lists.
        resource = Resource.model_validate_json(json.dumps(content, ensure_ascii=False, default=str))
    except ValidationError as error:
        faults = tuple(
            complain("record.invalid", f"{'.'.join(str(part) for part in place)}: {fault}")
            for place, fault in faults_of(error, Resource)
        )
        return Entry(identifier=identifier, complaints=faults, **shape)
    if not identifier:
        return Entry(identifier="", complaints=(complain("identifier.missing", "has no id"),), **shape)
    return Entry(identifier=identifier, resource=resource, **shape)
