"""A finished circuit with the rows on which it is analysed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bespoke.analysis import Examinee, Judged
from bespoke.cells import CellLibrary
from bespoke.data import Dataset
from bespoke.errors import FeatureCountError
from bespoke.faults import Rows as FaultRows
from bespoke.faults import Subject, subject
from bespoke.flow.design import Design
from bespoke.flow.folder import Conditions, StoredDesign
from bespoke.flow.sources import Rows
from bespoke.flow.yields import judged_rows
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
    def judged(self) -> Judged:
        """The rows as faults are judged on them; without labels the outputs of the circuit itself are wanted."""
        if self.rows is None:
            wanted = mapped_outputs(self.mapped, self.library, self.stimuli)[:, 0].astype(np.float64)
            return Judged(FaultRows(self.stimuli, wanted), "stimuli", "agreement")
        return judged_rows(self.boundary, self.model.decision, self.rows, self.part)


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
    part = f"{part} in mode 0" if model.coding.controls else part
    return Rows.of(model, features, as_labels(targets, model.decision.classes)), part
