"""Plots as inline SVG: drawn here, so that they are whole without scripts; every point tells its figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from bespoke.report.axes import Axis, fitted_axis
from bespoke.report.markup import attribute, text

HEIGHT = 330
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 18, 20, 46
_TEXT_WIDTH = 6.6  # of a letter at 12 px


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a plot.

    Attributes
    ----------
    x, y : float
    label : str
        Its figures, parts separated by ``"; "``: what a pointer, a focus or a screen reader gets.
    kind : str
        "" or "other", a second colour.
    is_open : bool
        Whether the mark is hollow.
    ring : bool
        Whether the point stands out.
    name : str
        Text beside it.
    below : float or None
        A second figure, joined to the first by a stem and marked hollow.
    key : str
        Row of a table that belongs to it.
    """

    x: float
    y: float
    label: str
    kind: str = ""
    is_open: bool = False
    ring: bool = False
    name: str = ""
    below: float | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Scatter:
    """What a plot shows beside its points.

    Attributes
    ----------
    x_name, y_name : str
        With units.
    least_span : float
        Of the vertical axis.
    steps : sequence of tuple of float
        Corners of a line in figures, such as a front; empty for none.
    zero : bool
        Whether the horizontal line at 0 is drawn.
    width : int
    log_x : bool
    """

    x_name: str
    y_name: str
    least_span: float = 0.02
    steps: Sequence[tuple[float, float]] = ()
    zero: bool = False
    width: int = 640
    log_x: bool = True


def scatter(points: Sequence[Point], look: Scatter) -> str:
    """SVG of points over two axes, or nothing without points."""
    if not points:
        return ""
    heights = [y for p in points for y in (p.y, p.below) if y is not None] + ([0.0] if look.zero else [])
    x = fitted_axis(look.x_name, [p.x for p in points], (_LEFT, look.width - _RIGHT), is_log=look.log_x)
    y = fitted_axis(look.y_name, heights, (HEIGHT - _BOTTOM, _TOP), is_log=False, least_span=look.least_span)
    parts = [_frame(x, y), _rule(x, y) if look.zero else "", _steps(look.steps, x, y)]
    # Points that stand out are drawn last, on top.
    parts += [_point(point, x, y) for point in sorted(points, key=lambda p: (p.ring, bool(p.name), p.kind != "other"))]
    parts.append(_names(points, x, y))
    title = f"{look.y_name} over {look.x_name}, {len(points)} points"
    return drawing("".join(parts), look.width, HEIGHT, title)


def drawing(body: str, width: int, height: int, title: str) -> str:
    """SVG that takes a pointer and a focus, see ``page.js``."""
    return (
        f'<div class="plot"><svg class="plotted" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="group" aria-label="{escape(title)}">{body}</svg></div>'
    )


def _frame(x: Axis, y: Axis) -> str:
    parts = [
        f'<path class="grid" d="M{x.start} {place:.1f}H{x.end}"/>'
        f'<text x="{x.start - 8}" y="{place + 4:.1f}" text-anchor="end">{words}</text>'
        for place, words in y.ticks(7)
    ]
    parts += [
        f'<path class="axis" d="M{place:.1f} {y.start}v5"/>'
        f'<text x="{place:.1f}" y="{y.start + 19}" text-anchor="middle">{words}</text>'
        for place, words in x.ticks(9)
    ]
    parts.append(f'<path class="axis" d="M{x.start} {y.start}H{x.end}"/>')
    parts.append(f'<text x="{x.end}" y="{y.start + 39}" text-anchor="end">{escape(x.name)}</text>')
    parts.append(f'<text x="0" y="{y.end - 10}">{escape(y.name)}</text>')
    return "".join(parts)


def _rule(x: Axis, y: Axis) -> str:
    return f'<path class="rule" d="M{x.start} {y.at(0):.1f}H{x.end}"/>'


def _steps(corners: Iterable[tuple[float, float]], x: Axis, y: Axis) -> str:
    places = [f"{x.at(a):.1f} {y.at(b):.1f}" for a, b in corners]
    return f'<path class="line" d="M{"L".join(places)}"/>' if places else ""


def _point(point: Point, x: Axis, y: Axis) -> str:
    a, b = x.at(point.x), y.at(point.y)
    kind = f" {point.kind}" if point.kind else ""
    parts = []
    if point.below is not None:
        below = y.at(point.below)
        parts.append(f'<path class="stem{kind}" d="M{a:.1f} {b:.1f}V{below:.1f}"/>')
        parts.append(f'<circle class="open{kind}" cx="{a:.1f}" cy="{below:.1f}" r="3"/>')
    parts.append(f'<circle class="{"open" if point.is_open else "mark"}{kind}" cx="{a:.1f}" cy="{b:.1f}" r="5"/>')
    if point.ring:
        parts.append(f'<circle class="ring" cx="{a:.1f}" cy="{b:.1f}" r="8.5"/>')
    parts.append(f'<circle class="halo" cx="{a:.1f}" cy="{b:.1f}" r="11"/>')
    label = text(point.label)
    return (
        f'<g class="point" role="img" tabindex="0" aria-label="{label}"{attribute("data-row", point.key)}>'
        f"<title>{text(tooltip(point.label))}</title>{''.join(parts)}</g>"
    )


def _names(points: Sequence[Point], x: Axis, y: Axis) -> str:
    """Texts beside points, none over another one: those that find no room are left to the pointer."""
    taken = [(x.at(p.x) - 6, x.at(p.x) + 6, y.at(p.y)) for p in points]
    parts = []
    for point in sorted(points, key=lambda p: not p.ring):
        width = _TEXT_WIDTH * len(point.name)
        a, b = x.at(point.x), y.at(point.y)
        places = [
            (a + 13, b + 4, "start", a + 13),
            (a - 13, b + 4, "end", a - 13 - width),
            (a, b - 14, "middle", a - width / 2),
            (a, b + 23, "middle", a - width / 2),
        ]
        for left, height, anchor, start in places if point.name else ():
            if start < x.start or start + width > x.end + _RIGHT or not y.end - 4 <= height <= y.start - 2:
                continue
            if all(start + width < low or start > high or abs(height - 4 - middle) > 11 for low, high, middle in taken):
                taken.append((start, start + width, height - 4))
                kind = "named" if point.ring else "strong"
                words = escape(point.name)
                parts.append(
                    f'<text class="{kind}" x="{left:.1f}" y="{height:.1f}" text-anchor="{anchor}">{words}</text>'
                )
                break
    return "".join(parts)


def tooltip(label: str) -> str:
    """The parts of a label in lines of their own."""
    return "\n".join(label.split("; "))
