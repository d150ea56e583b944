"""Plots with one row per name: figures on a common axis, with intervals or joined by lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from bespoke.report.axes import Axis, fitted_axis
from bespoke.report.plot import drawing, tooltip

_STEP, _TOP, _RIGHT = 26, 16, 18
_TEXT_WIDTH = 6.7  # of a letter at 12 px


@dataclass(frozen=True, slots=True)
class RowMark:
    """A figure in a row; ``label`` is what a pointer, a focus or a screen reader gets, parts separated by ``"; "``."""

    value: float
    label: str
    kind: str = ""
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class PlotRow:
    """A row: its name, its figures, and a line over a range of figures, with ends if it is an interval."""

    name: str
    marks: Sequence[RowMark]
    span: tuple[float, float] | None = None
    is_interval: bool = False


def row_plot(rows: Sequence[PlotRow], name: str, *, is_log: bool, width: int = 560, least_span: float = 0.0) -> str:
    """SVG of the rows, or nothing if no row has a figure."""
    values = [value for row in rows for value in (*(mark.value for mark in row.marks), *(row.span or ()))]
    if not values:
        return ""
    left = 24 + _TEXT_WIDTH * max(len(row.name) for row in rows)
    axis = fitted_axis(name, values, (left, width - _RIGHT), is_log=is_log, least_span=least_span)
    bottom = _TOP + _STEP * len(rows)
    parts = [_tick(x, text, bottom) for x, text in axis.ticks(8)]
    for place, row in enumerate(rows):
        parts.append(_row(row, axis, _TOP + _STEP * (place + 0.5) - 4))
    parts.append(f'<text x="{width - _RIGHT}" y="{bottom + 34}" text-anchor="end">{escape(name)}</text>')
    return drawing("".join(parts), width, bottom + 38, name)


def _tick(x: float, text: str, bottom: float) -> str:
    return (
        f'<path class="grid" d="M{x:.1f} {_TOP - 8}V{bottom}"/>'
        f'<text x="{x:.1f}" y="{bottom + 17}" text-anchor="middle">{text}</text>'
    )


def _row(row: PlotRow, axis: Axis, y: float) -> str:
    parts = [f'<text class="strong" x="0" y="{y + 4}">{escape(row.name)}</text>']
    if row.span:
        low, high = (axis.at(end) for end in row.span)
        caps = f"M{low:.1f} {y - 4}v8M{high:.1f} {y - 4}v8" if row.is_interval else ""
        parts.append(f'<path class="span" d="M{low:.1f} {y}H{high:.1f}{caps}"/>')
    for mark in row.marks:
        kind = ("open" if mark.is_open else "mark") + (f" {mark.kind}" if mark.kind else "")
        x = f"{axis.at(mark.value):.1f}"
        parts.append(
            f'<g class="point" role="img" tabindex="0" aria-label="{escape(mark.label)}">'
            f"<title>{escape(tooltip(mark.label))}</title>"
            f'<circle class="{kind}" cx="{x}" cy="{y}" r="{3.5 if mark.kind else 5}"/>'
            f'<circle class="halo" cx="{x}" cy="{y}" r="9"/></g>'
        )
    return "".join(parts)
