"""Models of every type of stage become proven circuits, with folders and pages."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pages import check_page
from random_models import all_words, random_forest, random_shortcut, random_staged
from small_models import coding

from bespoke.flow import Design, EstimateOptions, compile_model, estimate_netlist, export_folder, report, verify_folder
from bespoke.model import (
    Affine,
    Argmax,
    Compare,
    Gates,
    IntegerModel,
    Label,
    Lookup,
    Sign,
    Table,
    Trees,
    Value,
    model_from_text,
)
from bespoke.netlist import NetlistBuilder
from bespoke.report import save_design

Allowed = Callable[[str, str], set[str]]
CODING = coding((4, 3, 2))
RANDOM = np.random.default_rng(12)
WEIGHTS = RANDOM.integers(-9, 10, (3, 5))


def gates() -> Gates:
    builder = NetlistBuilder("gates")
    a, b, c = (builder.add_input(f"f{number}", width).bits for number, width in enumerate((4, 3, 2)))
    odd = builder.xor(builder.xor(a[0], b[0]), c[0])
    builder.add_output("score", [odd, builder.or_(a[3], b[2]), builder.and_(c[1], b[1])], signed=True)
    return Gates(builder.build())


FOREST = Trees(
    feature=np.array([0, 1, -1, -1, -1, 2, -1, 0, -1, -1]),
    threshold=np.array([6, 2, 0, 0, 0, 1, 0, 9, 0, 0]),
    left=np.array([1, 2, -1, -1, -1, 6, -1, 8, -1, -1]),
    right=np.array([4, 3, -1, -1, -1, 7, -1, 9, -1, -1]),
    values=np.array(
        [[0, 0, 0], [0, 0, 0], [5, 0, 2], [0, 4, 1], [1, 1, 6], [0, 0, 0], [3, 0, 0], [0, 0, 0], [0, 6, 1], [2, 2, 7]]
    ),
    roots=np.array([0, 5]),
)
LEVELS = Compare(np.array([0, 0, 1, 1, 2]), np.array([5, 11, 2, 5, 2]))
SQUARES = Lookup(
    (
        Table(tuple((0, bit) for bit in range(4)), (np.arange(16) - 7) ** 2),
        Table(((1, 2), (2, 1), (0, 3)), RANDOM.integers(-9, 10, 8)),
        Table(((1, 0), (1, 1), (1, 2)), np.array([0, 3, 5, 6, 6, 5, 3, 0])),
    )
)
MODELS: dict[str, IntegerModel] = {
    "forest": IntegerModel(CODING, (FOREST,), Argmax(("a", "b", "c"))),
    "bits": IntegerModel(CODING, (LEVELS, Affine(WEIGHTS, np.array([3, 0, -2]), "identity", 0)), Argmax((0, 1, 2))),
    "steps": IntegerModel(
        CODING,
        (
            Affine(WEIGHTS[:, :3], np.array([-20, 9, 5]), "step", 0),
            Affine(np.array([[2, -3, 1]]), np.array([1]), "identity", 0),
        ),
        Sign(("no", "yes")),
    ),
    "tables": IntegerModel(
        CODING, (SQUARES, Affine(np.array([[1, -2, 3]]), np.array([5]), "identity", 2)), Value(frac_bits=2)
    ),
    "rounded tables": IntegerModel(CODING, (Lookup(SQUARES.tables[:1]),), Label((3, 4, 5, 6), 3)),
    "gates": IntegerModel(CODING, (gates(),), Sign((0, 1), inclusive=True)),
    "evolved": IntegerModel(
        CODING,
        (LEVELS, Lookup((Table(tuple((n, 0) for n in range(5)), RANDOM.integers(0, 4, 32)),))),
        Label((0, 1, 2, 3)),
    ),
}
WORDS = all_words(CODING.bits)


def data_of(model: IntegerModel) -> tuple[np.ndarray, np.ndarray]:
    """Features that stand for every input, with the model's answers."""
    features = (WORDS + 0.5) / (1 << np.array(CODING.bits))
    assert np.array_equal(model.coding.quantise(features), WORDS)
    return features, model.decision.decode(model.predict(WORDS))


@pytest.fixture(scope="module")
def designs() -> dict[str, Design]:
    return {name: compile_model(model, *data_of(model)) for name, model in MODELS.items()}


@pytest.mark.parametrize("name", MODELS)
def test_the_circuit_is_the_model(designs: dict[str, Design], name: str) -> None:
    design = designs[name]
    assert design.gate_count
    assert np.array_equal(design.outputs(WORDS), MODELS[name].predict(WORDS))
    assert len(set(design.outputs(WORDS).tolist())) > 1
    assert design.accuracies.test == design.accuracies.train == 1.0
    groups = design.estimate.groups.values()
    assert sum(share.count for share in groups) == design.gate_count


@pytest.mark.slow_unless("gates")
@pytest.mark.parametrize("name", MODELS)
def test_its_folder_is_proven(designs: dict[str, Design], name: str, allowed: Allowed, tmp_path: Path) -> None:
    design, folder = designs[name], tmp_path / "design"
    save_design(design, folder)
    found = verify_folder(folder)
    assert found.simulator.status == "agree"
    assert found.simulator.counts["vectors"] == len(WORDS)
    assert found.icarus.status in allowed("agree", "iverilog")
    assert found.formal.status in allowed("proven", "yosys-abc")
    assert found.notes == ()
    again = model_from_text((folder / "model.json").read_text())
    assert np.array_equal(again.predict(WORDS), MODELS[name].predict(WORDS))
    assert estimate_netlist(folder, EstimateOptions())["estimate"]["area_mm2"] == pytest.approx(
        design.estimate.area_mm2
    )
    assert export_folder(folder, ("aag",))
    check_page((folder / "report.html").read_text())
    json.dumps(report(design))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["forest", "tables", "evolved"])
def test_an_edited_folder_is_refuted(designs: dict[str, Design], name: str, tmp_path: Path) -> None:
    save_design(designs[name], tmp_path)
    data = json.loads((tmp_path / "model.json").read_text())
    stage = next(stage for stage in data["stages"] if stage["stage"] in ("trees", "lookup"))
    if stage["stage"] == "trees":
        stage["threshold"][0] += 1
    else:
        stage["tables"][0]["values"][0] ^= 1
    (tmp_path / "model.json").write_text(json.dumps(data))
    found = verify_folder(tmp_path)
    assert found.simulator.status == "refuted"
    assert found.formal.status == "refuted"
    assert found.counterexample is not None


@pytest.mark.slow_if("random_forest-[135]", "random_staged-[12]", "random_shortcut-[2-5]")
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("make", [random_forest, random_staged, random_shortcut])
def test_random_models_without_data(
    make: Callable[[np.random.Generator], IntegerModel], seed: int, allowed: Allowed
) -> None:
    design = compile_model(make(np.random.default_rng(seed + 100)))
    found = design.verify(thorough=False)
    assert found.simulator.status == "agree"
    assert found.icarus.status in allowed("agree", "iverilog")
    assert found.formal.status in allowed("proven", "yosys-abc")
