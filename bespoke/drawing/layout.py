"""Positions of gates and wires in a drawing: layers from left to right, wires in channels between them.

Method: K. Sugiyama, S. Tagawa and M. Toda, "Methods for visual understanding of hierarchical system structures", IEEE
Trans. SMC 11(2), 1981 (layers, passing points of long wires, barycentres), and the tracks of A. Hashimoto and
J. Stevens, "Wire routing by optimizing channel assignment within large apertures", DAC 1971, under vertical
constraints.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

GRID = 6  # half the distance of pins
WIDTH = 46  # of a layer
_PASS = 12  # height of a wire that passes a layer
_SWEEPS = 24
_TRACK = 8
_MARGIN = 20

Line = tuple[float, float, float, float]  # x, y of one end and of the other


@dataclass(slots=True)
class Node:
    """Something in a layer: a terminal, a gate, or a wire that passes.

    Attributes
    ----------
    layer : int
    fanins : tuple of int
        Nets on its input pins, top first.
    fanouts : tuple of int
        Nets that it drives; a passing wire has one net as both.
    height : float
        Room that it takes.
    y : float
        Middle.
    """

    layer: int
    fanins: tuple[int, ...]
    fanouts: tuple[int, ...]
    height: float = _PASS
    y: float = 0.0

    def pins(self, *, outputs: bool) -> list[tuple[int, float]]:
        """Net and height of each pin on one side."""
        nets = self.fanouts if outputs else self.fanins
        return [(net, self.y + offset) for net, offset in zip(nets, pin_offsets(len(nets)), strict=True)]


@dataclass(frozen=True, slots=True)
class Layout:
    """Left edges of the layers, straight lines of each net, nets and points where wires part, and the size of all."""

    lefts: list[float]
    wires: Mapping[int, list[Line]]
    joints: list[tuple[int, float, float]]
    width: float
    height: float


@dataclass(slots=True)
class _Wire:
    """A net between two layers: where it starts, where it ends, and on which track it turns."""

    source: float
    ends: list[float]
    track: int = 0

    @property
    def span(self) -> tuple[float, float]:
        return min(self.source, *self.ends), max(self.source, *self.ends)

    def joints(self) -> list[float]:
        """Heights on its track at which it parts in more than two ways."""
        low, high = self.span
        forks = {self.source, *self.ends}
        return sorted(y for y in forks if low < y < high or (low < high and y == self.source and y in self.ends))


def pin_offsets(count: int) -> list[float]:
    """Heights of pins against the middle of their node."""
    return [GRID * (2 * position - count + 1) for position in range(count)]


def layout(nodes: Sequence[Node]) -> Layout:
    """Place nodes, whose layers are given, and route their wires.

    Parameters
    ----------
    nodes : sequence of Node
        Each net is driven in a lower layer than the layers in which it is read. Their heights in the drawing are set.
    """
    passing = _passing(nodes)
    layers: list[list[Node]] = [[] for _ in range(1 + max(node.layer for node in nodes))]
    for node in (*nodes, *passing):
        layers[node.layer].append(node)
    _arrange(layers)
    lefts = [float(_MARGIN)]
    wires: defaultdict[int, list[Line]] = defaultdict(list)
    joints = []
    for left, right in pairwise(layers):
        channel = _channel(left, right)
        start = lefts[-1] + WIDTH
        end = start + _TRACK * (2 + max((wire.track for wire in channel.values()), default=0))
        for net, wire in channel.items():
            turn = start + _TRACK * (wire.track + 1)
            low, high = wire.span
            wires[net] += [(start, wire.source, turn, wire.source), (turn, low, turn, high)]
            wires[net] += [(turn, y, end, y) for y in wire.ends]
            joints += [(net, turn, y) for y in wire.joints()]
        lefts.append(end)
    for node in passing:
        x = lefts[node.layer]
        wires[node.fanins[0]].append((x, node.y, x + WIDTH, node.y))
    bottom = max(node.y + node.height / 2 for layer in layers for node in layer)
    return Layout(lefts, wires, joints, lefts[-1] + WIDTH + _MARGIN, bottom + _MARGIN)


def _passing(nodes: Sequence[Node]) -> list[Node]:
    """One passing point of each net in each layer between its driver and its last reader."""
    last: dict[int, int] = {}
    for node in nodes:
        for net in node.fanins:
            last[net] = max(last.get(net, 0), node.layer)
    return [
        Node(layer, (net,), (net,))
        for node in nodes
        for net in node.fanouts
        for layer in range(node.layer + 1, last.get(net, 0))
    ]


def _arrange(layers: list[list[Node]]) -> None:
    """Sort the nodes of each layer by the mean heights of what they are wired to, and move them there, to and fro."""
    for layer in layers:
        _stack(layer, [0.0] * len(layer))
    for sweep in range(_SWEEPS):
        forth = sweep % 2 == 0
        for fixed, moved in pairwise(layers if forth else layers[::-1]):
            heights = _heights(fixed, outputs=forth)
            wanted = [(_wanted(node, heights, forth=forth), position) for position, node in enumerate(moved)]
            order = sorted(wanted)
            moved[:] = [moved[position] for _, position in order]
            _stack(moved, [y for y, _ in order])
    top = min(node.y - node.height / 2 for layer in layers for node in layer)
    for layer in layers:
        for node in layer:
            node.y = round((node.y - top) / GRID) * GRID + _MARGIN


def _heights(nodes: Sequence[Node], *, outputs: bool) -> dict[int, list[float]]:
    """Heights of pins on one side by net."""
    found: dict[int, list[float]] = {}
    for node in nodes:
        for net, y in node.pins(outputs=outputs):
            found.setdefault(net, []).append(y)
    return found


def _wanted(node: Node, heights: Mapping[int, list[float]], *, forth: bool) -> float:
    found = [y for net in (node.fanins if forth else node.fanouts) for y in heights.get(net, ())]
    return sum(found) / len(found) if found else node.y


def _stack(layer: Sequence[Node], wanted: Sequence[float]) -> None:
    """Heights nearest to the wanted ones, in order and apart: means of blocks that touch (isotonic regression)."""
    offsets, total = [], 0.0
    for earlier, node in zip([None, *layer[:-1]], layer, strict=True):
        total += (earlier.height + node.height) / 2 if earlier else 0.0
        offsets.append(total)
    blocks: list[tuple[float, int]] = []
    for y, offset in zip(wanted, offsets, strict=True):
        mean, size = y - offset, 1
        while blocks and blocks[-1][0] > mean:
            before, count = blocks.pop()
            mean, size = (before * count + mean * size) / (count + size), count + size
        blocks.append((mean, size))
    starts = [mean for mean, size in blocks for _ in range(size)]
    for node, start, offset in zip(layer, starts, offsets, strict=True):
        node.y = start + offset


def _channel(left: Sequence[Node], right: Sequence[Node]) -> dict[int, _Wire]:
    """Wires from one layer to the next, each on the first track on which it meets no other.

    A wire that starts as high as another one ends must turn before that one does, or they would run into another. Where
    that goes round in a circle, the next layer moves by half a grid, so that nothing ends as high as something starts.
    """
    wires = _wires(left, right)
    earlier = _earlier(wires)
    try:
        order = list(TopologicalSorter(earlier).static_order())
    except CycleError:
        for node in right:
            node.y += GRID / 2
        wires = _wires(left, right)
        earlier = {net: [] for net in wires}
        order = list(wires)
    taken: defaultdict[int, list[tuple[float, float]]] = defaultdict(list)
    for net in order:
        wire = wires[net]
        low, high = wire.span
        if low < high:
            wire.track = max((wires[other].track + 1 for other in earlier[net]), default=0)
            while any(a < high + GRID and low < b + GRID for a, b in taken[wire.track]):
                wire.track += 1
            taken[wire.track].append(wire.span)
    return wires


def _wires(left: Sequence[Node], right: Sequence[Node]) -> dict[int, _Wire]:
    ends = _heights(right, outputs=False)
    return {net: _Wire(y, ends[net]) for node in left for net, y in node.pins(outputs=True) if net in ends}


def _earlier(wires: Mapping[int, _Wire]) -> dict[int, list[int]]:
    """By net those that must turn before it: they start where it ends."""
    starts = {wire.source: net for net, wire in wires.items()}
    return {
        net: [starts[y] for y in dict.fromkeys(wire.ends) if starts.get(y, net) != net] for net, wire in wires.items()
    }
