"""Exact robustness of trees and forests beside an independent checker, Veritas (Devos, Meert and Davis, ICML 2021)."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_digits, load_wine
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier

from bespoke import compile_model
from bespoke.model import LEAF, Sign
from bespoke.robustness import Device, changes_of_tree, radii

veritas = pytest.importorskip("veritas")
pytestmark = pytest.mark.oracle


def ensemble(model, score):
    """The model's trees in Veritas; ``score`` turns the vector of a leaf into a number."""
    found = veritas.AddTree(1, veritas.AddTreeType.REGR)
    for tree in model.stages[0].single():
        copy = found.add_tree()
        stack = [(0, copy.root())]
        while stack:
            node, place = stack.pop()
            if tree.feature[node] == LEAF:
                copy.set_leaf_value(place, float(score(tree.values[node])))
                continue
            copy.split(place, int(tree.feature[node]), float(tree.threshold[node]) + 0.5)
            stack += [(tree.left[node], copy.left(place)), (tree.right[node], copy.right(place))]
    return found


def greatest(found, word, radius):
    """The greatest output within a radius."""
    box = [veritas.Interval(float(value - radius), float(value + radius) + 0.25) for value in word.tolist()]
    search = veritas.Config(veritas.HeuristicType.MAX_OUTPUT).get_search(found, box)
    while search.steps(1000) == veritas.StopReason.NONE:
        pass
    return search.get_solution(0).output


def broken_at(model, words, largest, own):
    """Smallest radius with another class, 0 for none: another one wins by a higher score, or by an equal one before."""
    count = len(model.decision.classes)
    if model.decision == Sign((0, 1)):  # one score, and class 1 wins where it is above 0
        margins = {
            (0, 1): ensemble(model, lambda vector: vector[0]),
            (1, 0): ensemble(model, lambda vector: -vector[0]),
        }
    else:
        pairs = [(mine, other) for mine in range(count) for other in range(count) if mine != other]
        margins = {pair: ensemble(model, lambda vector, pair=pair: vector[pair[1]] - vector[pair[0]]) for pair in pairs}
    found = []
    for word, output in zip(words, own.tolist(), strict=True):
        reached = [
            any(
                greatest(margin, word, radius) >= (0 if other < mine else 1)
                for (mine, other), margin in margins.items()
                if mine == output
            )
            for radius in range(1, largest + 1)
        ]
        found.append(1 + reached.index(True) if True in reached else 0)
    return found


DATA = [(load_breast_cancer, 200), (load_wine, 178), (load_digits, 222)]


@pytest.mark.parametrize(("load", "count"), DATA)
def test_forests(load, count) -> None:
    features, targets = load(return_X_y=True)
    features = features[:, 2:9]
    forest = RandomForestClassifier(5, max_depth=3, random_state=0).fit(features, targets)
    design = compile_model(forest, features, targets, input_bits=4, model_inputs="raw")
    words = design.model.coding.quantise(features[:count])
    assert len(words) == count
    circuit = design.circuit
    device = Device(circuit.mapped, circuit.library, circuit.boundary, design.model.coding.bits)
    found = radii(device, words, 2)
    wanted = broken_at(design.model, words, 2, design.model.predict(words))
    assert found.broken.tolist() == wanted
    assert 0 < np.count_nonzero(wanted) < len(wanted)
    assert found.certain.tolist() == [2 if not radius else radius - 1 for radius in wanted]


@pytest.mark.parametrize(("load", "count"), DATA)
def test_single_trees(load, count) -> None:
    features, targets = load(return_X_y=True)
    features = features[:, :16]
    tree = DecisionTreeClassifier(max_depth=5, random_state=0).fit(features, targets)
    model = compile_model(tree, features, targets, input_bits=6, model_inputs="raw").model
    words = model.coding.quantise(features[:count])
    assert len(words) == count
    levels = changes_of_tree(model, words).levels
    others = [ensemble(model, lambda vector, own=own: vector[0] != own) for own in range(len(set(targets.tolist())))]
    for word, output, level in zip(words, model.predict(words).tolist(), levels.tolist(), strict=True):
        assert greatest(others[output], word, level) > 0
        assert not greatest(others[output], word, level - 1) > 0
