"""The estimator that looks for its circuit itself."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV, StratifiedKFold

from bespoke import BespokeDesigner, DesignOptions, design_from_data
from bespoke.data import CLASSIFICATION, Dataset
from bespoke.errors import BespokeError, ConstraintError, OptionError
from bespoke.flow import Answer

X, Y = load_iris(return_X_y=True)
NAMES = np.array(["setosa", "versicolor", "virginica"])
QUICK = {"families": ("tree",), "candidates": 4, "jobs": 1}


@pytest.fixture(scope="module")
def fitted() -> BespokeDesigner:
    return BespokeDesigner("bluespark", **QUICK, random_state=5).fit(X, NAMES[Y])


@pytest.mark.slow
def test_predictions_are_those_of_the_chosen_circuit_with_the_labels_of_the_data(fitted: BespokeDesigner) -> None:
    assert isinstance(fitted.answer_, Answer)
    assert fitted.design_ is fitted.answer_.chosen.design
    assert fitted.classes_.tolist() == NAMES.tolist()
    assert np.array_equal(fitted.predict(X), fitted.design_.predict(X))
    assert fitted.score(X, NAMES[Y]) == fitted.design_.accuracies.train > 0.9
    assert fitted.verify(formal=False).agrees


def test_all_rows_are_training_rows_and_the_limits_are_those_that_were_asked(fitted: BespokeDesigner) -> None:
    assert fitted.design_.provenance.dataset.train_rows == len(X)
    assert fitted.design_.accuracies.test is None
    assert {(point.rows, point.test_rows) for point in fitted.answer_.points} == {(len(X), 0)}
    assert fitted.answer_.constraint.max_power_mw == 3.0
    assert fitted.design_.system.power_mw < 3.0
    assert fitted.design_.provenance.options.seed == 5


@pytest.mark.slow
def test_it_does_what_the_command_does(fitted: BespokeDesigner) -> None:
    data = Dataset("rows of fit", ("x0", "x1", "x2", "x3"), X, NAMES[Y], CLASSIFICATION)
    settings = {"source": "bluespark", "test_size": 0.0, "seed": 5, "race_seed": 5, "float_budget_s": 0.0}
    answer = design_from_data(data, DesignOptions(**QUICK), **settings)
    assert answer.rows() == fitted.answer_.rows()


@pytest.mark.slow
def test_a_number_of_candidates_gives_the_same_circuit_in_every_run(fitted: BespokeDesigner) -> None:
    again = clone(fitted).fit(X, NAMES[Y])
    assert again.design_.to_verilog() == fitted.design_.to_verilog()
    copy = pickle.loads(pickle.dumps(fitted))
    assert np.array_equal(copy.predict(X), fitted.predict(X))


@pytest.mark.slow
def test_scikit_learn_chooses_among_circuits() -> None:
    grid = {"max_power_mw": np.array([0.05, 3.0]), "input_bits": [3]}
    search = GridSearchCV(BespokeDesigner(**QUICK), grid, cv=StratifiedKFold(2, shuffle=True, random_state=0)).fit(
        X, Y == 1
    )
    best = search.best_estimator_
    assert search.best_score_ == max(search.cv_results_["mean_test_score"]) > 0.6
    assert best.design_.system.power_mw <= search.best_params_["max_power_mw"]
    assert best.predict(X).dtype == bool
    assert set(best.design_.model.coding.bits) == {3}


@pytest.mark.slow
def test_limits_on_the_accuracy_and_other_converters() -> None:
    free = BespokeDesigner(min_accuracy=0.6, converters="none", inputs="binary", **QUICK).fit(X, Y)
    assert not free.design_.converters.model.is_counted
    sizes = [point.size("power") for point in free.answer_.points if point.promised >= 0.6]
    assert free.design_.size("power") == min(sizes)
    with pytest.raises(ConstraintError, match="no circuit keeps min_accuracy 1; coolest:"):
        free.set_params(min_accuracy=1.0).fit(X, Y)


@pytest.mark.parametrize(
    ("settings", "error", "words"),
    [
        ({"source": "sun"}, OptionError, "no such power source; got sun; allowed: harvester, bluespark, molex"),
        ({"source": "molex", "max_power_mw": 1.0}, OptionError, "both a power source and a power"),
        ({"families": ["wood"]}, OptionError, "unknown family; got wood"),
        ({"candidates": 0}, OptionError, "candidates: too small"),
        ({"technology": "egfett"}, BespokeError, "did you mean 'egfet'"),
    ],
)
def test_unusable_parameters(settings: dict[str, object], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        BespokeDesigner(**QUICK).set_params(**settings).fit(X, Y)


def test_rows_of_one_class_are_refused() -> None:
    with pytest.raises(ValueError, match="all rows are of one class"):
        BespokeDesigner(**QUICK).fit(X[:20], Y[:20])
