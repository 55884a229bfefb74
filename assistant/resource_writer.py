"""Sentences about resources, each from a cited field."""

from __future__ import annotations

from assistant import replies
from assistant.available import STRONG, asked_of, holds
from assistant.cues import Attribute, asks_identifiers
from assistant.disagreement_writer import DisagreementWriter
from assistant.evidence import HOW_TO_APPLY, OVERVIEW, Describer, EvidenceBook
from assistant.records import Language
from assistant.support import concerns
from assistant.understanding import Understanding
from corpus.records import Resource
from corpus.texts import shortened

_LONGEST, _BRIEF = 600, 200
"""Characters of a description or licence in an answer: harvested ones may be pages long."""


def _told(resource: Resource, text: str, limit: int) -> str:
    """Our own records are told in full: they were written to be."""
    return shortened(text, limit) if resource.origin else text


class ResourceWriter:
    """Writes what one record, or several side by side, say on a question."""

    def __init__(self, describer: Describer) -> None:
        self._describer = describer
        self._differing = DisagreementWriter(describer)

    def answer(self, resource: Resource, reading: Understanding, book: EvidenceBook) -> list[str]:
        """The whole answer from one record: what was asked first, then how to get it, then how sure it is."""
        language = reading.language
        decided, touched = asked_of(reading.attributes, reading.text)
        mark = book.cite(self._describer.resource_evidence(resource, OVERVIEW, language))
        lines = [self._lead(resource, language, mark)]
        asked = [name for name in STRONG if name in decided]
        for name in asked:
            if holds(resource, name):
                lines.append(self.field(resource, name, language, mark))
        if asks_identifiers(reading.text) and resource.identifiers:
            told = "; ".join(self._describer.identifiers(resource, language))
            lines.append(f"{replies.FIELD['identifiers'].in_(language)}{told}{mark}")
        new = not reading.follow_up or reading.assumed in ("corrected", "narrowed", "replaced")
        for name in ("host", "place"):
            if name not in asked and new and holds(resource, name):
                lines.append(self.field(resource, name, language, mark))
        if holds(resource, "access"):
            lines.append(self._access(resource, language, mark))
        if resource.licence:
            lines.append(self._licence(resource, resource.licence, language, book))
        only_fields = bool(asked) and not touched and "steps" not in decided and "amount" not in decided
        if not only_fields:
            lines += self.steps(resource, language, book)
        if "url" not in asked:
            lines.append(self.field(resource, "url", language, mark))
        if (
            "contact" not in asked
            and "phone" not in asked
            and "email" not in asked
            and holds(resource, "contact")
        ):
            lines.append(self.field(resource, "contact", language, mark))
        if "since" not in asked and resource.since and "holdings" in touched:
            lines.append(self.field(resource, "since", language, mark))
        lines += self.cautions(resource, language, mark, reading)
        return lines

    def brief(self, resource: Resource, language: Language, book: EvidenceBook) -> str:
        """One line: name, host, holdings, access, address."""
        mark = book.cite(self._describer.resource_evidence(resource, OVERVIEW, language))
        parts = [self._named(resource, language)]
        if resource.holdings:
            parts.append(_told(resource, resource.holdings.in_(language), _BRIEF).rstrip("。."))
        if resource.access.level:
            parts.append(self._describer.label("access", resource.access.level, language))
        if resource.url:
            parts.append(resource.url)
        if link := self._describer.link(resource, language):
            parts.append(link)
        semicolon = "；" if language == "zh" else "; "
        return f"{semicolon.join(parts)} {mark}"

    def field(self, resource: Resource, name: Attribute, language: Language, mark: str) -> str:
        """One labelled field; says so when the address is not there."""
        told: str | None
        if name == "url":
            if resource.url is None:
                return f"{replies.NO_URL.in_(language)}{mark}"
            remark = "" if resource.url_checked else replies.URL_FROM_MEMORY.in_(language)
            return f"{replies.FIELD['url'].in_(language)}{resource.url} {remark.strip()}{mark}"
        if name in ("phone", "email", "contact"):
            told, label = self._describer.contact(resource, language), "contact"
        elif name == "place":
            told, label = self._describer.place(resource, language), "place"
        else:
            text = getattr(resource, name)
            told, label = text.in_(language) if text else None, name
        return f"{replies.FIELD[label].in_(language)}{told}{mark}"

    def steps(self, resource: Resource, language: Language, book: EvidenceBook) -> list[str]:
        """The numbered steps, or one sentence that there are none."""
        if resource.how_to_apply is None or not resource.how_to_apply.steps.in_(language):
            mark = book.cite(self._describer.resource_evidence(resource, OVERVIEW, language))
            return [f"{replies.NO_STEPS.in_(language)}{mark}"]
        mark = book.cite(self._describer.resource_evidence(resource, HOW_TO_APPLY, language))
        heading = replies.STEPS_COMMON if resource.how_to_apply.common_route else replies.STEPS
        steps = resource.how_to_apply.steps.in_(language)
        return [heading.in_(language), *(f"{n}. {step}{mark}" for n, step in enumerate(steps, 1))]

    def cautions(
        self, resource: Resource, language: Language, mark: str, reading: Understanding | None = None
    ) -> list[str]:
        """Contradictions and cautions of the record, then how far it was checked.

        A contradiction that the question is about is told source by source.
        """
        lines = []
        for note in resource.notes:
            if note.disagreement and reading and concerns(note, reading):
                lines += self._differing.lines(note, language, mark, lambda _: mark)
                continue
            heading = replies.DISAGREE if note.kind == "contradiction" else replies.NOTE
            lines.append(f"{heading.in_(language)}{note.text.in_(language)}{mark}")
        lines.append(f"{self._describer.verification(resource, language)}{mark}")
        return lines

    def _licence(self, resource: Resource, licence: str, language: Language, book: EvidenceBook) -> str:
        """The licence; one that is an address is cited with it."""
        label = replies.FIELD["licence"].in_(language)
        if licence.startswith(("http://", "https://")) and " " not in licence:
            mark = book.cite(self._describer.address_evidence(resource, licence, language))
        else:
            mark = book.cite(self._describer.resource_evidence(resource, OVERVIEW, language))
            licence = shortened(licence, _LONGEST)
        return f"{label}{licence} {mark}"

    def _named(self, resource: Resource, language: Language) -> str:
        host = resource.host.in_(language) if resource.host else None
        name = resource.name.in_(language)
        return f"{name}{replies.bracket(host, language)}" if host else name

    def _lead(self, resource: Resource, language: Language, mark: str) -> str:
        name = resource.name.in_(language)
        if resource.holdings is None:
            return f"{name}{mark}"
        colon = "：" if language == "zh" else ": "
        return f"{name}{colon}{_told(resource, resource.holdings.in_(language), _LONGEST)}{mark}"

    def _access(self, resource: Resource, language: Language, mark: str) -> str:
        level = (
            self._describer.label("access", resource.access.level, language)
            if resource.access.level
            else None
        )
        text = resource.access.text.in_(language) if resource.access.text else None
        stop = replies.STOP.in_(language)
        told = stop.join(part for part in (level, text) if part)
        return f"{replies.FIELD['access_level'].in_(language)}{told}{mark}"
