"""A limit on AND gates, and data that bring their own validation rows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from boolean_samples import rows_of
from boolean_samples import samples as bit_samples

from bespoke.data import CLASSIFICATION, Dataset
from bespoke.data.dataset import TEST, TRAINING, VALIDATION
from bespoke.errors import OptionError
from bespoke.families import FAMILIES, RaceOptions, enter
from bespoke.flow import Answer, Constraint, Design, DesignOptions, design_from_data
from bespoke.flow.answer import AnswerPoint, non_dominated
from bespoke.search import Work

QUICK = DesignOptions(families=("tree",), candidates=8, float_budget_s=0.0, jobs=1).with_settings(converters="none")


def samples() -> Dataset:
    """Rows of eight bits of which four decide; the validation rows are labelled otherwise where the second bit is 1."""
    bits = np.random.default_rng(0).integers(2, size=(600, 8))
    wanted = bits[:, 0] & bits[:, 1] | bits[:, 2] & bits[:, 3]
    parts = np.repeat([TRAINING, VALIDATION, TEST], 200)
    wanted[parts == VALIDATION] ^= bits[parts == VALIDATION, 1] & bits[parts == VALIDATION, 4]
    return Dataset("bits", tuple("abcdefgh"), bits, wanted, CLASSIFICATION, parts=parts)


@pytest.fixture(scope="module")
def answer() -> Answer:
    return design_from_data(samples(), QUICK, max_gates=3)


def test_the_chosen_circuit_keeps_the_limit_and_others_are_on_the_front(answer: Answer) -> None:
    gates = [point.design.circuit.and_nodes for point in answer.points]
    assert answer.chosen is not None
    assert answer.chosen.design.circuit.and_nodes <= 3
    most = max(point.validated for point in answer.points if point.design.circuit.and_nodes <= 3)
    assert answer.chosen.validated == most
    assert max(gates) <= 2 * (1.5 * 3 + 20)  # estimated in cells, built as gates


def test_own_validation_rows_compare_models_of_the_training_rows(answer: Answer) -> None:
    assert {(point.rows, point.test_rows) for point in answer.points} == {(200, 200)}
    assert max(point.validated for point in answer.points) < 0.85


def test_gates_count_among_points_where_they_are_limited() -> None:
    def point(power: float, gates: int, validated: float = 0.9) -> AnswerPoint:
        design = SimpleNamespace(size=lambda _: power, good_share=1.0, circuit=SimpleNamespace(and_nodes=gates))
        return AnswerPoint(cast(Design, design), "tree", {}, validated, validated, 100)

    points = [point(1.0, 12), point(2.0, 10, 0.8), point(1.0, 11), point(3.0, 10, 0.8)]
    assert [(each.size("power"), each.gates) for each in non_dominated(points, Constraint())] == [(1.0, 12)]
    assert [(each.size("power"), each.gates) for each in non_dominated(points, Constraint(max_gates=10))] == [
        (1.0, 11),
        (2.0, 10),
    ]


def test_the_test_part_of_the_data_stays(answer: Answer) -> None:
    assert {point.design.provenance.dataset.test_rows for point in answer.points} == {200}
    for test_size in (0.0, 0.2):
        with pytest.raises(OptionError, match="bits: the data have a test part of their own; got test size"):
            design_from_data(samples(), QUICK, test_size=test_size)


@pytest.mark.slow
def test_what_is_nearest_to_a_limit_that_nothing_keeps() -> None:
    nothing = design_from_data(samples(), QUICK, max_gates=0, min_accuracy=0.7)
    assert nothing.chosen is None
    assert "max_gates 0; coolest" in nothing.unmet
    assert f"fewest gates: {min(point.gates for point in nothing.points)}, " in nothing.unmet


@pytest.mark.slow
def test_circuits_are_there_though_all_are_estimated_too_large(tmp_path: Path) -> None:
    bits = rows_of(12, 300)
    data = Dataset("sums", tuple("abcdefghijkl"), bits, (bits.sum(axis=1) > 6).astype(int), CLASSIFICATION)
    large = replace(QUICK, families=("symmetric",), candidates=1, checkpoint=tmp_path / "search.jsonl")
    found = design_from_data(data, large, max_gates=1)
    assert found.chosen is None
    fewest = min(point.gates for point in found.points)
    assert (
        f"no circuit keeps max_gates 1; coolest: {found.points[0].size('power'):.3g} mW, fewest gates: {fewest}, "
        in (found.unmet)
    )
    assert '"nearest candidates"' in (tmp_path / "search.jsonl").read_text()
    assert design_from_data(data, large, max_gates=1, resume=True).rows() == found.rows()
    cold = design_from_data(data, replace(large, checkpoint=None), max_power_mw=1e-4)
    assert cold.points
    assert cold.chosen is None


@pytest.mark.slow
def test_circuits_are_trained_on_all_rows_but_chosen_without_the_validation_rows(tmp_path: Path) -> None:
    checkpoint = tmp_path / "search.jsonl"
    first = design_from_data(samples(), QUICK, max_gates=3, checkpoint=checkpoint)
    again = design_from_data(samples(), QUICK, max_gates=3, checkpoint=checkpoint, resume=True)
    assert again.rows() == first.rows()
    text = checkpoint.read_text()
    assert '"whole models"' in text
    assert '"gates"' in text


@pytest.mark.slow
def test_candidates_that_differ_in_their_toll_alone_are_tried_once() -> None:
    family = FAMILIES["tree"]()
    rows = bit_samples(rows_of(4, 50), rows_of(4, 50)[:, 0])
    entered = enter([family], rows, RaceOptions(candidates=40), Work())
    assert {candidate.parameters["toll"] for candidate in entered} == {0.0}
