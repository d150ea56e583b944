"""Model files: what loads, what is refused, and that nothing runs."""

from __future__ import annotations

import io
import json
import pickle
import warnings
import zipfile

import joblib
import numpy as np
import pytest
import sklearn
import skops.io
from scipy.stats import loguniform
from sklearn import linear_model, neural_network, svm, tree
from sklearn.datasets import load_iris
from sklearn.metrics import make_scorer, matthews_corrcoef
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler

from bespoke.errors import ModelFileError, NotFittedModelError, UnsupportedModelError, UntrustedFileError
from bespoke.frontend import QuantisationOptions, quantise_estimator, read_model
from bespoke.frontend.load import is_integer_model
from bespoke.model import model_to_text

X, Y = load_iris(return_X_y=True)
ESTIMATORS = {
    "tree": lambda: tree.DecisionTreeClassifier(max_depth=3, random_state=0),
    "tree_reg": lambda: tree.DecisionTreeRegressor(max_depth=3),
    "extra": lambda: tree.ExtraTreeClassifier(max_depth=3),
    "extra_reg": lambda: tree.ExtraTreeRegressor(max_depth=3),
    "mlp_adam": lambda: neural_network.MLPClassifier(hidden_layer_sizes=3, max_iter=3),
    "mlp_sgd": lambda: neural_network.MLPClassifier(hidden_layer_sizes=3, max_iter=3, solver="sgd"),
    "mlp_lbfgs": lambda: neural_network.MLPRegressor(hidden_layer_sizes=3, max_iter=3, solver="lbfgs"),
    "svc": lambda: svm.SVC(kernel="linear"),
    "nu_svc": lambda: svm.NuSVC(kernel="linear"),
    "svr": lambda: svm.SVR(kernel="linear"),
    "nu_svr": lambda: svm.NuSVR(kernel="linear"),
    "linear_svc": svm.LinearSVC,
    "linear_svr": svm.LinearSVR,
    "logistic": lambda: linear_model.LogisticRegression(max_iter=10),
    "logistic_cv": lambda: linear_model.LogisticRegressionCV(Cs=2, cv=2, max_iter=10),
    "ridge_classifier": linear_model.RidgeClassifier,
    "ridge_classifier_cv": linear_model.RidgeClassifierCV,
    "perceptron": linear_model.Perceptron,
    "sgd": linear_model.SGDClassifier,
    "sgd_huber": lambda: linear_model.SGDClassifier(loss="modified_huber"),
    "sgd_reg": lambda: linear_model.SGDRegressor(loss="epsilon_insensitive"),
    "linear": linear_model.LinearRegression,
    "ridge": linear_model.Ridge,
    "ridge_cv": linear_model.RidgeCV,
    "lasso": linear_model.Lasso,
    "lasso_cv": lambda: linear_model.LassoCV(cv=2),
    "elastic_net": linear_model.ElasticNet,
    "elastic_net_cv": lambda: linear_model.ElasticNetCV(cv=2),
    "pipeline": lambda: make_pipeline(
        RobustScaler(), StandardScaler(), MaxAbsScaler(), MinMaxScaler(), svm.LinearSVC()
    ),
    "search": lambda: GridSearchCV(tree.DecisionTreeClassifier(), {"max_depth": [1, 2]}, scoring="accuracy", cv=2),
}


@pytest.fixture(autouse=True)
def _quiet_fits():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def small_tree():
    return ESTIMATORS["tree"]().fit(X, Y)


def saved(folder, model, name="model.skops"):
    path = folder / name
    skops.io.dump(model, path)
    return path


@pytest.mark.parametrize("name", ESTIMATORS)
def test_skops_round_trip(name, tmp_path):
    estimator = ESTIMATORS[name]().fit(X, Y)
    loaded = read_model(saved(tmp_path, estimator))
    np.testing.assert_array_equal(loaded.model.predict(X), estimator.predict(X))
    assert loaded.notes == ()


@pytest.mark.parametrize("suffix", [".pkl", ".pickle", ".joblib", ".PKL"])
def test_pickles_need_trust(suffix, tmp_path):
    path = tmp_path / f"model{suffix}"
    joblib.dump(small_tree(), path)
    with pytest.raises(UntrustedFileError, match=r"a pickle runs any code.*--trust-pickle if you trust"):
        read_model(path)
    assert read_model(path, trust_pickle=True).model.get_depth() == 3


class Intruder:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (self.path, "w"))


def test_untrusted_pickle_does_not_run(tmp_path):
    mark = tmp_path / "mark"
    path = tmp_path / "model.pkl"
    path.write_bytes(pickle.dumps(Intruder(str(mark))))
    with pytest.raises(UntrustedFileError):
        read_model(path)
    path.rename(tmp_path / "model.skops")
    with pytest.raises(ModelFileError):
        read_model(tmp_path / "model.skops")
    assert not mark.exists()


def test_integer_model(tmp_path):
    model = quantise_estimator(small_tree(), X, Y, QuantisationOptions(model_inputs="raw")).model
    path = tmp_path / "model.json"
    path.write_text(model_to_text(model))
    loaded = read_model(str(path)).model
    assert is_integer_model(loaded)
    assert model_to_text(loaded) == model_to_text(model)


def test_other_version_is_a_note(tmp_path):
    path = tmp_path / "model.pkl"
    data = pickle.dumps(small_tree(), protocol=0)
    import sklearn

    path.write_bytes(data.replace(f"V{sklearn.__version__}\n".encode(), b"V1.0.0\n"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        notes = read_model(path, trust_pickle=True).notes
    assert any("from version 1.0.0 when using version" in note for note in notes)
    assert all("\n" not in note for note in notes)


def text_file(name, content):
    def make(folder):
        path = folder / name
        path.write_bytes(content)
        return path

    return make


def skops_file(make_model):
    return lambda folder: saved(folder, make_model())


def truncated(folder):
    path = saved(folder, small_tree())
    path.write_bytes(path.read_bytes()[:2000])
    return path


def flipped(folder):
    path = saved(folder, svm.SVC(kernel="linear").fit(X, Y))
    data = bytearray(path.read_bytes())
    at = data.index(b"\x93NUMPY")
    data[at : at + 6] = b"garbag"
    path.write_bytes(bytes(data))
    return path


def archive(members):
    def make(folder):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as handle:
            for name, content in members.items():
                handle.writestr(name, content)
        path = folder / "model.skops"
        path.write_bytes(buffer.getvalue())
        return path

    return make


def tree_with(**changes):
    """A tree file whose node table was forged."""

    def make(folder):
        estimator = small_tree()
        state = estimator.tree_.__getstate__()
        nodes = state["nodes"].copy()
        for field, (row, value) in changes.items():
            nodes[field][row] = value
        forged = tree._tree.Tree(4, np.array([3], dtype=np.intp), 1)
        forged.__setstate__({**state, "nodes": nodes})
        estimator.tree_ = forged
        return saved(folder, estimator)

    return make


def tree_count(folder):
    estimator = small_tree()
    state = estimator.tree_.__getstate__()
    forged = tree._tree.Tree(4, np.array([3], dtype=np.intp), 1)
    forged.__setstate__({**state, "node_count": 1})
    estimator.tree_ = forged
    return saved(folder, estimator)


def tree_negative(folder):
    path = saved(folder, small_tree())
    with zipfile.ZipFile(path) as source:
        members = {name: source.read(name) for name in source.namelist()}
    count = small_tree().tree_.node_count
    schema = json.loads(members["schema.json"])
    pending = [schema]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            node = item.get("node_count")
            if isinstance(node, dict) and node.get("content") == str(count):
                node["content"] = "-5"
            pending += item.values()
        elif isinstance(item, list):
            pending += item
    members["schema.json"] = json.dumps(schema).encode()
    return archive(members)(folder)


def integer_json(**changes):
    def make(folder):
        model = quantise_estimator(small_tree(), X, Y, QuantisationOptions(model_inputs="raw")).model
        data = {**json.loads(model_to_text(model)), **changes}
        path = folder / "model.json"
        path.write_text(json.dumps({key: value for key, value in data.items() if value is not None}))
        return path

    return make


def directory(folder):
    path = folder / "model.skops"
    path.mkdir()
    return path


BAD_FILES = {
    "missing": (lambda folder: folder / "no.skops", ModelFileError, r"no\.skops: no such file"),
    "directory": (directory, ModelFileError, "a directory, not a model file"),
    "plain directory": (lambda folder: folder, ModelFileError, "a directory, not a model file; allowed: .skops"),
    "suffix": (text_file("m.onnx", b"x"), ModelFileError, "unknown kind of model file; allowed: .skops, .json"),
    "no suffix": (text_file("m", b"x"), ModelFileError, "unknown kind of model file"),
    "empty": (text_file("m.skops", b""), ModelFileError, r"m\.skops: empty file"),
    "not a zip": (text_file("m.skops", b"hello"), ModelFileError, "cannot be read; got BadZipFile: File is not a zip"),
    "truncated": (truncated, ModelFileError, "cannot be read; got BadZipFile"),
    "flipped": (flipped, ModelFileError, "cannot be read; got"),
    "no schema": (archive({"a.txt": "x"}), ModelFileError, "not a skops file; got no schema.json inside"),
    "bad schema": (archive({"schema.json": "{"}), ModelFileError, "cannot be read; got JSONDecodeError"),
    "empty schema": (archive({"schema.json": "{}"}), ModelFileError, "cannot be read; got (TypeError|KeyError)"),
    "untrusted type": (
        skops_file(lambda: make_pipeline(FunctionTransformer(np.linalg.norm), svm.LinearSVC().fit(X, Y))),
        UntrustedFileError,
        r"the file holds types that are not trusted; got numpy\.linalg.*norm; allowed: scikit-learn",
    ),
    "neighbours": (
        skops_file(lambda: KNeighborsClassifier(2, algorithm="brute").fit(X, Y)),
        UnsupportedModelError,
        "unsupported model; got sklearn.neighbors._classification.KNeighborsClassifier",
    ),
    "not a model": (skops_file(lambda: {"a": 1}), UnsupportedModelError, "unsupported model; got builtins.dict"),
    "unfitted": (skops_file(lambda: svm.SVC(kernel="linear")), NotFittedModelError, "SVC: .*not fitted"),
    "far child": (tree_with(left_child=(0, 10**6)), ModelFileError, "every node but the root needs exactly one par"),
    "cycle": (tree_with(left_child=(2, 0)), ModelFileError, "a child's number must be above its parent's"),
    "one child": (tree_with(right_child=(0, -1)), ModelFileError, "a node has one child only"),
    "negative child": (tree_with(right_child=(0, -7)), ModelFileError, "a child's number must be above its parent's"),
    "shared child": (tree_with(right_child=(0, 1)), ModelFileError, "every node but the root needs exactly one paren"),
    "far feature": (tree_with(feature=(0, 99)), ModelFileError, "a node tests a feature that does not exist"),
    "node count": (tree_count, ModelFileError, "every node but the root needs exactly one parent"),
    "negative count": (tree_negative, ModelFileError, "wrong number of nodes; got -5"),
    "damaged pickle": (text_file("m.pkl", b"\x80garbage"), ModelFileError, "cannot be read; got"),
    "json syntax": (text_file("m.json", b"{"), ModelFileError, "not JSON"),
    "json bytes": (text_file("m.json", b"\xff\xfe"), ModelFileError, "cannot be read; got UnicodeDecodeError"),
    "json list": (text_file("m.json", b"[]"), ModelFileError, "not an IntegerModel"),
    "json version": (integer_json(version=9), ModelFileError, "unknown version; got 9; allowed: 1 or 2"),
    "json kind": (
        integer_json(version=1, kind="forest"),
        ModelFileError,
        "unknown kind; got forest; allowed: mlp, svm, tree",
    ),
    "json lacks": (integer_json(decision=None), ModelFileError, "malformed; got KeyError: 'decision'"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_file(name, tmp_path):
    make, error, message = BAD_FILES[name]
    path = make(tmp_path)
    with pytest.raises(error, match=message) as caught:
        read_model(path, trust_pickle=True)
    assert type(caught.value) is error
    assert "\n" not in str(caught.value)


def strange_search(**settings):
    pipeline = make_pipeline(MinMaxScaler(), linear_model.LogisticRegression())
    grid = {"logisticregression__C": loguniform(0.1, 10)}
    search = RandomizedSearchCV(pipeline, grid, n_iter=2, scoring=make_scorer(matthews_corrcoef), random_state=0)
    return search.set_params(**settings).fit(X, Y)


@pytest.mark.slow
def test_only_the_best_estimator_of_a_strange_search_is_read(tmp_path):
    search = strange_search()
    skops.io.dump(search, tmp_path / "search.skops")
    loaded = read_model(tmp_path / "search.skops")
    np.testing.assert_array_equal(loaded.model.predict(X), search.predict(X))
    assert any("best estimator of the search" in note for note in loaded.notes)


@pytest.mark.slow
def test_a_strange_best_estimator_is_not_read(tmp_path):
    search = strange_search()
    search.best_estimator_.steps[0] = ("strange", FunctionTransformer(matthews_corrcoef))
    skops.io.dump(search, tmp_path / "search.skops")
    with pytest.raises(UntrustedFileError, match="matthews_corrcoef"):
        read_model(tmp_path / "search.skops")


@pytest.mark.parametrize("suffix", ["skops", "pkl"])
def test_a_model_of_another_version_that_cannot_be_read_names_it(suffix, tmp_path):
    model = ESTIMATORS["mlp_adam"]().fit(X, Y)
    del model.coefs_
    path = tmp_path / f"old.{suffix}"
    if suffix == "pkl":
        path.write_bytes(
            pickle.dumps(model).replace(sklearn.__version__.encode(), b"0.9.9"[: len(sklearn.__version__)])
        )
    else:
        skops.io.dump(model, path)
        aged(path)
    with pytest.raises(NotFittedModelError, match=r"made by scikit-learn 0\.9\.9 and read by"):
        read_model(path, trust_pickle=True)


def aged(path):
    """Write another version of scikit-learn into a skops file."""
    source = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    with zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(sklearn.__version__.encode(), b"0.9.9"))


def test_a_model_of_another_version_that_can_be_read_says_so(tmp_path):
    skops.io.dump(ESTIMATORS["svc"]().fit(X, Y), tmp_path / "old.skops")
    aged(tmp_path / "old.skops")
    assert any("0.9.9" in note for note in read_model(tmp_path / "old.skops").notes)
