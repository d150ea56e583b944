"""Published flows: what they choose keeps the limit, and they refuse models that they are not about."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.svm import SVC, LinearSVR
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from bespoke.errors import OptionError, UnsupportedModelError
from bespoke.flow import RECIPES, ParetoFront, approximate, verify_folder
from bespoke.flow.options import RECIPE_NAMES
from bespoke.model import Affine, Argmax, Compare, InputCoding, IntegerModel, Trees
from bespoke.report import save_front
from bespoke.report.reproduce import command_line

IRIS = load_iris(return_X_y=True)
BALANCE = np.array(list(product(range(1, 6), repeat=4)), dtype=np.float64)
SIDES = np.sign(BALANCE[:, 0] * BALANCE[:, 1] - BALANCE[:, 2] * BALANCE[:, 3]).astype(int)
LOSS = 0.02
QUICK: dict[str, Any] = {"population": 8, "islands": 1, "epochs": 2, "generations": 5, "finalists": 4, "jobs": 1}
ESTIMATORS: dict[str, tuple[Any, Any, Any]] = {
    "network": (MLPClassifier((2,), max_iter=150, random_state=1, learning_rate_init=0.03), *IRIS),
    "votes": (SVC(kernel="linear"), BALANCE, SIDES),
    "value": (LinearSVR(max_iter=5000, random_state=0), IRIS[0][:, :2], IRIS[0][:, 2]),
    "tree": (DecisionTreeClassifier(max_depth=4, random_state=0), *IRIS),
    "tree value": (DecisionTreeRegressor(max_depth=3, random_state=0), IRIS[0][:, :2], IRIS[0][:, 2]),
}
SUITED = {
    "alwann": ("network", "votes", "value"),
    "autoapprox": ("network", "votes", "value"),
    "date22": ("network", "votes"),
    "tc23": ("network", "votes", "value"),
    "isqed22": ("tree", "tree value"),
}
Allowed = Callable[[str, str], set[str]]


def front_of(recipe: str, kind: str, **settings: Any) -> ParetoFront:
    estimator, features, targets = ESTIMATORS[kind]
    fitted = make_pipeline(MinMaxScaler(), estimator).fit(features, targets)
    bits = {"input_bits": 4, "weight_bits": 8, "input_encoding": "floor"}
    return approximate(fitted, features, targets, **QUICK, **bits, max_loss=LOSS, recipe=recipe, **settings)


@cache
def found(recipe: str, kind: str) -> ParetoFront:
    return front_of(recipe, kind)


PAIRS = [(recipe, kind) for recipe, kinds in SUITED.items() for kind in kinds]


def test_every_recipe_is_tried() -> None:
    assert SUITED.keys() == RECIPES.keys() == set(RECIPE_NAMES)
    assert all(recipe.title and recipe.paper for recipe in RECIPES.values())


@pytest.mark.slow
@pytest.mark.parametrize("pair", PAIRS)
def test_the_chosen_design_keeps_the_limit_on_the_training_rows(pair: tuple[str, str], allowed: Allowed) -> None:
    front = found(*pair)
    exact, chosen = front.exact, front.chosen
    assert [row["exact"] for row in front.rows()].count(True) == 1
    assert exact.accuracies.train == pytest.approx(front.exact_score, abs=1e-3)
    assert chosen is not None
    assert chosen.accuracies.train is not None
    assert chosen.accuracies.train >= front.exact_score - LOSS - 1e-3
    assert chosen.estimate.area_mm2 <= exact.estimate.area_mm2
    assert any(design.estimate.area_mm2 < exact.estimate.area_mm2 for design in front.designs) or pair[1] == "votes"
    assert front.log["recipe"] == pair[0]
    verified = chosen.verify(thorough=False)
    assert verified.simulator.status == "agree"
    assert verified.icarus.status in allowed("agree", "iverilog")
    assert verified.formal.status in allowed("proven", "yosys-abc")


@pytest.mark.slow
def test_gates_are_tied_after_coefficients() -> None:
    fronts = [found("date22", kind) for kind in SUITED["date22"]]
    edited = [(front, design) for front in fronts for design in front.designs if design.circuit.edits.edits]
    assert edited  # the exact circuit of the votes is as small as any edited one
    for front, design in edited:
        assert {edit.literals for edit in design.circuit.edits.edits} <= {(0,), (1,)}
        weights = zip(*(model.all_stages(Affine, "test") for model in (front.exact.model, design.model)), strict=True)
        assert all(np.abs(before.weights - after.weights).max() <= 4 for before, after in weights)


@pytest.mark.slow
def test_comparators_have_two_to_eight_bits_and_are_moved_by_up_to_five() -> None:
    front = found("isqed22", "tree")
    bits = front.exact.model.coding.bits[0]
    exact = front.exact.model.only_stage(Trees, "test").tests()
    for design in front.designs:
        for feature, threshold in design.model.only_stage(Trees, "test").tests():
            # A threshold of b bits is one of 2**b levels: that of the exact one, moved by up to five levels.
            near = [
                abs((threshold + 1 >> bits - width) - (level + 1 >> bits - width)) <= 6
                for width in range(2, bits + 1)
                for known, level in exact
                if known == feature and (threshold + 1) % (1 << bits - width) == 0
            ]
            assert any(near)


@pytest.mark.slow
def test_a_recipe_has_its_folder_and_its_command(tmp_path: Path) -> None:
    front = found("date22", "votes")
    save_front(front, tmp_path / "out")
    for row in front.rows():
        verified = verify_folder(tmp_path / "out" / row["folder"], formal=False)
        assert verified.simulator.status == "agree"
        assert (tmp_path / "out" / row["folder"] / "edits.json").exists() == bool(row["edits"])
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert report["approximation"]["options"]["recipe"] == "date22"
    assert "date22" in command_line(report)
    # There was no search: no state to go on from, and no options of one on the page.
    assert not (tmp_path / "out" / "search.json").exists()
    page = (tmp_path / "out" / "front.html").read_text()
    assert "<dt>recipe</dt>" in page
    assert "<dt>population</dt>" not in page


@pytest.mark.slow
def test_a_recipe_can_be_repeated() -> None:
    for recipe, kind in (("date22", "votes"), ("isqed22", "tree"), ("alwann", "votes"), ("autoapprox", "votes")):
        again = front_of(recipe, kind)
        assert [design.to_verilog() for design in again.designs] == [
            design.to_verilog() for design in found(recipe, kind).designs
        ]


@pytest.mark.parametrize("recipe", ["alwann", "autoapprox", "date22", "tc23"])
def test_a_model_of_one_bit_has_nothing_to_change(recipe: str) -> None:
    bit = np.arange(20.0)[:, None] % 2
    fitted = make_pipeline(MinMaxScaler(), SVC(kernel="linear")).fit(bit, bit[:, 0])
    front = approximate(fitted, bit, bit[:, 0], **QUICK, input_bits=1, max_loss=LOSS, recipe=recipe)
    assert [design.accuracies.train for design in front.designs] == [1.0]


@pytest.mark.parametrize(
    ("recipe", "kind", "message"),
    [
        ("alwann", "tree", "alwann: needs other stages; got trees; allowed: affine"),
        ("autoapprox", "tree", "autoapprox: needs other stages; got trees; allowed: affine"),
        ("date22", "tree", "date22: needs other stages; got trees; allowed: affine"),
        ("date22", "value", "date22: the recipe needs classes; got a value; allowed: rounded outputs"),
        ("tc23", "tree", "tc23: needs other stages; got trees; allowed: affine"),
        ("isqed22", "network", "isqed22: needs other stages; got affine, affine; allowed: trees"),
    ],
)
def test_other_kinds_of_models_are_refused(recipe: str, kind: str, message: str) -> None:
    stages: list[str] = []
    with pytest.raises(UnsupportedModelError) as refused:
        front_of(recipe, kind, on_stage=stages.append)
    assert str(refused.value) == message
    assert stages == ["library", "quantise"]


CODING = InputCoding(("a", "b"), (3, 2), (0.0, 0.0), (8.0, 4.0))
WORDS = np.array([[a, b] for a in range(8) for b in range(4)])
BITS = Compare(np.array([0, 1]), np.array([3, 2]))
OTHERS: dict[str, IntegerModel] = {
    "forest": IntegerModel(
        CODING,
        (
            Trees(
                *np.array(
                    [[0, 3, 1, 2], [-1, 0, -1, -1], [-1, 0, -1, -1], [1, 1, 4, 5], [-1, 0, -1, -1], [-1, 0, -1, -1]]
                ).T,
                np.array([[0, 0], [2, 1], [0, 3], [0, 0], [1, 0], [0, 1]]),
                np.array([0, 3]),
            ),
        ),
        Argmax((0, 1)),
    ),
    "bits": IntegerModel(
        CODING, (BITS, Affine(np.array([[2, 1], [-1, 1]]), np.array([0, 1]), "identity", 0)), Argmax((0, 1))
    ),
}


@pytest.mark.parametrize(
    ("recipe", "kind"),
    [
        ("alwann", "bits"),
        ("autoapprox", "bits"),
        ("date22", "bits"),
        ("tc23", "bits"),
        ("tc23", "forest"),
        ("isqed22", "forest"),
    ],
)
def test_staged_models_are_refused(recipe: str, kind: str) -> None:
    model = OTHERS[kind]
    features = WORDS.astype(np.float64)
    with pytest.raises(UnsupportedModelError, match=f"^{recipe}: needs [^\n]+$"):
        approximate(model, features, model.predict(WORDS), **QUICK, recipe=recipe)


def test_an_unknown_recipe_is_refused_before_anything_is_done() -> None:
    stages: list[str] = []
    with pytest.raises(
        OptionError, match="recipe: unknown choice; got date23; allowed: alwann, autoapprox, date22, isqed22, tc23"
    ):
        front_of("date23", "votes", on_stage=stages.append)
    assert not stages


def test_metrics_that_do_not_suit_are_refused() -> None:
    with pytest.raises(OptionError, match="does not suit a classifier"):
        front_of("date22", "votes", metric="r2")
