"""What is said of the time in which outputs settle."""

from __future__ import annotations

import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

from bespoke import analyse, compile_model
from bespoke.errors import OptionError
from bespoke.flow import Design

X, Y = load_iris(return_X_y=True)


@pytest.fixture(scope="module")
def design() -> Design:
    return compile_model(LogisticRegression(max_iter=2000).fit(X, Y), X, Y, input_bits=4, model_inputs="raw")


def test_accuracy_before_and_after_settling(design: Design) -> None:
    found = analyse(design, X, Y, settling=True, period_ms=1.0).analyses["settling"].to_json()
    times = found["times"]
    assert found["delay_ms"] == design.estimate.delay_ms
    assert found["last_ms"]["p100"] <= found["delay_ms"]
    assert [each["ms"] for each in times] == sorted(each["ms"] for each in times)
    assert 1.0 in [each["ms"] for each in times]
    assert times[0]["right"] < 1 > times[0]["settled"]
    assert times[-1] == {"ms": found["delay_ms"], "settled": 1, "right": 1, "score": design.accuracies.test}
    shares = [each["settled"] for each in times]
    assert shares == sorted(shares)
    assert all(each["settled"] <= each["right"] for each in times)


def test_late_rows_at_a_period_are_told(design: Design) -> None:
    assert "settle late" not in analyse(design, X, Y, settling=True).analyses["settling"].section().remark
    late = analyse(design, X, Y, settling=True, period_ms=1.0).analyses["settling"]
    assert "At the period of 1 ms" in late.section().remark
    assert late.headline().value == pytest.approx(late.last_ms[0.95])
    assert late.toggles > 0


def test_cells_without_delays_are_refused(design: Design) -> None:
    from dataclasses import replace

    library = design.circuit.library
    untimed = {
        name: replace(cell, outputs=tuple(replace(pin, arcs=()) for pin in cell.outputs))
        for name, cell in library.cells.items()
    }
    circuit = replace(design.circuit, library=replace(library, cells=untimed))
    with pytest.raises(OptionError, match="settling: nothing settles without delays; got cell"):
        analyse(replace(design, circuit=circuit), X, Y, settling=True)
