"""What changes a netlist on purpose is recorded, can be made again, and keeps the limits it was given."""

import json

import numpy as np
import pytest
from random_edits import forced_outputs, random_edits
from random_models import all_words, random_netlist

from bespoke.arith import gate_cost
from bespoke.cells import GateCosts, load_library
from bespoke.errors import NetlistError, OutputError
from bespoke.netlist import WIRE, Edit, apply_edits, netlist_digest
from bespoke.prune import (
    EditList,
    PruningTask,
    edit_list_from_text,
    expect_words,
    full_search,
    lowering_effort_of,
    substitute,
)
from bespoke.sim import simulate

WORDS = all_words((2, 2, 2))
COSTS = {name: GateCosts.of(load_library(name)) for name in ("egfet", "cnt_tft")}
LIMITS = (0.0, 0.05, 0.2)


def edited(seed):
    rng = np.random.default_rng(seed)
    netlist = random_netlist(rng, gates=90)
    return netlist, random_edits(rng, netlist)


def by_substitution(netlist, labels, costs):
    return substitute(netlist, PruningTask(WORDS, [expect_words(labels)]), costs, LIMITS)


def by_full_search(netlist, labels, costs):
    words = [port.bits for port in netlist.outputs]
    task = PruningTask(WORDS, [expect_words(labels)])
    return [full_search(netlist, task, words, costs, limit, (0.6, 0.8, 0.95))[-1] for limit in LIMITS]


PRUNING = {"substitute": by_substitution, "full search": by_full_search}


def test_random_edits_are_of_every_kind():
    edits = [edit for seed in range(20) for edit in edited(seed)[1]]
    assert {edit.kind for edit in edits} == {WIRE, 0, 1}
    assert any(edit.kind == WIRE and edit.a > 1 for edit in edits)


@pytest.mark.parametrize("seed", range(20))
def test_edits_from_json_give_the_same_netlist(seed):
    netlist, edits = edited(seed)
    kept = EditList.of(netlist, edits, COSTS["cnt_tft"], effort="fast")
    again = edit_list_from_text(json.dumps(kept.to_json()), where="edits.json")
    assert again == kept
    assert str(again.apply(netlist)) == str(apply_edits(netlist, edits))


@pytest.mark.parametrize("seed", range(20))
def test_an_edited_netlist_is_the_netlist_with_its_nets_forced(seed):
    netlist, edits = edited(seed)
    assert (simulate(apply_edits(netlist, edits), WORDS) == forced_outputs(netlist, edits, WORDS)).all()


def test_lists_of_older_versions_are_read():
    netlist, edits = edited(3)
    wires = [edit for edit in edits if edit.kind == WIRE][:1]
    cuts = [{"net": edit.net, "literal": edit.a, "loss": 0.1, "gain": 3.0} for edit in wires]
    data = {"format": "bespoke-cuts", "version": 1, "lowered": netlist_digest(netlist), "thorough": True, "cuts": cuts}
    found = edit_list_from_text(json.dumps(data), where="cuts.json")
    assert wires
    assert found == EditList.of(netlist, wires, COSTS["egfet"], effort="high")


def test_another_netlist_is_refused():
    edits = EditList.of(edited(1)[0], [Edit(20, 0)], COSTS["egfet"], effort="greedy")
    with pytest.raises(NetlistError, match="another lowered netlist"):
        edits.apply(edited(2)[0])


def listed(**fields):
    data = {"format": "bespoke-edits", "version": 2, "lowered": "", "lowering": "fast", "costs": None, "edits": []}
    return json.dumps(data | fields)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        listed(version=3),
        listed(version=1),
        listed(costs={"inv": 1}),
        listed(costs=[1]),
        listed(edits=[{"net": 1}]),
        listed(edits=[[1, 2]]),
        listed(edits=[{"net": 1, "literal": 0.5}]),
        listed(edits=[{"net": 9, "gate": "nand", "a": 2, "b": 4}]),
        listed(format="bespoke-cuts", cuts=[[1, 2]]),
    ],
)
def test_other_texts_are_refused(text):
    assert edit_list_from_text(listed(), where="edits.json") == EditList(effort="fast")
    with pytest.raises(OutputError, match="not a list of edits"):
        edit_list_from_text(text, where="edits.json")


@pytest.mark.parametrize("technology", COSTS)
@pytest.mark.parametrize("name", PRUNING)
@pytest.mark.parametrize("seed", range(6))
def test_pruning_adds_no_gate_and_keeps_its_limit(name, technology, seed):
    rng = np.random.default_rng(seed)
    netlist, costs = random_netlist(rng, gates=90), COSTS[technology]
    labels = np.where(rng.random(len(WORDS)) < 0.2, 0, simulate(netlist, WORDS)[:, 0])
    start = np.mean(simulate(netlist, WORDS)[:, 0] != labels)
    for limit, state in zip(LIMITS, PRUNING[name](netlist, labels, costs), strict=True):
        again = simulate(apply_edits(netlist, state.edits), WORDS)[:, 0]
        assert (simulate(state.netlist, WORDS)[:, 0] == again).all()
        assert state.loss == pytest.approx(np.mean(again != labels))
        assert state.loss <= start + limit + 1e-9
        assert state.netlist.gate_count <= netlist.gate_count
        assert state.cost == gate_cost(state.netlist, costs) <= gate_cost(netlist, costs)


@pytest.mark.parametrize(
    ("data", "effort"),
    [({}, "greedy"), ({"thorough": False}, "greedy"), ({"thorough": True}, "high"), ({"lowering": "fast"}, "fast")],
)
def test_older_lists_and_manifests_say_how_sums_were_lowered(data, effort):
    assert lowering_effort_of(data) == effort


def test_an_unknown_effort_is_refused():
    with pytest.raises(ValueError, match="'x'; allowed: greedy, fast, high"):
        lowering_effort_of({"lowering": "x"})
