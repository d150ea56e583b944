"""Weights and thresholds on a page, those of the exact model beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from bespoke.report.markup import figure, paragraph, part, section

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
    if "features" in now:
        return section("Thresholds", _thresholds(now["features"], before.get("features", [])))
    layers = now.get("layers", [])
    exact = before.get("layers") or [None] * len(layers)
    parts = [_layer(number, *pair) for number, pair in enumerate(zip(layers, exact, strict=True), start=1)]
    return section("Weights", *parts)


def _layer(number: int, layer: Layer, exact: Layer | None) -> str:
    after = layer["activation"].replace("relu", "ReLU").replace("identity", "no activation")
    sizes = [f"{len(layer[name])} {name if len(layer[name]) != 1 else name[:-1]}" for name in ("inputs", "outputs")]
    title = f"Layer {number}: {', '.join(sizes)}, {after}"
    size = len(layer["inputs"]) * len(layer["outputs"])
    if size > _MOST_CELLS:
        return part(title, paragraph(f"{size:,} weights; see report.json.", "note"))
    is_same_shape = exact is not None and (exact["inputs"], exact["outputs"]) == (layer["inputs"], layer["outputs"])
    scale = 2 ** layer["frac_bits"] if layer["frac_bits"] >= 0 else f"2^{layer['frac_bits']}"
    note = _LAYER + (_FIGURES if len(layer["outputs"]) <= _MOST_FIGURES else _COLOURS).format(scale=scale)
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
        cells = "".join(_cell(w, o, largest, has_figures=has_figures) for w, o in zip(new, old, strict=True))
        lines.append(f'<tr><th scope="row" title="{escape(name)}">{escape(name)}</th>{cells}</tr>\n')
    biases = "".join(f"<td>{_number(bias)}</td>" for bias in layer["biases"]) if has_figures else ""
    lines.append(f'<tr><th scope="row">bias</th>{biases}</tr>\n' if biases else "")
    names = layer["outputs"]
    is_tilted = has_figures and max(map(len, names), default=0) > 6
    head = "".join(f'<th scope="col" title="{escape(n)}"><span>{escape(_cut(n))}</span></th>' for n in names)
    kind = ("weights" if has_figures else "dots") + (" tilted" if is_tilted else "")
    top = f"<thead><tr><th></th>{head}</tr></thead>\n" if has_figures else ""
    return f'<div class="scroll matrix {kind}"><table>{top}<tbody>{"".join(lines)}</tbody></table></div>'


def _effective(layer: Layer) -> list[list[float]]:
    """Weights of inputs as they were before they lost low bits."""
    return [[w / 2**lost for w, lost in zip(line, layer["dropped_bits"], strict=True)] for line in layer["weights"]]


def _cell(weight: float, exact: float | None, largest: float, *, has_figures: bool) -> str:
    strength = round(8 + 84 * min(abs(weight) / largest, 1)) if weight else 0
    kind = "zero" if not weight else "yes" if weight > 0 else "no"
    kind += " solid" if strength > 58 else ""
    was = exact is not None and exact != weight
    if not has_figures:
        words = f"{_number(weight)}, was {_number(exact)}" if was and exact is not None else _number(weight)
        return f'<td class="{kind}" style="--s:{strength}" title="{words}"></td>'
    old = f"<s>{_number(exact)}</s>" if was and exact is not None else ""
    return f'<td class="{kind}" style="--s:{strength}">{_number(weight)}{old}</td>'


def _number(value: float) -> str:
    return (f"{value:,.0f}" if value == int(value) else f"{value:.3g}").replace("-", "\N{MINUS SIGN}")


def _cut(name: str, most: int = 16) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"


def _thresholds(features: Sequence[Mapping[str, Any]], exact: Sequence[Mapping[str, Any]]) -> str:
    old = {entry["name"]: entry for entry in exact}
    used = [entry for entry in features if entry["thresholds"] or old.get(entry["name"], entry)["thresholds"]]
    if not used:
        return paragraph("The tree compares nothing.")
    left = 12 + 6.8 * min(max(len(entry["name"]) for entry in used), 28)
    parts, step, width = [], 26, 720
    right = width - 118
    for place, entry in enumerate(used):
        y = 16 + step * place
        name = _cut(entry["name"], 28)
        parts.append(f'<text class="strong" x="0" y="{y + 4}">{escape(name)}</text>')
        parts.append(f'<path class="grid" d="M{left:.1f} {y}H{right}"/>')
        if entry["name"] in old:
            parts.append(_ticks(old[entry["name"]], left, right, (y - 8, y), "line"))
        parts.append(_ticks(entry, left, right, (y, y + 8) if old else (y - 7, y + 7), "stem"))
        count = len(entry["thresholds"])
        words = f"{count} at {entry['bits']} bits" if count else "not used"
        parts.append(f'<text x="{right + 12}" y="{y + 4}">{words}</text>')
    height = 16 + step * len(used)
    drawing = (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="thresholds by feature"><g class="point">{"".join(parts)}</g></svg>'
    )
    words = (
        "Each feature over its range in the training data, with a tick at every threshold that the circuit compares."
    )
    return figure(
        drawing, words + (" Above the line those of the exact tree, below it those of this one." if old else "")
    )


def _ticks(entry: Mapping[str, Any], left: float, right: float, ends: tuple[float, float], kind: str) -> str:
    scale = (right - left) / 2 ** entry["bits"]
    marks = "".join(f"M{left + (t + 1) * scale:.1f} {ends[0]}V{ends[1]}" for t in entry["thresholds"])
    return f'<path class="{kind}" style="opacity:1" d="{marks}"/>' if marks else ""
