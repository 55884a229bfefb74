"""Places and periods as sources write them -> boxes, names and pairs of a draft."""

from __future__ import annotations

import json
import re
from typing import Any

from corpus.harvest.drafts import Draft
from corpus.harvest.jsonvalues import objects, string, strings

_FOUR = re.compile(r"^\s*-?\d+(?:\.\d+)?(?:[\s,]+-?\d+(?:\.\d+)?){3}\s*$")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE]-?\d+)?")
_WKT = re.compile(
    r"^\s*(?:SRID=\d+;|<[^>]*>)?\s*(?:MULTI)?(?:POLYGON|POINT|LINESTRING|ENVELOPE|BBOX)\b", re.I
)
_PAIR = re.compile(r"\s*([A-Za-z][A-Za-z /-]*?)\s*(?:=|: )\s*(.+?)\s*")
_SPAN = re.compile(
    r"(\d{4}(?:[-/.年]\d{1,2}月?)?)年?\s*(?:[-–—~～至到]+|\bto\b)\s*(\d{4}(?:[-/.年]\d{1,2}月?)?)年?"
)
"""2001-2005, 2001 to 2005, 2001年—2005年: two years or months, and nothing else."""
_KEYS = {
    "northboundlatitude": "northlimit", "southboundlatitude": "southlimit", "eastboundlongitude": "eastlimit",
    "westboundlongitude": "westlimit", "longitude": "east", "latitude": "north", "datetimestart": "start",
    "datetimeend": "end",
}  # fmt: skip
"""What PANGAEA writes for the keys of a DCMI Box, Point or Period."""
_DCMI = frozenset(
    {"northlimit", "southlimit", "eastlimit", "westlimit", "east", "north", "name", "start", "end"}
)


def add_place(draft: Draft, value: Any) -> None:
    """A name, a box, GeoJSON, WKT, a DCMI Box, or ISO's four bounds, wrapped as strings or objects."""
    if isinstance(value, list):
        for one in value if not _is_numbers(value) else [value]:
            if one is value:
                _add_points(draft, [float(each) for each in value], four=True)
            else:
                add_place(draft, one)
    elif isinstance(value, dict):
        _add_object(draft, value)
    elif isinstance(value, str) and value.strip():
        _add_text(draft, value.strip())


def _named(text: str) -> dict[str, str]:
    """`name=…; start=…` and `LATITUDE: … * DATE/TIME START: …` by DCMI's keys; empty where it is neither."""
    found = {}
    for part in re.split(r";| \* ", text):
        if pair := _PAIR.fullmatch(part):
            key = re.sub(r"[^a-z]", "", pair[1].lower())
            found[_KEYS.get(key, key)] = pair[2]
    found = {key: value for key, value in found.items() if key in _DCMI}
    return found if "=" in text or len(found) > 1 else {}


def _is_numbers(value: list[Any]) -> bool:
    return len(value) == 4 and all(isinstance(one, int | float) for one in value)


def _add_text(draft: Draft, text: str) -> None:
    if text[:1] in "{[":
        try:
            add_place(draft, json.loads(text))
        except (ValueError, RecursionError):
            draft.complaints.append(
                ("place.malformed", f"{text[:80]!r} is left out: neither a place nor JSON")
            )
    elif _FOUR.match(text):
        _add_points(draft, [float(one) for one in _NUMBER.findall(text)], four=True)
    elif _WKT.match(text):
        if "ENVELOPE" in text.upper()[:20]:  # ENVELOPE(west, east, north, south)
            numbers = [float(one) for one in _NUMBER.findall(text)]
            if len(numbers) == 4:
                draft.boxes.append((numbers[0], numbers[3], numbers[1], numbers[2]))
            return
        _add_points(draft, [float(one) for one in _NUMBER.findall(text.partition("(")[2])])
    elif named := _named(text):
        bounds = ("westlimit", "southlimit", "eastlimit", "northlimit")
        if all(bound in named for bound in bounds):
            draft.boxes.append((named[bounds[0]], named[bounds[1]], named[bounds[2]], named[bounds[3]]))
        elif "east" in named and "north" in named:
            draft.boxes.append((named["east"], named["north"], named["east"], named["north"]))
        if "name" in named and not {"start", "end"} & set(named):
            draft.places.append(named["name"])
        if "start" in named or "end" in named:
            draft.periods.append((named.get("start", ""), named.get("end", "")))
    elif text.upper() not in ("CARTESIAN", "GEODETIC"):  # what a coordinate system is called beside a box
        draft.places.append(text)


def _add_points(draft: Draft, numbers: list[float], *, four: bool = False) -> None:
    if four and len(numbers) == 4:
        draft.boxes.append((numbers[0], numbers[1], numbers[2], numbers[3]))
    elif numbers and len(numbers) % 2 == 0:
        xs, ys = numbers[0::2], numbers[1::2]
        draft.boxes.append((min(xs), min(ys), max(xs), max(ys)))


def _add_object(draft: Draft, value: dict[str, Any]) -> None:
    keys = {str(key).lower().replace("_", "").rpartition(":")[2]: one for key, one in value.items()}
    west = keys.get("westboundingcoordinate", keys.get("westboundlongitude", keys.get("west")))
    if west is not None:
        sides = [
            keys.get(f"{side}boundingcoordinate", keys.get(f"{side}bound{axis}", keys.get(side)))
            for side, axis in (("south", "latitude"), ("east", "longitude"), ("north", "latitude"))
        ]
        draft.boxes.append((west, sides[0], sides[1], sides[2]))
        return
    if "coordinates" in keys and "type" in keys:
        _add_points(draft, [float(one) for one in _NUMBER.findall(json.dumps(keys["coordinates"]))])
        return
    for key in ("bbox", "geometry", "centroid", "spatial", "geo"):
        if key in keys:
            add_place(draft, keys[key])
    if name := string(value, "prefLabel", "skos:prefLabel", "name", "label", "rdfs:label", "title"):
        draft.places.append(name)


def is_period(text: str) -> bool:
    """True for years, months and days alone, single or as a span."""
    return bool(_SPAN.fullmatch(text) or re.fullmatch(r"-?\d{4}(-\d\d)*(/-?\d{4}(-\d\d)*)?", text))


def add_period(draft: Draft, value: Any) -> None:
    """`2000-01/2001-02`, {"startDate", "endDate"}, `name=…; start=…; end=…`, or words."""
    for one in objects(value):
        keys = {str(key).lower().replace("_", "").rpartition(":")[2]: each for key, each in one.items()}
        start = string(keys.get("startdate", keys.get("start", keys.get("begin", keys.get("hasbeginning")))))
        end = string(keys.get("enddate", keys.get("end", keys.get("hasend"))))
        if start or end:
            draft.periods.append((start, end))
        elif text := string(one):
            add_period(draft, text)
    for text in strings(value) if not isinstance(value, dict) else []:
        found = _named(text)
        if "start" in found or "end" in found:
            draft.periods.append((found.get("start", ""), found.get("end", "")))
            continue
        if span := _SPAN.fullmatch(text.strip()):
            draft.periods.append((span[1], span[2]))
            continue
        start, mark, end = text.partition("/") if not re.match(r"\d{1,2}/\d{1,2}/", text) else (text, "", "")
        if re.match(r"^P\d|^P?T\d", end.strip()):  # a length: only the beginning is a date
            end = ""
        draft.periods.append((start.strip(), end.strip() if mark else start.strip()))
