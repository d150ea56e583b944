"""One trained model to one design: lowering, pruning if wanted, optimisation, mapping, checks, estimates."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from bespoke.cells import CellLibrary, GateCosts
from bespoke.converters import load_converters
from bespoke.data import Dataset
from bespoke.errors import BespokeWarning, VerificationError
from bespoke.estimate import Estimate, best_supply, estimate, unstated
from bespoke.flow.circuit import Circuit, Reference
from bespoke.flow.cut import before, behind, needed
from bespoke.flow.design import Design
from bespoke.flow.gate_search import lowering_effort, search_remark, searched_gates, table_limit
from bespoke.flow.options import CompileOptions
from bespoke.flow.origins import cell_origins
from bespoke.flow.records import Accuracies, Confusion, Confusions, Measured, Metric, Part, Provenance, Stimuli, score
from bespoke.flow.sensors import sensor_side
from bespoke.flow.sources import Source, read_dataset, read_source
from bespoke.flow.supply import check_stated, library_at, read_library, supplies
from bespoke.flow.vectors import RANDOM_VECTORS, sample_vectors
from bespoke.lowering import Lowered, lower
from bespoke.model import Boundary, IntArray, IntegerModel
from bespoke.netlist import Activity, Edit, Netlist
from bespoke.opt import equivalent_forms, netlist_of, optimise, recover_xor, search_within
from bespoke.prune import EditList
from bespoke.sim import pack_words, random_inputs
from bespoke.techmap import Objective, map_cheapest

Result = TypeVar("Result")
Pruner = Callable[[IntegerModel, Lowered, GateCosts], Sequence[Edit]]


class Stages:
    """Runs stages and keeps their run times in s.

    Parameters
    ----------
    on_stage : callable, optional
        Told the name of each stage when it begins.
    subject : str, optional
        What the stages are about, said before their names.
    """

    def __init__(self, on_stage: Callable[[str], None] = lambda _: None, subject: str = "") -> None:
        self._on_stage = on_stage
        self._prefix = f"{subject}: " if subject else ""
        self.seconds: dict[str, float] = {}

    def run(self, name: str, stage: Callable[[], Result]) -> Result:
        """Result of a stage."""
        self._on_stage(self._prefix + name)
        start = time.perf_counter()
        result = stage()
        self.seconds[name] = round(time.perf_counter() - start, 3)
        return result


def compile_model(
    model: Any,  # noqa: ANN401  scikit-learn has no types
    X: ArrayLike | None = None,  # noqa: N803  scikit-learn's name
    y: ArrayLike | None = None,
    *,
    dataset: Dataset | None = None,
    options: CompileOptions | None = None,
    on_stage: Callable[[str], None] = lambda _stage: None,
    **settings: Any,  # noqa: ANN401  each option has its own type
) -> Design:
    """Compile a trained model into a circuit.

    Parameters
    ----------
    model : estimator or IntegerModel
        A fitted scikit-learn estimator, Pipeline or search, or an integer model.
    X : array_like of float, shape (n_samples, n_features), optional
        All data, raw. They are split as the options say (70/30 with seed 42 by default): the training part
        scales the inputs and gives the activity for the power, the test part the test accuracy.
    y : array_like, shape (n_samples,), optional
        Targets.
    dataset : Dataset, optional
        Instead of ``X`` and ``y``.
    options : CompileOptions, optional
    on_stage : callable, optional
        Told the name of each stage when it begins.
    **settings
        Fields of `CompileOptions` or `QuantisationOptions`, such as ``input_bits=5`` or ``technology="cnt_tft"``.

    Returns
    -------
    Design

    Raises
    ------
    ModelError
        If the model cannot be compiled.
    DataError
        If the data do not fit the model.
    OptionError
        If an option is unknown or out of range.
    TechnologyError
        If the technology does not exist or lacks what is needed.
    VerificationError
        If the mapped netlist differs from the integer model, which is a defect of bespoke.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from bespoke import compile_model
    >>> X, y = load_iris(return_X_y=True)
    >>> tree = DecisionTreeClassifier(max_depth=2, random_state=0).fit(X, y)
    >>> design = compile_model(tree, X, y, input_bits=5)
    >>> design.predict(X[[0, 60, 120]])
    array([0, 1, 2])
    >>> design.accuracies.test > 0.9, design.estimate.area_mm2 < 5
    (True, True)
    """
    chosen = (options or CompileOptions()).with_settings(**settings)
    data = read_dataset(X, y, dataset, model)
    stages = Stages(on_stage)
    library = stages.run("library", lambda: read_library(chosen))
    check_stated(library, chosen, ())
    source = stages.run("quantise", lambda: read_source(model, data, chosen))
    design = build_design(source, library, chosen, stages)
    warn_of(design)
    return design


def warn_of(design: Design) -> None:
    """Warn the caller of a public function of what nobody should miss; commands print all notes instead."""
    for text in design.provenance.cautions:
        warnings.warn(text, BespokeWarning, stacklevel=3)


def build_design(
    source: Source, library: CellLibrary, options: CompileOptions, stages: Stages, *, prune: Pruner | None = None
) -> Design:
    """Make the circuit of an integer model and everything that is known about it.

    Parameters
    ----------
    source : Source
        The model, and the data on which it is measured.
    library : CellLibrary
    options : CompileOptions
    stages : Stages
        Told what is being done.
    prune : callable, optional
        Edits to make in the lowered netlist of the model; the circuit then computes what the edited netlist does.

    Raises
    ------
    ConverterError
        If the model of converters does not fit what the circuit reads.
    VerificationError
        If the mapped netlist differs from its reference, which is a defect of bespoke.
    """
    circuit = _circuit(source, library, options, stages, prune)
    return measured_design(circuit, source, options, stages)


def measured_design(circuit: Circuit, source: Source, options: CompileOptions, stages: Stages) -> Design:
    """A finished circuit with everything that is known about it; raises as `build_design`."""
    model, stimuli = source.model, _stimuli(source, options.seed)
    outputs, activity = stages.run("simulate", lambda: _checked_run(circuit, source, stimuli))
    origins = stages.run("attribute", lambda: cell_origins(circuit, stimuli.words))
    figures = stages.run("estimate", lambda: _figures(circuit, activity, options, origins))
    if options.chooses_vdd:
        circuit = replace(circuit, library=library_at(options, figures.vdd))
    kinds = load_converters(options.converters)
    converters = sensor_side(circuit.mapped, circuit.boundary, model, circuit.library, kinds)
    accuracies, confusions = _judged(source, outputs)
    measured = Measured(figures, accuracies, converters, confusions, origins, outputs)
    provenance = Provenance(
        options=options,
        stimuli=stimuli,
        dataset=source.dataset,
        notes=(*source.notes, *_remarks(figures, circuit, options), *converters.remarks),
        cautions=source.cautions,
        seconds=stages.seconds,
    )
    return Design(
        circuit, measured, provenance, sample_vectors(model, source.test.words if source.test else None, options.seed)
    )


def _circuit(
    source: Source, library: CellLibrary, options: CompileOptions, stages: Stages, prune: Pruner | None
) -> Circuit:
    model, stimuli = source.model, _stimuli(source, options.seed)
    costs, boundary = GateCosts.of(library), Boundary.of(model, options.inputs)
    limit, effort = table_limit(options, boundary), lowering_effort(options, boundary)
    lowered = stages.run("lower", lambda: lower(model, costs, boundary, effort=effort))
    pruned = stages.run("prune", lambda: prune(model, lowered, costs)) if prune else ()
    edits = EditList.of(lowered.netlist, pruned, costs=costs, effort=effort)
    edited = Reference.of(model, boundary, lowered.netlist, edits).edited
    cut = needed(lowered.netlist, lowered.cut) if lowered.cut and edited is None else ()
    whole = edited or (before(lowered.netlist, cut) if cut else lowered.netlist)
    forms = stages.run("optimise", lambda: equivalent_forms(whole, library, options.effort))
    objective = _objective(options, forms[0], boundary.encode(stimuli.words))
    gates = [lowered.gates] if edited is None and lowered.gates else []
    if limit is None:
        starts = lowered if edited is None else lowered._replace(gates=None, care=None)
        found = stages.run("gates", lambda: searched_gates(forms, starts, model, costs, options))
        gates += found
        forms += [optimise(recover_xor(netlist_of(each, forms[0]))) for each in found if options.power_share]
    if limit is not None:
        searched, cheap = stages.run("search", lambda: search_within(forms[0], costs, limit))
        forms, gates = [*forms, optimise(searched)], [*gates, cheap]
    mapped = stages.run("map", lambda: map_cheapest(forms, library, objective, gates))
    mapped = mapped.followed_by(map_cheapest([behind(lowered.netlist, cut)], library)) if cut else mapped
    return Circuit(model, boundary, library, lowered.netlist, lowered.certificate, edits, mapped)


def _objective(options: CompileOptions, netlist: Netlist, stimuli: IntArray) -> Objective:
    if not options.power_share:
        return Objective()
    return Objective(options.power_share, tuple(pack_words(stimuli, netlist.inputs)), len(stimuli))


def _stimuli(source: Source, seed: int) -> Stimuli:
    if source.train is not None:
        return Stimuli("training rows", source.train.words)
    words = random_inputs(source.model.coding.bits, RANDOM_VECTORS, seed)
    return Stimuli("random vectors, since there are no data", words)


def _checked_run(circuit: Circuit, source: Source, stimuli: Stimuli) -> tuple[dict[Part, IntArray], Activity]:
    """Simulate the circuit once on each part of the rows, and compare it with its reference there."""
    run = circuit.run(stimuli.words)
    _check(circuit.reference, stimuli.words, run.outputs[:, 0])
    outputs: dict[Part, IntArray] = {"train": run.outputs[:, 0]} if source.train is not None else {}
    if source.test is not None:
        outputs["test"] = circuit.outputs(source.test.words)
        _check(circuit.reference, source.test.words, outputs["test"])
    return outputs, run.activity


def _check(reference: Reference, words: IntArray, outputs: IntArray) -> None:
    expected = reference.outputs(words)
    wrong = np.flatnonzero(expected != outputs)
    if len(wrong):
        row = int(wrong[0])
        raise VerificationError(
            f"the mapped netlist differs from the {'edited netlist' if reference.edited else 'integer model'}",
            where=f"inputs {words[row].tolist()}",
            got=int(outputs[row]),
            allowed=str(int(expected[row])),
        )


def _figures(circuit: Circuit, activity: Activity, options: CompileOptions, origins: Sequence[str]) -> Estimate:
    def estimate_at(library: CellLibrary) -> Estimate:
        period, ends = options.period_ms, options.table_ends
        return estimate(circuit.mapped, library, activity, period_ms=period, groups=origins, table_ends=ends)

    if not options.chooses_vdd:
        return estimate_at(circuit.library)
    is_wish = options.delay_limit_ms is not None
    limit = options.delay_limit_ms or options.period_ms
    assert limit is not None
    return best_supply(estimate_at, supplies(options), period_ms=limit, or_fastest=is_wish)


def _remarks(figures: Estimate, circuit: Circuit, options: CompileOptions) -> Iterator[str]:
    yield from unstated(circuit.mapped, circuit.library)
    if figures.period_ms is not None and figures.delay_ms is not None and figures.period_ms < figures.delay_ms:
        yield f"the circuit needs {figures.delay_ms:.4g} ms, more than the period of {figures.period_ms:g} ms"
    if options.effort_seconds is not None and circuit.mapped.instances:
        netlist = circuit.reference.edited or circuit.lowered
        yield search_remark(options, circuit.boundary, netlist.gate_count)
    edits = circuit.edits
    if edits.edits:
        function = "its function is that of the edited netlist; model.json and rtl.v are the model before"
        yield f"the circuit is pruned at gate level (edits.json: {len(edits.edits)}): {function}"


def _judged(source: Source, outputs: dict[Part, IntArray]) -> tuple[Accuracies, Confusions | None]:
    """Accuracies, and confusions on the test rows, or on the training rows if there are none."""
    decision, parts = source.model.decision, source.parts
    metric: Metric = "accuracy" if decision.is_classifier else "r2"
    scores = {part: score(metric, decision.decode(outputs[part]), rows.targets) for part, rows in parts.items()}
    counts = {part: len(rows.targets) for part, rows in parts.items()}
    train, test = scores.get("train"), scores.get("test")
    found = Accuracies(metric, None, train, test, counts.get("train", 0), counts.get("test", 0))
    name: Part = "test" if source.test else "train"
    if not counts.get(name):
        return found, None
    rows, predicted = parts[name], None
    if source.float_predict is not None:
        predicted = np.asarray(source.float_predict(rows.features))
        found = replace(found, float_model=score(metric, predicted, rows.targets))
    if not decision.is_classifier:
        return found, None
    known = None if predicted is None else Confusion.of(decision, rows.wanted, decision.encode(predicted))
    return found, Confusions(name, Confusion.of(decision, rows.wanted, outputs[name]), known)
