"""What a bare model was trained on: right, or a question, and never a wrong guess."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_iris, load_wine
from sklearn.linear_model import LogisticRegression, Perceptron
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from bespoke.errors import BespokeWarning, ModelInputsError
from bespoke.flow import compile_model
from bespoke.frontend.composition import compose
from bespoke.frontend.inputs import choose_inputs
from bespoke.frontend.targets import read_task

DATA = {"wine": load_wine(return_X_y=True), "cancer": load_breast_cancer(return_X_y=True)}
SCALERS = {"raw": FunctionTransformer(), "unit": MinMaxScaler(), "neither": StandardScaler()}
KINDS = {
    "logistic": LogisticRegression(max_iter=50),
    "perceptron": Perceptron(random_state=0),
    "svc": SVC(kernel="linear", max_iter=20_000),
    "mlp": MLPClassifier((5,), max_iter=600, random_state=0),
    "tree": DecisionTreeClassifier(max_depth=5, random_state=0),
}
# Poor models of rows of very different scales, of .62 and .63 on their own rows, which leave a class out.
ASKED = {("wine", "perceptron", "raw"), ("wine", "mlp", "raw")}


def guess(estimator, features, targets):
    composed = compose(estimator)
    task = read_task(composed.model, targets, "auto")
    return choose_inputs(composed.model, composed, features, task, "auto")[1].split()[2].rstrip(",;")


@pytest.mark.slow_if(
    "wine-mlp-raw", "wine-mlp-unit", "wine-mlp-neither", "cancer-mlp-raw", "cancer-mlp-unit", "cancer-mlp-neither"
)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("scaled", SCALERS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("data", DATA)
def test_thirty_guesses(data, kind, scaled):
    features, targets = DATA[data]
    model = KINDS[kind].fit(SCALERS[scaled].fit_transform(features), targets)
    if scaled == "neither" or (data, kind, scaled) in ASKED:
        with pytest.raises(ModelInputsError, match=r"cannot be told.*; allowed: --model-inputs raw or"):
            guess(model, features, targets)
    else:
        assert guess(model, features, targets) == scaled


def test_one_row_does_not_decide():
    flags = np.arange(200) % 2
    model = LogisticRegression().fit(flags[:, None] + 0.0, flags)
    raw = 3.0 * flags[:, None]
    raw[0] = 1.4  # on another side of the border than its unit value
    model.coef_, model.intercept_ = np.array([[1.0]]), np.array([-0.47])
    with pytest.raises(ModelInputsError, match="may be chance"):
        guess(model, raw, flags)


def test_standardised_iris_is_not_taken_for_unit():
    features, targets = load_iris(return_X_y=True)
    model = LogisticRegression().fit(StandardScaler().fit_transform(features), targets)
    with pytest.raises(ModelInputsError, match="of the answers would have to be of other classes"):
        guess(model, features, targets)


def test_support_vectors_outside_speak_against_a_better_score():
    features, targets = load_iris(return_X_y=True)
    model = SVC(kernel="linear").fit(StandardScaler().fit_transform(features), targets)
    with pytest.raises(ModelInputsError, match="of its support vectors lie outside"):
        guess(model, features, targets)


@pytest.mark.slow
def test_python_is_warned_of_a_guessed_scaling():
    features, targets = load_iris(return_X_y=True)
    model = SVC(kernel="linear").fit(MinMaxScaler().fit_transform(features), targets)
    with pytest.warns(BespokeWarning, match="model inputs: unit"):
        compile_model(model, features, targets)
    with warnings.catch_warnings():
        warnings.simplefilter("error", BespokeWarning)
        compile_model(model, features, targets, model_inputs="unit")
