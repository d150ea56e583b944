"""One cell of a sweep whose model is looked for among all kinds, from the data: `bespoke design`."""

from __future__ import annotations

import time
from typing import Any

from bespoke.data import Dataset
from bespoke.families import float_score
from bespoke.flow import Answer, design_from_data
from bespoke.sweep.duration import design_within_budget
from bespoke.sweep.findings import examined
from bespoke.sweep.options import Cell, SweepOptions
from bespoke.sweep.outcome import Outcome, outcome_of, seconds_between, verified


def designed_outcome(cell: Cell, key: str, data: Dataset, options: SweepOptions) -> Outcome:
    """Result of a cell: the chosen circuit of an answer; there is no exact one that it is compared with."""
    started = time.perf_counter()
    answer = design_from_data(data, design_within_budget(data, options, cell))
    float_test = _float_test(answer, data, options, cell)
    searched_at = time.perf_counter()
    chosen = answer.chosen.design if answer.chosen else None
    if chosen and options.verify:
        chosen = verified(chosen, "chosen", formal=options.formal)
    first = chosen or answer.points[0].design
    verified_at = time.perf_counter()
    designs, unknown = examined({"chosen": chosen} if chosen else {}, data, options.analyses)
    return outcome_of(
        cell,
        key,
        first,
        designs,
        training=_training(answer),
        float=float_test,
        notes=[*first.notes, *([] if chosen else [answer.unmet]), *unknown],
        options=options.facts_of(cell),
        search={name: answer.log[name] for name in ("candidates", "circuits")},
        seconds=seconds_between(started, design=searched_at, verify=verified_at, analyse=time.perf_counter()),
    )


def _training(answer: Answer) -> dict[str, Any]:
    """The family of the chosen circuit, what is promised of it, and the float models, by cross-validation."""
    point = answer.chosen
    facts = {"kind": "design", "float_models": dict(answer.float_models)}
    if point is None:
        return facts
    chosen = {"family": point.family, "parameters": dict(point.parameters)}
    return facts | chosen | {"validated": point.validated, "promised": point.promised, "interval": point.interval}


def _float_test(answer: Answer, data: Dataset, options: SweepOptions, cell: Cell) -> float | None:
    """Test accuracy of the float model that is best by cross-validation."""
    if not answer.float_models:
        return None
    name = max(answer.float_models, key=lambda each: answer.float_models[each])
    split = data.split(options.design.compile.test_size, cell.seed)
    train, test = (split.train_features, split.train_targets), (split.test_features, split.test_targets)
    return float_score(name, train, test, cell.seed)
