"""Analyses of finished circuits: of a design in memory, or of a folder that holds one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from bespoke.analysis import (
    Analysis,
    FaultTests,
    Inputs,
    LabelledWords,
    Nearest,
    VariationOptions,
    nearest_to_circuit,
    nearest_to_tree,
    output_errors,
    robustness,
    settling_analysis,
    several_faults_analysis,
    shorts_analysis,
    stuck_at_analysis,
    variation_analysis,
    yield_curve,
)
from bespoke.data import Dataset
from bespoke.errors import OptionError
from bespoke.faults import (
    VectorOptions,
    find_vectors,
    stuck_at_faults,
)
from bespoke.flow.design import Design
from bespoke.flow.examined import Examined, examined_design, examined_folder
from bespoke.flow.folder import StoredDesign
from bespoke.flow.sources import Rows, read_dataset
from bespoke.model import IntArray, Trees
from bespoke.options import check_options, one_of, option, positive, whole, with_settings
from bespoke.robustness import Device, changes_of_tree


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalyseOptions(VariationOptions):
    """What is to be found out about a circuit; ``seed`` is also that of random vectors, noise and samples.

    Attributes
    ----------
    faults : bool
        What each single stuck-at fault of a pin of a cell does to the accuracy.
    several_faults : bool
        What several random ones of them do at a time, ``samples`` times.
    at_once : int
        How many.
    shorts : bool
        What shorts between nets that meet at a cell do to it.
    tests : bool
        A small set of vectors that shows every fault that can be shown, and proof that the others cannot.
    functional_yield : bool
        The share of circuits that defects leave good enough, against the density of defects.
    variation : bool
        Delays and static powers of circuits whose cells vary.
    settling : bool
        When the outputs have settled after each row, and the accuracy before that.
    robustness : bool
        Accuracy under noise of the converters, and certified accuracy over the radius of a change of the inputs.
    radius : int
        Largest radius, in levels, of what SAT certifies; single trees are certified at any.
    most_features : int
        Largest number of features that change by any levels, of what is certified; single trees are at any.
    certified_rows : int
        Rows that are certified, the first ones.
    errors : bool
        On what share of all inputs the output differs from that of the exact circuit, and how far words are apart.
    input_distribution : {"uniform", "measured"}
        The inputs that errors are counted over: every word alike, or each feature as in the rows, independently.
    exact : Design or None
        The circuit that errors are counted against; the command finds that of a front by itself.
    mode : int
        In which a circuit with modes is seen settling and under noise; its faults are judged in every mode.
    vdd : float or None
        Supply voltage in V at which circuits vary and settle; None is that of the design.
    """

    faults: bool = False
    several_faults: bool = False
    at_once: int = option(2, whole(2, 10_000))
    shorts: bool = False
    tests: bool = False
    functional_yield: bool = False
    variation: bool = False
    settling: bool = False
    robustness: bool = False
    radius: int = option(1, whole(1, 1_000))
    most_features: int = option(1, whole(1, 1_000))
    certified_rows: int = option(200, whole(1, 1_000_000))
    errors: bool = False
    input_distribution: Literal["uniform", "measured"] = option("uniform", one_of(("uniform", "measured")))
    exact: Design | None = None
    mode: int = option(0, whole(0, 255))
    vdd: float | None = option(None, positive("V, above 0"))

    def __post_init__(self) -> None:
        check_options(self)

    @property
    def chosen(self) -> list[str]:
        """Names of the analyses asked for."""
        return [each.name for each in fields(self) if each.name in ANALYSES and getattr(self, each.name)]


def _faults(examined: Examined, _options: AnalyseOptions) -> Analysis:
    return stuck_at_analysis(examined.subject, examined.names, examined.in_modes)


def _tests(examined: Examined, options: AnalyseOptions) -> Analysis:
    faults = stuck_at_faults(examined.subject)
    found = find_vectors(examined.subject, faults, VectorOptions(seed=options.seed))
    return FaultTests(examined.subject, examined.names, faults, found)


def _yield(examined: Examined, options: AnalyseOptions) -> Analysis:
    return yield_curve(examined.subject, examined.in_modes, options)


def _several_faults(examined: Examined, options: AnalyseOptions) -> Analysis:
    count, samples = options.at_once, options.samples
    return several_faults_analysis(examined.subject, examined.in_modes, count, samples=samples, seed=options.seed)


def _shorts(examined: Examined, _options: AnalyseOptions) -> Analysis:
    return shorts_analysis(examined.subject, examined.names, examined.in_modes)


def _variation(examined: Examined, options: AnalyseOptions) -> Analysis:
    period_ms, table_ends = examined.conditions
    supplied = examined.at_supply(options.vdd)
    return variation_analysis(
        supplied, examined.stimuli, options, period_ms or examined.usual_ms(options.vdd), table_ends
    )


def _settling(examined: Examined, options: AnalyseOptions) -> Analysis:
    period_ms, table_ends = examined.conditions
    judged, supplied = examined.in_modes[examined.checked(options.mode)], examined.at_supply(options.vdd)
    judged = replace(judged, source=judged.source + examined.words_of(options.mode))
    asked_ms = options.period_ms or period_ms or examined.usual_ms(options.vdd)
    return settling_analysis(supplied, judged, asked_ms, table_ends)


def _exact(examined: Examined) -> Examined:
    exact, coding = examined.exact, examined.model.coding
    if exact is None:
        raise OptionError("the exact circuit is not known", where="errors", allowed="--exact DIR, or exact=Design")
    if coding.controls:
        what = "no exact circuit reads what says the mode"
        raise OptionError(what, where="errors", got="a circuit with modes", allowed="one without")
    if coding != exact.model.coding:
        raise OptionError("the exact circuit reads other input words", where="errors", allowed="one of the same coding")
    classes, wanted = (each.model.decision.classes for each in (exact, examined))
    if classes != wanted:
        names = [", ".join(map(str, each)) or "values" for each in (classes, wanted)]
        raise OptionError("the exact circuit puts out something else", where="errors", got=names[0], allowed=names[1])
    return exact


def _errors(examined: Examined, options: AnalyseOptions) -> Analysis:
    exact, coding = _exact(examined), examined.model.coding
    rows = examined.rows.words if examined.rows else None
    inputs = Inputs.uniform(coding.bits)
    if options.input_distribution == "measured":
        if rows is None:
            raise OptionError("no rows to measure the inputs on", where="input_distribution", allowed="with data")
        inputs = Inputs.measured(rows, coding.bits)
    rng = np.random.default_rng(options.seed)
    return output_errors(exact.examinee, examined.examinee, inputs, rows, rng)


def _labelled(examined: Examined) -> Rows:
    if examined.rows is None or not examined.model.decision.is_classifier:
        what = "robustness needs labelled rows of a classifier"
        raise OptionError(what, allowed="a circuit that puts out classes, and its data: --data, or X and y")
    return examined.rows


def _robustness(examined: Examined, options: AnalyseOptions) -> Analysis:
    model, rows = examined.model, _labelled(examined)
    bits, controls, mode = model.coding.bits, model.coding.controls, examined.checked(options.mode)
    device = Device(examined.mapped, examined.library, examined.boundary, bits, controls, mode)
    is_tree = not examined.is_edited and len(model.stages) == 1 and model.has_only(Trees)
    is_single = is_tree and len(model.only_stage(Trees, "robustness").roots) == 1

    def nearest(words: IntArray) -> Nearest:
        if is_single:
            return nearest_to_tree(changes_of_tree(model, words), device)
        return nearest_to_circuit(device, words, options.radius, options.most_features, options.seed)

    names, words = model.coding.names[: model.coding.measured_count], model.coding.in_mode(rows.words, mode)
    labelled = LabelledWords(words, rows.wanted, examined.part + examined.words_of(mode), names)
    return robustness(device, labelled, nearest, most_rows=options.certified_rows, seed=options.seed)


# By the name of the option that asks for it.
ANALYSES: dict[str, Callable[[Examined, AnalyseOptions], Analysis]] = {
    "faults": _faults,
    "several_faults": _several_faults,
    "shorts": _shorts,
    "tests": _tests,
    "functional_yield": _yield,
    "variation": _variation,
    "settling": _settling,
    "errors": _errors,
    "robustness": _robustness,
}
# What is refused before anything is looked for, since analyses may take minutes.
_CHECKS: dict[str, Callable[[Examined], object]] = {"errors": _exact, "robustness": _labelled}


def analyse(
    design: Design,
    X: ArrayLike | None = None,  # noqa: N803  scikit-learn's name
    y: ArrayLike | None = None,
    *,
    dataset: Dataset | None = None,
    options: AnalyseOptions | None = None,
    on_stage: Callable[[str], None] = lambda _stage: None,
    **settings: Any,  # noqa: ANN401  each option has its own type
) -> Design:
    """Find more out about a compiled design.

    Parameters
    ----------
    design : Design
    X, y : array_like, shape (n_samples, n_features) and (n_samples,), optional
        All data, as they were given to `compile_model`: the analyses see the test rows, or the training rows where
        none are kept for the test.
    dataset : Dataset, optional
        Instead of ``X`` and ``y``. Without either, outputs are compared with those of the circuit itself.
    options : AnalyseOptions, optional
    on_stage : callable, optional
        Told the name of each analysis when it begins.
    **settings
        Fields of `AnalyseOptions`, such as ``faults=True``.

    Returns
    -------
    Design
        With the findings among its ``analyses``.

    Raises
    ------
    OptionError
        If no analysis is asked for, or an option is unknown.
    DataError, ModelError
        If the data do not fit the design.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from bespoke import analyse, compile_model
    >>> X, y = load_iris(return_X_y=True)
    >>> tree = DecisionTreeClassifier(max_depth=2, random_state=0).fit(X, y)
    >>> design = analyse(compile_model(tree, X, y, input_bits=4), X, y, faults=True)
    >>> found = design.analyses["faults"]
    >>> bool(found.base > found.scores.mean())
    True
    """
    chosen = with_settings(options or AnalyseOptions(), settings)
    data = read_dataset(X, y, dataset, None)
    examined = examined_design(design, data)
    examined = replace(examined, exact=examined_design(chosen.exact, data) if chosen.exact else None)
    return replace(design, analyses={**design.analyses, **run_analyses(examined, chosen, on_stage)})


def analyse_folder(
    stored: StoredDesign,
    dataset: Dataset | None,
    options: AnalyseOptions,
    on_stage: Callable[[str], None] = lambda _stage: None,
    *,
    exact: StoredDesign | None = None,
) -> dict[str, Analysis]:
    """Find more out about the circuit in a folder; see `analyse`.

    Parameters
    ----------
    stored : StoredDesign
    dataset : Dataset or None
        That which the design was compiled with; without one, outputs are compared with those of the circuit itself.
    options : AnalyseOptions
    on_stage : callable, optional
    exact : StoredDesign, optional
        The circuit that errors are counted against.
    """
    examined = replace(examined_folder(stored, dataset), exact=examined_folder(exact, dataset) if exact else None)
    return run_analyses(examined, options, on_stage)


def run_analyses(examined: Examined, options: AnalyseOptions, on_stage: Callable[[str], None]) -> dict[str, Analysis]:
    """The findings of the analyses asked for, by name.

    Raises
    ------
    OptionError
        If none is asked for, or one of them is not to be had.
    """
    if not options.chosen:
        raise OptionError("no analysis is asked for", allowed=", ".join(ANALYSES))
    examined.checked(options.mode)
    for name in options.chosen:
        if name in _CHECKS:
            _CHECKS[name](examined)
    found: dict[str, Analysis] = {}
    for name in options.chosen:
        on_stage(name)
        analysis = ANALYSES[name](examined, options)
        found[analysis.name] = analysis
    return found
