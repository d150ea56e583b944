"""Neutral float form of a fitted estimator, on the estimator's own inputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bespoke.errors import ModelFileError, MultiOutputModelError, NonFiniteModelError, UnsupportedModelError
from bespoke.frontend.activations import ACTIVATIONS, FloatActivation
from bespoke.frontend.membership import ColumnTest
from bespoke.frontend.nodes import NodeTable
from bespoke.frontend.options import OpenBits
from bespoke.model import LEAF, ClassLabel, Decision, IntArray, Origin, leaves_reached

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class FloatLayer:
    """``activation(biases + weights @ z)``.

    Attributes
    ----------
    weights : ndarray of float64, shape (n_outputs, n_inputs)
    biases : ndarray of float64, shape (n_outputs,)
    activation : {"relu", "identity", "logistic", "tanh"}
    """

    weights: FloatArray
    biases: FloatArray
    activation: FloatActivation

    def apply(self, inputs: FloatArray) -> FloatArray:
        """Outputs, shape (n_samples, n_outputs)."""
        return ACTIVATIONS[self.activation](inputs @ self.weights.T + self.biases)


@dataclass(frozen=True, eq=False)
class FloatSums:
    """Weighted sums and a decision.

    Attributes
    ----------
    layers : tuple of FloatLayer
    decision : Decision or None
        How scores become a class; None for a regressor.
    origin : Origin
        What the model is called, and the class name of the estimator.
    open_bits : {"weight_bits", "leaf_bits"} or None
        Option that says how many bits its numbers have, if there is one that may be left open.
    """

    layers: tuple[FloatLayer, ...]
    decision: Decision | None
    origin: Origin
    open_bits: ClassVar[OpenBits | None] = "weight_bits"

    def __post_init__(self) -> None:
        found = len(self.layers[-1].biases)
        if self.decision and found != self.decision.score_count:
            got = (len(self.classes), found)
            raise ModelFileError("classes and scores do not fit", where=str(self.origin), got=got)
        if not self.decision and found != 1:
            raise MultiOutputModelError("several targets", where=str(self.origin), got=found, allowed="one target")
        for number, layer in enumerate(self.layers):
            check_finite(layer.weights, f"{self.origin}, weights of layer {number + 1}")
            check_finite(layer.biases, f"{self.origin}, biases of layer {number + 1}")

    @property
    def classes(self) -> tuple[ClassLabel, ...]:
        """Class labels by index; empty for a regressor."""
        return self.decision.classes if self.decision else ()

    @property
    def feature_count(self) -> int:
        """Number of features."""
        return int(self.layers[0].weights.shape[1])

    @property
    def is_constant(self) -> bool:
        """Whether no feature has any weight."""
        return not self.layers[0].weights.any()

    def scores(self, inputs: FloatArray) -> FloatArray:
        """Scores, shape (n_samples, n_scores), of the estimator's inputs."""
        values = inputs
        for layer in self.layers:
            values = layer.apply(values)
        return values

    def outputs(self, inputs: FloatArray) -> NDArray[Any]:
        """Class indices (int64) or values (float64), shape (n_samples,)."""
        scores: NDArray[Any] = self.scores(inputs)
        return self.decision.decide(scores) if self.decision else scores[:, 0]


@dataclass(frozen=True, eq=False)
class FloatTree:
    """Binary decision tree: left where ``z[feature] <= threshold`` in some precision, float32 in scikit-learn.

    Attributes
    ----------
    feature, left, right : ndarray of int64, shape (n_nodes,)
        -1 at a leaf; node 0 is the root.
    threshold : ndarray of float64, shape (n_nodes,)
    value : ndarray of float64, shape (n_nodes,)
        A leaf's class index or value.
    feature_count : int
    classes : tuple
        Class labels by index; empty for a regressor.
    origin : Origin
        What the model is called, and the class name of the estimator.
    precision : type
        Of the inputs when they are compared: ``numpy.float32`` or ``numpy.float64``.
    """

    feature: IntArray
    threshold: FloatArray
    left: IntArray
    right: IntArray
    value: FloatArray
    feature_count: int
    classes: tuple[ClassLabel, ...]
    origin: Origin
    precision: type[np.floating[Any]] = np.float32
    open_bits: ClassVar[OpenBits | None] = None

    def __post_init__(self) -> None:
        tested = self.threshold[self.feature != LEAF]
        # A split of rows with missing values from all others has the threshold inf: any number goes left.
        check_finite(tested[tested != np.inf], f"{self.origin}, thresholds")
        check_finite(self.value, f"{self.origin}, leaf values")

    @property
    def is_constant(self) -> bool:
        """Whether the tree is a single leaf."""
        return len(self.feature) == 1

    def outputs(self, inputs: FloatArray) -> NDArray[Any]:
        """Class indices (int64) or values (float64), shape (n_samples,)."""
        columns = (self.feature, self.threshold, self.left, self.right)
        values = self.value[leaves_reached(columns, np.zeros(1, dtype=np.int64), inputs.astype(self.precision))[:, 0]]
        return values.astype(np.int64) if self.classes else values


@dataclass(frozen=True, eq=False)
class FloatTrees:
    """Sum of decision trees whose leaves hold vectors: left where ``z[feature] <= threshold`` in some precision.

    Attributes
    ----------
    nodes : NodeTable
        Of all trees, one after the other.
    roots : ndarray of int64, shape (n_trees,)
        First node of each tree.
    prior : ndarray of float64, shape (n_scores,)
        Added to the sum.
    feature_count : int
    decision : Decision or None
        How scores become a class; None for a regressor.
    origin : Origin
        What the model is called, and the class name of the estimator.
    precision : type
        Of the inputs when they are compared: ``numpy.float32`` or ``numpy.float64``.
    tests : tuple of Membership or ZeroElsewhere
        Columns that the trees read behind the features.
    is_numbered : bool
        Whether classes are numbers from 0 because the labels of the data, in ascending order, are not known.
    """

    nodes: NodeTable
    roots: IntArray
    prior: FloatArray
    feature_count: int
    decision: Decision | None
    origin: Origin
    precision: type[np.floating[Any]] = np.float32
    tests: tuple[ColumnTest, ...] = ()
    is_numbered: bool = False
    open_bits: ClassVar[OpenBits | None] = "leaf_bits"

    def __post_init__(self) -> None:
        found = self.nodes.values.shape[1]
        if found != (self.decision.score_count if self.decision else 1) or self.prior.shape != (found,):
            raise ModelFileError("classes and leaves do not fit", where=str(self.origin), got=found)
        if not len(self.roots):
            raise ModelFileError("no trees", where=str(self.origin))
        if self.nodes.feature.max() >= self.feature_count + len(self.tests):
            raise ModelFileError("a node tests a feature that does not exist", where=str(self.origin))
        if np.isnan(self.nodes.threshold).any():
            raise NonFiniteModelError("not a number", where=f"{self.origin}, thresholds")
        check_finite(self.nodes.values, f"{self.origin}, leaf values")
        check_finite(self.prior, f"{self.origin}, prior")

    @property
    def classes(self) -> tuple[ClassLabel, ...]:
        """Class labels by index; empty for a regressor."""
        return self.decision.classes if self.decision else ()

    @property
    def is_constant(self) -> bool:
        """Whether every tree is a single leaf."""
        return len(self.nodes.feature) == len(self.roots)

    def scores(self, inputs: FloatArray) -> FloatArray:
        """Sums of the leaves and the prior, shape (n_samples, n_scores), of the estimator's inputs."""
        read = inputs.astype(self.precision)
        columns = [test.column(read[:, test.feature]) for test in self.tests]
        leaves = leaves_reached(self.nodes.links, self.roots, np.column_stack([read, *columns]))
        scores: FloatArray = self.nodes.values[leaves].sum(axis=1) + self.prior
        return scores

    def outputs(self, inputs: FloatArray) -> NDArray[Any]:
        """Class indices (int64) or values (float64), shape (n_samples,)."""
        scores: NDArray[Any] = self.scores(inputs)
        return self.decision.decide(scores) if self.decision else scores[:, 0]


FloatModel = FloatSums | FloatTree | FloatTrees


def check_finite(values: NDArray[Any], where: str) -> None:
    """Refuse NaN and infinity.

    Raises
    ------
    NonFiniteModelError
        Naming ``where`` and the first such value.
    """
    bad = values[~np.isfinite(values)]
    if bad.size:
        raise NonFiniteModelError("not a finite number", where=where, got=bad.flat[0])


def class_labels(classes: object, origin: str) -> tuple[ClassLabel, ...]:
    """Class labels as plain Python values.

    Raises
    ------
    UnsupportedModelError
        If a label is not a number, string or boolean.
    """
    labels = tuple(np.asarray(classes).tolist())
    for label in labels:
        if not isinstance(label, int | float | str | bool):
            raise UnsupportedModelError(
                "unsupported class label", where=origin, got=repr(label), allowed="numbers, strings and booleans"
            )
    return labels


def dense(array: Any) -> FloatArray:  # noqa: ANN401  dense or any SciPy sparse container
    """Float array of a dense or sparse coefficient array."""
    return np.asarray(array.toarray() if hasattr(array, "toarray") else array, dtype=np.float64)
