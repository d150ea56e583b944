"""How long gates are searched for, and what is proven about them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bespoke import compile_model
from bespoke.cells import GateCosts, load_library
from bespoke.flow import gate_search
from bespoke.flow.gate_search import _LIMITED, _Refuter, searched_gates
from bespoke.flow.options import CompileOptions
from bespoke.lowering import lower
from bespoke.model import Affine, Argmax, Boundary, InputCoding, IntegerModel, Origin
from bespoke.netlist import SimpleGates, SimpleKind
from bespoke.opt import Rounds, as_simple_gates, netlist_of
from bespoke.sim import simulate

COSTS = GateCosts.of(load_library("egfet"))
BRIEF = Rounds(3, 100_000, (0.3, 0.6), 3)


def two_sums(features: int = 3) -> IntegerModel:
    """A classifier of features of 6 bits."""
    coding = InputCoding(tuple("abcde"[:features]), (6,) * features, (0.0,) * features, (1.0,) * features)
    weights = np.array([[3, -2, 1, 2, -1], [-1, 2, 2, -3, 1]])[:, :features]
    layer = Affine(weights, np.array([4, -9]), "identity", 0)
    return IntegerModel(coding, (layer,), Argmax((0, 1)), Origin("linear", "by hand"))


def random_words(count: int) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 64, (count, 3))


@pytest.mark.slow
@pytest.mark.oracle
@pytest.mark.parametrize("inputs", ["binary", "unary"])
def test_wrong_gates_are_refuted_by_values_that_inputs_take(
    inputs: str, require_program: Callable[[str], Path]
) -> None:
    require_program("yosys-abc")
    model = two_sums()
    boundary = Boundary.of(model, inputs)
    netlist = lower(model, COSTS, boundary).netlist
    gates = as_simple_gates(netlist)
    refuter = _Refuter(netlist, model, boundary, np.random.default_rng(0))
    right = refuter(gates)
    assert right is not None
    assert right.shape == (netlist.input_count, 0)
    for gate in (0, len(gates.kinds) // 2, len(gates.kinds) - 1):
        kinds = list(gates.kinds)
        kinds[gate] = {SimpleKind.NAND: SimpleKind.AND, SimpleKind.NOR: SimpleKind.OR}.get(kinds[gate], SimpleKind.AND)
        wrong = SimpleGates(gates.input_count, tuple(kinds), gates.left, gates.right, gates.outputs)
        values = refuter(wrong)
        if values is not None and values.shape[1] == 0:
            continue  # a gate whose complement does not show
        assert values is not None
        first = [int(word[0] & np.uint64(1)) for word in values]
        row = np.array(first)[None]
        columns, place = [], 0
        for _, width in boundary.ports():
            columns.append(sum(int(bit) << number for number, bit in enumerate(row[0, place : place + width])))
            place += width
        port_row = np.array(columns)[None]
        assert (boundary.encode(boundary.decode(port_row)) == port_row).all()
        assert (simulate(netlist_of(wrong, netlist), port_row) != simulate(netlist, port_row)).any()


@pytest.mark.slow
@pytest.mark.oracle
def test_searched_gates_are_right(monkeypatch: pytest.MonkeyPatch, require_program: Callable[[str], Path]) -> None:
    """Without windows, in circuits whose values are too many to look at all, or few."""
    require_program("yosys-abc")
    monkeypatch.setattr(gate_search, "_ROUNDS", {"fast": (0, BRIEF), "high": (1000, BRIEF)})
    for features, inputs in ((4, "binary"), (3, "unary")):
        model = two_sums(features)
        boundary = Boundary.of(model, inputs)
        lowered = lower(model, COSTS, boundary)
        options = CompileOptions(effort="high")
        *_, found = searched_gates([lowered.netlist], lowered, model, COSTS, options)
        words = np.random.default_rng(1).integers(0, 64, (4000, features))
        got = simulate(netlist_of(found, lowered.netlist), boundary.encode(words))[:, 0]
        assert (got == model.predict(words)).all()


@pytest.mark.slow
@pytest.mark.oracle
def test_a_limit_in_seconds_is_for_any_circuit(require_program: Callable[[str], Path]) -> None:
    require_program("yosys-abc")
    design = compile_model(two_sums(), effort="high", effort_seconds=0.4)
    assert any(note.startswith("gates were searched for 0.4 s on ") for note in design.notes)
    assert design.verify().formal.status == "proven"
    assert _LIMITED.seconds > 1e9


def test_without_abc_gates_stay_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    from bespoke.errors import ToolMissingError

    def missing(*_: object) -> None:
        raise ToolMissingError("not installed")

    monkeypatch.setattr(gate_search, "check_equal", missing)
    model = two_sums()
    boundary = Boundary.of(model, "binary")
    netlist = lower(model, COSTS, boundary).netlist
    assert _Refuter(netlist, model, boundary, np.random.default_rng(0))(as_simple_gates(netlist)) is None
