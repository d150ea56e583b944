"""Small designs whose texts stand in files beside this one, to be read by people.

BESPOKE_WRITE_GOLDEN=1 writes them anew; look at the difference before it is committed.
"""

import os
from pathlib import Path

import numpy as np
import pytest

from bespoke.cells import load_library
from bespoke.model import Decision, InputCoding, IntegerMLP, IntegerSVM, IntegerTree, Layer, model_to_text
from bespoke.netlist import NetlistBuilder
from bespoke.techmap import map_netlist
from bespoke.verilog import write_cells, write_netlist, write_rtl

HERE = Path(__file__).parent


def coding(**bits: int) -> InputCoding:
    return InputCoding(tuple(bits), tuple(bits.values()), (0.0,) * len(bits), (1.0,) * len(bits))


def tree():
    nodes = [(0, 4, 1, 2, 0), (-1, 0, -1, -1, 0), (1, 1, 3, 4, 0), (-1, 0, -1, -1, 1), (-1, 0, -1, -1, 2)]
    columns = [np.array(column) for column in zip(*nodes, strict=True)]
    return IntegerTree(coding(width=3, length=2), *columns, Decision("leaf", ("a", "b", "c")), "by hand")


def scores():
    layer = Layer(np.array([[3, -1], [0, 2], [-4, 1]]), np.array([0, -5, 7]), "identity", 2)
    return IntegerSVM(coding(x=2, y=3), (layer,), Decision("argmax", (1, 2, 3)), "by hand")


def network():
    hidden = Layer(np.array([[1, -2], [0, 5]]), np.array([-1, 0]), "relu", 0)
    last = Layer(np.array([[2, -3]]), np.array([4]), "identity", 1)
    return IntegerMLP(coding(x=2, y=2), (hidden, last), Decision("value", (), 1), "by hand")


def full_adder():
    builder = NetlistBuilder("adder")
    a, b, c = (builder.add_input(name, 1).bits[0] for name in "abc")
    half = builder.xor(a, b)
    carry = builder.or_(builder.and_(a, b), builder.and_(half, c))
    builder.add_output("total", [builder.xor(half, c), carry])
    return builder.build()


def texts() -> dict[str, str]:
    library = load_library("egfet")
    netlist = full_adder()
    mapped = map_netlist(netlist, library)
    found = {"adder.txt": str(netlist), "adder.v": write_netlist(mapped, library)}
    found["cells.v"] = write_cells(library, mapped.cell_histogram())
    for name, model in (("tree", tree()), ("scores", scores()), ("network", network())):
        found |= {f"{name}.rtl.v": write_rtl(model), f"{name}.json": model_to_text(model)}
    return found


NAMES = (
    "adder.txt",
    "adder.v",
    "cells.v",
    *(f"{n}.{s}" for n in ("tree", "scores", "network") for s in ("rtl.v", "json")),
)


@pytest.mark.parametrize("name", NAMES)
def test_text_is_the_one_in_the_file(name):
    text = texts()[name]
    if os.environ.get("BESPOKE_WRITE_GOLDEN"):
        (HERE / name).write_text(text, encoding="utf-8")
    assert text == (HERE / name).read_text(encoding="utf-8")
