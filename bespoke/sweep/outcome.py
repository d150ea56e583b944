"""What comes of a cell: its record, its designs, and the figures of one design."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bespoke.errors import VerificationError
from bespoke.files import text_digest
from bespoke.flow import MANIFEST, Design, report
from bespoke.report.folder import design_files
from bespoke.sweep.options import Cell
from bespoke.sweep.store import CELL_FORMAT, CELL_VERSION, DESIGNS, Files

_ICARUS_WORK = 3_000_000  # gates times vectors, some 5 s; the simulator of bespoke runs all vectors


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a cell.

    Attributes
    ----------
    cell : Cell
    record : mapping
        Content of the cell's file; empty if it failed.
    error : str
        Why it failed, in one line, or empty.
    designs : mapping of str to mapping
        Files of the designs ``exact`` and ``chosen``.
    """

    cell: Cell
    record: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""
    designs: Mapping[str, Files] = field(default_factory=dict)


def outcome_of(cell: Cell, key: str, first: Design, designs: Mapping[str, Design], **facts: object) -> Outcome:
    """Outcome of a cell with what all records have.

    Parameters
    ----------
    cell : Cell
    key : str
    first : Design
        One whose data, versions and cautions are those of the cell.
    designs : mapping of str to Design
        By name: ``exact``, ``chosen``, as far as there are any.
    **facts
        What else the record says; ``seconds`` by stage.
    """
    files = {name: design_files(design) for name, design in designs.items()}
    record = {
        "format": CELL_FORMAT,
        "version": CELL_VERSION,
        "key": key,
        "cell": cell.to_json(),
        "data": first.provenance.dataset.to_json() if first.provenance.dataset else {},
        "metric": first.accuracies.metric,
        **{name: figures(designs[name]) if name in designs else None for name in DESIGNS},
        "cautions": list(first.provenance.cautions),
        "versions": dict(first.provenance.versions),
        "manifests": {name: text_digest(texts[MANIFEST]) for name, texts in files.items()},
        **facts,
    }
    return Outcome(cell, record, designs=files)


def seconds_between(started: float, **ends: float) -> dict[str, float]:
    """Seconds of stages that end one after the other, by name, and their total."""
    times = [started, *ends.values()]
    spent = {name: end - begun for (name, end), begun in zip(ends.items(), times, strict=False)}
    return {name: round(value, 3) for name, value in {**spent, "total": times[-1] - started}.items()}


def verified(design: Design, name: str, *, formal: bool) -> Design:
    """The design with what its verification found.

    Raises
    ------
    VerificationError
        If the executors disagree.
    """
    start = time.perf_counter()
    found = design.verify(formal=formal, thorough=False, icarus_work=_ICARUS_WORK)
    if not found.agrees:
        raise VerificationError("the executors disagree", where=f"{name} design", got=found.counterexample)
    return design.with_verification(found, time.perf_counter() - start)


def figures(design: Design) -> dict[str, Any]:
    """Figures of a design in a record."""
    facts = report(design)
    estimate, checks = facts["estimate"], facts["verification"]
    return {
        **{name: facts["accuracy"][name] for name in ("train", "test", "test_interval")},
        **{name: facts["system"][name] for name in ("area_mm2", "power_mw")},
        **{name: estimate[name] for name in ("static_power_mw", "delay_ms", "vdd")},
        "converters": facts["converters"]["model"],
        "power_source": facts["power_source"],
        "gates": facts["gates"],
        "edits": len(design.circuit.edits.edits),
        "analyses": dict(found for each in design.analyses.values() if (found := each.headline())),
        "verification": {name: checks[name]["status"] for name in ("simulator", "icarus", "formal")},
    }
