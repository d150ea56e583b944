"""Out-of-fold accuracy: repeated stratified cross-validation inside the training part."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.families.family import Family, Parameters
from bespoke.families.learning import Learning
from bespoke.model import IntArray

FOLDS = 5


class Fold(NamedTuple):
    """One part of a repetition: which rows train a model, and which judge it."""

    repeat: int
    number: int
    seen: IntArray
    held: IntArray


def folds(targets: IntArray, seed: int, repeat: int) -> Iterator[Fold]:
    """Parts of one repetition, each with its share of every class as far as that goes.

    Rows of each class are dealt to the parts in random order, each class going on where the last one ended.
    """
    random = np.random.default_rng([seed, repeat])
    order = random.permutation(len(targets))
    dealt = order[np.argsort(targets[order], kind="stable")]
    number_of = np.empty(len(targets), dtype=np.int64)
    number_of[dealt] = np.arange(len(targets)) % FOLDS
    for number in range(min(FOLDS, len(targets))):
        held = number_of == number
        yield Fold(repeat, number, np.flatnonzero(~held), np.flatnonzero(held))


def right_rows(family: Family, learning: Learning, parameters: Parameters, fold: Fold) -> NDArray[np.bool_]:
    """Which held rows a model that has not seen them gets right, shape (n_held,)."""
    random = np.random.default_rng([fold.repeat, fold.number])
    model = family.fit(learning.part(fold.seen), parameters, random)
    found: NDArray[np.bool_] = model.predict(learning.words[fold.held]) == learning.targets[fold.held]
    return found
