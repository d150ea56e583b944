"""Test vectors: every fault is shown, or no input shows it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from random_mapped import random_mapped, wide_library

from bespoke.cells import load_library
from bespoke.errors import ToolMissingError
from bespoke.faults import Rows, VectorOptions, find_vectors, single_fault_effects, stuck_at_faults, subject
from bespoke.faults import vectors as vectors_module
from bespoke.netlist import Instance, MappedNetlist, Port
from bespoke.sim import every_input, mapped_outputs

LIBRARY = wide_library()
EVERY = every_input((2, 4))


def changed(circuit, faults, words):
    """Classes whose faults change an output word on some vector."""
    good = mapped_outputs(circuit.netlist, circuit.library, words)[:, 0].astype(float)
    effects = single_fault_effects(circuit, faults, Rows(words, good))
    return set(faults.classes[effects.changed > 0].tolist())


@pytest.mark.oracle
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("exhaustive", [0, 16])
def test_all_that_can_be_shown_is_shown_by_few_vectors(
    seed: int, exhaustive: int, require_program: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    require_program("yosys-abc")
    monkeypatch.setattr(vectors_module, "MAX_EXHAUSTIVE_BITS", exhaustive)
    monkeypatch.setattr(vectors_module, "POOL", 4)  # so that there is something left to find
    monkeypatch.setattr(vectors_module, "BLOCKS", 1)
    monkeypatch.setattr(vectors_module, "NEARBY", 2)
    circuit = subject(random_mapped(np.random.default_rng(seed), LIBRARY, 25), LIBRARY)
    faults = stuck_at_faults(circuit)
    found = find_vectors(circuit, faults, VectorOptions(seed=seed))
    able = changed(circuit, faults, EVERY)
    assert set(found.detected.tolist()) == able == changed(circuit, faults, found.words)
    assert set(found.redundant.tolist()) == set(range(faults.class_count)) - able
    assert not len(found.undecided)
    for number in range(len(found.words)):
        assert changed(circuit, faults, np.delete(found.words, number, axis=0)) != able


def test_without_sat_what_random_vectors_leave_is_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object) -> None:
        raise ToolMissingError("no ABC")

    monkeypatch.setattr(vectors_module, "MAX_EXHAUSTIVE_BITS", 0)
    port = Port("a", (2,))
    # a AND (a OR a) has faults that nothing shows
    cells = (Instance("OR2X1", (2, 2), (3,)), Instance("AND2X1", (2, 3), (4,)))
    circuit = subject(MappedNetlist("redundant", "egfet", (port,), (Port("y", (4,)),), cells), load_library("egfet"))
    faults = stuck_at_faults(circuit)
    monkeypatch.setattr("bespoke.faults.miter.check_false", missing)
    found = find_vectors(circuit, faults)
    assert len(found.undecided) == faults.class_count - len(found.detected) > 0
    assert not len(found.redundant)
    assert sorted(found.words[:, 0].tolist()) == [0, 1]
