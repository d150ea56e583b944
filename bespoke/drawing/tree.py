"""Decision trees as inline SVG, from the root at the left to the leaves at the right.

Each part of a path has it as ``data-path``: ``p`` at the root, and a 0 for each level that a value is below, a 1 for
each that it reaches. By this, and by the ``data-test`` of the nodes, a page shows the path that values take.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from bespoke.drawing.markup import attribute
from bespoke.drawing.words import shortened

_ROW = 30  # height of a leaf
_LETTER = 6.7  # mean width of a letter at 12 px
_GAP = 12  # between texts and lines
_MOST_LETTERS, _MOST_OF_LEAF = 26, 60
_TOP = 16


@dataclass(frozen=True, slots=True)
class Leaf:
    """What a tree answers."""

    text: str


@dataclass(frozen=True, slots=True)
class Fork:
    """A comparison of a feature with a level, and what follows.

    Attributes
    ----------
    name : str
        Of the feature.
    feature, level : int
        Its number, and the level on its grid.
    value : str
        What the level stands for, in the unit of the feature.
    below, above : Leaf or Fork
    """

    name: str
    feature: int
    level: int
    value: str
    below: Leaf | Fork
    above: Leaf | Fork

    def sides(self) -> tuple[tuple[str, Leaf | Fork], tuple[str, Leaf | Fork]]:
        """Sign and tree of either side."""
        return ("<", self.below), ("\N{GREATER-THAN OR EQUAL TO}", self.above)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A node with its height, its path, and the comparison on the way to it."""

    node: Leaf | Fork
    path: str
    way: str
    y: float

    @property
    def depth(self) -> int:
        return len(self.path) - 1

    @property
    def name(self) -> str:
        if isinstance(self.node, Leaf):
            return shortened(self.node.text, _MOST_OF_LEAF)
        return shortened(self.node.name, _MOST_LETTERS)


def tree_drawing(tree: Leaf | Fork, title: str) -> str:
    """SVG element of a tree."""
    placed: list[_Placed] = []
    _place(tree, "p", "", placed)
    forks, lefts = [0.0], [0.0]
    for depth in range(1 + max(each.depth for each in placed)):
        layer = [each for each in placed if each.depth == depth]
        lefts.append(forks[-1] + _LETTER * max(len(each.way) for each in layer) + (2 * _GAP if depth else 0))
        forks.append(lefts[-1] + _LETTER * max(len(each.name) for each in layer) + _GAP)
    heights = {each.path: each.y for each in placed}
    body = "".join(
        _drawn(each, (forks[each.depth], lefts[each.depth + 1], forks[each.depth + 1]), heights) for each in placed
    )
    width, height = forks[-1], max(heights.values()) + _ROW / 2
    return (
        f'<svg class="tree" role="img" aria-label="{escape(title)}" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}">{body}</svg>'
    )


def _place(node: Leaf | Fork, path: str, way: str, placed: list[_Placed]) -> float:
    """Height of a node, which is appended behind all that follows it."""
    if isinstance(node, Leaf):
        y = _TOP + _ROW * float(sum(isinstance(each.node, Leaf) for each in placed))
    else:
        sides = enumerate(node.sides())
        y = sum(_place(side, f"{path}{bit}", f"{sign} {node.value}", placed) for bit, (sign, side) in sides) / 2
    placed.append(_Placed(node, path, way, y))
    return y


def _drawn(each: _Placed, places: tuple[float, float, float], heights: Mapping[str, float]) -> str:
    """A node and the way to it; ``places`` are where that begins, where the node does, and where its own sides do."""
    fork, left, end = places
    node, y = each.node, each.y
    path = f'data-path="{each.path}"'
    parts = []
    if each.way:
        line = f"M{fork:.1f} {heights[each.path[:-1]]:g}V{y:g}H{left - _GAP / 2:.1f}"
        parts.append(f'<path class="line" {path} d="{line}"/>')
        parts.append(f'<text {path} x="{fork + _GAP / 2:.1f}" y="{y - 5:g}">{escape(each.way)}</text>')
    text = f'<text class="strong" x="{left:.1f}" y="{y + 4:g}">{escape(each.name)}</text>'
    if isinstance(node, Leaf):
        return "".join(parts) + f'<g class="leaf" {path}><title>{escape(node.text)}</title>{text}</g>'
    words = "".join(
        attribute(f"data-{side}", f"{node.name} {sign} {node.value}")
        for side, (sign, _) in zip(("below", "above"), node.sides(), strict=True)
    )
    lead = f'<path class="line" d="M{left + _LETTER * len(each.name) + _GAP / 2:.1f} {y:g}H{end:.1f}"/>'
    test = f'data-test="{node.feature} {node.level}"'
    return "".join(parts) + f"<g {path} {test}{words}><title>{escape(node.name)}</title>{text}{lead}</g>"
