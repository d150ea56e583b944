"""The grid, and what each of its cells is made with."""

from __future__ import annotations

from typing import Any

import pytest
from small_sweeps import small_sweep

from bespoke.errors import OptionError
from bespoke.sweep import Cell
from bespoke.sweep.options import DEFAULT_APPROXIMATE, DEFAULT_BUDGET_S, DEFAULT_TRAINING
from bespoke.training import TrainingOptions

BALANCED = DEFAULT_APPROXIMATE.with_settings(metric="balanced_accuracy")
SIX_BITS = DEFAULT_APPROXIMATE.with_settings(weight_bits=6)
MIXED_BITS = DEFAULT_APPROXIMATE.with_settings(input_bits={"petal_width": 2})


def test_the_grid_in_the_order_of_its_tables():
    options = small_sweep(models=("tree", "svm"), seeds=(1, 2))
    assert [str(cell) for cell in options.cells()] == [
        "iris tree 1",
        "iris tree 2",
        "iris svm 1",
        "iris svm 2",
        "wine tree 1",
        "wine tree 2",
        "wine svm 1",
        "wine svm 2",
    ]


def test_networks_that_are_told_of_their_circuits_are_kinds_of_their_own():
    told = {"aware": ("none", "pow2", "axtrain"), "cost_weights": (0.0, 0.1)}
    options = small_sweep(datasets=("iris",), models=("tree", "mlp"), seeds=(3,), **told)
    names = ["iris tree 3", "iris mlp 3", "iris mlp-pow2 3", "iris mlp-axtrain 3"]
    assert [str(cell) for cell in options.cells()] == names
    networks = [options.training_of(cell).networks for cell in options.cells()]
    assert networks[:2] == [(), ()]
    assert [(network.weights, network.cost_weight) for network in networks[2]] == [("pow2", 0.0), ("pow2", 0.1)]
    assert networks[3][0].resilience == "both"
    (printed,) = small_sweep(datasets=("iris",), models=("mlp",), aware=("pow2",), technologies=("cnt_tft",)).cells()
    assert options.training_of(printed).technology == "cnt_tft"  # whose gates are the cost
    with pytest.raises(OptionError, match="models with mlp"):
        small_sweep(aware=("pow2",))
    with pytest.raises(OptionError, match="unknown choice"):
        small_sweep(models=("mlp",), aware=("octal",))
    with pytest.raises(OptionError, match="networks that are told"):
        small_sweep(models=("mlp",), cost_weights=(0.1,))


@pytest.mark.parametrize(
    ("cell", "folder"),
    [
        (Cell("iris", "tree"), "iris/tree/42"),
        (Cell("some/where/mine.csv", "svm", 7), "mine/svm/7"),
        (Cell("iris", "tree", 7, "cnt_tft"), "iris/tree/7-cnt_tft"),
        (Cell("iris", "tree", 7, "egfet", 0.6), "iris/tree/7-egfet-0.6V"),
        (Cell("iris", "tree", 7, "libs/mine.lib", 2.0), "iris/tree/7-mine-2V"),
        (Cell("iris", "mlp", 7, aware="pow2"), "iris/mlp-pow2/7"),
    ],
)
def test_folders(cell: Cell, folder: str):
    assert cell.folder == folder


def test_a_cell_uses_one_process_and_its_own_seed():
    options = small_sweep(vdds=(0.8,))
    cell = Cell("iris", "tree", 7, "cnt_tft", 0.8)
    made = options.approximate_of(cell)
    assert (made.jobs, made.search.islands) == (1, 1)
    assert (made.search.seed, made.compile.seed, options.training_of(cell).seed) == (7, 7, 7)
    assert (made.compile.technology, made.compile.vdd) == ("cnt_tft", 0.8)


def test_layers_are_the_published_ones_unless_named():
    for dataset, units in (("redwine", (2,)), ("whitewine", (4,)), ("pendigits", (5,)), ("iris", (4,))):
        assert small_sweep().training_of(Cell(dataset, "mlp")).hidden_layer_sizes == units
    assert small_sweep(hidden=(7, 3)).training_of(Cell("redwine", "mlp")).hidden_layer_sizes == (7, 3)


@pytest.mark.parametrize(
    ("settings", "bits"),
    [
        ({}, None),
        ({"input_bits": 6}, 6),
        ({"input_encoding": "auto", "input_bits": 4}, 4),
        ({"input_bits": 0}, None),
        ({"input_bits": {"x0": 3}}, None),
        ({"input_bits": (4, 4, 4, 4)}, None),
        ({"input_encoding": "nearest", "input_bits": 4}, None),
    ],
)
def test_weighted_sums_are_trained_on_the_inputs_of_their_circuit(settings: dict[str, Any], bits: int | None):
    options = small_sweep(
        models=("mlp", "svr", "tree", "tree_regressor"),
        approximate=small_sweep().approximate.with_settings(**settings),
        training=TrainingOptions(kind="tree", input_bits=9),
    )
    found = [options.training_of(cell).input_bits for cell in options.cells()]
    assert found == [bits, bits, None, None] * 2
    assert [options.facts_of(cell)["training"]["input_bits"] for cell in options.cells()] == found


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"datasets": ()}, "datasets: nothing is named"),
        ({"models": ("tree", "svm", "tree")}, "models: named twice; got tree"),
        ({"models": ("forest",)}, "unknown kind of model"),
        ({"seeds": (-1,)}, "seed"),
        ({"datasets": ("a/iris.csv", "b/iris.csv")}, "two cells have the same folder; got iris/tree/42"),
        ({"hidden": (0,)}, "hidden layers out of range"),
        ({"models": ("design",), "approximate": BALANCED}, "metric: design compares accuracies"),
        ({"models": ("mlp",), "aware": ("qat",), "approximate": SIX_BITS}, "weight_bits: networks that are told"),
        ({"models": ("mlp",), "aware": ("qat",), "approximate": MIXED_BITS}, "input_bits: networks that are told"),
    ],
)
def test_refusals(changes: dict, message: str):
    with pytest.raises(OptionError, match=message):
        small_sweep(**changes)


def test_the_command_has_the_defaults_of_the_options():
    from bespoke.cli import sweep

    options = {option.name: option for option in sweep.command.params}
    for name in sweep.DEFAULTS:
        assert options[name].default == getattr(DEFAULT_TRAINING, name)
    assert sweep.DEFAULT_BUDGET_S == DEFAULT_BUDGET_S
    assert DEFAULT_APPROXIMATE.finalists == sweep.DEFAULT_FINALISTS
