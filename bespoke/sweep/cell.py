"""One cell of a sweep: train, compile, approximate, verify, estimate; or design. It reads and writes no file."""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping
from typing import Any

from threadpoolctl import threadpool_limits

from bespoke.data import Dataset
from bespoke.errors import BespokeError, BespokeWarning
from bespoke.flow import Design, ParetoFront, approximate, unmet
from bespoke.sweep.designed import designed_outcome
from bespoke.sweep.duration import within_budget
from bespoke.sweep.findings import examined
from bespoke.sweep.options import DESIGN, Cell, SweepOptions
from bespoke.sweep.outcome import Outcome, outcome_of, seconds_between, verified
from bespoke.training import TrainedModel, train_model


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
            make = designed_outcome if cell.kind == DESIGN else _trained_outcome
            return make(cell, key, data, options)
    except BespokeError as error:
        return Outcome(cell, error=str(error))
    except MemoryError:
        return Outcome(cell, error="out of memory")
    except Exception as error:  # noqa: BLE001  a defect in one cell must not stop the others
        return Outcome(cell, error=" ".join(f"internal error: {type(error).__name__}: {error}".split()))


def _trained_outcome(cell: Cell, key: str, data: Dataset, options: SweepOptions) -> Outcome:
    started = time.perf_counter()
    split = data.split(options.approximate.compile.test_size, cell.seed)
    trained = train_model(split, options.training_of(cell), data.feature_names)
    trained_at = time.perf_counter()
    front = approximate(trained.estimator, dataset=data, options=within_budget(data, options, cell))
    searched_at = time.perf_counter()
    designs = {"exact": front.exact} | ({"chosen": front.chosen} if front.chosen is not None else {})
    if options.verify:
        proven = front.chosen if options.formal else None
        designs = {name: verified(each, name, formal=each is proven) for name, each in designs.items()}
    verified_at = time.perf_counter()
    designs, unknown = examined(designs, data, options.analyses)
    return outcome_of(
        cell,
        key,
        front.exact,
        designs,
        training=_training(trained, options, cell),
        float=front.exact.accuracies.float_model,
        notes=[*_notes(trained, front, designs), *unknown],
        options=options.facts_of(cell),
        search={name: front.log[name] for name in ("epochs", "found")},
        seconds=seconds_between(
            started, train=trained_at, approximate=searched_at, verify=verified_at, analyse=time.perf_counter()
        ),
    )


def _training(trained: TrainedModel, options: SweepOptions, cell: Cell) -> dict[str, Any]:
    hidden = list(options.training_of(cell).hidden_layer_sizes) if trained.kind == "mlp" else []
    names = ("score_name", "train_score", "validation_score", "parameters")
    found = {name: getattr(trained, name) for name in names}
    return {"kind": trained.kind, "task": trained.task, "hidden": hidden, **found}


def _notes(trained: TrainedModel, front: ParetoFront, designs: Mapping[str, Design]) -> list[str]:
    notes = [*trained.notes, *(note for design in designs.values() for note in design.notes)]
    if front.chosen is None:
        notes.append(unmet(front, front.constraint))
    return list(dict.fromkeys(notes))
