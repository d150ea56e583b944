"""One gate or one wire changed: refuted wherever the function changed."""

from __future__ import annotations

import numpy as np
import pytest

from bespoke.cells import GateCosts, load_library
from bespoke.lowering import lower
from bespoke.model import Boundary
from bespoke.opt import optimise
from bespoke.proof import prove_lowered, prove_mapped
from bespoke.sim import simulate, simulate_mapped
from bespoke.techmap import map_cheapest

EGFET = load_library("egfet")
COSTS = GateCosts.of(EGFET)


def attack_lowered(kind, make_model, all_inputs, sabotage, seeds, inputs="binary"):
    refuted = 0
    for seed in seeds:
        rng = np.random.default_rng(seed)
        model = make_model(kind, seed, features=3, most_bits=4)
        boundary = Boundary.of(model, inputs)
        netlist, certificate, *_ = lower(model, COSTS, boundary)
        if not netlist.gate_count:
            continue
        broken, change = sabotage.damaged_netlist(netlist, rng)
        words = all_inputs(model)
        same = np.array_equal(simulate(broken, boundary.encode(words))[:, 0], model.predict(words))
        verdict = prove_lowered(model, broken, certificate, boundary=boundary)
        assert (verdict.status == "refuted") != same, (kind, seed, change, verdict)
        refuted += not same
    return refuted


@pytest.mark.slow_unless("sign", "sign_inclusive", "value", "label", "tree leaf", "tree value")
def test_damaged_gate_is_refuted(kind, make_model, all_inputs, sabotage):
    assert attack_lowered(kind, make_model, all_inputs, sabotage, range(8)) >= 1


@pytest.mark.slow_unless("tree leaf")
def test_damaged_gate_behind_thermometer_codes_is_refuted(kind, make_model, all_inputs, sabotage):
    """A change that shows on codes alone that no converter gives is none: the proof says so, too."""
    assert attack_lowered(kind, make_model, all_inputs, sabotage, range(12), "unary") >= 1


@pytest.mark.slow
def test_many_damaged_gates_are_refuted(kind, make_model, all_inputs, sabotage):
    assert attack_lowered(kind, make_model, all_inputs, sabotage, range(1000, 1080)) >= 8


@pytest.mark.oracle
def test_without_vectors_the_algebra_refutes_too(kind, make_model, all_inputs, sabotage, monkeypatch, require_program):
    """No simulation in advance: the walk itself must see the damage, and SAT find the input."""
    require_program("yosys-abc")
    monkeypatch.setattr("bespoke.proof.chain.stimuli", lambda ports: np.zeros((0, len(ports)), dtype=np.int64))
    assert attack_lowered(kind, make_model, all_inputs, sabotage, range(8)) >= 1


@pytest.mark.oracle
def test_damaged_cell_or_wire_is_refuted(kind, make_model, all_inputs, sabotage, require_program):
    require_program("yosys-abc")
    refuted = 0
    for seed in range(8):
        rng = np.random.default_rng(seed)
        model = make_model(kind, seed, features=3, most_bits=4)
        netlist = lower(model, COSTS).netlist
        mapped = map_cheapest([optimise(netlist)], EGFET)
        if not mapped.instances:
            continue
        broken, change = sabotage.damaged_mapped(mapped, EGFET, rng)
        words = all_inputs(model)
        same = np.array_equal(simulate_mapped(broken, EGFET, words).outputs[:, 0], model.predict(words))
        step = prove_mapped(netlist, broken, EGFET)
        assert step.status == ("proven" if same else "refuted"), (kind, seed, change, step)
        refuted += not same
    assert refuted >= 1
