"""Frames of Feishu's long connection: a small protobuf message, written and read without its library.

message Header { string key = 1; string value = 2; }
message Frame { uint64 SeqID = 1; uint64 LogID = 2; int32 service = 3; int32 method = 4;
  repeated Header headers = 5; string payload_encoding = 6; string payload_type = 7; bytes payload = 8;
  string LogIDNew = 9; }
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

CONTROL, DATA = 0, 1
"""Values of `method`."""


class FrameBroken(ValueError):
    """Bytes that are no frame."""


@dataclass(frozen=True)
class Frame:
    """One message of the connection; `log` is kept as it came, for the answer to bear it."""

    method: int
    service: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    payload: bytes = b""
    sequence: int = 0
    log_id: int = 0
    log: str = ""


def write_frame(frame: Frame) -> bytes:
    """The bytes of a frame."""
    out = bytearray()
    for number, value in enumerate((frame.sequence, frame.log_id, frame.service, frame.method), 1):
        out += _varint(number << 3) + _varint(value)
    for key, text in frame.headers.items():
        out += _bytes(5, _bytes(1, key.encode()) + _bytes(2, text.encode()))
    if frame.payload:
        out += _bytes(8, frame.payload)
    if frame.log:
        out += _bytes(9, frame.log.encode())
    return bytes(out)


def read_frame(content: bytes) -> Frame:
    """Raises FrameBroken."""
    numbers: dict[int, int] = {}
    texts: dict[int, bytes] = {}
    headers: dict[str, str] = {}
    for number, value in _fields(content):
        if isinstance(value, int):
            numbers[number] = value
        elif number == 5:
            pair = {key: part for key, part in _fields(value) if isinstance(part, bytes)}
            headers[pair.get(1, b"").decode("utf-8", "replace")] = pair.get(2, b"").decode("utf-8", "replace")
        else:
            texts[number] = value
    return Frame(
        numbers.get(4, 0),
        numbers.get(3, 0),
        headers,
        texts.get(8, b""),
        numbers.get(1, 0),
        numbers.get(2, 0),
        texts.get(9, b"").decode("utf-8", "replace"),
    )


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _bytes(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _fields(content: bytes) -> Iterator[tuple[int, int | bytes]]:
    at = 0
    while at < len(content):
        tag, at = _read_varint(content, at)
        kind = tag & 7
        if kind == 0:
            value, at = _read_varint(content, at)
            yield tag >> 3, value
            continue
        size = 0
        if kind == 2:
            size, at = _read_varint(content, at)
        elif kind == 1:
            size = 8
        elif kind == 5:
            size = 4
        else:
            raise FrameBroken(f"wire type {kind} is unknown")
        if at + size > len(content):
            raise FrameBroken("it ends in the middle of a field")
        if kind == 2:
            yield tag >> 3, content[at : at + size]
        at += size


def _read_varint(content: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(content):
            raise FrameBroken("it ends in the middle of a number")
        byte = content[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if not byte & 0x80:
            return value, at
    raise FrameBroken("a number does not end")
