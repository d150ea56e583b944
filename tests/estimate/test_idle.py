"""Cells without use: changing what they put out changes no output, whatever the free inputs are."""

from __future__ import annotations

import numpy as np
import pytest
from random_models import all_words, random_netlist

from bespoke.cells import load_library
from bespoke.estimate import idle_cells
from bespoke.netlist import MappedNetlist, NetlistBuilder
from bespoke.sim import pack_words, simulate_mapped
from bespoke.sim.evaluate import NetValues
from bespoke.techmap import map_cheapest

EGFET = load_library("egfet")


def outputs(mapped: MappedNetlist, words: np.ndarray, inverted: int | None) -> list[int]:
    """Bit vectors of the outputs with the outputs of one instance inverted."""
    count = len(words)
    nets = NetValues(mapped, EGFET, pack_words(words, mapped.inputs), count)
    for number, instance in enumerate(mapped.instances):
        nets.evaluate([instance])
        if number == inverted:
            for net in instance.fanouts:
                nets.values[net] ^= (1 << count) - 1
    return [nets.values[net] for port in mapped.outputs for net in port.bits]


@pytest.mark.parametrize("seed", range(8))
def test_idle_cells_do_not_matter(seed):
    rng = np.random.default_rng(seed)
    mapped = map_cheapest([random_netlist(rng)], EGFET)
    words = all_words(tuple(port.width for port in mapped.inputs))
    port = mapped.inputs[0]
    value = int(rng.integers(4))
    words = words[words[:, 0] == value]
    idle = idle_cells(mapped, EGFET, {net: value >> bit & 1 for bit, net in enumerate(port.bits)})
    run = simulate_mapped(mapped, EGFET, words)
    wanted = outputs(mapped, words, None)
    for number, (instance, is_idle) in enumerate(zip(mapped.instances, idle, strict=True)):
        varies = any(0 < run.activity.ones[net] < len(words) for net in instance.fanouts)
        if is_idle and varies:
            assert outputs(mapped, words, number) == wanted


def test_by_hand():
    builder = NetlistBuilder("n")
    a, b, c = builder.add_input("i", 3).bits
    builder.add_output("o", [builder.and_(builder.xor(a, b), c)])
    mapped = map_cheapest([builder.build()], EGFET)
    nets = mapped.inputs[0].bits
    assert not any(idle_cells(mapped, EGFET, {}))
    assert all(idle_cells(mapped, EGFET, {nets[2]: 0}))
    assert 0 < sum(idle_cells(mapped, EGFET, {nets[0]: 0})) < len(mapped.instances)
