"""Liberty file of a cell library.

Format: "Liberty User Guide", volumes 1 and 2, and "Liberty Reference Manual", version 2017.06, Synopsys. Units
are those that every tool takes: ns, pF, uW, V, um2; internal energies are in pJ, which is pF times V squared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from bespoke.cells import NO_TABLE, Cell, CellLibrary, OutputPin, Table, minterms

_NS_PER_MS = 1e6
_PJ_PER_NJ = 1e3
_UM2_PER_MM2 = 1e6
_DIGITS = 12
# Tools ask for them. Libraries are read without theirs, which matter where a tool calculates the waveforms on wires.
_THRESHOLDS = {
    f"{name}_threshold_pct_{edge}": percent
    for name, percent in (("input", 50), ("output", 50), ("slew_lower", 30), ("slew_upper", 70))
    for edge in ("rise", "fall")
}
_SIMPLE = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_ARC_TABLES = ("cell_rise", "cell_fall", "rise_transition", "fall_transition")
_MARKED = "marked "  # and an attribute of the cell
_DELAYS, _ENERGIES = "delays", "energies"

Axes = tuple[tuple[float, ...], tuple[float, ...]]


def liberty_text(library: CellLibrary) -> str:
    """All combinational cells with area, static power by state, timing and internal energies.

    What `bespoke.cells.read_liberty` reads from it equals the library, but for ``source`` and cells left out.
    """
    axes = _axes(library)
    lines = [
        f"comment : {_quoted(library.source)};",
        "delay_model : table_lookup;",
        'time_unit : "1ns";',
        "capacitive_load_unit (1, pf);",
        'leakage_power_unit : "1uW";',
        'voltage_unit : "1V";',
        'current_unit : "1mA";',
        'pulling_resistance_unit : "1kohm";',
        f"nom_voltage : {_number(library.vdd)};",
        "nom_process : 1;",
        "nom_temperature : 25;",
        *(f"{name} : {percent};" for name, percent in _THRESHOLDS.items()),
    ]
    for number, axis in enumerate(axes):
        lines += _template(f"lu_table_template ({_DELAYS}_{number})", "input_net_transition", axis)
        lines += _template(f"power_lut_template ({_ENERGIES}_{number})", "input_transition_time", axis)
    for cell in library.cells.values():
        lines += _group(f"cell ({_word(cell.name)})", _cell(cell, axes))
    return "".join(f"{line}\n" for line in _group(f"library ({_word(library.name)})", lines))


def _group(head: str, lines: Iterable[str]) -> list[str]:
    return [f"{head} {{", *(f"  {line}" for line in lines), "}"]


def _axes(library: CellLibrary) -> list[Axes]:
    pins = [pin for cell in library.cells.values() for pin in cell.outputs]
    tables = [getattr(arc, name) for pin in pins for arc in pin.arcs for name in _ARC_TABLES]
    tables += [table for pin in pins for energy in pin.energies for table in (energy.rise, energy.fall)]
    return list(dict.fromkeys((table.slews_ms, table.loads_pf) for table in tables if table != NO_TABLE))


def _template(head: str, first: str, axis: Axes) -> list[str]:
    slews, loads = axis
    variables = [f"variable_1 : {first};", "variable_2 : total_output_net_capacitance;"]
    return _group(head, [*variables, f"index_1 ({_numbers(slews, _NS_PER_MS)});", f"index_2 ({_numbers(loads, 1.0)});"])


def _cell(cell: Cell, axes: Sequence[Axes]) -> Iterator[str]:
    inputs = [pin.name for pin in cell.inputs]
    yield f"area : {_number(cell.area_mm2 * _UM2_PER_MM2)};"
    if cell.reserved.startswith(_MARKED):
        yield f"{cell.reserved.removeprefix(_MARKED)} : true;"
    if cell.static_power_uw:
        yield f"cell_leakage_power : {_number(max(cell.static_power_uw))};"
    for state, power in enumerate(cell.static_power_uw if inputs else ()):
        yield f'leakage_power () {{ when : "{_condition(1 << state, inputs)}"; value : {_number(power)}; }}'
    for pin in cell.inputs:
        yield f"pin ({_word(pin.name)}) {{ direction : input; capacitance : {_number(pin.capacitance_pf)}; }}"
    for output in cell.outputs:
        yield from _group(f"pin ({_word(output.name)})", _output(output, inputs, axes))


def _output(pin: OutputPin, inputs: Sequence[str], axes: Sequence[Axes]) -> Iterator[str]:
    yield "direction : output;"
    yield f'function : "{_condition(pin.truth, inputs)}";'
    if pin.max_capacitance_pf is not None:
        yield f"max_capacitance : {_number(pin.max_capacitance_pf)};"
    for arc in pin.arcs:
        lines = [f'related_pin : "{arc.related_pin}";', f"timing_sense : {arc.sense};"]
        for name in _ARC_TABLES:
            lines += _table(name, getattr(arc, name), _DELAYS, _NS_PER_MS, axes)
        yield from _group("timing ()", lines)
    for energy in pin.energies:
        lines = [f'related_pin : "{energy.related_pin}";']
        if energy.condition != -1:
            lines.append(f'when : "{_condition(energy.condition, inputs)}";')
        lines += _table("rise_power", energy.rise, _ENERGIES, _PJ_PER_NJ, axes)
        lines += _table("fall_power", energy.fall, _ENERGIES, _PJ_PER_NJ, axes)
        yield from _group("internal_power ()", lines)


def _table(name: str, table: Table, template: str, factor: float, axes: Sequence[Axes]) -> Iterator[str]:
    if table != NO_TABLE:
        number = axes.index((table.slews_ms, table.loads_pf))
        rows = ", ".join(_numbers(row, factor) for row in table.values)
        yield f"{name} ({template}_{number}) {{ values ({rows}); }}"


def _condition(states: int, inputs: Sequence[str]) -> str:
    """Boolean expression that is true in the states whose bit is set."""
    every = (1 << (1 << len(inputs))) - 1
    if states & every in (0, every):
        return str(int(bool(states & every)))
    inverted = 2 * (states & every).bit_count() > 1 << len(inputs)
    products = minterms(states ^ every * inverted, inputs)
    total = products[0] if len(products) == 1 else "+".join(f"({product})" for product in products)
    return f"!({total})" if inverted else total


def _numbers(values: Sequence[float], factor: float) -> str:
    return '"' + ", ".join(_number(value * factor) for value in values) + '"'


def _number(value: float) -> str:
    """Figures come with at most 12 digits; more would be noise of binary fractions."""
    return f"{value:.{_DIGITS}g}"


def _word(name: str) -> str:
    return name if _SIMPLE.fullmatch(name) else _quoted(name)


def _quoted(text: str) -> str:
    return '"' + " ".join(text.replace("\\", "/").replace('"', "'").split()) + '"'
