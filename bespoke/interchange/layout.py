"""Places of gates and wires in a drawing: layers from left to right, wires in channels between them.

Method: K. Sugiyama, S. Tagawa and M. Toda, "Methods for visual understanding of hierarchical system structures", IEEE
Trans. SMC 11(2), 1981 (layers, passing points of long wires, barycentres), and the tracks of A. Hashimoto and
J. Stevens, "Wire routing by optimizing channel assignment within large apertures", DAC 1971, under vertical
constraints.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

GRID = 6
_ROW = 36  # least distance of gates
_PASS = 12  # least distance of a wire that passes a layer
_SWEEPS = 12
_TRACK = 8
_MARGIN = 20
_COLUMN = 54  # width of a layer


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
    y : float
        Middle.
    row : float
        Least room that it takes, in height.
    """

    layer: int
    fanins: tuple[int, ...]
    fanouts: tuple[int, ...]
    is_wire: bool = False
    y: float = 0.0
    row: float = _ROW

    @property
    def height(self) -> float:
        """Room that it takes."""
        return _PASS if self.is_wire else max(self.row, 2 * GRID * (max(len(self.fanins), len(self.fanouts)) + 1))

    def input_y(self, place: int) -> float:
        """Height of an input pin."""
        return self.y + GRID * (2 * place - len(self.fanins) + 1)

    def output_y(self, place: int) -> float:
        """Height of an output pin."""
        return self.y + GRID * (2 * place - len(self.fanouts) + 1)


@dataclass(slots=True)
class Channel:
    """Wires between two layers: by net the source, the ends and the track."""

    sources: dict[int, float]
    ends: dict[int, list[float]]
    tracks: dict[int, int] = field(default_factory=dict)

    @property
    def width(self) -> float:
        """Room for the tracks."""
        return _TRACK * (max(self.tracks.values(), default=-1) + 2)


@dataclass(slots=True)
class Layout:
    """A drawing's nodes, left edges of the layers, and wires of each net as polylines."""

    nodes: list[Node]
    lefts: list[float]
    wires: dict[int, list[list[tuple[float, float]]]]
    joints: list[tuple[float, float]]
    width: float
    height: float

    def middle(self, node: Node) -> float:
        """Horizontal middle of a node."""
        return self.lefts[node.layer] + _COLUMN / 2


def layout(nodes: Sequence[Node]) -> Layout:
    """Place nodes, whose layers are given, and route their wires.

    Parameters
    ----------
    nodes : sequence of Node
        Each net is driven in a lower layer than the layers in which it is read. Their places are set.
    """
    everything = [*nodes, *_passing(nodes)]
    layers: list[list[Node]] = [[] for _ in range(1 + max(node.layer for node in everything))]
    for node in everything:
        layers[node.layer].append(node)
    _order(layers)
    _align(layers)
    channels = [_channel(left, right) for left, right in pairwise(layers)]
    return _drawn(everything, layers, channels)


def _passing(nodes: Sequence[Node]) -> list[Node]:
    """One passing point of each net in each layer between its driver and its last reader."""
    last: dict[int, int] = {}
    for node in nodes:
        for net in node.fanins:
            last[net] = max(last.get(net, 0), node.layer)
    return [
        Node(layer, (net,), (net,), is_wire=True)
        for node in nodes
        for net in node.fanouts
        for layer in range(node.layer + 1, last.get(net, 0))
    ]


def _order(layers: list[list[Node]]) -> None:
    """Sort layers by the mean places of what they are wired to, to and fro."""
    for sweep in range(_SWEEPS):
        forth = sweep % 2 == 0
        for fixed, moved in pairwise(layers) if forth else pairwise(layers[::-1]):
            places = _places(fixed, forth=forth)
            own = {id(node): place for place, node in enumerate(moved)}
            moved.sort(key=lambda node: (_mean(node, places, own[id(node)], forth=forth), own[id(node)]))


def _places(layer: Sequence[Node], *, forth: bool) -> dict[int, list[float]]:
    """Places in a layer by the nets on the side that faces the next one."""
    places: dict[int, list[float]] = {}
    for place, node in enumerate(layer):
        nets = node.fanouts if forth else node.fanins
        for pin, net in enumerate(nets):
            places.setdefault(net, []).append(place + pin / (len(nets) + 1))
    return places


def _mean(node: Node, places: dict[int, list[float]], own: float, *, forth: bool) -> float:
    found = [place for net in (node.fanins if forth else node.fanouts) for place in places.get(net, ())]
    return sum(found) / len(found) if found else own


def _align(layers: list[list[Node]]) -> None:
    """Move nodes towards what they are wired to as far as their order allows."""
    for layer in layers:
        _stack(layer, [0.0] * len(layer))
    for sweep in range(_SWEEPS):
        forth = sweep % 2 == 0
        for fixed, moved in pairwise(layers) if forth else pairwise(layers[::-1]):
            heights: dict[int, list[float]] = {}
            for node in fixed:
                pins = node.fanouts if forth else node.fanins
                for place, net in enumerate(pins):
                    heights.setdefault(net, []).append(node.output_y(place) if forth else node.input_y(place))
            _stack(moved, [_mean(node, heights, node.y, forth=forth) for node in moved])
    top = min(node.y - node.height / 2 for layer in layers for node in layer)
    for layer in layers:
        for node in layer:
            node.y = round((node.y - top) / GRID) * GRID + _MARGIN


def _stack(layer: Sequence[Node], wanted: Sequence[float]) -> None:
    """Places nearest to the wanted ones, in order and apart: means of blocks that touch (isotonic regression)."""
    offsets, total = [], 0.0
    for earlier, node in zip([None, *layer[:-1]], layer, strict=True):
        total += (earlier.height + node.height) / 2 if earlier else 0.0
        offsets.append(total)
    blocks: list[tuple[float, int]] = []
    for place, offset in zip(wanted, offsets, strict=True):
        mean, size = place - offset, 1
        while blocks and blocks[-1][0] > mean:
            before, count = blocks.pop()
            mean, size = (before * count + mean * size) / (count + size), count + size
        blocks.append((mean, size))
    starts = [mean for mean, size in blocks for _ in range(size)]
    for node, start, offset in zip(layer, starts, offsets, strict=True):
        node.y = start + offset


def _channel(left: Sequence[Node], right: Sequence[Node]) -> Channel:
    """Wires from one layer to the next; the next is shifted by half a grid where the tracks would go in a circle."""
    channel = _wires(left, right)
    if not _assign_tracks(channel):
        for node in right:
            node.y += GRID / 2
        channel = _wires(left, right)
        _assign_tracks(channel)
    return channel


def _wires(left: Sequence[Node], right: Sequence[Node]) -> Channel:
    ends: dict[int, list[float]] = {}
    for node in right:
        for place, net in enumerate(node.fanins):
            ends.setdefault(net, []).append(node.input_y(place))
    sources = {net: node.output_y(place) for node in left for place, net in enumerate(node.fanouts) if net in ends}
    return Channel(sources, ends)


def _assign_tracks(channel: Channel) -> bool:
    """Give each bent wire the first track on which it meets no other; False if the constraints form a circle.

    A wire whose source is as high as an end of another must turn before that one does, or they would run into another.
    """
    bent = [net for net, y in channel.sources.items() if set(channel.ends[net]) != {y}]
    sources = {channel.sources[net]: net for net in bent}
    later: dict[int, set[int]] = {net: set() for net in bent}
    for net in bent:
        for y in channel.ends[net]:
            if sources.get(y, net) != net:
                later[sources[y]].add(net)
    order = _topological(later)
    earliest = dict.fromkeys(bent, 0)
    taken: list[list[tuple[float, float]]] = []
    for net in order:
        span = _span(channel.sources[net], channel.ends[net])
        track = earliest[net]
        while track < len(taken) and any(low < span[1] + GRID and span[0] < high + GRID for low, high in taken[track]):
            track += 1
        while len(taken) <= track:
            taken.append([])
        taken[track].append(span)
        channel.tracks[net] = track
        for other in later[net]:
            earliest[other] = max(earliest[other], track + 1)
    return len(order) == len(bent)


def _topological(later: dict[int, set[int]]) -> list[int]:
    waiting = dict.fromkeys(later, 0)
    for others in later.values():
        for other in others:
            waiting[other] += 1
    ready = [net for net, count in waiting.items() if not count]
    order = []
    while ready:
        net = ready.pop()
        order.append(net)
        for other in sorted(later[net]):
            waiting[other] -= 1
            if not waiting[other]:
                ready.append(other)
    return order


def _span(source: float, ends: Iterable[float]) -> tuple[float, float]:
    places = [source, *ends]
    return min(places), max(places)


def _drawn(nodes: list[Node], layers: Sequence[Sequence[Node]], channels: Sequence[Channel]) -> Layout:
    lefts = [float(_MARGIN)]
    wires: dict[int, list[list[tuple[float, float]]]] = {}
    joints: list[tuple[float, float]] = []
    for channel in channels:
        start = lefts[-1] + _COLUMN
        lefts.append(start + channel.width)
        for net, y in channel.sources.items():
            turn = start + _TRACK * (channel.tracks.get(net, 0) + 1)
            lines = [[(start, y), (turn, y), (turn, end), (lefts[-1], end)] for end in channel.ends[net]]
            wires.setdefault(net, []).extend(lines)
            joints += [(turn, place) for place in _joints(y, channel.ends[net])]
    for layer in layers:
        for node in layer:
            if node.is_wire:
                left = lefts[node.layer]
                wires.setdefault(node.fanins[0], []).append([(left, node.y), (left + _COLUMN, node.y)])
    bottom = max(node.y + node.height / 2 for node in nodes)
    return Layout(nodes, lefts, wires, joints, lefts[-1] + _COLUMN + _MARGIN, bottom + _MARGIN)


def _joints(source: float, ends: Sequence[float]) -> list[float]:
    """Heights on a track at which a wire parts in more than two ways."""
    places = sorted({source, *ends})
    inner = places[1:-1]
    outer = [place for place in (places[0], places[-1]) if place == source and place in ends and len(places) > 1]
    return inner + outer
