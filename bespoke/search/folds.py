"""Candidates judged on rows that neither their training nor their search saw, by refitted models.

A model that fits its training rows without error, such as a tree of full depth, makes them useless as judges: on new
rows it errs as often as a much smaller one. What can be judged on new rows is the procedure. The estimator is fitted
anew without a fold of the training rows, that model is searched alike, and what the search finds at one price of area
is compared on the fold with that model itself (cost-complexity pruning by cross-validation: Breiman et al.,
"Classification and Regression Trees", 1984, section 3.4, here for all candidates of a search).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from bespoke.model import IntArray
from bespoke.search.design_space import DesignSpace
from bespoke.search.explore import Found
from bespoke.search.genes import FloatArray

_BEYOND = 2.0  # of the last price at which a dearer candidate was better, for the cheapest one


class Fold(NamedTuple):
    """Designs around a model fitted without some rows, the words and targets that it saw, and those held out."""

    space: DesignSpace
    words: IntArray
    targets: IntArray
    held_words: IntArray
    held_targets: IntArray


def exact_held_loss(folds: Sequence[Fold]) -> float:
    """Mean of what the exact models of the folds get wrong on the rows held out."""
    wrong = [fold.space.exact.predict(fold.held_words) != fold.held_targets for fold in folds]
    return float(np.concatenate(wrong).mean())


def held_out_wrong(found: Found, folds: Sequence[Fold], finds: Sequence[Found]) -> IntArray:
    """Which rows of the folds the candidates of a search get wrong, each by its counterparts in the folds.

    The counterparts of a candidate are the genomes with the least ``loss + price * cost / exact cost`` of the folds'
    searches, at the price of area at which the candidate is the best of its own search.

    Parameters
    ----------
    found : Found
        Search over all training rows.
    folds : sequence of Fold
    finds : sequence of Found
        Search of each fold, by the same options.

    Returns
    -------
    ndarray of int64, shape (n, n_held_rows)
        1 where a candidate is wrong, the exact models first; for `bespoke.search.assured_gains`.
    """
    own_prices = prices(found)
    parts = []
    for fold, other in zip(folds, finds, strict=True):
        counterparts = np.array([0, *(best_at(other, price) for price in own_prices[1:])])
        parts.append(fold.space.predict(other.genomes[counterparts], fold.held_words) != fold.held_targets)
    return np.concatenate(parts, axis=1).astype(np.int64)


def best_at(found: Found, price: float) -> int:
    """Position of the genome with the least ``loss + price * cost / exact cost``, the cheapest of equally good ones."""
    order = np.argsort(found.costs, kind="stable")
    return int(order[np.argmin((found.losses + price * _cost_shares(found))[order])])


def prices(found: Found) -> FloatArray:
    """Loss that each genome's position on the front pays for the area of the exact model, shape (n,).

    A corner of the convex hull of losses and costs is the best one for a range of prices, of which the geometric mean
    is taken (as Breiman et al. do). Other genomes have the price of the next cheaper corner.
    """
    shares = _cost_shares(found)
    corners = _lower_hull(shares, found.losses)
    steps = np.diff(found.losses[corners]) / np.diff(shares[corners])
    least = np.append(-steps, 0.0)
    most = np.concatenate([[_BEYOND**2 * least[0]], -steps])
    own = np.sqrt(least * most)
    corner = np.searchsorted(shares[corners], shares, side="right") - 1
    return np.asarray(own[np.maximum(corner, 0)], dtype=np.float64)


def _cost_shares(found: Found) -> FloatArray:
    return np.asarray(found.costs / max(float(found.costs[0]), 1e-9), dtype=np.float64)


def _lower_hull(shares: FloatArray, losses: FloatArray) -> IntArray:
    """Positions of the corners by rising cost and falling loss: each time where the loss falls most steeply."""
    corners = [int(np.lexsort((losses, shares))[0])]
    while len(better := np.flatnonzero(losses < losses[corners[-1]])):
        slopes = (losses[corners[-1]] - losses[better]) / (shares[better] - shares[corners[-1]])
        steepest = better[slopes == slopes.max()]
        corners.append(int(steepest[losses[steepest].argmin()]))
    return np.array(corners, dtype=np.int64)


def assured_gains(wrong: IntArray, caution: float) -> FloatArray:
    """Accuracy gained over the first candidate on the same rows, less ``caution`` standard errors, shape (n,).

    The rows on which just one of both is right decide: with ``b`` of them lost and ``c`` won of ``n``, the gain is
    ``(c - b) / n`` and its standard error ``sqrt(b + c - (c - b)**2 / n) / n`` (the paired difference behind
    McNemar, "Note on the Sampling Error of the Difference Between Correlated Proportions", Psychometrika 12, 1947).
    A candidate that decides as the exact model does nearly everywhere needs little reserve; one that wins and loses
    many rows may owe its gain to these very rows.

    Parameters
    ----------
    wrong : ndarray of int64, shape (n, n_rows)
        1 where a candidate is wrong; the exact model first.
    caution : float
        Standard errors.
    """
    rows = wrong.shape[1]
    lost = ((wrong == 1) & (wrong[:1] == 0)).sum(axis=1)
    won = ((wrong == 0) & (wrong[:1] == 1)).sum(axis=1)
    gain = won - lost
    error = np.sqrt(np.maximum(lost + won - gain**2 / rows, 0.0))
    return np.asarray((gain - caution * error) / rows, dtype=np.float64)
