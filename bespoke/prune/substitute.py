"""Nets replaced by constants and by other nets, for the most area per loss."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.cells import GateCosts
from bespoke.errors import OptionError
from bespoke.netlist import FALSE, GONE, TRUE, Edit, Netlist
from bespoke.prune.edits import Pruned
from bespoke.prune.judge import IntArray, Judge, Term
from bespoke.prune.network import PruningNetwork
from bespoke.prune.observability import Observability
from bespoke.prune.similarity import ValueTable
from bespoke.sim import pack_words

_EPSILON = 1e-12


@dataclass(frozen=True, slots=True)
class SubstitutionOptions:
    """How far to go.

    Attributes
    ----------
    max_losses : tuple of float
        Largest increase of the loss over that of the original, ascending; one result each.
    budget : int
        Work: how often the candidates of a net are looked at (0.2 ms each for 1,000 gates and 1,000 vectors).
    candidates : int
        Candidates of a net whose area gain is computed.
    smallest_loss : float
        Added to the loss of a candidate, in wrong vectors of the first term, before its gain is divided by it.
    """

    max_losses: tuple[float, ...] = (0.01,)
    budget: int = 50_000
    candidates: int = 8
    smallest_loss: float = 0.5

    def __post_init__(self) -> None:
        if not self.max_losses or any(a > b for a, b in pairwise(self.max_losses)):
            raise OptionError("losses must ascend", where="max_losses", got=self.max_losses)
        if self.smallest_loss <= 0:
            raise OptionError("must be positive", where="smallest_loss", got=self.smallest_loss)


def substitute(
    netlist: Netlist,
    stimuli: IntArray,
    terms: Sequence[Term],
    costs: GateCosts,
    options: SubstitutionOptions | None = None,
) -> tuple[Pruned, ...]:
    """Replace nets by constants, other nets and their complements while the loss stays within limits.

    Parameters
    ----------
    netlist : Netlist
    stimuli : ndarray of int64, shape (n_vectors, n_input_ports)
        Training rows, and further vectors on which a term asks for something.
    terms : sequence of Term
        What the loss is.
    costs : GateCosts
    options : SubstitutionOptions, optional

    Returns
    -------
    tuple of Pruned
        One per entry of ``options.max_losses``; the edits of each begin with those of the one before.

    Notes
    -----
    Signal substitution by similarity: S. Venkataramani, K. Roy, A. Raghunathan, "Substitute-and-simplify: a unified
    design paradigm for approximate and quality configurable circuits", DATE 2013. As a circuit with one net flipped
    tells the outputs for any value of that net, the loss of each candidate is exact and costs one comparison of bit
    vectors.
    """
    chosen, judge = options or SubstitutionOptions(), Judge(netlist, terms, len(stimuli))
    search = _Search(PruningNetwork(netlist, pack_words(stimuli, netlist.inputs), len(stimuli)), judge, costs, chosen)
    start, states = search.loss, []
    for limit in chosen.max_losses:
        search.run(start + limit + _EPSILON)
        states.append(Pruned.of(netlist, search.edits, search.loss, costs))
    return tuple(states)


class _Candidate(NamedTuple):
    score: float
    edit: Edit


class _Search:
    def __init__(self, network: PruningNetwork, judge: Judge, costs: GateCosts, options: SubstitutionOptions) -> None:
        self.options = options
        self.network = network
        self.judge = judge
        self.costs = costs.generic
        self.work = 0
        self.edits: list[Edit] = []
        self.floor = options.smallest_loss * judge.units[0]
        self._look()

    def run(self, limit: float) -> None:
        """Make edits until none keeps the limit, or the budget is used up."""
        made = -1
        while made != len(self.edits) and self.work < self.options.budget:
            made = len(self.edits)
            self._round(limit)

    def _round(self, limit: float) -> None:
        """Look at every gate once; make the best edits, each looked at again if another was made since."""
        nets = self.network.live_nets()
        self.gone: list[int] = []
        table = self.table = ValueTable(nets, self.network.values, self.network.mask.bit_length())
        queue: list[tuple[float, int, int, Edit]] = []
        stamp = 0
        for net in self.network.gates():
            self._push(queue, self._best(net, limit), stamp)
        while queue and self.work < self.options.budget:
            _, net, seen, edit = heappop(queue)
            if self.network.kinds[net] < 0:
                continue
            if seen != stamp:
                again = self._best(net, limit)
                if again is None or (queue and again.score < -queue[0][0]):
                    self._push(queue, again, stamp)
                    continue
                edit = again.edit
            self.network.make(edit)
            self.edits.append(edit)
            self._look()
            table.update(self.network.changed, self.network.values)
            self.gone = [column for column, net in enumerate(nets) if self.network.kinds[net] == GONE]
            stamp += 1

    def _push(self, queue: list[tuple[float, int, int, Edit]], candidate: _Candidate | None, stamp: int) -> None:
        if candidate is not None:
            heappush(queue, (-candidate.score, candidate.edit.net, stamp, candidate.edit))

    def _look(self) -> None:
        """Take in what the network is now."""
        self.effects = Observability(self.network, self.judge)
        self.loss = self.judge.loss(self.effects.wrong)

    def _best(self, net: int, limit: float) -> _Candidate | None:
        """Best replacement of a net that keeps the limit."""
        self.work += 1
        network = self.network
        flipped, wrong = self.effects.flipped(net), self.effects.wrong
        worse = [after & ~now for after, now in zip(flipped, wrong, strict=True)]
        better = [now & ~after for after, now in zip(flipped, wrong, strict=True)]
        changes = self.table.changes(network.values[2 * net], worse, better, self.judge.units)
        changes[:, self.table.column[self.effects.fanout_cone(net)]] = math.inf
        changes[:, self.table.column[net]] = math.inf
        changes[:, self.gone] = math.inf
        best = None
        for literal, change in self._shortlist(net, changes, limit - self.loss):
            gain = sum(self.costs[network.kinds[gate]] for gate in network.freed(network.folded(net, literal)))
            score = gain / (max(change, 0.0) + self.floor)
            if best is None or score > best.score:
                best = _Candidate(score, Edit(net, literal))
        return best

    def _shortlist(self, net: int, changes: NDArray[np.float64], slack: float) -> list[tuple[int, float]]:
        """Literals that may be worth it, with their change of the loss: constants, the fanin cone, the best others."""
        own = self.network.freed({net: FALSE})
        columns = self.table.column[sorted(own - {net})]
        picked = [(literal, float(changes[literal & 1, self.table.column[0]])) for literal in (FALSE, TRUE)]
        picked += self._lowest(changes[:, columns], self.table.nets[columns])
        changes[:, columns] = math.inf
        changes[:, self.table.column[0]] = math.inf
        picked += self._lowest(changes, self.table.nets)
        return [(literal, change) for literal, change in picked if change <= slack]

    def _lowest(self, changes: NDArray[np.float64], nets: NDArray[np.int64]) -> list[tuple[int, float]]:
        most = min(self.options.candidates, changes.size)
        flat = changes.ravel()
        lowest = np.argpartition(flat, most - 1)[:most].tolist() if most else []
        return [(int(2 * nets[i % len(nets)] + i // len(nets)), float(flat[i])) for i in sorted(lowest)]
