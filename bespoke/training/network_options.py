"""What a network for a circuit is, and how it is trained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bespoke.errors import OptionError
from bespoke.options import NOT_NEGATIVE, at_least, check_options, one_of, option, option_fault, positive, whole
from bespoke.training.disturbances import DISTURBANCES
from bespoke.training.grids import GRIDS, MOST_WEIGHT_BITS

HIDDEN_ACTIVATIONS = ("relu", "step")
NETWORK_INPUTS = ("binary", "unary")
WEIGHT_RANGES = ("clip", "dorefa", "sawb")
CLIPPINGS = ("rms", "pact")
RESILIENCES = ("none", "active", "passive", "both")
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
    weight_range : {"clip", "dorefa", "sawb"}
        What the largest weight of the grid stands for: 1, beyond which weights are clipped; the largest weight, after
        all were squashed by ``tanh``; or the range of least squared error for the spread of the weights.
    inputs : {"binary", "unary"}
        What the first weights are for: each input word, or each level that such a word reaches on the rows.
    activation : {"relu", "step"}
        Of hidden units.
    activation_bits : int
        Bits of the output of a ReLU.
    clipping : {"rms", "pact"}
        Where ReLUs saturate: at the power of two that is nearest to ``headroom`` root mean squares of their sums, or to
        a bound that is learnt and starts there.
    headroom : float
    epochs : int
        Passes over the rows.
    batch_size : int
        Rows of a step.
    rate : float
        Largest step of Adam, in units of the largest weight; it falls as a half cosine.
    cost_weight : float
        Cross-entropy in nats that a thousand NAND2 gates are worth.
    resilience : {"none", "active", "passive", "both"}
        How the network is trained to bear disturbances: by a loss of its sensitivity, which knows none of them; by the
        disturbance in the forward pass; or by the former in the first half of the epochs, then by the latter.
    sensitivity_weight : float, optional
        Of the sensitivity in the loss of the first epoch; by default a tenth of ``rate``.
    disturbance : str
        A key of `DISTURBANCES`.
    strength : float
        Of the disturbance, see there; 0 for none.
    seed : int
    """

    hidden_layer_sizes: tuple[int, ...] = (4,)
    weights: str = option("uniform", one_of(tuple(GRIDS)))
    weight_bits: int | tuple[int, ...] = option(4, whole(1, MOST_WEIGHT_BITS, "whole numbers ", (tuple, list)))
    weight_range: str = option("clip", one_of(WEIGHT_RANGES))
    inputs: str = option("binary", one_of(NETWORK_INPUTS))
    activation: str = option("relu", one_of(HIDDEN_ACTIVATIONS))
    activation_bits: int = option(4, whole(1, 8))
    clipping: str = option("rms", one_of(CLIPPINGS))
    headroom: float = option(3.0, positive("above 0"))
    epochs: int = option(200, at_least(1))
    batch_size: int = option(64, at_least(1))
    rate: float = option(0.015, positive("above 0"))
    cost_weight: float = option(0.0, NOT_NEGATIVE)
    resilience: str = option("none", one_of(RESILIENCES))
    sensitivity_weight: float | None = option(None, NOT_NEGATIVE)
    disturbance: str = option("columns", one_of(tuple(DISTURBANCES)))
    strength: float = option(0.0, NOT_NEGATIVE)
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
        if self.activation != "relu" and self.clipping != "rms":
            raise OptionError("only ReLUs have a bound", where="clipping", got=self.clipping, allowed="rms")
        rule = DISTURBANCES[self.disturbance].allowed
        if not rule.holds(self.strength):
            raise option_fault("strength", self.strength, rule)
        if self.resilience in ("passive", "both") and not self.strength:
            raise OptionError("trains with a disturbance", where="resilience", got="strength 0", allowed="above 0")
        if min(self.bits_per_layer) < 2 and self.weights == "uniform":
            raise OptionError("no number but 0 has so few bits", where="weight bits", got=bits, allowed="2 or more")

    @property
    def bits_per_layer(self) -> tuple[int, ...]:
        """Bits of the weights of each layer."""
        count = len(self.hidden_layer_sizes) + 1
        return (self.weight_bits,) * count if isinstance(self.weight_bits, int) else tuple(self.weight_bits)

    @property
    def first_sensitivity_weight(self) -> float:
        """Of the sensitivity in the loss of the first epoch."""
        return self.rate / 10 if self.sensitivity_weight is None else self.sensitivity_weight

    @property
    def shape(self) -> tuple[object, ...]:
        """What networks that are trained at once have in common."""
        kinds = (self.inputs, self.activation, self.weight_range, self.clipping, self.resilience, self.disturbance)
        return self.hidden_layer_sizes, *kinds, self.epochs, self.batch_size


# What is told of the circuit while it is trained -> what differs from the defaults.
AWARE: Mapping[str, Mapping[str, Any]] = {
    "qat": {},
    "dorefa": {"weights": "odd", "weight_range": "dorefa"},
    "pact": {"weights": "odd", "weight_range": "dorefa", "clipping": "pact"},
    "sawb": {"weight_range": "sawb", "clipping": "pact"},
    "pow2": {"weights": "pow2"},
    "ternary": {"weights": "ternary"},
    "binary": {"weights": "ternary", "activation": "step"},
    "axtrain": {"resilience": "both", "disturbance": "columns", "strength": 3.0},
}
