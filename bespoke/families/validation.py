"""Out-of-fold accuracy: repeated stratified cross-validation inside the training part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.families.family import Family, Parameters
from bespoke.families.learning import Learning
from bespoke.model import IntArray, IntegerModel

FOLDS = 5


class Fold(NamedTuple):
    """One part of a repetition: which rows train a model, and which judge it."""

    repeat: int
    number: int
    seen: IntArray
    held: IntArray


def folds(targets: IntArray, seed: int, repeat: int, validating: NDArray[np.bool_] | None = None) -> Iterator[Fold]:
    """Parts of one repetition, each with its share of every class as far as that goes.

    Rows of each class are dealt to the parts in random order, each class going on where the last one ended. Where the
    data say which rows validate, these are dealt, in each repetition alike, and all others train.
    """
    random = np.random.default_rng([seed, repeat if validating is None else 0])
    judging = np.arange(len(targets)) if validating is None else np.flatnonzero(validating)
    order = judging[random.permutation(len(judging))]
    dealt = order[np.argsort(targets[order], kind="stable")]
    number_of = np.full(len(targets), -1, dtype=np.int64)
    number_of[dealt] = np.arange(len(dealt)) % FOLDS
    for number in range(min(FOLDS, len(dealt))):
        held = number_of == number
        yield Fold(repeat, number, np.flatnonzero(~held if validating is None else ~validating), np.flatnonzero(held))


def right_rows(
    family: Family, learning: Learning, parameters: Parameters, parts: Sequence[Fold]
) -> dict[tuple[int, int], NDArray[np.bool_]]:
    """Which held rows a model that has not seen them gets right, shape (n_held,), by repetition and part."""
    found: dict[tuple[int, int], NDArray[np.bool_]] = {}
    for fold in parts:
        random = np.random.default_rng([fold.repeat, fold.number])
        found[fold.repeat, fold.number] = right_of(
            family.fit(learning.part(fold.seen), parameters, random), learning, fold
        )
    return found


def right_of(model: IntegerModel, learning: Learning, fold: Fold) -> NDArray[np.bool_]:
    """Which held rows a model gets right, shape (n_held,)."""
    found: NDArray[np.bool_] = model.predict(learning.words[fold.held]) == learning.targets[fold.held]
    return found
