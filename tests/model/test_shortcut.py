"""The tree in front of the stages and the decision of others."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from random_models import all_words, random_shortcut

from bespoke.cells import GateCosts, load_library
from bespoke.errors import ModelFileError
from bespoke.lowering import lower
from bespoke.model import (
    Affine,
    Argmax,
    Decision,
    Index,
    InputCoding,
    IntegerModel,
    Shortcut,
    Trees,
    Value,
    model_from_text,
    model_to_text,
)
from bespoke.proof import prove_lowered

CODING = InputCoding(("x", "mode"), (3, 2), (0.0, 0.0), (8.0, 4.0), controls=1)
SUMS = Affine(np.array([[1], [-1], [0]]), np.array([0, 7, 4]), "identity", 0)
RULE = Argmax(("a", "b", "c"))
NODES = np.array([(1, 0, 1, 2), (-1, 0, -1, -1), (1, 1, 3, 4), (0, 3, 5, 6), *[(-1, 0, -1, -1)] * 3])
VALUES = np.array([[0, 0], [0, 0], [0, 0], [0, 0], [1, 2], [1, 1], [0, 0]])
TREE = Trees(*NODES.T, VALUES)
STAGE = Shortcut(TREE, (SUMS,), 1, RULE)
MODEL = IntegerModel(CODING, (STAGE,), Index(RULE.classes))


def test_the_tree_answers_before_the_others() -> None:
    words = all_words(CODING.bits)
    alone = RULE.decide(SUMS.apply(words[:, :1]))
    x, mode = words.T
    right = np.where(mode == 0, alone, np.where(mode >= 2, 2, np.where(x <= 3, 1, alone)))
    assert np.array_equal(MODEL.predict(words), right)
    assert np.array_equal(STAGE.answered(words) > 0, (mode >= 2) | (mode == 1) & (x <= 3))


def test_levels_and_modes() -> None:
    assert STAGE.read_levels(CODING.intervals()) == (tuple(range(1, 8)), (1, 2))
    assert MODEL.mode_count == 3
    assert MODEL.parts == ((STAGE, SUMS), RULE)


@pytest.mark.parametrize("seed", range(30))
def test_levels_decide(seed: int) -> None:
    model = random_shortcut(np.random.default_rng(seed))
    words = all_words(model.coding.bits)[:4000]
    levels = model.stages[0].read_levels(model.coding.intervals())
    lowered = [
        np.array([0, *own])[np.searchsorted([0, *own], column, side="right") - 1]
        for own, column in zip(levels, words.T, strict=True)
    ]
    assert np.array_equal(model.predict(words), model.predict(np.array(lowered).T))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"tree": replace(TREE, values=VALUES[:, :1])}, "needs one tree of two numbers a leaf"),
        ({"tree": replace(TREE, values=VALUES + (NODES[:, :1] < 0) * [0, 1])}, "a leaf holds no answer"),
        ({"tree": replace(TREE, values=VALUES * 2)}, "a leaf holds no answer"),
        ({"tree": replace(TREE, values=VALUES * [1, 2])}, "a leaf holds no answer"),
        ({"stages": ()}, "needs stages and classes"),
        ({"decision": Value()}, "needs stages and classes"),
        ({"stages": (STAGE,)}, "needs stages and classes"),
        ({"read": 2}, "layer sizes do not fit"),
        ({"read": -1}, "reads inputs that do not exist"),
        ({"read": 3}, "reads inputs that do not exist"),
    ],
)
def test_what_does_not_fit_is_refused(fields: dict[str, object], message: str) -> None:
    with pytest.raises(ModelFileError, match=message):
        IntegerModel(CODING, (replace(STAGE, **fields),), Index(RULE.classes))  # type: ignore[arg-type]  on purpose


def test_a_shortcut_stands_alone() -> None:
    with pytest.raises(ModelFileError, match="a stage beside one that stands alone"):
        IntegerModel(CODING, (STAGE, Affine(np.array([[1]]), np.array([0]), "identity", 0)), Index(RULE.classes))
    inside = model_to_text(MODEL).replace('"stage": "affine"', '"stage": "shortcut"')
    with pytest.raises(ModelFileError, match="a shortcut inside a shortcut"):
        model_from_text(inside)


def test_a_leaf_of_a_file_has_no_children_and_one_of_the_answers() -> None:
    data = json.loads(model_to_text(MODEL))
    tree = data["stages"][0]["tree"]
    place = tree["feature"].index(-1)
    tree["values"][place], tree["left"][place] = [2, 0], 0
    with pytest.raises(ModelFileError, match="a leaf has children"):
        model_from_text(json.dumps(data))
    tree["left"][place] = -1
    with pytest.raises(ModelFileError, match="a leaf holds no answer"):
        model_from_text(json.dumps(data))


@pytest.mark.parametrize("bound", [10**6, -5, 2**61])
def test_modes_are_within_the_range_of_the_control(bound: int) -> None:
    tree = replace(TREE, threshold=np.where(NODES[:, 0] == 1, bound, TREE.threshold))
    assert replace(MODEL, stages=(replace(STAGE, tree=tree),)).mode_count == 1


@pytest.mark.parametrize("decision", [Value(), Index(("x", "y", "z"))])
def test_the_decision_is_the_class_inside(decision: Decision) -> None:
    with pytest.raises(ModelFileError, match="not the classes inside the stage"):
        IntegerModel(CODING, (STAGE,), decision)


@pytest.mark.parametrize("number", [0, 1, 2, 3])
def test_hints_may_be_wider_than_words(number: int) -> None:
    lowered = lower(MODEL, GateCosts.of(load_library("egfet")))
    key = ("inner", 0, number)
    padded = replace(
        lowered.certificate, words={**lowered.certificate.words, key: (*lowered.certificate.words[key], 0, 0)}
    )
    assert prove_lowered(MODEL, lowered.netlist, padded).status == "proven"
    wrong = {**lowered.certificate.words, key: (*lowered.certificate.words[key], 1)}
    found = prove_lowered(MODEL, lowered.netlist, replace(lowered.certificate, words=wrong))
    assert found.status == "not finished"
