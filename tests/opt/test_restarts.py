"""Small circuits that are searched through once more: the same function, fewer gates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import numpy as np
import pytest

from bespoke.cells import GateCosts, load_library
from bespoke.errors import ToolTimeoutError
from bespoke.external import run_program
from bespoke.netlist import Netlist, NetlistBuilder, SimpleGates
from bespoke.opt import as_simple_gates, netlist_of, restarted, restarts
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


@pytest.mark.slow
@pytest.mark.oracle
def test_many_inputs_start_from_abc(monkeypatch: pytest.MonkeyPatch, require_program: Callable[[str], Path]) -> None:
    require_program("yosys-abc")
    monkeypatch.setattr(restarts, "MOST_RESTARTED_GATES", 200)
    netlist = sum_above(5, 3)
    gates = as_simple_gates(netlist)
    inputs = rows(netlist)
    wanted = simulate(netlist, inputs)[:, 0].tolist()
    found = restarted(netlist, gates, COSTS)
    assert found
    assert all(outputs(netlist, each, inputs).tolist() == wanted for each in found)
    assert min(each.cost(COSTS.simple) for each in found) < gates.cost(COSTS.simple)


def test_large_circuits_wires_and_few_inputs_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    netlist = sum_above(5, 3)
    gates = as_simple_gates(netlist)
    monkeypatch.setattr(restarts, "MOST_RESTARTED_GATES", len(gates.kinds))
    assert restarted(netlist, gates, COSTS) == []
    monkeypatch.setattr(restarts, "MOST_RESTARTED_GATES", 200)
    assert restarted(netlist, SimpleGates(2, (), (), (), (2,)), COSTS) == []
    few = sum_above(4, 2)
    assert restarted(few, as_simple_gates(few), COSTS) == []


def wires(bits: int) -> Netlist:
    """Outputs that are an input, a gate of all others, an inverted input and constants."""
    builder = NetlistBuilder("wires")
    first, *others = builder.add_input("x", bits).bits
    builder.add_output("y", [first, builder.all_of(others), 1, others[0] ^ 1, 0, first])
    return builder.build()


def check_wires(netlist: Netlist) -> list[SimpleGates]:
    words, found = rows(netlist), restarted(netlist, as_simple_gates(netlist), COSTS)
    for gates in found:
        assert (outputs(netlist, gates, words) == simulate(netlist, words)[:, 0]).all()
    return found


@pytest.mark.slow
@pytest.mark.oracle
def test_abc_may_give_wires_and_each_script_has_its_time(
    monkeypatch: pytest.MonkeyPatch, require_program: Callable[[str], Path]
) -> None:
    require_program("yosys-abc")
    monkeypatch.setattr(restarts, "MOST_RESTARTED_GATES", 200)
    netlist = wires(20)
    found = check_wires(netlist)
    assert found

    def slow(name: str, args: Sequence[str], **options: Any) -> CompletedProcess[str]:
        if restarts._SCRIPTS[-1] in args[-1]:
            raise ToolTimeoutError("it takes too long")
        return run_program(name, args, **options)

    monkeypatch.setattr(restarts, "run_program", slow)
    others = check_wires(netlist)
    assert others == found[: len(others)] != []
