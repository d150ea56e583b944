import numpy as np
import pytest

from bespoke.errors import StimuliError
from bespoke.netlist import NetlistBuilder
from bespoke.prune.judge import Judge, accept_ranges, expect_words
from bespoke.sim import pack_words


def ports(*shapes):
    builder = NetlistBuilder("ports")
    for number, (width, signed) in enumerate(shapes):
        builder.add_output(f"o{number}", [0] * width, signed=signed)
    return builder.build()


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_ranges(seed, signed):
    rng = np.random.default_rng(seed)
    netlist = ports((3, False), (5, signed))
    floor = -16 if signed else 0
    words = np.column_stack([rng.integers(0, 8, 200), rng.integers(floor, floor + 32, 200)])
    low, high = rng.integers(-40, 60, 200), rng.integers(-40, 60, 200)
    counted = rng.random(200) < 0.7
    terms = [accept_ranges(low, high, weight=0.3, counted=counted, port=1), expect_words(words[::-1, 0])]
    judge = Judge(netlist, terms, 200)
    wrong = judge.wrong(pack_words(words, netlist.outputs))
    outside = counted & ((words[:, 1] < low) | (words[:, 1] > high))
    differ = words[:, 0] != words[::-1, 0]
    assert [[vector >> row & 1 for row in range(200)] for vector in wrong] == [outside.tolist(), differ.tolist()]
    assert judge.loss(wrong) == pytest.approx(0.3 * outside.sum() / counted.sum() + differ.mean())


def test_bad_terms():
    netlist = ports((2, False))
    with pytest.raises(StimuliError, match="got 3"):
        Judge(netlist, [expect_words([0, 1, 2])], 4)
    with pytest.raises(StimuliError, match="no vector"):
        expect_words([0, 1], counted=[False, False])
    with pytest.raises(StimuliError, match="nothing says"):
        Judge(netlist, [], 4)
    with pytest.raises(StimuliError, match="shape"):
        accept_ranges([0, 1], [1])
