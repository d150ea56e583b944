"""``when`` conditions and ``internal_power`` groups of Liberty files."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from bespoke.cells.expression import parse_expression
from bespoke.cells.library import NO_TABLE, Energy, Table
from bespoke.cells.syntax import Group
from bespoke.cells.tables import TableReader
from bespoke.errors import LibertyError

ALL_STATES = -1


@dataclass(frozen=True, slots=True)
class Condition:
    """Evaluates ``when`` conditions of one cell.

    Attributes
    ----------
    tables : dict of str to int
        Truth table of every pin over the input states, outputs included.
    inputs : list of str
        Input pins in order.
    """

    tables: dict[str, int]
    inputs: list[str]

    @property
    def states(self) -> int:
        """Number of input states."""
        return 1 << len(self.inputs)

    def mask(self, group: Group) -> int | None:
        """States in which the group's ``when`` holds, or None if it has none.

        Raises
        ------
        LibertyError
            If the condition is malformed or uses a pin that the cell does not have.
        """
        attribute = group.attribute("when")
        if attribute is None or not attribute.values[0]:
            return None
        expression = parse_expression(attribute.values[0], where=attribute.where)
        for name in expression.pins():
            if name not in self.tables:
                allowed = ", ".join(self.tables)
                raise LibertyError("unknown pin in a condition", where=attribute.where, got=name, allowed=allowed)
        return expression.truth(self.tables, self.states)


def read_energies(pin: Group, reader: TableReader, condition: Condition, grounds: set[str]) -> tuple[Energy, ...]:
    """Internal energies of an output pin, in nJ.

    A figure without condition counts in the states that no condition of its pin and rail covers.

    Only what the supply rails deliver counts. Characterisation tools also list the ground rail, whose current
    over a rise and a fall is the same charge again: adding it would count each transition twice.

    ``internal_power`` of input pins (transitions that no output follows) is not used: in the published printed
    libraries those figures are the static power over a characterisation window of 30 ms (EGFET NOR2X1:
    588.956 nJ at 19.64 uW), which the static power counts already.

    Parameters
    ----------
    pin : Group
    reader : TableReader
    condition : Condition
    grounds : set of str
        Names of the ground pins.
    """
    found: list[tuple[str, str, int | None, Table, Table]] = []
    covered: Counter[tuple[str, str]] = Counter()  # states of the conditions of a pin and a rail
    for power in pin.inner("internal_power"):
        rail = power.text("related_pg_pin")
        if rail in grounds:
            continue
        mask = condition.mask(power)
        rise, fall = (_table(power, edge, reader) for edge in ("rise_power", "fall_power"))
        for name in power.text("related_pin").split():
            if name in condition.inputs:
                found.append((name, rail, mask, rise, fall))
                covered[name, rail] |= mask or 0
    energies, full = [], (1 << condition.states) - 1
    for name, rail, mask, rise, fall in found:
        states = full & (~covered[name, rail] if mask is None else mask)
        if states and (rise, fall) != (NO_TABLE, NO_TABLE):
            energies.append(Energy(name, rise, fall, ALL_STATES if states == full else states))
    return tuple(energies)


def _table(power: Group, kind: str, reader: TableReader) -> Table:
    groups = power.inner(kind) or power.inner("power")
    return reader.table(groups[0], reader.units.energy_nj) if groups else NO_TABLE
