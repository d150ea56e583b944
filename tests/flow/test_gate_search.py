"""How long gates are searched for, and what is proven about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.tree import DecisionTreeClassifier

from bespoke import compile_model
from bespoke.cells import GateCosts, load_library
from bespoke.errors import ToolError
from bespoke.flow import gate_search
from bespoke.flow.gate_search import _is_sampled, _Refuter, search_remark, searched_gates
from bespoke.flow.options import CompileOptions
from bespoke.lowering import lower
from bespoke.model import Affine, Argmax, Boundary, InputCoding, IntegerModel, Origin
from bespoke.netlist import SimpleGates, SimpleKind
from bespoke.opt import Rounds, as_simple_gates, care_on, netlist_of, travelled, windows
from bespoke.sim import simulate

COSTS = GateCosts.of(load_library("egfet"))
BRIEF = Rounds(4, 300_000, (0.2, 0.3), 4, part=60)


def two_sums(features: int = 3, bits: int = 6) -> IntegerModel:
    """A classifier by two weighted sums."""
    coding = InputCoding(tuple("abcde"[:features]), (bits,) * features, (0.0,) * features, (1.0,) * features)
    weights = np.array([[3, -2, 1, 2, -1], [-1, 2, 2, -3, 1]])[:, :features]
    layer = Affine(weights, np.array([4, -9]), "identity", 0)
    return IntegerModel(coding, (layer,), Argmax((0, 1)), Origin("linear", "by hand"))


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
    right = refuter(gates, 10.0)
    assert right is not None
    assert right.shape == (netlist.input_count, 0)
    for gate in (0, len(gates.kinds) // 2, len(gates.kinds) - 1):
        kinds = list(gates.kinds)
        kinds[gate] = {SimpleKind.NAND: SimpleKind.AND, SimpleKind.NOR: SimpleKind.OR}.get(kinds[gate], SimpleKind.AND)
        wrong = SimpleGates(gates.input_count, tuple(kinds), gates.left, gates.right, gates.outputs)
        values = refuter(wrong, 10.0)
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
    """In circuits whose inputs take too many values to look at all."""
    require_program("yosys-abc")
    monkeypatch.setattr(gate_search, "_ROUNDS", {"high": (1000, BRIEF)})
    monkeypatch.setattr(windows, "MOST_WINDOWED_GATES", 0)
    for inputs in ("binary", "unary"):
        model = two_sums(5, 5)
        boundary = Boundary.of(model, inputs)
        lowered = lower(model, COSTS, boundary)
        options = CompileOptions(effort="high")
        first, *_, found = searched_gates([lowered.netlist], lowered, model, COSTS, options)
        assert found.cost(COSTS.simple) < first.cost(COSTS.simple)
        words = np.random.default_rng(1).integers(0, 32, (4000, 5))
        got = simulate(netlist_of(found, lowered.netlist), boundary.encode(words))[:, 0]
        assert (got == model.predict(words)).all()


@pytest.mark.slow
@pytest.mark.oracle
def test_a_limit_in_seconds_is_for_any_circuit(
    monkeypatch: pytest.MonkeyPatch, require_program: Callable[[str], Path]
) -> None:
    require_program("yosys-abc")
    given: list[float] = []

    def search(gates: SimpleGates, *args: Any) -> SimpleGates:
        given.append(args[2])
        return travelled(gates, *args)

    monkeypatch.setattr(gate_search, "travelled", search)
    design = compile_model(two_sums(), effort="high", effort_seconds=0.4)
    assert given == [pytest.approx(0.4, abs=0.01)]  # too few for slow annealing
    assert any(note.startswith("gates were searched for 0.4 s on ") for note in design.notes)
    large = search_remark(design.provenance.options, design.circuit.boundary, 20_001)
    assert large == "gates were not searched for: that is for circuits of up to 20000 gates"
    assert design.verify().formal.status == "proven"


@pytest.mark.slow
@pytest.mark.parametrize(("is_tree", "takes", "left"), [(True, 70.0, 30.0), (False, 130.0, 0.1)])
def test_a_longer_limit_anneals_slowly_first(
    is_tree: bool,
    takes: float,
    left: float,
    monkeypatch: pytest.MonkeyPatch,
    require_program: Callable[[str], Path],
) -> None:
    require_program("yosys-abc")
    slow: list[tuple[float, float, bool]] = []
    given: list[tuple[int, float]] = []
    wire = SimpleGates(15, (), (), (), (2,))  # cheaper than all

    class Clock:
        seconds = 0.0

        def monotonic(self) -> float:
            return self.seconds

    def anneal(gates: SimpleGates, *args: Any) -> SimpleGates:
        slow.append((gates.cost(COSTS.simple), args[2], args[1].care.has_boxes))
        clock.seconds += takes
        return wire

    def search(gates: SimpleGates, *args: Any) -> SimpleGates:
        given.append((len(gates.kinds), args[2]))
        return gates

    clock = Clock()
    monkeypatch.setattr(gate_search, "time", clock)
    monkeypatch.setattr(gate_search, "annealed_slowly", anneal)
    monkeypatch.setattr(gate_search, "travelled", search)
    rng = np.random.default_rng(0)
    features, labels = rng.random((60, 3)), rng.integers(0, 2, 60)
    tree = DecisionTreeClassifier(max_leaf_nodes=6, random_state=0).fit(features, labels)
    model = compile_model(tree, features, labels, model_inputs="unit").model if is_tree else two_sums()
    lowered = lower(model, COSTS)
    options = CompileOptions(effort="high", effort_seconds=100)
    found = searched_gates([lowered.netlist], lowered, model, COSTS, options)
    ((cost, seconds, has_boxes),) = slow
    assert has_boxes == is_tree
    assert seconds == pytest.approx(70)
    others = [each for each in found if each is not wire]
    assert cost == (lowered.gates or min(others, key=lambda each: each.cost(COSTS.simple))).cost(COSTS.simple)
    assert given == [(0, pytest.approx(left))]


def test_a_broken_tool_leaves_the_circuit_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ToolError("yosys-abc gave no answer", got="nothing")

    monkeypatch.setattr(gate_search, "check_equal", broken)
    model = two_sums()
    netlist = lower(model, COSTS).netlist
    refuter = _Refuter(netlist, model, Boundary.binary(model.coding), np.random.default_rng(0))
    assert refuter(as_simple_gates(netlist), 10.0) is None


def test_tables_are_searched_whatever_their_size() -> None:
    model = two_sums(2)
    options = CompileOptions(effort="high", effort_seconds=2)
    assert search_remark(options, Boundary.binary(model.coding), 30_000).startswith("gates were searched for 2 s")


@pytest.mark.parametrize("name", ["tool", None])
def test_little_effort_takes_samples_where_they_are_known_and_abc_is_there(
    name: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate_search, "_ROUNDS", {"fast": (1000, BRIEF), "high": (1000, BRIEF)})
    monkeypatch.setattr(gate_search, "find_program", lambda _: name)
    lowered = lower(two_sums(), COSTS)
    known = lowered._replace(care=care_on(np.zeros((18, 1), dtype=np.uint64), 1))
    fast, high = CompileOptions(), CompileOptions(effort="high")
    assert not _is_sampled(fast, 10, lowered)
    assert _is_sampled(fast, 10, known) == bool(name)
    assert _is_sampled(high, 10, lowered)
    assert not _is_sampled(high, 2000, lowered)
    assert _is_sampled(CompileOptions(effort="high", effort_seconds=2), 2000, lowered)
    assert not _is_sampled(CompileOptions(effort="high", effort_seconds=2), 20_001, lowered)


@pytest.mark.slow
@pytest.mark.oracle
def test_small_trees_become_smaller_with_little_effort(
    monkeypatch: pytest.MonkeyPatch, require_program: Callable[[str], Path]
) -> None:
    require_program("yosys-abc")
    rng = np.random.default_rng(0)
    features = rng.random((150, 4))
    labels = rng.integers(0, 3, 150)
    tree = DecisionTreeClassifier(max_leaf_nodes=9, random_state=0).fit(features, labels)
    areas = []
    for rounds in ((0, BRIEF), (1000, replace(BRIEF, count=12))):
        monkeypatch.setattr(gate_search, "_ROUNDS", {"fast": rounds})
        design = compile_model(tree, features, labels, model_inputs="unit", input_bits=6)
        assert design.verify().formal.status == "proven"
        areas.append(design.estimate.area_mm2)
    assert areas[1] < 0.99 * areas[0]
