"""Circuits as schematics in layers from inputs to outputs, inline in a page or as a file of their own.

Format of the file: "Scalable Vector Graphics (SVG) 1.1", W3C, 2011. Inputs that nothing reads are left out. Colours
follow the viewer's light or dark scheme. Every piece of net 7 has the class ``n7``, by which a page shows its state.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape

from bespoke.drawing.layout import WIDTH, Layout, Node, layout
from bespoke.drawing.markup import asset
from bespoke.drawing.symbols import gate_height, symbol
from bespoke.drawing.words import shortened

_TERMINAL = 18  # height of a terminal
_LETTER = 5.2  # mean width of a letter
_ROOM = 50  # for names, in the outermost layers and margins
_LONGEST = 32  # letters shown

Bit = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Gate:
    """A cell: name, kind as of `bespoke.drawing.cell_kind`, nets, text for a pointer, whether it is marked."""

    name: str
    kind: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    title: str
    is_marked: bool = False


@dataclass(frozen=True, slots=True)
class Diagram:
    """What is drawn of a circuit.

    Attributes
    ----------
    inputs, outputs : tuple of (str, int)
        Name and net of each bit on the boundary; nets 0 and 1 are the constants.
    gates : tuple of Gate
        Each behind those that drive it.
    nets : mapping of int to str
        Names that a pointer gets.
    """

    inputs: tuple[Bit, ...]
    gates: tuple[Gate, ...]
    outputs: tuple[Bit, ...]
    nets: Mapping[int, str] = field(default_factory=dict)


def schematic(diagram: Diagram) -> str:
    """SVG element of a circuit."""
    return _svg(diagram, 'role="img" aria-label="schematic of the circuit"', "")


def schematic_file(diagram: Diagram, title: str) -> str:
    """Content of an SVG file of a circuit."""
    style = asset("schematic.css")
    head = f"<title>{_text(title)}</title>\n<style>\n{style}</style>\n"
    return _svg(diagram, 'xmlns="http://www.w3.org/2000/svg"', head) + "\n"


def placed(diagram: Diagram) -> tuple[list[Node], list[str]]:
    """Nodes in their layers, not yet laid out, and what is drawn at each."""
    read = {net for gate in diagram.gates for net in gate.inputs} | {net for _, net in diagram.outputs}
    sources = [(name, net) for name, net in (("0", 0), ("1", 1), *diagram.inputs) if net in read]
    nodes = [Node(0, (), (net,), _TERMINAL) for _, net in sources]
    shapes = [_terminal(bit, (WIDTH - 12, WIDTH - 5), "end") for bit in sources]
    levels = {net: 0 for _, net in sources}
    for gate in diagram.gates:
        level = 1 + max((levels[net] for net in gate.inputs), default=0)
        levels |= dict.fromkeys(gate.outputs, level)
        pins = len(gate.inputs), len(gate.outputs)
        nodes.append(Node(level, gate.inputs, gate.outputs, gate_height(*pins)))
        body = symbol(gate.kind, gate.name, gate.inputs, gate.outputs)
        shapes.append(f'<g class="cell{" marked" * gate.is_marked}"><title>{_text(gate.title)}</title>{body}</g>')
    last = 1 + max(levels.values(), default=0)
    nodes += [Node(last, (net,), (), _TERMINAL) for _, net in diagram.outputs]
    shapes += [_terminal(bit, (12, 5), "start") for bit in diagram.outputs]
    return nodes, shapes


def _svg(diagram: Diagram, attributes: str, head: str) -> str:
    nodes, shapes = placed(diagram)
    drawn = layout(nodes)
    left, right = (
        round(_LETTER * max((min(len(name), _LONGEST) for name, _ in bits), default=0)) - _ROOM
        for bits in (diagram.inputs, diagram.outputs)
    )
    width = drawn.width + left + right  # lines of a width of 1 are sharp in the middle of a pixel
    places = [f"{drawn.lefts[node.layer]:g} {node.y:g}" for node in nodes]
    gates = [f'<g transform="translate({at})">{shape}</g>' for at, shape in zip(places, shapes, strict=True)]
    body = "\n".join((*_wires(drawn, diagram.nets), *gates))
    return (
        f'<svg class="circuit" {attributes} viewBox="{-left - 0.5} -0.5 {width:g} {drawn.height:g}" width="{width:g}" '
        f'height="{drawn.height:g}">{head}{body}</svg>'
    )


def _terminal(bit: Bit, places: tuple[float, float], anchor: str) -> str:
    (name, net), (text, port) = bit, places
    lead = f"M{port} 0H{WIDTH if anchor == 'end' else 0}"
    words = f"{_text(shortened(name, _LONGEST))}<title>{_text(name)}</title>"
    return (
        f'<path class="wire n{net}" d="{lead}"/><circle class="port n{net}" cx="{port}" cy="0" r="3"/>'
        f'<text x="{text}" y="3" text-anchor="{anchor}">{words}</text>'
    )


def _wires(drawn: Layout, names: Mapping[int, str]) -> Iterator[str]:
    for net, lines in drawn.wires.items():
        title = f"<title>{_text(names[net])}</title>" if net in names else ""
        path = "".join(f"M{x:g} {y:g}" + (f"V{b:g}" if a == x else f"H{a:g}") for x, y, a, b in lines)
        yield f'<path class="wire n{net}" d="{path}">{title}</path>'
    for net, x, y in drawn.joints:
        yield f'<circle class="dot n{net}" cx="{x:g}" cy="{y:g}" r="2.2"/>'


def _text(text: str) -> str:
    """Text in XML, without the characters that XML forbids."""
    return escape("".join(c if c.isprintable() or c == "\n" else "?" for c in text))
