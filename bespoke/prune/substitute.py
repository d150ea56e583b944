"""Nets replaced by constants and by other nets, for the most area per loss."""

from __future__ import annotations

import math
from collections.abc import Sequence
from heapq import heapify, heappop, heappush

import numpy as np
from numpy.typing import NDArray

from bespoke.cells import GateCosts
from bespoke.netlist import FALSE, GONE, TRUE, Edit, Netlist
from bespoke.prune.edits import Pruned
from bespoke.prune.input_costs import InputCosts
from bespoke.prune.judge import Judge, PruningTask
from bespoke.prune.network import PruningNetwork
from bespoke.prune.observability import Observability
from bespoke.prune.similarity import ValueTable
from bespoke.sim import pack_words

BUDGET = 50_000
_EPSILON = 1e-12
_CANDIDATES = 8  # of a net, of each sort, whose area gain is computed
_SMALLEST_LOSS = 0.5  # wrong vectors of the first term, added to the loss by which a gain is divided


def substitute(
    netlist: Netlist, task: PruningTask, costs: GateCosts, max_losses: Sequence[float], budget: int = BUDGET
) -> tuple[Pruned, ...]:
    """Replace nets by constants, other nets and their complements while the loss stays within limits.

    Parameters
    ----------
    netlist : Netlist
    task : PruningTask
        Training rows, and further vectors on which a term asks for something.
    costs : GateCosts
    max_losses : sequence of float
        Largest increase of the loss over that of the original, ascending; one result each.
    budget : int
        Work: how often the candidates of a net are looked at (0.2 ms each for 1,000 gates and 1,000 vectors).

    Returns
    -------
    tuple of Pruned
        One per entry of ``max_losses``; the edits of each begin with those of the one before.

    Notes
    -----
    Signal substitution by similarity: S. Venkataramani, K. Roy, A. Raghunathan, "Substitute-and-simplify: a unified
    design paradigm for approximate and quality configurable circuits", DATE 2013. As a circuit with one net flipped
    tells the outputs for any value of that net, the loss of each candidate is exact and costs one comparison of bit
    vectors.
    """
    network = PruningNetwork(netlist, pack_words(task.stimuli, netlist.inputs), len(task.stimuli))
    search = _Search(network, Judge(netlist, task.terms), costs, task.inputs, budget)
    start, states = search.loss, []
    for limit in max_losses:
        search.run(start + limit + _EPSILON)
        states.append(Pruned.of(netlist, search.edits, search.loss, costs))
    return tuple(states)


class _Search:
    def __init__(
        self, network: PruningNetwork, judge: Judge, costs: GateCosts, inputs: InputCosts | None, budget: int
    ) -> None:
        self.budget = budget
        self.network = network
        self.judge = judge
        self.costs = costs.generic
        self.inputs = inputs
        self.work = 0
        self.edits: list[Edit] = []
        self.floor = _SMALLEST_LOSS * judge.units[0]
        self._look()

    def run(self, limit: float) -> None:
        """Make edits until none keeps the limit, or the budget is used up."""
        made = -1
        while made != len(self.edits) and self.work < self.budget:
            made = len(self.edits)
            self._round(limit)

    def _round(self, limit: float) -> None:
        """Look at every net once; make the best edits, each looked at again if another was made since."""
        nets = self.network.live_nets()
        self.gone: list[int] = []
        table = self.table = ValueTable(nets, self.network.values, self.network.mask.bit_length())
        stamp = 0
        queue = [(*best, stamp) for net in self._nets() if (best := self._best(net, limit))]
        heapify(queue)
        while queue and self.work < self.budget:
            _, edit, seen = heappop(queue)
            if self.network.kinds[edit.net] == GONE:
                continue
            if seen != stamp:
                again = self._best(edit.net, limit)
                if again is None:
                    continue
                if queue and again[0] > queue[0][0]:
                    heappush(queue, (*again, stamp))
                    continue
                edit = again[1]
            self.network.make(edit)
            self.edits.append(edit)
            self._look()
            table.update(self.network.changed, self.network.values)
            self.gone = [column for column, net in enumerate(nets) if self.network.kinds[net] == GONE]
            stamp += 1

    def _look(self) -> None:
        """Take in what the network is now."""
        self.effects = Observability(self.network, self.judge)
        self.loss = self.judge.loss(self.effects.wrong)
        self.read = {net - 1 for net in self.network.read_inputs()} if self.inputs else set()

    def _best(self, net: int, limit: float) -> tuple[float, Edit] | None:
        """Best replacement of a net that keeps the limit, behind what it saves per loss, negative."""
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
            gain = self._gain(network.folded(net, literal))
            score = -gain / (max(change, 0.0) + self.floor)
            if best is None or score < best[0]:
                best = score, Edit(net, literal)
        return best

    def _nets(self) -> list[int]:
        """Nets that may be replaced: gates, and the inputs that are read where the task says what inputs cost."""
        return [*(1 + bit for bit in sorted(self.read)), *self.network.gates()]

    def _gain(self, replaced: dict[int, int]) -> float:
        """What is saved if nets are replaced by literals: gates, and what input bits cost."""
        network, freed = self.network, self.network.freed(replaced)
        gain = sum(self.costs[network.kinds[net]] for net in freed if network.kinds[net] >= 0)
        if self.inputs is None:
            return gain
        gone = {net - 1 for net in freed if net <= network.input_count}
        new = {net - 1 for literal in replaced.values() if 0 < (net := literal >> 1) <= network.input_count} - gone
        added = new - self.read
        return gain + self.inputs.gain(self.read, gone, added) if gone or added else gain

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
        most = min(_CANDIDATES, changes.size)
        flat = changes.ravel()
        lowest = np.argpartition(flat, most - 1)[:most].tolist() if most else []
        return [(int(2 * nets[i % len(nets)] + i // len(nets)), float(flat[i])) for i in sorted(lowest)]
