"""Static timing analysis of tiny netlists, by hand."""

from __future__ import annotations

from time import process_time

import pytest
from round_library import LIBRARY, mapped

from bespoke.cells import Arc, Cell, CellLibrary, InputPin, OutputPin, Table, load_library
from bespoke.errors import LibraryError, OptionError
from bespoke.estimate import Boundary, analyse_timing, default_boundary
from bespoke.estimate.timing import NEVER
from bespoke.netlist import Instance, MappedNetlist, Port

PINS = (InputPin("A", 0.0), InputPin("B", 0.0))
UNLOADED = Boundary(output_load_pf=0.0, input_slew_ms=0.0)


def steps(timing):
    return [(s.instance, s.cell, s.pin, s.edge, pytest.approx(s.arrival_ms)) for s in timing.critical_path]


def sloped(pin, transition):
    one, end = Table((0.0,), (0.0,), ((1.0,),)), Table((0.0,), (0.0,), ((transition,),))
    return Arc(pin, "positive_unate", one, one, end, end)


def test_two_inverters_take_a_rise_and_a_fall():
    # First: 10 pF of the second's pin: rise 1 + 1 = 2, fall 0.5 + 0.1 = 0.6. Second, unloaded: rise 1, fall 0.5.
    # Rise then fall 2.5, fall then rise 1.6.
    timing = analyse_timing(mapped(1, [("INV", (2,)), ("INV", (3,))], (4,)), LIBRARY, UNLOADED)
    assert timing.delay_ms == pytest.approx(2.5)
    assert steps(timing) == [(0, "INV", "A", "rise", 2.0), (1, "INV", "A", "fall", 2.5)]
    assert timing.loads_pf == [0.0, 0.0, 10.0, 10.0, 0.0]


def test_fanout_and_output_ports_load_a_net():
    # Net 3 drives INV (10), pin B of NAND (6) and an output port (2): 18 pF.
    netlist = mapped(1, [("INV", (2,)), ("INV", (3,)), ("NAND", (2, 3))], (3, 4, 5))
    timing = analyse_timing(netlist, LIBRARY, Boundary(2.0, 0.0))
    assert timing.loads_pf[3] == 18.0
    assert timing.loads_pf[2] == 14.0
    assert timing.arrivals_ms[0][3] == pytest.approx(1.0 + 1.8)
    assert timing.arrivals_ms[1][3] == pytest.approx(0.5 + 0.18)
    # NAND falls 1.5 after its pin B rises.
    assert timing.arrivals_ms[1][5] == pytest.approx(4.3)
    assert steps(timing)[-1] == (2, "NAND", "B", "fall", 4.3)


def test_the_slowest_pin_counts():
    timing = analyse_timing(mapped(2, [("NAND", (2, 3))], (4,)), LIBRARY, UNLOADED)
    assert steps(timing) == [(0, "NAND", "B", "rise", 3.0)]


def test_of_conditional_arcs_the_worst_counts():
    timing = analyse_timing(mapped(2, [("XOR", (2, 1))], (4,)), LIBRARY, UNLOADED)
    assert timing.arrivals_ms[0][4] == 5.0
    assert timing.arrivals_ms[1][4] == 4.0


def test_non_unate_arcs_pass_both_edges():
    # The inverter's rise (1 + 0.1) is later than its fall, and either may cause a rise of the exclusive or.
    timing = analyse_timing(mapped(1, [("INV", (2,)), ("XOR", (0, 3))], (4,)), LIBRARY, UNLOADED)
    assert timing.arrivals_ms[0][4] == pytest.approx(1.1 + 3.0)
    assert timing.arrivals_ms[1][4] == pytest.approx(1.1 + 3.0)


def test_constants_never_switch():
    timing = analyse_timing(mapped(1, [("NAND", (0, 1)), ("NAND", (2, 3))], (3, 4)), LIBRARY, UNLOADED)
    assert timing.arrivals_ms[0][3] == timing.arrivals_ms[1][3] == NEVER
    assert timing.delay_ms == 2.0
    assert steps(timing) == [(1, "NAND", "A", "rise", 2.0)]


@pytest.mark.parametrize("outputs", [(), (0, 1), (2,), (0, 2)])
def test_no_instance(outputs):
    timing = analyse_timing(mapped(1, [], outputs), LIBRARY)
    assert (timing.delay_ms, timing.critical_path) == (0.0, ())


def test_only_constant_outputs():
    timing = analyse_timing(mapped(1, [("NAND", (0, 1))], (3,)), LIBRARY)
    assert (timing.delay_ms, timing.critical_path) == (0.0, ())


def test_cells_without_timing_take_no_time():
    timing = analyse_timing(mapped(1, [("INV", (2,)), ("BARE", (3,))], (4,)), LIBRARY, UNLOADED)
    assert timing.delay_ms == 1.0
    assert [step.cell for step in timing.critical_path] == ["INV", "BARE"]


def test_instances_off_the_path_to_an_output_do_not_count():
    timing = analyse_timing(mapped(1, [("INV", (2,)), ("XOR", (3, 3))], (3,)), LIBRARY, UNLOADED)
    assert timing.delay_ms == pytest.approx(1.2)


def test_transition_times_travel_along():
    # Rising edges leave the first cell with 4 ms (the longer of its two arcs); the second takes as long as its
    # input's transition.
    first = Cell("P", 1.0, PINS, (OutputPin("Y", 0b1000, "A & B", (sloped("A", 3.0), sloped("B", 4.0))),), (0.0,) * 4)
    slope = Table((0.0, 10.0), (0.0,), ((0.0,), (10.0,)))
    arc = Arc("A", "positive_unate", slope, slope, slope, slope)
    second = Cell("Q", 1.0, PINS[:1], (OutputPin("Y", 0b10, "A", (arc,)),), (0.0,) * 2)
    library = CellLibrary("l", 1.0, {"P": first, "Q": second}, "invented", {})
    timing = analyse_timing(mapped(2, [("P", (2, 3)), ("Q", (4,))], (5,)), library, UNLOADED)
    assert timing.slews_ms[0][4] == 4.0
    assert timing.delay_ms == 1.0 + 4.0


def test_extrapolated_delays_are_never_negative():
    table = Table((0.0,), (10.0, 20.0), ((1.0, 11.0),))
    cell = Cell(
        "P", 1.0, PINS[:1], (OutputPin("Y", 0b10, "A", (Arc("A", "positive_unate", *[table] * 4),)),), (0.0,) * 2
    )
    timing = analyse_timing(mapped(1, [("P", (2,))], (3,)), CellLibrary("l", 1.0, {"P": cell}, "", {}), UNLOADED)
    assert timing.delay_ms == 0.0
    assert timing.slews_ms[0][3] == 0.0


def test_default_boundary():
    assert default_boundary(LIBRARY) == Boundary(10.0, 0.0)
    assert default_boundary(load_library("egfet")) == Boundary(12912.5, 0.001)


@pytest.mark.parametrize(("load", "slew"), [(-1.0, 0.0), (0.0, -1.0), (float("nan"), 0.0), (0.0, float("inf"))])
def test_bad_boundary(load, slew):
    with pytest.raises(OptionError, match=r"bad (output load|input slew)"):
        Boundary(load, slew)


def test_unknown_cell():
    with pytest.raises(LibraryError, match="library round: no such cell; got MAGIC"):
        analyse_timing(mapped(1, [("MAGIC", (2,))], (3,)), LIBRARY)


def test_egfet_inverter_by_hand():
    # Load of one inverter, 12912.5 pF, input transition 1 us: 0.932 + (1.11412 - 0.932) * 2912.5 / 5000.
    timing = analyse_timing(mapped(1, [("INVX1", (2,))], (3,)), load_library("egfet"))
    assert timing.delay_ms == pytest.approx(0.932 + 0.18212 * 0.5825)


@pytest.mark.slow
def test_twenty_thousand_instances_in_half_a_second():
    library = load_library("egfet")
    chain = [Instance("NAND2X1", (2 + k, 3 + k), (10 + k,)) for k in range(20_000)]
    netlist = MappedNetlist("chain", "egfet", (Port("x", tuple(range(2, 10))),), (Port("y", (20_009,)),), tuple(chain))
    times = []
    for _ in range(3):
        start = process_time()
        timing = analyse_timing(netlist, library)
        times.append(process_time() - start)
    assert len(timing.critical_path) > 1000
    assert min(times) < 0.5


def test_table_ends():
    # The first cell's output takes 3 ms, three times as long as the second's table goes: its delay is 4 ms at 1 ms.
    late = Cell("P", 1.0, PINS[:1], (OutputPin("Y", 0b10, "A", (sloped("A", 3.0),)),), (0.0,) * 2)
    table = Table((0.0, 1.0), (0.0,), ((5.0,), (4.0,)))
    arc = Arc("A", "positive_unate", table, table, table, table)
    cell = Cell("Q", 1.0, PINS[:1], (OutputPin("Y", 0b10, "A", (arc,)),), (0.0,) * 2)
    library = CellLibrary("l", 1.0, {"P": late, "Q": cell}, "invented", {})
    netlist = mapped(1, [("P", (2,)), ("Q", (3,))], (4,))
    held, extrapolated = (
        analyse_timing(netlist, library, UNLOADED, table_ends=ends) for ends in ("hold", "extrapolate")
    )
    assert (held.table_ends, held.delay_ms, held.slews_ms[0][4]) == ("hold", 1.0 + 4.0, 4.0)
    assert (extrapolated.table_ends, extrapolated.delay_ms, extrapolated.slews_ms[0][4]) == ("extrapolate", 3.0, 2.0)
