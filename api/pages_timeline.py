"""What happened to a document, day by day, as far as its record and the stored texts tell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from api.pages_shell import Shell, article_label
from corpus.records import Policy, Succession


@dataclass(frozen=True, slots=True)
class Moment:
    """One event; `day` is as exact as it is known (2019, 2019-06 or a whole date), `link` a page of ours."""

    day: str
    words: str
    more: str = ""
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """Events in order; `held`: an earlier text is stored, so that its words can be compared.

    With `since` only those after that day; `compare` is then (version of that day, version now) where both
    are stored.
    """

    moments: list[Moment]
    held: bool
    since: str = ""
    compare: tuple[str, str] | None = None


def timeline(
    policy: Policy, shell: Shell, link: Callable[[Succession], str | None], since: str = ""
) -> Timeline:
    """`link` gives the page of another document; `since` is a date or empty."""
    language = shell.language
    found: list[Moment] = []

    def add(day: str | None, key: str, more: str = "", link: str | None = None, **values: object) -> None:
        if day:
            found.append(Moment(day, shell.t(key, **values), more, link))

    for one in policy.replaces:
        add(one.date, "time_before", link=link(one), title=one.title.in_(language))
    add(policy.issued, "time_issued", body=policy.issuing_body.in_(language))
    add(policy.effective, "time_effective")
    for change in policy.amendments:
        words = change.change.in_(language) if change.change else ""
        add(change.date or change.effective, "time_amended", words, by=change.by or "")
        if change.effective and change.effective != change.date:
            add(change.effective, "time_amended_effective", by=change.by or "")
    for version in policy.versions:
        path = shell.url(f"/policies/{policy.id}", {"version": version.version})
        add(version.effective or version.issued, "time_stored", link=path, name=version.version)
    for article in policy.articles:
        for former in article.former:
            old, new = article_label(former.no, shell), article_label(article.no, shell)
            add(former.until, "time_renumbered", old=old, new=new)
    add(policy.expires, "time_expires")
    for one in policy.replaced_by:
        add(one.date, "time_replaced", link=link(one), title=one.title.in_(language))
    found.sort(key=lambda moment: moment.day)
    names = [one.version for one in policy.versions]
    then = [one.version for one in policy.versions if (one.effective or one.issued or "9") <= since]
    compare = (then[-1], names[-1]) if since and then and then[-1] != names[-1] else None
    shown = [one for one in found if one.day > since[: len(one.day)]] if since else found
    return Timeline(shown, len(names) > 1, since, compare)
