"""Licences as SPDX ids where they are known, and COAR access rights from what sources call them."""

from __future__ import annotations

import re

from corpus.details import COAR_ACCESS, AccessRights
from corpus.harvest.cleaning import is_placeholder

_CC = re.compile(
    r"creativecommons\.org/licen[sc]es/(by(?:-nc)?(?:-sa|-nd)?)/(\d\.\d)(?:/([a-z]{2,3})\b)?", re.I
)
_CC_WORDS = (
    "creative commons cc attribution by non commercial noncommercial nc share alike sharealike sa no derivs"
    " derivatives derivative noderivs noderivatives nd international unported generic public license licence"
    " v version the this work these works data dataset is are licensed released published available made"
    " distributed under a an terms of"
)
_CC_CHINESE = (
    ("知识共享", "cc"), ("署名", "by"), ("非商业性使用", "nc"), ("非商业", "nc"), ("相同方式共享", "sa"),
    ("禁止演绎", "nd"), ("国际", "international"), ("许可协议", "license"), ("许可证", "license"),
    ("许可", "license"), ("协议", "license"), ("版本", "version"), ("版", "version"), ("本数据集", "this"),
    ("本作品", "this"), ("采用", "under"), ("遵循", "under"),
)  # fmt: skip
"""The Chinese names of the licences and of their parts (creativecommons.org, 4.0 zh-Hans)."""
_ADDRESSES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.I), spdx)
    for pattern, spdx in (
        (r"creativecommons\.org/publicdomain/zero/1\.0", "CC0-1.0"),
        (r"opendatacommons\.org/licen[sc]es/pddl|opendefinition\.org/licenses/odc-pddl", "PDDL-1.0"),
        (r"opendatacommons\.org/licen[sc]es/by|opendefinition\.org/licenses/odc-by", "ODC-By-1.0"),
        (r"opendatacommons\.org/licen[sc]es/odbl|opendefinition\.org/licenses/odc-odbl", "ODbL-1.0"),
        (r"opensource\.org/licenses/mit", "MIT"),
        (r"apache\.org/licenses/license-2\.0|opensource\.org/licenses/apache-2\.0", "Apache-2.0"),
        (r"opensource\.org/licenses/bsd-3-clause", "BSD-3-Clause"),
        (r"opensource\.org/licenses/bsd-2-clause", "BSD-2-Clause"),
        (r"nationalarchives\.gov\.uk/doc/open-government-licen[sc]e/version/3", "OGL-UK-3.0"),
        (r"nationalarchives\.gov\.uk/doc/open-government-licen[sc]e/version/2", "OGL-UK-2.0"),
        (r"^(?:uk )?open government licen[cs]e[ ,]*\(?(?:ogl )?v(?:ersion )?3(?:\.0)?\)?$", "OGL-UK-3.0"),
        (r"etalab-2\.0|open-licence-v2", "etalab-2.0"),
        (r"^licence ouverte[ /]*(?:open licen[cs]e)?[ ]*v?(?:ersion )?2\.0(?: \(etalab\))?$", "etalab-2.0"),
        (r"publications\.europa\.eu/resource/authority/licence/cc0", "CC0-1.0"),
        (r"dcat-ap\.de/def/licenses/cc-zero", "CC0-1.0"),
        (r"govdata\.de/dl-de/by-2-0|dcat-ap\.de/def/licenses/dl-by-de/2\.0", "DL-DE-BY-2.0"),
        (r"govdata\.de/dl-de/zero-2-0|dcat-ap\.de/def/licenses/dl-zero-de/2\.0", "DL-DE-ZERO-2.0"),
    )
)
_PORTED = frozenset({
    "BY-2.5-AU", "BY-3.0-AT", "BY-3.0-AU", "BY-3.0-DE", "BY-3.0-IGO", "BY-3.0-NL", "BY-3.0-US",
    "BY-NC-3.0-DE", "BY-NC-ND-3.0-DE", "BY-NC-ND-3.0-IGO", "BY-NC-SA-2.0-DE", "BY-NC-SA-2.0-FR",
    "BY-NC-SA-2.0-UK", "BY-NC-SA-3.0-DE", "BY-NC-SA-3.0-IGO", "BY-ND-3.0-DE", "BY-SA-2.0-UK",
    "BY-SA-2.1-JP", "BY-SA-3.0-AT", "BY-SA-3.0-DE", "BY-SA-3.0-IGO",
})  # fmt: skip
"""Ported versions with an id of their own (SPDX licence list 3.27); the address of any other stays."""
_EU = re.compile(r"publications\.europa\.eu/resource/authority/licence/(CC_?BY[A-Z]*)_(\d)_(\d)", re.I)
_SPDX_ADDRESS = re.compile(r"spdx\.org/licenses/([\w.+-]+?)(?:\.html|\.json)?/?$", re.I)
_NAMES = {
    "cc0": "CC0-1.0", "cc0-1.0": "CC0-1.0", "cc0 1.0": "CC0-1.0", "cc-zero": "CC0-1.0",
    "cc0 1.0 universal": "CC0-1.0",
    "creative commons zero v1.0 universal": "CC0-1.0", "odc-pddl": "PDDL-1.0", "odc-odbl": "ODbL-1.0",
    "odc-by": "ODC-By-1.0", "mit": "MIT", "mit license": "MIT", "apache-2.0": "Apache-2.0",
    "apache license 2.0": "Apache-2.0", "bsd-3-clause": "BSD-3-Clause", "odbl-1.0": "ODbL-1.0",
    "pddl-1.0": "PDDL-1.0", "gpl-3.0-only": "GPL-3.0-only", "gpl-3.0-or-later": "GPL-3.0-or-later",
    "木兰宽松许可证, 第2版": "MulanPSL-2.0", "mulanpsl-2.0": "MulanPSL-2.0", "mulanpsl2": "MulanPSL-2.0",
}  # fmt: skip
_CHOOSE = re.compile(r"^https?://choosealicense\.com/licenses/([\w.-]+?)/?$", re.I)
_CC_KEY = re.compile(r"^cc[-_](by(?:[-_]nc)?(?:[-_](?:sa|nd))?)[-_](?:([1-4]\.\d)|4)$")
"""Also EPrints' cc_by_nc_4, of which there is one version alone."""
_UNSTATED = {"", "license not specified", "no license", "notspecified license", "other"}


def licence_of(*stated: str) -> str | None:
    """SPDX id of the first that is a known licence, else the first address, else the first words.

    None where nothing is stated. A version that is not told is not made up: "CC-BY" stays as it is.
    """
    told = [one.strip() for one in stated if one and one.strip().lower() not in _UNSTATED]
    told = [one for one in told if not is_placeholder(one)]
    for one in told:
        if spdx := _spdx(one):
            return spdx
    addresses = [one for one in told if re.match(r"https?://\S+$", one, re.I)]
    return addresses[0] if addresses else told[0] if told else None


def cited_licence(text: str) -> str | None:
    """SPDX id of the known licence whose address stands in a sentence; None without one, or with several."""
    found = {
        spdx for one in re.findall(r"https?://[^\s()<>\"']+", text) if (spdx := _spdx(one.rstrip(".,;")))
    }
    return found.pop() if len(found) == 1 else None


def _spdx(text: str) -> str | None:
    if found := _CC.search(text):
        kind = f"{found[1].upper()}-{found[2]}"
        if found[3] and float(found[2]) < 4:
            kind = f"{kind}-{found[3].upper()}"
            return f"CC-{kind}" if kind in _PORTED else None
        return f"CC-{kind}"
    for pattern, spdx in _ADDRESSES:
        if pattern.search(text):
            return spdx
    if found := _EU.search(text):
        kind = found[1].upper().replace("_", "").removeprefix("CCBY")
        parts = [part for part in (kind[:2], kind[2:]) if part]
        return "-".join(["CC-BY", *parts, f"{found[2]}.{found[3]}"])
    if found := _SPDX_ADDRESS.search(text):
        return found[1]
    name = " ".join((found[1] if (found := _CHOOSE.match(text)) else text).lower().split())
    if found := _CC_KEY.match(name):
        return f"CC-{found[1].upper().replace('_', '-')}-{found[2] or '4.0'}"
    if name in _NAMES:
        return _NAMES[name]
    if len(name) > 200:
        return None
    # A name in any language may have the short one behind it: … (CC BY 4.0).
    short = re.search(r"\((cc[ -][^()]{2,20})\)$", name)
    return _named_cc(name) or (_named_cc(short[1]) if short else None)


def _named_cc(name: str) -> str | None:
    """CC-BY-NC-4.0 for its name in words; None where any other word stands there, or no version."""
    chinese = "署名" in name
    for said, meant in _CC_CHINESE:
        name = name.replace(said, f" {meant} ")
    versions = re.findall(r"(?<![\d.])([1-4])[._](\d)(?![\d.])", name)
    words = re.findall(r"[a-z0-9]+|[^\W\d_]+", re.sub(r"(?<![\d.])\d[._]\d(?![\d.])", " ", name))
    if len(set(versions)) != 1 or ";" in name or not set(_CC_WORDS.split()).issuperset(words):
        return None
    if not (chinese or {"cc", "creative"} & set(words)):
        return None
    version = versions[0]
    text = " ".join(words)
    if not re.search(r"\b(?:attribution|by)\b", text):
        return None
    parts = ["BY"]
    for pattern, part in (
        (r"non ?commercial|\bnc\b", "NC"),
        (r"share ?alike|\bsa\b", "SA"),
        (r"deriv|\bnd\b", "ND"),
    ):
        if re.search(pattern, text):
            parts.append(part)
    return f"CC-{'-'.join(parts)}-{version[0]}.{version[1]}"


_RIGHTS: tuple[tuple[re.Pattern[str], AccessRights], ...] = (
    (re.compile(r"embargo|^延[迟期]开放$", re.I), "embargoed"),
    (re.compile(r"metadata[\s_-]*only|closed[\s_-]?access|^closed$", re.I), "metadata_only"),
    (
        re.compile(
            r"\brestricted[\s_-]*(?:access|public)?$|non[\s_-]?public|controlled[\s_-]?access"
            r"|^(?:限制|受限)(?:开放|共享|访问|获取)?$",
            re.I,
        ),
        "restricted",
    ),
    (
        re.compile(
            r"open[\s_-]?access|^open$|^public$|access-right/public$|unrestricted"
            r"|^(?:完全)?(?:开放|公开)(?:共享|访问|获取)?$",
            re.I,
        ),
        "open",
    ),
)


def rights_of(*stated: str) -> AccessRights | None:
    """COAR access rights: from its addresses, info:eu-repo words, EU and DCAT-US levels, Zenodo's words."""
    for one in stated:
        word = one.strip()
        for rights, address in COAR_ACCESS.items():
            if word and address.rpartition("/")[2] in word:
                return rights
        if len(word) <= 120:
            for pattern, rights in _RIGHTS:
                if pattern.search(word):
                    return rights
    return None


_LEVELS = {
    "无条件共享": "open", "有条件共享": "application", "不予共享": "restricted",
    "无条件开放": "open", "有条件开放": "application", "依申请开放": "application", "不予开放": "restricted",
    "依申请": "application", "不共享": "restricted", "不开放": "restricted",
}  # fmt: skip
"""Types of sharing and opening of government catalogues (政务信息资源目录编制指南（试行）, 2017)."""


def level_of(words: str) -> str | None:
    """Our access level for a type of sharing or opening of government catalogues; None for other words."""
    return _LEVELS.get(words.strip())
