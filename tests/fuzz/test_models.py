"""Seeded random models of every kind through every executor; `make fuzz` runs the same with more of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from fuzzing import check_everything, check_icarus

MODELS = 80
ICARUS_MODELS = 10


@pytest.mark.slow_if("[3-9]?")
@pytest.mark.parametrize("seed", range(MODELS))
def test_all_executors_agree(seed: int) -> None:
    assert check_everything(np.random.default_rng(seed)) == []


@pytest.mark.oracle
@pytest.mark.parametrize("seed", range(1000, 1000 + ICARUS_MODELS))
def test_icarus_agrees(seed: int, require_program: Callable[[str], Path]) -> None:
    require_program("iverilog")
    assert check_icarus(np.random.default_rng(seed)) == []
