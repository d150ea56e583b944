"""One integer model to one design: lowering, pruning if wanted, optimisation, mapping, checks, estimates."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeVar

import numpy as np

from bespoke.cells import CellLibrary, GateCosts, load_library
from bespoke.errors import VerificationError
from bespoke.estimate import Estimate, estimate
from bespoke.flow.circuit import Circuit, Reference
from bespoke.flow.design import Design
from bespoke.flow.measured import Confusion, Confusions, Measured, Part
from bespoke.flow.options import CompileOptions
from bespoke.flow.origins import cell_origins
from bespoke.flow.provenance import Provenance, Stimuli, versions
from bespoke.flow.scoring import Accuracies, Metric, score
from bespoke.flow.sources import Rows, Source
from bespoke.flow.supply import estimate_at_best
from bespoke.flow.vectors import RANDOM_VECTORS, sample_vectors
from bespoke.lowering import Lowered, lower
from bespoke.model import Decision, IntArray, IntegerModel
from bespoke.netlist import Activity, Edit, Netlist
from bespoke.opt import equivalent_forms
from bespoke.prune import EditList
from bespoke.sim import mapped_outputs, pack_words, random_inputs, simulate_mapped
from bespoke.techmap import Objective, map_cheapest

Result = TypeVar("Result")
Pruner = Callable[[IntegerModel, Lowered, GateCosts], Sequence[Edit]]


class Stages:
    """Runs stages and keeps their run times in s.

    Parameters
    ----------
    on_stage : callable
        Told the name of each stage when it begins.
    subject : str, optional
        What the stages are about, said before their names.
    """

    def __init__(self, on_stage: Callable[[str], None], subject: str = "") -> None:
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


class _Run(NamedTuple):
    """Activity under the stimuli, and output words by part of the rows."""

    activity: Activity
    outputs: dict[Part, IntArray]


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
    VerificationError
        If the mapped netlist differs from its reference, which is a defect of bespoke.
    """
    model = source.model
    stimuli = _stimuli(source, options.seed)
    circuit = _circuit(model, library, options, stages, (stimuli, prune))
    run = stages.run("simulate", lambda: _checked_run(circuit, source, stimuli))
    origins = stages.run("attribute", lambda: cell_origins(circuit, stimuli.words))
    figures = stages.run("estimate", lambda: _figures(circuit, run.activity, options, origins))
    accuracies, confusions = _accuracies(source, run.outputs), _confusions(source, run.outputs)
    if options.chooses_vdd:
        circuit = replace(circuit, library=load_library(options.technology, figures.vdd))
    return Design(
        circuit=circuit,
        measured=Measured(figures, accuracies, confusions, origins, run.outputs),
        provenance=Provenance(
            options=options,
            stimuli=stimuli,
            dataset=source.dataset,
            notes=(*source.notes, *_remarks(figures), *_edit_remarks(circuit.edits)),
            versions=versions(),
            seconds=stages.seconds,
        ),
        vectors=sample_vectors(model, source.test.words if source.test else None, options.seed),
    )


def _circuit(
    model: IntegerModel,
    library: CellLibrary,
    options: CompileOptions,
    stages: Stages,
    extra: tuple[Stimuli, Pruner | None],
) -> Circuit:
    (stimuli, prune), thorough, costs = extra, options.effort == "high", GateCosts.of(library)
    lowered = stages.run("lower", lambda: lower(model, costs, thorough=thorough))
    found = stages.run("prune", lambda: prune(model, lowered, costs)) if prune else ()
    edits = EditList.of(lowered.netlist, found, costs=costs, thorough=thorough)
    edited = Reference.of(model, lowered.netlist, edits).edited
    forms = stages.run("optimise", lambda: equivalent_forms(edited or lowered.netlist, library, options.effort))
    objective = _objective(options, forms[0], stimuli.words)
    gates = lowered.gates if edited is None else None
    mapped = stages.run("map", lambda: map_cheapest(forms, library, objective, gates))
    return Circuit(model, library, lowered.netlist, lowered.certificate, edits, mapped)


def _objective(options: CompileOptions, netlist: Netlist, stimuli: IntArray) -> Objective:
    if not options.power_share:
        return Objective()
    return Objective(options.power_share, tuple(pack_words(stimuli, netlist.inputs)), len(stimuli))


def _stimuli(source: Source, seed: int) -> Stimuli:
    if source.train is not None:
        return Stimuli("training rows", source.train.words)
    words = random_inputs(source.model.coding.bits, RANDOM_VECTORS, seed)
    return Stimuli("random vectors, since there are no data", words)


def _checked_run(circuit: Circuit, source: Source, stimuli: Stimuli) -> _Run:
    """Simulate the circuit once on each part of the rows, and compare it with its reference there."""
    run = simulate_mapped(circuit.mapped, circuit.library, stimuli.words)
    _check(circuit.reference, stimuli.words, run.outputs[:, 0])
    outputs: dict[Part, IntArray] = {"train": run.outputs[:, 0]} if source.train is not None else {}
    if source.test is not None:
        outputs["test"] = mapped_outputs(circuit.mapped, circuit.library, source.test.words)[:, 0]
        _check(circuit.reference, source.test.words, outputs["test"])
    return _Run(run.activity, outputs)


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
    def figures(at: CellLibrary) -> Estimate:
        return estimate(circuit.mapped, at, activity, period_ms=options.period_ms, groups=origins)

    return estimate_at_best(figures, options) if options.chooses_vdd else figures(circuit.library)


def _remarks(figures: Estimate) -> list[str]:
    if figures.period_ms >= figures.delay_ms:
        return []
    return [f"the circuit needs {figures.delay_ms:.4g} ms, more than the period of {figures.period_ms:g} ms"]


def _edit_remarks(edits: EditList) -> list[str]:
    if not edits.edits:
        return []
    function = "its function is that of the edited netlist; model.json and rtl.v are the model before"
    return [f"the circuit is pruned at gate level (edits.json: {len(edits.edits)}): {function}"]


def _metric(decision: Decision) -> Metric:
    return "accuracy" if decision.is_classifier else "r2"


def _accuracies(source: Source, outputs: dict[Part, IntArray]) -> Accuracies:
    decision = source.model.decision
    parts = {"train": source.train, "test": source.test}

    def circuit_score(name: Part) -> float | None:
        rows = parts[name]
        return None if rows is None else score(_metric(decision), decision.decode(outputs[name]), rows.targets)

    judged = source.test or source.train
    float_score = None
    if source.float_predict is not None and judged is not None:
        float_score = score(_metric(decision), source.float_predict(judged.features), judged.targets)
    return Accuracies(
        metric=_metric(decision),
        float_model=float_score,
        train=circuit_score("train"),
        test=circuit_score("test"),
        train_rows=len(source.train.targets) if source.train else 0,
        test_rows=len(source.test.targets) if source.test else 0,
    )


def _confusions(source: Source, outputs: dict[Part, IntArray]) -> Confusions | None:
    """Confusions of the float model and of the circuit on the test rows, or on the training rows if there are none."""
    name: Part = "test" if source.test else "train"
    rows: Rows | None = source.test or source.train
    decision = source.model.decision
    if rows is None or not len(rows.targets) or not decision.is_classifier:
        return None
    predicted = source.float_predict(rows.features) if source.float_predict else None
    known = None if predicted is None else Confusion.of(decision, rows.wanted, decision.encode(np.asarray(predicted)))
    return Confusions(name, Confusion.of(decision, rows.wanted, outputs[name]), known)
