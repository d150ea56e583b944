"""A random ensemble of trees, trained on random data, through its library, its float form and every executor."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from fuzzing import check_model, check_model_with_icarus
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    BaggingRegressor,
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from threadpoolctl import threadpool_limits

from bespoke.frontend import QuantisationOptions, quantise_estimator
from bespoke.frontend.floatmodel import FloatTrees
from bespoke.frontend.lightgbm import read_lightgbm
from bespoke.frontend.quantise import Quantised
from bespoke.frontend.xgboost import read_xgboost
from bespoke.model import IntegerModel

MOST_CLASSES = 12
ROUNDING = 1e-4  # of sums in single precision, and of leaves of 16 bits


@dataclass(frozen=True)
class Rows:
    """Training data: ``classes`` is 1 for values, ``categories`` are columns, ``trained_on`` may have holes."""

    features: np.ndarray
    targets: np.ndarray
    classes: int
    categories: tuple[int, ...]
    trained_on: np.ndarray


@dataclass(frozen=True)
class Trained:
    """What is compiled, and what the library predicts: class indices or values."""

    model: Any
    predict: Callable[[np.ndarray], np.ndarray]


def random_rows(rng: np.random.Generator) -> Rows:
    """Few rows of two to five features, some of whole numbers, with two to twelve classes or values."""
    count, width = int(rng.integers(60, 160)), int(rng.integers(2, 6))
    features = rng.normal(size=(count, width)) * 10.0 ** rng.integers(-2, 3, width)
    for column in np.flatnonzero(rng.random(width) < 0.4):
        features[:, column] = rng.integers(-2, 9, count)
    features[:, -1] = rng.integers(0, int(rng.integers(2, 12)), count)
    classes = 1 if rng.random() < 0.3 else int(rng.integers(2, MOST_CLASSES + 1))
    scores = features / features.std(axis=0).clip(1e-9) @ rng.normal(size=(width, classes))
    scores += rng.gumbel(size=scores.shape) * 0.3
    targets = scores.argmax(axis=1) if classes > 1 else scores[:, 0] * 10.0 ** rng.integers(-1, 3) + rng.normal() * 100
    if classes > 1:
        targets[:classes] = np.arange(classes)
    categories = (width - 1,) if rng.random() < 0.5 else ()
    holes = rng.random(features.shape) < (0.1 if rng.random() < 0.4 else 0.0)
    return Rows(features, targets, classes, categories, np.where(holes, np.nan, features))


def random_trained(rng: np.random.Generator, rows: Rows) -> Trained:
    """A small ensemble of any kind that the data allow."""
    kinds = _CLASSIFIERS if rows.classes > 1 else _REGRESSORS
    names = [name for name in kinds if name not in _PACKAGES or importlib.util.find_spec(name)]
    make = kinds[names[int(rng.integers(len(names)))]]
    return make(rng, rows)


def _shape(rng: np.random.Generator) -> dict[str, int]:
    return {"n_estimators": int(rng.integers(1, 7)), "max_depth": int(rng.integers(1, 5)), "random_state": 0}


def _sklearn(make: Callable[[dict[str, int]], Any], *, clean: bool = False) -> Callable[..., Trained]:
    def trained(rng: np.random.Generator, rows: Rows) -> Trained:
        estimator = make(_shape(rng)).fit(rows.features if clean else rows.trained_on, rows.targets)
        return Trained(estimator, estimator.predict)

    return trained


def _hist(make: Callable[..., Any]) -> Callable[..., Trained]:
    def trained(rng: np.random.Generator, rows: Rows) -> Trained:
        shape = _shape(rng)
        settings = {"max_iter": shape["n_estimators"], "max_depth": shape["max_depth"], "random_state": 0}
        categories = list(rows.categories) or None
        estimator = make(min_samples_leaf=3, categorical_features=categories, **settings)
        estimator.fit(rows.trained_on, rows.targets)
        return Trained(estimator, estimator.predict)

    return trained


def _bagged(make: Callable[..., Any], tree: Callable[..., Any]) -> Callable[[dict[str, int]], Any]:
    return lambda shape: make(
        tree(max_depth=shape["max_depth"]), n_estimators=shape["n_estimators"], max_features=0.7, random_state=0
    )


def _voting(shape: dict[str, int], how: str) -> VotingClassifier:
    trees = [
        (f"t{d}", DecisionTreeClassifier(max_depth=d, random_state=d)) for d in range(1, shape["n_estimators"] + 1)
    ]
    return VotingClassifier(trees, voting=how, weights=[1.0 + 0.5 * i for i in range(len(trees))])


def _indices(predict: Callable[[np.ndarray], np.ndarray], classes: int) -> Callable[[np.ndarray], np.ndarray]:
    rules: dict[int, Any] = {1: predict, 2: lambda rows: (predict(rows) > 0.5).astype(int)}
    return rules.get(classes, lambda rows: predict(rows).argmax(axis=1))


def _lightgbm(rng: np.random.Generator, rows: Rows) -> Trained:
    import lightgbm

    shape = _shape(rng)
    objective = {1: "regression", 2: "binary"}.get(rows.classes, "multiclass")
    settings: dict[str, Any] = {
        "objective": objective,
        "max_depth": shape["max_depth"],
        "verbose": -1,
        "num_threads": 1,
    }
    settings |= {"min_data_in_leaf": 3, "min_data_per_group": 2, "cat_smooth": 0, "max_cat_to_onehot": 2}
    settings |= {"zero_as_missing": bool(rng.random() < 0.3), "num_leaves": 12}
    if rows.classes > 2:
        settings["num_class"] = rows.classes
    data = lightgbm.Dataset(
        rows.trained_on, rows.targets, categorical_feature=list(rows.categories), params={"verbose": -1}
    )
    booster = lightgbm.train(settings, data, shape["n_estimators"])
    return Trained(read_lightgbm(booster.model_to_string()), _indices(booster.predict, rows.classes))


def _xgboost(rng: np.random.Generator, rows: Rows) -> Trained:
    import xgboost

    types = ["c" if column in rows.categories else "float" for column in range(rows.features.shape[1])]

    def matrix(features: np.ndarray, targets: np.ndarray | None = None) -> Any:
        return xgboost.DMatrix(features, targets, feature_types=types, enable_categorical=True)

    shape = _shape(rng)
    objective = {1: "reg:squarederror", 2: "binary:logistic"}.get(rows.classes, "multi:softprob")
    settings: dict[str, Any] = {"objective": objective, "max_depth": shape["max_depth"], "nthread": 1}
    settings |= {"max_cat_to_onehot": 2, "booster": "dart" if rng.random() < 0.3 else "gbtree"}
    if rows.classes > 2:
        settings["num_class"] = rows.classes
    booster = xgboost.train(settings, matrix(rows.trained_on, rows.targets), shape["n_estimators"])
    content = json.loads(booster.save_raw("json"))
    return Trained(read_xgboost(content), _indices(lambda features: booster.predict(matrix(features)), rows.classes))


_PACKAGES = ("lightgbm", "xgboost")
_CLASSIFIERS: dict[str, Callable[[np.random.Generator, Rows], Trained]] = {
    "random forest": _sklearn(lambda shape: RandomForestClassifier(**shape)),
    "extra trees": _sklearn(lambda shape: ExtraTreesClassifier(**shape)),
    "bagging": _sklearn(_bagged(BaggingClassifier, DecisionTreeClassifier)),
    "hard votes": _sklearn(lambda shape: _voting(shape, "hard")),
    "soft votes": _sklearn(lambda shape: _voting(shape, "soft")),
    "boosting": _sklearn(lambda shape: GradientBoostingClassifier(**shape), clean=True),
    "adaboost": _sklearn(
        lambda s: AdaBoostClassifier(DecisionTreeClassifier(max_depth=s["max_depth"]), n_estimators=s["n_estimators"]),
        clean=True,
    ),
    "histograms": _hist(HistGradientBoostingClassifier),
    "lightgbm": _lightgbm,
    "xgboost": _xgboost,
}
_REGRESSORS: dict[str, Callable[[np.random.Generator, Rows], Trained]] = {
    "random forest": _sklearn(lambda shape: RandomForestRegressor(**shape)),
    "extra trees": _sklearn(lambda shape: ExtraTreesRegressor(**shape)),
    "bagging": _sklearn(_bagged(BaggingRegressor, DecisionTreeRegressor)),
    "votes": _sklearn(lambda s: VotingRegressor([("a", DecisionTreeRegressor(max_depth=s["max_depth"]))])),
    "boosting": _sklearn(lambda shape: GradientBoostingRegressor(**shape), clean=True),
    "histograms": _hist(HistGradientBoostingRegressor),
    "lightgbm": _lightgbm,
    "xgboost": _xgboost,
}


def fine_and_coarse(rng: np.random.Generator, rows: Rows, trained: Trained) -> tuple[Quantised, IntegerModel]:
    """The model with leaves of 16 bits, and with few."""
    settings: dict[str, Any] = {"model_inputs": "raw", "regressor_output": "value", "thresholds": "grid"}
    settings |= {"input_bits": int(rng.integers(1, 9)), "input_words": "none" if rng.random() < 0.7 else "auto"}
    if rng.random() < 0.3:
        settings["input_encoding"] = "nearest"
    fine, coarse = (
        quantise_estimator(trained.model, rows.features, rows.targets, QuantisationOptions(leaf_bits=bits, **settings))
        for bits in (16, int(rng.integers(1, 9)))
    )
    return fine, coarse.model


def differences(rng: np.random.Generator, rows: Rows, trained: Trained, quantised: Quantised) -> list[str]:
    """Compare the library with the float form on the rows, and with the integer model on the grid of its inputs.

    Rows where two scores differ by no more than the rounding of sums do not count.
    """
    form, problems = quantised.float_predict.model, []
    assert type(form) is FloatTrees
    found, wanted = form.outputs(rows.features), trained.predict(rows.features)
    if _differ(form, rows.features, found, wanted, 1e-6):
        problems.append("the float form differs from the library on the rows")
    coding = quantised.model.coding
    chosen = rows.features[rng.integers(len(rows.features), size=300)]
    words = rng.integers(0, 1 << np.array(coding.bits), chosen.shape)
    named = sorted({test.feature for test in form.tests} & set(rows.categories))
    for column in named:
        words[:, column] = coding.quantise(chosen)[:, column]
    raw = np.array(coding.low) + np.array(coding.span) * (words / 2.0 ** np.array(coding.bits))
    for column in named:
        # Of several categories with one word, the lowest has it.
        known = np.unique(rows.features[:, column])
        lowest = {w: v for v, w in zip(known[::-1], _words(coding, column, known[::-1]), strict=True)}
        raw[:, column] = [lowest[word] for word in words[:, column].tolist()]
    answers = quantised.model.decision.decode(quantised.model.predict(words))
    if _differ(form, raw, answers, trained.predict(raw), ROUNDING):
        problems.append("the integer model differs from the library on the grid")
    return problems


def _words(coding: Any, column: int, values: np.ndarray) -> list[int]:
    rows = np.tile(np.array(coding.low), (len(values), 1))
    rows[:, column] = values
    return [int(word) for word in coding.quantise(rows)[:, column]]


def _differ(form: FloatTrees, rows: np.ndarray, found: np.ndarray, wanted: np.ndarray, rounding: float) -> bool:
    """Whether answers differ by more than the rounding of scores explains."""
    scores = form.scores(rows)
    slack = rounding * (1.0 + np.abs(form.nodes.values).max() * len(form.roots))
    if form.decision is None:
        return bool((np.abs(found - wanted) > slack + 1e-6 * np.abs(wanted)).any())
    top = np.sort(scores, axis=1)
    lead = np.abs(scores[:, 0]) if scores.shape[1] == 1 else top[:, -1] - top[:, -2]
    return bool(((found != wanted) & (lead > slack)).any())


@dataclass(frozen=True)
class Checked:
    """What an ensemble was, with 1 class for values, and what disagrees, in words."""

    kind: str
    classes: int
    has_holes: bool
    problems: list[str]


def check_ensemble(rng: np.random.Generator, *, icarus: bool = False, inputs: str | None = None) -> Checked:
    """Compare library, float form, integer model, netlists and proof of a random ensemble."""
    with threadpool_limits(1):
        rows = random_rows(rng)
        trained = random_trained(rng, rows)
        fine, coarse = fine_and_coarse(rng, rows, trained)
        found = differences(rng, rows, trained, fine)
    check = check_model_with_icarus if icarus else check_model
    kind = fine.model.origin.estimator
    problems = [f"{kind} of {rows.classes}: {problem}" for problem in [*found, *check(coarse, rng, inputs=inputs)]]
    return Checked(kind, rows.classes, bool(np.isnan(rows.trained_on).any()), problems)
