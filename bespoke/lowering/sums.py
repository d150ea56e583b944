"""MLPs and linear models: layers of weighted sums, then a decision."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bespoke.arith import Word, argmax, clip_index, count_votes, nonnegative, relu, weighted_sums
from bespoke.model import Decision, IntegerMLP, IntegerSVM, Layer
from bespoke.netlist import FALSE, TRUE, Certificate, Contest, NetlistBuilder, SumHint
from bespoke.numeric import Interval

Words = tuple[Word, ...]


class _Growth:
    """A netlist under construction with the hints for its proof."""

    def __init__(self, builder: NetlistBuilder) -> None:
        self.builder = builder
        self.sums: dict[str, SumHint] = {}
        self.words: dict[str, tuple[int, ...]] = {}
        self.contests: tuple[Contest, ...] = ()

    def certificate(self) -> Certificate:
        return Certificate(self.sums, self.words, self.contests)


class _Layer:
    """One layer on its input words, not built yet: only the rows that are needed are built."""

    def __init__(self, layer: Layer, number: int, inputs: Words, offset: int = 0) -> None:
        self._weights = layer.weights.tolist()
        self._biases = [bias + offset for bias in layer.biases.tolist()]
        self._inputs = inputs
        self.number = number
        ranges = layer.sum_intervals(tuple(word.interval for word in inputs))
        self.ranges = [interval.shifted(offset) for interval in ranges]

    def build(self, growth: _Growth, rows: Sequence[int]) -> list[Word]:
        """Words of some of the sums."""
        weights, biases = [self._weights[row] for row in rows], [self._biases[row] for row in rows]
        built = weighted_sums(growth.builder, weights, self._inputs, biases)
        growth.sums |= {f"layer{self.number}.sum{row}": total.hint for row, total in zip(rows, built, strict=True)}
        return [total.word for total in built]

    def build_all(self, growth: _Growth) -> list[Word]:
        """Words of all sums."""
        return self.build(growth, range(len(self.ranges)))

    def build_signs(self, growth: _Growth) -> list[int]:
        """Literals of ``sum >= 0``; a sum whose range decides is not built."""
        signs = [TRUE if interval.low >= 0 else FALSE for interval in self.ranges]
        rows = [row for row, interval in enumerate(self.ranges) if interval.low < 0 <= interval.high]
        for row, word in zip(rows, self.build(growth, rows), strict=True):
            signs[row] = nonnegative(word)
        return signs


def lower_sums(builder: NetlistBuilder, model: IntegerMLP | IntegerSVM, inputs: Words) -> tuple[Word, Certificate]:
    """Output word of a weighted-sum model and the certificate."""
    growth = _Growth(builder)
    words = inputs
    for number, layer in enumerate(model.layers[:-1]):
        lowered = _Layer(layer, number, words)
        words = _rectified(growth, lowered) if layer.activation == "relu" else tuple(lowered.build_all(growth))
    scores = _Layer(model.layers[-1], len(model.layers) - 1, words, model.decision.score_offset)
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
    index, growth.contests = argmax(growth.builder, scores.build_all(growth))
    return index


def _sign(growth: _Growth, _: Decision, scores: _Layer) -> Word:
    return Word(tuple(scores.build_signs(growth)), Interval(0, 1))


def _votes(growth: _Growth, decision: Decision, scores: _Layer) -> Word:
    wins = scores.build_signs(growth)
    growth.words |= {f"votes.pair{pair}": (win,) for pair, win in enumerate(wins)}
    counts = count_votes(growth.builder, decision.pairs(), wins, len(decision.classes))
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
