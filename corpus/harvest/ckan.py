"""CKAN action API: package_search and package_show answers, paged by start and rows; dumps of them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

from corpus.harvest.drafts import Draft, File, Funding, Said, Tie
from corpus.harvest.errors import Malformed, ProtocolFault
from corpus.harvest.extents import add_period, add_place
from corpus.harvest.jsontext import Located
from corpus.harvest.jsonvalues import obj, objects, said, string, strings, whole_number
from corpus.harvest.licences import level_of, licence_of
from corpus.harvest.paging import window, window_of
from corpus.harvest.reading import json_document, json_entries
from corpus.harvest.records import HarvestSource, Page, Request

_LISTS = ("result.results", "results", "result", "")
_FREQUENCY = (
    "frequency", "accrual_periodicity", "accrualperiodicity", "update_frequency", "update_freq",
    "data_update_frequency", "frequency_of_update", "更新频率", "更新周期",
)  # fmt: skip
_ISSUED = ("issued", "dcat_issued", "date_released", "date_published", "release_date")
_MODIFIED = ("modified", "dcat_modified", "date_updated", "date_modified", "last_modified")
_PLACES = (
    "geographic_region",
    "spatial_text",
    "spatial_coverage",
    "geographic_coverage",
    "geographical_coverage",
    "geographic_coverage_other",
)
_DESCRIPTIONS = ("notes_translated", "notes", "description")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)
"""Some portals have the number of an account where a name stands elsewhere."""
_PACKAGE = re.compile(rb'"(?:metadata_modified|license_id|metadata_created|package_count)"\s*:')


class Reader:
    name = "ckan"

    def detects(self, head: bytes, media_type: str, url: str) -> bool:
        opening = head.lstrip(b"\xef\xbb\xbf \t\r\n")
        return opening[:1] in (b"{", b"[") and (
            "/api/3/action/" in url or (_PACKAGE.search(head) is not None and b'"name"' in head)
        )

    def first(self, source: HarvestSource) -> Request:
        """package_search of a portal; an address that already names an action is taken as it is."""
        if "/api/" in source.url or not re.match(r"https?://", source.url):
            url = source.url
        else:
            url = f"{source.url.rstrip('/')}/api/3/action/package_search"
        if not url.endswith("package_search"):
            return Request(source=source, url=url)
        filters = []
        if source.sets:
            names = " OR ".join(f'"{one}"' for one in source.sets)
            filters.append(f"organization:({names})")
        if source.since or source.until:
            filters.append(f"metadata_modified:[{_moment(source.since)} TO {_moment(source.until)}]")
        params = [("rows", str(source.page_size)), ("start", "0"), ("sort", "id asc")]
        if filters:
            params.append(("fq", " ".join(f"+{one}" for one in filters)))
        return Request(source=source, url=url, params=tuple(params))

    def read(self, body: bytes, request: Request, *, media_type: str = "") -> Page:
        document, complaints, remarks = json_document(body, request, media_type, _LISTS)
        frame = document.frame if isinstance(document.frame, dict) else {}
        if frame.get("success") is False:
            fault = obj(frame.get("error"))
            message = string(fault.get("message")) or string(fault.get("__type")) or "success is false"
            raise ProtocolFault(request.url, f"CKAN says: {message}", rule="ckan.error")
        result = frame.get("result")
        elements = document.elements
        if isinstance(result, dict) and "name" in result and not elements:
            elements = [Located(result, body.decode("utf-8", "replace"), 1, "result", document.doubled)]
        elif not elements and "name" in frame and "title" in frame:
            elements = [Located(frame, body.decode("utf-8", "replace"), 1, "", document.doubled)]
        count = whole_number((result if isinstance(result, dict) else frame).get("count"))
        if not elements and count is None and not isinstance(result, list):
            raise Malformed(request.url, "holds no packages of CKAN", rule="ckan.no_packages")
        following: tuple[Request, ...] = ()
        if (at := window_of(request)) and elements and at[0] + len(elements) < (count or 0):
            following = (window(request, at[0] + len(elements)),)
        entries = json_entries(
            elements,
            request,
            _drawn(request.url if "/api/" in request.url else string(frame.get("help"))),
            format="ckan",
            datestamp="metadata_modified",
        )
        full = not request.source.since
        return Page(entries, following, complaints, remarks, count, full)


def _moment(text: str | None) -> str:
    if text is None:
        return "*"
    return text if "T" in text else f"{text}T00:00:00Z"


def _drawn(url: str) -> Callable[[dict[str, Any]], Draft]:
    """Drafts with the portal's own page of the package, where the answer came from a portal."""
    portal, mark, _ = url.partition("/api/")

    def draw(record: dict[str, Any]) -> Draft:
        draft = draft_of(record)
        if mark and (name := string(record.get("name"))):
            draft.urls.insert(0, f"{portal}/dataset/{quote(name)}")
        return draft

    return draw


def _gone(record: dict[str, Any]) -> tuple[str, str] | None:
    """A package that is not for the public, though an answer or a dump has it."""
    state = string(record.get("state")) or "active"
    if record.get("private") is True:
        return "ckan.private", "is private in the source; left out"
    return (f"ckan.{state}", f"its state in the source is {state!r}; left out") if state != "active" else None


def draft_of(record: dict[str, Any]) -> Draft:
    told = _Told(record)
    organisation = obj(record.get("organization"))
    files = objects(record.get("resources"))
    name, email = _contact(record, told)
    draft = Draft(
        identifier=string(record.get("id")) or string(record.get("name")),
        required=True,
        titles=said(record.get("title_translated")) or said(record.get("title")) or said(record.get("name")),
        alternatives=[],
        descriptions=next(filter(None, (said(record.get(one)) for one in _DESCRIPTIONS)), []),
        keywords=[each for tag in record.get("tags") or [] for each in said(_tag(tag))]
        or said(record.get("keywords")),
        hosts=said(organisation.get("title") or organisation.get("name"))
        or said(told("publisher_name", "contact_name"))
        or said(record.get("author") or record.get("maintainer")),
        contact_name=name,
        contact_email=email,
        contact_phone=told("maintainer_phone", "contact_phone"),
        urls=strings([record.get("url"), told("landing_page")]),
        identifiers=[(told("doi", "digital_object_identifier"), "DOI")],
        licences=strings([record.get(f"license_{one}") for one in ("title", "url", "id")]),
        rights=[
            each
            for text in strings([told("access_rights", "accesslevel", "access_constraints")])
            for each in _listed(text)
        ],
        issued=[told(*_ISSUED), *_cited(told, "publication", "creation"), record.get("metadata_created")],
        modified=[told(*_MODIFIED), *_cited(told, "revision"), record.get("metadata_modified")],
        version=string(record.get("version")),
        kinds=[one for one in (string(record.get("type")), "dataset") if one != "harvest"],
        language=told("language") or None,
        files=[_file(one) for one in files],
        formats=strings(record.get("res_format")),
        frequency=_frequency(told),
        gone=_gone(record),
    )
    if not draft.licences:
        of_files = [one for each in files if (one := licence_of(*_terms(each)))]
        # Files under different terms: none of them stands for all.
        draft.licences = ["; ".join(dict.fromkeys(of_files))]
    if words := told("开放类型", "开放属性", "共享类型", "共享属性"):
        draft.level = level_of(words) or ""
        draft.conditions.append(Said(words, "zh"))
    if record.get("isopen") is True and not draft.rights:
        draft.rights.append("open")
    for name in _PLACES:
        for text in strings(record.get(name)) or [told(name)]:
            add_place(draft, re.sub(r"^\d+: ", "", text))  # data.gov.uk: 111100: United Kingdom
    if len(spatial := told("spatial")) > 3:
        add_place(draft, spatial)
    draft.funding = [
        Funding(told("funder", "funding_agency", "funding_source", "funding", "资助机构", "资助单位"),
                told("grant_number", "award_number", "funding_reference", "资助编号", "项目编号"))
    ]  # fmt: skip
    draft.ties = list(_ties(record, told))
    _add_periods(draft, record, told)
    return draft


_TIES = {"child_of": "isPartOf", "depends_on": "isDerivedFrom", "derives_from": "isDerivedFrom",
         "parent_of": "hasPart", "links_to": "relation"}  # fmt: skip
"""CKAN's relationships between packages."""


def _ties(record: dict[str, Any], told: _Told) -> Iterator[Tie]:
    """Relationships, the series and collections of extensions, and related items in fields of their own."""
    for one in objects(record.get("relationships_as_subject")):
        other = obj(one.get("__extras"))
        target = string(other.get("object_package_id")) or string(one.get("object"))
        yield Tie(_TIES.get(string(one.get("type")), "relation"), target, "ckan")
    for text in strings(record.get("in_series")):  # ckanext-dcat
        yield Tie("isPartOf", text, "ckan")
    if text := told("collection_package_id"):  # data.gov
        yield Tie("isPartOf", text, "ckan")
    for name in ("is_part_of", "has_part", "is_version_of", "has_version", "replaces", "is_replaced_by",
                 "is_referenced_by", "source", "related_resource", "related_publication"):  # fmt: skip
        for text in strings(record.get(name)) or strings(told(name)):
            for each in _listed(text):
                yield Tie(name, each)


def _listed(text: str) -> list[str]:
    """Extras keep lists as JSON."""
    if text.startswith("["):
        try:
            return strings(json.loads(text))
        except ValueError:
            return [text]
    return [text]


class _Told:
    """What a package says beside CKAN's own fields, as extras or in a field of its own (ckanext-scheming)."""

    def __init__(self, record: dict[str, Any]) -> None:
        texts = {key: string(one) for key, one in record.items() if not isinstance(one, list)}
        self._texts = {
            _key(key): text for key, text in (texts | _extras(record.get("extras"))).items() if text
        }

    def __call__(self, *names: str) -> str:
        """The first that is told; empty where none is."""
        return next((self._texts[name] for name in names if name in self._texts), "")


def _key(name: str) -> str:
    return re.sub(r"[\s_-]+", "_", name.strip().lower())


def _contact(record: dict[str, Any], told: _Told) -> tuple[str, str]:
    """(name, address) of one and the same: who can be written to, before who is only named."""
    asked = [
        (string(one.get("name")), string(one.get("email"))) for one in objects(record.get("contact_points"))
    ]
    asked += [(told(one), told(f"{one}_email")) for one in ("maintainer", "author")]
    point, name = told("contact_point"), told("contact_name", "contact_info")
    asked += [
        (name, told("contact_email") or point) if "@" in point else (point or name, told("contact_email"))
    ]
    asked = [("" if _UUID.fullmatch(name) else name, email) for name, email in asked]
    known = [one for one in asked if "@" in one[1]] + [one for one in asked if one[0]]
    return known[0] if known else ("", "")


def _frequency(told: _Told) -> str:
    text = told(*_FREQUENCY)
    days = re.fullmatch(r"-?\d+", text)  # HDX counts days, and has three numbers for other answers
    if days is None:
        return text
    return {"-2": "as needed", "-1": "never", "0": "live"}.get(text, f"every {text} days")


def _cited(told: _Told, *kinds: str) -> list[str]:
    """Days of ISO's citation, as ckanext-spatial keeps them: [{"type": "publication", "value": …}]."""
    try:
        days = objects(json.loads(told("dataset_reference_date") or "[]"))
    except ValueError:
        return []
    return [string(one.get("value")) for kind in kinds for one in days if one.get("type") == kind]


def _terms(file: dict[str, Any]) -> list[str]:
    return strings([file.get(one) for one in ("license", "license_id", "license_url", "license_title")])


def _add_periods(draft: Draft, record: dict[str, Any], told: _Told) -> None:
    add_period(draft, told("temporal", "temporal_coverage", "时间范围", "时间跨度"))
    if found := re.fullmatch(r"\[(\S+) TO (\S+)\]", told("dataset_date")):  # HDX
        draft.periods.append((found[1].strip("*"), found[2].strip("*")))
    for name in ("temporal", "temporal_coverage", "time_period", "time_period_coverage", "temporal_extent"):
        start = told(f"{name}_start", f"{name}_from", f"{name}_begin")
        end = told(f"{name}_end", f"{name}_to")
        if start or end:
            draft.periods.append((start, end))
    for one in objects(record.get("temporals")):
        draft.periods.append((string(one.get("start_date")), string(one.get("end_date"))))


def _tag(tag: Any) -> str:
    return string(tag.get("display_name") or tag.get("name")) if isinstance(tag, dict) else string(tag)


def _extras(value: Any) -> dict[str, str]:
    """Extras are [{key, value}] since CKAN 2, an object before."""
    if isinstance(value, dict):
        return {str(key): text for key, one in value.items() if (text := string(one))}
    pairs = ((string(one.get("key")), string(one.get("value"))) for one in objects(value))
    return {key: one for key, one in pairs if key and one}


def _english(value: Any) -> list[Said]:
    """Texts in several languages, the English one first."""
    return sorted(said(value), key=lambda one: one.language != "en")


def _file(record: dict[str, Any]) -> File:
    return File(
        url=string(record.get("download_url")) or string(record.get("url")),
        title=next(
            filter(
                None,
                (
                    one.text
                    for each in ("name_translated", "name", "title", "description")
                    for one in _english(record.get(each))
                ),
            ),
            "",
        ),
        format=string(record.get("format")),
        media_type=string(record.get("mimetype")),
        bytes=whole_number(record.get("size")),
        service=string(record.get("resource_type")) == "api",
    )
