"""Seeded random ensembles of trees, from their libraries to the proof; `make fuzz` runs the same with more of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from ensemble_fuzzing import check_ensemble

pytestmark = pytest.mark.filterwarnings("ignore")
FAST = (10,)
SLOW = (0, 3, 6, *range(20, 50))
ICARUS = range(1000, 1006)


@pytest.mark.parametrize("seed", [*FAST, *(pytest.param(seed, marks=pytest.mark.slow) for seed in SLOW)])
def test_libraries_and_executors_agree(seed: int) -> None:
    assert check_ensemble(np.random.default_rng(seed)).problems == []


@pytest.mark.oracle
@pytest.mark.parametrize("seed", ICARUS)
def test_icarus_agrees(seed: int, require_program: Callable[[str], Path]) -> None:
    require_program("iverilog")
    assert check_ensemble(np.random.default_rng(seed), icarus=True).problems == []
