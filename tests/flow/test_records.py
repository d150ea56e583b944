"""Scores by hand."""

from __future__ import annotations

import numpy as np
import pytest

from bespoke.flow.records import Accuracies, score


def test_accuracy_is_the_share_of_equal_entries() -> None:
    assert score("accuracy", np.array(["a", "b", "b", "a"]), np.array(["a", "b", "a", "a"])) == 0.75


def test_r2_compares_with_the_mean() -> None:
    targets = np.array([1.0, 2.0, 3.0])
    assert score("r2", targets, targets) == 1.0
    assert score("r2", np.full(3, 2.0), targets) == 0.0
    assert score("r2", np.array([1.0, 2.0, 4.0]), targets) == 0.5


def test_constant_targets_and_no_targets() -> None:
    assert score("r2", np.array([1.0, 1.0]), np.array([1.0, 1.0])) == 1.0
    assert score("r2", np.array([1.0, 2.0]), np.array([1.0, 1.0])) == 0.0
    assert score("accuracy", np.array([]), np.array([])) is None


def test_interval_of_the_test_accuracy() -> None:
    # Newcombe, Statistics in Medicine 17 (1998), table I, method 5: 81 of 263 gives 0.2527 to 0.3676.
    low, high = Accuracies("accuracy", None, None, 81 / 263, 0, 263).test_interval() or (0, 0)
    assert low == pytest.approx(0.2527, abs=5e-5)
    assert high == pytest.approx(0.3676, abs=5e-5)
    assert Accuracies("r2", None, None, 0.5, 0, 10).test_interval() is None
    assert Accuracies("accuracy").test_interval() is None
