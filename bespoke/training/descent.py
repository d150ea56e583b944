"""Adam on a population of networks at once; needs JAX.

Source: Kingma and Ba, arXiv 1412.6980.
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import NamedTuple

import jax
import jax.numpy as jnp

from bespoke.training.forward import (
    HIDDEN,
    Array,
    Hidden,
    Layer,
    Parameters,
    Settings,
    estimated_cost,
    fitting_drops,
    logits,
    whole_layers,
)

_DECAY, _SQUARE_DECAY, _SMALL = 0.9, 0.999, 1e-8
# Shares of the epochs: what is rounded grows in between, and the dropped bits stand still after the last one.
_SOFT, _HARD, _SETTLED = 0.15, 0.55, 0.6
_FIRST_WEIGHTS = 0.5


class Plan(NamedTuple):
    """What a population has in common.

    Attributes
    ----------
    sizes : tuple of int
        Inputs, units of each hidden layer, scores.
    activation : str
        A key of `HIDDEN`.
    epochs, batch_size : int
    """

    sizes: tuple[int, ...]
    activation: str
    epochs: int
    batch_size: int


class Rows(NamedTuple):
    """What a population learns.

    Attributes
    ----------
    words : array, shape (n_rows, n_features)
    targets : array, shape (n_rows, n_classes)
        Wanted probabilities.
    weights : array, shape (n_networks, n_rows)
        What each network learns of each row.
    """

    words: Array
    targets: Array
    weights: Array


class Adam(NamedTuple):
    """Running means of gradients and of their squares, and the number of steps."""

    means: Parameters
    squares: Parameters
    steps: Array


def first_parameters(seed: Array, sizes: tuple[int, ...], middle: Array) -> Parameters:
    """Random weights, and sums of the first layer that are 0 for the mean inputs, shape (n_features,), below 1."""
    layers: list[Layer] = []
    for number, (inputs, outputs) in enumerate(pairwise(sizes)):
        key = jax.random.fold_in(jax.random.key(seed), number)
        weights = jax.random.uniform(key, (outputs, inputs), minval=-_FIRST_WEIGHTS, maxval=_FIRST_WEIGHTS)
        layers.append(Layer(weights, jnp.zeros(outputs) if layers else -weights @ middle))
    return Parameters(tuple(layers), jnp.zeros(()))


@partial(jax.jit, static_argnums=0)
def descend(plan: Plan, seeds: Array, settings: Settings, rows: Rows) -> tuple[Parameters, Settings, Array]:
    """Train a population.

    Parameters
    ----------
    plan : Plan
    seeds : array of uint32, shape (n_networks,)
        Of the first weights; the order of the rows comes from the first one.
    settings : Settings
        Each field with a leading axis of n_networks.
    rows : Rows

    Returns
    -------
    parameters : Parameters
    settings : Settings
        With the dropped bits that were found.
    history : array, shape (n_epochs, n_networks, 2)
        Mean cross-entropy and estimated cost of each epoch.
    """
    hidden = HIDDEN[plan.activation]
    middle = (rows.weights @ rows.words) / rows.weights.sum(axis=1, keepdims=True) / settings.input_range[:, None]
    parameters = jax.vmap(lambda seed, mean: first_parameters(seed, plan.sizes, mean))(seeds, middle)
    zeros = jax.tree.map(jnp.zeros_like, parameters)
    order = jax.random.fold_in(jax.random.key(seeds[0]), len(plan.sizes))
    state = (parameters, settings, Adam(zeros, zeros, jnp.zeros(())))
    epoch = partial(_epoch, plan, hidden, rows, order)
    (parameters, settings, _), history = jax.lax.scan(epoch, state, jnp.arange(plan.epochs))
    return parameters, settings, history


@partial(jax.jit, static_argnums=0)
def as_circuit(plan: Plan, parameters: Parameters, settings: Settings, words: Array) -> tuple[tuple[Layer, ...], Array]:
    """Whole weights and biases of a population, and class indices of rows of words, shape (n_networks, n_rows)."""
    hidden = HIDDEN[plan.activation]
    layers = jax.vmap(lambda one, own: whole_layers(one, own, hidden))(parameters, settings)
    scores = jax.vmap(lambda one, own: logits(hidden, one, own, words, jnp.ones(())))(parameters, settings)
    return layers, scores.argmax(axis=-1)


def _epoch(
    plan: Plan, hidden: Hidden, rows: Rows, order: Array, state: tuple[Parameters, Settings, Adam], epoch: Array
) -> tuple[tuple[Parameters, Settings, Adam], Array]:
    done = epoch / plan.epochs
    hardness = jnp.clip((done - _SOFT) / (_HARD - _SOFT), 0.0, 1.0)
    parameters, settings, adam = state
    fits = jax.vmap(lambda one, own, weights: fitting_drops(hidden, one, own, (rows.words, weights), hardness))(
        parameters, settings, rows.weights
    )
    dropped = [jnp.where(done > _SETTLED, old, new) for old, new in zip(settings.dropped, fits, strict=True)]
    settings = settings._replace(dropped=tuple(dropped))
    rates = settings.rate * (1.0 + jnp.cos(jnp.pi * done)) / 2
    count = len(rows.words)
    size = min(plan.batch_size, count)
    shuffled = jax.random.permutation(jax.random.fold_in(order, epoch), count)
    batches = shuffled[: count // size * size].reshape(-1, size)

    def step(state: tuple[Parameters, Adam], batch: Array) -> tuple[tuple[Parameters, Adam], Array]:
        parameters, adam = state
        gradients, figures = jax.vmap(
            lambda one, own, weights: jax.grad(_loss, argnums=1, has_aux=True)(
                hidden, one, own, Rows(rows.words[batch], rows.targets[batch], weights), hardness
            )
        )(parameters, settings, rows.weights[:, batch])
        return _moved(parameters, adam, gradients, rates), figures

    (parameters, adam), figures = jax.lax.scan(step, (parameters, adam), batches)
    return (parameters, settings, adam), figures.mean(axis=0)


def _loss(
    hidden: Hidden, parameters: Parameters, settings: Settings, rows: Rows, hardness: Array
) -> tuple[Array, Array]:
    """Loss of one network, and its parts: cross-entropy and cost."""
    scores = jax.nn.log_softmax(logits(hidden, parameters, settings, rows.words, hardness))
    entropy = -(rows.weights * (rows.targets * scores).sum(axis=1)).sum() / jnp.maximum(rows.weights.sum(), 1.0)
    cost = estimated_cost(hidden, parameters, settings)
    return entropy + settings.cost_weight * cost, jnp.stack([entropy, cost])


def _moved(parameters: Parameters, adam: Adam, gradients: Parameters, rates: Array) -> tuple[Parameters, Adam]:
    steps = adam.steps + 1.0
    means = jax.tree.map(lambda old, new: _DECAY * old + (1 - _DECAY) * new, adam.means, gradients)
    squares = jax.tree.map(lambda old, new: _SQUARE_DECAY * old + (1 - _SQUARE_DECAY) * new**2, adam.squares, gradients)

    def moved(value: Array, mean: Array, square: Array) -> Array:
        rate = rates.reshape((-1,) + (1,) * (value.ndim - 1))
        size = jnp.sqrt(square / (1 - _SQUARE_DECAY**steps)) + _SMALL
        return value - rate * mean / (1 - _DECAY**steps) / size

    return jax.tree.map(moved, parameters, means, squares), Adam(means, squares, steps)
