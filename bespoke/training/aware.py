"""One network for a circuit from the training part of a data set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bespoke.cells import GateCosts
from bespoke.data import CLASSIFICATION, Split
from bespoke.errors import OptionError
from bespoke.frontend import DEFAULT_SUM_INPUT_BITS, QuantisationOptions, input_coding
from bespoke.training.members import Member, NetworkRows, TrainedNetwork
from bespoke.training.networks import train_networks
from bespoke.training.options import TrainingOptions


@dataclass(frozen=True, slots=True, eq=False)
class AwareModel:
    """The best of some networks that were trained as circuits.

    Attributes
    ----------
    network : TrainedNetwork
    train_score, validation_score : float
        Accuracy on the training rows, and of networks that did not see them.
    """

    network: TrainedNetwork
    train_score: float
    validation_score: float


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
    bits = DEFAULT_SUM_INPUT_BITS if input_bits is None else input_bits
    coding = input_coding(names, split.train_features, QuantisationOptions(input_bits=bits))
    classes = np.unique(split.train_targets)
    labels = np.searchsorted(classes, split.train_targets)
    return NetworkRows(coding.quantise(split.train_features), labels, coding, tuple(classes.tolist()))


def train_aware(
    split: Split, options: TrainingOptions, costs: GateCosts, feature_names: Sequence[str] | None = None
) -> AwareModel:
    """Train restarts on all training rows and a network without each fold, at once; take the best restart.

    Parameters
    ----------
    split : Split
        Its test part is not looked at.
    options : TrainingOptions
        With ``network``.
    costs : GateCosts
    feature_names : sequence of str, optional
        Of the words of the model.

    Raises
    ------
    ToolMissingError, OptionError, ModelError
        See `bespoke.training.train_networks`.
    """
    rows = network_rows(split, options.input_bits, feature_names)
    assert options.network is not None
    base = replace(options.network, hidden_layer_sizes=options.hidden_layer_sizes, seed=options.seed)
    restarts = [Member(replace(base, seed=(options.seed + each) % 2**32)) for each in range(options.restarts)]
    fold_of = np.random.default_rng(options.seed).permutation(len(rows.labels)) % options.folds
    folds = [Member(base, fold_of != fold) for fold in range(options.folds)]
    found = train_networks(rows, [*restarts, *folds], costs)
    best = max(found[: len(restarts)], key=lambda one: right(one, rows).mean())
    held = [right(one, rows)[_held(one)] for one in found[len(restarts) :]]
    return AwareModel(best, float(right(best, rows).mean()), float(np.concatenate(held).mean()))


def right(network: TrainedNetwork, rows: NetworkRows) -> NDArray[np.bool_]:
    """Which rows a network classifies as they are labelled, shape (n_rows,)."""
    return np.asarray(network.outputs == rows.labels)


def _held(network: TrainedNetwork) -> NDArray[np.bool_]:
    assert network.member.seen is not None
    return ~network.member.seen
