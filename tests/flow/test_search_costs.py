"""What pruning believes that input bits cost is what the converters of a circuit that reads them cost."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

from bespoke.converters import Reading, converter_cost
from bespoke.flow import approximate, compile_model, searched
from bespoke.flow.search_costs import input_costs, level_costs
from bespoke.flow.sensors import encoder_gate, gate_power_mw

X, Y = load_iris(return_X_y=True)
BITS = 3


def costs_of(inputs: str, converters: str) -> tuple[Any, Any]:
    fitted = LogisticRegression(max_iter=1000).fit(X, Y)
    design = compile_model(fitted, X, Y, inputs=inputs, input_bits=BITS, converters=converters)
    case = SimpleNamespace(exact=design, library=design.circuit.library, options=SimpleNamespace(saves_power=True))
    return design, input_costs(level_costs(cast("Any", case)), design.circuit.boundary, X.shape[1])


@pytest.mark.parametrize(("inputs", "converters"), [("unary", "date24"), ("unary", "esl24"), ("binary", "esl24")])
def test_costs_of_read_bits_are_those_of_the_converters(inputs: str, converters: str) -> None:
    design, costs = costs_of(inputs, converters)
    boundary, library = design.circuit.boundary, design.circuit.library
    widths = [
        sum(width for _, width in code.ports(name)) for name, code in zip(boundary.names, boundary.codes, strict=True)
    ]
    count, rng = sum(widths), np.random.default_rng(0)
    for _ in range(20):
        used = rng.random(count) < 0.4
        if inputs == "binary":  # all bits from the lowest that is read on are counted
            used = np.concatenate([np.maximum.accumulate(part) for part in np.split(used, np.cumsum(widths)[:-1])])
        parts = np.split(used, np.cumsum(widths)[:-1])
        readings = [
            Reading(name, code.bits, code.levels_for(part.tolist()), code.encoded_for(part.tolist()))
            for name, code, part in zip(boundary.names, boundary.codes, parts, strict=True)
        ]
        found = converter_cost(design.converters.model, readings, encoder_gate(library))
        read = set(np.flatnonzero(used).tolist())
        assert costs.gain(read, read, ()) * gate_power_mw(library) == pytest.approx(found.power_mw)


def test_without_converters_inputs_cost_nothing() -> None:
    assert costs_of("unary", "none")[1] is None


@pytest.mark.slow
def test_they_are_found_once_for_all_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    monkeypatch.setattr(searched, "level_costs", lambda case: found.append(case) or level_costs(case))
    quick = {"population": 8, "islands": 1, "epochs": 2, "generations": 5, "finalists": 4, "jobs": 1}
    fitted = LogisticRegression(max_iter=1000).fit(X, Y)
    front = approximate(fitted, X, Y, **quick, inputs="unary", input_bits=BITS, converters="date24", max_loss=0.02)
    assert any(design.circuit.edits.edits for design in front.designs)
    assert len(found) == 1
