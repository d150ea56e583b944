"""One cell group of a Liberty file -> `Cell`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bespoke.cells.energy import Condition, read_energies
from bespoke.cells.expression import input_tables, parse_expression
from bespoke.cells.library import NO_TABLE, Arc, Cell, InputPin, OutputPin, Table
from bespoke.cells.syntax import Group
from bespoke.cells.tables import TableReader
from bespoke.cells.units import scaled
from bespoke.errors import LibertyError, LibraryError

_SEQUENTIAL = ("ff", "ff_bank", "latch", "latch_bank", "statetable")
_PIN_NAME = re.compile(r"[A-Za-z_]\w*")
_COMBINATIONAL = {"combinational": "rise fall", "combinational_rise": "rise", "combinational_fall": "fall"}
_SENSES = frozenset({"positive_unate", "negative_unate", "non_unate"})
# The truth table has 2**n bits.
_MAX_INPUTS = 10
# Attributes of cells that stand in netlists but that no synthesis chooses: "Liberty User Guide", cell group.
_MARKS = (
    *("dont_use", "dont_touch", "always_on", "is_macro_cell", "pad_cell"),
    *("is_isolation_cell", "is_clock_isolation_cell", "is_level_shifter"),
)


@dataclass(frozen=True, slots=True)
class CellReader:
    """Converts cell groups of one library.

    ``default_leakage`` and ``default_capacitance`` are the library's defaults in the units of the file; a leakage that
    the library does not state is None.
    """

    tables: TableReader
    default_leakage: float | None
    default_capacitance: float

    def cell(self, group: Group) -> Cell:
        """Convert a cell.

        Raises
        ------
        LibertyError
            If the group is malformed.
        LibraryError
            If the cell has state or no function; ``what`` is the reason.
        """
        refuse_by_kind(group)
        area = group.number("area")
        if area is None:
            raise LibraryError("no area")
        pins = {name: pin for pin in group.inner("pin") for name in pin.arguments}
        directions = {name: pin.text("direction").lower() for name, pin in pins.items()}
        inputs = [name for name, direction in directions.items() if direction == "input"]
        outputs = [name for name, direction in directions.items() if direction == "output"]
        refuse_by_pins(pins, inputs)
        truth = {name: self._function(pins[name], inputs) for name in outputs}
        condition = Condition(input_tables(inputs) | {name: t for name, (t, _) in truth.items()}, inputs)
        grounds = {pin.name for pin in group.inner("pg_pin") if "ground" in pin.text("pg_type")}
        return Cell(
            name=group.name,
            area_mm2=scaled(area, self.tables.units.area_mm2),
            inputs=tuple(self._input(name, pins[name]) for name in inputs),
            outputs=tuple(self._output(name, pins[name], truth[name], condition, grounds) for name in outputs),
            static_power_uw=self._static_power(group, condition, grounds),
            reserved=_reserved(group, inputs, outputs),
        )

    def _function(self, pin: Group, inputs: list[str]) -> tuple[int, str]:
        attribute = pin.attribute("function")
        if attribute is None:
            raise LibraryError(f"output {pin.name} has no function")
        expression = parse_expression(attribute.values[0], where=attribute.where)
        foreign = [name for name in expression.pins() if name not in inputs]
        if foreign:
            raise LibraryError(f"the function of {pin.name} uses {', '.join(foreign)}, which is no input pin")
        return expression.truth(input_tables(inputs), 1 << len(inputs)), expression.verilog()

    def _input(self, name: str, pin: Group) -> InputPin:
        capacitance = pin.number("capacitance")
        if capacitance is None:
            edges = (pin.number(f"{edge}_capacitance") for edge in ("rise", "fall"))
            capacitance = max((c for c in edges if c is not None), default=self.default_capacitance)
        return InputPin(name, scaled(capacitance, self.tables.units.load_pf))

    def _output(
        self, name: str, pin: Group, function: tuple[int, str], condition: Condition, grounds: set[str]
    ) -> OutputPin:
        limit = pin.number("max_capacitance")
        truth, text = function
        return OutputPin(
            name=name,
            truth=truth,
            function=text,
            arcs=tuple(arc for timing in pin.inner("timing") for arc in self._arcs(timing, truth, condition)),
            energies=read_energies(pin, self.tables, condition, grounds),
            max_capacitance_pf=None if limit is None else scaled(limit, self.tables.units.load_pf),
        )

    def _arcs(self, timing: Group, truth: int, condition: Condition) -> Iterator[Arc]:
        edges = _COMBINATIONAL.get(timing.text("timing_type", "combinational"), "").split()
        (rise, rise_transition), (fall, fall_transition) = (
            self._edge(timing, edge) if edge in edges else (NO_TABLE, NO_TABLE) for edge in ("rise", "fall")
        )
        if rise is NO_TABLE and fall is NO_TABLE:
            return
        for name in timing.text("related_pin").split():
            if name not in condition.inputs:
                raise LibraryError(f"timing from {name}, which is no input pin (feedback)")
            sense = timing.text("timing_sense") or _unateness(truth, condition.inputs.index(name), condition.states)
            if sense not in _SENSES:
                where = f"{timing.where} timing_sense"
                raise LibertyError("unknown timing sense", where=where, got=sense, allowed=", ".join(sorted(_SENSES)))
            yield Arc(name, sense, rise, fall, rise_transition, fall_transition)

    def _edge(self, timing: Group, edge: str) -> tuple[Table, Table]:
        """Delay and transition of one output edge; linear models become tables of two loads."""
        unit = self.tables.units.time_ms
        delays = timing.inner(f"cell_{edge}")
        transitions = timing.inner(f"{edge}_transition")
        if delays:
            transition = self.tables.table(transitions[0], unit) if transitions else Table((0.0,), (0.0,), ((0.0,),))
            return self.tables.table(delays[0], unit), transition
        intrinsic = timing.number(f"intrinsic_{edge}")
        if intrinsic is None:
            return NO_TABLE, NO_TABLE
        resistance = timing.number(f"{edge}_resistance") or 0.0
        loads = (0.0, self.tables.units.load_pf)
        delay = Table((0.0,), loads, ((scaled(intrinsic, unit), scaled(intrinsic + resistance, unit)),))
        return delay, Table((0.0,), loads, ((0.0, scaled(resistance, unit)),))

    def _static_power(self, group: Group, condition: Condition, grounds: set[str]) -> tuple[float, ...]:
        """Static power per input state, summed over the supply rails.

        Where no ``when`` of a rail holds, the figure without ``when`` counts, and without that the cell's
        ``cell_leakage_power`` or the library's default. Where several hold, the largest counts.
        """
        fallback = group.number("cell_leakage_power")
        fallback = self.default_leakage if fallback is None else fallback
        by_state: list[dict[str, float]] = [{} for _ in range(condition.states)]
        plain: dict[str, float] = {}
        for leakage in group.inner("leakage_power"):
            value = leakage.number("value")
            if value is None:
                raise LibertyError("leakage_power without a value", where=leakage.where)
            rail = leakage.text("related_pg_pin")
            if rail in grounds:
                continue
            mask = condition.mask(leakage)
            if mask is None:
                plain[rail] = value
                continue
            for state, found in enumerate(by_state):
                if mask >> state & 1:
                    found[rail] = max(value, found.get(rail, value))
        totals = [sum((plain | found).values()) if plain or found else fallback for found in by_state]
        return tuple(scaled(total or 0.0, self.tables.units.power_uw) for total in totals)


def refuse_by_kind(group: Group) -> None:
    """Raise LibraryError for a cell that is not combinational."""
    sequential = group.inner(*_SEQUENTIAL)
    if sequential:
        raise LibraryError(f"sequential ({sequential[0].kind})")
    if group.attribute("clock_gating_integrated_cell"):
        raise LibraryError("clock gate")
    if group.inner("bus", "bundle"):
        raise LibraryError("bus or bundle pins")


def refuse_by_pins(pins: dict[str, Group], inputs: list[str]) -> None:
    """Raise LibraryError for pins that a combinational cell does not have."""
    for name, pin in pins.items():
        if pin.attribute("three_state"):
            raise LibraryError(f"tri-state output {name}")
        if pin.text("direction").lower() == "inout":
            raise LibraryError(f"bidirectional pin {name}")
        if not _PIN_NAME.fullmatch(name):
            raise LibraryError(f"pin name {name} is not a plain identifier")
    if len(inputs) > _MAX_INPUTS:
        raise LibraryError(f"{len(inputs)} input pins, at most {_MAX_INPUTS} are supported")


def _reserved(group: Group, inputs: list[str], outputs: list[str]) -> str:
    """Why no circuit is built with a cell, or an empty string."""
    mark = next((mark for mark in _MARKS if group.text(mark).lower() == "true"), None)
    if mark is not None:
        return f"marked {mark}"
    if not outputs:
        return "no output pin"
    return "" if inputs else "constant output, no input pin"


def _unateness(truth: int, position: int, states: int) -> str:
    """Sense of an output in its input number ``position``."""
    steps = {(truth >> (state | 1 << position) & 1) - (truth >> state & 1) for state in range(states)}
    if steps <= {0, 1}:
        return "positive_unate"
    return "negative_unate" if steps <= {0, -1} else "non_unate"
