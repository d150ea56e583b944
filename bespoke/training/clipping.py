"""Where ReLUs saturate; needs JAX."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import jax.numpy as jnp

from bespoke.training.parameters import Settings, Weighted
from bespoke.training.rounding import Array, power


class Clipping(NamedTuple):
    """How low bits to drop are found, from which the sum follows at which a ReLU of some bits saturates.

    Attributes
    ----------
    drop : callable
        Bits, as a number with a fraction, of sums, weights of the rows, the layer, and settings.
    ceiling : callable
        Sum at which a ReLU saturates for its gradient, of the layer, dropped bits, and bits of outputs.
    span : callable
        Which output stands for 1, of the unit of the sums, dropped bits, and bits of outputs.
    decay : float
        Loss of the square of a largest output.
    """

    drop: Callable[[Array, Array, Weighted, Settings], Array]
    ceiling: Callable[[Weighted, Array, Array], Array]
    span: Callable[[Array, Array, Array], Array]
    decay: float


def _fitted(sums: Array, weights: Array, _layer: Weighted, settings: Settings) -> Array:
    square = weights @ jnp.maximum(sums, 0.0) ** 2 / jnp.maximum(weights.sum(), 1.0)
    return jnp.log2(settings.headroom * jnp.sqrt(square.mean() + 1e-12)) - settings.activation_bits


def _learnt(_sums: Array, _weights: Array, layer: Weighted, settings: Settings) -> Array:
    return layer.clip + jnp.log2(layer.unit) - settings.activation_bits


# Sums beyond which a ReLU saturates are ...
CLIPPINGS: dict[str, Clipping] = {
    # ... some root mean squares of the sums. Outputs are in units of their range.
    "rms": Clipping(
        _fitted,
        lambda _layer, dropped, bits: (power(bits) - 1.0) * power(dropped),
        lambda _unit, _dropped, bits: power(bits),
        0.0,
    ),
    # ... those beyond a bound that they move (PACT, Choi et al., arXiv 1805.06085). It is rounded to a power of two,
    # since a circuit drops bits.
    "pact": Clipping(
        _learnt,
        lambda layer, _dropped, _bits: jnp.exp2(layer.clip) * layer.unit,
        lambda unit, dropped, _bits: unit * power(-dropped),
        1e-4,
    ),
}
