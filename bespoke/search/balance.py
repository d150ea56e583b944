"""Biases that make up, in the mean, for what simpler weights and inputs take from a sum."""

from __future__ import annotations

import numpy as np

from bespoke.model import IntArray
from bespoke.search.protocol import FloatArray
from bespoke.search.space import SumSpace


class Balance:
    """Biases as a function of the other genes, so that each sum keeps its mean over the training rows.

    To first order: the inputs of a layer count as they are in the exact model, and a bit that a positive ReLU output
    loses counts as half set.

    Parameters
    ----------
    space : SumSpace
    words : ndarray of int64, shape (n_rows, n_features)
        Training inputs.

    Attributes
    ----------
    spreads : list of ndarray of float, shape (n_inputs,)
        Standard deviation of each input of each layer in the exact model, before low bits are dropped.
    """

    def __init__(self, space: SumSpace, words: IntArray) -> None:
        self._space = space
        values = np.asarray(words, dtype=np.int64)
        self._low_means = _low_means(values, max(space.exact.coding.bits, default=0))
        self._exact = space.genes(space.encode(space.exact)[None])
        self._means: list[FloatArray] = []
        self.spreads: list[FloatArray] = []
        self._active: list[FloatArray] = []
        dropped = np.zeros(space.exact.coding.feature_count, dtype=np.int64)
        for layer in space.exact.layers:
            active = (values > 0).mean(axis=0)
            self._means.append(np.ldexp(values.mean(axis=0), dropped) + _lost(dropped, active))
            self.spreads.append(np.ldexp(values.std(axis=0), dropped))
            self._active.append(active)
            values, dropped = layer.apply(values), layer.dropped_bits

    def __call__(self, genomes: IntArray) -> IntArray:
        """Copies of genomes (n, size) with balanced biases; the exact model's stay as they are."""
        balanced = genomes.copy()
        dropped = np.zeros((1, self._space.exact.coding.feature_count), dtype=np.int64)
        before = dropped
        for number, (genes, exact) in enumerate(zip(self._space.genes(balanced), self._exact, strict=True)):
            gone = (exact.weights - genes.weights) @ self._means[number]
            if genes.cuts.size:
                unseen = self._low_means[np.arange(len(self._low_means)), genes.cuts]
                gone += (genes.weights * unseen).sum(axis=2)
            active = self._active[number]
            gone += np.einsum(
                "nrc,nc->nr", genes.weights, np.broadcast_to(_lost(dropped, active), genes.weights[:, 0].shape)
            )
            gone -= exact.weights[0] @ _lost(before[0], active)
            genes.biases[:] = exact.biases + np.floor(gone + 0.5).astype(np.int64)
            dropped, before = genes.dropped, exact.dropped
        return balanced


def _lost(dropped: IntArray, active: FloatArray) -> FloatArray:
    """Mean of what outputs lose with their low bits."""
    return np.asarray(((1 << dropped) - 1) / 2 * active, dtype=np.float64)


def _low_means(values: IntArray, bits: int) -> FloatArray:
    """Mean of what the lowest 0, 1, ... bits of each input hold, shape (n_inputs, bits + 1)."""
    return np.stack([(values & (1 << count) - 1).mean(axis=0) for count in range(bits + 1)], axis=1)
