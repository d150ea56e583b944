"""The drawing shows every gate and every wire, and wires of different nets never run into one another."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from exchange_samples import adder, circuits, foreign, random_circuit

from bespoke.errors import NetlistError
from bespoke.interchange import MAX_CELLS, svg_text
from bespoke.interchange.layout import Node, layout
from bespoke.interchange.svg import _nodes

SVG = "{http://www.w3.org/2000/svg}"
CIRCUITS = {**circuits(), "larger": random_circuit(9, gates=150)}


@pytest.fixture(params=CIRCUITS.values(), ids=CIRCUITS.keys())
def circuit(request):
    return request.param


def test_all_gates_and_terminals_are_there(circuit):
    root = ET.fromstring(svg_text(circuit))
    titles = [title.text for title in root.iter(f"{SVG}title")]
    gates = zip(circuit.names.instances, circuit.mapped.instances, strict=True)
    assert not {f"{name} {instance.cell}" for name, instance in gates} - set(titles)
    read = circuit.read_nets()
    wanted = [bit.name for bit in circuit.input_bits if bit.net in read] + [bit.name for bit in circuit.output_bits]
    printable = {"".join(c if c.isprintable() else "?" for c in name) for name in wanted}
    assert printable <= set(titles)


def segments(drawing):
    """Horizontal and vertical pieces by net: (kind, place, low, high)."""
    for net, lines in drawing.wires.items():
        for line in lines:
            for (x, y), (right, down) in pairwise(line):
                if x != right:
                    yield net, "h", y, min(x, right), max(x, right)
                elif y != down:
                    yield net, "v", x, min(y, down), max(y, down)


def test_wires_of_two_nets_never_overlap(circuit):
    drawing = layout(_nodes(circuit)[0])
    lines = defaultdict(list)
    for net, kind, place, low, high in segments(drawing):
        lines[kind, place].append((low, high, net))
    for pieces in lines.values():
        pieces.sort()
        reach, owner = float("-inf"), None
        for low, high, net in pieces:
            assert low >= reach or net == owner, (net, owner)
            if high > reach:
                reach, owner = high, net


def test_every_pin_is_reached(circuit):
    nodes = _nodes(circuit)[0]
    drawing = layout(nodes)
    ends = {(net, point) for net, lines in drawing.wires.items() for line in lines for point in (line[0], line[-1])}
    for node in nodes:
        left = drawing.lefts[node.layer]
        for place, net in enumerate(node.fanins):
            assert (net, (left, node.input_y(place))) in ends


def test_nodes_of_a_layer_do_not_touch(circuit):
    drawing = layout(_nodes(circuit)[0])
    layers = defaultdict(list)
    for node in drawing.nodes:
        layers[node.layer].append((node.y - node.height / 2, node.y + node.height / 2))
    for spans in layers.values():
        spans.sort()
        assert all(high <= low + 6 for (_, high), (low, _) in pairwise(spans))


def test_wires_that_would_turn_in_a_circle_are_parted():
    left = [Node(0, (), (1,)), Node(0, (), (2,))]
    right = [Node(1, (2,), ()), Node(1, (1,), ())]
    drawing = layout(left + right)
    assert len(drawing.wires) == 2


def test_large_circuits_are_refused():
    circuit = random_circuit(3, gates=MAX_CELLS + 1)
    with pytest.raises(NetlistError, match=r"too large to draw; got 401 cells; allowed: 400 cells; .*dot or json"):
        svg_text(circuit)


def test_text_is_escaped():
    text = svg_text(foreign())
    assert "y&quot;z[0]" in text
    assert "N&lt;5&gt;" in text
    assert "<title>g.0 NAND2X1</title>" in text
    assert svg_text(adder()) == svg_text(adder())
