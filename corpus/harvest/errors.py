"""What can go wrong while a source is read; every refusal names source, line and rule."""

from __future__ import annotations


class HarvestError(Exception):
    """A source, or one record of it, that is not taken.

    `rule` is the stable name of what was broken (`oai.badResumptionToken`, `xml.entity`, `json.syntax`),
    `line` counts from 1 in the body as it came, None where there is none.
    """

    code = "harvest_refused"

    def __init__(self, source: str, message: str, *, rule: str, line: int | None = None) -> None:
        self.source = source
        self.message = message
        self.rule = rule
        self.line = line
        place = source if line is None else f"{source}:{line}"
        super().__init__(f"{place}: {message} [{rule}]")


class UnknownFormat(HarvestError):
    """No harvester recognises the body: name the format, or give a mapping file."""

    code = "harvest_unknown_format"


class UnsupportedFormat(HarvestError):
    """A schema that is recognised and not read: GM03, MARC 21 …; the message names it."""

    code = "harvest_unsupported_format"


class Malformed(HarvestError):
    """The body as a whole cannot be read: broken XML or JSON, an encoding that does not hold."""

    code = "harvest_malformed"


class OverLimit(HarvestError):
    """Larger, deeper or longer than a body may be, or with entities: nothing of it is read."""

    code = "harvest_over_limit"


class ProtocolFault(HarvestError):
    """The server answered with an error of its protocol: OAI-PMH badArgument, a CSW exception report …"""

    code = "harvest_protocol_fault"


class MappingInvalid(HarvestError):
    """A mapping file that does not fit our fields or the source."""

    code = "harvest_mapping_invalid"


class SourceInvalid(HarvestError):
    """A source that cannot be asked: no address where one is needed, sets where the protocol has none."""

    code = "harvest_source_invalid"
