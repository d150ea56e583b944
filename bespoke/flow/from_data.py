"""Data to circuits: a race between families of models, and the circuits of those that reach its end."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bespoke.cells import CellLibrary, library_to_json
from bespoke.converters import ConverterModel, Gate, load_converters
from bespoke.data import CLASSIFICATION, Dataset
from bespoke.errors import ConstraintError, OptionError, SingleClassError
from bespoke.estimate import POWER_SOURCES
from bespoke.external import versions
from bespoke.external.cluster import workers_of
from bespoke.families import (
    FAMILIES,
    Candidate,
    Learning,
    Prices,
    RaceOptions,
    best_of_each_size,
    enter,
    finish,
    float_accuracies,
    luck,
    refitted,
)
from bespoke.files import text_digest
from bespoke.flow.answer import Answer, AnswerPoint, non_dominated
from bespoke.flow.approximated import Wanted, approximate_forms, worth_approximating
from bespoke.flow.compile import Stages
from bespoke.flow.design import Design
from bespoke.flow.design_options import DesignOptions
from bespoke.flow.hardening import hardened_designs
from bespoke.flow.options import CompileOptions, Constraint, printed_facts
from bespoke.flow.sensors import encoder_gate, expected_cost, gate_power_mw, level_powers_mw
from bespoke.flow.sources import Rows, Source, dataset_facts, raw_parts
from bespoke.flow.supply import check_stated, read_library
from bespoke.flow.yields import built
from bespoke.model import InputCoding, IntegerModel, model_digest
from bespoke.search import Journal, Task, Work

_BUILT, _FINAL = 4, 3  # candidates of each size that become circuits, and that are judged by all repetitions
_CIRCUITS = 1.0  # of the time in which candidates enter, the first circuit aside
_BITS = 4


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
        With classes as targets; `bespoke.data.load_dataset` reads one.
    options : DesignOptions, optional
    on_stage : callable, optional
        Told what is being done.
    **settings
        Fields of `DesignOptions`, `Constraint` or `CompileOptions`, such as ``max_power_mw=3``; or a ``source``.

    Returns
    -------
    Answer

    Raises
    ------
    OptionError
        If an option is unknown or out of range, no family suits the data, or the targets are no classes.
    ConstraintError
        If no candidate was ready in time.
    DataError, TechnologyError, VerificationError
        As `bespoke.compile_model`.
    OutputError
        If the checkpoint cannot be written, or gone on with.
    ClusterError, ToolMissingError
        If the cluster cannot be used.

    Examples
    --------
    >>> from bespoke import design_from_data
    >>> from bespoke.data import load_dataset
    >>> answer = design_from_data(load_dataset("iris"), families=("tree",), candidates=6, float_budget_s=0, jobs=1)
    >>> cool = answer.by_source()["harvester"]
    >>> cool.design.system.power_mw < 0.1, cool.promised > 0.5
    (True, True)
    """
    chosen = (options or DesignOptions()).with_settings(**settings)
    if dataset.task != CLASSIFICATION:
        raise OptionError("the targets are values", where=dataset.name, got=dataset.task, allowed="classes")
    stages = Stages(on_stage)
    library = stages.run("library", lambda: read_library(chosen.compile))
    check_stated(library, chosen.compile, {"power", chosen.minimise, *chosen.constraint.limited})
    sources = Sources(dataset, chosen.compile)
    if not any(sources.coding.bits):
        raise OptionError("no feature has a bit", where="input_bits", got=0, allowed="1 or more of some feature")
    prices = system_prices(sources.coding, library, chosen.compile)
    with workers_of(chosen.jobs) as workers:
        journal = Journal(chosen.checkpoint, _digests(sources, library, chosen), resume=chosen.resume)
        search = _Search(sources, library, chosen, Work(workers, journal), on_stage)
        return search.answer(sources.learning(prices), stages)


def _digests(sources: Sources, library: CellLibrary, options: DesignOptions) -> dict[str, str]:
    """SHA-256 of all that results depend on, but for what only says when the search ends, by name."""
    converters = repr(load_converters(options.compile.converters))
    chosen = [options.facts(), library_to_json(library), converters, versions()]
    return {
        "data": sources.dataset.digest,
        "options": text_digest(json.dumps(chosen, sort_keys=True, default=str)),
    }


def _limits_mw(constraint: Constraint) -> tuple[float, ...]:
    """Powers that matter: those of power sources up to the limit, and the limit."""
    largest = inf if constraint.max_gates is not None else POWER_SOURCES[-1].power_mw
    limit = constraint.max_power_mw or largest
    return (*(source.power_mw for source in POWER_SOURCES if source.power_mw < limit), limit)


def _racing(options: DesignOptions) -> RaceOptions:
    most_cells = inf if options.constraint.max_gates is None else float(options.constraint.max_gates)
    limits_mw = _limits_mw(options.constraint)
    return RaceOptions(options.race_seed, limits_mw, options.most_s, options.candidates, most_cells)


class Sources:
    """What circuits of one data set start from: rows as words, and the coding that all models share."""

    def __init__(self, dataset: Dataset, options: CompileOptions) -> None:
        self.dataset = dataset
        self.parts = raw_parts(dataset, options, for_training=True)
        features, targets = self.parts[0]
        self.coding = _coding(dataset.feature_names, features, options)
        self.classes = tuple(np.unique(targets).tolist())
        if len(self.classes) < 2:
            raise SingleClassError("the training part has one class only", where=dataset.name, got=self.classes[0])

    def learning(self, prices: Prices) -> Learning:
        """The training rows for families."""
        features, targets = self.parts[0]
        indices = np.searchsorted(np.array(self.classes), targets)
        words, validating = self.coding.quantise(features), self.dataset.validating
        return Learning(words, indices.astype(np.int64), self.coding, self.classes, prices, validating)

    @property
    def judging(self) -> tuple[int, int]:
        """How many rows compare models, and how many test what was chosen."""
        rows, test_rows = [*(len(targets) for _, targets in self.parts), 0][:2]
        validating = self.dataset.validating
        return rows if validating is None else int(validating.sum()), test_rows

    def source(self, candidate: Candidate) -> Source:
        """The model of a candidate with its rows."""
        train, test = [*(Rows.of(candidate.model, *part) for part in self.parts), None][:2]
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


def system_prices(coding: InputCoding, library: CellLibrary, options: CompileOptions) -> Prices:
    """What gates and the converters that options name draw in front of circuits of such words."""
    converters, gate = load_converters(options.converters), encoder_gate(library)
    levels = level_powers_mw(coding, options, converters, gate)
    return Prices(levels, gate_power_mw(library), partial(_converters_mw, options, converters, gate))


def _converters_mw(options: CompileOptions, converters: ConverterModel, gate: Gate, model: IntegerModel) -> float:
    return expected_cost(model, options, converters, gate).power_mw


_Making = tuple[Sources, CellLibrary, DesignOptions]
_Size = dict[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class _Search:
    """From candidates to circuits and the answer; ``designs`` has those made by this process, by their models."""

    sources: Sources
    library: CellLibrary
    options: DesignOptions
    work: Work
    on_stage: Callable[[str], None]
    designs: dict[str, Design] = field(default_factory=dict)

    def answer(self, learning: Learning, stages: Stages) -> Answer:
        """All stages one after the other."""
        options, on_stage, work = self.options, self.on_stage, self.work
        racing = _racing(options)
        families = [FAMILIES[name]() for name in options.families]
        if not any(family.suits(learning) for family in families):
            got = ", ".join(options.families)
            raise OptionError("no model for such data", where="families", got=got, allowed="others, too")
        entered = stages.run("candidates", lambda: enter(families, learning, racing, work, on_stage))
        if not entered:
            what, allowed = "no candidate was ready in time", "more seconds"
            raise ConstraintError(what, where="budget_s", got=racing.budget_s, allowed=allowed)
        wanted = best_of_each_size(entered, _BUILT, racing)[: options.circuits]
        wanted = stages.run("whole models", lambda: refitted(wanted, learning, racing, work))
        made = stages.run("circuits", lambda: self.built(wanted))
        final = [each for group in self.by_gates(made) for each in best_of_each_size(group, _FINAL, racing)]
        final = stages.run("validation", lambda: finish(final, learning, racing, work, on_stage))
        floats = stages.run("float models", lambda: self.float_accuracies(learning))
        empty = Answer((), floats, options.constraint, options.minimise)
        points = stages.run("answer", lambda: self.points(final, made, empty.least_promised(empty.constraint)))
        whole = replace(empty, points=non_dominated(points, options.constraint))
        log = {"candidates": len(entered), "circuits": len(made), **printed_facts(options.printed)}
        return replace(whole, points=_kept(whole, options), log={**log, "seconds": dict(stages.seconds)})

    @property
    def making(self) -> _Making:
        """What all circuits are made with."""
        return self.sources, self.library, self.options

    def built(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """The candidates with the power of their systems, by rising power."""
        found: list[Candidate] = []
        made = self.work.run_best(_BUILD, self.making, candidates, _CIRCUITS * self.options.most_s)
        for each, (size, design) in zip(candidates, made, strict=False):
            self.designs.update({model_digest(each.model): design} if design else {})
            found.append(replace(each, power_mw=size["power_mw"], gates=size.get("gates", 0)))
            self.on_stage(f"{len(found)} of {len(candidates)} circuits")
        return sorted(found, key=lambda each: each.power_mw)

    def by_gates(self, candidates: Sequence[Candidate]) -> list[list[Candidate]]:
        """Candidates whose circuits keep the limit on the gates, and the others."""
        limit = self.options.constraint.max_gates
        most = inf if limit is None else limit
        return [[each for each in candidates if (each.gates <= most) is side] for side in (True, False)]

    def float_accuracies(self, learning: Learning) -> dict[str, float]:
        """Out-of-fold accuracy of the best float models."""
        features, budget_s = self.sources.parts[0][0], self.options.most_float_s
        if not budget_s:
            return {}
        seed, validating = self.options.race_seed, learning.validating
        found = float_accuracies(features, learning.targets, seed, self.work, budget_s, validating)
        if self.options.constraint.max_loss is not None and not found:
            what = "no float model was ready against which the loss could be measured"
            raise OptionError(what, where="float_budget_s", got=budget_s, allowed="more seconds")
        return found

    def points(self, candidates: Sequence[Candidate], rivals: Sequence[Candidate], least: float) -> list[AnswerPoint]:
        """Points of candidates, which promise less by the luck of being the best of their rivals.

        Circuits that an earlier process made are made again. Those that promise the ``least`` accuracy have hardened
        forms, too, if these are asked for.
        """
        missing = [each for each in candidates if model_digest(each.model) not in self.designs]
        for each, (_, design) in zip(missing, self.work.workers.run(_build, self.making, missing), strict=True):
            self.designs[model_digest(each.model)] = design
        rows, test_rows = self.sources.judging
        powers = [each.power_mw for each in rivals]
        taken = luck(rivals, self.options.race_seed)
        found = []
        for each in candidates:
            design = self.designs[model_digest(each.model)]
            # The model of all rows may have learnt worse than those of the folds: it is no better than on rows it saw.
            seen = design.accuracies.train
            validated = each.validated if seen is None else min(each.validated, seen)
            promised = max(0.0, validated - float(taken[bisect_right(powers, each.power_mw) - 1]))
            found.append(AnswerPoint(design, each.family.name, each.parameters, validated, promised, rows, test_rows))
        kept = [pair for pair in zip(candidates, found, strict=True) if pair[1].promised >= least]
        hardened = self.hardened(kept) if self.options.printed.harden else ()
        return [*found, *hardened, *(self.approximated(found, least) if self.options.approximate else ())]

    def hardened(self, plain: Sequence[tuple[Candidate, AnswerPoint]]) -> Iterator[AnswerPoint]:
        """Points of the hardened forms of circuits of candidates."""
        self.on_stage("hardened circuits")
        designs = [(each, point.design) for each, point in plain]
        for (_, point), forms in zip(plain, self.work.workers.run(_harden, self.making, designs), strict=True):
            yield from (replace(point, design=form) for form in forms)

    def approximated(self, plain: Sequence[AnswerPoint], least: float) -> Iterator[AnswerPoint]:
        """Approximate forms of the points that matter."""
        self.on_stage("approximate circuits")
        wanted = worth_approximating(plain, _limits_mw(self.options.constraint), least)
        for forms in self.work.workers.run(_approximate, self.making, wanted):
            yield from forms


def _build(making: _Making, candidate: Candidate) -> tuple[_Size, Design]:
    """The circuit of a candidate, with the power of its system in mW, and its AND gates if these are limited."""
    sources, library, options = making
    design = built(sources.source(candidate), library, options.compile, options.printed, Stages())
    size: _Size = {"power_mw": design.size("power")}
    if options.constraint.max_gates is not None:
        size["gates"] = design.circuit.and_nodes
    return size, design


def _harden(making: _Making, plain: tuple[Candidate, Design]) -> list[Design]:
    """Hardened forms of the circuit of a candidate."""
    (sources, library, options), (candidate, design) = making, plain
    source = sources.source(candidate)
    return hardened_designs(design, source, library, options.compile, options.printed, options.constraint)


def _approximate(making: _Making, wanted: Wanted) -> list[AnswerPoint]:
    """Approximate forms of a point."""
    sources, _, options = making
    return approximate_forms(wanted, sources.dataset, options)


def _model_key(candidate: Candidate) -> str:
    return model_digest(candidate.model)


_BUILD: Task[_Making, Candidate, tuple[_Size, Design | None]] = Task(
    "circuits", _build, _model_key, lambda found: found[0], lambda _, size, __: (_size(size), None)
)


def _size(size: Any) -> _Size:  # noqa: ANN401  any JSON
    """Power in mW, and AND gates if these are limited; raises ValueError if it is no such thing."""
    found = size if isinstance(size, dict) else {}
    numbers = [value for value in found.values() if isinstance(value, int | float) and 0 <= value < inf]
    if "power_mw" not in found or not found.keys() <= {"power_mw", "gates"} or len(numbers) < len(found):
        raise ValueError(f"a size of {size}")
    return {name: float(value) for name, value in found.items()}


def _kept(whole: Answer, options: DesignOptions) -> tuple[AnswerPoint, ...]:
    """As many points as are wanted: what answers the limits first, then evenly along the front."""
    points = whole.points
    evenly = [points[round(place)] for place in np.linspace(0, len(points) - 1, min(len(points), options.finalists))]
    wanted = [whole.chosen, *whole.by_source().values(), *evenly]
    first = {id(point): point for point in wanted if point is not None}
    kept = set(list(first)[: options.finalists])
    return tuple(point for point in points if id(point) in kept)
