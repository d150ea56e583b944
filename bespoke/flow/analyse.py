"""Analyses of finished circuits: of a design in memory, or of a folder that holds one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from bespoke.analysis import (
    Analysis,
    Examinee,
    FaultTests,
    Inputs,
    Judged,
    LabelledWords,
    Nearness,
    VariationOptions,
    nearness_of_boxes,
    nearness_of_circuit,
    output_errors,
    robustness,
    settling_analysis,
    stuck_at_analysis,
    variation_analysis,
    yield_curve,
)
from bespoke.cells import CellLibrary
from bespoke.data import Dataset
from bespoke.errors import FeatureCountError, OptionError
from bespoke.faults import Rows as FaultRows
from bespoke.faults import (
    Subject,
    VectorOptions,
    find_vectors,
    stuck_at_faults,
    subject,
)
from bespoke.flow.design import Design
from bespoke.flow.folder import Conditions, StoredDesign
from bespoke.flow.sources import Rows, read_dataset
from bespoke.flow.yields import judged_rows
from bespoke.frontend import as_labels
from bespoke.model import Boundary, IntArray, IntegerModel, Trees
from bespoke.netlist import MappedNetlist
from bespoke.options import check_options, one_of, option, whole, with_settings
from bespoke.robustness import Device, changes_of_tree
from bespoke.sim import mapped_outputs
from bespoke.verilog import instance_names

_NO_DATA = "without labels: agreement with the circuit without a fault on the words that its power was measured on"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalyseOptions(VariationOptions):
    """What is to be found out about a circuit; ``seed`` is also that of random vectors, noise and samples.

    Attributes
    ----------
    faults : bool
        What each single stuck-at fault of a pin of a cell does to the accuracy.
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
    certified_rows : int
        Rows that are certified, the first ones.
    errors : bool
        On what share of all inputs the output differs from that of the exact circuit, and how far words are apart.
    input_distribution : {"uniform", "measured"}
        The inputs that errors are counted over: every word alike, or each feature as in the rows, independently.
    exact : Design or None
        The circuit that errors are counted against; the command finds that of a front by itself.
    """

    faults: bool = False
    tests: bool = False
    functional_yield: bool = False
    variation: bool = False
    settling: bool = False
    robustness: bool = False
    radius: int = option(1, whole(1, 1_000))
    certified_rows: int = option(200, whole(1, 1_000_000))
    errors: bool = False
    input_distribution: Literal["uniform", "measured"] = option("uniform", one_of(("uniform", "measured")))
    exact: Design | None = None

    def __post_init__(self) -> None:
        check_options(self)

    @property
    def chosen(self) -> list[str]:
        """Names of the analyses asked for."""
        return [each.name for each in fields(self) if each.name in ANALYSES and getattr(self, each.name)]


@dataclass(frozen=True, eq=False)
class Examined:
    """A finished circuit with rows of data.

    Attributes
    ----------
    model : IntegerModel
        Says what inputs and output mean; the circuit may be an edited one.
    boundary : Boundary
    library : CellLibrary
    mapped : MappedNetlist
    names : tuple of str
        Name of each instance.
    rows : Rows or None
        Labelled rows that no choice has seen; None where there are none.
    part : str
        What the rows are.
    stimuli : ndarray of int64, shape (n, n_ports)
        Words on the ports that stand for the rows where there are none.
    is_edited : bool
        Whether the circuit is not its model, but what edits of gates left of it.
    conditions : Conditions
        Under which its delay is stated.
    exact : Examined or None
        The circuit that it is an approximation of, if that is known.
    """

    model: IntegerModel
    boundary: Boundary
    library: CellLibrary
    mapped: MappedNetlist
    names: tuple[str, ...]
    rows: Rows | None
    part: str
    stimuli: IntArray
    is_edited: bool
    conditions: Conditions
    exact: Examined | None = None

    @cached_property
    def examinee(self) -> Examinee:
        """The circuit as its outputs are compared."""
        levels = _told_apart(self)

        def outputs(words: IntArray) -> IntArray:
            return mapped_outputs(self.mapped, self.library, self.boundary.encode(words))[:, 0]

        return Examinee(self.model, outputs, levels, self.is_edited)

    @cached_property
    def subject(self) -> Subject:
        """The netlist for the simulation of faults."""
        return subject(self.mapped, self.library)

    @cached_property
    def judged(self) -> Judged:
        """The rows as faults are judged on them; without labels the outputs of the circuit itself are wanted."""
        if self.rows is None:
            wanted = mapped_outputs(self.mapped, self.library, self.stimuli)[:, 0].astype(np.float64)
            return Judged(FaultRows(self.stimuli, wanted), "stimuli", "agreement")
        return judged_rows(self.boundary, self.model.decision, self.rows, self.part)


def _faults(examined: Examined, _options: AnalyseOptions) -> Analysis:
    return stuck_at_analysis(examined.subject, examined.names, examined.judged)


def _tests(examined: Examined, options: AnalyseOptions) -> Analysis:
    faults = stuck_at_faults(examined.subject)
    found = find_vectors(examined.subject, faults, VectorOptions(seed=options.seed))
    return FaultTests(examined.subject, examined.names, faults, found)


def _yield(examined: Examined, options: AnalyseOptions) -> Analysis:
    return yield_curve(examined.subject, examined.judged, options)


def _variation(examined: Examined, options: AnalyseOptions) -> Analysis:
    return variation_analysis(examined.subject, examined.stimuli, options, *examined.conditions)


def _settling(examined: Examined, options: AnalyseOptions) -> Analysis:
    period_ms, table_ends = examined.conditions
    return settling_analysis(examined.subject, examined.judged, options.period_ms or period_ms, table_ends)


def _told_apart(examined: Examined) -> tuple[tuple[int, ...], ...]:
    """Per feature, the levels that the netlist tells apart by the wires that it reads, or its model if that is less."""
    mapped, model = examined.mapped, examined.model
    read = {net for instance in mapped.instances for net in instance.fanins}
    read |= {net for port in mapped.outputs for net in port.bits}
    ports, found = iter(mapped.inputs), []
    own = model.stages[0].read_levels(model.coding.intervals())
    for name, code, fewer in zip(examined.boundary.names, examined.boundary.codes, own, strict=True):
        used = [net in read for _ in code.ports(name) for net in next(ports).bits]
        levels = code.levels_for(used)
        found.append(fewer if not examined.is_edited and len(fewer) < len(levels) else levels)
    return tuple(found)


def _errors(examined: Examined, options: AnalyseOptions) -> Analysis:
    exact = examined.exact
    if exact is None:
        raise OptionError("the exact circuit is not known", where="errors", allowed="--exact DIR, or exact=Design")
    coding = examined.model.coding
    if coding != exact.model.coding:
        raise OptionError("the exact circuit reads other input words", where="errors", allowed="one of the same coding")
    rows = examined.rows.words if examined.rows else None
    inputs = Inputs.uniform(coding.bits)
    if options.input_distribution == "measured":
        if rows is None:
            raise OptionError("no rows to measure the inputs on", where="input_distribution", allowed="with data")
        inputs = Inputs.measured(rows, coding.bits)
    rng = np.random.default_rng(options.seed)
    return output_errors(exact.examinee, examined.examinee, inputs, rows, rng)


def _robustness(examined: Examined, options: AnalyseOptions) -> Analysis:
    model, rows = examined.model, examined.rows
    if rows is None or not model.decision.is_classifier:
        what = "robustness needs labelled rows of a classifier"
        raise OptionError(what, allowed="a circuit that puts out classes, and its data: --data, or X and y")
    device = Device(examined.mapped, examined.library, examined.boundary, model.coding.bits)
    is_tree = not examined.is_edited and len(model.stages) == 1 and model.has_only(Trees)
    is_single = is_tree and len(model.only_stage(Trees, "robustness").roots) == 1

    def nearness(words: IntArray) -> Nearness:
        if is_single:
            return nearness_of_boxes(*changes_of_tree(model, words), int(device.largest.max()))
        return nearness_of_circuit(device, words, options.radius, options.seed)

    labelled = LabelledWords(rows.words, rows.wanted, examined.part, model.coding.names)
    return robustness(device, labelled, nearness, most_rows=options.certified_rows, seed=options.seed)


# By the name of the option that asks for it.
ANALYSES: dict[str, Callable[[Examined, AnalyseOptions], Analysis]] = {
    "faults": _faults,
    "tests": _tests,
    "functional_yield": _yield,
    "variation": _variation,
    "settling": _settling,
    "errors": _errors,
    "robustness": _robustness,
}


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
    examined = _of_design(design, data)
    examined = replace(examined, exact=_of_design(chosen.exact, data) if chosen.exact else None)
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
    examined = replace(_of_folder(stored, dataset), exact=_of_folder(exact, dataset) if exact else None)
    return run_analyses(examined, options, on_stage)


def _of_design(design: Design, data: Dataset | None) -> Examined:
    split, circuit = design.provenance.options, design.circuit
    rows, part = test_rows(design.model, data, split.test_size, split.seed)
    return Examined(
        design.model,
        circuit.boundary,
        circuit.library,
        circuit.mapped,
        tuple(instance_names(circuit.mapped)),
        rows,
        part,
        circuit.boundary.encode(design.provenance.stimuli.words),
        bool(circuit.edits.edits),
        Conditions(split.period_ms, split.table_ends),
    )


def _of_folder(stored: StoredDesign, dataset: Dataset | None) -> Examined:
    split, circuit = stored.split, stored.circuit
    rows, part = test_rows(stored.model, dataset, split.test_size, split.seed)
    return Examined(
        stored.model,
        stored.boundary,
        stored.library,
        circuit.mapped,
        circuit.names.instances,
        rows,
        part,
        stored.stimuli()[0],
        stored.is_edited,
        stored.conditions,
    )


def run_analyses(examined: Examined, options: AnalyseOptions, on_stage: Callable[[str], None]) -> dict[str, Analysis]:
    """The findings of the analyses asked for, by name.

    Raises
    ------
    OptionError
        If none is asked for.
    """
    if not options.chosen:
        raise OptionError("no analysis is asked for", allowed=", ".join(ANALYSES))
    found: dict[str, Analysis] = {}
    for name in options.chosen:
        on_stage(name)
        analysis = ANALYSES[name](examined, options)
        found[analysis.name] = analysis
    return found


def test_rows(model: IntegerModel, dataset: Dataset | None, test_size: float, seed: int) -> tuple[Rows | None, str]:
    """Rows that a compilation with this split kept for the test, else all, and what they are.

    Raises
    ------
    FeatureCountError
        If the data have not the features of the model.
    """
    if dataset is None:
        return None, ""
    found, wanted = dataset.features.shape[1], model.coding.measured_count
    if found != wanted:
        raise FeatureCountError("model and data differ in the number of features", got=found, allowed=str(wanted))
    features, targets, part = dataset.features, dataset.targets, "training rows"
    if test_size:
        split = dataset.split(test_size, seed, for_training=False)
        features, targets, part = split.test_features, split.test_targets, "test rows"
    return Rows.of(model, features, as_labels(targets, model.decision.classes)), part
