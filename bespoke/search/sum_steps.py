"""Single changes that make a weighted-sum model simpler."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

import numpy as np

from bespoke.approx import nearest_with_digits
from bespoke.model import UNLIMITED, IntArray
from bespoke.numeric import csd
from bespoke.search.balance import Balance
from bespoke.search.space import Genes, SumSpace
from bespoke.search.variation import Technique

Change = Iterator[IntArray]


class SumSteps:
    """Every genome that is one change simpler than a given one, layer by layer, with balanced biases.

    A change takes one signed digit from a weight, one bit from an input of a product, one low bit from an output of a
    ReLU (or from all scores of an argmax), or makes a ReLU saturate one bit lower.

    Parameters
    ----------
    space : SumSpace
    balance : Balance
    techniques : collection of str
        What may change.
    """

    def __init__(self, space: SumSpace, balance: Balance, techniques: Collection[Technique]) -> None:
        self._space, self._balance = space, balance
        self._changes = [change for change, technique in self._table() if technique in techniques]

    def __call__(self, genome: IntArray) -> list[IntArray]:
        """Changed genomes (n, size) of each layer."""
        found = []
        for number in range(len(self._space.shapes)):
            changed = [new for change in self._changes for new in change(genome, number)]
            array = np.array(changed, dtype=np.int64).reshape(len(changed), self._space.size)
            found.append(self._balance(np.unique(array, axis=0)))
        return found

    def _table(self) -> list[tuple[Callable[[IntArray, int], Change], Technique]]:
        return [
            (self._fewer_digits, "coefficients"),
            (self._fewer_input_bits, "accumulation"),
            (self._fewer_output_bits, "activations"),
            (self._lower_limit, "activations"),
        ]

    def _genes(self, genome: IntArray, number: int) -> Genes:
        return self._space.genes(genome[None])[number]

    def _fewer_digits(self, genome: IntArray, number: int) -> Change:
        weights = self._genes(genome, number).weights[0]
        for row, column in np.argwhere(weights != 0).tolist():
            weight = int(weights[row, column])
            digits = csd(weight)
            simpler = {weight - digit.sign * (1 << digit.position) for digit in digits}
            simpler.add(int(nearest_with_digits(np.array(weight), len(digits) - 1)))
            for value in sorted(simpler):
                changed = genome.copy()
                self._genes(changed, number).weights[0, row, column] = value
                yield changed

    def _fewer_input_bits(self, genome: IntArray, number: int) -> Change:
        genes = self._genes(genome, number)
        if not genes.cuts.size:
            return
        open_ = (genes.weights[0] != 0) & (genes.cuts[0] < np.array(self._space.exact.coding.bits))
        for row, column in np.argwhere(open_).tolist():
            changed = genome.copy()
            self._genes(changed, number).cuts[0, row, column] += 1
            yield changed

    def _fewer_output_bits(self, genome: IntArray, number: int) -> Change:
        place = self._space.slices()[number]["dropped"]
        if self._space.is_argmax(number):
            changed = genome.copy()
            changed[place] += 1
            yield changed
        elif self._space.is_relu(number):
            bits = self._output_bits(genome, number)
            for row in np.flatnonzero(genome[place] < bits).tolist():
                changed = genome.copy()
                changed[place.start + row] += 1
                yield changed

    def _lower_limit(self, genome: IntArray, number: int) -> Change:
        if not self._space.is_relu(number):
            return
        place = self._space.slices()[number]["limits"]
        lower = np.minimum(genome[place], self._output_bits(genome, number)) - 1
        for row in np.flatnonzero(lower >= genome[self._space.slices()[number]["dropped"]]).tolist():
            changed = genome.copy()
            changed[place.start + row] = lower[row]
            yield changed

    def _output_bits(self, genome: IntArray, number: int) -> IntArray:
        """Bits of the outputs of a layer in the exact model, or fewer where they saturate, shape (n_outputs,)."""
        limits = genome[self._space.slices()[number]["limits"]]
        return np.where(limits < UNLIMITED, limits, self._space.output_bits(number))
