"""Shorts between nets against a simulation of one short and one row at a time."""

from __future__ import annotations

import numpy as np
import pytest
from random_mapped import random_mapped, wide_library

from bespoke.faults import Rows, Wired, neighbours, short_effects, subject
from bespoke.netlist import Instance, MappedNetlist, Port

LIBRARY = wide_library()
WORDS = np.array([(a, b) for a in range(4) for b in range(16)])


def values_of(netlist: MappedNetlist, row: list[int], held: dict[int, int]) -> tuple[list[int], list[int]]:
    """What each net carries while some are held, and what drives it."""
    driven = [0, 1, *(row[0] >> at & 1 for at in range(2)), *(row[1] >> at & 1 for at in range(4))]
    values = [held.get(net, value) for net, value in enumerate(driven)]
    for name, fanins, fanouts in netlist.instances:
        state = sum(values[net] << pin for pin, net in enumerate(fanins))
        for net, output in zip(fanouts, LIBRARY[name].outputs, strict=True):
            driven.append(output.truth >> state & 1)
            values.append(held.get(net, driven[-1]))
    return values, driven


def word(netlist: MappedNetlist, values: list[int]) -> int:
    return sum(values[net] << bit for bit, net in enumerate(netlist.outputs[0].bits))


@pytest.mark.slow
@pytest.mark.parametrize("wired", ["and", "or"])
@pytest.mark.parametrize("seed", range(4))
def test_shorts_are_as_one_by_one(seed: int, wired: Wired) -> None:
    rng = np.random.default_rng(seed)
    netlist = random_mapped(rng, LIBRARY)
    join = min if wired == "and" else max
    good = [values_of(netlist, row, {})[0] for row in WORDS.tolist()]
    targets = np.array([word(netlist, values) for values in good]) ^ (rng.random(len(WORDS)) < 0.2)
    circuit = subject(netlist, LIBRARY)
    pairs = neighbours(circuit)
    found = short_effects(circuit, pairs, wired, Rows(WORDS, targets.astype(float)))
    unstable = 0
    for number, (first, second) in enumerate(pairs):
        losses = changed = 0
        for row, target, before in zip(WORDS.tolist(), targets.tolist(), good, strict=True):
            joint = join(before[first], before[second])
            values, driven = values_of(netlist, row, {first: joint, second: joint})
            is_stable = join(driven[first], driven[second]) == joint
            unstable += not is_stable
            changed += not is_stable or word(netlist, values) != word(netlist, before)
            losses += not is_stable or word(netlist, values) != target
        assert (found.losses[number], found.changed[number]) == (losses, changed)
    assert unstable
    assert len(set(found.losses.tolist())) > 3


def test_neighbours_meet_at_a_cell() -> None:
    instances = (Instance("NAND2", (2, 3), (5,)), Instance("NAND2", (5, 1), (6,)), Instance("NAND2", (5, 5), (7,)))
    ports = (Port("x", (2, 3, 4)),), (Port("y", (6, 7)),)
    netlist = MappedNetlist("small", "test", *ports, instances)
    assert neighbours(subject(netlist, LIBRARY)) == [(2, 3), (2, 5), (3, 5), (5, 6), (5, 7)]
    nothing = MappedNetlist("none", "test", (Port("x", (2,)),), (Port("y", (2,)),), ())
    circuit, rows = subject(nothing, LIBRARY), Rows(np.array([[0], [1]]), np.array([0.0, 0.0]))
    assert neighbours(circuit) == []
    assert short_effects(circuit, [], "and", rows).base == 1
