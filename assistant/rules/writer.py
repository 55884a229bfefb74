"""Sentences about rules: the decisive clause first, in its own terms, then what stands beside it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date

from assistant import replies
from assistant.evidence import Describer, EvidenceBook, doubt, has_words, stored_words, words_on
from assistant.finding.candidates import Candidates, Records
from assistant.judging.support import Judgement
from assistant.reading.query import Query
from assistant.records import Language
from assistant.rules import replies as rule_replies
from assistant.rules.choosing import Chosen, learned_choice
from assistant.rules.disagreements import (
    DisagreementWriter,
    contradicts,
    differing_articles,
    overruled_articles,
)
from assistant.rules.places import Place, distinct, in_documents
from assistant.rules.ranks import by_rank
from assistant.rules.reckoning import reckoned
from assistant.rules.timeline import Timeline, asked_for, is_todays
from assistant.rules.verdict import Verdict, standing_of, verdict
from assistant.writing.draft import Draft, shown_filters
from assistant.writing.excerpts import excerpt, one_line, part_asked
from assistant.writing.texts import MAY
from corpus.disagreements import Statement as Side
from corpus.records import Article, Policy, PolicyVersion, VersionArticle
from corpus.statements import Statement
from corpus.versions import as_it_stood, first_day, formerly, last_article, version_on
from retrieval.references import ResolvedRef

LEAST = 0.02
"""Likelihood from which an article of a document that contradicts the first is shown, too."""
HANGS = 0.5
"""Likelihood of the first clause from which its open conditions are told."""
BESIDE = 0.3
"""Likelihood below which an article stands behind those that answer, and is said to."""
CLOSE = 1.0
"""A note this far behind the best statement bears on what was asked."""
PLACES = 7
DOCUMENT_FIELDS = frozenset({"document", "amendment", "succession", "scope", "note"})


class RuleWriter:
    """Writes what articles say, which document they stand in, and whether it is in force."""

    def __init__(self, records: Records, describer: Describer) -> None:
        self._records, self._describer = records, describer
        self._timeline = Timeline(describer)
        self._differing = DisagreementWriter(describer)
        self._otherwise = differing_articles(records)
        self._overruled = overruled_articles(records)

    def answer(
        self, query: Query, found: Candidates, judged: Judgement, chosen: Sequence[Chosen] = ()
    ) -> Draft:
        """From the best statement of rules, and the places chosen to stand with it, the likeliest first."""
        language = query.language
        book = EvidenceBook()
        ranked = self._ranked(query, found, judged)
        lead, _ = ranked[0]
        places, clauses, weaker = self._places(query, ranked, chosen)
        lines: list[str] = []
        shown: Verdict | None = None
        # On another day other words may have held: a verdict rests on the article that is shown first.
        if query.operation == "may" and lead.field == "article" and self._of(lead) == places[0]:
            at = next(i for i, one in enumerate(found.items) if one.statement is lead)
            shown = verdict(query, lead, standing_of(query, found, judged.scores, at))
        timed = self._timeline.lines(places, query, book, date.today())
        lines += timed.pop(places[0][0].id, [])
        lines += self._wording_absent(places, query, book)
        if shown and shown.headline:
            lines.append(
                MAY[shown.headline].in_(language).strip() + self._cite(self._of(lead), language, book)
            )
        about_document = lead.field in DOCUMENT_FIELDS
        if about_document:
            lines += self._document_lines(query, ranked, book)
        before: Policy | None = None
        articles = [article for _, article in places if article]
        sums = self._sums(query, ranked, places)
        remarks = Counter(remark for one in articles for remark in _remarks(one, language))
        often = [remark for remark, times in remarks.items() if times > 1]
        for place in places:
            policy, article = place
            if weaker and place is weaker[0]:
                lines.append(rule_replies.BESIDE.in_(language))
                before = None
            lines += timed.pop(policy.id, [])
            if article is not None:
                own = clauses.get((policy.id, article.key), [])
                said = self._article_lines(policy, article, own, query, book, policy is before, often)
                mark = self._cite((policy, article), language, book)
                lines += [
                    said[0],
                    *(told + mark for told in sums.get((policy.id, article.key), ())),
                    *said[1:],
                ]
                before = policy
        for remark in often:
            of = [place for place in places if place[1] and remark in _remarks(place[1], language)]
            bare = remark.strip(" ()（）")
            lines.append(
                bare[:1].upper() + bare[1:] + "".join(self._cite(place, language, book) for place in of)
            )
        if shown and shown.open and ranked[0][1] > HANGS:
            told = replies.PAUSE.in_(language).join(shown.open)
            lines.append(MAY["hangs"].in_(language) + told + self._cite(self._of(lead), language, book))
        documents = list({policy.id: policy for policy, _ in places}.values())
        lines += self._differences(query, found, judged, documents, places, book)
        if not about_document:
            lines += [self._standing(policy, language, book) for policy in documents[:2]]
        duties = self._digests(places, language)
        duties += [replies.NOT_LEGAL_ADVICE.in_(language)] if query.operation == "may" else []
        lines += [(" " if language == "en" else "").join(duties)] if duties else []
        chips = tuple(MAY_ASK.format(one) for one in shown.open[:2]) if shown and shown.open else ()
        return Draft(
            "answered",
            "\n".join(dict.fromkeys(lines)),
            book.citations(),
            (),
            (*chips, *self._next(places, query))[:3],
            shown_filters(query.filters),
            shown=tuple(policy.id for policy in documents),
            places=tuple((policy.id, one.key) for policy, one in places if one is not None),
        )

    def _ranked(self, query: Query, found: Candidates, judged: Judgement) -> list[tuple[Statement, float]]:
        """Statements of rules with how likely each answers, best first; those of articles that the question
        names by number before all."""
        rows = [
            (one, float(share))
            for one, share in zip(found.items, judged.shares, strict=True)
            if one.statement.kind == "policy"
        ]
        rows.sort(key=lambda row: (not row[0].referred, -row[1]))
        whole = sum(share for _, share in rows) or 1.0
        return [(one.statement, share / whole) for one, share in rows]

    def _places(
        self, query: Query, ranked: Sequence[tuple[Statement, float]], chosen: Sequence[Chosen]
    ) -> tuple[list[Place], dict[tuple[str, str], list[Statement]], list[Place]]:
        """The articles of the answer on the day asked for, of each the statements that answer, and which of
        the articles only stand beside the others."""
        lead = self._of(ranked[0][0])
        places: list[Place] = by_rank(list(distinct(self._referred(query))))
        weak: set[tuple[str, str]] = set()
        if not places:
            chances: dict[tuple[str, str], float] = {}
            places = [lead, *self._differing_from(lead)]
            sure = learned_choice().sure
            for one in chosen:
                policy = self._records[one.record_id]
                article = policy.article(one.part) if isinstance(policy, Policy) else None
                if len(places) >= PLACES:
                    break
                if one.chance < LEAST or not isinstance(policy, Policy) or article is None:
                    continue
                if one.chance >= sure or contradicts(lead[0], policy):
                    places = list(distinct([*places, (policy, article)]))
                chances.setdefault((policy.id, article.no), one.chance)
            order = {name: at for at, name in enumerate(chances)}
            places.sort(key=lambda one: order.get(_named(one), len(order)))
            weak = {_named(one) for one in places[1:] if chances.get(_named(one), 0.0) < BESIDE}
        shown = {(policy.id, article.key) for policy, article in places if article}
        clauses: dict[tuple[str, str], list[Statement]] = {}
        for statement, _ in ranked:
            policy, article = self._of(statement)
            if article is not None and (policy.id, article.key) in shown:
                clauses.setdefault((policy.id, article.key), []).append(statement)
        day = asked_for(query)
        if day is not None:
            stood = [(policy, one and as_it_stood(policy, one, day)) for policy, one in places]
            kept = [new for new, old in zip(stood, places, strict=True) if new[1] or old[1] is None]
            places = list(distinct(kept)) or [(policy, None) for policy, _ in places[:1]]
        if query.operation == "version" and all(one is None for _, one in places):
            # Asked since when, or under which number, an article stands: the likeliest one of the document.
            own = next(
                (s for s, _ in ranked if s.field == "article" and s.record_id == places[0][0].id), None
            )
            chance = next((share for s, share in ranked if s is own), 0.0)
            if own is not None and chance > LEAST / 2:
                places += [(places[0][0], places[0][0].article(own.part))]
        if any(one is not None for _, one in places):
            places = [place for place in places if place[1] is not None]
        whole = list(distinct(places))
        weaker = in_documents([one for one in whole if _named(one) in weak])
        return [*in_documents([one for one in whole if _named(one) not in weak]), *weaker], clauses, weaker

    def _differing_from(self, place: Place) -> list[Place]:
        """Articles that the corpus records as saying otherwise than one."""
        policy, article = place
        found: list[Place] = []
        for id_, no in self._otherwise.get((policy.id, article.no), ()) if article else ():
            other = self._records.get(id_)
            if isinstance(other, Policy) and (held := other.article(no)) is not None:
                found.append((other, held))
        return found

    def _referred(self, query: Query) -> list[Place]:
        """Articles that the question names by number; what an old number became, then its old words."""
        found: list[Place] = []
        for ref in query.references:
            policy = self._records.get(ref.policy_id)
            if not isinstance(policy, Policy):
                continue
            if ref.formerly:
                then_held = version_on(policy, day) if (day := asked_for(query)) else None
                for old in ref.formerly:
                    found.append((policy, old.article))
                    version = old.version or (then_held.version if then_held else None)
                    if version and (then := policy.article(f"{old.old_no}@{version}")):
                        found.append((policy, then))
            elif (article := policy.article(ref.key) or policy.article(ref.ref.key)) is not None:
                found.append((policy, article))
        return found

    def _sums(
        self, query: Query, ranked: Sequence[tuple[Statement, float]], places: Sequence[Place]
    ) -> dict[tuple[str, str], list[str]]:
        """What the clauses of the articles shown make of the numbers asked about, by article.

        Nothing by an article of which only today's words are known, where another day is asked for.
        """
        day = asked_for(query)
        held = [(policy, one) for policy, one in places if one and not is_todays(policy, one, day)]
        shown = {(policy.id, article.key): article for policy, article in held}
        clauses = ((one, shown.get((one.record_id, one.part)), share) for one, share in ranked)
        known = [
            (one, article, share) for one, article, share in clauses if article and one.field == "article"
        ]
        return reckoned(query, known, self._overruled, date.today())

    def _of(self, statement: Statement) -> Place:
        """The place of a statement."""
        policy = self._records[statement.record_id]
        assert isinstance(policy, Policy)
        return policy, policy.article(statement.part) if statement.field == "article" else None

    def _cite(self, place: Place, language: Language, book: EvidenceBook) -> str:
        policy, article = place
        if article is None:
            return book.cite(self._describer.document_evidence(policy, language))
        return book.cite(self._describer.article_evidence(policy, article, language))

    def _article_lines(
        self,
        policy: Policy,
        article: Article,
        clauses: Sequence[Statement],
        query: Query,
        book: EvidenceBook,
        named: bool,
        often: Collection[str],
    ) -> list[str]:
        """The clause that answers and the rest of its article; official words where they are held.

        `named`: the line before names the document; `often`: remarks that are told once, behind all.
        """
        language, day = query.language, asked_for(query)
        evidence = self._describer.article_evidence(policy, article, language)
        mark = book.cite(evidence)
        where = self.heading(policy, article, language, named=named)
        if article.digest is None:
            told = evidence.quote
            if evidence.quote_kind == "verbatim":
                version = policy.version(evidence.version or "")
                stored = version.article(article.anchor) if version else None
                told = self._quoted(told, stored, query, alone=True)
            read = policy.version(article.version or policy.current or "")
            scanned = read is not None and article.text_page in read.recognised_pages
            doubt = rule_replies.RECOGNISED.in_(language) if scanned else ""
            return [f"{where}{told}{doubt}{mark}", *self._changes(article, query, book)]
        note = "".join(one for one in _remarks(article, language) if one not in often)
        head = rule_replies.TODAYS.in_(language) if is_todays(policy, article, day) else ""
        whole = one_line(article.says.in_(language))
        lines = [f"{head}{where}{whole}{note}{mark}"]
        if not head and (words := words_on(policy, article, day or date.today())):
            lines.append(self._words(policy, *words, query, book))
        return lines + self._changes(article, query, book)

    def _changes(self, article: Article, query: Query, book: EvidenceBook) -> list[str]:
        """What later decisions change in an article, in force by the day that is asked for."""
        day = asked_for(query)
        lines = []
        for change in article.changes if article.version is None else ():
            decision = self._records.get(change.policy)
            item = decision.article(change.part) if isinstance(decision, Policy) else None
            if isinstance(decision, Policy) and item and not (day and first_day(change.since) > str(day)):
                told = one_line(change.told.in_(query.language))
                lines.append(f"{told}{self._cite((decision, item), query.language, book)}")
        return lines

    def heading(self, policy: Policy, article: Article, language: Language, *, named: bool = False) -> str:
        """Document, unless `named` before, and article, with the days on which an old text of it held."""
        title = "" if named else replies.title(policy.title.in_(language), language)
        version = policy.version(article.version) if article.version else None
        span = replies.bracket(self._describer.span(version, language), language) if version else ""
        if language == "zh":
            no = article.no if article.number is not None else f"“{article.no}”"
            return f"{title}{no}{span}："
        place = f"article {article.number}" if article.number is not None else f"“{article.no}”"
        return f"{title}, {place}{span}: " if title else f"{place[0].upper()}{place[1:]}{span}: "

    def _words(
        self,
        policy: Policy,
        version: PolicyVersion,
        article: VersionArticle,
        query: Query,
        book: EvidenceBook,
    ) -> str:
        language = query.language
        mark = book.cite(self._describer.words_evidence(policy, version, article, language))
        chinese = re.search(r"[\u4e00-\u9fff]", article.text) is not None
        label = rule_replies.WORDS_CHINESE if chinese and language == "en" else rule_replies.WORDS
        return f"{label.in_(language)}{self._quoted(article.text, article, query)}{mark}"

    @staticmethod
    def _quoted(text: str, article: VersionArticle | None, query: Query, *, alone: bool = False) -> str:
        """The words between quotation marks: the paragraph or item asked for, else as much as is needed."""
        language = query.language
        if article and (part := part_asked(article, query.question)):
            return f"{replies.bracket(part[0], language).strip()}{excerpt(part[1], '', language, whole=True)}"
        return excerpt(text, query.text, language, whole=query.verbatim, alone=alone)

    def _document_lines(
        self, query: Query, ranked: Sequence[tuple[Statement, float]], book: EvidenceBook
    ) -> list[str]:
        """What a document says of itself: its line, the asked statements, what came before and after."""
        language = query.language
        lead = ranked[0][0]
        policy = self._records[lead.record_id]
        assert isinstance(policy, Policy)
        mark = book.cite(self._describer.document_evidence(policy, language))
        colon = "：" if language == "zh" else ": "
        lines = [f"{self._describer.document_line(policy, language)}{mark}"]
        for statement, share in ranked:
            same = statement.record_id == policy.id and statement.field in (
                "amendment",
                "succession",
                "scope",
                "note",
            )
            if same and share >= LEAST:
                lines.append(f"{statement.label}{colon}{one_line(statement.quote)}{mark}")
        if policy.status_note and query.operation == "version":
            lines.append(
                f"{replies.FIELD['status_note'].in_(language)}{policy.status_note.in_(language)}{mark}"
            )
        for name, successions in (("replaces", policy.replaces), ("replaced_by", policy.replaced_by)):
            for one in successions if query.operation == "version" else ():
                told = [one.title.in_(language), one.doc_number, one.date]
                known = replies.COMMA.in_(language).join(part for part in told if part)
                lines.append(f"{replies.FIELD[name].in_(language)}{known}{mark}")
        if lead.label in ("篇幅", "Length"):
            lines.append(f"{lead.label}{colon}{lead.quote}{mark}")
        if policy.official_url:
            lines.append(f"{replies.OFFICIAL_TEXT.in_(language)}{policy.official_url} {mark}")
        return lines[:6]

    def _standing(self, policy: Policy, language: Language, book: EvidenceBook) -> str:
        """Number, status and dates of a document in one line."""
        mark = book.cite(self._describer.document_evidence(policy, language))
        return f"{self._describer.document_line(policy, language)}{mark}"

    def _differences(
        self,
        query: Query,
        found: Candidates,
        judged: Judgement,
        policies: Sequence[Policy],
        places: Sequence[Place],
        book: EvidenceBook,
    ) -> list[str]:
        """Where sources differ on what is asked: where the note is among what answers, or the first place
        is one of its sides."""
        language, day = query.language, asked_for(query)
        best = float(judged.scores.max()) if len(judged.scores) else 0.0
        near = {
            (one.statement.record_id, one.statement.quote)
            for one, score in zip(found.items, judged.scores, strict=True)
            if one.statement.field == "note" and best - float(score) <= CLOSE
        }
        articles = {(policy.id, one.no): (policy, one) for policy, one in places if one}

        def cite(one: Side) -> str:
            held = articles.get((one.record or "", one.article or ""))
            return book.cite(self._describer.article_evidence(*held, language)) if held else ""

        lines: list[str] = []
        told: set[str] = set()
        for policy in policies:
            for note in policy.notes:
                sides = (
                    {(s.record, s.article) for s in note.disagreement.statements}
                    if note.disagreement
                    else set()
                )
                between = _named(places[0]) in sides and len(sides & {_named(one) for one in places}) > 1
                asked = (policy.id, note.text.in_(language)) in near
                if note.kind == "contradiction" and (asked or between) and note.text.zh not in told:
                    mark = book.cite(self._describer.document_evidence(policy, language))
                    lines += self._differing.lines(note, language, mark, cite, day)
                    told.add(note.text.zh)
        return lines

    def _wording_absent(self, places: Sequence[Place], query: Query, book: EvidenceBook) -> list[str]:
        """That only digests are held, where the official words were asked for."""
        if not places or not query.verbatim:
            return []
        policy, article = places[0]
        if article is not None and (
            has_words(policy, article) or words_on(policy, article, asked_for(query) or date.today())
        ):
            return []
        title = replies.title(policy.title.in_(query.language), query.language)
        mark = book.cite(self._describer.document_evidence(policy, query.language))
        return [replies.WORDING_NOT_HELD.in_(query.language).format(title=title) + mark]

    @staticmethod
    def _digests(places: Sequence[Place], language: Language) -> list[str]:
        """That digests are no official text, in one line."""
        if any(one is not None and stored_words(policy, one) is None for policy, one in places):
            return [replies.DIGEST_ONLY.in_(language)]
        return []

    def absent_article(self, query: Query) -> list[str] | None:
        """That a document has not, or the corpus holds not, the article asked for; None where it is held."""
        language, book = query.language, EvidenceBook()
        for ref in query.references:
            policy = self._records.get(ref.policy_id)
            if not isinstance(policy, Policy) or ref.formerly or policy.article(ref.ref.key):
                continue
            if formerly(policy, ref.ref.key, asked_for(query)):
                continue
            if any(self._within(other, policy) for other in query.references if other.ref.key == ref.ref.key):
                continue
            last = last_article(policy, asked_for(query))
            beyond = last is not None and ref.number > last
            text = replies.ARTICLE_BEYOND if beyond else replies.ARTICLE_NOT_HELD
            title = replies.title(policy.title.in_(language), language)
            mark = book.cite(self._describer.document_evidence(policy, language))
            return [text.in_(language).format(title=title, asked=ref.number, last=last) + mark]
        return None

    def _within(self, ref: ResolvedRef, policy: Policy) -> bool:
        """True where a reference leads to an article of a document whose title stands in that of another, as
        that of a regulation in that of the decision which amends it."""
        other = self._records.get(ref.policy_id)
        if not isinstance(other, Policy) or other.id == policy.id:
            return False
        return other.article(ref.ref.key) is not None and other.title.zh in policy.title.zh

    def _next(self, places: Sequence[Place], query: Query) -> tuple[str, ...]:
        """Questions that this answer makes natural."""
        language = query.language
        chips: list[str] = []
        for policy, article in places[:1]:
            title = replies.title(policy.title.in_(language), language)
            if article is not None and article.number is not None:
                following = next((a for a in policy.articles if a.number == article.number + 1), None)
                if following is not None:
                    text = replies.NEXT_ARTICLE[language]
                    chips.append(text.format(title=title, no=following.no, number=following.number))
            chips.append(replies.NEXT_IN_FORCE.in_(language).format(title=title))
        return tuple(chips)


def _named(place: Place) -> tuple[str, str]:
    """A document and the number of its article."""
    policy, article = place
    return policy.id, article.no if article else ""


def _remarks(article: Article, language: Language) -> list[str]:
    """How far a digest is checked, and the editors' note."""
    note = f" {article.note.in_(language)}" if article.note else ""
    return [one for one in (doubt(article, language), note) if one]


MAY_ASK = "{}？"
