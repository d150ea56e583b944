"""Networks for circuits: trained to the bit as their integer models, the same each time, compiled and proven."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from bespoke import compile_model
from bespoke.cells import GateCosts, load_library
from bespoke.data import Dataset, load_dataset
from bespoke.errors import ModelError, OptionError, ToolMissingError
from bespoke.frontend import read_model, save_model
from bespoke.model import Affine, InputCoding, IntegerModel, Lookup
from bespoke.numeric import digit_count
from bespoke.search import design_space
from bespoke.training import (
    AWARE,
    Member,
    NetworkOptions,
    NetworkRows,
    TrainingOptions,
    train_model,
    train_networks,
)
from bespoke.training.grids import GRIDS

COSTS = GateCosts.of(load_library("egfet"))


@pytest.fixture(scope="module")
def iris() -> Dataset:
    pytest.importorskip("jax")
    return load_dataset("iris", folder=Path("nowhere"))


def random_rows(seed: int, classes: int) -> NetworkRows:
    random = np.random.default_rng(seed)
    bits = tuple(random.integers(1, 6, 3).tolist())
    coding = InputCoding(("a", "b", "c"), bits, (0.0,) * 3, (1.0,) * 3)
    words = np.stack([random.integers(0, 1 << width, 24) for width in bits], axis=1)
    return NetworkRows(words, random.integers(0, classes, 24), coding, tuple(range(classes)))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("activation", "clipping", "weight_range", "classes"),
    [
        ("relu", "rms", "clip", 3), ("relu", "rms", "dorefa", 2), ("relu", "rms", "sawb", 3),
        ("relu", "pact", "clip", 2), ("relu", "pact", "dorefa", 3), ("relu", "pact", "sawb", 2),
        ("step", "rms", "clip", 2), ("step", "rms", "dorefa", 3), ("step", "rms", "sawb", 2),
    ],
)  # fmt: skip
def test_every_kind_of_network_is_its_integer_model_on_all_words(
    activation: str, clipping: str, weight_range: str, classes: int
) -> None:
    pytest.importorskip("jax")
    members = [
        Member(
            NetworkOptions(
                hidden_layer_sizes=(3, 2), weights=weights, weight_bits=(bits, 2, 5), activation=activation,
                activation_bits=1 + seed % 5, headroom=0.3 + seed % 3, epochs=5, batch_size=16, seed=seed,
                weight_range=weight_range, clipping=clipping,
            )
        )
        for seed, (weights, bits) in enumerate(product(GRIDS, (2, 3, 6)))
    ]  # fmt: skip
    unary = [Member(replace(member.options, inputs="unary")) for member in members]
    for seed in range(8):
        rows = random_rows(seed, classes)
        for network in train_networks(rows, members if seed else unary, COSTS):
            assert np.array_equal(network.model.predict(rows.words), network.outputs)
            allowed = GRIDS[network.member.options.weights](2)
            first, second, _ = network.model.after(Lookup)[1].all_stages(Affine, "test")
            lost = int(first.dropped_bits[0])
            assert set(np.unique(second.weights >> lost)) <= set(allowed.tolist())
            design_space(network.model, rows.words, rows.labels, COSTS)


@pytest.mark.slow
@pytest.mark.parametrize("aware", AWARE)
def test_a_network_is_trained_stored_compiled_and_proven(aware: str, iris: Dataset, tmp_path: Path) -> None:
    network = NetworkOptions(epochs=60, batch_size=32, **AWARE[aware])
    options = TrainingOptions("mlp", networks=(network,), restarts=3)
    trained = train_model(iris.split(), options, iris.feature_names)
    assert trained.train_score > 0.8
    assert trained.validation_score is not None
    assert trained.validation_score > 0.6
    assert len(trained.history) == 60
    save_model(trained.estimator, tmp_path / "model.json")
    model = read_model(tmp_path / "model.json").model
    assert model.coding.names == iris.feature_names
    design = compile_model(model, dataset=iris)
    assert design.accuracies.train == trained.train_score
    assert design.verify(formal=True).agrees
    assert train_model(iris.split(), options, iris.feature_names).history == trained.history


@pytest.mark.slow
def test_dear_circuits_get_smaller_and_the_smallest_near_the_best_is_taken(iris: Dataset) -> None:
    networks = tuple(NetworkOptions(epochs=60, batch_size=32, cost_weight=weight) for weight in (0.0, 0.3, 2.0))
    trained = train_model(iris.split(), TrainingOptions("mlp", networks=networks, restarts=1, max_loss=0.03))
    sizes = [point["gates"] for point in trained.front]
    assert sizes[1] < sizes[0]
    assert sizes[2] < 0.5 * sizes[0]
    best = max(point["validation_score"] for point in trained.front)
    near = [point for point in trained.front if point["validation_score"] >= best - 0.03]
    assert trained.parameters["cost_weight"] == min(near, key=lambda point: point["gates"])["cost_weight"]
    assert len({repr(stage.to_json()) for stage in trained.estimator.stages}) == 2


@pytest.mark.slow
@pytest.mark.parametrize("weights", ["pow2", "ternary", "uniform"])
def test_gates_beyond_price_take_all_weights_however_large(weights: str) -> None:
    pytest.importorskip("jax")
    dear = NetworkOptions(weights=weights, cost_weight=50.0)
    (network,) = train_networks(random_rows(0, 3), [Member(dear)], COSTS)
    assert not any(stage.weights.any() for stage in network.model.all_stages(Affine, "test"))


def test_without_jax_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "bespoke.training.population", None)
    with pytest.raises(ToolMissingError, match=r"pip install 'bespoke\[training\]'"):
        train_networks(random_rows(0, 2), [Member(NetworkOptions())], COSTS)


def test_sums_that_single_precision_would_round_are_refused() -> None:
    pytest.importorskip("jax")
    rows = random_rows(0, 2)
    coding = InputCoding(("a", "b", "c"), (16,) * 3, (0.0,) * 3, (1.0,) * 3)
    wide = NetworkRows(rows.words, rows.labels, coding, rows.classes)
    with pytest.raises(OptionError, match="layer 1: sums need more than 24 bits"):
        train_networks(wide, [Member(NetworkOptions(weight_bits=8))], COSTS)


@pytest.mark.slow
def test_a_difference_from_the_integer_model_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("jax")
    monkeypatch.setattr(IntegerModel, "predict", lambda _, words: 1 - 2 * words[:, 0])
    with pytest.raises(ModelError, match="differs from the integer model"):
        train_networks(random_rows(0, 2), [Member(NetworkOptions(epochs=1))], COSTS)


def test_grids_are_symmetric_and_keep_their_bits() -> None:
    for name, bits in product(GRIDS, range(2, 9)):
        levels = GRIDS[name](bits).tolist()
        assert levels == sorted({-level for level in levels})
    assert GRIDS["pow2"](4).tolist() == [-8, -4, -2, -1, 0, 1, 2, 4, 8]
    assert GRIDS["odd"](2).tolist() == [-3, -1, 1, 3]
    assert max(map(digit_count, GRIDS["two_digits"](8).tolist())) == 2
    assert len(GRIDS["uniform"](8)) == 255


def test_options_are_checked() -> None:
    with pytest.raises(OptionError, match="one entry per layer"):
        NetworkOptions(weight_bits=(2, 2, 2))
    with pytest.raises(OptionError, match="no number but 0"):
        NetworkOptions(weight_bits=1)
    with pytest.raises(OptionError, match="weights"):
        NetworkOptions(weights="octal")
    with pytest.raises(OptionError, match="only an MLP"):
        TrainingOptions("tree", networks=(NetworkOptions(),))
