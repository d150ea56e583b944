"""Scores of a whole population on the same rows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bespoke.model import UNLIMITED, IntArray
from bespoke.search.space import Genes, SumSpace

_EXACT_FLOAT32 = 1 << 24
_CHUNK = 1 << 22  # numbers held at a time


class PopulationScores:
    """Evaluates genomes of a space on fixed input words.

    Parameters
    ----------
    space : SumSpace
    words : ndarray of int64, shape (n_rows, n_features)
    """

    def __init__(self, space: SumSpace, words: IntArray) -> None:
        self._space = space
        self._words = words
        self._widest = max(space.exact.coding.bits, default=0)
        planes = [words >> bit & 1 for bit in range(self._widest)]
        self._planes = np.stack(planes, axis=2, dtype=np.int8).reshape(len(words), -1) if planes else words[:, :0]

    def __call__(self, genomes: IntArray) -> Iterator[tuple[slice, IntArray]]:
        """Parts of a population with their scores, shape (n_part, n_rows, n_scores)."""
        outputs = max(count for count, _ in self._space.shapes)
        step = max(1, _CHUNK // max(1, len(self._words) * outputs))
        for start in range(0, len(genomes), step):
            part = slice(start, min(start + step, len(genomes)))
            yield part, self._scores(self._space.genes(genomes[part]))

    def _scores(self, layers: list[Genes]) -> IntArray:
        values = self._first_sums(layers[0])
        dropped = layers[0].dropped
        for number, genes in enumerate(layers):
            if number:
                weights = genes.weights << dropped[:, None, :]
                values = _exact_product(values, weights.transpose(0, 2, 1)) + genes.biases[:, None, :]
                dropped = genes.dropped
            values = _activated(values, genes, relu=self._space.exact.layers[number].activation == "relu")
        return values

    def _first_sums(self, genes: Genes) -> IntArray:
        count, outputs, inputs = genes.weights.shape
        bits = np.arange(self._widest)
        seen = bits >= genes.cuts[..., None] if genes.cuts.size else np.ones((1, 1, 1, self._widest), dtype=bool)
        weights = ((genes.weights[..., None] << bits) * seen).reshape(count * outputs, inputs * self._widest)
        small = np.abs(weights).sum(axis=1).max(initial=0) < _EXACT_FLOAT32
        kind = np.float32 if small else np.float64
        sums = (self._planes.astype(kind) @ weights.T.astype(kind)).astype(np.int64)
        sums = sums.reshape(len(sums), count, outputs).transpose(1, 0, 2)
        return np.asarray(sums + genes.biases[:, None, :], dtype=np.int64)


def _exact_product(values: IntArray, weights: IntArray) -> IntArray:
    """``values @ weights`` of integers below 2**53 by floating-point products, which are several times as fast."""
    product: NDArray[np.float64] = np.matmul(values.astype(np.float64), weights.astype(np.float64))
    return product.astype(np.int64)


def _activated(sums: IntArray, genes: Genes, *, relu: bool) -> IntArray:
    dropped = genes.dropped[:, None, :]
    if not relu:
        return np.asarray(sums >> dropped, dtype=np.int64)
    limits = np.where(genes.limits < UNLIMITED, np.maximum(genes.limits - genes.dropped, 0), UNLIMITED)
    top = (1 << limits[:, None, :]) - 1
    return np.asarray(np.minimum(np.maximum(sums, 0) >> dropped, top), dtype=np.int64)
