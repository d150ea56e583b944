"""The designs among which a user chooses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

from bespoke.analysis import OutputErrors
from bespoke.drawing import area_words, frame, front_figure, front_fragment, save_figure
from bespoke.errors import ConstraintError, FrontError
from bespoke.flow.design import Design, fewest_words, surest_words
from bespoke.flow.options import Constraint, Objective

_FIGURES = (
    "test", "converters", "levels", "converter_area_mm2", "converter_power_mw", "area_mm2", "power_mw",
    "static_power_mw", "delay_ms", "vdd", "gates", "edits",
)  # fmt: skip

Criterion = Objective | Literal["gates"]


class FrontPoint(NamedTuple):
    """A design and what its accuracy is held for.

    Attributes
    ----------
    design : Design
    gain : float
        Assured gain of the training score over that of the exact circuit, below 0 for a loss.
    cost : float
        Size in NAND2 cells that the search estimated, before pruning.
    """

    design: Design
    gain: float
    cost: float

    def size(self, criterion: Criterion) -> float:
        """Area in mm2, power in mW or delay in ms, converters included, or AND gates as a limit counts them."""
        return float(self.design.circuit.and_nodes) if criterion == "gates" else self.design.size(criterion)

    def is_as_good_as(self, other: FrontPoint, objectives: Sequence[Criterion] = ("area", "power")) -> bool:
        """Whether it is as good in assured accuracy, in all objectives, and in yield where that was asked for."""
        if self.design.good_share < other.design.good_share:
            return False
        return self.gain >= other.gain and all(self.size(each) <= other.size(each) for each in objectives)


def non_dominated_points(
    points: Iterable[FrontPoint], objectives: Sequence[Criterion] = ("area", "power")
) -> tuple[FrontPoint, ...]:
    """Points that no other one equals in accuracy and all objectives, by rising area; of equal ones the first."""
    found: list[FrontPoint] = []
    for point in sorted(points, key=lambda each: _order(each, objectives)):
        if not any(other.is_as_good_as(point, objectives) for other in found):
            found.append(point)
    return tuple(found)


def _order(point: FrontPoint, objectives: Sequence[Criterion]) -> tuple[float, ...]:
    return point.size("area"), -point.gain, *map(point.size, objectives), -point.design.good_share


@dataclass(frozen=True, slots=True, eq=False)
class ParetoFront:
    """Designs none of which is as good as another in assured accuracy and all objectives, and better in one of them.

    Objectives are area and power, the delay if it is to be small or limited, the AND gates if they are limited, and the
    functional yield if there are defects.

    Attributes
    ----------
    exact : Design
        The circuit of the exact model, whether or not it stands on the front.
    exact_score : float
        Its training score under the metric of the search; of a fitted tree the score of refits on rows held out.
    points : tuple of FrontPoint
        The front by rising area.
    constraint : Constraint
        What was asked; `chosen` keeps it.
    minimise : {"area", "power", "delay"}
        What the chosen design has least of among those that keep the constraint.
    log : dict
        What the search did: options, epochs, hypervolumes.
    state : str
        State of the search, from which it can go on; the content of ``search.json``. Empty of a recipe.

    Raises
    ------
    FrontError
        If the points do not rise in area or one dominates another.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from bespoke import approximate
    >>> X, y = load_iris(return_X_y=True)
    >>> tree = DecisionTreeClassifier(max_depth=2, random_state=0).fit(X, y)
    >>> front = approximate(tree, X, y, epochs=1, generations=2, population=8, finalists=2, jobs=1)
    >>> [row["gates"] for row in front.rows()] == [design.gate_count for design in front.designs]
    True
    >>> front.best(max_loss=0.05).estimate.area_mm2 <= front.exact.estimate.area_mm2
    True
    """

    exact: Design
    exact_score: float
    points: tuple[FrontPoint, ...]
    constraint: Constraint = field(default_factory=Constraint)
    minimise: Objective = "area"
    log: Mapping[str, Any] = field(default_factory=dict)
    state: str = ""

    def __post_init__(self) -> None:
        objectives = objectives_of(self.constraint, self.minimise)
        for first, second in combinations(self.points, 2):
            is_worth_it = not (first.is_as_good_as(second, objectives) or second.is_as_good_as(first, objectives))
            if first.size("area") > second.size("area") or not is_worth_it:
                got = ", then ".join(f"{point.size('area'):g} mm2 at {point.gain:g}" for point in (first, second))
                raise FrontError("designs of a front must rise in area and be worth it", got=got)

    @property
    def designs(self) -> tuple[Design, ...]:
        """The designs on the front by rising area."""
        return tuple(point.design for point in self.points)

    @property
    def chosen(self) -> Design | None:
        """The design that answers what was asked; None if none does."""
        point = self._answer(self.constraint)
        return point.design if point else None

    def described(self) -> ParetoFront:
        """Copy whose designs know the front that they stand on."""
        rows = [{name: value for name, value in row.items() if name != "folder"} for row in self.detailed_rows()]
        front = self
        for design in dict.fromkeys((self.exact, *self.designs)):
            if design.approximation is not None:
                known = replace(design.approximation, front=tuple(rows))
                front = front.with_design(design, replace(design, approximation=known))
        return front

    def with_design(self, old: Design, new: Design) -> ParetoFront:
        """Copy with one design exchanged for another form of it, such as one that was verified."""
        points = tuple(p._replace(design=new) if p.design is old else p for p in self.points)
        return replace(self, exact=new if self.exact is old else self.exact, points=points)

    def best(self, **limits: Any) -> Design:  # noqa: ANN401  numbers of several types
        """The design that answers other limits: fields of `bespoke.flow.Constraint`.

        With a limit on the accuracy it is the design with the least of what is to be minimised, among those that keep
        all limits; else the most accurate of them. All of it is judged on the training rows.

        Raises
        ------
        ConstraintError
            If no design of the front keeps the limits.
        OptionError
            If a limit is out of range.
        """
        wanted = Constraint(**limits)
        point = self._answer(wanted)
        if point is None:
            raise ConstraintError(unmet(self, wanted))
        return point.design

    def _answer(self, wanted: Constraint) -> FrontPoint | None:
        least = wanted.least_gain(self.exact_score)
        kept = [point for point in self.points if point.gain >= least and point.design.keeps(wanted)]
        if not kept:
            return None
        if wanted.limits_accuracy:
            return min(kept, key=lambda point: point.size(self.minimise))
        return max(kept, key=lambda point: point.gain)

    def rows(self) -> list[dict[str, Any]]:
        """One row per design as plain data: the exact one first, then the front by rising area."""
        chosen = self.chosen
        return [_row(number, self, point, chosen) for number, point in self._numbered()]

    def detailed_rows(self) -> list[dict[str, Any]]:
        """`rows` with the ``changes`` of each design: by name, size in the exact model and in this one."""
        known = [point.design.approximation for _, point in self._numbered()]
        return [
            {**row, "changes": {name: list(pair) for name, pair in one.changes.items()}} if one else row
            for row, one in zip(self.rows(), known, strict=True)
        ]

    def _numbered(self) -> list[tuple[int, FrontPoint]]:
        """The points from 1 on; 0 is the exact design if it does not stand on the front."""
        is_on_front = any(self.exact is design for design in self.designs)
        return [*([] if is_on_front else [(0, FrontPoint(self.exact, 0.0, 0.0))]), *enumerate(self.points, start=1)]

    def to_frame(self) -> Any:  # noqa: ANN401  a pandas DataFrame; pandas is optional
        """`rows` as a pandas DataFrame.

        Raises
        ------
        ToolMissingError
            If pandas is not installed.
        """
        return frame(self.rows())

    def __repr__(self) -> str:
        areas = ", ".join(area_words(point.size("area")) for point in self.points)
        exact = area_words(self.exact.size("area"))
        return f"<ParetoFront: {len(self.points)} circuits of {areas}; exact {exact}>"

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        rows = self.detailed_rows()
        chosen = next((row for row in rows if row["chosen"]), None)
        answer = f"no. {chosen['number']} is chosen" if chosen else "none keeps the limits"
        words = f"Pareto front of {len(self.points)} circuits; asked: {self.constraint}; {answer}"
        return front_fragment(words, rows, self.exact.accuracies.metric)

    def plot(self, path: str | Path | None = None) -> Any:  # noqa: ANN401  a matplotlib Figure; matplotlib is optional
        """Figure of accuracy over area, written to ``path`` if one is given.

        Raises
        ------
        ToolMissingError
            If matplotlib is not installed.
        OutputError
            If the file cannot be written.
        """
        drawn = front_figure(self.rows(), self.exact.accuracies.metric)
        if path is not None:
            save_figure(drawn, Path(path))
        return drawn


def unmet(front: ParetoFront, wanted: Constraint) -> str:
    """Why no design keeps the limits, with the nearest figures."""
    area, power, delay = (min(point.size(each) for point in front.points) for each in get_args(Objective))
    best = max(point.gain for point in front.points)
    fastest = "" if wanted.max_delay_ms is None else f"fastest: {delay:.3g} ms, "
    printed = surest_words(front.designs) + fewest_words(wanted, front.designs)
    return (
        f"no design keeps {wanted}; smallest: {area / 100:.3g} cm2, coolest: {power:.3g} mW, {fastest}{printed}"
        f"best assured accuracy: {front.exact_score + best:.3f}"
    )


def objectives_of(constraint: Constraint, objective: Objective) -> tuple[Criterion, ...]:
    """What counts on a front besides the accuracy."""
    is_fast = objective == "delay" or constraint.max_delay_ms is not None
    found: tuple[Criterion, ...] = ("area", "power", "delay") if is_fast else ("area", "power")
    return found if constraint.max_gates is None else (*found, "gates")


def _row(number: int, front: ParetoFront, point: FrontPoint, chosen: Design | None) -> dict[str, Any]:
    facts, is_chosen, is_exact = point.design.row(), point.design is chosen, point.design is front.exact
    errors = point.design.analyses.get(OutputErrors.name)
    return {
        "number": number,
        "folder": "." if is_chosen else f"front/{number:02}",
        "chosen": is_chosen,
        "exact": is_exact,
        "train": facts["train"],
        "assured": front.exact_score + point.gain,
        "output_error_rate": errors.rate.value if isinstance(errors, OutputErrors) else 0.0 if is_exact else None,
        **{name: facts[name] for name in _FIGURES},
        **point.design.yield_row(),
    }
