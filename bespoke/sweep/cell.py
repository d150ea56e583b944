"""One cell of a sweep: train, compile, approximate, verify, estimate. It reads and writes no file."""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from threadpoolctl import threadpool_limits

from bespoke.data import Dataset
from bespoke.errors import BespokeError, BespokeWarning, VerificationError
from bespoke.files import text_digest
from bespoke.flow import MANIFEST, Design, ParetoFront, approximate, report, unmet
from bespoke.report.folder import design_files
from bespoke.sweep.duration import within_budget
from bespoke.sweep.options import Cell, SweepOptions
from bespoke.sweep.store import CELL_FORMAT, CELL_VERSION, Files
from bespoke.training import TrainedModel, train_model

_ICARUS_WORK = 3_000_000  # gates times vectors, some 5 s; the simulator of bespoke runs all vectors


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a cell.

    Attributes
    ----------
    cell : Cell
    record : mapping
        Content of the cell's file; empty if it failed.
    error : str
        Why it failed, in one line, or empty.
    designs : mapping of str to mapping
        Files of the designs ``exact`` and ``chosen``.
    """

    cell: Cell
    record: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""
    designs: Mapping[str, Files] = field(default_factory=dict)


def run_cell(cell: Cell, key: str, data: Dataset, options: SweepOptions) -> Outcome:
    """Result of a cell; whatever goes wrong is part of it.

    Parameters
    ----------
    cell : Cell
    key : str
        See `bespoke.sweep.plan.cell_key`.
    data : Dataset
    options : SweepOptions
    """
    try:
        # One thread per process: cells are what runs at the same time.
        with threadpool_limits(1), warnings.catch_warnings():
            warnings.simplefilter("ignore", BespokeWarning)  # they are among the notes of the cell
            return _outcome(cell, key, data, options)
    except BespokeError as error:
        return Outcome(cell, error=str(error))
    except MemoryError:
        return Outcome(cell, error="out of memory")
    except Exception as error:  # noqa: BLE001  a defect in one cell must not stop the others
        return Outcome(cell, error=" ".join(f"internal error: {type(error).__name__}: {error}".split()))


def _outcome(cell: Cell, key: str, data: Dataset, options: SweepOptions) -> Outcome:
    started = time.perf_counter()
    split = data.split(options.approximate.compile.test_size, cell.seed)
    trained = train_model(split, options.training_of(cell), data.feature_names)
    trained_at = time.perf_counter()
    front = approximate(trained.estimator, dataset=data, options=within_budget(data, options, cell))
    searched_at = time.perf_counter()
    designs = {"exact": front.exact} | ({"chosen": front.chosen} if front.chosen is not None else {})
    if options.verify:
        proven = front.chosen if options.formal else None
        designs = {name: _verified(each, name, formal=each is proven) for name, each in designs.items()}
    files = {name: design_files(design) for name, design in designs.items()}
    seconds = {
        "train": trained_at - started,
        "approximate": searched_at - trained_at,
        "verify": time.perf_counter() - searched_at,
        "total": time.perf_counter() - started,
    }
    record = {
        "format": CELL_FORMAT,
        "version": CELL_VERSION,
        "key": key,
        "cell": cell.to_json(),
        "data": front.exact.provenance.dataset.to_json() if front.exact.provenance.dataset else {},
        "training": _training(trained, options, cell),
        "metric": front.exact.accuracies.metric,
        "float": front.exact.accuracies.float_model,
        "exact": _figures(designs["exact"]),
        "chosen": _figures(designs["chosen"]) if "chosen" in designs else None,
        "notes": _notes(trained, front, designs),
        "cautions": list(front.exact.provenance.cautions),
        "options": options.facts_of(cell),
        "search": {name: front.log[name] for name in ("epochs", "found")},
        "versions": dict(front.exact.provenance.versions),
        "manifests": {name: text_digest(texts[MANIFEST]) for name, texts in files.items()},
        "seconds": {name: round(value, 3) for name, value in seconds.items()},
    }
    return Outcome(cell, record, designs=files)


def _training(trained: TrainedModel, options: SweepOptions, cell: Cell) -> dict[str, Any]:
    hidden = list(options.training_of(cell).hidden_layer_sizes) if trained.kind == "mlp" else []
    names = ("score_name", "train_score", "validation_score", "parameters")
    found = {name: getattr(trained, name) for name in names}
    return {"kind": trained.kind, "task": trained.task, "hidden": hidden, **found}


def _verified(design: Design, name: str, *, formal: bool) -> Design:
    start = time.perf_counter()
    found = design.verify(formal=formal, thorough=False, icarus_work=_ICARUS_WORK)
    if not found.agrees:
        raise VerificationError("the executors disagree", where=f"{name} design", got=found.counterexample)
    return design.with_verification(found, time.perf_counter() - start)


def _figures(design: Design) -> dict[str, Any]:
    facts = report(design)
    estimate, checks = facts["estimate"], facts["verification"]
    return {
        **{name: facts["accuracy"][name] for name in ("train", "test", "test_interval")},
        **{name: facts["system"][name] for name in ("area_mm2", "power_mw")},
        **{name: estimate[name] for name in ("static_power_mw", "delay_ms", "vdd")},
        "converters": facts["converters"]["model"],
        "power_source": facts["power_source"],
        "gates": facts["gates"],
        "edits": len(design.circuit.edits.edits),
        "verification": {name: checks[name]["status"] for name in ("simulator", "icarus", "formal")},
    }


def _notes(trained: TrainedModel, front: ParetoFront, designs: Mapping[str, Design]) -> list[str]:
    notes = [*trained.notes, *(note for design in designs.values() for note in design.notes)]
    if front.chosen is None:
        notes.append(unmet(front, front.constraint))
    return list(dict.fromkeys(notes))
