"""Analyses of circuits that hardly are any: without cells, with one output word for every input, of one feature."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from bespoke import analyse, compile_model
from bespoke.analysis import Shorts
from bespoke.errors import OptionError
from bespoke.flow import Design
from bespoke.flow.analyse import ANALYSES

X = np.arange(60.0)[:, None] % 2
Y = (X[:, 0] > 0.5).astype(int)
NOWHERE = np.full_like(X, 0.5)
CIRCUITS: dict[str, Any] = {
    "a wire": DecisionTreeClassifier(max_depth=1).fit(X, Y),
    "constant class": DecisionTreeClassifier(max_depth=1).fit(NOWHERE, Y),
    "constant value": DecisionTreeRegressor(max_depth=1).fit(NOWHERE, Y),
    "one bit": LogisticRegression().fit(X, Y),
}
WITHOUT_CELLS = {
    "faults": "There is no cell that could have a fault.",
    "several_faults": "There is no cell that could have a fault.",
    "shorts": "There are no two nets that meet at a cell.",
}


@cache
def circuit(kind: str) -> Design:
    return compile_model(CIRCUITS[kind], X, Y, input_bits=1, model_inputs="unit")


@pytest.mark.parametrize("kind", CIRCUITS)
@pytest.mark.parametrize("name", ANALYSES)
def test_every_analysis_has_a_finding(kind: str, name: str) -> None:
    design = circuit(kind)
    assert design.circuit.mapped.instances == ()
    asked: dict[str, Any] = {name: True, "samples": 20, "exact": design}
    if name == "robustness" and kind == "constant value":
        with pytest.raises(OptionError, match="needs labelled rows of a classifier"):
            analyse(design, X, Y, **asked)
        return
    (found,) = analyse(design, X, Y, **asked).analyses.values()
    assert json.dumps(found.to_json(), allow_nan=False)
    section = found.section()
    if name in WITHOUT_CELLS:
        assert section.remark == WITHOUT_CELLS[name]
    assert all(len(row) == len(section.head) for row in section.rows)
    assert all(found.files().values())
    assert found.headline() is None or found.headline().value is None or found.headline().value >= 0


@pytest.mark.slow
def test_shorts_say_what_rows_without_a_stable_value_count_as() -> None:
    levels = np.linspace(0, 1, 60)[:, None]
    for kind, word in ((DecisionTreeClassifier, "missed"), (DecisionTreeRegressor, "changed")):
        above = levels[:, 0] > 0.3
        model = kind(max_depth=1).fit(levels, above)
        design = compile_model(model, levels, above, input_bits=4, model_inputs="unit")
        shorts = analyse(design, levels, above, shorts=True).analyses["shorts"]
        assert isinstance(shorts, Shorts)
        assert shorts.section().remark.endswith(f"count as {word}.")
