"""Sentences about rules, each from a cited article or document."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from assistant import replies, rule_replies
from assistant.disagreement_writer import DisagreementWriter
from assistant.evidence import Describer, EvidenceBook, doubt, has_words, stored_words, words_on
from assistant.excerpts import excerpt, one_line, part_asked
from assistant.places import Place, distinct
from assistant.ranks import by_rank
from assistant.records import Language
from assistant.support import asks_wording, concerns
from assistant.timeline import Timeline, asked_for, is_todays
from assistant.understanding import Understanding
from corpus.disagreements import Statement
from corpus.records import Article, Policy, PolicyVersion, VersionArticle
from corpus.versions import as_it_stood, standing

_ASKS_DOCUMENT = re.compile(
    r"现行|作废|废止|失效|有效吗|还有效|生效|施行|实施|发布|颁布|出台|修订|修正|修改|替代|代替|取代|文号|谁(发|制定|出台)|发文|"
    r"哪(一)?年|什么时候|何时|多少条|几条|管什么|适用(于|范围)|条号|改了|变了|新版|旧版|"
    r"\bin force\b|\bstill\b.*\b(valid|current|apply|applies|force)|\bcurrent\b|\bsupersed|\breplac|\brepeal"
    r"|\bamend|\beffective\b|\bissued?\b|\bissuer|\bwho issued|\bdocument number|\bhow many articles"
    r"|\bscope\b|\bwhat is .* about\b|\bwhen (did|was|does)\b|\brenumber|\bversion\b|\bedition\b",
    re.I,
)


def asks_document(text: str) -> bool:
    """True when a document as a whole is asked about: status, dates, number, scope."""
    return bool(_ASKS_DOCUMENT.search(text))


class PolicyWriter:
    """Writes what articles say, which document they stand in, and whether it is in force."""

    def __init__(self, describer: Describer) -> None:
        self._describer = describer
        self._timeline = Timeline(describer)
        self._differing = DisagreementWriter(describer)

    def answer(self, places: list[Place], reading: Understanding, book: EvidenceBook) -> list[str]:
        """What held when; the articles, best or highest first; their documents; where sources differ."""
        language = reading.language
        places = by_rank(self._on_the_day(places, reading))
        lines: list[str] = self._timeline.lines(places, reading, book, date.today())
        lines += self._wording_absent(places, reading, book)
        document_first = asks_document(reading.text)
        documents = list(dict.fromkeys(policy.id for policy, _ in places))
        by_id = {policy.id: policy for policy, _ in places}
        if document_first and documents:
            lines += self._document(by_id[documents[0]], reading, book)
        for policy, article in places:
            if article is not None:
                lines += self._article_lines(policy, article, reading, book)
        for number, policy_id in enumerate(documents[:3]):
            if not (document_first and number == 0):
                lines += self._document(by_id[policy_id], reading, book, brief=number > 0)
        lines += self._differences([by_id[one] for one in documents[:3]], places, reading, book)
        return [*lines, *self._digests(places, language)]

    @staticmethod
    def _on_the_day(places: list[Place], reading: Understanding) -> list[Place]:
        """Each article as it stood on the day asked for, where a text of it is stored; what was not there
        goes."""
        day = asked_for(reading)
        if day is None:
            return places
        stood = [(policy, one and as_it_stood(policy, one, day)) for policy, one in places]
        kept = [new for new, (_, old) in zip(stood, places, strict=True) if new[1] or old is None]
        return list(distinct(kept)) or [(policy, None) for policy, _ in places[:1]]

    def related(self, policy: Policy, article: Article, reading: Understanding, book: EvidenceBook) -> str:
        """One article in one line beside an answer about something else, said to be of today where it is."""
        day = asked_for(reading)
        article = (as_it_stood(policy, article, day) or article) if day else article
        head = rule_replies.TODAYS.in_(reading.language) if is_todays(policy, article, day) else ""
        return head + self.article(policy, article, reading.language, book)

    def standing(self, policy: Policy, reading: Understanding, book: EvidenceBook) -> list[str]:
        """What is known of a document on the day asked for."""
        return self._timeline.lines([(policy, None)], reading, book, date.today())

    def article(self, policy: Policy, article: Article, language: Language, book: EvidenceBook) -> str:
        """One article in one line, marked where it is doubtful."""
        evidence = self._describer.article_evidence(policy, article, language)
        mark = book.cite(evidence)
        note = f" {article.note.in_(language)}" if article.note else ""
        whole = evidence.quote if evidence.quote_kind == "verbatim" else article.says.in_(language)
        said = f"{one_line(whole)}{doubt(article, language)}{note}"
        return f"{self.heading(policy, article, language)}{said}{mark}"

    def _article_lines(
        self, policy: Policy, article: Article, reading: Understanding, book: EvidenceBook
    ) -> list[str]:
        """The article, its official words beside our digest of it where they are held, and old words where
        the wording was asked for and no other is held."""
        language, day = reading.language, asked_for(reading)
        if article.digest is None:
            return [self._stored(policy, article, reading, book)]
        line = self.article(policy, article, language, book)
        if is_todays(policy, article, day):
            return [rule_replies.TODAYS.in_(language) + line]
        if words := words_on(policy, article, day or date.today()):
            return [line, self._words(policy, *words, reading, book)]
        if asks_wording(reading):
            for version in reversed(policy.versions):
                old = policy.article(f"{article.anchor}@{version.version}")
                if old and (words := words_on(policy, old, date.today())):
                    span = self._describer.span(version, language)
                    head = rule_replies.OLD_TEXT.in_(language).format(span=span)
                    mark = book.cite(self._describer.document_evidence(policy, language))
                    return [line, head.strip() + mark, self._words(policy, *words, reading, book)]
        return [line]

    def _stored(self, policy: Policy, article: Article, reading: Understanding, book: EvidenceBook) -> str:
        """An article that is known by its words alone; as much of them as the question needs."""
        language = reading.language
        evidence = self._describer.article_evidence(policy, article, language)
        told = evidence.quote
        if evidence.quote_kind == "verbatim":
            version = policy.version(evidence.version or "")
            stored = version.article(article.anchor) if version else None
            told = self._quoted(told, stored, reading, alone=True)
        return f"{self.heading(policy, article, language)}{told}{book.cite(evidence)}"

    def _words(
        self,
        policy: Policy,
        version: PolicyVersion,
        article: VersionArticle,
        reading: Understanding,
        book: EvidenceBook,
    ) -> str:
        """The official words of an article, from the stored text."""
        language = reading.language
        mark = book.cite(self._describer.words_evidence(policy, version, article, language))
        chinese = re.search(r"[\u4e00-\u9fff]", article.text) is not None
        label = rule_replies.WORDS_CHINESE if chinese and language == "en" else rule_replies.WORDS
        return f"{label.in_(language)}{self._quoted(article.text, article, reading)}{mark}"

    @staticmethod
    def _quoted(
        text: str, article: VersionArticle | None, reading: Understanding, *, alone: bool = False
    ) -> str:
        """The words between quotation marks: the paragraph or item asked for, else as much as is needed."""
        language, whole = reading.language, asks_wording(reading)
        if article and (part := part_asked(article, reading.question)):
            return f"{replies.bracket(part[0], language).strip()}{excerpt(part[1], '', language, whole=True)}"
        return excerpt(text, reading.query, language, whole=whole, alone=alone)

    @staticmethod
    def _listed(field: str, told: list[str | None], language: Language) -> str:
        """The field's label and what is known of it, with commas."""
        known = replies.COMMA.in_(language).join(part for part in told if part)
        return f"{replies.FIELD[field].in_(language)}{known}"

    def heading(self, policy: Policy, article: Article, language: Language) -> str:
        """Document and article, with the days on which an old text of it held."""
        title = replies.title(policy.title.in_(language), language)
        version = policy.version(article.version) if article.version else None
        span = replies.bracket(self._describer.span(version, language), language) if version else ""
        if language == "zh":
            no = article.no if article.number is not None else f"“{article.no}”"
            return f"{title}{no}{span}："
        place = f"article {article.number}" if article.number is not None else f"“{article.no}”"
        return f"{title}, {place}{span}: "

    def _document(
        self, policy: Policy, reading: Understanding, book: EvidenceBook, *, brief: bool = False
    ) -> list[str]:
        language = reading.language
        mark = book.cite(self._describer.document_evidence(policy, language))
        lines = [f"{self._describer.document_line(policy, language)}{mark}"]
        if not brief:
            lines += self._about(policy, reading, mark)
        if policy.official_url:
            lines.append(f"{replies.OFFICIAL_TEXT.in_(language)}{policy.official_url} {mark}")
        return lines

    def _about(self, policy: Policy, reading: Understanding, mark: str) -> list[str]:
        """Its status, scope and changes, as far as the question asks for them; what came before and after."""
        language = reading.language
        lines = []
        if policy.status_note:
            lines.append(
                f"{replies.FIELD['status_note'].in_(language)}{policy.status_note.in_(language)}{mark}"
            )
        if asks_document(reading.text):
            lines.append(f"{replies.FIELD['scope'].in_(language)}{policy.scope.in_(language)}{mark}")
            for amendment in policy.amendments:
                change = amendment.change.in_(language) if amendment.change else None
                told = [amendment.by, amendment.date, change]
                lines.append(self._listed("amendment", told, language) + mark)
        for name, successions in (("replaces", policy.replaces), ("replaced_by", policy.replaced_by)):
            for one in successions:
                told = [one.title.in_(language), one.doc_number, one.date]
                lines.append(self._listed(name, told, language) + mark)
        return lines

    def _differences(
        self, policies: Sequence[Policy], places: list[Place], reading: Understanding, book: EvidenceBook
    ) -> list[str]:
        """Where sources differ on what is asked, once each; else which of the cited rules stands higher."""
        language, day = reading.language, asked_for(reading)
        by_id = {policy.id: policy for policy in policies}
        articles = {(policy.id, one.no): (policy, one) for policy, one in places if one}

        def mark(policy_id: str) -> str:
            return book.cite(self._describer.document_evidence(by_id[policy_id], language))

        def cite(one: Statement) -> str:
            held = articles.get((one.record or "", one.article or ""))
            return book.cite(self._describer.article_evidence(*held, language)) if held else ""

        lines: list[str] = []
        told: set[str] = set()
        for policy in policies:
            for note in policy.notes:
                if note.kind != "contradiction" or not concerns(note, reading):
                    continue
                if note.text.zh not in told:
                    lines += self._differing.lines(note, language, mark(policy.id), cite, day)
                    told.add(note.text.zh)
        if lines:
            return lines
        inforce = [one for one in places if day is None or standing(one[0], day) not in ("not_yet", "over")]
        shown = [one for one in inforce if one[0].id in by_id]
        return self._differing.ranked(shown, language, mark)

    def _wording_absent(self, places: list[Place], reading: Understanding, book: EvidenceBook) -> list[str]:
        """That only digests are held, where the official words were asked for."""
        if not places or not asks_wording(reading):
            return []
        policy, article = places[0]
        day = asked_for(reading) or date.today()
        if article is not None and (has_words(policy, article) or words_on(policy, article, day)):
            return []
        title = replies.title(policy.title.in_(reading.language), reading.language)
        mark = book.cite(self._describer.document_evidence(policy, reading.language))
        return [replies.WORDING_NOT_HELD.in_(reading.language).format(title=title) + mark]

    @staticmethod
    def _digests(places: list[Place], language: Language) -> list[str]:
        """That digests are no official text and, where its address is not held, how to find it."""
        digests = [
            policy for policy, article in places if article is None or stored_words(policy, article) is None
        ]
        if not digests:
            return []
        lines = [replies.DIGEST_ONLY.in_(language)]
        if any(policy.official_url is None for policy in digests):
            lines.append(rule_replies.NO_LINK.in_(language))
        return lines
