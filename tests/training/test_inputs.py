"""Training on inputs as the circuit reads them."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler

from bespoke.data import Dataset, Split, load_dataset
from bespoke.errors import OptionError
from bespoke.frontend import QuantisationOptions, quantise_estimator
from bespoke.training import ALIASES, KINDS, TrainingOptions, train_model
from bespoke.training.estimators import make_estimator
from bespoke.training.inputs import CircuitInputs


@pytest.fixture(scope="module")
def iris() -> Split:
    return load_dataset("iris", folder=Path("nowhere")).split()


@pytest.fixture(scope="module")
def border() -> Split:
    """Classes whose border, 0.27, lies low in the step from 0.25 to 0.5 of 2 bits."""
    features = np.linspace(0, 1, 201)[:, None]
    return Dataset("border", ("x",), features, (features[:, 0] > 0.27).astype(int), "classification").split()


def circuit_accuracy(estimator: Pipeline, split: Split, bits: int) -> float:
    """On the training rows."""
    options = QuantisationOptions(input_bits=bits, weight_bits=12, input_encoding="floor")
    model = quantise_estimator(estimator, split.train_features, split.train_targets, options).model
    words = model.predict(model.coding.quantise(split.train_features))
    return float((np.array(model.decision.classes)[words] == split.train_targets).mean())


@pytest.mark.slow_if("logistic-3")
@pytest.mark.parametrize(("kind", "search"), [("svm", 0), ("logistic", 3), ("mlp", 0)])
def test_circuits_of_models_trained_on_rounded_inputs_are_better(kind: str, search: int, border: Split) -> None:
    plain, rounded = (
        train_model(border, TrainingOptions(kind, c=1000.0, search=search, folds=3, input_bits=bits))
        for bits in (None, 2)
    )
    # The best border that 2 bits allow is 0.25; one at 0.27 takes all of the step, which reads 0.25, for class 0.
    best, lost = (np.mean((border.train_features[:, 0] >= step) == border.train_targets) for step in (0.25, 0.5))
    assert circuit_accuracy(rounded.estimator, border, 2) == best
    assert circuit_accuracy(plain.estimator, border, 2) == lost < best
    assert plain.train_score > rounded.train_score


@pytest.mark.slow_if("mlp-2")
@pytest.mark.parametrize("search", [0, 2])
@pytest.mark.parametrize("kind", ["tree", "svm", "mlp", "svr"])
def test_the_rounding_is_not_in_the_model(kind: str, search: int, iris: Split) -> None:
    model = train_model(iris, TrainingOptions(kind, search=search, folds=3, input_bits=3))
    assert [name for name, _ in model.estimator.steps] == ["scaler", "model"]
    assert type(model.estimator[0]) is MinMaxScaler
    assert b"bespoke" not in pickle.dumps(model.estimator)


@pytest.mark.slow
def test_the_search_is_judged_on_rounded_inputs(iris: Split) -> None:
    scores = [
        train_model(iris, TrainingOptions("svm", search=2, folds=3, input_bits=bits)).validation_score
        for bits in (1, 16, None)
    ]
    assert scores[0] < scores[1] == scores[2]


def test_without_bits_the_model_is_that_of_plain_scaling(iris: Split) -> None:
    options = TrainingOptions("mlp", restarts=1)
    model = train_model(iris, options).estimator
    other = Pipeline([("scaler", MinMaxScaler()), ("model", make_estimator("mlp", "classification", options, 42))])
    other.fit(iris.train_features, iris.train_targets)
    assert pickle.dumps(model) == pickle.dumps(other)


@pytest.mark.parametrize("bits", [1, 4, 16])
def test_inputs_are_those_of_the_compiled_circuit(bits: int, iris: Split) -> None:
    # Thirds put many values on the borders of steps; the last feature is constant.
    thirds = np.round(iris.train_features * 3) / 3
    features = np.hstack([thirds, np.full((len(thirds), 1), 0.3)])
    split = Split(features, iris.train_targets, features, iris.train_targets)
    estimator = train_model(split, TrainingOptions("svm")).estimator
    coding = quantise_estimator(
        estimator, features, iris.train_targets, QuantisationOptions(input_bits=bits, input_encoding="floor")
    ).model.coding
    wider = np.vstack([features, features - 0.7, features + 0.7])
    assert np.array_equal(CircuitInputs(bits).fit(features).transform(wider) * 2**bits, coding.quantise(wider))


@pytest.mark.parametrize("bits", [0, 17, -1, 4.0, "4", True, (4, 4)])
def test_bad_bits(bits: object) -> None:
    with pytest.raises(OptionError) as caught:
        TrainingOptions("svm", input_bits=bits)
    assert str(caught.value) == f"option input_bits is out of range; got {bits!r}; allowed: 1 to 16"


def test_trees_and_weighted_sums() -> None:
    trees = {kind for kind in (*KINDS, *ALIASES) if TrainingOptions(kind).is_tree}
    assert trees == {"tree", "extra_tree", "tree_regressor"}


def test_words_are_scaled_as_they_are() -> None:
    words = np.array([[1.0, 0.0], [5.0, 3.0], [2.0, 7.0]])
    scaled = CircuitInputs(3).fit(words).transform(np.vstack([words, [[9.0, 9.0]]]))
    assert scaled.tolist() == [[0.0, 0.0], [1.0, 3 / 7], [0.25, 1.0], [1.5, 1.0]]
