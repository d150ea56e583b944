"""Model files of LightGBM and XGBoost: beside the libraries where they are installed, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bespoke.errors import ModelFileError, MultiOutputModelError, TargetError, UnsupportedModelError
from bespoke.frontend import QuantisationOptions, quantise_estimator, read_model
from bespoke.frontend.lightgbm import read_lightgbm
from bespoke.frontend.xgboost import read_xgboost

ROWS, CATEGORIES = 300, 4
FINE = QuantisationOptions(
    leaf_bits=16,
    model_inputs="raw",
    input_bits=7,
    regressor_output="value",
    input_words="none",
    thresholds="grid",
)
ROUNDS = 6
Predict = Callable[[np.ndarray], np.ndarray]


def table(classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows with a column of categories and one with many zeros; one class means values."""
    rng = np.random.default_rng(classes)
    features = rng.normal(size=(ROWS, 6))
    features[:, CATEGORIES] = rng.integers(0, 9, ROWS)
    features[:, 5] = np.round(np.maximum(features[:, 5], 0) * 4) - 2
    if classes == 1:
        return features, features[:, 0] + features[:, CATEGORIES] % 3 + 50
    scores = features[:, :3] @ rng.normal(size=(3, classes)) + rng.gumbel(size=(ROWS, classes)) * 0.3
    scores += (features[:, CATEGORIES:][:, :1] % 3 == np.arange(classes) % 3) * 2.0
    scores += (features[:, 5:] == np.arange(classes) - 1) * 3.0
    return features, scores.argmax(axis=1)


def with_holes(features: np.ndarray) -> np.ndarray:
    """The rows with some values missing."""
    return np.where(np.random.default_rng(1).random(features.shape) < 0.05, np.nan, features)


def as_classes(predict: Predict, classes: int) -> Predict:
    """Classes of probabilities, values as they are."""
    rules: dict[int, Predict] = {1: predict, 2: lambda rows: (predict(rows) > 0.5).astype(int)}
    return rules.get(classes, lambda rows: predict(rows).argmax(axis=1))


def check_file(path: Path, predict: Predict, classes: int, categories: tuple[int, ...]) -> list[str]:
    """Compare float form and integer model with the library; names of the stages."""
    features, targets = table(classes)
    quantised = quantise_estimator(read_model(path).model, features, targets, FINE)
    assert np.allclose(quantised.float_predict(features), predict(features), rtol=1e-5, atol=1e-4)
    coding = quantised.model.coding
    words = np.concatenate([coding.quantise(features), np.random.default_rng(0).integers(0, 128, (700, 6))])
    raw = np.array(coding.low) + np.array(coding.span) * (words / 2.0 ** np.array(coding.bits))
    for column in categories:
        chosen = np.resize(features[:, column], len(words))
        raw[:, column] = chosen
        words[:, column] = coding.quantise(np.tile(chosen[:, None], 6))[:, column]
        rows = np.tile(np.array(coding.low), (len(words), 1))
        rows[:, column] = chosen
        words[:, column] = coding.quantise(rows)[:, column]
    found = quantised.model.decision.decode(quantised.model.predict(words))
    if classes == 1:
        assert np.abs(found - predict(raw)).max() < 2e-3
    else:
        assert (found != predict(raw)).mean() < 0.005
    return [stage.name for stage in quantised.model.stages]


@pytest.mark.slow_if("5-*")
@pytest.mark.parametrize("holes", [False, True])
@pytest.mark.parametrize("kind", ["numbers", "categories", "zeros are missing", "forest", "both"])
@pytest.mark.parametrize("classes", [1, 2, 3, 5])
def test_lightgbm(classes: int, kind: str, holes: bool, tmp_path: Path) -> None:
    lightgbm = pytest.importorskip("lightgbm")
    features, targets = table(classes)
    categories = (CATEGORIES,) if kind in ("categories", "both") else ()
    objective = {1: "regression", 2: "binary"}.get(classes, "multiclass")
    settings = {"objective": objective, "num_leaves": 8, "verbose": -1, "min_data_per_group": 2, "cat_smooth": 0}
    settings |= {"max_cat_to_onehot": 2, "zero_as_missing": kind in ("zeros are missing", "both"), "num_threads": 1}
    if classes > 2:
        settings["num_class"] = classes
    if kind == "forest":
        settings |= {"boosting": "rf", "bagging_fraction": 0.6, "bagging_freq": 1}
    rows = lightgbm.Dataset(
        with_holes(features) if holes else features,
        targets,
        categorical_feature=list(categories),
        params={"verbose": -1, "num_threads": 1},
    )
    booster = lightgbm.train(settings, rows, ROUNDS)
    booster.save_model(tmp_path / "model.txt")
    stages = check_file(tmp_path / "model.txt", as_classes(booster.predict, classes), classes, categories)
    assert stages == (["trees"] if kind in ("numbers", "forest") else ["lookup", "trees"])


@pytest.mark.slow_if("3-*", "5-*", "1-forest-*")
@pytest.mark.parametrize("holes", [False, True])
@pytest.mark.parametrize("kind", ["numbers", "categories", "dart", "forest"])
@pytest.mark.parametrize("classes", [1, 2, 3, 5])
def test_xgboost(classes: int, kind: str, holes: bool, tmp_path: Path) -> None:
    xgboost = pytest.importorskip("xgboost")
    features, targets = table(classes)
    categories = (CATEGORIES,) if kind == "categories" else ()
    types = ["c" if column in categories else "float" for column in range(6)]
    objective = {1: "reg:squarederror", 2: "binary:logistic"}.get(classes, "multi:softprob")
    settings = {"objective": objective, "max_depth": 4, "max_cat_to_onehot": 1, "nthread": 1}
    settings |= {"dart": {"booster": "dart", "rate_drop": 0.4}, "forest": {"num_parallel_tree": 2}}.get(kind, {})
    if classes > 2:
        settings["num_class"] = classes

    def matrix(rows: np.ndarray, labels: np.ndarray | None = None) -> Any:
        return xgboost.DMatrix(rows, labels, feature_types=types, enable_categorical=True)

    booster = xgboost.train(settings, matrix(with_holes(features) if holes else features, targets), ROUNDS)
    booster.save_model(tmp_path / "model.json")
    predict = as_classes(lambda rows: booster.predict(matrix(rows)), classes)
    stages = check_file(tmp_path / "model.json", predict, classes, categories)
    assert stages == (["lookup", "trees"] if categories else ["trees"])


@pytest.mark.slow
def test_estimators_of_lightgbm_and_xgboost_keep_their_labels() -> None:
    lightgbm, xgboost = pytest.importorskip("lightgbm"), pytest.importorskip("xgboost")
    features, targets = table(3)
    labels = np.array(["low", "middle", "high"])[targets]
    estimator = lightgbm.LGBMClassifier(n_estimators=4, verbose=-1, n_jobs=1).fit(features, labels)
    assert (
        quantise_estimator(estimator, features, labels, FINE).float_predict(features) == estimator.predict(features)
    ).all()
    other = xgboost.XGBClassifier(n_estimators=4, n_jobs=1).fit(features, targets)
    quantised = quantise_estimator(other, features, targets, FINE)
    assert (quantised.float_predict(features) == other.predict(features)).all()


# Left where x <= 0.5; of two rows of data, the first goes left.
LIGHTGBM = """tree
version=v4
num_class=1
num_tree_per_iteration=1
label_index=0
max_feature_idx=1
objective=binary sigmoid:1
feature_names=length width

Tree=0
num_leaves=2
num_cat=0
split_feature=1
threshold=0.5
decision_type=2
left_child=-1
right_child=-2
leaf_value=-1 1.5
is_linear=0
shrinkage=1

end of trees

parameters:
[boosting: gbdt]
end of parameters
"""
ROWS_OF_TWO = np.array([[0.0, 0.5], [1.0, 1.0], [0.5, 0.0]])


def xgboost_content(**changes: Any) -> dict[str, Any]:
    """The same tree as XGBoost writes it: left where x < 0.75."""
    tree = {
        "left_children": [1, -1, -1], "right_children": [2, -1, -1], "split_indices": [1, 0, 0],
        "split_conditions": [0.75, -1.0, 1.5], "tree_param": {"size_leaf_vector": "1"},
    }  # fmt: skip
    model = {"trees": [tree | changes.pop("tree", {})], "tree_info": [0]}
    booster = {"name": "gbtree", "model": model} | changes.pop("booster", {})
    parameters = {"num_feature": "2", "num_class": "0", "base_score": "[5E-1]"} | changes.pop("parameters", {})
    objective = {"name": changes.pop("objective", "binary:logistic")}
    return {
        "learner": {"gradient_booster": booster, "learner_model_param": parameters, "objective": objective} | changes
    }


def test_files_need_no_library(tmp_path: Path) -> None:
    (tmp_path / "model.txt").write_text(LIGHTGBM)
    (tmp_path / "model.json").write_text(json.dumps(xgboost_content(feature_names=["length", "width"])))
    for name in ("model.txt", "model.json"):
        quantised = quantise_estimator(read_model(tmp_path / name).model, ROWS_OF_TWO, [0, 1, 0], FINE)
        assert quantised.float_predict(ROWS_OF_TWO).tolist() == [0, 1, 0]
        assert quantised.model.coding.names == ("length", "width")


@pytest.mark.parametrize("booster", [{"name": "dart", "weight_drop": [0.5]}, {"name": "gbtree"}])
def test_dropped_trees_weigh_less_wherever_a_version_writes_it(booster: dict[str, Any]) -> None:
    content = xgboost_content(objective="reg:squarederror", parameters={"base_score": "0"})
    model = content["learner"]["gradient_booster"]["model"]
    inside = {"gbtree": {"model": model}} if booster["name"] == "dart" else {"model": model | {"weight_drop": [0.5]}}
    content["learner"]["gradient_booster"] = booster | inside
    assert read_xgboost(content).form.outputs(np.array([[0.0, 0.0], [0.0, 1.0]])).tolist() == [-0.5, 0.75]


def test_numbered_classes_get_the_labels_of_the_data_in_order() -> None:
    model = read_lightgbm(LIGHTGBM)
    quantised = quantise_estimator(model, ROWS_OF_TWO, ["cold", "warm", "cold"], FINE)
    assert quantised.float_predict(ROWS_OF_TWO).tolist() == ["cold", "warm", "cold"]
    with pytest.raises(TargetError, match=r"3 labels.*allowed: 2 labels"):
        quantise_estimator(model, ROWS_OF_TWO, ["a", "b", "c"], FINE)


def test_training_that_stopped_early_uses_the_best_rounds() -> None:
    xgboost = pytest.importorskip("xgboost")
    features, targets = table(3)
    noise = np.random.default_rng(0).permutation(targets)
    estimator = xgboost.XGBClassifier(n_estimators=20, early_stopping_rounds=3, n_jobs=1)
    estimator.fit(features, targets, eval_set=[(features[:50], noise[:50])], verbose=False)
    form = read_xgboost(json.loads(estimator.get_booster().save_raw("json"))).form
    assert len(form.roots) == 3 * (estimator.best_iteration + 1)
    assert (form.outputs(features) == estimator.predict(features)).all()


# From a change of a text or of content to the fault.
BAD_TEXTS = {
    "another file": ("tree\n", "forest\n", ModelFileError, "not a model of LightGBM"),
    "few thresholds": ("threshold=0.5", "threshold=", ModelFileError, "wrong number of entries of threshold"),
    "unknown feature": ("feature=1", "feature=7", ModelFileError, "does not exist"),
    "circle": ("right_child=-2", "right_child=0", ModelFileError, "exactly one parent"),
    "linear leaves": ("linear=0", "linear=1", UnsupportedModelError, "linear"),
    "counts": ("binary sigmoid:1", "poisson", UnsupportedModelError, "got poisson"),
    "no trees": ("Tree=0", "", ModelFileError, "wrong number of trees"),
}
BAD_CONTENTS = {
    "counts": ({"objective": "count:poisson"}, UnsupportedModelError, "got count:poisson"),
    "linear booster": ({"booster": {"name": "gblinear"}}, UnsupportedModelError, "allowed: gbtree, dart"),
    "vectors": ({"tree": {"tree_param": {"size_leaf_vector": "3"}}}, UnsupportedModelError, "leaves with vectors"),
    "probability": ({"parameters": {"base_score": "1.5"}}, ModelFileError, "must be a probability"),
    "lost node": ({"tree": {"right_children": [9, -1, -1]}}, ModelFileError, "exactly one parent"),
    "several targets": ({"parameters": {"num_target": "2"}}, MultiOutputModelError, "several targets"),
    "unknown feature": ({"tree": {"split_indices": [5, 0, 0]}}, ModelFileError, "does not exist"),
}


@pytest.mark.parametrize("name", BAD_TEXTS)
def test_bad_texts(name: str, tmp_path: Path) -> None:
    old, new, fault, text = BAD_TEXTS[name]
    (tmp_path / "model.txt").write_text(LIGHTGBM.replace(old, new, 1))
    with pytest.raises(fault, match=text):
        read_model(tmp_path / "model.txt")


@pytest.mark.parametrize("name", BAD_CONTENTS)
def test_bad_contents(name: str, tmp_path: Path) -> None:
    changes, fault, text = BAD_CONTENTS[name]
    (tmp_path / "model.json").write_text(json.dumps(xgboost_content(**changes)))
    with pytest.raises(fault, match=text):
        read_model(tmp_path / "model.json")
