"""What a population of networks is made of, as arrays."""

from __future__ import annotations

from typing import Any, NamedTuple

Array = Any  # of JAX


class Layer(NamedTuple):
    """What gradients change in a layer.

    Attributes
    ----------
    weights : array, shape (n_outputs, n_inputs)
        As `bespoke.training.weight_ranges` reads them.
    biases : array, shape (n_outputs,)
        In units of a weight of 1 times an input of 1.
    """

    weights: Array
    biases: Array


class Parameters(NamedTuple):
    """What gradients change in a network.

    Attributes
    ----------
    layers : tuple of Layer
    clips : tuple of array, shape ()
        Of each hidden layer the logarithm to base 2 of its largest output, where that is learnt.
    gain : array, shape ()
        Logarithm of the scale of the logits, which no circuit has.
    """

    layers: tuple[Layer, ...]
    clips: tuple[Array, ...]
    gain: Array


class Settings(NamedTuple):
    """What may differ between networks of a population; whole numbers as floats.

    Attributes
    ----------
    levels : tuple of array, shape (n_levels,)
        Of each layer, rising; the last one may stand there several times.
    digits : tuple of array, shape (n_levels,)
        Signed digits of each level.
    statistics : tuple of array, shape (2,)
        Of each layer the coefficients of `bespoke.training.sawb`.
    dropped : tuple of array, shape ()
        Low bits that the ReLUs of each hidden layer lose.
    input_bits : array, shape (n_features,)
    input_range : array, shape ()
        What all words of the inputs are below.
    activation_bits, headroom, rate, cost_weight : array, shape ()
    sensitivity_weight : array, shape ()
        Of the first epoch.
    strength : array, shape ()
        Of the disturbance.
    """

    levels: tuple[Array, ...]
    digits: tuple[Array, ...]
    statistics: tuple[Array, ...]
    dropped: tuple[Array, ...]
    input_bits: Array
    input_range: Array
    activation_bits: Array
    headroom: Array
    rate: Array
    cost_weight: Array
    sensitivity_weight: Array
    strength: Array


class Weighted(NamedTuple):
    """A layer as its sums take it.

    Attributes
    ----------
    weights : array, shape (n_outputs, n_inputs)
    biases : array, shape (n_outputs,)
    unit : array, shape ()
        Which sum stands for 1.
    clip : array, shape ()
        Logarithm to base 2 of what is learnt to be the largest output.
    top : array, shape ()
        The largest level.
    """

    weights: Array
    biases: Array
    unit: Array
    clip: Array
    top: Array
