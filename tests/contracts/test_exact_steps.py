"""Exact steps keep every function, give the same result twice, and leave the ports as they are."""

from collections.abc import Callable
from unittest.mock import patch

import numpy as np
import pytest
from random_models import all_words, random_model, random_netlist, random_shortcut, random_staged
from small_libraries import EGFET_COSTS

from bespoke.cells import load_libraries, load_library, technologies
from bespoke.lowering import DECISION_LOWERINGS, STAGE_LOWERINGS, lower
from bespoke.model import DECISIONS, STAGES, model_from_text, model_to_text
from bespoke.netlist import Netlist, from_aiger, to_aiger
from bespoke.opt import (
    SearchEffort,
    WindowEffort,
    annealed_on_values,
    as_simple_gates,
    equivalent_forms,
    fewest_ands,
    netlist_of,
    optimise,
    recover_xor,
    searched_in_windows,
    simplify,
    value_search,
    windows,
)
from bespoke.sim import pack_words, simulate, simulate_mapped
from bespoke.techmap import Objective, map_cheapest
from bespoke.verilog import read_netlist, write_netlist, write_rtl

BUILT_IN = [info.name for info in technologies() if info.name in ("egfet", "cnt_tft")]
SEEDS = range(8)
SHARES = (0.0, 0.3, 1.0)


def aiger_and_back(netlist: Netlist) -> Netlist:
    return from_aiger(to_aiger(netlist, netlist.output_literals()), netlist)


def high_effort(netlist: Netlist) -> Netlist:
    return equivalent_forms(netlist, load_library("egfet"), "high")[-1]


def on_values(netlist: Netlist) -> Netlist:
    def every(places, _most):
        return [np.array([[0], [1]])] * len(places)

    with patch.multiple(value_search, MOST_ANNEALED_GATES=1000, _WORK=20_000):
        found = annealed_on_values(as_simple_gates(netlist), EGFET_COSTS, every, np.random.default_rng(0))
    return netlist_of(found[0], netlist) if found else netlist


def in_windows(netlist: Netlist) -> Netlist:
    with patch.object(windows, "MOST_WINDOWED_GATES", 1000):
        effort = WindowEffort(5, 30, 300, SearchEffort(2_000, 0.5))
        return netlist_of(searched_in_windows(as_simple_gates(netlist), EGFET_COSTS, effort), netlist)


NEVER_MORE_GATES: dict[str, Callable[[Netlist], Netlist]] = {
    "simplify": simplify,
    "optimise": optimise,
    "recover_xor": recover_xor,
}
STEPS = {
    **NEVER_MORE_GATES,
    "fewest_ands": fewest_ands,
    "on values": on_values,
    "in windows": in_windows,
    "aiger": aiger_and_back,
}


def same_ports(first, second):
    return [(p.name, p.width, p.signed) for p in first] == [(p.name, p.width, p.signed) for p in second]


def check_step(step, seed):
    netlist = random_netlist(np.random.default_rng(seed))
    words = all_words(tuple(port.width for port in netlist.inputs))
    result = step(netlist)
    assert str(step(netlist)) == str(result)
    assert same_ports(netlist.inputs, result.inputs)
    assert same_ports(netlist.outputs, result.outputs)
    assert (simulate(result, words) == simulate(netlist, words)).all()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", STEPS)
def test_step_on_netlists(name, seed):
    check_step(STEPS[name], seed)


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("name", NEVER_MORE_GATES)
def test_never_more_gates(name, seed):
    netlist = random_netlist(np.random.default_rng(seed), gates=200)
    smaller = NEVER_MORE_GATES[name](netlist)
    assert smaller.gate_count <= len(netlist.live_nets() - set(range(1 + netlist.input_count)))


@pytest.mark.oracle
@pytest.mark.parametrize("seed", [0, 1])
def test_high_effort(seed, require_program):
    require_program("yosys-abc")
    check_step(high_effort, seed)


@pytest.mark.slow_unless("cnt_tft-0.0")
@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("technology", BUILT_IN)
def test_mapping_to_every_supply_voltage(technology, share):
    netlist = random_netlist(np.random.default_rng(len(technology)))
    words = all_words(tuple(port.width for port in netlist.inputs))
    objective = Objective(share, tuple(pack_words(words, netlist.inputs)), len(words)) if share else None
    for library in load_libraries(technology):
        mapped = map_cheapest([netlist], library, objective)
        assert map_cheapest([netlist], library, objective) == mapped
        assert same_ports(netlist.inputs, mapped.inputs)
        assert (simulate_mapped(mapped, library, words).outputs == simulate(netlist, words)).all()
        again = read_netlist(write_netlist(mapped, library), library)
        assert (simulate_mapped(again, library, words).outputs == simulate(netlist, words)).all()


@pytest.mark.parametrize("seed", [*range(8), 9, 10, 11])
@pytest.mark.parametrize("make", [random_model, random_staged, random_shortcut])
def test_a_model_gives_the_same_texts_twice(make, seed):
    model = make(np.random.default_rng(seed))
    again = model_from_text(model_to_text(model))
    first, second = lower(model, EGFET_COSTS), lower(again, EGFET_COSTS)
    assert str(first.netlist) == str(second.netlist)
    assert first.certificate == second.certificate
    assert write_rtl(model) == write_rtl(again)


def test_every_stage_and_decision_is_lowered():
    assert set(STAGE_LOWERINGS) == set(STAGES.values())
    assert set(DECISION_LOWERINGS) == set(DECISIONS.values())
