"""What data mean to a model that is fitted already: its task, its labels, and the forms of files."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.datasets import load_diabetes, load_iris
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from bespoke import compile_model
from bespoke.data import load_dataset
from bespoke.errors import DataFileError

X, SPECIES = load_iris(return_X_y=True)
NAMES = ("a", "b", "c", "d")
WRITINGS = {  # labels of the model, and of the data
    "booleans, text": (np.array([False, True]), np.array(["False", "True"])),
    "booleans, numbers": (np.array([False, True]), np.array([0, 1])),
    "text, numbers": (np.array(["0", "1"]), np.array([0, 1])),
    "text with zeros, numbers": (np.array(["00", "01"]), np.array([0, 1])),
    "numbers, text": (np.array([0, 1]), np.array(["0", "1"])),
    "numbers, booleans": (np.array([0, 1]), np.array([False, True])),
    "words": (np.array(["no", "yes"]), np.array(["no", "yes"])),
}


def in_file(path, labels, names=(*NAMES, "kind"), rows=X):
    lines = [",".join([*map(str, row), str(label)]) for row, label in zip(rows.tolist(), labels, strict=True)]
    path.write_text("\n".join([",".join(names), *lines]) + "\n", encoding="utf-8")
    return load_dataset(path)


def tree(labels, depth=3):
    return DecisionTreeClassifier(max_depth=depth, random_state=0).fit(X, labels)


@pytest.mark.parametrize("writing", WRITINGS)
def test_labels_are_told_by_what_they_say(writing, tmp_path):
    own, others = (labels[(SPECIES > 0).astype(int)] for labels in WRITINGS[writing])
    model = tree(own)
    wanted = compile_model(model, X, own).accuracies
    assert wanted.train > 0.95
    assert compile_model(model, X, others).accuracies == wanted
    assert compile_model(model, dataset=in_file(tmp_path / "iris.csv", others)).accuracies == wanted


@pytest.mark.slow
@pytest.mark.parametrize("offset", [0.0, 0.25])
def test_regressors_are_judged_by_r2(offset):
    features, targets = load_diabetes(return_X_y=True)
    values = targets + offset
    model = make_pipeline(MinMaxScaler(), Ridge(alpha=0.01)).fit(features, values)
    design = compile_model(model, features, values, input_bits=8, weight_bits=10)
    assert design.measured.accuracies.metric == "r2"
    assert design.accuracies.float_model is not None
    assert design.accuracies.test == pytest.approx(design.accuracies.float_model, abs=0.02)
    assert design.accuracies.float_model > 0.45
    assert design.provenance.dataset.task == "regression"


@pytest.mark.slow
def test_trees_of_few_whole_numbers_are_judged_by_r2():
    model = DecisionTreeRegressor(max_depth=3, random_state=0).fit(X, SPECIES)
    design = compile_model(model, X, SPECIES, model_inputs="raw")
    assert (design.accuracies.metric, design.model.decision.name) == ("r2", "value")
    assert any("--regressor-output label" in note for note in design.notes)
    labels = compile_model(model, X, SPECIES, model_inputs="raw", regressor_output="label")
    assert labels.accuracies.metric == "accuracy"


@pytest.mark.slow
def test_a_class_without_a_training_row_is_a_remark():
    labels = np.where(np.arange(150) == 149, 7, SPECIES)
    model = tree(labels)
    seeds = [seed for seed in range(8) if 7 not in compile_model(model, X, labels, seed=seed).notes]
    designs = [compile_model(model, X, labels, seed=seed) for seed in seeds]
    remarks = [note for design in designs for note in design.notes if "without a row in the training part: 7" in note]
    assert 0 < len(remarks) < len(seeds)


def test_an_index_column_is_left_out(tmp_path):
    rows = np.array([[number, *row] for number, row in enumerate(X.tolist())], dtype=object)
    for name in ("", "Unnamed: 0"):
        data = in_file(tmp_path / "indexed.csv", SPECIES, (name, *NAMES, "kind"), rows)
        assert data.feature_names == NAMES
        assert data.notes[0].startswith("the first column is left out")
        assert compile_model(tree(SPECIES), dataset=data).accuracies.train > 0.95


def test_a_row_is_not_taken_for_names(tmp_path):
    lines = [",".join([*map(str, row), "kind" + str(label)]) for row, label in zip(X.tolist(), SPECIES, strict=True)]
    path = tmp_path / "headless.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(DataFileError, match=r"the first line looks like a row.*such as x0,x1,x2,\.\.\.,target"):
        load_dataset(path)


@pytest.mark.parametrize("names", ["0,1,2,3,kind", "1,2,3,4,kind", "400.5,410,420.25,500,kind", "0,1,2,3,4"])
def test_numbers_that_are_names(names, tmp_path):
    data = in_file(tmp_path / "numbered.csv", SPECIES, tuple(names.split(",")))
    assert data.feature_names == tuple(names.split(",")[:4])
    assert len(data.targets) == 150


def test_truth_in_a_feature_is_a_number(tmp_path):
    path = tmp_path / "truth.csv"
    path.write_text("a,b,kind\nTrue,1,x\nFalse,2,y\nfalse,3,x\n", encoding="utf-8")
    assert load_dataset(path).features[:, 0].tolist() == [1.0, 0.0, 0.0]


@pytest.mark.slow
def test_sparse_features():
    model = make_pipeline(MinMaxScaler(), LogisticRegression()).fit(X, SPECIES)
    assert compile_model(model, csr_matrix(X), SPECIES).accuracies == compile_model(model, X, SPECIES).accuracies


@pytest.mark.slow
def test_trees_fitted_on_gaps_answer_on_clean_rows():
    features = np.random.default_rng(0).uniform(size=(150, 2))
    gaps = features.copy()
    gaps[SPECIES == 0, 1] = np.nan
    model = DecisionTreeClassifier(max_depth=4, random_state=0).fit(gaps, SPECIES)
    assert np.isinf(model.tree_.threshold).any()
    design = compile_model(model, features, SPECIES, model_inputs="raw", input_bits=12)
    assert np.mean(design.predict(features) == model.predict(features)) > 0.99
