"""Harvested records made fit to read: steps from the files and pages they list, texts without addresses."""

from __future__ import annotations

import re
from typing import Any

from corpus.records import Application, Contact, Lines, Resource, Text

_MOST = 5
_BRACKETED = re.compile(r"\s*[(\[（【]\s*https?://[^\s()\[\]（）【】]+\s*[)\]）】]")
"""An address after the words it belongs to: without it the sentence stands, and readers get addresses from
the record's own fields alone."""
_ONLY_ADDRESS = re.compile(r"^\s*(https?://\S+)\s*$")
CONTACT_PAGE = Text(zh="见该记录登记的联系页面", en="see the contact page that the record names")
_KEPT = frozenset({"url", "other_urls", "documentation", "identifiers", "origin", "origins", "sources", "id"})
_PAGES: dict[str, tuple[str, str]] = {
    "request_url": (
        "在该记录登记的申请页面提交申请",
        "Send a request on the request page that the record names",
    ),
    "booking_url": ("在该记录登记的预约页面预约", "Book on the booking page that the record names"),
    "proposal_url": (
        "在该记录登记的课题申请页面提交申请",
        "Hand in a proposal on the page that the record names",
    ),
    "registration_url": ("在该记录登记的页面注册", "Register on the page that the record names"),
    "full_text_url": (
        "在该记录登记的全文地址阅读或下载全文",
        "Read the full text at the address that the record names",
    ),
}


def with_route(resource: Resource) -> Resource:
    """The record with steps made of the files and pages that its source lists; as it is where it has steps
    or lists none. The addresses themselves stand in the record's details."""
    if resource.how_to_apply is not None or resource.details is None or not resource.url:
        return resource
    told: dict[str, Any] = resource.details.model_dump(exclude_defaults=True)
    zh = [texts[0] for field, texts in _PAGES.items() if told.get(field)]
    en = [texts[1] for field, texts in _PAGES.items() if told.get(field)]
    files = [one for one in told.get("files", ()) if one.get("url")]
    if told.get("account_required"):
        zh.append("先在其网站注册账号")
        en.append("Register an account on its site first")
    for one in files[:_MOST]:
        name, form = one.get("title"), one.get("format") or one.get("media_type")
        zh.append("在其网页下载" + (f"“{name}”" if name else "文件") + (f"（{form}）" if form else ""))
        en.append(
            "Download "
            + (f"“{name}”" if name else "a file")
            + (f" ({form})" if form else "")
            + " from its page"
        )
    if len(files) > _MOST:
        zh.append(f"另有{len(files) - _MOST}个文件，见其网页")
        en.append(f"{len(files) - _MOST} more files are on its page")
    if not zh:
        return resource
    if told.get("requester_pays"):
        zh.append("传输费用由请求方支付")
        en.append("The requester pays for the transfer")
    steps = Lines(zh=tuple(dict.fromkeys(zh)), en=tuple(dict.fromkeys(en)))
    return resource.model_copy(update={"how_to_apply": Application(steps=steps)})


def tidied(resource: Resource) -> Resource:
    """The record without addresses in brackets in its texts, and with a contact that is an address among its
    other addresses; the same object where there is nothing to tidy."""
    contact, others = resource.contact, list(resource.other_urls)
    note = contact.note if contact else None
    if contact is not None and note is not None and (found := _ONLY_ADDRESS.match(note.zh)):
        others.append(found[1])
        kept = Contact(phone=contact.phone, email=contact.email, note=CONTACT_PAGE)
        addresses = tuple(one for one in dict.fromkeys(others) if one != resource.url)
        resource = resource.model_copy(update={"contact": kept, "other_urls": addresses})
    told = resource.model_dump()
    tidy = _without_brackets(told)
    return resource if tidy == told else Resource.model_validate(tidy)


def _without_brackets(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: inner if name in _KEPT or name.endswith("_url") else _without_brackets(inner)
            for name, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return tuple(_without_brackets(inner) for inner in value)
    if isinstance(value, str) and "://" in value:
        return _BRACKETED.sub("", value).strip() or value
    return value
