"""Models of weighted sums as a design space."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from bespoke.approx import (
    AffineBatch,
    DigitOptions,
    ModelBatch,
    affine_of_summands,
    correct_biases,
    estimate_cost,
    limit_digits,
    simplify_structure,
    summands,
)
from bespoke.cells import GateCosts
from bespoke.model import WHOLE, Affine, IntArray, IntegerModel
from bespoke.search.affine_scores import AffineScores
from bespoke.search.archive import distinct
from bespoke.search.design_space import DesignSpace
from bespoke.search.genes import (
    AFFINE_GENES,
    TECHNIQUES,
    AffinePart,
    GenomeLayout,
    affine_parts,
    balance,
    below_column,
)
from bespoke.search.margins import score_margins
from bespoke.search.outputs import FloatArray, Outputs

_DIGITS = (3, 2, 1)
_MASKED = (1, 2, 3)
_CHUNK = 1 << 22  # numbers held at a time


class AffineDesigns(DesignSpace):
    """All models of weighted sums with the shape of a given one.

    Parameters
    ----------
    exact : IntegerModel
        Without masks.
    words : ndarray of int64, shape (n_rows, n_features)
        Training inputs; their means compensate changes of weights in the biases.
    costs : GateCosts
    techniques : collection of str
        What may change: some of ``TECHNIQUES[Affine]``.

    Raises
    ------
    UnsupportedModelError
        If the model is another one.
    """

    def __init__(
        self, exact: IntegerModel, words: IntArray, costs: GateCosts, techniques: Collection[str] = TECHNIQUES[Affine]
    ) -> None:
        self._words = words
        self._parts = affine_parts(exact, words)
        self._techniques = frozenset(techniques)
        layout = GenomeLayout[AffinePart, AffineBatch](self._parts, AFFINE_GENES, techniques, self._balanced)
        super().__init__(exact, layout, costs)

    def decode(self, genome: IntArray) -> IntegerModel:
        """Model of one genome, without what cannot matter."""
        stages = []
        ranges = self.exact.ranges[0]
        for part, batch in zip(self._parts, self.batch(genome[None]).stages, strict=True):
            plain = replace(
                part.stage,
                weights=batch.weights[0],
                biases=batch.biases[0],
                dropped_bits=batch.dropped_bits[0],
                saturation_bits=batch.saturation_bits[0],
            )
            masks = batch.masks[0]
            if (masks != WHOLE).any():
                terms = [term._replace(mask=int(masks[term.row, term.source])) for term in summands(plain)]
                plain = affine_of_summands(plain, terms, ranges)
            stages.append(plain)
            ranges = plain.output_intervals(ranges)
        return simplify_structure(replace(self.exact, stages=tuple(stages))).model

    def batch(self, genomes: IntArray) -> ModelBatch:
        """The candidates as arrays."""
        stages = []
        shifts = np.zeros((len(genomes), self.exact.coding.feature_count), dtype=np.int64)
        for number, part in enumerate(self._parts):
            stages.append(self.layout.applied(AffineBatch.of(part.stage, shifts), number, genomes))
            shifts = stages[-1].dropped_bits
        return ModelBatch(self.exact.ranges[0], tuple(stages), self.exact.decision)

    def costs(self, genomes: IntArray) -> FloatArray:
        """Estimated size of the circuits in NAND2 cells, shape (n,)."""
        return estimate_cost(self.batch(genomes), self.gate_costs)

    def outputs(self, genomes: IntArray, words: IntArray, targets: IntArray | None = None) -> Iterator[Outputs]:
        """Output words and margins, part by part."""
        decision = self.exact.decision
        scores_of = AffineScores(words, self.exact.coding.bits)
        step = max(1, _CHUNK // max(1, len(words) * max(part.units for part in self._parts)))
        for start in range(0, len(genomes), step):
            part = slice(start, min(start + step, len(genomes)))
            scores = scores_of(self.batch(genomes[part]).stages)
            count, rows, outputs = scores.shape
            decided = decision.decide(scores.reshape(count * rows, outputs)).reshape(count, rows)
            yield Outputs(part, decided, None if targets is None else score_margins(decision, scores, targets))

    def seeds(self) -> IntArray:
        """The exact model; few signed digits per weight, with truncated activations and columns."""
        sparse = self._few_digits() if "coefficients" in self._techniques else []
        plain = [self.layout.exact, *sparse]
        return distinct([*plain, *(self._shortened(genome, bits) for genome in plain for bits in _MASKED)])

    def _few_digits(self) -> list[IntArray]:
        hidden = len(self._parts) - 1
        found = []
        for digits in _DIGITS:
            for last in _DIGITS if hidden else (digits,):
                sparse = limit_digits(self.exact, DigitOptions((digits,) * hidden + (last,))).model
                found.append(self._encode(correct_biases(sparse, self.exact, self._words).model))
        return found

    def _encode(self, model: IntegerModel) -> IntArray:
        """Genome of a model with other weights and biases."""
        genome = self.layout.exact.copy()
        for number, part in enumerate(affine_parts(model, self._words)):
            genes = self.layout.values(genome[None], number)
            genes["weights"][0], genes["biases"][0] = part.weights, part.stage.biases
        return genome

    def _shortened(self, genome: IntArray, bits: int) -> IntArray:
        """The genome with low bits of hidden outputs dropped and low columns of the first sums left out."""
        short = genome.copy()
        if "activations" in self._techniques:
            for slices, part in zip(self.layout.slices, self._parts, strict=True):
                short[slices["dropped"]] += bits * (part.is_hidden and part.has_low_bits)
        if "accumulation" in self._techniques:
            genes = self.layout.values(short[None], 0)
            genes["masked"][:] = below_column(genes["weights"], 2 * bits, self._parts[0].widths)
        return short

    def _balanced(self, genomes: IntArray) -> IntArray:
        balanced = genomes.copy()
        balance(self._parts, partial(self.layout.values, balanced))
        return balanced
