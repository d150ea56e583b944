"""Interpolation in tables, by hand."""

from __future__ import annotations

import pytest

from bespoke.cells import Table
from bespoke.estimate.curve import at_load

TABLE = Table((1.0, 3.0), (10.0, 20.0), ((100.0, 200.0), (300.0, 500.0)))


@pytest.mark.parametrize(
    ("slew", "load", "expected"),
    [
        (1.0, 10.0, 100.0),
        (3.0, 20.0, 500.0),
        (2.0, 10.0, 200.0),
        (1.0, 15.0, 150.0),
        (2.0, 15.0, 275.0),  # mean of 150 and 400
        (1.0, 0.0, 0.0),  # linear below the first load
        (1.0, 40.0, 400.0),  # and above the last
        (0.0, 10.0, 100.0),  # the edge's value outside the transition times
        (99.0, 20.0, 500.0),
        (99.0, 0.0, 100.0),
    ],
)
def test_bilinear(slew, load, expected):
    assert at_load(TABLE, load).at(slew) == pytest.approx(expected)


def test_scalar():
    assert at_load(Table((0.0,), (0.0,), ((7.0,),)), 123.0).at(45.0) == 7.0


def test_one_axis_only():
    assert at_load(Table((0.0,), (0.0, 10.0), ((1.0, 3.0),)), 20.0).at(9.0) == 5.0
    assert at_load(Table((0.0, 10.0), (0.0,), ((1.0,), (3.0,))), 20.0).at(5.0) == 2.0


def test_many_points():
    table = Table((0.0,), (1.0, 2.0, 4.0), ((10.0, 30.0, 40.0),))
    assert [at_load(table, load).at(0.0) for load in (0.0, 1.0, 1.5, 2.0, 3.0, 6.0)] == [-10, 10, 20, 30, 35, 50]


@pytest.mark.parametrize(
    ("slew", "load", "expected"),
    [
        (2.0, 10.0, 200.0),  # within the table both rules are one
        (4.0, 10.0, 400.0),
        (0.0, 10.0, 0.0),
        (9.0, 20.0, 1400.0),
        (-1.0, 20.0, -100.0),
        (4.0, 15.0, 525.0),  # mean of 400 and 650
    ],
)
def test_lines_may_go_on_beyond_the_transition_times(slew, load, expected):
    assert at_load(TABLE, load, "extrapolate").at(slew) == pytest.approx(expected)


def test_lines_without_a_second_point_do_not_go_on():
    assert at_load(Table((0.0,), (0.0, 10.0), ((1.0, 3.0),)), 20.0, "extrapolate").at(9.0) == 5.0
