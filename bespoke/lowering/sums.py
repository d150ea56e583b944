"""MLPs and linear models: layers of weighted sums, then a decision."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bespoke.arith import (
    Term,
    Word,
    argmax,
    clip_index,
    count_votes,
    nonnegative,
    relu,
    sum_interval,
    weighted_sum,
)
from bespoke.model import Decision, IntegerMLP, IntegerSVM, Layer
from bespoke.netlist import FALSE, TRUE, Certificate, Contest, NetlistBuilder, SumHint
from bespoke.numeric import Interval

Words = tuple[Word, ...]


class _Hints:
    """Collects the certificate while the netlist grows."""

    def __init__(self) -> None:
        self.sums: dict[str, SumHint] = {}
        self.words: dict[str, tuple[int, ...]] = {}
        self.contests: tuple[Contest, ...] = ()

    def certificate(self) -> Certificate:
        return Certificate(self.sums, self.words, self.contests)


def lower_sums(builder: NetlistBuilder, model: IntegerMLP | IntegerSVM, inputs: Words) -> tuple[Word, Certificate]:
    """Output word of a weighted-sum model and the certificate."""
    hints = _Hints()
    words = inputs
    for number, layer in enumerate(model.layers[:-1]):
        words = _hidden_layer(builder, layer, number, words, hints)
    last = len(model.layers) - 1
    output = _DECISIONS[model.decision.kind](builder, model.decision, _Scores(model.layers[last], last, words), hints)
    return output, hints.certificate()


class _Scores:
    """The last layer, not built yet: a decision builds of it only what it needs."""

    def __init__(self, layer: Layer, number: int, inputs: Words) -> None:
        self._rows = layer.weights.tolist()
        self._biases = layer.biases.tolist()
        self._name = f"layer{number}.sum"
        self._inputs = inputs

    def __len__(self) -> int:
        return len(self._rows)

    def build(self, builder: NetlistBuilder, row: int, offset: int, hints: _Hints) -> Word:
        """Word of score ``row`` plus ``offset``."""
        terms = _terms(self._rows[row], self._inputs)
        built = weighted_sum(builder, terms, self._biases[row] + offset)
        hints.sums[f"{self._name}{row}"] = built.hint
        return built.word

    def sign(self, builder: NetlistBuilder, row: int, offset: int, hints: _Hints) -> int:
        """Literal of ``score + offset >= 0``; nothing is built where the exact range decides."""
        interval = sum_interval(_terms(self._rows[row], self._inputs), self._biases[row] + offset)
        if interval.high < 0:
            return FALSE
        if interval.low >= 0:
            return TRUE
        return nonnegative(self.build(builder, row, offset, hints))


def _terms(weights: Sequence[int], inputs: Words) -> list[Term]:
    return [Term(weight, word) for weight, word in zip(weights, inputs, strict=True) if weight]


def _hidden_layer(builder: NetlistBuilder, layer: Layer, number: int, inputs: Words, hints: _Hints) -> Words:
    words = []
    for row, (weights, bias) in enumerate(zip(layer.weights.tolist(), layer.biases.tolist(), strict=True)):
        terms = _terms(weights, inputs)
        rectified = layer.activation == "relu"
        if rectified and sum_interval(terms, bias).high <= 0:
            word = Word((), Interval.constant(0))
        else:
            built = weighted_sum(builder, terms, bias)
            hints.sums[f"layer{number}.sum{row}"] = built.hint
            word = relu(builder, built.word) if rectified else built.word
        if rectified:
            hints.words[f"layer{number}.relu{row}"] = word.bits
        words.append(word)
    return tuple(words)


def _argmax(builder: NetlistBuilder, decision: Decision, scores: _Scores, hints: _Hints) -> Word:
    words = [scores.build(builder, row, decision.score_offset, hints) for row in range(len(scores))]
    index, hints.contests = argmax(builder, words)
    return index


def _sign(builder: NetlistBuilder, decision: Decision, scores: _Scores, hints: _Hints) -> Word:
    return Word((scores.sign(builder, 0, decision.score_offset, hints),), Interval(0, 1))


def _votes(builder: NetlistBuilder, decision: Decision, scores: _Scores, hints: _Hints) -> Word:
    wins = [scores.sign(builder, row, decision.score_offset, hints) for row in range(len(scores))]
    hints.words |= {f"votes.pair{pair}": (win,) for pair, win in enumerate(wins)}
    counts = count_votes(builder, decision.pairs(), wins, len(decision.classes))
    hints.sums |= {f"votes.count{label}": count.hint for label, count in enumerate(counts)}
    index, hints.contests = argmax(builder, [count.word for count in counts])
    return index


def _value(builder: NetlistBuilder, decision: Decision, scores: _Scores, hints: _Hints) -> Word:
    return scores.build(builder, 0, decision.score_offset, hints)


def _label(builder: NetlistBuilder, decision: Decision, scores: _Scores, hints: _Hints) -> Word:
    total = scores.build(builder, 0, decision.score_offset, hints)
    shift = decision.frac_bits
    shifted = Interval(total.interval.low >> shift, total.interval.high >> shift)
    return clip_index(
        builder, Word(tuple(total.bit(shift + i) for i in range(shifted.width)), shifted), len(decision.classes)
    )


_Decide = Callable[[NetlistBuilder, Decision, _Scores, _Hints], Word]
_DECISIONS: dict[str, _Decide] = {
    "argmax": _argmax,
    "sign": _sign,
    "sign_inclusive": _sign,
    "votes": _votes,
    "value": _value,
    "label": _label,
}
