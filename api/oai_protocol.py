"""OAI-PMH 2.0 (http://www.openarchives.org/OAI/openarchivesprotocol.html): arguments, errors, tokens."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_ARGUMENTS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "Identify": (frozenset(), frozenset()),
    "ListMetadataFormats": (frozenset(), frozenset({"identifier"})),
    "ListSets": (frozenset(), frozenset({"resumptionToken"})),
    "GetRecord": (frozenset({"identifier", "metadataPrefix"}), frozenset()),
    "ListIdentifiers": (
        frozenset({"metadataPrefix"}),
        frozenset({"from", "until", "set", "resumptionToken"}),
    ),
    "ListRecords": (frozenset({"metadataPrefix"}), frozenset({"from", "until", "set", "resumptionToken"})),
}
"""Verb -> (required, optional); a resumptionToken stands alone."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.A)
_SECOND = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", re.A)


class OaiError(Exception):
    """One of the protocol's own errors; HTTP calls it 200."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Listing:
    """What ListRecords or ListIdentifiers is asked for, and how far an earlier page came."""

    prefix: str
    wanted: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    after: tuple[datetime, str] | None = None
    cursor: int = 0

    def token(self, edition: str) -> str:
        """All of it in one word, which only this edition of the catalogue takes."""
        content = [
            edition, self.prefix, self.wanted, _moment(self.since), _moment(self.until),
            [_moment(self.after[0]), self.after[1]] if self.after else None, self.cursor,
        ]  # fmt: skip
        return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")

    @staticmethod
    def of_token(token: str, edition: str) -> Listing:
        """Raises OaiError badResumptionToken for one that is not ours, or of another edition."""
        try:
            padded = token + "=" * (-len(token) % 4)
            made_in, prefix, wanted, since, until, after, cursor = json.loads(
                base64.urlsafe_b64decode(padded.encode("ascii"))
            )
            listing = Listing(
                prefix=_word(prefix),
                wanted=_word(wanted) if wanted is not None else None,
                since=_read(since),
                until=_read(until),
                after=(datetime.fromisoformat(after[0]), _word(after[1])) if after else None,
                cursor=int(cursor),
            )
        except (ValueError, TypeError, IndexError, RecursionError, OverflowError):
            raise OaiError(
                "badResumptionToken", "This resumptionToken was not given by this repository."
            ) from None
        if made_in != edition:
            raise OaiError(
                "badResumptionToken", "The catalogue has changed since this list began. Begin it again."
            )
        return listing


def _word(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _moment(value: datetime | None) -> str | None:
    return value.isoformat() if value else None


def _read(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def arguments(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Checked against the verb. Raises OaiError badVerb or badArgument."""
    given: dict[str, str] = {}
    verbs = [value for name, value in pairs if name == "verb"]
    if len(verbs) != 1:
        told = "is missing" if not verbs else "is there more than once"
        raise OaiError("badVerb", f"The verb {told}. Use one of {', '.join(_ARGUMENTS)}.")
    verb = verbs[0]
    if verb not in _ARGUMENTS:
        raise OaiError("badVerb", f"{verb[:60]!r} is no verb. Use one of {', '.join(_ARGUMENTS)}.")
    required, optional = _ARGUMENTS[verb]
    for name, value in pairs:
        if name != "verb" and name not in required | optional:
            raise OaiError("badArgument", f"{verb} takes no argument {name[:60]!r}.")
        if name in given:
            raise OaiError("badArgument", f"The argument {name} is there more than once.")
        if not value:
            raise OaiError("badArgument", f"The argument {name} is empty.")
        given[name] = value
    if "resumptionToken" in given:
        if len(given) > 2:
            raise OaiError("badArgument", "A resumptionToken stands alone beside the verb.")
        return given
    if missing := sorted(required - given.keys()):
        raise OaiError("badArgument", f"{verb} needs {' and '.join(missing)}.")
    return given


def listing_of(given: Mapping[str, str]) -> Listing:
    """Of first pages. Raises OaiError badArgument."""
    since, until = given.get("from"), given.get("until")
    if since and until and bool(_DAY.fullmatch(since)) != bool(_DAY.fullmatch(until)):
        raise OaiError("badArgument", "from and until must have the same granularity.")
    listing = Listing(
        prefix=given["metadataPrefix"],
        wanted=given.get("set"),
        since=_bound("from", since) if since else None,
        until=_bound("until", until) if until else None,
    )
    if listing.since and listing.until and listing.since > listing.until:
        raise OaiError("badArgument", f"from ({since}) is later than until ({until}).")
    return listing


def _bound(name: str, value: str) -> datetime:
    """A day stands for its first second in `from` and its last in `until`."""
    try:
        if _DAY.fullmatch(value):
            day = datetime.fromisoformat(value).replace(tzinfo=UTC)
            return day + timedelta(days=1, seconds=-1) if name == "until" else day
        if _SECOND.fullmatch(value):
            return datetime.fromisoformat(value.replace("Z", "+00:00"))
    except (ValueError, OverflowError):
        pass
    raise OaiError("badArgument", f"{name} is {value[:40]!r}: write YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ.")
