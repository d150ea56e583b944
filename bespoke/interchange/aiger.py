"""AIGER, binary and ASCII, of the circuit as an and-inverter graph.

Format: A. Biere, "The AIGER And-Inverter Graph (AIG) Format", version 20071012, Johannes Kepler University Linz.
"""

from __future__ import annotations

from bespoke.interchange.circuit import Circuit
from bespoke.netlist import Netlist, NetlistBuilder, to_aiger
from bespoke.opt import fewest_ands
from bespoke.proof import expand


def aiger(circuit: Circuit, *, is_ascii: bool = False) -> bytes:
    """Binary or ASCII form of the fewest gates that local rules find, with the names of all input and output bits."""
    netlist = fewest_ands(generic_netlist(circuit))
    return to_aiger(netlist, netlist.output_literals(), names=_names(circuit), is_ascii=is_ascii)


def generic_netlist(circuit: Circuit) -> Netlist:
    """AND and XOR gates of the cells' truth tables; a port per bit."""
    mapped = circuit.mapped
    builder = NetlistBuilder(mapped.name)
    literals = {terminal.net: builder.add_input(terminal.name, 1).bits[0] for terminal in circuit.input_bits}
    read = [net for port in mapped.inputs for net in port.bits]
    grown = iter(expand(builder, mapped, circuit.library, [literals[net] for net in read]))
    for port, terminals in zip(mapped.outputs, circuit.outputs, strict=True):
        for place, terminal in enumerate(terminals):
            builder.add_output(terminal.name, [next(grown) if place < port.width else 0])
    return builder.build()


def _names(circuit: Circuit) -> tuple[list[str], list[str]]:
    """Symbols end with their line."""
    inputs, outputs = circuit.input_bits, circuit.output_bits
    return [" ".join(bit.name.split()) for bit in inputs], [" ".join(bit.name.split()) for bit in outputs]
