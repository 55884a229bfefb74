"""Records as callers may see them: looked up, searched, and put into JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from api.errors import ApiError
from api.schemas import SearchHit, SearchOut
from api.validation import quoted
from assistant.language import detect_language
from assistant.records import Language
from assistant.tools.records import Findings
from corpus.facets import FACETS, FOLDED, Facet, facets_of, fits, last_told
from corpus.records import Article, Policy, PolicyVersion, Resource, Tombstone
from retrieval.records import Filters, Hit, RecordKind

if TYPE_CHECKING:
    from wiring import View

SNIPPET_CHARS = 160
NEAR = 4.5
"""Standard deviations above the mean of its language by which the meaning of such a place stands out: of
instruments that share half a word with the search the best reached 4.1, of things called otherwise 4.7."""
PLAIN = 3.0
"""From here on a place counts as found that holds none of the words: by meaning alone what is near is not yet
meant. Of words that nobody knows the best reached 2.3, of words that records say otherwise 4.8."""
MOST_VALUES = 50
"""Values of one facet that are counted out, the most frequent."""
NO_FACETS: Mapping[Facet, Sequence[str]] = {}
POOL = 100
"""Places that are searched for one page of hits: facets count the records among them."""


def find_resource(kewen: View, resource_id: str) -> Resource:
    """Raises ApiError 404 for what the view has not, 410 for what was withdrawn: the sentence names reason
    and successor."""
    gone = kewen.corpus.gone.get(resource_id)
    if gone is not None:
        raise _withdrawn(kewen, gone)
    record = kewen.corpus.by_id.get(resource_id)
    if not isinstance(record, Resource):
        raise ApiError(404, "resource_unknown", value=quoted(resource_id))
    return record


def _withdrawn(kewen: View, gone: Tombstone) -> ApiError:
    named = (gone.successor or "") in kewen.corpus.by_id
    return ApiError(
        410,
        "resource_withdrawn",
        say_as="resource_succeeded" if named else None,
        value=quoted(gone.id),
        day=gone.withdrawn,
        reason=gone.reason,
        successor=gone.successor,
    )


def find_policy(kewen: View, policy_id: str) -> Policy:
    """The document as the view has it. Raises ApiError 404."""
    record = kewen.corpus.by_id.get(policy_id)
    if not isinstance(record, Policy):
        raise ApiError(404, "policy_unknown", value=quoted(policy_id))
    return record


def find_article(policy: Policy, key: str) -> Article:
    """By 20, 第二十条, art-20 or x-1. Raises ApiError 404 that lists what is stored."""
    article = policy.article(key)
    if article is None:
        raise ApiError(
            404,
            "article_unknown",
            policy=quoted(policy.id),
            value=quoted(key),
            allowed=", ".join(known.anchor for known in policy.articles),
        )
    return article


_SEARCH_KEYS: Any = {"__all__": {"disagreement": {"cues"}}}
"""Of notes: words by which questions on a contradiction are known."""


def resource_json(resource: Resource) -> dict[str, Any]:
    """The whole record; ways of asking for it are search keys and stay inside."""
    told = resource.model_dump(exclude={"questions": True, "notes": _SEARCH_KEYS})
    return {"kind": "resource", **told, "page": _page(resource)}


def policy_json(policy: Policy) -> dict[str, Any]:
    """The whole document with its articles; stored texts with their days, not their words."""
    return {
        "kind": "policy",
        **policy.model_dump(
            exclude={"questions": True, "articles": True, "versions": True, "notes": _SEARCH_KEYS}
        ),
        "page": _page(policy),
        "versions": [version_json(version) for version in policy.versions],
        "articles": [_article_fields(policy, article) for article in policy.articles],
    }


def article_json(policy: Policy, article: Article) -> dict[str, Any]:
    """One article with what is needed to cite it."""
    of = policy.model_dump(
        include={
            "id",
            "title",
            "issuing_body",
            "doc_number",
            "issued",
            "effective",
            "expires",
            "status",
            "status_note",
            "official_url",
        }
    )
    return {**_article_fields(policy, article), "policy": of}


def findings_json(found: Findings) -> dict[str, Any]:
    """What a tool found: statements with what is needed to cite them, the whole set of a list."""
    statements = [
        {
            "kind": one.evidence.kind,
            "id": one.evidence.id,
            "title": one.evidence.title,
            "locator": one.evidence.locator,
            "quote": "\n".join(one.lines),
            "quote_kind": one.evidence.quote_kind,
            "url": one.evidence.url,
            "source_url": one.evidence.source_url,
        }
        for one in found.shown
    ]
    told: dict[str, Any] = {"statements": statements, "remarks": list(found.remarks)}
    if found.set is not None:
        told |= {"total": len(found.set.ids), "ids": list(found.set.ids)}
    return told


def version_json(version: PolicyVersion) -> dict[str, Any]:
    """A stored text without its words: its name, its days, its status today."""
    return {
        **version.model_dump(exclude={"articles", "source"}),
        "effective_known": version.start_known,
        "articles": len(version.articles),
    }


def _article_fields(policy: Policy, article: Article) -> dict[str, Any]:
    return {
        "no": article.no,
        "number": article.number,
        "anchor": article.anchor,
        **article.model_dump(exclude={"questions", "clauses", "no", "slug"}),
        "quote_kind": "digest" if article.digest else "verbatim",
        "page": f"{_page(policy)}#{article.anchor}",
    }


def _page(record: Resource | Policy) -> str:
    return f"/{'resources' if isinstance(record, Resource) else 'policies'}/{record.id}"


async def search(
    kewen: View,
    query: str,
    *,
    kind: RecordKind | None = None,
    types: Sequence[str] = (),
    provinces: Sequence[str] = (),
    access: Sequence[str] = (),
    facets: Mapping[Facet, Sequence[str]] = NO_FACETS,
    newest: bool = False,
    k: int = 10,
    listing_language: Language = "zh",
) -> SearchOut:
    """At most k records, best first; the last changed first where `newest`. An empty query lists what fits
    the filters, in order of id and in `listing_language`.

    A facet is a property of resources: with a value of one policies are out.
    """
    wanted: dict[Facet, Sequence[str]] = {"type": types, "province": provinces, "access": access, **facets}
    kinds = {kind} if kind else {"resource", "policy"}
    if newest or any(wanted.values()):
        kinds &= {"resource"}
    language = detect_language(query, listing_language)
    if not kinds:
        return SearchOut(hits=[], facets=_facets([]))
    if not query:
        fitting = [record for record in kewen.corpus if _fits(record, kinds, wanted)]
        if newest:
            fitting.sort(key=_last_told, reverse=True)
        return SearchOut(
            hits=[_hit(record, "card", 0.0, language) for record in fitting[:k]],
            facets=_facets(fitting),
        )
    only = (
        frozenset(one.id for one in kewen.corpus.resources if fits(one, facets))
        if any(facets.values())
        else frozenset[str]()
    )
    if any(facets.values()) and not only:
        return SearchOut(hits=[], facets=_facets([]))
    filters = Filters(
        record_ids=only,
        kinds=frozenset(kinds),  # type: ignore[arg-type]  # a set of the two literals
        types=frozenset(types),
        provinces=frozenset(provinces),
        access=frozenset(access),
    )
    best: dict[str, SearchHit] = {}
    found: list[Resource | Policy] = []
    for hit in await kewen.retriever.search(query, k=max(POOL, k), filters=filters):
        record = kewen.corpus.by_id.get(hit.record_id)
        if record is None or record.id in best or not is_meant(hit):
            continue
        best[record.id] = _hit(record, hit.part, hit.score, language)
        found.append(record)
    if newest:
        found.sort(key=_last_told, reverse=True)
        best = {record.id: best[record.id] for record in found}
    return SearchOut(hits=list(best.values())[:k], facets=_facets(found))


def is_meant(hit: Hit) -> bool:
    """False for a place that holds none of the words and is only near in meaning."""
    return hit.lexical is not None or (hit.score >= PLAIN and (hit.dense or 0.0) >= NEAR)


def _fits(record: Resource | Policy, kinds: set[Any], wanted: Mapping[Facet, Sequence[str]]) -> bool:
    if isinstance(record, Policy):
        return "policy" in kinds
    return "resource" in kinds and fits(record, wanted)


def _last_told(record: Resource | Policy) -> str:
    return last_told(record) if isinstance(record, Resource) else ""


def _facets(records: Iterable[Resource | Policy]) -> dict[str, dict[str, int]]:
    counts: dict[str, Counter[str]] = {name: Counter() for name in ("kind", *FACETS, "status")}
    spelt: dict[str, dict[str, str]] = {name: {} for name in FACETS}
    for record in records:
        if isinstance(record, Resource):
            counts["kind"]["resource"] += 1
            for name, values in facets_of(record).items():
                keys = map(str.casefold, values) if name in FOLDED else values
                counts[name].update(map(spelt[name].setdefault, keys, values))
        else:
            counts["kind"]["policy"] += 1
            counts["status"][record.status] += 1
    return {name: dict(counter.most_common(MOST_VALUES)) for name, counter in counts.items()}


def _hit(record: Resource | Policy, part: str, score: float, language: Language) -> SearchHit:
    kind: Literal["resource", "policy"] = "resource" if isinstance(record, Resource) else "policy"
    article = record.article(part) if isinstance(record, Policy) else None
    title = (record.name if isinstance(record, Resource) else record.title).in_(language)
    return SearchHit(
        kind=kind,
        id=record.id,
        title=title,
        score=score,
        snippet=_shortened(snippet(record, part, language)),
        url=f"{_page(record)}#{article.anchor}" if article else _page(record),
    )


def snippet(record: Resource | Policy, part: str, language: Language) -> str:
    """What the record says at the place that was found: its own words, never a search key."""
    if isinstance(record, Policy):
        article = record.article(part)
        if article is None:
            return record.scope.in_(language)
        return f"{article.no} {article.says.in_(language)}"
    if part == "how_to_apply" and record.how_to_apply:
        return " ".join(record.how_to_apply.steps.in_(language))
    for text in (record.holdings, record.access.text, record.host):
        if text is not None:
            return text.in_(language)
    return ""


def _shortened(text: str) -> str:
    return text if len(text) <= SNIPPET_CHARS else f"{text[: SNIPPET_CHARS - 1].rstrip()}…"
