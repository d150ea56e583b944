"""What a search minimises besides the cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from bespoke.model import IntArray
from bespoke.search.design_space import DesignSpace
from bespoke.search.genes import FloatArray

Metric = Literal["accuracy", "balanced_accuracy", "r2"]
METRICS: tuple[Metric, ...] = get_args(Metric)
_SLOPE = 0.3  # of a candidate's mean margin: width of the step that stands for a wrong row
_STEEPEST = 30.0
_MOVED = 0.3  # share of the input words of a neighbour that differ, by one each


@dataclass(frozen=True, slots=True, eq=False)
class LabelledWords:
    """Input words (n_rows, n_features), wanted output words (n_rows,), and the weight of each row (sum 1)."""

    words: IntArray
    targets: IntArray
    weights: FloatArray


def training_rows(words: IntArray, targets: IntArray, metric: Metric) -> LabelledWords:
    """Rows that count alike, or so that each class counts alike."""
    weights = np.full(len(targets), 1.0 / max(1, len(targets)))
    if metric == "balanced_accuracy":
        counts = np.bincount(targets)
        weights = 1.0 / counts[targets] / np.count_nonzero(counts)
    return LabelledWords(words, targets, weights)


def neighbour_rows(space: DesignSpace, rows: LabelledWords, copies: int, random: np.random.Generator) -> LabelledWords:
    """Rows near the given ones, on which the exact model's own output is wanted.

    A candidate that agrees with the exact model off the training rows too has less room to fit their noise
    (knowledge distillation on perturbed inputs: Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural
    Network", 2015).
    """
    tops = (1 << np.array(space.exact.coding.bits)) - 1
    words = np.repeat(rows.words, copies, axis=0)
    steps = random.integers(0, 2, words.shape) * 2 - 1
    words = np.clip(words + steps * (random.random(words.shape) < _MOVED), 0, tops)
    return LabelledWords(words, space.exact.predict(words), np.repeat(rows.weights, copies) / copies)


@dataclass(frozen=True, slots=True, eq=False)
class Loss:
    """Mean loss of candidates: wrong training rows, nearly wrong ones, and disagreement off the training rows.

    Attributes
    ----------
    space : DesignSpace
    rows : LabelledWords
        Training rows.
    neighbours : LabelledWords, optional
        Rows on which candidates should agree with the exact model.
    smooth : float
        Share of the training loss, in [0, 1], that counts margins: the mean of ``1 / (1 + exp(margin / slope))``
        instead of the share of wrong rows.
    agreement : float
        Weight of the disagreement on ``neighbours`` beside the training loss, in [0, 1].
    worst : float
        The loss above which a candidate is of no interest.
    """

    space: DesignSpace
    rows: LabelledWords
    neighbours: LabelledWords | None = None
    smooth: float = 0.0
    agreement: float = 0.0
    worst: float = np.inf

    def __call__(self, genomes: IntArray) -> FloatArray:
        """Loss of each genome, shape (n,)."""
        return self.weighted(self.parts(genomes))

    def parts(self, genomes: IntArray) -> FloatArray:
        """Training loss and disagreement of each genome, shape (n, 2)."""
        near = self.neighbours
        apart = np.zeros(len(genomes)) if near is None else self._loss(genomes, near, 0.0)
        return np.stack([self._loss(genomes, self.rows, self.smooth), apart], axis=1)

    def weighted(self, parts: FloatArray) -> FloatArray:
        """Loss, shape (n,), of `parts`."""
        return np.asarray((1.0 - self.agreement) * parts[:, 0] + self.agreement * parts[:, 1], dtype=np.float64)

    def _loss(self, genomes: IntArray, rows: LabelledWords, smooth: float) -> FloatArray:
        found = np.zeros(len(genomes))
        spread = float(np.var(rows.targets)) or 1.0
        for part, words, margins in self.space.outputs(genomes, rows.words, rows.targets if smooth else None):
            if not self.space.exact.decision.is_classifier:
                found[part] = (words - rows.targets).astype(np.float64) ** 2 @ rows.weights / spread
                continue
            found[part] = (words != rows.targets) @ rows.weights
            if margins is not None:
                steps = 1.0 / (1.0 + np.exp(np.clip(margins / _SLOPE, -_STEEPEST, _STEEPEST)))
                found[part] = (1.0 - smooth) * found[part] + smooth * (steps @ rows.weights)
        return found
