"""Records a second that harvesters read, check and map, without embedding: made-up catalogues in memory.

    python benchmarks/harvest.py [--records 20000]

Prints one line a format; the floor for JSON and CSV is 2,000 records/s on two cores.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import time

from corpus.harvest import harvester
from corpus.harvest.mapping import Mapping
from corpus.harvest.records import HarvestSource

_WORDS = ("snow", "glacier", "soil", "moisture", "temperature", "permafrost", "river", "carbon", "flux")
_ZH = "青藏高原冰川与积雪长期观测数据，含逐日气温、降水、雪深与土壤水分，经质量控制后发布。"


def _dataset(number: int) -> dict[str, object]:
    words = [_WORDS[(number + at) % len(_WORDS)] for at in range(4)]
    return {
        "@type": "dcat:Dataset",
        "identifier": f"https://data.example.org/id/{number}",
        "title": f"{' '.join(words).capitalize()} {number}",
        "description": f"Measurements of {' and '.join(words)} at plot {number}. " * 6,
        "keyword": words,
        "modified": "2024-05-06",
        "issued": "2020-01-02",
        "publisher": {"name": "Institute of Examples"},
        "contactPoint": {"fn": "Desk", "hasEmail": "mailto:desk@example.org"},
        "accessLevel": "public",
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "spatial": "73.5,18.2,134.7,53.5",
        "temporal": "2001-01-01/2020-12-31",
        "landingPage": f"https://data.example.org/datasets/{number}",
        "distribution": [{"downloadURL": f"https://data.example.org/{number}.csv", "mediaType": "text/csv"}],
    }


def _catalogue(records: int) -> bytes:
    return json.dumps({"conformsTo": "x", "dataset": [_dataset(one) for one in range(records)]}).encode()


def _table(records: int) -> bytes:
    found = io.StringIO()
    writer = csv.writer(found)
    writer.writerow(["编号", "名称", "描述", "关键词", "单位", "省", "网址", "发布日期", "DOI"])
    for number in range(records):
        row = [
            f"A{number:06d}",
            f"冰川观测数据集{number}号",
            _ZH * 3,
            "冰川；积雪；冻土",
            "某研究院",
            "630000",
        ]
        writer.writerow(
            [*row, f"https://data.example.org/{number}", "2021年3月4日", f"10.12345/toy.{number}"]
        )
    return found.getvalue().encode("gb18030")


_MAPPING = Mapping.model_validate(
    {
        "name": "bench",
        "fields": {
            "identifier": "编号", "title": "名称", "description": "描述", "keywords": "关键词",
            "host": "单位", "province": "省", "url": "网址", "issued": "发布日期", "doi": "DOI",
        },
    }
)  # fmt: skip


def _measure(name: str, body: bytes, source: HarvestSource) -> None:
    reader = harvester(name)
    started = time.perf_counter()
    entries = list(reader.read(body, reader.first(source)).entries)
    seconds = time.perf_counter() - started
    mapped = sum(entry.resource is not None for entry in entries)
    assert mapped == len(entries), entries[0].complaints
    print(f"{name}: {mapped:,} records, {len(body) / 1e6:.1f} MB, {seconds:.2f} s, {mapped / seconds:,.0f}/s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=20_000)
    records = parser.parse_args().records
    _measure("dcat_us", _catalogue(records), HarvestSource(name="bench", url="bench.json"))
    _measure("table", _table(records), HarvestSource(name="bench", url="bench.csv", mapping=_MAPPING))


if __name__ == "__main__":
    main()
