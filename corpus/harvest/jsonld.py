"""JSON-LD of schema.org as plain objects: prefixes off, references of a @graph resolved."""

from __future__ import annotations

from typing import Any

_PREFIXES = ("https://schema.org/", "http://schema.org/", "schema:", "sc:", "sdo:")
_DEEPEST = 12


def short(key: str) -> str:
    """`name` for schema:name and https://schema.org/name."""
    for prefix in _PREFIXES:
        if key.startswith(prefix):
            return key[len(prefix) :]
    return key


def types_of(node: dict[str, Any]) -> list[str]:
    found = node.get("@type", node.get("type"))
    return [short(one) for one in (found if isinstance(found, list) else [found]) if isinstance(one, str)]


def is_one_of(kinds: frozenset[str], node: dict[str, Any]) -> bool:
    """True where a type of the node is one of the kinds; sources write DataSet and dataset too."""
    return not {one.lower() for one in kinds}.isdisjoint(one.lower() for one in types_of(node))


def nodes_of(document: Any) -> list[dict[str, Any]]:
    """The top nodes of a document, with what they refer to by @id put in place."""
    tops = document if isinstance(document, list) else [document]
    found: list[dict[str, Any]] = []
    for top in tops:
        if not isinstance(top, dict):
            continue
        graph = top.get("@graph")
        if isinstance(graph, list):
            plain = [_plain(one) for one in graph if isinstance(one, dict)]
            known = {one["@id"]: one for one in plain if isinstance(one.get("@id"), str)}
            found += [_resolved(one, known, 0, (one.get("@id"),)) for one in plain]
        else:
            found.append(_plain(top))
    return found


def _plain(value: Any, depth: int = 0) -> Any:
    if depth > 2 * _DEEPEST:
        return None
    if isinstance(value, list):
        return [_plain(one, depth + 1) for one in value]
    if isinstance(value, dict):
        if set(value) == {"@list"} or set(value) == {"@set"}:
            return _plain(next(iter(value.values())), depth + 1)
        # The context is no content.
        return {short(key): _plain(one, depth + 1) for key, one in value.items() if key != "@context"}
    return value


def _resolved(value: Any, known: dict[Any, dict[str, Any]], depth: int, seen: tuple[Any, ...]) -> Any:
    if isinstance(value, list):
        return [_resolved(one, known, depth, seen) for one in value]
    if not isinstance(value, dict) or depth > _DEEPEST:
        return value
    own = value.get("@id")
    if set(value) == {"@id"} and own in known and own not in seen:
        return _resolved(known[own], known, depth + 1, (*seen, own))
    return {key: _resolved(one, known, depth + 1, seen) for key, one in value.items()}
