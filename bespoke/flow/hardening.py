"""Hardened forms of a design: the same function, with copies of the cells whose faults matter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from bespoke.analysis import CopiedCells
from bespoke.cells import CellLibrary
from bespoke.faults import Hardened, Hardening, chance_of_none, subject
from bespoke.flow.compile import Stages, measured_design
from bespoke.flow.design import Design
from bespoke.flow.options import MM2_PER_CM2, CompileOptions, Constraint, PrintedOptions
from bespoke.flow.sources import Source
from bespoke.flow.yields import judged_rows, with_yield

_STEP = 1.03  # area over that of the last form that is shown from which another one is
_MOST = 5


def hardened_designs(
    design: Design,
    source: Source,
    library: CellLibrary,
    options: CompileOptions,
    printed: PrintedOptions,
    limits: Constraint,
) -> list[Design]:
    """Some hardened forms of a design by rising area, with their yields on the training rows.

    With a limit on the yield the last one is the smallest of all forms that keeps it, if one does. None of a design
    without cells, and none where the limit is kept without.

    Parameters
    ----------
    design : Design
    source : Source
        Of the design.
    library : CellLibrary
        Whose cells voters are made of.
    options : CompileOptions
    printed : PrintedOptions
        With a density of defects.
    limits : Constraint
    """
    circuit, train = design.circuit, source.train
    enough = limits.min_yield is not None and design.keeps(Constraint(min_yield=limits.min_yield))
    if not printed.harden or train is None or not circuit.gate_count or enough:
        return []
    judged = judged_rows(circuit.boundary, design.model.decision, train, "training rows")
    hardening = Hardening(subject(circuit.mapped, library), judged.rows, printed.tolerance * judged.unit)
    found: list[Design] = []
    for form in _worth_it(hardening, printed, limits.min_yield):
        hard = replace(circuit, mapped=form.copied.netlist)
        made = measured_design(hard, source, options, Stages())
        copies = _copies(design, hardening, form)
        made = with_yield(replace(made, analyses={copies.name: copies}), train, printed)
        keeps = limits.min_yield is not None and made.keeps(Constraint(min_yield=limits.min_yield))
        if keeps or not found or form.area_mm2 >= _STEP * found[-1].estimate.area_mm2:
            found.append(made)
        if keeps:
            break
    return found


def _worth_it(hardening: Hardening, printed: PrintedOptions, least: float | None) -> Iterator[Hardened]:
    """Forms whose single faults leave as much of the yield as is asked for; without a limit a few evenly."""
    forms, density = hardening.forms(), (printed.defects or 0.0) / MM2_PER_CM2
    if least is None:
        wanted = [hardening.fatal_mm2 * (1.0 - step / _MOST) for step in range(1, _MOST)]
        chosen = [next((form for form in forms if form.fatal_mm2 <= most), forms[-1]) for most in wanted]
        yield from {id(form): form for form in (*chosen, forms[-1])}.values()
        return
    yield from (form for form in forms if chance_of_none(density * form.fatal_mm2, printed.clustering) >= least)


def _copies(design: Design, hardening: Hardening, form: Hardened) -> CopiedCells:
    votes = Counter(form.plan.votes.values())
    return CopiedCells(
        cells=len(form.copied.netlist.instances),
        cells_before=design.gate_count,
        copied=int(form.plan.copied.sum()),
        votes={str(vote): count for vote, count in sorted(votes.items())},
        area_mm2=form.area_mm2,
        area_before_mm2=design.estimate.area_mm2,
        fatal_mm2=form.fatal_mm2,
        fatal_before_mm2=hardening.fatal_mm2,
    )
