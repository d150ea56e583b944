"""Error figures of weighted sums against those found by trying every input."""

from __future__ import annotations

import json
from importlib import import_module

import numpy as np
import pytest
from small_models import tree

from bespoke.analysis import SumErrors, sum_errors
from bespoke.analysis.sum_errors import difference
from bespoke.model import Affine, Argmax, InputCoding, IntegerModel
from bespoke.sim import every_input

CODING = InputCoding(("a", "b"), (3, 2), (0.0, 0.0), (8.0, 4.0))
ALL = every_input(CODING.bits)


def layer(random: np.random.Generator, outputs: int = 3, *, masked: bool) -> Affine:
    sources = np.array([0, 1, 0, 1]) if masked else np.array([0, 1])
    masks = random.integers(0, 8, 4) if masked else np.array([-1, -1])
    weights = random.integers(-9, 10, (outputs, len(sources)))
    return Affine(weights, random.integers(-9, 10, outputs), "identity", 0, sources, masks)


def model(hidden: list[Affine], last: Affine) -> IntegerModel:
    return IntegerModel(CODING, (*hidden, last), Argmax(("x", "y", "z")))


def found_errors(exact: IntegerModel, other: IntegerModel) -> SumErrors:
    found = sum_errors(exact, other, ALL)
    assert found is not None
    return found


@pytest.mark.parametrize("seed", range(20))
def test_worst_error_of_one_layer_is_reached_by_some_input(seed: int) -> None:
    random = np.random.default_rng(seed)
    exact, other = model([], layer(random, masked=False)), model([], layer(random, masked=True))
    for number, error in enumerate(found_errors(exact, other).errors):
        distance = np.abs(other.scores(ALL) - exact.scores(ALL))[:, number]
        assert error.worst_is_exact
        assert error.worst == distance.max() == error.worst_seen
        assert error.mean == pytest.approx(distance.mean())
        assert error.rms**2 == pytest.approx(error.variance + error.mean**2)
        assert error.error_rate == np.mean(distance > 0)
    assert np.array_equal(difference(exact.stages[0], other.stages[0]).sums(ALL), other.scores(ALL) - exact.scores(ALL))


@pytest.mark.parametrize("seed", range(10))
def test_worst_error_of_two_layers_is_a_bound_or_found_by_trying_all(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = np.random.default_rng(seed)

    def network(*, masked: bool) -> IntegerModel:
        first = layer(random, 2, masked=masked)
        hidden = Affine(first.weights, first.biases, "relu", 0, first.sources, first.masks)
        return model([hidden], layer(random, masked=False))

    exact, other = network(masked=False), network(masked=True)
    assert all(error.worst_is_exact and error.worst == error.worst_seen for error in found_errors(exact, other).errors)
    monkeypatch.setattr(import_module("bespoke.analysis.sum_errors"), "MAX_EXHAUSTIVE_BITS", 0)
    for number, error in enumerate(found_errors(exact, other).errors):
        distance = np.abs(other.scores(ALL) - exact.scores(ALL))[:, number]
        assert not error.worst_is_exact
        assert error.worst >= distance.max() == error.worst_seen


def pair_of_models() -> tuple[IntegerModel, IntegerModel]:
    random = np.random.default_rng(3)
    return model([], layer(random, masked=False)), model([], layer(random, masked=True))


def test_the_finding_is_plain_data_and_a_row_per_score() -> None:
    found = found_errors(*pair_of_models())
    data = json.loads(json.dumps(found.to_json()))
    assert [error["worst"] for error in data["errors"]] == [error.worst for error in found.errors]
    section = found.section()
    assert len(section.rows) == len(found.errors) == 3
    assert {len(row) for row in section.rows} == {len(section.head)}
    assert [row[-1] for row in section.rows] == [f"{error.worst:,}" for error in found.errors]


def test_without_rows_the_worst_error_is_known_all_the_same() -> None:
    exact, other = pair_of_models()
    found = sum_errors(exact, other, ALL[:0])
    assert found is not None
    assert [error.worst for error in found.errors] == [error.worst for error in found_errors(exact, other).errors]
    assert not any(error.error_rate or error.worst_seen for error in found.errors)


def test_models_of_other_stages_have_no_sums() -> None:
    exact, stump = pair_of_models()[0], tree([(0, 3, 1, 2), 0, 1], CODING.bits)
    assert sum_errors(stump, stump, ALL) is sum_errors(exact, stump, ALL) is None
