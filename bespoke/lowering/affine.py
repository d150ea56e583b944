"""Weighted sums and what stands behind them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from bespoke.arith import SharingEffort, Word, nonnegative, relu, saturate, weighted_sums
from bespoke.lowering.draft import Draft, Words
from bespoke.model import WHOLE, Affine

# Work and tries of a search for common sub-sums of one matrix.
_SHARING = {"greedy": (0, 0), "fast": (200_000, 120), "high": (2_000_000, 400)}


class Sums:
    """The sums of an affine stage on its input words, not built yet: only the rows that are needed are built.

    Parameters
    ----------
    affine : Affine
    inputs : tuple of Word
    number : int
        Number of the stage.
    offset : int
        Added to every sum.
    """

    def __init__(self, affine: Affine, inputs: Words, number: int, offset: int = 0) -> None:
        self.affine = affine
        self.inputs = inputs
        self.number = number
        self.offset = offset
        intervals = [word.interval for word in inputs]
        self.columns = affine.column_intervals(intervals)
        self.biases = [bias + offset for bias in affine.biases.tolist()]
        self.ranges = [interval.plus(offset) for interval in affine.sum_intervals(intervals)]

    def less(self, common: Sequence[int]) -> Sums:
        """The sums less a linear function of the columns, its bias last; less nothing for an empty one."""
        if not common:
            return self
        weights = self.affine.weights - np.array(common[:-1], dtype=np.int64)
        return Sums(replace(self.affine, weights=weights), self.inputs, self.number, self.offset - common[-1])

    def dropped(self) -> int | None:
        """Low bits that every output loses; None if they differ or if the outputs are not sums."""
        counts = set(self.affine.dropped_bits.tolist())
        return counts.pop() if self.affine.activation == "identity" and len(counts) == 1 else None

    def plain(self, draft: Draft, offset: int) -> Sums:
        """Sums that are the outputs plus a constant: these, or those of an identity over the outputs."""
        if self.dropped() == 0:
            return Sums(self.affine, self.inputs, self.number, self.offset + offset)
        words = self.outputs(draft)
        return Sums(Affine.adding(len(words)), words, self.number + 1, offset)

    def build(self, draft: Draft, rows: Sequence[int]) -> list[Word]:
        """Words of some of the sums."""
        words, shifts = self._operands()
        weights = [
            [weight << shift for weight, shift in zip(self.affine.weights[row].tolist(), shifts, strict=True)]
            for row in rows
        ]
        biases, ranges = [self.biases[row] for row in rows], [self.ranges[row] for row in rows]
        effort = SharingEffort(draft.costs, *_SHARING[draft.effort])
        built = weighted_sums(draft.builder, weights, words, biases, effort, ranges)
        hints = {("sum", self.number, row): total.hint for row, total in zip(rows, built, strict=True)}
        draft.certificate.sums.update(hints)
        return [total.word for total in built]

    def _operands(self) -> tuple[list[Word], list[int]]:
        """Words of the columns without the zeros at their low ends, and the numbers of these."""
        words, shifts = [], []
        for source, mask in zip(self.affine.sources.tolist(), self.affine.masks.tolist(), strict=True):
            shift = max(0, (mask & -mask).bit_length() - 1)
            words.append(
                self.inputs[source] if mask == WHOLE else self.inputs[source].masked(mask).shifted_right(shift)
            )
            shifts.append(shift)
        return words, shifts

    def build_all(self, draft: Draft) -> list[Word]:
        """Words of all sums."""
        return self.build(draft, range(len(self.ranges)))

    def build_signs(self, draft: Draft, rows: Sequence[int]) -> list[int]:
        """Literals of ``sum >= 0`` for some of the sums; one whose range decides is not built."""
        undecided = [row for row in rows if self.ranges[row].low < 0 <= self.ranges[row].high]
        words = dict(zip(undecided, self.build(draft, undecided), strict=True))
        return [nonnegative(words[row]) if row in words else int(self.ranges[row].low >= 0) for row in rows]

    def outputs(self, draft: Draft) -> Words:
        """Words of all outputs of the stage."""
        return _OUTPUTS[self.affine.activation](draft, self)


def _rectified(draft: Draft, sums: Sums) -> Words:
    """ReLU outputs; the sum of one that is always 0 is not built."""
    affine, words = sums.affine, [Word.constant(0)] * len(sums.ranges)
    outputs = affine.output_intervals([word.interval for word in sums.inputs])
    rows = [row for row, interval in enumerate(outputs) if interval.high > 0]
    for row, total in zip(rows, sums.build(draft, rows), strict=True):
        kept = relu(draft.builder, total.shifted_right(int(affine.dropped_bits[row])))
        words[row] = saturate(draft.builder, kept, int(affine.saturation_bits[row]))
    draft.note("unit", sums.number, words)
    return tuple(words)


def _stepped(draft: Draft, sums: Sums) -> Words:
    signs = sums.build_signs(draft, range(len(sums.ranges)))
    outputs = sums.affine.output_intervals([word.interval for word in sums.inputs])
    words = [Word((sign,)[: interval.width], interval) for sign, interval in zip(signs, outputs, strict=True)]
    draft.note("unit", sums.number, words)
    return tuple(words)


def _shortened(draft: Draft, sums: Sums) -> Words:
    dropped = sums.affine.dropped_bits.tolist()
    return tuple(word.shifted_right(bits) for word, bits in zip(sums.build_all(draft), dropped, strict=True))


_OUTPUTS: dict[str, Callable[[Draft, Sums], Words]] = {
    "relu": _rectified,
    "identity": _shortened,
    "step": _stepped,
}
