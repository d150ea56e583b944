"""Weights and thresholds on a page, those of the exact model beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bespoke.drawing import PlotRow, row_plot, shortened
from bespoke.drawing.markup import figure, matrix, paragraph, part, plain_table, section, tone

_MOST_FIGURES = 14  # columns with figures; more are colours alone
_MOST_CELLS = 6_000
_LAYER = "Stronger colour: larger weight; blue-green is positive, grey negative. "
_FIGURES = "Figures are in 1/{scale}."
_COLOURS = "The outputs stand side by side in their order; hover over a weight for its figure, in 1/{scale}."
_CHANGED = " Struck through: the exact model's weight, where it is another one."
_DROPPED = " Weights of inputs that lost low bits are given for the input as it was before."

Layer = Mapping[str, Any]


def coefficients_section(report: Mapping[str, Any]) -> str:
    """What the circuit was made from, and what an approximation changed of it."""
    now = report.get("coefficients", {})
    before = report.get("approximation", {}).get("exact_coefficients", {})
    thresholds = _thresholds(now["features"], before.get("features", [])) if "features" in now else ""
    layers = now.get("layers", [])
    # A circuit with modes may have more layers than the exact one: then none has its like.
    known = before.get("layers", [])
    exact = known if len(known) == len(layers) else [None] * len(layers)
    parts = [_layer(number, *pair) for number, pair in enumerate(zip(layers, exact, strict=True), start=1)]
    return section("Thresholds", thresholds) + section("Steps", steps_table(report)) + section("Weights", *parts)


def steps_table(report: Mapping[str, Any]) -> str:
    """What the functions of one feature each give, that the first layer adds up; nothing for a report without."""
    functions = report.get("coefficients", {}).get("functions", [])
    rows = [[each["output"], each["feature"], _steps_text(each["steps"])] for each in functions]
    return plain_table(["unit", "feature", "gives"], rows)


def weights_figures(report: Mapping[str, Any]) -> str:
    """The layers of weighted sums of a report."""
    layers = report.get("coefficients", {}).get("layers", [])
    return "".join(_layer(number, layer, None) for number, layer in enumerate(layers, start=1))


def _steps_text(steps: Sequence[Mapping[str, Any]]) -> str:
    first, *others = steps
    return ", ".join([str(first["gives"]), *(f"{each['gives']} from {each['from']:.6g}" for each in others)])


def _layer(number: int, layer: Layer, exact: Layer | None) -> str:
    after = layer["activation"].replace("relu", "ReLU").replace("identity", "no activation")
    sizes = [f"{len(layer[name])} {name if len(layer[name]) != 1 else name[:-1]}" for name in ("inputs", "outputs")]
    title = f"Layer {number}: {', '.join(sizes)}, {after}"
    size = len(layer["inputs"]) * len(layer["outputs"])
    if size > _MOST_CELLS:
        return part(title, paragraph(f"{size:,} weights; see report.json.", "note"))
    is_same_shape = exact is not None and (exact["inputs"], exact["outputs"]) == (layer["inputs"], layer["outputs"])
    scale = 2 ** layer["frac_bits"] if layer["frac_bits"] >= 0 else f"2^{layer['frac_bits']}"
    figures = _FIGURES if scale != 1 else ""
    note = _LAYER + (figures if len(layer["outputs"]) <= _MOST_FIGURES else _COLOURS).format(scale=scale)
    dropped = _DROPPED if any(layer["dropped_bits"]) else ""
    if exact is None or is_same_shape:
        changed = _CHANGED if exact is not None and exact["weights"] != layer["weights"] else ""
        return part(title, figure(_matrix(layer, exact), note + changed + dropped))
    pair = f"<div>{part('exact', _matrix(exact, None))}</div><div>{part('this circuit', _matrix(layer, None))}</div>"
    return part(title, figure(f'<div class="matrices">{pair}</div>', note + dropped))


def _matrix(layer: Layer, exact: Layer | None) -> str:
    """Inputs as rows, outputs as columns, the bias last."""
    weights, old_weights = _effective(layer), _effective(exact) if exact else None
    largest = max((abs(w) for line in weights for w in line), default=0) or 1
    has_figures = len(weights) <= _MOST_FIGURES
    lines = []
    for place, name in enumerate(layer["inputs"]):
        old = [line[place] for line in old_weights] if old_weights else [None] * len(weights)
        new = [line[place] for line in weights]
        cells = [_cell(w, o, largest, has_figures=has_figures) for w, o in zip(new, old, strict=True)]
        lines.append((name, "".join(cells)))
    if not has_figures:
        return matrix((), lines, kind="dots")
    lines.append(("bias", "".join(f"<td>{_number(bias)}</td>" for bias in layer["biases"])))
    is_tilted = max(map(len, layer["outputs"]), default=0) > 6
    return matrix(layer["outputs"], lines, kind="weights tilted" if is_tilted else "weights")


def _effective(layer: Layer) -> list[list[float]]:
    """Weights of inputs as they were before they lost low bits."""
    return [[w / 2**lost for w, lost in zip(line, layer["dropped_bits"], strict=True)] for line in layer["weights"]]


def _cell(weight: float, exact: float | None, largest: float, *, has_figures: bool) -> str:
    share = min(abs(weight) / largest, 1)
    kind = "zero" if not weight else "yes" if weight > 0 else "no"
    old = _number(exact) if exact is not None and exact != weight else ""
    if not has_figures:
        return tone(share, "", kind, f"{_number(weight)}, was {old}" if old else _number(weight))
    return tone(share, _number(weight) + (f"<s>{old}</s>" if old else ""), kind)


def _number(value: float) -> str:
    return (f"{value:,.0f}" if value == int(value) else f"{value:.3g}").replace("-", "\N{MINUS SIGN}")


def _thresholds(features: Sequence[Mapping[str, Any]], exact: Sequence[Mapping[str, Any]]) -> str:
    old = {entry["name"]: entry for entry in exact}
    used = [entry for entry in features if entry["thresholds"] or old.get(entry["name"], entry)["thresholds"]]
    if not used:
        return paragraph("The tree compares nothing.")
    rows = [
        PlotRow(
            shortened(entry["name"], 28),
            span=(0.0, 1.0),
            ticks=_shares(entry),
            earlier=_shares(old.get(entry["name"], entry)) if old else None,
            note=f"{len(entry['thresholds'])} at {entry['bits']} bits" if entry["thresholds"] else "not used",
        )
        for entry in used
    ]
    words = (
        "Each feature over its range in the training data, with a tick at every threshold that the circuit compares."
    )
    more = " Above the line those of the exact tree, below it those of this one." if old else ""
    return figure(row_plot(rows, "share of the range", width=720), words + more)


def _shares(entry: Mapping[str, Any]) -> list[float]:
    """Positions of thresholds in the range of their feature."""
    return [(threshold + 1) / 2 ** entry["bits"] for threshold in entry["thresholds"]]
