"""Sound circuits are proven, circuits of another model never are."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from bespoke.cells import GateCosts, load_library
from bespoke.errors import ModelFileError, NetlistError, ToolError, ToolMissingError
from bespoke.lowering import lower
from bespoke.model import (
    LEAF,
    Affine,
    Compare,
    Gates,
    Index,
    InexactSums,
    InputCoding,
    IntegerModel,
    Lookup,
    Masks,
    Shortcut,
    Trees,
    replaced,
)
from bespoke.netlist import Certificate, Netlist, Port
from bespoke.opt import optimise
from bespoke.proof import Counterexample, Step, Verdict, ledger, prove_lowered, prove_mapped
from bespoke.proof.vectors import Comparison
from bespoke.sim import simulate
from bespoke.techmap import map_cheapest

EGFET = load_library("egfet")
COSTS = GateCosts.of(EGFET)


@pytest.mark.oracle
def test_random_models_are_proven(kind, make_model, require_program):
    require_program("yosys-abc")
    for seed in range(8):
        model = make_model(kind, seed)
        verdict = prove_lowered(model, *lower(model, COSTS)[:2])
        assert verdict.status == "proven", (kind, seed, verdict.detail)


@pytest.mark.slow
@pytest.mark.oracle
def test_many_random_models_are_proven(kind, make_model, require_program):
    require_program("yosys-abc")
    for seed in range(1000, 1100):
        model = make_model(kind, seed)
        verdict = prove_lowered(model, *lower(model, COSTS)[:2])
        assert verdict.status == "proven", (kind, seed, verdict.detail)


@pytest.mark.oracle
def test_whole_chain_is_proven(kind, make_model, require_program):
    require_program("yosys-abc")
    for seed in range(4):
        model = make_model(kind, seed)
        netlist, certificate, *_ = lower(model, COSTS)
        link = prove_mapped(netlist, map_cheapest([optimise(netlist)], EGFET), EGFET, model=model)
        verdict = Verdict((*prove_lowered(model, netlist, certificate).steps, link))
        assert verdict.status == "proven", (kind, seed, verdict.detail)
        assert verdict.steps[-1].name == "mapping"


def changed_affine(stage, rng, _sabotage):
    weights, biases = stage.weights.copy(), stage.biases.copy()
    row, column = int(rng.integers(weights.shape[0])), int(rng.integers(weights.shape[1] + 1))
    if column == weights.shape[1]:
        biases[row] += rng.choice([-1, 1])
    else:
        weights[row, column] += rng.choice([-1, 1])
    return replace(stage, weights=weights, biases=biases)


def changed_trees(stage, rng, _sabotage):
    node = int(rng.integers(stage.node_count))
    threshold, values = stage.threshold.copy(), stage.values.copy()
    if stage.feature[node] == LEAF:
        values[node, rng.integers(stage.output_count)] += rng.choice([-1, 1])
    else:
        threshold[node] += rng.choice([-1, 1])
    return replace(stage, threshold=threshold, values=values)


def changed_inexact(stage, rng, sabotage):
    return replace(stage, affine=changed_affine(stage.affine, rng, sabotage))


def changed_compare(stage, rng, _sabotage):
    levels = stage.levels.copy()
    levels[rng.integers(len(levels))] += rng.choice([-1, 1])
    return replace(stage, levels=levels)


def changed_lookup(stage, rng, _sabotage):
    tables = list(stage.tables)
    number = int(rng.integers(len(tables)))
    values = tables[number].values.copy()
    values[rng.integers(len(values))] += rng.choice([-1, 1])
    tables[number] = replace(tables[number], values=values)
    return Lookup(tuple(tables))


def changed_gates(stage, rng, sabotage):
    return Gates(sabotage.damaged_netlist(stage.netlist, rng)[0]) if stage.netlist.gate_count else stage


def changed_masks(stage, rng, _sabotage):
    """One bit of one word that one mode keeps is held at 0 instead, or a held one is not."""
    kept, held = stage.kept.copy(), stage.held.copy()
    place = int(rng.integers(stage.mode_count)), int(rng.integers(stage.output_count))
    bit = 1 << int(rng.integers(3))
    (held if held[place] & bit else kept)[place] &= ~bit
    return replace(stage, kept=kept, held=held)


def changed_shortcut(stage, rng, sabotage):
    """Another leaf or threshold of the tree, or one of the stages behind it."""
    if rng.random() < 0.5:
        return replace(stage, tree=changed_trees(stage.tree, rng, sabotage))
    number = int(rng.integers(len(stage.stages)))
    inner = stage.stages[number]
    return replace(stage, stages=replaced(stage.stages, {number: CHANGES[type(inner)](inner, rng, sabotage)}))


CHANGES = {
    Affine: changed_affine,
    InexactSums: changed_inexact,
    Trees: changed_trees,
    Compare: changed_compare,
    Lookup: changed_lookup,
    Gates: changed_gates,
    Masks: changed_masks,
    Shortcut: changed_shortcut,
}


@pytest.fixture(scope="session")
def changed_model(sabotage):
    """Function (model, rng) -> the model with one coefficient, threshold, leaf, level, entry or gate changed."""

    def change(model, rng):
        for _ in range(100):
            number = int(rng.integers(len(model.stages)))
            stage = model.stages[number]
            try:
                changed = CHANGES[type(stage)](stage, rng, sabotage)
                return replace(model, stages=replaced(model.stages, {number: changed}))
            except ModelFileError:  # a leaf without a class, or later stages that no longer fit
                continue
        raise AssertionError

    return change


@pytest.mark.oracle
def test_circuit_of_a_slightly_different_model_is_refuted(kind, make_model, changed_model, all_inputs, require_program):
    require_program("yosys-abc")
    rng = np.random.default_rng(5)
    different = 0
    for seed in range(10):
        model = make_model(kind, seed, features=3, most_bits=4)
        other = changed_model(model, rng)
        verdict = prove_lowered(model, *lower(other, COSTS)[:2])
        words = all_inputs(model)
        if np.array_equal(model.predict(words), other.predict(words)):
            assert verdict.counterexample is None
            continue
        different += 1
        assert verdict.status == "refuted", (kind, seed, verdict)
    assert different >= 1


@pytest.mark.oracle
def test_rare_difference_is_found_by_sat(make_model, require_program):
    """Two 32-bit sums that differ on a single input of 2**32: no random vector finds it."""
    require_program("yosys-abc")
    bits = 16
    model = make_model("sign", 3, features=3, most_bits=5)
    names = ("a", "b")
    coding = replace(model.coding, names=names, bits=(bits, bits), low=(0.0, 0.0), span=(1.0, 1.0))

    def above(bound):
        scores = Affine(np.array([[1, -1]]), np.array([-bound]), "identity", 0)
        return IntegerModel(coding, (scores,), model.decision)

    exact, loose = above(12345), above(12344)
    words = np.array([[20000, 20000 - 12345]])
    assert exact.predict(words) != loose.predict(words)
    verdict = prove_lowered(exact, *lower(loose, COSTS)[:2])
    assert verdict.status == "refuted"
    found = verdict.counterexample
    row = np.array([[found.features["a"], found.features["b"]]])
    assert exact.predict(row)[0] == found.expected != found.actual == loose.predict(row)[0]


@pytest.mark.oracle
def test_input_on_which_a_block_is_wrong_is_tried(require_program):
    """A tree that has another leaf for one of 2**32 inputs: nothing but SAT finds it."""
    require_program("yosys-abc")
    coding = InputCoding(("x", "y"), (16, 16), (0.0, 0.0), (1.0, 1.0))
    features, thresholds = [0, LEAF, 0, LEAF, 1, LEAF, 1, LEAF, LEAF], [122, 0, 123, 0, 455, 0, 456, 0, 0]
    left, right = [1, -1, 4, -1, 5, -1, 7, -1, -1], [2, -1, 3, -1, 6, -1, 8, -1, -1]
    exact, loose = (
        IntegerModel(coding, (Trees(features, thresholds, left, right, [0, 0, 0, 0, 0, 0, 0, leaf, 0]),), Index((0, 1)))
        for leaf in (1, 0)
    )
    verdict = prove_lowered(exact, *lower(loose, COSTS)[:2])
    assert verdict.counterexample == Counterexample({"x": 123, "y": 456}, expected=1, actual=0)
    assert [step.name for step in verdict.steps if step.status == "refuted"] == ["words"]


def test_counterexample_is_what_both_executors_say(make_model, changed_model):
    for seed in range(20):
        model = make_model("label", seed)
        lowered = lower(changed_model(model, np.random.default_rng(0)), COSTS)
        found = prove_lowered(model, *lowered[:2]).counterexample
        if found:
            break
    row = np.array([list(found.features.values())])
    assert model.predict(row)[0] == found.expected
    assert simulate(lowered.netlist, row)[0, 0] == found.actual
    assert found.expected != found.actual


def test_wrong_ports_are_refuted(make_model):
    model = make_model("argmax", 1)
    netlist, certificate, *_ = lower(model, COSTS)
    renamed = replace(netlist, inputs=(replace(netlist.inputs[0], name="y"), *netlist.inputs[1:]))
    assert prove_lowered(model, renamed, certificate).status == "refuted"
    other_output = replace(netlist, outputs=(replace(netlist.outputs[0], name="y"),))
    assert prove_lowered(model, other_output, certificate).status == "refuted"
    narrow = replace(netlist, outputs=(Port("prediction", ()),))
    assert "narrow" in prove_lowered(model, narrow, certificate).detail


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ({"fanin_a": (4,)}, "not below"),
        ({"kinds": (2,)}, "unknown gate kind"),
        ({"inputs": (Port("x", (4,)),)}, "port order"),
        ({"outputs": (Port("prediction", (6,)),)}, "unknown net"),
    ],
)
def test_malformed_netlist_is_named(fault, message):
    netlist = Netlist("loop", (Port("x", (2,)),), (Port("prediction", (4,)),), (0,), (2,), (1,))
    with pytest.raises(NetlistError, match=message):
        prove_lowered(None, replace(netlist, **fault), Certificate({}, {}))


def without_abc(error):
    def check(*_args):
        raise error

    return check


@pytest.mark.slow
def test_missing_solver_is_not_run(make_model, monkeypatch):
    # Netlists of the seeds below 50 are equal to their mapping without a search.
    netlists = (lower(make_model("argmax", seed), COSTS).netlist for seed in range(50, 150))
    pairs = ((netlist, map_cheapest([optimise(netlist)], EGFET)) for netlist in netlists)
    takes_sat = next(pair for pair in pairs if prove_mapped(*pair, EGFET, timeout_s=0).status == "not finished")
    monkeypatch.setattr(ledger, "check_false", without_abc(ToolMissingError("no ABC", allowed="pip")))
    step = prove_mapped(*takes_sat, EGFET)
    assert (step.status, step.detail) == ("not run", "no ABC; allowed: pip")


def open_model(make_model):
    """First model whose proof takes SAT."""
    models = (make_model("argmax", seed) for seed in range(100))
    return next(
        model for model in models if prove_lowered(model, *lower(model, COSTS)[:2], timeout_s=0).status != "proven"
    )


def open_verdict(make_model, **options):
    """Verdict on a model that takes SAT, which is not to be had."""
    model = open_model(make_model)
    return prove_lowered(model, *lower(model, COSTS)[:2], **options)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("error", "status"), [(ToolMissingError("no ABC", allowed="pip"), "not run"), (ToolError("crash"), "not finished")]
)
def test_blocks_that_need_sat_are_left_open_without_it(make_model, monkeypatch, error, status):
    monkeypatch.setattr(ledger, "check_false", without_abc(error))
    verdict = open_verdict(make_model)
    assert verdict.status == status
    assert str(error) in verdict.detail


@pytest.mark.slow
def test_no_time_is_not_finished(make_model):
    verdict = open_verdict(make_model, timeout_s=0)
    assert verdict.status == "not finished"
    assert "time limit" in verdict.detail


@pytest.mark.slow
def test_blocks_left_after_a_counterexample_are_not_proven(make_model, monkeypatch):
    """What SAT never saw must not read as proven, though another step refutes the circuit."""
    model = open_model(make_model)
    before = prove_lowered(model, *lower(model, COSTS)[:2], timeout_s=0)
    is_open = {step.name for step in before.steps if step.status == "not finished"}
    known = Counterexample({}, expected=0, actual=1)
    monkeypatch.setattr(Comparison, "difference", lambda *_: known)
    verdict = prove_lowered(model, *lower(model, COSTS)[:2])
    assert verdict.status == "refuted"
    steps = {step.name: step.status for step in verdict.steps}
    assert is_open
    assert {steps[name] for name in is_open} == {"not run"}


def test_verdict_is_as_good_as_its_worst_step():
    steps = [Step("a", "proven"), Step("b", "not run", "x"), Step("c", "not finished", "y"), Step("d", "refuted", "z")]
    for count, status in enumerate(("proven", "not run", "not finished", "refuted"), start=1):
        assert Verdict(tuple(steps[:count])).status == status
    assert Verdict(()).status == "not run"
    assert Verdict(tuple(steps)).detail == "d: z"


def test_json_is_plain(make_model):
    model = make_model("tree leaf", 2)
    data = prove_lowered(model, *lower(model, COSTS)[:2]).to_json()
    assert json.loads(json.dumps(data)) == data
    assert data["status"] == "proven"
