"""docs/sources.md: a section for each preset. `python -m operations.presets_page > docs/sources.md`"""

from __future__ import annotations

from harvesting.presets import Preset, Presets, bundled_presets

_HEAD = """# Sources at hand

```
kewen sources presets                       # the systems below; kewen sources presets PRESET tells all of one
kewen sources add zenodo --set user-ice     # address, format, mapping, politeness and schedule; fetches nothing
kewen harvest zenodo --dry-run              # what would come; without --dry-run, take it
kewen sources doctor https://data.example.org   # what any other portal speaks, and the command that adds it
```

This page is made of `harvesting/data/presets.yaml` (`python -m operations.presets_page > docs/sources.md`). Addresses, limits and forms are those of the systems' published documentation;
samples of our own making in these forms are harvested over loopback by the tests, the systems themselves were not asked. The licence is that of the **metadata**; that of the data stands in each
record, or nowhere. `--url` takes a preset to a mirror or test instance, `--delay` and `--every` change its pace, `--name` gives the first part of the records' ids.

`add` sets up all that a run needs. What it cannot set is printed: `KEWEN_HARVEST_HOSTS` where that list is used and lacks the host, `KEWEN_HARVEST_EVERY_H` where a server should harvest by itself
(a source is then harvested as often as both allow). A run keeps to the longer of the source's pause and `KEWEN_HARVEST_DELAY_S`.

`doctor` asks the address, and then the places below it where the systems are found, with the first question of a harvest; what the reader of a harvest can read counts, and nothing else. It takes
twenty to fifty requests within the guards of [harvest.md](harvest.md), and ends with status 1 where nothing was found.
"""  # noqa: E501


def page_of(presets: Presets) -> str:
    """The page, in Markdown."""
    sections = [_section(one) for one in presets.presets]
    rows = [f"- **{one.title.zh} ({one.title.en})**: {one.why.en}" for one in presets.without]
    return "\n".join([_HEAD, *sections, "## Not at hand\n", *rows, ""])


def _section(one: Preset) -> str:
    part = f" --set {one.sets.example}" if one.sets and one.sets.needed else ""
    url = "" if one.url else " --url https://…"
    form = f"`{one.format}`" + (f", {one.metadata_prefix}" if one.metadata_prefix else "")
    rows = [
        f"## {one.name}\n",
        f"{one.title.en} · {one.title.zh}. {one.about.en}\n",
        f"- Command: `kewen sources add {one.name}{url}{part}`",
        f"- Interface: {form} at {one.url or 'the address of yours'} ([documentation]({one.documentation}))",
    ]
    if one.sets:
        rows.append(f"- Parts: `--set` with {one.sets.what.en}, as {one.sets.example}")
    rows += [
        f"- Pace: {one.delay_s:g} s between two requests, {one.every_h:g} h between two runs by schedule",
        f"- Licence: {one.licence.en}",
        f"- Limits: {one.limits.en}\n",
    ]
    return "\n".join(rows)


if __name__ == "__main__":
    print(page_of(bundled_presets()), end="")
