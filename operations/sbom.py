"""What Kewen is made of, as a CycloneDX bill of materials: `python -m operations.sbom > sbom.json`.

Names, versions and digests are those of requirements.lock, so the list is of what is installed and of
nothing else; licences are what the installed packages say of themselves.
Form: https://cyclonedx.org/docs/1.6/json/
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parent.parent
_LINE = re.compile(
    r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;]+)(?:\s*;\s*(?P<marker>[^\\\n]+?))?\s*(?:\\|$)"
)
_HASH = re.compile(r"--hash=sha256:(?P<digest>[0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Locked:
    """One package of a lock; `marker` says where it is installed at all, `digests` are those of its files."""

    name: str
    version: str
    marker: str | None
    digests: tuple[str, ...]


def locked(text: str) -> Iterator[Locked]:
    """The packages of a requirements lock, in its order."""
    for block in re.split(r"\n(?=[A-Za-z0-9])", text):
        if found := _LINE.match(block):
            name = re.sub(r"[-_.]+", "-", found["name"]).lower()
            yield Locked(name, found["version"], found["marker"], tuple(_HASH.findall(block)))


def bill_of(project: str, version: str, packages: list[Locked]) -> dict[str, Any]:
    """The document. The same lock has the same serial number."""
    root = f"pkg:pypi/{project}@{version}"
    components = [_component(one) for one in packages]
    named = json.dumps([root, components], sort_keys=True)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, named)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": root,
                "name": project,
                "version": version,
                "purl": root,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            }
        },
        "components": components,
        "dependencies": [{"ref": root, "dependsOn": [one["bom-ref"] for one in components]}],
    }


def _component(one: Locked) -> dict[str, Any]:
    purl = f"pkg:pypi/{one.name}@{one.version}"
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": purl,
        "name": one.name,
        "version": one.version,
        "purl": purl,
        "hashes": [{"alg": "SHA-256", "content": digest} for digest in one.digests],
    }
    if licence := _licence(one):
        component["licenses"] = [licence]
    if one.marker:
        component["properties"] = [{"name": "kewen:marker", "value": one.marker}]
    return component


def _licence(one: Locked) -> dict[str, Any] | None:
    try:
        told = metadata(one.name)
    except PackageNotFoundError:  # not for this platform
        return None
    if told["Version"] != one.version:
        return None
    if expression := told["License-Expression"]:
        return {"expression": expression}
    classes = [line for line in told.get_all("Classifier", []) if line.startswith("License :: ")]
    name = classes[0].rpartition(" :: ")[2] if classes else (told["License"] or "").strip().partition("\n")[0]
    return {"license": {"name": name}} if name else None


def main() -> None:
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    packages = list(locked((_ROOT / "requirements.lock").read_text("utf-8")))
    json.dump(
        bill_of(project["name"], project["version"], packages), sys.stdout, ensure_ascii=False, indent=1
    )
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
