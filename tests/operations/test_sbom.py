"""The bill of materials lists what the lock installs, each with the digests that are checked."""

from __future__ import annotations

import re
from pathlib import Path

from operations.sbom import bill_of, locked

LOCK = Path(__file__).parents[2] / "requirements.lock"


def test_the_bill_is_the_lock() -> None:
    text = LOCK.read_text("utf-8")
    packages = list(locked(text))
    bill = bill_of("kewen", "1.2.3", packages)

    named = re.findall(r"^([A-Za-z0-9._-]+)==([^\s;]+)", text, re.M)
    assert [(one["name"], one["version"]) for one in bill["components"]] == named
    digests = [one["hashes"] for one in bill["components"]]
    assert all(digests) and sum(map(len, digests)) == text.count("--hash=sha256:")
    assert bill == bill_of("kewen", "1.2.3", packages)
    assert bill["serialNumber"] != bill_of("kewen", "1.2.3", packages[1:])["serialNumber"]
