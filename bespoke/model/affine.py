"""Weighted sums with an activation, and the ways in which they may be approximate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, get_args

import numpy as np

from bespoke.errors import ModelFileError
from bespoke.model.decision import check_fraction_bits
from bespoke.model.stage import IntArray, Stage, check_range, masked_levels, read_only
from bespoke.numeric import Interval

Activation = Literal["relu", "identity", "step"]
ACTIVATIONS: tuple[str, ...] = get_args(Activation)
WHOLE = -1  # mask that clears no bit
UNLIMITED = 62  # saturation bits that no output needs


def _by_default() -> IntArray:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Affine(Stage):
    """Weighted sums ``biases + weights @ columns`` followed by an activation.

    Column ``k`` is ``inputs[sources[k]] & masks[k]``. Output ``j`` is ``sum_j >> dropped_bits[j]`` for an identity,
    ``min(max(sum_j, 0) >> dropped_bits[j], 2**saturation_bits[j] - 1)`` for a ReLU, and 1 where ``sum_j >= 0``, else 0,
    for a step. By default there is one column per input with all its bits, and no output bit is dropped or saturated.

    Attributes
    ----------
    weights : ndarray of int64, shape (n_outputs, n_columns)
    biases : ndarray of int64, shape (n_outputs,)
    activation : {"relu", "identity", "step"}
    frac_bits : int
        The sums stand for ``sum / 2**frac_bits``.
    sources : ndarray of int64, shape (n_columns,)
        Input that each column reads; the inputs of the layer are 0 .. max(sources).
    masks : ndarray of int64, shape (n_columns,)
        Bits of the input that each column keeps; other than -1 (all) only for inputs that are never negative.
    dropped_bits : ndarray of int64, shape (n_outputs,)
        Low bits that each output loses.
    saturation_bits : ndarray of int64, shape (n_outputs,)
        Bits at which a ReLU output saturates, after the low ones are dropped; 62 for no limit.
    """

    name: ClassVar[str] = "affine"

    weights: IntArray
    biases: IntArray
    activation: Activation
    frac_bits: int
    sources: IntArray = field(default_factory=_by_default)
    masks: IntArray = field(default_factory=_by_default)
    dropped_bits: IntArray = field(default_factory=_by_default)
    saturation_bits: IntArray = field(default_factory=_by_default)

    def __post_init__(self) -> None:
        self._set_read_only("weights", "biases")
        shapes = (self.weights.shape, self.biases.shape)
        if self.weights.ndim != 2 or shapes[1] != shapes[0][:1]:
            raise ModelFileError("weights and biases do not fit", where="layer", got=shapes)
        if self.activation not in ACTIVATIONS:
            allowed = ", ".join(ACTIVATIONS)
            raise ModelFileError("unknown activation", where="layer", got=self.activation, allowed=allowed)
        rows, columns = self.weights.shape
        defaults = {
            "sources": np.arange(columns),
            "masks": np.full(columns, WHOLE),
            "dropped_bits": np.zeros(rows, dtype=np.int64),
            "saturation_bits": np.full(rows, UNLIMITED),
        }
        for name, default in defaults.items():
            if len(getattr(self, name)) == 0:
                object.__setattr__(self, name, default)
            self._set_read_only(name)
            got = getattr(self, name).shape
            if got != default.shape:
                fault = f"{name} do not fit the weights"
                raise ModelFileError(fault, where="layer", got=got, allowed=str(default.shape))
        self._check()

    def _check(self) -> None:
        check_fraction_bits(self.frac_bits, "layer")
        if (self.sources < 0).any() or (self.masks < WHOLE).any():
            raise ModelFileError("sources and masks must not be negative", where="layer", allowed="a mask of -1")
        for name in ("dropped_bits", "saturation_bits"):
            bits: IntArray = getattr(self, name)
            if ((bits < 0) | (bits > UNLIMITED)).any():
                where = f"layer, {name}"
                raise ModelFileError("bits out of range", where=where, got=bits.tolist(), allowed=f"0 to {UNLIMITED}")
        if self.activation != "relu" and (self.saturation_bits != UNLIMITED).any():
            raise ModelFileError("only a ReLU can saturate", where="layer", got=self.activation, allowed="relu")
        if self.activation == "step" and self.dropped_bits.any():
            raise ModelFileError("a step has no low bits", where="layer", got=self.activation, allowed="relu, identity")

    @staticmethod
    def adding(count: int, groups: int = 1) -> Affine:
        """Sums of the first, of the second, ... of ``count`` words over groups; one group is passed on as it is."""
        weights = np.tile(np.eye(count, dtype=np.int64), groups)
        return Affine(weights, np.zeros(count, dtype=np.int64), "identity", 0)

    @property
    def output_count(self) -> int:
        """Number of sums."""
        return len(self.biases)

    @property
    def input_count(self) -> int:
        """Number of inputs."""
        return int(self.sources.max(initial=-1)) + 1

    def column_intervals(self, inputs: Sequence[Interval]) -> tuple[Interval, ...]:
        """Exact range of each column.

        Raises
        ------
        ModelFileError
            If the number of inputs does not fit, or a mask clears bits of an input that may be negative.
        """
        if len(inputs) != self.input_count:
            raise ModelFileError("layer sizes do not fit", got=self.input_count, allowed=str(len(inputs)))
        pairs = zip(self.sources.tolist(), self.masks.tolist(), strict=True)
        return tuple(_column_interval([(1, mask)], inputs[source]) for source, mask in pairs)

    def sum_intervals(self, inputs: Sequence[Interval]) -> tuple[Interval, ...]:
        """Exact range of each sum for independent inputs.

        Raises
        ------
        ModelFileError
            As `column_intervals`.
        """
        columns = self.column_intervals(inputs)
        rows = list(zip(self.weights.tolist(), self.biases.tolist(), strict=True))
        groups: dict[int, list[int]] = {}
        for column, source in enumerate(self.sources.tolist()):
            groups.setdefault(source, []).append(column)
        if len(groups) == len(columns):
            return tuple(Interval.of_sum(row, columns, bias) for row, bias in rows)
        masks = self.masks.tolist()
        terms = [(inputs[source], [(column, masks[column]) for column in group]) for source, group in groups.items()]
        return tuple(
            Interval.of_sum(
                [1] * len(terms),
                [_column_interval([(row[column], mask) for column, mask in group], word) for word, group in terms],
                bias,
            )
            for row, bias in rows
        )

    def output_intervals(self, inputs: Sequence[Interval]) -> tuple[Interval, ...]:
        """Exact range of each output for independent inputs: activations never fall as their sum grows."""
        sums = self.sum_intervals(inputs)
        check_range(sums)
        low = self._activated(np.array([total.low for total in sums], dtype=np.int64))
        high = self._activated(np.array([total.high for total in sums], dtype=np.int64))
        return tuple(map(Interval, low.tolist(), high.tolist()))

    def read_levels(self, inputs: Sequence[Interval]) -> tuple[tuple[int, ...], ...]:
        """Levels at which a bit changes that some column with a weight keeps."""
        masks = [0] * len(inputs)
        used = (self.weights != 0).any(axis=0)
        for source, mask in zip(self.sources[used].tolist(), self.masks[used].tolist(), strict=True):
            masks[source] |= mask
        return masked_levels(masks, inputs)

    def sums(self, inputs: IntArray) -> IntArray:
        """Weighted sums, shape (n_samples, n_outputs), for inputs of shape (n_samples, n_inputs)."""
        columns = inputs if self.has_plain_columns() else inputs[:, self.sources] & self.masks
        return np.asarray(columns @ self.weights.T + self.biases, dtype=np.int64)

    def apply(self, inputs: IntArray) -> IntArray:
        """Outputs for inputs of shape (n_samples, n_inputs)."""
        return self._activated(self.sums(inputs))

    def _activated(self, sums: IntArray) -> IntArray:
        if self.activation == "step":
            return np.greater_equal(sums, 0).astype(np.int64)
        if self.activation == "identity":
            return sums >> self.dropped_bits
        kept = np.maximum(sums, 0) >> self.dropped_bits
        return np.asarray(np.minimum(kept, (1 << self.saturation_bits) - 1), dtype=np.int64)

    def has_plain_columns(self) -> bool:
        """Whether there is one column per input with all its bits."""
        return np.array_equal(self.sources, np.arange(len(self.sources))) and bool((self.masks == WHOLE).all())

    def to_json(self) -> dict[str, Any]:
        """Plain-data form; what has its default is left out."""
        data: dict[str, Any] = {
            "weights": self.weights.tolist(),
            "biases": self.biases.tolist(),
            "activation": self.activation,
            "frac_bits": self.frac_bits,
        }
        if not self.has_plain_columns():
            data |= {"sources": self.sources.tolist(), "masks": self.masks.tolist()}
        if self.dropped_bits.any():
            data["dropped_bits"] = self.dropped_bits.tolist()
        if (self.saturation_bits != UNLIMITED).any():
            data["saturation_bits"] = self.saturation_bits.tolist()
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Affine:
        """Inverse of `to_json`."""
        rows = len(data["weights"])
        return cls(**{**data, "weights": read_only(data["weights"]).reshape(rows, -1 if rows else 0)})


def _column_interval(terms: Sequence[tuple[int, int]], word: Interval) -> Interval:
    """Exact range of ``sum(weight * (x & mask))`` over terms (weight, mask) for one ``x``."""
    width = word.width
    full = (1 << width) - 1
    if all(mask == WHOLE or (mask & full == full and not word.signed) for _, mask in terms):
        return word.scaled(sum(weight for weight, _ in terms))
    if word.signed:
        raise ModelFileError("a masked input must not be negative", where="layer", got=(word.low, word.high))
    return Interval.of_bits([sum(w for w, mask in terms if mask >> i & 1) << i for i in range(width)], word)
