"""BLIF, mapped to cells and as plain logic.

Format: "Berkeley Logic Interchange Format (BLIF)", University of California, Berkeley, 28 July 1992. Bits of vectors
are called ``x[3]``, as Yosys writes and reads them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from bespoke.interchange.circuit import Circuit
from bespoke.interchange.names import distinct_names, folded

# A comment, a formal/actual pair and a continued line are marked by these; a line's command starts with a full stop.
_ILLEGAL = re.compile(r"[^!-~]|[#=\\\"<>]|^\.")
_CONSTANTS = ("$false", "$true")


def mapped_blif(circuit: Circuit) -> str:
    """One ``.gate`` per instance.

    Constants, and outputs that no cell drives alone, are ``.names``, since libraries may lack cells for them. Yosys
    reads such files; ABC stops at files with both kinds, and reads `logic_blif`.
    """
    return _model(circuit, _gates)


def logic_blif(circuit: Circuit) -> str:
    """One ``.names`` per output pin of an instance, with its truth table."""
    return _model(circuit, _tables)


def _model(circuit: Circuit, body: Callable[[Circuit, Sequence[str]], Iterator[str]]) -> str:
    nets, outputs = circuit.merged_names()[0][2:], [terminal.name for terminal in circuit.output_bits]
    names = [*_CONSTANTS, *distinct_names([*nets, *outputs], _ILLEGAL, taken=_CONSTANTS)]
    outputs = names[len(names) - len(outputs) :]
    lines = [f".model {_ILLEGAL.sub('_', circuit.mapped.name)}"]
    lines.append(folded([".inputs", *(names[terminal.net] for terminal in circuit.input_bits)]))
    lines.append(folded([".outputs", *outputs]))
    lines += [f".names {names[net]}" + "\n1" * net for net in (0, 1) if net in circuit.read_nets()]
    lines += body(circuit, names)
    drivers = [names[terminal.net] for terminal in circuit.output_bits]
    lines += [f".names {net} {name}\n1 1" for net, name in zip(drivers, outputs, strict=True) if net != name]
    return "\n".join([*lines, ".end"]) + "\n"


def _gates(circuit: Circuit, names: Sequence[str]) -> Iterator[str]:
    for instance in circuit.mapped.instances:
        cell = circuit.library[instance.cell]
        nets = (*instance.fanins, *instance.fanouts)
        pairs = " ".join(f"{pin}={names[net]}" for pin, net in zip(cell.pins, nets, strict=True))
        yield f".gate {_ILLEGAL.sub('_', cell.name)} {pairs}"


def _tables(circuit: Circuit, names: Sequence[str]) -> Iterator[str]:
    for instance in circuit.mapped.instances:
        cell = circuit.library[instance.cell]
        fanins = " ".join(names[net] for net in instance.fanins)
        for pin, net in zip(cell.outputs, instance.fanouts, strict=True):
            yield "\n".join([f".names {fanins} {names[net]}", *_rows(pin.truth, len(cell.inputs))])


def _rows(truth: int, pins: int) -> list[str]:
    """The states in which the output is 1, or those in which it is 0 where these are fewer; first pin first."""
    ones = [state for state in range(1 << pins) if truth >> state & 1]
    zeros = [state for state in range(1 << pins) if not truth >> state & 1]
    value, states = (0, zeros) if 0 < len(zeros) < len(ones) else (1, ones)
    cubes = ["".join(str(state >> place & 1) for place in range(pins)) for state in states]
    return [f"{cube} {value}".strip() for cube in cubes]
