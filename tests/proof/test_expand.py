"""Cells as generic logic."""

from __future__ import annotations

import pytest

from bespoke.cells import load_library
from bespoke.errors import LibraryError, NetlistError
from bespoke.netlist import Instance, MappedNetlist, NetlistBuilder, Port
from bespoke.proof.circuit import Circuit, value_masks
from bespoke.proof.expand import expand, table_literal

EGFET = load_library("egfet")


@pytest.mark.parametrize("pins", [0, 1, 2, 3, 4])
def test_every_truth_table_is_rebuilt(pins):
    tables = range(1 << (1 << pins)) if pins <= 3 else range(0, 1 << 16, 257)
    for truth in tables:
        builder = NetlistBuilder("table")
        literal = table_literal(builder, truth, builder.add_input("x", pins).bits)
        circuit = Circuit(builder.build())
        mask = (1 << (1 << pins)) - 1
        values = dict(enumerate([0, *value_masks(pins)]))
        circuit.run(circuit.cone((literal,), set(circuit.primary)), values, mask)
        assert values[literal >> 1] ^ (mask if literal & 1 else 0) == truth


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
