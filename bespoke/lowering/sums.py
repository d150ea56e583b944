"""MLPs and linear models: layers of weighted sums, then a decision."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from bespoke.arith import Word, argmax, clip_index, count_votes, nonnegative, relu, weighted_sums
from bespoke.arith.relu import saturate
from bespoke.lowering.scores import ScorePlan, plan_scores
from bespoke.lowering.votes import TABULATED_PAIRS, all_outcomes, deciding_pairs, winner
from bespoke.model import Decision, IntegerMLP, IntegerSVM, Layer
from bespoke.model.layer import WHOLE
from bespoke.netlist import Certificate, Contest, NetlistBuilder, SumHint
from bespoke.numeric import Interval

Words = tuple[Word, ...]


class _Growth:
    """A netlist under construction with the hints for its proof."""

    def __init__(self, builder: NetlistBuilder) -> None:
        self.builder = builder
        self.sums: dict[str, SumHint] = {}
        self.words: dict[str, tuple[int, ...]] = {}
        self.contests: tuple[Contest, ...] = ()
        self.beaten: dict[int, tuple[int, ...]] = {}
        self.common: tuple[int, ...] = ()

    def certificate(self) -> Certificate:
        return Certificate(self.sums, self.words, self.contests, self.beaten, self.common)


class _Layer:
    """One layer on its input words, not built yet: only the rows that are needed are built.

    ``offset`` is added to every sum.
    """

    def __init__(self, layer: Layer, inputs: Words, number: int, offset: int = 0) -> None:
        self.layer = layer
        self.inputs = inputs
        self.number = number
        intervals = [word.interval for word in inputs]
        self.columns = layer.column_intervals(intervals)
        self.biases = [bias + offset for bias in layer.biases.tolist()]
        self.ranges = [interval.shifted(offset) for interval in layer.sum_intervals(intervals)]
        self.outputs = layer.output_intervals(intervals)

    def less(self, common: Sequence[int]) -> _Layer:
        """The sums less a linear function of the columns, its bias last; less nothing for an empty one."""
        if not common:
            return self
        weights = self.layer.weights - np.array(common[:-1], dtype=np.int64)
        return _Layer(replace(self.layer, weights=weights), self.inputs, self.number, -common[-1])

    def build(self, growth: _Growth, rows: Sequence[int]) -> list[Word]:
        """Words of some of the sums."""
        words, shifts = self._operands()
        weights = [
            [weight << shift for weight, shift in zip(self.layer.weights[row].tolist(), shifts, strict=True)]
            for row in rows
        ]
        biases, ranges = [self.biases[row] for row in rows], [self.ranges[row] for row in rows]
        built = weighted_sums(growth.builder, weights, words, biases, ranges)
        growth.sums |= {f"layer{self.number}.sum{row}": total.hint for row, total in zip(rows, built, strict=True)}
        return [total.word for total in built]

    def _operands(self) -> tuple[list[Word], list[int]]:
        """Words of the columns without the zeros at their low ends, and the numbers of these."""
        words, shifts = [], []
        for source, mask in zip(self.layer.sources.tolist(), self.layer.masks.tolist(), strict=True):
            shift = max(0, (mask & -mask).bit_length() - 1)
            words.append(self.inputs[source] if mask == WHOLE else self.inputs[source].masked(mask).halved(shift))
            shifts.append(shift)
        return words, shifts

    def build_all(self, growth: _Growth) -> list[Word]:
        """Words of all sums."""
        return self.build(growth, range(len(self.ranges)))

    def build_signs(self, growth: _Growth, rows: Sequence[int]) -> list[int]:
        """Literals of ``sum >= 0`` for some of the sums; one whose range decides is not built."""
        undecided = [row for row in rows if self.ranges[row].low < 0 <= self.ranges[row].high]
        words = dict(zip(undecided, self.build(growth, undecided), strict=True))
        return [nonnegative(words[row]) if row in words else int(self.ranges[row].low >= 0) for row in rows]


def lower_sums(builder: NetlistBuilder, model: IntegerMLP | IntegerSVM, inputs: Words) -> tuple[Word, Certificate]:
    """Output word of a weighted-sum model and the certificate."""
    growth = _Growth(builder)
    words = inputs
    for number, layer in enumerate(model.layers[:-1]):
        lowered = _Layer(layer, words, number)
        words = _rectified(growth, lowered) if layer.activation == "relu" else _shortened(growth, lowered)
    scores = _Layer(model.layers[-1], words, len(model.layers) - 1, model.decision.score_offset)
    output = _DECISIONS[model.decision.kind](growth, model.decision, scores)
    return output, growth.certificate()


def _rectified(growth: _Growth, layer: _Layer) -> Words:
    """ReLU outputs; the sum of one that is always 0 is not built."""
    words = [Word((), Interval.constant(0))] * len(layer.ranges)
    rows = [row for row, interval in enumerate(layer.outputs) if interval.high > 0]
    for row, total in zip(rows, layer.build(growth, rows), strict=True):
        kept = relu(growth.builder, total.halved(int(layer.layer.dropped_bits[row])))
        words[row] = saturate(growth.builder, kept, int(layer.layer.saturation_bits[row]))
    growth.words |= {f"layer{layer.number}.relu{row}": word.bits for row, word in enumerate(words)}
    return tuple(words)


def _shortened(growth: _Growth, layer: _Layer) -> Words:
    dropped = layer.layer.dropped_bits.tolist()
    return tuple(word.halved(bits) for word, bits in zip(layer.build_all(growth), dropped, strict=True))


def _argmax(growth: _Growth, decision: Decision, scores: _Layer) -> Word:
    layer = scores.layer
    dropped = int(layer.dropped_bits[0])
    # What is common to all scores no longer cancels once their low bits are gone.
    plan = ScorePlan({}, ()) if dropped else plan_scores(layer.weights.tolist(), layer.biases.tolist(), scores.columns)
    growth.beaten, growth.common = plan.beaten, plan.common
    live = [label for label in range(len(decision.classes)) if label not in plan.beaten]
    words = scores.less(plan.common).build(growth, live) if len(live) > 1 else [Word.constant(0)]
    words = [word.halved(dropped) for word in words]
    index, growth.contests = argmax(growth.builder, words, live)
    return index


def _sign(growth: _Growth, _: Decision, scores: _Layer) -> Word:
    return Word(tuple(scores.build_signs(growth, [0])), Interval(0, 1))


def _votes(growth: _Growth, decision: Decision, scores: _Layer) -> Word:
    pairs = deciding_pairs(decision, scores.ranges)
    wins = dict(zip(pairs, scores.build_signs(growth, pairs), strict=True))
    growth.words |= {f"votes.pair{pair}": (win,) for pair, win in wins.items()}
    if len(pairs) <= TABULATED_PAIRS:
        return winner(growth.builder, decision, scores.ranges, wins)
    counts = count_votes(growth.builder, decision.pairs(), all_outcomes(scores.ranges, wins), len(decision.classes))
    growth.sums |= {f"votes.count{label}": count.hint for label, count in enumerate(counts)}
    index, growth.contests = argmax(growth.builder, [count.word for count in counts])
    return index


def _value(growth: _Growth, _: Decision, scores: _Layer) -> Word:
    return scores.build_all(growth)[0]


def _label(growth: _Growth, decision: Decision, scores: _Layer) -> Word:
    total = scores.build_all(growth)[0]
    shift = decision.frac_bits
    shifted = Interval(total.interval.low >> shift, total.interval.high >> shift)
    rounded = Word(tuple(total.bit(shift + bit) for bit in range(shifted.width)), shifted)
    return clip_index(growth.builder, rounded, len(decision.classes))


_DECISIONS: dict[str, Callable[[_Growth, Decision, _Layer], Word]] = {
    "argmax": _argmax,
    "sign": _sign,
    "sign_inclusive": _sign,
    "votes": _votes,
    "value": _value,
    "label": _label,
}
