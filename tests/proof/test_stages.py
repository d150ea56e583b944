"""Hand-made circuits for each type of stage: proven for their model, and for no other one.

Nothing is simulated in advance, so that the rules alone decide.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from bespoke.model import Affine, Argmax, Compare, Gates, Index, InputCoding, IntegerModel, Lookup, Table, Trees, Value
from bespoke.netlist import FALSE, TRUE, Adder, Certificate, NetlistBuilder, SumHint
from bespoke.proof import prove_lowered
from bespoke.proof.vectors import Comparison


@pytest.fixture(autouse=True)
def _no_search(monkeypatch):
    monkeypatch.setattr(Comparison, "difference", lambda *_: None)


def model(bits, *stages, decision=None):
    names = tuple(f"x{number}" for number in range(len(bits)))
    coding = InputCoding(names, bits, (0.0,) * len(bits), (1.0,) * len(bits))
    return IntegerModel(coding, stages, decision or Value())


def affine(weights, biases, activation="identity", **cut):
    return Affine(np.array(weights), np.array(biases), activation, 0, **cut)


def status(some, builder, sums=None, words=None):
    return prove_lowered(some, builder.build(), Certificate(sums or {}, words or {})).status


def circuit(*bits):
    """Builder and the literals of each input."""
    builder = NetlistBuilder("hand")
    return builder, *(builder.add_input(f"x{number}", width).bits for number, width in enumerate(bits))


@pytest.mark.parametrize("level", [0, 4, 5, 6, 8])
def test_a_comparison_is_that_with_its_level(level):
    builder, (low, middle, high) = circuit(3)
    builder.add_output("prediction", (builder.and_(high, builder.or_(low, middle)),))
    some = model((3,), Compare([0], [level]), decision=Index((0, 1)))
    right = "proven" if level == 5 else "not finished"
    assert status(some, builder) == right
    assert status(some, builder, words={("inner", 0, 0): builder.build().outputs[0].bits}) == right


@pytest.mark.parametrize(
    ("levels", "weights"), [((2, 4, 6), (1, 1, 1)), ((2, 4, 7), (1, 1, 1)), ((2, 4, 6), (1, 1, 2))]
)
def test_a_thermometer_is_added_up(levels, weights):
    """The number of levels among 2, 4 and 6 that x reaches is x without its last bit."""
    builder, (_, middle, high) = circuit(3)
    reached = (builder.or_(middle, high), high, builder.and_(middle, high))
    builder.add_output("value", (middle, high, FALSE))
    words = {("inner", 0, number): (literal,) for number, literal in enumerate(reached)}
    sums = {("sum", 1, 0): SumHint((middle, high), (Adder(reached, middle, high),))}
    some = model((3,), Compare([0, 0, 0], levels), affine([weights], [0]))
    right = (levels, weights) == ((2, 4, 6), (1, 1, 1))
    assert status(some, builder, sums, words) == ("proven" if right else "not finished")


def looked_up(builder, values, address):
    """Literals of two bits of a table."""
    found = []
    for position in range(2):
        column = [value >> position & 1 for value in values]
        for bit in address:
            column = [builder.mux(bit, high, low) for low, high in zip(column[::2], column[1::2], strict=True)]
        found += column
    return tuple(found)


@pytest.mark.parametrize("entry", range(4))
@pytest.mark.parametrize("top", [2, 3])
def test_a_table_holds_where_its_input_can_be(entry, top):
    """The second table's last entry does not matter if the first one never gives 3."""
    first, second = (0, 2, 1, top), (1, 3, 0, 2)
    wrong = [value ^ (number == entry) for number, value in enumerate(second)]
    builder, bits = circuit(2)
    middle = looked_up(builder, first, bits)
    last = looked_up(builder, wrong, middle)
    builder.add_output("value", last)
    word = ((0, 0), (0, 1))
    some = model((2,), Lookup((Table(word, first),)), Lookup((Table(word, second),)))
    words = {("inner", 0, 0): middle, ("inner", 1, 0): last}
    assert status(some, builder, words=words) == ("proven" if (top, entry) == (2, 3) else "not finished")


def test_a_table_reads_bits_of_several_words_with_their_signs():
    """The sign of x0 - 2, its last bit, and one bit of x1."""
    builder, (low, high), (_, other) = circuit(2, 2)
    sums = {("sum", 0, 0): SumHint((low, high ^ 1, high ^ 1), ())}
    output = builder.and_(builder.and_(high ^ 1, low), other)
    builder.add_output("prediction", (output,))
    values = [0] * 7 + [1]
    first = affine([[1, 0], [0, 1]], [-2, 0])

    def with_bits(*bits):
        return model((2, 2), first, Lookup((Table(bits, values),)), decision=Index((0, 1)))

    assert status(with_bits((0, 0), (0, 5), (1, 1)), builder, sums) == "proven"
    assert status(with_bits((0, 0), (0, 1), (1, 1)), builder, sums) == "proven"
    assert status(with_bits((0, 1), (0, 5), (1, 1)), builder, sums) == "not finished"
    assert status(with_bits((0, 0), (0, 5), (1, 0)), builder, sums) == "not finished"


@pytest.mark.parametrize("damage", [None, "kind", "complement", "output"])
def test_gates_are_those_of_the_stage(damage):
    stage = NetlistBuilder("stage")
    (a, b), (c,) = stage.add_input("a", 2).bits, stage.add_input("b", 1).bits
    half = stage.xor(a, c)
    stage.add_output("o", (half, stage.and_(half, b)), signed=True)
    builder, (x, y), (z,) = circuit(2, 1)
    half = builder.and_(x, z) if damage == "kind" else builder.xor(x, z)
    word = (half, builder.and_(half, y ^ (damage == "complement")))
    builder.add_output("value", word[::-1] if damage == "output" else word, signed=True)
    some = model((2, 1), Gates(stage.build()))
    right = "not finished" if damage else "proven"
    assert status(some, builder) == right
    assert status(some, builder, words={("inner", 0, 0): word}) == right


@pytest.mark.parametrize("bias", [-5, -4, -3, 0, -8])
def test_a_step_is_one_from_zero_on(bias):
    """Of x - 4 in three bits the highest bit says whether it is negative."""
    builder, (low, middle, high) = circuit(3)
    builder.add_output("prediction", (high,))
    some = model((3,), affine([[1]], [bias], "step"), decision=Index((0, 1)))
    sums = {("sum", 0, 0): SumHint((low, middle, high ^ 1, high ^ 1), ())}
    right = "proven" if bias == -4 else "not finished"
    assert status(some, builder, sums, {("unit", 0, 0): (high,)}) == right
    assert status(some, builder, sums, {("unit", 0, 0): (high ^ 1,)}) == "not finished"
    assert status(some, builder, sums) == "not finished"


def test_a_step_whose_range_decides_needs_no_sum():
    for bias, literal in ((-8, FALSE), (0, TRUE)):
        builder, _ = circuit(3)
        builder.add_output("prediction", (literal,))
        some = model((3,), affine([[1]], [bias], "step"), decision=Index((0, 1)))
        assert status(some, builder, words={("unit", 0, 0): (literal,)}) == "proven"
        assert status(some, builder, words={("unit", 0, 0): (literal ^ 1,)}) == "not finished"
    for bias, literal in product((-7, -1), (FALSE, TRUE)):  # right but for x = 7 or x = 0
        builder, _ = circuit(3)
        builder.add_output("prediction", (literal,))
        some = model((3,), affine([[1]], [bias], "step"), decision=Index((0, 1)))
        assert status(some, builder, words={("unit", 0, 0): (literal,)}) == "not finished"


@pytest.mark.parametrize("bias", [-1, 0])
def test_only_a_relu_that_is_never_positive_needs_no_sum(bias):
    builder, _ = circuit(1)
    builder.add_output("value", (FALSE,))
    some = model((1,), affine([[1]], [bias], "relu"), affine([[1]], [0]))
    words = {("unit", 0, 0): (FALSE,)}
    assert status(some, builder, words=words) == ("proven" if bias < 0 else "not finished")


@pytest.mark.parametrize(("dropped", "right"), [(1, True), (0, False), (2, False)])
def test_a_score_without_low_bits_is_a_word_of_its_own(dropped, right):
    builder, (_, middle, high) = circuit(3)
    builder.add_output("value", (middle, high, FALSE))
    some = model((3,), affine([[1]], [0], dropped_bits=np.array([dropped])))
    assert status(some, builder) == ("proven" if right else "not finished")


def stumps(*trees):
    """Trees of one test each: (feature, threshold, vector at most, vector above)."""
    nodes, values = [], []
    for feature, threshold, low, high in trees:
        first = len(nodes)
        nodes += [(feature, threshold, first + 1, first + 2), (-1, 0, -1, -1), (-1, 0, -1, -1)]
        values += [np.zeros_like(low), low, high]
    return Trees(*np.array(nodes).T, np.array(values), np.arange(0, len(nodes), 3))


@pytest.mark.parametrize(
    ("changed", "right"),
    [(None, True), ("threshold", False), ("leaf", False), ("feature", False)],
)
def test_a_forest_is_the_sum_of_its_leaves(changed, right):
    builder, (_, high), (_, other) = circuit(2, 2)
    words = {("inner", 0, 0): (high,), ("inner", 0, 1): (FALSE, other)}
    sums = {("sum", 0, 0): SumHint((high, other), ())}
    builder.add_output("value", (high, other))
    first = (int(changed == "feature"), 2 if changed == "threshold" else 1, [0], [1])
    second = (1, 1, [0], [1 if changed == "leaf" else 2])
    forest = stumps(first, second)
    assert status(model((2, 2), forest), builder, sums, words) == ("proven" if right else "not finished")
    for key in words:
        lies = {**words, key: (TRUE, *words[key][1:])}
        assert status(model((2, 2), forest), builder, sums, lies) == "not finished"


def test_a_forest_without_hints_is_not_proven():
    """Where there are several words inside the last stage, none of them is the output."""
    builder, (_, high), (_, other) = circuit(2, 2)
    builder.add_output("value", (high, other))
    forest = model((2, 2), stumps((0, 1, [0], [1]), (1, 1, [0], [2])))
    assert status(forest, builder) == "not finished"
    detail = prove_lowered(forest, builder.build(), Certificate({}, {("inner", 0, 0): (high,)})).detail
    assert "the certificate does not say where inner 1 of stage 0 is" in detail


@pytest.mark.parametrize("leaf", [0, 1, 2])
def test_a_leaf_may_hold_a_vector(leaf):
    """Scores (2, 1) or (0, 1): class 1 above the threshold, if the second score is between the first one's."""
    builder, (_, high) = circuit(2)
    builder.add_output("prediction", (high,))
    words = {("inner", 0, 0): (FALSE, high ^ 1), ("inner", 0, 1): (TRUE,)}
    some = model((2,), stumps((0, 1, [2, 1], [0, leaf])), decision=Argmax((0, 1)))
    assert status(some, builder, words=words) == ("proven" if leaf == 1 else "not finished")


def test_a_later_stage_may_rely_on_the_range_before_it():
    """A tree over a ReLU that never exceeds 4: above 3 its two low bits are 0."""
    builder, (low, middle, high) = circuit(3)
    least = (builder.and_(low, high ^ 1), builder.and_(middle, high ^ 1), high)
    builder.add_output("value", (builder.or_(high, builder.and_(least[0], least[1])),))
    ramp = Lookup((Table(((0, 0), (0, 1), (0, 2)), [0, 1, 2, 3, 4, 4, 4, 4]),))
    some = model((3,), ramp, stumps((0, 2, [0], [1])))
    words = {("inner", 0, 0): least}
    assert status(some, builder, words=words) == "proven"
    wider = Lookup((replace(ramp.tables[0], values=np.array([0, 1, 2, 3, 4, 5, 4, 4])),))
    assert status(model((3,), wider, some.stages[1]), builder, words=words) == "not finished"
