"""One trained model to a front of approximate designs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from bespoke.analysis import BRIEFLY, Inputs, output_errors
from bespoke.cells import CellLibrary
from bespoke.data import Dataset
from bespoke.errors import OptionError
from bespoke.external import Processes
from bespoke.flow.approximation import Approximation, Guarantees, Judges, guarantees
from bespoke.flow.cascade import check_cascade, with_cascade
from bespoke.flow.case import Candidates, Case
from bespoke.flow.compile import Pruner, Stages, warn_of
from bespoke.flow.design import Design
from bespoke.flow.examined import examined_design
from bespoke.flow.front import FrontPoint, ParetoFront, non_dominated_points, objectives_of
from bespoke.flow.hardening import hardened_designs
from bespoke.flow.modes import check_modes, with_mode_input
from bespoke.flow.options import ApproximateOptions, Constraint, printed_facts
from bespoke.flow.recipes import RECIPES, Recipe
from bespoke.flow.searched import searched
from bespoke.flow.sensors import encoder_gate, expected_cost
from bespoke.flow.sources import Source, read_dataset, read_source
from bespoke.flow.stage_facts import coefficients, model_sizes
from bespoke.flow.supply import check_stated, estimates_at, read_library, scaled_figures
from bespoke.flow.yields import built, expected_bad
from bespoke.model import IntegerModel
from bespoke.search import FloatArray

_PER_LIMIT = 3  # estimates and pruning may change the order of the nearest few
_ROOM = 1.25  # estimated area over a limit that pruning may still bring below it
_Making = tuple[Source, CellLibrary, ApproximateOptions]


def approximate(
    model: Any,  # noqa: ANN401  scikit-learn has no types
    X: ArrayLike | None = None,  # noqa: N803  scikit-learn's name
    y: ArrayLike | None = None,
    *,
    dataset: Dataset | None = None,
    options: ApproximateOptions | None = None,
    on_stage: Callable[[str], None] = lambda _stage: None,
    **settings: Any,  # noqa: ANN401  each option has its own type
) -> ParetoFront:
    """Find smaller circuits of a trained model that lose little accuracy: by search, or as a published recipe does.

    Everything is chosen on the training rows; the test rows are read for the report alone.

    Parameters
    ----------
    model : estimator or IntegerModel
        As for `compile_model`.
    X : array_like of float, shape (n_samples, n_features), optional
        All data, raw, and
    y : array_like, shape (n_samples,), optional
        their targets, split as `compile_model` splits them.
    dataset : Dataset, optional
        Instead of ``X`` and ``y``.
    options : ApproximateOptions, optional
    on_stage : callable, optional
        Told what is being done.
    **settings
        Fields of `ApproximateOptions`, `Constraint`, `SearchOptions`, `CompileOptions` or `QuantisationOptions`, such
        as ``max_loss=0.01`` or ``epochs=20``; ``search_seed`` is the seed of the search.

    Returns
    -------
    ParetoFront

    Raises
    ------
    ModelError, DataError, OptionError, TechnologyError, VerificationError
        As `compile_model`.
    OutputError
        If the checkpoint cannot be written, or resumed from.

    Examples
    --------
    A search of this length takes a second; leave the last line of options out for one that finds small circuits.

    >>> from sklearn.datasets import load_iris
    >>> from sklearn.linear_model import LogisticRegression
    >>> from bespoke import approximate
    >>> X, y = load_iris(return_X_y=True)
    >>> front = approximate(
    ...     LogisticRegression(max_iter=500).fit(X, y), X, y, model_inputs="raw", max_loss=0.05,
    ...     epochs=1, generations=2, population=8, finalists=2, jobs=1
    ... )
    >>> front.chosen.estimate.area_mm2 <= front.exact.estimate.area_mm2
    True
    """
    asked = (options or ApproximateOptions()).with_settings(**settings)
    recipe = RECIPES[asked.recipe] if asked.recipe else _SEARCH
    data = read_dataset(X, y, dataset, model)
    if data is None:
        raise OptionError("data are needed to measure the accuracy", where="approximate", allowed="X and y, or dataset")
    last = next((step for step in LAST_STEPS if step.is_asked(asked)), None)
    is_pruned = asked.prune and last is None
    stages, chosen = Stages(on_stage), replace(asked, compile=asked.design_options, prune=is_pruned)
    library = stages.run("library", lambda: read_library(chosen.compile))
    check_stated(library, chosen.compile, {asked.minimise, *asked.asked.limited})
    source = stages.run("quantise", lambda: read_source(model, data, chosen.compile))
    recipe.check(source.model)
    if last:
        last.check(source.model, chosen)
    exact = built(source, library, chosen.compile, asked.printed, Stages(on_stage, "exact"))
    case = Case(model, source, library, chosen, exact)
    candidates = stages.run("search", lambda: recipe.candidates(case, on_stage))
    points = stages.run("finalists", lambda: _points(case, candidates, on_stage))
    if asked.printed.harden:
        least = asked.asked.least_gain(candidates.exact_score)
        points += stages.run("hardening", lambda: _hardened(case, points, least, on_stage))
    points = stages.run("guarantees", lambda: [_described(case, candidates, point) for point in points])
    front = ParetoFront(
        exact=points[0].design,
        exact_score=candidates.exact_score,
        points=non_dominated_points(points, objectives_of(asked.asked, asked.minimise)),
        constraint=asked.asked,
        minimise=asked.minimise,
        log={**candidates.log, **printed_facts(asked.printed), "seconds": dict(stages.seconds)},
        state=candidates.state,
    )
    if last:
        front = stages.run(last.name, lambda: _changed(case, candidates, front, last))
    warn_of(exact)
    return front.described()


_SEARCH = Recipe("joint search", "", lambda _: None, searched)


def _points(case: Case, candidates: Candidates, on_stage: Callable[[str], None]) -> list[FrontPoint]:
    """The exact design and every finalist, with what its accuracy is held for."""
    chosen = _chosen(case, candidates)
    items = ((candidates.model(index), candidates.pruner(index)) for index in chosen)
    points = [FrontPoint(case.exact, 0.0, float(candidates.costs[0]))]
    on_stage(f"finalists: 0 of {len(chosen)}")
    designs = Processes(case.options.jobs).run(_finalist, _made_with(case), items)
    for index, design in zip(chosen, designs, strict=True):
        points.append(FrontPoint(design, candidates.gain_of(index, design), float(candidates.costs[index])))
        on_stage(f"finalists: {len(points) - 1} of {len(chosen)}")
    return points


class _LastStep(NamedTuple):
    """What is done to the chosen design at the end, who asks for it, and what refuses models where it cannot be."""

    name: str
    is_asked: Callable[[ApproximateOptions], bool]
    check: Callable[[IntegerModel, ApproximateOptions], None]
    change: Callable[[Case, Design], Design]


LAST_STEPS = (
    _LastStep(
        "modes",
        lambda asked: asked.modes > 1,
        lambda model, asked: check_modes(model, asked.small_modes),
        with_mode_input,
    ),
    _LastStep("cascade", lambda asked: asked.cascade, lambda model, _: check_cascade(model), with_cascade),
)


def _changed(case: Case, candidates: Candidates, front: ParetoFront, last: _LastStep) -> ParetoFront:
    """The chosen design changed, alone: larger than before, it could not stand beside the others.

    Where it no longer keeps the limits, it stays as it is, with a note.
    """
    point = next((point for point in front.points if point.design is front.chosen), None)
    if point is None:
        return front
    design = last.change(case, point.design)
    if not design.keeps(front.constraint):
        design = point.design.with_notes(f"no {last.name}: with that the circuit would not keep {front.constraint}")
    elif design.model is not point.design.model:
        gain = point.gain - _lost(point.design, design)
        point = point._replace(gain=gain)
        design = _with_errors(case, _with_guarantees(case, candidates, point._replace(design=design)))
    return replace(front, points=(point._replace(design=design),))


def _made_with(case: Case) -> _Making:
    return case.source, case.library, case.options


def _finalist(making: _Making, item: tuple[IntegerModel, Pruner | None]) -> Design:
    """The circuit of a model, pruned."""
    (source, library, options), (model, prune) = making, item
    own = replace(source, model=model)
    return built(own, library, options.compile, options.printed, Stages(), prune=prune)


def _harden(making: _Making, design: Design) -> list[Design]:
    """Hardened forms of a circuit."""
    source, library, options = making
    own = replace(source, model=design.model)
    return hardened_designs(design, own, library, options.compile, options.printed, options.asked)


def _hardened(
    case: Case, points: Sequence[FrontPoint], least_gain: float, on_stage: Callable[[str], None]
) -> list[FrontPoint]:
    """Hardened forms of the points that are accurate enough, of the exact one only if no other is."""
    asked = case.options
    front = non_dominated_points(points, objectives_of(asked.asked, asked.minimise))
    worthy = [point for point in front if point.gain >= least_gain]
    chosen = [point for point in worthy if point.design is not case.exact] or worthy
    found: list[FrontPoint] = []
    on_stage(f"hardening: 0 of {len(chosen)}")
    hardened = Processes(case.options.jobs).run(_harden, _made_with(case), [point.design for point in chosen])
    for count, (point, designs) in enumerate(zip(chosen, hardened, strict=True), start=1):
        found += [point._replace(design=design) for design in designs]
        on_stage(f"hardening: {count} of {len(chosen)}")
    return found


def _chosen(case: Case, candidates: Candidates) -> list[int]:
    """Numbers of the candidates that become circuits, none of them twice or the exact model."""
    options, exact = case.options, case.exact
    share = np.asarray(candidates.costs / max(float(candidates.costs[0]), 1.0), dtype=np.float64)
    figures = scaled_figures(estimates_at(exact), share, options.compile.delay_limit_ms)
    areas, powers = _converters(case, candidates)
    sizes = (share * exact.estimate.area_mm2 + areas, figures[0] + powers, figures[1], expected_bad(exact, share))
    least = options.asked.least_gain(candidates.exact_score)
    count, by = options.finalists + 1, int(options.saves_power)
    picked = pick_finalists(candidates.gains, sizes, options.asked, least, count, by)
    different = {candidates.identity(0): 0}
    for index in picked:
        different.setdefault(candidates.identity(index), index)
    return [index for index in different.values() if index][: options.finalists]


def _converters(case: Case, candidates: Candidates) -> tuple[FloatArray, FloatArray]:
    """Area in mm2 and power in mW, shape (n,), of the converters of each candidate."""
    converters = case.exact.converters.model
    if not converters.is_counted:
        return np.zeros(len(candidates.costs)), np.zeros(len(candidates.costs))
    gate, options = encoder_gate(case.library), case.options.compile
    costs = [expected_cost(candidates.model(i), options, converters, gate) for i in range(len(candidates.costs))]
    return np.array([cost.area_mm2 for cost in costs]), np.array([cost.power_mw for cost in costs])


def _described(case: Case, candidates: Candidates, point: FrontPoint) -> FrontPoint:
    """The point with what was given up for its design and what is guaranteed."""
    circuit, exact = point.design.circuit, case.exact
    before, after = model_sizes(exact.model), model_sizes(circuit.model)
    is_exact = point.design is exact
    approximation = Approximation(
        exact=is_exact,
        judged_on=candidates.log["judged_on"],
        assured_gain=point.gain,
        assured_score=candidates.exact_score + point.gain,
        constraint=case.options.asked,
        changes={name: (count, after.get(name, 0)) for name, count in before.items()},
        edits=len(circuit.edits.edits),
        estimated_cost=point.cost,
        exact_area_mm2=exact.size("area"),
        exact_power_mw=exact.system.power_mw,
        exact_coefficients={} if is_exact else coefficients(exact.model),
        guarantees=_guarantees(case, candidates, point.design),
        options={**case.options.to_json(), "caution": candidates.log["caution"]},
        search=candidates.log,
        exact_confusion=exact.measured.confusions.circuit if exact.measured.confusions else None,
    )
    design = replace(point.design, approximation=approximation)
    return point._replace(design=design if is_exact else _with_errors(case, design))


def _guarantees(case: Case, candidates: Candidates, design: Design) -> Guarantees:
    judges = Judges(case.train, case.source.test, candidates.seen)
    return guarantees(design.circuit, design.measured, case.exact.measured, judges, case.source.float_predict)


def _lost(before: Design, after: Design) -> float:
    """Score on the training rows that a design has less than before, 0 if it has more."""
    scores = before.accuracies.train, after.accuracies.train
    return max(0.0, scores[0] - scores[1]) if scores[0] is not None and scores[1] is not None else 0.0


def _with_guarantees(case: Case, candidates: Candidates, point: FrontPoint) -> Design:
    """The design of a point with what is assured and guaranteed anew.

    As it is where it reads what says the mode, as `_with_errors`.
    """
    design = point.design
    if design.approximation is None or design.model.coding != case.exact.model.coding:
        return design
    found = replace(
        design.approximation,
        assured_gain=point.gain,
        assured_score=candidates.exact_score + point.gain,
        guarantees=_guarantees(case, candidates, design),
    )
    return replace(design, approximation=found)


def _with_errors(case: Case, design: Design) -> Design:
    """The design with where its outputs differ from those of the exact circuit.

    As it is if it reads what says the mode: in the first mode it is the circuit that it was without it.
    """
    if design.model.coding != case.exact.model.coding:
        return design
    exact, found = (examined_design(each, None).examinee for each in (case.exact, design))
    inputs, rng = Inputs.uniform(design.model.coding.bits), np.random.default_rng(case.options.compile.seed)
    errors = output_errors(exact, found, inputs, (case.source.test or case.train).words, rng, BRIEFLY)
    return replace(design, analyses={**design.analyses, errors.name: errors})


def pick_finalists(
    gains: FloatArray, sizes: Sequence[FloatArray], constraint: Constraint, least_gain: float, count: int, by: int = 0
) -> list[int]:
    """Indices of at most ``count`` candidates, the most wanted first.

    Parameters
    ----------
    gains : ndarray of float, shape (n,)
        Assured gain of each candidate.
    sizes : sequence of ndarray of float, shape (n,)
        Estimated area in mm2, power in mW and delay in ms of each candidate, and of printed ones the share of bad ones.
    constraint : Constraint
    least_gain : float
        What the constraint asks of the gain.
    count : int
    by : int
        Which of the sizes is to be small.
    """
    front = _front(gains, sizes[by])
    wanted: list[Sequence[int]] = []
    if constraint.limits_accuracy:
        wanted.append([index for index in front if gains[index] >= least_gain][:_PER_LIMIT])
    if constraint.limits_size:
        for room in (1.0, _ROOM):
            fitting = [index for index in front if constraint.fits(*(float(each[index]) / room for each in sizes))]
            wanted.append(fitting[-_PER_LIMIT:][::-1])
        wanted.append(front[:1])
    chosen = list(dict.fromkeys(chain.from_iterable(wanted)))[:count]
    rest = [index for index in front if index not in chosen]
    return chosen + list(_spread(rest, count - len(chosen)))


def _front(gains: FloatArray, sizes: FloatArray) -> list[int]:
    """Non-dominated candidates by rising size."""
    best, found = -np.inf, []
    for index in np.lexsort((-gains, sizes)).tolist():
        if gains[index] > best:
            best = gains[index]
            found.append(index)
    return found


def _spread(indices: Sequence[int], count: int) -> Iterator[int]:
    if count > 0 and indices:
        for number in np.unique(np.rint(np.linspace(0, len(indices) - 1, min(count, len(indices))))):
            yield indices[int(number)]
