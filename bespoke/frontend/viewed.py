"""A model behind functions of its inputs that it cannot absorb."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from bespoke.frontend.floatmodel import FloatArray, FloatModel, FloatTree, FloatTrees
from bespoke.frontend.options import OpenBits
from bespoke.frontend.view import Column, View
from bespoke.model import ClassLabel, IntArray, Origin

Inside_co = TypeVar("Inside_co", bound=FloatModel, covariant=True)


@dataclass(frozen=True, eq=False)
class FloatViewed(Generic[Inside_co]):
    """A float form whose inputs are functions of single features.

    Attributes
    ----------
    inner : FloatSums, FloatTree or FloatTrees
    columns : tuple of Column
        Its inputs.
    feature_count : int
        Number of features that the columns are functions of.
    """

    inner: Inside_co
    columns: tuple[Column, ...]
    feature_count: int

    @property
    def classes(self) -> tuple[ClassLabel, ...]:
        """Class labels by index; empty for a regressor."""
        return self.inner.classes

    @property
    def origin(self) -> Origin:
        """What the model inside is called."""
        return self.inner.origin

    @property
    def open_bits(self) -> OpenBits | None:
        """That of the model inside."""
        return self.inner.open_bits

    @property
    def is_constant(self) -> bool:
        """Whether no feature has any influence."""
        return self.inner.is_constant

    def outputs(self, inputs: FloatArray) -> NDArray[Any]:
        """Class indices (int64) or values (float64), shape (n_samples,)."""
        return self.inner.outputs(View(self.feature_count, self.columns).apply(inputs))


FloatForm = FloatModel | FloatViewed[FloatModel]


def columns_read(form: FloatForm) -> tuple[Column, ...]:
    """Functions of features that stand in front of a float form."""
    return form.columns if type(form) is FloatViewed else ()


def with_rank_thresholds(model: FloatModel, first: int, values: Sequence[FloatArray]) -> FloatModel:
    """Trees whose features from ``first`` on are read as ranks among ascending values, a list for each."""
    return _RANKED[type(model)](model, first, values)


def _ranked_tree(model: FloatTree, first: int, values: Sequence[FloatArray]) -> FloatTree:
    tests = model.feature, model.threshold, model.precision
    return replace(model, threshold=_ranks(tests, first, values))


def _ranked_trees(model: FloatTrees, first: int, values: Sequence[FloatArray]) -> FloatTrees:
    tests = model.nodes.feature, model.nodes.threshold, model.precision
    return replace(model, nodes=replace(model.nodes, threshold=_ranks(tests, first, values)))


def _ranks(
    tests: tuple[IntArray, FloatArray, type[np.floating[Any]]], first: int, values: Sequence[FloatArray]
) -> FloatArray:
    """Half a step above the highest rank whose value goes left."""
    feature, threshold, precision = tests
    moved = threshold.copy()
    for number, ascending in enumerate(values):
        nodes: NDArray[np.bool_] = feature == first + number
        seen = ascending.astype(precision).astype(np.float64)
        moved[nodes] = np.searchsorted(seen, threshold[nodes], side="right") - 0.5
    return moved


_RANKED: dict[type, Callable[[Any, int, Sequence[FloatArray]], FloatModel]] = {
    FloatTree: _ranked_tree,
    FloatTrees: _ranked_trees,
}
