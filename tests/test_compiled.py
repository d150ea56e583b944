"""Compiled functions that borrow arrays."""

from __future__ import annotations

import numpy as np
import pytest
from numba.core.errors import NumbaError
from numpy.typing import NDArray

from bespoke import compiled
from bespoke.compiled import borrowing, entry


def test_a_borrowing_function_reads_and_writes_and_makes_none() -> None:
    @borrowing
    def doubled(values: NDArray[np.float64]) -> None:
        for i in range(len(values)):
            values[i] *= 2

    @borrowing
    def making(count: int) -> float:
        return float(np.ones(count).sum())

    @entry
    def all_doubled(values: NDArray[np.float64]) -> None:
        doubled(values)

    @entry
    def made(count: int) -> float:
        return making(count)

    values = np.arange(3.0)
    all_doubled(values)
    assert values.tolist() == [0.0, 2.0, 4.0]
    with pytest.raises(NumbaError):
        made(3)


def test_a_numba_without_the_option_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "_BORROWING", {})

    @borrowing
    def making(count: int) -> float:
        return float(np.ones(count).sum())

    @entry
    def made(count: int) -> float:
        return making(count)

    assert made(3) == 3.0
