"""Bit-parallel simulation of faults against one fault, one row and one cell at a time."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from published_faults import PublishedFaults
from random_mapped import random_mapped, wide_library

from bespoke.cells import CellLibrary
from bespoke.errors import NetlistError
from bespoke.faults import (
    Fault,
    Rows,
    fault_set_effects,
    faulty_tables,
    single_fault_effects,
    stuck_at_faults,
    subject,
)
from bespoke.faults import effects as effects_module
from bespoke.netlist import MappedNetlist, Port
from bespoke.sim import mapped_outputs

LIBRARY = wide_library()
WORDS = np.array([(a, b) for a in range(4) for b in range(16)])


def slow_outputs(netlist: MappedNetlist, library: CellLibrary, faults: tuple[Fault, ...]) -> np.ndarray:
    """Output words (unsigned) on `WORDS`, by the definition of a stuck pin."""
    stuck = {(fault.instance, fault.pin): fault.value for fault in faults}
    zero, bits = np.zeros(len(WORDS), np.int64), [WORDS[:, 0] >> at & 1 for at in range(2)]
    values = [zero, zero + 1, *bits, *(WORDS[:, 1] >> at & 1 for at in range(4))]
    for number, (name, fanins, _) in enumerate(netlist.instances):
        seen = [stuck.get((number, pin), values[net]) for pin, net in enumerate(fanins)]
        state = zero + sum(value << pin for pin, value in enumerate(seen))
        for pin, output in enumerate(library[name].outputs, start=len(fanins)):
            values.append(zero + stuck.get((number, pin), output.truth >> state & 1))
    return zero + sum(values[net] << bit for bit, net in enumerate(netlist.outputs[0].bits))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_single_faults_are_as_one_by_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    netlist = random_mapped(rng, LIBRARY)
    good = slow_outputs(netlist, LIBRARY, ())
    assert np.array_equal(good, mapped_outputs(netlist, LIBRARY, WORDS)[:, 0])
    circuit = subject(netlist, LIBRARY)
    faults = stuck_at_faults(circuit)
    targets = np.where(rng.random(len(WORDS)) < 0.8, good, good ^ 1).astype(float)
    found = single_fault_effects(circuit, faults, Rows(WORDS, targets))
    values = single_fault_effects(circuit, faults, Rows(WORDS, targets + 0.25, is_value=True))
    assert len(faults) == 2 * sum(len(LIBRARY[instance.cell].pins) for instance in netlist.instances)
    for number in range(len(faults)):
        outputs = slow_outputs(netlist, LIBRARY, (faults[number],))
        assert found.losses[number] == np.count_nonzero(outputs != targets)
        assert found.changed[number] == np.count_nonzero(outputs != good)
        assert values.losses[number] == np.sum((outputs - targets - 0.25) ** 2)
    assert found.base == np.count_nonzero(good != targets)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_faults_of_a_class_are_one_function(seed: int) -> None:
    netlist = random_mapped(np.random.default_rng(seed), LIBRARY)
    faults = stuck_at_faults(subject(netlist, LIBRARY))
    functions: dict[int, np.ndarray] = {}
    for number in range(len(faults)):
        outputs = slow_outputs(netlist, LIBRARY, (faults[number],))
        assert np.array_equal(functions.setdefault(int(faults.classes[number]), outputs), outputs)
    assert len(functions) == faults.class_count < len(faults)


@pytest.mark.parametrize("seed", range(4))
def test_sets_of_faults_are_as_one_by_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    netlist = random_mapped(rng, LIBRARY)
    circuit = subject(netlist, LIBRARY)
    faults = stuck_at_faults(circuit)
    chosen = [2 * rng.choice(len(faults) // 2, size, replace=False) + rng.integers(0, 2, size) for size in (2, 3, 9, 0)]
    targets = slow_outputs(netlist, LIBRARY, ()).astype(float)
    sets = [[(int(faults.sites[at]), int(faults.values[at])) for at in numbers] for numbers in chosen]
    found = fault_set_effects(circuit, sets * 2, Rows(WORDS, targets))
    for number, numbers in enumerate(chosen * 2):
        outputs = slow_outputs(netlist, LIBRARY, tuple(faults[int(at)] for at in numbers))
        assert found.losses[number] == found.changed[number] == np.count_nonzero(outputs != targets)


def test_rows_are_added_over_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    netlist = random_mapped(np.random.default_rng(1), LIBRARY)
    circuit = subject(netlist, LIBRARY)
    faults, rows = stuck_at_faults(circuit), Rows(WORDS, np.zeros(len(WORDS)))
    whole = single_fault_effects(circuit, faults, rows)
    monkeypatch.setattr(effects_module, "BLOCK_ROWS", 7)
    parts = single_fault_effects(circuit, faults, rows)
    assert whole.base == parts.base
    assert np.array_equal(whole.losses, parts.losses)
    assert np.array_equal(whole.changed, parts.changed)


def test_a_signed_output_is_a_number_below_zero() -> None:
    netlist = MappedNetlist("wire", "test", (Port("a", (2,)),), (Port("y", (2,), signed=True),), ())
    circuit = subject(netlist, LIBRARY)
    rows = Rows(np.array([[0], [1]]), np.array([0.0, -1.0]), is_value=True)
    assert single_fault_effects(circuit, stuck_at_faults(circuit), rows).base == 0
    stuck = fault_set_effects(circuit, [[(-1 - 2, 1)]], rows)
    assert (stuck.losses[0], stuck.changed[0]) == (1, 1)


def test_a_stuck_pin_of_a_cell() -> None:
    assert faulty_tables(LIBRARY["NAND2"], 0, 0) == faulty_tables(LIBRARY["NAND2"], 2, 1) == (0b1111,)
    assert faulty_tables(LIBRARY["NAND2"], 1, 1) == (0b0101,)
    assert faulty_tables(LIBRARY["FA"], 3, 0) == (0, LIBRARY["FA"].outputs[1].truth)


def test_an_output_word_of_over_62_bits_is_refused() -> None:
    netlist = MappedNetlist("wide", "test", (), (Port("y", (0,) * 63),), ())
    with pytest.raises(NetlistError, match="got 63; allowed: 62 bits"):
        subject(netlist, LIBRARY)


@pytest.mark.oracle
@pytest.mark.parametrize("design", ["axargmax", "bespoke"])
@pytest.mark.parametrize("data", ["balance_scale", "cardio", "seeds"])
def test_published_injections_have_the_published_accuracies(shared: Path, design: str, data: str) -> None:
    path = shared / "faults" / f"{design}_{data}.json"
    published = PublishedFaults.of(json.loads(path.read_text()))
    circuit = subject(published.netlist, published.library)
    for table in published.tables:
        found = fault_set_effects(circuit, published.sites(circuit, table), published.rows)
        accuracy = 100 * (1 - found.losses / len(published.rows))
        assert round(100 * (1 - found.base / len(published.rows)), 4) == table["fault_free"]
        assert np.round(accuracy, 4).tolist() == [fault[2] for fault in table["faults"]]
