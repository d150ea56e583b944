"""A tree for the converters in front of it, chosen by cross-validation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bespoke.data import CLASSIFICATION, Dataset
from bespoke.errors import OptionError
from bespoke.external import Processes
from bespoke.families import Candidate, RaceOptions, Tree, enter, finish
from bespoke.flow.from_data import Sources, system_prices
from bespoke.flow.options import CompileOptions
from bespoke.flow.supply import check_stated, read_library
from bespoke.options import JOBS, NOT_NEGATIVE, check_options, option, positive, whole, with_settings
from bespoke.search import Work
from bespoke.training import TrainedModel

_BUDGET_S = 600.0  # far more than trees take


@dataclass(frozen=True, slots=True, kw_only=True)
class AwareTreeOptions:
    """Options of `train_aware_tree`.

    Attributes
    ----------
    compile : CompileOptions
        Of the circuit that the tree is for. Unless told otherwise inputs are unary and converters "date24".
    standard_errors : float
        How far below the best accuracy of the cross-validation, in standard errors, the cheapest tree may be.
    max_power_mw : float or None
        Most power that circuit and converters may be estimated at.
    search_seed : int
        Seed of the cross-validation.
    jobs : int
        Processes; the result does not depend on it.
    """

    compile: CompileOptions = field(default_factory=lambda: CompileOptions(inputs="unary", converters="date24"))
    standard_errors: float = option(1.0, NOT_NEGATIVE)
    max_power_mw: float | None = option(None, positive("mW, above 0"))
    search_seed: int = option(0, whole(0, 2**32 - 1))
    jobs: int = option(2, JOBS)

    def __post_init__(self) -> None:
        check_options(self)


def train_aware_tree(
    dataset: Dataset,
    options: AwareTreeOptions | None = None,
    on_stage: Callable[[str], None] = lambda _stage: None,
    **settings: Any,  # noqa: ANN401  each option has its own type
) -> TrainedModel:
    """Grow a tree that prefers levels that it reads already and levels that cost little.

    Of trees of many sizes and prices of levels (Armeniakos et al., DATE 2024, choose among splits within a tolerance of
    the best; here a new level has to gain its price) the cheapest is taken whose accuracy in repeated cross-validation
    is within standard errors of the best (Breiman et al., Classification and Regression Trees, 1984, section 3.4). The
    test part is not looked at.

    Parameters
    ----------
    dataset : Dataset
        With classes as targets.
    options : AwareTreeOptions, optional
    on_stage : callable, optional
        Told what is being done.
    **settings
        Fields of `AwareTreeOptions` or `CompileOptions`.

    Returns
    -------
    TrainedModel
        Whose estimator is an integer model.

    Raises
    ------
    OptionError
        If the targets are no classes, or nothing is as cheap as it has to be.
    """
    chosen: AwareTreeOptions = with_settings(options or AwareTreeOptions(), settings)
    if dataset.task != CLASSIFICATION:
        raise OptionError("the targets are values", where=dataset.name, got=dataset.task, allowed="classes")
    library = read_library(chosen.compile)
    check_stated(library, chosen.compile, {"power"})
    rows = Sources(dataset, chosen.compile)
    learning = rows.learning(system_prices(rows.coding, library, chosen.compile))
    most = np.inf if chosen.max_power_mw is None else chosen.max_power_mw
    race, work = RaceOptions(chosen.search_seed, (most,), _BUDGET_S), Work(Processes(chosen.jobs))
    entered = [each for each in enter([Tree()], learning, race, work, on_stage) if each.power_mw <= most]
    candidates = finish(entered, learning, race, work, on_stage)
    if not candidates:
        raise OptionError("no tree draws as little", where=dataset.name, got=f"{most:g} mW", allowed="more power")
    best = _cheapest(candidates, chosen.standard_errors, len(learning.targets))
    right = best.model.predict(learning.words) == learning.targets
    return TrainedModel(
        best.model,
        "tree",
        CLASSIFICATION,
        "accuracy",
        float(right.mean()),
        best.accuracy,
        {**best.parameters, "estimated_mw": round(best.power_mw, 4)},
        (),
    )


def _cheapest(candidates: Sequence[Candidate], standard_errors: float, rows: int) -> Candidate:
    """The cheapest candidate that is nearly as accurate as the best."""
    accuracy = max(each.accuracy for each in candidates)
    least = accuracy - standard_errors * float(np.sqrt(accuracy * (1 - accuracy) / rows))
    return min((each for each in candidates if each.accuracy >= least), key=lambda each: each.power_mw)
