"""The lines of a text with their places in its bytes."""

from __future__ import annotations

from dataclasses import dataclass

LARGEST = 20_000_000
"""Bytes of one text."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank: `text` without outer blanks stands at start..end of the bytes."""

    text: str
    start: int
    end: int
    number: int
    page: int

    def cut(self, chars: int, encoding: str) -> Line:
        """The rest behind the first characters and the blanks after them; its text may be empty."""
        rest = self.text[chars:].lstrip()
        return Line(rest, self.end - len(rest.encode(encoding)), self.end, self.number, self.page)


class Unreadable(ValueError):
    """The bytes are no text; `line` is where."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


def read_lines(data: bytes) -> tuple[list[Line], str, bool]:
    """(lines, encoding, whether there are page breaks). UTF-8, else GB 18030. Raises Unreadable."""
    if len(data) > LARGEST:
        raise Unreadable(1, f"is {len(data)} bytes long; at most {LARGEST} are read, so cut it by document")
    encoding = _encoding(data)
    lines: list[Line] = []
    at, page = 0, 1
    for number, raw in enumerate(data.split(b"\n"), 1):
        body = raw[3:] if number == 1 and raw.startswith(b"\xef\xbb\xbf") else raw
        text = body.decode(encoding)
        page += text.count("\f")
        start = at + len(raw) - len(text.lstrip().encode(encoding))
        shown = text.strip()
        if shown:
            end = start + len(shown.encode(encoding))
            if data[start:end].decode(encoding) != shown:
                raise Unreadable(number, "cannot be kept byte for byte; save it as UTF-8")
            lines.append(Line(shown, start, end, number, page))
        at += len(raw) + 1
    return lines, encoding, page > 1


def _encoding(data: bytes) -> str:
    if b"\0" in data:
        raise Unreadable(data[: data.index(b"\0")].count(b"\n") + 1, "holds a NUL byte: this is no text")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as fault:
        try:
            data.decode("gb18030")
        except UnicodeDecodeError:
            line = data[: fault.start].count(b"\n") + 1
            raise Unreadable(line, "is neither UTF-8 nor GB 18030; save it as UTF-8") from fault
        return "gb18030"
    if "\ufffd" in text:
        line = text[: text.index("\ufffd")].count("\n") + 1
        raise Unreadable(line, "holds a replacement character: letters were lost; take a sound copy")
    return "utf-8"
