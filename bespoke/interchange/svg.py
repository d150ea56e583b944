"""The circuit as a drawing, in layers from inputs to outputs.

Format: "Scalable Vector Graphics (SVG) 1.1", W3C, 2011. Gates have the distinctive shapes of IEEE Std 91-1984; a cell
of another function is a box with its name. Inputs that nothing reads are left out. Colours follow the viewer's light or
dark scheme.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from bespoke.cells import Cell
from bespoke.errors import NetlistError
from bespoke.interchange.circuit import Circuit, Terminal
from bespoke.interchange.layout import Layout, Node, layout

MAX_CELLS = 400
_STYLE = (
    "svg{color:#1b1f24;background:#fff}@media(prefers-color-scheme:dark){svg{color:#e6e6e6;background:#15181c}}"
    ".w{fill:none;stroke:currentColor;stroke-width:1}.w:hover{stroke:#d9480f;stroke-width:2}"
    ".g{fill:none;stroke:currentColor;stroke-width:1.4;pointer-events:all}.j{fill:currentColor}"
    "text{fill:currentColor;font:9px sans-serif}"
)
# Bodies of 30 by 24 around (0, 0), and where a bubble of inverted outputs stands.
_AND = "M-15,-12H-3A12,12 0 0 1 -3,12H-15Z"
_OR = "M-15,-12H-7Q5,-10 11,0Q5,10 -7,12H-15Q-8,0 -15,-12Z"
_XOR = _OR + "M-19,-12Q-12,0 -19,12"
_BUFFER = "M-15,-10L9,0L-15,10Z"
# (input pins, truth table, first pin least significant) -> body, right end, whether inverted.
_SHAPES = {
    (1, 0b10): (_BUFFER, 9, False),
    (1, 0b01): (_BUFFER, 9, True),
    (2, 0b1000): (_AND, 9, False),
    (2, 0b0111): (_AND, 9, True),
    (2, 0b1110): (_OR, 11, False),
    (2, 0b0001): (_OR, 11, True),
    (2, 0b0110): (_XOR, 11, False),
    (2, 0b1001): (_XOR, 11, True),
}
_BUBBLE = 3
_HALF = 27  # of a layer's width
_TERMINAL_ROW = 18
_LETTER = 5  # mean width of a letter
_LONGEST = 32  # letters shown


def svg_text(circuit: Circuit) -> str:
    """The drawing; gates and wires tell their names when pointed at.

    Raises
    ------
    NetlistError
        If there are more than `MAX_CELLS` cells.
    """
    count = len(circuit.mapped.instances)
    if count > MAX_CELLS:
        allowed = f"{MAX_CELLS} cells; for larger ones --format dot or json"
        raise NetlistError("too large to draw", where=circuit.mapped.name, got=f"{count:,} cells", allowed=allowed)
    nodes, labels = _nodes(circuit)
    drawing = layout(nodes)
    margins = [_LETTER * max((len(_shown(t.name)) for t in side), default=0) for side in _terminals(circuit)]
    width, height = drawing.width + sum(margins), drawing.height
    size = f'width="{width:g}" height="{height:g}" viewBox="{-margins[0]:g} 0 {width:g} {height:g}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>',
        f"<title>{_text(circuit.mapped.name)}</title>",
        f"<style>{_STYLE}</style>",
        *_wires(circuit, drawing),
    ]
    for node, (label, cell) in zip(nodes, labels, strict=True):
        lines += _gate(drawing, node, label, cell) if cell else _terminal(drawing, node, label)
    return "\n".join([*lines, "</svg>"]) + "\n"


def _terminals(circuit: Circuit) -> tuple[list[Terminal], list[Terminal]]:
    """Inputs that something reads, and outputs."""
    read = circuit.read_nets()
    return [terminal for terminal in circuit.input_bits if terminal.net in read], list(circuit.output_bits)


def _nodes(circuit: Circuit) -> tuple[list[Node], list[tuple[str, Cell | None]]]:
    """Nodes with their layers, and label and cell of each; terminals have no cell."""
    inputs, outputs = _terminals(circuit)
    nodes = [Node(0, (), (net,), row=_TERMINAL_ROW) for net in sorted(circuit.read_nets() & {0, 1})]
    labels: list[tuple[str, Cell | None]] = [(str(node.fanouts[0]), None) for node in nodes]
    nodes += [Node(0, (), (terminal.net,), row=_TERMINAL_ROW) for terminal in inputs]
    labels += [(terminal.name, None) for terminal in inputs]
    levels = {net: 0 for node in nodes for net in node.fanouts}
    for name, instance in zip(circuit.names.instances, circuit.mapped.instances, strict=True):
        level = 1 + max((levels[net] for net in instance.fanins), default=0)
        levels |= dict.fromkeys(instance.fanouts, level)
        nodes.append(Node(level, instance.fanins, instance.fanouts))
        labels.append((name, circuit.library[instance.cell]))
    last = 1 + max((node.layer for node in nodes), default=0)
    nodes += [Node(last, (terminal.net,), (), row=_TERMINAL_ROW) for terminal in outputs]
    labels += [(terminal.name, None) for terminal in outputs]
    return nodes, labels


def _wires(circuit: Circuit, drawing: Layout) -> Iterator[str]:
    names = circuit.net_names()
    for net, lines in drawing.wires.items():
        path = "".join(_path(line) for line in lines)
        yield f'<path class="w" d="{path}"><title>{_text(names[net])}</title></path>'
    for x, y in drawing.joints:
        yield f'<circle class="j" cx="{x:g}" cy="{y:g}" r="2.2"/>'


def _path(line: list[tuple[float, float]]) -> str:
    (x, y), *rest = line
    steps = [f"M{x:g},{y:g}"]
    for right, down in rest:
        if right != x and down != y:
            steps.append(f"L{right:g},{down:g}")
        elif right != x:
            steps.append(f"H{right:g}")
        elif down != y:
            steps.append(f"V{down:g}")
        x, y = right, down
    return "".join(steps)


def _terminal(drawing: Layout, node: Node, label: str) -> Iterator[str]:
    left = drawing.middle(node) - _HALF
    is_input = not node.fanins
    start, end = (left + _HALF, left + 2 * _HALF) if is_input else (left, left + _HALF)
    x, anchor = (start - 3, "end") if is_input else (end + 3, "start")
    place = f'x="{x:g}" y="{node.y + 3:g}" text-anchor="{anchor}"'
    yield f"<text {place}>{_text(_shown(label))}<title>{_text(label)}</title></text>"
    yield f'<path class="w" d="M{start:g},{node.y:g}H{end:g}"/>'


def _shown(label: str) -> str:
    """Label with its middle left out where it is long."""
    return label if len(label) <= _LONGEST else f"{label[: _LONGEST // 2 - 1]}…{label[-_LONGEST // 2 :]}"


def _gate(drawing: Layout, node: Node, label: str, cell: Cell) -> Iterator[str]:
    middle = drawing.middle(node)
    shape = _SHAPES.get((len(cell.inputs), cell.outputs[0].truth)) if len(cell.outputs) == 1 else None
    half = node.height / 2 - 4
    body, right, inverted = shape or (f"M-18,{-half:g}H18V{half:g}H-18Z", 18, False)
    # Lines to the pins reach under the curved back of an OR.
    back = -12.4 if shape and body.startswith(_OR) else -18 if not shape else -15
    yield f'<g transform="translate({middle:g},{node.y:g})">'
    for place in range(len(node.fanins)):
        yield f'<path class="w" d="M{-_HALF},{node.input_y(place) - node.y:g}H{back}"/>'
    for place in range(len(node.fanouts)):
        start = right + (2 * _BUBBLE if inverted else 0)
        yield f'<path class="w" d="M{start},{node.output_y(place) - node.y:g}H{_HALF}"/>'
    yield f'<path class="g" d="{body}"><title>{_text(f"{label} {cell.name}")}</title></path>'
    if inverted:
        yield f'<circle class="g" cx="{right + _BUBBLE}" cy="0" r="{_BUBBLE}"/>'
    if not shape:
        shown = cell.name if len(cell.name) <= 8 else cell.name[:7] + "…"
        yield f'<text x="0" y="3" text-anchor="middle">{_text(shown)}</text>'
    yield "</g>"


def _text(text: str) -> str:
    """Text in XML, without the characters that XML forbids."""
    return escape("".join(c if c.isprintable() else "?" for c in text), {'"': "&quot;"})
