"""Constancy and equality by SAT sweeping: ABC's ``cec``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from bespoke.errors import ToolError, ToolTimeoutError
from bespoke.external import run_program, scratch_folder
from bespoke.netlist import FALSE, TRUE, Netlist, NetlistBuilder, copy_gates, to_aiger

ABC = "yosys-abc"
_CONFLICTS = 100_000_000
_GRACE_S = 5.0


@dataclass(frozen=True, slots=True)
class CecResult:
    """Whether literals are 0 for all inputs.

    Attributes
    ----------
    answer : {"equal", "different", "undecided"}
        The first if they are.
    inputs : dict of int to int
        After "different": values of primary input bits by number; those that are left out do not matter.
    """

    answer: Literal["equal", "different", "undecided"]
    inputs: dict[int, int] = field(default_factory=dict)


def check_false(netlist: Netlist, literals: Sequence[int], timeout_s: float) -> CecResult:
    """Check whether literals are 0 for all inputs, in at most ``timeout_s`` seconds.

    Raises
    ------
    ToolMissingError, ToolError
        If ABC is missing or prints something unknown.
    """
    literals = [literal for literal in literals if literal != FALSE]
    if not literals:
        return CecResult("equal")
    if TRUE in literals:
        return CecResult("different")
    if timeout_s < 1:
        return CecResult("undecided")
    with scratch_folder("bespoke-") as folder:
        (folder / "left.aig").write_bytes(to_aiger(netlist, literals))
        (folder / "right.aig").write_bytes(to_aiger(netlist, [FALSE] * len(literals)))
        command = f"cec -n -T {int(timeout_s)} -C {_CONFLICTS} left.aig right.aig"
        try:
            result = run_program(ABC, ["-q", command], folder=folder, timeout_s=timeout_s + _GRACE_S)
        except ToolTimeoutError:
            return CecResult("undecided")
    return _read_answer(result.stdout + result.stderr)


def check_equal(first: Netlist, second: Netlist, timeout_s: float) -> CecResult:
    """Check whether two netlists of the same ports have the same function; times and errors as in `check_false`."""
    builder, outputs = NetlistBuilder(first.name), []
    wires = [0, *(bit for port in first.inputs for bit in builder.add_input(port.name, port.width).bits)]
    for netlist in (first, second):
        literals = dict(enumerate(literal for wire in wires for literal in (wire, wire ^ 1)))
        copy_gates(builder, netlist.gates(), literals)
        outputs.append([literals[output] for output in netlist.output_literals()])
    differing = [builder.xor(ours, theirs) for ours, theirs in zip(*outputs, strict=True)]
    return check_false(builder.build(), differing, timeout_s)


def _read_answer(text: str) -> CecResult:
    if "Networks are equivalent" in text:
        return CecResult("equal")
    if "NOT EQUIVALENT" in text:
        # Some versions of ABC print their own names (pi00) instead of those in the file (i0).
        found = re.findall(r"\bp?i(\d+)=([01])", text)
        return CecResult("different", {int(number): int(value) for number, value in found})
    if re.search(r"UNDECIDED|timed? ?out|resource limit", text, re.IGNORECASE):
        return CecResult("undecided")
    lines = [line for line in text.splitlines() if line.strip()]
    raise ToolError(f"{ABC} gave no answer", got=lines[-1] if lines else "nothing")
