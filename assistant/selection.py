"""From hits to what an answer rests on: which records, which articles, or an honest nothing."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from assistant import support
from assistant.access import Asker, is_seen, visible_to
from assistant.available import missing_of
from assistant.cues import Attribute
from assistant.evidence import has_words
from assistant.expected import expectations, met
from assistant.gate import Gate
from assistant.judging import Chosen, Judge, Judged
from assistant.kindred import POOL, Kindred, Retriever, search_filters, told_of
from assistant.places import MARGIN_ARTICLE, MARGIN_BESIDE, Near, Place, Places, as_near, distinct
from assistant.records import AskFilters
from assistant.understanding import SURE, Understanding
from assistant.verdicts import Verdict
from corpus.records import Policy, Resource
from corpus.versions import standing
from retrieval.records import Hit

LISTED = 12
LOOSE = 0.08
"""Coverage below which a holding is told to be only the nearest."""
MARGIN_ALSO = 1.2


Kind = Literal["resource", "policy", "compare", "list", "absent", "unclear"]
Reason = Literal[
    "nothing",
    "name",
    "attribute",
    "rule_detail",
    "wording",
    "article_beyond",
    "article_not_held",
    "filters",
]


@dataclass(frozen=True, slots=True)
class Selection:
    """What to answer from.

    `resources` and `places` are best first; `also` are further candidates; `near` uncertain neighbours of
    an absent answer, `beside` what else a sum may be taken from. `missing` are attributes that were asked
    for and are not there; `unnamed` words of the need that the record does not use, `loose` when it hardly
    uses any of them.
    """

    kind: Kind
    resources: tuple[Resource, ...] = ()
    also: tuple[Resource, ...] = ()
    beside: tuple[Resource, ...] = ()
    places: tuple[Place, ...] = ()
    near: tuple[Near, ...] = ()
    missing: tuple[Attribute, ...] = ()
    reason: Reason = "nothing"
    article: int | None = None
    uncertain: bool = False
    unnamed: tuple[str, ...] = ()
    loose: bool = False
    verdict: Verdict | None = None
    """「能不能」, judged from the annotated articles; `places` are its own, then what else search chose."""
    hits: tuple[Hit, ...] = field(default=(), repr=False)


def _short_title(policy: Policy) -> str:
    return policy.title.zh.removeprefix("中华人民共和国")


def _dated(reading: Understanding) -> AskFilters:
    """Of the filters only the day: a document that the question names is not sought by type or place."""
    return AskFilters(as_of=reading.filters.as_of)


class Selector:
    """Chooses the evidence of an answer."""

    def __init__(self, records: Mapping[str, Resource | Policy], retriever: Retriever, gate: Gate) -> None:
        self._records = records
        self._places = Places(records)
        self._retriever = retriever
        self._gate = gate
        self._kindred = Kindred(records, retriever, self._places)
        self._judge = Judge(records)

    async def select(self, reading: Understanding, asker: Asker) -> Selection:
        """Raises SearchFailed when search cannot be carried out."""
        if reading.intent == "unclear":
            return Selection("unclear")
        filters = search_filters(reading.filters, asker)
        hits = await self._retriever.search(reading.query, k=POOL, filters=filters)
        if filters.as_of is None:
            # What is over carries no claim of today; asked for by name it is found below.
            hits = [hit for hit in hits if not self._places.over(hit)] or hits
        chosen = await self._choose(reading, hits, asker, filters.visible)
        if reading.asked_day and not reading.subjects and not reading.references:
            chosen = await self._came_later(reading, chosen, hits, asker) or chosen
        if filters.as_of is None:
            chosen = self._judged(reading, chosen, hits, filters.visible)
        beside = tuple(record for record, _ in self._places.resources(hits[:12])) if reading.asks_sum else ()
        return replace(chosen, hits=tuple(hits), beside=beside)

    def _judged(
        self, reading: Understanding, chosen: Selection, hits: Sequence[Hit], visible: Container[str]
    ) -> Selection:
        """The selection with a verdict where permission is asked and articles carry one."""
        plain = Chosen(chosen.kind, chosen.reason, chosen.places, hits)
        judged = self._judge.judge(reading, plain, visible)
        if judged is None or self._better_in_words(chosen, judged, hits):
            return chosen
        resources = chosen.resources[:1] if judged.of_resource else ()
        return Selection("policy", resources=resources, places=judged.places, verdict=judged.verdict)

    async def _came_later(
        self, reading: Understanding, chosen: Selection, hits: Sequence[Hit], asker: Asker
    ) -> Selection | None:
        """Rules that came later and fit far better than any of that day: the answer says since when."""
        assert reading.asked_day is not None
        given, read = (o.model_copy(update={"as_of": None}) for o in (reading.given, reading.read))
        undated = replace(reading, given=given, read=read)
        filters = search_filters(undated.filters, asker)
        found = await self._retriever.search(reading.query, k=POOL, filters=filters)
        then = {(hit.record_id, hit.part.partition("@")[0]) for hit in hits}
        both = [hit.score for hit in found if (hit.record_id, hit.part) in then]
        first = self._records.get(found[0].record_id) if found else None
        if not isinstance(first, Policy) or standing(first, reading.asked_day.last) != "not_yet":
            return None
        if chosen.kind != "absent" and found[0].score - max(both, default=-99.0) <= MARGIN_ARTICLE:
            return None
        now = await self._choose(undated, found, asker, filters.visible)
        return now if now.kind == "policy" else None

    @staticmethod
    def _better_in_words(chosen: Selection, judged: Judged, hits: Sequence[Hit]) -> bool:
        """True where the best article is known by its stored words alone, and the verdict is far from it.

        Rulings are written for the digests: a verdict from others would pass over what the text says.
        """
        if chosen.kind != "policy" or judged.verdict is None:
            return False
        article = chosen.places[0][1]
        if article is None or article.digest is not None:
            return False
        ruled = {(policy.id, one.anchor) for policy, one in judged.verdict.places if one}
        nearest = max((h.score for h in hits if (h.record_id, h.part) in ruled), default=float("-inf"))
        return nearest < hits[0].score - MARGIN_ARTICLE

    async def _choose(
        self, reading: Understanding, hits: list[Hit], asker: Asker, visible: Container[str]
    ) -> Selection:
        if reading.intent == "list":
            return self._listed(reading, hits)
        if reading.narrowed:
            return await self._narrowed(reading, hits, asker)
        if found := self._by_reference(reading, visible, hits):
            return found
        subjects = [self._records[i] for i in reading.subjects if is_seen(self._records, i, visible)]
        resources = [one for one in subjects if isinstance(one, Resource)]
        policies = [one for one in subjects if isinstance(one, Policy)]
        if reading.unknown and not (reading.named and self._named_leads(reading)):
            near = [
                self._records[i] for i in reading.unknown[0].nearest if is_seen(self._records, i, visible)
            ]
            return Selection("absent", reason="name", near=as_near(near) or self._places.near(hits))
        if reading.intent == "compare" and len(resources) > 1:
            return Selection("compare", resources=tuple(resources[:4]))
        if reading.named:
            if policies and (not resources or reading.rule_words):
                return await self._in_documents(reading, policies, resources, hits, asker)
            if resources and not self._only_mentioned(reading, resources, hits):
                return self._of_resources(reading, resources, hits)
        elif reading.sibling and resources:
            return await self._sibling(reading, resources[0], asker)
        elif reading.carried:
            return await self._carried(reading, resources, policies, hits, asker)
        return await self._open(reading, hits, asker)

    @staticmethod
    def _named_leads(reading: Understanding) -> bool:
        """True when a known name stands before the unknown one: the question is about the known."""
        first_unknown = min(one.start for one in reading.unknown)
        return any(m.start < first_unknown and m.confidence >= SURE for m in reading.mentions) or any(
            one.head in ("dataset",) for one in reading.unknown
        )

    def _by_reference(
        self, reading: Understanding, visible: Container[str], hits: Sequence[Hit]
    ) -> Selection | None:
        """The articles that the question names by number."""
        refs = [
            ref
            for ref in reading.references
            if ref.ref.unit == "article" and is_seen(self._records, ref.policy_id, visible)
        ]
        if not refs:
            return None
        places: list[Place] = []
        for ref in refs:
            policy = self._records[ref.policy_id]
            if isinstance(policy, Policy):
                found = self._places.referred(policy, ref, reading)
                places += [one for one in found if one[1] and one[1].label in visible]
        held = any(article and has_words(policy, article) for policy, article in places)
        if places and support.asks_wording(reading) and not held:
            # Only digests are held: the official words, all that was asked for, are not there.
            return Selection("absent", reason="wording", near=tuple(places[:2]))
        if places:
            more = [
                (policy, article)
                for policy, article in self._places.best(hits, reading)
                if policy.id != places[0][0].id and reading.superseded
            ]
            return Selection("policy", places=distinct([*places, *more]))
        policy = self._records[refs[0].policy_id]
        assert isinstance(policy, Policy)
        renumbered = [] if reading.filters.as_of else support.formerly(policy, refs[0].number)
        if seen := [article for article in renumbered if article.label in visible]:
            return Selection("policy", places=tuple((policy, article) for article in seen))
        reason: Reason = (
            "article_beyond" if refs[0].exists is False and policy.last_article else "article_not_held"
        )
        return Selection("absent", reason=reason, near=((policy, None),), article=refs[0].number)

    async def _in_documents(
        self,
        reading: Understanding,
        policies: list[Policy],
        resources: list[Resource],
        hits: Sequence[Hit],
        asker: Asker,
        *,
        beside: bool = False,
    ) -> Selection:
        """Articles of the documents that the question names, and of others that answer as well.

        A question that leans on the talk keeps to its documents unless `beside` is set.
        """
        ids = [policy.id for policy in policies]
        query = reading.rest.strip() if support.specific(reading.rest) else reading.query
        within = await self._retriever.search(
            query, k=POOL, filters=search_filters(_dated(reading), asker, ids)
        )
        if support.asks_wording(reading) and not any(policy.versions for policy in policies):
            return Selection(
                "absent", reason="wording", near=tuple((policy, None) for policy in policies[:2])
            )
        places: list[Place] = self._places.numbered(reading, policies, visible_to(asker))
        places += self._places.best(within, reading)
        if reading.same_place:
            places = self._kept_first(reading, places, visible_to(asker))
        for policy in policies:
            if not any(p.id == policy.id for p, _ in places):
                own = next(
                    (o for o in self._places.articles(within, reading) if o.policy.id == policy.id), None
                )
                places.append((policy, own.article if own else None))
        # What was in force on a day when the named document was not need not be about the same thing.
        others = self._places.articles(hits, reading)[:2] if within or not reading.filters.as_of else []
        for one in others if beside or not reading.leans_back else ():
            if one.policy.id not in ids and one.hit.score >= hits[0].score - MARGIN_ARTICLE:
                places.append((one.policy, one.article))
        if lacking := support.lacking(reading, [article for _, article in places if article], policies):
            return Selection("absent", reason="rule_detail", missing=lacking, near=tuple(places[:2]))
        places += await self._other_sides(reading, policies, asker)
        return Selection("policy", places=distinct(places), resources=tuple(resources[:1]))

    def _kept_first(
        self, reading: Understanding, places: list[Place], visible: Container[str]
    ) -> list[Place]:
        """The place the last answer led with, then those found; only these where the first says more."""
        policy_id, part = reading.places[0]
        policy = self._records.get(policy_id)
        kept = policy.article(part) if isinstance(policy, Policy) else None
        if not isinstance(policy, Policy) or kept is None or kept.label not in visible:
            return places
        asked = expectations(reading.text)
        if asked and not met(asked, f"{kept.says.zh} {kept.says.en}"):
            return places
        found = places[0][1] if places else None
        if found is not None and told_of(found, reading.rest) > told_of(kept, reading.rest):
            return places
        return [(policy, kept), *places]

    @staticmethod
    def _says_so(reading: Understanding, found: Selection) -> bool:
        """True when one of the articles holds the kind of statement asked for, or none in particular was."""
        asked = expectations(reading.text)
        articles = [article for _, article in found.places if article is not None]
        return not asked or any(met(asked, f"{one.says.zh} {one.says.en}") for one in articles)

    async def _other_sides(
        self, reading: Understanding, policies: Sequence[Policy], asker: Asker
    ) -> list[Place]:
        """What the other documents of a contradiction say, when the question is about it."""
        sides: list[Place] = []
        for policy in policies:
            told = [n for n in policy.notes if n.kind == "contradiction" and support.concerns(n, reading)]
            sides += self._places.sides(told, policy, reading, visible_to(asker))
            notes = [n.text.zh for n in told if n.disagreement is None]
            for record_id in policy.related:
                other = self._records.get(record_id)
                if not notes or not isinstance(other, Policy) or any(p.id == other.id for p in policies):
                    continue
                if not any(name in note for note in notes for name in (_short_title(other), *other.aliases)):
                    continue
                found = await self._retriever.search(
                    reading.query, k=6, filters=search_filters(_dated(reading), asker, [other.id])
                )
                ranked = self._places.articles(found, reading)
                if ranked:
                    sides.append((ranked[0].policy, ranked[0].article))
        return list(distinct(sides))[:3]

    def _only_mentioned(self, reading: Understanding, resources: list[Resource], hits: Sequence[Hit]) -> bool:
        """True when a need mentions an abbreviation by the way: "gives each dataset a DOI and a CSTR"."""
        by_name = [m for m in reading.mentions if m.record_id == resources[0].id]
        if len(resources) > 1 or not reading.asks_where or any(m.how != "abbreviation" for m in by_name):
            return False
        ranked = [record.id for record, _ in self._places.resources(hits)]
        return len(support.specific(reading.rest)) >= 4 and resources[0].id not in ranked[:2]

    def _of_resources(
        self, reading: Understanding, resources: list[Resource], hits: Sequence[Hit]
    ) -> Selection:
        """The named record, with the rules that bear on it; absent when only what it lacks was asked."""
        order = {record.id: place for place, (record, _) in enumerate(self._places.resources(hits))}
        first = min(resources, key=lambda one: (order.get(one.id, len(order)), resources.index(one)))
        missing, something = missing_of(first, reading.attributes, reading.text)
        if not something:
            return Selection("absent", reason="attribute", resources=(first,), missing=tuple(missing))
        if not missing and not support.supported(reading, first):
            return Selection("absent", reason="attribute", resources=(first,), near=(first,))
        others = tuple(one for one in resources if one.id != first.id)[:2]
        places: tuple[Place, ...] = ()
        if reading.rule_words or reading.asks_permission or expectations(reading.text):
            places = tuple(self._places.beside(hits, reading))
        return Selection("resource", resources=(first,), also=others, places=places, missing=tuple(missing))

    async def _carried(
        self,
        reading: Understanding,
        resources: list[Resource],
        policies: list[Policy],
        hits: Sequence[Hit],
        asker: Asker,
    ) -> Selection:
        """A follow-up: stay with what was talked about unless the question plainly leaves it."""
        if reading.relative is not None and (place := self._relative(reading)):
            return Selection("policy", places=(place,))
        alone = await self._retriever.search(
            reading.question, k=POOL, filters=search_filters(reading.filters, asker)
        )
        ids = [*(one.id for one in resources), *(one.id for one in policies)]
        own = next((hit for hit in alone if hit.record_id in ids), None)
        if alone and support.leaves_topic(reading, alone[0], own):
            return await self._open(replace(reading, carried=(), query=reading.question), alone, asker)
        leads_with_policy = not resources or (
            bool(policies) and bool(reading.carried) and reading.carried[0] == policies[0].id
        )
        if leads_with_policy:
            if reading.leans_back:
                own_document = await self._in_documents(reading, policies[:1], [], alone, asker)
                if own_document.kind != "policy" or self._says_so(reading, own_document):
                    return own_document
            return await self._in_documents(reading, policies, [], alone, asker, beside=True)
        within = self._of_resources(reading, resources[:1], hits)
        if within.kind == "absent" and not reading.attributes - {"access", "steps", "holdings"}:
            opened = await self._open(reading, hits, asker)
            if opened.kind == "policy":
                return opened
        return within

    def _relative(self, reading: Understanding) -> Place | None:
        """The article so many numbers from the one talked about, when it is held."""
        policy_id, part = reading.places[0]
        policy = self._records.get(policy_id)
        current = policy.article(part) if isinstance(policy, Policy) else None
        if not isinstance(policy, Policy) or current is None:
            return None
        if reading.relative == 0:
            return policy, current
        if current.number is None or reading.relative is None:
            return None
        version = f"@{current.version}" if current.version else ""
        wanted = policy.article(f"{current.number + reading.relative}{version}")
        return (policy, wanted) if wanted is not None else None

    async def _sibling(self, reading: Understanding, carried: Resource, asker: Asker) -> Selection:
        """The record that 「淡水的那个呢」 or 「我要的是种质资源库」 picks out instead."""
        record = await self._kindred.sibling(reading, carried, asker)
        if record is None:
            return Selection("absent", reason="nothing", near=(carried,))
        return self._of_resources(reading, [record], [])

    async def _open(self, reading: Understanding, hits: Sequence[Hit], asker: Asker) -> Selection:
        """A need or a rule described in the asker's own words."""
        ranked = self._places.resources(hits)
        articles = self._places.articles(hits, reading)
        ruled = any(one.score > one.hit.score for one in articles[:3]) and reading.rule_words > 0
        if not hits or support.never_held(reading) or not self._gate.passes(reading, hits, ruled=ruled):
            return Selection("absent", reason="nothing", near=self._places.near(hits))
        best_resource = ranked[0][1].score if ranked else float("-inf")
        best_article = articles[0].score if articles else float("-inf")
        lean = support.leans_to_rules(reading)
        if best_article + lean > best_resource:
            beside = tuple(
                record
                for record, hit in ranked[:1]
                if hit.score >= hits[0].score - MARGIN_BESIDE and reading.asks_where
            )
            best = self._places.best(hits, reading)
            if lacking := support.not_in_rules(reading, [article for _, article in best if article]):
                return Selection("absent", reason="rule_detail", missing=lacking, near=tuple(best[:2]))
            best += await self._other_sides(reading, [policy for policy, _ in best[:1]], asker)
            return Selection("policy", places=distinct(best), resources=beside)
        if "url" in reading.attributes and ranked[0][0].url is None:
            # Several hold what is needed; the address was asked for: take the first that has one.
            close = [one for one in ranked[:3] if best_resource - one[1].score <= MARGIN_ALSO and one[0].url]
            ranked = [*close[:1], *(one for one in ranked if one not in close[:1])]
        first = ranked[0][0]
        # 「应该联系谁」 about a need asks which unit, not for its telephone.
        attributes = reading.attributes - {"contact", "holdings", "host", "person", "place", "since", "url"}
        missing, something = missing_of(first, attributes, reading.text)
        if not something:
            return Selection(
                "absent", reason="attribute", resources=(first,), missing=tuple(missing), uncertain=True
            )
        also = tuple(record for record, hit in ranked[1:3] if best_resource - hit.score <= MARGIN_ALSO)
        places = tuple(self._places.beside(hits, reading)) if reading.rule_words else ()
        return Selection(
            "resource",
            resources=(first,),
            also=also,
            places=places,
            missing=tuple(missing),
            unnamed=support.unnamed(reading, first),
            loose=ranked[0][1].coverage < LOOSE,
        )

    def _listed(self, reading: Understanding, hits: Sequence[Hit]) -> Selection:
        """Everything that meets the filters."""
        records = tuple(record for record, _ in self._places.resources(hits))[:LISTED]
        if records:
            return Selection("list", resources=records)
        return Selection("absent", reason="filters" if reading.narrowed else "nothing")

    async def _narrowed(self, reading: Understanding, hits: Sequence[Hit], asker: Asker) -> Selection:
        """What else fits the topic within the filters now named; else the topic's own as the nearest."""
        visible = visible_to(asker)
        before = [self._records[i] for i in reading.carried if is_seen(self._records, i, visible)]
        topic = next((one for one in before if isinstance(one, Resource)), None)
        fitting = await self._kindred.fitting(reading, hits, topic, asker)
        if reading.filters == AskFilters(as_of=reading.filters.as_of) and reading.query == reading.core:
            # The last filter is off: what the question found before any was set, then more of its kind.
            opened = await self._open(replace(reading, rest=reading.query, carried=()), hits, asker)
            if opened.kind == "resource":
                more = [one for one in fitting if one not in (*opened.resources, *opened.also)]
                return replace(opened, also=(*opened.also, *more)[:2])
        if not fitting:
            return Selection("absent", reason="filters", near=as_near(before[:2]))
        chosen = self._of_resources(reading, fitting[:1], [])
        return replace(chosen, also=tuple(fitting[1:3])) if chosen.kind == "resource" else chosen
