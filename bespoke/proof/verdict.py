"""What a proof says: steps, counterexamples, the overall status."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Status = Literal["proven", "not finished", "refuted", "not run"]
_WORST_FIRST: tuple[Status, ...] = ("refuted", "not finished", "not run", "proven")


@dataclass(frozen=True, slots=True)
class Counterexample:
    """An input on which circuit and model differ, as seen by evaluating both.

    Attributes
    ----------
    features : dict of str to int
        Input words by feature name.
    expected : int
        Output word of the integer model.
    actual : int
        Output word of the circuit.
    """

    features: dict[str, int]
    expected: int
    actual: int


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the proof chain.

    Attributes
    ----------
    name : str
    status : {"proven", "not finished", "refuted", "not run"}
    detail : str
        Where it stopped, and why; empty for a proven step.
    counts : dict of str to int
        What was checked, such as adders, sums and blocks.
    seconds : float
    counterexample : Counterexample, optional
        Of a refuted step.
    """

    name: str
    status: Status
    detail: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    counterexample: Counterexample | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Outcome of the proof chain: as good as its worst step."""

    steps: tuple[Step, ...]

    @property
    def status(self) -> Status:
        """Status of the whole chain."""
        found = {step.status for step in self.steps}
        return next((status for status in _WORST_FIRST if status in found), "not run")

    @property
    def counterexample(self) -> Counterexample | None:
        """First counterexample, if there is one."""
        return next((step.counterexample for step in self.steps if step.counterexample), None)

    @property
    def detail(self) -> str:
        """Where the chain stopped: the details of its worst steps; empty if it is proven."""
        worst = self.status
        return "; ".join(f"{s.name}: {s.detail}" for s in self.steps if s.status == worst and s.detail)

    def to_json(self) -> dict[str, Any]:
        """Plain-data form."""
        return {"status": self.status, "detail": self.detail, "steps": [asdict(step) for step in self.steps]}
