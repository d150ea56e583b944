"""Substitution keeps its limits, tells the truth about losses, and finds what is there to be found."""

from itertools import pairwise

import numpy as np
import pytest
from random_models import all_words, random_netlist
from small_models import WORDS, mlp, svm

from bespoke.arith import gate_cost
from bespoke.cells import GateCosts, load_library
from bespoke.lowering import lower
from bespoke.netlist import NetlistBuilder, apply_edits
from bespoke.opt import optimise
from bespoke.prune import InputCosts, PruningTask, Source, expect_words, substitute
from bespoke.prune.judge import accept_ranges
from bespoke.prune.network import PruningNetwork
from bespoke.sim import simulate

COSTS = GateCosts.of(load_library("egfet"))
READ_INPUTS = PruningNetwork.read_inputs


def error_rate(netlist, words, expected):
    return float(np.mean(simulate(netlist, words)[:, 0] != expected))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_states_of_a_classifier(seed):
    model = mlp(seed)
    netlist = optimise(lower(model, COSTS).netlist)
    labels = model.predict(WORDS)
    limits = (0.0, 0.02, 0.1)
    states = substitute(netlist, PruningTask(WORDS, [expect_words(labels)]), COSTS, limits)
    costs = [gate_cost(netlist, COSTS), *(state.cost for state in states)]
    assert costs == sorted(costs, reverse=True)
    assert costs[-1] < costs[0]
    for limit, state in zip(limits, states, strict=True):
        assert state.loss == pytest.approx(error_rate(state.netlist, WORDS, labels))
        assert state.loss <= limit + 1e-9
        assert state.netlist.inputs == netlist.inputs
        assert [(p.name, p.width) for p in state.netlist.outputs] == [(p.name, p.width) for p in netlist.outputs]
        assert state.loss == pytest.approx(error_rate(apply_edits(netlist, state.edits), WORDS, labels))
    for before, after in pairwise(states):
        assert before.edits == after.edits[: len(before.edits)]


@pytest.mark.parametrize("seed", range(20))
def test_several_terms_on_random_netlists(seed):
    rng = np.random.default_rng(seed)
    netlist, words = random_netlist(rng), all_words((2, 2, 2))
    exact = simulate(netlist, words)[:, 0]
    labels, counted = rng.integers(0, 32, len(words)), rng.random(len(words)) < 0.5
    counted[0] = True
    terms = [expect_words(exact), expect_words(labels, weight=0.5, counted=counted)]
    start = 0.5 * np.mean(exact[counted] != labels[counted])
    (state,) = substitute(netlist, PruningTask(words, terms), COSTS, [0.2])
    outputs = simulate(state.netlist, words)[:, 0]
    loss = np.mean(outputs != exact) + 0.5 * np.mean(outputs[counted] != labels[counted])
    assert state.loss == pytest.approx(loss)
    assert state.loss <= start + 0.2 + 1e-9


@pytest.mark.parametrize("weights", [(3, -5, 2), (2, 1, 1)])
def test_a_regressor_by_its_rounded_label(weights):
    model = svm([weights], [7])
    netlist = optimise(lower(model, COSTS).netlist)
    values = model.predict(WORDS)
    labels = np.clip((values + 4) // 8, 0, 4)
    low, high = np.where(labels == 0, -(10**9), 8 * labels - 4), np.where(labels == 4, 10**9, 8 * labels + 3)
    (state,) = substitute(netlist, PruningTask(WORDS, [accept_ranges(low, high)]), COSTS, [0.05])
    outputs = simulate(state.netlist, WORDS)[:, 0]
    assert state.loss == pytest.approx(np.mean(np.clip((outputs + 4) // 8, 0, 4) != labels))
    assert 0 < state.loss <= 0.05
    assert state.cost < 0.8 * gate_cost(netlist, COSTS)


@pytest.mark.slow
def test_the_same_twice():
    model = mlp(1)
    netlist = optimise(lower(model, COSTS).netlist)
    task = PruningTask(WORDS, [expect_words(model.predict(WORDS))])
    assert substitute(netlist, task, COSTS, (0.0, 0.05)) == substitute(netlist, task, COSTS, (0.0, 0.05))


def test_equal_and_opposite_signals_are_found():
    builder = NetlistBuilder("twins")
    a, b, c = builder.add_input("x", 3).bits
    either = builder.and_(a ^ 1, b ^ 1)
    again = builder.xor(builder.xor(a, b), builder.and_(a, b))  # a | b in another form
    builder.add_output("y", [builder.and_(either, c), builder.and_(again, c ^ 1)])
    netlist, words = builder.build(), all_words((3,))
    task = PruningTask(words, [expect_words(simulate(netlist, words)[:, 0])])
    (state,) = substitute(netlist, task, COSTS, [0.0])
    assert (simulate(state.netlist, words) == simulate(netlist, words)).all()
    assert state.netlist.gate_count == 3


@pytest.mark.slow
def test_budget_ends_the_search():
    model = mlp(2)
    netlist = optimise(lower(model, COSTS).netlist)
    task = PruningTask(WORDS, [expect_words(model.predict(WORDS))])
    few, more = (substitute(netlist, task, COSTS, [0.1], budget)[0] for budget in (netlist.gate_count + 20, 10_000))
    assert 0 < len(few.edits) <= 20
    assert few.edits == more.edits[: len(few.edits)]
    assert more.cost < few.cost


@pytest.mark.parametrize(("dear", "left"), [(1, {2, 3}), (2, {1, 3})])
def test_readers_of_a_dear_input_read_a_cheaper_one(dear, left):
    """Two levels of a feature that few vectors tell apart; the gates alone save nothing."""
    builder = NetlistBuilder("levels")
    low, high, other = builder.add_input("x", 3).bits
    builder.add_output("y", [builder.xor(low, other), builder.xor(high, other)])
    netlist = builder.build()
    words = np.array([[0], [3], [4], [7]] * 6 + [[1]])
    costs = InputCosts([Source((0, 1), tuple(100.0 if bit == dear else 5.0 for bit in (1, 2)), 3.0, is_word=False)])
    task = PruningTask(words, [expect_words(simulate(netlist, words)[:, 0])], costs)
    (state,) = substitute(netlist, task, COSTS, [0.05])
    assert state.loss == pytest.approx(1 / 25)
    assert {literal >> 1 for net in state.netlist.gates() for literal in net[2:]} & {1, 2, 3} == left
    (kept,) = substitute(netlist, task, COSTS, [0.03])
    assert kept.loss == 0


def test_inputs_that_are_read_are_found_once_for_each_edit(monkeypatch):
    netlist, words = random_netlist(np.random.default_rng(3)), all_words((2, 2, 2))
    found = []
    monkeypatch.setattr(PruningNetwork, "read_inputs", lambda network: found.append(0) or READ_INPUTS(network))
    costs = InputCosts([Source((0, 1, 2), (5.0, 5.0, 5.0), 3.0, is_word=False)])
    task = PruningTask(words, [expect_words(simulate(netlist, words)[:, 0])], costs)
    (state,) = substitute(netlist, task, COSTS, [0.3])
    assert len(found) == 1 + len(state.edits) > 2
