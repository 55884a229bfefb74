"""Registries of data sets in YAML or JSON lines, in the form of AWS's open data registry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from corpus.harvest.bodies import decoded
from corpus.harvest.cleaning import unlinked
from corpus.harvest.drafts import Draft, File, Said
from corpus.harvest.errors import HarvestError
from corpus.harvest.json_api import json_lines
from corpus.harvest.jsontext import Located, read_json
from corpus.harvest.jsonvalues import objects, string, strings
from corpus.harvest.reading import DocumentReader, json_entries
from corpus.harvest.records import Page, Request
from corpus.harvest.yamltext import yaml_documents

_ADDRESS = re.compile(r"https?://[^\s<>\"')\]，。；]+")
_LINK = re.compile(r"^\[([^\]]+)\]\((https?://[^)\s]+)\)\s*$")
_ARN = re.compile(r"^arn:aws[\w-]*:s3:::?([^\s:]+)$")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+\w")


class Reader(DocumentReader):
    name = "registry"

    def detects(self, head: bytes, media_type: str, url: str) -> bool:
        text = head.decode("utf-8", "replace").lstrip("\ufeff \r\n\t")
        if text.startswith("{"):
            # Lines of id, title and text alone are whole documents as often.
            return re.search(r'"(?:ManagedBy|managed_by)"\s*:', text.split("\n", 1)[0]) is not None
        return (
            re.search(r"^ManagedBy:", text, re.M) is not None and re.search(r"^Name:", text, re.M) is not None
        )

    def read(self, body: bytes, request: Request, *, media_type: str = "") -> Page:
        """An entry for each line or YAML document; where one has no id of its own, the file's name is."""
        text, _ = decoded(body, request.url, media_type)
        is_json = text.lstrip()[:1] == "{"
        elements = _json(text, request.url) if is_json else yaml_documents(text, request.url)
        stem = re.sub(r"\.(?:ya?ml|jsonl?|ndjson)$", "", re.split(r"[/\\]", request.url.split("?")[0])[-1])
        single = stem if not is_json and "\n---" not in text else ""

        def draw(record: dict[str, Any]) -> Draft:
            return draft_of(record, single)

        return Page(json_entries(elements, request, draw, format="registry"))


def _json(text: str, source: str) -> Iterator[Located]:
    """JSON lines; one object over several lines is one record."""
    first = text.lstrip().split("\n", 1)[0]
    try:
        read_json(first, source)
    except HarvestError:
        whole = read_json(text, source)
        yield Located(whole.frame, text.strip(), 1, "", whole.doubled)
        return
    yield from json_lines(text, source)


def draft_of(record: dict[str, Any], stem: str = "") -> Draft:
    """Of the registry's own YAML keys, or of a line with id, title, text and meta."""
    meta = record.get("meta")
    one: dict[str, Any] = {**record, **meta} if isinstance(meta, dict) else record
    one = {re.sub(r"[^a-z]", "", str(key).lower()): value for key, value in one.items()}
    managed = string(one.get("managedby"))
    link = _LINK.match(managed.strip())
    contact, documentation = string(one.get("contact")), string(one.get("documentation"))
    email = _EMAIL.search(contact)
    pages = _ADDRESS.findall(documentation)
    draft = Draft(
        identifier=string(one.get("id")) or string(one.get("slug")) or stem,
        titles=[Said(text) for text in strings(one.get("name"))[:1] or strings(one.get("title"))[:1]],
        descriptions=[
            Said(unlinked(text)) for text in strings(one.get("description")) or strings(one.get("text"))
        ],
        keywords=[Said(text) for text in strings(one.get("tags"), "name")],
        hosts=[Said(link[1] if link else unlinked(managed))] if managed else [],
        contact_email=email[0] if email else "",
        contact_url=next(iter(_ADDRESS.findall(contact)), ""),
        contact_name="" if email or _ADDRESS.search(contact) else contact,
        urls=pages + [url for text in strings(one.get("license")) for url in _ADDRESS.findall(text)][:3],
        documentation=pages[0] if pages else "",
        licences=[unlinked(text) for text in strings(one.get("license"))],
        kinds=strings(one.get("type")) or ["dataset"],
        modified=strings(one.get("updated")) or strings(one.get("modified")),
        frequency=string(one.get("updatefrequency")),
    )  # fmt: skip
    resources = objects(one.get("resources"))
    for each in resources:
        _add_resource(draft, {str(key).lower(): value for key, value in each.items()})
    _add_access(draft, resources)
    if str(one.get("deprecated")).lower() == "true":
        draft.conditions.append(Said("The supplier marks this record as deprecated.", "en"))
        draft.conditions.append(Said("提供方已将此记录标为弃用。", "zh"))
    return draft


def _add_resource(draft: Draft, record: dict[str, Any]) -> None:
    """One bucket or service: its address, and what the record says of getting at it."""
    arn, region = string(record.get("arn")), string(record.get("region"))
    kind = string(record.get("type")) or "Resource"
    bucket = _ARN.match(arn)
    title = unlinked(string(record.get("description")))
    if bucket:
        draft.files.append(File(url=f"s3://{bucket[1]}", title=title, format=kind, service=True))
    explore = _ADDRESS.findall(" ".join(strings(record.get("explore"))))
    draft.files += [File(url=url, title="Explore", service=True) for url in explore]
    where = f"s3://{bucket[1]}" if bucket else arn or string(record.get("host"))
    if not where:
        return
    terms_en, terms_zh = [], []
    if _is_true(record.get("requesterpays")):
        terms_en.append("requester pays")
        terms_zh.append("传输费用由请求方支付")
    if _is_true(record.get("accountrequired")):
        terms_en.append("account required")
        terms_zh.append("需要账户")
    if controlled := string(record.get("controlledaccess")):
        terms_en.append(f"controlled access: {controlled}")
        terms_zh.append(f"受控访问：{controlled}")
    en = f"{kind}: {where}" + (f", region {region}" if region else "")
    zh = f"{kind}：{where}" + (f"，区域 {region}" if region else "")
    if terms_en:
        en, zh = f"{en} ({'; '.join(terms_en)})", f"{zh}（{'；'.join(terms_zh)}）"
    draft.steps += [
        Said(f"{zh}。{title}" if title else zh, "zh"),
        Said(f"{en}. {title}" if title else en, "en"),
    ]


def _add_access(draft: Draft, resources: list[dict[str, Any]]) -> None:
    flat = [{str(key).lower(): value for key, value in one.items()} for one in resources]
    pays = any(_is_true(one.get("requesterpays")) for one in flat)
    account = any(_is_true(one.get("accountrequired")) for one in flat)
    controlled = any(string(one.get("controlledaccess")) for one in flat)
    if controlled:
        draft.level = "application"
    elif account:
        draft.level = "registered"
    if pays:  # of the transfer only: the data may be free all the same, so this is no access level
        draft.details["requester_pays"] = True
        draft.conditions.append(Said("The requester pays for transfers from some of its buckets.", "en"))
        draft.conditions.append(Said("部分存储桶的传输费用由请求方支付。", "zh"))
    if account:
        draft.details["account_required"] = True


def _is_true(value: Any) -> bool:
    return value is True or str(value).strip().lower() in ("true", "yes")
