"""Cells without use: changing what they put out changes no output, whatever the free inputs are."""

from __future__ import annotations

import numpy as np
import pytest
from random_models import all_words, random_netlist

from bespoke.cells import load_library
from bespoke.estimate import idle_cells
from bespoke.netlist import MappedNetlist, NetlistBuilder
from bespoke.sim import pack_words
from bespoke.sim.evaluate import NetValues
from bespoke.techmap import map_cheapest

EGFET = load_library("egfet")


def outputs(mapped: MappedNetlist, words: np.ndarray, idle: list[bool], rng: np.random.Generator) -> list[int]:
    """Bit vectors of the outputs, where idle instances put out whatever they like."""
    count = len(words)
    nets = NetValues(mapped, EGFET, pack_words(words, mapped.inputs), count)
    for instance, is_idle in zip(mapped.instances, idle, strict=True):
        nets.evaluate([instance])
        for net in instance.fanouts if is_idle else ():
            nets.values[net] = int.from_bytes(rng.bytes(count // 8 + 1), "little") & ((1 << count) - 1)
    return [nets.values[net] for port in mapped.outputs for net in port.bits]


@pytest.mark.parametrize("seed", range(12))
def test_whatever_idle_cells_put_out_does_not_matter(seed):
    rng = np.random.default_rng(seed)
    mapped = map_cheapest([random_netlist(rng)], EGFET)
    words = all_words(tuple(port.width for port in mapped.inputs))
    port = mapped.inputs[0]
    value = int(rng.integers(4))
    words = words[words[:, 0] == value]
    idle = idle_cells(mapped, EGFET, {net: value >> bit & 1 for bit, net in enumerate(port.bits)})
    wanted = outputs(mapped, words, [False] * len(idle), rng)
    for _ in range(3):
        assert outputs(mapped, words, idle, rng) == wanted


def test_by_hand():
    builder = NetlistBuilder("n")
    a, b, c = builder.add_input("i", 3).bits
    builder.add_output("o", [builder.and_(builder.xor(a, b), c)])
    mapped = map_cheapest([builder.build()], EGFET)
    nets = mapped.inputs[0].bits
    assert not any(idle_cells(mapped, EGFET, {}))
    off = idle_cells(mapped, EGFET, {nets[2]: 0})
    # The last cell holds the output at 0, whatever the others put out.
    assert off == [net not in instance.fanouts for instance in mapped.instances for net in mapped.outputs[0].bits]
    # A constant that a cell in use reads has to be held.
    assert not any(idle_cells(mapped, EGFET, {nets[0]: 0}))
