"""Records that seem to be one: from two sources, or one of ours and a harvested one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from corpus.records import Corpus, Resource
from harvesting.finishing import STRONG, folded, keys_of
from storage.database import Database
from storage.harvest_records import Merge
from storage.harvest_sides import Merges
from storage.harvested import HarvestedRecords
from storage.records import now

_CROWD = 20
"""A key that more records share tells none of them from another: a portal's front page, say."""


def propose_merges(corpus: Corpus, database: Database) -> int:
    """Keep proposals for pairs of different sources; how many are new.

    A pair with one persistent identifier and one name is accepted at once; staff decide on the others.
    `corpus` gives the records that were not harvested.
    """
    harvested = [
        (one.id, one.source, one.first_seen.isoformat(), Resource.model_validate_json(one.resource))
        for one in HarvestedRecords(database).live()
    ]
    ids = {id_ for id_, *_ in harvested}
    own = [(one.id, "", "", one) for one in corpus.resources if one.id not in ids and one.origin is None]
    found = list(_pairs([*own, *harvested]))
    merges = Merges(database)
    merges.drop_proposed(frozenset((one.kept, one.other)) for one in found)
    return merges.propose(found)


def _pairs(records: list[tuple[str, str, str, Resource]]) -> Iterator[Merge]:
    by_key: dict[str, list[int]] = defaultdict(list)
    for number, (_, _, _, resource) in enumerate(records):
        for key in dict.fromkeys(keys_of(resource)):
            by_key[key].append(number)
    shared: dict[tuple[int, int], list[str]] = defaultdict(list)
    for key, numbers in by_key.items():
        if 1 < len(numbers) <= _CROWD:
            for pair in combinations(numbers, 2):
                shared[pair].append(key)
    for (first, second), keys in sorted(shared.items()):
        one, two = records[first], records[second]
        if one[1] == two[1]:
            continue
        kinds = {key.partition(":")[0] for key in keys}
        same_identifier, same_name = bool(kinds & STRONG), "name" in kinds
        if not (same_identifier or {"name", "url"} <= kinds):
            continue
        # Ours before harvested ones, then the one that was here first.
        kept, other = sorted((one, two), key=lambda record: (record[1] != "", record[2], record[0]))
        certain = same_identifier and same_name and kept[3].type == other[3].type
        yield Merge(
            kept=kept[0],
            other=other[0],
            why=tuple(keys),
            state="accepted" if certain else "proposed",
            created=now(),
            decided_by="rule" if certain else None,
        )


def same_in_source(resources: list[Resource]) -> dict[str, list[str]]:
    """Id -> ids of records of the same source with the same name and address."""
    groups: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for one in resources:
        source = one.id.partition(":")[0]
        groups[(source, folded(one.name.zh), one.url or "")].append(one.id)
    return {
        id_: [other for other in ids if other != id_]
        for ids in groups.values()
        if len(ids) > 1
        for id_ in ids
    }
