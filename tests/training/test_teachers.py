"""Teachers: what they label, that they see no more than their students may, and that students learn from them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier
from skops.io import dump

from bespoke.data import CLASSIFICATION, Split
from bespoke.errors import ModelFileError, OptionError
from bespoke.frontend import is_word, load_estimator
from bespoke.training import TEACHERS, NetworkOptions, TrainingOptions, train_model
from bespoke.training.inputs import CircuitInputs
from bespoke.training.students import Student
from bespoke.training.teachers import Teacher, neighbours_of


def noisy_split(wrong: float) -> Split:
    """Two classes on either side of a circle, some of whose training labels are wrong."""
    random = np.random.default_rng(0)
    features = random.random((700, 2))
    targets = (((features - 0.5) ** 2).sum(axis=1) < 0.16).astype(np.int64)
    seen = targets[:400] ^ (random.random(400) < wrong)
    return Split(features[:400], seen, features[400:], targets[400:], CLASSIFICATION)


@pytest.fixture(scope="module")
def knowing(tmp_path_factory: pytest.TempPathFactory) -> str:
    """File of a classifier of the true classes."""
    true = noisy_split(0.0)
    path = tmp_path_factory.mktemp("teacher") / "teacher.skops"
    dump(SVC(C=100.0).fit(true.train_features, true.train_targets), path)
    return str(path)


def test_neighbours_are_between_rows() -> None:
    rows = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1000.0], [1.0, 1000.0]])
    near, ends = neighbours_of(rows, 3, np.random.default_rng(0))
    assert ends[:, 0].tolist() == np.repeat(range(4), 3).tolist()
    assert (ends[:, 0] != ends[:, 1]).all()
    between = (near - rows[ends[:, 0]]) * (rows[ends[:, 1]] - near)
    assert (between >= 0).all()
    assert len(neighbours_of(rows, 0, np.random.default_rng(0))[0]) == 0
    assert len(neighbours_of(rows[:1], 2, np.random.default_rng(0))[0]) == 0


def test_a_teacher_is_fitted_to_the_rows_that_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    fits = []

    class Fake:
        classes_ = np.array(["b", "c"])

        def fit(self, features: Any, targets: Any) -> Fake:
            fits.append((features[:, 0].tolist(), targets.tolist()))
            return self

        def predict_proba(self, features: Any) -> Any:
            return np.tile([0.25, 0.75], (len(features), 1))

    monkeypatch.setitem(TEACHERS, "fake", lambda _seed: Fake())
    features, targets = np.arange(4.0)[:, None], np.array(["a", "b", "c", "b"])
    teacher = Teacher("fake", 0.4, 1)
    lesson = teacher.lesson(features, 1)
    shares = teacher.shares(lesson, targets, np.array([False, True, True, True]), 1)
    assert fits == [([1.0, 2.0, 3.0], ["b", "c", "b"])]
    assert shares[:4].ravel() == pytest.approx([0.6, 0.1, 0.3, 0, 0.7, 0.3, 0, 0.1, 0.9, 0, 0.7, 0.3])
    assert shares[4:].tolist() == [[0, 0.25, 0.75]] * 4


@pytest.mark.slow_if("mlp")
@pytest.mark.parametrize("kind", ["tree", "mlp"])
def test_a_student_learns_what_labels_do_not_say(kind: str, knowing: str) -> None:
    split = noisy_split(0.3)
    options = TrainingOptions(kind, max_depth=8, hidden_layer_sizes=(8,), teacher=knowing, teacher_share=0.9)
    taught, alone = (
        (train_model(split, each).estimator.predict(split.test_features) == split.test_targets).mean()
        for each in (options, replace(options, teacher=None))
    )
    assert taught > alone + 0.05
    assert taught > 0.9


@pytest.mark.parametrize(("share", "learnt"), [(None, [2, 2, 0, 0]), (0.6, [2, 2, 0, 0]), (0.5, [0, 1, 2, 1])])
def test_labels_of_students_come_first_where_a_teacher_counts_no_more(
    share: float | None, learnt: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Certain:
        classes_ = np.arange(3)

        def fit(self, *_: Any) -> Certain:
            return self

        def predict(self, _: Any) -> Any:
            return np.array([2, 2, 0, 0])

    monkeypatch.setitem(TEACHERS, "certain", lambda _seed: Certain())
    split = Split(np.arange(4.0)[:, None], np.array([0, 1, 2, 1]), np.zeros((0, 1)), np.zeros(0), CLASSIFICATION)
    options = TrainingOptions("tree", teacher="certain", teacher_share=share, neighbours=0)
    assert train_model(split, options).estimator.predict(split.train_features).tolist() == learnt


def test_students_read_the_words_of_the_rows(knowing: str) -> None:
    split = noisy_split(0.0)
    steps = [("scaler", CircuitInputs(4)), ("model", DecisionTreeClassifier(max_depth=3))]
    student = Student(steps, Teacher(knowing, 1.0, 1), 0).fit(np.floor(split.train_features * 16), split.train_targets)
    assert is_word(student.steps[0][1].coding_).all()


@pytest.mark.slow
def test_a_network_learns_what_labels_do_not_say(knowing: str) -> None:
    pytest.importorskip("jax")
    split = noisy_split(0.3)
    networks = (NetworkOptions(epochs=60),)
    options = TrainingOptions("mlp", hidden_layer_sizes=(8,), networks=networks, restarts=2, folds=2)
    scores = []
    for teacher in (knowing, None):
        model = train_model(split, replace(options, teacher=teacher, teacher_share=0.9, input_bits=6)).estimator
        scores.append((model.predict(model.coding.quantise(split.test_features)) == split.test_targets).mean())
    assert scores[0] > scores[1] + 0.03
    assert scores[0] > 0.9


@pytest.mark.slow
def test_selection_is_by_true_labels() -> None:
    split = noisy_split(0.0)
    options = TrainingOptions("tree", search=3, teacher="rbf", neighbours=0)
    trained = train_model(split, options)
    assert trained.validation_score is not None
    assert trained.validation_score > 0.85
    assert type(trained.estimator).__name__ == "Pipeline"
    # Shuffled labels cannot be guessed, however well the answers of a teacher are learnt.
    shuffled = replace(split, train_targets=np.random.default_rng(1).permutation(split.train_targets))
    assert (train_model(shuffled, options).validation_score or 0.0) < 0.65


def test_what_is_no_teacher_is_refused(knowing: str) -> None:
    split = noisy_split(0.0)
    with pytest.raises(OptionError, match="no such teacher"):
        train_model(split, TrainingOptions("tree", teacher="nobody"))
    other = replace(split, train_targets=split.train_targets + 5)
    with pytest.raises(OptionError, match="other classes"):
        train_model(other, TrainingOptions("tree", teacher=knowing))
    texts = replace(split, train_targets=split.train_targets.astype(str))
    with pytest.raises(OptionError, match=r"other classes; got \[0, 1\]; allowed: \['0', '1'\]"):
        train_model(texts, TrainingOptions("tree", teacher=knowing))
    wider = replace(split, train_features=np.tile(split.train_features, 2))
    with pytest.raises(OptionError, match="reads other data"):
        train_model(wider, TrainingOptions("tree", teacher=knowing))
    with pytest.raises(OptionError, match="a teacher gives classes"):
        train_model(split, TrainingOptions("tree", task="regression", teacher="forest"))


class Odd(ClassifierMixin, BaseEstimator):
    """Answers that no teacher gives."""

    classes_ = np.arange(2)

    def __init__(self, answers: Any = None) -> None:
        self.answers = answers

    def fit(self, *_: Any) -> Odd:
        return self

    def predict(self, features: Any) -> Any:
        if self.answers is None:
            raise AttributeError("not ready")
        return np.full(len(features), self.answers)


@pytest.mark.parametrize(("answers", "words"), [(None, "does not answer; got AttributeError"), (7, "no class")])
def test_answers_of_odd_teachers_are_refused(answers: Any, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TEACHERS, "odd", lambda _seed: Odd(answers))
    with pytest.raises(OptionError, match=f"odd: the teacher .*{words}"):
        train_model(noisy_split(0.0), TrainingOptions("tree", teacher="odd"))


@pytest.mark.parametrize("odd", [np.nan, -0.5, 0.7])
def test_what_is_no_probability_is_refused(odd: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Odd, "predict_proba", lambda _, rows: np.tile([odd, 0.5], (len(rows), 1)), raising=False)
    monkeypatch.setitem(TEACHERS, "odd", lambda _seed: Odd())
    with pytest.raises(OptionError, match="odd: the teacher's answers are no probabilities"):
        train_model(noisy_split(0.0), TrainingOptions("tree", teacher="odd"))


@pytest.mark.parametrize("name", ["_n_support", "_dual_coef_", "support_", "_probA"])
def test_vector_machines_whose_arrays_do_not_fit_are_not_asked(name: str, tmp_path: Path) -> None:
    split = noisy_split(0.0)
    machine = SVC().fit(split.train_features, split.train_targets)
    dump(machine, tmp_path / "good.skops")
    assert load_estimator(tmp_path / "good.skops").predict([[0.5, 0.5]]) == [1]
    setattr(machine, name, np.concatenate([np.ravel(getattr(machine, name)), [0]]))
    dump(machine, tmp_path / "forged.skops")
    with pytest.raises(ModelFileError, match="SVC: arrays do not fit each other"):
        load_estimator(tmp_path / "forged.skops")


def test_trees_that_never_end_are_not_asked(tmp_path: Path) -> None:
    split = noisy_split(0.0)
    tree = DecisionTreeClassifier(max_depth=2).fit(split.train_features, split.train_targets)
    state = tree.tree_.__getstate__()
    state["nodes"] = state["nodes"].copy()
    state["nodes"]["left_child"][0] = 0
    tree.tree_.__setstate__(state)
    dump(tree, tmp_path / "loop.skops")
    with pytest.raises(ModelFileError, match="a child's number"):
        load_estimator(tmp_path / "loop.skops")


@pytest.mark.slow_if("forest")
@pytest.mark.parametrize("name", TEACHERS)
def test_every_teacher_can_be_fitted(name: str) -> None:
    split = noisy_split(0.0)
    shares = Teacher(name, 1.0, 0)
    lesson = shares.lesson(split.train_features, 0)
    found = shares.shares(lesson, split.train_targets, np.ones(400, dtype=bool), 0)
    assert found.sum(axis=1) == pytest.approx(1.0)
    assert (found.argmax(axis=1) == split.train_targets).mean() > 0.95
