"""Approximate forms of circuits of a search from data: cooler ones, and larger ones that come to keep a limit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import inf

from bespoke.data import Dataset
from bespoke.errors import UnsupportedModelError
from bespoke.flow.answer import AnswerPoint
from bespoke.flow.approximate import approximate
from bespoke.flow.design_options import DesignOptions
from bespoke.flow.options import ApproximateOptions, Constraint
from bespoke.search import SearchOptions

_ABOVE = 1.5  # power over a limit from which an approximation may still come below it
_EPOCHS = 6
_SHARE = 0.3  # of the time in which candidates enter, for each search
_MAX_LOSS = 0.005
Wanted = tuple[AnswerPoint, Constraint]


def worth_approximating(
    points: Sequence[AnswerPoint], limits_mw: Sequence[float], least: float = -inf
) -> Iterator[Wanted]:
    """For each limit the best point below it, to be cooler, and a better one little above it, to come below it.

    Parameters
    ----------
    points : sequence of AnswerPoint
    limits_mw : sequence of float
        Powers that matter, in mW.
    least : float
        Promise that was asked for: the coolest point that keeps it may lose what it has above it.
    """
    cooler: dict[int, Wanted] = {}
    coolest = min(
        (point for point in points if point.promised >= least), key=lambda each: each.size("power"), default=None
    )
    if coolest is not None and least > -inf:
        cooler[id(coolest)] = coolest, Constraint(max_loss=coolest.promised - least)
    for limit in limits_mw:
        below = max(_between(points, 0.0, limit), key=_worth, default=None)
        above = max(_between(points, limit, _ABOVE * limit), key=_worth, default=None)
        if below is not None:
            cooler.setdefault(id(below), (below, Constraint(max_loss=_MAX_LOSS)))
        if above is not None and (below is None or above.validated > below.validated):
            yield above, Constraint(max_power_mw=limit)
    yield from cooler.values()


def approximate_forms(wanted: Wanted, dataset: Dataset, options: DesignOptions) -> list[AnswerPoint]:
    """Approximate forms of a point, by rising power, which promise less by what they may lose.

    That is the assured gain (`bespoke.search.assured_gains`) on the training rows where it is negative. A form is never
    said to be better than what it was made of. There are none of a model that no search can change, such as a list of
    rules or several trees.
    """
    point, constraint = wanted
    budget_s = None if options.most_s == inf else _SHARE * options.budget_s
    search = SearchOptions(epochs=_EPOCHS, islands=1, seed=options.race_seed, budget_s=budget_s)
    chosen = ApproximateOptions(
        compile=options.compile, search=search, constraint=constraint, printed=options.printed, minimise="power", jobs=1
    )
    try:
        front = approximate(point.design.model, dataset=dataset, options=chosen)
    except UnsupportedModelError:
        return []
    found = []
    for form in front.points:
        if form.design.approximation is not None and not form.design.approximation.exact:
            loss = min(0.0, form.gain)
            validated, promised = (max(0.0, each + loss) for each in (point.validated, point.promised))
            found.append(replace(point, design=form.design, validated=validated, promised=promised))
    return found


def _between(points: Sequence[AnswerPoint], low: float, high: float) -> list[AnswerPoint]:
    return [point for point in points if low < point.size("power") <= high]


def _worth(point: AnswerPoint) -> tuple[float, float]:
    return point.validated, -point.size("power")
