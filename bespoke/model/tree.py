"""Decision trees over integer inputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bespoke.errors import ModelFileError
from bespoke.model.coding import InputCoding
from bespoke.model.decision import Decision, IntArray
from bespoke.numeric import Interval

LEAF = -1


@dataclass(frozen=True, slots=True, eq=False)
class IntegerTree:
    """Binary decision tree: at an inner node, go left where ``x[feature] <= threshold``.

    Attributes
    ----------
    coding : InputCoding
    feature : ndarray of int64, shape (n_nodes,)
        Feature tested, -1 at a leaf. Node 0 is the root and children have higher numbers than their parent.
    threshold : ndarray of int64, shape (n_nodes,)
        On the integer input grid; 0 at a leaf.
    left, right : ndarray of int64, shape (n_nodes,)
        Child numbers, -1 at a leaf.
    value : ndarray of int64, shape (n_nodes,)
        Output word of a leaf; 0 at an inner node.
    decision : Decision
        ``leaf`` or ``value``.
    origin : str
        Name of the estimator compiled.
    """

    coding: InputCoding
    feature: IntArray
    threshold: IntArray
    left: IntArray
    right: IntArray
    value: IntArray
    decision: Decision
    origin: str = ""
    kind: ClassVar[str] = "tree"

    def __post_init__(self) -> None:
        for name in ("feature", "threshold", "left", "right", "value"):
            array = np.array(getattr(self, name), dtype=np.int64)
            array.setflags(write=False)
            object.__setattr__(self, name, array)
        if self.decision.kind not in ("leaf", "value"):
            raise ModelFileError("a tree's leaves decide", got=self.decision.kind, allowed="leaf, value")
        self._check_nodes()

    def _check_nodes(self) -> None:
        count = len(self.feature)
        arrays = (self.threshold, self.left, self.right, self.value)
        if count == 0 or any(array.shape != (count,) for array in arrays):
            raise ModelFileError("node arrays differ in length", where="tree")
        inner = self.feature != LEAF
        nodes = np.arange(count)[inner]
        children = np.concatenate([self.left[inner], self.right[inner]])
        if np.any(children <= np.concatenate([nodes, nodes])) or np.any(children >= count):
            raise ModelFileError("a child's number must be above its parent's", where="tree")
        if sorted(children.tolist()) != list(range(1, count)):
            raise ModelFileError("every node but the root needs exactly one parent", where="tree")
        if np.any(self.feature[inner] < 0) or np.any(self.feature[inner] >= self.coding.feature_count):
            raise ModelFileError("a node tests a feature that does not exist", where="tree")
        leaves = self.value[~inner]
        if self.decision.kind == "leaf" and (leaves.min() < 0 or leaves.max() >= len(self.decision.classes)):
            raise ModelFileError("a leaf holds a class that does not exist", where="tree")

    @property
    def node_count(self) -> int:
        """Number of nodes, leaves included."""
        return len(self.feature)

    def output_interval(self) -> Interval:
        """Range of the output word."""
        leaves = self.value[self.feature == LEAF]
        return self.decision.interval(Interval(int(leaves.min()), int(leaves.max())))

    def predict(self, inputs: IntArray) -> IntArray:
        """Output words, shape (n_samples,), of input words (n_samples, n_features): the reference function."""
        words = np.asarray(inputs, dtype=np.int64)
        node = np.zeros(len(words), dtype=np.int64)
        rows = np.arange(len(words))
        while True:
            feature = self.feature[node]
            inner = feature != LEAF
            if not inner.any():
                return self.value[node]
            goes_left = words[rows, feature] <= self.threshold[node]
            node = np.where(inner, np.where(goes_left, self.left[node], self.right[node]), node)

    def predict_raw(self, features: NDArray[Any]) -> NDArray[Any]:
        """Class labels or values for raw features of shape (n_samples, n_features)."""
        return self.decision.decode(self.predict(self.coding.quantise(features)))

    def to_json(self) -> dict[str, Any]:
        """Plain-data form."""
        return {
            "kind": self.kind,
            "origin": self.origin,
            "inputs": self.coding.to_json(),
            "nodes": {
                name: getattr(self, name).tolist() for name in ("feature", "threshold", "left", "right", "value")
            },
            "decision": self.decision.to_json(),
        }
