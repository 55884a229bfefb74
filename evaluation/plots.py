"""Charts as inline SVG: no script, no font, no colour but those of the page."""

from __future__ import annotations

from html import escape

from evaluation.records import Chart, Figure

_ROW, _LABEL, _BAR, _VALUE = 26, 150, 380, 80


def bar_chart(chart: Chart) -> str:
    """Horizontal bars, one a row, with label and value; colours come from the page's style sheet."""
    top = chart.top if chart.top is not None else max((value for _, value in chart.bars), default=0.0)
    height = _ROW * len(chart.bars) + 8
    width = _LABEL + _BAR + _VALUE
    parts = [
        f'<svg class="chart" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(chart.title)}">'
    ]
    for quarter in range(5):
        x = _LABEL + _BAR * quarter / 4
        parts.append(f'<line class="grid" x1="{x:.0f}" y1="0" x2="{x:.0f}" y2="{height}"/>')
    for row, (label, value) in enumerate(chart.bars):
        y = row * _ROW + 4
        length = _BAR * min(value / top, 1.0) if top else 0.0
        shown = Figure(value, unit=chart.unit).shown()
        parts.append(
            f'<text class="label" x="{_LABEL - 8}" y="{y + 15}" text-anchor="end">{escape(label)}</text>'
            f'<rect class="bar" x="{_LABEL}" y="{y}" width="{max(length, 0.5):.1f}" '
            f'height="{_ROW - 8}" rx="2"/>'
            f'<text class="value" x="{_LABEL + length + 6:.1f}" y="{y + 15}">{escape(shown)}</text>'
        )
    return "".join(parts) + "</svg>"
