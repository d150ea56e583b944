"""What a search from data to circuits found: designs of many kinds of models among which a user chooses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bespoke.estimate import POWER_SOURCES
from bespoke.flow.design import Design, fewest_words, surest_words
from bespoke.flow.options import Constraint, Objective
from bespoke.numeric import clopper_pearson


@dataclass(frozen=True, slots=True, eq=False)
class AnswerPoint:
    """A circuit and what is promised of it.

    Attributes
    ----------
    design : Design
    family : str
        Family of its model.
    parameters : mapping
        With which the family trained it.
    validated : float
        Accuracy on rows held out of the training, by cross-validation inside the training part: circuits are compared
        by it.
    promised : float
        The same less what the best of many candidates owes to luck (`bespoke.families.luck`).
    rows : int
        Rows that judge: training rows, each of which was held out once in each repetition, or the rows that validate
        where the data say which.
    test_rows : int
        Rows of the test part, about which the promise is.
    """

    design: Design
    family: str
    parameters: Mapping[str, Any]
    validated: float
    promised: float
    rows: int
    test_rows: int = 0

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval in which the accuracy on the test rows is expected; without any, that on all rows to come.

        Both the promise and the test come from few rows: their variances, ``p (1 - p) / n`` each, add up, as if there
        were ``1 / (1 / rows + 1 / test_rows)`` rows.
        """
        rows = self.rows * self.test_rows // (self.rows + self.test_rows) if self.test_rows else self.rows
        return clopper_pearson(round(self.promised * rows), max(1, rows))

    def size(self, objective: Objective) -> float:
        """Area in mm2, power in mW or delay in ms, with converters where there are any."""
        return self.design.size(objective)

    @property
    def gates(self) -> int:
        """AND gates of the circuit, as a limit counts them."""
        return self.design.circuit.and_nodes

    def is_as_good_as(self, other: AnswerPoint, limits: Constraint) -> bool:
        """Whether it is as good in validated accuracy, area and power, and in gates and yield if they are limited."""
        is_small = all(self.size(each) <= other.size(each) for each in ("area", "power"))
        is_small &= limits.max_gates is None or self.gates <= other.gates
        return self.validated >= other.validated and is_small and self.design.good_share >= other.design.good_share


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """Circuits of all families, none of which is as good as another in validated accuracy, area and power.

    Gates and yield count as well where they are limited.

    Attributes
    ----------
    points : tuple of AnswerPoint
        By rising power.
    float_models : mapping of str to float
        Out-of-fold accuracy of the best float models, by name.
    constraint : Constraint
        What was asked; a ``max_loss`` is one against the best float model.
    minimise : {"area", "power", "delay"}
        What the chosen circuit has least of where the accuracy is limited.
    log : mapping
        What was done, as plain data.
    """

    points: tuple[AnswerPoint, ...]
    float_models: Mapping[str, float]
    constraint: Constraint = field(default_factory=Constraint)
    minimise: Objective = "power"
    log: Mapping[str, Any] = field(default_factory=dict)

    @property
    def best_float(self) -> float:
        """Out-of-fold accuracy of the best float model; 0 if none was tried."""
        return max(self.float_models.values(), default=0.0)

    @property
    def chosen(self) -> AnswerPoint | None:
        """The point that answers what was asked; None if none does."""
        return self.best(self.constraint)

    @property
    def unmet(self) -> str:
        """Why no circuit keeps the limits, with the nearest figures."""
        best = max(point.promised for point in self.points)
        coolest = min(point.size("power") for point in self.points)
        printed = surest_words(point.design for point in self.points)
        gates = fewest_words(self.constraint, (point.design for point in self.points))
        words = f"no circuit keeps {self.constraint}; coolest: {coolest:.3g} mW, {gates}"
        return f"{words}{printed}best promised accuracy: {best:.3f}"

    def best(self, wanted: Constraint) -> AnswerPoint | None:
        """The point that answers other limits.

        With a limit on the accuracy, which the promise must keep, it is the one with the least of what is to be
        minimised, else the most accurate one, of equally accurate ones the coolest.
        """
        least = self.least_promised(wanted)
        kept = [point for point in self.points if point.promised >= least and point.design.keeps(wanted)]
        if wanted.limits_accuracy:
            return min(kept, key=lambda point: (point.size(self.minimise), -point.validated), default=None)
        return max(kept, key=lambda point: (point.validated, -point.size("power")), default=None)

    def least_promised(self, wanted: Constraint) -> float:
        """Least promise that keeps a limit on the accuracy; -inf without one."""
        return self.best_float + wanted.least_gain(self.best_float)

    def with_design(self, old: AnswerPoint, new: Design) -> Answer:
        """Copy with the design of one point exchanged for another form of it, such as one that was verified."""
        points = tuple(replace(point, design=new) if point is old else point for point in self.points)
        return replace(self, points=points)

    def by_source(self) -> dict[str, AnswerPoint | None]:
        """For each power source up to the limit on the power the most accurate circuit that it can run.

        What stronger ones could run was not looked for.
        """
        limit = self.constraint.max_power_mw
        known = [source for source in POWER_SOURCES if limit is None or source.power_mw <= limit]
        return {source.name: self.best(Constraint(max_power_mw=source.power_mw)) for source in known}

    def rows(self) -> list[dict[str, Any]]:
        """One row per circuit as plain data, by rising power."""
        chosen = self.chosen
        return [_row(number, point, point is chosen) for number, point in enumerate(self.points, start=1)]


def non_dominated(points: list[AnswerPoint], limits: Constraint) -> tuple[AnswerPoint, ...]:
    """Points of which no other one is as good as they are, by rising power; of equal ones one."""
    found: list[AnswerPoint] = []
    for point in sorted(points, key=lambda each: _order(each, limits)):
        if not any(other.is_as_good_as(point, limits) for other in found):
            found.append(point)
    return tuple(found)


def _order(point: AnswerPoint, limits: Constraint) -> tuple[float, ...]:
    gates = 0 if limits.max_gates is None else point.gates
    return point.size("power"), -point.validated, point.size("area"), gates, -point.design.good_share


def _row(number: int, point: AnswerPoint, is_chosen: bool) -> dict[str, Any]:  # noqa: FBT001  one of three values
    facts = point.design.row()
    low, high = point.interval
    return {
        "number": number,
        "folder": "." if is_chosen else f"front/{number:02}",
        "chosen": is_chosen,
        "family": point.family,
        "validated": point.validated,
        "promised": point.promised,
        "promised_low": low,
        "promised_high": high,
        "train": facts["train"],
        "test": facts["test"],
        "area_mm2": facts["area_mm2"],
        "power_mw": facts["power_mw"],
        "delay_ms": facts["delay_ms"],
        "gates": facts["gates"],
        **point.design.yield_row(),
        "parameters": dict(point.parameters),
    }
