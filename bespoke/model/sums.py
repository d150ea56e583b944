"""Integer models made of weighted sums: MLPs, linear SVMs and other linear models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from bespoke.errors import ModelFileError, RangeError
from bespoke.model.coding import InputCoding
from bespoke.model.decision import Decision, IntArray
from bespoke.numeric import Interval

Activation = Literal["relu", "identity"]
_LARGEST = 1 << 62


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """Weighted sums ``biases + weights @ x`` followed by an activation.

    Attributes
    ----------
    weights : ndarray of int64, shape (n_outputs, n_inputs)
    biases : ndarray of int64, shape (n_outputs,)
    activation : {"relu", "identity"}
        ReLU clips below zero; no bit is dropped.
    frac_bits : int
        The sums stand for ``sum / 2**frac_bits``.
    """

    weights: IntArray
    biases: IntArray
    activation: Activation
    frac_bits: int

    def __post_init__(self) -> None:
        weights = np.array(self.weights, dtype=np.int64)
        biases = np.array(self.biases, dtype=np.int64)
        if weights.ndim != 2 or biases.shape != weights.shape[:1]:
            raise ModelFileError("weights and biases do not fit", where="layer", got=(weights.shape, biases.shape))
        if self.activation not in ("relu", "identity"):
            raise ModelFileError("unknown activation", where="layer", got=self.activation, allowed="relu, identity")
        weights.setflags(write=False)
        biases.setflags(write=False)
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "biases", biases)

    def sum_intervals(self, inputs: tuple[Interval, ...]) -> tuple[Interval, ...]:
        """Exact range of each sum for independent inputs."""
        if len(inputs) != self.weights.shape[1]:
            raise ModelFileError("layer sizes do not fit", got=self.weights.shape[1], allowed=str(len(inputs)))
        rows = zip(self.weights.tolist(), self.biases.tolist(), strict=True)
        return tuple(Interval.of_sum(row, inputs, bias) for row, bias in rows)

    def output_intervals(self, inputs: tuple[Interval, ...]) -> tuple[Interval, ...]:
        """Exact range of each output after the activation."""
        sums = self.sum_intervals(inputs)
        return tuple(s.clipped_below(0) for s in sums) if self.activation == "relu" else sums

    def apply(self, inputs: IntArray) -> IntArray:
        """Outputs for inputs of shape (n_samples, n_inputs)."""
        sums = inputs @ self.weights.T + self.biases
        return np.maximum(sums, 0) if self.activation == "relu" else sums

    def to_json(self) -> dict[str, Any]:
        """Plain-data form."""
        return {
            "weights": self.weights.tolist(),
            "biases": self.biases.tolist(),
            "activation": self.activation,
            "frac_bits": self.frac_bits,
        }

    @staticmethod
    def from_json(data: dict[str, Any]) -> Layer:
        """Inverse of `to_json`."""
        return Layer(
            np.array(data["weights"], dtype=np.int64).reshape(len(data["weights"]), -1),
            np.array(data["biases"], dtype=np.int64),
            data["activation"],
            int(data["frac_bits"]),
        )


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
        inputs = self.coding.intervals()
        for layer in self.layers:
            sums = layer.sum_intervals(inputs)
            if any(max(-s.low, s.high) >= _LARGEST for s in sums):
                raise RangeError("a weighted sum needs more than 62 bits", allowed="fewer input or weight bits")
            inputs = layer.output_intervals(inputs)

    def layer_inputs(self) -> tuple[tuple[Interval, ...], ...]:
        """Ranges of the inputs of each layer, in layer order."""
        ranges = [self.coding.intervals()]
        for layer in self.layers[:-1]:
            ranges.append(layer.output_intervals(ranges[-1]))
        return tuple(ranges)

    def score_intervals(self) -> tuple[Interval, ...]:
        """Exact ranges of the scores."""
        return self.layers[-1].sum_intervals(self.layer_inputs()[-1])

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
