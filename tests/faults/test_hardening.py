"""Copies of cells keep the function, and what is copied is the best choice."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from random_mapped import random_mapped, wide_library

from bespoke.cells import load_library
from bespoke.faults import Hardening, Plan, Rows, single_fault_effects, stuck_at_faults, subject, voters, with_copies
from bespoke.faults.copies import VOTES
from bespoke.netlist import MappedNetlist
from bespoke.sim import mapped_outputs

LIBRARY = wide_library()
WORDS = np.array([(a, b) for a in range(4) for b in range(16)])


def border(netlist: MappedNetlist, copied: np.ndarray) -> list[int]:
    """Nets of copied cells that a cell without copies reads, or that are outputs."""
    own = {net for at in np.flatnonzero(copied) for net in netlist.instances[at].fanouts}
    read = {net for at in np.flatnonzero(~copied) for net in netlist.instances[at].fanins}
    return sorted(own & (read | {net for port in netlist.outputs for net in port.bits}))


def hardening(seed: int, most_loss: float = 3.0) -> Hardening:
    netlist = random_mapped(np.random.default_rng(seed), LIBRARY)
    wanted = mapped_outputs(netlist, LIBRARY, WORDS)[:, 0].astype(float)
    return Hardening(subject(netlist, LIBRARY), Rows(WORDS, wanted), most_loss)


@pytest.mark.parametrize("seed", range(6))
def test_copies_keep_the_function_and_the_netlist_without_any_is_the_same(seed: int) -> None:
    rng = np.random.default_rng(seed)
    netlist, known = random_mapped(rng, LIBRARY), voters(LIBRARY)
    copied = rng.random(len(netlist.instances)) < 0.6
    plan = Plan(copied, {net: str(rng.choice(VOTES)) for net in border(netlist, copied)})
    made = with_copies(netlist, plan, known)
    assert np.array_equal(mapped_outputs(made.netlist, LIBRARY, WORDS), mapped_outputs(netlist, LIBRARY, WORDS))
    assert len(made.origins) == len(made.netlist.instances)
    for at, instance in zip(made.origins, made.netlist.instances, strict=True):
        assert at < 0 or netlist.instances[at].cell == instance.cell
    none = with_copies(netlist, Plan(np.zeros(len(copied), dtype=bool), {}), known).netlist
    assert np.array_equal(mapped_outputs(none, LIBRARY, WORDS), mapped_outputs(netlist, LIBRARY, WORDS))
    assert len(none.instances) <= len(netlist.instances)


def test_voters_are_what_their_names_say() -> None:
    library = load_library("egfet")
    for vote, voter in voters(library).items():
        words = np.arange(2**voter.copies)[:, None]
        ones = np.array([int(word).bit_count() for word in words[:, 0]])
        wanted = {"first": ones > 0, "both": ones > 1, "either": ones > 0, "majority": ones > 1}[vote]
        assert np.array_equal(mapped_outputs(voter.netlist, library, words)[:, 0], wanted)
        areas = [library[instance.cell].area_mm2 for instance in voter.netlist.instances]
        assert voter.area_mm2 == pytest.approx(sum(areas))
        assert voter.fatal_mm2((False, False)) == 0.0
        assert sum(voter.flaws_mm2.values()) == pytest.approx(voter.fatal_mm2((True, True)))
        assert voter.fatal_mm2((True, True)) <= voter.area_mm2


@pytest.mark.parametrize("seed", range(4))
def test_no_single_fault_of_a_triplicated_cell_shows(seed: int) -> None:
    made = hardening(seed, most_loss=0.0).triplicated()
    circuit = subject(made.copied.netlist, LIBRARY)
    faults = stuck_at_faults(circuit)
    wanted = mapped_outputs(made.copied.netlist, LIBRARY, WORDS)[:, 0].astype(float)
    changed = single_fault_effects(circuit, faults, Rows(WORDS, wanted)).changed > 0
    assert {made.copied.origins[at] for at in faults.instances[changed].tolist()} <= {-1}
    assert made.plan.copied.all()


@pytest.mark.slow
@pytest.mark.parametrize("copies", [2, 3])
@pytest.mark.parametrize("seed", range(4))
def test_what_is_copied_is_the_best_of_all_choices(seed: int, copies: int) -> None:
    ways = hardening(seed)
    areas, fatal, harms = ways._own
    few = len(areas) - 9  # the last cells: all choices of more are too many

    def cost(copied: np.ndarray, price: float) -> float:
        votes = sum(
            ways._voting(vote, harms[net], price, copies) for net, vote in ways._plan(copied, harms).votes.items()
        )
        return float(fatal[~copied].sum() + price * (copies - 1) * areas[copied].sum() + votes)

    for price in (0.0, 0.1, 0.3):
        best = cost(ways._chosen(price, copies, harms), price)
        for choice in itertools.product((False, True), repeat=9):
            assert best <= cost(np.array([False] * few + list(choice)), price) + 1e-4


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_forms_have_less_and_less_fatal_area_for_more_and_more_area(seed: int) -> None:
    ways = hardening(seed)
    forms, netlist = ways.forms(), ways.circuit.netlist
    areas, fatal = [form.area_mm2 for form in forms], [form.fatal_mm2 for form in forms]
    assert areas == sorted(areas)
    assert fatal[:-1] == sorted(fatal[:-1], reverse=True)
    assert forms[-1].plan.copied.all()
    for form in forms:
        assert form.fatal_mm2 <= ways.fatal_mm2
        assert form.area_mm2 == pytest.approx(
            sum(LIBRARY[each.cell].area_mm2 for each in form.copied.netlist.instances)
        )
        found = mapped_outputs(form.copied.netlist, LIBRARY, WORDS)
        assert np.array_equal(found, mapped_outputs(netlist, LIBRARY, WORDS))
