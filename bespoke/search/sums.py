"""Weighted-sum models as a design space."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cached_property

import numpy as np

from bespoke.approx import DigitOptions, correct_biases, estimate_cost, limit_digits
from bespoke.errors import UnsupportedModelError
from bespoke.model import IntArray, IntegerMLP, IntegerSVM
from bespoke.model.layer import WHOLE
from bespoke.search.balance import Balance
from bespoke.search.margins import score_margins
from bespoke.search.protocol import FloatArray, Outputs, Parameter
from bespoke.search.scores import PopulationScores
from bespoke.search.space import SumSpace
from bespoke.search.sum_parameters import SumParameters
from bespoke.search.sum_steps import SumSteps
from bespoke.search.variation import TECHNIQUES, Technique, Variation

SumModel = IntegerMLP | IntegerSVM
_DIGITS = (3, 2, 1)
_CUTS = (1, 2, 3)


class SumDesigns:
    """All weighted-sum models with the shape of a given one; see `bespoke.search.protocol.DesignSpace`.

    Parameters
    ----------
    exact : IntegerMLP or IntegerSVM
        With plain layers: no masks.
    words : ndarray of int64, shape (n_rows, n_features)
        Training inputs; their means compensate changes of weights in the biases.
    techniques : collection of str
        What may change: some of `TECHNIQUES`.

    Raises
    ------
    UnsupportedModelError
        If the model has masks.
    """

    def __init__(self, exact: SumModel, words: IntArray, techniques: Collection[Technique] = TECHNIQUES) -> None:
        if any((layer.masks != WHOLE).any() or len(layer.sources) != layer.input_count for layer in exact.layers):
            raise UnsupportedModelError("the search starts from a model without masks", got=exact.kind, allowed="exact")
        self.exact: SumModel = exact
        self._words = words
        self._space = SumSpace(exact)
        self._techniques = frozenset(techniques)
        self._variation = Variation(self._space, _input_means(exact, words), techniques)

    @property
    def size(self) -> int:
        """Number of genes."""
        return self._space.size

    def decode(self, genome: IntArray) -> SumModel:
        """Model of one genome."""
        return self._space.decode(genome)

    def costs(self, genomes: IntArray) -> FloatArray:
        """Estimated size of the circuits in NAND2 cells, shape (n,)."""
        return estimate_cost(self._space.batch(genomes))

    def outputs(self, genomes: IntArray, words: IntArray, targets: IntArray | None = None) -> Iterator[Outputs]:
        """Output words and margins, part by part."""
        decision = self.exact.decision
        aims = targets if decision.is_classifier else None
        for part, scores in PopulationScores(self._space, words)(genomes):
            count, rows, outputs = scores.shape
            decided = decision.decide(scores.reshape(count * rows, outputs)).reshape(count, rows)
            margins = None if aims is None else score_margins(decision, scores, aims)
            yield Outputs(part, decided, margins)

    def mutate(self, genome: IntArray, random: np.random.Generator) -> IntArray:
        """Slightly changed copy of a genome."""
        return self._variation.mutate(genome, random)

    def cross(self, first: IntArray, second: IntArray, random: np.random.Generator) -> IntArray:
        """Mixture of two genomes."""
        return self._variation.cross(first, second, random)

    def simplifications(self, genome: IntArray) -> list[IntArray]:
        """Genomes (n, size) that are one change simpler, for each layer."""
        return SumSteps(self._space, self._balance, self._techniques)(genome)

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Digits, columns and bits that are left out."""
        return self._parametrised.parameters

    def with_parameters(self, values: IntArray) -> IntArray:
        """Genomes (n, size) of values (n, n_parameters)."""
        return self._parametrised(values)

    @cached_property
    def _balance(self) -> Balance:
        return Balance(self._space, self._words)

    @cached_property
    def _parametrised(self) -> SumParameters:
        return SumParameters(self._space, self._balance, self._techniques)

    def seeds(self) -> IntArray:
        """The exact model; few signed digits per weight, with truncated activations and columns."""
        exact = self._space.encode(self.exact)
        sparse = self._few_digits() if "coefficients" in self._techniques else []
        short = [self._shortened(genome, cut) for genome in (exact, *sparse) for cut in _CUTS]
        return _distinct([exact, *sparse, *short])

    def _few_digits(self) -> list[IntArray]:
        hidden = len(self.exact.layers) - 1
        found = []
        for digits in _DIGITS:
            for last in _DIGITS if hidden else (digits,):
                sparse = limit_digits(self.exact, DigitOptions((digits,) * hidden + (last,))).model
                found.append(self._space.encode(correct_biases(sparse, self.exact, self._words).model))
        return found

    def _shortened(self, genome: IntArray, cut: int) -> IntArray:
        """The genome with low bits of hidden outputs dropped and low columns of the first sums left out."""
        short = genome.copy()
        places = self._space.slices()
        if "activations" in self._techniques:
            for layer in places[:-1]:
                short[layer["dropped"]] += cut
        if "accumulation" in self._techniques:
            weights = self._space.genes(genome[None])[0].weights[0]
            lowest = np.log2(np.maximum(weights & -weights, 1)).astype(np.int64)
            short[places[0]["cuts"]] = np.clip(2 * cut - lowest, 0, np.array(self.exact.coding.bits)).ravel()
        return short


def _distinct(genomes: list[IntArray]) -> IntArray:
    """The genomes in their order, each once."""
    return np.array(list({genome.tobytes(): genome for genome in genomes}.values()))


def _input_means(model: SumModel, words: IntArray) -> list[FloatArray]:
    means, values = [], np.asarray(words, dtype=np.int64)
    for layer in model.layers:
        means.append(values.mean(axis=0))
        values = layer.apply(values)
    return means
