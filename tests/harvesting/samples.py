"""Catalogues of our own writing, in forms that sources have."""

from __future__ import annotations

import json
from typing import Any


def dataset(number: int, **more: Any) -> dict[str, Any]:
    """One DCAT-US data set; `more` replaces fields."""
    return {
        "@type": "dcat:Dataset",
        "identifier": f"glacier-{number}",
        "title": f"Glacier mass balance of basin {number}",
        "description": f"Yearly mass balance of the glaciers of basin {number}, from stakes and snow pits, "
        "with the uncertainty of each year and the positions of the stakes.",
        "modified": "2026-03-01",
        "accessLevel": "public",
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "landingPage": f"https://ice.example.org/basins/{number}",
        "publisher": {"@type": "org:Organization", "name": "Institute of Ice"},
        "contactPoint": {
            "@type": "vcard:Contact",
            "fn": "Ice desk",
            "hasEmail": "mailto:desk@ice.example.org",
        },
        "distribution": [
            {
                "@type": "dcat:Distribution",
                "title": "Mass balance as CSV",
                "downloadURL": f"https://ice.example.org/basins/{number}.csv",
                "mediaType": "text/csv",
            }
        ],
        "keyword": ["glacier", "mass balance"],
        **more,
    }


def catalogue(*datasets: dict[str, Any]) -> bytes:
    """A DCAT-US 1.1 data.json."""
    return json.dumps(
        {
            "@context": "https://project-open-data.cio.gov/v1.1/schema/catalog.jsonld",
            "@type": "dcat:Catalog",
            "conformsTo": "https://project-open-data.cio.gov/v1.1/schema",
            "dataset": list(datasets),
        },
        ensure_ascii=False,
    ).encode()
