"""Data to circuits: a race between families of models, and the circuits of those that reach its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from bespoke.cells import CellLibrary
from bespoke.converters import ConverterModel, Gate, load_converters
from bespoke.data import CLASSIFICATION, Dataset
from bespoke.errors import OptionError
from bespoke.estimate import POWER_SOURCES
from bespoke.external import in_child
from bespoke.families import (
    FAMILIES,
    PROMISED,
    Candidate,
    Learning,
    Prices,
    RaceOptions,
    best_of_each_family,
    distinct,
    finalists,
    power_ratios,
    race,
)
from bespoke.flow.answer import Answer, AnswerPoint, non_dominated
from bespoke.flow.compile import Stages, build_design
from bespoke.flow.options import CompileOptions, Constraint, Objective
from bespoke.flow.sensors import encoder_gate, expected_cost, gate_power_mw, level_powers_mw
from bespoke.flow.sources import Rows, Source, dataset_facts
from bespoke.flow.supply import check_stated, read_library
from bespoke.model import InputCoding, IntegerModel
from bespoke.options import at_least, check_options, one_of, option, positive, whole, with_settings

_ROOM = 1.6  # estimated power over the last limit with which a candidate still enters
_BITS = 4


def _compile_options() -> CompileOptions:
    return CompileOptions(inputs="unary", converters="date24", power_share=1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignOptions:
    """Options of `design_from_data`.

    Attributes
    ----------
    compile : CompileOptions
        Of every circuit. Unless told otherwise inputs are unary, converters "date24", and the mapper saves power.
    constraint : Constraint
        What the chosen circuit must keep.
    minimise : {"area", "power", "delay"}
        What the chosen circuit has least of where the accuracy is limited.
    families : tuple of str
        Names of `bespoke.families.FAMILIES`.
    finalists : int
        Most candidates that become circuits.
    race_seed : int
        Seed of the cross-validation and of all training.
    budget_s : float
        Time after which the race starts nothing new.
    jobs : int
        Processes; the result does not depend on it.
    """

    compile: CompileOptions = field(default_factory=_compile_options)
    constraint: Constraint = field(default_factory=Constraint)
    minimise: Objective = option("power", one_of(("area", "power", "delay")))
    families: tuple[str, ...] = tuple(FAMILIES)
    finalists: int = option(16, at_least(1))
    race_seed: int = option(0, whole(0, 2**32 - 1))
    budget_s: float = option(60.0, positive("s, above 0"))
    jobs: int = option(2, at_least(1))

    def __post_init__(self) -> None:
        check_options(self)
        unknown = [name for name in self.families if name not in FAMILIES]
        if unknown or not self.families:
            got = unknown[0] if unknown else "none"
            raise OptionError("unknown family", where="families", got=got, allowed=", ".join(FAMILIES))

    def with_settings(self, **settings: Any) -> DesignOptions:  # noqa: ANN401  each field has its own type
        """Copy with some fields changed; those of `Constraint`, `CompileOptions` and so on may be named directly."""
        return with_settings(self, settings)


def design_from_data(
    dataset: Dataset,
    options: DesignOptions | None = None,
    on_stage: Callable[[str], None] = lambda _stage: None,
    **settings: Any,  # noqa: ANN401  each option has its own type
) -> Answer:
    """Find the circuits that are possible for data: of many kinds of models, by accuracy, area and power.

    Everything is chosen on the training rows by cross-validation; the test rows are read for the report alone.

    Parameters
    ----------
    dataset : Dataset
        With classes as targets.
    options : DesignOptions, optional
    on_stage : callable, optional
        Told what is being done.
    **settings
        Fields of `DesignOptions`, `Constraint` or `CompileOptions`, such as ``max_power_mw=3``.

    Returns
    -------
    Answer

    Raises
    ------
    OptionError
        If an option is unknown or out of range, or the targets are no classes.
    DataError, TechnologyError, VerificationError
        As `bespoke.compile_model`.
    """
    chosen = (options or DesignOptions()).with_settings(**settings)
    if dataset.task != CLASSIFICATION:
        raise OptionError("the targets are values", where=dataset.name, got=dataset.task, allowed="classes")
    stages = Stages(on_stage)
    library = stages.run("library", lambda: read_library(chosen.compile))
    check_stated(library, chosen.compile, {"power", chosen.minimise, *chosen.constraint.limited})
    sources = _Sources(dataset, chosen.compile)
    learning = sources.learning(_prices(sources.coding, library, chosen.compile))
    families = [FAMILIES[name]() for name in chosen.families]
    limit = chosen.constraint.max_power_mw or POWER_SOURCES[-1].power_mw
    race_options = RaceOptions(chosen.race_seed, chosen.jobs, _ROOM * limit, chosen.budget_s)
    candidates = stages.run("race", lambda: race(families, learning, race_options, on_stage))
    points = stages.run("finalists", lambda: _points(candidates, sources, library, chosen, on_stage))
    log = {"candidates": len(candidates), "finalists": len(points), "seconds": dict(stages.seconds)}
    return Answer(non_dominated(points), {}, chosen.constraint, chosen.minimise, log)


class _Sources:
    """What circuits of one data set start from: rows as words, and the coding that all models share."""

    def __init__(self, dataset: Dataset, options: CompileOptions) -> None:
        split = dataset.split(options.test_size, options.seed)
        self.dataset = dataset
        self.parts = ((split.train_features, split.train_targets), (split.test_features, split.test_targets))
        self.coding = _coding(dataset.feature_names, split.train_features, options)
        self.classes = tuple(np.unique(split.train_targets).tolist())

    def learning(self, prices: Prices) -> Learning:
        """The training rows for families."""
        features, targets = self.parts[0]
        indices = np.searchsorted(np.array(self.classes), targets)
        return Learning(self.coding.quantise(features), indices.astype(np.int64), self.coding, self.classes, prices)

    def source(self, candidate: Candidate) -> Source:
        """The model of a candidate with its rows."""
        train, test = (Rows.of(candidate.model, *part) for part in self.parts)
        return Source(candidate.model, None, train, test, dataset_facts(self.dataset, train, test), self.dataset.notes)


def _coding(names: Sequence[str], features: NDArray[Any], options: CompileOptions) -> InputCoding:
    """Words of all features, scaled on the training rows; whole numbers that fit are words of the fewest bits."""
    most = np.array(options.quantisation.bits_per_feature(names, _BITS))
    low, high = features.min(axis=0), features.max(axis=0)
    is_whole = (features == np.floor(features)).all(axis=0) & (high - low < np.exp2(most))
    needed = np.ceil(np.log2(np.maximum(high - low + 1, 2))).astype(np.int64)
    bits = np.where(is_whole, needed, most)
    span = np.where(is_whole, np.exp2(bits), np.where(high > low, high - low, 1.0))
    return InputCoding(tuple(names), tuple(bits.tolist()), tuple(low.tolist()), tuple(span.tolist()))


def _prices(coding: InputCoding, library: CellLibrary, options: CompileOptions) -> Prices:
    converters, gate = load_converters(options.converters), encoder_gate(library)
    levels = level_powers_mw(coding, options, converters, gate)
    return Prices(levels, gate_power_mw(library), partial(_converters_mw, options, converters, gate))


def _converters_mw(options: CompileOptions, converters: ConverterModel, gate: Gate, model: IntegerModel) -> float:
    return expected_cost(model, options, converters, gate).power_mw


def _points(
    candidates: Sequence[Candidate],
    sources: _Sources,
    library: CellLibrary,
    options: DesignOptions,
    on_stage: Callable[[str], None],
) -> list[AnswerPoint]:
    """Circuits of the finalists: a few of each family first, whose power then corrects what is estimated of others."""
    limits = [source.power_mw for source in POWER_SOURCES]
    if options.constraint.max_power_mw:
        limits.insert(0, options.constraint.max_power_mw)
    left = distinct(candidates)
    first = (best_of_each_family(left) + finalists(left, {}, limits, len(limits)))[: options.finalists]
    points = _built(first, sources, library, options, on_stage)
    ratios = power_ratios([(each, point.size("power")) for each, point in zip(first, points, strict=True)])
    left = [each for each in left if each not in first]
    second = finalists(left, ratios, limits, options.finalists - len(first))
    return points + _built(second, sources, library, options, on_stage)


def _built(
    chosen: Sequence[Candidate],
    sources: _Sources,
    library: CellLibrary,
    options: DesignOptions,
    on_stage: Callable[[str], None],
) -> list[AnswerPoint]:
    jobs = (
        delayed(in_child(build_design))(sources.source(each), library, options.compile, Stages()) for each in chosen
    )
    points: list[AnswerPoint] = []
    on_stage(f"circuits: 0 of {len(chosen)}")
    for each, design in zip(chosen, Parallel(n_jobs=options.jobs, return_as="generator")(jobs), strict=True):
        promised = each.accuracy_of(PROMISED)
        points.append(AnswerPoint(design, each.family.name, each.parameters, promised, len(sources.parts[0][1])))
        on_stage(f"circuits: {len(points)} of {len(chosen)}")
    return points
