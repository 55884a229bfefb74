"""Charts as inline SVG: no script, no font, no colour but those of the page."""

from __future__ import annotations

from html import escape

from evaluation.records import Chart, Curves, Figure

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


_SIDE, _EDGE = 300, 44
_DASHES = ("none", "7 4", "2 3", "9 3 2 3")


def chart(one: Chart | Curves) -> str:
    """The picture of either kind."""
    return line_chart(one) if isinstance(one, Curves) else bar_chart(one)


def line_chart(curves: Curves) -> str:
    """Lines in the unit square, told apart by dashes; a legend below, with labels of both axes."""
    width, height = _SIDE + 2 * _EDGE, _SIDE + _EDGE + 26 + 20 * len(curves.lines)
    parts = [
        f'<svg class="chart" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(curves.title)}">'
    ]
    for quarter in range(5):
        at = _SIDE * quarter / 4
        parts.append(
            f'<line class="grid" x1="{_EDGE + at:.0f}" y1="8" x2="{_EDGE + at:.0f}" y2="{8 + _SIDE}"/>'
            f'<line class="grid" x1="{_EDGE}" y1="{8 + at:.0f}" x2="{_EDGE + _SIDE}" y2="{8 + at:.0f}"/>'
            f'<text class="label" x="{_EDGE - 6}" y="{12 + _SIDE - at:.0f}" '
            f'text-anchor="end">{quarter / 4:g}</text>'
            f'<text class="label" x="{_EDGE + at:.0f}" y="{24 + _SIDE}" '
            f'text-anchor="middle">{quarter / 4:g}</text>'
        )
    parts.append(
        f'<text class="label" x="{_EDGE + _SIDE / 2:.0f}" y="{42 + _SIDE}" text-anchor="middle">'
        f"{escape(curves.across)}</text>"
        f'<text class="label" transform="translate(12 {8 + _SIDE / 2:.0f}) rotate(-90)" text-anchor="middle">'
        f"{escape(curves.up)}</text>"
    )
    for number, (label, points) in enumerate(curves.lines):
        dash = _DASHES[number % len(_DASHES)]
        path = " ".join(f"{_EDGE + _SIDE * x:.1f},{8 + _SIDE * (1 - y):.1f}" for x, y in points)
        low = 60 + _SIDE + 20 * number
        style = f'class="line" fill="none" stroke="currentColor" stroke-width="2" stroke-dasharray="{dash}"'
        parts.append(
            f'<polyline {style} points="{path}"/>'
            f'<polyline {style} points="{_EDGE},{low} {_EDGE + 40},{low}"/>'
            f'<text class="label" x="{_EDGE + 48}" y="{low + 4}">{escape(label)}</text>'
        )
    return "".join(parts) + "</svg>"
