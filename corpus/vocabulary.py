"""The closed sets of the catalogue in words: places, types, access, ranks, statuses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Literal, get_args

from pydantic import Field, model_validator

from corpus.records import AccessLevel, Lines, PolicyStatus, Rank, Record, ResourceType, Text, Verification


class Term(Record):
    """One value of a closed set, and what people call it."""

    code: str = Field(min_length=1)
    label: Text
    synonyms: Lines = Field(default=Lines(), description="Lay words in questions, besides the label.")
    narrower: Lines = Field(
        default=Lines(), description="What only some of them are (SKOS): 小鼠 of biological material."
    )


class Place(Record):
    """A value of `Resource.province`: a unit of China, a country, or a wider area."""

    name: Text = Field(description="zh is the value that records and filters carry.")
    kind: Literal["province", "nation", "region", "country"]
    code: str | None = Field(
        default=None, pattern=r"^\d{6}$", description="GB/T 2260, Chinese provinces only."
    )
    short: Lines = Field(default=Lines(), description="北京, Peking: other names in questions.")
    abbreviations: tuple[str, ...] = Field(
        default=(),
        description="One character each (京, 沪): part of other words, read only three or more in a row.",
    )


class Area(Record):
    """Several places that people call by one name."""

    name: Text
    short: Lines = Lines()
    holds: tuple[str, ...] = Field(min_length=2, description="As `Resource.province` has them.")


class Unit(Record):
    """A body that hosts, governs or issues, and what people call it."""

    name: Text = Field(description="As the records have it.")
    short: Lines = Lines()


class Vocabulary(Record):
    """All closed sets; each names every code of its field in `corpus.records` exactly once."""

    home: Text = Field(description="The country of records whose place is not a country.")
    inland: Lines = Field(default=Lines(), description="Words for what is of the home country.")
    abroad: Lines = Field(default=Lines(), description="Words for every other country together.")
    resources: Lines = Field(default=Lines(), description="What resources of all types are called together.")
    rules: Lines = Field(default=Lines(), description="What laws, rules and policies are called together.")
    demand: Text | None = Field(
        default=None,
        description="Subject of records that take needs in and find who meets them: 需求侧平台.",
    )
    units: tuple[Unit, ...] = Field(default=(), description="Bodies that people call by short names.")
    bodies: tuple[Unit, ...] = Field(
        default=(), description="Kinds of bodies, by the words for them in names of hosts and in questions."
    )
    provinces: tuple[Place, ...]
    areas: tuple[Area, ...] = Field(default=(), description="长三角: several places under one name.")
    types: tuple[Term, ...]
    access: tuple[Term, ...]
    ranks: tuple[Term, ...]
    statuses: tuple[Term, ...]
    verifications: tuple[Term, ...] = Field(
        default=(), description="How far records are known: they bound sets where they are named."
    )
    fields: tuple[Term, ...] = Field(
        default=(), description="What subjects come under; one whose word is in `narrower` is of the field."
    )

    @model_validator(mode="after")
    def _complete(self) -> Vocabulary:
        faults: list[str] = []
        sets: tuple[tuple[str, Sequence[str], list[str]], ...] = (
            ("types", get_args(ResourceType), [term.code for term in self.types]),
            ("access", get_args(AccessLevel), [term.code for term in self.access]),
            ("ranks", get_args(Rank), [term.code for term in self.ranks]),
            ("statuses", get_args(PolicyStatus), [term.code for term in self.statuses]),
            *(
                [("verifications", get_args(Verification), [term.code for term in self.verifications])]
                if self.verifications
                else []
            ),
        )
        for field, allowed, given in sets:
            if missing := [code for code in allowed if code not in given]:
                faults.append(f"{field} lacks {', '.join(missing)}")
            if unknown := [code for code in given if code not in allowed]:
                faults.append(f"{field} has {', '.join(unknown)}, which the records do not know")
            if twice := sorted({code for code in given if given.count(code) > 1}):
                faults.append(f"{field} has {', '.join(twice)} twice")
        names = [place.name.zh for place in self.provinces]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            faults.append(f"provinces has {', '.join(twice)} twice")
        for area in self.areas:
            if unknown := [one for one in area.holds if one not in names]:
                faults.append(f"areas: {area.name.zh} holds {', '.join(unknown)}, which provinces lacks")
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def fields_of(self, subjects: Iterable[str]) -> tuple[str, ...]:
        """Codes of the fields that these subjects come under, in the order of the vocabulary. A Chinese word
        counts inside a longer one (种质 in 作物种质), an English one whole."""
        said = [word.casefold() for word in subjects]
        words = {piece for word in said for piece in (word, *word.replace(",", " ").split())}
        return tuple(
            field.code
            for field in self.fields
            if any(word.casefold() in one for word in field.narrower.zh for one in said)
            or any(word.casefold() in words for word in field.narrower.en)
        )

    @cached_property
    def place_kinds(self) -> dict[str, str]:
        """province, nation, region or country, by the name that records carry."""
        return {place.name.zh: place.kind for place in self.provinces}

    @cached_property
    def province_names(self) -> frozenset[str]:
        """What `Resource.province` may say."""
        return frozenset(place.name.zh for place in self.provinces)
