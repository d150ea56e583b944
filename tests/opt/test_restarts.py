"""Small circuits that are searched through once more: the same function, fewer gates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import numpy as np
import pytest

from bespoke.cells import GateCosts, load_library
from bespoke.errors import ToolTimeoutError
from bespoke.external import run_program
from bespoke.netlist import Netlist, NetlistBuilder, SimpleGates, SimpleKind
from bespoke.opt import annealed_on_values, as_simple_gates, netlist_of, restarted, restarts
from bespoke.sim import simulate

COSTS = GateCosts.of(load_library("egfet"))


def sum_above(bits: int, count: int) -> Netlist:
    """Whether words add up to more than half of their largest sum, by ripple-carry adders; a word is not read."""
    builder = NetlistBuilder("classifier")
    words = [list(builder.add_input(f"x{number}", bits).bits) for number in range(count + 1)][1:]
    total = [0] * (bits + count)
    for word in words:
        carry = 0
        for place, bit in enumerate([*word, *[0] * count]):
            a = total[place]
            half = builder.xor(a, bit)
            total[place], carry = builder.xor(half, carry), builder.or_(builder.and_(a, bit), builder.and_(half, carry))
    builder.add_output("prediction", [builder.or_(total[bits], total[bits + 1])])
    return builder.build()


def rows(netlist: Netlist) -> np.ndarray:
    rng = np.random.default_rng(0)
    return np.column_stack([rng.integers(0, 1 << port.width, 3000) for port in netlist.inputs])


def outputs(netlist: Netlist, gates: SimpleGates, inputs: np.ndarray) -> np.ndarray:
    return simulate(netlist_of(gates, netlist), inputs)[:, 0]


def all_values(places: Sequence[int], most: int) -> np.ndarray | None:
    return np.arange(1 << len(places))[:, None] >> np.arange(len(places)) & 1 if 1 << len(places) <= most else None


@pytest.mark.slow
def test_few_inputs_are_searched_with_all_their_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restarts, "MOST_RESTARTED_GATES", 200)
    netlist = sum_above(4, 2)
    gates = as_simple_gates(netlist)
    found = annealed_on_values(gates, COSTS, all_values)
    inputs = rows(netlist)
    wanted = simulate(netlist, inputs)[:, 0]
    for each in found:
        assert outputs(netlist, each, inputs).tolist() == wanted.tolist()
        assert each.cost(COSTS.simple) < 0.9 * gates.cost(COSTS.simple)
    assert len(found) == 2
    assert wanted.any()


@pytest.mark.slow
@pytest.mark.oracle
def test_many_inputs_start_from_abc(monkeypatch: pytest.MonkeyPatch, require_program: Callable[[str], Path]) -> None:
    require_program("yosys-abc")
    monkeypatch.setattr(restarts, "MOST_RESTARTED_GATES", 200)
    netlist = sum_above(5, 3)
    gates = as_simple_gates(netlist)
    inputs = rows(netlist)
    wanted = simulate(netlist, inputs)[:, 0].tolist()
    found = restarted(netlist, gates, COSTS, None)
    assert found
    assert all(outputs(netlist, each, inputs).tolist() == wanted for each in found)
    assert min(each.cost(COSTS.simple) for each in found) < gates.cost(COSTS.simple)

    def wrong(given: SimpleGates) -> SimpleGates:
        return replace(given, kinds=(*given.kinds[:-1], (given.kinds[-1] + 1) % len(SimpleKind)))

    assert restarted(netlist, gates, COSTS, wrong) == found
    assert len(restarted(netlist, gates, COSTS, lambda given: given)) == len(found) + 1


def test_large_circuits_and_wires_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    netlist = sum_above(4, 2)
    gates = as_simple_gates(netlist)
    monkeypatch.setattr(restarts, "MOST_RESTARTED_GATES", len(gates.kinds))
    for given in (gates, SimpleGates(2, (), (), (), (2,))):
        assert restarted(netlist, given, COSTS, None) == []
        assert annealed_on_values(given, COSTS, all_values) == []


def test_gates_may_be_wrong_on_what_inputs_never_take(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restarts, "MOST_RESTARTED_GATES", 200)
    builder = NetlistBuilder("classifier")
    levels = [builder.add_input(f"x_ge_{number}", 1).bits[0] for number in range(1, 4)]
    first, second, third = levels
    builder.add_output("prediction", [builder.or_(builder.and_(first, second), builder.and_(second, third))])
    netlist = builder.build()
    assert {annealed.outputs for annealed in annealed_on_values(as_simple_gates(netlist), COSTS, code)} == {(3,)}
    assert all(annealed.kinds for annealed in annealed_on_values(as_simple_gates(netlist), COSTS, all_values))


def code(places: Sequence[int], most: int) -> np.ndarray:
    """Ones, then zeros."""
    assert list(places) == [0, 1, 2]
    assert most > 4
    return np.tri(4, 3, -1, dtype=np.int64)


def wires(bits: int) -> Netlist:
    """Outputs that are an input, a gate of all others, an inverted input and constants."""
    builder = NetlistBuilder("wires")
    first, *others = builder.add_input("x", bits).bits
    builder.add_output("y", [first, builder.all_of(others), 1, others[0] ^ 1, 0, first])
    return builder.build()


def check_wires(netlist: Netlist, found: list[SimpleGates]) -> list[SimpleGates]:
    words = rows(netlist)
    for gates in found:
        assert (outputs(netlist, gates, words) == simulate(netlist, words)[:, 0]).all()
    return found


def test_an_output_may_be_an_input_that_no_gate_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restarts, "MOST_RESTARTED_GATES", 200)
    netlist = wires(3)
    assert len(check_wires(netlist, annealed_on_values(as_simple_gates(netlist), COSTS, all_values))) == 2


@pytest.mark.slow
@pytest.mark.oracle
def test_abc_may_give_wires_and_each_script_has_its_time(
    monkeypatch: pytest.MonkeyPatch, require_program: Callable[[str], Path]
) -> None:
    require_program("yosys-abc")
    monkeypatch.setattr(restarts, "MOST_RESTARTED_GATES", 200)
    netlist = wires(20)
    found = check_wires(netlist, restarted(netlist, as_simple_gates(netlist), COSTS, None))
    assert found

    def slow(name: str, args: Sequence[str], **options: Any) -> CompletedProcess[str]:
        if restarts._SCRIPTS[-1] in args[-1]:
            raise ToolTimeoutError("it takes too long")
        return run_program(name, args, **options)

    monkeypatch.setattr(restarts, "run_program", slow)
    others = check_wires(netlist, restarted(netlist, as_simple_gates(netlist), COSTS, None))
    assert others == found[: len(others)] != []
