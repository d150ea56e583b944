"""Bad models, data and options: each is refused by name, in one line."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn import linear_model, multiclass, multioutput, naive_bayes, neighbors, neural_network, svm, tree
from sklearn.base import BaseEstimator
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.decomposition import PCA
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MinMaxScaler,
    Normalizer,
    OneHotEncoder,
    PolynomialFeatures,
    QuantileTransformer,
    StandardScaler,
)

from bespoke.errors import (
    BespokeError,
    DataError,
    FeatureCountError,
    MissingValuesError,
    ModelFileError,
    ModelInputsError,
    MultiOutputModelError,
    NonFiniteModelError,
    NonNumericError,
    NotFittedModelError,
    OptionError,
    RangeError,
    TargetError,
    UnsupportedModelError,
)
from bespoke.frontend import QuantisationOptions, quantise_estimator

RNG = np.random.default_rng(0)
X = RNG.uniform(size=(60, 3)) * [1.0, 5.0, 20.0]
Y = (X[:, 0] + X[:, 1] / 5 > 1).astype(int) + (X[:, 2] > 12)
TWO = (Y > 0).astype(int)
LETTERS = np.array(list("abc"))[Y]
MANY = np.stack([TWO, 1 - TWO], axis=1)


def changed(estimator, **attributes):
    for name, value in attributes.items():
        setattr(estimator, name, value)
    return estimator


class Subclass(svm.LinearSVC):
    pass


class Custom(BaseEstimator):
    pass


def logistic():
    return linear_model.LogisticRegression().fit(X, Y)


def small_mlp(**settings):
    return neural_network.MLPClassifier(hidden_layer_sizes=3, max_iter=5, random_state=0, **settings).fit(X, Y)


def poor():
    return changed(linear_model.Ridge().fit(X, TWO), coef_=np.array([0.0, 0.0, 50.0]))


BAD_MODELS = {
    "not a model": (lambda: "model", UnsupportedModelError, "unsupported model; got builtins.str"),
    "none": (lambda: None, UnsupportedModelError, "unsupported model; got builtins.NoneType"),
    "class": (lambda: svm.SVC, UnsupportedModelError, "a class, not a fitted estimator; got SVC"),
    "neighbours": (
        lambda: neighbors.KNeighborsClassifier(n_neighbors=2).fit(X, Y),
        UnsupportedModelError,
        r"got sklearn.neighbors.*KNeighborsClassifier; allowed: NearestCentroid, or a decision tree",
    ),
    "custom": (Custom, UnsupportedModelError, r"unsupported model; got .*Custom"),
    "subclass": (lambda: Subclass().fit(X, Y), UnsupportedModelError, r"unsupported model; got .*Subclass"),
    "one class svm": (lambda: svm.OneClassSVM(kernel="linear").fit(X), UnsupportedModelError, "OneClassSVM"),
    "one vs rest": (
        lambda: multiclass.OneVsRestClassifier(tree.DecisionTreeClassifier()).fit(X, Y),
        UnsupportedModelError,
        "OneVsRestClassifier: .*not affine; got DecisionTreeClassifier; allowed: LinearSVC",
    ),
    "target transform": (
        lambda: TransformedTargetRegressor(linear_model.Ridge(), func=np.sqrt, inverse_func=np.square).fit(X, Y),
        UnsupportedModelError,
        "targets that are not scaled alone; got FunctionTransformer; allowed: StandardScaler",
    ),
    "mean of calibrated": (
        lambda: CalibratedClassifierCV(svm.LinearSVC(), cv=2).fit(X, Y),
        UnsupportedModelError,
        "CalibratedClassifierCV: a mean of several calibrated estimators; got 2; allowed: ensemble=False",
    ),
    "isotonic": (
        lambda: CalibratedClassifierCV(svm.LinearSVC(), cv=2, ensemble=False, method="isotonic").fit(X, Y),
        UnsupportedModelError,
        "unsupported method; got isotonic; allowed: sigmoid",
    ),
    "calibrated tree": (
        lambda: CalibratedClassifierCV(tree.DecisionTreeClassifier(), cv=2, ensemble=False).fit(X, Y),
        UnsupportedModelError,
        "decision values are not affine; got DecisionTreeClassifier",
    ),
    "bayes of components": (
        lambda: make_pipeline(PCA(2), naive_bayes.GaussianNB()).fit(X, Y),
        UnsupportedModelError,
        "GaussianNB: functions of single features behind weighted sums of them; got step 'pca'.*allowed: .* without it",
    ),
    "manhattan": (
        lambda: neighbors.NearestCentroid(metric="manhattan").fit(X, Y),
        UnsupportedModelError,
        "NearestCentroid: unsupported metric; got manhattan; allowed: euclidean",
    ),
    "log link": (
        lambda: linear_model.TweedieRegressor(power=1).fit(X, Y),
        UnsupportedModelError,
        "TweedieRegressor: unsupported link; got .*; allowed: identity",
    ),
    "several outputs": (
        lambda: multioutput.MultiOutputRegressor(linear_model.Ridge()).fit(X, MANY),
        UnsupportedModelError,
        "MultiOutputRegressor",
    ),
    "rbf": (lambda: svm.SVC().fit(X, Y), UnsupportedModelError, 'SVC: unsupported kernel; got rbf; .*kernel="linear"'),
    "poly svr": (lambda: svm.SVR(kernel="poly").fit(X, Y), UnsupportedModelError, "SVR: unsupported kernel; got poly"),
    "break ties": (
        lambda: svm.SVC(kernel="linear", break_ties=True).fit(X, Y),
        UnsupportedModelError,
        "got break_ties=True; allowed: break_ties=False",
    ),
    "unknown activation": (
        lambda: changed(small_mlp(), activation="sine"),
        UnsupportedModelError,
        'unsupported activation; got sine; allowed: relu, identity, logistic, tanh; retrain with activation="relu"',
    ),
    "unknown function": (
        lambda: make_pipeline(FunctionTransformer(np.sin), logistic()).fit(X, Y),
        UnsupportedModelError,
        "step 'functiontransformer'.*unknown function; got sin; allowed: log1p, log, .*sqrt",
    ),
    "normalizer": (
        lambda: make_pipeline(Normalizer(), logistic()).fit(X, Y),
        UnsupportedModelError,
        "step 'normalizer': unsupported pipeline step; got Normalizer; allowed: MinMaxScaler, or StandardScaler",
    ),
    "curve behind pca": (
        lambda: make_pipeline(PCA(2), QuantileTransformer(n_quantiles=5), svm.LinearSVC()).fit(X, Y),
        UnsupportedModelError,
        "QuantileTransformer.: not an affine step .* behind one that mixes features; got step 'pca'",
    ),
    "infrequent": (
        lambda: make_pipeline(OneHotEncoder(min_frequency=3), logistic()).fit(np.floor(X), Y),
        UnsupportedModelError,
        "OneHotEncoder.: infrequent categories in a column of their own; allowed: an encoder without",
    ),
    "output activation": (
        lambda: changed(neural_network.MLPRegressor(max_iter=3).fit(X, Y), out_activation_="exp"),
        UnsupportedModelError,
        "unsupported output activation; got exp",
    ),
    "mlp multilabel": (
        lambda: neural_network.MLPClassifier(max_iter=3).fit(X, MANY),
        MultiOutputModelError,
        "MLPClassifier: multilabel targets",
    ),
    "ridge multilabel": (
        lambda: linear_model.RidgeClassifier().fit(X, MANY),
        MultiOutputModelError,
        "RidgeClassifier: multilabel targets",
    ),
    "mlp two targets": (
        lambda: neural_network.MLPRegressor(max_iter=3).fit(X, MANY),
        MultiOutputModelError,
        "MLPRegressor: several targets; got 2",
    ),
    "tree two targets": (
        lambda: tree.DecisionTreeRegressor().fit(X, MANY),
        MultiOutputModelError,
        "DecisionTreeRegressor: several targets; got 2",
    ),
    "tree two classes": (
        lambda: tree.DecisionTreeClassifier().fit(X, MANY),
        MultiOutputModelError,
        "DecisionTreeClassifier: several targets; got 2",
    ),
    "linear two targets": (
        lambda: linear_model.LinearRegression().fit(X, MANY),
        MultiOutputModelError,
        "LinearRegression: several targets; got 2",
    ),
    "unfitted svc": (lambda: svm.SVC(kernel="linear"), NotFittedModelError, "SVC: the estimator is not fitted"),
    "unfitted svr": (lambda: svm.SVR(kernel="linear"), NotFittedModelError, "SVR: .*not fitted; .*call fit first"),
    "unfitted mlp": (neural_network.MLPClassifier, NotFittedModelError, "MLPClassifier: .*not fitted; got no coefs_"),
    "unfitted tree": (tree.DecisionTreeClassifier, NotFittedModelError, "DecisionTreeClassifier: .*got no tree_"),
    "unfitted linear": (linear_model.Ridge, NotFittedModelError, "Ridge: the estimator is not fitted; got no coef_"),
    "unfitted scaler": (
        lambda: make_pipeline(MinMaxScaler(), logistic()),
        NotFittedModelError,
        "MinMaxScaler: the estimator is not fitted",
    ),
    "unfitted search": (
        lambda: GridSearchCV(logistic(), {"C": [1]}),
        NotFittedModelError,
        "GridSearchCV: no best estimator; got refit=True",
    ),
    "search without refit": (
        lambda: GridSearchCV(logistic(), {"C": [1]}, cv=2, refit=False).fit(X, Y),
        NotFittedModelError,
        "got refit=False; allowed: a search fitted with refit=True",
    ),
    "nan weight": (
        lambda: changed(logistic(), coef_=np.full((3, 3), np.nan)),
        NonFiniteModelError,
        "LogisticRegression, weights of layer 1: not a finite number; got nan",
    ),
    "inf bias": (
        lambda: changed(logistic(), intercept_=np.array([0.0, np.inf, 0.0])),
        NonFiniteModelError,
        "biases of layer 1: not a finite number; got inf",
    ),
    "nan mlp": (
        lambda: changed(small_mlp(), intercepts_=[np.zeros(3), np.array([0.0, 0.0, np.nan])]),
        NonFiniteModelError,
        "MLPClassifier, biases of layer 2",
    ),
    "tree behind pca": (
        lambda: make_pipeline(PCA(2), tree.DecisionTreeClassifier()).fit(X, Y),
        UnsupportedModelError,
        "a tree behind weighted sums of features; got step 'pca' .PCA.; allowed: a tree on the features",
    ),
    "nested polynomial": (
        lambda: make_pipeline(make_pipeline(StandardScaler(), PolynomialFeatures()), svm.LinearSVC()).fit(X, Y),
        UnsupportedModelError,
        "step 'pipeline.polynomialfeatures': unsupported pipeline step; got PolynomialFeatures; allowed: a tree, or",
    ),
    "no estimator": (
        lambda: make_pipeline(MinMaxScaler(), "passthrough").fit(X),
        UnsupportedModelError,
        "Pipeline: no estimator; got last step 'passthrough'",
    ),
    "scaler only": (lambda: MinMaxScaler().fit(X), UnsupportedModelError, "got sklearn.preprocessing._data.MinMaxS"),
    "inf scale": (
        lambda: make_pipeline(changed(StandardScaler().fit(X), scale_=np.array([1.0, np.inf, 1.0])), logistic()),
        NonFiniteModelError,
        "step 'standardscaler' .StandardScaler.: not a finite number",
    ),
    "negative scale": (
        lambda: make_pipeline(changed(StandardScaler().fit(X), scale_=np.array([1.0, -1.0, 1.0])), logistic()),
        ModelFileError,
        "a scale must be positive; got -1.0",
    ),
    "short scale": (
        lambda: make_pipeline(changed(StandardScaler().fit(X), scale_=np.ones(2)), logistic()),
        ModelFileError,
        "scaler arrays differ in shape",
    ),
    "scaler of other data": (
        lambda: make_pipeline(StandardScaler().fit(X[:, :2]), logistic()),
        FeatureCountError,
        "scaler and estimator differ in the number of features; got 2; allowed: 3",
    ),
    "scalers of other data": (
        lambda: make_pipeline(StandardScaler().fit(X[:, :2]), MinMaxScaler().fit(X), logistic()),
        FeatureCountError,
        "pipeline steps differ in the number of features; got 3",
    ),
    "coefficient shape": (
        lambda: changed(logistic(), coef_=np.zeros((2, 3))),
        ModelFileError,
        "LogisticRegression: coefficients do not fit",
    ),
    "class count": (
        lambda: changed(logistic(), classes_=np.arange(5)),
        ModelFileError,
        "LogisticRegression: classes and scores do not fit; got .5, 3.",
    ),
    "one class": (
        lambda: changed(logistic(), classes_=np.arange(1)),
        UnsupportedModelError,
        "too few classes; got 1; allowed: 2 or more",
    ),
    "odd labels": (
        lambda: changed(logistic(), classes_=np.array([None, (1,), 2], dtype=object)),
        UnsupportedModelError,
        "unsupported class label; got None",
    ),
    "layer sizes": (
        lambda: changed(small_mlp(), coefs_=[np.zeros((3, 4)), np.zeros((3, 3))]),
        ModelFileError,
        "MLPClassifier: layer sizes do not fit",
    ),
    "support vectors": (
        lambda: changed(svm.SVC(kernel="linear").fit(X, Y), support_vectors_=np.zeros((2, 3))),
        ModelFileError,
        "SVC: support vectors do not fit",
    ),
    "forged attribute": (
        lambda: changed(small_mlp(), coefs_=7),
        ModelFileError,
        "MLPClassifier: malformed estimator; got TypeError",
    ),
    "huge bias": (
        lambda: changed(logistic(), intercept_=np.full(3, 1e30)),
        RangeError,
        "a bias needs more than 62 bits",
    ),
    "overflow": (
        lambda: changed(logistic(), coef_=np.full((3, 3), 1e308)),
        RangeError,
        "a coefficient overflows when the scaling is folded in",
    ),
}

BAD_DATA = {
    "feature count": (X[:, :2], Y, FeatureCountError, "got 2 in the data; allowed: 3 as in the model"),
    "one dimension": (X[:, 0], Y, DataError, "training features: a table is needed; got shape"),
    "no rows": (X[:0], Y, DataError, "training features: no rows"),
    "nan": (np.where(X > 19, np.nan, X), Y, MissingValuesError, r"training features: missing values; got \d+ NaN"),
    "inf": (np.where(X > 19, np.inf, X), Y, DataError, "training features: infinite value"),
    "range": (
        np.where(X > 19, 1e308, X - 1e308),
        Y,
        DataError,
        "training features: a feature's range overflows; got inf",
    ),
    "text": (np.full((60, 3), "a"), Y, NonNumericError, "training features: a feature is not a number"),
    "lengths": (X, Y[:-1], DataError, "features and targets differ in length; got 60 and 59"),
    "two targets": (X, MANY, TargetError, r"one target per sample is needed; got shape \(60, 2\)"),
    "no targets": (X, Y[:0], TargetError, "one target per sample is needed"),
    "other labels": (X, Y + 10, TargetError, r"none of the targets is a class of the model; got 1\d; allowed: 0, 1, 2"),
    "text labels": (X, LETTERS, TargetError, r"none of the targets is a class of the model; got '[abc]'"),
}

BAD_OPTIONS = {
    "input bits": ({"input_bits": 17}, OptionError, "input bits: out of range; got 17; allowed: whole numbers 0 to 16"),
    "negative bits": ({"input_bits": -1}, OptionError, "input bits: out of range; got -1"),
    "half a bit": ({"input_bits": 2.5}, OptionError, "input bits: out of range; got 2.5"),
    "bits in a list": ({"input_bits": (4, 4, 99)}, OptionError, "input bits: out of range; got 99"),
    "bits by name": ({"input_bits": {"x0": 44}}, OptionError, "input bits: out of range; got 44"),
    "unknown name": ({"input_bits": {"q": 4}}, OptionError, "unknown feature; got q; allowed: x0, x1, x2"),
    "too few bits": ({"input_bits": (4, 4)}, FeatureCountError, "input bits: one entry per feature is needed; got 2"),
    "weight bits": (
        {"weight_bits": 1},
        OptionError,
        "weight bits: out of range; got 1; allowed: whole numbers 2 to 24",
    ),
    "layers": ({"weight_bits": (8, 8)}, OptionError, "weight bits: one entry per layer is needed; got 2; allowed: 1"),
    "value bits": ({"value_bits": 0}, OptionError, "value bits: out of range; got 0"),
    "encoding": ({"input_encoding": "up"}, OptionError, "input encoding: unknown choice; got up; allowed: floor, near"),
    "inputs": ({"model_inputs": "z"}, OptionError, "model inputs: unknown choice; got z; allowed: raw, unit, auto"),
    "output": ({"regressor_output": "z"}, OptionError, "regressor output: unknown choice; got z"),
}


def assert_refused(error, message, call):
    """Without a warning on the way."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(error, match=message) as caught:
            call()
    assert type(caught.value) is error
    assert "\n" not in str(caught.value)
    assert isinstance(caught.value, BespokeError)


@pytest.mark.parametrize("name", BAD_MODELS)
def test_bad_model(name):
    make, error, message = BAD_MODELS[name]
    options = QuantisationOptions(model_inputs="raw")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = make()
    assert_refused(error, message, lambda: quantise_estimator(model, X, Y, options))


@pytest.mark.parametrize("name", BAD_DATA)
def test_bad_data(name):
    features, targets, error, message = BAD_DATA[name]
    options = QuantisationOptions(model_inputs="raw")
    model = logistic()
    assert_refused(error, message, lambda: quantise_estimator(model, features, targets, options))


@pytest.mark.parametrize("name", BAD_OPTIONS)
def test_bad_option(name):
    settings, error, message = BAD_OPTIONS[name]
    model = logistic()
    assert_refused(
        error,
        message,
        lambda: quantise_estimator(model, X, Y, QuantisationOptions(**{"model_inputs": "raw"} | settings)),
    )


def test_labels_asked_of_values():
    ridge = linear_model.Ridge().fit(X, X[:, 0])
    options = QuantisationOptions(model_inputs="raw", regressor_output="label")
    assert_refused(OptionError, "the targets are no labels", lambda: quantise_estimator(ridge, X, X[:, 0], options))


def test_text_targets_of_a_regressor():
    ridge = linear_model.Ridge().fit(X, Y)
    assert_refused(TargetError, "a regressor needs numbers", lambda: quantise_estimator(ridge, X, np.full(len(X), "a")))


def test_feature_names():
    options, model = QuantisationOptions(model_inputs="raw"), logistic()
    for names, error, message in (
        (["a", "b"], FeatureCountError, "one name per feature is needed; got 2; allowed: 3"),
        (["a", "b", "a"], DataError, "two features have the same name; got a"),
    ):
        assert_refused(
            error,
            message,
            lambda n=names: quantise_estimator(model, X, Y, options, feature_names=n),
        )


def test_poor_model_asks():
    assert_refused(
        ModelInputsError,
        r"cannot be told .*neither clearly beats the mean .*--model-inputs raw or --model-inputs unit",
        lambda: quantise_estimator(poor(), X, TWO * 30),
    )


@pytest.mark.parametrize("place", [0, 1])
def test_a_pipeline_among_its_own_steps(place: int) -> None:
    pipeline = make_pipeline(MinMaxScaler(), tree.DecisionTreeClassifier()).fit(X, Y)
    pipeline.steps[place] = ("itself", pipeline)
    with pytest.raises(UnsupportedModelError, match=r"too many steps.*at most 1000"):
        quantise_estimator(pipeline, X, Y)
