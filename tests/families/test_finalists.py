"""Which candidates become circuits."""

from __future__ import annotations

import pytest
from small_models import svm

from bespoke.families import FAMILIES, Candidate, best_of_each_family, distinct, finalists, power_ratios


def candidate(name: str, power: float, right: int, weight: int = 1) -> Candidate:
    """A candidate with so many of 100 rows right in each repetition."""
    model = svm([[weight, 1, 0], [1, 0, 0]], [0, 0])
    return Candidate(FAMILIES[name](), {}, model, power, {(1, 0): (right, 100), (2, 0): (right, 100)})


SMALL, MIDDLE, LARGE = candidate("tree", 0.1, 60), candidate("tree", 2.0, 70), candidate("linear", 20.0, 90)


def test_each_limit_has_its_turn_before_any_has_its_second() -> None:
    crowd = [candidate("tree", 0.05, 50) for _ in range(20)]
    chosen = finalists([*crowd, SMALL, MIDDLE, LARGE], {}, (0.1, 3.0, 30.0), 4)
    assert [id(each) for each in chosen[:3]] == [id(SMALL), id(MIDDLE), id(LARGE)]
    assert len(chosen) == 4


def test_what_built_circuits_draw_moves_the_others_of_their_family_below_a_limit() -> None:
    ratios = power_ratios([(candidate("linear", 8.0, 80), 0.4), (candidate("linear", 2.0, 80), 0.4)])
    assert ratios == {"linear": pytest.approx(0.1)}
    assert finalists([MIDDLE, LARGE], ratios, (3.0,), 1) == [LARGE]
    assert finalists([MIDDLE, LARGE], {}, (3.0,), 1) == [MIDDLE]


def test_of_equal_models_the_one_that_did_best_is_left() -> None:
    best, other = candidate("tree", 0.1, 61, weight=3), candidate("tree", 0.2, 60, weight=2)
    found = distinct([candidate("tree", 0.1, 60, weight=3), best, other])
    assert [id(each) for each in found] == [id(best), id(other)]


def test_each_family_is_known_by_its_best() -> None:
    cooler = candidate("tree", 1.0, 70)
    assert best_of_each_family([SMALL, MIDDLE, LARGE, cooler]) == [cooler, LARGE]
