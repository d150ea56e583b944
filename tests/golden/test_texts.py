"""Small designs whose texts stand in files beside this one, to be read by people.

BESPOKE_WRITE_GOLDEN=1 writes them anew; look at the difference before it is committed.
"""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bespoke.cells import load_library
from bespoke.model import (
    Affine,
    Argmax,
    Compare,
    Gates,
    Index,
    InputCoding,
    IntegerModel,
    Lookup,
    Masks,
    Origin,
    Shortcut,
    Table,
    Trees,
    Value,
    model_digest,
    model_from_text,
    model_to_text,
)
from bespoke.netlist import NetlistBuilder
from bespoke.techmap import map_cheapest
from bespoke.verilog import write_cells, write_netlist, write_rtl

HERE = Path(__file__).parent


def coding(**bits: int) -> InputCoding:
    return InputCoding(tuple(bits), tuple(bits.values()), (0.0,) * len(bits), (1.0,) * len(bits))


def tree():
    nodes = [(0, 4, 1, 2, 0), (-1, 0, -1, -1, 0), (1, 1, 3, 4, 0), (-1, 0, -1, -1, 1), (-1, 0, -1, -1, 2)]
    columns = [np.array(column) for column in zip(*nodes, strict=True)]
    decision = Index(("a", "b", "c"))
    return IntegerModel(coding(width=3, length=2), (Trees(*columns),), decision, Origin("tree", "by hand"))


def scores():
    layer = Affine(np.array([[3, -1], [0, 2], [-4, 1]]), np.array([0, -5, 7]), "identity", 2)
    return IntegerModel(coding(x=2, y=3), (layer,), Argmax((1, 2, 3)), Origin("svm", "by hand"))


def network():
    hidden = Affine(np.array([[1, -2], [0, 5]]), np.array([-1, 0]), "relu", 0)
    last = Affine(np.array([[2, -3]]), np.array([4]), "identity", 1)
    return IntegerModel(coding(x=2, y=2), (hidden, last), Value(frac_bits=1), Origin("mlp", "by hand"))


def forest():
    nodes = [(0, 4, 1, 2), (-1, 0, -1, -1), (-1, 0, -1, -1), (1, 1, 4, 5), (-1, 0, -1, -1), (-1, 0, -1, -1)]
    values = np.array([[0, 0], [3, 1], [0, 4], [0, 0], [2, 2], [-1, 5]])
    trees = Trees(*np.array(nodes).T, values, np.array([0, 3]))
    return IntegerModel(coding(width=3, length=2), (trees,), Argmax(("a", "b"), 2), Origin("forest", "by hand"))


def staged():
    compare = Compare(np.array([0, 0, 1]), np.array([2, 5, 1]))
    whole, parts = Table(((0, 0), (0, 1)), np.array([0, -3, 5, 0])), Table(((0, 1), (0, 0)), np.array([1, 1, 2, 1]))
    last = Affine(np.array([[2, -1]]), np.array([0]), "relu", 1, dropped_bits=np.array([1]))
    stages = (compare, Gates(full_adder()), Lookup((whole, parts)), last)
    return IntegerModel(coding(x=3, y=2), stages, Value(), Origin("stages", "by hand"))


def modes():
    first = Masks(2, [0, 1, 2], [[-1, -1, -1], [6, 2, -1]], [[0, 0, 0], [0, 1, 0]])
    hidden = Affine(np.array([[1, -2, 0], [0, 5, 0], [0, 0, 1]]), np.array([-1, 0, 0]), "relu", 0)
    second = Masks(2, [0, 1], [[-1, -1], [0, 28]], np.zeros((2, 2)))
    last = Affine(np.array([[2, -3]]), np.array([4]), "identity", 1)
    inputs = replace(coding(x=3, y=2, mode=1), span=(1.0, 1.0, 2.0), controls=1)
    return IntegerModel(inputs, (first, hidden, second, last), Value(frac_bits=1), Origin("mlp", "by hand"))


def shortcut():
    nodes = [(2, 0, 1, 2), (-1, 0, -1, -1), (0, 5, 3, 4), (-1, 0, -1, -1), (-1, 0, -1, -1)]
    tree = Trees(*np.array(nodes).T, np.array([[0, 0], [0, 0], [0, 0], [1, 1], [1, 2]]))
    scores = Affine(np.array([[1, -2], [3, 1], [0, 2]]), np.array([4, -1, 0]), "identity", 1)
    rule, inputs = Argmax(("a", "b", "c"), 1), replace(coding(x=3, y=2, mode=1), span=(1.0, 1.0, 2.0), controls=1)
    stage = Shortcut(tree, (scores,), 2, rule)
    return IntegerModel(inputs, (stage,), Index(rule.classes), Origin("svm", "by hand"))


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
    mapped = map_cheapest([netlist], library)
    found = {"adder.txt": str(netlist), "adder.v": write_netlist(mapped, library)}
    found["cells.v"] = write_cells(library, mapped.cell_histogram())
    for name, model in MODELS.items():
        found |= {f"{name}.rtl.v": write_rtl(model), f"{name}.json": model_to_text(model)}
    return found


MODELS = {"tree": tree(), "scores": scores(), "network": network(), "forest": forest(), "staged": staged()}
MODELS |= {"modes": modes(), "shortcut": shortcut()}
NAMES = ("adder.txt", "adder.v", "cells.v", *(f"{name}.{suffix}" for name in MODELS for suffix in ("rtl.v", "json")))


@pytest.mark.parametrize("name", NAMES)
def test_text_is_the_one_in_the_file(name):
    text = texts()[name]
    if os.environ.get("BESPOKE_WRITE_GOLDEN"):
        (HERE / name).write_text(text, encoding="utf-8")
    assert text == (HERE / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["tree", "scores", "network"])
def test_files_of_version_1_hold_the_same_model(name):
    model = model_from_text((HERE / f"{name}_v1.json").read_text(encoding="utf-8"))
    assert model_digest(model) == model_digest(MODELS[name])
    assert model.origin == MODELS[name].origin
