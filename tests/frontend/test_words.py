"""Features that are words already."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from bespoke.errors import OptionError
from bespoke.frontend import QuantisationOptions, quantise_estimator
from bespoke.frontend.placement import between_rows

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
ESTIMATORS = {
    "tree": DecisionTreeClassifier(random_state=0),
    "scaled tree": make_pipeline(MinMaxScaler(), DecisionTreeClassifier(random_state=0)),
    "logistic": LogisticRegression(max_iter=300),
    "svm": make_pipeline(MinMaxScaler(), SVC(kernel="linear")),
    "mlp": make_pipeline(StandardScaler(), MLPClassifier((3,), max_iter=60, random_state=0)),
}


def converter_words(bits, rows=200, seed=0):
    return np.random.default_rng(seed).integers(0, 1 << bits, (rows, 4)).astype(float)


@pytest.mark.parametrize("bits", range(1, 9))
@pytest.mark.parametrize("name", ESTIMATORS)
def test_converter_words_agree(name, bits):
    words = converter_words(bits)
    targets = (words @ [1.0, 2.0, -1.0, 0.5] > (1 << bits)).astype(int)
    model = ESTIMATORS[name].fit(words, targets)
    options = QuantisationOptions(input_bits=bits, weight_bits=20, model_inputs="raw")
    result = quantise_estimator(model, words, targets, options)
    others = converter_words(bits, 1000, 1)
    np.testing.assert_array_equal(result.model.coding.quantise(others), others)
    assert np.mean(result.model.predict_raw(others) == model.predict(others)) == 1.0
    assert any(note.startswith("whole numbers read as words: x0") for note in result.notes)


def test_threshold_is_the_whole_part():
    words = converter_words(5)
    tree = DecisionTreeClassifier(max_depth=4, random_state=0).fit(words, words[:, 0] * words[:, 1] > 100)
    stage = quantise_estimator(tree, words, words[:, 0] * words[:, 1] > 100, QuantisationOptions(input_bits=5)).model
    inner = tree.tree_.feature >= 0
    np.testing.assert_array_equal(stage.stages[0].threshold[inner], np.floor(tree.tree_.threshold[inner]))


def test_bits_by_default_are_those_that_the_words_need():
    features = np.array([[0, 10, 1, 0.5], [1, 14, 5, 0.1], [1, 12, 3, 0.9], [0, 13, 2, 0.3]])
    tree = DecisionTreeClassifier(random_state=0).fit(features, [0, 1, 1, 0])
    options = QuantisationOptions(model_inputs="raw", input_bits={"x3": 4}, input_words=("x0", "x1", "x2"))
    coding = quantise_estimator(tree, features, [0, 1, 1, 0], options).model.coding
    assert coding.bits == (1, 3, 3, 4)
    assert coding.low[:3] == (0.0, 10.0, 0.0)


def test_words_can_be_declared_and_declined():
    features = np.array([[0.0, 0.5], [40.0, 0.25], [300.0, 0.75], [7.0, 0.0]])
    targets = np.array([0, 0, 1, 1])
    tree = DecisionTreeClassifier(random_state=0).fit(features, targets)

    def coding(**options):
        chosen = QuantisationOptions(model_inputs="raw", **options)
        return quantise_estimator(tree, features, targets, chosen, feature_names=["a", "b"]).model.coding

    assert coding(input_words=("a",)).bits[0] == 9
    assert coding(input_words=("a",)).span[0] == 512.0
    assert coding(input_words="none").span[0] == 300.0
    with pytest.raises(OptionError, match=r"'b': not whole numbers"):
        coding(input_words="all")
    with pytest.raises(OptionError, match=r"words do not fit; got 0 to 300"):
        coding(input_words=("a",), input_bits=8)
    with pytest.raises(OptionError, match="unknown feature"):
        coding(input_words=("c",))


def test_boolean_tree_keeps_its_answers_on_one_bit():
    features = np.random.default_rng(0).integers(0, 2, (60, 5)).astype(float)
    targets = np.logical_xor(features[:, 0], features[:, 1]).astype(int)
    tree = DecisionTreeClassifier(random_state=0).fit(features, targets)
    for words in ("auto", "none"):
        options = QuantisationOptions(input_bits=1, input_words=words, model_inputs="raw")
        assert np.mean(quantise_estimator(tree, features, targets, options).model.predict_raw(features) == targets) == 1


def test_thresholds_move_between_the_words_of_rows():
    values, words = np.array([0.0, 1.0, 2.0, 3.0]), np.array([0, 1, 1, 3])
    found = between_rows(np.array([-1.0, 0.5, 1.5, 2.5, 4.0]), np.array([-1, 1, 2, 3, 3]), values, words)
    assert found.tolist() == [-1, 0, 1, 2, 3]


def test_rows_can_be_asked_for():
    features = np.random.default_rng(3).uniform(size=(300, 3))
    targets = (features.sum(axis=1) > 1.5).astype(int)
    tree = DecisionTreeClassifier(random_state=0).fit(features, targets)
    scores = {
        placement: np.mean(
            quantise_estimator(
                tree, features, targets, QuantisationOptions(input_bits=5, thresholds=placement, model_inputs="raw")
            ).model.predict_raw(features)
            == targets
        )
        for placement in ("grid", "rows")
    }
    assert scores["rows"] > scores["grid"]
