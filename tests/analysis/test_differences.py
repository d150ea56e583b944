"""Shares of inputs on which approximate circuits differ."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bespoke.analysis import Examinee, Inputs, output_errors
from bespoke.model import Index, InputCoding, IntegerModel, Trees
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
def test_rate_is_that_of_all_inputs(seed: int, method: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rng, bits = np.random.default_rng(seed), (3, 4, 2)
    exact, approximate = (examinee(tree(rng, bits, 4)) for _ in range(2))
    if method != "every cell":
        monkeypatch.setattr("bespoke.analysis.differences.MOST_CELLS", 0)
    if method == "sampling":
        exact = replace(exact, is_edited=True)
    rows = rng.integers(0, [8, 16, 4], (50, 3))
    inputs = Inputs.uniform(bits) if name == "uniform" else Inputs.measured(rows, bits)
    found = output_errors(exact, approximate, inputs, rows, rng)
    words = every_input(bits)
    weight = np.prod([share[column] for share, column in zip(inputs.shares, words.T, strict=True)], axis=0)
    different = exact.model.predict(words) != approximate.model.predict(words)
    rate = float(weight[different].sum())
    assert found.method == method
    if method == "sampling":
        assert found.interval[0] - 0.005 <= rate <= found.interval[1] + 0.005
        assert found.interval[0] < found.rate < found.interval[1]
    else:
        assert found.rate == pytest.approx(rate, rel=1e-12)
        assert found.interval == (found.rate, found.rate)
    assert found.row_rate == np.mean(exact.model.predict(rows) != approximate.model.predict(rows))
