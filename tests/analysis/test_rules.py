"""Rules say what a circuit computes for every input, and nothing where that takes too many words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product

import numpy as np
import pytest

from bespoke.analysis import Rule, Side, find_rules
from bespoke.analysis.rules import MAX_ENTRIES, MAX_SIDES
from bespoke.model import IntArray

TOPS = (7, 3, 15)
LEVELS = ((2, 5), (), (4, 9))
WORDS = np.array(list(product(*(range(top + 1) for top in TOPS))))


def step_function(seed: int, outputs: int) -> Callable[[IntArray], IntArray]:
    """A random function that changes at `LEVELS` alone."""
    table = np.random.default_rng(seed).integers(0, outputs, (3, 1, 3))

    def function(words: IntArray) -> IntArray:
        places = [np.searchsorted(levels, words[:, axis], side="right") for axis, levels in enumerate(LEVELS)]
        return np.asarray(table[places[0], places[1], places[2]], dtype=np.int64)

    return function


def answers(rules: Sequence[Rule], word: Sequence[int]) -> list[int]:
    """Outputs of the rules that hold for a word."""
    found = [
        rule.output
        for rule in rules
        if any(all(side.low <= word[side.feature] < side.high for side in box) for box in rule.boxes)
    ]
    return found or [rule.output for rule in rules if not rule.boxes]


@pytest.mark.parametrize("seed", range(25))
def test_one_rule_holds_for_each_input_and_gives_its_output(seed: int) -> None:
    function = step_function(seed, 2 + seed % 3)
    rules = find_rules(function, LEVELS, TOPS)
    assert rules
    assert sum(len(box) for rule in rules for box in rule.boxes) <= MAX_SIDES
    for word, output in zip(WORDS.tolist(), function(WORDS).tolist(), strict=True):
        assert answers(rules, word) == [output]


@pytest.mark.slow_if("4")
@pytest.mark.parametrize("seed", range(25))
def test_no_box_is_superfluous(seed: int) -> None:
    for rule in find_rules(step_function(seed, 2), LEVELS, TOPS):
        for box in rule.boxes:
            others = [each for each in rule.boxes if each != box]
            inside = [w for w in WORDS.tolist() if answers([Rule(1, (box,)), Rule(0, ())], w) == [1]]
            assert any(answers([Rule(1, tuple(others)), Rule(0, ())], word) == [0] for word in inside) or not others


def test_sides_that_do_not_matter_are_left_out() -> None:
    def conjunction(words: IntArray) -> IntArray:
        return ((words[:, 0] >= 5) & (words[:, 2] < 4)).astype(np.int64)

    box = (Side(0, 5, 8), Side(2, 0, 4))
    assert find_rules(conjunction, LEVELS, TOPS) == (Rule(1, (box,)), Rule(0, ()))
    rules = find_rules(lambda words: 1 - conjunction(words), LEVELS, TOPS)
    assert rules in ((Rule(0, (box,)), Rule(1, ())), (Rule(1, ((Side(0, 0, 5),), (Side(2, 4, 16),))), Rule(0, ())))
    assert sum(len(each) for rule in rules for each in rule.boxes) == 2


def test_a_constant_is_one_rule_without_sides() -> None:
    constant = [find_rules(lambda words: np.full(len(words), 3), levels, TOPS) for levels in (LEVELS, ((), (), ()))]
    assert constant == [(Rule(3, ((),)),)] * 2


def test_what_takes_too_many_words_has_none() -> None:
    def parity(words: IntArray) -> IntArray:
        return np.asarray(words.sum(axis=1) % 2)

    assert find_rules(parity, [range(1, 8), range(1, 4), range(1, 16)], TOPS) == ()
    assert find_rules(lambda words: words[:, 2], [(), (), range(1, 16)], TOPS) == ()


def test_levels_are_asked_for_only_while_they_are_few() -> None:
    asked = []

    def levels() -> object:
        for bits in (6, 6, 1, 16):
            asked.append(bits)
            yield range(1, 1 << bits)

    assert MAX_ENTRIES == 1 << 12
    assert find_rules(lambda words: words[:, 0], levels(), (63, 63, 1, 65535)) == ()  # type: ignore[arg-type]
    assert asked == [6, 6, 1]
