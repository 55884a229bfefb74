"""Presets: open systems at hand, as checked data; one and an operator's words make a source."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Self
from urllib.parse import quote, urlsplit

import yaml
from pydantic import Field, ValidationError, model_validator

from corpus.harvest import HARVESTERS
from corpus.harvest.mapping import bundled_mappings
from corpus.harvest.records import SOURCE_PATTERN, HarvestSource
from corpus.records import ResourceType
from corpus.texts import Record, Text
from harvesting.bodies import is_web
from harvesting.errors import HarvestingError, SourceInvalid

FILE = Path(__file__).parent / "data" / "presets.yaml"
_SET = "{set}"
_PREFIXED = ("oai_pmh", "csw")


class PresetInvalid(HarvestingError):
    """The file of presets breaks its schema; the message names preset, field and what is wrong."""

    code = "preset_invalid"


class Sets(Record):
    """The parts that a system can be harvested by."""

    what: Text = Field(description="What a part is called there, and where one finds its name.")
    example: str = Field(min_length=1)
    needed: bool = Field(default=False, description="True where the whole is too large to harvest.")


class Preset(Record):
    """One open system, or with `url` None a kind of system whose address an operator gives."""

    name: str = Field(pattern=SOURCE_PATTERN)
    title: Text
    about: Text
    url: str | None = Field(default=None, description=f"Where to begin; {_SET} stands for one part.")
    format: str = Field(description="A key of HARVESTERS.")
    mapping: str | None = Field(default=None, description="A bundled mapping, for format json_api.")
    metadata_prefix: str | None = None
    page_size: int | None = Field(default=None, ge=1, le=1000)
    type: ResourceType | None = None
    sets: Sets | None = None
    delay_s: float = Field(ge=1, le=3600, description="Between two requests.")
    every_h: float = Field(ge=24, description="Between two runs by schedule.")
    licence: Text = Field(description="Of the metadata, never of the data.")
    documentation: str = Field(pattern=r"^https://\S+$")
    limits: Text
    probes: tuple[str, ...] = Field(
        default=(), description="Where to look for it: below an address, with a slash below its host."
    )
    prefixes: tuple[str, ...] = Field(default=(), description="OAI-PMH: metadata to ask for, the best first.")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.format not in HARVESTERS:
            raise ValueError(f"format {self.format!r} is none of {', '.join(HARVESTERS)}")
        if (self.format == "json_api") != (self.mapping is not None):
            raise ValueError("mapping goes with format json_api, and json_api with a mapping")
        if self.mapping is not None and self.mapping not in bundled_mappings():
            raise ValueError(f"mapping {self.mapping!r} is none of {', '.join(bundled_mappings())}")
        if (self.metadata_prefix or self.prefixes) and self.format not in _PREFIXED:
            raise ValueError(f"metadata_prefix is for {' and '.join(_PREFIXED)}")
        if self.url is not None and not self.url.startswith("https://"):
            raise ValueError(f"url {self.url!r} does not begin with https://")
        if self.templated and not (self.sets and self.sets.needed):
            raise ValueError(f"url has {_SET} and sets.needed is not true")
        return self

    @property
    def templated(self) -> bool:
        return _SET in (self.url or "")

    @property
    def host(self) -> str | None:
        """Of its address; None where an operator gives it."""
        return urlsplit(self.url).hostname if self.url else None


class Without(Record):
    """A system that people ask for and that has no interface to add, and why."""

    title: Text
    why: Text


class Presets(Record):
    """The whole file."""

    presets: tuple[Preset, ...]
    without: tuple[Without, ...] = ()

    @model_validator(mode="after")
    def _once(self) -> Self:
        names = [one.name for one in self.presets]
        if doubled := sorted({one for one in names if names.count(one) > 1}):
            raise ValueError(f"{', '.join(doubled)} stands twice")
        return self

    def get(self, name: str) -> Preset:
        """Raises SourceInvalid with the nearest names."""
        found = next((one for one in self.presets if one.name == name), None)
        if found is None:
            near = get_close_matches(name, [one.name for one in self.presets], 3)
            meant = f" Did you mean {' or '.join(near)}?" if near else ""
            raise SourceInvalid(
                f"There is no preset {name!r}.{meant} `kewen sources presets` lists those there are; "
                "`kewen sources doctor ADDRESS` finds out what a portal speaks."
            )
        return found

    def of_host(self, url: str) -> list[Preset]:
        """Those whose own address is on the host of `url`."""
        host = (urlsplit(url).hostname or "").removeprefix("www.")
        return [one for one in self.presets if one.host and one.host.removeprefix("www.") == host]


@cache
def bundled_presets() -> Presets:
    """The presets that come with Kewen. Raises PresetInvalid."""
    return read_presets(FILE.read_text(encoding="utf-8"), FILE.name)


def read_presets(text: str, where: str) -> Presets:
    """The presets of a YAML text. Raises PresetInvalid."""
    try:
        return Presets.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise PresetInvalid(f"{where} is not YAML: {error}") from error
    except ValidationError as error:
        faults = [f"{_place(text, fault['loc'])}: {fault['msg']}" for fault in error.errors()]
        raise PresetInvalid(f"{where}: {'; '.join(faults)}") from error


def _place(text: str, loc: Sequence[int | str]) -> str:
    """presets.zenodo.delay_s instead of presets.5.delay_s."""
    if len(loc) > 1 and loc[0] == "presets" and isinstance(loc[1], int):
        name = yaml.safe_load(text)["presets"][loc[1]].get("name", loc[1])
        return ".".join(str(one) for one in ("presets", name, *loc[2:]))
    return ".".join(str(one) for one in loc) or "the file"


def source_of(
    preset: Preset,
    name: str,
    *,
    url: str | None = None,
    sets: Iterable[str] = (),
    metadata_prefix: str | None = None,
    delay_s: float | None = None,
    every_h: float | None = None,
) -> HarvestSource:
    """The source that a preset and an operator's words make. Raises SourceInvalid."""
    sets = tuple(sets)
    call = f"kewen sources add {preset.name}"
    example = f" --set {preset.sets.example}" if preset.sets else ""
    address = url or preset.url
    if address is None:
        raise SourceInvalid(
            f"Preset {preset.name!r} is for a kind of system: give the address of yours, "
            f"`{call} --url https://…`."
        )
    if url is not None and not (is_web(url) and urlsplit(url).hostname):
        raise SourceInvalid(f"--url {url!r} is no http(s) address: write it whole, https://… .")
    if sets and preset.sets is None:
        raise SourceInvalid(f"Preset {preset.name!r} has no parts: leave --set {sets[0]} out.")
    if preset.sets is not None and preset.sets.needed and not sets and (url is None or _SET in url):
        raise SourceInvalid(
            f"Preset {preset.name!r} is harvested by part and none is named: say --set with "
            f"{preset.sets.what.en}, for example `{call}{example}`."
        )
    if _SET in address:
        if len(sets) != 1:
            raise SourceInvalid(
                f"Preset {preset.name!r} takes one --set a source, and {len(sets)} were given: add one "
                "source for each, with a --name of its own."
            )
        address, sets = address.replace(_SET, quote(sets[0], safe="")), ()
    if metadata_prefix is not None and preset.format not in _PREFIXED:
        raise SourceInvalid(
            f"--metadata-prefix {metadata_prefix} is for {' and '.join(_PREFIXED)}; preset {preset.name!r} "
            f"reads {preset.format}: leave it out."
        )
    given = {
        "page_size": preset.page_size,
        "type": preset.type,
        "mapping": bundled_mappings()[preset.mapping] if preset.mapping else None,
    }
    return HarvestSource(
        name=name,
        url=address,
        format=preset.format,
        metadata_prefix=metadata_prefix or preset.metadata_prefix,
        sets=sets,
        delay_s=preset.delay_s if delay_s is None else delay_s,
        every_h=preset.every_h if every_h is None else every_h,
        **{field: value for field, value in given.items() if value is not None},
    )
