"""Edits in a network: values, freed gates and structure stay consistent with a rebuilt netlist."""

import numpy as np
import pytest
from random_models import all_words, random_netlist

from bespoke.netlist import GONE, Edit, apply_edits
from bespoke.prune.network import PruningNetwork
from bespoke.sim import pack_words, simulate, unpack_words

WORDS = all_words((2, 2, 2))


def network_of(netlist):
    return PruningNetwork(netlist, pack_words(WORDS, netlist.inputs), len(WORDS))


def words_of(netlist, vectors):
    return unpack_words(vectors, netlist.outputs, len(WORDS))


def random_edit(rng, network):
    net = int(rng.choice([*network.read_inputs(), *network.gates()]))
    cone = {net, *network.fanout_cone(net)}
    others = [other for other in network.live_nets() if other not in cone]
    a, b = (2 * int(rng.choice(others)) + int(rng.integers(2)) for _ in range(2))
    return Edit(net, a) if rng.random() < 0.6 else Edit(net, a, int(rng.integers(2)), b)


def new_value(network, edit):
    a, b = (network.values[literal] for literal in (edit.a, edit.b))
    return {-1: a, 0: a & b, 1: a ^ b}[edit.kind]


@pytest.mark.parametrize("seed", range(60))
def test_values_follow_edits(seed):
    rng = np.random.default_rng(seed)
    netlist = random_netlist(rng, gates=90)
    network, edits = network_of(netlist), []
    while network.gates() and len(edits) < 12:
        edit = random_edit(rng, network)
        net, before = edit.net, list(network.values)
        cone = sorted(network.fanout_cone(net), key=network.positions.__getitem__)
        differing = before[2 * net] ^ new_value(network, edit)
        expected = [
            now ^ ((now ^ then) & differing)
            for now, then in zip(network.output_values(), network.flipped_outputs(net, cone), strict=True)
        ]
        network.make(edit)
        edits.append(edit)
        frozen = apply_edits(netlist, edits)
        assert network.output_values() == expected
        assert (simulate(frozen, WORDS) == words_of(netlist, network.output_values())).all()
        assert network.freeze()[0].gate_count == frozen.gate_count
        assert frozen.gate_count <= len(network.gates())
        now = {net for net in network.gates() if network.values[2 * net] != before[2 * net]}
        assert set(network.changed) == now


@pytest.mark.parametrize("seed", range(30))
def test_freed_gates_are_those_that_go(seed):
    rng = np.random.default_rng(seed)
    network = network_of(random_netlist(rng, gates=90))
    for _ in range(12):
        edit = random_edit(rng, network) if network.gates() else None
        if edit is None:
            return
        before = {*network.read_inputs(), *network.gates()}
        freed = network.freed(network.folded(edit.net, edit.a))
        network.make(Edit(edit.net, edit.a))
        assert before - {*network.read_inputs(), *network.gates()} == freed
        assert all(network.kinds[net] == GONE for net in freed if net > network.input_count)


@pytest.mark.parametrize("seed", range(10))
def test_nothing_edited(seed):
    netlist = random_netlist(np.random.default_rng(seed))
    network = network_of(netlist)
    assert set(network.gates()) == {net for net in netlist.live_nets() if net > netlist.input_count}
    assert (simulate(network.freeze()[0], WORDS) == simulate(netlist, WORDS)).all()
