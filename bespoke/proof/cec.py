"""Combinational equivalence by SAT sweeping: ABC's ``cec``."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bespoke.errors import ToolError, ToolTimeoutError
from bespoke.external import run_program
from bespoke.netlist import Netlist, to_aiger

ABC = "yosys-abc"
_CONFLICTS = 100_000_000
_GRACE_S = 5.0


@dataclass(frozen=True, slots=True)
class CecResult:
    """Answer of an equivalence check.

    Attributes
    ----------
    answer : {"equal", "different", "undecided"}
    inputs : dict of int to int
        After "different": values of primary input bits by number. ABC gives those that some literal of ``left``
        depends on, so a witness is complete only where ``right`` is constant.
    """

    answer: Literal["equal", "different", "undecided"]
    inputs: dict[int, int]


def check_equal(netlist: Netlist, left: Sequence[int], right: Sequence[int], timeout_s: float) -> CecResult:
    """Check literals of one netlist pair by pair for equality over all inputs.

    Parameters
    ----------
    netlist : Netlist
    left, right : sequence of int
        Literals of equal count.
    timeout_s : float
        Seconds for the check.

    Raises
    ------
    ToolMissingError, ToolError
        If ABC is missing or prints something unknown.
    """
    pairs = [(a, b) for a, b in zip(left, right, strict=True) if a != b]
    if not pairs:
        return CecResult("equal", {})
    if any(a ^ b == 1 for a, b in pairs):
        return CecResult("different", {})
    if timeout_s < 1:
        return CecResult("undecided", {})
    with tempfile.TemporaryDirectory(prefix="bespoke-") as name:
        folder = Path(name)
        (folder / "left.aig").write_bytes(to_aiger(netlist, [a for a, _ in pairs]))
        (folder / "right.aig").write_bytes(to_aiger(netlist, [b for _, b in pairs]))
        command = f"cec -n -T {int(timeout_s)} -C {_CONFLICTS} left.aig right.aig"
        try:
            result = run_program(ABC, ["-q", command], folder=folder, timeout_s=timeout_s + _GRACE_S)
        except ToolTimeoutError:
            return CecResult("undecided", {})
    return _read_answer(result.stdout + result.stderr)


def _read_answer(text: str) -> CecResult:
    if "Networks are equivalent" in text:
        return CecResult("equal", {})
    if "NOT EQUIVALENT" in text:
        pattern = re.search(r"Input pattern:(.*)", text)
        # Some versions of ABC print their own names (pi00) instead of those in the file (i0).
        found = re.findall(r"\bp?i(\d+)=([01])", pattern[1]) if pattern else []
        return CecResult("different", {int(number): int(value) for number, value in found})
    if re.search(r"UNDECIDED|timed? ?out|resource limit", text, re.IGNORECASE):
        return CecResult("undecided", {})
    lines = [line for line in text.splitlines() if line.strip()]
    raise ToolError(f"{ABC} gave no answer", got=lines[-1] if lines else "nothing")
