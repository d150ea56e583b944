"""The whole estimate: hand-computed totals, edge cases, and an invariant over random netlists."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import numpy as np
import pytest
from round_library import LIBRARY, mapped

from bespoke.cells import load_libraries, load_library
from bespoke.errors import OptionError
from bespoke.estimate import analyse_timing, estimate
from bespoke.netlist import Activity, Instance, MappedNetlist, Port
from bespoke.sim import simulate_mapped

# An inverter behind a NAND: nets 2, 3 inputs, 4 NAND, 5 INV.
SAMPLE = mapped(2, [("NAND", (2, 3)), ("INV", (4,))], (5,))
ACTIVITY = Activity(5, (0, 5, 2, 3, 4, 1), (0, 0, 2, 2, 2, 2), ((1, 1, 2, 1), (1, 4)))


def test_totals_by_hand():
    found = estimate(SAMPLE, LIBRARY, ACTIVITY, period_ms=10.0)
    assert found.area_mm2 == 3.0
    # NAND (1 + 2 + 2*3 + 40) / 5 = 9.8 uW, INV (1 + 4*20) / 5 = 16.2 uW.
    assert found.static_power_mw == pytest.approx(0.026)
    # Half a toggle per step. NAND: 0.02 nJ for 10 pF at 2 V and (15 + 35) / 2; INV: as much, and 4 nJ. 14.52 nJ.
    assert found.dynamic_power_mw == pytest.approx((0.5 * (0.02 + 25) + 0.5 * (0.02 + 4)) / 10 * 1e-3)
    assert found.power_mw == found.static_power_mw + found.dynamic_power_mw
    # B falls, NAND rises 3, INV with one inverter behind it falls 0.5 + 0.1; against NAND falls 1.5, INV rises 2.
    assert found.delay_ms == 3.6
    assert (found.vdd, found.technology, found.period_ms) == (2.0, "round", 10.0)
    assert found.cells == {"INV": 1, "NAND": 1}


def test_breakdown_by_cell():
    found = estimate(SAMPLE, LIBRARY, ACTIVITY, period_ms=10.0)
    assert found.shares["NAND"].area_mm2 == 2.0
    assert found.shares["INV"].static_power_mw == pytest.approx(0.0162)
    assert sum(share.dynamic_power_mw for share in found.shares.values()) == pytest.approx(found.dynamic_power_mw)


def test_without_period_the_circuit_runs_at_its_delay():
    free = estimate(SAMPLE, LIBRARY, ACTIVITY)
    assert free.period_ms == free.delay_ms
    stated = estimate(SAMPLE, LIBRARY, ACTIVITY, period_ms=free.delay_ms)
    assert free == stated
    assert estimate(SAMPLE, LIBRARY, ACTIVITY, period_ms=2 * free.delay_ms).dynamic_power_mw == pytest.approx(
        free.dynamic_power_mw / 2
    )


@pytest.mark.parametrize("outputs", [(), (0,), (1, 0), (2,)])
@pytest.mark.parametrize("period_ms", [None, 5.0])
def test_no_instance(outputs, period_ms):
    empty = mapped(1, [], outputs)
    found = estimate(empty, LIBRARY, Activity(3, (0, 3, 1), (0, 0, 2), ()), period_ms=period_ms)
    assert (found.area_mm2, found.power_mw, found.delay_ms, found.cells) == (0.0, 0.0, 0.0, {})
    assert found.period_ms == (period_ms or 0.0)


@pytest.mark.parametrize("period_ms", [0.0, -1.0, float("nan"), float("inf")])
def test_bad_period(period_ms):
    with pytest.raises(OptionError, match="the period must be positive"):
        estimate(SAMPLE, LIBRARY, ACTIVITY, period_ms=period_ms)


def test_json():
    found = estimate(SAMPLE, LIBRARY, ACTIVITY).to_json()
    assert json.loads(json.dumps(found))["critical_path"][0] == {
        "instance": 0,
        "cell": "NAND",
        "pin": "B",
        "edge": "rise",
        "arrival_ms": 3.0,
    }
    assert {"area_mm2", "static_power_mw", "dynamic_power_mw", "power_mw", "delay_ms", "vdd", "technology"} <= set(
        found
    )


def test_egfet_inverter_by_hand():
    netlist = mapped(1, [("INVX1", (2,))], (3,))
    activity = Activity(4, (0, 4, 3, 1), (0, 0, 3, 3), ((1, 3),))
    found = estimate(netlist, load_library("egfet"), activity, period_ms=20.0)
    assert found.area_mm2 == 0.22842
    assert found.static_power_mw == pytest.approx((0.491103 + 3 * 19.2838) / 4 * 1e-3)
    # 12912.5 pF at 1 V: 6.456 nJ a toggle, and the internal energy of about 10 nJ: one toggle in 20 ms.
    assert 6.5e-3 / 20 < found.dynamic_power_mw < 40e-3 / 20


def random_netlist(rng, library, inputs, count):
    first = 2 + inputs
    instances = []
    for net in range(first, first + count):
        cell = library[rng.choice(sorted(library.cells))]
        instances.append(Instance(cell.name, tuple(rng.randrange(net) for _ in cell.inputs), (net,)))
    outputs = tuple(rng.randrange(first + count) for _ in range(4))
    return MappedNetlist(
        "r", library.name, (Port("x", tuple(range(2, first))),), (Port("y", outputs),), tuple(instances)
    )


@pytest.mark.slow
@pytest.mark.parametrize("technology", ["egfet", "cnt_tft"])
def test_random_netlists_at_every_voltage(technology):
    rng = random.Random(3)
    for library in load_libraries(technology):
        netlist = random_netlist(rng, library, 6, 60)
        words = np.random.default_rng(1).integers(0, 64, (50, 1))
        activity = simulate_mapped(netlist, library, words).activity
        found = estimate(netlist, library, activity)
        check_path(netlist, library, found)
        alone = (replace(netlist, outputs=(Port("y", (bit,)),)) for port in netlist.outputs for bit in port.bits)
        assert found.delay_ms == max(estimate(one, library, activity).delay_ms for one in alone)
        cells = [library[instance.cell] for instance in netlist.instances]
        assert found.static_power_mw >= sum(min(cell.static_power_uw) for cell in cells) / 1000
        assert found.static_power_mw <= sum(max(cell.static_power_uw) for cell in cells) / 1000
        loads = analyse_timing(netlist, library).loads_pf
        driven = [net for instance in netlist.instances for net in instance.fanouts]
        charged = sum(activity.toggles[net] * loads[net] for net in driven) * library.vdd**2 / 2
        assert found.dynamic_power_mw > charged * 1e-6 / 49 / found.period_ms
        quiet = simulate_mapped(netlist, library, words[:1].repeat(50, axis=0)).activity
        assert estimate(netlist, library, quiet).dynamic_power_mw == 0


def check_path(netlist, library, found):
    """The critical path is one of the netlist, from an input to an output, and as long as the delay."""
    path = found.critical_path
    arrivals = [step.arrival_ms for step in path]
    assert arrivals == sorted(arrivals)
    assert arrivals[-1] == found.delay_ms > 0
    nets = [
        netlist.instances[step.instance].fanins[[pin.name for pin in library[step.cell].inputs].index(step.pin)]
        for step in path
    ]
    ends = [netlist.instances[step.instance].fanouts[0] for step in path]
    assert nets[0] in netlist.inputs[0].bits
    assert nets[1:] == ends[:-1]
    assert ends[-1] in netlist.outputs[0].bits
