"""Plots as inline SVG: drawn here, so that they are whole without scripts; every point tells its figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from bespoke.drawing.axes import Axis, fitted_axis
from bespoke.drawing.markup import attribute, text

_HEIGHT = 330
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 18, 20, 46
_LETTER = 6.7  # mean width at 12 px
_STEP, _ROWS_TOP = 26, 16  # height of a row, and room above the first
_NARROW = 450  # an axis that is shorter has fewer ticks
_HUES = 8
_LINE = 15  # height of a line of text
_SMALL = 3.5  # radius of a hollow mark at the end of a stem, and of a mark of another kind in a row


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a plot.

    Attributes
    ----------
    x, y : float
        A point of a row has no ``y``.
    label : str
        Its figures, parts separated by ``"; "``: what a pointer, a focus or a screen reader gets.
    kind : str
        "", "other", a second colour, or one of `hue`.
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
    heights, limits : sequence of (str, float)
        Names of figures that a dashed line shows: of the vertical axis, and, as far as it goes, of the horizontal one.
    """

    x_name: str
    y_name: str
    least_span: float = 0.02
    steps: Sequence[tuple[float, float]] = ()
    zero: bool = False
    width: int = 640
    heights: Sequence[tuple[str, float]] = ()
    limits: Sequence[tuple[str, float]] = ()


@dataclass(frozen=True, slots=True)
class PlotRow:
    """A row of a plot by rows.

    Attributes
    ----------
    name : str
    marks : sequence of Point
    span : tuple of float or None
        Ends of a line over a range of figures, with
    is_interval : bool
        caps if it is an interval.
    ticks, earlier : sequence of float
        Ticks across the row; with ``earlier`` ones these stand above it and the others below.
    note : str
        Text at the right.
    """

    name: str
    marks: Sequence[Point] = ()
    span: tuple[float, float] | None = None
    is_interval: bool = False
    ticks: Sequence[float] = ()
    earlier: Sequence[float] | None = None
    note: str = ""


def scatter(points: Sequence[Point], look: Scatter) -> str:
    """SVG of points over two axes, the horizontal one logarithmic, or nothing without points."""
    if not points:
        return ""
    heights = [y for p in points for y in (p.y, p.below) if y is not None] + [y for _, y in look.heights]
    heights += [0.0] if look.zero else []
    x = fitted_axis(look.x_name, [p.x for p in points], (_LEFT, look.width - _RIGHT), is_log=True)
    y = fitted_axis(look.y_name, heights, (_HEIGHT - _BOTTOM, _TOP), is_log=False, least_span=look.least_span)
    parts = [_frame(x, y), _limits(look.limits, x, y), _heights(look.heights, points, x, y)]
    if look.zero:
        parts.append(f'<path class="rule" d="M{x.start} {y.at(0):.1f}H{x.end}"/>')
    parts.append(_steps(look.steps, x, y))
    # Points that stand out are drawn last, on top.
    for point in sorted(points, key=lambda p: (p.ring, bool(p.name), p.kind != "other")):
        below = None if point.below is None else y.at(point.below)
        parts.append(_point(point, (x.at(point.x), y.at(point.y)), 5, below))
    parts.append(_names(points, x, y))
    return _drawing("".join(parts), look.width, _HEIGHT, f"{look.y_name} over {look.x_name}, {len(points)} points")


def row_plot(
    rows: Sequence[PlotRow],
    name: str,
    *,
    is_log: bool = False,
    width: int = 560,
    least_span: float = 0.0,
) -> str:
    """SVG of rows of figures over a common axis; nothing without figures."""
    values = [x for row in rows for x in (*(mark.x for mark in row.marks), *(row.span or ()))]
    if not values:
        return ""
    left = 24 + _LETTER * max(len(row.name) for row in rows)
    right = width - _RIGHT - _LETTER * max(len(row.note) for row in rows)
    axis = fitted_axis(name, values, (left, right), is_log=is_log, least_span=least_span)
    bottom = _ROWS_TOP + _STEP * len(rows)
    parts = [
        f'<path class="grid" d="M{x:.1f} {_ROWS_TOP - 8}V{bottom}"/>{_text((x, bottom + 17), "middle", words)}'
        for x, words in axis.ticks(8)
    ]
    parts += [_row(row, axis, _ROWS_TOP + _STEP * (number + 0.5) - 4) for number, row in enumerate(rows)]
    parts.append(_text((right, bottom + 34), "end", name))
    return _drawing("".join(parts), width, bottom + 38, name)


def _drawing(body: str, width: int, height: int, title: str) -> str:
    """SVG that takes a pointer and a focus, see ``page.js``."""
    return (
        f'<div class="plot"><svg class="plotted" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="group" aria-label="{escape(title)}">{body}</svg></div>'
    )


def _text(place: tuple[float, float], anchor: str, words: str, kind: str = "") -> str:
    x, y = place
    return f'<text{attribute("class", kind)} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _frame(x: Axis, y: Axis) -> str:
    parts = [
        f'<path class="grid" d="M{x.start} {at:.1f}H{x.end}"/>{_text((x.start - 8, at + 4), "end", words)}'
        for at, words in y.ticks(7)
    ]
    parts += [
        f'<path class="axis" d="M{at:.1f} {y.start}v5"/>{_text((at, y.start + 19), "middle", words)}'
        for at, words in x.ticks(9 if x.end - x.start > _NARROW else 7)
    ]
    parts.append(f'<path class="axis" d="M{x.start} {y.start}H{x.end}"/>')
    return "".join([*parts, _text((x.end, y.start + 39), "end", x.name), _text((0, y.end - 10), "start", y.name)])


def hue(number: int) -> str:
    """Kind of the points of a group: one of eight colours, in turn."""
    return f"hue{number % _HUES}"


def _heights(lines: Sequence[tuple[str, float]], points: Sequence[Point], x: Axis, y: Axis) -> str:
    """Dashed lines across, the highest first, with those of their names that stand apart.

    A name is at the right, or at the left where fewer points would lie under it.
    """
    parts, last = [], float("-inf")
    for name, value in sorted(lines, key=lambda line: -line[1]):
        at = y.at(value)
        parts.append(f'<path class="rule" d="M{x.start} {at:.1f}H{x.end}"><title>{escape(name)}</title></path>')
        if at - last > _LINE:
            near = [x.at(p.x) for p in points if abs(y.at(p.y) - at) < 2 * _LINE]
            width = _LETTER * len(name)
            is_left = sum(a < x.start + width for a in near) < sum(a > x.end - width for a in near)
            place, anchor = (x.start, "start") if is_left else (x.end, "end")
            parts.append(_text((place, at - 5), anchor, name, "strong"))
            last = at
    return "".join(parts)


def _limits(lines: Sequence[tuple[str, float]], x: Axis, y: Axis) -> str:
    """Dashed lines upwards with their names at the foot; those beyond the axis are left out."""
    inside = [(name, x.at(value)) for name, value in lines if x.low <= value <= x.high]
    return "".join(
        f'<path class="rule" d="M{at:.1f} {y.start}V{y.end}"/>{_text((at - 5, y.start - 7), "end", name)}'
        for name, at in inside
    )


def _steps(corners: Iterable[tuple[float, float]], x: Axis, y: Axis) -> str:
    places = [f"{x.at(a):.1f} {y.at(b):.1f}" for a, b in corners]
    return f'<path class="line" d="M{"L".join(places)}"/>' if places else ""


def _row(row: PlotRow, axis: Axis, y: float) -> str:
    parts = [_text((0, y + 4), "start", row.name, "strong"), _text((axis.end + 12, y + 4), "start", row.note)]
    if row.span:
        low, high = (axis.at(end) for end in row.span)
        caps = f"M{low:.1f} {y - 4}v8M{high:.1f} {y - 4}v8" if row.is_interval else ""
        parts.append(f'<path class="span" d="M{low:.1f} {y}H{high:.1f}{caps}"/>')
    earlier = row.earlier or ()
    parts += [f'<path class="tick earlier" d="M{axis.at(x):.1f} {y - 8}V{y}"/>' for x in earlier]
    parts += [f'<path class="tick" d="M{axis.at(x):.1f} {y - 7 * (row.earlier is None)}V{y + 7}"/>' for x in row.ticks]
    parts += [_point(mark, (axis.at(mark.x), y), _SMALL if mark.kind else 5) for mark in row.marks]
    return "".join(parts)


def _point(point: Point, at: tuple[float, float], radius: float, below: float | None = None) -> str:
    a, b = at
    kind = f" {point.kind}" if point.kind else ""
    parts = []
    if below is not None:
        parts.append(f'<path class="stem{kind}" d="M{a:.1f} {b:.1f}V{below:.1f}"/>')
        parts.append(f'<circle class="open{kind}" cx="{a:.1f}" cy="{below:.1f}" r="{_SMALL}"/>')
    circles = [("open" if point.is_open else "mark", radius), *([("ring", 8.5)] if point.ring else []), ("halo", 10)]
    for name, size in circles:
        parts.append(f'<circle class="{name}{kind}" cx="{a:.1f}" cy="{b:.1f}" r="{size}"/>')
    return (
        f'<g class="point" role="img" tabindex="0" aria-label="{text(point.label)}"{attribute("data-row", point.key)}>'
        f"<title>{text(point.label.replace('; ', chr(10)))}</title>{''.join(parts)}</g>"
    )


def _names(points: Sequence[Point], x: Axis, y: Axis) -> str:
    """Texts beside points, none over another one: those that find no room are left to the pointer."""
    taken = [(x.at(p.x) - 6, x.at(p.x) + 6, y.at(p.y)) for p in points]
    parts = []
    for point in sorted((p for p in points if p.name), key=lambda p: not p.ring):
        width = _LETTER * len(point.name)
        a, b = x.at(point.x), y.at(point.y)
        choices = [
            (a + 13, b + 4, "start", a + 13),
            (a - 13, b + 4, "end", a - 13 - width),
            (a, b - 14, "middle", a - width / 2),
            (a, b + 23, "middle", a - width / 2),
        ]
        for left, height, anchor, start in choices:
            if start < x.start or start + width > x.end + _RIGHT or not y.end - 4 <= height <= y.start - 2:
                continue
            if all(start + width < low or start > high or abs(height - 4 - middle) > 11 for low, high, middle in taken):
                taken.append((start, start + width, height - 4))
                parts.append(_text((left, height), anchor, point.name, "named" if point.ring else "strong"))
                break
    return "".join(parts)
