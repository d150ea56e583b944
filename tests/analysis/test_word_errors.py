"""Error figures of scores against those found by trying every input."""

from __future__ import annotations

import json

import numpy as np
import pytest
from small_models import tree

from bespoke.analysis import Examinee, Inputs, output_errors
from bespoke.analysis.word_errors import Sample, WordErrors, difference, score_errors
from bespoke.model import Affine, Argmax, InputCoding, IntegerModel, Sign, Value, Votes
from bespoke.sim import every_input

CODING = InputCoding(("a", "b"), (3, 2), (0.0, 0.0), (8.0, 4.0))
ALL = every_input(CODING.bits)
UNIFORM = Inputs.uniform(CODING.bits)


def layer(random: np.random.Generator, outputs: int = 3, *, masked: bool) -> Affine:
    sources = np.array([0, 1, 0, 1]) if masked else np.array([0, 1])
    masks = random.integers(0, 8, 4) if masked else np.array([-1, -1])
    weights = random.integers(-9, 10, (outputs, len(sources)))
    return Affine(weights, random.integers(-9, 10, outputs), "identity", 0, sources, masks)


def model(hidden: list[Affine], last: Affine) -> IntegerModel:
    return IntegerModel(CODING, (*hidden, last), Argmax(("x", "y", "z")))


def network(random: np.random.Generator, *, masked: bool) -> IntegerModel:
    first = layer(random, 2, masked=masked)
    hidden = Affine(first.weights, first.biases, "relu", 0, first.sources, first.masks)
    return model([hidden], layer(random, masked=False))


def found(exact: IntegerModel, other: IntegerModel, inputs: Inputs = UNIFORM) -> list[WordErrors]:
    return score_errors(exact, other, inputs, Sample.of(inputs, ALL))


@pytest.mark.parametrize("name", ["uniform", "measured"])
@pytest.mark.parametrize("seed", range(20))
def test_errors_of_sums_of_the_inputs_are_those_of_all_inputs(seed: int, name: str) -> None:
    random = np.random.default_rng(seed)
    exact, other = model([], layer(random, masked=False)), model([], layer(random, masked=True))
    inputs = UNIFORM if name == "uniform" else Inputs.measured(random.integers(0, [8, 4], (30, 2)), CODING.bits)
    weight = np.prod([share[column] for share, column in zip(inputs.shares, ALL.T, strict=True)], axis=0)
    for number, (word, figures, limit) in enumerate(found(exact, other, inputs)):
        errors = (other.scores(ALL) - exact.scores(ALL))[:, number]
        assert (word, figures.method, figures.inputs) == (f"score {number}", "convolution", len(ALL))
        assert figures.worst == np.abs(errors)[weight > 0].max()
        assert limit == np.abs(errors).max()
        assert float(figures.error_rate) == pytest.approx(weight[errors != 0].sum())
        assert float(figures.mean) == pytest.approx(weight @ errors)
        assert float(figures.mean_absolute) == pytest.approx(weight @ np.abs(errors))
        assert float(figures.variance) == pytest.approx(weight @ errors**2 - (weight @ errors) ** 2)
    assert np.array_equal(difference(exact.stages[0], other.stages[0]).sums(ALL), other.scores(ALL) - exact.scores(ALL))


@pytest.mark.parametrize("seed", range(10))
def test_errors_of_networks_are_limited_by_ranges_or_found_by_trying_all(seed: int) -> None:
    random = np.random.default_rng(seed)
    exact, other = network(random, masked=False), network(random, masked=True)
    distances = np.abs(other.scores(ALL) - exact.scores(ALL)).max(axis=0).tolist()
    whole = found(exact, other)
    assert [(word.figures.method, word.figures.worst, word.limit) for word in whole] == [
        ("exhaustive", distance, distance) for distance in distances
    ]
    for word, distance in zip(score_errors(exact, other, UNIFORM, Sample(ALL, is_whole=False)), distances, strict=True):
        assert word.figures.method == "sampling"
        assert word.limit is not None
        assert word.limit >= word.figures.worst == distance


def test_low_bits_that_a_score_drops_are_no_error() -> None:
    exact = model([], layer(np.random.default_rng(0), masked=False))
    sums = exact.stages[0]
    assert isinstance(sums, Affine)
    dropped = Affine(sums.weights, sums.biases, "identity", 0, dropped_bits=np.array([1, 2, 0]))
    assert [word.figures.worst for word in found(exact, model([], dropped))] == [0, 0, 0]


def test_the_finding_is_plain_data_and_a_row_per_score() -> None:
    random = np.random.default_rng(3)
    sides = [
        Examinee(one, one.predict, one.stages[0].read_levels(CODING.intervals()), is_edited=False)
        for one in (model([], layer(random, masked=masked)) for masked in (False, True))
    ]
    errors = output_errors(*sides, UNIFORM, None, random)
    data = json.loads(json.dumps(errors.to_json()))
    assert [word["limit"] for word in data["words"].values()] == [word.limit for word in errors.words]
    section = errors.section()
    assert len(section.rows) == len(errors.words) + 1 == 4
    assert {len(row) for row in section.rows} == {len(section.head)}


def test_the_row_of_a_value_has_the_share_of_outputs_and_the_figures_of_the_value() -> None:
    random = np.random.default_rng(3)
    models = [IntegerModel(CODING, (layer(random, 1, masked=masked),), Value()) for masked in (False, True)]
    sides = [
        Examinee(one, one.predict, one.stages[0].read_levels(CODING.intervals()), is_edited=False) for one in models
    ]
    errors = output_errors(*sides, UNIFORM, None, random)
    value = models[1].predict(ALL) - models[0].predict(ALL)
    rows = errors.section().rows
    assert [row[0] for row in rows] == ["output", "score 0"]
    assert rows[0][1:3] == (f"{np.mean(value != 0):.5f}", f"{value.mean():.4g}")


def test_worst_cases_of_many_features_are_found_whose_share_is_no_float() -> None:
    count = 300
    bits, zeros = (4,) * count, np.zeros(2, dtype=np.int64)
    coding = InputCoding(tuple(f"x{i}" for i in range(count)), bits, (0.0,) * count, (1.0,) * count)
    weights = np.random.default_rng(0).integers(-3, 4, (2, count))
    exact, other = (
        IntegerModel(coding, (Affine(each, zeros, "identity", 0),), Argmax((0, 1))) for each in (weights, weights + 1)
    )
    inputs = Inputs.uniform(bits)
    for word in score_errors(exact, other, inputs, Sample.of(inputs, np.zeros((1, count), dtype=np.int64))):
        assert word.figures.method == "convolution"
        assert word.figures.worst == word.limit == 15 * count
        assert float(word.figures.mean) == pytest.approx(7.5 * count)
        assert float(word.figures.variance) == pytest.approx((16**2 - 1) / 12 * count)


@pytest.mark.parametrize("name", ["unit of sums", "unit of the value", "rule", "trees"])
def test_scores_that_stand_for_something_else_are_not_compared(name: str) -> None:
    first = layer(np.random.default_rng(0), 1, masked=False)
    finer = Affine(first.weights, first.biases, "identity", 1)
    exact = IntegerModel(CODING, (first,), Sign(("x", "y")))
    others = {
        "unit of sums": IntegerModel(CODING, (finer,), Sign(("x", "y"))),
        "unit of the value": IntegerModel(CODING, (first,), Value(frac_bits=1)),
        "rule": IntegerModel(CODING, (first,), Votes(("x", "y"))),
        "trees": tree([(0, 3, 1, 2), 0, 1], CODING.bits),
    }
    assert found(IntegerModel(CODING, (first,), Value()) if name == "unit of the value" else exact, others[name]) == []
    assert len(found(exact, exact)) == 1


def test_trees_have_no_scores_that_are_numbers() -> None:
    stump = tree([(0, 3, 1, 2), 0, 1], CODING.bits)
    assert found(stump, stump) == []
