"""One network for a circuit from the training part of a data set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bespoke.approx import AffineBatch, ModelBatch, estimate_cost
from bespoke.cells import GateCosts
from bespoke.data import CLASSIFICATION, Split
from bespoke.errors import OptionError
from bespoke.frontend import QuantisationOptions, input_coding
from bespoke.model import Affine, IntArray, IntegerModel, Lookup
from bespoke.training.disturbances import DISTURBANCES
from bespoke.training.grids import GRIDS
from bespoke.training.members import FloatArray, Member, NetworkRows, TrainedNetwork
from bespoke.training.networks import train_networks
from bespoke.training.options import TrainingOptions

_INPUT_BITS = 4  # where nothing else is asked for


@dataclass(frozen=True, slots=True, eq=False)
class FrontPoint:
    """What the options of a network lead to.

    Attributes
    ----------
    network : TrainedNetwork
        The best of some restarts.
    train_score, validation_score : float
        Accuracy on the training rows, and of networks that did not see them.
    gates : float
        Estimated size in NAND2.
    disturbed_score : float or None
        Accuracy on the training rows under the disturbance of its options, if there is one.
    """

    network: TrainedNetwork
    train_score: float
    validation_score: float
    gates: float
    disturbed_score: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class AwareModel:
    """The chosen one of some networks that were trained as circuits, and the others.

    Attributes
    ----------
    chosen : FrontPoint
        The smallest whose validation score is near the best one.
    points : tuple of FrontPoint
        In the order of the options.
    """

    chosen: FrontPoint
    points: tuple[FrontPoint, ...]


def network_rows(split: Split, input_bits: int | None, feature_names: Sequence[str] | None = None) -> NetworkRows:
    """Training rows as the circuit will read them.

    Parameters
    ----------
    split : Split
        Of classes.
    input_bits : int, optional
        Of a word that is none yet; default 4.
    feature_names : sequence of str, optional

    Raises
    ------
    OptionError
        If the targets are no classes.
    """
    if split.task != CLASSIFICATION:
        raise OptionError("networks for circuits give classes", got=f"task {split.task}", allowed="classification")
    names = feature_names or [f"x{number}" for number in range(split.train_features.shape[1])]
    bits = _INPUT_BITS if input_bits is None else input_bits
    coding = input_coding(names, split.train_features, QuantisationOptions(input_bits=bits), bits)
    classes = np.unique(split.train_targets)
    labels = np.searchsorted(classes, split.train_targets)
    return NetworkRows(coding.quantise(split.train_features), labels, coding, tuple(classes.tolist()))


def train_aware(
    split: Split, options: TrainingOptions, costs: GateCosts, feature_names: Sequence[str] | None = None
) -> AwareModel:
    """Train networks of all options at once: restarts on all training rows, and networks without each fold.

    Parameters
    ----------
    split : Split
        Its test part is not looked at.
    options : TrainingOptions
        With ``networks``.
    costs : GateCosts
    feature_names : sequence of str, optional
        Of the words of the model.

    Raises
    ------
    ToolMissingError, OptionError, ModelError
        See `bespoke.training.train_networks`.
    """
    rows = network_rows(split, options.input_bits, feature_names)
    fold_of = np.random.default_rng(options.seed).permutation(len(rows.labels)) % options.folds
    seeds = [(options.seed + each) % 2**32 for each in range(max(options.restarts, options.folds))]
    everything = np.ones(len(rows.labels), dtype=bool)
    parts = [everything] * options.restarts + [fold_of != fold for fold in range(options.folds)]
    starts = [*range(options.restarts), *range(options.folds)]
    learnt, lessons = _lessons(rows, split, options, parts)
    members = [
        Member(replace(network, hidden_layer_sizes=options.hidden_layer_sizes, seed=seeds[start]), *lesson)
        for network in options.networks
        for start, lesson in zip(starts, lessons, strict=True)
    ]
    found = train_networks(learnt, members, costs)
    points = []
    for first in range(0, len(found), len(parts)):
        own = found[first : first + len(parts)]
        points.append(_point(rows, own[: options.restarts], own[options.restarts :], costs))
    return AwareModel(smallest_near_best(points, options.max_loss), tuple(points))


def _lessons(
    rows: NetworkRows, split: Split, options: TrainingOptions, parts: Sequence[NDArray[np.bool_]]
) -> tuple[NetworkRows, list[tuple[NDArray[np.bool_], FloatArray | None]]]:
    """Rows to learn, of which the first are those given, and of each part what is seen and what is wanted of it."""
    teacher = options.teaching
    if teacher is None:
        return rows, [(part, None) for part in parts]
    lesson = teacher.lesson(split.train_features, options.seed)
    first, _ = lesson.ends.T
    learnt = replace(rows, words=rows.coding.quantise(lesson.features), labels=rows.labels[first])
    known: dict[bytes, FloatArray] = {}
    found: list[tuple[NDArray[np.bool_], FloatArray | None]] = []
    for part in parts:
        key = part.tobytes()
        if key not in known:
            known[key] = teacher.shares(lesson, split.train_targets, part, options.seed)
        found.append((np.asarray(part[lesson.ends].all(axis=1)), known[key]))
    return learnt, found


def smallest_near_best(points: Sequence[FrontPoint], max_loss: float) -> FrontPoint:
    """The point of fewest gates whose validation score is at most ``max_loss`` below the best one."""
    least = max(point.validation_score for point in points) - max_loss
    return min((point for point in points if point.validation_score >= least), key=lambda point: point.gates)


def _point(
    rows: NetworkRows, whole: Sequence[TrainedNetwork], parts: Sequence[TrainedNetwork], costs: GateCosts
) -> FrontPoint:
    """Of networks of the same options, those that saw all rows, and those that did not see a fold."""
    count = len(rows.labels)
    held = [right(one, rows)[~one.member.seen[:count]] for one in parts if one.member.seen is not None]
    plain = [float(right(one, rows).mean()) for one in whole]
    asked = whole[0].member.options.strength > 0
    disturbed = [disturbed_accuracy(one, rows.words, rows.labels) if asked else None for one in whole]
    best = max(range(len(whole)), key=lambda place: plain[place] + (disturbed[place] or 0.0))
    gates = float(estimate_cost(_batch(whole[best].model), costs)[0])
    return FrontPoint(whole[best], plain[best], float(np.concatenate(held).mean()), gates, disturbed[best])


def disturbed_accuracy(network: TrainedNetwork, words: IntArray, labels: IntArray) -> float:
    """Accuracy under the disturbance of a network's options, the mean over several where it is random.

    Parameters
    ----------
    network : TrainedNetwork
    words : ndarray of int64, shape (n_rows, n_features)
    labels : ndarray of int64, shape (n_rows,)
        Class indices.
    """
    options = network.member.options
    kind, random = DISTURBANCES[options.disturbance], np.random.default_rng(options.seed)
    largest = [int(GRIDS[options.weights](bits)[-1]) for bits in options.bits_per_layer]
    tables, sums = network.model.after(Lookup)
    for stage in tables:
        words = stage.apply(words)
    models = [kind.apply(sums, largest, options.strength, random) for _ in range(kind.draws)]
    return float(np.mean([model.predict(words) == labels for model in models]))


def _batch(model: IntegerModel) -> ModelBatch:
    _, sums = model.after(Lookup)
    stages = sums.all_stages(Affine, "estimate")
    none = [np.zeros((1, len(stage.sources)), dtype=np.int64) for stage in stages]
    batches = tuple(AffineBatch.of(stage, shifts) for stage, shifts in zip(stages, none, strict=True))
    return ModelBatch(sums.ranges[0], batches, sums.decision)


def right(network: TrainedNetwork, rows: NetworkRows) -> NDArray[np.bool_]:
    """Which rows, the first that a network saw, it classifies as they are labelled, shape (n_rows,)."""
    return np.asarray(network.outputs[: len(rows.labels)] == rows.labels)
