"""One trained model to one design."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from bespoke import __version__
from bespoke.cells import CellLibrary, load_libraries, load_library
from bespoke.data import Dataset
from bespoke.errors import VerificationError
from bespoke.estimate import Estimate, best_supply, estimate
from bespoke.flow.design import Design
from bespoke.flow.options import CompileOptions
from bespoke.flow.scoring import Accuracies, Metric, score
from bespoke.flow.sources import Rows, Source, read_dataset, read_source
from bespoke.flow.texts import netlist_text, text_digest
from bespoke.flow.vectors import RANDOM_VECTORS, random_inputs, sample_vectors
from bespoke.lowering import lower
from bespoke.model import IntArray, IntegerModel, model_digest
from bespoke.netlist import Activity, MappedNetlist, Netlist
from bespoke.opt import equivalent_forms
from bespoke.sim import mapped_outputs, pack_words, simulate_mapped
from bespoke.techmap import Objective, map_cheapest

Result = TypeVar("Result")
VERSIONED = ("numpy", "scikit-learn", "networkx", "pyverilog", "skops")


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
    """
    chosen = (options or CompileOptions()).with_settings(**settings)
    data = read_dataset(X, y, dataset, model)
    stages = _Stages(on_stage)
    library = stages.run("library", lambda: _library(chosen))
    source = stages.run("quantise", lambda: read_source(model, data, chosen))
    lowered = stages.run("lower", lambda: lower(source.model, thorough=chosen.effort == "high"))
    forms = stages.run("optimise", lambda: equivalent_forms(lowered.netlist, library, chosen.effort))
    stimuli, stimuli_name = _stimuli(source, chosen.seed)
    mapped = stages.run("map", lambda: map_cheapest(forms, library, _objective(chosen, forms[0], stimuli)))
    activity = stages.run("simulate", lambda: _checked_activity(source.model, mapped, library, stimuli))
    figures = stages.run("estimate", lambda: _figures(mapped, library, activity, chosen))
    accuracies = stages.run("score", lambda: _accuracies(source, mapped, library))
    test_words = source.model.coding.quantise(source.test.features) if source.test else None
    design = Design(
        model=source.model,
        options=chosen,
        library=load_library(chosen.technology, figures.vdd) if chosen.vdd == "best" else library,
        lowered=lowered.netlist,
        certificate=lowered.certificate,
        mapped=mapped,
        estimate=figures,
        accuracies=accuracies,
        vectors=sample_vectors(source.model, test_words, chosen.seed),
        dataset=source.dataset,
        stimuli={"source": stimuli_name, "vectors": len(stimuli), "digest": _array_digest(stimuli)},
        notes=(*source.notes, *_remarks(figures)),
        versions=_versions(),
        seconds=stages.seconds,
    )
    return design.with_digests(_digests(design))


class _Stages:
    """Runs stages and keeps their run times in s."""

    def __init__(self, on_stage: Callable[[str], None]) -> None:
        self._on_stage = on_stage
        self.seconds: dict[str, float] = {}

    def run(self, name: str, stage: Callable[[], Result]) -> Result:
        self._on_stage(name)
        start = time.perf_counter()
        result = stage()
        self.seconds[name] = round(time.perf_counter() - start, 3)
        return result


def _library(options: CompileOptions) -> CellLibrary:
    return load_library(options.technology, None if options.vdd == "best" else options.vdd)


def _objective(options: CompileOptions, netlist: Netlist, stimuli: IntArray) -> Objective:
    if not options.power_share:
        return Objective()
    return Objective(options.power_share, tuple(pack_words(stimuli, netlist.inputs)), len(stimuli))


def _figures(mapped: MappedNetlist, library: CellLibrary, activity: Activity, options: CompileOptions) -> Estimate:
    if options.vdd != "best" or options.period_ms is None:
        return estimate(mapped, library, activity, period_ms=options.period_ms)
    period = options.period_ms
    libraries = load_libraries(options.technology)
    return best_supply(lambda at: estimate(mapped, at, activity, period_ms=period), libraries, period_ms=period)


def _remarks(figures: Estimate) -> list[str]:
    if figures.period_ms >= figures.delay_ms:
        return []
    return [f"the circuit needs {figures.delay_ms:.4g} ms, more than the period of {figures.period_ms:g} ms"]


def _stimuli(source: Source, seed: int) -> tuple[IntArray, str]:
    if source.train is not None:
        return source.model.coding.quantise(source.train.features), "training rows"
    return random_inputs(source.model.coding.bits, RANDOM_VECTORS, seed), "random vectors, since there are no data"


def _checked_activity(model: IntegerModel, mapped: MappedNetlist, library: CellLibrary, words: IntArray) -> Activity:
    run = simulate_mapped(mapped, library, words)
    _check(model, words, run.outputs[:, 0])
    return run.activity


def _check(model: IntegerModel, words: IntArray, outputs: IntArray) -> None:
    expected = model.predict(words)
    wrong = np.flatnonzero(expected != outputs)
    if len(wrong):
        row = int(wrong[0])
        raise VerificationError(
            "the mapped netlist differs from the integer model",
            where=f"inputs {words[row].tolist()}",
            got=int(outputs[row]),
            allowed=str(int(expected[row])),
        )


def _accuracies(source: Source, mapped: MappedNetlist, library: CellLibrary) -> Accuracies:
    decision = source.model.decision
    metric: Metric = "accuracy" if decision.is_classifier else "r2"

    def circuit_score(rows: Rows | None) -> float | None:
        if rows is None:
            return None
        words = source.model.coding.quantise(rows.features)
        outputs = mapped_outputs(mapped, library, words)[:, 0]
        _check(source.model, words, outputs)
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


def _digests(design: Design) -> dict[str, str]:
    digests = {"model": model_digest(design.model), "netlist": text_digest(netlist_text(design))}
    return digests | ({"data": str(design.dataset["digest"])} if design.dataset else {})


def _array_digest(words: IntArray) -> str:
    return text_digest("\n".join(" ".join(map(str, row)) for row in words.tolist()))


def _versions() -> dict[str, str]:
    found = {"bespoke": __version__, "python": platform.python_version()}
    return found | {name: version(name) for name in VERSIONED}
