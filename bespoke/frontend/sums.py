"""Weighted sums on the input grid: integer weights, tables of functions of single features, tables of activations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from bespoke.errors import RangeError
from bespoke.frontend.activations import LOGISTIC_FORMS, tabled
from bespoke.frontend.duels import Duels, duel_stages
from bespoke.frontend.floatmodel import FloatArray, FloatLayer, FloatSums
from bespoke.frontend.source import Source
from bespoke.frontend.targets import Task
from bespoke.frontend.viewed import FloatViewed
from bespoke.model import (
    Activation,
    Affine,
    Argmax,
    Decision,
    InputCoding,
    IntArray,
    IntegerModel,
    Label,
    Lookup,
    Sign,
    Stage,
    Table,
    Value,
    Votes,
)
from bespoke.numeric import Interval

_End = tuple[tuple[Stage, ...], Decision]
# A layer whose weights are all below 2**-40 keeps fewer of their bits instead of an ever finer format.
MAX_SHIFT = 48
_MAX_LABEL_FRACTION = 61
LARGEST = 2.0**62
# Of a layer in the model: tables take the place of the others.
_ACTIVATIONS: dict[str, Activation] = {
    "relu": "relu",
    "identity": "identity",
    "logistic": "identity",
    "tanh": "identity",
}


class _Front(NamedTuple):
    """What a first layer adds up.

    Attributes
    ----------
    layer : FloatLayer
        Weights of x01 of each feature; 0 for a feature with a table.
    terms : dict of int to ndarray of float64, shape (n_outputs, 2**bits)
        What each word of some features adds to each sum.
    """

    layer: FloatLayer
    terms: dict[int, FloatArray]


def integer_sums(model: FloatSums, source: Source) -> IntegerModel:
    """Weighted sums on the input grid.

    The first layer is re-expressed for x01 in [0, 1), then each layer's weights become
    ``round(w * 2**f)`` with the largest ``f`` that fits, and its biases take the format of its sums. Features of
    fewer bits than the widest have their weights shifted left.

    Raises
    ------
    RangeError
        If a bias or a sum needs more than 62 bits.
    """
    return _built(model, _Front(_on_unit_inputs(model.layers[0], source), {}), source)[0]


def integer_viewed_sums(model: FloatViewed[FloatSums], source: Source) -> IntegerModel:
    """Weighted sums of features and of functions of single features.

    All that a feature with such a function adds to a sum becomes a table of its word, rounded as weights are. No
    function is rounded before it is multiplied.
    """
    return _built(model.inner, _viewed_front(model, source), source)[0]


def sums_remarks(model: FloatSums, source: Source) -> list[str]:
    """What tables of activations lose."""
    return _remarks(model, _Front(_on_unit_inputs(model.layers[0], source), {}), source)


def viewed_sums_remarks(model: FloatViewed[FloatSums], source: Source) -> list[str]:
    """What tables of activations lose."""
    return _remarks(model.inner, _viewed_front(model, source), source)


def _remarks(model: FloatSums, front: _Front, source: Source) -> list[str]:
    names = dict.fromkeys(layer.activation for layer in model.layers if layer.activation in LOGISTIC_FORMS)
    if not names:
        return []
    error, bits = _built(model, front, source)[1], source.options.activation_bits
    spread = max(LOGISTIC_FORMS[name][1] for name in names)
    return [f"activation: {', '.join(names)} by tables of {bits} bits, off by at most {error * spread:.2g}"]


def _viewed_front(model: FloatViewed[FloatSums], source: Source) -> _Front:
    first, count = model.inner.layers[0], model.feature_count
    terms = {}
    for feature in sorted({column.source for column in model.columns[count:]}):
        values = source.word_values(feature)
        reading = [number for number, column in enumerate(model.columns) if column.source == feature]
        outcomes = np.array([model.columns[number].apply(values) for number in reading])
        terms[feature] = first.weights[:, reading] @ outcomes
    weights = first.weights[:, :count].copy()
    weights[:, list(terms)] = 0.0
    return _Front(_on_unit_inputs(FloatLayer(weights, first.biases, first.activation), source), terms)


def _built(model: FloatSums, front: _Front, source: Source) -> tuple[IntegerModel, float]:
    """The integer model, and the largest error of a logistic table."""
    options, bits = source.options, source.options.bits_per_layer(len(model.layers))
    layers = _with_logistic_units((front.layer, *model.layers[1:]), options.activation_bits)
    factor = LOGISTIC_FORMS[front.layer.activation][0] if front.layer.activation in LOGISTIC_FORMS else 1.0
    scaled = _Front(layers[0], {feature: terms * factor for feature, terms in front.terms.items()})
    stages, affine = _first_layer(scaled, source.coding, bits[0])
    words, error = source.coding.intervals(), 0.0
    for stage in stages:
        words = stage.output_intervals(words)
    fed = words
    for number, layer in enumerate(layers):
        if number:
            affine = _later_layer(layer, affine.frac_bits, bits[number])
        fed = words
        if layer.activation not in LOGISTIC_FORMS:
            stages, words = (*stages, affine), affine.output_intervals(words)
            continue
        unit = tabled(affine, words, options.activation_bits)
        stages, error = (*stages, unit.sums, unit.table), max(error, unit.error)
        words = unit.table.output_intervals(unit.sums.output_intervals(words))
        affine = replace(affine, frac_bits=options.activation_bits)
    end, decision = _ENDS[type(model.decision)](model.decision, _without_negative_format(affine), fed, source.task)
    return IntegerModel(source.coding, (*stages[:-1], *end), decision, model.origin), error


def _with_logistic_units(layers: Sequence[FloatLayer], bits: int) -> list[FloatLayer]:
    """The same layers with units of ``logistic(x)`` only, whose value of 1 is the largest word of some bits.

    The word counts as ``word / 2**bits`` in the format of the next layer, so its weights grow a little.
    """
    found = list(layers)
    for number, layer in enumerate(layers):
        if layer.activation in LOGISTIC_FORMS:
            steepness, spread, offset = LOGISTIC_FORMS[layer.activation]
            front, behind = found[number], found[number + 1]
            found[number] = replace(front, weights=front.weights * steepness, biases=front.biases * steepness)
            weights = behind.weights * (spread * (1 << bits) / ((1 << bits) - 1))
            biases = behind.biases + offset * behind.weights.sum(axis=1)
            found[number + 1] = replace(behind, weights=weights, biases=biases)
    return found


def _first_layer(front: _Front, coding: InputCoding, bits: int) -> tuple[tuple[Stage, ...], Affine]:
    """The sums of the first layer, and the tables in front of it if there are some."""
    layer, terms = front.layer, front.terms
    plain = [feature for feature in range(coding.feature_count) if feature not in terms]
    widest = max((coding.bits[feature] for feature in plain), default=0)
    halves = [np.ptp(term, axis=1) / 2 for term in terms.values()]
    shift = fraction_bits(np.concatenate([layer.weights.ravel(), *halves]), bits)
    weights = np.rint(np.ldexp(layer.weights, shift)).astype(np.int64)
    weights = _shifted(weights[:, plain], coding, plain, widest)
    biases, frac_bits, activation = layer.biases, shift + widest, _ACTIVATIONS[layer.activation]
    if not terms:
        return (), Affine(weights, _biases(biases, frac_bits), activation, frac_bits)
    tables = [Table.of_word(feature, np.arange(1 << coding.bits[feature])) for feature in plain]
    columns = [weights]
    for feature, term in terms.items():
        least = term.min(axis=1)
        biases = biases + least
        whole = np.rint(np.ldexp(term - least[:, np.newaxis], shift)).astype(np.int64)
        used = np.flatnonzero(whole.any(axis=1))
        tables += [Table.of_word(feature, whole[row]) for row in used]
        columns.append((np.eye(len(whole), dtype=np.int64) << widest)[:, used])
    return (Lookup(tuple(tables)),), Affine(np.column_stack(columns), _biases(biases, frac_bits), activation, frac_bits)


def _later_layer(layer: FloatLayer, input_frac_bits: int, bits: int) -> Affine:
    shift = fraction_bits(layer.weights, bits)
    weights = np.rint(np.ldexp(layer.weights, shift)).astype(np.int64)
    frac_bits = input_frac_bits + shift
    return Affine(weights, _biases(layer.biases, frac_bits), _ACTIVATIONS[layer.activation], frac_bits)


def fraction_bits(values: FloatArray, bits: int) -> int:
    """Largest ``f`` with ``|round(v * 2**f)| < 2**(bits - 1)`` for all values; ``bits - 1`` where all are zero."""
    largest = float(np.abs(values).max(initial=0.0))
    if largest == 0.0:
        return bits - 1
    limit = (1 << (bits - 1)) - 1
    shift = bits - int(np.frexp(largest)[1])
    while np.rint(np.ldexp(largest, shift)) > limit:
        shift -= 1
    return min(shift, MAX_SHIFT)


def _on_unit_inputs(layer: FloatLayer, source: Source) -> FloatLayer:
    """The first layer as a function of x01 instead of the model's own inputs."""
    rest, grid = source.from_grid()
    with np.errstate(over="ignore", invalid="ignore"):
        weights = layer.weights * (rest.slope() * grid.span)
        biases = layer.biases + layer.weights @ (rest.apply(grid.low) + np.zeros_like(grid.low))
    if not (np.isfinite(weights).all() and np.isfinite(biases).all()):
        raise RangeError("a coefficient overflows when the scaling is folded in", allowed="smaller coefficients")
    return FloatLayer(weights, biases, layer.activation)


def _shifted(weights: IntArray, coding: InputCoding, features: Sequence[int], widest: int) -> IntArray:
    """Weights of some features, shifted left where these have fewer bits than the widest."""
    bits = np.array([coding.bits[feature] for feature in features], dtype=np.int64)
    shifted: IntArray = np.where(bits > 0, weights << (widest - bits), 0)
    return shifted


def _biases(biases: FloatArray, frac_bits: int) -> IntArray:
    with np.errstate(over="ignore"):
        scaled = np.rint(np.ldexp(biases, frac_bits))
    if np.abs(scaled).max(initial=0.0) >= LARGEST:
        raise RangeError("a bias needs more than 62 bits", allowed="fewer layers, input bits or weight bits")
    return scaled.astype(np.int64)


def _without_negative_format(layer: Affine) -> Affine:
    """The same sums in units of 1 where they are in units of more than 1."""
    if layer.frac_bits >= 0:
        return layer
    shift = -layer.frac_bits
    if max(np.abs(layer.weights).max(initial=0), np.abs(layer.biases).max(initial=0)) >= LARGEST / 2.0**shift:
        raise RangeError("a coefficient needs more than 62 bits", allowed="smaller coefficients")
    return Affine(layer.weights << shift, layer.biases << shift, layer.activation, 0)


def _decided(decision: Decision, last: Affine, _fed: Sequence[Interval], _task: Task) -> _End:
    return (last,), decision


def _dueled(decision: Duels, last: Affine, fed: Sequence[Interval], _task: Task) -> _End:
    return duel_stages(last, fed, decision), Argmax(decision.classes)


def _valued(_decision: None, last: Affine, _fed: Sequence[Interval], task: Task) -> _End:
    if task.rounds and last.frac_bits > _MAX_LABEL_FRACTION:
        got, allowed = last.frac_bits, "fewer layers or weight bits"
        raise RangeError("a rounded output needs more than 61 fraction bits", got=got, allowed=allowed)
    rounded = Label(task.classes, last.frac_bits) if task.rounds else None
    return (last,), rounded or Value(frac_bits=last.frac_bits)


# Last stages and decision of sums, by the class of the float form's decision.
_ENDS: dict[type, Callable[..., _End]] = {
    Argmax: _decided,
    Sign: _decided,
    Votes: _decided,
    Duels: _dueled,
    type(None): _valued,
}
