"""Models of weighted sums as a design space, and such behind tables."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from bespoke.approx import (
    AffineBatch,
    ModelBatch,
    correct_biases,
    drop_unread_tables,
    estimate_cost,
    limit_digits,
    simplify_structure,
    tune_weights,
)
from bespoke.cells import GateCosts
from bespoke.model import IntArray, IntegerModel, Lookup, affine_of_summands, summands
from bespoke.search.design_space import DesignSpace, Outputs, distinct
from bespoke.search.genes import AFFINE_GENES, AffinePart, AffineSite, FloatArray, affine_parts, below_column, lost
from bespoke.search.level_costs import NO_BIT, LevelCosts
from bespoke.search.margins import score_margins

_DIGITS = (3, 2, 1)
_MASKED = (1, 2, 3)
_CHUNK = 1 << 22  # numbers held at a time
_EXACT_FLOAT32 = 1 << 24


class AffineDesigns(DesignSpace):
    """All models of weighted sums with the shape of a given one.

    Tables in front of the sums stay as they are, but those that no sum reads go. Their gates are not estimated.

    Parameters
    ----------
    exact : IntegerModel
        Without masks.
    words : ndarray of int64, shape (n_rows, n_features)
        Training inputs; their means compensate changes of weights in the biases.
    costs : GateCosts
    techniques : collection of str, optional
        What may change: some of "coefficients", "biases", "inputs", "accumulation", "activations" and, with converters,
        "levels".
    converters : LevelCosts, optional

    Raises
    ------
    UnsupportedModelError
        If the model is another one.
    """

    site = AffineSite
    genes = AFFINE_GENES
    parts: Sequence[AffinePart]

    def __init__(
        self,
        exact: IntegerModel,
        words: IntArray,
        costs: GateCosts,
        techniques: Collection[str] | None = None,
        converters: LevelCosts | None = None,
    ) -> None:
        self._tables, self._sums = exact.after(Lookup)
        self._words = self._read(words)
        super().__init__(exact, affine_parts(self._sums, self._words), costs, techniques, converters)

    def decode(self, genome: IntArray) -> IntegerModel:
        """Model of one genome, without what cannot matter."""
        stages = []
        ranges = self._sums.ranges[0]
        for part, batch in zip(self.parts, self.batch(genome[None]).stages, strict=True):
            plain = replace(
                part.stage,
                weights=batch.weights[0],
                biases=batch.biases[0],
                dropped_bits=batch.dropped_bits[0],
                saturation_bits=batch.saturation_bits[0],
            )
            masks = np.broadcast_to(batch.masks[0], plain.weights.shape).tolist()
            terms = [term._replace(mask=masks[term.row][term.source]) for term in summands(plain)]
            stages.append(affine_of_summands(plain, terms, ranges))
            ranges = stages[-1].output_intervals(ranges)
        simple = simplify_structure(replace(self._sums, stages=tuple(stages)))
        return drop_unread_tables(replace(self.exact, stages=(*self._tables, *simple.stages)))

    def batch(self, genomes: IntArray) -> ModelBatch:
        """The candidates as arrays."""
        stages = []
        shifts = np.zeros((len(genomes), self._sums.coding.feature_count), dtype=np.int64)
        for number, part in enumerate(self.parts):
            stages.append(self.applied(AffineBatch.of(part.stage, shifts), number, genomes))
            shifts = stages[-1].dropped_bits
        return ModelBatch(self._sums.ranges[0], tuple(stages), self._sums.decision)

    def circuit_costs(self, genomes: IntArray) -> FloatArray:
        """Estimated size of the sums and what follows them in NAND2 cells, shape (n,)."""
        return estimate_cost(self.batch(genomes), self.gate_costs)

    def converter_costs(self, genomes: IntArray, costs: LevelCosts) -> FloatArray:
        """What the converters cost of the bits that some product reads, or of levels that tables tell, shape (n,)."""
        genes, widths = self.values(genomes, 0), self.parts[0].widths
        is_read = (genes["weights"] != 0) & (genes["masked"] < widths)
        if len(self.parts) > 1:
            is_read &= (self.values(genomes, 1)["weights"] != 0).any(axis=1)[:, :, None]
        if self._tables:
            chosen = (
                [levels for levels, read in zip(self._levels, row, strict=True) if read] for row in is_read.any(axis=1)
            )
            return np.array([costs.of_levels(chain.from_iterable(each)) for each in chosen])
        lowest = np.where(is_read, genes["masked"], widths).min(axis=1, initial=int(widths.max(initial=0)))
        return costs.of_words(np.where(is_read.any(axis=1), lowest, NO_BIT))

    def outputs(self, genomes: IntArray, words: IntArray, targets: IntArray | None = None) -> Iterator[Outputs]:
        """Output words and margins, part by part."""
        decision = self.exact.decision
        bits = np.arange(max(self._sums.coding.bits, default=0))
        planes = (self._read(words)[:, :, None] >> bits & 1).astype(np.int8).reshape(len(words), -1)
        step = max(1, _CHUNK // max(1, len(words) * max(part.units for part in self.parts)))
        for start in range(0, len(genomes), step):
            part = slice(start, min(start + step, len(genomes)))
            scores = _scores(self.batch(genomes[part]).stages, planes, bits)
            count, rows, outputs = scores.shape
            decided = decision.decide(scores.reshape(count * rows, outputs)).reshape(count, rows)
            yield Outputs(part, decided, None if targets is None else score_margins(decision, scores, targets))

    def seeds(self) -> IntArray:
        """The exact model; few signed digits per weight, with truncated activations and columns, errors made up for."""
        corrected, tuned = (
            [self._encode(make_up(model, self._sums, self._words)) for model in self._few_digits()]
            for make_up in (correct_biases, tune_weights)
        )
        plain = [self.start, *corrected]
        short = np.array([self._shortened(genome, bits) for genome in plain for bits in _MASKED])
        return distinct([*plain, *(self.settled(short) if self.allows("biases") else short), *tuned])

    def settled(self, genomes: IntArray) -> IntArray:
        """Genomes with the biases with which each sum keeps its mean over the training rows.

        To first order: the inputs of a stage count as they are in the exact model.
        """
        balanced = genomes.copy()
        dropped = before = np.zeros((1, self._sums.coding.feature_count), dtype=np.int64)
        for number, part in enumerate(self.parts):
            genes = self.values(balanced, number)
            gone = (part.weights - genes["weights"]) @ part.means
            if genes["masked"].size:
                unseen = part.low_means[np.arange(len(part.low_means)), genes["masked"]]
                gone += (genes["weights"] * unseen).sum(axis=2)
            missing = lost(dropped, part.active)
            gone += np.einsum("nrc,nc->nr", genes["weights"], np.broadcast_to(missing, genes["weights"][:, 0].shape))
            gone -= part.weights @ lost(before[0], part.active)
            genes["biases"][:] = part.stage.biases + np.floor(gone + 0.5).astype(np.int64)
            dropped, before = genes["dropped"], part.stage.dropped_bits[None]
        return balanced

    def _read(self, words: IntArray) -> IntArray:
        """What the sums read of input words."""
        for stage in self._tables:
            words = stage.apply(words)
        return words

    @cached_property
    def _levels(self) -> list[list[tuple[int, int]]]:
        """Features and levels that each table tells apart."""
        return [
            [
                (feature, level)
                for feature, levels in enumerate(Lookup((table,)).read_levels(self.exact.ranges[0]))
                for level in levels
            ]
            for stage in self._tables
            for table in stage.tables
        ]

    def _few_digits(self) -> list[IntegerModel]:
        """The exact model with few signed digits per weight, where these may change."""
        hidden = len(self.parts) - 1
        choices = [(first,) * hidden + (last,) for first in _DIGITS for last in _DIGITS if hidden or last == first]
        return [limit_digits(self._sums, digits) for digits in choices if self.allows("coefficients")]

    def _encode(self, model: IntegerModel) -> IntArray:
        """Genome of a model with other weights and biases."""
        genome = self.start.copy()
        for number, part in enumerate(affine_parts(model, self._words)):
            genes = self.genes_of(genome, number)
            genes["weights"][:], genes["biases"][:] = part.weights, part.stage.biases
        return genome

    def _shortened(self, genome: IntArray, bits: int) -> IntArray:
        """The genome with low bits of hidden outputs dropped and low columns of the first sums left out."""
        short = genome.copy()
        if self.allows("activations"):
            for number, part in enumerate(self.parts[:-1]):
                self.genes_of(short, number)["dropped"][:] += bits * (part.stage.activation != "step")
        if self.allows("accumulation"):
            genes = self.genes_of(short, 0)
            genes["masked"][:] = below_column(genes["weights"], 2 * bits, self.parts[0].widths)
        return short


def _scores(stages: Sequence[AffineBatch], planes: NDArray[np.int8], bits: IntArray) -> IntArray:
    """Scores, shape (n_candidates, n_rows, n_scores), for bits (n_rows, n_features * n_bits) of the input words."""
    values = _activated(_first_sums(stages[0], planes, bits), stages[0])
    for stage in stages[1:]:
        # Products of integers below 2**53 are several times as fast, and as exact, in floating point.
        sums = np.matmul(values.astype(np.float64), stage.weights.transpose(0, 2, 1).astype(np.float64))
        values = _activated(sums.astype(np.int64), stage)
    return values


def _first_sums(stage: AffineBatch, planes: NDArray[np.int8], bits: IntArray) -> IntArray:
    count, outputs, inputs = stage.weights.shape
    seen = stage.masks[..., None] >> bits & 1
    weights = ((stage.weights[..., None] << bits) * seen).reshape(count * outputs, inputs * len(bits))
    small = np.abs(weights).sum(axis=1).max(initial=0) < _EXACT_FLOAT32
    kind = np.float32 if small else np.float64
    sums = (planes.astype(kind) @ weights.T.astype(kind)).astype(np.int64)
    return np.asarray(sums.reshape(len(sums), count, outputs).transpose(1, 0, 2), dtype=np.int64)


def _activated(sums: IntArray, stage: AffineBatch) -> IntArray:
    sums = sums + stage.biases[:, None, :]
    if stage.activation == "step":
        return np.greater_equal(sums, 0).astype(np.int64)
    if stage.activation == "identity":
        return np.asarray(sums >> stage.dropped_bits[:, None, :], dtype=np.int64)
    top = (1 << stage.saturation_bits[:, None, :]) - 1
    return np.asarray(np.minimum(np.maximum(sums, 0) >> stage.dropped_bits[:, None, :], top), dtype=np.int64)
