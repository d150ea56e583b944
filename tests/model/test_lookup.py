"""Tables: function, exact ranges, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from random_models import all_words

from bespoke.errors import ModelFileError
from bespoke.model import Lookup, Table
from bespoke.numeric import Interval


def test_function_by_hand():
    # Address: bit 1 of a, then bit 0 of b.
    stage = Lookup((Table(((0, 1), (1, 0)), [5, -6, 7, 8]), Table((), [3])))
    words = np.array([[0, 0], [2, 0], [1, 1], [3, 3]])
    assert stage.apply(words).tolist() == [[5, 3], [-6, 3], [7, 3], [8, 3]]
    assert stage.output_count == 2
    assert Lookup(()).apply(words).shape == (4, 0)


def test_a_negative_word_is_read_as_two_s_complement():
    stage = Lookup((Table(((0, 0), (0, 1), (0, 2)), np.arange(8)),))
    assert stage.apply(np.array([[-4], [-1], [3]])).ravel().tolist() == [4, 7, 3]


def random_table(rng: np.random.Generator) -> Table:
    bits = [(source, bit) for source in range(3) for bit in range(4)]
    chosen = tuple(bits[i] for i in rng.permutation(len(bits))[: int(rng.integers(0, 7))])
    return Table(chosen, rng.integers(-99, 100, 1 << len(chosen)))


@pytest.mark.parametrize("seed", range(40))
def test_ranges_are_exact(seed):
    rng = np.random.default_rng(seed)
    stage = Lookup(tuple(random_table(rng) for _ in range(4)))
    lows = rng.integers(-5, 6, 3)
    bits = tuple(rng.integers(0, 4, 3).tolist())
    words = all_words(bits) + lows
    inputs = [Interval(int(low), int(low) + (1 << b) - 1) for low, b in zip(lows, bits, strict=True)]
    found = [(column.min(), column.max()) for column in stage.apply(words).T]
    assert [(i.low, i.high) for i in stage.output_intervals(inputs)] == found
    for table in stage.tables:
        assert table.possible(inputs).tolist() == sorted(set(table.addresses(words).tolist()))


def test_wide_words_may_have_any_bits():
    wide = Interval(0, 1 << 40)
    table = Table(((0, 40), (0, 0), (1, 0)), np.arange(8))
    assert table.possible([wide, Interval(0, 1)]).tolist() == list(range(8))
    assert table.possible([wide, Interval(2, 2)]).tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("bits", "values", "message"),
    [
        (((0, 0),), [1], "one value per address"),
        (((0, 0),), [[1, 2]], "one value per address"),
        (((-1, 0),), [1, 2], "unknown address"),
        (((0, -1),), [1, 2], "unknown address"),
        (((0, 64),), [1, 2], "unknown address"),
        (tuple((0, bit) for bit in range(17)), [0] * (1 << 17), "unknown address; .*up to 16 bits of inputs"),
        (((0, 0),), [1, 2.5], "not a whole number; got 2.5"),
        (((0, 0),), [1, "2"], "not a whole number; got '2'"),
    ],
)
def test_invariants(bits, values, message):
    with pytest.raises(ModelFileError, match=message):
        Table(bits, values)


@pytest.mark.parametrize("pair", [[0, 0.5], [True, 0], ["0", 0]])
def test_plain_data_of_other_types_are_refused(pair):
    with pytest.raises(ModelFileError, match="not a whole number"):
        Lookup.from_json({"tables": [{"bits": [pair], "values": [1, 2]}]})


def test_inputs_that_do_not_exist():
    with pytest.raises(ModelFileError, match="a table reads an input that does not exist"):
        Lookup((Table(((1, 0),), [1, 2]),)).output_intervals([Interval(0, 1)])


def test_a_table_of_one_word_has_its_values_in_order():
    table = Table.of_word(1, np.array([5, 7, 6, 4]))
    assert table.bits == ((1, 0), (1, 1))
    assert Lookup((table,)).apply(np.array([[9, 0], [9, 1], [9, 2], [9, 3]])).ravel().tolist() == [5, 7, 6, 4]
    assert Table.of_word(0, np.array([3])).bits == ()
