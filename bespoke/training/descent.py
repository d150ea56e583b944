"""Adam on a population of networks at once; needs JAX.

Source: Kingma and Ba, arXiv 1412.6980.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import NamedTuple

import jax
import jax.numpy as jnp

from bespoke.training.clipping import CLIPPINGS
from bespoke.training.disturbed import DISTURBED, Keys, disturbed
from bespoke.training.forward import (
    Kind,
    estimated_cost,
    fitting_drops,
    kind_of,
    layer_sums,
    of_all_classes,
    scaled_scores,
    weighted_layers,
)
from bespoke.training.parameters import Array, Layer, Parameters, Settings, Weighted
from bespoke.training.resilience import Weight, sensitivity

_DECAY, _SQUARE_DECAY, _SMALL = 0.9, 0.999, 1e-8
# Shares of the epochs: what is rounded grows in between, and the dropped bits stand still after the last one.
_SOFT, _HARD, _SETTLED = 0.15, 0.55, 0.6
_FIRST_WEIGHTS = 0.5


class Phase(NamedTuple):
    """Some of the epochs, which have a loss of sensitivity or a disturbance."""

    active: bool
    passive: bool


# By how networks are made resilient; all phases have as many epochs.
_PHASES = {
    "none": (Phase(active=False, passive=False),),
    "active": (Phase(active=True, passive=False),),
    "passive": (Phase(active=False, passive=True),),
    "both": (Phase(active=True, passive=False), Phase(active=False, passive=True)),
}


class Plan(NamedTuple):
    """What a population has in common.

    Attributes
    ----------
    sizes : tuple of int
        Inputs, units of each hidden layer, scores.
    activation, weight_range, clipping : str
        See `bespoke.training.forward.kind_of`.
    resilience : str
        A key of `_PHASES`.
    disturbance : str
        A key of `DISTURBED`.
    positions : int
        Of the bits and signed digits of weights.
    epochs, batch_size : int
    """

    sizes: tuple[int, ...]
    activation: str
    weight_range: str
    clipping: str
    resilience: str
    disturbance: str
    positions: int
    epochs: int
    batch_size: int

    @property
    def kind(self) -> Kind:
        """What the networks are."""
        return kind_of(self.activation, self.weight_range, self.clipping)


class Rows(NamedTuple):
    """What a population learns.

    Attributes
    ----------
    words : array, shape (n_rows, n_features)
    targets : array, shape (n_networks, n_rows, n_classes)
        Probabilities that are wanted of each network.
    weights : array, shape (n_networks, n_rows)
        What each network learns of each row.
    """

    words: Array
    targets: Array
    weights: Array


class Part(NamedTuple):
    """What a network learns in one step.

    Attributes
    ----------
    words, targets, weights : array
        As of `Rows`, of some rows and one network.
    hardness : array, shape ()
    sensitivity_weight : array, shape ()
    key : array
        Of the disturbance.
    """

    words: Array
    targets: Array
    weights: Array
    hardness: Array
    sensitivity_weight: Array
    key: Array


class Adam(NamedTuple):
    """Running means of gradients and of their squares, and the number of steps."""

    means: Parameters
    squares: Parameters
    steps: Array


class State(NamedTuple):
    """Of a population between two epochs."""

    parameters: Parameters
    settings: Settings
    adam: Adam
    weight: Weight


def first_parameters(seed: Array, sizes: tuple[int, ...], middle: Array) -> Parameters:
    """Random weights, and sums of the first layer that are 0 for the mean inputs, shape (n_features,), below 1."""
    layers: list[Layer] = []
    for number, (inputs, outputs) in enumerate(pairwise(sizes)):
        key = jax.random.fold_in(jax.random.key(seed), number)
        weights = jax.random.uniform(key, (outputs, inputs), minval=-_FIRST_WEIGHTS, maxval=_FIRST_WEIGHTS)
        layers.append(Layer(weights, jnp.zeros(outputs) if layers else -weights @ middle))
    return Parameters(tuple(layers), (jnp.zeros(()),) * (len(layers) - 1), jnp.zeros(()))


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
    history : array, shape (n_epochs, n_networks, 3)
        Mean cross-entropy, estimated cost, and sensitivity, where it is a part of the loss, of each epoch.
    """
    middle = (rows.weights @ rows.words) / rows.weights.sum(axis=1, keepdims=True) / settings.input_range[:, None]
    parameters = jax.vmap(lambda seed, mean: first_parameters(seed, plan.sizes, mean))(seeds, middle)
    fitting = plan.kind.clipping._replace(drop=CLIPPINGS["rms"].drop)
    _, clips = _fitted(plan.kind._replace(clipping=fitting), parameters, settings, rows, jnp.zeros(()))
    parameters = parameters._replace(clips=clips)
    zeros = jax.tree.map(jnp.zeros_like, parameters)
    order = jax.random.fold_in(jax.random.key(seeds[0]), len(plan.sizes))
    adam = Adam(zeros, zeros, jnp.zeros(()))
    state = State(parameters, settings, adam, Weight.starting(settings.sensitivity_weight))
    phases, history = _PHASES[plan.resilience], []
    for number, phase in enumerate(phases):
        first, last = (plan.epochs * each // len(phases) for each in (number, number + 1))
        state, figures = jax.lax.scan(partial(_epoch, plan, phase, rows, order), state, jnp.arange(first, last))
        history.append(figures)
    return state.parameters, state.settings, jnp.concatenate(history)


@partial(jax.jit, static_argnums=0)
def as_circuit(plan: Plan, parameters: Parameters, settings: Settings) -> tuple[Weighted, ...]:
    """Whole weights and biases of the layers of a population."""
    whole: Callable[[Parameters, Settings], tuple[Weighted, ...]] = jax.vmap(
        lambda one, own: weighted_layers(plan.kind, one, own, jnp.ones(()))
    )
    return whole(parameters, settings)


@partial(jax.jit, static_argnums=0)
def circuit_outputs(plan: Plan, layers: tuple[Weighted, ...], settings: Settings, words: Array) -> Array:
    """Class indices of rows of words, shape (n_networks, n_rows), of the networks of whole layers."""

    def outputs(own: tuple[Weighted, ...], settings: Settings) -> Array:
        *_, last = layer_sums(plan.kind, own, settings, words, jnp.ones(()))
        return of_all_classes(last).argmax(axis=-1)

    return jax.vmap(outputs)(layers, settings)


def _fitted(
    kind: Kind, parameters: Parameters, settings: Settings, rows: Rows, hardness: Array
) -> tuple[tuple[Array, ...], tuple[Array, ...]]:
    fitting: Callable[..., tuple[tuple[Array, ...], tuple[Array, ...]]] = jax.vmap(
        lambda one, own, weights: fitting_drops(kind, one, own, (rows.words, weights), hardness)
    )
    return fitting(parameters, settings, rows.weights)


def _epoch(plan: Plan, phase: Phase, rows: Rows, order: Array, state: State, epoch: Array) -> tuple[State, Array]:
    done = epoch / plan.epochs
    hardness = jnp.clip((done - _SOFT) / (_HARD - _SOFT), 0.0, 1.0)
    parameters, settings, adam, weight = state
    fits, _ = _fitted(plan.kind, parameters, settings, rows, hardness)
    dropped = [jnp.where(done > _SETTLED, old, new) for old, new in zip(settings.dropped, fits, strict=True)]
    settings = settings._replace(dropped=tuple(dropped))
    rates = settings.rate * (1.0 + jnp.cos(jnp.pi * done)) / 2
    count = len(rows.words)
    size = min(plan.batch_size, count)
    key = jax.random.fold_in(order, epoch)
    batches = jax.random.permutation(key, count)[: count // size * size].reshape(-1, size)

    def step(state: tuple[Parameters, Adam], batch: tuple[Array, Array]) -> tuple[tuple[Parameters, Adam], Array]:
        (parameters, adam), (chosen, key) = state, batch
        words = rows.words[chosen]
        gradients, figures = jax.vmap(
            lambda one, own, targets, weights, sensitive: jax.grad(_loss, argnums=2, has_aux=True)(
                plan, phase, one, own, Part(words, targets, weights, hardness, sensitive, key)
            )
        )(parameters, settings, rows.targets[:, chosen], rows.weights[:, chosen], weight.now)
        return _moved(parameters, adam, gradients, rates), figures

    keys = jax.random.split(jax.random.fold_in(key, 1), len(batches))
    (parameters, adam), figures = jax.lax.scan(step, (parameters, adam), (batches, keys))
    means = figures.mean(axis=0)
    return State(parameters, settings, adam, weight.after(means[:, 0])), means


def _loss(plan: Plan, phase: Phase, parameters: Parameters, settings: Settings, part: Part) -> tuple[Array, Array]:
    """Loss of one network, and its parts: cross-entropy, cost and sensitivity."""
    kind, total = plan.kind, jnp.maximum(part.weights.sum(), 1.0)
    scores = jax.nn.log_softmax(_scores(plan, phase, parameters, settings, part))
    entropy = -(part.weights * (part.targets * scores).sum(axis=1)).sum() / total
    cost = estimated_cost(kind, parameters, settings)
    loss = entropy + settings.cost_weight * cost
    loss += kind.clipping.decay * sum(jnp.exp2(2.0 * clip) for clip in parameters.clips)
    sensitive = jnp.zeros(())
    if phase.active:
        each = sensitivity(kind, parameters, settings, part.words, part.hardness)
        sensitive = (part.weights * each).sum() / total
        loss += part.sensitivity_weight * sensitive
    return loss, jnp.stack([entropy, cost, sensitive])


def _scores(plan: Plan, phase: Phase, parameters: Parameters, settings: Settings, part: Part) -> Array:
    """Logits of a network, of disturbed sums in a passive phase."""
    layers = weighted_layers(plan.kind, parameters, settings, part.hardness)

    def changed(number: int, words: Array, sums: Array) -> Array:
        if not phase.passive:
            return sums
        keys = Keys(part.key, jax.random.fold_in(part.key, number), plan.positions)
        error = DISTURBED[plan.disturbance](layers[number], words, settings.strength, keys)
        return disturbed(sums, part.hardness * error, layers[number].unit)

    *_, last = layer_sums(plan.kind, layers, settings, part.words, part.hardness, changed)
    return scaled_scores(last, layers[-1], parameters.gain)


def _moved(parameters: Parameters, adam: Adam, gradients: Parameters, rates: Array) -> tuple[Parameters, Adam]:
    steps = adam.steps + 1.0
    means = jax.tree.map(lambda old, new: _DECAY * old + (1 - _DECAY) * new, adam.means, gradients)
    squares = jax.tree.map(lambda old, new: _SQUARE_DECAY * old + (1 - _SQUARE_DECAY) * new**2, adam.squares, gradients)

    def moved(value: Array, mean: Array, square: Array) -> Array:
        rate = rates.reshape((-1,) + (1,) * (value.ndim - 1))
        size = jnp.sqrt(square / (1 - _SQUARE_DECAY**steps)) + _SMALL
        return value - rate * mean / (1 - _DECAY**steps) / size

    return jax.tree.map(moved, parameters, means, squares), Adam(means, squares, steps)
