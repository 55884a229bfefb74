"""RDF of a body as a graph, without the network: entities refused, remote contexts refused."""

from __future__ import annotations

import json
import logging
import re
from typing import Any

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.plugins.parsers.jsonld import to_rdf
from rdflib.term import Node

from corpus.harvest.bodies import LARGEST, decoded, parsed_xml
from corpus.harvest.drafts import complaint_of
from corpus.harvest.errors import Malformed, OverLimit
from corpus.harvest.jsontext import read_json
from corpus.harvest.records import Complaint, Request
from corpus.harvest.xmlreading import root_of

logging.getLogger("rdflib.term").setLevel(logging.ERROR)  # a date that is none is our complaint, not its

_TURTLE = re.compile(r"^\s*(?:@prefix|@base|prefix|base)\s", re.I | re.M)
_TRIPLE = re.compile(r"^\s*(?:<[^<>\s]*>|_:\S+)\s+<[^<>\s]*>\s+(?:<[^<>\s]*>|_:\S+|\".*)\s*\.\s*(?:#.*)?$")


def rdf_format(head: bytes, media_type: str, url: str) -> str | None:
    """turtle, nt, xml or json-ld, as rdflib calls them; None where the body is no RDF."""
    if root_of(head)[0] == "RDF":
        return "xml"
    text = head.decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if text[:1] in "{[" and '"@' in text:
        return "json-ld"
    if text[:1] == "<" and re.match(r"<(?:\?xml|!doctype|html)", text, re.I):
        return None
    kind = media_type.partition(";")[0].strip().lower()
    suffix = re.split(r"[?#]", url)[0].lower()
    lines = [line for line in text.split("\n")[:20] if line.strip() and not line.lstrip().startswith("#")]
    if (
        kind == "application/n-triples"
        or suffix.endswith(".nt")
        or (lines and _TRIPLE.match(lines[0]) and not _TURTLE.search(text))
    ):
        return "nt"
    if (
        kind in ("text/turtle", "application/x-turtle")
        or suffix.endswith((".ttl", ".turtle"))
        or _TURTLE.search(text)
    ):
        return "turtle"
    return None


def graph_of(body: bytes, request: Request, media_type: str) -> tuple[Graph, list[Complaint]]:
    """Raises Malformed with the line, OverLimit for entities, size and remote contexts."""
    if len(body) > LARGEST:
        raise OverLimit(request.url, f"{len(body):,} bytes; at most {LARGEST:,} are read", rule="body.size")
    form = rdf_format(body[:65536], media_type, request.url)
    if form is None:
        raise Malformed(
            request.url, "is no RDF that is read: Turtle, N-Triples, RDF/XML, JSON-LD", rule="rdf.form"
        )
    complaints: list[Complaint] = []
    base = request.url if re.match(r"https?://", request.url) else "urn:kewen:document"
    graph = Graph()
    if form == "xml":
        root, other = parsed_xml(body, request.url, media_type)  # refuses what a SAX reader would expand
        data: bytes | str = body
        if other:
            from lxml import etree

            data = etree.tostring(root)
    else:
        data, _ = decoded(body, request.url, media_type)
    if form == "json-ld":
        document = read_json(str(data), request.url)
        content = document.frame
        if remote := _remote_context(document.frame):
            message = f"its @context is at {remote[:120]}, which is not fetched; send it inline"
            raise Malformed(request.url, message, rule="rdf.remote_context")
    try:
        if form == "json-ld":
            # Its plugin makes a graph of a class that rdflib calls outdated; a store without contexts and
            # the function behind the plugin do not.
            graph = Graph(store="SimpleMemory")
            to_rdf(content, graph, base)
        else:
            graph.parse(data=data, format=form, publicID=base)
    except RecursionError as error:
        raise OverLimit(request.url, "is nested too deep", rule="rdf.depth") from error
    except Exception as error:  # each of rdflib's parsers raises errors of its own, with no common base
        if form == "nt":
            return _by_lines(str(data), request)
        line = getattr(error, "lines", None)
        reason = re.sub(
            r"\s+", " ", str(getattr(error, "_why", None) or getattr(error, "message", None) or error)
        )
        raise Malformed(
            request.url, f"is not {form}: {reason[:160]}", rule="rdf.syntax",
            line=line + 1 if isinstance(line, int) else None,
        ) from error  # fmt: skip
    return graph, complaints


def _by_lines(text: str, request: Request) -> tuple[Graph, list[Complaint]]:
    """N-Triples line by line: one that cannot be read is left out and named."""
    graph, complaints = Graph(), []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            graph.parse(data=line, format="nt")
        except Exception as error:  # as above
            message = f"the triple is left out: {re.sub(chr(92) + 's+', ' ', str(error))[:120]}"
            complaints.append(complaint_of(request, "rdf.syntax", message, line=number))
    return graph, complaints


def _remote_context(value: Any) -> str | None:
    """The first @context or @import that is an address."""
    if isinstance(value, list):
        return next((found for one in value if (found := _remote_context(one))), None)
    if not isinstance(value, dict):
        return None
    for key, one in value.items():
        if key in ("@context", "@import"):
            for each in one if isinstance(one, list) else [one]:
                if isinstance(each, str):
                    return each
        if found := _remote_context(one):
            return found
    return None


def described(graph: Graph, subject: Node) -> bytes:
    """What the graph says of a subject and what hangs on it, as JSON-LD; the same for the same statements.

    Blank nodes have no names that last, so they stand where they are used.
    """
    tree = _tree(graph, subject, (subject,), 0)
    return json.dumps(tree, ensure_ascii=False, sort_keys=True).encode()


def _tree(graph: Graph, subject: Node, seen: tuple[Node, ...], depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {} if isinstance(subject, BNode) else {"@id": str(subject)}
    for predicate, value in graph.predicate_objects(subject):
        found.setdefault(str(predicate), []).append(_object(graph, value, seen, depth))
    for key, values in found.items():
        if key != "@id":
            found[key] = sorted(values, key=lambda one: json.dumps(one, sort_keys=True, ensure_ascii=False))
    return found


def _object(graph: Graph, value: Node, seen: tuple[Node, ...], depth: int) -> dict[str, Any]:
    if isinstance(value, Literal):
        one: dict[str, Any] = {"@value": str(value)}
        if value.language:
            one["@language"] = value.language
        elif value.datatype:
            one["@type"] = str(value.datatype)
        return one
    if value in seen or depth >= 4 or (isinstance(value, URIRef) and (value, None, None) not in graph):
        return {"@id": str(value)} if isinstance(value, URIRef) else {}
    return _tree(graph, value, (*seen, value), depth + 1)
