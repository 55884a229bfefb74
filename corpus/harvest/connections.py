"""Who paid for a thing and what it stands to: closed codes of the standards -> our kinds, and both typed."""

from __future__ import annotations

import re
from collections.abc import Iterable

from corpus.details import Grant, Relation, RelationKind
from corpus.harvest.cleaning import is_placeholder, plain
from corpus.harvest.drafts import Funding, Tie
from corpus.identifiers import identified, is_sentence
from corpus.texts import shortened

MOST = 40
"""Awards, and relations, of one record that are kept; the original has all."""

_KINDS: dict[str, RelationKind] = {
    # DataCite 4.6, Dublin Core, DCAT 3, schema.org, DDI, Dataverse
    "ispartof": "part_of", "inseries": "part_of", "ispublishedin": "part_of", "iscollectedby": "related",
    "haspart": "has_part", "seriesmember": "has_part",
    "isnewversionof": "previous_version", "replaces": "previous_version", "prev": "previous_version",
    "previousversion": "previous_version", "obsoletes": "previous_version",
    "ispreviousversionof": "next_version", "isreplacedby": "next_version", "next": "next_version",
    "isobsoletedby": "next_version",
    "isversionof": "version", "hasversion": "version", "hascurrentversion": "version",
    "isvariantformof": "version", "isoriginalformof": "version", "isformatof": "version",
    "hasformat": "version", "istranslationof": "version", "hastranslation": "version",
    "isderivedfrom": "derived_from", "wasderivedfrom": "derived_from", "source": "derived_from",
    "isbasedon": "derived_from", "hassource": "derived_from",
    "issourceof": "source_of",
    "isdescribedby": "described_by", "isdocumentedby": "described_by", "hasmetadata": "described_by",
    "describes": "describes", "documents": "describes", "ismetadatafor": "describes",
    "issupplementto": "supplement_to", "issupplementedby": "supplemented_by",
    "cites": "cites", "references": "cites", "citation": "cites", "requires": "related",
    "iscitedby": "cited_by", "isreferencedby": "cited_by",
    "isidenticalto": "same_as",
    # ISO 19115, DS_AssociationTypeCode
    "largerworkcitation": "part_of", "series": "part_of", "collectivetitle": "part_of",
    "partofseamlessdatabase": "part_of", "iscomposedof": "has_part", "revisionof": "previous_version",
}  # fmt: skip
"""By the code without case, prefix and marks; whatever else a source says is `related`."""


def relation_kind(code: str) -> RelationKind:
    """Ours of a code, a property or the address of one: IsPartOf, dct:isPartOf, …/terms/isPartOf."""
    name = re.split(r"[#/:]", code.rstrip("/"))[-1]
    return _KINDS.get(re.sub(r"[^a-z]", "", name.lower()), "related")


def grants(told: Iterable[Funding]) -> tuple[Grant, ...]:
    """Each award once; a funder alone only where no award names it."""
    found: dict[tuple[str, str], Grant] = {}
    for one in told:
        funder, number, title = (_words(text) for text in (one.funder, one.number, one.title))
        ror = identified(one.identifier) if one.identifier else None
        if not (funder or number or title):
            continue
        key = (funder.casefold(), (number or title).casefold())
        found.setdefault(
            key,
            Grant(
                funder=funder or None, number=number or None,
                title=title if title and title != number else None,
                ror=ror.value if ror and ror.scheme == "ror" and not ror.fault else None,
            ),
        )  # fmt: skip
    awarded = {funder for funder, number in found if number}
    return tuple(one for key, one in found.items() if key[1] or key[0] not in awarded)[:MOST]


def relations(told: Iterable[Tie], own: Iterable[str] = ()) -> tuple[Relation, ...]:
    """Each other thing once in each kind; `own` are the record's own identifiers and addresses."""
    mine = {one.casefold().rstrip("/") for one in own}
    found: dict[tuple[str, str], Relation] = {}
    for one in told:
        made = _relation(one)
        if made is None:
            continue
        key = (made.value or made.url or made.title or "").casefold()
        if key.rstrip("/") not in mine:
            known = found.get((made.kind, key))
            found[made.kind, key] = made if known is None or not known.title else known
    return tuple(found.values())[:MOST]


def _relation(tie: Tie) -> Relation | None:
    title = _words(tie.title)
    target = " ".join(plain(tie.target).split())
    value = scheme = url = None
    if target and not is_placeholder(target):
        known = identified(target, tie.scheme)
        if known.scheme == "url":
            url = None if known.fault else known.value
        elif is_sentence(target):
            title = title or shortened(target, 300)
        elif not known.fault and len(known.value) <= 200:
            value = known.value
            scheme = known.scheme if known.scheme != "local" else _words(tie.scheme).lower()[:40] or None
            if scheme is None and (re.search(r"\s", value) or not re.search(r"\d", value)):
                title, value = title or value, None  # a name where an identifier may stand
    if not (title or value or url):
        return None
    return Relation(
        kind=relation_kind(tie.kind),
        title=title or None,
        scheme=scheme if value else None,
        value=value,
        url=url,
    )


def _words(text: str) -> str:
    words = " ".join(plain(text).split())
    return "" if is_placeholder(words) else shortened(words, 300)
