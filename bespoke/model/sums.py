"""Integer models made of weighted sums: MLPs, linear SVMs and other linear models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bespoke.errors import ModelFileError, RangeError
from bespoke.model.coding import InputCoding
from bespoke.model.decision import Decision, IntArray
from bespoke.model.layer import Layer
from bespoke.numeric import Interval

_LARGEST = 1 << 62


@dataclass(frozen=True, slots=True, eq=False)
class _WeightedSumModel:
    """Layers of weighted sums between an input coding and a decision."""

    coding: InputCoding
    layers: tuple[Layer, ...]
    decision: Decision
    origin: str = ""
    kind: ClassVar[str] = ""

    def __post_init__(self) -> None:
        if not self.layers or self.layers[-1].activation != "identity":
            raise ModelFileError("the last layer must give scores", where="layers", allowed="identity")
        if self.layers[-1].weights.shape[0] != self.decision.score_count:
            raise ModelFileError(
                "scores do not fit the decision",
                got=self.layers[-1].weights.shape[0],
                allowed=str(self.decision.score_count),
            )
        if self.layers[-1].dropped_bits.any() and not self._drops_alike():
            raise ModelFileError(
                "only the scores of an argmax may lose low bits, all the same number", where="layers", got=self.kind
            )
        inputs = self.coding.intervals()
        for layer in self.layers:
            sums = layer.sum_intervals(inputs)
            if any(max(-s.low, s.high) >= _LARGEST for s in sums):
                raise RangeError("a weighted sum needs more than 62 bits", allowed="fewer input or weight bits")
            inputs = layer.output_intervals(inputs)

    def _drops_alike(self) -> bool:
        return self.decision.kind == "argmax" and len(set(self.layers[-1].dropped_bits.tolist())) == 1

    def layer_inputs(self) -> tuple[tuple[Interval, ...], ...]:
        """Ranges of the inputs of each layer, in layer order."""
        ranges = [self.coding.intervals()]
        for layer in self.layers[:-1]:
            ranges.append(layer.output_intervals(ranges[-1]))
        return tuple(ranges)

    def score_intervals(self) -> tuple[Interval, ...]:
        """Exact ranges of the scores."""
        return self.layers[-1].output_intervals(self.layer_inputs()[-1])

    def output_interval(self) -> Interval:
        """Range of the output word."""
        return self.decision.interval(self.score_intervals()[0])

    def scores(self, inputs: IntArray) -> IntArray:
        """Integer scores, shape (n_samples, n_scores), of input words (n_samples, n_features)."""
        values = np.asarray(inputs, dtype=np.int64)
        for layer in self.layers:
            values = layer.apply(values)
        return values

    def predict(self, inputs: IntArray) -> IntArray:
        """Output words, shape (n_samples,), of input words (n_samples, n_features): the reference function."""
        return self.decision.decide(self.scores(inputs))

    def predict_raw(self, features: NDArray[Any]) -> NDArray[Any]:
        """Class labels or values for raw features of shape (n_samples, n_features)."""
        return self.decision.decode(self.predict(self.coding.quantise(features)))

    def to_json(self) -> dict[str, Any]:
        """Plain-data form."""
        return {
            "kind": self.kind,
            "origin": self.origin,
            "inputs": self.coding.to_json(),
            "layers": [layer.to_json() for layer in self.layers],
            "decision": self.decision.to_json(),
        }


class IntegerMLP(_WeightedSumModel):
    """Multilayer perceptron with integer coefficients."""

    __slots__ = ()
    kind: ClassVar[str] = "mlp"


class IntegerSVM(_WeightedSumModel):
    """One layer of weighted sums: a linear SVM or any other linear model."""

    __slots__ = ()
    kind: ClassVar[str] = "svm"
