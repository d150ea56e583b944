"""Gate-level pruning of one finalist, within what the training rows allow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bespoke.cells import GateCosts
from bespoke.flow.assurance import Assurance
from bespoke.flow.circuit import edited_netlist
from bespoke.flow.sources import Rows
from bespoke.lowering import Lowered
from bespoke.model import IntArray, IntegerModel
from bespoke.netlist import Edit, Netlist
from bespoke.prune import PruningTask, SubstitutionOptions, cautious_task, close_task, expect_words, substitute
from bespoke.search import Stream
from bespoke.sim import simulate

_SHARES = (0.0, 0.15, 0.3, 0.45, 0.6, 0.8, 1.0)
_FULL_WORK = 8_000_000  # gates times vectors up to which the budget is spent in full: some 30 s at the default


@dataclass(frozen=True, slots=True, eq=False)
class AssuredPruning:
    """Edits that leave a circuit's assured gain above a limit; a `bespoke.flow.build.Pruner`.

    Attributes
    ----------
    train : Rows
        Training rows.
    assurance : Assurance
        Of the same rows.
    least_gain : float
    budget : int
        Work, see `bespoke.prune.SubstitutionOptions`; less for large netlists on many rows, so that the time is bound.
    seed : int
    share : float
        Share of what the circuit may lose that the edits may spend, see `ApproximateOptions.prune_share`.
    """

    train: Rows
    assurance: Assurance
    least_gain: float
    budget: int
    seed: int
    share: float = 1.0

    def __call__(self, model: IntegerModel, lowered: Lowered, costs: GateCosts) -> Sequence[Edit]:
        """Edits of a lowered netlist: the most of several allowances that keep the limit."""
        words, netlist = self.train.words, lowered.netlist
        slack = self.assurance.gain(model.predict(words)) - self.least_gain
        spent = self.share * slack
        task = self._task(model, netlist, words, spent) if slack >= 0 and netlist.gate_count else None
        if task is None:
            return ()
        budget = self._budget(netlist.gate_count, len(task.stimuli))
        options = SubstitutionOptions(tuple(part * spent for part in _SHARES), budget)
        for pruned in reversed(substitute(netlist, task.stimuli, task.terms, costs, options)):
            left = edited_netlist(model, pruned.netlist)
            if self.assurance.gain(simulate(left, words)[:, 0]) >= self.least_gain:
                return pruned.edits
        return ()

    def _task(self, model: IntegerModel, lowered: Netlist, words: IntArray, spent: float) -> PruningTask | None:
        """What the loss of edits is, in units of the metric; None where there is nothing to keep or to spend."""
        random, targets = Stream.PRUNING.generator(self.seed), self.assurance.targets
        if model.decision.is_classifier:
            is_useless = (model.predict(words) != targets).all()
            return None if is_useless else cautious_task(lowered, words, expect_words(targets), random)
        variance = float(np.var(targets))
        return close_task(lowered, words, spent, variance, random) if spent > 0 and variance > 0 else None

    def _budget(self, gates: int, vectors: int) -> int:
        """Work for a netlist: at least two looks at every gate."""
        share = min(1.0, _FULL_WORK / (gates * vectors))
        return max(round(self.budget * share), 2 * gates)
