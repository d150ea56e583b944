"""Intervals, paired tests and error figures against values known otherwise."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest

from bespoke.flow import sum_errors
from bespoke.flow.assurance import Assurance, target_words
from bespoke.flow.guarantees import mcnemar
from bespoke.flow.scoring import clopper_pearson
from bespoke.flow.sum_errors import difference, score_errors
from bespoke.flow.vectors import every_input
from bespoke.model import Decision, InputCoding, IntegerMLP, IntegerSVM, Layer
from bespoke.search import assured_gains

CODING = InputCoding(("a", "b"), (3, 2), (0.0, 0.0), (8.0, 4.0))
ALL = every_input(CODING.bits)


def test_clopper_pearson_leaves_a_fortieth_on_either_side() -> None:
    for right, rows in ((7, 10), (0, 12), (12, 12), (269, 480)):
        low, high = clopper_pearson(right, rows)
        assert low <= right / rows <= high
        if right:
            assert sum(comb(rows, k) * low**k * (1 - low) ** (rows - k) for k in range(right, rows + 1)) == (
                pytest.approx(0.025)
            )
        else:
            assert low == 0
        if right < rows:
            assert sum(comb(rows, k) * high**k * (1 - high) ** (rows - k) for k in range(right + 1)) == (
                pytest.approx(0.025)
            )
        else:
            assert high == 1


def test_mcnemar_counts_rows_on_which_one_of_both_is_right() -> None:
    exact = np.array([1, 1, 1, 1, 1, 0, 1, 0, 1], dtype=bool)
    other = np.array([0, 0, 0, 0, 0, 1, 1, 0, 1], dtype=bool)
    found = mcnemar(exact, other)
    assert (found["lost_rows"], found["won_rows"], found["rows"]) == (5, 1, 9)
    assert found["p_value"] == pytest.approx(2 * (1 + 6) / 2**6)
    assert mcnemar(exact, exact)["p_value"] == 1.0


def layer(random: np.random.Generator, outputs: int = 3, *, masked: bool) -> Layer:
    sources = np.array([0, 1, 0, 1]) if masked else np.array([0, 1])
    masks = random.integers(0, 8, 4) if masked else np.array([-1, -1])
    weights = random.integers(-9, 10, (outputs, len(sources)))
    return Layer(weights, random.integers(-9, 10, outputs), "identity", 0, sources, masks)


def model(hidden: list[Layer], last: Layer) -> IntegerMLP | IntegerSVM:
    kind = IntegerMLP if hidden else IntegerSVM
    return kind(CODING, (*hidden, last), Decision("argmax", ("x", "y", "z")))


@pytest.mark.parametrize("seed", range(20))
def test_worst_error_of_one_layer_is_reached_by_some_input(seed: int) -> None:
    random = np.random.default_rng(seed)
    exact, other = model([], layer(random, masked=False)), model([], layer(random, masked=True))
    for number, error in enumerate(score_errors(exact, other, ALL)):
        distance = np.abs(other.scores(ALL) - exact.scores(ALL))[:, number]
        assert error.worst_is_exact
        assert error.worst == distance.max() == error.worst_seen
        assert error.mean == pytest.approx(distance.mean())
        assert error.rms**2 == pytest.approx(error.variance + error.mean**2)
        assert error.error_rate == np.mean(distance > 0)
    assert np.array_equal(difference(exact.layers[0], other.layers[0]).sums(ALL), other.scores(ALL) - exact.scores(ALL))


@pytest.mark.parametrize("seed", range(10))
def test_worst_error_of_two_layers_is_a_bound_or_found_by_trying_all(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = np.random.default_rng(seed)

    def network(*, masked: bool) -> IntegerMLP | IntegerSVM:
        first = layer(random, 2, masked=masked)
        hidden = Layer(first.weights, first.biases, "relu", 0, first.sources, first.masks)
        return model([hidden], layer(random, masked=False))

    exact, other = network(masked=False), network(masked=True)
    assert all(error.worst_is_exact and error.worst == error.worst_seen for error in score_errors(exact, other, ALL))
    monkeypatch.setattr(sum_errors, "MAX_EXHAUSTIVE_BITS", 0)
    for number, error in enumerate(score_errors(exact, other, ALL)):
        distance = np.abs(other.scores(ALL) - exact.scores(ALL))[:, number]
        assert not error.worst_is_exact
        assert error.worst >= distance.max() == error.worst_seen


def test_assured_gains_are_those_of_the_search_and_balanced_where_asked() -> None:
    random = np.random.default_rng(5)
    targets = random.integers(0, 3, 80)
    outputs = np.where(random.random((4, 80)) < 0.2, random.integers(0, 3, (4, 80)), targets)
    judge = Assurance(targets, outputs[0], "accuracy", 1.5)
    assert judge.gains(outputs).tolist() == assured_gains((outputs != targets).astype(np.int64), 1.5).tolist()
    assert judge.exact_score == np.mean(outputs[0] == targets)
    balanced = Assurance(targets, outputs[0], "balanced_accuracy", 0.0)
    recalls = [[np.mean(row[targets == c] == c) for c in range(3)] for row in outputs]
    wanted = np.mean(recalls, axis=1)
    assert balanced.scores(outputs) == pytest.approx(wanted)
    assert balanced.gains(outputs) == pytest.approx(wanted - wanted[0])
    value = Assurance(targets, outputs[0], "r2", 0.0)
    wanted = 1 - np.mean((outputs - targets) ** 2, axis=1) / np.var(targets)
    assert value.scores(outputs) == pytest.approx(wanted)
    assert value.gains(outputs) == pytest.approx(wanted - wanted[0])


def test_the_general_formula_is_that_of_the_accuracy_for_equal_weights() -> None:
    random = np.random.default_rng(6)
    targets = np.repeat([0, 1], 30)
    outputs = random.integers(0, 2, (5, 60))
    plain, balanced = (Assurance(targets, outputs[0], metric, 2.0) for metric in ("accuracy", "balanced_accuracy"))
    assert balanced.gains(outputs) == pytest.approx(plain.gains(outputs))


def test_target_words() -> None:
    labels = Decision("argmax", ("a", "b"))
    assert target_words(labels, np.array(["b", "c", "a"])).tolist() == [1, -1, 0]
    rounded = Decision("label", (3, 4, 5), 2)
    assert target_words(rounded, np.array([3.0, 5.0, 9.0])).tolist() == [0, 2, -1]
    assert target_words(Decision("value", (), 3), np.array([0.5, -0.25])).tolist() == [4, -2]
