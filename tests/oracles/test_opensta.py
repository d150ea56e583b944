"""Delays under extrapolated tables are those of OpenSTA."""

import numpy as np
import pytest
from opensta import opensta_delay_ms
from random_models import random_netlist, random_sums

from bespoke.cells import GateCosts, load_library
from bespoke.estimate import analyse_timing
from bespoke.lowering import lower
from bespoke.techmap import map_cheapest

pytestmark = pytest.mark.oracle


@pytest.mark.parametrize("vdd", [0.6, 1.0])
@pytest.mark.parametrize("seed", [0, 1, 2, 4, 5, 6, 7, 8])
def test_extrapolated_delays(require_program, tmp_path, seed, vdd):
    require_program("sta")
    library, rng = load_library("egfet", vdd), np.random.default_rng(seed)
    lowered = lower(random_sums(rng), GateCosts.of(library)).netlist if seed % 2 else random_netlist(rng, gates=300)
    mapped = map_cheapest([lowered], library)
    ours = analyse_timing(mapped, library, table_ends="extrapolate").delay_ms
    assert ours == pytest.approx(opensta_delay_ms(mapped, library, tmp_path), rel=0.001)
