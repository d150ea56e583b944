"""The circuit as a graph for Graphviz.

Format: "The DOT Language", graphviz.org/doc/info/lang.html.
"""

from __future__ import annotations

from collections.abc import Iterator

from bespoke.interchange.circuit import Circuit


def dot_text(circuit: Circuit) -> str:
    """A node per instance, input bit, output bit and constant; an edge per pin, called as its net."""
    lines = [f"digraph {_quoted(circuit.mapped.name)} {{", "  rankdir=LR;", "  node [shape=box, fontname=Helvetica];"]
    lines += [f"  {line};" for line in (*_nodes(circuit), *_edges(circuit))]
    return "\n".join([*lines, "}"]) + "\n"


def _nodes(circuit: Circuit) -> Iterator[str]:
    for net in sorted(circuit.read_nets() & {0, 1}):
        yield f"constant{net} [label={_quoted(str(net))}, shape=plaintext]"
    for place, terminal in enumerate(circuit.input_bits):
        yield f"input{place} [label={_quoted(terminal.name)}, shape=cds]"
    for place, instance in enumerate(circuit.mapped.instances):
        name = _quoted(f"{circuit.names.instances[place]}\n{instance.cell}")
        yield f"cell{place} [label={name}]"
    for place, terminal in enumerate(circuit.output_bits):
        yield f"output{place} [label={_quoted(terminal.name)}, shape=cds]"


def _edges(circuit: Circuit) -> Iterator[str]:
    drivers = {0: "constant0", 1: "constant1"}
    drivers |= {terminal.net: f"input{place}" for place, terminal in enumerate(circuit.input_bits)}
    names = circuit.net_names()
    for place, instance in enumerate(circuit.mapped.instances):
        drivers |= dict.fromkeys(instance.fanouts, f"cell{place}")
        pins = circuit.library[instance.cell].inputs
        for pin, net in zip(pins, instance.fanins, strict=True):
            yield f"{drivers[net]} -> cell{place} [tooltip={_quoted(names[net])}, headlabel={_quoted(pin.name)}]"
    for place, terminal in enumerate(circuit.output_bits):
        yield f"{drivers[terminal.net]} -> output{place} [tooltip={_quoted(names[terminal.net])}]"


def _quoted(text: str) -> str:
    """A quoted string; a backslash would start an escape of Graphviz."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
