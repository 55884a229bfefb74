"""One answer against what its golden item expects."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from evaluation.records import AnswerObject, Expect
from evaluation.text import addresses_in, language_of, leads_to, normal_address, same_article, says

CHECKS = ("status", "cite", "article", "facts", "wrong", "url", "lang", "top", "set")


@dataclass
class Score:
    """Checks an item asks for, the reason of each that failed, and facts found of facts wanted."""

    checks: dict[str, bool] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)
    facts: tuple[int, int] = (0, 0)

    def note(self, check: str, *, ok: bool, reason: str) -> None:
        """Two conditions may share a check: both must hold."""
        self.checks[check] = self.checks.get(check, True) and ok
        if not ok:
            self.why[check] = "; ".join(filter(None, (self.why.get(check), reason)))


def bare_id(value: Any) -> str:
    """The id of a record without the source in front of it (`escience:x` is `x`)."""
    return str(value or "").rsplit(":", 1)[-1]


def score(expect: Expect, answer: AnswerObject) -> Score:
    """Every check the item asks for. Pure: the same answer has the same score."""
    result = Score()
    text = str(answer.get("text") or "")
    citations = _objects(answer.get("citations"))
    resources = _objects(answer.get("resources"))
    cited = {bare_id(citation.get("id")) for citation in citations}
    status = answer.get("status")

    result.note(
        "status", ok=status in expect.status, reason=f"is {status}, want {' or '.join(expect.status)}"
    )
    if expect.cite_any:
        found = bool(cited & set(expect.cite_any))
        result.note("cite", ok=found, reason=f"cites {sorted(cited)}, want one of {list(expect.cite_any)}")
    if expect.cite_all:
        found = cited >= set(expect.cite_all)
        result.note("cite", ok=found, reason=f"cites {sorted(cited)}, want all of {list(expect.cite_all)}")
    if expect.articles_any:
        _check_articles(result, expect, citations)
    if expect.text_all:
        missing = [list(options) for options in expect.text_all if not any(says(text, o) for o in options)]
        result.facts = len(expect.text_all) - len(missing), len(expect.text_all)
        result.note("facts", ok=not missing, reason=f"does not say {missing}")
    if expect.text_none:
        present = [wrong for wrong in expect.text_none if says(text, wrong)]
        result.note("wrong", ok=not present, reason=f"says {present}")
    if expect.url_any:
        places = [text]
        places += [
            str(source.get(name) or "") for source in citations + resources for name in _ADDRESS_FIELDS
        ]
        shown = {normal_address(url) for place in places for url in addresses_in(place)}
        wanted = [normal_address(url) for url in expect.url_any]
        reached = any(leads_to(url, goal) for url in shown for goal in wanted)
        result.note("url", ok=reached, reason=f"shows none of {list(expect.url_any)}")
    if expect.lang:
        language = language_of(text)
        ok = bool(text) and language == expect.lang
        result.note("lang", ok=ok, reason=f"is in {language}, want {expect.lang}")
    if expect.top_resource_any:
        first = bare_id(resources[0].get("id")) if resources else None
        reason = f"first resource is {first}, want one of {list(expect.top_resource_any)}"
        result.note("top", ok=first in expect.top_resource_any, reason=reason)
    if expect.set_total is not None:
        found_set = answer.get("set")
        total = found_set.get("total") if isinstance(found_set, dict) else None
        reason = f"set has {total}, want {expect.set_total}"
        result.note("set", ok=total == expect.set_total, reason=reason)
    return result


def score_of_silence(expect: Expect) -> Score:
    """The score where no answer came: every check asked for failed."""
    result = Score(facts=(0, len(expect.text_all)))
    asked = {
        "status": True,
        "cite": expect.cite_any or expect.cite_all,
        "article": expect.articles_any,
        "facts": expect.text_all,
        "wrong": expect.text_none,
        "url": expect.url_any,
        "lang": expect.lang,
        "top": expect.top_resource_any,
        "set": expect.set_total is not None,
    }
    result.checks = {check: False for check, wanted in asked.items() if wanted}
    return result


_ADDRESS_FIELDS = ("url", "source_url")


def _objects(value: Any) -> list[dict[str, Any]]:
    return [entry for entry in value or [] if isinstance(entry, dict)]


def _check_articles(result: Score, expect: Expect, citations: list[dict[str, Any]]) -> None:
    found = any(
        bare_id(citation.get("id")) == policy
        and same_article(article, citation.get("locator"), citation.get("url"))
        for policy, article in expect.articles_any
        for citation in citations
    )
    shown = [f"{bare_id(c.get('id'))} {c.get('locator')}" for c in citations]
    wanted = [" ".join(pair) for pair in expect.articles_any]
    result.note("article", ok=found, reason=f"cites {shown}, want one of {wanted}")
