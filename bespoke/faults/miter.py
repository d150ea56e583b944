"""Search for an input that shows a fault, or the proof that there is none, by SAT."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush
from itertools import islice

import numpy as np

from bespoke.faults.fault import Fault, faulty_tables
from bespoke.faults.graph import Integers, Subject
from bespoke.netlist import FALSE, TRUE, NetlistBuilder
from bespoke.proof.cec import CecResult, check_false
from bespoke.proof.word import looked_up


class Miter:
    """A circuit without faults beside parts of it with faults, over the same inputs.

    Parameters
    ----------
    circuit : Subject
    """

    def __init__(self, circuit: Subject) -> None:
        self._circuit = circuit
        self._builder = NetlistBuilder(circuit.netlist.name)
        ports = [self._builder.add_input(port.name, port.width) for port in circuit.netlist.inputs]
        self._good = [FALSE, TRUE, *(literal for port in ports for literal in port.bits)]
        self._readers: dict[int, list[int]] = {}
        for number, (cell, fanins, _) in enumerate(circuit.netlist.instances):
            tables = [pin.truth for pin in circuit.library[cell].outputs]
            self._good += self._outputs(tables, [self._good[net] for net in fanins])
            for net in set(fanins):
                self._readers.setdefault(net, []).append(number)

    def check(self, faults: Sequence[Fault], timeout_s: float) -> CecResult:
        """Whether no input shows any of the faults; if one does, its input bits.

        Raises
        ------
        ToolMissingError, ToolError
            If ABC is missing or prints something unknown.
        """
        shown = [self._shown(fault) for fault in faults]
        return check_false(self._builder.build(), shown, timeout_s)

    def _shown(self, fault: Fault) -> int:
        """Literal that is 1 where an output differs with the fault."""
        netlist, good = self._circuit.netlist, self._good
        found: dict[int, int] = {}
        waiting, known = [fault.instance], {fault.instance}
        while waiting:
            number = heappop(waiting)
            name, fanins, fanouts = netlist.instances[number]
            cell = self._circuit.library[name]
            is_site = number == fault.instance
            tables = faulty_tables(cell, fault.pin, fault.value) if is_site else [pin.truth for pin in cell.outputs]
            literals = self._outputs(tables, [found.get(net, good[net]) for net in fanins])
            for net, literal in zip(fanouts, literals, strict=True):
                if literal != good[net]:
                    found[net] = literal
                    for reader in self._readers.get(net, ()):
                        if reader not in known:
                            known.add(reader)
                            heappush(waiting, reader)
        ends = {net for port in netlist.outputs for net in port.bits} & found.keys()
        return self._builder.any_of([self._builder.xor(good[net], found[net]) for net in sorted(ends)])

    def _outputs(self, tables: Sequence[int], pins: Sequence[int]) -> list[int]:
        states = range(1 << len(pins))
        return [
            literal
            for table in tables
            for literal in looked_up(self._builder, [table >> state & 1 for state in states], list(pins), 1)
        ]


def words_of(circuit: Subject, bits: dict[int, int]) -> Integers:
    """Words on the ports, shape (1, n_ports), for input bits by number; others are 0."""
    numbers = iter(range(circuit.netlist.input_count))
    words = [
        sum(bits.get(number, 0) << position for position, number in enumerate(islice(numbers, port.width)))
        for port in circuit.netlist.inputs
    ]
    return np.array([words], dtype=np.int64)
