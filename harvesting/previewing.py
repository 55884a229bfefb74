"""What a run would do to records, for a dry run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from corpus.records import Resource
from harvesting.reporting import Change, differences
from harvesting.sorting import Sorted
from storage.harvest_records import Known
from storage.harvested import HarvestedRecords


def changes_of(found: Sorted, records: HarvestedRecords) -> Iterator[Change]:
    """New, changed and returned records; changed ones field by field."""
    for record in found.fresh:
        yield Change("new", record.id, found.titles[record.id].name.zh)
    for record in found.changed:
        after = found.titles[record.id]
        before = records.get(record.id)
        told = differences(Resource.model_validate_json(before.resource), after)
        yield Change("returned" if before.withdrawn else "changed", record.id, after.name.zh, told)


def withdrawals(
    identifiers: Iterable[str], known: Mapping[str, Known], records: HarvestedRecords
) -> Iterator[Change]:
    """Records that would become tombstones."""
    for identifier in sorted(identifiers):
        record = records.get(known[identifier].id)
        yield Change("withdrawn", record.id, Resource.model_validate_json(record.resource).name.zh)
