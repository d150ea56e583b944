"""What was given up for an approximate circuit, and what can be said about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bespoke.flow.constraint import Constraint
from bespoke.flow.guarantees import Guarantees
from bespoke.flow.measured import Confusions


@dataclass(frozen=True, slots=True)
class Approximation:
    """How a design of a front compares with the exact one.

    Attributes
    ----------
    exact : bool
        Whether it is the exact design itself.
    judged_on : str
        Which rows the assured gain is about.
    assured_gain, assured_score : float
        Assured gain over the exact circuit, and the score that follows.
    constraint : Constraint
        What was asked.
    changes : mapping of str to (int, int)
        By name the size in the exact model and in this one.
    edits : int
        Number of edits at gate level.
    estimated_cost : float
        Size in NAND2 cells that the search estimated, before pruning.
    exact_area_mm2, exact_power_mw : float
    exact_confusions : Confusions or None
    exact_coefficients : mapping
        See `bespoke.flow.stage_facts.coefficients`; empty for the exact design.
    guarantees : Guarantees
    options : mapping
        The options as they were asked for, and
    search : mapping
        what the search did, as plain data.
    front : tuple of mapping
        Rows of the front that the design stands on.
    """

    exact: bool
    judged_on: str
    assured_gain: float
    assured_score: float
    constraint: Constraint
    changes: Mapping[str, tuple[int, int]]
    edits: int
    estimated_cost: float
    exact_area_mm2: float
    exact_power_mw: float
    exact_confusions: Confusions | None
    exact_coefficients: Mapping[str, Any]
    guarantees: Guarantees
    options: Mapping[str, Any] = field(default_factory=dict)
    search: Mapping[str, Any] = field(default_factory=dict)
    front: tuple[Mapping[str, Any], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain-data form."""
        special = {
            "constraint": self.constraint.to_json(),
            "guarantees": self.guarantees.to_json(),
            "changes": {name: list(pair) for name, pair in self.changes.items()},
            "exact_confusion": self.exact_confusions.circuit.to_json() if self.exact_confusions else {},
            "front": list(self.front),
        }
        plain = {name: getattr(self, name) for name in self.__slots__ if name != "exact_confusions"}
        return {**plain, **special}
