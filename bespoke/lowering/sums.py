"""MLPs and linear models: layers of weighted sums, then a decision."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bespoke.arith import Word, argmax, clip_index, count_votes, nonnegative, relu, sum_interval, weighted_sums
from bespoke.lowering.scores import Rows, plan_scores
from bespoke.lowering.votes import TABULATED_PAIRS, all_outcomes, deciding_pairs, winner
from bespoke.model import Decision, IntegerMLP, IntegerSVM, Layer
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
    """One layer on its input words, not built yet: only the rows that are needed are built."""

    def __init__(self, weights: Rows, biases: Sequence[int], inputs: Words, number: int) -> None:
        self.weights = weights
        self.biases = biases
        self.inputs = inputs
        self.number = number
        self.ranges = [sum_interval(row, inputs, bias) for row, bias in zip(weights, biases, strict=True)]

    @staticmethod
    def of(layer: Layer, number: int, inputs: Words, offset: int = 0) -> _Layer:
        """The sums of a model's layer plus ``offset``."""
        return _Layer(layer.weights.tolist(), [bias + offset for bias in layer.biases.tolist()], inputs, number)

    def less(self, common: Sequence[int]) -> _Layer:
        """The sums less a linear function of the inputs, its bias last."""
        weights = [[w - c for w, c in zip(row, common, strict=False)] for row in self.weights]
        return _Layer(weights, [bias - common[-1] for bias in self.biases], self.inputs, self.number)

    def build(self, growth: _Growth, rows: Sequence[int]) -> list[Word]:
        """Words of some of the sums."""
        weights, biases = [self.weights[row] for row in rows], [self.biases[row] for row in rows]
        built = weighted_sums(growth.builder, weights, self.inputs, biases)
        growth.sums |= {f"layer{self.number}.sum{row}": total.hint for row, total in zip(rows, built, strict=True)}
        return [total.word for total in built]

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
        lowered = _Layer.of(layer, number, words)
        words = _rectified(growth, lowered) if layer.activation == "relu" else tuple(lowered.build_all(growth))
    scores = _Layer.of(model.layers[-1], len(model.layers) - 1, words, model.decision.score_offset)
    output = _DECISIONS[model.decision.kind](growth, model.decision, scores)
    return output, growth.certificate()


def _rectified(growth: _Growth, layer: _Layer) -> Words:
    """ReLU outputs; a sum that is never positive is not built."""
    words = [Word((), Interval.constant(0))] * len(layer.ranges)
    rows = [row for row, interval in enumerate(layer.ranges) if interval.high > 0]
    for row, total in zip(rows, layer.build(growth, rows), strict=True):
        words[row] = relu(growth.builder, total)
    growth.words |= {f"layer{layer.number}.relu{row}": word.bits for row, word in enumerate(words)}
    return tuple(words)


def _argmax(growth: _Growth, _: Decision, scores: _Layer) -> Word:
    plan = plan_scores(scores.weights, scores.biases, [word.interval for word in scores.inputs])
    growth.beaten, growth.common = plan.beaten, plan.common
    live = [label for label in range(len(scores.biases)) if label not in plan.beaten]
    words = scores.less(plan.common).build(growth, live) if len(live) > 1 else [Word.constant(0)]
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
