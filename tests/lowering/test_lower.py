from __future__ import annotations

from collections.abc import Callable
from unittest.mock import patch

import numpy as np
import pytest
from random_models import (
    all_words,
    random_forest,
    random_model,
    random_shortcut,
    random_staged,
    random_sums,
    random_words,
)
from small_libraries import EGFET_COSTS, NOR_ONLY, library
from small_models import coding, mlp, on_layer, svm

from bespoke.cells import GateCosts
from bespoke.errors import UnsupportedModelError
from bespoke.lowering import lower
from bespoke.model import Affine, Gates, IntegerModel, Label, Lookup, Sign, Table, Value, Votes
from bespoke.netlist import Netlist, NetlistBuilder
from bespoke.sim import simulate

NOR_COSTS = GateCosts.of(library(NOR_ONLY))


def netlist_of(model: IntegerModel) -> Netlist:
    return lower(model, EGFET_COSTS).netlist


def check(model: IntegerModel, rng: np.random.Generator, costs: GateCosts = EGFET_COSTS) -> None:
    words = random_words(rng, model.coding, 300)
    assert (simulate(lower(model, costs).netlist, words)[:, 0] == model.predict(words)).all()


@pytest.mark.slow_if("1?", "1??", "[3-9]?")
@pytest.mark.parametrize("seed", range(150))
def test_netlist_is_the_model(seed: int) -> None:
    rng = np.random.default_rng(seed)
    check(random_model(rng), rng)


@pytest.mark.slow_if("*-[3-9]?")
@pytest.mark.parametrize("seed", range(100))
@pytest.mark.parametrize("make", [random_staged, random_forest, random_shortcut])
def test_netlist_is_the_model_of_any_stages(make: Callable[[np.random.Generator], IntegerModel], seed: int) -> None:
    rng = np.random.default_rng(seed)
    check(make(rng), rng)


@pytest.mark.slow_if("16")
@pytest.mark.parametrize("seed", range(20))
def test_under_other_costs(seed: int) -> None:
    rng = np.random.default_rng(seed)
    check(random_model(rng), rng, NOR_COSTS)
    check(random_staged(rng), rng, NOR_COSTS)


def test_ports_keep_every_feature() -> None:
    netlist = netlist_of(svm([[1, 4, 0]], [-3], bits=(3, 0, 2)))
    assert [(port.name, port.width) for port in netlist.inputs] == [("f0", 3), ("f1", 0), ("f2", 2)]
    assert [(port.name, port.width, port.signed) for port in netlist.outputs] == [("value", 4, True)]


def test_votes_tie_goes_to_the_lowest_class() -> None:
    # a beats b, b beats c, c beats a: one vote each.
    layer = Affine(np.zeros((3, 1)), np.array([1, -1, 1]), "identity", 0)
    model = IntegerModel(coding((1,)), (layer,), Votes(("a", "b", "c")))
    assert model.predict(np.array([[0]])).tolist() == [0]
    assert simulate(netlist_of(model), np.array([[0], [1]]))[:, 0].tolist() == [0, 0]


@pytest.mark.parametrize(("inclusive", "expected"), [(False, [0, 0, 1]), (True, [0, 1, 1])])
def test_sign_of_zero(inclusive: bool, expected: list[int]) -> None:
    layer = Affine(np.array([[1]]), np.array([-1]), "identity", 0)
    model = IntegerModel(coding((2,)), (layer,), Sign((0, 1), inclusive=inclusive))
    words = np.array([[0], [1], [2]])
    assert model.predict(words).tolist() == expected
    assert simulate(netlist_of(model), words)[:, 0].tolist() == expected


def test_label_rounds_half_up_and_clips() -> None:
    layer = Affine(np.array([[1]]), np.array([-4]), "identity", 2)
    model = IntegerModel(coding((5,)), (layer,), Label((1, 2, 3), 2))
    words = all_words((5,))
    expected = np.clip(np.floor((words[:, 0] - 4) / 4 + 0.5), 1, 3) - 1
    assert (model.predict(words) == expected).all()
    assert (simulate(netlist_of(model), words)[:, 0] == expected).all()


@pytest.mark.parametrize("fields", [{"activation": "relu"}, {"activation": "step"}, {"dropped_bits": np.array([3, 2])}])
def test_scores_behind_an_activation(fields: dict[str, object]) -> None:
    model = on_layer(svm([[3, -2, 1], [-1, 4, 2]], [5, -3]), 0, **fields)
    lowered, words = lower(model, EGFET_COSTS), all_words((3, 2, 4))
    assert (simulate(lowered.netlist, words)[:, 0] == model.predict(words)).all()
    assert {key for key in lowered.certificate.sums if key[1] == 1} == {("sum", 1, 0), ("sum", 1, 1)}


def test_equal_bits_dropped_before_an_argmax_are_left_out_of_it() -> None:
    lowered = lower(on_layer(mlp(), 1, dropped_bits=np.full(3, 4)), EGFET_COSTS)
    assert {key[1] for key in lowered.certificate.sums} == {0, 1}
    assert not lowered.certificate.common


def test_addresses_that_do_not_occur_are_free() -> None:
    values = np.array([0, 1, 1, 0, 1, 0, 0, 7])
    table = Lookup((Table(((0, 0), (0, 1), (0, 2)), values),))
    same = Lookup((Table(((0, 0), (0, 1), (0, 2)), np.where(np.arange(8) < 7, values, 0)),))
    first = Affine(np.array([[1, 1]]), np.array([0]), "identity", 0)
    netlists = [netlist_of(IntegerModel(coding((2, 2)), (first, stage), Value())) for stage in (table, same)]
    assert str(netlists[0]) == str(netlists[1])


def test_gates_are_copied() -> None:
    builder = NetlistBuilder("own")
    a, b = (builder.add_input(name, 2).bits for name in "ab")
    builder.add_output("y", [builder.xor(a[0], b[1]), builder.and_(a[1], b[0] ^ 1)])
    stage = Gates(builder.build())
    netlist = netlist_of(IntegerModel(coding((2, 2)), (stage,), Value()))
    assert (netlist.kinds, netlist.fanin_a, netlist.fanin_b) == (
        stage.netlist.kinds,
        stage.netlist.fanin_a,
        stage.netlist.fanin_b,
    )


def test_only_known_stages_are_lowered() -> None:
    class Unknown(Affine):
        pass

    stage = Unknown(np.array([[1]]), np.array([0]), "identity", 0)
    with pytest.raises(UnsupportedModelError, match="got Unknown; allowed: Affine, Trees"):
        lower(IntegerModel(coding((1,)), (stage,), Value()), EGFET_COSTS)


@pytest.mark.slow_unless("[0-4]")
@pytest.mark.parametrize("seed", range(30))
def test_searched_sums_are_the_model(seed: int) -> None:
    rng = np.random.default_rng(seed)
    model = random_sums(rng)
    words = random_words(rng, model.coding, 300)
    with patch.dict("bespoke.lowering.affine._SHARING", {"fast": (20_000, 10), "high": (20_000, 400)}):
        netlists = [lower(model, EGFET_COSTS, effort=effort).netlist for effort in ("fast", "high", "high")]
    for netlist in netlists[:2]:
        assert (simulate(netlist, words)[:, 0] == model.predict(words)).all()
    assert str(netlists[1]) == str(netlists[2])
