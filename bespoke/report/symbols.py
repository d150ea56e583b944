"""Symbols of gates: distinctive shapes (IEEE Std 91) of simple ones, a box with its name for other cells."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

WIDTH = 40  # from the input pins to the output
_MOST_LETTERS = 6

# Body, start of the leads at its back, its tip; around the middle of the left edge.
_AND = ("M6 -12H16A12 12 0 0 1 16 12H6Z", 6, 28)
_OR = ("M6 -12H11Q22 -11 28 0Q22 11 11 12H6Q13 0 6 -12Z", 9, 28)
_TRIANGLE = ("M7 -9L28 0L7 9Z", 7, 28)
_BODIES = {
    "and": _AND,
    "nand": _AND,
    "or": _OR,
    "nor": _OR,
    "xor": _OR,
    "xnor": _OR,
    "buffer": _TRIANGLE,
    "not": _TRIANGLE,
}
_INVERTING = ("nand", "nor", "xnor", "not")
_SECOND_BACK = '<path class="wire" d="M2 -12Q9 0 2 12"/>'


def symbol(kind: str, name: str, pins: Sequence[float]) -> str:
    """SVG of a cell around the middle of its left edge.

    Parameters
    ----------
    kind : str
        As `bespoke.flow.contents.cell_kind`.
    name : str
        Of the cell, for kinds that have no shape.
    pins : sequence of float
        Heights of the input pins against the middle.
    """
    if kind not in _BODIES:
        half = max(11, 5 + 5 * len(pins))
        text = (
            f'<text class="strong" x="{WIDTH / 2:g}" y="3.5" text-anchor="middle">{escape(name[:_MOST_LETTERS])}</text>'
        )
        return f'<rect class="gate" x="0" y="{-half}" width="{WIDTH}" height="{2 * half}"/>{text}'
    path, back, tip = _BODIES[kind]
    inverts = kind in _INVERTING
    leads = "".join(f"M0 {pin:g}H{back}" for pin in pins)
    wires = f'<path class="wire" d="{leads}M{tip + 6 * inverts} 0H{WIDTH}"/>'
    bubble = f'<circle class="gate" cx="{tip + 3}" cy="0" r="3"/>' if inverts else ""
    second = _SECOND_BACK if kind in ("xor", "xnor") else ""
    return f'{wires}<path class="gate" d="{path}"/>{bubble}{second}'
