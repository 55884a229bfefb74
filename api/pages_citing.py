"""How a record is cited, and the forms in which programs read it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from urllib.parse import quote

from markupsafe import Markup

from api.pages_shell import Shell
from corpus.exports.bibtex import bibtex
from corpus.exports.citable import citable
from corpus.exports.gbt7714 import gbt7714
from corpus.exports.jsonld import MEDIA_TYPE, record_jsonld
from corpus.records import Policy, Resource

FORMS = (
    ("JSON", "json"),
    ("schema.org JSON-LD", "jsonld"),
    ("DCAT", "dcat"),
    ("DataCite", "datacite"),
    ("BibTeX", "bibtex"),
)
"""Name and ?format= of the forms that a page offers; api/exports.py has more."""


def citations(record: Resource | Policy, shell: Shell) -> tuple[tuple[str, str], ...]:
    """Name of a form and the text to copy, in the page's language, as read today (UTC)."""
    work, today = citable(record, shell.base), datetime.now(UTC).date()
    return (
        ("GB/T 7714", gbt7714(work, today, shell.language)),
        ("BibTeX", bibtex(work, today, shell.language).strip()),
    )


def machine_forms(record: Resource | Policy) -> list[tuple[str, str]]:
    """Name and address of each form."""
    kind = "resources" if isinstance(record, Resource) else "policies"
    path = f"/api/{kind}/{quote(record.id, safe='/:@')}"
    return [(name, f"{path}?format={form}") for name, form in FORMS]


def jsonld_element(record: Resource | Policy, shell: Shell) -> Markup:
    """The record for searchers, to stand in the head of its page."""
    # Data, not script: but "<" could end the element it stands in.
    text = json.dumps(record_jsonld(record, shell.base), ensure_ascii=False).replace("<", r"\u003c")
    return Markup('<script type="{}">{}</script>').format(MEDIA_TYPE, Markup(text))
