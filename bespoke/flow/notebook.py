"""Designs and fronts as HTML fragments for notebooks.

A fragment is complete in itself: no script, no style sheet, nothing from the network. Colours are shares of the
notebook's own text colour, or of a lightness that is read on white and on black, so that it suits light and dark ones.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from bespoke.estimate import power_source

if TYPE_CHECKING:
    from bespoke.flow.design import Design
    from bespoke.flow.front import ParetoFront

Row = Mapping[str, Any]

_LINE = "rgba(128,128,128,.35)"
_ACCENT = "#d9730d"
_FAINT = "opacity:.65"
_CELL = f"padding:.15em .8em .15em 0;border:none;border-bottom:1px solid {_LINE};white-space:nowrap"
_SHOWN_NOTES = 6
_WIDTH, _HEIGHT = 420, 190  # of the plot in px, and
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 14, 12, 34  # its margins


def design_html(design: Design) -> str:
    """A design as an HTML fragment: what it is, its figures, what is known of its correctness, remarks."""
    tiles = "".join(_tile(name, value, small) for name, value, small in _design_tiles(design))
    return _box(
        f"<div><b>{escape(design_title(design))}</b></div>"
        f'<div style="display:flex;flex-wrap:wrap;gap:.4em 1.6em;margin:.5em 0">{tiles}</div>'
        f'<div style="{_FAINT};font-size:90%">{escape("; ".join(_remarks(design)))}</div>{_notes(design.notes)}'
    )


def front_html(front: ParetoFront) -> str:
    """A front as an HTML fragment: a plot of score over area, and a table."""
    rows = front.rows()
    name = _score_name(front.exact)
    chosen = next((row for row in rows if row["chosen"]), None)
    answer = f"no. {chosen['number']} is chosen" if chosen else "none keeps the limits"
    words = f"Pareto front of {len(front.points)} circuits; asked: {front.constraint}; {answer}"
    return _box(
        f"<div><b>{escape(words)}</b></div>{_plot(rows, name)}{_table(rows, name, front.exact.estimate.area_mm2)}"
        f'<div style="{_FAINT};font-size:90%">Assured: what the training rows assure with a reserve for chance; '
        "the choice is by it. Test rows are for the report alone.</div>"
    )


def design_title(design: Design) -> str:
    """Kind, origin and size of the model, and the technology, in a line."""
    model, figures = design.model, design.estimate
    bits = model.coding.bits
    width = f"{min(bits)}" if len(set(bits)) == 1 else f"{min(bits)} to {max(bits)}"
    classes = f", {len(model.decision.classes)} classes" if model.decision.classes else ""
    return (
        f"{model.origin or model.kind} as a circuit: {model.coding.feature_count} inputs of {width} bits{classes}, "
        f"{figures.technology} at {figures.vdd:g} V"
    )


def design_line(design: Design) -> str:
    """The main figures of a design in a line of text."""
    figures, scores = design.estimate, design.accuracies
    name, value = ("test", scores.test) if scores.test is not None else ("training", scores.train)
    known = "" if value is None else f", {_score_name(design)} ({name}) {value:.3f}"
    return (
        f"<Design: {design.model.origin or design.model.kind}, {design.gate_count} gates, "
        f"{_area(figures.area_mm2)}, {figures.power_mw:.3g} mW, {figures.delay_ms:.3g} ms, "
        f"{figures.technology} at {figures.vdd:g} V{known}>"
    )


def design_row(design: Design) -> dict[str, Any]:
    """The main figures of a design by name, units in the names."""
    figures, scores = design.estimate, design.accuracies
    return {
        "model": design.model.origin or design.model.kind,
        "data": design.dataset.get("name"),
        "technology": figures.technology,
        "vdd": figures.vdd,
        "metric": scores.metric,
        "float": scores.float_model,
        "train": scores.train,
        "test": scores.test,
        "area_mm2": figures.area_mm2,
        "power_mw": figures.power_mw,
        "static_power_mw": figures.static_power_mw,
        "delay_ms": figures.delay_ms,
        "gates": design.gate_count,
        "cuts": len(design.cuts.cuts),
    }


def front_line(front: ParetoFront) -> str:
    """The range of a front in a line of text."""
    areas = ", ".join(_area(point.area_mm2) for point in front.points)
    return f"<ParetoFront: {len(front.points)} circuits of {areas}; exact {_area(front.exact.estimate.area_mm2)}>"


def _design_tiles(design: Design) -> list[tuple[str, str, str]]:
    """Name, value and a smaller remark of each headline figure."""
    figures, scores = design.estimate, design.accuracies
    source = power_source(figures.power_mw)
    tiles = []
    for part, value in (("test", scores.test), ("training", scores.train)):
        interval = scores.test_interval() if part == "test" else None
        spread = f"95 %: {interval[0]:.3f} to {interval[1]:.3f}" if interval else ""
        if value is not None:
            tiles.append((f"{_score_name(design)}, {part}", f"{value:.3f}", spread))
    given_up = {} if design.approximation.get("exact", True) else design.approximation
    share = f"{figures.area_mm2 / given_up['exact_area_mm2']:.2f} of exact" if given_up.get("exact_area_mm2") else ""
    return [
        *tiles,
        ("area", _area(figures.area_mm2), share),
        ("power", f"{figures.power_mw:.3g} mW", source.name if source else "no known source"),
        ("delay", f"{figures.delay_ms:.3g} ms", ""),
        ("gates", f"{design.gate_count:,}", ""),
    ]


def _remarks(design: Design) -> list[str]:
    data, found = design.dataset, design.verification
    remarks = []
    if data:
        remarks.append(f"{data['name']}: {data['train_rows']:,} training and {data['test_rows']:,} test rows")
    if design.accuracies.float_model is not None:
        remarks.append(f"float model {design.accuracies.float_model:.3f}")
    if design.cuts.cuts:
        remarks.append(f"{len(design.cuts.cuts)} gate-level cuts")
    if found is None:
        return [*remarks, "not verified (verify())"]
    if not found.agrees:
        return [*remarks, "VERIFICATION FAILED"]
    return [
        *remarks,
        f"simulator: {found.simulator.status}, Icarus: {found.icarus.status}, proof: {found.formal.status}",
    ]


def _notes(notes: Sequence[str]) -> str:
    if not notes:
        return ""
    shown = "".join(f"<li>{escape(note)}</li>" for note in notes[:_SHOWN_NOTES])
    more = f"<li>and {len(notes) - _SHOWN_NOTES} more</li>" if len(notes) > _SHOWN_NOTES else ""
    heading = f'<summary style="cursor:pointer">{len(notes)} remark{"s" if len(notes) > 1 else ""}</summary>'
    return f'<details style="{_FAINT};font-size:90%">{heading}<ul style="margin:.2em 0">{shown}{more}</ul></details>'


def _tile(name: str, value: str, small: str) -> str:
    return (
        f'<div><div style="{_FAINT};font-size:85%">{escape(name)}</div>'
        f'<div style="font-size:125%;font-weight:600">{escape(value)}</div>'
        f'<div style="{_FAINT};font-size:80%">{escape(small)}</div></div>'
    )


def _score_name(design: Design) -> str:
    return "accuracy" if design.accuracies.metric == "accuracy" else "R2"


def _area(area_mm2: float, among_mm2: float = 0.0) -> str:
    """An area in the unit that suits it, or the largest one among which it stands."""
    return f"{area_mm2 / 100:.3g} cm2" if max(area_mm2, among_mm2) >= 100 else f"{area_mm2:.3g} mm2"


# Name of a column, key of a row, and how its value is written.
_COLUMNS: tuple[tuple[str, str, Callable[[Any], str]], ...] = (
    ("assured", "assured", lambda score: f"{score:.3f}"),
    ("training", "train", lambda score: "-" if score is None else f"{score:.3f}"),
    ("test", "test", lambda score: "-" if score is None else f"{score:.3f}"),
    ("power", "power_mw", lambda power: f"{power:.3g} mW"),
    ("delay", "delay_ms", lambda delay: f"{delay:.3g} ms"),
    ("gates", "gates", lambda count: f"{count:,}"),
    ("cuts", "cuts", str),
)


def _table(rows: Sequence[Row], name: str, exact_mm2: float) -> str:
    names = ["", *(f"{name}, {column}" if column == "assured" else column for column, _, _ in _COLUMNS)]
    names[4:4] = ["area", "of exact"]
    head = "".join(f'<th style="{_CELL};text-align:right;font-weight:600">{escape(text)}</th>' for text in names)
    body = "".join(_table_row(row, exact_mm2) for row in rows)
    style = "border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:92%;margin:.4em 0"
    return f'<table style="{style}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _table_row(row: Row, exact_mm2: float) -> str:
    mark = "exact" if row["exact"] else f"{row['number']}"
    values = [mark, *(write(row[key]) for _, key, write in _COLUMNS)]
    share = f"{row['area_mm2'] / exact_mm2:.2f}" if exact_mm2 else "-"
    values[4:4] = [_area(row["area_mm2"], exact_mm2), share]
    style = f"font-weight:600;box-shadow:inset 3px 0 {_ACCENT}" if row["chosen"] else ""
    cells = "".join(f'<td style="{_CELL};text-align:right;padding-left:.5em">{escape(value)}</td>' for value in values)
    return f'<tr style="{style};background:none">{cells}</tr>'


def _plot(rows: Sequence[Row], name: str) -> str:
    """Assured and test scores over the area, on a logarithmic scale, as SVG."""
    points = [row for row in rows if row["area_mm2"] > 0]
    if len(points) < 2:
        return ""
    across = _scale([math.log(row["area_mm2"]) for row in points], _LEFT, _WIDTH - _RIGHT)
    scores = [row[key] for row in points for key in ("assured", "test") if row[key] is not None]
    up = _scale(scores, _HEIGHT - _BOTTOM, _TOP)
    places = [(across(math.log(row["area_mm2"])), up(row["assured"])) for row in points]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in sorted(places))
    marks = [_point(row, place, filled=True) for row, place in zip(points, places, strict=True)]
    marks += [
        _point(r, (x, up(r["test"])), filled=False) for r, (x, _) in zip(points, places, strict=True) if r["test"]
    ]
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" role="img" '
        f'style="display:block;max-width:100%;font:11px sans-serif" fill="currentColor" stroke="none">'
        f"<title>{escape(name)} over area</title>{_axes(points, scores, name, up)}"
        f'<polyline points="{line}" fill="none" stroke="currentColor" stroke-opacity=".4"/>{"".join(marks)}</svg>'
    )


def _scale(values: Sequence[float], first: float, last: float) -> Callable[[float], float]:
    """Linear map of the range of some values, with a little room, to an axis."""
    low, high = min(values), max(values)
    room = 0.06 * (high - low) or 1.0
    low, high = low - room, high + room
    return lambda value: first + (value - low) / (high - low) * (last - first)


def _axes(points: Sequence[Row], scores: Sequence[float], name: str, up: Callable[[float], float]) -> str:
    bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    areas = [row["area_mm2"] for row in points]
    frame = f'<path d="M{_LEFT} {_TOP}V{bottom}H{right}" fill="none" stroke="{_LINE}"/>'
    levels = sorted({min(scores), max(scores)})
    ticks = [f'<text x="{_LEFT - 5}" y="{up(y) + 4:.1f}" text-anchor="end">{y:.3f}</text>' for y in levels]
    ends = ((_LEFT, "start", min(areas)), (right, "end", max(areas)))
    ticks += [
        f'<text x="{x}" y="{bottom + 14}" text-anchor="{side}">{_area(area, max(areas))}</text>'
        for x, side, area in ends
    ]
    words = f"area (log); {name}: filled assured, open test, coloured chosen"
    label = (
        f'<text x="{(_LEFT + right) / 2}" y="{_HEIGHT - 5}" text-anchor="middle" opacity=".65">{escape(words)}</text>'
    )
    return frame + "".join(ticks) + label


def _point(row: Row, place: tuple[float, float], *, filled: bool) -> str:
    colour = _ACCENT if row["chosen"] else "currentColor"
    paint = f'fill="{colour}"' if filled else f'fill="none" stroke="{colour}" stroke-width="1.5"'
    score = f"assured {row['assured']:.3f}" if filled else f"test {row['test']:.3f}"
    label = "exact" if row["exact"] else f"no. {row['number']}"
    words = f"{label}: {score}, {_area(row['area_mm2'])}, {row['power_mw']:.3g} mW, {row['gates']:,} gates"
    return f'<circle cx="{place[0]:.1f}" cy="{place[1]:.1f}" r="4" {paint}><title>{escape(words)}</title></circle>'


def _box(inner: str) -> str:
    shape = "display:inline-block;max-width:100%;overflow-x:auto;padding:.6em .9em;border-radius:6px"
    style = f"{shape};border:1px solid {_LINE}"
    return f'<div style="{style}">{inner}</div>'
