"""Cuts, and what is left of a netlist after them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bespoke.netlist import Netlist, literal_text
from bespoke.prune.network import PruningNetwork


class Cut(NamedTuple):
    """A net replaced everywhere by a literal.

    Attributes
    ----------
    net : int
        Net of the original netlist.
    literal : int
        Literal of the original netlist that is read instead: 0 or 1, or another net or its complement.
    loss : float
        Loss of the circuit after this cut (see `Judge`).
    gain : float
        Cost of the gates that went with it, constants propagated, in NAND2 cells.
    """

    net: int
    literal: int
    loss: float
    gain: float

    def __str__(self) -> str:
        return f"n{self.net} = {literal_text(self.literal)}"


@dataclass(frozen=True, slots=True)
class Pruned:
    """A pruned netlist.

    Attributes
    ----------
    netlist : Netlist
        Exactly optimised after the cuts; same ports as the original.
    cuts : tuple of Cut
        In the order in which they were made.
    loss : float
        Loss on the stimuli.
    cost : float
        Estimated cost before mapping, in NAND2 cells (`bespoke.arith.gate_cost`).
    """

    netlist: Netlist
    cuts: tuple[Cut, ...]
    loss: float
    cost: float


def apply_cuts(netlist: Netlist, cuts: Iterable[Cut]) -> Netlist:
    """The netlist with nets replaced one after the other, constants folded, gates without effect left out.

    Raises
    ------
    NetlistError
        If a cut net is no gate (any more), or would depend on itself.
    """
    return cut_network(netlist, cuts, [0] * netlist.input_count, 0).freeze()


def cut_network(netlist: Netlist, cuts: Iterable[Cut], inputs: Sequence[int], count: int) -> PruningNetwork:
    """The same with the net numbers of the original, and the values of ``count`` vectors (a bit vector per input bit).

    The cuts have an order: one may read a net that depended on it until an earlier cut was folded.
    """
    network = PruningNetwork(netlist, inputs, count)
    for cut in cuts:
        network.replace(cut.net, cut.literal)
    return network
