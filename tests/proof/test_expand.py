"""Cells as generic logic."""

from __future__ import annotations

import pytest

from bespoke.cells import load_library
from bespoke.errors import LibraryError, NetlistError
from bespoke.netlist import Instance, MappedNetlist, NetlistBuilder, Port
from bespoke.proof.circuit import Circuit
from bespoke.proof.expand import expand
from bespoke.proof.word import looked_up

EGFET = load_library("egfet")


@pytest.mark.parametrize("pins", [0, 1, 2, 3, 4])
def test_every_truth_table_is_rebuilt(pins):
    tables = range(1 << (1 << pins)) if pins <= 3 else range(0, 1 << 16, 257)
    for truth in tables:
        builder = NetlistBuilder("table")
        table = [truth >> state & 1 for state in range(1 << pins)]
        literals = looked_up(builder, table, builder.add_input("x", pins).bits, 1)
        circuit = Circuit(builder.build())
        assert circuit.tables(literals, circuit.primary) == [truth]


def mapped(*instances):
    return MappedNetlist("m", "egfet", (Port("x", (2, 3)),), (Port("y", (4,)),), tuple(instances))


def grown(netlist):
    builder = NetlistBuilder("grown")
    bits = builder.add_input("x", 2).bits
    return builder, bits, expand(builder, netlist, EGFET, bits)


def test_nand_is_one_gate():
    builder, (a, b), (literal,) = grown(mapped(Instance("NAND2X1", (2, 3), (4,))))
    assert literal == builder.and_(a, b) ^ 1


@pytest.mark.parametrize(
    ("instance", "error"),
    [
        (Instance("NAND9", (2, 3), (4,)), LibraryError),
        (Instance("NAND2X1", (2,), (4,)), NetlistError),
        (Instance("NAND2X1", (2, -1), (4,)), NetlistError),
    ],
)
def test_unfit_instances(instance, error):
    with pytest.raises(error):
        grown(mapped(instance))
