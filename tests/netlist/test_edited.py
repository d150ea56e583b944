"""Edits of netlists: folding, order, and what cannot be made."""

import numpy as np
import pytest
from random_edits import forced_outputs, random_edits
from random_models import all_words, random_netlist

from bespoke.errors import NetlistError
from bespoke.netlist import AND, XOR, Edit, EditedNetwork, NetlistBuilder, apply_edits, edited_network
from bespoke.sim import literal_values, pack_words, simulate

WORDS = all_words((2, 2, 2))


@pytest.mark.parametrize("seed", range(60))
def test_every_prefix_of_edits_is_a_netlist(seed):
    rng = np.random.default_rng(seed)
    netlist = random_netlist(rng, gates=90)
    edits = random_edits(rng, netlist)
    for made in range(len(edits) + 1):
        edited = apply_edits(netlist, edits[:made])
        assert (simulate(edited, WORDS) == forced_outputs(netlist, edits[:made], WORDS)).all()
        assert edited.gate_count <= netlist.gate_count
        assert edited.live_nets() >= set(range(1 + netlist.input_count, edited.net_count))


@pytest.mark.parametrize("seed", range(20))
def test_literals_of_the_nets(seed):
    rng = np.random.default_rng(seed)
    netlist = random_netlist(rng)
    edited, literals = edited_network(netlist, []).freeze()
    packed = pack_words(WORDS, netlist.inputs)
    before, after = (literal_values(each, packed, len(WORDS)) for each in (netlist, edited))
    assert all(after[literals[net]] == before[2 * net] for net in netlist.live_nets())


def chain():
    builder = NetlistBuilder("chain")
    a, b, c = builder.add_input("x", 3).bits
    ab = builder.and_(a, b)
    builder.add_output("y", [builder.xor(builder.and_(ab ^ 1, c), a)])
    return builder.build()


def test_constants_fold_through_gates():
    network = EditedNetwork(chain())
    assert network.folded(4, 1) == {4: 1, 5: 0, 6: 2}
    network.make(Edit(4, 1))
    assert network.outputs == [2]
    assert network.freeze()[0].gate_count == 0


def test_gates_that_are_none_are_literals():
    for edit, literal in ((Edit(4, 2, AND, 1), 2), (Edit(4, 2, XOR, 3), 1), (Edit(4, 5, AND, 5), 5)):
        network, same = EditedNetwork(chain()), EditedNetwork(chain())
        network.make(edit)
        same.make(Edit(4, literal))
        assert str(network.freeze()[0]) == str(same.freeze()[0])


def test_a_net_may_be_edited_twice_and_a_replaced_one_be_read():
    netlist = chain()
    edits = [Edit(6, 4, XOR, 2), Edit(4, 6, AND, 7), Edit(6, 10, AND, 8)]
    with pytest.raises(NetlistError, match="unknown net"):
        apply_edits(netlist, [Edit(6, 4, XOR, 98)])
    assert apply_edits(netlist, edits).gate_count == 0  # n4 is 0, so n5 is the third input, and n6 nothing
    assert (simulate(apply_edits(netlist, edits), all_words((3,))) == 0).all()


def test_replacement_by_a_later_net():
    builder = NetlistBuilder("later")
    a, b, c = builder.add_input("x", 3).bits
    first = builder.and_(a, b)
    reader = builder.and_(first, c)
    later = builder.xor(b, c)
    builder.add_output("y", [reader, later])
    words = all_words((3,))
    a, b, c = words[:, 0] & 1, words[:, 0] >> 1 & 1, words[:, 0] >> 2
    result = apply_edits(builder.build(), [Edit(first >> 1, later ^ 1)])
    assert (simulate(result, words)[:, 0] == ((1 ^ b ^ c) & c) + 2 * (b ^ c)).all()
    result = apply_edits(builder.build(), [Edit(first >> 1, later, AND, 3)])
    assert (simulate(result, words)[:, 0] == ((1 ^ a) & (b ^ c) & c) + 2 * (b ^ c)).all()


@pytest.mark.parametrize(
    "edit",
    [
        Edit(0, 1),
        Edit(1, 12),
        Edit(4, 12),
        Edit(4, 8),
        Edit(99, 0),
        Edit(4, 99),
        Edit(4, -2),
        Edit(4, 2, AND, 12),
        Edit(4, 8, XOR, 2),
    ],
)
def test_impossible_edits(edit):
    with pytest.raises(NetlistError, match="chain"):
        apply_edits(chain(), [edit])


def test_a_net_that_an_earlier_edit_decided_is_no_gate():
    with pytest.raises(NetlistError, match="still there"):
        apply_edits(chain(), [Edit(4, 1), Edit(5, 1)])
