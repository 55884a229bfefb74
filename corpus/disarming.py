"""Records without orders to their reader, foreign addresses and markup; and the report of what was found."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar, cast

from corpus.records import Flag, Policy, Resource
from corpus.suspicion import inert, suspicions, without_orders

R = TypeVar("R", bound=Resource | Policy)

LEFT_OUT = {"zh": "（此处内容已略，待工作人员核对）", "en": "(left out until staff have checked it)"}
NO_ADDRESS = {"zh": "（网址略）", "en": "(address left out)"}
_ADDRESS = re.compile(
    r"(?:\b(?:https?|ftp|hxxps?|file|wss?)\s?:\s?/\s?/|(?<![\w:/])//(?=[\w-]+\.))[^\s<>\"'`，。；、！？（）【】《》「」\[\]\\^{}|‹›\u3400-\u9fff]+",
    re.I,
)
_HOST_PATH = re.compile(
    r"(?<![@\w./-])((?:[a-z0-9-]+\.)+[a-z]{2,12})((?:/|\?)[^\s<>\"'`，。；、！？（）【】《》「」\[\]\\^{}|‹›\u3400-\u9fff]+)",
    re.I,
)
_WEB = re.compile(r"https?://[^\s<>\"'`\\]+$", re.I)
_STORE = re.compile(r"(?:ftp|s3|gs)://[^\s<>\"'`\\]+$", re.I)
"""Where files of a data set may lie beside the web."""
_URL_FIELDS = ("url", "other_urls", "documentation")
_FILES = ("files", "endpoints")
_UNTOUCHED = frozenset(
    """
    id type visibility province level verification verified_fields kind common_route related url_checked
    questions rank status issued effective expires date until coverage read policy_id slug anchor version
    sha256 source start end line page last_article acts things effect actor when follows side
    """.split()  # noqa: SIM905
)
"""Closed sets, dates, ids and search keys, which are never shown."""
_VERBATIM = frozenset({"versions"})
"""Byte for byte as stored: read for orders, never changed; the words of articles are another field."""


def disarmed(record: R) -> tuple[R, list[Flag]]:
    """(the record as it may be searched, shown and given to a model, what was found in it).

    The same object when there is nothing to change. Sentences that read as orders are left out;
    characters that nobody sees, markup and markers go; an address in a text stays only when it is one
    of the record's own. `versions`, stored texts, are looked through and not changed.
    """
    content = record.model_dump()
    flags = _flags(record.id, content)
    own = _own_addresses(content)
    changed = _mapped(content, lambda path, text: _safe(path, text, own, bool(flags)))
    if changed == content:
        return record, flags
    return cast(R, type(record).model_validate(changed)), flags


def flags_of(record: Resource | Policy) -> list[Flag]:
    """What a record holds that reads as an order, field by field."""
    return _flags(record.id, record.model_dump())


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


def _mapped(value: Any, change: Callable[[str, str], str], path: str = "") -> Any:
    """A copy with every shown text changed; what becomes "" in a list of texts is dropped from it."""
    if isinstance(value, dict):
        return {
            name: _files(inner, change, f"{path}.{name}")
            if name in _FILES and isinstance(inner, list | tuple)
            else _web_only(inner)
            if name in _URL_FIELDS or name.endswith("_url")
            else inner
            if name in _UNTOUCHED or name in _VERBATIM
            else _mapped(inner, change, f"{path}.{name}" if path else name)
            for name, inner in value.items()
        }
    if isinstance(value, list | tuple):
        inner_values = [_mapped(inner, change, f"{path}[{number}]") for number, inner in enumerate(value)]
        return tuple(inner for inner in inner_values if inner != "")
    return change(path, value) if isinstance(value, str) else value


def _files(value: list[Any] | tuple[Any, ...], change: Callable[[str, str], str], path: str) -> Any:
    """Files with an address that can be one, their other texts changed like any."""
    kept = []
    for number, one in enumerate(value):
        address = one.get("url") or "" if isinstance(one, dict) else ""
        if _WEB.match(address) or _STORE.match(address):
            kept.append({**_mapped(one, change, f"{path}[{number}]"), "url": address})
    return tuple(kept)


def _web_only(value: Any) -> Any:
    """Addresses of the web as they are; others, such as javascript:, are none."""
    if isinstance(value, tuple):
        return tuple(one for one in value if _WEB.match(one))
    return value if value is None or _WEB.match(value) else None


def _safe(path: str, text: str, own: frozenset[str], flagged: bool) -> str:
    language = "en" if re.search(r"\.en(\[\d+\])?$", path) else "zh"
    safe = _without_foreign(without_orders(text)[0] if flagged else text, own, language)
    safe = inert(safe)
    if safe.strip() or path.endswith("]"):
        return safe.strip() if safe != text else text
    number = re.search(r"articles\[(\d+)\]\.no$", path)
    return LEFT_OUT[language] + (f" {int(number[1]) + 1}" if number else "")


def _without_foreign(text: str, own: frozenset[str], language: str) -> str:
    hosts = {address.split("/", 1)[0] for address in own}

    def whole(found: re.Match[str]) -> str:
        address = found[0].rstrip(".,;:!?*_~&'\")")
        return found[0] if _key(address) in own else NO_ADDRESS[language] + found[0][len(address) :]

    def path(found: re.Match[str]) -> str:
        return found[0] if found[1].lower() in hosts else found[1] + NO_ADDRESS[language]

    if "/" not in text and "?" not in text:
        return text
    kept = _ADDRESS.sub(whole, text)
    # Own addresses stand as they are; a bare host with a path may lead anywhere on a host of the record.
    return "".join(
        part if place % 2 else _HOST_PATH.sub(path, part)
        for place, part in enumerate(re.split(rf"({_ADDRESS.pattern})", kept, flags=re.I))
    )


def _own_addresses(content: dict[str, Any]) -> frozenset[str]:
    """The record's addresses without scheme and last slash."""
    given: list[Any] = [content.get("url"), content.get("official_url"), *content.get("other_urls", ())]
    given += [source.get("url") for source in content.get("sources", ())]
    return frozenset(_key(address) for address in given if address)


def _key(address: str) -> str:
    rest = re.sub(r"^\w+\s?:\s?/\s?/|^//", "", address).rstrip("/")
    host, slash, path = rest.partition("/")
    return host.lower() + slash + path


def report(flags: Iterable[Flag]) -> list[str]:
    """One line a finding, for staff."""
    return [f"{one.record}, {one.field}: {one.rule}: {one.excerpt}" for one in flags]
