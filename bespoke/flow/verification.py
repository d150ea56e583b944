"""What a comparison of executors found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal["agree", "proven", "not finished", "refuted", "not run"]
_WORST_FIRST: tuple[Status, ...] = ("refuted", "not finished", "not run", "proven", "agree")


@dataclass(frozen=True, slots=True)
class Check:
    """One executor against the integer model.

    Attributes
    ----------
    status : {"agree", "proven", "not finished", "refuted", "not run"}
    detail : str
        Why it is not simply "agree" or "proven".
    counts : dict of str to int
        How much was compared: ``vectors`` and ``mismatches`` of a simulation, the blocks of a proof.
    counterexample : dict, optional
        Of a refuted check: ``inputs`` (words by feature name), ``expected`` and ``got`` (output words).
    parts : dict of str to Check
        Checks that this one sums up.
    """

    status: Status
    detail: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    counterexample: Mapping[str, Any] | None = None
    parts: Mapping[str, Check] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Plain-data form."""
        data: dict[str, Any] = {"status": self.status, **self.counts}
        if self.detail:
            data["detail"] = self.detail
        if self.counterexample is not None:
            data["counterexample"] = dict(self.counterexample)
        return data | {name: part.to_json() for name, part in self.parts.items()}


NOT_RUN = Check("not run")


def summary(parts: Mapping[str, Check]) -> Check:
    """One check that is as bad as the worst of its parts."""
    status = next(status for status in _WORST_FIRST if any(part.status == status for part in parts.values()))
    worst = {name: part for name, part in parts.items() if part.status == status}
    detail = "; ".join(f"{name}: {part.detail}" for name, part in worst.items() if part.detail)
    example = next((part.counterexample for part in worst.values() if part.counterexample is not None), None)
    return Check(status, detail, {}, example, parts)


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether integer model, simulator, Icarus Verilog and proof agree about a design.

    Attributes
    ----------
    simulator : Check
        Integer model against the built-in simulator, on the netlist as read back from its Verilog text.
    icarus : Check
        Integer model against Icarus Verilog; parts ``netlist`` and ``rtl``.
    formal : Check
        The proof chain from the integer model to the netlist.
    vectors : dict of str to dict
        Per simulator (``simulator``, ``icarus``): number of input vectors by origin.
    notes : tuple of str
        Remarks, such as files that were changed since they were written.
    """

    simulator: Check
    icarus: Check
    formal: Check
    vectors: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether nothing was refuted."""
        return "refuted" not in (self.simulator.status, self.icarus.status, self.formal.status)

    @property
    def counterexample(self) -> Mapping[str, Any] | None:
        """First counterexample, if there is one."""
        checks = (self.simulator, self.icarus, self.formal)
        return next((check.counterexample for check in checks if check.counterexample is not None), None)

    def to_json(self) -> dict[str, Any]:
        """Plain-data form."""
        return {
            "simulator": self.simulator.to_json(),
            "icarus": self.icarus.to_json(),
            "formal": self.formal.to_json(),
            "vectors": {name: dict(counts) for name, counts in self.vectors.items()},
            "notes": list(self.notes),
        }
