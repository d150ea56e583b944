"""A netlist under edits with the values of all its nets on the stimuli."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from bespoke.netlist import AND, GONE, Edit, EditedNetwork, Netlist, gate_value
from bespoke.sim import literal_values


class PruningNetwork(EditedNetwork):
    """Gates and bit vectors of a netlist under edits; gates that nothing reads any more are dropped.

    Parameters
    ----------
    netlist : Netlist
    inputs : sequence of int
        Bit vector per primary input bit.
    count : int
        Number of vectors.

    Attributes
    ----------
    input_count : int
        Input bits, the nets from 1 on.
    values : list of int
        Bit vector per literal.
    changed : list of int
        Nets whose values the last edit changed.
    """

    def __init__(self, netlist: Netlist, inputs: Sequence[int], count: int) -> None:
        super().__init__(netlist)
        self.input_count = netlist.input_count
        self.mask = (1 << count) - 1
        self.values = literal_values(netlist, inputs, count)
        self.changed: list[int] = []
        self._drop_unread(self.gates())

    def read_inputs(self) -> list[int]:
        """The inputs that gates or outputs read."""
        return [net for net in range(1, 1 + self.input_count) if self.kinds[net] != GONE and self._reads(net)]

    def live_nets(self) -> list[int]:
        """The constant, the inputs and the gates."""
        return [net for net, kind in enumerate(self.kinds) if kind != GONE]

    def output_values(self) -> list[int]:
        """Bit vectors of all output bits."""
        return [self.values[literal] for literal in self.outputs]

    def flipped_outputs(self, net: int, cone: Iterable[int]) -> list[int]:
        """Bit vectors of all output bits if a net had the opposite value on every vector.

        Vectors do not influence each other, so this tells the outputs for any other value of the net, too: on the
        vectors on which it differs they are these, on the others they are as they were.

        Parameters
        ----------
        net : int
        cone : iterable of int
            The gates that depend on it, each after those it reads.
        """
        values, kinds, fanins, mask = self.values, self.kinds, self.fanins, self.mask
        old = [(2 * net, values[2 * net])]
        values[2 * net], values[2 * net + 1] = values[2 * net + 1], values[2 * net]
        changed = {net}
        for gate in cone:
            a, b = fanins[gate]
            if a >> 1 in changed or b >> 1 in changed:
                value = values[a] & values[b] if kinds[gate] == AND else values[a] ^ values[b]
                if value != values[2 * gate]:
                    old.append((2 * gate, values[2 * gate]))
                    values[2 * gate], values[2 * gate + 1] = value, value ^ mask
                    changed.add(gate)
        outputs = self.output_values()
        for literal, value in old:
            values[literal], values[literal + 1] = value, value ^ mask
        return outputs

    def freed(self, replaced: dict[int, int]) -> set[int]:
        """Gates that go, and inputs that nothing reads any more, if `folded` nets are replaced by literals."""
        added: dict[int, int] = {}
        for net, literal in replaced.items():
            reads = sum(gate not in replaced for gate in self.readers[net]) + self._output_reads[net]
            added[literal >> 1] = added.get(literal >> 1, 0) + reads
        gone, stack = set(replaced), list(replaced)
        while stack:
            net = stack.pop()
            for literal in self.fanins[net]:
                fanin = literal >> 1
                if net not in replaced and fanin in replaced:
                    fanin = replaced[fanin] >> 1
                left = added[fanin] = added.get(fanin, 0) - 1
                if fanin and fanin not in gone and self.kinds[fanin] != GONE and self._reads(fanin) + left == 0:
                    gone.add(fanin)
                    stack.append(fanin)
        return gone

    def make(self, edit: Edit) -> None:
        """Make an edit, which reads no net that was dropped."""
        cone = [edit.net, *self.fanout_cone(edit.net)]
        read = [literal >> 1 for gate in cone for literal in self.fanins[gate]]
        super().make(edit)
        self._drop_unread(read)
        self._evaluate(sorted((net for net in cone if self.kinds[net] != GONE), key=self.positions.__getitem__))

    def _reads(self, net: int) -> int:
        return len(self.readers[net]) + self._output_reads[net]

    def _drop_unread(self, nets: Iterable[int]) -> None:
        self._output_reads = Counter(literal >> 1 for literal in self.outputs)
        stack = list(nets)
        while stack:
            net = stack.pop()
            if self.kinds[net] >= 0 and not self._reads(net):
                self._detach(net)
                stack += [literal >> 1 for literal in self.fanins[net]]

    def _evaluate(self, gates: Iterable[int]) -> None:
        values = self.values
        self.changed = []
        for gate in gates:
            a, b = self.fanins[gate]
            value = gate_value(self.kinds[gate], values[a], values[b])
            if value != values[2 * gate]:
                values[2 * gate], values[2 * gate + 1] = value, value ^ self.mask
                self.changed.append(gate)
