"""Elements of XML from our texts, without the characters that XML does not allow."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def allowed(text: str) -> str:
    return _FORBIDDEN.sub("", text)


def add(
    parent: etree._Element,
    name: str,
    text: str | None = None,
    *,
    language: str | None = None,
    attributes: Mapping[str, str | None] | None = None,
) -> etree._Element:
    """A child in the namespace of its parent, at the end."""
    namespace = etree.QName(parent).namespace
    element = etree.SubElement(parent, f"{{{namespace}}}{name}" if namespace else name)
    if text is not None:
        element.text = allowed(text)
    if language:
        element.set(XML_LANG, language)
    for key, value in (attributes or {}).items():
        if value is not None:
            element.set(key, allowed(value))
    return element


def serialized(element: etree._Element) -> bytes:
    """A document in UTF-8 with its declaration."""
    written: bytes = etree.tostring(element, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return written
