"""One integer model to one design: lowering, pruning if wanted, optimisation, mapping, checks, estimates."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any, TypeVar

import numpy as np

from bespoke import __version__
from bespoke.cells import CellLibrary, load_library
from bespoke.errors import VerificationError
from bespoke.estimate import Estimate, estimate
from bespoke.flow.assurance import target_words
from bespoke.flow.contents import confusion
from bespoke.flow.design import Design
from bespoke.flow.options import CompileOptions
from bespoke.flow.origins import Built, cell_origins
from bespoke.flow.reference import CutList, Reference, reference_of
from bespoke.flow.scoring import Accuracies, Metric, score
from bespoke.flow.sources import Rows, Source
from bespoke.flow.supply import estimate_at_best
from bespoke.flow.texts import netlist_text, text_digest
from bespoke.flow.vectors import RANDOM_VECTORS, random_inputs, sample_vectors
from bespoke.lowering import lower
from bespoke.model import IntArray, IntegerModel, model_digest
from bespoke.netlist import Activity, MappedNetlist, Netlist
from bespoke.opt import equivalent_forms
from bespoke.prune import Cut
from bespoke.sim import mapped_outputs, pack_words, simulate_mapped
from bespoke.techmap import Objective, map_cheapest

Result = TypeVar("Result")
Pruner = Callable[[IntegerModel, Netlist], Sequence[Cut]]
VERSIONED = ("numpy", "scikit-learn", "networkx", "pyverilog", "skops")


def no_cuts(_model: IntegerModel, _lowered: Netlist) -> Sequence[Cut]:
    """Leave a lowered netlist as it is."""
    return ()


def build_design(
    source: Source, library: CellLibrary, options: CompileOptions, stages: Stages, *, prune: Pruner = no_cuts
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
    prune : callable
        Cuts to make in the lowered netlist of the model; the circuit then computes what the pruned netlist does.

    Raises
    ------
    VerificationError
        If the mapped netlist differs from its reference, which is a defect of bespoke.
    """
    model, thorough = source.model, options.effort == "high"
    lowered = stages.run("lower", lambda: lower(model, thorough=thorough))
    found = stages.run("prune", lambda: prune(model, lowered.netlist)) if prune is not no_cuts else ()
    cuts = CutList.of(lowered.netlist, found, thorough=thorough)
    reference = reference_of(model, lowered.netlist, cuts)
    netlist = reference.pruned or lowered.netlist
    forms = stages.run("optimise", lambda: equivalent_forms(netlist, library, options.effort))
    gates = lowered.gates if reference.pruned is None else None
    stimuli, stimuli_name = _stimuli(source, options.seed)
    mapped = stages.run("map", lambda: map_cheapest(forms, library, _objective(options, forms[0], stimuli), gates))
    activity = stages.run("simulate", lambda: _checked_activity(reference, mapped, library, stimuli))
    built = Built(model, lowered.netlist, lowered.certificate, cuts, mapped)
    origins = stages.run("attribute", lambda: cell_origins(built, library, stimuli))
    figures = stages.run("estimate", lambda: _figures(mapped, library, activity, options, origins))
    accuracies = stages.run("score", lambda: _accuracies(source, reference, mapped, library))
    test_words = model.coding.quantise(source.test.features) if source.test else None
    design = Design(
        model=model,
        options=options,
        library=load_library(options.technology, figures.vdd) if options.chooses_vdd else library,
        lowered=lowered.netlist,
        certificate=lowered.certificate,
        cuts=cuts,
        mapped=mapped,
        estimate=figures,
        accuracies=accuracies,
        vectors=sample_vectors(model, test_words, options.seed),
        dataset=source.dataset,
        stimuli={"source": stimuli_name, "vectors": len(stimuli), "digest": _array_digest(stimuli)},
        stimuli_words=stimuli,
        notes=(*source.notes, *_remarks(figures), *_cut_remarks(cuts)),
        versions=_versions(),
        seconds=stages.seconds,
        origins=origins,
        confusions=_confusions(source, mapped, library),
    )
    return design.with_digests(_digests(design))


class Stages:
    """Runs stages and keeps their run times in s."""

    def __init__(self, on_stage: Callable[[str], None]) -> None:
        self._on_stage = on_stage
        self.seconds: dict[str, float] = {}

    def run(self, name: str, stage: Callable[[], Result]) -> Result:
        """Result of a stage."""
        self._on_stage(name)
        start = time.perf_counter()
        result = stage()
        self.seconds[name] = round(time.perf_counter() - start, 3)
        return result


def _objective(options: CompileOptions, netlist: Netlist, stimuli: IntArray) -> Objective:
    if not options.power_share:
        return Objective()
    return Objective(options.power_share, tuple(pack_words(stimuli, netlist.inputs)), len(stimuli))


def _figures(
    mapped: MappedNetlist, library: CellLibrary, activity: Activity, options: CompileOptions, origins: Sequence[str]
) -> Estimate:
    def figures(at: CellLibrary) -> Estimate:
        return estimate(mapped, at, activity, period_ms=options.period_ms, groups=origins)

    return estimate_at_best(figures, options) if options.chooses_vdd else figures(library)


def _remarks(figures: Estimate) -> list[str]:
    if figures.period_ms >= figures.delay_ms:
        return []
    return [f"the circuit needs {figures.delay_ms:.4g} ms, more than the period of {figures.period_ms:g} ms"]


def _cut_remarks(cuts: CutList) -> list[str]:
    if not cuts.cuts:
        return []
    function = "its function is that of the pruned netlist; model.json and rtl.v are the model before pruning"
    return [f"the circuit is pruned at gate level (cuts.json: {len(cuts.cuts)}): {function}"]


def _stimuli(source: Source, seed: int) -> tuple[IntArray, str]:
    if source.train is not None:
        return source.model.coding.quantise(source.train.features), "training rows"
    return random_inputs(source.model.coding.bits, RANDOM_VECTORS, seed), "random vectors, since there are no data"


def _checked_activity(reference: Reference, mapped: MappedNetlist, library: CellLibrary, words: IntArray) -> Activity:
    run = simulate_mapped(mapped, library, words)
    _check(reference, words, run.outputs[:, 0])
    return run.activity


def _check(reference: Reference, words: IntArray, outputs: IntArray) -> None:
    expected = reference.outputs(words)
    wrong = np.flatnonzero(expected != outputs)
    if len(wrong):
        row = int(wrong[0])
        raise VerificationError(
            f"the mapped netlist differs from the {'pruned netlist' if reference.pruned else 'integer model'}",
            where=f"inputs {words[row].tolist()}",
            got=int(outputs[row]),
            allowed=str(int(expected[row])),
        )


def _accuracies(source: Source, reference: Reference, mapped: MappedNetlist, library: CellLibrary) -> Accuracies:
    decision = source.model.decision
    metric: Metric = "accuracy" if decision.is_classifier else "r2"

    def circuit_score(rows: Rows | None) -> float | None:
        if rows is None:
            return None
        words = source.model.coding.quantise(rows.features)
        outputs = mapped_outputs(mapped, library, words)[:, 0]
        _check(reference, words, outputs)
        return score(metric, decision.decode(outputs), rows.targets)

    judged = source.test or source.train
    float_score = None
    if source.float_predict is not None and judged is not None:
        float_score = score(metric, source.float_predict(judged.features), judged.targets)
    return Accuracies(
        metric=metric,
        float_model=float_score,
        train=circuit_score(source.train),
        test=circuit_score(source.test),
        train_rows=len(source.train.targets) if source.train else 0,
        test_rows=len(source.test.targets) if source.test else 0,
    )


def _confusions(source: Source, mapped: MappedNetlist, library: CellLibrary) -> dict[str, Any]:
    """Confusions of the float model and of the circuit on the test rows, or on the training rows if there are none."""
    rows, decision = source.test or source.train, source.model.decision
    if rows is None or not len(rows.targets) or not decision.is_classifier:
        return {}
    targets = target_words(decision, rows.targets)
    words = {"circuit": mapped_outputs(mapped, library, source.model.coding.quantise(rows.features))[:, 0]}
    if source.float_predict is not None:
        words = {"float": target_words(decision, np.asarray(source.float_predict(rows.features)))} | words
    found = {name: confusion(decision, targets, predicted) for name, predicted in words.items()}
    return {"rows": "test" if source.test else "train", **found}


def _digests(design: Design) -> dict[str, str]:
    digests = {"model": model_digest(design.model), "netlist": text_digest(netlist_text(design))}
    return digests | ({"data": str(design.dataset["digest"])} if design.dataset else {})


def _array_digest(words: IntArray) -> str:
    return text_digest("\n".join(" ".join(map(str, row)) for row in words.tolist()))


def _versions() -> dict[str, str]:
    found = {"bespoke": __version__, "python": platform.python_version()}
    return found | {name: version(name) for name in VERSIONED}
