"""Netlists under edits."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heapify, heappop, heappush

from bespoke.errors import NetlistError
from bespoke.netlist.edit import WIRE, Edit
from bespoke.netlist.netlist import FALSE, TRUE, XOR, Netlist
from bespoke.netlist.rebuild import built_like

SOURCE, GONE = -1, -2


class EditedNetwork:
    """Gates of a netlist while nets are defined anew.

    Nets keep their numbers, and no gate is ever added. A new gate takes the number of the net that it defines; a gate
    whose fanins no longer make it one gives way to the literal that it equals.

    Parameters
    ----------
    netlist : Netlist

    Attributes
    ----------
    kinds : list of int
        Per net `GateKind`, `SOURCE` (constant and inputs) or `GONE`.
    fanins : list of (int, int)
        Literals; those of an XOR may be complemented.
    readers : list of set of int
        Gates that read a net.
    outputs : list of int
        Literals of all output bits.
    positions : list of int
        Position of each net in an order in which gates come after those they read.
    """

    def __init__(self, netlist: Netlist) -> None:
        first = 1 + netlist.input_count
        self._netlist = netlist
        self.kinds = [SOURCE] * first + list(netlist.kinds)
        self.fanins = [(FALSE, FALSE)] * first + list(zip(netlist.fanin_a, netlist.fanin_b, strict=True))
        self.readers: list[set[int]] = [set() for _ in self.kinds]
        for net, _, a, b in netlist.gates():
            self.readers[a >> 1].add(net)
            self.readers[b >> 1].add(net)
        self.outputs = list(netlist.output_literals())
        self.positions = list(range(netlist.net_count))
        self._instead: dict[int, int] = {}

    def gates(self) -> list[int]:
        """Nets of all gates, each after those it reads."""
        return sorted((net for net, kind in enumerate(self.kinds) if kind >= 0), key=self.positions.__getitem__)

    def fanout_cone(self, net: int) -> set[int]:
        """Gates that depend on a net."""
        found: set[int] = set()
        stack = [net]
        while stack:
            new = self.readers[stack.pop()] - found
            found |= new
            stack += new
        return found

    def make(self, edit: Edit) -> None:
        """Make an edit; gates that are none any more by it are replaced, too.

        A literal of a net that was replaced before stands for what took its place.

        Raises
        ------
        NetlistError
            If the net is no gate or input (any more), or would depend on itself, or a literal does not exist.
        """
        net, kind = edit.net, edit.kind
        a, b = self._read_by(edit)
        literal = a if kind == WIRE else _fold(kind, a, b)
        if literal is None:
            self._detach(net)
            self.kinds[net], self.fanins[net] = kind, (a, b)
            is_ordered = self._attach(net)
        else:
            is_ordered = self._replace(self.folded(net, literal))
        if not is_ordered:
            self._reorder()

    def freeze(self) -> tuple[Netlist, list[int]]:
        """The netlist as it is now, and for each net its literal there; 0 for one without effect on any output."""
        gates = ((net, self.kinds[net], *self.fanins[net]) for net in self._live(self.gates()))
        frozen, literals = built_like(self._netlist, gates, self.outputs)
        return frozen, [literals.get(2 * net, FALSE) for net in range(len(self.kinds))]

    def folded(self, net: int, literal: int) -> dict[int, int]:
        """Literals that replace nets if one is replaced: itself, and gates that are none any more by that."""
        replaced = {net: literal}
        waiting = [(self.positions[gate], gate) for gate in self.readers[net]]
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
                    heappush(waiting, (self.positions[reader], reader))
        return replaced

    def _read_by(self, edit: Edit) -> tuple[int, int]:
        """Literals that an edit reads, as they are now."""
        net, where = edit.net, self._netlist.name
        if not 0 < net < len(self.kinds) or self.kinds[net] == GONE:
            raise NetlistError("only a gate or an input that is still there can be edited", where=where, got=edit)
        if not all(0 <= literal >> 1 < len(self.kinds) for literal in edit.literals):
            raise NetlistError("an edit reads an unknown net", where=where, got=edit)
        a, b = self._now(edit.a), self._now(edit.b)
        later = {literal >> 1 for literal in (a, b) if self.positions[literal >> 1] >= self.positions[net]}
        if later and later & {net, *self.fanout_cone(net)}:
            raise NetlistError("an edited net would depend on itself", where=where, got=edit)
        return a, b

    def _now(self, literal: int) -> int:
        while literal >> 1 in self._instead:
            literal = self._instead[literal >> 1] ^ (literal & 1)
        return literal

    def _replace(self, replaced: dict[int, int]) -> bool:
        """Let what stays read the replacements; return whether the order is still right."""
        self._instead |= replaced
        is_ordered = True
        for gate in {reader for net in replaced for reader in self.readers[net]} - replaced.keys():
            a, b = self.fanins[gate]
            self.fanins[gate] = self._now(a), self._now(b)
            is_ordered &= self._attach(gate)
        for net in replaced:
            self._detach(net)
            self.readers[net] = set()
        self.outputs = [self._now(literal) for literal in self.outputs]
        return is_ordered

    def _attach(self, gate: int) -> bool:
        """Let nets know the gate that reads them; return whether all of them are before it."""
        for literal in self.fanins[gate]:
            self.readers[literal >> 1].add(gate)
        return all(self.positions[literal >> 1] < self.positions[gate] for literal in self.fanins[gate])

    def _detach(self, gate: int) -> None:
        self.kinds[gate] = GONE
        for literal in self.fanins[gate]:
            self.readers[literal >> 1].discard(gate)

    def _live(self, order: list[int]) -> list[int]:
        """Those of some gates, each after those it reads, that have an effect on an output."""
        live = {literal >> 1 for literal in self.outputs}
        for net in reversed(order):
            if net in live:
                live |= {literal >> 1 for literal in self.fanins[net]}
        return [net for net in order if net in live]

    def _reorder(self) -> None:
        """Number all gates anew, each after those it reads."""
        waiting = [
            len({a >> 1, b >> 1}) if kind >= 0 else 0 for kind, (a, b) in zip(self.kinds, self.fanins, strict=True)
        ]
        ready = [net for net, kind in enumerate(self.kinds) if kind == SOURCE]
        for position, net in enumerate(ready):
            self.positions[net] = position
            for reader in sorted(self.readers[net]):
                waiting[reader] -= 1
                if not waiting[reader]:
                    ready.append(reader)


def edited_network(netlist: Netlist, edits: Iterable[Edit]) -> EditedNetwork:
    """A netlist after edits, with the net numbers that it had before.

    The edits have an order: one may read a net that depended on it until an earlier edit was folded.

    Raises
    ------
    NetlistError
        As `EditedNetwork.make`.
    """
    network = EditedNetwork(netlist)
    for edit in edits:
        network.make(edit)
    return network


def apply_edits(netlist: Netlist, edits: Iterable[Edit]) -> Netlist:
    """The netlist after edits, constants folded, gates without effect left out.

    Raises
    ------
    NetlistError
        As `EditedNetwork.make`.
    """
    return edited_network(netlist, edits).freeze()[0]


def _fold(kind: int, a: int, b: int) -> int | None:
    """Literal that a gate equals, if it is a constant or one of its fanins."""
    if a >> 1 == b >> 1:
        if kind == XOR:
            return (a ^ b) & 1
        return a if a == b else FALSE
    if a > TRUE:
        a, b = b, a
    if a > TRUE:
        return None
    if kind == XOR:
        return a ^ b
    return b if a == TRUE else FALSE
