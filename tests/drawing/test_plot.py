"""Plots: where names stand."""

from __future__ import annotations

import re

import pytest

from bespoke.drawing import Point, Scatter, scatter


@pytest.mark.parametrize(("powers", "anchor"), [((0.1, 0.2, 9.0), "end"), ((0.1, 8.0, 9.0), "start")])
def test_the_name_of_a_line_stands_where_fewer_points_are(powers: tuple[float, ...], anchor: str) -> None:
    points = [Point(power, 0.9, f"circuit of {power}") for power in (*powers, 1.0)]
    shown = scatter(points, Scatter("power in mW", "accuracy", heights=[("forest of 300", 0.9)]))
    (found,) = re.findall(r'<text[^>]*text-anchor="(\w+)"[^>]*>forest of 300', shown)
    assert found == anchor
