"""Sensitivity and its gradient, the weight that it has, and disturbances: in training what they are in circuits."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest

from bespoke.approx import drop_columns
from bespoke.cells import GateCosts, load_library
from bespoke.errors import OptionError
from bespoke.model import InputCoding
from bespoke.training import Member, NetworkOptions, NetworkRows, disturbed_accuracy, train_networks
from bespoke.training.disturbances import DISTURBANCES, flipped
from bespoke.training.grids import GRIDS
from bespoke.training.sawb import range_coefficients

jax = pytest.importorskip("jax")
import jax.numpy as jnp  # noqa: E402  behind the extra

from bespoke.training import disturbed, forward, resilience  # noqa: E402
from bespoke.training.descent import first_parameters  # noqa: E402
from bespoke.training.parameters import Parameters, Settings  # noqa: E402

COSTS = GateCosts.of(load_library("egfet"))
SIZES = (4, 3, 3, 3)
HARDNESSES = [0.0, 1.0]


def small_network(clipping: str = "rms") -> tuple[Any, Parameters, Settings, Any]:
    """A kind, parameters, settings and rows of words."""
    levels = GRIDS["uniform"](4)
    layers, one = len(SIZES) - 1, jnp.ones(())
    settings = Settings(
        levels=(jnp.asarray(levels, dtype=jnp.float32),) * layers,
        digits=(jnp.zeros(len(levels)),) * layers,
        statistics=(jnp.asarray(range_coefficients(tuple(levels.tolist()))),) * layers,
        dropped=(2 * one,) * (layers - 1),
        input_bits=jnp.full(SIZES[0], 4.0),
        input_range=16 * one, activation_bits=4 * one, headroom=3 * one, rate=one, cost_weight=one,
        sensitivity_weight=one, strength=one,
    )  # fmt: skip
    kind = forward.kind_of("relu", "clip", clipping)
    middle = jnp.full(SIZES[0], 0.3)
    words = np.random.default_rng(5).integers(0, 16, (20, SIZES[0])).astype(np.float32)
    return kind, first_parameters(jnp.uint32(3), SIZES, middle), settings, words


def scores_of(kind: Any, layers: Any, parameters: Parameters, settings: Settings, words: Any, hardness: float) -> Any:
    *_, last = forward.layer_sums(kind, layers, settings, words, jnp.asarray(hardness))
    return forward.scaled_scores(last, layers[-1], parameters.gain)


@pytest.mark.slow
@pytest.mark.parametrize("hardness", HARDNESSES)
def test_sensitivity_is_that_of_the_jacobian(hardness: float) -> None:
    kind, parameters, settings, words = small_network()
    layers = forward.weighted_layers(kind, parameters, settings, jnp.asarray(hardness))

    def scores(weights: list[Any], row: Any) -> Any:
        own = [layer._replace(weights=each) for layer, each in zip(layers, weights, strict=True)]
        return scores_of(kind, own, parameters, settings, row[None], hardness)[0]

    weights = [layer.weights for layer in layers]
    slopes = jax.vmap(lambda row: jax.jacrev(scores)(weights, row))(words)
    wanted = sum((np.abs(slope) * np.abs(own)).sum(axis=(1, 2, 3)) for slope, own in zip(slopes, weights, strict=True))
    found = resilience.sensitivity(kind, parameters, settings, words, jnp.asarray(hardness))
    assert wanted.mean() > 0.1
    assert found == pytest.approx(wanted, rel=1e-4)


@pytest.mark.slow
def test_gradient_of_the_sensitivity_is_a_hessian_vector_product() -> None:
    kind, parameters, settings, words = small_network("pact")
    soft = jnp.zeros(())
    layers = forward.weighted_layers(kind, parameters, settings, soft)
    weights = [layer.weights for layer in layers]

    def score(weights: list[Any], row: Any, place: int) -> Any:
        own = [layer._replace(weights=each) for layer, each in zip(layers, weights, strict=True)]
        return scores_of(kind, own, parameters, settings, row[None], 0.0)[0, place]

    def total(parameters: Parameters) -> Any:
        return resilience.sensitivity(kind, parameters, settings, words, soft).sum()

    found = jax.grad(total)(parameters)
    wanted = [np.zeros(each.shape) for each in weights]
    for row, place in product(words, range(SIZES[-1])):
        slopes = jax.grad(score)(weights, row, place)
        towards = [jnp.abs(own) * jnp.sign(slope) for own, slope in zip(weights, slopes, strict=True)]
        along = jax.grad(
            lambda own, row=row, place=place, towards=towards: sum(
                (slope * each).sum() for slope, each in zip(jax.grad(score)(own, row, place), towards, strict=True)
            )
        )(weights)
        parts = zip(along, weights, slopes, strict=True)
        wanted = [
            sums + np.asarray(each + jnp.sign(own) * jnp.abs(slope))
            for sums, (each, own, slope) in zip(wanted, parts, strict=True)
        ]
    for number, each in enumerate(wanted):
        largest = float(settings.levels[number][-1])
        np.testing.assert_allclose(found.layers[number].weights / largest, each, rtol=1e-3, atol=1e-3)


@pytest.mark.slow
def test_gradient_of_the_sensitivity_is_that_of_finite_differences() -> None:
    kind, parameters, settings, words = small_network("pact")
    # Where ReLUs turn, the sensitivity jumps; here all are between their ends.
    linear = parameters._replace(
        layers=tuple(layer._replace(biases=layer.biases + 2.0) for layer in parameters.layers),
        clips=(jnp.asarray(6.0),) * len(parameters.clips),
    )

    def total(parameters: Parameters) -> Any:
        return resilience.sensitivity(kind, parameters, settings, words, jnp.zeros(())).sum()

    found = jax.grad(total)(linear)
    random, step = np.random.default_rng(1), 2e-3
    for _ in range(5):
        along = jax.tree.map(lambda value: jnp.asarray(random.normal(size=value.shape), dtype=value.dtype), linear)
        up, down = (
            float(total(jax.tree.map(lambda a, b, sign=sign: a + sign * step * b, linear, along)))
            for sign in (1.0, -1.0)
        )
        slope = sum(float((a * b).sum()) for a, b in zip(jax.tree.leaves(found), jax.tree.leaves(along), strict=True))
        assert (up - down) / (2 * step) == pytest.approx(slope, rel=0.02, abs=0.5)


@pytest.mark.slow
def test_the_weight_of_the_sensitivity_follows_the_error() -> None:
    weight = resilience.Weight.starting(jnp.array([0.01]))
    found = []
    # Falls; rises above the running error 0.8 + 0.1 * 1.0; rises to less than the running 1.5 + ...; falls; is small.
    for error in (1.0, 0.8, 1.5, 1.55, 1.2, 0.02, 0.03):
        weight = weight.after(jnp.array([error]))
        found.append(float(weight.now[0]))
    assert found == pytest.approx([0.011, 0.012, 0.006, 0.005, 0.006, 0.007, 0.008], rel=1e-4)
    fallen = resilience.Weight(jnp.ones(1), jnp.full(1, 0.05), jnp.ones(1), jnp.full(1, 9.0)).after(jnp.full(1, 2.0))
    assert float(fallen.now[0]) == 0.0


@pytest.mark.slow
def test_slopes_of_disturbed_sums_pass_where_they_are_below_1() -> None:
    sums, error, unit = jnp.zeros(3), jnp.array([1.0, -2.0, 3.0]), jnp.asarray(10.0)
    found, pull = jax.vjp(lambda sums: disturbed.disturbed(sums, error, unit), sums)
    assert found.tolist() == error.tolist()
    assert pull(jnp.array([0.05, -0.2, 0.5]))[0].tolist() == pytest.approx([0.05, 0.0, 0.0])


@pytest.mark.slow
def test_flipped_bits_are_the_same_in_training_and_in_circuits() -> None:
    random = np.random.default_rng(0)
    for grid, bits in product(GRIDS, (2, 4, 8)):
        levels = GRIDS[grid](bits)
        weights = random.choice(levels, (6, 5))
        width = int(levels[-1]).bit_length() + 1
        chosen = random.random((width, 6, 5)) < 0.3
        changed = disturbed.flipped(jnp.asarray(weights, dtype=jnp.float32), jnp.asarray(float(levels[-1])), chosen)
        assert (flipped(weights, width, chosen) - weights).tolist() == changed.astype(int).tolist()
    assert flipped(np.array([1]), 4, np.array([[True], [False], [False], [True]])).tolist() == [-8]


def test_the_names_of_disturbances_are_those_of_training() -> None:
    assert list(DISTURBANCES) == list(disturbed.DISTURBED)


def rows_of(seed: int, count: int = 60) -> NetworkRows:
    random = np.random.default_rng(seed)
    coding = InputCoding(("a", "b", "c"), (4, 2, 5), (0.0,) * 3, (1.0,) * 3)
    words = np.stack([random.integers(0, 1 << width, count) for width in coding.bits], axis=1)
    labels = (words[:, 0] * 2 > words[:, 2]).astype(np.int64) + (words[:, 1] > 1)
    return NetworkRows(words, labels, coding, (0, 1, 2))


@pytest.mark.slow
def test_lost_columns_are_the_same_in_training_and_in_circuits() -> None:
    rows = rows_of(0)
    members = [
        Member(NetworkOptions(hidden_layer_sizes=(5, 4), weights=grid, weight_bits=5, epochs=3, seed=seed))
        for seed, grid in enumerate(GRIDS)
    ]
    for network, lost in product(train_networks(rows, members, COSTS), range(9)):
        model = network.model
        short = drop_columns(model, lost)
        shifts = [rows.shifts, *(stage.dropped_bits for stage in model.stages[:-1])]
        inputs = short.stage_inputs(rows.words)
        for number, (stage, shift) in enumerate(zip(model.stages, shifts, strict=True)):
            words = inputs[number] << (shift if number == 0 else 0)
            weights = jnp.asarray(stage.weights >> shift, dtype=jnp.float32)
            error = disturbed.lost_columns(weights, jnp.asarray(words, dtype=jnp.float32), jnp.asarray(lost), 12)
            wanted = np.asarray(error, dtype=np.int64) << (0 if number == 0 else int(shift[0]))
            assert np.array_equal(short.stages[number].sums(inputs[number]) - stage.sums(inputs[number]), wanted)


@pytest.mark.slow
@pytest.mark.parametrize(("disturbance", "strength"), [("columns", 5.0), ("flips", 0.1)])
def test_resilient_networks_bear_disturbances(disturbance: str, strength: float) -> None:
    rows = rows_of(1, 300)
    noise = {"disturbance": disturbance, "strength": strength}
    plain = NetworkOptions(hidden_layer_sizes=(12,), weights="two_digits", epochs=200, batch_size=20, **noise)
    kinds = ("none", "active", "both")
    members = [Member(replace(plain, resilience=kind, seed=seed)) for kind in kinds for seed in range(3)]
    networks = train_networks(rows, members, COSTS)
    found = (
        np.array([disturbed_accuracy(each, rows.words, rows.labels) for each in networks]).reshape(3, 3).mean(axis=1)
    )
    assert found[2] > found[0]


def test_strengths_are_checked() -> None:
    with pytest.raises(OptionError, match="strength"):
        NetworkOptions(resilience="passive")
    with pytest.raises(OptionError, match="whole numbers 0 to 12"):
        NetworkOptions(strength=2.5)
    with pytest.raises(OptionError, match=r"0 to 0\.5"):
        NetworkOptions(disturbance="flips", strength=0.7)
