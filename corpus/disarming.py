"""Records without orders to their reader, foreign addresses and markup; and the report of what was found."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar, cast

from corpus.addresses.finding import addresses_in
from corpus.addresses.owning import Own
from corpus.addresses.spaces import leads_outside
from corpus.records import Flag, Policy, Resource
from corpus.suspicion import inert, suspicions, without_orders

R = TypeVar("R", bound=Resource | Policy)
Change = Callable[[str, str], str]
"""(path of a field, its text) -> the text as it may be shown."""
Stands = Callable[[str], bool]
"""Whether an address may be a record's own."""

LEFT_OUT = {"zh": "（此处内容已略，待工作人员核对）", "en": "(left out until staff have checked it)"}
NO_ADDRESS: dict[str, dict[str, str]] = {
    "zh": {"url": "（网址略）", "host": "（网址略）", "mail": "（邮箱略）", "account": "（账号略）"},
    "en": {
        "url": "(address left out)",
        "host": "(address left out)",
        "mail": "(mailbox left out)",
        "account": "(account left out)",
    },
}
"""By language and kind of address."""
_WEB = re.compile(r"https?://[^\s<>\"'`\\]+$", re.I)
_STORE = re.compile(r"(?:ftp|s3|gs)://[^\s<>\"'`\\]+$", re.I)
"""Where files of a data set may lie beside the web."""
_URL_FIELDS = ("url", "other_urls", "documentation", "address")
_FILES = ("files", "endpoints")
_UNTOUCHED = frozenset(
    """
    id type visibility province level verification verified_fields kind common_route related url_checked
    questions rank status issued effective expires date until coverage read policy_id slug anchor version
    sha256 source start end line page last_article acts things effect actor when follows side
    identifier format datestamp harvested
    """.split()  # noqa: SIM905
)
"""Closed sets, dates, ids and search keys, which are never shown."""
_VERBATIM = frozenset({"versions"})
"""Byte for byte as stored: read for orders, never changed; the words of articles are another field."""


def disarmed(record: R, *, outside: bool = False) -> tuple[R, list[Flag]]:
    """(the record as it may be searched, shown and given to a model, what was found in it).

    The same object when there is nothing to change. Sentences that read as orders are left out;
    characters that nobody sees, markup and markers go; an address in a text, in whatever form, stays only
    when it is one of the record's own. `versions`, stored texts, are looked through and not changed.
    `outside`: its own addresses are those on the open internet, as for a harvested record.
    """
    content = record.model_dump()
    flags = _flags(record.id, content)

    def stands(address: str) -> bool:
        return bool(_WEB.match(address)) and (not outside or leads_outside(address))

    own = _own_of(content, stands)
    changed = _mapped(content, lambda path, text: _safe(path, text, own, bool(flags)), stands)
    if changed == content:
        return record, flags
    return cast(R, type(record).model_validate(changed)), flags


def shows_foreign(record: Resource | Policy, text: str) -> bool:
    """True where a text that is shown as stored holds an address that is not the record's own."""
    found = [one for one in addresses_in(text) if one.kind != "loose"]
    if not found:
        return False
    own = _own_of(record.model_dump(exclude={"versions", "articles"}), lambda url: bool(_WEB.match(url)))
    return any(own.part(one) < len(one.text) for one in found)


def _flags(record_id: str, content: dict[str, Any]) -> list[Flag]:
    texts = [(path, text) for path, text in _texts(content) if len(text) > 3]
    # Most records are clean: all of one at once is faster than text by text.
    if not suspicions("\n".join(text for _, text in texts)):
        return []
    return [
        Flag(record=record_id, field=path, rule=one.rule, excerpt=one.excerpt)
        for path, text in texts
        for one in suspicions(text)
    ]


def _texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """(path, text) of every text that can be shown: holdings.zh, how_to_apply.steps.en[2]."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name not in _UNTOUCHED:
                yield from _texts(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from _texts(inner, f"{path}[{number}]")
    elif isinstance(value, str):
        yield path, value


def _mapped(value: Any, change: Change, stands: Stands, path: str = "") -> Any:
    """A copy with every shown text changed; what becomes "" in a list of texts is dropped from it."""
    if isinstance(value, dict):
        return {
            name: _files(inner, change, stands, f"{path}.{name}")
            if name in _FILES and isinstance(inner, list | tuple)
            else _web_only(inner, stands)
            if _is_address(name)
            else inner
            if name in _UNTOUCHED or name in _VERBATIM
            else _mapped(inner, change, stands, f"{path}.{name}" if path else name)
            for name, inner in value.items()
        }
    if isinstance(value, list | tuple):
        inner_values = [
            _mapped(inner, change, stands, f"{path}[{number}]") for number, inner in enumerate(value)
        ]
        return tuple(inner for inner in inner_values if inner != "")
    return change(path, value) if isinstance(value, str) else value


def _is_address(field: str) -> bool:
    return field in _URL_FIELDS or field.endswith("_url")


def _files(
    value: list[Any] | tuple[Any, ...],
    change: Callable[[str, str], str],
    stands: Stands,
    path: str,
) -> Any:
    """Files with an address that can be one, their other texts changed like any."""
    kept = []
    for number, one in enumerate(value):
        address = one.get("url") or "" if isinstance(one, dict) else ""
        if stands(address) or _STORE.match(address):
            kept.append({**_mapped(one, change, stands, f"{path}[{number}]"), "url": address})
    return tuple(kept)


def _web_only(value: Any, stands: Stands) -> Any:
    """Addresses that can be a record's own; others, such as javascript:, are none."""
    if isinstance(value, tuple | list):
        return tuple(one for one in value if stands(one))
    return value if value is None or stands(value) else None


def _safe(path: str, text: str, own: Own, flagged: bool) -> str:
    language = "en" if re.search(r"\.en(\[\d+\])?$", path) else "zh"
    safe = _without_foreign(without_orders(text)[0] if flagged else text, own, language)
    if path.endswith("]") and safe != text and safe.strip() in NO_ADDRESS[language].values():
        return ""
    safe = inert(safe)
    if safe.strip() or path.endswith("]"):
        return safe.strip() if safe != text else text
    number = re.search(r"articles\[(\d+)\]\.no$", path)
    return LEFT_OUT[language] + (f" {int(number[1]) + 1}" if number else "")


def _without_foreign(text: str, own: Own, language: str) -> str:
    """The text with its own addresses alone; every word around the others stays as it is."""
    kept: list[str] = []
    at = 0
    for one in addresses_in(text):
        if one.start < at:
            continue
        length = own.part(one)
        if length == len(one.text) or own.ends(text[: one.start], one):
            continue
        if length and one.end - one.start == len(one.text):
            # A blank keeps the two apart, and what stands behind an own address may hold another.
            stop = one.start + length
            return "".join([*kept, text[at:stop], " ", _without_foreign(text[stop:], own, language)])
        kept += [text[at : one.start], " " if one.kind == "loose" else NO_ADDRESS[language][one.kind]]
        at = one.end
    return "".join([*kept, text[at:]]) if at else text


def _own_of(content: dict[str, Any], stands: Stands) -> Own:
    """The record's own addresses: its fields for them, those of its sources and of its contact."""
    given: list[Any] = [content.get("url"), content.get("official_url"), *content.get("other_urls", ())]
    given += [source.get("url") for source in content.get("sources", ())]
    shown = [one for one in given if one and stands(one)]
    # What a step says to fetch is one of the files or services that the record names.
    details = content.get("details") or {}
    files = [one.get("url") or "" for name in _FILES for one in details.get(name) or ()]
    shown += [one for one in files if stands(one) or _STORE.match(one)]
    further = [one for name in ("details", "origin", "origins") for one in _addresses(content.get(name))]
    contact = content.get("contact") or {}
    return Own(shown, [one for one in further if stands(one)], [contact.get("email") or ""])


def _addresses(value: Any) -> Iterator[str]:
    """The values of fields for addresses."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if _is_address(name):
                yield from [inner] if isinstance(inner, str) else inner or ()
            else:
                yield from _addresses(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _addresses(inner)


def report(flags: Iterable[Flag]) -> list[str]:
    """One line a finding, for staff."""
    return [f"{one.record}, {one.field}: {one.rule}: {one.excerpt}" for one in flags]
