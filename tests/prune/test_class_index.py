"""A pruned classifier puts out classes only."""

from __future__ import annotations

import numpy as np
import pytest

from bespoke.netlist import NetlistBuilder
from bespoke.prune import limit_index
from bespoke.sim import simulate


@pytest.mark.parametrize("count", [1, 2, 3, 5, 6, 7, 8, 9, 10, 13, 16])
def test_classes_stay_and_other_numbers_become_one(count):
    width = max(1, (count - 1).bit_length())
    builder = NetlistBuilder("index")
    builder.add_output("prediction", builder.add_input("code", width).bits)
    codes = np.arange(1 << width)[:, None]
    limited = simulate(limit_index(builder.build(), count), codes)[:, 0]
    assert (limited < count).all()
    assert np.array_equal(limited[:count], np.arange(count))
    assert limit_index(builder.build(), count).gate_count <= 2 * width


def test_gates_and_complements_are_kept():
    builder = NetlistBuilder("index")
    a, b = builder.add_input("x", 2).bits
    builder.add_output("prediction", [builder.xor(a, b) ^ 1, builder.and_(a ^ 1, b)])
    netlist = builder.build()
    words = np.arange(4)[:, None]
    before, after = (simulate(each, words)[:, 0] for each in (netlist, limit_index(netlist, 3)))
    assert np.array_equal(after, np.where(before == 3, 2, before))
