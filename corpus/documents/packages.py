"""The XML parts of an office file (OOXML, transitional or strict), read with limits."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

from lxml import etree

from corpus.documents.errors import Unreadable

LARGEST_PART = 60_000_000
"""Bytes of one part when unpacked."""
WIDEST_RATIO = 300
"""A part that unpacks to more times its size, above a megabyte, is a bomb."""


class Package:
    """A zip of XML parts."""

    def __init__(self, data: bytes) -> None:
        """Raises Unreadable for what is no whole zip."""
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise Unreadable("is damaged or cut short: it is no whole office file") from error

    def names(self) -> list[str]:
        return self._zip.namelist()

    def part(self, name: str) -> etree._Element | None:
        """The root of a part; None where there is none. Raises Unreadable."""
        try:
            info = self._zip.getinfo(name)
        except KeyError:
            return None
        bomb = info.file_size > 1_000_000 and info.file_size > WIDEST_RATIO * max(info.compress_size, 1)
        if info.file_size > LARGEST_PART or bomb:
            raise Unreadable(
                f"holds a part ({name}) that unpacks to {info.file_size} bytes, which is more than is read"
            )
        try:
            with self._zip.open(info) as file:
                content = file.read(LARGEST_PART + 1)
        except (
            zipfile.BadZipFile,
            zlib.error,
            RuntimeError,
            NotImplementedError,
            OSError,
            EOFError,
        ) as error:
            locked = "password" in str(error)
            why = (
                "is locked with a password; save a copy without one"
                if locked
                else f"has a damaged part ({name})"
            )
            raise Unreadable(why) from error
        return parsed(content, name)


def parsed(content: bytes, name: str) -> etree._Element:
    """Without entities, external files or network. Raises Unreadable."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(content.removeprefix(b"\xef\xbb\xbf").lstrip(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        raise Unreadable(f"has a part that is no XML ({name}, line {line or 1})") from error


def local(element: etree._Element) -> str:
    """Name without namespace; empty for comments and entities."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: etree._Element, name: str) -> Iterator[etree._Element]:
    return (one for one in element if local(one) == name)


def child(element: etree._Element | None, *names: str) -> etree._Element | None:
    """Down a path of local names; None where it breaks off."""
    for name in names:
        element = next(children(element, name), None) if element is not None else None
    return element


def value(element: etree._Element | None, name: str = "val") -> str | None:
    """An attribute by its local name."""
    if element is None:
        return None
    return next((str(v) for k, v in element.attrib.items() if str(k).rpartition("}")[2] == name), None)
