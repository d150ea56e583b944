"""Schematics show every gate and every wire, and wires of different nets never run into one another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from exchange_samples import CIRCUITS, adder, foreign
from exchange_samples import random_circuit as random_netlist

from bespoke.cells import load_library
from bespoke.drawing import Diagram, Gate, cell_kind, schematic, schematic_file
from bespoke.drawing.layout import Layout, Node, layout
from bespoke.drawing.schematic import placed
from bespoke.interchange.svg import diagram

SVG = "{http://www.w3.org/2000/svg}"


def random_diagram(seed: int) -> Diagram:
    random = np.random.default_rng(seed)
    gates, nets = [], [0, 1, 2, 3, 4, 5]
    for net in range(6, 6 + int(random.integers(1, 60))):
        kind, count = [("nand", 2), ("not", 1), ("xor", 2), ("", 3)][random.integers(4)]
        fanins = tuple(int(x) for x in random.choice(nets, count))
        gates.append(Gate(f"{kind}X1", kind, fanins, (net,), f"g{net}\nx/<y>"))
        nets.append(net)
    inputs = (("a[0]", 2), ("a[1]", 3), ("a[2]", 4), ("<b>", 5))
    outputs = tuple((f"q[{bit}]", int(net)) for bit, net in enumerate(random.choice(nets, 3)))
    return Diagram(inputs, tuple(gates), outputs)


NETLISTS = {**CIRCUITS, "larger": partial(random_netlist, 9, gates=150)}
DIAGRAMS = (*NETLISTS, *(f"diagram {seed}" for seed in range(20)))


@pytest.fixture(scope="module", params=DIAGRAMS)
def drawn(request: pytest.FixtureRequest) -> Diagram:
    name: str = request.param
    return diagram(NETLISTS[name]()) if name in NETLISTS else random_diagram(int(name.split()[1]))


@pytest.mark.slow_if("larger")
def test_all_gates_and_terminals_are_there(drawn: Diagram) -> None:
    root = ET.fromstring(schematic_file(drawn, "top"))
    titles = [title.text for title in root.iter(f"{SVG}title")]
    read = {net for gate in drawn.gates for net in gate.inputs} | {net for _, net in drawn.outputs}
    wanted = [gate.title for gate in drawn.gates]
    wanted += [name for name, net in (*drawn.inputs, *drawn.outputs) if net in read]
    assert {"".join(c if c.isprintable() or c == "\n" else "?" for c in name) for name in wanted} <= set(titles)
    assert len([g for g in root.iter(f"{SVG}g") if g.get("class") == "cell"]) == len(drawn.gates)
    inline = schematic(drawn)
    assert "xmlns" not in inline
    assert "nan" not in inline.replace("nand", "").lower().replace("nand", "")


def test_every_gate_stands_behind_what_it_reads(drawn: Diagram) -> None:
    nodes, _ = placed(drawn)
    layers = {net: node.layer for node in nodes for net in node.fanouts}
    assert all(layers[net] < node.layer for node in nodes for net in node.fanins)


def segments(drawing: Layout) -> Iterator[tuple[int, str, float, float, float]]:
    """Horizontal and vertical pieces by net: (net, kind, position, low, high)."""
    for net, lines in drawing.wires.items():
        for x, y, right, down in lines:
            if x != right:
                assert y == down
                yield net, "h", y, min(x, right), max(x, right)
            elif y != down:
                yield net, "v", x, min(y, down), max(y, down)


def test_wires_of_two_nets_never_overlap(drawn: Diagram) -> None:
    lines = defaultdict(list)
    for net, kind, position, low, high in segments(layout(placed(drawn)[0])):
        lines[kind, position].append((low, high, net))
    for pieces in lines.values():
        pieces.sort()
        reach, owner = float("-inf"), None
        for low, high, net in pieces:
            assert low >= reach or net == owner, (net, owner)
            if high > reach:
                reach, owner = high, net


def test_every_pin_is_reached(drawn: Diagram) -> None:
    nodes, _ = placed(drawn)
    drawing = layout(nodes)
    ends = {(net, end) for net, lines in drawing.wires.items() for x, y, a, b in lines for end in ((x, y), (a, b))}
    for node in nodes:
        left = drawing.lefts[node.layer]
        for net, y in node.pins(outputs=False):
            assert (net, (left, y)) in ends


def test_nodes_of_a_layer_do_not_touch(drawn: Diagram) -> None:
    nodes, _ = placed(drawn)
    layout(nodes)
    layers = defaultdict(list)
    for node in nodes:
        layers[node.layer].append((node.y - node.height / 2, node.y + node.height / 2))
    for spans in layers.values():
        spans.sort()
        assert all(high <= low + 6 for (_, high), (low, _) in pairwise(spans))


def test_wires_that_would_turn_in_a_circle_are_parted() -> None:
    left = [Node(0, (), (1,), y=0.0), Node(0, (), (2,), y=0.0)]
    right = [Node(1, (2, 1), (3, 4)), Node(1, (1, 2), (5, 6))]
    drawing = layout(left + right)
    starts = {net: lines[0][1] for net, lines in drawing.wires.items()}
    ends = {net: {y for x, y, a, _ in lines if a == drawing.lefts[1]} for net, lines in drawing.wires.items()}
    assert not any(starts[net] in ends[other] for net in starts for other in ends if net != other)


def test_text_is_escaped() -> None:
    text = schematic_file(diagram(foreign()), "<top>")
    assert "<title>&lt;top&gt;</title>" in text
    assert "y&quot;z[0]" in text
    assert "N&lt;5&gt;" in text
    assert "<title>g.0 NAND2X1</title>" in text
    for seed in range(5):
        inline = schematic(random_diagram(seed))
        assert "<b>" not in inline
        assert "<y>" not in inline


def test_a_drawing_is_the_same_in_every_run() -> None:
    assert schematic(diagram(adder())) == schematic(diagram(adder()))


@pytest.mark.parametrize(
    ("name", "kind"),
    [("INVX1", "not"), ("NAND2X1", "nand"), ("NOR2X1", "nor"), ("AND2X1", "and"), ("OR2X1", "or"), ("XOR2X1", "xor")],
)
def test_cells_are_known_by_their_function(name: str, kind: str) -> None:
    assert cell_kind(load_library("egfet")[name]) == kind
