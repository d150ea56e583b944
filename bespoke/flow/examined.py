"""A finished circuit with the rows on which it is analysed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bespoke.analysis import Examinee, Judged
from bespoke.cells import CellLibrary, load_library
from bespoke.data import Dataset
from bespoke.errors import FeatureCountError, LibraryError, OptionError
from bespoke.estimate import analyse_timing
from bespoke.faults import Rows as FaultRows
from bespoke.faults import Subject, subject
from bespoke.flow.design import Design
from bespoke.flow.folder import Conditions, StoredDesign
from bespoke.flow.sources import Rows
from bespoke.flow.yields import judged_modes
from bespoke.frontend import as_labels
from bespoke.model import Boundary, IntArray, IntegerModel
from bespoke.netlist import MappedNetlist
from bespoke.sim import mapped_outputs
from bespoke.verilog import instance_names


@dataclass(frozen=True, eq=False)
class Examined:
    """A finished circuit with rows of data.

    Attributes
    ----------
    model : IntegerModel
        Says what inputs and output mean; the circuit may be an edited one.
    boundary : Boundary
    library : CellLibrary
    mapped : MappedNetlist
    names : tuple of str
        Name of each instance.
    rows : Rows or None
        Labelled rows that no choice has seen; None where there are none.
    part : str
        What the rows are.
    stimuli : ndarray of int64, shape (n, n_ports)
        Words on the ports that stand for the rows where there are none.
    is_edited : bool
        Whether the circuit is not its model, but what edits of gates left of it.
    conditions : Conditions
        Under which its delay is stated.
    exact : Examined or None
        The circuit that it is an approximation of, if that is known.
    """

    model: IntegerModel
    boundary: Boundary
    library: CellLibrary
    mapped: MappedNetlist
    names: tuple[str, ...]
    rows: Rows | None
    part: str
    stimuli: IntArray
    is_edited: bool
    conditions: Conditions
    exact: Examined | None = None

    @cached_property
    def examinee(self) -> Examinee:
        """The circuit as its outputs are compared."""
        levels = _told_apart(self)

        def outputs(words: IntArray) -> IntArray:
            return mapped_outputs(self.mapped, self.library, self.boundary.encode(words))[:, 0]

        return Examinee(self.model, outputs, levels, self.is_edited)

    @cached_property
    def subject(self) -> Subject:
        """The netlist for the simulation of faults."""
        return subject(self.mapped, self.library)

    @cached_property
    def in_modes(self) -> tuple[Judged, ...]:
        """The rows as faults are judged on them in each mode; without labels the circuit's own outputs are wanted."""
        if self.rows is not None:
            return judged_modes(self.boundary, self.model, self.rows, self.part)
        if self.model.mode_count == 1:
            return (self._agreeing(self.stimuli),)
        words = self.boundary.decode(self.stimuli)
        modes = (self.model.coding.in_mode(words, mode) for mode in range(self.model.mode_count))
        return tuple(self._agreeing(self.boundary.encode(each)) for each in modes)

    def checked(self, mode: int) -> int:
        """A mode, if the circuit has it.

        Raises
        ------
        OptionError
            If not.
        """
        count = self.model.mode_count
        if mode >= count:
            raise OptionError("no such mode", where="mode", got=mode, allowed=f"0 to {count - 1}" if count > 1 else "0")
        return mode

    def words_of(self, mode: int) -> str:
        """What is said of rows in a mode; nothing of a circuit that has but one."""
        return f" in mode {mode}" if self.model.mode_count > 1 else ""

    def at_supply(self, vdd: float | None) -> Subject:
        """The netlist at a supply voltage in V; None for that of the design.

        Raises
        ------
        UnknownTechnologyError, VoltageError, LibraryError
            If there are no figures for all cells.
        """
        if vdd is None:
            return self.subject
        library = load_library(self.library.name, vdd)
        lacking = [name for name in self.mapped.cell_histogram() if name not in library.cells]
        if lacking:
            raise LibraryError("a cell of the circuit is missing", where=f"{library.name} at {vdd:g} V", got=lacking[0])
        return self.subject._replace(library=library)

    def usual_ms(self, vdd: float | None) -> float | None:
        """The delay at the voltage of the design, where another one is asked for: circuits then keep its period."""
        if vdd is None:
            return None
        return analyse_timing(self.mapped, self.library, table_ends=self.conditions.table_ends).delay_ms

    def _agreeing(self, stimuli: IntArray) -> Judged:
        wanted = mapped_outputs(self.mapped, self.library, stimuli)[:, 0].astype(np.float64)
        return Judged(FaultRows(stimuli, wanted), "stimuli", "agreement")


def _told_apart(examined: Examined) -> tuple[tuple[int, ...], ...]:
    """Per feature, the levels that the netlist tells apart by the wires that it reads, or its model if that is less."""
    mapped, model = examined.mapped, examined.model
    read = {net for instance in mapped.instances for net in instance.fanins}
    read |= {net for port in mapped.outputs for net in port.bits}
    ports, found = iter(mapped.inputs), []
    own = model.stages[0].read_levels(model.coding.intervals())
    for name, code, fewer in zip(examined.boundary.names, examined.boundary.codes, own, strict=True):
        used = [net in read for _ in code.ports(name) for net in next(ports).bits]
        levels = code.levels_for(used)
        found.append(fewer if not examined.is_edited and len(fewer) < len(levels) else levels)
    return tuple(found)


def examined_design(design: Design, data: Dataset | None) -> Examined:
    """The circuit of a design, and its test rows among the data."""
    split, circuit = design.provenance.options, design.circuit
    rows, part = test_rows(design.model, data, split.test_size, split.seed)
    return Examined(
        design.model,
        circuit.boundary,
        circuit.library,
        circuit.mapped,
        tuple(instance_names(circuit.mapped)),
        rows,
        part,
        circuit.boundary.encode(design.provenance.stimuli.words),
        bool(circuit.edits.edits),
        Conditions(split.period_ms, split.table_ends),
    )


def examined_folder(stored: StoredDesign, dataset: Dataset | None) -> Examined:
    """The circuit in a folder, and its test rows among the data."""
    split, circuit = stored.split, stored.circuit
    rows, part = test_rows(stored.model, dataset, split.test_size, split.seed)
    return Examined(
        stored.model,
        stored.boundary,
        stored.library,
        circuit.mapped,
        circuit.names.instances,
        rows,
        part,
        stored.stimuli()[0],
        stored.is_edited,
        stored.conditions,
    )


def test_rows(model: IntegerModel, dataset: Dataset | None, test_size: float, seed: int) -> tuple[Rows | None, str]:
    """Rows that a compilation with this split kept for the test, else all, and what they are.

    Raises
    ------
    FeatureCountError
        If the data have not the features of the model.
    """
    if dataset is None:
        return None, ""
    found, wanted = dataset.features.shape[1], model.coding.measured_count
    if found != wanted:
        raise FeatureCountError("model and data differ in the number of features", got=found, allowed=str(wanted))
    features, targets, part = dataset.features, dataset.targets, "training rows"
    if test_size:
        split = dataset.split(test_size, seed, for_training=False)
        features, targets, part = split.test_features, split.test_targets, "test rows"
    return Rows.of(model, features, as_labels(targets, model.decision.classes)), part
