"""A netlist in which nets are replaced, with the values of all nets on the stimuli."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import heapify, heappop, heappush

from bespoke.arith.choice import GATE_COSTS
from bespoke.errors import NetlistError
from bespoke.netlist import FALSE, TRUE, GateKind, Netlist, NetlistBuilder, literal_text
from bespoke.sim import literal_values

AND = int(GateKind.AND)
SOURCE, DEAD = -1, -2


class PruningNetwork:
    """Gates and bit vectors of a netlist, under replacement of nets by literals.

    Nets keep the numbers of the netlist, and no gate is ever added: a gate whose fanins no longer make it one is
    replaced by the literal that it equals.

    Parameters
    ----------
    netlist : Netlist
    inputs : sequence of int
        Bit vector per primary input bit.
    count : int
        Number of vectors.

    Attributes
    ----------
    kinds : list of int
        Per net `GateKind`, `SOURCE` (constant and inputs) or `DEAD`.
    fanins : list of (int, int)
        Literals; those of an XOR may be complemented.
    readers : list of set of int
        Gates that read a net.
    values : list of int
        Bit vector per literal.
    outputs : list of int
        Literals of all output bits.
    cost : float
        Cost of the gates, in NAND2 cells.
    """

    def __init__(self, netlist: Netlist, inputs: Sequence[int], count: int) -> None:
        first = 1 + netlist.input_count
        self._netlist = netlist
        self.mask = (1 << count) - 1
        self.values = literal_values(netlist, inputs, count)
        self.kinds = [SOURCE] * first + list(netlist.kinds)
        sources = [(FALSE, FALSE)] * first
        self.fanins = sources + list(zip(netlist.fanin_a, netlist.fanin_b, strict=True))
        self.readers: list[set[int]] = [set() for _ in self.kinds]
        self.outputs = list(netlist.output_literals())
        self._output_reads = [0] * len(self.kinds)
        self._positions = list(range(len(self.kinds)))
        for literal in self.outputs:
            self._output_reads[literal >> 1] += 1
        for net, _, a, b in netlist.gates():
            self.readers[a >> 1].add(net)
            self.readers[b >> 1].add(net)
        self.cost = sum(GATE_COSTS[kind] for kind in netlist.kinds)
        self._drop_unread(range(len(self.kinds) - 1, first - 1, -1))

    def gates(self) -> list[int]:
        """Nets of all gates, each after those it reads."""
        return sorted((net for net, kind in enumerate(self.kinds) if kind >= 0), key=self._positions.__getitem__)

    def freeze(self) -> Netlist:
        """The netlist as it is now."""
        builder = NetlistBuilder(self._netlist.name)
        literals = [FALSE] * len(self.kinds)
        for port in self._netlist.inputs:
            bits = builder.add_input(port.name, port.width, signed=port.signed).bits
            for bit in bits:
                literals[bit >> 1] = bit
        for net in self.gates():
            a, b = (literals[literal >> 1] ^ (literal & 1) for literal in self.fanins[net])
            literals[net] = builder.and_(a, b) if self.kinds[net] == AND else builder.xor(a, b)
        outputs = iter(self.outputs)
        for port in self._netlist.outputs:
            bits = tuple(literals[bit >> 1] ^ (bit & 1) for _, bit in zip(port.bits, outputs, strict=False))
            builder.add_output(port.name, bits, signed=port.signed)
        return builder.build()

    def live_nets(self) -> list[int]:
        """The constant, the inputs and the gates."""
        return [net for net, kind in enumerate(self.kinds) if kind != DEAD]

    def output_values(self) -> list[int]:
        """Bit vectors of all output bits."""
        return [self.values[literal] for literal in self.outputs]

    def fanout_cone(self, net: int) -> list[int]:
        """Gates that depend on a net, each after those it reads."""
        found: set[int] = set()
        stack = [net]
        while stack:
            new = self.readers[stack.pop()] - found
            found |= new
            stack += new
        return sorted(found, key=self._positions.__getitem__)

    def flipped_outputs(self, net: int, cone: Iterable[int]) -> list[int]:
        """Bit vectors of all output bits if a net had the opposite value on every vector.

        Vectors do not influence each other, so this tells the outputs for any other value of the net, too: on the
        vectors on which it differs they are these, on the others they are as they were.
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
        outputs = [values[literal] for literal in self.outputs]
        for literal, value in old:
            values[literal], values[literal + 1] = value, value ^ mask
        return outputs

    def folded(self, net: int, literal: int) -> dict[int, int]:
        """Literals that replace nets if one is replaced: itself, and gates that are none any more by that."""
        replaced = {net: literal}
        waiting = [(self._positions[gate], gate) for gate in self.readers[net]]
        heapify(waiting)
        while waiting:
            _, gate = heappop(waiting)
            if gate in replaced:
                continue
            a, b = self.fanins[gate]
            a = replaced[a >> 1] ^ (a & 1) if a >> 1 in replaced else a
            b = replaced[b >> 1] ^ (b & 1) if b >> 1 in replaced else b
            same = _fold(self.kinds[gate], a, b)
            if same is not None:
                replaced[gate] = same
                for reader in self.readers[gate]:
                    heappush(waiting, (self._positions[reader], reader))
        return replaced

    def freed(self, replaced: dict[int, int]) -> tuple[float, set[int]]:
        """Cost and nets of the gates that go if nets are replaced by literals, as `folded` gives them."""
        added: dict[int, int] = {}
        for net, literal in replaced.items():
            reads = sum(gate not in replaced for gate in self.readers[net]) + self._output_reads[net]
            added[literal >> 1] = added.get(literal >> 1, 0) + reads
        gone = set(replaced)
        cost, stack = 0.0, list(replaced)
        while stack:
            net = stack.pop()
            cost += GATE_COSTS[self.kinds[net]]
            for literal in self.fanins[net]:
                fanin = literal >> 1
                if net not in replaced and fanin in replaced:
                    fanin = replaced[fanin] >> 1
                left = added[fanin] = added.get(fanin, 0) - 1
                if fanin not in gone and self.kinds[fanin] >= 0 and self._reads(fanin) + left == 0:
                    gone.add(fanin)
                    stack.append(fanin)
        return cost, gone

    def _reads(self, net: int) -> int:
        return len(self.readers[net]) + self._output_reads[net]

    def replace(self, net: int, literal: int) -> list[int]:
        """Let everything that reads a net read a literal; return the nets whose values changed.

        Gates that are none any more are replaced, gates that nothing reads are dropped.

        Raises
        ------
        NetlistError
            If the net is no gate, or the literal depends on it or does not exist.
        """
        cone = self._checked_cone(net, literal)
        replaced = self.folded(net, literal)
        is_ordered = self._rewire(replaced)
        self.outputs = [replaced[bit >> 1] ^ (bit & 1) if bit >> 1 in replaced else bit for bit in self.outputs]
        for key, target in replaced.items():
            self._output_reads[target >> 1] += self._output_reads[key]
            self._output_reads[key] = 0
        self._drop_unread(replaced)
        if not is_ordered:
            self._reorder()
            cone.sort(key=self._positions.__getitem__)
        return self._update(cone)

    def _checked_cone(self, net: int, literal: int) -> list[int]:
        """Fanout cone of a net that can be replaced by a literal."""
        other, count = literal >> 1, len(self.kinds)
        if not 0 <= net < count or self.kinds[net] < 0:
            raise NetlistError("only a gate can be cut", where=self._netlist.name, got=literal_text(2 * net))
        cone = self.fanout_cone(net)
        if not 0 <= other < count or self.kinds[other] == DEAD or other in (net, *cone):
            raise NetlistError("a cut net would depend on itself", where=self._netlist.name, got=literal_text(literal))
        return cone

    def _rewire(self, replaced: dict[int, int]) -> bool:
        """Let the gates that stay read the replacements; return whether the order is still right."""
        is_ordered = True
        for net, literal in replaced.items():
            for gate in self.readers[net]:
                if gate in replaced:
                    continue
                a, b = self.fanins[gate]
                a = literal ^ (a & 1) if a >> 1 == net else a
                b = literal ^ (b & 1) if b >> 1 == net else b
                self.fanins[gate] = a, b
                self.readers[literal >> 1].add(gate)
                is_ordered &= self._positions[literal >> 1] < self._positions[gate]
            self.readers[net] = {gate for gate in self.readers[net] if gate in replaced}
        return is_ordered

    def _drop_unread(self, nets: Iterable[int]) -> None:
        stack = list(nets)
        while stack:
            net = stack.pop()
            if self.kinds[net] < 0 or self._reads(net):
                continue
            self.cost -= GATE_COSTS[self.kinds[net]]
            self.kinds[net] = DEAD
            for literal in self.fanins[net]:
                self.readers[literal >> 1].discard(net)
                stack.append(literal >> 1)

    def _reorder(self) -> None:
        """Number all gates anew, each after those it reads."""
        waiting = [
            len({a >> 1, b >> 1}) if kind >= 0 else 0 for kind, (a, b) in zip(self.kinds, self.fanins, strict=True)
        ]
        ready = [net for net, kind in enumerate(self.kinds) if kind == SOURCE]
        for position, net in enumerate(ready):
            self._positions[net] = position
            for reader in sorted(self.readers[net]):
                waiting[reader] -= 1
                if not waiting[reader]:
                    ready.append(reader)

    def _update(self, cone: Iterable[int]) -> list[int]:
        values, changed = self.values, []
        for gate in cone:
            if self.kinds[gate] == DEAD:
                continue
            a, b = self.fanins[gate]
            value = values[a] & values[b] if self.kinds[gate] == AND else values[a] ^ values[b]
            if value != values[2 * gate]:
                values[2 * gate], values[2 * gate + 1] = value, value ^ self.mask
                changed.append(gate)
        return changed


def _fold(kind: int, a: int, b: int) -> int | None:
    """Literal that a gate equals, if it is a constant or one of its fanins."""
    if a >> 1 == b >> 1:
        if kind == AND:
            return a if a == b else FALSE
        return (a ^ b) & 1
    if a > TRUE:
        a, b = b, a
    if a > TRUE:
        return None
    if kind == AND:
        return b if a == TRUE else FALSE
    return a ^ b
