"""A circuit: the integer model, the netlists made from it, and what must hold between them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bespoke.cells import CellLibrary
from bespoke.estimate import static_power_uw
from bespoke.flow.explained import rule_facts
from bespoke.model import Boundary, IntArray, IntegerModel
from bespoke.netlist import Certificate, MappedNetlist, Netlist, NetlistBuilder, and_graph
from bespoke.opt import fewest_ands
from bespoke.proof import expand
from bespoke.prune import EditList, limit_index
from bespoke.sim import MappedRun, mapped_outputs, simulate, simulate_mapped
from bespoke.verilog import write_cells, write_netlist, write_rtl


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """The function that a circuit must have: that of its model, or, after edits, that of the edited netlist.

    Attributes
    ----------
    model : IntegerModel
    boundary : Boundary
        What the ports of a netlist carry.
    edited : Netlist or None
        The lowered netlist after its edits; None if there are none.
    """

    model: IntegerModel
    boundary: Boundary
    edited: Netlist | None = None

    @staticmethod
    def of(model: IntegerModel, boundary: Boundary, lowered: Netlist, edits: EditList) -> Reference:
        """What a circuit made from a lowered netlist and edits must compute.

        Raises
        ------
        NetlistError
            If the edits belong to another netlist, or do not fit it.
        """
        return Reference(model, boundary, edited_netlist(model, edits.apply(lowered)) if edits.edits else None)

    def outputs(self, words: IntArray) -> IntArray:
        """Output words, shape (n,), that the circuit must give for input words (n, n_features)."""
        if self.edited is None:
            return self.model.predict(words)
        return simulate(self.edited, self.boundary.encode(words))[:, 0]


def edited_netlist(model: IntegerModel, netlist: Netlist) -> Netlist:
    """The netlist left by edits as a circuit of the model's kind: a classifier puts out classes only."""
    return limit_index(netlist, len(model.decision.classes)) if model.decision.is_classifier else netlist


def netlist_text(model: IntegerModel, library: CellLibrary, mapped: MappedNetlist) -> str:
    """Structural Verilog of a mapped netlist, with the model that it was made from and the technology on top."""
    header = [
        f"{model.origin} as a circuit of {len(mapped.instances)} cells",
        f"technology {library.name} at {library.vdd:g} V",
    ]
    return write_netlist(mapped, library, header=header)


@dataclass(frozen=True, eq=False)
class Circuit:
    """A circuit and what it was made from.

    Attributes
    ----------
    model : IntegerModel
        The exact function of the circuit, before its edits if it has any.
    boundary : Boundary
        What the ports of its netlists carry.
    library : CellLibrary
    lowered : Netlist
        Generic netlist as built from the model, and
    certificate : Certificate
        the hints with which it can be proven.
    edits : EditList
        What gate-level pruning changed in ``lowered``; empty for a circuit that computes ``model``.
    mapped : MappedNetlist
        Netlist of library cells.
    """

    model: IntegerModel
    boundary: Boundary
    library: CellLibrary
    lowered: Netlist
    certificate: Certificate
    edits: EditList
    mapped: MappedNetlist

    @cached_property
    def reference(self) -> Reference:
        """What the circuit must compute."""
        return Reference.of(self.model, self.boundary, self.lowered, self.edits)

    @cached_property
    def verilog(self) -> str:
        """Structural Verilog of the mapped netlist."""
        return netlist_text(self.model, self.library, self.mapped)

    @cached_property
    def rtl(self) -> str:
        """Behavioural Verilog of the model."""
        return write_rtl(self.model, self.boundary)

    @cached_property
    def cells(self) -> str:
        """Behavioural Verilog of the library's cells that the mapped netlist uses."""
        return write_cells(self.library, self.mapped.cell_histogram())

    def run(self, words: IntArray) -> MappedRun:
        """Output words and activity of the mapped netlist for input words, shape (n, n_features), in this order."""
        return simulate_mapped(self.mapped, self.library, self.boundary.encode(words))

    def outputs(self, words: IntArray) -> IntArray:
        """Output words, shape (n,), of the mapped netlist for input words, shape (n, n_features)."""
        return mapped_outputs(self.mapped, self.library, self.boundary.encode(words))[:, 0]

    @property
    def states_static_power(self) -> bool:
        """Whether the library states the static power of every cell."""
        return all(self.library[cell].states_static_power for cell in self.mapped.cell_histogram())

    def static_power_uw(self, words: IntArray) -> float:
        """Mean static power in uW on input words, shape (n, n_features)."""
        return sum(static_power_uw(self.mapped, self.library, self.run(words).activity))

    @cached_property
    def rules(self) -> list[dict[str, Any]]:
        """What the mapped netlist computes in words of the data, see `rule_facts`; empty if that is too much."""
        return rule_facts(self.model, self.boundary, self.outputs, is_edited=bool(self.edits.edits))

    @cached_property
    def and_nodes(self) -> int:
        """Two-input AND gates of the mapped netlist as an and-inverter graph (`fewest_ands`), an XOR as three."""
        builder = NetlistBuilder(self.mapped.name)
        inputs = [builder.add_input(port.name, port.width) for port in self.mapped.inputs]
        outputs = expand(builder, self.mapped, self.library, [bit for port in inputs for bit in port.bits])
        builder.add_output("y", outputs)
        netlist = fewest_ands(builder.build())
        return len(and_graph(netlist, netlist.output_literals()).ands)

    @property
    def gate_count(self) -> int:
        """Number of cells."""
        return len(self.mapped.instances)
