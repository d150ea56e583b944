"""What the files of a design state, beside what is found anew from its model, netlist, stimuli and library.

The labels of the data are in no file: of the scores only those of the test part are compared, with the confusion of the
circuit in each mode, and that with what the circuit answers on the rows of the vectors.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from reprlib import Repr
from typing import Any, NamedTuple

import numpy as np

from bespoke.cells import built_in_library
from bespoke.converters import converter_names, load_converters
from bespoke.errors import BespokeError, OutputError, StimuliError
from bespoke.estimate import estimate
from bespoke.files import text_digest
from bespoke.flow.circuit import Reference
from bespoke.flow.compared import Sources
from bespoke.flow.explained import rule_facts
from bespoke.flow.folder import REPORT, StoredDesign, decoded
from bespoke.flow.idle_power import Powered
from bespoke.flow.modes import words_in_mode
from bespoke.flow.records import Stimuli
from bespoke.flow.sensors import System, sensor_side
from bespoke.flow.stage_facts import coefficients
from bespoke.flow.stated_analyses import Evidence, right_analyses
from bespoke.flow.texts import MANIFEST, analyses_report, drawn_circuit, interface, model_facts, plain, technology_facts
from bespoke.flow.vectors import STIMULI
from bespoke.model import Boundary, IntArray, model_digest, model_to_text
from bespoke.numeric import clopper_pearson
from bespoke.sim import simulate_mapped
from bespoke.verilog import VECTORS_FILE, model_ports, write_cells, write_testbench

TESTBENCH = "testbench.v"
_CLOSE = 1e-6  # relative: sums of floats in another order
_SHORT = Repr()
_SHORT.maxstring = _SHORT.maxother = 80
_OLD_NAMES = {"cuts": "edits"}


class Fact(NamedTuple):
    """What a file states, and what is right."""

    where: str
    stated: Any
    right: Any


def differences(design: StoredDesign, sources: Sources, rows: IntArray | None) -> list[str]:
    """A line for each difference between what the files of a folder state and what is right.

    Parameters
    ----------
    design : StoredDesign
    sources : Sources
        Its texts.
    rows : ndarray of int64, shape (n_rows, n_features), optional
        Input words of the vectors file; None if it could not be read.

    Raises
    ------
    OutputError
        If a file is malformed.
    """
    facts = [*_of_texts(design, rows), *_of_library(design)]
    try:
        facts += _of_manifest(design, rows)
        if design.report:
            facts += [*_of_report(design), *_of_converters(design)]
            facts += [*_of_scores(design, sources.reference, rows), *_of_rules(design, sources.reference)]
        facts += _of_netlist(design, sources, rows)
    except StimuliError as error:
        return [*_lines(facts), str(error)]
    except OutputError:
        raise
    except BespokeError as error:
        return [*_lines(facts), *([str(error)] if _is_read(design) else [])]
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, ArithmeticError) as error:
        raise OutputError("not what bespoke states of a design", where=str(design.folder), got=repr(error)) from None
    return _lines(facts)


def _is_read(design: StoredDesign) -> bool:
    """Whether the netlist can be read; that it cannot the simulator says."""
    try:
        return bool(design.circuit)
    except BespokeError:
        return False


def _of_manifest(design: StoredDesign, rows: IntArray | None) -> Iterator[Fact]:
    model, boundary, manifest = design.model, design.boundary, design.manifest
    found = plain(interface(model, boundary, model_ports(model, boundary)))
    found |= {"technology": technology_facts(design.library)}
    digests = {"netlist": text_digest(design.texts["netlist.v"])}
    if design.texts["model.json"] == model_to_text(model):  # earlier versions wrote another text
        digests["model"] = model_digest(model)
    found["digests"] = digests
    if rows is not None:
        found |= {"vectors": {"file": VECTORS_FILE, "count": len(rows)}}
    yield Fact(MANIFEST, manifest, found)


def _of_texts(design: StoredDesign, rows: IntArray | None) -> Iterator[Fact]:
    path, ports = design.folder / TESTBENCH, model_ports(design.model, design.boundary)
    if rows is not None and path.is_file():
        text = path.read_text(encoding="utf-8", errors="replace")
        yield Fact(TESTBENCH, _text_of(text), _text_of(write_testbench(ports, len(rows))))


def _text_of(text: str) -> dict[str, str]:
    return {f"line {number}": line for number, line in enumerate(text.splitlines(), start=1)}


def _of_library(design: StoredDesign) -> Iterator[Fact]:
    """Cells of a technology that comes with bespoke, as it has them."""
    library = design.library
    own = built_in_library(library.name, library.vdd)
    for name, cell in library.cells.items() if own else ():
        known = own.cells.get(name) if own else None
        is_same = known is not None and replace(known, reserved="") == replace(cell, reserved="")
        yield Fact(f"library.json, {name}", is_same, right=True)


def _of_report(design: StoredDesign) -> Iterator[Fact]:
    report, manifest = design.report, design.manifest
    right = plain({"model": model_facts(design.model), "coefficients": coefficients(design.model)})
    right |= {name: manifest[name] for name in ("dataset", "stimuli", "seed", "digests") if name in manifest}
    yield Fact(REPORT, report, right)
    whole = report.get("system", {})
    if isinstance(whole, Mapping) and "converters" in report:
        parts = report["estimate"], report["converters"]
        area = sum(part["area_mm2"] for part in parts)
        powers = [part["power_mw"] for part in parts]
        power = None if None in powers else sum(powers)
        found = System(area, power).to_json()
        yield Fact(REPORT, report, {"system": found, "power_source": found["power_source"]})


def _of_converters(design: StoredDesign) -> Iterator[Fact]:
    """What the circuit reads of each feature, and what that costs with converters that come with bespoke."""
    name, mapped = design.report.get("options", {}).get("converters"), design.circuit.mapped
    has_ports = [len(port.bits) for port in mapped.inputs] == [bits for _, bits in design.boundary.ports()]
    if has_ports and name in converter_names() and "converters" in design.report:
        found = sensor_side(mapped, design.boundary, design.model, design.library, load_converters(name))
        yield Fact(REPORT, design.report, {"converters": plain(found.to_json())})


def _of_scores(design: StoredDesign, reference: Reference, rows: IntArray | None) -> Iterator[Fact]:
    """The score of the test part, and the classes that the circuit puts out on it."""
    report = design.report
    confusion, scores = report.get("confusion", {}), report.get("accuracy", {})
    circuit = confusion.get("circuit", {}) if isinstance(confusion, Mapping) else {}
    if not circuit or confusion.get("rows") != "test" or scores.get("metric") != "accuracy":
        return
    counts = _counts(circuit["counts"])
    right, count = int(np.trace(counts)), int(circuit["rows"])
    interval = list(clopper_pearson(right, count))
    yield Fact(
        f"{REPORT}, confusion.circuit", circuit, {"right": right, "rows": int(counts.sum()), "interval": interval}
    )
    yield Fact(f"{REPORT}, accuracy", scores, {"test": right / count, "test_interval": interval, "test_rows": count})
    tested = _tested(design, rows)
    if tested is None or len(tested) != counts.sum():
        return
    answers = np.bincount(reference.outputs(tested), minlength=len(counts)).tolist()
    yield Fact(f"{REPORT}, confusion.circuit", {"answers": counts.sum(axis=0).tolist()}, {"answers": answers})
    yield from _of_modes(design, reference, tested, counts.sum(axis=1).tolist())


def _of_modes(design: StoredDesign, reference: Reference, tested: IntArray, classes: list[int]) -> Iterator[Fact]:
    """The same in each mode of a circuit that has some."""
    modes = design.report.get("analyses", {}).get("modes", {}).get("modes", ())
    for number, mode in enumerate(modes if design.model.coding.controls else ()):
        if mode.get("counts"):
            counts = _counts(mode["counts"])
            answers = np.bincount(reference.outputs(words_in_mode(tested, number)), minlength=len(classes)).tolist()
            right = {"test": int(np.trace(counts)) / len(tested), "counts": [classes, answers]}
            stated = {"test": mode["test"], "counts": [counts.sum(axis=axis).tolist() for axis in (1, 0)]}
            yield Fact(f"{REPORT}, analyses.modes.modes[{number}]", stated, right)


def _counts(stated: Any) -> IntArray:  # noqa: ANN401  what stands in a file
    """Rows by class and answer."""
    counts = np.array(stated)
    if counts.dtype.kind != "i" or counts.ndim != 2 or len(set(counts.shape)) > 1 or counts.min() < 0:
        raise ValueError("counts that are none")
    return counts


def _tested(design: StoredDesign, rows: IntArray | None) -> IntArray | None:
    """The test rows, which are the first of the vectors; None where they are not known."""
    count = design.report["accuracy"].get("test_rows")
    origins = design.manifest.get("vectors", {}).get("origins", {})
    return rows[:count] if rows is not None and count and origins.get("rows") == count else None


def _of_rules(design: StoredDesign, reference: Reference) -> Iterator[Fact]:
    """What the circuit computes, in words."""
    right = rule_facts(design.model, design.boundary, reference.outputs, is_edited=design.is_edited)
    yield Fact(REPORT, design.report, {"rules": plain(right)})


def _of_netlist(design: StoredDesign, sources: Sources, rows: IntArray | None) -> Iterator[Fact]:
    """Figures of the netlist under the folder's stimuli."""
    circuit, report = design.circuit, design.report
    histogram = circuit.mapped.cell_histogram()
    yield Fact("cells.v", _text_of(design.texts["cells.v"]), _text_of(write_cells(design.library, histogram)))
    if not report or not (design.folder / STIMULI).is_file():
        return
    columns, where = design.stimuli()
    words = decoded(design.boundary, columns, where)
    if design.boundary == Boundary.binary(design.model.coding):
        facts = Stimuli("", words).to_json()
        yield Fact(MANIFEST, design.manifest, {"stimuli": {name: facts[name] for name in ("vectors", "digest")}})
    period, ends = design.conditions
    activity = simulate_mapped(circuit.mapped, circuit.library, columns).activity
    found = estimate(circuit.mapped, circuit.library, activity, period_ms=period, table_ends=ends)
    drawn = drawn_circuit(sources.named(circuit.mapped), circuit.library, ())
    for cell in drawn.get("cells", ()):
        del cell["group"]  # what a cell is of follows from how the circuit was made
    right = {"estimate": plain(found.to_json()), "gates": len(circuit.mapped.instances), "circuit": plain(drawn)}
    yield Fact(REPORT, report, right)
    powered = Powered(circuit.mapped, circuit.library, design.boundary, period, ends)
    evidence = Evidence(
        design.model, powered, words, _tested(design, rows), lambda: sources.lowered, report["accuracy"]
    )
    for name, finding in right_analyses(evidence, report.get("analyses", {})).items():
        one = analyses_report({name: finding})[name] if finding else None
        yield Fact(f"{REPORT}, analyses.{name}", report["analyses"][name], one)


def _lines(facts: list[Fact]) -> list[str]:
    return list(dict.fromkeys(line for fact in facts for line in _compared(fact)))


def _compared(fact: Fact) -> Iterator[str]:
    """Differences of a fact, of plain data part by part; what only one side has counts in lists alone."""
    waiting = [fact]
    while waiting:
        where, stated, right = waiting.pop()
        if isinstance(stated, Mapping) and isinstance(right, Mapping):
            names = [(old, _OLD_NAMES.get(old, old)) for old in stated]
            inner = [
                Fact(f"{where}{'.' if ', ' in where else ', '}{old}", stated[old], right[new])
                for old, new in names
                if new in right
            ]
            waiting += reversed(inner)
        elif isinstance(stated, list) and isinstance(right, list) and len(stated) == len(right):
            pairs = enumerate(zip(stated, right, strict=True))
            waiting += reversed([Fact(f"{where}[{index}]", one, other) for index, (one, other) in pairs])
        elif not _is_close(stated, right):
            yield f"{where} is {_SHORT.repr(stated)}, should be {_SHORT.repr(right)}"


def _is_close(stated: object, right: object) -> bool:
    numbers = [value for value in (stated, right) if isinstance(value, int | float) and not isinstance(value, bool)]
    if len(numbers) == 2:
        try:
            return math.isclose(*numbers, rel_tol=_CLOSE)
        except OverflowError:  # a whole number beyond all floats
            return stated == right
    return type(stated) is type(right) and stated == right
