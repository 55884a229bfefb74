"""Draft -> Entry: texts cleaned, dates, places, addresses and identifiers checked, a typed Resource made.

Whatever is left out of the resource is a complaint of the entry; the original has it still.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from corpus.details import Agent, Box, Coverage, Download, Origin, Period
from corpus.harvest.cleaning import (
    LONGEST_NAME,
    LONGEST_TEXT,
    is_damaged,
    plain,
    reflowed,
    repaired,
)
from corpus.harvest.connections import grants, relations
from corpus.harvest.dates import date_of
from corpus.harvest.drafts import Draft, File, Said, complaint_of, record_id, settle
from corpus.harvest.fileforms import file_format
from corpus.harvest.kinds import proposed_type
from corpus.harvest.languages import language_code, language_of, side_of
from corpus.harvest.licences import cited_licence, licence_of, rights_of
from corpus.harvest.places import box_of, province_of, provinces_in
from corpus.harvest.records import Complaint, Entry, Request
from corpus.harvest.sides import joined, paragraphs, said_text, sides, text_or_none
from corpus.harvest.unread import unread
from corpus.identifiers import identified, is_sentence
from corpus.records import Access, Application, Contact, Identifier, Resource, Source
from corpus.texts import Language, Lines, Text, shortened

MANY = 40
"""Files, keywords, creators and places of one record that are kept; the original has all."""

MOST_VARIABLES = 100

_EMAIL = re.compile(r"^[\w.+%'-]{1,64}@(?:[\w-]+\.)+[A-Za-z]{2,}$")
_PHONE = re.compile(r"[+(]?\d[\d\s()./-]{4,24}\d(?:\s*(?:ext|转|x)\.?\s*\d+)?$", re.I)
_A_FILE = re.compile(r"\.(?:zip|gz|tar|7z|rar|csv|tsv|xlsx?|txt|nc|tiff?|geojson|gpkg|shp|kmz|las)$", re.I)
_LEVELS = ("open", "registered", "application", "paid", "restricted")


def draft_entry(
    draft: Draft,
    request: Request,
    *,
    original: bytes,
    media_type: str,
    format: str,
    line: int | None = None,
    datestamp: str | None = None,
    sets: tuple[str, ...] = (),
) -> Entry:
    """The entry of a draft; without a resource, and with the reasons, where the record is refused."""
    making = _Making(draft, request, line)
    resource = making.resource(format, datestamp)
    return Entry(
        identifier=making.identifier,
        datestamp=datestamp,
        deleted=draft.gone is not None,
        sets=sets,
        original=original,
        media_type=media_type,
        format=format,
        line=line,
        resource=resource,
        unread=unread(original, draft) if resource else (),
        complaints=tuple(making.complaints),
    )


def refused_entry(
    request: Request,
    rule: str,
    message: str,
    *,
    original: bytes,
    media_type: str,
    format: str,
    identifier: str = "",
    line: int | None = None,
) -> Entry:
    """An entry of a record that could not even be drafted."""
    complaint = complaint_of(request, rule, message, record=identifier, line=line)
    return Entry(
        identifier=identifier, original=original, media_type=media_type, format=format, line=line,
        complaints=(complaint,),
    )  # fmt: skip


class _Making:
    def __init__(self, draft: Draft, request: Request, line: int | None) -> None:
        settle(draft)
        self._draft = draft
        self._request = request
        self._line = line
        self.complaints: list[Complaint] = []
        self.identifier = " ".join(draft.identifier.split())
        self._language = language_code(draft.language) or request.source.language

    def _complain(self, rule: str, message: str) -> None:
        self.complaints.append(
            complaint_of(self._request, rule, message, record=self.identifier, line=self._line)
        )

    def resource(self, format: str, datestamp: str | None) -> Resource | None:
        draft, source = self._draft, self._request.source
        if draft.gone:
            self._complain(*draft.gone)
            return None
        if draft.refusal:
            self._complain(*draft.refusal)
            return None
        for rule, message in draft.complaints:
            self._complain(rule, message)
        titles = self._said(draft.titles, "title", LONGEST_NAME)
        if not titles:
            self._complain("title.missing", "has no title; give it one in the source")
            return None
        if any(is_damaged(one.text) for one in titles):
            self._complain("text.damaged", f"the title has lost characters: {titles[0].text[:60]!r}")
            return None
        identifiers = self._identifiers()
        urls = self._urls()
        if not self.identifier and not self._derived(titles, identifiers, urls):
            return None
        urls.sort(key=lambda one: bool(_A_FILE.search(one)))  # a file is the address only of what has no page
        name = said_text(titles)
        descriptions = self._said(
            paragraphs(self._said(draft.descriptions, "description", LONGEST_TEXT)),
            "description",
            LONGEST_TEXT,
        )
        telling = descriptions or titles
        kind = proposed_type(draft.kinds) or source.type or draft.default_type
        files = self._files()
        if page := self._address(draft.contact_url, "contact") if draft.contact_url else None:
            urls = list(dict.fromkeys([*urls, page]))
        if not urls:  # where nothing tells about it, the way in is the address
            urls = [one.url for one in files if one.url.startswith("http")][:1]
        try:
            return Resource(
                id=record_id(source.name, self._own_id()),
                type=kind,
                name=name,
                aliases=self._aliases(titles, name),
                host=text_or_none(self._said(draft.hosts, "host", LONGEST_NAME)),
                governing_body=text_or_none(self._said(draft.governing, "governing_body", LONGEST_NAME)),
                province=self._province(),
                city=text_or_none(self._said(draft.city, "city", 100)),
                url=urls[0] if urls else None,
                url_checked=bool(urls),  # the supplier states it; the link checker sees whether it answers
                other_urls=tuple(urls[1:MANY]),
                identifiers=identifiers,
                subjects=self._subjects(),
                holdings=text_or_none(descriptions),
                access=self._access(),
                how_to_apply=self._application(),
                contact=self._contact(),
                languages=sides(telling),
                written_in=tuple(dict.fromkeys(one.language or "en" for one in (*titles, *descriptions))),
                creators=self._creators(),
                licence=self._licence(),
                access_rights=rights_of(*draft.rights),
                issued=self._date("issued", draft.issued),
                modified=self._date("modified", draft.modified),
                temporal=self._period(),
                spatial=self._coverage(),
                formats=self._formats(files),
                funding=grants(draft.funding),
                relations=relations(draft.ties, [*(one.value for one in identifiers), *urls]),
                sources=(self._source(),),
                details=self._details(kind, files),
                origin=Origin(
                    source=source.name, identifier=self.identifier, format=format, datestamp=datestamp,
                    address=self._request.url,
                ),
            )  # fmt: skip
        except ValidationError as error:
            for fault in error.errors():
                field = ".".join(str(part) for part in fault["loc"])
                self._complain("record.invalid", f"{field or 'record'}: {fault['msg']}")
            return None

    def _derived(self, titles: list[Said], identifiers: tuple[Identifier, ...], urls: list[str]) -> bool:
        """An identifier where the source gives none: its first global one, its page, or its title."""
        if self._draft.required:
            self._complain("identifier.missing", f"{titles[0].text[:80]!r} has no identifier")
            return False
        lasting = [one.value for one in identifiers if one.scheme not in ("local", "url")]
        # A page may tell about several things: only with the title does its address stand for one.
        seed = "\n".join([titles[0].text, *urls[:1]])
        self.identifier = (lasting or [hashlib.sha256(seed.encode()).hexdigest()[:16]])[0]
        self._complain("identifier.derived", f"has no identifier; {self.identifier!r} stands for it")
        return True

    def _source(self) -> Source:
        name, url = self._request.source.name, self._request.url
        title = Text(zh=f"来源目录 {name} 的记录 {self.identifier}", en=f"Record {self.identifier} of {name}")
        return Source(title=title, url=url if re.match(r"https?://", url) else None)

    def _own_id(self) -> str:
        found = identified(self.identifier)
        return found.value if found.scheme == "doi" and not found.fault else self.identifier

    def _said(self, said: list[Said], field: str, limit: int) -> list[Said]:
        """Cleaned, with the language each is written in; empty ones and repetitions left out."""
        found: dict[str, Said] = {}
        for one in said:
            text = plain(one.text)
            if not text:
                continue
            text = reflowed(text) if field in ("description", "access") else " ".join(text.split())
            if not text.isascii() and (meant := repaired(text)) is not None:
                self._complain(
                    "text.mojibake", f"{field} was read in the wrong encoding; taken as {meant[:40]!r}"
                )
                text = meant
            if "\ufffd" in text or "锟斤拷" in text:
                self._complain("text.damaged", f"{field} has lost characters: {text[:60]!r}")
            if len(text) > limit:
                self._complain("text.cut", f"{field} has {len(text):,} characters; {limit:,} are kept")
                text = shortened(text, limit)
            declared = language_code(one.language) or self._language
            found.setdefault(text, Said(text, language_of(text, declared)))
        return list(found.values())

    def _aliases(self, titles: list[Said], name: Text) -> tuple[str, ...]:
        others = [one.text for one in titles] + [plain(one) for one in self._draft.alternatives]
        return tuple(dict.fromkeys(one for one in others if one and one not in (name.zh, name.en)))[:MANY]

    def _identifiers(self) -> tuple[Identifier, ...]:
        found: dict[tuple[str, str], Identifier] = {}
        for value, scheme in [(self.identifier, ""), *self._draft.identifiers]:
            value = " ".join(value.split())
            if not value:
                continue
            one = identified(value, scheme)
            if one.scheme == "local" and is_sentence(value):
                continue  # a citation that stands among the identifiers
            if len(value) > 300:
                self._complain("identifier.long", f"{value[:60]!r}… of {len(value)} characters is left out")
            elif one.fault:
                self._complain(f"{one.scheme}.malformed", f"{value[:100]!r} is left out: {one.fault}")
            elif one.scheme not in ("url", "local") or value != self.identifier:
                found.setdefault((one.scheme, one.value), Identifier(scheme=one.scheme, value=one.value))
        return tuple(found.values())[:MANY]

    def _urls(self) -> list[str]:
        """Checked addresses; a DOI's page where there is no other, and the identifier where it is one."""
        found: list[str] = []
        for raw in self._draft.urls:
            if address := self._address(raw, "url"):
                found.append(address)
        for value, scheme in [(self.identifier, ""), *self._draft.identifiers]:
            one = identified(value, scheme)
            if one.url and one.scheme in ("doi", "handle", "ark", "url"):
                found.append(one.url)
        return list(dict.fromkeys(found))

    def _address(self, raw: str, field: str) -> str | None:
        text = raw.strip().strip("<>")
        if not text:
            return None
        if text.lower().startswith("www."):
            text = f"http://{text}"
        one = identified(text, "url")
        if one.scheme != "url":
            return one.url
        if one.fault:
            self._complain("url.malformed", f"{field} {raw[:120]!r} is left out: {one.fault}")
            return None
        return one.value

    def _subjects(self) -> Lines:
        sides: dict[Language, list[str]] = {"zh": [], "en": []}
        for one in self._draft.keywords:
            for text in re.split(r"\s*[;；]\s*", plain(one.text)):
                if text and len(text) <= 120:
                    # Both fields of Text know Chinese and all others; only the script tells them apart here.
                    sides["en" if text.isascii() else side_of(language_of(text, one.language))].append(text)
        total = len(sides["zh"]) + len(sides["en"])
        if total > 4 * MANY:
            self._complain("keywords.cut", f"has {total:,} keywords; {MANY} of each language are kept")
        zh, en = (tuple(dict.fromkeys(sides[side]))[:MANY] for side in ("zh", "en"))
        return Lines(zh=zh or en, en=en or zh)

    def _province(self) -> str | None:
        if self._draft.province:
            if found := province_of(self._draft.province):
                return found
            message = f"{self._draft.province!r} is no province or code of GB/T 2260"
            self._complain("province.unknown", message)
        return province_of(self._request.source.province) if self._request.source.province else None

    def _licence(self) -> str | None:
        stated = [plain(one) for one in self._draft.licences]
        for one in stated:
            if re.match(r"(?:https?|ftp)://", one, re.I) and " " not in one:
                fault = identified(one, "url").fault
                if fault:
                    self._complain("licence.malformed", f"{one[:100]!r}: {fault}")
        found = licence_of(*stated) or cited_licence("\n".join(one.text for one in self._draft.conditions))
        found = found or licence_of(self._request.source.licence or "")
        return shortened(found, 1000) if found else None

    def _access(self) -> Access:
        words = self._said(self._draft.conditions, "access", 2000)
        rights = rights_of(*self._draft.rights)
        level: str | None = self._draft.level if self._draft.level in _LEVELS else None
        if level is None:
            level = {"open": "open", "restricted": "restricted", "metadata_only": "restricted"}.get(
                rights or ""
            )
        return Access.model_validate({"level": level, "text": text_or_none(joined(words))})

    def _application(self) -> Application | None:
        steps = self._said(self._draft.steps, "how_to_apply", 1000)
        if not steps:
            return None
        zh = tuple(one.text for one in steps if side_of(one.language or "en") == "zh")
        en = tuple(one.text for one in steps if side_of(one.language or "en") == "en")
        return Application(steps=Lines(zh=zh or en, en=en or zh))

    def _contact(self) -> Contact | None:
        draft = self._draft
        email = draft.contact_email.strip().removeprefix("mailto:").removeprefix("MAILTO:").strip()
        if email and not _EMAIL.match(email):
            self._complain("email.malformed", f"{email[:100]!r} is left out: not an e-mail address")
            email = ""
        phone = draft.contact_phone.strip().removeprefix("tel:")
        if phone and not _PHONE.match(phone):
            self._complain("phone.malformed", f"{phone[:60]!r} is left out: not a telephone number")
            phone = ""
        name = plain(draft.contact_name)
        text = Text(zh=name, en=name) if name else None
        page = self._address(draft.contact_url, "contact") if draft.contact_url else None
        if not (email or phone or name):
            if not page:
                return None
            # Where only texts are shown, the page stands among the addresses.
            text = Text(zh="联系页面见其他网址", en="contact page: see its other addresses")
        return Contact(email=email or None, phone=phone or None, url=page, note=text)

    def _creators(self) -> tuple[Agent, ...]:
        found: list[Agent] = []
        for one in self._draft.creators[:MANY]:
            name = plain(one.name)
            if not name:
                continue
            known = identified(one.identifier) if one.identifier else None
            if known and known.fault:
                self._complain(
                    f"{known.scheme}.malformed", f"{one.identifier[:80]!r} of {name!r}: {known.fault}"
                )
            value = known.value if known and not known.fault else None
            scheme = known.scheme if known else ""
            found.append(
                Agent(
                    name=name, organisation=one.organisation, affiliation=plain(one.affiliation) or None,
                    orcid=value if scheme == "orcid" else None, ror=value if scheme == "ror" else None,
                )
            )  # fmt: skip
        if len(self._draft.creators) > MANY:
            self._complain("creators.cut", f"has {len(self._draft.creators)} creators; {MANY} are kept")
        return tuple(found)

    def _date(self, field: str, values: Sequence[object]) -> str | None:
        for value in values:
            found, fault = date_of(value)
            if fault:
                self._complain("date.malformed", f"{field}: {fault}")
            if found:
                return found
        return None

    def _period(self) -> Period | None:
        starts: list[str] = []
        ends: list[str] = []
        going_on = False
        words: list[str] = []
        for period in self._draft.periods:
            for given, known in zip(period, (starts, ends), strict=True):
                day, fault = date_of(given, ancient=True)
                if day:
                    known.append(day)
                elif fault:
                    words.append(plain(given))
            going_on |= bool(date_of(period[0], ancient=True)[0]) and not period[1].strip(" .")
        if not (starts or ends or words):
            return None
        start, end = min(starts, default=None), None if going_on else max(ends, default=None)
        if start and end and not start.startswith("-") and start[:4] > end[:4]:
            self._complain("period.reversed", f"begins in {start} and ends in {end}")
            start = end = None
        return Period(start=start, end=end, text=shortened("; ".join(dict.fromkeys(words)), 200) or None)

    def _coverage(self) -> Coverage | None:
        boxes: list[Box] = []
        for bounds in self._draft.boxes[:MANY]:
            box, fault = box_of(*bounds)
            if fault:
                self._complain("box.malformed", fault)
            boxes += [box] if box else []
        places = tuple(dict.fromkeys(shortened(plain(one), 200) for one in self._draft.places if one.strip()))
        places = tuple(one for one in places if one)[:MANY]
        provinces = provinces_in(list(places))
        if not (boxes or places):
            return None
        return Coverage(places=places, provinces=provinces, boxes=tuple(boxes))

    def _files(self) -> tuple[Download, ...]:
        found: dict[str, Download] = {}
        for one in self._draft.files[:MANY]:
            if download := self._file(one):
                found.setdefault(download.url, download)
        if len(self._draft.files) > MANY:
            self._complain("files.cut", f"has {len(self._draft.files):,} files; {MANY} are kept")
        return tuple(found.values())

    def _file(self, one: File) -> Download | None:
        url = one.url.strip()
        if not re.match(r"(?:ftp|s3|gs)://\S+$", url, re.I):
            checked = self._address(url, "file") if url else None
            if checked is None:
                return None
            url = checked
        title = plain(one.title)
        return Download(
            url=url, title=shortened(title, 200) or None, format=file_format(one.format) or None,
            media_type=one.media_type.strip()[:100] or None, service=one.service,
            bytes=one.bytes if one.bytes is not None and one.bytes >= 0 else None,
        )  # fmt: skip

    def _formats(self, files: tuple[Download, ...]) -> tuple[str, ...]:
        named = [file_format(one) for one in self._draft.formats]
        named += [one.format or file_format(one.media_type or "") for one in files]
        named += [file_format(one.format) for one in self._draft.files if not one.url]
        return tuple({one.lower(): one for one in reversed(named) if one}.values())[::-1][:20]

    def _variables(self) -> tuple[str, ...]:
        found = tuple(
            dict.fromkeys(shortened(plain(one), 200) for one in self._draft.variables if plain(one))
        )
        if len(found) > MOST_VARIABLES:
            self._complain("variables.cut", f"has {len(found):,} variables; {MOST_VARIABLES} are kept")
        return found[:MOST_VARIABLES]

    def _details(self, kind: str, files: tuple[Download, ...]) -> dict[str, Any] | None:
        """Fields of the kind's details that the draft can fill; None where there is none."""
        draft = self._draft
        found: dict[str, Any] = dict(draft.details)
        documentation = self._address(draft.documentation, "documentation") if draft.documentation else None
        if kind == "scientific_data":
            found |= {
                "files": files,
                "version": plain(draft.version) or None,
                "size": plain(draft.size) or None,
                "variables": self._variables(),
                "frequency": _frequency(draft.frequency) or None,
            }
            found["documentation"] = documentation
        elif kind == "service_platform":
            found |= {"endpoints": files, "documentation": documentation}
        elif kind == "literature":
            found |= {"files": files}
        found = {field: value for field, value in found.items() if value not in (None, "", ())}
        return {"kind": kind, **found} if found else None


def _frequency(word: str) -> str:
    """The words, or the last part of an address of a code list."""
    text = plain(word)
    return shortened(re.split(r"[#/]", text.rstrip("/"))[-1] if re.match(r"https?://", text) else text, 100)
