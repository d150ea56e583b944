"""Nets that carry a bit of the lowered netlist have its value on words of all kinds, rare ones too."""

from __future__ import annotations

import numpy as np
import pytest
from small_models import svm

from bespoke.approx import with_shortcut
from bespoke.cells import GateCosts, load_library
from bespoke.lowering import lower
from bespoke.model import Boundary, Trees
from bespoke.netlist import FALSE, NetlistBuilder
from bespoke.proof import carriers
from bespoke.sim import net_values, pack_words, random_inputs
from bespoke.techmap import map_cheapest

EGFET = load_library("egfet")
LARGE = svm([[5, -3, 2], [1, 7, -4], [-6, 2, 3]], [0, 40, 90], bits=(6, 6, 6))
# Answers where all words are above 61.
NODES = [(0, 61, 1, 2), (-1, 0, -1, -1), (1, 61, 3, 4), (-1, 0, -1, -1), (2, 61, 5, 6), *[(-1, 0, -1, -1)] * 2]
RARE = Trees(*np.array(NODES).T, np.array([[0, 0]] * 6 + [[1, 1]]))


@pytest.mark.slow_if("unary")
@pytest.mark.parametrize("inputs", ["binary", "unary"])
def test_a_bit_that_is_rarely_set(inputs):
    cascade = with_shortcut(LARGE, RARE)
    boundary = Boundary.of(cascade, inputs)
    lowered = lower(cascade, GateCosts.of(EGFET), boundary)
    (bit,) = lowered.certificate.words["inner", 0, 0]
    mapped = map_cheapest([lowered.netlist], EGFET)
    found = carriers(lowered.netlist, bit, mapped, EGFET)
    assert found
    words = random_inputs(LARGE.coding.bits, 4000, 1)
    assert np.mean((words > 61).all(axis=1)) < 0.001
    words = np.vstack([words, np.maximum(63 - random_inputs((3, 3, 3), 400, 2), 0)])
    easy = (words > 61).all(axis=1)
    assert easy.sum() > 5
    values = net_values(mapped, EGFET, pack_words(boundary.encode(words), mapped.inputs), len(words))
    for net, value in found.items():
        for row, is_easy in enumerate(easy.tolist()):
            assert values[net] >> row & 1 == (value if is_easy else 1 - value)


def test_inputs_and_constants():
    builder = NetlistBuilder("n")
    a, b = builder.add_input("i", 2).bits
    builder.add_output("o", [builder.and_(a ^ 1, b)])
    netlist = builder.build()
    mapped = map_cheapest([netlist], EGFET)
    nets = mapped.inputs[0].bits
    assert carriers(netlist, a, mapped, EGFET)[nets[0]] == 1
    assert carriers(netlist, a ^ 1, mapped, EGFET)[nets[0]] == 0
    assert nets[1] not in carriers(netlist, a, mapped, EGFET)
    assert carriers(netlist, FALSE, mapped, EGFET) == {}
