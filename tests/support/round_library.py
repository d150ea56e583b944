"""A cell library with round figures, and netlists of its cells, for estimates by hand."""

from __future__ import annotations

from bespoke.cells import Arc, Cell, CellLibrary, Energy, InputPin, OutputPin, Table
from bespoke.netlist import Instance, MappedNetlist, Port


def scalar(value: float) -> Table:
    return Table((0.0,), (0.0,), ((value,),))


def by_load(at_zero: float, per_pf: float) -> Table:
    return Table((0.0,), (0.0, 1.0), ((at_zero, at_zero + per_pf),))


def arc(pin: str, sense: str, rise: Table, fall: Table) -> Arc:
    return Arc(pin, sense, rise, fall, scalar(0.0), scalar(0.0))


INV = Cell(
    "INV",
    area_mm2=1.0,
    inputs=(InputPin("A", 10.0),),
    outputs=(
        OutputPin(
            "Y",
            0b01,
            "~A",
            arcs=(arc("A", "negative_unate", by_load(1.0, 0.1), by_load(0.5, 0.01)),),
            energies=(Energy("A", scalar(3.0), scalar(5.0)),),
        ),
    ),
    static_power_uw=(1.0, 20.0),
)
NAND = Cell(
    "NAND",
    area_mm2=2.0,
    inputs=(InputPin("A", 4.0), InputPin("B", 6.0)),
    outputs=(
        OutputPin(
            "Y",
            0b0111,
            "~(A & B)",
            arcs=(
                arc("A", "negative_unate", scalar(2.0), scalar(1.0)),
                arc("B", "negative_unate", scalar(3.0), scalar(1.5)),
            ),
            energies=(Energy("A", scalar(10.0), scalar(20.0)), Energy("B", scalar(30.0), scalar(40.0))),
        ),
    ),
    static_power_uw=(1.0, 2.0, 3.0, 40.0),
)
XOR = Cell(
    "XOR",
    area_mm2=5.0,
    inputs=(InputPin("A", 1.0), InputPin("B", 1.0)),
    outputs=(
        OutputPin(
            "Y",
            0b0110,
            "A ^ B",
            arcs=(
                arc("A", "positive_unate", scalar(1.0), scalar(2.0)),
                arc("A", "negative_unate", scalar(5.0), scalar(4.0)),
                arc("B", "non_unate", scalar(3.0), scalar(3.0)),
            ),
            energies=(
                Energy("A", scalar(100.0), scalar(100.0), 0b0011),  # while B = 0
                Energy("A", scalar(200.0), scalar(200.0), 0b1100),  # while B = 1
            ),
        ),
    ),
    static_power_uw=(10.0, 10.0, 10.0, 30.0),
)
BARE = Cell("BARE", 1.0, (InputPin("A", 0.0),), (OutputPin("Y", 0b10, "A"),), (0.0, 0.0))
LIBRARY = CellLibrary("round", 2.0, {cell.name: cell for cell in (INV, NAND, XOR, BARE)}, "invented", {})


def mapped(inputs: int, cells: list[tuple[str, tuple[int, ...]]], outputs: tuple[int, ...]) -> MappedNetlist:
    """Netlist of single-output cells with one input port per bit: nets 2, 3, ... are inputs, then instances."""
    first = 2 + inputs
    return MappedNetlist(
        name="sample",
        library="round",
        inputs=tuple(Port(f"x{bit}", (2 + bit,)) for bit in range(inputs)),
        outputs=(Port("y", outputs),),
        instances=tuple(Instance(name, fanins, (first + k,)) for k, (name, fanins) in enumerate(cells)),
    )
