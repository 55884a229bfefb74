"""Hosts and IP addresses within one run of dotted words, such as 见evil.example.net和b.cn下载."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from corpus.addresses.names import HAN, UNLISTED, top_of

_DOT = re.compile(r"\.|[\[({]\.[\])}]|\s?[\[({]\s?dot\s?[\])}]\s?", re.I)
_FOUR = re.compile(r"(?<![0-9.\-_])0?\d{1,3}(?:(?:\.|[\[({]\.[\])}])0?\d{1,3}){3}(?![0-9]|\.\d)")
_NUMBERED = re.compile(
    r"(?:[a-z]|version\s|版本?[号为：: ]{0,2}|[第节条款]|§\s?|(?:section|clause|sec\.)\s|(?:^|\n)\s*)$",
    re.I,
)
"""What stands before the number of a version or of a part of a text."""
_COMMON = frozenset({"com", "net", "org", "cn", "edu", "gov", "info", "io"})
"""Capitalised, they are no first word of a sentence."""
_FILES = frozenset({"md", "nc", "py", "sh", "zip", "mov"})
"""Names of the root zone that are endings of files far more often."""
_COUNT = re.compile(r"(?:附[件录表]|第)?(?:\d{1,2}|[一二三四五六七八九十〇零]{1,3})|[A-Za-z]")
_HIGHEST = 31
"""Numbers of versions and sections are this high at most, where an IP address would be taken for one."""


class Host(NamedTuple):
    """Places in the run; with `loose`, where a blank makes it two words."""

    start: int
    end: int
    loose: int | None = None


class _Label(NamedTuple):
    start: int
    end: int
    text: str


def hosts_in(run: str, behind: str, *, before: str = "", whole: bool = False) -> Iterator[Host]:
    """Hosts of a run, in order; `behind` is the port and path that follow it.

    `whole`: the run stands behind a scheme, so that its first character is the first of the host.
    """
    at = 0
    for found in _FOUR.finditer(run):
        numbers = [int(one) for one in _DOT.split(found[0])]
        if max(numbers) > 255:
            continue
        low = max(numbers) <= _HIGHEST and not whole
        ends = found.end() == len(run)
        part = low and not (behind and ends) and _NUMBERED.search(before + run[: found.start()])
        yield from _named(run, at, found.start(), "", whole=whole)
        if not part and not (low and re.match(r"\s?[条节款章]", run[found.end() :])):
            yield Host(*found.span())
        at = found.end()
    yield from _named(run, at, len(run), behind, whole=whole and at == 0)


def _named(run: str, start: int, end: int, behind: str, *, whole: bool) -> Iterator[Host]:
    labels, at = [], start
    for found in _DOT.finditer(run, start, end):
        labels.append(_Label(at, found.start(), run[at : found.start()]))
        at = found.end()
    labels.append(_Label(at, end, run[at:end]))
    first = 0
    for index in range(1, len(labels)):
        label = labels[index]
        if label.text.isascii() or not re.search(f"[{HAN}]", label.text):
            continue
        top = top_of(label.text)
        if top is None:
            # Words of a sentence: what stands before them is no host, what ends them may begin one.
            if not re.fullmatch(f"[{HAN}]+", label.text) and not whole:
                yield from _host(run, labels[first:index], "", whole=False)
                first = index
        elif top != label.text:
            cut = _Label(label.start, label.start + len(top), top)
            yield from _host(run, [*labels[first:index], cut], "", whole=whole and first == 0, more=True)
            labels[index] = _Label(cut.end, label.end, label.text[len(top) :])
            first = index
    yield from _host(run, labels[first:], behind, whole=whole and first == 0)


def _host(run: str, labels: list[_Label], behind: str, *, whole: bool, more: bool = False) -> Iterator[Host]:
    """The host that the labels are, if they are one; `more`: the sentence goes on without a blank."""
    while len(labels) > 1 and not labels[-1].text:
        labels = labels[:-1]
    if len(labels) < 2:
        return
    start = labels[0].start
    if not whole and (cut := re.match(f".*[{HAN}]", labels[0].text)):
        start += cut.end()
    head, last = run[start : labels[0].end], labels[-1].text
    if top_of(last) != last:
        yield from _of_no_zone(labels, start, behind, whole)
        return
    dot = labels[-2].end
    capitalised = bool(re.fullmatch(r"[A-Z][a-z]+", last)) and last.lower() not in _COMMON
    if capitalised and not behind and re.search(r"[a-z0-9]$", labels[-2].text):
        before = labels[:-1]
        if len(before) > 1 and top_of(before[-1].text) == before[-1].text:
            yield Host(start, before[-1].end)
        else:
            yield Host(start, labels[-1].end, labels[-1].start)
    elif len(labels) == 2 and not behind and not whole and _COUNT.fullmatch(labels[0].text):
        if last.isascii() and head.isdigit():
            yield Host(start, labels[-1].end, labels[-1].start)
        elif last.isascii():
            yield Host(start, labels[-1].end)
    elif not behind and not whole and last.lower() in _FILES and head.lower() != "www":
        yield Host(start, labels[-1].end, dot)
    elif more and not head and not whole:
        yield Host(start, labels[-1].end, labels[-1].start)
    else:
        yield Host(start, labels[-1].end)


def _of_no_zone(labels: list[_Label], start: int, behind: str, whole: bool) -> Iterator[Host]:
    """Names inside a network, by their port or www.; and a host with a word of the sentence at its end."""
    last = labels[-1].text
    port = re.match(r":\d{2,5}(?!\d)", behind)
    inside = last[:1].isalpha() and last.isascii() and port and (len(labels) > 2 or behind[port.end() :])
    unlisted = last.lower() in UNLISTED and len(behind) > 1
    of_web = labels[0].text.lower().endswith("www") and len(labels) > 2
    numbers = port and behind[port.end() : port.end() + 1] == "/" and len(labels) < 4
    said = [re.sub(f".*[{HAN}]", "", one.text) for one in labels]
    short = numbers and all(one.isdigit() for one in said)  # 127.1:8080/x
    if whole or inside or unlisted or of_web or short:
        yield Host(start, labels[-1].end)
    elif last.isalpha() and len(labels) > 2:
        before = labels[:-1]
        if top_of(before[-1].text) == before[-1].text and before[-1].text.lower() not in _FILES:
            yield Host(start, before[-1].end)
