from itertools import pairwise

import numpy as np
import pytest
from random_models import all_words
from small_models import WORDS, mlp, tree

from bespoke.cells import GateCosts, load_library
from bespoke.lowering import lower
from bespoke.netlist import NetlistBuilder, apply_edits, literal_text
from bespoke.prune import PruningTask, expect_words, full_search, score_words
from bespoke.prune.full_search import significance
from bespoke.sim import simulate

COSTS = GateCosts.of(load_library("egfet"))

FRONTS = {0: 2, 1: 2, 2: 2, 3: 1, 4: 1, 5: 2}  # how many circuits to expect at least


def searched(seed, max_loss=0.3):
    model = mlp(seed, hidden=2)
    lowered = lower(model, COSTS)
    labels = model.predict(WORDS)
    words = score_words(lowered.certificate, lowered.netlist)
    task = PruningTask(WORDS, [expect_words(labels)])
    return lowered.netlist, labels, full_search(lowered.netlist, task, words, COSTS, max_loss, (0.7, 0.8, 0.9))


@pytest.mark.slow_if("2", "5")
@pytest.mark.parametrize("seed", FRONTS)
def test_front(seed):
    netlist, labels, front = searched(seed)
    assert front[0].loss == 0
    assert len(front) >= FRONTS[seed]
    for before, after in pairwise(front):
        assert before.loss < after.loss <= 0.3 + 1e-9
        assert before.cost > after.cost
    for state in front:
        assert state.loss == pytest.approx(np.mean(simulate(state.netlist, WORDS)[:, 0] != labels))
        assert (simulate(apply_edits(netlist, state.edits), WORDS) == simulate(state.netlist, WORDS)).all()
        assert all(edit.literals in ((0,), (1,)) for edit in state.edits)
        assert (state.netlist.inputs, state.netlist.outputs[0].width) == (netlist.inputs, netlist.outputs[0].width)


def test_rarely_high_gates_are_tied_up_to_a_bit():
    builder = NetlistBuilder("steady")
    x = builder.add_input("x", 6).bits
    rare = builder.all_of(x[:4])
    often = builder.xor(x[4], x[5])
    builder.add_output("y", [rare, often, builder.all_of(x[1:5]) ^ 1])
    netlist, words = builder.build(), all_words((6,))
    expected = simulate(netlist, words)[:, 0]
    bits = [port.bits for port in netlist.outputs]
    front = full_search(netlist, PruningTask(words, [expect_words(expected)]), bits, COSTS, 0.1, (0.9,))
    assert [len(state.edits) for state in front] == [0, 1, 2]
    # The most significant bit is rarely low; its gate, of which it is the complement, is tied to 0.
    assert {edit.net for state in front for edit in state.edits} <= {rare >> 1, netlist.outputs[0].bits[2] >> 1}
    assert front[1].loss == pytest.approx(4 / 64)


def test_significance_is_the_highest_bit_reached():
    builder = NetlistBuilder("reach")
    a, b, c = builder.add_input("x", 3).bits
    low = builder.and_(a, b)
    high = builder.xor(low, c)
    decision = builder.and_(high, a)
    builder.add_output("y", [decision])
    netlist = builder.build()
    reached = significance(netlist, [(low, 0, high ^ 1)])
    assert {literal_text(literal): reached[literal >> 1] for literal in (a, b, c, low, high, decision)} == {
        "n1": 2,
        "n2": 2,
        "n3": 2,
        "n4": 2,
        "n5": 2,
        "n6": -1,
    }
    assert significance(netlist, [(low, high)])[low >> 1] == 1
    assert significance(netlist, [(low,), (0, 0)])[high >> 1] == -1


@pytest.mark.slow
def test_score_words():
    lowered = lower(mlp(0), COSTS)
    assert set(score_words(lowered.certificate, lowered.netlist)) == {
        hint.result for key, hint in lowered.certificate.sums.items() if key[:2] == ("sum", 1)
    }
    lowered = lower(tree([(0, 3, 1, 2), 0, (1, 5, 3, 4), 1, 2]), COSTS)
    assert score_words(lowered.certificate, lowered.netlist) == (lowered.netlist.outputs[0].bits,)
