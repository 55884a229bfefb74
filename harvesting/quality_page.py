"""The quality report as one HTML page: charts drawn as SVG, no script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from harvesting.grading import QualityReport, Supplier
from harvesting.quality import RULES, Graded

_WORST = 200
_COLOURS = {"error": "#b3261e", "warning": "#b06000", "note": "#5f6b7a"}
_SEVERITIES = {"error": ("错误", "error"), "warning": ("警告", "warning"), "note": ("提示", "note")}
_STYLE = """
:root{color-scheme:light dark;--ink:#1c2733;--soft:#5f6b7a;--line:#d5dbe3;--ground:#fff;--bar:#2d6cb5;
--two:#6aa84f}
@media(prefers-color-scheme:dark){:root{--ink:#e4e9ef;--soft:#9aa7b5;--line:#36424f;--ground:#141a21;
--bar:#6ea8e8;--two:#8bc477}}
body{font:15px/1.6 system-ui,"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;
color:var(--ink);background:var(--ground);max-width:68rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;margin:0}h2{font-size:1.15rem;margin:2.2rem 0 .6rem}
p.sub{color:var(--soft);margin:.2rem 0 1rem}table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}
th{font-weight:600}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
code{font-size:.9em;overflow-wrap:anywhere}.soft{color:var(--soft)}.wrap{overflow-x:auto}
svg{max-width:100%;height:auto}svg text{fill:var(--ink);font:12px system-ui,sans-serif}
svg .soft{fill:var(--soft)}
"""


def page_of(report: QualityReport) -> str:
    """The page, in Chinese with English beside it."""
    total = len(report.records)
    mean = round(sum(one.score for one in report.records) / total) if total else 0
    parts = [
        "<!doctype html><html lang='zh-CN'><head><meta charset='utf-8'>",
        "<meta name='viewport' content='width=device-width,initial-scale=1'>",
        "<meta http-equiv='Content-Security-Policy' "
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f"<title>目录质量报告 {report.day}</title><style>{_STYLE}</style></head><body>",
        "<h1>目录质量报告 <span class='soft'>Quality of the catalogue</span></h1>",
        f"<p class='sub'>{report.day} · {total} 条记录 records · {len(report.suppliers)} 个来源 sources · "
        f"平均分 mean score {mean}</p>",
        "<h2>来源得分 <span class='soft'>Scores by source</span></h2>",
        _bars_of_suppliers(report.suppliers),
        _suppliers(report.suppliers),
        "<h2>得分分布 <span class='soft'>How records score</span></h2>",
        _histogram(report.histogram()),
        "<h2>规则 <span class='soft'>Rules that records break</span></h2>",
        _rules(report, total),
        "<h2>得分最低的记录 <span class='soft'>Records that score lowest</span></h2>",
        _records(report.records[:_WORST], total),
    ]
    if report.merges:
        parts += ["<h2>合并建议 <span class='soft'>Pairs that seem to be one</span></h2>", _merges(report)]
    proposals = [(one, two) for one in report.records for two in one.proposals]
    if proposals:
        rows = (
            f"<tr><td><code>{escape(one.id)}</code></td><td>{escape(two.field)}</td>"
            f"<td>{escape(two.value)}</td><td>{escape(two.why)}</td></tr>"
            for one, two in proposals[:_WORST]
        )
        parts += [
            "<h2>分类分级建议 <span class='soft'>Proposed classes and levels</span></h2>",
            _table("<th>记录 record</th><th>字段 field</th><th>建议 proposal</th><th>依据 why</th>", rows),
        ]
    parts.append(
        "<p class='sub'>完整度占70%，时效占30%。Completeness counts for 70 %, freshness for 30 %.</p>"
        "</body></html>"
    )
    return "\n".join(parts)


def _table(head: str, rows: Iterable[str]) -> str:
    return (
        f"<div class='wrap'><table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _bars_of_suppliers(suppliers: tuple[Supplier, ...]) -> str:
    left, width, step = 190, 420, 46
    height = step * len(suppliers) + 30
    rows = []
    for number, one in enumerate(suppliers):
        y = step * number + 24
        rows.append(f"<text x='0' y='{y + 14}'>{escape(_cut(one.name, 24))}</text>")
        for offset, value, colour in ((0, one.completeness, "--bar"), (16, one.freshness, "--two")):
            rows.append(
                f"<rect x='{left}' y='{y + offset}' width='{width * value / 100:.1f}' height='13' rx='2' "
                f"style='fill:var({colour})'/><text x='{left + width * value / 100 + 6:.1f}' "
                f"y='{y + offset + 11}'>{value}</text>"
            )
    legend = (
        f"<rect x='{left}' y='2' width='11' height='11' style='fill:var(--bar)'/>"
        f"<text x='{left + 17}' y='12'>完整度 completeness</text>"
        f"<rect x='{left + 170}' y='2' width='11' height='11' style='fill:var(--two)'/>"
        f"<text x='{left + 187}' y='12'>时效 freshness</text>"
    )
    return _svg(
        left + width + 60,
        height,
        "各来源的完整度和时效 Completeness and freshness by source",
        legend + "".join(rows),
    )


def _histogram(counts: list[int]) -> str:
    width, height, top = 56, 150, 20
    most = max(counts, default=0) or 1
    rows = []
    for tenth, count in enumerate(counts):
        tall = height * count / most
        x, y = tenth * width + 8, top + height - tall
        upper = 100 if tenth == 9 else tenth * 10 + 9
        rows.append(
            f"<rect x='{x}' y='{y:.1f}' width='{width - 12}' height='{tall:.1f}' rx='2' "
            f"style='fill:var(--bar)'/>"
            f"<text x='{x + (width - 12) / 2}' y='{y - 5:.1f}' text-anchor='middle'>{count}</text>"
            f"<text class='soft' x='{x + (width - 12) / 2}' y='{top + height + 16}' text-anchor='middle'>"
            f"{tenth * 10}–{upper}</text>"
        )
    return _svg(10 * width + 10, height + top + 24, "得分分布 Records by score", "".join(rows))


def _svg(width: float, height: float, title: str, inside: str) -> str:
    return (
        f"<svg role='img' viewBox='0 0 {width} {height}' width='{width}' height='{height}'>"
        f"<title>{escape(title)}</title>{inside}</svg>"
    )


def _suppliers(suppliers: tuple[Supplier, ...]) -> str:
    rows = []
    for one in suppliers:
        last = f"{one.last.started:%Y-%m-%d %H:%M} {one.last.state}" if one.last else "–"
        why = (
            f"<br><span class='soft'>{escape(one.last.sentence)}</span>"
            if one.last and one.last.sentence
            else ""
        )
        numbers = (
            one.records, one.withdrawn, one.score, one.completeness, one.freshness, one.errors, one.warnings,
            one.dead_links,
        )  # fmt: skip
        cells = "".join(f"<td class='n'>{number}</td>" for number in numbers)
        rows.append(f"<tr><td>{escape(one.name)}</td>{cells}<td>{escape(last)}{why}</td></tr>")
    names = (
        "记录 records", "撤回 withdrawn", "得分 score", "完整度 complete", "时效 fresh", "错误 errors",
        "警告 warnings", "失效链接 dead links",
    )  # fmt: skip
    head = "".join(f"<th class='n'>{name}</th>" for name in names)
    return _table(f"<th>来源 source</th>{head}<th>最近一次 last run</th>", rows)


def _rules(report: QualityReport, total: int) -> str:
    rows = []
    for rule, number in report.by_rule():
        severity, zh, en = RULES[rule]
        share = 100 * number / max(1, total)
        bar = (
            f"<svg width='160' height='12' viewBox='0 0 160 12' aria-hidden='true'>"
            f"<rect width='{1.6 * share:.1f}' "
            f"height='12' rx='2' style='fill:{_COLOURS[severity]}'/></svg>"
        )
        told = " ".join(_SEVERITIES[severity])
        rows.append(
            f"<tr><td>{zh} <span class='soft'>{en}</span><br><code>{rule}</code></td>"
            f"<td style='color:{_COLOURS[severity]}'>{told}</td><td class='n'>{number}</td>"
            f"<td>{bar}</td></tr>"
        )
    return _table("<th>规则 rule</th><th>程度 severity</th><th class='n'>记录 records</th><th></th>", rows)


def _records(records: tuple[Graded, ...], total: int) -> str:
    rows = []
    for one in records:
        told = "; ".join(
            f"{RULES[found.rule][1]} <code>{found.rule}</code>"
            + (f" {escape(_cut(found.detail, 80))}" if found.detail else "")
            for found in one.findings
            if found.severity != "note"
        )
        rows.append(
            f"<tr><td class='n'>{one.score}</td>"
            f"<td>{escape(_cut(one.title, 80))}<br><code>{escape(one.id)}</code></td>"
            f"<td>{told or '–'}</td></tr>"
        )
    more = f"<p class='sub'>{len(records)} / {total}</p>" if total > len(records) else ""
    return _table("<th class='n'>得分 score</th><th>记录 record</th><th>问题 findings</th>", rows) + more


def _merges(report: QualityReport) -> str:
    rows = (
        f"<tr><td><code>{escape(one.kept)}</code></td><td><code>{escape(one.other)}</code></td>"
        f"<td>{escape(', '.join(one.why))}</td></tr>"
        for one in report.merges[:_WORST]
    )
    return _table("<th>保留 kept</th><th>并入 other</th><th>依据 why</th>", rows)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
