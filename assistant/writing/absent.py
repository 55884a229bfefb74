"""What to say when the corpus does not answer: what was searched, what is near, who may know, a way on."""

from __future__ import annotations

from collections.abc import Sequence

from assistant import replies
from assistant.evidence import OVERVIEW, Describer, EvidenceBook
from assistant.records import Language
from assistant.writing.excerpts import excerpt, one_line
from corpus.records import Article, Policy, Resource


class AbsentWriter:
    """Writes the four parts of an honest not-found."""

    def __init__(self, describer: Describer) -> None:
        self._describer = describer

    def answer(
        self,
        reasons: Sequence[str],
        near: Sequence[Resource | tuple[Policy, Article | None]],
        language: Language,
        book: EvidenceBook,
        *,
        subject: Resource | None = None,
        told: Sequence[str] = (),
    ) -> list[str]:
        """`reasons` say why, `near` are uncertain neighbours; `subject` is the record that lacks one, `told`
        what it says beside."""
        lines = [*reasons, *told]
        stop = "。" if language == "zh" else "."
        lines.append(f"{replies.SEARCHED.in_(language)}{stop}")
        hosts: list[str] = []
        if subject is not None:
            mark = book.cite(self._describer.resource_evidence(subject, OVERVIEW, language))
            hosts.append(self._who(subject, language, mark))
            if subject.url:
                lines.append(f"{replies.FIELD['url'].in_(language)}{subject.url} {mark}")
            if link := self._describer.link(subject, language):
                lines.append(f"{replies.NOTE.in_(language)}{link}{mark}")
        if near:
            lines.append(replies.NEAREST.in_(language))
            for one in near:
                lines.append(f"- {self._near(one, language, book)}")
            if not hosts:
                first = next((one for one in near if isinstance(one, Resource) and one.host), None)
                if first is not None:
                    mark = book.cite(self._describer.resource_evidence(first, OVERVIEW, language))
                    hosts.append(self._who(first, language, mark))
        known = [who for who in hosts if who]
        if known:
            lines.append(replies.WHO_MAY_KNOW.in_(language) + known[0])
        else:
            lines.append(replies.WHO_MAY_KNOW_GENERAL.in_(language))
        lines.append(replies.WAY_ON.in_(language))
        return lines

    def _who(self, resource: Resource, language: Language, mark: str) -> str:
        host = resource.host.in_(language) if resource.host else resource.name.in_(language)
        contact = self._describer.contact(resource, language)
        told = f"{host}{replies.COMMA.in_(language)}{contact}" if contact else host
        return f"{told}{mark}"

    def _near(
        self, one: Resource | tuple[Policy, Article | None], language: Language, book: EvidenceBook
    ) -> str:
        if isinstance(one, Resource):
            mark = book.cite(self._describer.resource_evidence(one, OVERVIEW, language))
            return f"{one.name.in_(language)}{mark}"
        policy, article = one
        title = replies.title(policy.title.in_(language), language)
        if article is None:
            return f"{title}{book.cite(self._describer.document_evidence(policy, language))}"
        evidence = self._describer.article_evidence(policy, article, language)
        told = one_line(evidence.quote) if article.digest else excerpt(evidence.quote, "", language)
        said = told + book.cite(evidence)
        if language == "zh":
            return f"{title}{article.no}：{said}"
        place = f"article {article.number}" if article.number is not None else f"“{article.no}”"
        return f"{title}, {place}: {said}"
