import numpy as np
import pytest

from bespoke.errors import StimuliError
from bespoke.netlist import NetlistBuilder
from bespoke.prune.judge import Judge, accept_ranges, expect_words
from bespoke.sim import pack_words


def port(width, *, signed):
    builder = NetlistBuilder("port")
    builder.add_output("o", [0] * width, signed=signed)
    return builder.build()


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_ranges(seed, signed):
    rng = np.random.default_rng(seed)
    netlist = port(5, signed=signed)
    floor = -16 if signed else 0
    words, other = rng.integers(floor, floor + 32, (2, 200))
    low, high = rng.integers(-40, 60, 200), rng.integers(-40, 60, 200)
    counted = rng.random(200) < 0.7
    judge = Judge(netlist, [accept_ranges(low, high, weight=0.3, counted=counted), expect_words(other)])
    wrong = judge.wrong(pack_words(words[:, None], netlist.outputs))
    outside, differ = counted & ((words < low) | (words > high)), words != other
    assert [[vector >> row & 1 for row in range(200)] for vector in wrong] == [outside.tolist(), differ.tolist()]
    assert judge.loss(wrong) == pytest.approx(0.3 * outside.sum() / counted.sum() + differ.mean())


def test_terms_that_look_at_nothing():
    with pytest.raises(StimuliError, match="no vector"):
        expect_words([0, 1], counted=[False, False])
