"""Training for circuits that compute with errors; needs JAX.

Source: He et al., "AxTrain: Hardware-Oriented Neural Network Training for Approximate Inference", ISLPED 2018. The
active method adds to the error of the outputs O the sensitivity ``S = sum over k, ij of |w_ij| |dO_k / dw_ij|``, times
a weight that follows the error from epoch to epoch.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp

from bespoke.training.forward import Kind, layer_sums, scaled_scores, weighted_layers
from bespoke.training.parameters import Array, Parameters, Settings

_RAISE = 0.1  # of the first weight, by which it is raised and lowered
_SHRINK, _FORGET = 0.5, 0.9  # sigma and gamma of the paper
_SMALL_ERROR = 0.05  # nats, below which sensitivity matters more


class Weight(NamedTuple):
    """The weight of the sensitivity of each network, shape (n_networks,), and what it depends on.

    Attributes
    ----------
    first, now : array
    last_error, running_error : array
        Cross-entropy of the last epoch, and the sum over all epochs that forgets.
    """

    first: Array
    now: Array
    last_error: Array
    running_error: Array

    @staticmethod
    def starting(first: Array) -> Weight:
        """Before the first epoch."""
        return Weight(first, first, jnp.full_like(first, jnp.inf), jnp.zeros_like(first))

    def after(self, error: Array) -> Weight:
        """After an epoch of that error: raised while it falls, lowered while it is at most the running one."""
        step = _RAISE * self.first
        lowered = jnp.where(error <= self.running_error, jnp.maximum(self.now - step, 0.0), _SHRINK * self.now)
        raised = (error < self.last_error) | (error < _SMALL_ERROR)
        now = jnp.where(raised, self.now + step, lowered)
        return Weight(self.first, now, error, error + (1.0 - _FORGET) * self.running_error)


def sensitivity(kind: Kind, parameters: Parameters, settings: Settings, words: Array, hardness: Array) -> Array:
    """``S`` of each of some rows of words, shape (n_rows,), in nats.

    By so much logits change, in sum, at most, if each weight changes by a share of itself, over that share.
    The derivative by the weight from input j to sum i is that by the sum times the input, so that no Jacobian is kept.
    Its gradient goes back through the gradients of the logits: that is a Hessian-vector product with
    ``|w| sign(dO_k / dw)``, and ``sign(w) |dO_k / dw|``.
    """
    layers = weighted_layers(kind, parameters, settings, hardness)

    def scores(nudges: tuple[Array, ...]) -> tuple[Array, tuple[Array, ...]]:
        inputs: list[Array] = []

        def nudged(number: int, words: Array, sums: Array) -> Array:
            inputs.append(words)
            return sums + nudges[number]

        *_, last = layer_sums(kind, layers, settings, words, hardness, nudged)
        return scaled_scores(last, layers[-1], parameters.gain), tuple(inputs)

    zeros = tuple(jnp.zeros((len(words), len(layer.biases))) for layer in layers)
    found, pulled, inputs = jax.vjp(scores, zeros, has_aux=True)
    sizes = [
        each @ jnp.abs(layer.weights).T for each, layer in zip(inputs, layers, strict=True)
    ]  # words are never below 0

    def of_score(chosen: Array) -> Array:
        (slopes,) = pulled(jnp.broadcast_to(chosen, found.shape))
        parts = [(jnp.abs(slope) * size).sum(axis=1) for slope, size in zip(slopes, sizes, strict=True)]
        return jnp.stack(parts).sum(axis=0)

    each: Array = jax.vmap(of_score)(jnp.eye(found.shape[1])).sum(axis=0)
    return each
