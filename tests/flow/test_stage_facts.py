"""What flow says of each type of stage: sizes, coefficients, borders, names of parts."""

from __future__ import annotations

import json

import numpy as np
import pytest
from random_models import random_forest, random_shortcut, random_staged
from small_models import coding, mlp, tree

from bespoke.flow.stage_facts import STAGE_FACTS, border_words, coefficients, inner_name, model_sizes, score_names
from bespoke.model import (
    STAGES,
    Affine,
    Argmax,
    Compare,
    Gates,
    Index,
    IntegerModel,
    Label,
    Lookup,
    Shortcut,
    Sign,
    Table,
    Trees,
    Value,
    Votes,
)
from bespoke.netlist import NetlistBuilder

CODING = coding((4, 3))
FOREST = Trees(
    feature=np.array([0, -1, -1, 1, -1, 0, -1, -1]),
    threshold=np.array([6, 0, 0, 2, 0, 6, 0, 0]),
    left=np.array([1, -1, -1, 4, -1, 6, -1, -1]),
    right=np.array([2, -1, -1, 5, -1, 7, -1, -1]),
    values=np.array([[0, 0], [3, -1], [0, 2], [0, 0], [1, 1], [0, 0], [2, 0], [0, 5]]),
    roots=np.array([0, 3]),
)
BITS = Compare(np.array([0, 1, 0]), np.array([7, 3, 7]))
SUM = Affine(np.array([[2, -1, 1], [1, 1, -3]]), np.array([0, 1]), "identity", 0)


def xor_of_bits() -> Gates:
    builder = NetlistBuilder("gates")
    a, b = (builder.add_input(name, width).bits for name, width in (("a", 4), ("b", 3)))
    builder.add_output("odd", [builder.xor(a[0], b[0])])
    builder.add_output("both", [builder.and_(a[3], b[2])])
    return Gates(builder.build())


TABLES = Lookup(
    (Table(((0, 0), (0, 1), (0, 2), (0, 3)), np.arange(16) ** 2), Table(((1, 2), (0, 3)), np.array([0, 1, 1, 0])))
)
SHORTCUT = Shortcut(
    Trees(*np.array([(1, 4, 1, 2), (-1, 0, -1, -1), (-1, 0, -1, -1)]).T, np.array([[0, 0], [1, 1], [0, 0]])),
    (BITS, SUM),
    2,
    Argmax(("x", "y")),
)
MODELS: dict[str, IntegerModel] = {
    "forest": IntegerModel(CODING, (FOREST,), Argmax(("x", "y"))),
    "bits": IntegerModel(CODING, (BITS, SUM), Argmax(("x", "y"))),
    "tables": IntegerModel(CODING, (TABLES,), Argmax(("x", "y"))),
    "gates": IntegerModel(CODING, (xor_of_bits(),), Argmax(("x", "y"))),
}


def test_every_type_of_stage_has_its_facts() -> None:
    assert STAGE_FACTS.keys() == set(STAGES.values())


@pytest.mark.parametrize(
    ("name", "sizes"),
    [
        ("forest", {"layer 1: tests": 3, "layer 1: comparisons": 2}),
        (
            "bits",
            {
                "layer 1: comparisons": 2,
                "layer 2: units": 2,
                "layer 2: weights": 6,
                "layer 2: signed digits": 7,
                "layer 2: masked input bits": 0,
                "layer 2: dropped output bits": 0,
                "layer 2: saturating outputs": 0,
            },
        ),
        ("tables", {"layer 1: tables": 2}),
        ("gates", {"layer 1: gates": 2}),
    ],
)
def test_sizes(name: str, sizes: dict[str, int]) -> None:
    assert model_sizes(MODELS[name]) == sizes | {"input bits": 7}


def test_sizes_of_shortened_sums() -> None:
    hidden = Affine(
        np.array([[3, 0, 0], [0, 5, 0]]),
        np.array([0, 0]),
        "relu",
        0,
        masks=np.array([0b1010, -1, 0]),
        sources=np.array([0, 1, 1]),
        dropped_bits=np.array([2, 1]),
        saturation_bits=np.array([3, 62]),
    )
    last = Affine(np.array([[1, 1]]), np.array([-9]), "identity", 0)
    sizes = model_sizes(IntegerModel(CODING, (hidden, last), Sign((0, 1))))
    # The third column has a mask, but no weight; 3 is two signed digits, 5 as well.
    assert sizes["layer 1: masked input bits"] == 2
    assert sizes["layer 1: dropped output bits"] == 3
    assert sizes["layer 1: saturating outputs"] == 1
    assert (sizes["layer 1: weights"], sizes["layer 1: signed digits"]) == (2, 4)
    assert sizes["layer 2: units"] == 1


def test_tests_that_come_out_alike_for_all_words_are_no_thresholds() -> None:
    model = tree([(0, -1, 1, 2), 0, (0, 15, 3, 4), (1, 7, 5, 6), 2, (0, 14, 7, 8), 0, 1, 2], bits=(4, 3))
    assert [entry["thresholds"] for entry in coefficients(model)["features"]] == [[14], []]


def test_thresholds_by_feature_are_sorted_and_distinct() -> None:
    forest = coefficients(MODELS["forest"])
    assert forest["features"] == [
        {"name": "f0", "bits": 4, "thresholds": [6]},
        {"name": "f1", "bits": 3, "thresholds": [2]},
    ]
    bits = coefficients(MODELS["bits"])
    # A level of 7 is passed by words above 6.
    assert bits["features"] == forest["features"]
    (layer,) = bits["layers"]
    assert (layer["inputs"], layer["outputs"]) == (["unit 1", "unit 2", "unit 3"], ["x", "y"])
    assert layer["weights"] == SUM.weights.tolist()


def test_thresholds_of_later_stages_are_not_those_of_features() -> None:
    stages = (SUM, Compare(np.array([0, 1]), np.array([3, -2])))
    found = coefficients(IntegerModel(coding((4, 3, 2)), stages, Argmax(("x", "y"))))
    assert found.keys() == {"layers"}


def test_gates_have_no_coefficients() -> None:
    assert coefficients(MODELS["gates"]) == {}


@pytest.mark.parametrize("name", ["tables", "bits"])
def test_functions_of_one_input_are_told_as_steps(name: str) -> None:
    model = MODELS[name]
    functions = coefficients(model)["functions"]
    first, names = model.stages[0], list(model.coding.names)
    for each in functions:
        index, bits = each["index"], model.coding.bits[each["index"]]
        assert each["feature"] == names[index]
        words = np.zeros((1 << bits, len(names)), dtype=np.int64)
        words[:, index] = np.arange(1 << bits)
        for word, value in zip(words, first.apply(words)[:, int(each["output"].split()[1]) - 1], strict=True):
            x = model.coding.at_level(index, int(word[index]))
            reached = [step["gives"] for step in each["steps"] if step["from"] is None or x >= step["from"]]
            assert reached[-1] == value
    single = [j for j, table in enumerate(first.tables) if len(table.sources) == 1] if name == "tables" else range(3)
    assert [each["output"] for each in functions] == [f"unit {j + 1}" for j in single]


def test_borders_are_around_each_threshold() -> None:
    beside = {(w, 3) for w in (5, 6, 7)} | {(7, w) for w in (1, 2, 3)} | {(7, 3)}
    assert {tuple(row) for row in border_words(MODELS["bits"]).tolist()} == beside
    corners = {(0, 0), (6, 7), (7, 0), (15, 7), (15, 2), (0, 3), (6, 7), (7, 3)}
    assert {tuple(row) for row in border_words(MODELS["forest"]).tolist()} == beside | corners


def test_stages_without_thresholds_have_no_borders() -> None:
    assert [border_words(model) for model in (MODELS["tables"], MODELS["gates"], mlp())] == [None] * 3


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("make", [random_forest, random_staged, random_shortcut])
def test_borders_are_inputs_on_both_sides_of_each_threshold(make: object, seed: int) -> None:
    model = make(np.random.default_rng(seed))
    words = border_words(model)
    json.dumps([model_sizes(model), coefficients(model)])
    if words is None:
        return
    largest = (1 << np.array(model.coding.bits)) - 1
    assert ((words >= 0) & (words <= largest)).all()
    for feature, threshold in getattr(model.stages[0], "tests", list)():
        inside = 0 <= threshold < largest[feature]
        assert not inside or {threshold, threshold + 1} <= set(words[:, feature].tolist())


def test_borders_of_a_large_tree_are_limited() -> None:
    depth = 12
    count = (1 << depth) - 1
    inner, nodes = np.arange(2 * count + 1) < count, np.arange(2 * count + 1)
    level = np.floor(np.log2(nodes + 1)).astype(int)
    left = np.where(inner, 2 * nodes + 1, -1)
    # Each level tests one bit of a word of 12 bits, by halves of what is left.
    offset = nodes + 1 - (1 << level)
    threshold = np.where(inner, (2 * offset + 1) * (1 << 11 - np.minimum(level, 11)) - 1, 0)
    deep = Trees(np.where(inner, 0, -1), threshold, left, np.where(inner, left + 1, -1), np.where(inner, 0, nodes % 2))
    words = border_words(IntegerModel(coding((12, 12)), (deep,), Value()))
    assert len(words) <= 3 * count + 1 + 2 * 2000


def test_parts_inside_stages_have_names() -> None:
    # Leaf words are numbered tree by tree, with as many as there are outputs in each.
    first = {name: model.stages[0] for name, model in MODELS.items()}
    assert [inner_name(first["forest"], index) for index in range(4)] == ["tree 1", "tree 1", "tree 2", "tree 2"]
    assert inner_name(first["bits"], 2) == "comparisons"
    assert [inner_name(first["tables"], index) for index in range(2)] == ["table 1", "table 2"]
    assert [inner_name(first["gates"], index) for index in range(2)] == ["gates of odd", "gates of both"]
    assert [inner_name(SHORTCUT, index) for index in range(4)] == ["tree in front"] * 2 + ["class"] * 2


def test_a_shortcut_has_the_facts_of_its_tree_and_its_stages() -> None:
    model = IntegerModel(CODING, (SHORTCUT,), Index(("x", "y")))
    sizes = {"layer 1: tests": 1, "layer 1: behind it, layer 1: comparisons": 2, "input bits": 7}
    assert sizes.items() <= model_sizes(model).items()
    found = coefficients(model)
    assert [entry["thresholds"] for entry in found["features"]] == [[], [4], [6], [2]]
    assert found["trees"][0]["answers"] == ["of the layers behind", "y"]
    assert found["layers"] == coefficients(MODELS["bits"])["layers"]
    assert {4, 5} <= set(border_words(model)[:, 1].tolist())
    assert {tuple(row) for row in border_words(MODELS["bits"]).tolist()} <= {tuple(row) for row in border_words(model)}


def test_scores_are_called_by_what_they_are_about() -> None:
    assert score_names(Argmax(("x", "y"))) == ["x", "y"]
    assert score_names(Votes(("x", "y", "z"))) == ["x | y", "x | z", "y | z"]
    assert score_names(Sign((0, 1))) == score_names(Value()) == score_names(Label((1, 2, 3))) == ["score"]
    assert score_names(tree([0]).decision) == ["score"]
