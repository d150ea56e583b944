"""What to prune against so that the loss on the training rows holds elsewhere."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bespoke.netlist import Netlist
from bespoke.prune.judge import IntArray, PruningTask, Term, accept_ranges, expect_words
from bespoke.sim import simulate

_STEPS = 6  # of squared errors, each threshold twice the one before
_FINEST = 0.25  # first threshold over the root mean square error allowed: what is below is free


# How much a change counts where no label says whether it is wrong: vectors between training rows, and the loss if the
# circuit differs from the original on all of them. With more of either, circuits lose less on rows that were held out,
# and are larger (`benchmarks/pruning.py --hold-out` shows by how much, on training rows alone).
UNLABELLED = 3000
AGREEMENT = 0.3


def cautious_task(
    netlist: Netlist, words: IntArray, term: Term, between: IntArray, agreement: float = AGREEMENT
) -> PruningTask:
    """Training rows that the original gets right, and unlabelled vectors on which it is asked.

    A search that is paid for each training row it repairs finds changes that repair those rows by luck, and spends what
    it earned on damage. So repairs earn nothing here; the loss of the original is 0.

    Parameters
    ----------
    netlist : Netlist
        The original.
    words : ndarray of int64, shape (n_rows, n_input_ports)
        Training rows.
    term : Term
        What is right on them.
    between : ndarray of int64, shape (n_unlabelled, n_input_ports)
        Unlabelled vectors, see `words_between`; there may be none.
    agreement : float
        Loss if the circuit differs from the original on all of them.
    """
    stimuli, outputs, is_row = _joined(netlist, words, between)
    kept, end = keep_right(term, outputs[is_row]), (0, len(stimuli) - len(words))
    rows = replace(kept, low=np.pad(kept.low, end), high=np.pad(kept.high, end), counted=np.pad(kept.counted, end))
    others = [expect_words(outputs, weight=agreement, counted=~is_row)] if len(between) else []
    return PruningTask(stimuli, (rows, *others))


def close_task(
    netlist: Netlist,
    words: IntArray,
    allowed: float,
    variance: float,
    between: IntArray,
    agreement: float = AGREEMENT,
) -> PruningTask:
    """Squared error against the original, on training rows and on unlabelled vectors, as a staircase of terms.

    Errors from ``t + 1`` to ``2 t`` count ``(t + 1) * 2 t``, between the squares of both, for some thresholds ``t``
    that double from a quarter of the root mean square error that is allowed; smaller errors are free, larger ones
    count as the last step. Where the error is independent of what the original lacks, R2 falls by this loss.

    Parameters
    ----------
    netlist : Netlist
        The original, with one output word.
    words : ndarray of int64, shape (n_rows, n_input_ports)
        Training rows.
    allowed : float
        Loss of R2 that is allowed, > 0; it decides on the thresholds alone.
    variance : float
        Of the wanted output words, > 0.
    between : ndarray of int64, shape (n_unlabelled, n_input_ports)
        Unlabelled vectors, see `words_between`.
    agreement : float
        Their weight; that of the rows is 1.
    """
    stimuli, outputs, is_row = _joined(netlist, words, between)
    terms = [
        accept_ranges(outputs - most, outputs + most, weight=share * square / variance, counted=counted)
        for counted, share in ((is_row, 1.0), (~is_row, agreement))
        for most, square in error_steps((allowed * variance) ** 0.5)
    ]
    return PruningTask(stimuli, terms)


def _joined(netlist: Netlist, words: IntArray, between: IntArray) -> tuple[IntArray, IntArray, NDArray[np.bool_]]:
    """Training rows and unlabelled vectors behind them, the original's output words, and which of them are rows."""
    stimuli = np.concatenate([words, between])
    return stimuli, simulate(netlist, stimuli)[:, 0], np.arange(len(stimuli)) < len(words)


def error_steps(root_mean_square: float) -> list[tuple[int, float]]:
    """Thresholds of errors of output words, and how much more a squared error beyond each of them counts."""
    finest = _FINEST * root_mean_square
    thresholds = sorted({int(finest * 2**step) for step in range(_STEPS)})
    squares = [(most + 1.0) * max(2 * most, 1) for most in thresholds]
    return [(most, now - before) for most, now, before in zip(thresholds, squares, [0.0, *squares], strict=False)]


def keep_right(term: Term, words: IntArray) -> Term:
    """The term on those vectors alone that given output words (n_vectors,) get right; a wrong one costs as much.

    Raises
    ------
    StimuliError
        If they are right on none.
    """
    right = term.counted & (term.low <= words) & (words <= term.high)
    return replace(term, counted=right, weight=term.weight * float(right.sum() / term.counted.sum()))


def words_between(words: IntArray, tops: IntArray, count: int, rng: np.random.Generator) -> IntArray:
    """Input words on the way between random pairs of rows, up to half way, with noise of half a step.

    ``tops`` are the largest words of the features, shape (n_features,).

    Convex combinations of training rows: H. Zhang, M. Cisse, Y. Dauphin, D. Lopez-Paz, "mixup: beyond empirical risk
    minimization", ICLR 2018.

    Returns
    -------
    ndarray of int64, shape (count, n_features)
    """
    first, second = words[rng.integers(0, len(words), (2, count))]
    way = rng.uniform(0.0, 0.5, (count, 1))
    mixed = first + (second - first) * way + rng.normal(0.0, 0.5, first.shape)
    return np.asarray(np.clip(np.rint(mixed), 0, tops), dtype=np.int64)
