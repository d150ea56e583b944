"""Shares of inputs on which approximate circuits differ."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bespoke.analysis import BRIEFLY, Examinee, Inputs, differences, output_errors
from bespoke.analysis.differences import THOROUGHLY, Effort
from bespoke.analysis.inputs import near_rows
from bespoke.model import Index, InputCoding, IntegerModel, Trees, Value
from bespoke.sim import every_input


def examinee(model: IntegerModel) -> Examinee:
    return Examinee(model, model.predict, model.stages[0].read_levels(model.coding.intervals()), is_edited=False)


def tree(rng: np.random.Generator, bits: tuple[int, ...], depth: int) -> IntegerModel:
    inner = (1 << depth) - 1
    nodes = np.arange(2 * inner + 1)
    is_inner = nodes < inner
    feature = np.where(is_inner, rng.integers(0, len(bits), len(nodes)), -1)
    threshold = np.where(is_inner, rng.integers(0, 1 << min(bits), len(nodes)), 0)
    left, right = np.where(is_inner, 2 * nodes + 1, -1), np.where(is_inner, 2 * nodes + 2, -1)
    values = np.where(is_inner, 0, rng.integers(0, 3, len(nodes)))
    return IntegerModel(coding(bits), (Trees(feature, threshold, left, right, values),), Index((0, 1, 2)))


def coding(bits: tuple[int, ...]) -> InputCoding:
    count = len(bits)
    return InputCoding(tuple(f"x{i}" for i in range(count)), bits, (0.0,) * count, (1.0,) * count)


@pytest.mark.slow_if("measured-sampling-0", "measured-sampling-1", "measured-sampling-2", "measured-sampling-3")
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("method", ["every cell", "boxes of leaves", "sampling"])
@pytest.mark.parametrize("name", ["uniform", "measured"])
def test_rate_is_that_of_all_inputs(seed: int, method: str, name: str) -> None:
    rng, bits = np.random.default_rng(seed), (3, 4, 2)
    exact, approximate = (examinee(tree(rng, bits, 4)) for _ in range(2))
    effort = THOROUGHLY if method == "every cell" else THOROUGHLY._replace(cells=0)
    if method == "sampling":
        exact = replace(exact, is_edited=True)
    rows = rng.integers(0, [8, 16, 4], (50, 3))
    inputs = Inputs.uniform(bits) if name == "uniform" else Inputs.measured(rows, bits)
    found = output_errors(exact, approximate, inputs, rows, rng, effort)
    words = every_input(bits)
    weight = np.prod([share[column] for share, column in zip(inputs.shares, words.T, strict=True)], axis=0)
    different = exact.model.predict(words) != approximate.model.predict(words)
    rate = float(weight[different].sum())
    assert found.method == method
    low, high = found.rate.interval
    if method == "sampling":
        assert low - 0.005 <= rate <= high + 0.005
        assert low < found.rate.value < high
    else:
        assert found.rate.value == pytest.approx(rate, rel=1e-12)
        assert low == high == found.rate.value
    assert found.row_rate == np.mean(exact.model.predict(rows) != approximate.model.predict(rows))


@pytest.mark.parametrize("effort", [BRIEFLY, BRIEFLY._replace(cells=0)])
def test_values_are_compared_and_not_the_words_that_stand_for_them(effort: Effort) -> None:
    rng, bits = np.random.default_rng(2), (3, 4, 2)
    one = tree(rng, bits, 4)
    (stage,) = one.stages
    assert isinstance(stage, Trees)
    coarse = replace(one, decision=Value())
    fine = replace(one, stages=(replace(stage, values=2 * stage.values),), decision=Value(frac_bits=1))
    found = output_errors(examinee(coarse), examinee(fine), Inputs.uniform(bits), None, rng, effort)
    assert (found.rate.value, found.words) == (0.0, ())
    other = replace(fine, decision=Value())
    words = every_input(bits)
    found = output_errors(examinee(coarse), examinee(other), Inputs.uniform(bits), None, rng, effort)
    assert found.rate.value == np.mean(coarse.predict(words) != other.predict(words)) > 0
    assert [word.name for word in found.words] == ["output"]


def test_samples_of_many_features_are_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    rng, bits = np.random.default_rng(3), (3, 4, 2)
    exact, approximate = (replace(examinee(tree(rng, bits, 4)), is_edited=True) for _ in range(2))
    monkeypatch.setattr(differences, "_MOST_VALUES", 3 * 1_000)
    found = output_errors(exact, approximate, Inputs.uniform(bits), None, rng, BRIEFLY._replace(cells=0))
    assert (found.method, found.looked_at) == ("sampling", 1_000)


def test_inputs_near_rows_are_all_in_their_boxes_and_alike() -> None:
    rng, rows = np.random.default_rng(0), np.array([[0, 5], [7, 0]])
    words, counts = np.unique(near_rows(rows, (3, 3), 60_000, rng), axis=0, return_counts=True)
    assert [tuple(word) for word in words.tolist()] == [
        *((a, b) for a in (0, 1) for b in (4, 5, 6)),
        *((a, b) for a in (6, 7) for b in (0, 1)),
    ]
    assert np.abs(counts / 30_000 - np.repeat([1 / 6, 1 / 4], [6, 4])).max() < 0.01


def test_the_rate_near_rows_is_that_of_their_boxes() -> None:
    rng, bits = np.random.default_rng(1), (3, 4, 2)
    exact, approximate = (examinee(tree(rng, bits, 4)) for _ in range(2))
    row = np.array([[3, 7, 1]])
    box = np.array([(a, b, c) for a in (2, 3, 4) for b in (6, 7, 8) for c in (0, 1, 2)])
    wanted = float(np.mean(exact.model.predict(box) != approximate.model.predict(box)))
    found = output_errors(exact, approximate, Inputs.uniform(bits), row, rng, BRIEFLY).near_rate
    assert found is not None
    assert found.value == pytest.approx(wanted, abs=0.01)
