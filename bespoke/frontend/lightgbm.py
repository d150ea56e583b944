"""LightGBM's text files -> FloatTrees.

Source: LightGBM 4, ``Tree::ToString``, ``Tree::NumericalDecision``, ``Tree::CategoricalDecision`` in ``tree.h``. A node
goes left where ``x <= threshold`` in double precision, or where ``int(x)`` is in the node's set of categories.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from bespoke.errors import ModelFileError, UnsupportedModelError
from bespoke.frontend.attributes import Estimator, fitted
from bespoke.frontend.floatmodel import FloatArray, FloatModel, FloatTrees, class_labels
from bespoke.frontend.membership import ColumnTest, Membership, ZeroElsewhere
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

_CATEGORICAL = 1
_DEFAULT_LEFT = 2
_MISSING_IS_ZERO = 1 << 2
_MISSING_TYPE = 3 << 2
_ZERO = float(np.float32(1e-35))  # kZeroThreshold: values up to it, of either sign, are zeros
_BITS_PER_WORD = 32
_PLAIN = (
    "regression", "regression_l2", "regression_l1", "huber", "fair", "quantile", "mape", "lambdarank", "rank_xendcg",
)  # fmt: skip
_ONE_SCORE = ("binary",)
_SEVERAL = ("multiclass", "multiclassova", "softmax")
_NAME = "LightGBM"

Fields = Mapping[str, str]


def is_lightgbm(text: str) -> bool:
    """Whether a text begins as LightGBM's files do."""
    return text.lstrip().partition("\n")[0].strip() == "tree"


def read_lightgbm(text: str) -> TreeFile:
    """Model of a text that LightGBM's ``save_model`` or ``model_to_string`` wrote.

    Raises
    ------
    ModelFileError
        If the text is damaged.
    UnsupportedModelError
        If the prediction is no sum of leaves.
    """
    if not is_lightgbm(text):
        raise ModelFileError("not a model of LightGBM", where=_NAME, got=repr(text[:20]), allowed="a line 'tree'")
    header, *blocks = re.split(r"^Tree=\d+\s*$", text.partition("\nend of trees")[0], flags=re.MULTILINE)
    fields = _fields(header)
    scores, count = int(fields["num_tree_per_iteration"]), int(fields["max_feature_idx"]) + 1
    if not blocks or scores < 1 or len(blocks) % scores:
        raise ModelFileError("wrong number of trees", where=_NAME, got=len(blocks), allowed=f"a multiple of {scores}")
    tests: dict[ColumnTest, int] = {}
    trees = [_tree(_fields(block), count, tests) for block in blocks]
    if "average_output" in fields:
        trees = [tree.scaled(scores / len(trees)) for tree in trees]
    sums = Sums(trees, [i % scores for i in range(len(trees))], np.zeros(scores), tuple(tests))
    form = form_of(sums, _decision(fields, scores), count, Origin("boosting", _NAME), np.float64)
    names = tuple(fields.get("feature_names", "").split())
    is_named = len(names) == count and not all(re.fullmatch(r"Column_\d+", name) for name in names)
    return TreeFile(form, names if is_named else None)


def lightgbm_form(booster: Estimator) -> FloatTrees:
    """Float form of a Booster of LightGBM."""
    return read_lightgbm(booster.model_to_string()).form


def read_lightgbm_classifier(estimator: Estimator) -> FloatModel:
    """Float form of a classifier of LightGBM, with its own labels."""
    return with_labels(lightgbm_form(fitted(estimator, "booster_")), class_labels(estimator.classes_, _NAME))


def _fields(block: str) -> dict[str, str]:
    pairs = (line.partition("=") for line in block.splitlines() if line.strip())
    return {name.strip(): value.strip() for name, _, value in pairs}


def _decision(fields: Fields, scores: int) -> Decision | None:
    objective, *settings = fields.get("objective", "regression").split() or ["regression"]
    if objective in _ONE_SCORE and scores == 1:
        return numbered_classes(2, _NAME)
    if objective in _SEVERAL:
        return numbered_classes(scores, _NAME)
    if objective not in _PLAIN or "sqrt" in settings:
        got = " ".join([objective, *settings])
        raise unsupported_objective(got, _NAME, (*_PLAIN, *_ONE_SCORE, *_SEVERAL))
    check_one_score(scores, _NAME)
    return None


def _tree(fields: Fields, count: int, tests: dict[ColumnTest, int]) -> NodeTable:
    """Nodes of a tree: its inner nodes, then its leaves."""
    if fields.get("is_linear", "0") != "0":
        raise UnsupportedModelError("leaves that are linear models", where=_NAME, allowed="linear_tree=false")
    leaves = int(fields["num_leaves"])
    inner = leaves - 1
    if leaves < 1:
        raise ModelFileError("a tree without leaves", where=_NAME, got=leaves)
    feature, kinds = (_whole(fields, name, inner) for name in ("split_feature", "decision_type"))
    if np.any(feature < 0) or np.any(feature >= count):
        raise ModelFileError("a node tests a feature that does not exist", where=_NAME)
    threshold = _real(fields, "threshold", inner)
    for node in range(inner):
        test = _test(fields, int(feature[node]), int(kinds[node]), float(threshold[node]))
        if isinstance(test, float):
            threshold[node] = test
        else:
            feature[node], threshold[node] = count + tests.setdefault(test, len(tests)), 0.5
    sides = [_whole(fields, name, inner) for name in ("left_child", "right_child")]
    left, right = (np.append(np.where(side < 0, inner + ~side, side), [LEAF] * leaves) for side in sides)
    values = np.append(np.zeros(inner), _real(fields, "leaf_value", leaves))[:, None]
    links = np.append(feature, [LEAF] * leaves), np.append(threshold, np.zeros(leaves)), left, right
    return reached(NodeTable(*links, values), _NAME)


def _test(fields: Fields, feature: int, kind: int, threshold: float) -> float | ColumnTest:
    """The threshold of a node, or its test of categories, or one where zeros count as missing and go elsewhere."""
    if kind & _CATEGORICAL:
        return Membership(feature, tuple(map(float, _categories(fields, int(threshold)))), truncates=True)
    goes_left = bool(kind & _DEFAULT_LEFT)
    if kind & _MISSING_TYPE != _MISSING_IS_ZERO:
        return threshold
    # Zeros that go where their neighbours go leave a threshold.
    if goes_left and threshold >= -_ZERO:
        return max(threshold, _ZERO)
    if not goes_left and threshold <= _ZERO:
        return min(threshold, float(np.nextafter(-_ZERO, -np.inf)))
    return ZeroElsewhere(feature, threshold, int(not goes_left), _ZERO)


def _categories(fields: Fields, number: int) -> list[int]:
    ends = _whole(fields, "cat_boundaries", int(fields["num_cat"]) + 1)
    words = _whole(fields, "cat_threshold", int(ends[-1]))
    bits = words[ends[number] : ends[number + 1]].tolist()
    return [_BITS_PER_WORD * i + bit for i, word in enumerate(bits) for bit in range(_BITS_PER_WORD) if word >> bit & 1]


def _real(fields: Fields, name: str, count: int) -> FloatArray:
    values = np.array(fields.get(name, "").split(), dtype=np.float64)
    if len(values) != count:
        raise ModelFileError(f"wrong number of entries of {name}", where=_NAME, got=len(values), allowed=str(count))
    return values


def _whole(fields: Fields, name: str, count: int) -> IntArray:
    return np.array([int(value) for value in _real(fields, name, count)], dtype=np.int64)
