"""With converters, fronts and what is chosen from them are of the whole system."""

from __future__ import annotations

import pytest
from sklearn.datasets import load_iris
from sklearn.tree import DecisionTreeClassifier

from bespoke.drawing import front_table
from bespoke.errors import ConstraintError
from bespoke.flow import ParetoFront, approximate

X, Y = load_iris(return_X_y=True)
QUICK = {"population": 8, "islands": 1, "epochs": 1, "generations": 2, "finalists": 4, "jobs": 1}


@pytest.fixture(scope="module")
def front() -> ParetoFront:
    tree = DecisionTreeClassifier(max_depth=4, random_state=0).fit(X, Y)
    settings = {"input_bits": 4, "inputs": "unary", "converters": "date24", "minimise": "power", "max_loss": 0.05}
    return approximate(tree, X, Y, **settings, **QUICK, search_seed=1)


@pytest.mark.slow
def test_rows_are_totals_and_say_what_converters_take(front: ParetoFront) -> None:
    assert len(front.rows()) > 1
    for row in front.rows():
        design = front.designs[row["number"] - 1] if row["number"] else front.exact
        assert row["gates"] == design.gate_count
        # Gates that are pruned may leave a port that nothing reads: no converter is printed for it.
        mapped = design.circuit.mapped
        read = {net for cell in mapped.instances for net in cell.fanins}.union(*(port.bits for port in mapped.outputs))
        assert row["levels"] == sum(not read.isdisjoint(port.bits) for port in mapped.inputs) > 0
        assert row["power_mw"] == pytest.approx(design.estimate.power_mw + row["converter_power_mw"])
        assert row["area_mm2"] == pytest.approx(design.estimate.area_mm2 + row["converter_area_mm2"])
        assert row["converter_power_mw"] > design.estimate.power_mw
    columns, _ = front_table(front.rows())
    assert {">levels", ">converters"} <= {*columns}
    plain = [{**row, "converter_power_mw": 0.0} for row in front.rows()]
    assert not {">levels", ">converters"} & {*front_table(plain)[0]}


@pytest.mark.slow
def test_limits_and_choices_are_of_the_whole(front: ParetoFront) -> None:
    kept = [point for point in front.points if point.gain >= -0.05]
    assert front.chosen is min(kept, key=lambda point: point.design.system.power_mw).design
    least = min(design.system.power_mw for design in front.designs)
    assert front.best(max_power_mw=least).system.power_mw == least
    with pytest.raises(ConstraintError, match="coolest"):
        front.best(max_power_mw=0.99 * least)
    source = min(front.designs, key=lambda design: design.system.power_mw)
    assert source.estimate.power_mw < 0.99 * least
