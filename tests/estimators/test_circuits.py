"""What the estimators promise beyond scikit-learn's checks."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_diabetes, load_iris
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from bespoke import ApproximateOptions, BespokeClassifier, BespokeRegressor
from bespoke.errors import BespokeError, OptionError, UnsupportedModelError

X, Y = load_iris(return_X_y=True)
NAMES = np.array(["setosa", "versicolor", "virginica"])
TREE = DecisionTreeClassifier(max_depth=2, random_state=0)
SUMS = make_pipeline(MinMaxScaler(), LogisticRegression())
SHORT = ApproximateOptions().with_settings(epochs=1, generations=2, population=8, finalists=2, islands=1, jobs=1)


@pytest.fixture(scope="module")
def fitted():
    return BespokeClassifier(TREE, input_bits=6).fit(X, NAMES[Y])


def test_predictions_are_those_of_the_circuit_with_the_labels_of_the_data(fitted):
    assert fitted.classes_.tolist() == NAMES.tolist()
    assert np.array_equal(fitted.predict(X), fitted.design_.predict(X))
    coding = fitted.design_.model.coding
    assert np.array_equal(fitted.predict(X), fitted.classes_[fitted.design_.model.predict(coding.quantise(X))])
    assert fitted.score(X, NAMES[Y]) == fitted.design_.accuracies.train > 0.9


def test_all_rows_of_fit_are_training_rows(fitted):
    assert fitted.design_.provenance.dataset.train_rows == len(X)
    assert fitted.design_.accuracies.test is None


def test_rows_outside_the_range_of_fit_are_seen_at_its_ends(fitted):
    rng = np.random.default_rng(0)
    far = rng.normal(X.mean(axis=0), 5 * X.std(axis=0), (500, 4))
    assert np.array_equal(fitted.predict(far), fitted.predict(np.clip(far, X.min(axis=0), X.max(axis=0))))
    assert np.array_equal(fitted.predict(np.full((1, 4), 1e300)), fitted.predict(X.max(axis=0)[np.newaxis]))


def test_copies_predict_the_same(fitted):
    again = pickle.loads(pickle.dumps(fitted))
    assert np.array_equal(again.predict(X), fitted.predict(X))
    assert again.design_.to_verilog() == fitted.design_.to_verilog()
    assert clone(fitted).fit(X, NAMES[Y]).design_.to_verilog() == fitted.design_.to_verilog()
    assert not hasattr(clone(fitted), "design_")


@pytest.mark.slow
def test_grid_of_bits_and_of_the_inner_estimator():
    search = GridSearchCV(
        BespokeClassifier(TREE), {"input_bits": np.arange(2, 8, 2), "estimator__max_depth": [1, 2]}, cv=3
    ).fit(X, Y)
    assert search.best_score_ == max(search.cv_results_["mean_test_score"]) > 0.9
    assert search.best_estimator_.design_.model.coding.bits == (search.best_params_["input_bits"],) * 4
    assert search.best_params_["estimator__max_depth"] == search.best_estimator_.estimator_.max_depth


@pytest.mark.slow
def test_cross_validation_keeps_test_rows_out_of_the_circuit():
    seen = []

    def rows(estimator, features, targets):
        assert estimator.design_.provenance.dataset.train_rows + len(features) == len(X)
        low = np.array(estimator.design_.model.coding.low)
        seen.append(low)
        return estimator.score(features, targets)

    assert cross_val_score(BespokeClassifier(TREE), X, Y, cv=3, scoring=rows).min() > 0.8
    assert len(seen) == 3


def test_names_of_columns_are_those_of_the_circuit():
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame(X, columns=["a", "b", "c", "d"])
    fitted = BespokeClassifier(TREE, input_bits={"c": 2, "d": 3}).fit(table, pandas.Series(NAMES[Y]))
    assert fitted.feature_names_in_.tolist() == ["a", "b", "c", "d"]
    assert fitted.design_.model.coding.names == ("a", "b", "c", "d")
    assert fitted.design_.model.coding.bits[2:] == (2, 3)
    with pytest.raises(ValueError, match="feature names"):
        fitted.predict(table[["d", "c", "b", "a"]])


@pytest.mark.slow
def test_scaling_is_part_of_the_circuit():
    fitted = BespokeClassifier(make_pipeline(StandardScaler(), LogisticRegression()), input_bits=8).fit(1000 * X - 7, Y)
    assert fitted.score(1000 * X - 7, Y) > 0.95
    bare = BespokeClassifier(LogisticRegression(max_iter=1000), input_bits=8).fit(X, Y)
    assert bare.score(X, Y) > 0.95


@pytest.mark.slow
def test_a_regressor_puts_out_values_or_labels():
    features, targets = load_diabetes(return_X_y=True)
    values = BespokeRegressor(Ridge(alpha=0.1), input_bits=6).fit(features, targets)
    assert values.design_.model.decision.name == "value"
    assert values.score(features, targets) == pytest.approx(values.estimator_.score(features, targets), abs=0.02)
    labels = BespokeRegressor(Ridge(), regressor_output="label").fit(X, Y)
    assert set(labels.predict(X)) <= {0.0, 1.0, 2.0}
    assert labels.predict(X).dtype == float
    assert BespokeRegressor(max_loss=None, value_bits=5).fit(X, X[:, 3]).design_.circuit.mapped.outputs[0].width <= 5


@pytest.mark.slow
def test_approximate_circuits_of_a_short_search():
    fitted = BespokeClassifier(SUMS, approximate=True, max_loss=0.05, options=SHORT, random_state=1).fit(X, Y)
    assert fitted.design_ is fitted.front_.chosen
    assert fitted.design_.estimate.area_mm2 <= fitted.front_.exact.estimate.area_mm2
    assert fitted.front_.constraint.max_loss == 0.05
    assert fitted.front_.log["options"]["seed"] == 1
    assert np.array_equal(fitted.predict(X), fitted.design_.predict(X))
    assert not hasattr(fitted.set_params(approximate=False).fit(X, Y), "front_")


@pytest.mark.slow
def test_seeds_go_to_the_estimator_and_the_compiler():
    net = make_pipeline(MinMaxScaler(), MLPClassifier((2,), max_iter=5))
    one, two, other = (BespokeClassifier(net, random_state=seed).fit(X, Y) for seed in (3, 3, 4))
    assert one.estimator_[-1].random_state == one.design_.provenance.options.seed == 3
    assert one.design_.to_verilog() == two.design_.to_verilog() != other.design_.to_verilog()
    drawn = BespokeClassifier(TREE, random_state=np.random.RandomState(0)).fit(X, Y)
    assert drawn.estimator_.random_state == drawn.design_.provenance.options.seed
    assert BespokeClassifier(TREE).fit(X, Y).design_.provenance.options.seed == 42


def test_verify_compares_the_executors(fitted):
    assert fitted.verify(formal=False).agrees


@pytest.mark.parametrize(
    ("estimator", "error", "words"),
    [
        (BespokeClassifier(Ridge()), UnsupportedModelError, "a classifier is needed"),
        (BespokeRegressor(TREE), UnsupportedModelError, "a regressor is needed"),
        (BespokeClassifier(technology="egfett"), BespokeError, "did you mean 'egfet'"),
        (BespokeClassifier(effort="hihg"), OptionError, "effort"),
        (BespokeClassifier(input_bits=[4, 4]), BespokeError, "one entry per feature"),
        (BespokeClassifier(DecisionTreeClassifier), OptionError, "not an estimator"),
    ],
)
def test_unusable_parameters(estimator, error, words):
    with pytest.raises(error, match=words):
        estimator.fit(X, Y)


def test_unusable_data(fitted):
    for targets in (np.column_stack([Y, Y]), Y + 0.5):
        with pytest.raises(ValueError, match=r"1d array|[Uu]nknown label type"):
            BespokeClassifier(TREE).fit(X, targets)
    sparse = pytest.importorskip("scipy.sparse")
    with pytest.raises(TypeError, match=r"[Ss]parse"):
        BespokeClassifier(TREE).fit(sparse.csr_array(X), Y)
    with pytest.raises(ValueError, match="3 features"):
        fitted.predict(X[:, :3])
