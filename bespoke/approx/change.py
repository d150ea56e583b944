"""What every approximation step returns, and what steps on weighted sums share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from bespoke.errors import OptionError, UnsupportedModelError
from bespoke.model import IntArray, IntegerMLP, IntegerModel, IntegerSVM, IntegerTree, Layer

SumModel = IntegerMLP | IntegerSVM
AnyModel_co = TypeVar("AnyModel_co", IntegerMLP, IntegerSVM, IntegerTree, SumModel, IntegerModel, covariant=True)


@dataclass(frozen=True, slots=True)
class Change:
    """What a step changed: its name, how many things, and a sentence."""

    step: str
    count: int
    text: str


class Approximated(NamedTuple, Generic[AnyModel_co]):
    """The new exact integer function, and how it differs from the one before."""

    model: AnyModel_co
    change: Change


def sum_model(model: IntegerModel, step: str) -> SumModel:
    """The model if it is made of weighted sums.

    Raises
    ------
    UnsupportedModelError
    """
    if isinstance(model, IntegerTree):
        raise UnsupportedModelError("the step needs weighted sums", where=step, got=model.kind, allowed="mlp, svm")
    return model


def tree_model(model: IntegerModel, step: str) -> IntegerTree:
    """The model if it is a tree.

    Raises
    ------
    UnsupportedModelError
    """
    if not isinstance(model, IntegerTree):
        raise UnsupportedModelError("the step needs a tree", where=step, got=model.kind, allowed="tree")
    return model


def replaced(model: SumModel, layers: dict[int, Layer]) -> SumModel:
    """The model with some of its layers exchanged."""
    return replace(model, layers=tuple(layers.get(number, layer) for number, layer in enumerate(model.layers)))


def hidden_layer(model: SumModel, number: int, step: str) -> Layer:
    """Layer ``number`` if it is not the last one.

    Raises
    ------
    OptionError
    """
    if not 0 <= number < len(model.layers) - 1:
        raise OptionError("no such hidden layer", where=step, got=number, allowed=f"0 to {len(model.layers) - 2}")
    return model.layers[number]


def per_item(values: Sequence[int], count: int, where: str) -> tuple[int, ...]:
    """One non-negative value per item; a single value stands for all.

    Raises
    ------
    OptionError
        If their number does not fit or one is negative.
    """
    spread = tuple(values) * count if len(values) == 1 else tuple(values)
    if len(spread) != count or min(spread, default=0) < 0:
        raise OptionError("needs one number >= 0, or one for each", where=where, got=values, allowed=f"{count} numbers")
    return spread


def layer_inputs(model: SumModel, words: IntArray) -> list[IntArray]:
    """Inputs of every layer, each of shape (n_samples, n_inputs), for input words."""
    inputs = [np.asarray(words, dtype=np.int64)]
    for layer in model.layers[:-1]:
        inputs.append(layer.apply(inputs[-1]))
    return inputs


def column_means(layer: Layer, inputs: IntArray) -> NDArray[np.float64]:
    """Mean of each column of a layer, shape (n_columns,)."""
    return np.asarray((inputs[:, layer.sources] & layer.masks).mean(axis=0), dtype=np.float64)
