"""The tools over one view of the corpus: none of them sees more than its asker may."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from assistant.answering import Answerer
from assistant.evidence import HOW_TO_APPLY, OVERVIEW, Describer, Evidence, EvidenceBook, words_on
from assistant.judging.grounds import line_label
from assistant.reading.query import NO_FILTERS, Condition, Query
from assistant.reading.reader import frame_words
from assistant.records import AskFilters, Language, ResourceCard
from assistant.rules.places import Place
from assistant.rules.timeline import Timeline, asked_for
from assistant.tools.conditions import Conditions
from assistant.tools.records import Findings, Shown, ToolRefused, whole
from assistant.tools.silence import Silence
from assistant.writing.compared import CompareWriter
from assistant.writing.draft import Draft
from assistant.writing.sets import SetWriter
from corpus.records import Article, Policy, Resource
from corpus.statements import Statement
from corpus.statements.words import LABELS
from corpus.versions import as_it_stood, formerly, standing
from retrieval.analysis import content_words

MOST_FOUND = 12
MOST_ARTICLES = 6
MOST_COMPARED = 5
PAGE = 20
"""Records of a list that are told one by one; the set has all of them."""
NEAREST = 2
"""Statements of a record whose lines a search shows besides those that every record shows."""
LISTED = 60
"""Articles whose numbers are told of a document."""
_BRIEF = ("type", "host", "place", "holdings", "access_level", "access", "url")
"""Lines of a record that a search shows besides those that matched."""
_LINE_OF = {"subjects": "subjects", "alias": "aliases", "former_name": "aliases", "issued": "published",
            "modified": "changed"}  # fmt: skip
"""Fields of statements whose line in the overview is called otherwise."""
STANDING = {
    "not_held": "The words in force on {day} are not held; what stands here is of another day.",
    "not_yet": "The document was not in force on {day}.",
    "over": "The document was no longer in force on {day}.",
    "digest": "As far as is known this held on {day} as well.",
    "stored": "A text in force on {day} is held.",
}


@dataclass(frozen=True, slots=True)
class Scope:
    """What holds for every call of one question: the language of its evidence, and the asker's filters."""

    language: Language
    given: AskFilters = NO_FILTERS


class Toolbox:
    """Looks into one view; safe to use from several threads."""

    def __init__(
        self,
        answerer: Answerer,
        describer: Describer,
        conditions: Conditions,
        listed: SetWriter,
        compared: CompareWriter,
    ) -> None:
        self._answerer, self._describer, self._conditions = answerer, describer, conditions
        self._listed, self._compared = listed, compared
        self._records = answerer.records
        self.silence = Silence(answerer)

    def search_statements(
        self,
        scope: Scope,
        query: str,
        *,
        kind: str | None = None,
        types: Sequence[str] = (),
        provinces: Sequence[str] = (),
        access: Sequence[str] = (),
        as_of: str | None = None,
        k: int = 6,
    ) -> Findings:
        """The places whose statements answer a query best, each with the lines that matter.

        Raises ToolRefused, SearchFailed, EmbeddingFailed.
        """
        if not query.strip():
            raise ToolRefused("query is empty; say in Chinese or English what is sought.")
        given = self._narrowed(scope, types, provinces, access, as_of)
        if given is None:
            return Findings(remarks=("Nothing: the filters of the asker leave none of these.",))
        read = replace(self._answerer.read(query[:500], scope.language), given=given)
        found, judged = self._answerer.judge(read)
        ranked = sorted(zip(judged.scores, found.items, strict=True), key=lambda one: -float(one[0]))
        places: dict[tuple[str, str], list[Statement]] = {}
        for _, one in ranked:
            statement = one.statement
            if kind and statement.kind != kind:
                continue
            place = statement.part
            if statement.kind == "resource":
                place = HOW_TO_APPLY if statement.field == "how_to_apply" else OVERVIEW
            places.setdefault((statement.record_id, place), []).append(statement)
        best = list(places.items())[: max(1, min(k, MOST_FOUND))]
        return Findings(tuple(self._place(*one, scope.language) for one in best))

    def list_records(
        self, scope: Scope, kind: str = "resource", where: Sequence[Mapping[str, Any]] = ()
    ) -> Findings:
        """The whole set of records that meet every condition, exact, and its first page by name.

        A condition is {field, values, not}; its values are alternatives. Raises ToolRefused.
        """
        if kind not in ("resource", "policy"):
            raise ToolRefused(f"kind {kind!r} is not known; use resource or policy.")
        groups = [list(self._group(kind, one)) for one in where]
        if kind == "resource":
            given = scope.given
            for field, values in (
                ("type", given.types), ("province", given.provinces), ("access", given.access),
            ):  # fmt: skip
                groups += [[Condition(field, one) for one in values]] if values else []
        found = self._conditions.apply(kind, groups)
        language = scope.language
        names = {id_: _name(self._records[id_], language) for id_ in found.ids}
        page = sorted(found.ids, key=lambda id_: names[id_])[:PAGE]
        shown = [self._brief(self._records[id_], language) for id_ in page]
        remarks = [f"{len(found.ids)} in all; the first {len(page)} stand here."]
        if not found.ids and len(groups) > 1:
            for place in range(len(groups)):
                rest = self._conditions.apply(kind, groups[:place] + groups[place + 1 :])
                if rest.ids:
                    remarks.append(f"{len(rest.ids)} without the condition on {groups[place][0].field}.")
        return Findings(tuple(shown), tuple(remarks), found)

    def get_record(self, scope: Scope, id: str) -> Findings:
        """All that is recorded of a resource, or of a document as a whole with its article numbers.

        Raises ToolRefused.
        """
        record = self._record(id)
        if isinstance(record, Policy):
            numbers = [one.no for one in record.articles if not one.version]
            told = f"Articles held ({len(numbers)}): {', '.join(numbers[:LISTED])}"
            return Findings((whole(self._describer.document_evidence(record, scope.language)),), (told,))
        return Findings(tuple(map(whole, self._of_resource(record, scope.language))))

    def get_article_as_of(
        self, scope: Scope, policy_id: str, articles: Sequence[str], as_of: str | None = None
    ) -> Findings:
        """Articles of a document as they are today or stood on a day, and the document itself.

        Raises ToolRefused.
        """
        policy = self._record(policy_id)
        if not isinstance(policy, Policy):
            raise ToolRefused(
                f"{policy_id!r} is no document of rules; take an id that search_statements gave."
            )
        day = _day(as_of or scope.given.as_of)
        shown: list[Shown] = []
        remarks: list[str] = []
        for key in list(articles)[:MOST_ARTICLES]:
            article = policy.article(str(key))
            if article is None:
                held = ", ".join(one.no for one in policy.articles[:LISTED] if not one.version)
                last = f" It has {policy.last_article} articles." if policy.last_article else ""
                remarks.append(f"No article {str(key)[:20]!r} is held.{last} Held: {held}")
                continue
            shown += [whole(one) for one in self._article(policy, article, day, scope.language)]
            for old in formerly(policy, str(key), day):
                remarks.append(f"{old.old_no} of then is {old.article.no} today.")
                shown.append(whole(self._describer.article_evidence(policy, old.article, scope.language)))
        if day is not None:
            remarks.append(STANDING[standing(policy, day)].format(day=day))
        shown.append(whole(self._describer.document_evidence(policy, scope.language)))
        return Findings(tuple(shown), tuple(remarks))

    def compare_records(self, scope: Scope, ids: Sequence[str]) -> Findings:
        """Several resources with all that is recorded of each. Raises ToolRefused."""
        wanted = list(dict.fromkeys(map(str, ids)))
        if not 2 <= len(wanted) <= MOST_COMPARED:
            raise ToolRefused(f"ids holds {len(wanted)} records; compare 2 to {MOST_COMPARED}.")
        records = [self._record(one) for one in wanted]
        if not all(isinstance(one, Resource) for one in records):
            raise ToolRefused("Only resources are compared; read documents with get_article_as_of.")
        shown = [
            whole(evidence)
            for one in records
            if isinstance(one, Resource)
            for evidence in self._of_resource(one, scope.language)
        ]
        return Findings(tuple(shown), compared=tuple(wanted))

    def tells(self, found: Findings, talk: str) -> bool:
        """True where the set of a list may be told with its conditions: records or the talk say them."""
        return found.set is not None and not self._conditions.unsaid(found.set, talk)

    def listed(self, query: Query, found: Findings) -> Draft:
        """The set of a list in words: its number, its conditions, its first page."""
        assert found.set is not None
        return self._listed.answer(query, found.set)

    def side_by_side(self, query: Query, found: Findings, fields: Sequence[str]) -> Draft:
        """Records that were compared, field by field; all that a choice needs where no field is named."""
        known = tuple(one for one in fields if one in LABELS)
        return self._compared.answer(query, found.compared, known, chooses=not known)

    def in_time(self, query: Query, places: Sequence[tuple[str, str]]) -> Draft:
        """What must be told of documents where the rules of another day are asked for: whether they are held,
        and what changed since; empty for today's."""
        book = EvidenceBook()
        found: list[Place] = []
        for id_, part in places:
            if isinstance(policy := self._records.get(id_), Policy):
                found.append((policy, policy.article(part)))
        day = asked_for(query)
        past = day is not None and day < date.today()
        timed = Timeline(self._describer).lines(found, query, book, date.today()) if past else {}
        lines = [line for own in timed.values() for line in own]
        return Draft("answered", "\n".join(lines), book.citations())

    def card(self, record: Resource, language: Language) -> ResourceCard:
        """A resource as channels show it beside the text."""
        return self._describer.card(record, language)

    def says(self, text: str) -> bool:
        """True where every word of a text is one that some record says, or that questions are framed by."""
        words = (one for one in content_words(text) if one not in frame_words())
        return all(self._answerer.texts.share(one) > 0 for one in words)

    def record(self, id_: Any) -> Resource | Policy | None:
        """A record of the view by its id, None for anything else."""
        return self._records.get(id_) if isinstance(id_, str) else None

    def name(self, id_: str, language: Language) -> str:
        """What a record of the view is called; its id where there is none."""
        record = self._records.get(id_)
        return _name(record, language) if record is not None else id_

    def briefly(self, scope: Scope, id_: str) -> tuple[Shown, ...]:
        """A record as a list shows it."""
        record = self._records.get(id_)
        return (self._brief(record, scope.language),) if record is not None else ()

    def _record(self, id_: str) -> Resource | Policy:
        record = self._records.get(id_)
        if record is None:
            raise ToolRefused(f"There is no record {str(id_)[:60]!r}; take an id that a search gave.")
        return record

    def _of_resource(self, record: Resource, language: Language) -> Iterator[Evidence]:
        yield self._describer.resource_evidence(record, OVERVIEW, language)
        if record.how_to_apply:
            yield self._describer.resource_evidence(record, HOW_TO_APPLY, language)

    def _article(
        self, policy: Policy, article: Article, day: date | None, language: Language
    ) -> Iterator[Evidence]:
        if day is None:
            yield self._describer.article_evidence(policy, article, language)
            return
        if (words := words_on(policy, article, day)) is not None:
            yield self._describer.words_evidence(policy, *words, language)
        then = as_it_stood(policy, article, day)
        if then is not None and (words is None or then is article):
            yield self._describer.article_evidence(policy, then, language)

    def _place(self, place: tuple[str, str], statements: Sequence[Statement], language: Language) -> Shown:
        record = self._records[place[0]]
        if isinstance(record, Resource):
            evidence = self._describer.resource_evidence(record, place[1], language)
            if evidence.locator == HOW_TO_APPLY:
                return whole(evidence)
            matched = {_LINE_OF.get(one.field, one.field) for one in statements[:NEAREST]}
            return Shown(evidence, _lines(evidence.quote, {*_BRIEF, *matched}))
        article = record.article(place[1]) if statements[0].field == "article" else None
        if article is not None:
            return whole(self._describer.article_evidence(record, article, language))
        return whole(self._describer.document_evidence(record, language))

    def _brief(self, record: Resource | Policy, language: Language) -> Shown:
        if isinstance(record, Policy):
            evidence = self._describer.document_evidence(record, language)
            return Shown(evidence, tuple(evidence.quote.splitlines()[:1]))
        evidence = self._describer.resource_evidence(record, OVERVIEW, language)
        return Shown(evidence, _lines(evidence.quote, {"place", "access_level"}, bare=1))

    def _group(self, kind: str, condition: Mapping[str, Any]) -> Iterator[Condition]:
        if not isinstance(condition, Mapping) or not isinstance(condition.get("field"), str):
            raise ToolRefused('A condition is {"field": …, "values": […], "not": false}.')
        values = condition.get("values")
        values = values if isinstance(values, list) else [values]
        if not all(isinstance(one, str | int) for one in values) or not values:
            raise ToolRefused(f"values of {condition['field'][:30]!r} must be a list of texts.")
        for value in values[:20]:
            yield from self._conditions.resolve(
                kind, condition["field"], str(value), negated=condition.get("not") is True
            )

    def _narrowed(
        self,
        scope: Scope,
        types: Sequence[str],
        provinces: Sequence[str],
        access: Sequence[str],
        as_of: str | None,
    ) -> AskFilters | None:
        """The asker's filters with those of the call; None where nothing can meet both."""
        given = scope.given
        both: dict[str, tuple[str, ...]] = {}
        for name, field, own, asked in (
            ("types", "type", types, given.types),
            ("provinces", "province", provinces, given.provinces),
            ("access", "access", access, given.access),
        ):
            values = [one.value for each in own for one in self._conditions.resolve("resource", field, each)
                      if one.field == field]  # fmt: skip
            both[name] = tuple(one for one in values if one in asked) if values and asked else (
                tuple(values) or asked
            )  # fmt: skip
            if values and asked and not both[name]:
                return None
        day = _day(as_of or given.as_of)
        return AskFilters(**both, as_of=str(day) if day else None)


def _lines(quote: str, fields: set[str], bare: int | None = None) -> tuple[str, ...]:
    """Lines of an overview: its name, those of some fields, and its notes; `bare` lines without a field at
    most."""
    kept: list[str] = []
    for line in quote.splitlines():
        field = line_label(line)[1]
        if field in fields or (not field and (bare is None or len(kept) < bare)):
            kept.append(line)
    return tuple(kept)


def _name(record: Resource | Policy, language: Language) -> str:
    return (record.name if isinstance(record, Resource) else record.title).in_(language)


def _day(text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ToolRefused(f"as_of {text[:20]!r} is no day; write it as 2020-12-31.") from error
