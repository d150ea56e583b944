"""Small circuits as schematics: cells in levels from left to right, nets in right angles between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from statistics import mean
from typing import Any

from bespoke.report.markup import figure, section
from bespoke.report.symbols import WIDTH, symbol

_PITCH = 34  # between rows
_TRACK = 7  # between vertical wires
_STEP = 4.5  # no pin is that far from the middle of a row, or of half a row
_ROUNDS = 12
_CONSTANTS = {0: "0", 1: "1"}

Place = tuple[float, float]


@dataclass(slots=True)
class _Node:
    """A box in one level: a port bit, a cell, an output bit, or a wire that passes through."""

    kind: str
    name: str
    inputs: list[int]
    outputs: list[int]
    title: str = ""
    row: float = 0.0


@dataclass(slots=True)
class _Sheet:
    levels: list[list[_Node]] = field(default_factory=list)


def schematic_section(circuit: Mapping[str, Any]) -> str:
    """The drawing of a circuit from the ``circuit`` of ``report.json``; nothing for an empty one."""
    if not circuit or not circuit["cells"]:
        return ""
    words = f"All {len(circuit['cells'])} cells, inputs at the left. Hover over a cell for its name and its part."
    return section("Circuit", figure(f'<div class="scroll">{schematic(circuit)}</div>', words), wide=True)


def schematic(circuit: Mapping[str, Any]) -> str:
    """SVG of a circuit."""
    sheet = _Sheet(_levels(circuit))
    _order(sheet)
    return _draw(sheet)


def _levels(circuit: Mapping[str, Any]) -> list[list[_Node]]:
    """Nodes by level: cells behind all that they read, inputs right before their first reader, wires in between."""
    cells = circuit["cells"]
    used = {net for cell in cells for net in cell["inputs"]} | {
        net for port in circuit["outputs"] for net in port["nets"]
    }
    level: dict[int, int] = {}
    cell_level = []
    for cell in cells:
        depth = 1 + max((level.get(net, 0) for net in cell["inputs"]), default=0)
        cell_level.append(depth)
        level |= dict.fromkeys(cell["outputs"], depth)
    last = 1 + max(cell_level, default=0)
    levels: list[list[_Node]] = [[] for _ in range(last + 1)]
    levels[0] = [
        _Node("port", _bit_name(port, bit), [], [net])
        for port in circuit["inputs"]
        for bit, net in enumerate(port["nets"])
        if net in used
    ]
    levels[0] += [_Node("port", text, [], [net]) for net, text in _CONSTANTS.items() if net in used]
    for cell, depth in zip(cells, cell_level, strict=True):
        title = f"{cell['cell']}\n{cell['group'].replace('/', ': ', 1)}".strip()
        levels[depth].append(_Node(cell["kind"] or "box", cell["cell"], cell["inputs"], cell["outputs"], title))
    levels[last] = [
        _Node("end", _bit_name(port, bit), [net], [])
        for port in circuit["outputs"]
        for bit, net in enumerate(port["nets"])
    ]
    _add_wires(levels, level)
    return levels


def _bit_name(port: Mapping[str, Any], bit: int) -> str:
    return str(port["name"]) if len(port["nets"]) == 1 else f"{port['name']}[{bit}]"


def _add_wires(levels: list[list[_Node]], level: Mapping[int, int]) -> None:
    """A node in every level that a net crosses."""
    farthest: dict[int, int] = {}
    for depth, nodes in enumerate(levels):
        for node in nodes:
            farthest |= dict.fromkeys(node.inputs, depth)
    for net, end in farthest.items():
        for depth in range(level.get(net, 0) + 1, end):
            levels[depth].append(_Node("wire", "", [net], [net]))


def _order(sheet: _Sheet) -> None:
    """Rows by the mean of the neighbours' rows, forwards and backwards in turn (Sugiyama et al., 1981)."""
    for nodes in sheet.levels:
        for place, node in enumerate(nodes):
            node.row = float(place)
    count = len(sheet.levels)
    for turn in range(_ROUNDS):
        forwards = turn % 2 == 0
        for depth in range(1, count) if forwards else range(count - 2, -1, -1):
            _arrange(sheet.levels[depth], sheet.levels[depth - 1 if forwards else depth + 1], forwards=forwards)
    lowest = min(node.row for nodes in sheet.levels for node in nodes)
    for nodes in sheet.levels:
        for node in nodes:
            node.row -= lowest


def _arrange(nodes: list[_Node], beside: Sequence[_Node], *, forwards: bool) -> None:
    rows: dict[int, list[float]] = {}
    for node in beside:
        for net in node.outputs if forwards else node.inputs:
            rows.setdefault(net, []).append(node.row)
    wanted = []
    for node in nodes:
        near = [row for net in (node.inputs if forwards else node.outputs) for row in rows.get(net, ())]
        wanted.append(mean(near) if near else node.row)
    ranked = sorted(range(len(nodes)), key=lambda place: (wanted[place], nodes[place].row))
    nodes[:] = [nodes[place] for place in ranked]
    for node, row in zip(nodes, _spread([wanted[place] for place in ranked]), strict=True):
        node.row = row


def _spread(wanted: Sequence[float]) -> list[float]:
    """Rows at least 1 apart, each group of crowded ones around its mean."""
    groups: list[list[float]] = []  # mean, size
    for row in wanted:
        groups.append([row, 1.0])
        while len(groups) > 1 and groups[-1][0] - groups[-2][0] < (groups[-1][1] + groups[-2][1]) / 2:
            middle, size = groups.pop()
            below, count = groups.pop()
            groups.append([(middle * size + below * count) / (size + count), size + count])
    return [round((m - (n - 1) / 2 + k) * 2) / 2 for m, n in groups for k in range(int(n))]


def _draw(sheet: _Sheet) -> str:
    left = 12 + 6.0 * max((len(node.name) for node in sheet.levels[0]), default=0)
    x, parts = left, []
    for depth, nodes in enumerate(sheet.levels):
        parts += [_shape(node, x) for node in nodes]
        if depth + 1 < len(sheet.levels):
            wires, width = _channel(nodes, sheet.levels[depth + 1], x)
            parts.insert(0, wires)
            x += width
    width = x + 14 + 6.0 * max((len(node.name) for node in sheet.levels[-1]), default=0)
    height = _PITCH * (1 + max(node.row for nodes in sheet.levels for node in nodes))
    return (
        f'<svg class="circuit" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}" '
        f'role="img" aria-label="schematic of the circuit">{"".join(parts)}</svg>'
    )


def _y(node: _Node) -> float:
    return _PITCH * (node.row + 0.5)


def _pins(node: _Node) -> list[float]:
    """Heights of the input pins."""
    count = len(node.inputs)
    step = 16 / (count - 1) if count > 1 else 0
    return [_y(node) + step * place - (8 if count > 1 else 0) for place in range(count)]


def _out_x(node: _Node, x: float) -> float:
    return x + (0 if node.kind == "port" else WIDTH)


def _channel(nodes: Sequence[_Node], after: Sequence[_Node], x: float) -> tuple[str, float]:
    """Wires from one level to the next, one vertical track a net, and the distance of the levels."""
    starts = {net: (_out_x(node, x), _y(node)) for node in nodes for net in node.outputs}
    ends: dict[int, list[float]] = {}
    for node in after:
        for net, y in zip(node.inputs, _pins(node), strict=True):
            ends.setdefault(net, []).append(y)
    bent = [net for net, heights in ends.items() if any(y != starts[net][1] for y in heights)]
    tracks, steps = _tracks(bent, {net: y for net, (_, y) in starts.items()}, ends)
    base = x + (0 if nodes and all(node.kind == "port" for node in nodes) else WIDTH) + 10
    end = base + _TRACK * max(len(tracks) + len(steps), 1) + 4
    parts = []
    for net, heights in ends.items():
        a, y = starts[net]
        if net not in tracks:
            parts.append(f'<path class="wire" d="M{a:.1f} {y:.1f}H{end:.1f}"/>')
            continue
        if net in steps:
            at = base + _TRACK * steps[net]
            parts.append(f'<path class="wire" d="M{a:.1f} {y:.1f}H{at:.1f}V{y + _STEP:.1f}"/>')
            a, y = at, y + _STEP
        parts.append(_fork((a, y), base + _TRACK * tracks[net], heights, end))
    return "".join(parts), end - x


def _fork(start: Place, track: float, heights: Sequence[float], end: float) -> str:
    """A wire to its track, along it, and from there to every pin, with dots where it branches."""
    a, y = start
    low, high = min(y, *heights), max(y, *heights)
    lines = "".join(f"M{track:.1f} {height:.1f}H{end:.1f}" for height in heights)
    wire = f'<path class="wire" d="M{a:.1f} {y:.1f}H{track:.1f}M{track:.1f} {low:.1f}V{high:.1f}{lines}"/>'
    dots = dict.fromkeys(height for height in (y, *heights) if low < height < high) if len(heights) > 1 else {}
    return wire + "".join(f'<circle class="dot" cx="{track:.1f}" cy="{height:.1f}" r="2"/>' for height in dots)


def _tracks(
    nets: Sequence[int], starts: Mapping[int, float], ends: Mapping[int, Sequence[float]]
) -> tuple[dict[int, int], dict[int, int]]:
    """Tracks of nets such that no two lie on one another, and of the steps by which some leave their row before.

    A net that starts at a height where another one ends must stand left of it. Where that goes round in a circle, one
    of them steps to a height at which nothing ends.
    """
    heights = dict(starts)
    left = sorted(nets, key=lambda net: (starts[net] - mean(ends[net]), net))
    tracks: dict[int, int] = {}
    steps: dict[int, int] = {}
    while left:
        blocked = {net: [b for b in left if b != net and heights[b] in ends[net]] for net in left}
        free = next((net for net in left if not blocked[net]), None)
        place = len(tracks) + len(steps)
        if free is None:
            other = blocked[left[0]][0]
            steps[other] = place
            heights[other] += _STEP
        else:
            tracks[free] = place
            left.remove(free)
    return tracks, steps


def _shape(node: _Node, x: float) -> str:
    y = _y(node)
    if node.kind == "port":
        text = f'<text x="{x - 9:.1f}" y="{y + 3.5:.1f}" text-anchor="end">{escape(node.name)}</text>'
        return f'<circle class="port" cx="{x - 3:.1f}" cy="{y:.1f}" r="3"/>{text}'
    if node.kind == "end":
        text = f'<text class="strong" x="{x + 10:.1f}" y="{y + 3.5:.1f}">{escape(node.name)}</text>'
        return f'<circle class="port" cx="{x + 3:.1f}" cy="{y:.1f}" r="3"/>{text}'
    if node.kind == "wire":
        return f'<path class="wire" d="M{x:.1f} {y:.1f}h{WIDTH}"/>'
    body = symbol(node.kind, node.name, [pin - y for pin in _pins(node)])
    return f'<g class="cell" transform="translate({x:.1f} {y:.1f})"><title>{escape(node.title)}</title>{body}</g>'
