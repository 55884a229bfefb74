"""What the records of one view do not say: what a claim calls missing, looked for by code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from assistant.answering import Answerer
from assistant.judging.absence import Bearing, features, learned_absence, named_in, plainly
from assistant.reading.query import Query
from assistant.records import Citation, Language
from corpus.records import Policy, Resource
from corpus.statements import Statement
from retrieval.analysis import content_words, normalise

LONGEST = 300
"""Characters of a topic that are read."""


class Silence:
    """Safe to use from several threads."""

    def __init__(self, answerer: Answerer) -> None:
        self._answerer = answerer

    def bearing(self, topic: str, citation: Citation, said: str, language: Language) -> Bearing:
        """Whether what a citation is of answers a topic; `said` is what the asker wrote.

        Raises EmbeddingFailed.
        """
        statements = self._statements(citation.id, citation.locator)
        if not statements:
            return Bearing("unsure")
        if self._unheld(topic, said):
            return Bearing("missing")
        query = self._read(topic, language, citation.id)
        of_rules = isinstance(self.record(citation.id), Policy)
        if (found := plainly(query, statements)) is not None and not of_rules:
            return Bearing("recorded", self._in(statements, found, language))
        learned = learned_absence()
        chance = learned.chance(self._features(query, statements, of_rules))
        most = learned.most_of_rules if of_rules else learned.most
        return Bearing("missing" if chance < most else "unsure")

    def anywhere(self, topic: str, said: str) -> Bearing:
        """Whether anything of the view may answer a topic: only what no record names is missing."""
        return Bearing("missing" if self._unheld(topic, said) else "unsure")

    def knows(self, word: str) -> bool:
        """True where any record says the word."""
        return self._answerer.texts.knows(word)

    def record(self, id_: str) -> Resource | Policy | None:
        """A record of the view; None for another id."""
        return self._answerer.records.get(id_)

    def features(self, topic: str, language: Language, id_: str, part: str) -> dict[str, float] | None:
        """What the model sees of a topic over a record, or an article; None for what is not there."""
        if not (statements := self._statements(id_, part)):
            return None
        of_rules = isinstance(self.record(id_), Policy)
        return self._features(self._read(topic, language, id_), statements, of_rules)

    def nearest_article(self, question: str, id_: str, language: Language) -> Iterator[tuple[str, str]]:
        """The article of a document whose statements answer a question best, as (id, number)."""
        found, judged = self._answerer.judge(self._answerer.read(question, language))
        own = [
            (float(score), one.statement.locator)
            for score, one in zip(judged.scores, found.items, strict=True)
            if one.statement.record_id == id_ and one.statement.field == "article"
        ]
        if own:
            yield id_, max(own)[1]

    def _features(self, query: Query, statements: list[Statement], of_rules: bool) -> dict[str, float]:
        own = [one for one in statements if one.language == query.language] or statements
        knows = {word for word in content_words(query.text) if self.knows(word)}
        return features(query, statements, self._answerer.finder.rows(own), knows, of_rules)

    def _read(self, topic: str, language: Language, id_: str) -> Query:
        """The topic as a question, without the name of the record that it is asked of."""
        query = self._answerer.read(topic[:LONGEST], language)
        kept = list(query.text)
        for one in query.mentions:
            if one.record_id == id_:
                kept[one.start : one.end] = " " * (one.end - one.start)
        bare = " ".join("".join(kept).split())
        return self._answerer.read(bare, language) if bare and bare != query.text else query

    def _statements(self, id_: str, part: str) -> list[Statement]:
        """Of a resource all, of a document those of the article that is meant, else all; both languages."""
        record = self.record(id_)
        if record is None:
            return []
        finder = self._answerer.finder
        found = dict.fromkeys(
            one for language in get_args(Language) for one in finder.statements(id_, language)
        )
        article = record.article(part) if isinstance(record, Policy) else None
        return [one for one in found if article is None or one.locator == article.no]

    def _unheld(self, topic: str, said: str) -> bool:
        """True where a topic names what the asker named and no record of the view says."""
        asked, texts = normalise(said), self._answerer.texts
        names = (normalise(one) for one in named_in(topic))
        return any(
            one in asked and not any(one in texts.of(id_) for id_ in self._answerer.records) for one in names
        )

    @staticmethod
    def _in(statements: list[Statement], found: Statement, language: Language) -> Statement:
        own = (one for one in statements if one.field == found.field and one.language == language)
        return next(own, found)
