"""The facts of a record as rows of a page: what is told once, in order, and nothing that is empty."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from api.pages_shell import Shell, label, web_address
from api.pages_texts import TEXTS
from corpus.details import Box, Coverage, Download, Period, Relation, grant_text, relation_text
from corpus.identifiers import identified
from corpus.records import Resource, Text
from corpus.statements.words import RELATIONS

Kind = Literal["text", "link", "links", "list"]


@dataclass(frozen=True, slots=True)
class Fact:
    """A named row. `values` are texts, or (address, words) for links; `note` qualifies them; `at` is the
    locator of the statement that it shows, for addresses that end in #at-LOCATOR."""

    name: str
    kind: Kind
    values: tuple[str | tuple[str, str], ...]
    note: str = ""
    at: str = ""


def facts(resource: Resource, shell: Shell) -> list[Fact]:
    """Everything of a record that is not its description, its steps or its notes."""
    t, language = shell.t, shell.language
    rows: list[Fact] = []

    def add(name: str, *values: str | None, kind: Kind = "text", note: str = "", at: str = "") -> None:
        if given := tuple(value for value in values if value):
            first = at if all(row.at != at for row in rows) else ""  # an address is that of one place
            rows.append(Fact(name, kind, given, note, first))

    def said(text: Text | None) -> str | None:
        return text.in_(language) if text else None

    add(t("aliases"), t("pause").join(resource.aliases), at="alias")
    add(t("former_names"), t("pause").join(resource.former_names), at="former_name")
    add(t("governing_body"), said(resource.governing_body), at="governing_body")
    add(t("other_urls"), *resource.other_urls, kind="links", at="other_urls")
    for one in resource.identifiers:
        scheme = _SCHEMES.get(one.scheme, one.scheme)
        add(
            scheme if isinstance(scheme, str) else scheme.in_(language),
            one.value,
            note=said(one.note) or "",
            at="identifiers",
        )
    subjects = resource.subjects.in_(language) or resource.subjects.in_(shell.other)
    add(t("subjects"), t("pause").join(subjects), at="subjects")
    if resource.contact:
        contact = resource.contact
        add(
            t("contact"),
            contact.phone,
            contact.email,
            kind="list",
            note=said(contact.note) or "",
            at="contact",
        )
        if not (contact.phone or contact.email):
            add(t("contact"), said(contact.note), at="contact")
    add(t("since"), said(resource.since), at="since")
    add(t("creators"), t("semicolon").join(one.name for one in resource.creators), at="creators")
    if resource.licence:
        add(
            t("licence"),
            resource.licence,
            kind="links" if "://" in resource.licence else "text",
            at="licence",
        )
    if resource.access_rights:
        add(t("access_rights"), t(f"rights_{resource.access_rights}"), at="access_rights")
    add(t("issued"), resource.issued, at="issued")
    add(t("modified"), resource.modified, at="modified")
    add(t("temporal"), _period(resource.temporal), at="temporal")
    add(t("spatial"), *_area(resource.spatial, shell), kind="list", at="spatial")
    add(t("formats"), t("pause").join(resource.formats), at="formats")
    add(t("funding"), *(grant_text(one) for one in resource.funding), kind="list", at="funding")
    for kind, label_ in RELATIONS.items():
        others = [one for one in resource.relations if one.kind == kind]
        rows += _relations(label_.in_(language), others, first=all(row.at != "relations" for row in rows))
    if resource.details is not None:
        for name in type(resource.details).model_fields:
            if name != "kind":
                made = _detail(name, getattr(resource.details, name), shell)
                first = "" if any(row.at == "details" for row in rows) else "details"
                first = name if name == "frequency" else first
                rows.extend(replace(row, at=first) for row in made)
    return rows


def _relations(name: str, others: list[Relation], *, first: bool) -> list[Fact]:
    """One row for each way in which it stands to other things: links where there is an address."""
    made: list[str | tuple[str, str]] = []
    for one in others:
        address = one.url or (identified(one.value, one.scheme).url if one.value else None)
        words = relation_text(one)
        made.append((address, one.title or words) if address else words)
    links = tuple(one for one in made if isinstance(one, tuple))
    words_only = tuple(one for one in made if isinstance(one, str))
    rows = [Fact(name, "links", links)] if links else []
    rows += [Fact(name, "list", words_only)] if words_only else []
    return [replace(row, at="relations" if first and not at else "") for at, row in enumerate(rows)]


_ENTRIES = ("request_url", "booking_url", "proposal_url", "registration_url")
"""Where a type of record is asked for, in its own details."""


def entries(resource: Resource, shell: Shell) -> list[tuple[str, str]]:
    """(words, address) of the places where it is applied for, each once; empty where none is on file."""
    found: dict[str, str] = {}
    for name in _ENTRIES:
        if address := web_address(getattr(resource.details, name, None)):
            found.setdefault(address, shell.t("apply_here"))
    return [(words, address) for address, words in found.items()]


def ways(resource: Resource, shell: Shell) -> list[tuple[str, str, str]]:
    """What there is instead of a web address: (text key, words, address or nothing), the best first."""
    made: list[tuple[str, str, str]] = []
    made += [("other_urls", one, one) for one in resource.other_urls if web_address(one)][:1]
    if resource.contact:
        phone, email = resource.contact.phone, resource.contact.email
        made += [("contact", email, f"mailto:{email}")] if email else []
        made += [("contact", phone, "")] if phone else []
    if resource.host:
        made.append(("host", resource.host.in_(shell.language), ""))
    said = [(one.title.in_(shell.language), web_address(one.url)) for one in resource.sources]
    made += [("a_source", words, address) for words, address in said if address][:1]
    return made


_SCHEMES: dict[str, str | Text] = {
    "doi": "DOI",
    "cstr": "CSTR",
    "doi_prefix": Text(zh="DOI 前缀", en="DOI prefix"),
    "cstr_prefix": Text(zh="CSTR 前缀", en="CSTR prefix"),
    "cstr_example": Text(zh="CSTR 示例", en="CSTR example"),
    "abbr": Text(zh="缩写", en="Abbreviation"),
}


def _detail(name: str, value: object, shell: Shell) -> list[Fact]:
    """One field of a type's own details; a field that no text names is shown by its own name."""
    title = shell.t(f"detail_{name}") if f"detail_{name}" in TEXTS else name.replace("_", " ")
    if value is None or value == ():
        return []
    if isinstance(value, bool):
        return [Fact(title, "text", (shell.t("yes" if value else "no"),))]
    if isinstance(value, Text):
        return [Fact(title, "text", (value.in_(shell.language),))]
    if isinstance(value, tuple):
        files = [one for one in value if isinstance(one, Download)]
        if files:
            return [Fact(title, "links", tuple((one.url, _file_words(one)) for one in files[:50]))]
        return [Fact(title, "list", tuple(str(one) for one in value[:50]))]
    text = str(value)
    return [Fact(title, "links" if text.startswith(("http://", "https://")) else "text", (text,))]


def _file_words(file: Download) -> str:
    more = [file.format or file.media_type, _size(file.bytes)]
    kept = ", ".join(one for one in more if one)
    name = file.title or file.url.rsplit("/", 1)[-1] or file.url
    return f"{name} ({kept})" if kept else name


def _size(count: int | None) -> str | None:
    if count is None:
        return None
    size = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" or size >= 10 else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


def _period(period: Period | None) -> str | None:
    if period is None:
        return None
    if period.start or period.end:
        return f"{period.start or '…'} – {period.end or '…'}" if period.start != period.end else period.start
    return period.text


def _area(area: Coverage | None, shell: Shell) -> list[str]:
    if area is None:
        return []
    named = [label("provinces", name, shell.language) for name in area.provinces]
    return [*dict.fromkeys((*named, *area.places)), *(_box(box) for box in area.boxes[:5])]


def _box(box: Box) -> str:
    def degrees(value: float, plus: str, minus: str) -> str:
        return f"{abs(value):g}° {plus if value >= 0 else minus}"

    west, east = degrees(box.west, "E", "W"), degrees(box.east, "E", "W")
    south, north = degrees(box.south, "N", "S"), degrees(box.north, "N", "S")
    across = west if west == east else f"{west} – {east}"
    return f"{south if south == north else f'{south} – {north}'}, {across}"
