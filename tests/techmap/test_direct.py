from __future__ import annotations

import numpy as np
import pytest

from bespoke.cells import load_library
from bespoke.netlist import Netlist, NetlistBuilder, SimpleGates, SimpleKind
from bespoke.sim import mapped_outputs
from bespoke.techmap import Objective, map_cheapest, mapper
from bespoke.techmap.direct import map_directly
from bespoke.techmap.patterns import pattern_table

LIBRARY = load_library("egfet", None)
INV, NAND, NOR, AND, OR = SimpleKind


def netlist_of(gates: SimpleGates, spare_bits: int = 1) -> Netlist:
    builder = NetlistBuilder("simple")
    port = builder.add_input("x", gates.input_count)
    bits = gates.build(builder, port.bits)
    builder.add_output("y", (*bits, *(0,) * spare_bits))
    return builder.build()


def every_kind() -> SimpleGates:
    kinds, left, right = (NAND, INV, NOR, AND, OR), (2, 5, 3, 6, 7), (3, 5, 4, 7, 8)
    return SimpleGates(3, tuple(map(int, kinds)), left, right, (8, 9))


def test_each_gate_is_one_cell_and_the_function_is_kept() -> None:
    gates, table = every_kind(), pattern_table(LIBRARY)
    netlist = netlist_of(gates)
    mapped = map_directly(gates, netlist, table, LIBRARY)
    assert mapped is not None
    assert [i.cell for i in mapped.instances] == ["NAND2X1", "INVX1", "NOR2X1", "AND2X1", "OR2X1"]
    words = np.arange(8)[:, None]
    other = map_cheapest([netlist], LIBRARY)
    assert np.array_equal(mapped_outputs(mapped, LIBRARY, words), mapped_outputs(other, LIBRARY, words))


@pytest.mark.parametrize("left", [0, 1])
def test_a_gate_that_reads_a_constant_is_not_mapped_directly(left: int) -> None:
    gates = SimpleGates(1, (int(NAND),), (left,), (2,), (3,))
    assert map_directly(gates, netlist_of(gates), pattern_table(LIBRARY), LIBRARY) is None


def test_a_library_without_the_cell_is_not_mapped_directly() -> None:
    gates = every_kind()
    netlist = netlist_of(gates)
    table = pattern_table(LIBRARY)
    lacking = type(table)({k: v for k, v in table.matches.items() if k != (2, 0b1110)}, table.inverter, table.leaves)
    assert map_directly(gates, netlist, lacking, LIBRARY) is None


def test_the_gates_are_taken_where_they_are_cheapest() -> None:
    builder = NetlistBuilder("detour")
    a, b, c = builder.add_input("x", 3).bits
    long = builder.and_(a, b)
    for bit in (c, b, c, b):
        long = builder.xor(long, bit)
    builder.add_output("y", [long])
    netlist, gates = builder.build(), SimpleGates(3, (int(AND),), (2,), (3,), (5,))
    mapped = map_cheapest([netlist], LIBRARY)
    assert len(mapped.instances) > 1
    taken = map_cheapest([netlist], LIBRARY, gates=[gates])
    assert [(i.cell, i.fanins) for i in taken.instances] == [("AND2X1", (2, 3))]
    words = np.arange(8)[:, None]
    assert np.array_equal(mapped_outputs(taken, LIBRARY, words), mapped_outputs(mapped, LIBRARY, words))
    power = Objective(power_share=1.0, stimuli=(0b01010101, 0b00110011, 0b00001111), vectors=8)
    assert map_cheapest([netlist], LIBRARY, power, [gates]) == taken
    dear = SimpleGates(3, tuple(map(int, (AND, *(INV,) * 20))), (2, *range(5, 25)), (3, *range(5, 25)), (25,))
    cheap = netlist_of(gates, spare_bits=0)
    assert map_cheapest([cheap], LIBRARY, gates=[dear]) == map_cheapest([cheap], LIBRARY)


def test_power_is_that_of_the_states_which_the_stimuli_bring() -> None:
    gates, stimuli, vectors = every_kind(), (0b0011, 0b0101, 0b1000), 4
    found = mapper._mapped_directly(gates, netlist_of(gates), LIBRARY, Objective(1.0, stimuli, vectors))
    assert found is not None
    cost, mapped = found
    drawn = 0.0
    for vector in range(vectors):
        signals = gates.signals([bits >> vector & 1 for bits in stimuli], 1)
        for instance in mapped.instances:
            state = sum(signals[net] << place for place, net in enumerate(instance.fanins))
            drawn += LIBRARY[instance.cell].static_power_uw[state] / vectors
    assert cost == pytest.approx(drawn / max(LIBRARY["INVX1"].static_power_uw))
