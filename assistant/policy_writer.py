"""Sentences about rules, each from a cited article or document."""

from __future__ import annotations

import re

from assistant import replies
from assistant.evidence import Describer, EvidenceBook, doubt, stored_words
from assistant.records import Language
from assistant.support import touches
from assistant.understanding import Understanding
from corpus.records import Article, Policy

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

    def answer(
        self, places: list[tuple[Policy, Article | None]], reading: Understanding, book: EvidenceBook
    ) -> list[str]:
        """The articles best first, then their documents with number, dates and status."""
        language = reading.language
        lines: list[str] = []
        document_first = asks_document(reading.text)
        documents = list(dict.fromkeys(policy.id for policy, _ in places))
        by_id = {policy.id: policy for policy, _ in places}
        if document_first and documents:
            lines += self._document(by_id[documents[0]], reading, book)
        for policy, article in places:
            if article is not None:
                lines.append(self.article(policy, article, language, book))
        for number, policy_id in enumerate(documents[:3]):
            if not (document_first and number == 0):
                lines += self._document(by_id[policy_id], reading, book, brief=number > 0)
        if any(article is None or stored_words(policy, article) is None for policy, article in places):
            lines.append(replies.DIGEST_ONLY.in_(language))
        return lines

    def article(self, policy: Policy, article: Article, language: Language, book: EvidenceBook) -> str:
        """One article in one line, marked where it is doubtful."""
        mark = book.cite(self._describer.article_evidence(policy, article, language))
        note = f" {article.note.in_(language)}" if article.note else ""
        said = f"{article.says.in_(language)}{doubt(article, language)}{note}"
        return f"{self.heading(policy, article, language)}{said}{mark}"

    @staticmethod
    def _listed(field: str, told: list[str | None], language: Language) -> str:
        """The field's label and what is known of it, with commas."""
        known = replies.COMMA.in_(language).join(part for part in told if part)
        return f"{replies.FIELD[field].in_(language)}{known}"

    def heading(self, policy: Policy, article: Article, language: Language) -> str:
        title = replies.title(policy.title.in_(language), language)
        if language == "zh":
            return f"{title}{article.no}：" if article.number is not None else f"{title}“{article.no}”："
        place = f"article {article.number}" if article.number is not None else f"“{article.no}”"
        return f"{title}, {place}: "

    def _document(
        self, policy: Policy, reading: Understanding, book: EvidenceBook, *, brief: bool = False
    ) -> list[str]:
        language = reading.language
        mark = book.cite(self._describer.document_evidence(policy, language))
        lines = [f"{self._describer.document_line(policy, language)}{mark}"]
        if brief:
            return lines
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
        for note in policy.notes:
            if note.kind == "contradiction" and touches(note.text.in_(language), reading):
                lines.append(f"{replies.DISAGREE.in_(language)}{note.text.in_(language)}{mark}")
        if policy.official_url:
            lines.append(f"{replies.OFFICIAL_TEXT.in_(language)}{policy.official_url} {mark}")
        return lines
