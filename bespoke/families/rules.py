"""Lists of rules: conjunctions of comparisons with levels, the first of which that holds says the class."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bespoke.families.counting import sums_by_word
from bespoke.families.family import Family, Parameters
from bespoke.families.learning import FloatArray, Learning
from bespoke.model import Compare, Gates, Index, IntArray, IntegerModel, Lookup, Origin, Stage, Table
from bespoke.netlist import FALSE, NetlistBuilder

_RULES = (1, 2, 3, 4, 6, 9, 13, 20, 30, 45)
_TESTS = (1, 2, 3, 5)
# Share of all rows that may be wrong to save 1 mW.
_TOLLS = (1.0, 0.3, 0.1, 0.03, 0.01, 0.0)
_LEAST_GAIN = (0.5, 2.5)
_ROUNDS = 4
_TEST_CELLS = 1.0


@dataclass(frozen=True, slots=True)
class _Rule:
    """Feature, level and whether the word must reach it, of each test; and the class."""

    tests: tuple[tuple[int, int, bool], ...]
    label: int

    def holds(self, words: IntArray) -> NDArray[np.bool_]:
        """Whether all tests hold, of each row."""
        found = np.ones(len(words), dtype=bool)
        for feature, level, above in self.tests:
            found &= (words[:, feature] >= level) == above
        return found


class Rules(Family):
    """Rules that are put in front of others as far as they mend more than they spoil, each then looked for anew."""

    name = "rules"
    source = (
        "Cohen, Fast Effective Rule Induction, ICML 1995 (rules that are grown, then looked for anew); "
        "Quinlan, Learning Logical Definitions from Relations, Machine Learning 5, 1990 (gain of a test)"
    )

    def candidates(self) -> Iterator[Parameters]:
        """Rules, tests of each, and what levels and rules must save."""
        for rules in _RULES:
            for tests in _TESTS:
                for toll in _TOLLS:
                    for least in _LEAST_GAIN:
                        yield {"rules": rules, "tests": tests, "toll": toll, "least_gain": least}

    def fit(self, learning: Learning, parameters: Parameters, random: np.random.Generator) -> IntegerModel:
        """Learn one list."""
        del random
        learner = _Learner(learning, parameters)
        rules: list[_Rule] = []
        while len(rules) < parameters["rules"] and (best := learner.best(rules, 0)) is not None:
            rules.insert(0, best)
        for _ in range(_ROUNDS):
            before = list(rules)
            for place in range(len(rules) - 1, -1, -1):
                without = rules[:place] + rules[place + 1 :]
                best = learner.best(without, place, rules[place])
                rules = without if best is None else [*without[:place], best, *without[place:]]
            if rules == before:
                break
        return _model(learning, rules, learner.default)


class _Learner:
    """What a rule mends at its place in a list, and what it costs."""

    def __init__(self, learning: Learning, parameters: Parameters) -> None:
        self._words, self._targets = np.ascontiguousarray(learning.words), learning.targets
        self._most, self._least = parameters["tests"], parameters["least_gain"]
        self._classes = learning.class_count
        scale = parameters["toll"] * len(self._targets)
        self._toll = scale * learning.prices.level_mw
        self._price = scale * learning.prices.gate_mw * _TEST_CELLS
        self.default = int(np.bincount(self._targets, minlength=self._classes).argmax())

    def best(self, rules: Sequence[_Rule], place: int, kept: _Rule | None = None) -> _Rule | None:
        """The rule that mends most at a place of a list; None if none is worth it."""
        labels = np.full(len(self._targets), self.default)
        reaching = np.ones(len(self._targets), dtype=bool)
        for rule in rules[place:][::-1]:
            labels[rule.holds(self._words)] = rule.label
        for rule in rules[:place]:
            reaching &= ~rule.holds(self._words)
        toll = self._toll.copy()
        for feature, level, _ in (test for rule in rules for test in rule.tests):
            toll[feature, level] = 0.0
        rows = np.flatnonzero(reaching)
        right = labels == self._targets
        tried = []
        for label in range(self._classes):
            gain = (self._targets == label).astype(np.int64) - right
            tried += list(self._grown(rows, gain, toll, label))
        if kept is not None:
            gain = (self._targets == kept.label).astype(np.int64) - right
            price = sum(toll[feature, level] + self._price for feature, level, _ in kept.tests)
            tried.append((float(gain[rows][kept.holds(self._words[rows])].sum() - price), kept))
        best = max(tried, key=lambda each: each[0], default=(0.0, None))
        return best[1] if best[0] > self._least else None

    def _grown(self, rows: IntArray, gain: IntArray, toll: FloatArray, label: int) -> Iterator[tuple[float, _Rule]]:
        """The beginnings of a rule of the best test each, with what they gain."""
        statistics = np.stack([gain > 0, gain < 0], axis=1).astype(np.float64)
        tests: list[tuple[int, int, bool]] = []
        toll = toll.copy()
        price = 0.0
        for _ in range(self._most):
            total = statistics[rows].sum(axis=0)
            if not total[0] or (tests and not total[1]):
                return
            found = sums_by_word(self._words, rows, statistics, toll.shape[1])
            above = found[:, ::-1].cumsum(axis=1)[:, ::-1]
            both = np.stack([total - above, above])
            worth = both[..., 0] * (_information(both) - _information(total)) - toll
            worth[:, :, 0] = -np.inf
            side, feature, level = (int(each) for each in np.unravel_index(worth.argmax(), worth.shape))
            if not worth[side, feature, level] > 0:
                return
            price += toll[feature, level] + self._price
            toll[feature, level] = 0.0
            tests.append((feature, level, bool(side)))
            rows = rows[(self._words[rows, feature] >= level) == side]
            yield float(gain[rows].sum() - price), _Rule(tuple(tests), label)


def _information(sums: FloatArray) -> FloatArray:
    """Logarithm of the share of rows that are mended."""
    return np.log2((sums[..., 0] + 1e-9) / (sums[..., 0] + sums[..., 1] + 2e-9))


def _model(learning: Learning, rules: Sequence[_Rule], default: int) -> IntegerModel:
    """Comparisons, gates, and a table for codes of no class."""
    tests = sorted({(feature, level) for rule in rules for feature, level, _ in rule.tests}) or [(0, 1)]
    stage = Compare(*(np.array(column) for column in zip(*tests, strict=True)))
    builder = NetlistBuilder("rules")
    widths = [each.width for each in stage.output_intervals(learning.coding.intervals())]
    ports = [builder.add_input(f"x{number}", width) for number, width in enumerate(widths)]
    literal = {test: (port.bits or (FALSE,))[0] for test, port in zip(tests, ports, strict=True)}
    width = max(1, (learning.class_count - 1).bit_length())
    found = [default >> bit & 1 for bit in range(width)]
    for rule in reversed(rules):
        holds = builder.all_of([literal[feature, level] ^ (not above) for feature, level, above in rule.tests])
        found = [builder.mux(holds, rule.label >> bit & 1, low) for bit, low in enumerate(found)]
    builder.add_output("class", found)
    stages: tuple[Stage, ...] = (stage, Gates(builder.build()))
    if 1 << width > learning.class_count:
        table = np.minimum(np.arange(1 << width), learning.class_count - 1)
        stages = (*stages, Lookup((Table.of_word(0, table),)))
    return IntegerModel(learning.coding, stages, Index(learning.classes), Origin("rules", ""))
