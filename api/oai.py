"""/oai: the catalogue as an OAI-PMH 2.0 repository, in oai_dc and oai_datacite.

Records are resources and policies that everyone may see. Their datestamps say since when they are as
they are here; a record that went, or that is no longer for everyone, is a deleted one for good.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from fastapi import APIRouter, Request, Response
from lxml import etree

from api.deps import PublicDep, StateDep
from api.oai_protocol import Listing, OaiError, arguments, listing_of
from api.state import ApiState, base_url
from corpus.exports.datacite import datacite_element
from corpus.exports.oai_dc import NAMESPACE as OAI_DC
from corpus.exports.oai_dc import SCHEMA as OAI_DC_SCHEMA
from corpus.exports.oai_dc import oai_dc_element
from corpus.exports.xmltext import XSI, add, serialized
from corpus.loaders import load_vocabulary
from corpus.records import Corpus, Policy, Resource
from storage.record_stamps import RecordStamps, Stamp

router = APIRouter(include_in_schema=False)

OAI = "http://www.openarchives.org/OAI/2.0/"
_OAI_DATACITE = "http://schema.datacite.org/oai/oai-1.1/"
PAGE = 100
"""Records of one answer."""
_FORMATS = {
    "oai_dc": (OAI_DC_SCHEMA, OAI_DC),
    "oai_datacite": ("http://schema.datacite.org/oai/oai-1.1/oai.xsd", _OAI_DATACITE),
}
_SETS = {"resource": "Resources", "policy": "Policies, laws and standards"}
_HOST = re.compile(r"[a-z][a-z0-9-]*(?:\.[a-z][a-z0-9-]*)+", re.I)


@router.api_route("/oai", methods=["GET", "POST"])
async def oai(request: Request, state: StateDep, kewen: PublicDep) -> Response:
    """One answer of the protocol; its own errors are answers too."""
    pairs = request.query_params.multi_items()
    if request.method == "POST":
        body = (await request.body()).decode("utf-8", "replace")
        pairs = parse_qsl(body, keep_blank_values=True)
    asked = _Asked(kewen.corpus, RecordStamps(kewen.database), state, base_url(request, state))
    content = await asyncio.to_thread(asked.answer, pairs)
    return Response(content, media_type="text/xml; charset=utf-8")


@dataclass
class _Asked:
    """One request, answered with calls that block."""

    corpus: Corpus
    stored: RecordStamps
    state: ApiState
    base: str

    def answer(self, pairs: list[tuple[str, str]]) -> bytes:
        root = etree.Element(f"{{{OAI}}}OAI-PMH", nsmap={None: OAI, "xsi": XSI})
        root.set(f"{{{XSI}}}schemaLocation", f"{OAI} {OAI}OAI-PMH.xsd")
        add(root, "responseDate", _shown(datetime.now(UTC)))
        request = add(root, "request", f"{self.base}/oai")
        try:
            given = arguments(pairs)
            verb = given.pop("verb", dict(pairs)["verb"])
            for name, value in {"verb": verb, **given}.items():
                request.set(name, _allowed(value))
            answers: dict[str, Callable[[dict[str, str]], etree._Element]] = {
                "Identify": self._identify,
                "ListMetadataFormats": self._formats,
                "ListSets": self._sets,
                "GetRecord": self._record,
                "ListIdentifiers": lambda given: self._list("ListIdentifiers", given),
                "ListRecords": lambda given: self._list("ListRecords", given),
            }
            root.append(answers[verb](given))
        except OaiError as error:
            if error.code in ("badVerb", "badArgument"):
                request.attrib.clear()
            add(root, "error", str(error), attributes={"code": error.code})
        return serialized(root)

    def _identify(self, _given: dict[str, str]) -> etree._Element:
        stamps = self._stamps()
        answer = _element("Identify")
        add(answer, "repositoryName", "Kewen 科问")
        add(answer, "baseURL", f"{self.base}/oai")
        add(answer, "protocolVersion", "2.0")
        add(answer, "adminEmail", self.state.admin_email or f"postmaster@{self._namespace()}")
        add(answer, "earliestDatestamp", _shown(stamps.earliest() or datetime.now(UTC)))
        add(answer, "deletedRecord", "persistent")
        add(answer, "granularity", "YYYY-MM-DDThh:mm:ssZ")
        return answer

    def _formats(self, given: dict[str, str]) -> etree._Element:
        if "identifier" in given:
            self._stamp(given["identifier"])
        answer = _element("ListMetadataFormats")
        for prefix, (schema, namespace) in _FORMATS.items():
            one = add(answer, "metadataFormat")
            add(one, "metadataPrefix", prefix)
            add(one, "schema", schema)
            add(one, "metadataNamespace", namespace)
        return answer

    def _sets(self, given: dict[str, str]) -> etree._Element:
        if "resumptionToken" in given:
            raise OaiError("badResumptionToken", "The list of sets has one page.")
        answer = _element("ListSets")
        named = dict(_SETS)
        named |= {f"resource:{one.code}": f"{one.label.en} {one.label.zh}" for one in load_vocabulary().types}
        for spec, name in sorted(named.items()):
            one = add(answer, "set")
            add(one, "setSpec", spec)
            add(one, "setName", name)
        return answer

    def _record(self, given: dict[str, str]) -> etree._Element:
        prefix = given["metadataPrefix"]
        _check_format(prefix)
        stamp = self._stamp(given["identifier"])
        answer = _element("GetRecord")
        self._add_record(answer, stamp, prefix)
        return answer

    def _list(self, verb: str, given: dict[str, str]) -> etree._Element:
        stamps = self._stamps()
        edition = stamps.edition()
        token = given.get("resumptionToken")
        listing = Listing.of_token(token, edition) if token else listing_of(given)
        _check_format(listing.prefix)
        specs = self._specs(listing.wanted)
        found = stamps.listed(
            specs=specs, since=listing.since, until=listing.until, after=listing.after, limit=PAGE + 1
        )
        if not found:
            raise OaiError("noRecordsMatch", "No record fits these arguments.")
        answer = _element(verb)
        for stamp in found[:PAGE]:
            if verb == "ListRecords":
                self._add_record(answer, stamp, listing.prefix)
            else:
                self._add_header(answer, stamp)
        more = len(found) > PAGE
        if more or token:
            last = found[min(PAGE, len(found)) - 1]
            following = replace(listing, after=(last.stamp, last.id), cursor=listing.cursor + PAGE)
            size = stamps.count(specs=specs, since=listing.since, until=listing.until)
            add(
                answer,
                "resumptionToken",
                # An empty one ends the list.
                following.token(edition) if more else None,
                attributes={"completeListSize": str(size), "cursor": str(listing.cursor)},
            )
        return answer

    def _add_record(self, parent: etree._Element, stamp: Stamp, prefix: str) -> None:
        record = add(parent, "record")
        self._add_header(record, stamp)
        known = self.corpus.by_id.get(stamp.id)
        if stamp.gone or known is None:
            return
        metadata = add(record, "metadata")
        if prefix == "oai_dc":
            metadata.append(oai_dc_element(known, self.base))
            return
        container = etree.SubElement(
            metadata, f"{{{_OAI_DATACITE}}}oai_datacite", nsmap={None: _OAI_DATACITE}
        )
        container.set(f"{{{XSI}}}schemaLocation", f"{_OAI_DATACITE} {_FORMATS[prefix][0]}")
        add(container, "schemaVersion", "4")
        add(container, "datacentreSymbol", "KEWEN")
        payload = add(container, "payload")
        payload.append(datacite_element(known, self.base, stamp.stamp.date().isoformat()))

    def _add_header(self, parent: etree._Element, stamp: Stamp) -> None:
        header = add(parent, "header", attributes={"status": "deleted" if stamp.gone else None})
        add(header, "identifier", f"oai:{self._namespace()}:{quote(stamp.id, safe='/:')}")
        add(header, "datestamp", _shown(stamp.stamp))
        kind, _, part = stamp.set_spec.partition(":")
        add(header, "setSpec", kind)
        if part:
            add(header, "setSpec", stamp.set_spec)

    def _stamp(self, identifier: str) -> Stamp:
        start = f"oai:{self._namespace()}:"
        stamp = None
        if identifier.startswith(start) and "\0" not in identifier:
            stamp = self._stamps().get(unquote(identifier[len(start) :])[:500])
        if stamp is None:
            raise OaiError("idDoesNotExist", f"There is no record {identifier[:200]!r} here.")
        return stamp

    def _specs(self, wanted: str | None) -> tuple[str, ...]:
        """The stored sets that a set of the request covers; empty for all."""
        if wanted is None:
            return ()
        if wanted == "resource":
            return tuple(f"resource:{one.code}" for one in load_vocabulary().types)
        return (wanted,)

    def _namespace(self) -> str:
        """The name of this host; one that is no domain name, such as an address, gets one that never is."""
        host = urlsplit(self.base).hostname or ""
        return host if _HOST.fullmatch(host) else "kewen.invalid"

    def _stamps(self) -> RecordStamps:
        """In step with the open catalogue, which costs nothing while that is the same."""
        if self.state.stamped != self.corpus.digest:
            self.stored.refresh(_current(self.corpus))
            self.state.stamped = self.corpus.digest
        return self.stored


def _current(corpus: Corpus) -> dict[str, tuple[str, str]]:
    """What everyone may see: id -> (digest of what an answer here holds, set)."""
    return {record.id: (_digest(record), _spec(record)) for record in corpus}


def _digest(record: Resource | Policy) -> str:
    # The words of articles are in no answer here; of a policy, its description is.
    left_out = {"questions", "unit"} | ({"articles", "versions"} if isinstance(record, Policy) else set())
    return hashlib.sha256(record.model_dump_json(exclude=left_out).encode()).hexdigest()


def _spec(record: Resource | Policy) -> str:
    return "policy" if isinstance(record, Policy) else f"resource:{record.type}"


def _check_format(prefix: str) -> None:
    if prefix not in _FORMATS:
        known = " and ".join(_FORMATS)
        raise OaiError("cannotDisseminateFormat", f"{prefix[:60]!r} is not given here; {known} are.")


def _element(name: str) -> etree._Element:
    return etree.Element(f"{{{OAI}}}{name}", nsmap={None: OAI, "xsi": XSI})


def _shown(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _allowed(value: str) -> str:
    return re.sub("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]", "", value)
