from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from random_models import all_words
from small_libraries import EGFET_COSTS

from bespoke.arith import SharingEffort, Word, at_least, gate_cost, greater, sharing, weighted_sums
from bespoke.netlist import NetlistBuilder
from bespoke.numeric import Interval, csd, digit_count, shortest_forms
from bespoke.sim import simulate


def signed_word(builder: NetlistBuilder, name: str, width: int, *, signed: bool) -> Word:
    port = builder.add_input(name, width, signed=signed)
    half = 1 << width - 1
    return Word(port.bits, Interval(-half, half - 1) if signed else Interval.unsigned(width))


@pytest.mark.parametrize("value", [0, 1, -1, 7, -23, 127, 171, -12345])
def test_csd_is_exact_and_sparse(value: int) -> None:
    digits = csd(value)
    assert sum(sign << position for position, sign in digits) == value
    assert all(b.position - a.position > 1 for a, b in pairwise(digits))
    assert len(digits) == digit_count(value)


@pytest.mark.parametrize("seed", range(40))
def test_weighted_sums_are_exact(seed: int) -> None:
    rng = np.random.default_rng(seed)
    builder = NetlistBuilder("sum")
    signs = rng.random(3) < 0.5
    words = [signed_word(builder, f"x{i}", 3, signed=bool(signs[i])) for i in range(3)]
    weights = rng.integers(-70, 71, (4, 3))
    biases = rng.integers(-300, 300, 4)
    inputs = all_words((3, 3, 3)) - 4 * signs
    expected = inputs @ weights.T + biases
    for row, built in enumerate(
        weighted_sums(builder, weights.tolist(), words, biases.tolist(), SharingEffort(EGFET_COSTS))
    ):
        builder.add_output(f"y{row}", built.word.bits, signed=built.word.interval.signed)
        assert built.word.interval == Interval(int(expected[:, row].min()), int(expected[:, row].max()))
    assert (simulate(builder.build(), inputs) == expected).all()


def test_power_of_two_needs_no_adder() -> None:
    builder = NetlistBuilder("sum")
    x = signed_word(builder, "x", 4, signed=False)
    (built,) = weighted_sums(builder, [[8]], [x], [0], SharingEffort(EGFET_COSTS))
    assert built.word.bits[3:] == x.bits
    assert built.hint.adders == ()
    assert Interval.of_sum([3, -3], [x.interval, x.interval], 1) == Interval(-44, 46)


def test_common_pairs_are_added_once() -> None:
    builder = NetlistBuilder("sum")
    words = [signed_word(builder, f"x{i}", 4, signed=False) for i in range(2)]
    first, second = weighted_sums(builder, [[1, 1], [8, 8]], words, [0, 0], SharingEffort(EGFET_COSTS))
    assert second.word.bits[3:] == first.word.bits
    assert second.hint.adders == first.hint.adders


@pytest.mark.parametrize("signed", [False, True])
def test_greater(signed: bool) -> None:
    builder = NetlistBuilder("gt")
    a, b = (signed_word(builder, name, width, signed=signed) for name, width in (("a", 3), ("b", 4)))
    builder.add_output("y", [greater(builder, a, b)])
    words = all_words((3, 4)) - np.array([4, 8]) * signed
    assert (simulate(builder.build(), words)[:, 0] == (words[:, 0] > words[:, 1])).all()


@pytest.mark.parametrize("threshold", range(-2, 18))
def test_constant_comparisons(threshold: int) -> None:
    builder = NetlistBuilder("at least")
    builder.add_output("ge", [at_least(builder, builder.add_input("x", 4).bits, threshold)])
    x = np.arange(16)
    assert (simulate(builder.build(), x[:, None])[:, 0] == (x >= threshold)).all()


def test_full_adder_count_is_near_the_bound() -> None:
    builder = NetlistBuilder("sum")
    words = [signed_word(builder, f"x{i}", 1, signed=False) for i in range(31)]
    (built,) = weighted_sums(builder, [[1] * 31], words, [0], SharingEffort(EGFET_COSTS))
    assert len(built.hint.adders) == 31 - 5


def test_wide_rows_share_within_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "WORDS_TOGETHER", 3)
    rng = np.random.default_rng(5)
    weights = rng.integers(-127, 128, (4, 10)).tolist()
    shared = sharing.share(weights, [15] * 10, EGFET_COSTS)
    words = list(range(1, 11))
    for pair in shared.pairs:
        words.append(words[pair.first] + pair.sign * (words[pair.second] << pair.shift))
    assert [sum(s.sign * (words[s.word] << s.shift) for s in row) for row in shared.rows] == (
        np.array(weights) @ np.arange(1, 11)
    ).tolist()
    assert shared.pairs
    assert {pair.first * 4 // 10 for pair in shared.pairs if max(pair[:2]) < 10} >= {0, 1}
    assert all(pair.first * 4 // 10 == pair.second * 4 // 10 for pair in shared.pairs if max(pair[:2]) < 10)


@pytest.mark.parametrize(("low", "high"), [(-8, 7), (-5, 1), (-8, -5), (-1, 0), (0, 5)])
def test_offset_binary_is_unsigned(low: int, high: int) -> None:
    builder = NetlistBuilder("offset")
    given = Interval(low, high)
    word = Word(builder.add_input("x", given.width, signed=given.signed).bits, given)
    shifted, offset = word.offset_binary()
    builder.add_output("y", shifted.bits)
    x = np.arange(low, high + 1)
    assert shifted.interval.low >= 0
    assert (simulate(builder.build(), x[:, None])[:, 0] == x + offset).all()


@pytest.mark.parametrize("value", [0, 1, -6, 11, 171, -12345, 0b1011011011])
def test_shortest_forms_are_exact_and_as_short_as_the_canonical_one(value: int) -> None:
    forms = shortest_forms(value)
    assert csd(value) in forms
    assert len(set(forms)) == len(forms)
    assert {sum(sign << position for position, sign in form) for form in forms} == {value}
    assert {len(form) for form in forms} == {digit_count(value)}
    assert len(forms) > 1 or value in {0, 1}


@pytest.mark.parametrize("seed", range(3))
def test_a_search_for_sub_sums_saves_adders_and_keeps_the_sums(seed: int) -> None:
    rng = np.random.default_rng(seed)
    weights, biases = rng.integers(-127, 128, (3, 5)), rng.integers(-300, 300, 3)
    inputs = rng.integers(0, 16, (500, 5))
    texts, areas = [], []
    for work, tries in ((0, 400), (60_000, 400), (60_000, 400), (60_000, 0)):
        builder = NetlistBuilder("sum")
        words = [signed_word(builder, f"x{i}", 4, signed=False) for i in range(5)]
        sums = weighted_sums(builder, weights.tolist(), words, biases.tolist(), SharingEffort(EGFET_COSTS, work, tries))
        for row, built in enumerate(sums):
            builder.add_output(f"y{row}", built.word.bits, signed=built.word.interval.signed)
        netlist = builder.build()
        assert (simulate(netlist, inputs) == inputs @ weights.T + biases).all()
        texts.append(str(netlist))
        areas.append(gate_cost(netlist, EGFET_COSTS))
    assert areas[1] < areas[0]
    assert texts[1] == texts[2]
    assert texts[0] == texts[3]
