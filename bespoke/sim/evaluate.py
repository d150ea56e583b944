"""Values of the nets of a mapped netlist, one Python integer per net with one bit per input vector."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from bespoke.cells import Cell, CellLibrary
from bespoke.netlist import Instance, MappedNetlist

BLOCK = 64  # instances evaluated between two clean-ups
FREE_FROM = 4096  # vectors; below, the values are so small that freeing them costs more than it saves

INVERT, AND, NAND, OR, NOR, XOR, XNOR, OTHER = range(8)
# Truth tables (first pin least significant) of the cells that make up nearly every circuit.
_KINDS = {
    (1, 0b01): INVERT,
    (2, 0b1000): AND,
    (2, 0b0111): NAND,
    (2, 0b1110): OR,
    (2, 0b0001): NOR,
    (2, 0b0110): XOR,
    (2, 0b1001): XNOR,
}

Evaluator = Callable[..., int]


class NetValues:
    """Evaluation of a mapped netlist on packed inputs.

    Parameters
    ----------
    netlist : MappedNetlist
    library : CellLibrary
    inputs : sequence of int
        Bit vectors of the primary inputs, as `pack_words` makes them.
    count : int
        Number of input vectors.

    Attributes
    ----------
    values : list of int
        Bit vector of each net evaluated so far; 0 once `blocks` has let go of it.
    kinds : dict of str to int
        Kind of each cell in use.
    """

    def __init__(self, netlist: MappedNetlist, library: CellLibrary, inputs: Sequence[int], count: int) -> None:
        names = {instance.cell for instance in netlist.instances}
        self.netlist = netlist
        self.count = count
        self.mask = (1 << count) - 1
        self.values = [0, self.mask, *inputs]
        self.kinds = {name: _kind(library[name]) for name in names}
        self._others = {name: _evaluators(library[name]) for name in names if self.kinds[name] == OTHER}

    def evaluate(self, instances: Iterable[Instance]) -> None:
        """Append the values of the fanouts of the next instances."""
        values, mask, kinds = self.values, self.mask, self.kinds
        push = values.append
        for cell, fanins, _ in instances:
            kind = kinds[cell]
            if kind == NAND:
                a, b = fanins
                push(mask ^ (values[a] & values[b]))
            elif kind == INVERT:
                push(mask ^ values[fanins[0]])
            elif kind == AND:
                a, b = fanins
                push(values[a] & values[b])
            elif kind == OR:
                a, b = fanins
                push(values[a] | values[b])
            elif kind == NOR:
                a, b = fanins
                push(mask ^ (values[a] | values[b]))
            elif kind == XOR:
                a, b = fanins
                push(values[a] ^ values[b])
            elif kind == XNOR:
                a, b = fanins
                push(mask ^ values[a] ^ values[b])
            else:
                pins = [values[net] for net in fanins]
                values += [evaluator(mask, *pins) for evaluator in self._others[cell]]

    def blocks(self) -> Iterator[Sequence[Instance]]:
        """Evaluate block by block and yield the instances of each.

        When the next block is asked for, values that are neither read again nor outputs are let go of, if there are
        so many vectors that memory counts.
        """
        instances = self.netlist.instances
        parts = [instances[start : start + BLOCK] for start in range(0, len(instances), BLOCK)]
        dead = self._last_uses(parts) if self.count >= FREE_FROM else [[] for _ in parts]
        for part, done in zip(parts, dead, strict=True):
            self.evaluate(part)
            yield part
            for net in done:
                self.values[net] = 0

    def _last_uses(self, parts: Sequence[Sequence[Instance]]) -> list[list[int]]:
        """Nets per block that nothing reads after it."""
        last = [-1] * self.netlist.net_count
        for number, part in enumerate(parts):
            for _, fanins, fanouts in part:
                for net in fanins:
                    last[net] = number
                for net in fanouts:
                    last[net] = number
        for port in self.netlist.outputs:
            for net in port.bits:
                last[net] = -1
        dead: list[list[int]] = [[] for _ in parts]
        for net, number in enumerate(last):
            if number >= 0 and net > 1:
                dead[number].append(net)
        return dead


def _kind(cell: Cell) -> int:
    return _KINDS.get((len(cell.inputs), cell.outputs[0].truth), OTHER) if len(cell.outputs) == 1 else OTHER


def _evaluators(cell: Cell) -> list[Evaluator]:
    return [_from_truth(output.truth, len(cell.inputs)) for output in cell.outputs]


def _from_truth(truth: int, pins: int) -> Evaluator:
    """Evaluator by Shannon expansion over the pins, first pin innermost."""

    def evaluate(mask: int, *inputs: int) -> int:
        layer = [mask if truth >> state & 1 else 0 for state in range(1 << pins)]
        for pin in inputs:
            layer = [low ^ ((low ^ high) & pin) for low, high in zip(layer[::2], layer[1::2], strict=True)]
        return layer[0]

    return evaluate
