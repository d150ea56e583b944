"""Replacement in a network: values, costs and structure stay consistent with a rebuilt netlist."""

import numpy as np
import pytest
from random_models import all_words, random_netlist

from bespoke.arith import gate_cost
from bespoke.errors import NetlistError
from bespoke.netlist import NetlistBuilder
from bespoke.prune import Cut, apply_cuts
from bespoke.prune.network import PruningNetwork
from bespoke.sim import pack_words, simulate, unpack_words

WORDS = all_words((2, 2, 2))


def network_of(netlist):
    return PruningNetwork(netlist, pack_words(WORDS, netlist.inputs), len(WORDS))


def words_of(netlist, vectors):
    return unpack_words(vectors, netlist.outputs, len(WORDS))


def random_replacement(rng, network):
    gates = network.gates()
    net = int(rng.choice(gates))
    cone = {net, *network.fanout_cone(net)}
    others = [other for other in network.live_nets() if other not in cone]
    return net, 2 * int(rng.choice(others)) + int(rng.integers(2))


@pytest.mark.parametrize("seed", range(60))
def test_values_and_cost_follow_replacements(seed):
    rng = np.random.default_rng(seed)
    netlist = random_netlist(rng, gates=90)
    network, cuts = network_of(netlist), []
    while network.gates() and len(cuts) < 12:
        net, literal = random_replacement(rng, network)
        expected = [
            a ^ ((a ^ b) & (network.values[2 * net] ^ network.values[literal]))
            for a, b in zip(
                network.output_values(), network.flipped_outputs(net, network.fanout_cone(net)), strict=True
            )
        ]
        gain, before = network.freed(network.folded(net, literal))[0], network.cost
        network.replace(net, literal)
        cuts.append(Cut(net, literal, 0.0, gain))
        frozen = apply_cuts(netlist, cuts)
        assert network.output_values() == expected
        assert (simulate(frozen, WORDS) == words_of(netlist, network.output_values())).all()
        assert before - network.cost == pytest.approx(gain)
        assert gate_cost(frozen) <= network.cost
        assert frozen.gate_count <= len(network.gates())


@pytest.mark.parametrize("seed", range(10))
def test_nothing_replaced(seed):
    netlist = random_netlist(np.random.default_rng(seed))
    network = network_of(netlist)
    assert network.cost == gate_cost(netlist)
    assert (simulate(network.freeze(), WORDS) == simulate(netlist, WORDS)).all()


def test_constants_fold_through_gates():
    builder = NetlistBuilder("chain")
    a, b, c = builder.add_input("x", 3).bits
    ab = builder.and_(a, b)
    builder.add_output("y", [builder.xor(builder.and_(ab ^ 1, c), a)])
    netlist = builder.build()
    network = network_of_three(netlist)
    assert network.folded(ab >> 1, 1) == {ab >> 1: 1, 5: 0, 6: a}
    network.replace(ab >> 1, 1)
    assert network.outputs == [a]
    assert network.cost == 0


def test_replacement_by_a_later_net():
    builder = NetlistBuilder("later")
    a, b, c = builder.add_input("x", 3).bits
    first = builder.and_(a, b)
    reader = builder.and_(first, c)
    later = builder.xor(b, c)
    builder.add_output("y", [reader, later])
    netlist = builder.build()
    result = apply_cuts(netlist, [Cut(first >> 1, later ^ 1, 0.0, 0.0)])
    words = all_words((3,))
    a, b, c = words[:, 0] & 1, words[:, 0] >> 1 & 1, words[:, 0] >> 2
    assert (simulate(result, words)[:, 0] == ((1 ^ b ^ c) & c) + 2 * (b ^ c)).all()


def network_of_three(netlist):
    words = all_words((3,))
    return PruningNetwork(netlist, pack_words(words, netlist.inputs), len(words))


@pytest.mark.parametrize(("net", "literal"), [(0, 1), (1, 0), (4, 12), (4, 8), (99, 0), (4, 99)])
def test_impossible_cuts(net, literal):
    builder = NetlistBuilder("small")
    a, b, c = builder.add_input("x", 3).bits
    builder.add_output("y", [builder.and_(builder.xor(builder.and_(a, b), c), a)])
    with pytest.raises(NetlistError, match="small"):
        apply_cuts(builder.build(), [Cut(net, literal, 0.0, 0.0)])
