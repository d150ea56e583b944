"""The texts of a design that are compared, and what of them another simulator gets to run."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

from bespoke.cells import CellLibrary, GateCosts
from bespoke.flow.circuit import Circuit, Reference, netlist_text
from bespoke.lowering import Lowered, lower
from bespoke.model import Boundary, IntegerModel
from bespoke.netlist import MappedNetlist, Port
from bespoke.prune import EditList
from bespoke.verilog import Ports, model_ports, module_names, plain_text, write_cells, write_rtl


@dataclass(frozen=True, eq=False)
class Sources:
    """The texts whose function is compared with the model's.

    Attributes
    ----------
    model : IntegerModel
    boundary : Boundary
        What the ports of ``netlist`` and ``rtl`` carry.
    library : CellLibrary
    netlist, rtl, cells : str
        Verilog texts.
    edits : EditList
        Edits after which ``netlist`` has the function of the edited netlist, ``rtl`` still that of the model.
    """

    model: IntegerModel
    boundary: Boundary
    library: CellLibrary
    netlist: str
    rtl: str
    cells: str
    edits: EditList = field(default_factory=EditList)

    @staticmethod
    def of(circuit: Circuit) -> Sources:
        """The texts of a circuit."""
        texts = circuit.verilog, circuit.rtl, circuit.cells
        return Sources(circuit.model, circuit.boundary, circuit.library, *texts, circuit.edits)

    @cached_property
    def lowered(self) -> Lowered:
        """The lowered netlist, to which the edits belong, made from the model alone."""
        costs = self.edits.costs or GateCosts.of(self.library)
        return lower(self.model, costs, self.boundary, effort=self.edits.effort)

    @cached_property
    def reference(self) -> Reference:
        """What the netlist must compute, made from the model and the edits alone.

        Raises
        ------
        NetlistError
            If the edits do not fit the model.
        """
        model, boundary, edits = self.model, self.boundary, self.edits
        has_edits = bool(edits.edits)
        return Reference.of(model, boundary, self.lowered.netlist, edits) if has_edits else Reference(model, boundary)

    @cached_property
    def ports(self) -> Ports:
        """The ports of the model."""
        return model_ports(self.model, self.boundary)

    def named(self, mapped: MappedNetlist) -> MappedNetlist:
        """The netlist with the model's names of its ports, of which Verilog has the identifiers alone."""
        ports = (*mapped.inputs, *mapped.outputs)
        named = tuple(
            Port(word.name, port.bits, word.signed) for word, port in zip(self.ports.words, ports, strict=True)
        )
        count = len(mapped.inputs)
        return replace(mapped, inputs=named[:count], outputs=named[count:])

    def simulated_netlist(self, mapped: MappedNetlist) -> list[str]:
        """Verilog of the netlist, read as ``mapped``, and of its cells for another simulator.

        What bespoke itself writes is taken as it is, anything else as `plain_text` writes it anew. Cells that ``cells``
        lacks are those of the library.

        Raises
        ------
        VerilogError
            If a text is not plain.
        """
        own = netlist_text(self.model, self.library, mapped)
        netlist = self.netlist if self.netlist == own else plain_text(self.netlist, where="netlist.v")
        cells = plain_text(self.cells, where="cells.v")
        lacking = mapped.cell_histogram().keys() - module_names(cells) - module_names(netlist)
        return [netlist, cells, plain_text(write_cells(self.library, lacking), where="library.json")]

    def simulated_rtl(self) -> str:
        """Verilog of the model for another simulator; raises as `simulated_netlist`."""
        return self.rtl if self.rtl == write_rtl(self.model, self.boundary) else plain_text(self.rtl, where="rtl.v")
