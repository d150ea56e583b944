from __future__ import annotations

import numpy as np
import pytest
from random_models import all_words, random_netlist
from small_libraries import SILICON, library

from bespoke.errors import StimuliError
from bespoke.netlist import Instance, MappedNetlist, NetlistBuilder, Port
from bespoke.sim import pack_words, simulate, simulate_mapped, unpack_words


def full_adder_netlist() -> object:
    builder = NetlistBuilder("fa")
    (a, b, c) = builder.add_input("x", 3).bits
    half = builder.xor(a, b)
    total = builder.xor(half, c)
    carry = builder.or_(builder.and_(a, b), builder.and_(half, c))
    builder.add_output("count", [total, carry])
    builder.add_output("minus", [total, carry ^ 1], signed=True)
    return builder.build()


def test_full_adder_counts_ones() -> None:
    outputs = simulate(full_adder_netlist(), np.arange(8)[:, None])
    assert outputs[:, 0].tolist() == [0, 1, 1, 2, 1, 2, 2, 3]
    assert outputs[:, 1].tolist() == [-2, -1, -1, 0, -1, 0, 0, 1]


@pytest.mark.parametrize("signed", [False, True])
def test_packing_round_trip(signed: bool) -> None:
    rng = np.random.default_rng(3)
    ports = [Port("a", (0, 0, 0), signed), Port("none", ()), Port("b", (0,) * 11, signed)]
    low = [-4, 0, -1024] if signed else [0, 0, 0]
    high = [4, 1, 1024] if signed else [8, 1, 2048]
    words = rng.integers(low, high, (77, 3))
    assert (unpack_words(pack_words(words, ports), ports, 77) == words).all()


@pytest.mark.parametrize("words", [[[8]], [[-1]], [[1, 2]]])
def test_words_must_fit(words: list[list[int]]) -> None:
    with pytest.raises(StimuliError):
        pack_words(np.array(words), [Port("a", (2, 4, 6))])


def test_activity_by_hand() -> None:
    nand = MappedNetlist(
        "n", "test", (Port("a", (2,)), Port("b", (3,))), (Port("y", (4,)),), (Instance("NAND2", (2, 3), (4,)),)
    )
    run = simulate_mapped(nand, library(SILICON), np.array([[0, 0], [1, 0], [1, 1], [1, 1], [0, 1]]))
    assert run.outputs[:, 0].tolist() == [1, 1, 0, 0, 1]
    assert run.activity.ones == (0, 5, 3, 3, 3)
    assert run.activity.toggles == (0, 0, 2, 1, 2)
    assert run.activity.states == ((1, 1, 1, 2),)


def test_cells_follow_their_truth_tables() -> None:
    cells = library(SILICON)
    for cell in cells.cells.values():
        pins = len(cell.inputs)
        ports = tuple(Port(f"p{i}", (2 + i,)) for i in range(pins))
        instance = Instance(cell.name, tuple(range(2, 2 + pins)), (2 + pins,))
        netlist = MappedNetlist("one", "test", ports, (Port("y", (2 + pins,)),), (instance,))
        words = all_words((1,) * pins)
        states = words @ (1 << np.arange(pins))
        outputs = simulate_mapped(netlist, cells, words).outputs[:, 0]
        assert outputs.tolist() == [cell.outputs[0].truth >> int(state) & 1 for state in states], cell.name


def test_no_vectors() -> None:
    netlist = random_netlist(np.random.default_rng(0))
    assert simulate(netlist, np.zeros((0, 3), dtype=np.int64)).shape == (0, 1)
