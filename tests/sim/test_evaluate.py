from __future__ import annotations

import numpy as np
import pytest
from random_models import random_netlist
from small_libraries import PRINTED, SILICON, library

from bespoke.netlist import Activity, Instance, MappedNetlist, Port
from bespoke.sim import evaluate as evaluation
from bespoke.sim import mapped_outputs, net_values, pack_words, simulate, simulate_mapped, unpack_words
from bespoke.techmap import map_cheapest

LIBRARIES = {"printed": library(PRINTED), "silicon": library(SILICON)}


def slow_activity(netlist: MappedNetlist, values: list[int], count: int) -> Activity:
    """The same counts from rows of bits."""
    rows = np.array([[value >> vector & 1 for vector in range(count)] for value in values])
    states = []
    for instance in netlist.instances:
        numbers = sum(rows[net] << pin for pin, net in enumerate(instance.fanins))
        states.append(tuple(np.bincount(numbers, minlength=1 << len(instance.fanins)).tolist()))
    toggles = np.count_nonzero(np.diff(rows, axis=1), axis=1)
    return Activity(count, tuple(rows.sum(axis=1).tolist()), tuple(toggles.tolist()), tuple(states))


@pytest.mark.slow_if("*-silicon-*")
@pytest.mark.parametrize("freeing", [False, True])
@pytest.mark.parametrize("cells", LIBRARIES)
@pytest.mark.parametrize("seed", range(4))
def test_activity_and_outputs(monkeypatch: pytest.MonkeyPatch, seed: int, cells: str, *, freeing: bool) -> None:
    monkeypatch.setattr(evaluation, "BLOCK", 5)
    monkeypatch.setattr(evaluation, "FREE_FROM", 0 if freeing else 10**9)
    rng = np.random.default_rng(seed)
    netlist = random_netlist(rng, gates=120)
    mapped = map_cheapest([netlist], LIBRARIES[cells])
    words = rng.integers(0, 4, (77, 3))
    run = simulate_mapped(mapped, LIBRARIES[cells], words)
    values = net_values(mapped, LIBRARIES[cells], pack_words(words, mapped.inputs), len(words))
    assert run.activity == slow_activity(mapped, values, len(words))
    assert (run.outputs == simulate(netlist, words)).all()
    assert (mapped_outputs(mapped, LIBRARIES[cells], words) == run.outputs).all()


@pytest.mark.parametrize("pins", [(2, 2), (2, 3), (0, 3), (1, 3), (3, 1)])
@pytest.mark.parametrize("name", [name for name, (count, _, _) in PRINTED.items() if count == 2])
def test_states_of_tied_pins(name: str, pins: tuple[int, int]) -> None:
    ports = (Port("a", (2,)), Port("b", (3,)))
    mapped = MappedNetlist("n", "test", ports, (Port("y", (4,)),), (Instance(name, pins, (4,)),))
    words = np.array([[0, 1], [1, 1], [0, 0], [1, 0], [1, 1]])
    values = net_values(mapped, LIBRARIES["printed"], pack_words(words, ports), 5)
    assert simulate_mapped(mapped, LIBRARIES["printed"], words).activity == slow_activity(mapped, values, 5)


def test_values_are_let_go_of() -> None:
    chain = tuple(Instance("INV", (net,), (net + 1,)) for net in range(2, 1000))
    mapped = MappedNetlist("chain", "test", (Port("a", (2,)),), (Port("y", (1000,)),), chain)
    words = np.zeros((evaluation.FREE_FROM, 1), dtype=np.int64)
    nets = evaluation.NetValues(mapped, LIBRARIES["printed"], pack_words(words, mapped.inputs), len(words))
    alive = max(sum(map(bool, nets.values)) for _ in nets.blocks())
    assert alive < 2 * evaluation.BLOCK
    assert nets.values[-1] == 0
    assert nets.values[1000] == net_values(mapped, LIBRARIES["printed"], [0], len(words))[1000]


@pytest.mark.parametrize("count", [0, 1, 7, 8, 9, 65])
@pytest.mark.parametrize("signed", [False, True])
def test_wide_words(count: int, *, signed: bool) -> None:
    widths = (0, 1, 7, 8, 9, 16, 33, 62)
    ports = [Port(f"p{width}", (0,) * width, signed) for width in widths]
    low = [-(1 << width >> 1) if signed else 0 for width in widths]
    high = [max(1, (1 << width >> 1) if signed else 1 << width) for width in widths]
    words = np.random.default_rng(count).integers(low, high, (count, len(widths)))
    assert (unpack_words(pack_words(words, ports), ports, count) == words).all()
