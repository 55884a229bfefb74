"""Values that resources are filtered and counted by, drawn from the records themselves."""

from __future__ import annotations

import pytest

from corpus.details import DataDetails, Download
from corpus.facets import Facet, facets_of, fits, last_told
from corpus.records import Lines, Resource, Text

STATIONS = Resource(
    id="toy:stations",
    type="scientific_data",
    name=Text(zh="Hourly stations", en="Hourly stations"),
    host=Text(zh="示例市气象局（数据处）、示例大学", en="Example City Weather Bureau"),
    subjects=Lines(zh=("Weather",), en=("Weather", "weather")),
    licence="CC-BY-4.0",
    formats=("CSV",),
    issued="2019-05-01",
    modified="2020-11-30",
    details=DataDetails(
        variables=("Air temperature", "wind_speed"),
        frequency="daily",
        files=(Download(url="https://data.example.org/a", format="NetCDF"),),
    ),
)


def test_each_value_is_told_once_as_the_record_has_it():
    told = facets_of(STATIONS)

    assert told["host"] == ("示例市气象局", "示例大学", "Example City Weather Bureau")
    assert told["subject"] == ("Weather",)
    assert told["format"] == ("CSV", "NetCDF")
    assert (told["year"], told["updated"]) == (("2019",), ("2020",))
    assert "province" not in told


@pytest.mark.parametrize(
    ("wanted", "met"),
    [
        ({}, True),
        ({"licence": ["cc-by-4.0"], "variable": ["air temperature"]}, True),
        ({"format": ["parquet", "netcdf"]}, True),
        ({"updated": ["2019"]}, False),
        ({"year": ["2019"], "province": ["北京市"]}, False),
        ({"host": []}, True),
    ],
)
def test_one_of_the_values_of_every_facet_is_met(wanted: dict[Facet, list[str]], met: bool):
    assert fits(STATIONS, wanted) is met


def test_the_last_day_told_is_that_of_the_change():
    assert last_told(STATIONS) == "2020-11-30"
    assert last_told(STATIONS.model_copy(update={"modified": None, "issued": None})) == ""
