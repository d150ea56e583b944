"""Input vectors on which the executors of a design are compared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bespoke.flow.stage_facts import border_words
from bespoke.model import IntArray, IntegerModel
from bespoke.sim import MAX_EXHAUSTIVE_BITS, corners, every_input, random_inputs

RANDOM_VECTORS = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Vectors:
    """Input words and where they come from.

    Attributes
    ----------
    words : ndarray of int64, shape (n_vectors, n_features)
    counts : dict of str to int
        Number of vectors by origin: "exhaustive", or "rows", "corners", "thresholds" and "random".
    """

    words: IntArray
    counts: dict[str, int]

    @property
    def exhaustive(self) -> bool:
        """Whether every input that the circuit can have is among them."""
        return "exhaustive" in self.counts

    def selection(self, count: int) -> Vectors:
        """At most so many of them, but at least one, evenly spaced."""
        if count >= len(self.words):
            return self
        chosen = np.linspace(0, len(self.words) - 1, max(1, count)).astype(np.int64)
        return Vectors(self.words[chosen], {"selected": len(chosen)})


def all_vectors(model: IntegerModel, rows: IntArray | None, seed: int) -> Vectors:
    """Every input up to 16 input bits, else `sample_vectors`."""
    if sum(model.coding.bits) > MAX_EXHAUSTIVE_BITS:
        return sample_vectors(model, rows, seed)
    words = every_input(model.coding.bits)
    return Vectors(words, {"exhaustive": len(words)})


def sample_vectors(model: IntegerModel, rows: IntArray | None, seed: int) -> Vectors:
    """The given rows, corner vectors, thresholds and random vectors; every input where those are fewer.

    Parameters
    ----------
    model : IntegerModel
    rows : ndarray of int64, shape (n_rows, n_features), optional
        Quantised rows of the data.
    seed : int
        Seed of the random vectors.
    """
    if 1 << min(sum(model.coding.bits), 62) <= RANDOM_VECTORS:
        return all_vectors(model, rows, seed)
    parts = {
        "rows": rows,
        "corners": corners(model.coding.bits),
        "thresholds": border_words(model),
        "random": random_inputs(model.coding.bits, RANDOM_VECTORS, seed),
    }
    present = {name: part for name, part in parts.items() if part is not None and len(part)}
    return Vectors(np.concatenate(list(present.values())), {name: len(part) for name, part in present.items()})
