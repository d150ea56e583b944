"""Search for cheaper gates of a circuit with so few inputs that all of them can be looked at."""

from __future__ import annotations

import numpy as np

from bespoke.cells import GateCosts
from bespoke.netlist import AND, FALSE, Netlist, NetlistBuilder, SimpleGates, SimpleKind
from bespoke.netlist.netlist import literal_vectors
from bespoke.opt.boxes import address_vectors, care_on
from bespoke.opt.resubstitute import SearchEffort, resubstitute
from bespoke.opt.table_diagram import Flags

MOST_SEARCHED_BITS = 12  # inputs; with 12 of them a signal takes 1 kB


def search_small_circuit(netlist: Netlist, costs: GateCosts, effort: SearchEffort) -> SimpleGates:
    """Gates with the function of a netlist on every input, found by `resubstitute` from those of the netlist.

    Parameters
    ----------
    netlist : Netlist
        With at most `MOST_SEARCHED_BITS` input bits.
    costs : GateCosts
    effort : SearchEffort
    """
    bits = netlist.input_count
    gates = as_simple_gates(netlist)
    care = care_on(address_vectors(np.arange(1 << bits), bits), len(gates.outputs))
    return resubstitute(gates, care, effort, costs)


def table_of(netlist: Netlist) -> Flags:
    """Output bits of a netlist on all inputs, (n_outputs, 2**n_inputs); input ``i`` is bit ``i`` of the column."""
    bits = netlist.input_count
    inputs = np.arange(1 << bits)[:, None] >> np.arange(bits) & 1
    columns = [int.from_bytes(np.packbits(column, bitorder="little").tobytes(), "little") for column in inputs.T]
    rows = zip(netlist.kinds, netlist.fanin_a, netlist.fanin_b, strict=True)
    vectors = literal_vectors(rows, columns, 1 << bits)
    size = max(1, (1 << bits) // 8)
    numbers = [np.frombuffer(vectors[out].to_bytes(size, "little"), np.uint8) for out in netlist.output_literals()]
    return np.array([np.unpackbits(number, bitorder="little", count=1 << bits) > 0 for number in numbers])


def netlist_of(gates: SimpleGates, like: Netlist) -> Netlist:
    """Simple gates as a netlist with the name and the ports of another one, of whose output bits they give the first.

    The others are 0.
    """
    builder = NetlistBuilder(like.name)
    inputs = [bit for port in like.inputs for bit in builder.add_input(port.name, port.width).bits]
    left = iter(gates.build(builder, inputs))
    for port in like.outputs:
        builder.add_output(port.name, [next(left, FALSE) for _ in port.bits], signed=port.signed)
    return builder.build()


def as_simple_gates(netlist: Netlist) -> SimpleGates:
    """The live gates of a netlist as NAND and NOR gates and inverters, an XOR as four NANDs."""
    grown = _Growth(netlist.input_count)
    live = netlist.live_nets()
    beside = {(a >> 1, b >> 1): (a, b) for net, kind, a, b in netlist.gates() if kind == AND and net in live}
    for net, kind, a, b in netlist.gates():
        if net in live and kind == AND:
            grown.add_and(net, a, b)
        elif net in live:
            grown.add_xor(net, (a, b), beside.get((a >> 1, b >> 1)))
    outputs = tuple(grown.signal(literal) for literal in netlist.output_literals())
    kinds, left, right = (tuple(int(gate[place]) for gate in grown.gates) for place in range(3))
    return SimpleGates(netlist.input_count, kinds, left, right, outputs)


class _Growth:
    """Simple gates built once each, and the signals of literals."""

    def __init__(self, inputs: int) -> None:
        self.inputs = inputs
        self.gates: list[tuple[SimpleKind, int, int]] = []
        self.made: dict[tuple[SimpleKind, int, int], int] = {}
        self.found = {0: 0, 1: 1, **{2 * (1 + number): 2 + number for number in range(inputs)}}

    def gate(self, kind: SimpleKind, a: int, b: int) -> int:
        """Signal of a gate."""
        key = kind, min(a, b), max(a, b)
        if key not in self.made:
            self.gates.append(key)
            self.made[key] = 1 + self.inputs + len(self.gates)
        return self.made[key]

    def add_and(self, net: int, a: int, b: int) -> None:
        """An AND gate: a NOR where of both fanins only the other polarity is there, else a NAND."""
        if not {a, b} & self.found.keys() and {a ^ 1, b ^ 1} <= self.found.keys():
            self.found[2 * net] = self.gate(SimpleKind.NOR, self.found[a ^ 1], self.found[b ^ 1])
        else:
            self.found[2 * net + 1] = self.gate(SimpleKind.NAND, self.signal(a), self.signal(b))

    def add_xor(self, net: int, fanins: tuple[int, int], beside: tuple[int, int] | None) -> None:
        """An XOR gate, which may give its complement.

        It reads the polarities that an AND gate ``beside`` it reads, to share the NAND, else those that are there.
        """
        if beside is None:
            beside = (self.known(fanins[0]), self.known(fanins[1]))
        x, y = self.signal(beside[0]), self.signal(beside[1])
        nand = self.gate(SimpleKind.NAND, x, y)
        sides = self.gate(SimpleKind.NAND, x, nand), self.gate(SimpleKind.NAND, y, nand)
        self.found[2 * net + (sum((*fanins, *beside)) & 1)] = self.gate(SimpleKind.NAND, *sides)

    def known(self, literal: int) -> int:
        """The literal or its complement, whichever has a signal."""
        return literal if literal in self.found else literal ^ 1

    def signal(self, literal: int) -> int:
        """Signal of a literal, one polarity of which is known; the other one takes an inverter."""
        if literal not in self.found:
            other = self.found[literal ^ 1]
            self.found[literal] = self.gate(SimpleKind.INV, other, other)
        return self.found[literal]
