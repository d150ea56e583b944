"""Genes of biases, and the biases that make up, in the mean, for what simpler sums lose."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from operator import attrgetter

import numpy as np

from bespoke.approx import AffineBatch
from bespoke.model import IntArray
from bespoke.search.genes.affine_part import AffinePart, AffineSite, lost
from bespoke.search.genes.gene import Gene, Move, Values

TECHNIQUE = "biases"


def balance(parts: Sequence[AffinePart], values_of: Callable[[int], Values]) -> None:
    """Change the biases of genomes so that each sum keeps its mean over the training rows.

    To first order: the inputs of a stage count as they are in the exact model.

    Parameters
    ----------
    parts : sequence of AffinePart
    values_of : callable
        Genes of a part, each (n, *shape), which are written to.
    """
    dropped = before = np.zeros((1, parts[0].weights.shape[1]), dtype=np.int64)
    for number, part in enumerate(parts):
        genes = values_of(number)
        gone = (part.weights - genes["weights"]) @ part.means
        if genes["masked"].size:
            unseen = part.low_means[np.arange(len(part.low_means)), genes["masked"]]
            gone += (genes["weights"] * unseen).sum(axis=2)
        missing = lost(dropped, part.active)
        gone += np.einsum("nrc,nc->nr", genes["weights"], np.broadcast_to(missing, genes["weights"][:, 0].shape))
        gone -= part.weights @ lost(before[0], part.active)
        genes["biases"][:] = part.stage.biases + np.floor(gone + 0.5).astype(np.int64)
        dropped, before = genes["dropped"], part.stage.dropped_bits[None]


def _apply(_: AffinePart, batch: AffineBatch, values: IntArray) -> AffineBatch:
    return replace(batch, biases=values)


def _move(site: AffineSite) -> None:
    row = site.row()
    reach = max(2, int(np.abs(site.genes["weights"][row]).sum()) * 4)
    site.genes["biases"][row] += site.sign() * (1 << int(site.random.integers(reach.bit_length())))


def _round(site: AffineSite) -> None:
    row = site.row()
    power = 1 << int(site.random.integers(1, 8))
    site.genes["biases"][row] = (site.genes["biases"][row] + power // 2) // power * power


BIASES: Gene[AffinePart, AffineBatch] = Gene(
    name="biases",
    shape=attrgetter("stage.biases.shape"),
    exact=attrgetter("stage.biases"),
    apply=_apply,
    moves=(Move(_move, TECHNIQUE, 2), Move(_round, TECHNIQUE, 0.5)),
)
