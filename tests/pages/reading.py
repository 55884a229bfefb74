"""A page as a test reads it: its elements, their texts, its links."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = {"meta", "link", "img", "input", "br", "wbr", "hr"}


@dataclass
class Element:
    """A start tag with what stands inside it."""

    tag: str
    attributes: dict[str, str]
    text: str = ""


@dataclass
class Read(HTMLParser):
    """Every element of a page, in order; unbalanced tags are an error of the page."""

    elements: list[Element] = field(default_factory=list)

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements = []
        self._open: list[Element] = []
        self.feed(html)
        self.close()
        assert [one.tag for one in self._open] == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open and self._open[-1].tag == tag, f"</{tag}> closes {self._open[-1:]}"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """Elements of that tag whose attributes hold these words."""
        wanted = {
            name.rstrip("_").replace("_", "-"): set(value.split()) for name, value in attributes.items()
        }
        return [
            one
            for one in self.elements
            if one.tag == tag
            and all(words <= set(one.attributes.get(name, "").split()) for name, words in wanted.items())
        ]

    def one(self, tag: str, **attributes: str) -> Element:
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{tag} {attributes}: {found}"
        return found[0]

    def hrefs(self) -> list[str]:
        return [one.attributes["href"] for one in self.elements if "href" in one.attributes]
