"""From rows and options to a population of networks, and from its parameters to integer models; needs JAX."""

from __future__ import annotations

from collections.abc import Sequence

import jax
import numpy as np

from bespoke.cells import GateCosts
from bespoke.errors import ModelError, OptionError
from bespoke.model import Affine, Argmax, Decision, IntArray, IntegerModel, Origin, Sign
from bespoke.numeric import digit_count
from bespoke.training.descent import Plan, Rows, as_circuit, circuit_outputs, descend
from bespoke.training.grids import GRIDS, Levels
from bespoke.training.members import FloatArray, Member, NetworkRows, TrainedNetwork
from bespoke.training.network_options import NetworkOptions
from bespoke.training.parameters import Layer, Settings
from bespoke.training.rounding import EXACT
from bespoke.training.sawb import range_coefficients

_GATES = 1000  # NAND2 that the weight of the cost is about


def train_population(rows: NetworkRows, members: Sequence[Member], costs: GateCosts) -> list[TrainedNetwork]:
    """Train networks of one shape, see `bespoke.training.train_networks`."""
    first = members[0].options
    grids = [_grids(member.options) for member in members]
    _check_exact(rows, members, grids)
    scores = len(rows.classes) if len(rows.classes) > 2 else 1
    sizes = (rows.words.shape[1], *first.hidden_layer_sizes, scores)
    kind = (first.activation, first.weight_range, first.clipping, first.resilience, first.disturbance)
    positions = max(int(levels[-1]).bit_length() + 1 for own in grids for levels in own)
    plan = Plan(sizes, *kind, positions, first.epochs, first.batch_size)
    seeds = np.array([member.options.seed for member in members], dtype=np.uint32)
    words = rows.scaled_words.astype(np.float32)
    seen = np.array([np.ones(len(words), dtype=bool) if each.seen is None else each.seen for each in members])
    labelled = np.eye(len(rows.classes), dtype=np.float32)[rows.labels]
    targets = np.array([labelled if each.targets is None else each.targets for each in members], dtype=np.float32)
    learnt = Rows(words, targets, seen.astype(np.float32))
    parameters, settings, history = descend(plan, seeds, _settings(rows, members, grids, costs), learnt)
    circuits = as_circuit(plan, parameters, settings)
    outputs = np.asarray(circuit_outputs(plan, circuits, settings, words))
    layers = jax.tree.map(np.asarray, circuits)
    dropped = np.array(settings.dropped, dtype=np.int64).reshape(len(first.hidden_layer_sizes), len(members))
    curves = np.asarray(history, dtype=np.float64)
    found = []
    for place, member in enumerate(members):
        own = [Layer(layer.weights[place], layer.biases[place]) for layer in layers]
        model = _model(rows, member.options, own, dropped[:, place])
        found.append(TrainedNetwork(model, member, outputs[place].astype(np.int64), curves[:, place]))
        _check_same(found[-1], rows)
    return found


def _grids(options: NetworkOptions) -> list[Levels]:
    return [GRIDS[options.weights](bits) for bits in options.bits_per_layer]


def _settings(
    rows: NetworkRows, members: Sequence[Member], grids: Sequence[Sequence[Levels]], costs: GateCosts
) -> Settings:
    count, layers = len(members), len(grids[0])
    most = [max(len(own[layer]) for own in grids) for layer in range(layers)]
    padded = [
        np.array([np.pad(own[layer], (0, most[layer] - len(own[layer])), mode="edge") for own in grids])
        for layer in range(layers)
    ]
    statistics = [
        np.array([range_coefficients(tuple(own[layer].tolist())) for own in grids], dtype=np.float32)
        for layer in range(layers)
    ]
    digits = [np.vectorize(digit_count, otypes=[np.float32])(levels) for levels in padded]
    options = [member.options for member in members]

    def each(values: Sequence[float]) -> FloatArray:
        return np.array(values, dtype=np.float32)

    widest = max(rows.coding.bits)
    return Settings(
        levels=tuple(levels.astype(np.float32) for levels in padded),
        digits=tuple(digits),
        statistics=tuple(statistics),
        dropped=(np.zeros(count, dtype=np.float32),) * (layers - 1),
        input_bits=np.tile(each(rows.coding.bits), (count, 1)),
        input_range=each([1 << widest] * count),
        activation_bits=each([one.activation_bits for one in options]),
        headroom=each([one.headroom for one in options]),
        rate=each([one.rate for one in options]),
        sensitivity_weight=each([one.first_sensitivity_weight for one in options]),
        strength=each([one.strength for one in options]),
        cost_weight=each([one.cost_weight * costs.full_adder / _GATES for one in options]),
    )


def _check_exact(rows: NetworkRows, members: Sequence[Member], grids: Sequence[Sequence[Levels]]) -> None:
    """Refuse sums that single precision may round; biases are checked by their results."""
    for member, levels in zip(members, grids, strict=True):
        options = member.options
        inputs = (rows.words.shape[1], *options.hidden_layer_sizes)
        bits = (max(rows.coding.bits), *[options.activation_bits] * len(options.hidden_layer_sizes))
        for number, (count, width, own) in enumerate(zip(inputs, bits, levels, strict=True), start=1):
            most = count * (1 << width) * int(own[-1])
            if most >= EXACT:
                allowed = "fewer input, weight or activation bits"
                raise OptionError(
                    "sums need more than 24 bits", where=f"layer {number}", got=most.bit_length(), allowed=allowed
                )


def _model(rows: NetworkRows, options: NetworkOptions, layers: Sequence[Layer], dropped: IntArray) -> IntegerModel:
    """The circuit's function."""
    stages, shift = [], 0  # bits that the inputs of a layer have lost, by which its weights are multiplied
    for number, layer in enumerate(layers):
        weights = layer.weights.astype(np.int64) << (rows.shifts if number == 0 else shift)
        biases = layer.biases.astype(np.int64) << shift
        if number == len(layers) - 1:
            stages.append(Affine(weights, biases, "identity", 0))
        else:
            stages.append(_HIDDEN[options.activation](weights, biases, shift + int(dropped[number]), options))
            shift = int(stages[-1].dropped_bits[0])
    decision: Decision = Argmax(rows.classes) if len(rows.classes) > 2 else Sign(rows.classes)
    return IntegerModel(rows.coding, tuple(stages), decision, Origin("mlp", f"{options.weights} network"))


def _relu(weights: IntArray, biases: IntArray, dropped: int, options: NetworkOptions) -> Affine:
    units = len(biases)
    lost, kept = np.full(units, dropped), np.full(units, options.activation_bits)
    return Affine(weights, biases, "relu", 0, dropped_bits=lost, saturation_bits=kept)


def _step(weights: IntArray, biases: IntArray, _dropped: int, _options: NetworkOptions) -> Affine:
    return Affine(weights, biases, "step", 0)


def _check_same(network: TrainedNetwork, rows: NetworkRows) -> None:
    wrong = np.flatnonzero(network.model.predict(rows.words) != network.outputs)
    if len(wrong):
        raise ModelError("training differs from the integer model", where=f"row {wrong[0]}", got=f"{len(wrong)} rows")


_HIDDEN = {"relu": _relu, "step": _step}
