"""Cells and cell libraries: what a technology offers and what it costs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from bespoke.errors import LibraryError, OptionError


@dataclass(frozen=True, slots=True)
class Table:
    """A figure over input transition time and output load.

    Attributes
    ----------
    slews_ms : tuple of float
        Input transition times, ascending, in ms.
    loads_pf : tuple of float
        Output loads, ascending, in pF.
    values : tuple of tuple of float
        ``values[i][j]`` belongs to ``slews_ms[i]`` and ``loads_pf[j]``; the unit is that of the figure
        (ms for delays and transitions, nJ for energies).
    """

    slews_ms: tuple[float, ...]
    loads_pf: tuple[float, ...]
    values: tuple[tuple[float, ...], ...]


NO_TABLE = Table((), (), ())
# Names of supply pins in published libraries, wells included, with their logic level.
_SUPPLIES = (
    (frozenset({"VDD", "VCC", "VPWR", "VPB", "VNW", "VDDPE", "VDDCE", "VDDPI", "VBP", "DVDD", "AVDD"}), 1),
    (frozenset({"VSS", "GND", "VGND", "VNB", "VPW", "VSSE", "VSSI", "VBN", "DVSS", "AVSS", "DGND", "AGND"}), 0),
)


@dataclass(frozen=True, slots=True)
class Arc:
    """Timing from one input pin to one output pin.

    ``sense`` is "positive_unate", "negative_unate" or "non_unate". Tables are in ms. A table without values
    (`NO_TABLE`) says that the arc never causes that edge. A pin pair may have several arcs, one per condition
    on the other pins; timing analysis takes the worst.
    """

    related_pin: str
    sense: str
    cell_rise: Table
    cell_fall: Table
    rise_transition: Table
    fall_transition: Table


@dataclass(frozen=True, slots=True)
class InputPin:
    """An input pin and its capacitance in pF."""

    name: str
    capacitance_pf: float


@dataclass(frozen=True, slots=True)
class Energy:
    """Internal energy per output transition caused by one input pin; tables in nJ.

    Bit ``s`` of ``condition`` says whether the figure holds in input state ``s``; -1 stands for all states.
    """

    related_pin: str
    rise: Table
    fall: Table
    condition: int = -1


@dataclass(frozen=True, slots=True)
class OutputPin:
    """An output pin, its Boolean function of the input pins and its timing.

    ``truth`` is the truth table as an integer: bit ``s`` is the output in input state ``s``, where the first
    input pin is the least significant bit of the state. ``function`` is the same as Verilog-2001 expression
    text over the pin names.
    """

    name: str
    truth: int
    function: str
    arcs: tuple[Arc, ...] = ()
    energies: tuple[Energy, ...] = ()
    max_capacitance_pf: float | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell without state.

    Attributes
    ----------
    name : str
    area_mm2 : float
    inputs : tuple of InputPin
        None for a cell of constants.
    outputs : tuple of OutputPin
        None for a filler or an antenna cell.
    static_power_uw : tuple of float
        Static power per input state (first pin = least significant bit), in uW.
    reserved : str
        Why no circuit is built with it, such as "marked dont_use", or an empty string. Netlists that others made may
        hold such cells.
    """

    name: str
    area_mm2: float
    inputs: tuple[InputPin, ...]
    outputs: tuple[OutputPin, ...]
    static_power_uw: tuple[float, ...]
    reserved: str = ""

    @property
    def is_gate(self) -> bool:
        """Whether it has inputs and outputs; a filler, a decoupling, an antenna or a tie cell does not."""
        return bool(self.inputs and self.outputs)

    @property
    def states_static_power(self) -> bool:
        """Whether there is a figure of its static power: no gate draws nothing in every state."""
        return not self.is_gate or any(self.static_power_uw)

    @property
    def states_energy(self) -> bool:
        """Whether there are figures of what switching takes: a capacitance, or internal energies."""
        pins = any(pin.capacitance_pf for pin in self.inputs)
        return not self.is_gate or pins or any(pin.energies for pin in self.outputs)

    @property
    def states_delay(self) -> bool:
        """Whether there are tables of delays."""
        return not self.is_gate or any(pin.arcs for pin in self.outputs)

    @property
    def pins(self) -> tuple[str, ...]:
        """Names of all pins, inputs first."""
        return (*(pin.name for pin in self.inputs), *(pin.name for pin in self.outputs))


@dataclass(frozen=True, slots=True)
class CellLibrary:
    """The cells without state of a technology at one supply voltage.

    Attributes
    ----------
    name : str
        Name of the technology, such as ``"egfet"``.
    vdd : float
        Supply voltage in V.
    cells : dict of str to Cell
        Cells by name.
    source : str
        Where the figures come from.
    left_out : dict of str to str
        Cells of the source that cannot be used here, each with the reason (sequential, tri-state, ...).
    remarks : tuple of str
        How the source was read where it left something open.
    rails : dict of str to int
        Supply pins of its cells that are not known by their names, with their logic level.

    Examples
    --------
    >>> from bespoke.cells import load_library
    >>> library = load_library("egfet", 0.6)
    >>> library["NAND2X1"].area_mm2, library.vdd
    (0.24786, 0.6)
    """

    name: str
    vdd: float
    cells: dict[str, Cell]
    source: str
    left_out: dict[str, str]
    remarks: tuple[str, ...] = ()
    rails: dict[str, int] = field(default_factory=dict)

    @property
    def usable_cells(self) -> tuple[Cell, ...]:
        """Cells that a circuit may be built of."""
        return tuple(cell for cell in self.cells.values() if not cell.reserved)

    def rail(self, pin: str) -> int | None:
        """Logic level of a supply pin, or None for any other pin."""
        return self.rails.get(pin, supply_level(pin))

    def without(self, patterns: Sequence[str]) -> CellLibrary:
        """The library with more cells that no circuit is built of.

        Parameters
        ----------
        patterns : sequence of str
            Names of cells; ``*`` stands for any characters, ``?`` for one.

        Raises
        ------
        OptionError
            If a pattern fits no cell.
        """
        names = (*self.cells, *self.left_out)
        unknown = [pattern for pattern in patterns if not any(fnmatchcase(name, pattern) for name in names)]
        if unknown:
            where, allowed = f"library {self.name}", "names of cells, * for any characters"
            raise OptionError("no cell has such a name", where=where, got=", ".join(unknown), allowed=allowed)
        return self.only({name for name in self.cells if not any(fnmatchcase(name, each) for each in patterns)})

    def only(self, names: Collection[str]) -> CellLibrary:
        """The library with these cells alone to build circuits of."""
        cells = {
            name: cell if cell.reserved or name in names else replace(cell, reserved="marked dont_use")
            for name, cell in self.cells.items()
        }
        return self if cells == self.cells else replace(self, cells=cells)

    def __getitem__(self, name: str) -> Cell:
        try:
            return self.cells[name]
        except KeyError:
            known = ", ".join(sorted(self.cells))
            raise LibraryError("no such cell", where=f"library {self.name}", got=name, allowed=known) from None

    def __contains__(self, name: str) -> bool:
        return name in self.cells


def supply_level(name: str) -> int | None:
    """Logic level of a pin or net that is called as supplies mostly are, else None."""
    plain = name.upper().rstrip("!")
    return next((level for names, level in _SUPPLIES if plain in names), None)
