"""Which words a smaller mode does without: bit by bit, those that make most adders idle for the rows that are lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from bespoke.approx.modes import Mode, in_mode
from bespoke.cells import GateCosts
from bespoke.model import Affine, IntArray, IntegerModel
from bespoke.numeric import digit_count

Score = Callable[[IntArray], float]


class Products(NamedTuple):
    """What the products of weighted sums take: an adder for each bit of an input and each digit of its weight.

    Attributes
    ----------
    model : IntegerModel
        Of weighted sums.
    digits : tuple of ndarray of int64
        Per stage the signed digits of its weights.
    costs : GateCosts
    """

    model: IntegerModel
    digits: tuple[IntArray, ...]
    costs: GateCosts

    @staticmethod
    def of(model: IntegerModel, costs: GateCosts) -> Products:
        """Of a model of weighted sums.

        Raises
        ------
        UnsupportedModelError
            If not all stages are weighted sums.
        """
        stages = model.all_stages(Affine, "modes")
        return Products(model, tuple(np.vectorize(digit_count, otypes=[np.int64])(s.weights) for s in stages), costs)

    def used_cost(self, mode: Mode) -> float:
        """Cost of the adders that a mode makes use of, and of its masks."""
        stages = self.model.all_stages(Affine, "modes")
        gone = mode.gone_bits(self.model)
        total = self.costs.and_ * sum(bits.bit_count() for words in gone for bits in words)
        is_read = np.ones(stages[-1].output_count, dtype=bool)
        for number in reversed(range(len(stages))):
            stage, words = stages[number], self.model.ranges[number]
            pairs = list(zip(words, gone[number], strict=True))
            left = np.array([(1 << word.width) - 1 & ~bits for word, bits in pairs], dtype=np.int64)
            bits = [int(mask).bit_count() for mask in left[stage.sources] & stage.masks]
            total += self.costs.full_adder * float((self.digits[number][is_read] * np.array(bits)).sum())
            is_read = left != 0
        return total


@dataclass(slots=True)
class _Move:
    """A way to hold more of one word, with what it was last seen to be worth."""

    stage: int
    word: int
    whole: bool
    worth: float = np.inf
    seen: int = -1


def shrinking_modes(products: Products, score: Score, words: IntArray, least: float) -> list[Mode]:
    """Smaller and smaller modes whose scores are at least so much, the first one whole.

    From one to the next, one word of a stage loses its lowest bit or all of its bits: the one that makes most adders
    idle for each row that is lost.

    Parameters
    ----------
    products : Products
        Of the model.
    score : callable
        Of output words (n_rows,).
    words : ndarray of int64, shape (n_rows, n_features)
        Training inputs.
    least : float
        Least score of a mode.
    """
    model = products.model
    found = [Mode.whole(model)]
    cost, now = products.used_cost(found[0]), score(model.predict(words))
    moves = [
        _Move(stage, word, whole)
        for stage, ranges in enumerate(model.ranges[:-1])
        for word, interval in enumerate(ranges)
        for whole in ((True, False) if interval.width > 1 else (True,))
        if _may_be_held(model, stage) and not interval.signed and interval.high > 0
    ]
    # A move is looked at again only when it seems the best: what others have held since makes it worth less, mostly.
    while moves:
        best = max(moves, key=lambda move: move.worth)
        left = _left(model, found[-1], best)
        if not left or best.worth <= 0:
            moves.remove(best)
            continue
        mode = found[-1].keeping(best.stage, best.word, 0 if best.whole else left & left - 1)
        lower, then = products.used_cost(mode), score(in_mode(model, mode).predict(words))
        if best.seen == len(found):
            found.append(mode)
            cost, now = lower, then
            continue
        lost = max(0.0, now - then) * len(words)
        best.worth = (cost - lower) / (1.0 + lost) if then >= least else 0.0
        best.seen = len(found)
    return found


def _may_be_held(model: IntegerModel, stage: int) -> bool:
    """Whether words that a stage reads stay in their range if words before them are held: not behind an identity."""
    return stage == 0 or model.all_stages(Affine, "modes")[stage - 1].activation != "identity"


def _left(model: IntegerModel, mode: Mode, move: _Move) -> int:
    """Bits of its word that are kept so far."""
    width = model.ranges[move.stage][move.word].width
    return int(mode.kept[move.stage][move.word]) & (1 << width) - 1
