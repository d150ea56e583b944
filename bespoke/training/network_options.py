"""What a network for a circuit is, and how it is trained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bespoke.errors import OptionError
from bespoke.options import NOT_NEGATIVE, at_least, check_options, one_of, option, positive, whole
from bespoke.training.grids import GRIDS, MOST_WEIGHT_BITS

HIDDEN_ACTIVATIONS = ("relu", "step")
LARGEST_LAYER = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkOptions:
    """One network for `train_networks`; the same options, rows and machine give the same weights.

    Attributes
    ----------
    hidden_layer_sizes : tuple of int
        Units of each hidden layer.
    weights : str
        A key of `GRIDS`: which whole numbers weights may be.
    weight_bits : int or tuple of int
        Bits of a weight with its sign, for all layers or one by one, where the grid depends on them.
    activation : {"relu", "step"}
        Of hidden units.
    activation_bits : int
        Bits of the output of a ReLU.
    headroom : float
        Where ReLUs saturate: at the power of two that is nearest to this many root mean squares of their sums.
    epochs : int
        Passes over the rows.
    batch_size : int
        Rows of a step.
    rate : float
        Largest step of Adam, in units of the largest weight; it falls as a half cosine.
    cost_weight : float
        Cross-entropy in nats that a thousand NAND2 gates are worth.
    seed : int
    """

    hidden_layer_sizes: tuple[int, ...] = (4,)
    weights: str = option("uniform", one_of(tuple(GRIDS)))
    weight_bits: int | tuple[int, ...] = option(4, whole(1, MOST_WEIGHT_BITS, "whole numbers ", (tuple, list)))
    activation: str = option("relu", one_of(HIDDEN_ACTIVATIONS))
    activation_bits: int = option(4, whole(1, 8))
    headroom: float = option(3.0, positive("above 0"))
    epochs: int = option(200, at_least(1))
    batch_size: int = option(64, at_least(1))
    rate: float = option(0.015, positive("above 0"))
    cost_weight: float = option(0.0, NOT_NEGATIVE)
    seed: int = option(0, whole(0, 2**32 - 1))

    def __post_init__(self) -> None:
        check_options(self)
        sizes = self.hidden_layer_sizes
        if not all(1 <= units <= LARGEST_LAYER for units in sizes):
            raise OptionError("hidden layers out of range", got=sizes, allowed=f"1 to {LARGEST_LAYER} units each")
        bits = self.weight_bits
        if not isinstance(bits, int) and len(bits) != len(sizes) + 1:
            allowed = f"{len(sizes) + 1} entries"
            raise OptionError("one entry per layer is needed", where="weight bits", got=len(bits), allowed=allowed)
        if min(self.bits_per_layer) < 2 and self.weights == "uniform":
            raise OptionError("no number but 0 has so few bits", where="weight bits", got=bits, allowed="2 or more")

    @property
    def bits_per_layer(self) -> tuple[int, ...]:
        """Bits of the weights of each layer."""
        count = len(self.hidden_layer_sizes) + 1
        return (self.weight_bits,) * count if isinstance(self.weight_bits, int) else tuple(self.weight_bits)

    @property
    def shape(self) -> tuple[object, ...]:
        """What networks that are trained at once have in common."""
        return self.hidden_layer_sizes, self.activation, self.epochs, self.batch_size


# What is told of the circuit while it is trained -> what differs from the defaults.
AWARE: Mapping[str, Mapping[str, Any]] = {
    "qat": {},
    "pow2": {"weights": "pow2"},
    "ternary": {"weights": "ternary"},
    "binary": {"weights": "ternary", "activation": "step"},
}
