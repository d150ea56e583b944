from __future__ import annotations

import numpy as np
import pytest
from random_models import all_words, random_model, random_words

from bespoke.errors import UnsupportedModelError
from bespoke.lowering import lower
from bespoke.model import Decision, InputCoding, IntegerSVM, Layer
from bespoke.sim import simulate


def coding(*bits: int) -> InputCoding:
    count = len(bits)
    return InputCoding(tuple(f"f{i}" for i in range(count)), bits, (0.0,) * count, (1.0,) * count)


@pytest.mark.parametrize("seed", range(150))
def test_netlist_is_the_model(seed: int) -> None:
    rng = np.random.default_rng(seed)
    model = random_model(rng)
    words = random_words(rng, model.coding, 300)
    assert (simulate(lower(model).netlist, words)[:, 0] == model.predict(words)).all()


def test_ports_keep_every_feature() -> None:
    model = IntegerSVM(
        coding(3, 0, 2), (Layer(np.array([[1, 4, 0]]), np.array([-3]), "identity", 0),), Decision("value")
    )
    netlist = lower(model).netlist
    assert [(port.name, port.width) for port in netlist.inputs] == [("f0", 3), ("f1", 0), ("f2", 2)]
    assert [(port.name, port.width, port.signed) for port in netlist.outputs] == [("value", 4, True)]


def test_votes_tie_goes_to_the_lowest_class() -> None:
    # a beats b, b beats c, c beats a: one vote each.
    layer = Layer(np.zeros((3, 1)), np.array([1, -1, 1]), "identity", 0)
    model = IntegerSVM(coding(1), (layer,), Decision("votes", ("a", "b", "c")))
    assert model.predict(np.array([[0]])).tolist() == [0]
    assert simulate(lower(model).netlist, np.array([[0], [1]]))[:, 0].tolist() == [0, 0]


@pytest.mark.parametrize(("kind", "expected"), [("sign", [0, 0, 1]), ("sign_inclusive", [0, 1, 1])])
def test_sign_of_zero(kind: str, expected: list[int]) -> None:
    layer = Layer(np.array([[1]]), np.array([-1]), "identity", 0)
    model = IntegerSVM(coding(2), (layer,), Decision(kind, (0, 1)))
    words = np.array([[0], [1], [2]])
    assert model.predict(words).tolist() == expected
    assert simulate(lower(model).netlist, words)[:, 0].tolist() == expected


def test_label_rounds_half_up_and_clips() -> None:
    layer = Layer(np.array([[1]]), np.array([-4]), "identity", 2)
    model = IntegerSVM(coding(5), (layer,), Decision("label", (1, 2, 3), 2))
    words = all_words((5,))
    expected = np.clip(np.floor((words[:, 0] - 4) / 4 + 0.5), 1, 3) - 1
    assert (model.predict(words) == expected).all()
    assert (simulate(lower(model).netlist, words)[:, 0] == expected).all()


def test_only_models_are_lowered() -> None:
    with pytest.raises(UnsupportedModelError, match="got str; allowed: IntegerMLP"):
        lower("model")  # type: ignore[arg-type]  # the point of the test
