"""Every kind of model trains on embedded data, the same way each time, and can be stored and compiled."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bespoke.data import Dataset, Split, load_dataset
from bespoke.errors import ModelError, OptionError, OutputError
from bespoke.frontend import SUPPORTED_ESTIMATORS, read_model, save_model
from bespoke.training import ALIASES, KINDS, TrainingOptions, rounded_accuracy, score, train_model

CASES = [(kind, task) for kind, tasks in KINDS.items() for task in tasks]


@pytest.fixture(scope="module")
def iris() -> Split:
    return load_dataset("iris", folder=Path("nowhere")).split()


@pytest.mark.slow_if("0-mlp-regression", "2-mlp-classification", "2-mlp-regression")
@pytest.mark.parametrize(("kind", "task"), CASES)
@pytest.mark.parametrize("search", [0, 2])
def test_every_kind_trains_and_survives_its_file(
    kind: str, task: str, search: int, iris: Split, tmp_path: Path
) -> None:
    options = TrainingOptions(kind, task=task, search=search, folds=3)
    model = train_model(iris, options)
    assert [type(step).__name__ for step in model.estimator] == ["MinMaxScaler", KINDS[kind][task]]
    assert KINDS[kind][task] in SUPPORTED_ESTIMATORS
    assert (model.kind, model.task) == (kind, task)
    assert model.score_name == ("accuracy" if task == "classification" else "rounded accuracy")
    assert model.train_score > 0.75
    assert (model.validation_score is None) == (search == 0)
    assert bool(model.parameters) == bool(search)
    path = tmp_path / "model.skops"
    save_model(model.estimator, path)
    predicted = read_model(path).model.predict(iris.test_features)
    assert np.array_equal(predicted, model.estimator.predict(iris.test_features))


@pytest.mark.slow_if("options0", "options1")
@pytest.mark.parametrize("options", [TrainingOptions("mlp"), TrainingOptions("tree", search=3), TrainingOptions("sgd")])
def test_same_options_give_the_same_bytes(options: TrainingOptions, iris: Split, tmp_path: Path) -> None:
    for name in ("a.skops", "b.skops"):
        save_model(train_model(iris, options).estimator, tmp_path / name)
    assert (tmp_path / "a.skops").read_bytes() == (tmp_path / "b.skops").read_bytes()


@pytest.mark.slow
def test_test_part_is_not_looked_at(iris: Split) -> None:
    other = Split(
        iris.train_features, iris.train_targets, iris.test_features * 100, np.flip(iris.test_targets), iris.task
    )
    for options in (TrainingOptions("mlp"), TrainingOptions("svm", search=3)):
        first, second = train_model(iris, options), train_model(other, options)
        assert first.train_score == second.train_score
        assert first.parameters == second.parameters
        assert np.array_equal(first.estimator.predict(iris.test_features), second.estimator.predict(iris.test_features))


def test_options_reach_the_estimator(iris: Split) -> None:
    tree = train_model(iris, TrainingOptions("tree", max_depth=2)).estimator[-1]
    assert tree.get_depth() <= 2
    mlp = train_model(iris, TrainingOptions("mlp", hidden_layer_sizes=(3, 2), max_iter=20)).estimator[-1]
    assert [weights.shape for weights in mlp.coefs_] == [(4, 3), (3, 2), (2, 3)]
    assert train_model(iris, TrainingOptions("svm", c=7.5)).estimator[-1].C == 7.5


@pytest.mark.slow
def test_restarts_keep_the_least_loss(iris: Split) -> None:
    losses = [
        train_model(iris, TrainingOptions("mlp", seed=seed, restarts=1)).estimator[-1].loss_ for seed in (5, 6, 7)
    ]
    assert train_model(iris, TrainingOptions("mlp", seed=5, restarts=3)).estimator[-1].loss_ == min(losses)


def test_early_stop_is_noted(iris: Split) -> None:
    notes = train_model(iris, TrainingOptions("mlp", max_iter=2, restarts=2)).notes
    assert notes == ("2 fit(s) stopped before they converged; more iterations may help",)


@pytest.mark.slow_if("mlp_regressor")
@pytest.mark.parametrize("alias", ALIASES)
def test_aliases_name_a_kind_and_a_task(alias: str, iris: Split) -> None:
    model = train_model(iris, TrainingOptions(alias))
    assert (model.kind, model.task) == ALIASES[alias]


def test_task_follows_the_data() -> None:
    features = np.linspace(0, 1, 40)[:, None]
    split = Dataset("line", ("x",), features, features[:, 0] * 2 + 0.25, "regression").split()
    model = train_model(split, TrainingOptions("ridge"))
    assert model.task == "regression"
    assert model.score_name == "r2"
    assert model.train_score > 0.9
    with pytest.raises(OptionError, match="the data are for regression; got task classification"):
        train_model(split, TrainingOptions("tree", task="classification"))


@pytest.mark.slow
def test_text_classes() -> None:
    targets = np.array(["no", "yes"])[np.arange(40) // 20]
    split = Dataset("words", ("x",), np.arange(40.0)[:, None], targets, "classification").split()
    model = train_model(split, TrainingOptions("mlp", search=2))
    assert set(model.estimator.predict(split.test_features)) <= {"no", "yes"}
    with pytest.raises(OptionError, match="regression needs numbers as targets; got text labels"):
        train_model(split, TrainingOptions("svr"))


def test_rounded_accuracy_rounds_and_clips() -> None:
    targets = np.array([3, 4, 5, 5])
    assert rounded_accuracy(np.array([-9.0, 4.4, 99.0, 4.4]), targets) == 0.75


def test_score_of_a_perfect_classifier(iris: Split) -> None:
    tree = train_model(iris, TrainingOptions("tree", max_depth=20)).estimator
    assert score(tree, iris.train_features, iris.train_targets, "classification") == ("accuracy", 1.0)


BAD = {
    "unknown kind of model; got 'forest'": {"kind": "forest"},
    "unknown task; got 'x'": {"task": "x"},
    "hidden layers out of range; got ()": {"hidden_layer_sizes": ()},
    "hidden layers out of range; got (3, 0)": {"hidden_layer_sizes": (3, 0)},
    "option max_depth is out of range; got 0; allowed: 1 to 64": {"max_depth": 0},
    "option c is out of range; got 0": {"c": 0},
    "option max_iter is out of range; got 0": {"max_iter": 0},
    "option restarts is out of range; got 0": {"restarts": 0},
    "option search is out of range; got -1": {"search": -1},
    "option folds is out of range; got 1": {"folds": 1},
    "option seed is out of range; got -1": {"seed": -1},
    "option jobs is out of range; got 0": {"jobs": 0},
}


@pytest.mark.parametrize("message", BAD)
def test_bad_options(message: str) -> None:
    with pytest.raises(OptionError) as caught:
        TrainingOptions(**{"kind": "mlp", **BAD[message]})
    assert str(caught.value).startswith(message)


def test_kind_and_task_must_suit(iris: Split) -> None:
    with pytest.raises(OptionError, match="this kind of model cannot do regression; got 'logistic'; allowed: tree, "):
        train_model(iris, TrainingOptions("logistic", task="regression"))
    with pytest.raises(OptionError, match="this kind of model cannot do classification; got 'svr'"):
        train_model(iris, TrainingOptions("svr", task="classification"))


def test_too_few_rows_for_the_folds(iris: Split) -> None:
    tiny = Split(iris.train_features[:6], np.array([0, 1, 2, 0, 1, 2]), iris.test_features, iris.test_targets)
    with pytest.raises(OptionError, match="too few rows for the folds; got 5 folds; allowed: 2 to 2"):
        train_model(tiny, TrainingOptions("tree", search=2))


def test_fault_of_scikit_learn_is_named(iris: Split) -> None:
    single = Split(iris.train_features, np.zeros(len(iris.train_targets)), iris.test_features, iris.test_targets)
    with pytest.raises(ModelError, match="svm: training failed; got The number of classes has to be greater than one"):
        train_model(single, TrainingOptions("svm"))


def test_model_files_end_in_skops(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"such model files end in .skops; got '.pkl'"):
        save_model(object(), tmp_path / "m.pkl")
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written; got"):
        save_model(1, tmp_path / "file" / "m.skops")


@pytest.mark.slow
@pytest.mark.parametrize(("name", "least"), [("redwine", 0.55), ("cardio", 0.87), ("balance", 0.85)])
def test_default_mlp_reaches_published_accuracy(name: str, least: float, shared: Path) -> None:
    split = load_dataset(name, folder=shared / "data" / "uci").split()
    model = train_model(split, TrainingOptions("mlp"))
    assert score(model.estimator, split.test_features, split.test_targets, "classification")[1] >= least
