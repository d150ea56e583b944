"""HistGradientBoosting* -> FloatTrees."""

from __future__ import annotations

import numpy as np

from bespoke.errors import ModelFileError, UnsupportedModelError
from bespoke.frontend.attributes import Estimator, check_setting, fitted
from bespoke.frontend.floatmodel import FloatTrees, class_labels
from bespoke.frontend.membership import ColumnTest, Membership
from bespoke.frontend.nodes import NodeTable, joined, reached
from bespoke.model import LEAF, Argmax, Decision, IntArray, Origin, Sign

_BITS_PER_WORD = 32
# Losses whose prediction is the sum itself.
_PLAIN_LOSSES = ("squared_error", "absolute_error", "quantile")


def read_hist_classifier(estimator: Estimator) -> FloatTrees:
    """Float form of a classifier: the sign of one sum, class 1 where it is > 0, or the largest of several."""
    classes = class_labels(fitted(estimator, "classes_"), type(estimator).__name__)
    return _HistTrees(estimator).form(Sign(classes) if len(classes) == 2 else Argmax(classes))


def read_hist_regressor(estimator: Estimator) -> FloatTrees:
    """Float form of a regressor."""
    check_setting(estimator, "loss", estimator.loss, _PLAIN_LOSSES, 'loss="squared_error"')
    return _HistTrees(estimator).form(None)


class _HistTrees:
    """Reads node tables, and the tests of categories that they share.

    Rows without missing values are assumed. A category that was unknown in training goes where missing values go.
    """

    def __init__(self, estimator: Estimator) -> None:
        self._estimator = estimator
        self._name = type(estimator).__name__
        self._count = int(fitted(estimator, "n_features_in_"))
        self._order, self._categories = self._encoded()
        self._tests: dict[ColumnTest, int] = {}

    def form(self, decision: Decision | None) -> FloatTrees:
        """The float form."""
        prior = np.asarray(fitted(self._estimator, "_baseline_prediction"), dtype=np.float64).ravel()
        rows = fitted(self._estimator, "_predictors")
        trees = [
            self._tree(predictor).placed(np.array([score]), len(prior))
            for row in rows
            for score, predictor in enumerate(row)
        ]
        nodes, roots = joined(trees)
        origin, tests = Origin("boosting", self._name), tuple(self._tests)
        return FloatTrees(nodes, roots, prior, self._count, decision, origin, np.float64, tests)

    def _encoded(self) -> tuple[IntArray, dict[int, list[float]]]:
        """Feature of each column that the trees read, those with categories first, and the categories by feature."""
        encoder = getattr(self._estimator, "_preprocessor", None)
        if encoder is None:
            return np.arange(self._count), {}
        is_coded = np.asarray(self._estimator.is_categorical_, dtype=np.bool_)
        coded = np.flatnonzero(is_coded)
        kept = encoder.named_transformers_["encoder"].categories_
        categories = {int(f): self._numbers(values) for f, values in zip(coded, kept, strict=True)}
        return np.concatenate([coded, np.flatnonzero(~is_coded)]), categories

    def _numbers(self, categories: Estimator) -> list[float]:
        try:
            return [float(value) for value in categories]
        except (TypeError, ValueError):
            what, allowed = "categories that are no numbers", "numbers, as an OrdinalEncoder in front makes of texts"
            raise UnsupportedModelError(what, where=self._name, got=list(categories)[:3], allowed=allowed) from None

    def _tree(self, predictor: Estimator) -> NodeTable:
        nodes, bitsets = predictor.nodes, predictor.raw_left_cat_bitsets
        leaf = nodes["is_leaf"].astype(np.bool_)
        given = nodes["feature_idx"].astype(np.int64)
        if np.any(given[~leaf] < 0) or np.any(given[~leaf] >= self._count):
            raise ModelFileError("a node tests a feature that does not exist", where=self._name)
        feature = np.where(leaf, LEAF, self._order[np.where(leaf, 0, given)])
        threshold = np.where(leaf, 0.0, nodes["num_threshold"])
        for node in np.flatnonzero(nodes["is_categorical"].astype(np.bool_) & ~leaf):
            row = nodes[node]
            test = self._membership(int(feature[node]), bitsets[row["bitset_idx"]], int(not row["missing_go_to_left"]))
            feature[node], threshold[node] = self._count + self._tests.setdefault(test, len(self._tests)), 0.5
        values = np.where(leaf, nodes["value"], 0.0)[:, None]
        left, right = (np.where(leaf, LEAF, nodes[side].astype(np.int64)) for side in ("left", "right"))
        return reached(NodeTable(feature, threshold, left, right, values), self._name)

    def _membership(self, feature: int, bitset: IntArray, otherwise: int) -> Membership:
        categories = [(value, code) for code, value in enumerate(self._categories[feature]) if not np.isnan(value)]
        is_left = [bool(int(bitset[code // _BITS_PER_WORD]) >> code % _BITS_PER_WORD & 1) for _, code in categories]
        left = tuple(value for (value, _), inside in zip(categories, is_left, strict=True) if inside)
        right = tuple(value for (value, _), inside in zip(categories, is_left, strict=True) if not inside)
        return Membership(feature, left, right, otherwise)
