"""How weights become multiples of the largest level of their grid; needs JAX."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import jax.numpy as jnp
from jax.lax import stop_gradient

from bespoke.training.parameters import Array
from bespoke.training.rounding import passing

_SMALL = 1e-6


class Ranged(NamedTuple):
    """Weights in units of the largest level, -1 to 1 with what follows from them by gradients, and that level."""

    weights: Array
    largest: Array


def clipped(weights: Array, _statistics: Array) -> Ranged:
    """Weights up to 1, beyond which they have no gradient."""
    return Ranged(jnp.clip(weights, -1.0, 1.0), jnp.ones(()))


def squashed(weights: Array, _statistics: Array) -> Ranged:
    """``tanh`` of the weights, of which the largest becomes 1.

    Source: DoReFa-Net, Zhou et al., arXiv 1606.06160.
    """
    bent = jnp.tanh(weights)
    return Ranged(bent / (jnp.abs(bent).max() + _SMALL), jnp.ones(()))


def statistical(weights: Array, statistics: Array) -> Ranged:
    """Weights up to the range of least squared error for their spread; gradients pass everywhere.

    The line through the best ranges of six distributions is kept to between the mean and the largest magnitude.
    Source: SAWB, see `bespoke.training.sawb`.
    """
    sizes = jnp.abs(weights)
    mean = sizes.mean() + _SMALL
    fitted = statistics[0] * jnp.sqrt((weights**2).mean()) + statistics[1] * mean
    largest = stop_gradient(jnp.clip(fitted, mean, sizes.max() + _SMALL))
    inside = weights / largest
    return Ranged(passing(jnp.clip(inside, -1.0, 1.0), inside), largest)


RANGES: dict[str, Callable[[Array, Array], Ranged]] = {"clip": clipped, "dorefa": squashed, "sawb": statistical}
