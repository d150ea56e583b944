"""Symbols of gates: distinctive shapes (IEEE Std 91-1984) of simple ones, a box with its name for other cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape

from bespoke.cells import Cell
from bespoke.drawing.layout import GRID, WIDTH, pin_offsets
from bespoke.drawing.words import shortened

_MOST_LETTERS = 8
_BUBBLE = 3
_BOX = (3.0, WIDTH - 3.0)

# Body, start of the leads at its back, its tip; around the middle of the left edge of the layer.
_AND = ("M8 -12H20A12 12 0 0 1 20 12H8Z", 8.0, 32.0)
_OR = ("M8 -12H15Q27 -10 33 0Q27 10 15 12H8Q15 0 8 -12Z", 10.5, 33.0)
_XOR = (f"{_OR[0]}M4 -12Q11 0 4 12", 10.5, 33.0)
_TRIANGLE = ("M9 -10L33 0L9 10Z", 9.0, 33.0)
# By kind its body, whether the output is inverted, and the function of the pins' states before that. Triangles are of
# one pin, the others of more.
_KINDS: Mapping[str, tuple[tuple[str, float, float], bool, Callable[[Sequence[int]], int]]] = {
    "buffer": (_TRIANGLE, False, sum),
    "not": (_TRIANGLE, True, sum),
    "and": (_AND, False, min),
    "nand": (_AND, True, min),
    "or": (_OR, False, max),
    "nor": (_OR, True, max),
    "xor": (_XOR, False, lambda bits: sum(bits) % 2),
    "xnor": (_XOR, True, lambda bits: sum(bits) % 2),
}


def cell_kind(cell: Cell) -> str:
    """``not``, ``buffer``, ``and``, ``nand``, ``or``, ``nor``, ``xor`` or ``xnor`` of all input pins; else empty."""
    width = len(cell.inputs)
    if len(cell.outputs) != 1 or not width:
        return ""
    states = [[state >> pin & 1 for pin in range(width)] for state in range(1 << width)]
    for kind, (body, inverted, function) in _KINDS.items():
        truth = sum((function(bits) ^ inverted) << state for state, bits in enumerate(states))
        if (body is _TRIANGLE) == (width == 1) and truth == cell.outputs[0].truth:
            return kind
    return ""


def gate_height(inputs: int, outputs: int) -> float:
    """Room of a gate with so many pins."""
    return 2 * GRID * (max(inputs, outputs, 2) + 1)


def symbol(kind: str, name: str, inputs: Sequence[int], outputs: Sequence[int]) -> str:
    """SVG of a cell around the middle of the left edge of its layer.

    Parameters
    ----------
    kind : str
        As `cell_kind`.
    name : str
        Of the cell, for kinds that have no shape.
    inputs, outputs : sequence of int
        Nets on its pins.
    """
    if kind:
        (body, back, tip), inverted, _ = _KINDS[kind]
        end = tip + 2 * _BUBBLE * inverted
        extra = f'<circle class="gate" cx="{tip + _BUBBLE:g}" cy="0" r="{_BUBBLE}"/>' if inverted else ""
    else:
        half = gate_height(len(inputs), len(outputs)) / 2 - 4
        back, end = _BOX
        body = f"M{back:g} {-half:g}H{end:g}V{half:g}H{back:g}Z"
        words = escape(shortened(name, _MOST_LETTERS))
        extra = f'<text x="{WIDTH / 2:g}" y="3" text-anchor="middle">{words}</text>'
    leads = [(net, f"M0 {y:g}H{back:g}") for net, y in zip(inputs, pin_offsets(len(inputs)), strict=True)]
    leads += [(net, f"M{end:g} {y:g}H{WIDTH}") for net, y in zip(outputs, pin_offsets(len(outputs)), strict=True)]
    drawn = "".join(f'<path class="wire n{net}" d="{lead}"/>' for net, lead in leads)
    return f'{drawn}<path class="gate" d="{body}"/>{extra}'
