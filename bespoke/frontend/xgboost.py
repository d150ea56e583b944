"""XGBoost's JSON files -> FloatTrees.

Source: XGBoost, ``doc/model.schema`` and ``GetNextNode`` in ``predict_fn.h``. A node goes left where
``x < condition`` in single precision, or where the category ``int(x)`` is not in the node's set.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from bespoke.errors import ModelFileError, UnsupportedModelError
from bespoke.frontend.attributes import Estimator, fitted
from bespoke.frontend.floatmodel import FloatArray, FloatModel, FloatTrees, class_labels
from bespoke.frontend.membership import ColumnTest, Membership
from bespoke.frontend.nodes import NodeTable, reached
from bespoke.frontend.tree_file import (
    Sums,
    TreeFile,
    check_one_score,
    form_of,
    numbered_classes,
    unsupported_objective,
    with_labels,
)
from bespoke.model import LEAF, Decision, IntArray, Origin

_PLAIN = (
    "reg:squarederror", "reg:linear", "reg:squaredlogerror", "reg:pseudohubererror", "reg:absoluteerror",
    "reg:quantileerror", "reg:expectileerror", "rank:ndcg", "rank:map", "rank:pairwise",
)  # fmt: skip
# Whether the base score of a file is a probability, whose log odds are added.
_ONE_SCORE = {"binary:logistic": True, "binary:logitraw": False, "binary:hinge": False}
_SEVERAL = ("multi:softmax", "multi:softprob")
_NAME = "XGBoost"
_MOST_CODES = 1 << 16

Object = Mapping[str, Any]


def looks_like_xgboost(text: str) -> bool:
    """Whether the text of a JSON file begins as that of a model of XGBoost does."""
    return re.match(r'\s*\{\s*"(learner|version)"\s*:\s*[\[{]', text) is not None


def read_xgboost(content: Object) -> TreeFile:
    """Model of the content of a file that XGBoost's ``save_model`` wrote as JSON.

    Raises
    ------
    UnsupportedModelError
        If the prediction is no sum of leaves.
    ModelFileError
        If a tree is damaged.
    """
    learner = content["learner"]
    booster, drops = _booster(learner["gradient_booster"])
    count, classes = (int(learner["learner_model_param"][name]) for name in ("num_feature", "num_class"))
    check_one_score(int(learner["learner_model_param"].get("num_target", "1")), _NAME)
    scores = max(1, classes)
    decision, is_probability = _decision(learner["objective"]["name"], scores)
    tests: dict[ColumnTest, int] = {}
    values = _category_values(booster.get("cats"), count)
    trees = [_tree(tree, count, values, tests).scaled(drop) for tree, drop in zip(booster["trees"], drops, strict=True)]
    targets = [int(number) for number in booster["tree_info"]]
    end = _used_trees(learner, booster)
    if not all(0 <= target < scores for target in targets):
        raise ModelFileError("a tree adds to a class that does not exist", where=_NAME, got=max(targets))
    sums = Sums(trees[:end], targets[:end], _prior(learner, scores, is_probability=is_probability), tuple(tests))
    form = form_of(sums, decision, count, Origin("boosting", _NAME), np.float32)
    names = tuple(map(str, learner.get("feature_names") or ()))
    return TreeFile(form, names if len(names) == count else None)


def xgboost_form(booster: Estimator) -> FloatTrees:
    """Float form of a Booster of XGBoost."""
    return read_xgboost(json.loads(booster.save_raw("json"))).form


def read_xgboost_classifier(estimator: Estimator) -> FloatModel:
    """Float form of a classifier of XGBoost, with its own labels."""
    return with_labels(xgboost_form(estimator.get_booster()), class_labels(fitted(estimator, "classes_"), _NAME))


def read_xgboost_regressor(estimator: Estimator) -> FloatTrees:
    """Float form of a regressor of XGBoost."""
    return xgboost_form(estimator.get_booster())


def _booster(booster: Object) -> tuple[Object, list[float]]:
    """The trees of a model, and by what the leaves of each are multiplied.

    Dropped trees weigh less. Their weights stand beside the trees, and up to XGBoost 3.3 in the booster ``dart``.
    """
    name = booster["name"]
    if name not in ("gbtree", "dart"):
        raise UnsupportedModelError("unsupported booster", where=_NAME, got=name, allowed="gbtree, dart")
    model = booster["gbtree"]["model"] if name == "dart" else booster["model"]
    given = booster["weight_drop"] if name == "dart" else model.get("weight_drop") or [1.0] * len(model["trees"])
    drops = [float(drop) for drop in given]
    if not model["trees"] or not len(model["tree_info"]) == len(drops) == len(model["trees"]):
        raise ModelFileError("wrong number of trees", where=_NAME, got=len(model["trees"]))
    return model, drops


def _used_trees(learner: Object, booster: Object) -> int:
    """Trees up to the best iteration where training stopped early, as XGBoost's estimators predict; else all."""
    best, ends = learner.get("attributes", {}).get("best_iteration"), booster.get("iteration_indptr")
    count = len(booster["trees"])
    if best is None or not ends:
        return count
    return int(ends[min(int(best) + 1, len(ends) - 1)])


def _decision(objective: str, scores: int) -> tuple[Decision | None, bool]:
    if objective in _ONE_SCORE and scores == 1:
        return numbered_classes(2, _NAME), _ONE_SCORE[objective]
    if objective in _SEVERAL:
        if scores == 2:
            got, allowed = f"{objective} with num_class 2", "binary:logistic"
            raise UnsupportedModelError("two classes with a score each", where=_NAME, got=got, allowed=allowed)
        return numbered_classes(scores, _NAME), False
    if objective not in _PLAIN:
        raise unsupported_objective(objective, _NAME, (*_PLAIN, *_ONE_SCORE, *_SEVERAL))
    check_one_score(scores, _NAME)
    return None, False


def _prior(learner: Object, scores: int, *, is_probability: bool) -> FloatArray:
    """The base score, of which newer files have one for each class."""
    text = str(learner["learner_model_param"]["base_score"])
    given = np.array([float(np.float32(part)) for part in re.findall(r"[^\[\],\s]+", text)])
    if len(given) not in (1, scores):
        raise ModelFileError("base scores do not fit", where=_NAME, got=len(given), allowed=str(scores))
    prior: FloatArray = np.full(scores, 0.0) + given
    if not is_probability:
        return prior
    if not np.all((prior > 0) & (prior < 1)):
        raise ModelFileError("a base score must be a probability", where=_NAME, got=text, allowed="0 to 1")
    return np.asarray(np.log(prior) - np.log1p(-prior))


def _category_values(cats: Object | None, count: int) -> list[list[float] | None]:
    """By feature the values of its categories in the order of their codes; None for the codes themselves."""
    values: list[list[float] | None] = []
    for entry in (cats or {}).get("enc", [])[:count]:
        kept = entry.get("values", [])
        if entry.get("offsets"):
            raise UnsupportedModelError("categories that are texts", where=_NAME, allowed="whole numbers")
        values.append([float(value) for value in kept] or None)
    return values + [None] * (count - len(values))


def _tree(tree: Object, count: int, values: list[list[float] | None], tests: dict[ColumnTest, int]) -> NodeTable:
    if int(tree["tree_param"].get("size_leaf_vector", "1")) > 1:
        raise UnsupportedModelError("leaves with vectors", where=_NAME, allowed="multi_strategy=one_output_per_tree")
    names = ("left_children", "right_children", "split_indices")
    left, right, given = (np.array(tree[name], dtype=np.int64) for name in names)
    conditions = np.array(tree["split_conditions"], dtype=np.float64).astype(np.float32)
    if not len(left) or len({len(left), len(right), len(given), len(conditions)}) > 1:
        raise ModelFileError("node arrays differ in length", where=_NAME)
    leaf = left == LEAF
    if np.any(given[~leaf] < 0) or np.any(given[~leaf] >= count):
        raise ModelFileError("a node tests a feature that does not exist", where=_NAME)
    # The next number below: x < condition is x <= that, for numbers of this precision.
    threshold = np.where(leaf, 0.0, np.nextafter(conditions, np.float32(-np.inf)).astype(np.float64))
    feature = np.where(leaf, LEAF, given)
    for node, codes in _sets(tree).items():
        if not leaf[node]:
            test = _outside(int(given[node]), codes, values[int(given[node])])
            feature[node], threshold[node] = count + tests.setdefault(test, len(tests)), 0.5
    return reached(NodeTable(feature, threshold, left, right, np.where(leaf, conditions, 0.0)[:, None]), _NAME)


def _sets(tree: Object) -> dict[int, IntArray]:
    """Codes that go right by node that tests a category."""
    starts, sizes = tree.get("categories_segments", ()), tree.get("categories_sizes", ())
    codes = np.array(tree.get("categories", ()), dtype=np.int64)
    nodes = tree.get("categories_nodes", ())
    if np.any(codes < 0) or np.any(codes >= _MOST_CODES) or any(not 0 <= n < len(tree["left_children"]) for n in nodes):
        raise ModelFileError("a category that does not exist", where=_NAME, allowed=f"0 to {_MOST_CODES - 1}")
    found = zip(nodes, starts, sizes, strict=True)
    return {int(node): codes[int(start) : int(start) + int(size)] for node, start, size in found}


def _outside(feature: int, right: IntArray, values: list[float] | None) -> Membership:
    """The test of a node that goes left for all but some categories."""
    if values is None:
        return Membership(feature, (), tuple(map(float, right)), otherwise=0, truncates=True)
    if len(right) and int(right.max()) >= len(values):
        raise ModelFileError("a category that does not exist", where=_NAME, got=int(right.max()))
    return Membership(feature, (), tuple(values[code] for code in right.tolist()), otherwise=0)
