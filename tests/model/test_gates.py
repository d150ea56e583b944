"""Netlists as stages: function, ranges, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from random_models import all_words, random_netlist

from bespoke.errors import ModelFileError, NetlistError
from bespoke.model import Gates, InputCoding, IntegerModel, Value
from bespoke.netlist import NetlistBuilder
from bespoke.numeric import Interval
from bespoke.sim import simulate


@pytest.mark.parametrize("seed", range(20))
def test_the_function_is_that_of_the_simulator(seed):
    netlist = random_netlist(np.random.default_rng(seed))
    words = all_words((2, 2, 2))
    stage = Gates(netlist)
    values = stage.apply(words)
    assert np.array_equal(values, simulate(netlist, words))
    (interval,) = stage.output_intervals([Interval.unsigned(2)] * 3)
    assert interval.low <= values.min() <= values.max() <= interval.high


def difference():
    """``a - b`` of two bits as a signed word, beside constants."""
    builder = NetlistBuilder("difference")
    a, b = (builder.add_input(name, 1).bits[0] for name in "ab")
    builder.add_output("d", [builder.xor(a, b), builder.and_(a ^ 1, b)], signed=True)
    builder.add_output("five", [1, 0, 1])
    builder.add_output("minus three", [1, 0, 1], signed=True)
    builder.add_output("nothing", [])
    builder.add_output("signed nothing", [], signed=True)
    return Gates(builder.build())


def test_signed_and_constant_words():
    stage = difference()
    assert stage.output_count == 5
    words = all_words((1, 1))
    expected = [[a - b, 5, -3, 0, 0] for a, b in words.tolist()]
    assert stage.apply(words).tolist() == expected
    ranges = (Interval(-2, 1), *(Interval(value, value) for value in (5, -3, 0, 0)))
    assert stage.output_intervals([Interval(0, 1)] * 2) == ranges


@pytest.mark.parametrize("inputs", [[(0, 1)], [(0, 1), (0, 2)], [(0, 1), (-1, 0)], [(0, 1)] * 3])
def test_ports_fit_the_words_before(inputs):
    with pytest.raises(ModelFileError, match="the ports of the gates do not fit the words before"):
        difference().output_intervals([Interval(*ends) for ends in inputs])


def test_a_model_of_gates():
    builder = NetlistBuilder("negative")
    a = builder.add_input("a", 2).bits
    builder.add_output("d", [a[0], a[1]], signed=True)
    model = IntegerModel(InputCoding(("a",), (2,), (0.0,), (1.0,)), (Gates(builder.build()),), Value())
    assert model.predict(all_words((2,))).tolist() == [0, 1, -2, -1]
    assert model.output_interval() == Interval(-2, 1)


def test_malformed_netlists_are_refused():
    with pytest.raises(NetlistError, match="not a gate over lower nets"):
        Gates.from_json({"netlist": {**difference().to_json()["netlist"], "gates": [[0, 99, 2]]}})
