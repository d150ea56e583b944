"""Hints that are true of something else: each condition of the checker's rules is needed.

Nothing is simulated in advance here, so that the rules alone decide.
"""

from dataclasses import replace

import numpy as np
import pytest

from bespoke.cells import GateCosts, load_library
from bespoke.lowering import lower
from bespoke.model import Affine, Argmax, InputCoding, IntegerModel, Value, Votes
from bespoke.netlist import TRUE, Adder, Certificate, NetlistBuilder, PartHint, SumHint, TermHint
from bespoke.numeric import Interval
from bespoke.proof import prove_lowered, prove_mapped
from bespoke.proof.adders import AdderChecker
from bespoke.proof.circuit import Circuit
from bespoke.proof.parts import PartTable
from bespoke.proof.tournament import never_wins
from bespoke.proof.vectors import Comparison
from bespoke.proof.word import Word
from bespoke.techmap import map_cheapest

EGFET = load_library("egfet")
COSTS = GateCosts.of(EGFET)
TWO = Argmax((0, 1))
THREE_BITS = Interval.unsigned(3)


@pytest.fixture(autouse=True)
def _no_search(monkeypatch):
    monkeypatch.setattr(Comparison, "difference", lambda *_: None)


def model(weights, biases, decision, bits, **cut):
    names = tuple(f"x{number}" for number in range(len(bits)))
    coding = InputCoding(names, bits, (0.0,) * len(bits), (1.0,) * len(bits))
    return IntegerModel(coding, (Affine(np.array(weights), np.array(biases), "identity", 0, **cut),), decision)


def beaten(weights, biases, label, multipliers):
    """Whether a class never wins, by scores of one input of three bits."""
    return never_wins(Affine(np.array(weights), np.array(biases), "identity", 0), [THREE_BITS], label, multipliers)


def test_of_equal_scores_the_lowest_class_wins():
    assert beaten([[1], [1]], [0, 0], 1, (1, 0))
    assert not beaten([[1], [1]], [0, 0], 0, (0, 1))


def test_only_multipliers_that_are_not_negative_prove_a_class_beaten():
    assert beaten([[0], [1]], [0, 10], 0, (0, 1))
    for label, multipliers in ((1, (-1, 0)), (0, (0, 1, 0)), (2, (1, 1)), (-1, (0, 1))):
        assert not beaten([[0], [1]], [0, 10], label, multipliers)


def test_multipliers_of_any_size_do_not_overflow():
    """In 64 bits the last multiplier would be -1, and the sum 10."""
    assert beaten([[0], [1]], [0, 10], 0, (0, 1 << 70))
    assert not beaten([[0], [1]], [0, -10], 0, (0, (1 << 64) - 1))


def test_a_class_that_is_beaten_by_bits_that_are_dropped_is_not_beaten():
    """2x < 2x + 1 always, but without their last bits they are equal, and class 0 wins."""
    argmax = model([[2], [2]], [0, 1], TWO, (3,), dropped_bits=np.array([1, 1]))
    builder = NetlistBuilder("classifier")
    builder.add_input("x0", 3)
    builder.add_output("prediction", (TRUE,))
    assert argmax.predict(np.array([[5]])) == 0
    certificate = Certificate({}, {}, beaten={0: (0, 1)})
    assert prove_lowered(argmax, builder.build(), certificate).status == "not finished"


@pytest.mark.parametrize(("common", "status"), [(2, "proven"), (1, "not finished")])
def test_what_is_common_to_scores_must_not_reach_into_dropped_bits(common, status):
    """Scores 1 and x, without their last bits, less a constant that is even or not."""
    argmax = model([[0], [1]], [1, 0], TWO, (3,), dropped_bits=np.array([1, 1]))
    builder = NetlistBuilder("classifier")
    low, middle, high = builder.add_input("x0", 3).bits
    if common == 2:  # x - 2 is at least 0
        wins = builder.or_(high, middle)
        less = (low, middle ^ 1, builder.xor(high, middle) ^ 1, wins ^ 1)
        constant = (1, 1)
    else:  # x - 1 is at least 2
        some = builder.or_(low, middle)
        wins = builder.or_(high, builder.and_(low, middle))
        less = (low ^ 1, builder.xor(low, middle) ^ 1, builder.xor(high, some) ^ 1, builder.or_(high, some) ^ 1)
        constant = ()
    builder.add_output("prediction", (wins,))
    sums = {("sum", 0, 0): SumHint(constant, ()), ("sum", 0, 1): SumHint(less, ())}
    certificate = Certificate(sums, {}, common=(0, common))
    assert prove_lowered(argmax, builder.build(), certificate).status == status


@pytest.mark.parametrize("dropped", [(0, 1), (1, 0), (1, 1)])
@pytest.mark.parametrize("always_first", [True, False])
def test_scores_that_lack_different_bits_are_compared_without_them(dropped, always_first):
    """x is larger than its half, unless it is 0; an equal second score does not win."""
    argmax = model([[1], [1]], [0, 0], TWO, (2,), dropped_bits=np.array(dropped))
    builder = NetlistBuilder("classifier")
    low, high = builder.add_input("x0", 2).bits
    builder.add_output("prediction", (0 if always_first else builder.or_(low, high),))
    right = always_first == (dropped != (1, 0))
    verdict = prove_lowered(argmax, builder.build(), Certificate())
    assert verdict.status == ("proven" if right else "not finished")


def adder_of_two(builder):
    """Two words of two bits, their sum in three, and its adders."""
    (a, b), (c, d) = builder.add_input("x0", 2).bits, builder.add_input("x1", 2).bits
    low, carry = builder.xor(a, c), builder.and_(a, c)
    half = builder.xor(b, d)
    high, top = builder.xor(half, carry), builder.or_(builder.and_(b, d), builder.and_(half, carry))
    return (a, b), (c, d), (low, high, top), (Adder((a, c), low, carry), Adder((b, d, carry), high, top))


def test_a_part_that_can_overflow_is_none():
    builder = NetlistBuilder("part")
    first, second, total, adders = adder_of_two(builder)
    checker = AdderChecker(Circuit(builder.build()))
    words = [Word.of(bits, Interval.unsigned(2)) for bits in (first, second)]
    for width, holds in ((3, True), (2, False)):
        part = PartHint(first, second, 0, total[:width], adders)
        assert PartTable(checker, words).add_parts([part]) == holds
    assert not PartTable(checker, words).add_parts([PartHint(first, second, -1, total, adders)])
    assert not PartTable(checker, words[:1]).add_parts([PartHint(first, second, 0, total, adders)])


@pytest.mark.parametrize("is_signed", [True, False])
def test_a_complement_is_as_large_as_its_bits_allow(is_signed):
    """At most 1 is the word on the complement of a + 2b, or on it with one sign; a + 2b can be 3."""
    builder = NetlistBuilder("part")
    (a, b), second, total, adders = adder_of_two(builder)
    first = Word.of((a, b ^ 1), Interval(-2, 1)) if is_signed else Word.of((a ^ 1, b ^ 1), Interval(0, 1))
    checker = AdderChecker(Circuit(builder.build()))
    for width, holds in ((3, True), (2, False)):
        part = PartHint((a, b), second, 0, total[:width], adders)
        assert PartTable(checker, [first, Word.of(second, Interval(0, 2))]).add_parts([part]) == holds


@pytest.mark.parametrize(("width", "status"), [(3, "proven"), (2, "not finished")])
def test_a_sum_on_too_few_bits_is_none(width, status):
    """Modulo 4 the adders add up to the sum in either case."""
    builder = NetlistBuilder("regressor")
    _, _, total, adders = adder_of_two(builder)
    builder.add_output("value", (*total[:width], *[0] * (3 - width)))
    certificate = Certificate({("sum", 0, 0): SumHint(total[:width], adders)}, {})
    regressor = model([[1, 1]], [0], Value(), (2, 2))
    assert prove_lowered(regressor, builder.build(), certificate).status == status


@pytest.mark.parametrize(("bias", "status"), [(0, "proven"), (1, "not finished")])
def test_the_constant_of_a_sum_counts(bias, status):
    builder = NetlistBuilder("regressor")
    first, second, total, adders = adder_of_two(builder)
    builder.add_output("value", total)
    terms = (TermHint(first, 0, 1), TermHint(second, 0, 1))
    certificate = Certificate({("sum", 0, 0): SumHint(total, adders, terms)}, {})
    regressor = model([[1, 1]], [bias], Value(), (2, 2))
    assert prove_lowered(regressor, builder.build(), certificate).status == status


@pytest.mark.parametrize(("is_clipped", "status"), [(True, "proven"), (False, "not finished")])
def test_a_relu_must_clip(is_clipped, status):
    """The ReLU of x - 4, or the same bits without it."""
    plain = model([[1]], [-4], Value(), (3,))
    hidden = replace(plain.stages[0], activation="relu")
    network = IntegerModel(
        plain.coding, (hidden, Affine(np.array([[1]]), np.array([0]), "identity", 0)), plain.decision
    )
    builder = NetlistBuilder("regressor")
    low, middle, high = builder.add_input("x0", 3).bits
    relu = (builder.and_(low, high), builder.and_(middle, high)) if is_clipped else (low, middle)
    builder.add_output("value", relu)
    sums = {("sum", 0, 0): SumHint((low, middle, high ^ 1), ()), ("sum", 1, 0): SumHint(relu, ())}
    certificate = Certificate(sums, {("unit", 0, 0): relu})
    assert prove_lowered(network, builder.build(), certificate).status == status


@pytest.mark.parametrize(("flipped", "status"), [(0, "proven"), (1, "not finished")])
def test_an_argmax_without_contests_is_compared_with_its_scores(flipped, status):
    """Scores 3 and x: class 1 from 4 on."""
    argmax = model([[0], [1]], [3, 0], TWO, (3,))
    builder = NetlistBuilder("classifier")
    bits = builder.add_input("x0", 3).bits
    builder.add_output("prediction", (bits[2] ^ flipped,))
    certificate = Certificate({("sum", 0, 0): SumHint((1, 1), ()), ("sum", 0, 1): SumHint(bits, ())}, {})
    assert prove_lowered(argmax, builder.build(), certificate).status == status


def test_a_vote_of_many_pairs_is_not_proven_without_hints():
    """There are 21 pairs, too many to try all their outcomes."""
    votes = Votes(tuple(range(7)))
    some = model([[1]] * votes.score_count, [-3] * votes.score_count, votes, (3,))
    builder = NetlistBuilder("classifier")
    builder.add_input("x0", 3)
    builder.add_output("prediction", (0, 0, 0))
    verdict = prove_lowered(some, builder.build(), Certificate())
    assert verdict.status == "not finished"
    assert "a pair is that the winner depends on" in verdict.detail


@pytest.mark.parametrize("counts", [(0, 1), (1, 0)])
def test_votes_that_are_counted_need_every_open_pair(counts):
    """With the pair taken as lost the counts would be right, and class 1 would always win."""
    some = model([[1]], [-3], Votes((0, 1)), (3,))
    builder = NetlistBuilder("classifier")
    builder.add_input("x0", 3)
    builder.add_output("prediction", (TRUE,))
    sums = {("votes", 1, label): SumHint((count,), ()) for label, count in enumerate(counts)}
    verdict = prove_lowered(some, builder.build(), Certificate(sums))
    assert verdict.status == "not finished"
    assert "the certificate does not say where" in verdict.detail


def test_an_output_value_must_be_the_sum():
    builder = NetlistBuilder("regressor")
    _, _, total, adders = adder_of_two(builder)
    certificate = Certificate({("sum", 0, 0): SumHint(total, adders)}, {})
    builder.add_output("value", total[::-1])
    regressor = model([[1, 1]], [0], Value(), (2, 2))
    assert prove_lowered(regressor, builder.build(), certificate).status == "not finished"


def test_the_output_must_be_the_index_that_the_contests_end_in(make_model):
    found = (make_model("argmax", seed, features=3, most_bits=4) for seed in range(50))
    argmax = next(one for one in found if lower(one, COSTS).certificate.contests)
    netlist, certificate, *_ = lower(argmax, COSTS)
    port = netlist.outputs[0]
    assert prove_lowered(argmax, netlist, certificate).status == "proven"
    for bit in range(port.width):
        bits = tuple(literal ^ (place == bit) for place, literal in enumerate(port.bits))
        wrong = replace(netlist, outputs=(replace(port, bits=bits),))
        assert prove_lowered(argmax, wrong, certificate).status == "not finished"


@pytest.mark.slow_if("step", "trees", "compare", "lookup", "gates", "masks")
def test_an_output_bit_that_is_complemented_is_not_proven(kind, make_model):
    for seed in range(4):
        some = make_model(kind, seed, features=3, most_bits=4)
        netlist, certificate, *_ = lower(some, COSTS)
        port = netlist.outputs[0]
        for place in range(port.width):
            bits = (*port.bits[:place], port.bits[place] ^ 1, *port.bits[place + 1 :])
            wrong = replace(netlist, outputs=(replace(port, bits=bits),))
            assert prove_lowered(some, wrong, certificate).status == "not finished", (kind, seed, place)


def test_ports_are_read_with_one_sign():
    regressor = model([[3, -2]], [1], Value(), (2, 2))
    netlist, certificate, *_ = lower(regressor, COSTS)
    signed = replace(netlist, inputs=tuple(replace(port, signed=True) for port in netlist.inputs))
    assert prove_lowered(regressor, signed, certificate).detail == "ports: an input port is signed"
    mapped = map_cheapest([netlist], EGFET)
    for field in ("inputs", "outputs"):
        (port, *rest) = getattr(mapped, field)
        other = replace(mapped, **{field: (replace(port, signed=not port.signed), *rest)})
        assert prove_mapped(netlist, other, EGFET).detail == "the ports differ"
