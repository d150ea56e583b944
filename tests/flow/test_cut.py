"""The choice between the answers of a tree and of what stands behind it, of cells of its own."""

from __future__ import annotations

import numpy as np
import pytest
from random_models import all_words, random_shortcut
from small_models import svm

from bespoke.approx import NO_TREE, answering, with_shortcut
from bespoke.cells import GateCosts, load_library
from bespoke.estimate import idle_cells
from bespoke.flow import compile_model
from bespoke.flow.cut import before, behind, needed
from bespoke.lowering import lower
from bespoke.netlist import MappedNetlist
from bespoke.sim import simulate_mapped
from bespoke.techmap import map_cheapest

EGFET = load_library("egfet")
LARGE = svm([[5, -3], [1, 7], [-6, 2]], [0, 20, 30], bits=(4, 4))


def cone(mapped: MappedNetlist, nets: set[int]) -> list[bool]:
    """Which instances some nets depend on."""
    found = []
    for instance in reversed(mapped.instances):
        found.append(not nets.isdisjoint(instance.fanouts))
        nets |= set(instance.fanins) if found[-1] else set()
    return found[::-1]


# Models whose circuits choose by a net that says whether the tree answers.
CHOOSING = (2, 3, 7, 10, 20, 23, 36, 39, 41, 46, 53, 55, 59, 68, 76, 78, 79, 84, 88, 90)


@pytest.mark.slow_if("[4-9]?")
@pytest.mark.parametrize("seed", CHOOSING)
def test_no_cell_that_stays_on_depends_on_the_others(seed: int) -> None:
    model = random_shortcut(np.random.default_rng(seed))
    lowered = lower(model, GateCosts.of(EGFET))
    cut = needed(lowered.netlist, lowered.cut)
    first, last = before(lowered.netlist, cut), behind(lowered.netlist, cut)
    mapped = map_cheapest([first], EGFET)
    whole = mapped.followed_by(map_cheapest([last], EGFET))
    words = all_words(model.coding.bits)[:3000]
    found = simulate_mapped(whole, EGFET, words).outputs[:, 0]
    assert np.array_equal(found, model.predict(words))
    nets = dict(zip(cut, mapped.outputs[0].bits, strict=True))
    answers, answer = (lowered.certificate.words["inner", 0, number] for number in (0, 1))
    assert answers[0] in nets
    idle = idle_cells(whole, EGFET, {nets[answers[0]]: 1})
    tree = cone(mapped, {nets[bit] for bit in (*answers, *answer) if bit in nets})
    assert all(off or on for off, on in zip(idle, tree, strict=False))


def test_a_tree_that_always_answers_is_the_circuit() -> None:
    columns = tuple(np.array(column) for column in ([0, -1, -1], [7, 0, 0], [1, -1, -1], [2, -1, -1]))
    design = compile_model(with_shortcut(LARGE, answering(columns, np.array([0, 2, 1]))))
    assert design.gate_count <= 2
    assert design.verify(thorough=False).agrees


def test_a_tree_that_never_answers_leaves_the_circuit_as_it_was() -> None:
    plain, never = compile_model(LARGE), compile_model(with_shortcut(LARGE, NO_TREE))
    assert never.gate_count == plain.gate_count
    assert never.verify(thorough=False).agrees
