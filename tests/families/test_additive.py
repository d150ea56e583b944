"""Sums of steps of single features, and classes as intervals of them."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, permutations, product

import numpy as np
import pytest
from small_libraries import EGFET_COSTS

from bespoke.families import Learning, Prices
from bespoke.families.additive import Additive
from bespoke.families.intervals import best_intervals
from bespoke.families.step_walk import walked
from bespoke.families.steps import stepped
from bespoke.lowering import lower
from bespoke.model import Boundary, InputCoding, Lookup
from bespoke.proof import prove_lowered

PRICES = Prices(np.ones((3, 16)), 0.008, lambda _: 0.0)
CODING = InputCoding(("a", "b"), (4, 3), (0.0, 0.0), (1.0, 1.0))


def learning(rows: int, classes: int) -> Learning:
    """Words of three features, of which the first two decide."""
    random = np.random.default_rng(0)
    words = random.integers(16, size=(rows, 3))
    targets = (words[:, 0] + (words[:, 1] > 6) * 5) * classes // 21
    coding = InputCoding(("a", "b", "c"), (4, 4, 4), (0.0,) * 3, (16.0,) * 3)
    return Learning(words, targets, coding, tuple(range(classes)), PRICES)


@pytest.mark.parametrize("seed", range(6))
def test_intervals_are_the_best_in_their_order(seed: int) -> None:
    random = np.random.default_rng(seed)
    numbers, targets = random.integers(-3, 5, 40), random.integers(0, 3, 40)
    found = best_intervals(numbers, targets, 3)
    means = [numbers[targets == label].mean() for label in range(3)]
    assert [each.label for each in found] == sorted((each.label for each in found), key=lambda label: means[label])
    values = np.unique(numbers)
    order = np.argsort(means)
    best = 0
    for count in (1, 2, 3):
        for labels in combinations(order.tolist(), count):
            for starts in combinations(values[1:].tolist(), count - 1):
                predicted = np.array(labels)[np.searchsorted(starts, numbers, side="right")]
                best = max(best, int((predicted == targets).sum()))
    predicted = np.array([each.label for each in found])[
        np.searchsorted([each.start for each in found[1:]], numbers, side="right")
    ]
    assert (predicted == targets).sum() == best


def test_a_class_that_wins_too_little_gets_no_interval() -> None:
    numbers, targets = np.array([0, 0, 0, 1, 2, 2, 2]), np.array([0, 0, 0, 1, 2, 2, 2])
    assert [each.label for each in best_intervals(numbers, targets, 3)] == [0, 1, 2]
    assert [each.label for each in best_intervals(numbers, targets, 3, toll=1.5)] == [0, 2]


@pytest.mark.parametrize(
    ("gaps", "tables"),
    [((1, 1), 2), ((1, 1, 1, 1, 1, 1, 1), 1), ((2, 2, 2), 1), ((3, -1), 1), ((5,), 1), ((1, 2), 2), ((-3, -3, 6), 1)],
)
def test_steps_and_words_are_the_same_sum(gaps: tuple[int, ...], tables: int) -> None:
    levels = (1, 4, 5, 9, 11, 12, 15)[: len(gaps)]
    steps = [((0, level), gap) for level, gap in zip(levels, gaps, strict=True)] + [((1, 3), 2)]
    found, weights, offset = stepped(CODING, steps)
    words = np.array([(a, b) for a in range(16) for b in range(8)])
    expected = sum(gap * (words[:, feature] >= level) for (feature, level), gap in steps)
    stage = Lookup(found)
    assert (stage.apply(words) @ weights + offset == expected).all()
    assert stage.read_levels(CODING.intervals()) == (levels, (3,))
    assert len(found) == tables + 1


@pytest.mark.parametrize("penalty", [0.0, 0.05])
def test_a_walk_finds_what_products_compare(penalty: float) -> None:
    words = np.array(list(product(range(5), repeat=4)))
    left, right = ((words[:, place] + 1) * (words[:, place + 1] + 1) for place in (0, 2))
    coding = InputCoding(("a", "b", "c", "d"), (3,) * 4, (0.0,) * 4, (8.0,) * 4)
    rows = Learning(words, np.sign(left - right) + 1, coding, (-1, 0, 1), replace(PRICES, level_mw=np.zeros((4, 8))))
    found = Additive().fit(rows, {"largest": 5, "toll": 0.003, "penalty": penalty}, np.random.default_rng(0))
    # The logarithms 0, 3, 5, 6, 7 tell all but a few products apart.
    assert (found.predict(words) == rows.targets).mean() > 0.96


@pytest.mark.parametrize("largest", [1, 3])
def test_no_step_is_larger_than_the_largest_and_a_dear_one_is_left_out(largest: int) -> None:
    random = np.random.default_rng(1)
    reached = np.sort(random.integers(2, size=(6, 50)), axis=0)[::-1].copy()
    targets = (reached.sum(axis=0) > 3).astype(np.int64)
    prices = np.zeros((7, largest + 1))
    prices[2:, 1:] = 100.0
    heat = (random.random((2000, 4)), 0.5, 0.01)
    found = walked(reached, targets, 2, prices, np.zeros(6, dtype=np.int64), heat)
    assert np.abs(found).max() <= largest
    assert not found[2:].any()


@pytest.mark.parametrize("classes", [2, 4])
def test_wires_make_the_words_and_the_proof_holds(classes: int) -> None:
    rows = learning(150, classes)
    parameters = {"largest": 3, "toll": 0.01, "penalty": 0.05}
    model = Additive().fit(rows, parameters, np.random.default_rng(0))
    assert (model.predict(rows.words) == rows.targets).mean() > 0.7
    boundary = Boundary.of(model, "unary")
    lowered = lower(model, EGFET_COSTS, boundary)
    assert prove_lowered(model, lowered.netlist, lowered.certificate, boundary=boundary).status == "proven"
    assert not [key for key in lowered.certificate.words if key[0] == "input"]


def test_rows_of_one_class_or_one_number_are_no_fault() -> None:
    rows = learning(20, 3)
    parameters = next(iter(Additive().candidates()))
    for part in (rows.targets == 0, np.arange(20) == 0):
        model = Additive().fit(rows.part(part), parameters, np.random.default_rng(0))
        assert (model.predict(rows.words[part]) == rows.targets[part]).all()


def test_permuted_classes_give_permuted_intervals() -> None:
    numbers = np.repeat(np.arange(3), 5)
    for order in permutations(range(3)):
        found = best_intervals(numbers, np.array(order)[numbers], 3)
        assert [each.label for each in found] == list(order)
